import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize
from odoo.tools.mimetypes import guess_mimetype

from ...tools import raw_mail
from ...tools.complaint_flow import ENDED
from ...tools.domains import own_domain
from ...tools.mail_repair import SMALL_PICTURE
from ..mixins.job import MAX_FAILURES
from ..mixins.record_keeping import RecordKeeping, as_user
from .eraser import ComplaintEraser
from .merger import ComplaintMerger

# The customer's own words and what they came with: as they were recorded.
INTAKE_FIELDS = frozenset({"story", "received_at", "channel"})
# What a new complaint points at though its user did not say so.
POINTING_FIELDS = frozenset({"partner_id", "order_id", "invoice_id"})
# What decides which invoices an open complaint holds.
HOLDING_FIELDS = frozenset({"stage_id", "order_id", "invoice_id", "merged_into_id", "active"})
# After these the goods of a complaint and their remedies are checked anew.
GOODS_FIELDS = frozenset({"partner_id", "order_id", "invoice_id", "team_id"})
# What is compared after a write with what stood there before, by the field that is written.
COMPARED_FIELDS = {
    "partner_id": "commercial_partner_id",
    "team_id": "company_id",
    "order_id": "company_id",
    "invoice_id": "company_id",
    "user_id": "user_id",
    "received_at": "received_at",
    "severity": "severity",
    "stage_id": "is_open",
}
# What has ended is history until it is reopened.
JUDGED_FIELDS = frozenset(
    {"partner_id", "order_id", "invoice_id", "participation_id", "source", "severity", "extent", "party"}
    | {"department_id", "cause_id", "decision", "decision_reason", "facts", "root_cause", "containment", "corrective"}
    | {"customer_reason", "handling", "ship_date"}
)
# The same customer about the same product within so many days.
ALIKE_DAYS = 30
REPLY = re.compile(r"^\s*((re|fwd?|aw|wg|sv|tr|rif|antw|答复|回复|转发)\s*[:：]\s*)+", re.IGNORECASE)
# Where the user must be able to read the linked record. The customer's show is another matter, see below.
READABLE = frozenset({"partner_id", "order_id", "invoice_id", "previous_id", "team_id"})


class ExpoComplaint(models.Model):
    """One complaint of a customer, from the first statement to the feedback on our answer.

    The rules are those of rules.md §5: listen, confirm, evaluate, negotiate within one's authority, implement, follow
    up the feedback; the customer is calmed first, and nothing is lost. Which step may follow which, and what must be
    there first, is said by ``tools/complaint_flow`` and checked on every path (``workflow.py``). What happened is an
    append-only log (``expo.complaint.event``).
    """

    _name = "expo.complaint"
    _description = "Complaint"
    _inherit = [
        "expo.complaint.workflow",
        "expo.complaint.letters",
        "expo.complaint.money",
        "expo.complaint.portal",
        "expo.complaint.sla",
        "portal.mixin",
        "mail.thread.cc",
        "mail.tracking.duration.mixin",
        "rating.mixin",
        "mail.activity.mixin",
        "expo.job.mixin",
        "expo.customer.hints",
        "expo.messenger",
        "expo.steps",
        "expo.linked.records",
    ]
    _order = "received_at desc, id desc"
    _rec_names_search = ("name", "subject", "partner_id")
    _mail_thread_customer = True
    _mail_post_access = "read"
    _record_keeping = RecordKeeping(
        archive="complaints",
        archive_order=210,
        attachments=True,
        personal="clear",
        named=(
            "subject",
            "facts",
            "decision_reason",
            "root_cause",
            "containment",
            "corrective",
            "cancel_reason",
            "accepted_by",
            "receipt_by",
        ),
        cleared=("partner_id", "email_from", "phone", "email_cc", "story", "customer_reason", "access_token"),
        # The number, the key of a form, and the system's own words about a job.
        no_personal={"name", "portal_key", "failure_reason"},
        merge="move",
        salesperson="participation_id.user_id",
    )
    _primary_email = "email_from"
    _track_duration_field = "stage_id"
    # What the methods keep: users change it through the steps only.
    _system_fields = frozenset(
        {"name", "state", "is_open", "company_id", "commercial_partner_id", "country_id", "merged_into_id"}
        | {"access_token", "portal_key", "from_mail", "event_ids", "remedy_cost", "cost"}
        | {"is_waiting", "waiting_since", "failure_count", "failure_reason", "is_parked"}
        | {"acknowledged_on", "restated_on", "evaluated_on", "offered_on", "accepted_on", "accepted_by", "accepted_how"}
        | {"implemented_on", "feedback_asked_on", "feedback_asks", "feedback_since", "feedback_due_on", "called_on"}
        | {"closed_on", "receipt_on", "receipt_by", "rated_on", "rating_last_value", "last_reply_on"}
        | {"clock_ids", "next_clock", "next_due_at", "is_breached", "escalate_at"}
    )

    name = fields.Char("Complaint Number", readonly=True, copy=False, index="trigram")
    subject = fields.Char(required=True, tracking=True)
    story = fields.Text("Customer Statement", help="What the customer said or wrote, word for word.")
    customer_reason = fields.Text(
        "Customer's Reason",
        tracking=True,
        help="Reason that the customer gives for the complaint; our own findings are Cause and Root Cause.",
    )
    from_mail = fields.Boolean(readonly=True, copy=False, string="Created from Mail")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Contact who made the complaint; empty means that the sender is unknown.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company", store=True, index="btree_not_null"
    )
    country_id = fields.Many2one(related="commercial_partner_id.country_id", store=True)
    email_from = fields.Char("Email", compute="_compute_address", store=True, readonly=False, precompute=True)
    phone = fields.Char(compute="_compute_address", store=True, readonly=False, precompute=True)
    participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        compute="_compute_participation_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=?', commercial_partner_id)]",
    )
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index="btree_not_null")
    order_id = fields.Many2one(
        "sale.order",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        domain="[('partner_id', 'child_of', commercial_partner_id)]",
    )
    invoice_id = fields.Many2one(
        "account.move",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('partner_id', 'child_of', commercial_partner_id)]",
    )
    ship_date = fields.Date(
        compute="_compute_ship_date",
        store=True,
        readonly=False,
        help="Date on which the goods were shipped; enter it where the order has no delivery.",
    )
    team_id = fields.Many2one(
        "expo.complaint.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Assigned To",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="User who handles the complaint; empty means unassigned.",
    )
    received_at = fields.Datetime(
        required=True,
        default=lambda self: fields.Datetime.now(),
        copy=False,
        index=True,
        help="When the complaint was received, possibly before it was entered.",
    )
    source = fields.Selection(
        [("goods", "Goods"), ("service", "After-sales service")],
        "Complaint Type",
        default="goods",
        required=True,
        tracking=True,
    )
    channel = fields.Selection(
        [
            ("phone", "Phone"),
            ("site", "On site"),
            ("letter", "Letter"),
            ("email", "Email"),
            ("fax", "Fax"),
            ("messenger", "Messenger"),
            ("portal", "Customer portal"),
        ],
        "Complaint Channel",
        default="phone",
        required=True,
    )
    handling = fields.Selection(
        [
            ("phone", "By phone"),
            ("site", "On site"),
            ("letter", "By letter"),
            ("email", "By e-mail"),
            ("messenger", "By messenger"),
        ],
        "Handling Method",
        tracking=True,
        help="How the complaint is handled with the customer, whatever channel it came by; empty means undecided.",
    )
    facts = fields.Text(
        "Agreed Facts",
        tracking=True,
        help=("Summary of goods, quantities and dates that is sent to the customer for confirmation."),
    )
    severity = fields.Selection(
        [("low", "Low"), ("normal", "Normal"), ("serious", "Serious")],
        tracking=True,
        index=True,
        help=(
            "Low severity needs only the essential steps; serious complaints need a joint review by "
            "production and inspection."
        ),
    )
    extent = fields.Selection(
        [("unit", "Single pieces"), ("batch", "A batch"), ("shipment", "A shipment"), ("all", "All deliveries")],
        tracking=True,
    )
    party = fields.Selection(
        [
            ("production", "Our production"),
            ("sales", "Our sales and service"),
            ("supplier", "A supplier"),
            ("carrier", "The carrier"),
            ("customer", "The customer"),
            ("unclear", "Unclear"),
        ],
        "Responsible Party",
        tracking=True,
        index=True,
    )
    department_id = fields.Many2one(
        "expo.complaint.department", "Manufacturing Department", ondelete="restrict", index="btree_not_null"
    )
    cause_id = fields.Many2one("expo.complaint.cause", ondelete="restrict", index="btree_not_null", tracking=True)
    root_cause = fields.Text(help="Reason why the problem occurred.")
    containment = fields.Text(
        "Containment Action",
        help=("Immediate measures that limit the damage, such as held goods, a stopped shipment or a warned customer."),
    )
    corrective = fields.Text("Corrective Action", help="Measures that prevent the problem from recurring.")
    decision = fields.Selection(
        [("justified", "Justified"), ("partly", "Partly justified"), ("unjustified", "Not justified")], tracking=True
    )
    decision_reason = fields.Text(
        help="Reason for the decision; it is sent to the customer when the complaint is rejected."
    )
    cancel_reason = fields.Char("Cancellation Reason", copy=False)
    internal_cost = fields.Monetary(
        help="Cost of the complaint other than its remedies, such as freight, inspection and rework.",
        copy=False,
    )
    stage_id = fields.Many2one(
        "expo.complaint.stage",
        required=True,
        ondelete="restrict",
        index=True,
        copy=False,
        tracking=True,
        default=lambda self: self._get_stage("new"),
        group_expand="_read_group_stage_ids",
    )
    state = fields.Selection(related="stage_id.state", store=True, index=True, string="Status")
    is_open = fields.Boolean("Open Complaint", compute="_compute_is_open", store=True, precompute=True, index=True)
    merged_into_id = fields.Many2one(
        "expo.complaint", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    previous_id = fields.Many2one(
        "expo.complaint",
        "Previous Complaint",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="Earlier complaint about the same matter; empty means none.",
    )
    event_ids = fields.One2many("expo.complaint.event", "complaint_id", "History", readonly=True, copy=False)
    active = fields.Boolean(default=True)
    acknowledged_on = fields.Datetime(readonly=True, copy=False)
    restated_on = fields.Datetime("Facts Confirmed On", readonly=True, copy=False)
    evaluated_on = fields.Datetime(readonly=True, copy=False)
    offered_on = fields.Datetime("Remedy Offered On", readonly=True, copy=False)
    accepted_on = fields.Datetime("Remedy Accepted On", readonly=True, copy=False)
    accepted_by = fields.Char(readonly=True, copy=False)
    accepted_how = fields.Selection(
        [("portal", "On the customer's page"), ("email", "By e-mail"), ("phone", "By phone"), ("hand", "In writing")],
        "Acceptance Channel",
        readonly=True,
        copy=False,
    )
    implemented_on = fields.Datetime(readonly=True, copy=False)
    feedback_asked_on = fields.Datetime("Feedback Requested On", readonly=True, copy=False)
    feedback_asks = fields.Integer("Feedback Requests", readonly=True, copy=False)
    called_on = fields.Datetime(readonly=True, copy=False)
    rated_on = fields.Datetime(readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    is_waiting = fields.Boolean("Waiting for the Customer", readonly=True, copy=False)
    waiting_since = fields.Datetime(readonly=True, copy=False)
    duplicate_ids = fields.Many2many("expo.complaint", string="Possible Duplicates", compute="_compute_duplicate_ids")
    duplicate_count = fields.Integer(compute="_compute_duplicate_ids")
    mail_ids = fields.One2many("expo.incoming.mail", "complaint_id", "Mails", readonly=True, copy=False)
    mail_count = fields.Integer(compute="_compute_mail_count", compute_sudo=True)
    remedy_cost = fields.Monetary(
        "Cost of Remedies",
        compute="_compute_cost",
        store=True,
        compute_sudo=True,
        help="Value of the approved remedies, at the exchange rates of their dates.",
    )
    cost = fields.Monetary(
        "Cost of the Complaint",
        compute="_compute_cost",
        store=True,
        compute_sudo=True,
        help="Cost of remedies plus internal cost.",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "You cannot use the number of an existing complaint. Choose another number."
    )

    # -- what follows ------------------------------------------------------------------------------------

    @api.depends("stage_id.state")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.stage_id.state not in ENDED

    @api.depends("partner_id")
    def _compute_address(self):
        """Take the customer's address; the address of the mail stays."""
        for complaint in self:
            complaint.email_from = complaint.email_from or complaint.partner_id.email
            complaint.phone = complaint.phone or complaint.partner_id.phone

    @api.depends("partner_id", "order_id")
    def _compute_participation_id(self):
        """Where the customer was met: the order's show, else the last one attended, else that of the company."""
        # In sudo: which show the customer was met at follows from the customer, not from the assignee.
        entries = (
            self.env["expo.participation"]
            .sudo()
            .search(
                [("commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids)],
                order="captured_on desc, id desc",
            )
        )
        for complaint in self:
            customer = complaint.partner_id.commercial_partner_id
            company = complaint.company_id or self.env.company
            met = entries.filtered(
                lambda entry, customer=customer, company=company: (
                    entry.commercial_partner_id == customer and entry.company_id == company
                )
            )
            own = met.filtered(lambda entry, complaint=complaint: entry.partner_id == complaint.partner_id)
            found = complaint.order_id.sudo().expo_participation_id or (own or met)[:1]
            if found.commercial_partner_id == customer:
                complaint.participation_id = complaint.participation_id or found.id
            if complaint.participation_id.sudo().commercial_partner_id != customer:
                complaint.participation_id = False

    @api.depends("order_id", "invoice_id")
    def _compute_team_id(self):
        # Users of several companies change ours, whichever is their current one.
        companies = {
            complaint: complaint.order_id.company_id
            or complaint.invoice_id.company_id
            or complaint._origin.company_id
            or self.env.company
            for complaint in self
        }
        teams = {company: self.env["expo.complaint.team"]._get_team_for(company) for company in set(companies.values())}
        for complaint, company in companies.items():
            if not complaint.team_id or complaint.team_id.company_id != company:
                complaint.team_id = teams[company]

    @api.depends("line_ids.ship_date")
    def _compute_ship_date(self):
        """Take the first shipment of the goods; what was typed stays."""
        for complaint in self:
            complaint.ship_date = complaint.ship_date or min(
                filter(None, complaint.line_ids.mapped("ship_date")), default=False
            )

    @api.depends("team_id", "order_id", "invoice_id")
    def _compute_company_id(self):
        for complaint in self:
            complaint.company_id = (
                complaint.order_id.company_id
                or complaint.invoice_id.company_id
                or complaint.team_id.company_id
                or complaint.company_id
                or self.env.company
            )

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for complaint in self:
            complaint.display_name = " ".join(filter(None, (complaint.name, complaint.subject)))

    def _compute_access_url(self):
        res = super()._compute_access_url()
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"
        return res

    @api.model
    def _read_group_stage_ids(self, stages, _domain):
        return stages.search([])

    @api.model
    def _get_stage(self, state):
        """Return the stage of a state."""
        return self.env["expo.complaint.stage"].search([("state", "=", state)], limit=1)

    def _get_language(self):
        """Return the language to write to the customer in."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang or "en_US"

    def _serves_customer(self):
        """A complaint can be entered about any customer: the file decides."""
        return bool(self._filter_by_file())

    # -- writing -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        plain = self._drop_system_defaults(also={"stage_id"})
        first = self._get_stage("new").id
        for vals in vals_list:
            self._check_system_fields(vals)
            self._check_received(vals)
            if vals.get("stage_id") and not self._is_system() and vals["stage_id"] != first:
                raise UserError(
                    self.env._("You cannot create a complaint in this stage. Create it in the first stage.")
                )
        # Said here, for a default is looked up once for each.
        vals_list = [{"stage_id": first, **vals} for vals in vals_list]
        complaints = super(ExpoComplaint, plain).create(vals_list).with_env(self.env)
        # Checks come before numbers and assignees: what is refused uses none up.
        complaints._check_pointed(POINTING_FIELDS.union(*vals_list))
        complaints._check_goods_of_customer()
        complaints._assign_numbers()
        complaints._assign_owners()
        complaints._log_received()
        complaints._sync_holds()
        return complaints

    def write(self, vals):
        """Write the values, then take the step to another stage: reasons and facts given along count for it.

        After that come the checks of what is there now, and what follows from it last: no user is told of what is
        refused, and goods are checked before a complaint is handed over.
        """
        self._check_system_fields(vals)
        self._check_received(vals)
        if not self._is_system():
            self._check_frozen(vals)
        before = self._get_compared(vals)
        held = self._get_held() if HOLDING_FIELDS & vals.keys() else None
        stage = self.env["expo.complaint.stage"].browse(vals.get("stage_id"))
        moving = self.filtered(lambda complaint: stage and complaint.stage_id != stage)
        rest = {name: value for name, value in vals.items() if name != "stage_id"}
        res = super().write(rest) if rest else True
        self._filter_changed(before, "company_id")._renumber(before)
        states = [(complaint, complaint.state) for complaint in moving]
        for complaint in moving:
            complaint._check_step(stage)
        if moving:
            super(ExpoComplaint, moving).write({"stage_id": stage.id})
        for complaint, state in states:
            complaint._after_step(state, stage.state)
        self._check_pointed(vals.keys())
        of_others = self._filter_changed(before, "commercial_partner_id")
        if GOODS_FIELDS & vals.keys():
            self._check_goods_of_customer()
            of_others._check_promised()
            self._recheck_remedies()
        # What is reopened claims its goods again.
        self._filter_changed(before, "is_open").filtered("is_open").line_ids._check_quantities()
        # The link of the letters to the customer before opens nothing any more.
        of_others.filtered(lambda complaint: before["commercial_partner_id"][complaint])._revoke_access()
        if "received_at" in vals:
            self._log_earlier_receipt(before["received_at"])
        if "user_id" in vals:
            self._move_clock_reminders()
            self._remove_former_owners(before["user_id"])
        if vals.get("severity") == "serious":
            self._filter_changed(before, "severity")._hasten_clocks()
        if held:
            self._sync_holds(held)
        if "user_id" in vals:
            # In sudo: readers and assignee may be others now; see _update_todos.
            self.sudo().review_ids._update_todos()
        return res

    def unlink(self):
        held = self._get_held()
        res = super().unlink()
        self.browse()._sync_holds(held)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(complaint.state != "new" or complaint.from_mail for complaint in self):
            raise UserError(self.env._("You cannot delete a complaint. Cancel it and give a reason instead."))

    def _get_compared(self, vals):
        """Return ``{field: {complaint: value}}`` of what stands there before a write, for :meth:`_filter_changed`."""
        # In sudo: also for users without read access to that customer or colleague, or soon to the complaint.
        names = {COMPARED_FIELDS[name] for name in vals if name in COMPARED_FIELDS}
        return {name: {complaint: complaint[name] for complaint in self.sudo()} for name in names}

    def _filter_changed(self, before, name):
        """Return those of which a field has changed since :meth:`_get_compared`."""
        values = before.get(name, {})
        return self.filtered(lambda one: one in values and values[one] != one.sudo()[name])

    def _check_received(self, vals):
        """Refuse a complaint from the future."""
        received = fields.Datetime.to_datetime(vals.get("received_at"))
        if received and received > fields.Datetime.add(fields.Datetime.now(), minutes=5):
            raise UserError(self.env._("You cannot enter a receipt time in the future. Enter a past time."))

    def _check_frozen(self, vals):
        """Refuse changes of the customer's words after the intake, and of what has ended.

        :raises UserError: naming the fields
        """
        self.check_access("write")
        for complaint in self.sudo():
            frozen = set()
            if complaint.state != "new" or complaint.from_mail:
                frozen |= INTAKE_FIELDS
            if not complaint.is_open and vals.get("stage_id", complaint.stage_id.id) == complaint.stage_id.id:
                frozen |= JUDGED_FIELDS
            changed = [name for name in frozen & vals.keys() if complaint._is_changed(name, vals[name])]
            if changed:
                labels = sorted(self._fields[name]._description_string(self.env) for name in changed)
                raise UserError(
                    self.env._(
                        "You cannot change %(what)s because the complaint is in the stage “%(stage)s”. "
                        "Reopen it, or add a note instead.",
                        what=", ".join(labels),
                        stage=complaint.stage_id.name,
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self, validate=False) != field.convert_to_cache(self[name], self)

    def _assign_numbers(self):
        """Number new complaints by the sequence of their company."""
        for company, complaints in self.sudo().filtered(lambda one: not one.name).grouped("company_id").items():
            for complaint, name in zip(complaints, company._expo_next_complaint_numbers(len(complaints)), strict=True):
                complaint.name = name

    def _renumber(self, before):
        """Number complaints anew that another company has taken over; the former number is noted.

        :param before: what :meth:`_get_compared` returned
        """
        # In sudo: numbers are given by the system.
        for complaint in self.sudo():
            company = before["company_id"][complaint]
            former, complaint.name = complaint.name, complaint.company_id._expo_next_complaint_numbers(1)[0]
            body = self.env._(
                "Transferred from %(company)s, former number %(number)s.", company=company.name, number=former
            )
            complaint._message_log(body=body)

    def _assign_owners(self):
        """Give new complaints without assignee to people of their team."""
        todo = self.sudo().filtered(lambda complaint: not complaint.user_id and complaint.team_id)
        for team, complaints in todo.grouped("team_id").items():
            # Teams whose members take complaints themselves assign none.
            for complaint, owner in team._get_next_owners(complaints).items():
                complaint.user_id = owner

    def _get_salespeople(self):
        """Return who serves the customer: of the exhibition customer, else of the contact, else of its company."""
        return self.participation_id.user_id | self.partner_id.user_id | self.commercial_partner_id.user_id

    def _remove_former_owners(self, before):
        """Take former assignees off what they may not read any more; what they were to do is the new assignee's.

        :param before: the assignee of each until now
        """
        for former in self.env["res.users"].sudo().union(*before.values()):
            given = self.filtered(lambda one, former=former: before[one] == former and one.sudo().user_id != former)
            # What they still see decides, not the user who reassigns.
            lost = given.sudo() - as_user(given, former)._filtered_access("read").with_env(given.sudo().env)
            if not lost:
                continue
            lost.message_unsubscribe(former.partner_id.ids)
            activities = lost.activity_ids.filtered(lambda activity, former=former: activity.user_id == former)
            for complaint, found in activities.grouped(lambda activity: activity.res_id).items():
                if owner := lost.browse(complaint).user_id:
                    found.write({"user_id": owner.id})

    def _check_pointed(self, names):
        """Refuse what the user may not point at; what stands there already may stay.

        :param names: of the fields that were given
        :raises AccessError: for records without read access, and entries of another customer
        :raises UserError: for assignees who cannot answer
        """
        if self._is_system():
            return
        for name in READABLE & names:
            self[name].check_access("read")
        if "participation_id" in names:
            self._check_entries()
        if "user_id" in names:
            self._check_owners()

    def _check_entries(self):
        """Refuse entries of other customers. The show follows from the customer, not from the assignee."""
        # In sudo: only whose entry it is.
        for complaint in self.sudo():
            if complaint.participation_id.commercial_partner_id not in (
                complaint.commercial_partner_id,
                self.env["res.partner"],
            ):
                raise AccessError(
                    self.env._(
                        "You cannot choose this exhibition customer because it belongs to another customer. "
                        "Choose an exhibition customer of the complaint's customer."
                    )
                )

    def _check_owners(self):
        # In sudo: where a user works.
        for complaint in self.sudo():
            owner = complaint.user_id
            if owner and (owner.share or complaint.company_id not in owner.company_ids):
                raise UserError(
                    self.env._(
                        "You cannot assign complaints of %(company)s to %(user)s because this user has no access "
                        "to the company. Choose another user.",
                        user=owner.name,
                        company=complaint.company_id.name,
                    )
                )

    # -- two complaints about one thing ------------------------------------------------------------------

    @api.depends(
        "partner_id", "received_at", "subject", "line_ids.product_id", "evidence_ids.checksum", "merged_into_id"
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_duplicate_ids(self):
        for complaint in self:
            # In sudo: readers of a complaint are told, also without access to its lines.
            found = complaint._origin.sudo()._find_alike() if complaint._origin else self.browse()
            complaint.duplicate_ids = found.sudo(False)._filtered_access("read")
            complaint.duplicate_count = len(complaint.duplicate_ids)

    def _find_alike(self):
        """Return the complaints that may be about the same thing as this one."""
        self.ensure_one()
        if self.merged_into_id:
            return self.browse()
        lines = self.line_ids
        base = fields.Domain(
            [("id", "!=", self.id), ("company_id", "=", self.company_id.id), ("merged_into_id", "=", False)]
        )
        window = self._get_same_customer() & fields.Domain(
            [
                ("received_at", ">=", self.received_at - timedelta(days=ALIKE_DAYS)),
                ("received_at", "<=", self.received_at + timedelta(days=ALIKE_DAYS)),
            ]
        )
        same_thing = fields.Domain.OR(
            [
                fields.Domain("line_ids.order_line_id", "in", lines.order_line_id.ids),
                fields.Domain("line_ids.move_line_id", "in", lines.move_line_id.ids),
                fields.Domain("evidence_ids.checksum", "in", list(filter(None, self.evidence_ids.mapped("checksum")))),
                window & fields.Domain("line_ids.product_id", "in", lines.product_id.ids),
            ]
        )
        found = self.search(base & same_thing)
        if words := self._get_subject_words():
            same_customer = self.search(base & window)
            found |= same_customer.filtered(lambda one: one._get_subject_words() == words)
        return found

    def _get_same_customer(self):
        """Return what finds the complaints of the same customer: contacts and addresses of the company."""
        domain = fields.Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
        if own := own_domain(email_normalize(self.email_from) or ""):
            domain |= fields.Domain("email_from", "ilike", f"@{own}")
        return domain

    def _get_subject_words(self):
        return " ".join(REPLY.sub("", self.subject or "").casefold().split())

    def action_open_duplicates(self):
        """Open the complaints that may be about the same thing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_all")
        action["domain"] = [("id", "in", (self | self.duplicate_ids).ids)]
        action["context"] = {}
        return action

    def action_merge(self):
        """Ask into which complaint this one is merged."""
        self.ensure_one()
        self.check_access("write")
        likely = self.duplicate_ids.filtered("is_open") or self.duplicate_ids
        dialog = self.env["expo.complaint.merge"].create(
            {"complaint_id": self.id, "target_id": likely.sorted("received_at")[:1].id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge with another complaint"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _merge_into(self, target):
        """Make this complaint part of another one.

        :raises UserError: when they cannot be one, or another user is working on one of them
        """
        self.ensure_one()
        ComplaintMerger(self, target).merge()

    # -- recorded on the phone -------------------------------------------------------------------------

    @api.onchange("phone")
    def _onchange_caller(self):
        """Find the caller by the phone number, where it is known."""
        number = self.phone and not self.partner_id and self.env["res.partner"]._phone_format(number=self.phone)
        if not number:
            return
        partners = self.env["res.partner"].search([("phone_sanitized", "=", number)], order="is_company, id", limit=5)
        # A number that two companies have tells nothing.
        if len(partners.commercial_partner_id) == 1:
            self.partner_id = partners[0]

    @api.onchange("order_id")
    def _onchange_order_caller(self):
        """Take the customer of the order, where its number is all that the caller gives."""
        if self.order_id and not self.partner_id:
            self.partner_id = self.order_id.partner_id

    def action_take_down(self):
        """Open the complaint that was just recorded."""
        self.ensure_one()
        return self._get_records_action()

    def action_take_down_told(self):
        """Note that the caller was told that we look after it, and the facts if they were read back; open the
        complaint.
        """
        self.ensure_one()
        self.action_acknowledge_by_phone()
        if (self.facts or "").strip():
            self.action_restate_by_phone()
        return self.action_take_down()

    # -- incoming mail -----------------------------------------------------------------------------------

    def _compute_mail_count(self):
        # In sudo: the number of mails of a complaint is shown to all its readers.
        found = self.env["expo.incoming.mail"]._read_group(
            [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
        )
        counts = {complaint.id: count for complaint, count in found}
        for complaint in self:
            complaint.mail_count = counts.get(complaint.id, 0)

    def action_open_mails(self):
        """Open the mails that concern the complaint, as they came."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_incoming_mail_all")
        action["domain"] = [("complaint_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail; what the alias says goes first."""
        mail = self.env["expo.incoming.mail"].sudo() | getattr(custom_values, "mail", self.env["expo.incoming.mail"])
        company = mail.company_id or self.env.company
        desk = self.with_company(company)
        custom_values = custom_values or {}
        sender = mail.sender or raw_mail.clean(msg_dict.get("email_from") or "")
        own = mail._is_ours(sender)
        partner = self.env["res.partner"]
        if sender and not own:
            partner = desk._partner_find_from_emails_single(
                [sender], no_create=True, filter_found=lambda one: one.company_id.id in (False, company.id)
            )
        values = {
            # Here, for core would put the subject of the mail where our number belongs.
            "name": company._expo_next_complaint_numbers(1)[0],
            "subject": self._get_mail_subject(msg_dict.get("subject"), custom_values.get("story")),
            "partner_id": partner.id,
            "channel": "email",
            "from_mail": True,
            "received_at": mail.received_at or fields.Datetime.now(),
            **custom_values,
        }
        complaint = super(ExpoComplaint, desk).message_new(msg_dict, values).with_env(self.env)
        if own:
            # A colleague forwarded the mail and is not the complainant.
            complaint.email_from = complaint.partner_id.email
        return complaint

    @api.model
    def _get_mail_subject(self, subject, story):
        lines = filter(None, map(str.strip, (story or "").splitlines()))
        subject = raw_mail.clean(subject or "") or next(lines, "")
        return subject[:200] or self.env._("Mail without a subject")

    def _message_receive_bounce(self, email, partner):
        """Tell the assignee that our mail was not delivered: the customer was not informed."""
        res = super()._message_receive_bounce(email, partner)
        for complaint in self.sudo():
            # In sudo: the gateway notes it, as any user.
            complaint._tell_undelivered(email)
        return res

    @api.private
    def _note_mail(self, mail, own):
        """Keep what a mail brought along as evidence, unless one of us sent it."""
        self.ensure_one()
        message = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", self.id), ("message_id", "=", mail.gateway_message_id)],
            limit=1,
        )
        inline = str(message.body or "")
        pictures = others = self.env["ir.attachment"]
        for file in message.attachment_ids:
            # By what it is, not by what it is called.
            if not guess_mimetype((file.raw or b"")[:1024], default="").startswith("image/"):
                others |= file
            elif file.file_size >= SMALL_PICTURE or f"/web/image/{file.id}" not in inline:
                pictures |= file
        if not own:
            self._add_evidence("photo", pictures, "email")
            self._add_evidence(None, others, "email")

    # -- archive and erasure -----------------------------------------------------------------------------

    @api.private
    def _settle_restored(self):
        """Let restored complaints go on: their clocks are looked after, and no number is given twice.

        No mail is sent unasked: the database that they come from may ask for feedback as well.
        """
        complaints = self.exists()
        for company, own in complaints.grouped("company_id").items():
            numbers = [int(found[0]) for name in own.mapped("name") if (found := re.search(r"\d+$", name or ""))]
            sequence = company._expo_make_complaint_sequences()
            sequence.number_next_actual = max(sequence.number_next_actual, 1 + max(numbers, default=0))
        reason = self.env._("Restored from a backup. Click “Try again” to request feedback by e-mail.")
        asking = complaints.filtered("feedback_due_on")
        asking.write({"failure_count": MAX_FAILURES, "failure_reason": reason})
        complaints._trigger_clocks(min(filter(None, complaints.mapped("escalate_at")), default=None))

    @api.private
    def _drop_history(self):
        """Delete the events. For restoring an archive, which brings the true ones, and for erasing a person: in SQL,
        because no other way exists, not even for the system.
        """
        if self:
            self.env["expo.complaint.event"].flush_model()
            self.env.cr.execute(SQL("DELETE FROM expo_complaint_event WHERE complaint_id IN %s", self._ids))
            self.env["expo.complaint.event"].invalidate_model()
            self.invalidate_recordset(["event_ids"])

    @api.private
    def _erase(self):
        """Delete complaints in any state: the caller has checked the right to do so."""
        ComplaintEraser(self).delete()

    @api.private
    def _filter_documented(self):
        """Return those that posted credit notes or confirmed orders refer to."""
        remedies = self.sudo().remedy_ids
        return remedies.filtered(
            lambda remedy: remedy.move_id.state == "posted" or remedy.order_id.state == "sale"
        ).complaint_id

    @api.private
    def _make_nameless(self, partner):
        """Remove a person from their own complaints: the caller has checked the right to do so."""
        ComplaintEraser(self).make_nameless(partner)

    @api.private
    def _forget_names(self, partner):
        """Remove a person from complaints of others, on which they acted for their company."""
        ComplaintEraser(self).forget_names(partner)
