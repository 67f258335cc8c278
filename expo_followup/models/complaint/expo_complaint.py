from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.complaint_flow import ENDED
from ..mixins.defaults import without_defaults

# What the methods keep: users change it through the steps only.
DERIVED_FIELDS = frozenset(
    {
        "name", "state", "is_open", "company_id", "commercial_partner_id", "merged_into_id", "access_token",
        "acknowledged_on", "restated_on", "evaluated_on", "offered_on", "accepted_on", "accepted_by", "accepted_how",
        "implemented_on", "feedback_asked_on", "feedback_asks", "called_on", "rated_on", "closed_on", "is_waiting",
        "waiting_since", "from_mail", "failure_count", "failure_reason", "is_parked", "event_ids",
        "country_id", "remedy_cost", "cost", "rating_last_value", "last_reply_on", "feedback_since", "portal_key",
        "receipt_on", "receipt_by",
        "clock_ids", "next_clock", "next_due_at", "is_breached", "escalate_at",
    }
)  # fmt: skip
# The customer's own words and what they came with: as they were taken down.
INTAKE_FIELDS = frozenset({"story", "received_at", "channel"})
# What a new complaint points at though its user did not say so.
POINTING_FIELDS = frozenset({"partner_id", "order_id", "invoice_id"})
# What decides which company a complaint belongs to.
COMPANY_FIELDS = frozenset({"team_id", "order_id", "invoice_id"})
# What has ended is history until it is reopened.
JUDGED_FIELDS = frozenset(
    {
        "partner_id", "order_id", "invoice_id", "participation_id", "source", "severity", "extent", "party",
        "department_id", "cause_id", "decision", "decision_reason", "facts", "root_cause", "containment", "corrective",
    }
)  # fmt: skip


class ExpoComplaint(models.Model):
    """One complaint of a customer, from his first word to his verdict on our answer.

    The rules are those of rules.md §5: listen, confirm, evaluate, negotiate within one's authority, implement, follow
    up the feedback; the customer is calmed first, and nothing is lost. Which step may follow which, and what must be
    there first, is said by ``tools/complaint_flow`` and checked on every path (``expo_complaint_flow``). What happened
    is an append-only log (``expo.complaint.event``).
    """

    _name = "expo.complaint"
    _description = "Complaint"
    _inherit = [
        "portal.mixin", "mail.thread.cc", "mail.tracking.duration.mixin", "rating.mixin", "mail.activity.mixin",
        "expo.job.mixin", "expo.customer.hints",
    ]  # fmt: skip
    _order = "received_at desc, id desc"
    _rec_names_search = ("name", "subject", "partner_id")
    _mail_thread_customer = True
    _mail_post_access = "read"
    _primary_email = "email_from"
    _track_duration_field = "stage_id"

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    subject = fields.Char(required=True, tracking=True)
    story = fields.Text("In the Customer's Words", help="What the customer said or wrote, word for word.")
    from_mail = fields.Boolean(readonly=True, copy=False)

    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="restrict", index="btree_not_null", tracking=True,
        help="The person who complains. Empty while we do not know who wrote.",
    )  # fmt: skip
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company", store=True, index="btree_not_null"
    )
    country_id = fields.Many2one(related="commercial_partner_id.country_id", store=True)
    email_from = fields.Char("E-mail", compute="_compute_address", store=True, readonly=False, precompute=True)
    phone = fields.Char(compute="_compute_address", store=True, readonly=False, precompute=True)
    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", compute="_compute_participation_id", store=True, readonly=False,
        precompute=True, ondelete="set null", index="btree_not_null", check_company=True,
        domain="[('commercial_partner_id', '=?', commercial_partner_id)]",
    )  # fmt: skip
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index="btree_not_null")
    order_id = fields.Many2one(
        "sale.order", ondelete="set null", index="btree_not_null", check_company=True, tracking=True,
        domain="[('partner_id', 'child_of', commercial_partner_id)]",
    )  # fmt: skip
    invoice_id = fields.Many2one(
        "account.move", ondelete="set null", index="btree_not_null", check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('partner_id', 'child_of', commercial_partner_id)]",
    )  # fmt: skip
    team_id = fields.Many2one(
        "expo.complaint.team", compute="_compute_team_id", store=True, readonly=False, precompute=True,
        ondelete="restrict", index=True, tracking=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Owner", index=True, tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]", help="Who answers the customer.",
    )  # fmt: skip

    received_at = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now(), copy=False, index=True,
        help="When the complaint reached us, which may be before it was entered.",
    )  # fmt: skip
    source = fields.Selection(
        [("goods", "Goods"), ("service", "After-sales service")], "About", default="goods", required=True, tracking=True
    )
    channel = fields.Selection(
        [
            ("phone", "Phone"), ("site", "On site"), ("letter", "Letter"), ("email", "E-mail"), ("fax", "Fax"),
            ("portal", "Customer portal"),
        ],
        "How It Came", default="phone", required=True,
    )  # fmt: skip
    facts = fields.Text(
        "The Facts",
        tracking=True,
        help="What happened, in our words, as we restate it to the customer: goods, quantity, dates.",
    )
    severity = fields.Selection(
        [("low", "Low"), ("normal", "Normal"), ("serious", "Serious")], tracking=True, index=True,
        help="Low: settled with a word. Serious: production and inspection both review the goods.",
    )  # fmt: skip
    extent = fields.Selection(
        [("unit", "Single pieces"), ("batch", "A batch"), ("shipment", "A shipment"), ("all", "All deliveries")],
        tracking=True,
    )
    party = fields.Selection(
        [
            ("production", "Our production"), ("sales", "Our sales and service"), ("supplier", "A supplier"),
            ("carrier", "The carrier"), ("customer", "The customer"), ("unclear", "Not clear"),
        ],
        "Responsible Party", tracking=True, index=True,
    )  # fmt: skip
    department_id = fields.Many2one(
        "expo.complaint.department", "Manufacturing Department", ondelete="restrict", index="btree_not_null"
    )
    cause_id = fields.Many2one("expo.complaint.cause", ondelete="restrict", index="btree_not_null", tracking=True)
    root_cause = fields.Text(help="Why it could happen.")
    containment = fields.Text(
        "At Once", help="What keeps it from growing: goods held, shipment stopped, customer warned."
    )
    corrective = fields.Text("Corrective Action", help="What is done so that it does not happen again.")
    decision = fields.Selection(
        [("justified", "Justified"), ("partly", "Partly justified"), ("unjustified", "Not justified")], tracking=True
    )
    decision_reason = fields.Text(help="Why we see it so. Told to the customer where we refuse.")
    cancel_reason = fields.Char("Why Cancelled", copy=False)
    internal_cost = fields.Monetary(
        "Own Cost",
        help="What the complaint cost us beside what the customer gets: freight, inspection, rework.",
        copy=False,
    )

    stage_id = fields.Many2one(
        "expo.complaint.stage", required=True, ondelete="restrict", index=True, copy=False, tracking=True,
        default=lambda self: self._get_stage("new"), group_expand="_read_group_stage_ids",
    )  # fmt: skip
    state = fields.Selection(related="stage_id.state", store=True, index=True, string="Status")
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True, index=True)
    merged_into_id = fields.Many2one(
        "expo.complaint", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    previous_id = fields.Many2one(
        "expo.complaint", "Follows", copy=False, ondelete="set null", index="btree_not_null", check_company=True,
        help="An earlier complaint that this one goes back to.",
    )  # fmt: skip
    event_ids = fields.One2many("expo.complaint.event", "complaint_id", "History", readonly=True, copy=False)
    active = fields.Boolean(default=True)

    acknowledged_on = fields.Datetime("Acknowledged", readonly=True, copy=False)
    restated_on = fields.Datetime("Facts Restated", readonly=True, copy=False)
    evaluated_on = fields.Datetime("Evaluated", readonly=True, copy=False)
    offered_on = fields.Datetime("Offer Made", readonly=True, copy=False)
    accepted_on = fields.Datetime("Offer Accepted", readonly=True, copy=False)
    accepted_by = fields.Char(readonly=True, copy=False)
    accepted_how = fields.Selection(
        [("portal", "On the customer's page"), ("email", "By e-mail"), ("phone", "By phone"), ("hand", "In writing")],
        "How Accepted", readonly=True, copy=False,
    )  # fmt: skip
    implemented_on = fields.Datetime("Carried Out", readonly=True, copy=False)
    feedback_asked_on = fields.Datetime("Asked for Feedback", readonly=True, copy=False)
    feedback_asks = fields.Integer("Times Asked", readonly=True, copy=False)
    called_on = fields.Datetime("Called", readonly=True, copy=False)
    rated_on = fields.Datetime("Rated", readonly=True, copy=False)
    closed_on = fields.Datetime("Closed", readonly=True, copy=False)
    is_waiting = fields.Boolean("Waiting for the Customer", readonly=True, copy=False)
    waiting_since = fields.Datetime(readonly=True, copy=False)

    _name_unique = models.UniqueIndex("(name, company_id)", "There is a complaint of this number already.")

    # -- what follows ------------------------------------------------------------------------------------

    @api.depends("stage_id.state")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.stage_id.state not in ENDED

    @api.depends("partner_id")
    def _compute_address(self):
        """Take the customer's address; what he wrote from stays."""
        for complaint in self:
            complaint.email_from = complaint.email_from or complaint.partner_id.email
            complaint.phone = complaint.phone or complaint.partner_id.phone

    @api.depends("partner_id", "order_id")
    def _compute_participation_id(self):
        """Where the customer was met: the order's show, else the last one at which he was, else his company."""
        # In sudo: which show the customer was met at follows from the customer, whoever owns the entry.
        entries = self.env["expo.participation"].sudo().search(
            [("commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids)],
            order="captured_on desc, id desc",
        )  # fmt: skip
        for complaint in self:
            customer = complaint.partner_id.commercial_partner_id
            company = complaint.company_id or self.env.company
            met = entries.filtered(
                lambda entry, customer=customer, company=company: entry.commercial_partner_id == customer
                and entry.company_id == company
            )  # fmt: skip
            own = met.filtered(lambda entry, complaint=complaint: entry.partner_id == complaint.partner_id)
            found = complaint.order_id.sudo().expo_participation_id or (own or met)[:1]
            if found.commercial_partner_id == customer:
                complaint.participation_id = complaint.participation_id or found.id
            if complaint.participation_id.sudo().commercial_partner_id != customer:
                complaint.participation_id = False

    @api.depends("order_id", "invoice_id")
    def _compute_team_id(self):
        # Whoever has several companies at hand changes ours, whichever is his current one.
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

    # -- who writes what ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        plain = without_defaults(self, lambda name: name in DERIVED_FIELDS or name == "stage_id")
        first = self._get_stage("new").id
        for vals in vals_list:
            self._check_user_values(vals)
            self._check_received(vals)
            if vals.get("stage_id") and not self.env.su and vals["stage_id"] != first:
                raise UserError(self.env._("A complaint begins as a new one."))
        # Said here, for a default is looked up once for each.
        vals_list = [{"stage_id": first, **vals} for vals in vals_list]
        complaints = super(ExpoComplaint, plain).create(vals_list).with_env(self.env)
        complaints._check_pointed(POINTING_FIELDS.union(*vals_list))
        complaints._number()
        complaints._assign()
        complaints._log_received()
        return complaints

    def write(self, vals):
        self._check_user_values(vals)
        self._check_received(vals)
        if not self.env.su:
            self._check_frozen(vals)
        stage = self.env["expo.complaint.stage"].browse(vals.get("stage_id"))
        moving = self.filtered(lambda complaint: stage and complaint.stage_id != stage)
        # Reasons and facts given along with the step count for it.
        rest = {name: value for name, value in vals.items() if name != "stage_id"}
        companies = {complaint: complaint.company_id for complaint in self} if COMPANY_FIELDS & vals.keys() else {}
        res = super().write(rest) if rest else True
        self._renumber(companies)
        before = [(complaint, complaint.state) for complaint in moving]
        for complaint in moving:
            complaint._check_step(stage)
        if moving:
            super(ExpoComplaint, moving).write({"stage_id": stage.id})
        for complaint, state in before:
            complaint._after_step(state, stage.state)
        self._check_pointed(vals.keys())
        return res

    def _check_user_values(self, vals):
        """Refuse facts that our methods keep.

        :raises AccessError: when a user other than the system writes them
        """
        if kept := not self.env.su and DERIVED_FIELDS & vals.keys():
            raise AccessError(
                self.env._("These facts of a complaint are kept by the system: %s.", ", ".join(sorted(kept)))
            )

    def _check_received(self, vals):
        """Refuse a complaint from the future."""
        received = fields.Datetime.to_datetime(vals.get("received_at"))
        if received and received > fields.Datetime.add(fields.Datetime.now(), minutes=5):
            raise UserError(self.env._("A complaint cannot have been received in the future."))

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
                        "This cannot be changed any more: %(what)s. The complaint is in the stage “%(stage)s”.",
                        what=", ".join(labels),
                        stage=complaint.stage_id.name,
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self, validate=False) != field.convert_to_cache(self[name], self)

    def _number(self):
        """Number new complaints by the sequence of their company."""
        for company, complaints in self.sudo().filtered(lambda one: not one.name).grouped("company_id").items():
            for complaint, name in zip(complaints, company._expo_next_complaint_numbers(len(complaints)), strict=True):
                complaint.name = name

    def _renumber(self, companies):
        """Number complaints anew that another company has taken over; the former number is noted.

        :param companies: the company of each before
        """
        # In sudo: numbers are given by the system.
        for complaint, company in companies.items():
            moved = complaint.sudo()
            if moved.company_id != company:
                former, moved.name = moved.name, moved.company_id._expo_next_complaint_numbers(1)[0]
                body = self.env._("Taken over from %(company)s, where it was %(number)s.", company=company.name,
                                  number=former)  # fmt: skip
                moved._message_log(body=body)

    def _assign(self):
        """Give new complaints without an owner to people of their team."""
        todo = self.sudo().filtered(lambda complaint: not complaint.user_id and complaint.team_id)
        for team, complaints in todo.grouped("team_id").items():
            # Where they wait to be taken there are no owners.
            for complaint, owner in zip(complaints, team._get_next_owners(len(complaints)), strict=False):
                complaint.user_id = owner

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(complaint.state != "new" or complaint.from_mail for complaint in self):
            raise UserError(self.env._("No complaint is lost: cancel it and say why."))
