from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.complaint_clocks import KINDS, judge, read_log

# Of its kinds, what means that the customer has acted: we wait for him no more.
CUSTOMER_ACTS = frozenset({"accepted", "declined", "rated"})


class ExpoComplaint(models.Model):
    """When the next answer is due: the clocks of the complaint, brought up to date with each event of the log."""

    _inherit = "expo.complaint"

    clock_ids = fields.One2many("expo.complaint.clock", "complaint_id", "Clocks", readonly=True, copy=False)
    next_clock = fields.Selection(
        selection=lambda self: self.env["expo.complaint.clock"]._get_kinds(),
        string="Next Step",
        compute="_compute_deadline",
        store=True,
    )
    next_due_at = fields.Datetime("Due", compute="_compute_deadline", store=True, index="btree_not_null")
    is_breached = fields.Boolean(
        "Was Late", compute="_compute_deadline", store=True, help="One of our answers came too late, or is late now."
    )
    escalate_at = fields.Datetime(compute="_compute_deadline", store=True, index="btree_not_null")
    clock_color = fields.Selection(
        [
            ("success", "In time"),
            ("warning", "Due soon"),
            ("danger", "Late"),
            ("muted", "Waiting for the customer"),
        ],
        "Clock",
        compute="_compute_clock_color",
    )
    clock_percent = fields.Integer("Time Used (%)", compute="_compute_clock_color")

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

    def write(self, vals):
        before = {complaint: complaint.received_at for complaint in self} if "received_at" in vals else {}
        res = super().write(vals)
        for complaint, received in before.items():
            # It was here before we wrote it down: its clocks have run since. Nobody gains time by a later date.
            # After a merge the log knows it already.
            known = complaint.event_ids.filtered(lambda event: event.kind == "received").mapped("at")
            if complaint.received_at < received and complaint.received_at not in known:
                complaint._log_event("received", at=complaint.received_at)
        if "user_id" in vals:
            self._move_clock_reminders()
        return res

    @api.private
    def _log_event(self, kind, note=False, at=None, message=None):
        """Append an event; the clocks follow."""
        if kind in CUSTOMER_ACTS:
            self._set_waiting(False)
        res = super()._log_event(kind, note=note, at=at, message=message)
        if kind in KINDS:
            self._update_clocks()
        return res

    def _log_received(self):
        res = super()._log_received()
        self._update_clocks()
        return res

    @api.private
    def _update_clocks(self):
        """Read the log and keep what the clocks say: constant queries for any number of complaints.

        What has stopped stays as it was judged then: neither settings nor calendars nor days off change it.
        """
        # In sudo: clocks are kept by the system only.
        complaints = self.sudo()
        # Two events of one complaint at once: who comes second starts over on the new state.
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
                # Whoever caused it, a customer maybe: in the company's language.
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
