"""Planning the follow-ups of a show against creating the same rows in other ways, in the same run."""

from psycopg2.extras import execute_values

from common import make_show, stopwatch, undone

ROUNDS, WAYS = 3, ("sync", "again", "create", "insert")


def run(env, report):
    """Measure 1,000 and 10,000 customers, and 500 against core's plan wizard."""
    _show, customers = make_show(env, 20, "Warm up")
    _close(customers)
    customers._sync_followups()
    for number in (1_000, 10_000):
        _measure(env, report, number)
    _measure_wizard(env, report, 500)


def _close(customers):
    """Let the plan apply without sending letters: only planning is measured."""
    customers.exhibition_id.state = "followup"


def _measure(env, report, number):
    _show, customers = make_show(env, number, f"Show {number}")
    _close(customers)
    recorded = _find_followups(env, customers)
    rounds = [_measure_round(env, customers, recorded) for _round in range(ROUNDS)]
    rows = rounds[0].pop("rows")
    # Of each the round that was disturbed least: others use the machine as well.
    sync, again, bare_create, bare_sql = (
        min((timings[what] for timings in rounds), key=lambda timing: timing.seconds) for what in WAYS
    )
    name = f"sync {number} customers ({rows} follow-ups)"
    report(f"{name} / create()", sync.seconds / bare_create.seconds, "ratio", base=bare_create.seconds, aim=1.5)
    report(f"{name} / SQL", sync.seconds / bare_sql.seconds, "ratio", base=bare_sql.seconds, aim=4)
    report(f"{name}, time", sync.seconds, "s")
    report(f"{name}, queries per thousand", sync.queries * 1000 / number, "queries")
    report(f"sync {number} customers again, queries per thousand", again.queries * 1000 / number, "queries")
    report(f"sync {number} customers again / first", again.seconds / sync.seconds, "ratio", base=sync.seconds)


def _measure_round(env, customers, recorded):
    """Plan, plan again, and make the same rows in two other ways, each from the same state."""
    with undone(env):
        with stopwatch(env) as sync:
            customers._sync_followups()
        rows = _read_rows(_find_followups(env, customers) - recorded)
        with stopwatch(env) as again:
            customers._sync_followups()
    with undone(env), stopwatch(env) as bare_create:
        for start in range(0, len(rows), 5_000):
            env["expo.followup"].sudo().create(rows[start : start + 5_000])
    with undone(env), stopwatch(env) as bare_sql:
        _insert(env, rows)
    return {"rows": len(rows), "sync": sync, "again": again, "create": bare_create, "insert": bare_sql}


def _find_followups(env, customers):
    return env["expo.followup"].sudo().search([("participation_id", "in", customers.ids)])


def _read_rows(followups):
    """The values of the follow-ups that the sync made, as a caller would pass them to create()."""
    names = (
        "participation_id", "step_id", "round", "activity_type_id", "summary", "origin", "user_id", "auto_send",
        "window_start", "deadline", "flag", "placed_on", "state", "exclude_reason",
    )  # fmt: skip
    return [
        {name: value.id if hasattr(value := followup[name], "_name") else value for name in names}
        for followup in followups
    ]


def _insert(env, rows):
    """Insert complete rows by hand: what a database could do at best."""
    columns = [*rows[0], "partner_id", "exhibition_id", "company_id", "is_letter", "is_parked", "failure_count"]
    participations = env["expo.participation"].browse([row["participation_id"] for row in rows])
    values = [
        [
            *(value or None for value in row.values()),
            customer.partner_id.id,
            customer.exhibition_id.id,
            customer.company_id.id,
            bool(row["auto_send"]),
            False,
            0,
        ]
        for row, customer in zip(rows, participations, strict=True)
    ]
    execute_values(env.cr._obj, f"INSERT INTO expo_followup ({', '.join(columns)}) VALUES %s", values, page_size=1000)


def _measure_wizard(env, report, number):
    show, customers = make_show(env, number, "Wizard")
    _close(customers)
    with undone(env), stopwatch(env) as sync:
        customers._sync_followups()
    wizard = env["mail.activity.schedule"].with_context(active_model=customers._name, active_ids=customers.ids)
    with undone(env), stopwatch(env) as core:
        wizard.create({"plan_id": show.plan_id.id, "plan_on_demand_user_id": env.uid}).action_schedule_plan()
    report(
        f"core's plan wizard / sync, {number} customers",
        core.seconds / sync.seconds,
        "times",
        base=sync.seconds,
        aim=100,
    )
