"""What the benchmarks share: shows with many customers, and a stopwatch that counts queries."""

import time
from contextlib import closing, contextmanager
from datetime import date

from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from odoo import Command
from odoo.sql_db import db_connect

COUNTRIES = ("it", "us", "sa", "cn", "br", "in", "de", "ae")


def make_show(env, number, name):
    """Return a running show with ``number`` customers over all tiers and a few countries."""
    show = env["expo.exhibition"].create(
        {"name": name, "date_begin": date(2026, 4, 16), "date_end": date(2026, 4, 20), "state": "running"}
    )
    countries = [env.ref(f"base.{code}").id for code in COUNTRIES]
    partners = env["res.partner"].create(
        [
            {
                "name": f"{name} {index}",
                "email": f"{name.lower().replace(' ', '')}{index}@customer.example",
                "country_id": countries[index % len(countries)],
            }
            for index in range(number)
        ]
    )
    tiers = env["expo.tier"].search([])
    owner = env["res.users"].create(
        {
            "name": name,
            "login": name,
            "email": f"owner@{name.split()[0].lower()}.example",
            "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman").id)],
        }
    )
    customers = env["expo.participation"].with_context(tracking_disable=True).create(
        [
            {
                "exhibition_id": show.id,
                "partner_id": partner.id,
                "tier_id": tiers[index % len(tiers)].id,
                "user_id": owner.id,
            }
            for index, partner in enumerate(partners)
        ]
    )  # fmt: skip
    env.flush_all()
    return show, customers


class Timing:
    """Seconds and queries of a block."""

    seconds = 0.0
    queries = 0


@contextmanager
def stopwatch(env):
    """Time a block from a cold cache, everything written, and count its queries."""
    env.flush_all()
    env.invalidate_all()
    timing = Timing()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    yield timing
    env.flush_all()
    timing.seconds, timing.queries = time.perf_counter() - start, env.cr.sql_log_count - queries


def settle(env):
    """Commit what was set up and let the database take note of it, as its upkeep does in the background.

    Nothing of this happens to rows of an open transaction: the plans of foreign keys, once made for tables of a few
    rows, would read a big table as a whole for every row inserted.
    """
    env.cr.commit()
    env.invalidate_all()
    with closing(db_connect(env.cr.dbname).cursor()) as cr:
        # Refused inside of a transaction.
        cr._cnx.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        cr.execute("VACUUM ANALYZE")


@contextmanager
def undone(env):
    """A transaction of its own for the block: what was set up before is committed, what it does is taken back."""
    settle(env)
    try:
        yield
        env.flush_all()
    finally:
        env.cr.rollback()
        env.invalidate_all(flush=False)
