from odoo import api, models
from odoo.fields import Domain

# What decides which invoices an open complaint holds.
HOLDING = frozenset({"stage_id", "order_id", "invoice_id", "merged_into_id", "active"})


class ExpoComplaint(models.Model):
    """While a complaint is open, nobody is reminded to pay for what it is about."""

    _inherit = "expo.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._sync_holds()
        return complaints

    def write(self, vals):
        if not HOLDING & vals.keys():
            return super().write(vals)
        before = self._get_held()
        res = super().write(vals)
        self._sync_holds(before)
        return res

    def unlink(self):
        before = self._get_held()
        res = super().unlink()
        self.browse()._sync_holds(before)
        return res

    def _get_held(self):
        """Return the orders and the invoices that complaints are about, in sudo, whoever may read them.

        Those of their goods too, and of the complaints that were merged into them.
        """
        held = self._get_held_each().values()
        return (
            self.env["sale.order"].sudo().union(*(orders for orders, _invoices in held)),
            self.env["account.move"].sudo().union(*(invoices for _orders, invoices in held)),
        )

    def _get_held_each(self):
        """Return ``{complaint: (orders, invoices)}`` as :meth:`_get_held`: constant queries for any number of them."""
        complaints = self.sudo()
        merged = complaints.search([("merged_into_id", "in", complaints.ids)]).grouped("merged_into_id")
        # Warm, for each is looked at alone below.
        goods = complaints.union(*merged.values()).line_ids
        goods.order_line_id.mapped("order_id")
        goods.move_line_id.mapped("move_id")
        held = {}
        for complaint in complaints:
            both = complaint | merged.get(complaint, complaint.browse())
            lines = both.line_ids
            orders = both.order_id | lines.order_line_id.order_id
            held[complaint] = (orders, both.invoice_id | lines.move_line_id.move_id)
        return held

    @api.model
    def _find_holding(self, orders, invoices):
        """Return the open complaints about these orders and invoices; in sudo by whoever calls."""
        about = (
            Domain("order_id", "in", orders.ids)
            | Domain("invoice_id", "in", invoices.ids)
            | Domain("line_ids", "any", [("order_line_id.order_id", "in", orders.ids)])
            | Domain("line_ids", "any", [("move_line_id.move_id", "in", invoices.ids)])
        )
        found = self.search(about & (Domain("is_open", "=", True) | Domain("merged_into_id.is_open", "=", True)))
        return (found | found.merged_into_id).filtered(lambda complaint: complaint.is_open and complaint.active)

    def _sync_holds(self, before=()):
        """Hold and release invoices. In sudo: they follow from complaints that the user may write."""
        orders, invoices = self._get_held()
        if before:
            orders, invoices = orders | before[0], invoices | before[1]
        orders._expo_sync_holds()
        invoices._expo_sync_holds()
