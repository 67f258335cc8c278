"""What a complaint is about: the goods, and what the customer requests for them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ...tools.numbers import show_number
from ..mixins.record_keeping import RecordKeeping
from ..mixins.taking_turns import take_turns

# Where a line comes from; said once, when it is made.
ORIGIN_FIELDS = frozenset({"order_line_id", "move_line_id"})
# What was delivered, as it was when the line was taken: frozen where it comes from an order or an invoice.
SNAPSHOT_FIELDS = frozenset(
    {
        "product_id",
        "product_name",
        "specification",
        "uom_id",
        "delivered_quantity",
        "price_unit",
        "currency_id",
        "order_name",
        "invoice_name",
        "contract_name",
        "ship_date",
    }
)
# Until then its goods are looked for; going back opens them again.
BEFORE_EVALUATED = ("new", "confirmed", "evaluating", "reopened")
# Complaints that claim nothing any more.
DEAD_STATES = ("rejected", "cancelled")
PRECISION = 6
SANE = 1e12


class ExpoComplaintLine(models.Model):
    """Goods complained about, with what was delivered as it stood then (rules.md §5).

    A line from an order or an invoice is a snapshot: taken once, never written again, whatever becomes of the order.
    Lines by hand are for what is not in the system. Accepted ≤ claimed ≤ delivered, over all live complaints of the
    same goods, also when two people write at once.
    """

    _name = "expo.complaint.line"
    _description = "Goods of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "complaint_id, sequence, id"
    _rec_name = "product_name"
    _check_company_auto = True
    _record_keeping = RecordKeeping(
        archive="complaint_goods",
        archive_order=230,
        archive_parent="complaint_id",
        # About the goods, which the books refer to.
        no_personal={"product_name", "specification", "order_name", "invoice_name", "contract_name"},
        salesperson="complaint_id.participation_id.user_id",
    )
    _system_fields = frozenset({"is_frozen", "company_id", "amount", "claimed_amount"})

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    order_line_id = fields.Many2one("sale.order.line", ondelete="set null", index="btree_not_null", copy=False)
    move_line_id = fields.Many2one(
        "account.move.line", "Invoice Line", ondelete="set null", index="btree_not_null", copy=False
    )
    is_frozen = fields.Boolean(
        "Quantities Locked", readonly=True, copy=False, help="Set when the line was copied from an order or an invoice."
    )
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    product_name = fields.Char(
        "Article", compute="_compute_product_name", store=True, readonly=False, precompute=True, required=True
    )
    specification = fields.Text(help="Size, color, material and packaging of the goods.")
    uom_id = fields.Many2one("uom.uom", "Unit", ondelete="restrict")
    delivered_quantity = fields.Float(digits="Product Unit")
    # Not rounded: ten thousand pieces at a discount come to what the invoice says.
    price_unit = fields.Float(
        "Price", min_display_digits="Product Price", help="Unit price without tax, after discounts."
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, help="Value of the delivered goods without tax.")
    order_name = fields.Char("Order Number")
    invoice_name = fields.Char("Invoice Number")
    contract_name = fields.Char("Contract", help="Contract number of the customer.")
    ship_date = fields.Date()
    claimed_quantity = fields.Float(
        digits="Product Unit",
        help="Quantity that the customer complains about, in the unit of the line.",
    )
    accepted_quantity = fields.Float(
        digits="Product Unit",
        help="Quantity for which we accept responsibility, in the unit of the line.",
    )
    claimed_amount = fields.Monetary("Claimed Value", compute="_compute_amount", store=True)

    _quantities_sane = models.Constraint(
        f"CHECK(delivered_quantity >= 0 AND delivered_quantity < {SANE:.0f} AND claimed_quantity >= 0"
        f" AND accepted_quantity >= 0 AND price_unit >= 0 AND price_unit < {SANE:.0f})",
        "The quantities and prices must be 0 or more.",
    )

    @api.depends("product_id")
    def _compute_product_name(self):
        for line in self:
            line.product_name = line.product_name or line.product_id.display_name

    @api.depends("complaint_id.order_id", "complaint_id.company_id")
    def _compute_currency_id(self):
        for line in self:
            complaint = line.complaint_id
            # In sudo: the currency of an order is no secret.
            line.currency_id = line.currency_id or complaint.order_id.sudo().currency_id or complaint.currency_id

    @api.depends("delivered_quantity", "claimed_quantity", "price_unit")
    def _compute_amount(self):
        for line in self:
            line.amount = line.delivered_quantity * line.price_unit
            line.claimed_amount = line.claimed_quantity * line.price_unit

    # -- writing -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        plain = self._drop_system_defaults(also=ORIGIN_FIELDS)
        lines = super(ExpoComplaintLine, plain).create(self._freeze(vals_list)).with_env(self.env)
        lines.complaint_id.check_access("write")
        lines._check_evaluated()
        for line in lines:
            line._check_origin()
        lines._check_quantities()
        lines.complaint_id._recheck_remedies()
        lines.complaint_id._sync_holds()
        return lines

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system():
            self._check_unfrozen(vals.keys())
        before = self.complaint_id
        res = super().write(vals)
        if vals.keys() - {"sequence"}:
            (before | self.complaint_id).check_access("write")
            self._check_quantities()
            (before | self.complaint_id)._recheck_remedies()
        return res

    def unlink(self):
        complaints = self.complaint_id
        before = complaints._get_held()
        res = super().unlink()
        complaints.exists()._recheck_remedies()
        complaints._sync_holds(before)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evaluated(self):
        self._check_evaluated()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        # In sudo: users who may delete the goods see the remedies proposed for them.
        promised = [("line_id", "in", self.ids), ("approval", "in", ("to_approve", "approved"))]
        for remedy in self.env["expo.complaint.remedy"].sudo().search(promised, limit=1):
            raise UserError(
                self.env._(
                    "You cannot delete “%(article)s” because the remedy “%(remedy)s” uses it. Withdraw "
                    "the remedy first.",
                    article=remedy.line_id.product_name,
                    remedy=remedy.display_name,
                )
            )

    def _check_unfrozen(self, names):
        """Refuse changes of a snapshot, of what was evaluated, and of what the customer has agreed to.

        :raises UserError: in each case
        """
        self.check_access("write")
        if {"complaint_id", *ORIGIN_FIELDS} & names or (SNAPSHOT_FIELDS & names and any(self.mapped("is_frozen"))):
            raise UserError(self.env._("You cannot change delivered goods. Remove the line and add it again."))
        if {"claimed_quantity", *SNAPSHOT_FIELDS} & names:
            self._check_evaluated()
        if "accepted_quantity" in names and any(self.complaint_id.mapped("accepted_on")):
            raise UserError(
                self.env._(
                    "You cannot change the accepted quantity because the customer accepted the remedy. "
                    "Change the remedy first."
                )
            )

    def _check_evaluated(self):
        """Refuse other goods once the complaint was evaluated, or has ended."""
        for complaint in self.complaint_id:
            if not self._is_system() and complaint.state not in BEFORE_EVALUATED:
                raise UserError(
                    self.env._(
                        "You cannot change the goods of “%s” because it is already evaluated. Move it back "
                        "to an earlier stage first.",
                        complaint.display_name,
                    )
                )

    # -- the snapshot ------------------------------------------------------------------------------------

    @api.model
    def _freeze(self, vals_list):
        """Return the values of new lines; of those from an order or an invoice what was delivered is read from there.

        In sudo: whether the user may name that order is checked once the line is there (:meth:`_check_origin`).
        """
        found = {}
        for name in ORIGIN_FIELDS:
            ids = [vals[name] for vals in vals_list if vals.get(name)]
            origins = self.env[self._fields[name].comodel_name].sudo().browse(ids).exists()
            found[name] = {origin.id: origin for origin in origins}
        return [
            {
                **vals,
                **self._get_snapshot(
                    *(found[name].get(vals.get(name)) for name in ("order_line_id", "move_line_id")),
                ),
            }
            for vals in vals_list
        ]

    @api.model
    def _get_snapshot(self, ordered, invoiced):
        """Return what an order or invoice line delivered, and that it is frozen; nothing for goods by hand."""
        if not ordered and not invoiced:
            return dict.fromkeys(ORIGIN_FIELDS, False)
        if invoiced:
            ordered = invoiced.sale_line_ids if len(invoiced.sale_line_ids) == 1 else invoiced.sale_line_ids.browse()
            snapshot = self._read_invoice_line(invoiced, ordered)
        else:
            snapshot = self._read_order_line(ordered)
        return {
            **snapshot,
            "order_line_id": ordered.id,
            "move_line_id": invoiced.id if invoiced else False,
            "is_frozen": True,
        }

    @api.model
    def _read_order_line(self, line):
        order = line.order_id
        # Deliveries are noted by hand here: without a note the invoiced, or else the ordered quantity counts.
        delivered = line.qty_delivered or line.qty_invoiced or line.product_uom_qty
        shipped = ("effective_date" in order._fields and order.effective_date) or order.commitment_date
        invoices = line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        return {
            "product_id": line.product_id.id,
            "product_name": line.product_id.display_name or line.name,
            "specification": line.name,
            "uom_id": line.product_uom_id.id,
            # Goods that came back, and what was taken off the price, are nothing that was delivered.
            "delivered_quantity": max(delivered, 0.0),
            "price_unit": max(line.price_subtotal / line.product_uom_qty, 0.0) if line.product_uom_qty else 0.0,
            "currency_id": line.currency_id.id,
            "order_name": order.name,
            "invoice_name": ", ".join(invoices.mapped("name")) or False,
            "contract_name": order.client_order_ref,
            "ship_date": shipped and order.company_id._expo_local_date(shipped),
        }

    @api.model
    def _read_invoice_line(self, line, ordered):
        move, unit = line.move_id, ordered.product_uom_id or line.product_uom_id
        quantity = line.quantity
        if unit and line.product_uom_id and unit != line.product_uom_id:
            # Counted as in the order, so that claims of both add up.
            quantity = line.product_uom_id._compute_quantity(quantity, unit, round=False)
        base = self._read_order_line(ordered) if ordered else {"contract_name": move.ref}
        return {
            **base,
            "product_id": line.product_id.id,
            "product_name": line.product_id.display_name or line.name,
            "specification": line.name,
            "uom_id": unit.id,
            "delivered_quantity": max(quantity, 0.0),
            "price_unit": max(line.price_subtotal / quantity, 0.0) if quantity else 0.0,
            "currency_id": line.currency_id.id,
            "invoice_name": move.name,
            "ship_date": base.get("ship_date") or move.delivery_date,
        }

    def _check_origin(self):
        """Refuse goods of another customer or company, and orders that the user may not see.

        :raises UserError: when they are not the customer's, or not delivered
        :raises AccessError: when the user may not see them and they are not the complaint's
        """
        # A snapshot that was restored has no document any more.
        if not (self.order_line_id or self.move_line_id):
            return
        # In sudo: compared with the complaint, which the user may write; only a refusal leaves.
        complaint, move = self.sudo().complaint_id, self.sudo().move_line_id.move_id
        order = self.sudo().order_line_id.order_id
        source = move or order
        if source.company_id != complaint.company_id or not complaint._is_of_customer(order, move):
            raise UserError(
                self.env._(
                    "You cannot choose these goods because they were not delivered to the customer of "
                    "the complaint. Choose other goods."
                )
            )
        is_sold = move.move_type == "out_invoice" and move.state == "posted" if move else order.state == "sale"
        if not is_sold:
            raise UserError(
                self.env._(
                    "You cannot choose goods of “%s” because it is not confirmed. Confirm it first.",
                    source.display_name,
                )
            )
        if not (order & complaint.order_id or move & complaint.invoice_id):
            source.sudo(self._is_system()).check_access("read")

    # -- how much ----------------------------------------------------------------------------------------

    def _check_quantities(self):
        """Refuse to accept more than is claimed, or to claim more than was delivered, over all live complaints.

        :raises UserError: naming the article and what is left
        """
        # In sudo: claims of colleagues count, and nothing of them but what is left is told.
        lines = self.sudo()
        for line in lines:
            claimed = line.claimed_quantity
            if not (0 <= claimed < SANE and 0 <= line.accepted_quantity < SANE):
                raise UserError(self.env._("The quantity of “%s” must be 0 or more.", line.product_name))
            if line._is_more(line.accepted_quantity, claimed):
                raise UserError(
                    self.env._(
                        "You cannot accept more of “%s” than is claimed. Reduce the accepted quantity.",
                        line.product_name,
                    )
                )
            # Of goods that are not in the system the number delivered may be unknown.
            if (line.is_frozen or line.delivered_quantity) and line._is_more(claimed, line.delivered_quantity):
                raise UserError(
                    self.env._(
                        "You cannot claim more of “%(article)s” than the %(delivered)s delivered. Reduce the "
                        "claimed quantity.",
                        article=line.product_name,
                        delivered=show_number(line.delivered_quantity),
                    )
                )
        for name in sorted(ORIGIN_FIELDS):
            lines._check_claims_of_all(name)

    def _check_claims_of_all(self, name):
        """Refuse claims that together exceed what was delivered by one order or invoice line."""
        origins = self[name]
        if not origins:
            return
        take_turns(origins)
        groups = self._read_group(
            [(name, "in", origins.ids), ("complaint_id.state", "not in", DEAD_STATES)],
            [name],
            ["claimed_quantity:sum", "delivered_quantity:max"],
        )
        for origin, claimed, delivered in groups:
            if name == "order_line_id":
                # Of an order that was invoiced bit by bit each bit is one snapshot.
                delivered = max(delivered, self._read_order_line(origin)["delivered_quantity"])
            if self._is_more(claimed, delivered):
                raise UserError(
                    self.env._(
                        "You cannot claim %(claimed)s of “%(article)s” across all complaints because only "
                        "%(delivered)s were delivered. Reduce the claimed quantity.",
                        article=self.filtered(lambda line, origin=origin: line[name] == origin)[:1].product_name,
                        claimed=show_number(claimed),
                        delivered=show_number(delivered),
                    )
                )

    @api.model
    def _is_more(self, quantity, most):
        return float_compare(quantity, most, precision_digits=PRECISION) > 0


# The details that each kind of customer request holds.
SAYS = {"compensation": ("amount",), "discount": ("percent", "amount"), "return": ("quantity",), "other": ("text",)}


class ExpoComplaintDemand(models.Model):
    """What the customer wants (rules.md §5): kept beside what we offer, in the customer's words."""

    _name = "expo.complaint.demand"
    _description = "Customer Request of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "complaint_id, id"
    _rec_name = "kind"
    _record_keeping = RecordKeeping(
        archive="complaint_demands",
        archive_order=240,
        archive_parent="complaint_id",
        personal="clear",
        personal_links=("complaint_id",),
        named=("text",),
        salesperson="complaint_id.participation_id.user_id",
    )
    _system_fields = frozenset({"user_id", "company_id"})

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("compensation", "Compensation"),
            ("discount", "Discount"),
            ("return", "Return of goods"),
            ("other", "Other"),
        ],
        "Request Type",
        required=True,
        default="compensation",
    )
    amount = fields.Monetary()
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    percent = fields.Float("%", digits=(5, 2))
    quantity = fields.Float(digits="Product Unit")
    line_id = fields.Many2one(
        "expo.complaint.line",
        "Goods",
        ondelete="set null",
        index="btree_not_null",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    text = fields.Char("Description")
    user_id = fields.Many2one(
        "res.users", "Noted By", readonly=True, copy=False, ondelete="set null", default=lambda self: self.env.user
    )
    noted_on = fields.Date(compute="_compute_noted_on", store=True, readonly=False, precompute=True, required=True)

    _amounts_sane = models.Constraint(
        f"CHECK(amount >= 0 AND amount < {SANE:.0f} AND quantity >= 0 AND quantity < {SANE:.0f}"
        " AND percent >= 0 AND percent <= 100)",
        "The values of a customer request must be 0 or more, and its discount 100 % or less.",
    )

    @api.depends("complaint_id.order_id", "complaint_id.company_id")
    def _compute_currency_id(self):
        for demand in self:
            complaint = demand.complaint_id
            # In sudo: the currency of an order is no secret.
            demand.currency_id = demand.currency_id or complaint.order_id.sudo().currency_id or complaint.currency_id

    @api.depends("complaint_id.company_id")
    def _compute_noted_on(self):
        for demand in self:
            demand.noted_on = demand.noted_on or (demand.company_id or self.env.company)._expo_today()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        demands = super(ExpoComplaintDemand, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        demands._check_open()
        demands._check_says()
        return demands

    def write(self, vals):
        self._check_system_fields(vals)
        self._check_open()
        if "complaint_id" in vals and not self._is_system():
            raise UserError(
                self.env._("You cannot move a customer request to another complaint. Add a new request there.")
            )
        res = super().write(vals)
        if "complaint_id" not in vals:
            self._check_says()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_open()

    def _check_open(self):
        """Refuse changes of what the customer wanted once our offer was accepted, or the complaint has ended."""
        if self._is_system():
            return
        self.complaint_id.check_access("write")
        if any(complaint.accepted_on or not complaint.is_open for complaint in self.complaint_id):
            raise UserError(
                self.env._(
                    "You cannot change a customer request because the customer accepted the remedy, or "
                    "the complaint has ended. Reopen the complaint, or change the remedy first."
                )
            )

    def _check_says(self):
        """Refuse empty customer requests, and goods of another complaint.

        :raises UserError: naming what to say
        """
        for demand in self:
            names = SAYS[demand.kind]
            if not any(demand[name] and (name != "text" or demand.text.strip()) for name in names):
                labels = [self._fields[name]._description_string(self.env) for name in names]
                raise UserError(
                    self.env._(
                        "You cannot save this customer request because it is empty. Enter %s.", " / ".join(labels)
                    )
                )
            if demand.line_id and demand.line_id.complaint_id != demand.complaint_id:
                raise UserError(
                    self.env._(
                        "You cannot choose these goods because they belong to another complaint. Choose "
                        "goods of this complaint."
                    )
                )
