from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.numbers import show_number
from ..mixins.record_keeping import RecordKeeping

# The content of the remedy: changing it makes another remedy.
SUBSTANCE = frozenset(
    {"kind", "amount", "currency_id", "percent", "product_id", "quantity", "line_id", "text", "target_id"}
)
SANE = 1e12


class ExpoComplaintRemedy(models.Model):
    """A remedy for the customer: a credit, a replacement, a discount, or something else (rules.md §5).

    Within its author's authority a remedy is approved at once, else by another person
    (``remedy_approval.py``). It is carried out by one document, however often the button is pressed
    (``remedy_document.py``). A changed remedy is another one: its approval is void, and so
    is an offer that was made with it.
    """

    _name = "expo.complaint.remedy"
    _description = "Remedy of a Complaint"
    _inherit = [
        "expo.complaint.remedy.approval",
        "expo.complaint.remedy.document",
        "expo.steps",
        "expo.linked.records",
    ]
    _order = "complaint_id, id"
    _check_company_auto = True
    _record_keeping = RecordKeeping(
        archive="complaint_remedies",
        archive_order=250,
        archive_parent="complaint_id",
        personal="clear",
        named=("text", "refuse_reason"),
        # Which limits it exceeds: written by the system.
        no_personal={"exceeded"},
        salesperson="complaint_id.participation_id.user_id",
    )
    _steps = {
        "submit": ("draft", "refused"),
        "approve": ("to_approve",),
        "refuse": ("draft", "to_approve", "approved"),
        "carry_out": ("approved",),
    }
    _system_fields = frozenset(
        {"approval", "author_id", "approved_by_id", "approved_on", "is_within", "exceeded", "refuse_reason", "state"}
        | {"day", "company_id", "company_amount", "invoice_id", "move_id", "order_id", "discount_line_ids", "done_on"}
    )

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    kind = fields.Selection(
        [
            ("credit", "Credit note"),
            ("replacement", "Replacement"),
            ("discount", "Order discount"),
            ("other", "Other"),
        ],
        "Remedy Type",
        required=True,
        default="credit",
    )
    line_id = fields.Many2one(
        "expo.complaint.line",
        "Goods",
        ondelete="set null",
        index="btree_not_null",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    product_id = fields.Many2one(
        "product.product",
        "Article",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain="[('sale_ok', '=', True)]",
        check_company=True,
    )
    quantity = fields.Float(digits="Product Unit")
    percent = fields.Float("%", digits=(5, 2), help="Percentage of the value of the claimed goods.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Value for the customer without tax; replacements count at the price of the goods.",
    )
    text = fields.Char("Description", help="Text shown to the customer.")
    target_id = fields.Many2one(
        "sale.order",
        "Discounted Order",
        ondelete="set null",
        check_company=True,
        index="btree_not_null",
        domain="[('state', 'in', ('draft', 'sent')), ('company_id', '=', company_id)]",
        help="Quotation of the same customer that gets the discount; empty means a credit note.",
    )
    day = fields.Date(
        "Proposed On", readonly=True, copy=False, default=lambda self: self.env.company._expo_today(), index=True
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    company_amount = fields.Monetary(
        "Amount in Company Currency",
        compute="_compute_company_amount",
        store=True,
        currency_field="company_currency_id",
    )
    approval = fields.Selection(
        [("draft", "Draft"), ("to_approve", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_approve", "Proposed"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("done", "Done"),
        ],
        "Status",
        compute="_compute_state",
        store=True,
        compute_sudo=True,
        index=True,
    )
    author_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null", default=lambda self: self.env.user
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    approved_on = fields.Datetime(readonly=True, copy=False)
    is_within = fields.Boolean("Within Authority", readonly=True, copy=False)
    exceeded = fields.Char(
        "Exceeded Limits", readonly=True, copy=False, help="Limits of the author's authority that the remedy exceeds."
    )
    beyond = fields.Char("Approval Reason", compute="_compute_beyond")
    refuse_reason = fields.Char("Refusal Reason", readonly=True, copy=False)
    invoice_id = fields.Many2one(
        "account.move", "Credited Invoice", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    move_id = fields.Many2one(
        "account.move", "Credit Note", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    order_id = fields.Many2one("sale.order", readonly=True, copy=False, ondelete="set null", index="btree_not_null")
    discount_line_ids = fields.Many2many("sale.order.line", readonly=True, copy=False, string="Discount Lines")
    done_on = fields.Datetime(readonly=True, copy=False)
    _amounts_sane = models.Constraint(
        f"CHECK(amount >= 0 AND amount < {SANE:.0f} AND quantity >= 0 AND quantity < {SANE:.0f}"
        " AND percent >= 0 AND percent <= 100)",
        "The values of a remedy must be 0 or more, and its discount 100 % or less.",
    )

    # -- what follows ------------------------------------------------------------------------------------

    @api.depends("line_id")
    def _compute_product_id(self):
        for remedy in self:
            remedy.product_id = remedy.line_id.product_id or remedy.product_id

    @api.depends("complaint_id.order_id", "complaint_id.company_id", "line_id")
    def _compute_currency_id(self):
        for remedy in self:
            complaint = remedy.complaint_id
            # In sudo: the currency of an order is no secret.
            known = remedy.line_id.currency_id or complaint.order_id.sudo().currency_id or complaint.currency_id
            remedy.currency_id = remedy.currency_id or known

    @api.depends("kind", "percent", "quantity", "line_id", "product_id", "currency_id")
    def _compute_amount(self):
        """Propose what it is worth; what was typed stays where nothing can be worked out."""
        for remedy in self:
            if remedy.approval == "draft":
                remedy.amount = remedy._get_worth() or remedy.amount

    def _get_worth(self):
        """Return what the goods or the share of them named are worth in the remedy's currency, 0 when none are."""
        line, day = self.line_id, self.day or fields.Date.today()
        if self.kind == "replacement" or (self.kind == "credit" and self.quantity):
            price, currency = line.price_unit, line.currency_id
            if self.product_id and not line.is_frozen:
                # A price that was typed proves nothing.
                product = self.product_id
                price, currency = product.uom_id._compute_price(product.lst_price, line.uom_id), product.currency_id
            worth = price * self.quantity
        elif self.percent:
            lines = line or self.complaint_id.line_ids
            currency = lines[:1].currency_id
            worth = (
                self.percent
                / 100
                * sum(each.currency_id._convert(each.claimed_amount, currency, self.company_id, day) for each in lines)
            )
        else:
            return 0.0
        if not worth or not currency or not self.currency_id:
            return 0.0
        return currency._convert(worth, self.currency_id, self.company_id or self.env.company, day)

    @api.depends("amount", "currency_id", "company_id", "day")
    def _compute_company_amount(self):
        """Compute its cost, at the rate of the day it was proposed."""
        for remedy in self:
            company = remedy.company_id or self.env.company
            ours = company.currency_id
            day = remedy.day or fields.Date.today()
            remedy.company_amount = (remedy.currency_id or ours)._convert(remedy.amount, ours, company, day)

    @api.depends(
        "approval",
        "kind",
        "done_on",
        "target_id",
        "move_id.state",
        "move_id.reversal_move_ids.state",
        "order_id.state",
        "discount_line_ids",
    )
    def _compute_state(self):
        for remedy in self:
            is_done = remedy.approval == "approved" and remedy._is_carried_out()
            remedy.state = "done" if is_done else remedy.approval

    @api.depends("text", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for remedy in self:
            remedy.display_name = remedy.text or kinds.get(remedy.kind, "")

    # -- writing -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        remedies = super(ExpoComplaintRemedy, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        remedies._check_complaint()
        remedies._check_pointed()
        return remedies

    def write(self, vals):
        self._check_system_fields(vals)
        if "complaint_id" in vals and not self._is_system():
            raise UserError(self.env._("You cannot move a remedy to another complaint. Add a new remedy there."))
        changed = self.filtered(
            lambda remedy: any(remedy._is_changed(name, vals[name]) for name in SUBSTANCE & vals.keys())
        )
        if changed:
            changed._begin_anew()
        res = super().write(vals)
        if vals.keys() & SUBSTANCE:
            self._check_pointed()
        if "complaint_id" in vals:
            # Merged: the remaining complaint holds more than was offered, and perhaps more than its author may approve.
            self.filtered(lambda remedy: remedy.state in ("to_approve", "approved"))._void_offer()
            self.complaint_id._recheck_remedies()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        if any(remedy.approval != "draft" for remedy in self):
            raise UserError(self.env._("You cannot delete a remedy that was proposed. Withdraw it instead."))
        self._check_complaint()

    def _is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self, validate=False) != field.convert_to_cache(self[name], self)

    def _check_complaint(self):
        """Refuse remedies of complaints that the user may not write, or that have ended."""
        if self._is_system():
            return
        self.complaint_id.check_access("write")
        for complaint in self.complaint_id:
            if not complaint.is_open:
                raise UserError(
                    self.env._("You cannot change “%s” because it has ended. Reopen it first.", complaint.display_name)
                )

    def _check_pointed(self):
        """Refuse goods of another complaint, other articles than theirs, and orders of another customer.

        :raises UserError: in each case
        """
        for remedy in self:
            complaint = remedy.complaint_id
            if remedy.line_id and remedy.line_id.complaint_id != complaint:
                raise UserError(
                    self.env._(
                        "You cannot choose these goods because they belong to another complaint. Choose "
                        "goods of this complaint."
                    )
                )
            if remedy.line_id.product_id and remedy.product_id != remedy.line_id.product_id:
                raise UserError(
                    self.env._(
                        "You cannot choose this article because it differs from the goods. Leave one of the "
                        "two fields empty."
                    )
                )
            if target := remedy.target_id:
                target.check_access("read")
                if target.partner_id.commercial_partner_id != complaint.commercial_partner_id:
                    raise UserError(
                        self.env._(
                            "You cannot choose this order because it belongs to another customer. Choose an "
                            "order of this customer."
                        )
                    )

    def _lock_for_step(self, step=None):
        self.complaint_id.check_access("write")
        return super()._lock_for_step(step)

    # -- as the customer reads it ------------------------------------------------------------------------

    def _get_words(self):
        """Return the remedy in a line, in the language of the context."""
        self.ensure_one()
        goods = self.product_id.with_context(display_default_code=False).display_name or self.line_id.product_name
        amount = self.currency_id.format(self.amount) if self.amount else ""
        number = show_number(self.quantity)
        words = ""
        if self.kind == "replacement" and goods:
            words = self.env._("Free replacement: %(number)s × %(goods)s", number=number, goods=goods)
        elif self.kind == "credit" and amount:
            words = self.env._("A credit of %s", amount)
        elif self.kind == "discount" and amount and self.target_id:
            # In sudo: the number of the customer's own order.
            order = self.sudo().target_id.name
            words = self.env._("A discount of %(amount)s on the order %(order)s", amount=amount, order=order)
        elif self.kind == "discount" and amount:
            words = self.env._("A discount of %s", amount)
        elif self.kind == "discount":
            words = self.env._("A discount of %s %%", show_number(self.percent))
        text = (self.text or "").strip()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return ": ".join(filter(None, (words, text))) or kinds[self.kind]
