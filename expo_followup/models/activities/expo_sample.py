from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixins.defaults import without_defaults

# What follows from the steps of a sample: nobody writes it by hand.
STEP_FIELDS = frozenset(
    {
        "state", "proposed_on", "agreed_on", "agreed_by", "agreed_how", "agreed_noted_by_id", "shipped_on",
        "received_on", "received_by", "judged_on", "judgement", "judgement_text", "end_reason", "weak_demand",
        "followup_id",
    }
)  # fmt: skip
# What only the system writes: the facts above, and whose the sample is.
KEPT_FIELDS = STEP_FIELDS | {"company_id"}
# What the customer agreed to: fixed until it is agreed anew.
AGREED_FIELDS = frozenset({"participation_id", "partner_id", "line_ids", "details", "picture", "freight"})
# The columns of the board; what came to nothing is shown where there is some.
MAIN_STATES = ("requested", "agreed", "shipped", "received", "judged")


class ExpoSample(models.Model):
    """A sample for a customer: asked for, agreed in its details, sent, received, judged (rules.md §4).

    Stock-free: goods are named from the catalogue, nothing is moved. Who pays the freight tests whether a buyer is
    real, so freight is collect unless somebody says otherwise. The days of agreement and receipt are anchors of the
    follow-up plan; each sample is a round of its own.
    """

    _name = "expo.sample"
    _description = "Sample"
    _inherit = ["mail.thread", "expo.customer.hints"]
    _order = "requested_on desc, id desc"
    _rec_names_search = ("goods", "partner_id", "tracking_number")
    _mail_thread_customer = True

    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False, precompute=True,
        required=True, ondelete="cascade", index=True, check_company=True,
    )  # fmt: skip
    exhibition_id = fields.Many2one(
        related="participation_id.exhibition_id", store=True, precompute=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True
    )
    user_id = fields.Many2one(
        "res.users", "Owner", compute="_compute_user_id", store=True, readonly=False, precompute=True, index=True,
        ondelete="set null", tracking=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )  # fmt: skip
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    country_id = fields.Many2one(related="partner_id.country_id")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")

    line_ids = fields.One2many("expo.sample.line", "sample_id", "Goods", copy=True)
    goods = fields.Char("Sample", compute="_compute_goods", store=True)
    details = fields.Text(help="What is to be agreed with the customer: colour, material, size, packing, marks.")
    picture = fields.Image(max_width=1280, max_height=1280, help="Goes to the customer with the details.")
    freight = fields.Selection(
        [("collect", "Freight collect"), ("prepaid", "Freight prepaid")],
        default="collect",
        required=True,
        tracking=True,
        help="Collect: the customer pays. Who pays the freight shows that he means it.",
    )
    freight_account = fields.Char(help="The customer's account with the carrier, for freight collect.")
    address_id = fields.Many2one(
        "res.partner", "Ship To", compute="_compute_address_id", store=True, readonly=False, check_company=True
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("agreed", "Agreed"),
            ("shipped", "Shipped"),
            ("received", "Received"),
            ("judged", "Judged"),
            ("refused", "Refused"),
            ("cancelled", "Called off"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand="_group_expand_state",
    )
    requested_on = fields.Date(required=True, default=lambda self: self.env.company._expo_today(), copy=False)
    proposed_on = fields.Datetime("Details Sent On", readonly=True, copy=False)
    agreed_on = fields.Date(readonly=True, copy=False)
    agreed_by = fields.Char("Confirmed By", readonly=True, copy=False, help="Who of the customer confirmed.")
    agreed_how = fields.Selection(
        [("mail", "E-mail"), ("phone", "Phone"), ("chat", "Chat"), ("person", "In person")],
        "Confirmed How",
        readonly=True,
        copy=False,
    )
    agreed_noted_by_id = fields.Many2one("res.users", "Noted By", readonly=True, copy=False, ondelete="set null")
    shipped_on = fields.Date(readonly=True, copy=False)
    carrier = fields.Char(copy=False)
    tracking_number = fields.Char(copy=False)
    cost = fields.Monetary("Our Cost", copy=False, help="What the sample and its freight cost us.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    company_cost = fields.Monetary(
        "Cost in Our Currency", compute="_compute_company_cost", store=True, currency_field="company_currency_id"
    )
    received_on = fields.Date(readonly=True, copy=False)
    received_by = fields.Char(readonly=True, copy=False)
    judged_on = fields.Date(readonly=True, copy=False)
    judgement = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")], readonly=True, copy=False
    )
    judgement_text = fields.Text("What They Said", readonly=True, copy=False)
    followup_id = fields.Many2one(
        "expo.followup", "Follow-up", readonly=True, copy=False, index="btree_not_null", ondelete="set null",
        help="The touch in which they judged it.",
    )  # fmt: skip
    end_reason = fields.Char("Reason", readonly=True, copy=False, tracking=True)
    weak_demand = fields.Boolean(readonly=True, copy=False, tracking=True, help="Refused to pay the freight.")

    @api.model
    def _group_expand_state(self, states, domain):
        return [*MAIN_STATES, *(state for state in states if state not in MAIN_STATES)]

    @api.depends("participation_id.partner_id")
    def _compute_partner_id(self):
        for sample in self:
            sample.partner_id = sample.participation_id.partner_id or sample.partner_id

    @api.depends("participation_id.company_id")
    def _compute_company_id(self):
        for sample in self:
            sample.company_id = sample.participation_id.company_id or sample.company_id or self.env.company

    @api.depends("participation_id.user_id")
    def _compute_user_id(self):
        """Who serves the customer sends his samples; one of no show's customer belongs to whoever enters it."""
        for sample in self:
            entry = sample.participation_id
            sample.user_id = entry.user_id if entry else sample.user_id or self.env.user

    @api.depends("partner_id")
    def _compute_address_id(self):
        for sample in self:
            same = sample.address_id.commercial_partner_id == sample.partner_id.commercial_partner_id
            sample.address_id = sample.address_id if sample.address_id and same else sample.partner_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for sample in self:
            sample.currency_id = sample.currency_id or sample.company_id.currency_id

    @api.depends("line_ids.name", "line_ids.quantity")
    def _compute_goods(self):
        for sample in self:
            sample.goods = ", ".join(
                f"{line.name} × {line.quantity:g}" if line.quantity != 1 else line.name
                for line in sample.line_ids
                if line.name
            )

    @api.depends("cost", "currency_id", "company_id", "shipped_on")
    def _compute_company_cost(self):
        for sample in self:
            day = sample.shipped_on or sample.requested_on or fields.Date.today()
            ours, company = sample.company_id.currency_id, sample.company_id
            sample.company_cost = (
                sample.currency_id._convert(sample.cost, ours, company, day) if sample.cost else sample.cost
            )

    @api.depends("goods", "partner_id")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = f"{sample.goods or self.env._('Sample')}: {sample.partner_id.display_name or ''}"

    # -- what users may say ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: vals[name] for name in vals.keys() - KEPT_FIELDS} for vals in vals_list]
            # A sample of a show's customer belongs to whoever serves him.
            vals_list = [{**vals, "user_id": False} if vals.get("participation_id") else vals for vals in vals_list]
        plain = without_defaults(self, KEPT_FIELDS.__contains__)
        samples = super(ExpoSample, plain).create(vals_list).with_env(self.env)
        # Customers given as a default were not among the values.
        samples._check_customer()
        samples.filtered("participation_id")._follow_customer()
        return samples

    def write(self, vals):
        if not self.env.su:
            self._check_user_values(vals)
        if "participation_id" not in vals:
            return super().write(vals)
        before = self.participation_id._get_names_of_sample_days()
        customers = self.participation_id
        res = super().write(vals)
        self._check_customer()
        self._follow_customer()
        (customers | self.participation_id)._drop_sample_days(before)
        return res

    def unlink(self):
        customers, before = self.participation_id, self.participation_id._get_names_of_sample_days()
        res = super().unlink()
        customers._drop_sample_days(before)
        return res

    def _check_user_values(self, vals):
        """Refuse facts that the steps keep, and changes of what the customer has agreed to.

        :raises AccessError: when a user other than the system writes a fact of a step
        :raises UserError: when the customer has agreed to something else already
        """
        if kept := KEPT_FIELDS & vals.keys():
            raise AccessError(self.env._("These facts of a sample are kept by its steps: %s.", ", ".join(sorted(kept))))
        if "user_id" in vals and self.participation_id:
            raise AccessError(self.env._("The owner of the customer sends his samples: change the owner there."))
        if AGREED_FIELDS & vals.keys():
            self._check_open()

    def _check_open(self):
        """Refuse to change what the customer has agreed to."""
        for sample in self:
            if sample.state != "requested":
                raise UserError(
                    self.env._("“%s” is agreed with the customer: reopen it, then agree anew.", sample.display_name)
                )

    def _check_customer(self):
        """Refuse samples of customers that the user may not write."""
        if not self.env.su:
            self.participation_id.check_access("write")

    def _follow_customer(self):
        """Owner, customer and company are those of the customer's entry, whatever the caller says."""
        # In sudo: derived from the entry, which the caller may write.
        for name in ("partner_id", "company_id", "user_id"):
            self.env.add_to_compute(self._fields[name], self.sudo())
        self.sudo()._recompute_recordset(["partner_id", "company_id", "user_id"])

    def _serves_customer(self):
        """A sample can be noted for any customer: the file decides, or that it is the user's for the entry."""
        return bool(self._filter_by_file_or_task())

    @api.private
    def _today(self):
        """Return today's date at the show, else at the company."""
        show = self.exhibition_id
        return show._today() if show else self.company_id._expo_today()

    def action_open_participation(self):
        """Open the customer's entry at the show."""
        self.ensure_one()
        return self.participation_id.get_formview_action()
