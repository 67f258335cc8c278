"""Telling who 10,000 contacts are among 50,000 customers, against a search for each; and comparing all customers."""

from odoo.tools import SQL, split_every

from common import COUNTRIES, settle, stopwatch, undone

CUSTOMERS, ROWS, SAMPLE = 50_000, 10_000, 1_000
INDEXES = ("res_partner_expo_email_index", "res_partner_expo_phone_index")


def run(env, report):
    """Match one list in three ways, then look for duplicates in the whole base."""
    countries = [env.ref(f"base.{code}").id for code in COUNTRIES]
    _make_customers(env, countries)
    rows = _make_rows(countries)
    partners = env["res.partner"]
    partners._expo_match(rows[:10])  # warm up
    with stopwatch(env) as batched:
        found = partners._expo_match(rows)
    known = sum(bool(match.partner_id or match.company_id) for match in found)
    sample = rows[:SAMPLE]
    with stopwatch(env) as single:
        for row in sample:
            _search_one(partners, row)
    with undone(env):
        for name in INDEXES:
            env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        with stopwatch(env) as bare:
            for row in sample[: SAMPLE // 5]:
                _search_one(partners, row)
    per_row = batched.seconds / ROWS
    name = f"match {ROWS} rows with {CUSTOMERS} customers"
    report(f"a search per row / {name}", single.seconds / SAMPLE / per_row, "times", base=batched.seconds)
    report(
        f"a search per row, no index / {name}",
        bare.seconds / (SAMPLE // 5) / per_row,
        "times",
        base=batched.seconds,
        aim=50,
    )
    report(f"{name}, time", batched.seconds, "s", known=known)
    report(f"{name}, queries per thousand", batched.queries * 1000 / ROWS, "queries", aim=10)
    with stopwatch(env) as whole:
        pairs = env["expo.duplicate"]._look_for_duplicates(env.company)
    report(f"compare {CUSTOMERS} customers ({pairs} pairs), time", whole.seconds, "s", aim=30)
    report(f"compare {CUSTOMERS} customers, queries per thousand", whole.queries * 1000 / CUSTOMERS, "queries", aim=5)


def _make_customers(env, countries):
    """Companies with two people each; one in twenty looks like another."""
    partners = env["res.partner"].with_context(tracking_disable=True, mail_create_nolog=True)
    number = CUSTOMERS // 3
    for batch in split_every(5_000, range(number)):
        companies = partners.create(
            [
                {
                    "name": f"Trading House {index - (index % 20 == 19)} Ltd",
                    "is_company": True,
                    "website": f"https://house{index}.example",
                    "phone": f"+4930{20_000_000 + index}",
                    "country_id": countries[index // 40 % len(countries)],
                }
                for index in batch
            ]
        )
        partners.create(
            [
                {
                    "name": f"Person {person} of {index}",
                    "parent_id": company.id,
                    "email": f"person{person}@house{index}.example",
                    "phone": f"+4930{40_000_000 + index * 2 + person}",
                }
                for index, company in zip(batch, companies, strict=True)
                for person in range(2)
            ]
        )
    settle(env)


def _make_rows(countries):
    """A quarter each: known by e-mail, by phone, a new person of a known company, wholly new."""
    rows = []
    for index in range(ROWS):
        kind, country = index % 4, countries[index // 40 % len(countries)]
        rows.append(
            {
                0: {"name": f"Person 0 of {index}", "email": f"PERSON0@house{index}.example"},
                1: {"name": f"Person 1 of {index}", "phone": f"+49 30 {40_000_000 + index * 2 + 1}"},
                2: {"name": "New One", "company_name": f"Trading House {index}", "website": f"house{index}.example"},
                3: {"name": f"Unknown {index}", "company_name": f"Unheard {index}", "email": f"x@new{index}.example"},
            }[kind]
            | {"country_id": country}
        )
    return rows


def _search_one(partners, row):
    """What a straightforward import does for each row: by e-mail, else by phone, else by company."""
    [identity] = partners._expo_identities([row])
    wanted = (
        ("email_normalized", identity.email),
        ("phone_sanitized", identity.phone),
        ("expo_company_key", identity.company),
    )
    for name, value in wanted:
        if value and (found := partners.search([(name, "=", value)], limit=1)):
            return found
    return partners
