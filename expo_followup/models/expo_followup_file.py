from odoo import models


class ExpoFollowup(models.Model):
    """A touch shows what to respect and what the customer likes."""

    _name = "expo.followup"
    _inherit = ["expo.followup", "expo.customer.hints"]

    def _serves_customer(self):
        """A touch without a show can be noted for anybody: then the customer's file decides."""
        return bool(self.participation_id) or bool(self.partner_id.expo_file_id)
