from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..mixins.notices import Reminder, remind
from ..mixins.record_keeping import RecordKeeping

# What the salesperson fills in; the rest follows from the customer and from handing in.
USER_FIELDS = frozenset(
    {
        "stage",
        "what_was_done",
        "obstacles",
        "forecast_amount",
        "currency_id",
        "forecast_on",
        "help_needed",
    }
)
MANAGER = "sales_team.group_sale_manager"
# What the next report starts with.
CARRIED_FIELDS = ("stage", "forecast_amount", "currency_id", "forecast_on")
# So many days before it is due the salesperson is reminded.
REMIND_DAYS = 2


class ExpoProgressReport(models.Model):
    """A salesperson's report on one customer, due by a day, one after the other until the invoice or the loss.

    Issued with the assignment (:meth:`expo.participation._issue_reports`); handing one in issues the next
    (rules.md §4). The open one follows the customer's salesperson; what was handed in stays as it is.
    """

    _name = "expo.progress.report"
    _description = "Progress Report"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "expo.customer.hints",
        "expo.job.mixin",
        "expo.punctuality",
        "expo.steps",
        "expo.linked.records",
    ]
    _order = "needs_help desc, is_late desc, due_on, id"
    _rec_names_search = ("participation_id",)
    _record_keeping = RecordKeeping(
        archive="reports",
        archive_order=190,
        archive_parent="participation_id",
        attachments=True,
        personal="erase",
        personal_links=("participation_id",),
        erase_order=70,
        merge="_merge_reports",
        salesperson="participation_id.user_id",
    )
    _steps = {"hand_in": ("open",)}
    _user_fields = USER_FIELDS | {"help_answer", "noticed"}

    participation_id = fields.Many2one(
        "expo.participation", "Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="participation_id.partner_id", store=True, index=True)
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index=True)
    company_id = fields.Many2one(related="participation_id.company_id", store=True, index=True)
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    is_key = fields.Boolean(related="participation_id.is_key", store=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", compute="_compute_user_id", store=True, precompute=True, index=True
    )
    number = fields.Integer("Report No.", required=True, readonly=True, help="Number of this report on the customer.")
    issued_on = fields.Date(required=True, readonly=True)
    due_on = fields.Date("Due Date", required=True, readonly=True)
    received_on = fields.Date("Submitted On", readonly=True)
    received_by_id = fields.Many2one("res.users", "Submitted By", readonly=True, ondelete="set null")
    state = fields.Selection(
        [("open", "To fill in"), ("received", "Submitted"), ("ended", "No longer needed")],
        "Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    is_late = fields.Boolean(
        "Overdue",
        compute="_compute_is_late",
        store=True,
        help="Set when the deadline has passed or the report was submitted after it.",
    )
    punctuality = fields.Selection(compute="_compute_punctuality")
    reminded_on = fields.Date(readonly=True)
    stage = fields.Selection(
        [
            ("contact", "In contact"),
            ("interest", "Interested"),
            ("sample", "Samples"),
            ("quoted", "Quoted"),
            ("negotiation", "Negotiation"),
            ("agreed", "Agreed, order expected"),
        ],
        "Progress",
        help="Progress made with the customer so far.",
    )
    what_was_done = fields.Text("Action Taken")
    obstacles = fields.Text(help="Obstacles to the order.")
    forecast_amount = fields.Monetary("Expected Order Amount", help="Amount that the customer will probably order.")
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    forecast_on = fields.Date("Expected Order Date", help="Date on which the customer will probably order.")
    help_needed = fields.Text(help="Support that is needed from the manager.")
    help_answer = fields.Text("Manager Answer")
    help_answered_on = fields.Date("Answered On", readonly=True)
    help_answered_by_id = fields.Many2one("res.users", "Answered By", readonly=True, ondelete="set null")
    needs_help = fields.Boolean("Waiting for Help", compute="_compute_needs_help", store=True)
    previous_id = fields.Many2one(
        "expo.progress.report", compute="_compute_previous", compute_sudo=True, string="Previous Report"
    )
    touch_ids = fields.Many2many("expo.followup", string="Follow-ups since Last Report", compute="_compute_touches")
    _one_open = models.UniqueIndex(
        "(participation_id) WHERE state = 'open'",
        "You cannot add a second open progress report on a customer. Submit the open report first.",
    )
    _due_index = models.Index("(due_on) WHERE state = 'open'")

    @api.depends("participation_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Report %(number)s: %(customer)s", number=report.number, customer=report.partner_id.display_name
            )

    @api.depends("participation_id.user_id")
    def _compute_user_id(self):
        """The open report is the salesperson's; those handed in stay with whose they were."""
        for report in self:
            report.user_id = report.participation_id.user_id if report.state == "open" else report.user_id

    @api.depends("state", "due_on", "received_on")
    def _compute_is_late(self):
        """Late is a matter of the day as well: the scheduled action comes back to the open ones."""
        for report in self:
            last = report.received_on if report.state == "received" else report.exhibition_id._today()
            report.is_late = report.state != "ended" and bool(report.due_on) and last > report.due_on

    @api.depends("state", "is_late")
    def _compute_punctuality(self):
        """Decide once a report was submitted, or its deadline has passed."""
        for report in self:
            is_kept = report.state == "received"
            report.punctuality = "late" if report.is_late else "in_time" if is_kept else False

    @api.depends("state", "help_needed", "help_answer")
    def _compute_needs_help(self):
        for report in self:
            report.needs_help = report.state == "received" and bool(report.help_needed) and not report.help_answer

    @api.depends("participation_id", "number")
    def _compute_previous(self):
        for report in self:
            earlier = report.participation_id.report_ids.filtered(
                lambda other, number=report.number: other.state == "received" and other.number < number
            )
            report.previous_id = earlier.sorted("number")[-1:]

    @api.depends("participation_id.followup_ids.done_on", "issued_on", "previous_id", "received_on")
    def _compute_touches(self):
        """What happened since the last report, so that the salesperson need not look it up."""
        for report in self:
            since, until = report.previous_id.received_on or date.min, report.received_on or date.max
            touches = report.participation_id.followup_ids.filtered(lambda touch: touch.state == "done")
            day_of = report.exhibition_id._to_local_date
            report.touch_ids = touches.filtered(
                lambda touch, day_of=day_of, since=since, until=until: since <= day_of(touch.done_on) <= until
            ).sorted("done_on", reverse=True)

    def _serves_customer(self):
        """A report is also seen by those who see all documents: the file decides."""
        return bool(self._filter_by_file())

    # -- who writes what

    def write(self, vals):
        # Only managers answer a request for help.
        self._check_system_fields(vals, also=() if self.env.user.has_group(MANAGER) else {"help_answer"})
        self._check_open(vals)
        res = super().write(vals)
        if vals.get("help_answer") and not self._is_system():
            self._note_help_answer()
        return res

    def _check_open(self, vals):
        """Refuse changes of what was handed in.

        :raises AccessError: when a user changes it
        """
        if self._is_system() or not USER_FIELDS & vals.keys():
            return
        # In sudo: whether it was handed in, of a report that the user may write, as super checks.
        if any(report.state != "open" for report in self.sudo()):
            raise AccessError(
                self.env._(
                    "You cannot change this report because it has been submitted or is no longer needed. Add "
                    "the information to the next report."
                )
            )

    # -- handing in

    def action_hand_in(self):
        """Hand in the report: it stays as it is, and the next one is issued while the customer is open.

        :raises UserError: when something is missing, or it was handed in already
        """
        self.ensure_one()
        self._lock_for_step("hand_in")
        if not self.stage or not (self.what_was_done or "").strip():
            raise UserError(
                self.env._(
                    "You cannot submit this report because Progress or Action Taken is empty. Fill them in first."
                )
            )
        # The facts of handing in are read-only to users but through this method, which has checked access.
        report = self.sudo()
        report.write(
            {"state": "received", "received_on": report.exhibition_id._today(), "received_by_id": self.env.uid}
        )
        report._end_reminders()
        if report.needs_help:
            report._call_manager()
        customer = report.participation_id
        customer._note_forecast(report)
        customer.filtered_domain(customer._get_report_domain())._issue_reports()
        return True

    def _call_manager(self):
        """Put the request for help on the manager's list, on its own screen."""
        reminder = Reminder(self.participation_id._get_manager(), self.exhibition_id._today(), note=self.help_needed)
        remind(self, "expo_followup.activity_help", lambda report: reminder, is_once=False, is_quiet=False)

    def _note_help_answer(self):
        """The manager has answered: who asked is told, and the request is off the list."""
        for report in self.sudo().filtered("help_needed"):
            report.write({"help_answered_on": report.exhibition_id._today(), "help_answered_by_id": self.env.uid})
            report.activity_unlink(["expo_followup.activity_help"])
            # Who asked and who serves the customer now; names only.
            people = (report.received_by_id | report.participation_id.user_id) - self.env.user
            report.message_post(
                body=report.help_answer,
                subject=report.display_name,
                partner_ids=people.partner_id.ids,
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )

    def _end_reminders(self):
        self.activity_unlink(["expo_followup.activity_report"])

    def action_open_participation(self):
        """Open the exhibition customer."""
        self.ensure_one()
        return self.participation_id.get_formview_action()

    # -- chasing: once before the day, once after it

    @api.model
    def _get_chase_domain(self):
        """Open reports that are due soon and were not reminded of, or whose day has passed unnoticed."""
        domains = []
        for show in self.env["expo.exhibition"].search([("state", "=", "followup")]):
            today = show._today()
            soon = Domain("reminded_on", "=", False) & Domain("due_on", "<=", today + timedelta(days=REMIND_DAYS))
            late = Domain("is_late", "=", False) & Domain("due_on", "<", today)
            domains.append(Domain("exhibition_id", "=", show.id) & (soon | late))
        return Domain("state", "=", "open") & Domain.OR(domains)

    def _remind_overdue(self):
        """Put these reports on their salespeople's lists, and mark the late ones; constant queries per thousand."""
        for show, reports in self.grouped("exhibition_id").items():
            today = show._today()
            reports.reminded_on = today
            reports.filtered(lambda report, today=today: report.due_on < today).is_late = True
        self._remind_salespeople()

    def _remind_salespeople(self):
        """Give each salesperson one activity per report."""
        remind(
            self,
            "expo_followup.activity_report",
            lambda report: Reminder(report.participation_id._get_server(), report.due_on),
        )

    def _cancel_reports(self):
        """No report is needed any more: the order has come, or the customer is lost."""
        self.write({"state": "ended"})
        self._end_reminders()
