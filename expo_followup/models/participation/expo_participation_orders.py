from odoo import api, fields, models


class ExpoParticipation(models.Model):
    """What the customer ordered at the show, and whether it is paid and delivered."""

    _inherit = "expo.participation"

    order_ids = fields.One2many("sale.order", "expo_participation_id", "Orders")
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    payment_state = fields.Selection(
        [("none", "No order"), ("unpaid", "Not paid"), ("partial", "Partly paid"), ("paid", "Paid")],
        compute="_compute_payment",
        store=True,
        compute_sudo=True,
        index=True,
        default="none",
        tracking=True,
    )
    paid_on = fields.Date(compute="_compute_payment", store=True, compute_sudo=True)
    delivery_state = fields.Selection(
        [("pending", "Not shipped"), ("shipped", "Shipped"), ("delivered", "Delivered")],
        "Delivery",
        default="pending",
        required=True,
        tracking=True,
    )

    @api.depends("order_ids")
    def _compute_order_count(self):
        # In sudo: a salesperson sees that others sold to his customer, not what (odoo: own orders only).
        for participation in self:
            participation.order_count = len(participation.order_ids)

    @api.depends(
        "order_ids.state",
        "order_ids.expo_remedy_ids.kind",
        "order_ids.invoice_status",
        "order_ids.order_line.invoice_lines.move_id.state",
        "order_ids.order_line.invoice_lines.move_id.payment_state",
    )
    def _compute_payment(self):
        """Read payment from the confirmed orders and their posted invoices.

        What replaces goods of a complaint was paid before.
        Paid: every order is fully invoiced and every invoice settled. Partly paid: some of it is.
        In sudo: salespeople see only their own invoices; nothing but the resulting state leaves.
        """
        for participation in self:
            orders = participation.order_ids.filtered(
                lambda order: order.state == "sale" and not order._expo_is_replacement()
            )
            invoices = orders.order_line.invoice_lines.move_id.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            )
            settled = invoices.filtered(lambda move: move.payment_state in ("paid", "in_payment"))
            partly = settled or invoices.filtered(lambda move: move.payment_state == "partial")
            if not orders:
                participation.payment_state = "none"
            elif (
                invoices
                and settled == invoices
                and all(order.invoice_status in ("invoiced", "upselling") for order in orders)
            ):
                participation.payment_state = "paid"
            else:
                participation.payment_state = "partial" if partly else "unpaid"
            if participation.payment_state != "paid":
                participation.paid_on = False
            elif not participation.paid_on:
                participation.paid_on = participation._get_paid_on(invoices)

    def _get_paid_on(self, invoices):
        """Return the day of the last payment of these invoices, else today."""
        receivable = invoices.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        days = (receivable.matched_credit_ids | receivable.matched_debit_ids).mapped("max_date")
        return max(days, default=self.exhibition_id._today())

    @api.private
    def _link_orders(self):
        """Attach the orders that the customers' companies placed since their show began.

        In sudo: orders of colleagues count as well, only the link is written.
        """
        orders = self.env["sale.order"].sudo().search(
            [
                ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("expo_participation_id", "=", False),
                ("company_id", "in", self.company_id.ids),
                # A day early: the show may lie east of Greenwich, and the order itself decides exactly.
                ("date_order", ">=", self._get_first_order_day()),
            ]
        )  # fmt: skip
        orders._compute_expo_participation_id()

    def _get_first_order_day(self):
        first = min(self.exhibition_id.mapped("date_begin"), default=fields.Date.today())
        return fields.Date.subtract(first, days=1)

    def action_open_orders(self):
        """Show the customer's orders that belong to this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {
            **action,
            "domain": [("expo_participation_id", "in", self.ids)],
            "context": {"default_partner_id": self.partner_id.id, "default_expo_participation_id": self.id},
        }
