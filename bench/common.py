"""What the benchmarks share: shows with many customers, and a stopwatch that counts queries."""

import time
from contextlib import contextmanager
from datetime import date

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
    owner = env["res.users"].create({"name": name, "login": name, "email": f"owner@{name.split()[0].lower()}.example"})
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


@contextmanager
def undone(env):
    """Take back in the database and the cache whatever the block did."""
    env.flush_all()
    savepoint = env.cr.savepoint(flush=False)
    try:
        yield
        env.flush_all()
    finally:
        savepoint.rollback()
        savepoint.close(rollback=False)
        env.invalidate_all(flush=False)
