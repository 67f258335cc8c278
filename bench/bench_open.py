"""Opening follow-ups whose day has come against creating the same activities in one warm batch, in the same run."""

from statistics import median

from common import make_show, stopwatch, undone

NUMBER = 1_000
ROUNDS = 5


def run(env, report):
    """Measure 1,000 due reminders; the median of a few rounds, since single ones vary."""
    _show, customers = make_show(env, NUMBER, "Opening")
    customers.exhibition_id.state = "followup"
    customers._sync_followups()
    due = _get_due(env, customers)
    with undone(env):
        due._open_reminders()
    ratios, opened, bare = [], [], []
    for _round in range(ROUNDS):
        with undone(env), stopwatch(env) as opening:
            due._open_reminders()
        with undone(env), stopwatch(env) as creating:
            _create_activities(env, due)
        ratios.append(opening.seconds / creating.seconds)
        opened.append(opening)
        bare.append(creating)
    base = median(timing.seconds for timing in bare)
    report(f"open {NUMBER} follow-ups / create() of the activities", median(ratios), "ratio", base=base, aim=1.3)
    report(f"open {NUMBER} follow-ups, time", median(timing.seconds for timing in opened), "s")
    report("open, queries per thousand", opened[-1].queries * 1000 / NUMBER, "queries")
    report("create() of the activities, queries per thousand", bare[-1].queries * 1000 / NUMBER, "queries")


def _get_due(env, customers):
    """One planned touch of each customer, none of them a letter."""
    planned = env["expo.followup"].search(
        [("participation_id", "in", customers.ids), ("is_letter", "=", False), ("state", "=", "planned")]
    )
    first = {followup.participation_id: followup for followup in planned}
    return env["expo.followup"].browse([followup.id for followup in first.values()])


def _create_activities(env, due):
    """What Odoo could do at best: all values at hand, names warm, one create()."""
    due.participation_id.mapped("display_name")
    model_id = env["ir.model"]._get_id("expo.participation")
    env["mail.activity"].with_context(mail_activity_quick_update=True).create(
        [
            {
                "res_model_id": model_id,
                "res_id": followup.participation_id.id,
                "activity_type_id": followup.activity_type_id.id,
                "user_id": followup.user_id.id,
                "date_deadline": followup.deadline,
                "summary": followup.summary,
                "automated": True,
            }
            for followup in due
        ]
    )
