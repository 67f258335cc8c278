"""Opening *Today* among 100,000 follow-ups against core's *My Pipeline*, in the same run."""

from statistics import median

from common import make_show, settle, stopwatch

CUSTOMERS = 2_000
FOLLOWUPS = 100_000
LEADS = 2_000
ROUNDS = 11
CARDS = 40
PROGRESS = {"field": "activity_state", "colors": {"planned": "success", "today": "warning", "overdue": "danger"}}


def run(env, report):
    """Measure the page of a salesperson and that of a manager for the team; the median of a few rounds."""
    show, customers = make_show(env, CUSTOMERS, "Today")
    show.state = "followup"
    env.cr.execute("UPDATE res_partner SET phone = '+49 30 1234567' WHERE id IN %s", [tuple(customers.partner_id.ids)])
    env.invalidate_all()
    customers._sync_followups()
    customers[::20].write({"unanswered_since": "2026-05-04 08:00:00"})
    env.flush_all()
    # All are due: what the page has to choose from.
    env.cr.execute("UPDATE expo_followup SET window_start = current_date - 1, deadline = current_date")
    env.invalidate_all()
    sections = {one["key"]: one["count"] for one in _read(env, customers.user_id, False)["sections"]}
    assert sections["calls"] > 100 and sections["answers"] and sections["tasks"], sections
    with stopwatch(env) as few:
        _read(env, customers.user_id, False)
    _multiply(env, customers)
    _make_leads(env, customers)
    settle(env)
    seller, manager = customers.user_id, env.ref("base.user_admin")
    # A manager who leads no team sees all salespeople.
    env["crm.team"].search([]).user_id = False
    name = f"Today among {FOLLOWUPS} follow-ups"
    subjects = {
        "salesperson": lambda: _read(env, seller, False),
        "manager, team": lambda: _read(env, manager, True),
        "pipeline": _get_pipeline_reader(env, seller),
    }
    timings = _measure(env, subjects)
    pipeline = timings.pop("pipeline")
    for label, (seconds, queries) in timings.items():
        report(f"{name}, {label} / My Pipeline", seconds / pipeline[0], "ratio", base=pipeline[0], aim=3)
        report(f"{name}, {label}: queries", queries, "queries", base=pipeline[1], aim=25)
    report("Today of a salesperson with a fiftieth of them: queries", few.queries, "queries")


def _multiply(env, customers):
    """More follow-ups of the same customers, most of them done, as years leave them."""
    env.cr.execute("SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = %s",
                   ["expo_followup"])  # fmt: skip
    names = [name for name in env.cr.fetchone()[0] if name not in ("id", "step_id", "occasion_key", "state", "done_on")]
    text = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO expo_followup ({text}, state, done_on) SELECT {text}, 'done', now() - interval '1 day' * copy"
        " FROM (SELECT * FROM expo_followup WHERE step_id IS NOT NULL AND origin = 'plan') AS made,"
        " generate_series(1, 1000) AS copy LIMIT %s",
        [FOLLOWUPS - env["expo.followup"].search_count([])],
    )
    env.invalidate_all()


def _make_leads(env, customers):
    env["crm.lead"].with_context(tracking_disable=True, mail_create_nolog=True).create(
        [
            {"name": f"Lead {index}", "type": "opportunity", "partner_id": customers[index].partner_id.id,
             "user_id": customers.user_id.id}
            for index in range(LEADS)
        ]
    )  # fmt: skip


def _read(env, user, is_team):
    return env["expo.followup"].with_user(user).get_today(is_team)


def _measure(env, subjects):
    """Return the median of seconds and the queries of each: in turn, so that what else runs slows all alike."""
    timings = {name: [] for name in subjects}
    for _round in range(ROUNDS):
        for name, read in subjects.items():
            with stopwatch(env) as timing:
                read()
            timings[name].append(timing)
    return {name: (median(one.seconds for one in rows), rows[-1].queries) for name, rows in timings.items()}


def _get_pipeline_reader(env, user):
    """Return what reads core's *My Pipeline* as the web client does: columns with cards, and their bars."""
    leads = env["crm.lead"].with_user(user)
    fields = leads.get_views([(False, "kanban")])["models"]["crm.lead"]["fields"]
    specification = {name: {} for name in fields if name in leads._fields}
    domain = [("type", "=", "opportunity"), ("user_id", "=", user.id)]

    def read():
        groups = leads.web_read_group(
            domain, ["stage_id"], ["__count"], auto_unfold=True, unfold_read_specification=specification,
            unfold_read_default_limit=CARDS,
        )  # fmt: skip
        leads.read_progress_bar(domain, "stage_id", PROGRESS)
        assert groups["groups"]

    return read
