from odoo import api, models


class ExpoParticipation(models.Model):
    """How often a customer is contacted follows his class."""

    _name = "expo.participation"
    _inherit = ["expo.participation", "expo.customer.class"]
    _customer_field = "commercial_partner_id"

    @api.depends("abc_class")
    def _compute_sync_pending(self):
        return super()._compute_sync_pending()
