"""Classing 50,000 customers by 200,000 invoices, against SQL written by hand for nothing else, in the same run."""

import random
from datetime import timedelta

from psycopg2.extras import execute_values

from odoo import fields

from common import COUNTRIES, settle, stopwatch, undone

CUSTOMERS, INVOICES, ROUNDS = 50_000, 200_000, 5
#: The classes of all customers and no more: no stages, no ties, no one who joined another company, nothing compared.
BARE_QUERY = """
    SELECT partner_id, turnover,
           CASE WHEN before < total * 0.7 THEN 'a' WHEN before < total * 0.9 THEN 'b' ELSE 'c' END AS abc_class
      FROM (SELECT commercial_partner_id AS partner_id, SUM(amount_untaxed_signed) AS turnover,
                   SUM(SUM(amount_untaxed_signed)) OVER () AS total,
                   SUM(SUM(amount_untaxed_signed)) OVER (ORDER BY SUM(amount_untaxed_signed) DESC)
                       - SUM(amount_untaxed_signed) AS before
              FROM account_move
             WHERE company_id = %(company)s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
               AND invoice_date > %(begin)s
          GROUP BY commercial_partner_id) AS sums
"""
BARE_WRITE = f"""
    WITH classes AS ({BARE_QUERY}), written AS (
        UPDATE res_partner
           SET expo_abc_class = COALESCE(expo_abc_class, '{{}}') || jsonb_build_object(%(key)s, abc_class),
               expo_lifecycle = COALESCE(expo_lifecycle, '{{}}') || jsonb_build_object(%(key)s, 'formation')
          FROM classes WHERE res_partner.id = classes.partner_id
     RETURNING res_partner.id, abc_class, turnover
    )
    INSERT INTO expo_abc_change (partner_id, company_id, class_after, turnover, changed_on)
    SELECT id, %(company)s, abc_class, turnover, NOW() FROM written
"""


def run(env, report):
    """Measure the first run, where every customer changes, and a night without changes."""
    company = env["res.company"].create({"name": "Exporter"})
    env.user.write({"company_ids": [(4, company.id)], "company_id": company.id})
    env = env(context={"allowed_company_ids": company.ids})
    _make_invoices(env, company, _make_customers(env))
    changes = env["expo.abc.change"]
    params = {
        "company": company.id,
        "key": str(company.id),
        "begin": fields.Date.subtract(fields.Date.today(), months=12),
    }
    first, bare_first, queries = _measure_first(env, changes, company, params)
    name = f"class {CUSTOMERS} customers, {INVOICES} invoices"
    report(f"{name}, all new / SQL", first / bare_first, "ratio", base=bare_first, aim=1.2)
    report(f"{name}, all new, time", first, "s")
    report(f"{name}, all new, queries per thousand", queries * 1000 / CUSTOMERS, "queries", aim=5)
    _measure_night(env, report, changes, company, params, name)


def _measure_first(env, changes, company, params):
    """Return the best seconds of ours and of bare SQL, taking turns, and the number of our queries."""
    seconds, queries = {"ours": [], "bare": []}, []

    def classify():
        changes._classify(company)

    def by_hand():
        env.cr.execute(BARE_WRITE, params)

    turns = [("ours", classify), ("bare", by_hand)]
    for _round in range(ROUNDS - 1):
        for name, work in turns:
            with undone(env):
                with stopwatch(env) as timing:
                    work()
                seconds[name].append(timing.seconds)
                queries.append((name, timing.queries))
        # Who comes second finds pages that the first has made: they take turns in that, too.
        turns.reverse()
    return min(seconds["ours"]), min(seconds["bare"]), dict(queries)["ours"]


def _measure_night(env, report, changes, company, params, name):
    changes._classify(company)
    settle(env)
    ours, bare = [], []
    for _round in range(2 * ROUNDS):
        with stopwatch(env) as timing:
            changes._classify(company)
        ours.append(timing.seconds)
        with stopwatch(env) as by_hand:
            env.cr.execute(BARE_QUERY, params)
            env.cr.fetchall()
        bare.append(by_hand.seconds)
    night, query = min(ours), min(bare)
    report(f"{name}, nothing changed / query", night / query, "ratio", base=query, aim=1.5)
    report(f"{name}, nothing changed, time", night, "s")
    report(f"{name}, nothing changed, queries", timing.queries, "queries", aim=10)
    with stopwatch(env) as page:
        env["expo.abc.report"].web_search_read([], {"partner_id": {}, "turnover": {}, "abc_class": {}}, limit=80)
    report(f"first page of the analysis of {CUSTOMERS} customers, time", page.seconds, "s")


def _make_customers(env):
    """Return the ids of customers, made by SQL."""
    country = env.ref(f"base.{COUNTRIES[0]}").id
    env.cr.execute(
        "INSERT INTO res_partner (name, complete_name, is_company, active, type, country_id, autopost_bills)"
        " SELECT 'Buyer ' || n, 'Buyer ' || n, TRUE, TRUE, 'contact', %s, 'ask' FROM generate_series(1, %s) n"
        " RETURNING id",
        [country, CUSTOMERS],
    )
    ids = [row[0] for row in env.cr.fetchall()]
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    return ids


def _make_invoices(env, company, partners):
    """Invoices of the last year, a few customers making most of the turnover; one in twenty is a credit note."""
    journal = env["account.journal"].create(
        {"name": "Sales", "code": "BENCH", "type": "general", "company_id": company.id}
    )
    dice, today = random.Random(4), fields.Date.today()
    rows = []
    for index in range(INVOICES):
        # Everybody buys once, then at random.
        partner = partners[index % CUSTOMERS] if index < CUSTOMERS else dice.choice(partners)
        amount, refund = round(dice.paretovariate(1.2) * 100, 2), index >= CUSTOMERS and index % 20 == 0
        day = today - timedelta(days=dice.randrange(360))
        rows.append(
            (partner, partner, "out_refund" if refund else "out_invoice", -amount / 10 if refund else amount, day, day)
        )
    common = f"'posted', {journal.id}, {company.currency_id.id}, {company.id}, 'no'"
    execute_values(
        env.cr._obj,
        "INSERT INTO account_move (partner_id, commercial_partner_id, move_type, amount_untaxed_signed, invoice_date,"
        " date, state, journal_id, currency_id, company_id, auto_post) VALUES %s",
        rows,
        template=f"(%s, %s, %s, %s, %s, %s, {common})",
        page_size=5_000,
    )
