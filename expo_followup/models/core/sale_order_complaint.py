from odoo import models


class SaleOrder(models.Model):
    """An order shows the complaints about it."""

    _name = "sale.order"
    _inherit = ["sale.order", "expo.complaint.watch"]

    def _get_watched(self):
        return "order_id", self

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.partner_id.id, "default_order_id": self.id}
