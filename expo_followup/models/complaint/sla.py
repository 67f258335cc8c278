from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.complaint_clocks import KINDS, hasten, judge, read_log
from ..mixins.daily_list import keep_daily_list
from ..mixins.job import run_guarded, run_step, show_failure
from ..mixins.notices import Reminder, remind
from ..mixins.taking_turns import take_turns
from .clock import SECOND_LEVEL

HASTENED = "hastened"


class _Judge:
    """Judges the clocks of one company at this moment."""

    def __init__(self, company):
        self.company, self.now = company, fields.Datetime.now()
        self.time, self.thresholds = company._expo_working_time(), company._expo_clock_thresholds()

    def get_values(self, run, row, serious):
        """Return what is kept of a run; its limit is that of its row, which was there when it started."""
        limit = row.limit_hours if row else self.company._expo_clock_limits(serious)[run.clock]
        verdict = judge(run, limit, self.time, self.now, self.thresholds)
        return {
            "limit_hours": limit,
            "started_at": run.started_at,
            "stopped_at": run.stopped_at or False,
            "state": run.state,
            "counted_hours": verdict.counted,
            "running_since": verdict.running_since or False,
            "due_at": verdict.due_at or False,
            "breached_at": row.breached_at or verdict.breached_at or False,
            "level": verdict.level,
            "next_at": verdict.next_at or False,
        }


class ExpoComplaintSla(models.AbstractModel):
    """When the next answer is due: the clocks of the complaint, brought up to date with each event of the log."""

    _name = "expo.complaint.sla"
    _description = "SLA of a Complaint"

    clock_ids = fields.One2many("expo.complaint.clock", "complaint_id", "SLA Targets", readonly=True, copy=False)
    next_clock = fields.Selection(
        selection=lambda self: self.env["expo.complaint.clock"]._get_kinds(),
        string="Next SLA Step",
        compute="_compute_deadline",
        store=True,
    )
    next_due_at = fields.Datetime("Deadline", compute="_compute_deadline", store=True, index="btree_not_null")
    is_breached = fields.Boolean(
        "SLA Breached",
        compute="_compute_deadline",
        store=True,
        help="Set when a step missed its deadline; not set when all steps are on time.",
    )
    escalate_at = fields.Datetime("Next Escalation", compute="_compute_deadline", store=True, index="btree_not_null")
    clock_color = fields.Selection(
        [
            ("success", "On time"),
            ("warning", "Due soon"),
            ("danger", "Overdue"),
            ("muted", "Waiting for the customer"),
        ],
        "SLA Status",
        compute="_compute_clock_color",
    )
    clock_percent = fields.Integer("SLA Used (%)", compute="_compute_clock_color")

    @api.depends("clock_ids.state", "clock_ids.due_at", "clock_ids.breached_at", "clock_ids.escalate_at")
    def _compute_deadline(self):
        for complaint in self:
            clock = complaint._get_next_clock()
            complaint.next_clock = clock.kind
            complaint.next_due_at = clock.due_at
            complaint.is_breached = any(complaint.clock_ids.mapped("is_breached"))
            complaint.escalate_at = min(filter(None, complaint.clock_ids.mapped("escalate_at")), default=False)

    @api.depends("next_due_at", "clock_ids.counted_hours", "clock_ids.running_since", "is_waiting")
    def _compute_clock_color(self):
        now = fields.Datetime.now()
        warn = {company: company.expo_complaint_warn_percent for company in self.company_id}
        # All at once: each alone would read the schedule and the days off again.
        self.clock_ids.mapped("used_percent")
        for complaint in self:
            clock = complaint._get_next_clock()
            complaint.clock_percent = clock.used_percent
            if not clock or (clock.state == "running" and not clock.limit_hours):
                complaint.clock_color = False
            elif clock.due_at and clock.due_at < now:
                complaint.clock_color = "danger"
            elif clock.state == "paused":
                complaint.clock_color = "muted"
            else:
                soon = clock.used_percent >= warn[complaint.company_id]
                complaint.clock_color = "warning" if soon else "success"

    def _get_next_clock(self):
        """Return the clock whose time is up first; those that stand come last."""
        live = self.clock_ids.filtered(lambda clock: clock.state in ("running", "paused"))
        return live.sorted(lambda clock: (not clock.due_at, clock.due_at or clock.started_at, clock.id))[:1]

    # -- the log -----------------------------------------------------------------------------------------

    @api.private
    def _update_clocks(self):
        """Read the log and keep what the clocks say: constant queries for any number of complaints.

        What has stopped stays as it was judged then: neither settings nor calendars nor days off change it.
        """
        # In sudo: clocks are kept by the system only.
        complaints = self.sudo()
        # Two events of one complaint at once: the second starts over on the new state.
        self.env.execute_query(
            SQL("SELECT id FROM expo_complaint WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids)
        )
        logs = complaints._get_clock_logs()
        clocks = self.env["expo.complaint.clock"].sudo().search([("complaint_id", "in", self.ids)])
        rows = clocks.grouped("complaint_id")
        judges = {company: _Judge(company) for company in complaints.company_id}
        todo, breaches = [], []
        for complaint in complaints:
            mine = {(row.kind, row.round): row for row in rows.get(complaint, ())}
            for run in read_log(logs.get(complaint.id, ())):
                row = mine.pop((run.clock, run.round), clocks.browse())
                if row.stopped_at and (row.started_at, row.stopped_at) == (run.started_at, run.stopped_at):
                    continue
                values = judges[complaint.company_id].get_values(run, row, complaint.severity == "serious")
                if values["breached_at"] and not row.breached_at:
                    breaches.append((complaint, run.clock, values["breached_at"]))
                if row:
                    changed = {name: value for name, value in values.items() if row[name] != value}
                    row.write(changed)
                else:
                    todo.append({**values, "complaint_id": complaint.id, "kind": run.clock, "round": run.round})
            complaint._drop_clocks(clocks.browse().concat(*mine.values()))
        clocks.create(todo)
        complaints._log_breaches(breaches)
        complaints._end_clock_reminders()
        complaints._trigger_clocks(min(filter(None, complaints.mapped("escalate_at")), default=None))

    def _get_clock_logs(self):
        """Return ``{complaint id: [(moment, kind)]}`` in the order in which they were logged."""
        events = self.env["expo.complaint.event"].search_fetch(
            [("complaint_id", "in", self.ids), ("kind", "in", list(KINDS))], ["complaint_id", "kind", "at"], order="id"
        )
        logs = {}
        for event in events:
            logs.setdefault(event.complaint_id.id, []).append((event.at, event.kind))
        return logs

    def _drop_clocks(self, clocks):
        """Stop clocks that the log knows no more, as after a merge; what was late stays."""
        if any(clocks.mapped("told_level")):
            self.activity_unlink(["expo_followup.activity_complaint_due"])
        (clocks - clocks.filtered("is_breached")).unlink()
        clocks.exists().filtered(lambda clock: not clock.stopped_at).write(
            {"state": "ended", "stopped_at": fields.Datetime.now(), "running_since": False}
        )

    def _log_breaches(self, breaches):
        """Note in the log which clocks have become late, and when."""
        self.env["expo.complaint.event"].create(
            [
                {"complaint_id": complaint.id, "kind": "breach", "at": at, "note": names[clock]}
                for complaint, clock, at in breaches
                # The user may be a customer: in the company's language.
                if (names := complaint.with_context(lang=complaint.company_id.partner_id.lang)._get_clock_names())
            ]
        )

    def _get_clock_names(self):
        return dict(self.env["expo.complaint.clock"]._get_kinds())

    @api.model
    def _trigger_clocks(self, moment):
        """Have the scheduled action run right after a moment, if any."""
        if moment:
            # To the next minute: what is due now is still in time.
            at = max(moment, fields.Datetime.now()) + timedelta(minutes=1)
            self.env["ir.cron"]._trigger_expo("ir_cron_escalate", at)

    # -- notifications -----------------------------------------------------------------------------------

    @api.model
    def _cron_clocks(self):
        """Judge the clocks whose moment has come, and tell those whom it concerns."""
        now = fields.Datetime.now()
        # Hidden is not answered: archived ones are open all the same.
        self._run_job([("active", "in", (True, False)), ("escalate_at", "<", now)], lambda batch: batch._escalate())
        run_step(self, lambda complaints: complaints._sync_late_lists())
        run_step(self, lambda complaints: complaints._trigger_next_clock(now))

    @api.model
    def _trigger_next_clock(self, now):
        """Have the scheduled action run when the next moment of an open complaint comes."""
        running = [("active", "in", (True, False)), ("escalate_at", ">=", now)]
        self._trigger_clocks(self.search(running, order="escalate_at", limit=1).escalate_at)

    def _escalate(self):
        """Judge these complaints' clocks and tell of those that have passed a moment; constant queries per thousand."""
        self._update_clocks()
        clocks = self.clock_ids.filtered(lambda clock: clock.state == "running" and clock.level > clock.told_level)
        clocks.complaint_id._remind_owners()
        listeners = clocks._get_listeners(clocks.mapped("level"))
        names = {clock: ", ".join(people.mapped("name")) for clock, people in listeners.items() if people}
        for words, found in clocks.filtered(names.get).grouped(names.get).items():
            found.complaint_id._log_event("escalated", note=words)
        for level, found in clocks.grouped("level").items():
            found.write({"told_level": level, "told_at": fields.Datetime.now()})
        # With what they tell of: a server that stops right after it would leave it untold.
        run_guarded(
            self.env,
            [clocks] if clocks else [],
            lambda news: self._sync_late_lists(*news),
            lambda _news, error: show_failure(self.browse(), error),
        )

    def _get_second_level(self, managers):
        """Return the escalation contact: the team's leader, else a manager; not the assignee.

        :param managers: of each company
        """
        leader = self.team_id._get_staff(self.team_id.leader_id)
        others = (leader | managers[self.company_id]) - self.user_id
        return (others or leader)[:1]

    # -- the assignee --------------------------------------------------------------------------------------

    def _remind_owners(self):
        """Give each assignee one activity per complaint, unless it exists already."""
        managers = self.company_id._expo_managers()
        due = self.filtered("next_due_at")
        remind(due, "expo_followup.activity_complaint_due", lambda complaint: complaint._get_reminder(managers))

    def _get_reminder(self, managers):
        owner = self.user_id.filtered("active") or self._get_second_level(managers)
        words = self.with_context(lang=owner.lang)
        summary = words._get_clock_names().get(words.next_clock, "")
        return Reminder(owner, self.company_id._expo_local_date(self.next_due_at), summary)

    def _end_clock_reminders(self):
        """End the assignees' reminders of what was answered or waits for the customer; they may be reminded anew."""
        told = self.clock_ids.filtered("told_level")
        told.filtered(lambda clock: clock.state == "paused").told_level = 0
        done = told.complaint_id - told.filtered(lambda clock: clock.state == "running").complaint_id
        if done:
            done.activity_unlink(["expo_followup.activity_complaint_due"])

    def _move_clock_reminders(self):
        """Give the reminder of the complaint to its present assignee."""
        # In sudo: the reminders are the scheduled action's, not those of the user who reassigns.
        reminders = self.sudo().activity_search(["expo_followup.activity_complaint_due"], only_automated=True)
        for complaint in self.sudo().filtered("user_id"):
            mine = reminders.filtered(lambda activity, complaint=complaint: activity.res_id == complaint.id)
            mine.filtered(lambda a, user=complaint.user_id: a.user_id != user).write({"user_id": complaint.user_id.id})

    # -- the escalation contact and the managers -----------------------------------------------------------------

    @api.model
    def _sync_late_lists(self, news=()):
        """Bring the lists of late complaints up to date; a second run on the same day changes nothing.

        :param news: the clocks that have just passed a moment: their listeners get a message as well
        """
        kind = self.env.ref("expo_followup.activity_complaint_late")
        # Users notified by a message need not be on the list, too.
        activities = self.env["mail.activity"].with_context(active_test=False, mail_activity_quick_update=True)
        standing = activities.search([("activity_type_id", "=", kind.id), ("res_model", "=", False)])
        by_user, lists = standing.grouped("user_id"), self._get_late_lists()

        if news:
            # One message a day: of two transactions the second counts what the first has told.
            take_turns(self.env["res.users"].union(*lists))

        def sync_lists(users):
            for user in users:
                self._sync_late_list(user, kind, by_user.get(user, standing.browse()), lists.get(user), news)

        run_guarded(
            self.env, self.env["res.users"].union(*lists, standing.filtered("active").user_id), sync_lists, show_failure
        )

    def _sync_late_list(self, user, kind, standing, clocks, news):
        today = user.company_id._expo_today()
        values = clocks and clocks.with_context(lang=user.lang)._get_late_values(user, kind)
        keep_daily_list(standing, values, today)
        if clocks and clocks._is_first_news(news, today):
            self._tell_late(user, values)

    @api.model
    def _get_late_lists(self):
        """Return ``{user: late clocks}`` of the users to notify."""
        clocks = self.env["expo.complaint.clock"].search(
            [("state", "=", "running"), ("told_level", ">=", SECOND_LEVEL)], order="due_at, id"
        )
        ids = {}
        for clock, people in clocks._get_listeners(clocks.mapped("told_level")).items():
            for user in people:
                ids.setdefault(user, []).append(clock.id)
        return {user: clocks.browse(found) for user, found in ids.items()}

    @api.model
    def _tell_late(self, user, values):
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids, subject=values["summary"], body=values["note"]
        )

    # -- what turns out to be serious --------------------------------------------------------------------

    def _hasten_clocks(self):
        """Shorten the limits of the clocks that run or stand, each once; the log says when."""
        # In sudo: clocks are kept by the system, for all who may write the complaint.
        for complaint in self.sudo():
            company = complaint.company_id
            limits, share = company._expo_clock_limits(serious=True), company.expo_complaint_serious_percent / 100
            marked = max(complaint.event_ids.filtered(lambda one: one.kind == HASTENED).mapped("at"), default=False)
            live = complaint.clock_ids.filtered(
                lambda clock, marked=marked, limits=limits: (
                    not clock.stopped_at
                    and clock.limit_hours > limits[clock.kind] > 0
                    and not (marked and marked >= clock.started_at)
                )
            )
            names, notes = dict(live._get_kinds()), []
            for clock in live:
                before, clock.limit_hours = clock.limit_hours, hasten(clock.limit_hours, clock.used_hours, share)
                notes.append(f"{names[clock.kind]}: {before:g} h → {clock.limit_hours:g} h")
            if live:
                complaint._log_event(HASTENED, note=", ".join(notes))
                complaint._update_clocks()
