from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders by which we make good: replacements that cost nothing, and discounts that we promised."""

    _inherit = "sale.order"

    expo_remedy_ids = fields.One2many(
        "expo.complaint.remedy", "order_id", "Remedies", readonly=True, groups="sales_team.group_sale_salesman"
    )

    def _action_cancel(self):
        remedies = self.env["expo.complaint.remedy"]._find_done(self, "order_id")
        res = super()._action_cancel()
        remedies._tell_undone()
        return res

    @api.private
    def _expo_is_replacement(self):
        """Tell whether an order only replaces goods of a complaint: nobody bought anything."""
        self.ensure_one()
        # In sudo: what an order is for is no secret of the complaint's.
        return "replacement" in self.sudo().expo_remedy_ids.mapped("kind")
