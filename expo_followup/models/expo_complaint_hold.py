from odoo import api, models

# What decides which invoices an open complaint holds.
HOLDING = frozenset({"stage_id", "order_id", "invoice_id", "active"})


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
        """Return the orders and the invoices that complaints are about; in sudo, whoever may read them."""
        complaints = self.sudo()
        return complaints.order_id, complaints.invoice_id

    def _sync_holds(self, before=()):
        """Hold and release invoices. In sudo: they follow from complaints that the user may write."""
        orders, invoices = self._get_held()
        if before:
            orders, invoices = orders | before[0], invoices | before[1]
        orders._expo_sync_holds()
        invoices._expo_sync_holds()
