"""Importing a list against core's import of the same rows and against a search per row, in the same run."""

import base64
import csv
import io
import resource

from odoo.addons.expo_followup.models.capture.importer import Importer

from common import COUNTRIES, settle, stopwatch, undone

HEADINGS = ("Name", "Company", "Position", "E-mail", "Phone", "Country", "City", "Talked about")


def run(env, report):
    """Measure 10,000 rows by themselves, and 1,000 against other ways."""
    _import(env, 100, "warm")
    settle(env)
    _measure(env, report, 10_000)
    _compare(env, report, 1_000)


def _rows(env, number, name):
    """Visitors: two of a company, one row in ten comes twice."""
    countries = [env.ref(f"base.{code}").name for code in COUNTRIES]
    for index in range(number):
        one = index - 1 if index % 10 == 9 else index
        company = f"{name} {one // 2}"
        yield (
            f"Visitor {name} {one}", f"{company} Ltd", "Buyer", f"v{one}@{name}{one // 2}.example", "",
            countries[one // 2 % len(countries)], "Somewhere", f"wants lamps {index}",
        )  # fmt: skip


def _make_import(env, number, name):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(_rows(env, number, name))
    show = env["expo.exhibition"].create(
        {"name": name, "date_begin": "2026-04-16", "date_end": "2026-04-20", "state": "running"}
    )
    return env["expo.import"].create(
        {"exhibition_id": show.id, "file": base64.b64encode(out.getvalue().encode("gb18030")), "filename": "list.csv"}
    )


def _import(env, number, name):
    """Import a list to its end, as the buttons and the scheduled action do, without their commits."""
    one = _make_import(env, number, name)
    with stopwatch(env) as check:
        one.action_read()
        one.action_check()
    with stopwatch(env) as commit:
        lines = one.line_ids.filtered("is_todo")
        for start in range(0, len(lines), 1000):
            lines[start : start + 1000]._import()
            env.flush_all()
            env.invalidate_all()
    return one, check, commit


def _compare(env, report, number):
    with undone(env):
        one, check, commit = _import(env, number, "ours")
        assert one.created_count, "something was imported"
    total = check.seconds + commit.seconds
    with undone(env):
        rows = [[r[0], r[1], r[2], r[3], r[5], r[6]] for r in _rows(env, number, "core")]
        names = ["name", "company_name", "function", "email", "country_id", "city"]
        with stopwatch(env) as core:
            loaded = env["res.partner"].load(names, rows)
    assert loaded["ids"], loaded["messages"]
    with undone(env), stopwatch(env) as search:
        for row in _rows(env, number, "ours"):
            env["res.partner"].search([("email_normalized", "=", row[3])], limit=1)
            env["res.partner"].search([("parent_id", "=", False), ("name", "=ilike", row[1])], limit=1)
    with undone(env):
        one = _make_import(env, number, "plan")
        one.action_read()
        importer = Importer(one)
        facts = [facts for facts, _remarks in importer.clean_rows([row for _n, row, *_rest in importer.read_rows()])]
        with stopwatch(env) as plan:
            env["expo.capture"]._plan_rows(one.exhibition_id, facts)
    name = f"import {number} rows"
    report(f"{name}: search per row / matching all", search.seconds / plan.seconds, "times", base=plan.seconds, aim=1)
    report(f"{name} (partners, entries, files, plan) / core load() of partners alone", total / core.seconds, "ratio",
           base=core.seconds, aim=5)  # fmt: skip
    report(f"{name}: check, queries per thousand", check.queries * 1000 / number, "queries", aim=60)
    report(f"{name}: import, queries per thousand", commit.queries * 1000 / number, "queries", aim=500)


def _measure(env, report, number):
    one, check, commit = _import(env, number, "many")
    name = f"import {number} rows"
    report(f"{name}: check", check.seconds, "s")
    report(f"{name}: import", commit.seconds, "s")
    report(f"{name}: both", check.seconds + commit.seconds, "s", aim=90)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report(f"{name}: peak memory of the process", memory, "MB", aim=600)
    report(f"{name}: new customers", one.created_count, "rows")
