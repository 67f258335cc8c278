from odoo import api, fields, models

from ...tools.complaint_clocks import CLOCKS
from ..mixins.daily_list import make_list
from ..mixins.record_keeping import RecordKeeping

# The reminders from which the escalation contact and the managers are notified; the assignee from the first.
SECOND_LEVEL, MANAGERS = 2, 3


class ExpoComplaintClock(models.Model):
    """How long we took over one step of a complaint, round by round: what ``tools/complaint_clocks`` reads in the log.

    Rows are kept by :meth:`expo.complaint._update_clocks` alone. A limit stays as it was when its clock started,
    unless the complaint turns out to be serious (``_hasten_clocks``), and what was late once stays late.
    """

    _name = "expo.complaint.clock"
    _description = "SLA Target of a Complaint"
    _inherit = ["expo.punctuality", "expo.linked.records"]
    _order = "complaint_id, started_at, id"
    _rec_name = "kind"
    _record_keeping = RecordKeeping(
        archive="complaint_clocks",
        archive_order=270,
        archive_parent="complaint_id",
        automatic=True,
        salesperson="complaint_id.participation_id.user_id",
    )

    complaint_id = fields.Many2one("expo.complaint", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(selection="_get_kinds", string="Step", required=True, readonly=True)
    round = fields.Integer(default=1, required=True, readonly=True, help="How many times the step was started.")
    limit_hours = fields.Float(
        "SLA Target (Hours)",
        readonly=True,
        help="Working hours allowed for the step, fixed when it started; 0 means no target.",
    )
    started_at = fields.Datetime("Started On", required=True, readonly=True)
    stopped_at = fields.Datetime("Stopped On", readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Waiting for the customer"),
            ("done", "Done"),
            ("ended", "Ended without completion"),
        ],
        "Status",
        required=True,
        readonly=True,
        index=True,
    )
    counted_hours = fields.Float("Hours Counted", readonly=True, help="Working hours counted until the last pause.")
    running_since = fields.Datetime(readonly=True)
    due_at = fields.Datetime("Deadline", readonly=True)
    breached_at = fields.Datetime("Breached On", readonly=True)
    is_breached = fields.Boolean(
        "SLA Breached",
        compute="_compute_is_breached",
        store=True,
        help="Set when the step missed its deadline; not set when it is on time.",
    )
    punctuality = fields.Selection(compute="_compute_punctuality")
    level = fields.Integer("Reminders Due", readonly=True, help="Number of reminders of this SLA target that are due.")
    told_level = fields.Integer(
        "Reminders Sent", readonly=True, help="Number of reminders of this SLA target that were sent."
    )
    told_at = fields.Datetime("Last Reminder On", readonly=True)
    next_at = fields.Datetime("Next Reminder On", readonly=True)
    escalate_at = fields.Datetime("Next Escalation", compute="_compute_escalate_at", store=True)
    used_hours = fields.Float("Used (Hours)", compute="_compute_used", help="Working hours used so far.")
    used_percent = fields.Integer("Used (%)", compute="_compute_used")

    _one_each = models.UniqueIndex(
        "(complaint_id, kind, round)", "You cannot start an SLA target twice. Open the existing target instead."
    )

    @api.model
    def _get_kinds(self):
        """Return the clocks, in the words of what is to be done."""
        names = {
            "acknowledge": self.env._("Acknowledge"),
            "evaluate": self.env._("Evaluate"),
            "offer": self.env._("Offer remedy"),
            "implement": self.env._("Implement"),
        }
        return [(clock, names[clock]) for clock in CLOCKS]

    @api.depends("breached_at")
    def _compute_is_breached(self):
        for clock in self:
            clock.is_breached = bool(clock.breached_at)

    @api.depends("state", "breached_at", "limit_hours")
    def _compute_punctuality(self):
        """Decide once a step is done, or its deadline has passed; without a target nothing is late or in time."""
        for clock in self:
            is_kept = clock.state == "done" and clock.limit_hours
            clock.punctuality = "late" if clock.breached_at else "in_time" if is_kept else False

    @api.depends("state", "level", "told_level", "next_at", "running_since")
    def _compute_escalate_at(self):
        """Return now while a reminder is due, else the next reminder; nothing while the SLA is paused."""
        for clock in self:
            at = clock.running_since if clock.level > clock.told_level else clock.next_at
            clock.escalate_at = clock.state == "running" and at

    @api.depends("counted_hours", "running_since", "limit_hours")
    def _compute_used(self):
        now = fields.Datetime.now()
        times = {company: company._expo_working_time() for company in self.company_id}
        for clock in self:
            since = clock.running_since
            used = clock.counted_hours + (times[clock.company_id].between(since, now) if since else 0)
            clock.used_hours = used
            clock.used_percent = 100 * used / clock.limit_hours if clock.limit_hours else 0

    @api.private
    def _request(self, companies):
        """Have the clocks of these companies judged anew as soon as the scheduled action runs."""
        running = self.search([("company_id", "in", companies.ids), ("state", "=", "running")])
        running.next_at = fields.Datetime.now()
        if running:
            self.env["expo.complaint"]._trigger_clocks(fields.Datetime.now())

    # -- notifications -----------------------------------------------------------------------------------

    def _get_listeners(self, levels):
        """Return ``{clock: users}`` to notify of these clocks beside the assignees.

        :param levels: of each clock, which of its moments has passed
        """
        managers = self.company_id._expo_managers()
        listeners = {}
        for clock, level in zip(self, levels, strict=True):
            people = self.env["res.users"]
            if level >= SECOND_LEVEL:
                people |= clock.complaint_id._get_second_level(managers)
            if level >= MANAGERS:
                people |= managers[clock.company_id]
            listeners[clock] = people
        return listeners

    def _is_first_news(self, news, today):
        """Tell whether any of these is news, and none was on the same day: users get one message a day."""
        news = self.filtered(lambda clock: clock in news)
        earlier = (self - news).filtered(lambda clock: clock.company_id._expo_local_date(clock.told_at) == today)
        return bool(news) and not earlier

    def _get_late_values(self, user, kind):
        """Return what the list of a user says of these late clocks, in the context's language."""
        names, unassigned = dict(self._get_kinds()), self.env._("unassigned")
        entries = [
            (
                f"/odoo/expo.complaint/{clock.complaint_id.id}",
                clock.complaint_id.display_name,
                f"{names[clock.kind]}, {clock.complaint_id.user_id.name or unassigned}",
            )
            for clock in self
        ]
        return {
            "summary": self.env._("Overdue complaints: %s", len(self.complaint_id)),
            "note": make_list(self.env, self.env._("Overdue complaint steps"), entries),
            "user_id": user.id,
            "activity_type_id": kind.id,
        }
