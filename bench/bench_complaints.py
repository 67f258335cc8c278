"""Complaints in a big office: 20,000 of which 500 are open, as the web client, the gateway and the scheduler ask."""

from unittest.mock import patch

from lxml import etree

from odoo.modules import module
from odoo.tools import SQL

from common import settle, stopwatch, undone
from complaint_office import Office, get_specification

NEW, PAGE, MAILS, INVOICES, REMEDIES = 1_000, 80, 200, 1_000, 200
GROUPS = ("product_id", "department_id", "cause_id", "country_id", "exhibition_id", "received_at:month")
MEASURES = ("__count", "complaint_id:count_distinct", "cost:sum", "claimed_quantity:sum", "days:avg")


def run(env, report):
    """Measure taking down, looking, reporting, receiving, escalating, promising and holding, in one office."""
    office = Office(env)
    for model in ("expo.complaint", "crm.lead"):
        with undone(env):
            _create(env, office, model, 5)
    _measure_creating(env, report, office)
    office.fill()
    settle(env)
    total = env["expo.complaint"].search_count([])
    _measure_views(report, office, total)
    _measure_reports(report, office, total)
    _measure_ribbon(report, office)
    for measure in (_measure_clocks, _measure_intake, _measure_promises, _measure_holds):
        with undone(env):
            measure(env, report, office)


def _create(env, office, model, number):
    values = office.get_complaint_values(number)
    if model == "crm.lead":
        kept = {"subject": "name", "story": "description", "partner_id": "partner_id", "user_id": "user_id"}
        values = [{kept[name]: value for name, value in one.items() if name in kept} for one in values]
    env[model].create(values)


def _measure_creating(env, report, office):
    with undone(env), stopwatch(env) as core:
        _create(env, office, "crm.lead", NEW)
    with undone(env), stopwatch(env) as ours:
        _create(env, office, "expo.complaint", NEW)
    name = f"create {NEW} complaints"
    report(f"{name} / create() of as many crm.lead", ours.seconds / core.seconds, "ratio", base=core.seconds, aim=1.5)
    for title, timing in ((name, ours), ("create() of crm.lead", core)):
        report(f"{title}, queries per thousand", timing.queries * 1000 / NEW, "queries")


def _measure_views(report, office, total):
    """Look at the open ones, as the web client does, and compare with the same view of all of them."""
    for user, who in ((office.sellers[0], "seller"), (office.manager, "manager")):
        complaints = office.env["expo.complaint"].with_user(user)
        for kind in ("list", "kanban", "form"):
            shown = get_specification((complaints, etree.fromstring(complaints.get_view(view_type=kind)["arch"])))
            _look(complaints, kind, shown, [])  # warm up
            with stopwatch(complaints.env) as some:
                _look(complaints, kind, shown, [("is_open", "=", True)])
            name = f"{kind} as {who}, {total} complaints"
            report(f"{name}, time", some.seconds, "s", aim=0.5)
            report(f"{name}, queries", some.queries, "queries", aim=75)


def _look(complaints, kind, shown, domain):
    if kind == "list":
        complaints.web_search_read(domain, shown, limit=PAGE)
    elif kind == "kanban":
        complaints.web_read_group(
            domain, ["stage_id"], ["__count"], auto_unfold=True, unfold_read_specification=shown,
            unfold_read_default_limit=PAGE,
        )  # fmt: skip
    else:
        complaints.search(domain, limit=1).web_read(shown)


def _measure_reports(report, office, total):
    """Compare the analysis with the plainest query of the same complaints."""
    env = office.env
    with stopwatch(env) as bare:
        env.execute_query(SQL("SELECT cause_id, COUNT(*), SUM(cost) FROM expo_complaint GROUP BY cause_id"))
    for user, who in ((office.sellers[0], "seller"), (office.manager, "manager")):
        rows = env["expo.complaint.report"].with_user(user)
        rows.formatted_read_group([], ["cause_id"], ["__count"])  # warm up
        slowest = 0
        for group in GROUPS:
            with stopwatch(rows.env) as timing:
                rows.formatted_read_group([("state", "!=", "cancelled")], [group], MEASURES)
            slowest = max(slowest, timing.seconds)
        report(f"analysis as {who}, {total} complaints, slowest of {len(GROUPS)} groupings", slowest, "s", aim=1)
    causes = env["expo.complaint.pareto"].with_user(office.manager)
    with stopwatch(causes.env) as timing:
        causes.search_read([], ["cause_id", "number", "cumulated", "cost"])
    report(f"Pareto, {total} complaints, time", timing.seconds, "s", base=bare.seconds, aim=0.5)


def _measure_ribbon(report, office):
    names = ["expo_open_complaint_count", "expo_complaint_count"]
    partners = office.customers[:PAGE].with_user(office.sellers[0])
    partners[:1].read(names)  # warm up
    with stopwatch(partners.env) as timing:
        partners.read(names)
    report(f"open-complaint ribbon over {PAGE} contacts, queries", timing.queries, "queries", aim=10)


def _measure_clocks(env, report, office):
    """All open ones late at once: judged, their owners reminded, the second level told; then nothing is left."""
    late = office.make_late()
    with stopwatch(env) as timing:
        late._escalate()
        env["expo.complaint"]._sync_late_lists()
    report(f"escalate {len(late)} late complaints, time", timing.seconds, "s")
    report("escalate, queries per thousand", timing.queries * 1000 / len(late), "queries", aim=500)
    with stopwatch(env) as again:
        late._escalate()
    report("escalate again, queries", again.queries, "queries", aim=30)


def _measure_intake(env, report, office):
    """Mails of known and unknown people to the desk, against core's gateway making leads of the same mails."""
    ours, theirs = office.make_mails(MAILS)
    # The register has a transaction of its own, except in tests: here as well all is taken back.
    with patch.object(module, "current_test", True):
        for raw in (ours[0], theirs[0]):
            env["mail.thread"].message_process(None, raw)
        with stopwatch(env) as core:
            for raw in theirs[1 : MAILS // 5]:
                env["mail.thread"].message_process(None, raw)
        with stopwatch(env) as timing:
            for raw in ours[1:]:
                env["mail.thread"].message_process(None, raw)
    env.cr.execute("SELECT state, COUNT(*) FROM expo_incoming_mail GROUP BY state")
    states = dict(env.cr.fetchall())
    per_mail = timing.seconds / (MAILS - 1)
    per_lead = core.seconds / (MAILS // 5 - 1)
    report(f"take in {MAILS} mails / core's leads of mails", per_mail / per_lead, "ratio", base=per_lead, **states)
    report("take in a mail, queries", timing.queries / (MAILS - 1), "queries")
    report("core's lead of a mail, queries", core.queries / (MAILS // 5 - 1), "queries")


def _measure_promises(env, report, office):
    counts = [office.promise(number) for number in (1, REMEDIES)]
    report(f"judge a promise after {REMEDIES} others / after one, queries", counts[1] / counts[0], "ratio", aim=1.1)
    report("judge a promise, queries", counts[1], "queries")


def _measure_holds(env, report, office):
    order, invoices = office.invoice(INVOICES)
    values = {"subject": "Broken", "partner_id": order.partner_id.id, "order_id": order.id}
    with stopwatch(env) as holding:
        complaint = env["expo.complaint"].create(values)
    complaint.cancel_reason = "By mistake"
    with stopwatch(env) as releasing:
        complaint._move_to("cancelled")
    held = sum(invoices.mapped("expo_is_held"))
    report(f"hold reminders of {INVOICES} invoices, time", holding.seconds, "s", still_held=held)
    report("hold reminders, queries per thousand invoices", holding.queries * 1000 / INVOICES, "queries", aim=200)
    report("release them, queries per thousand invoices", releasing.queries * 1000 / INVOICES, "queries", aim=200)
