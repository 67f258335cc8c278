from odoo import models


class ExpoFollowup(models.Model):
    """A touch shows what to respect and what the customer likes."""

    _name = "expo.followup"
    _inherit = ["expo.followup", "expo.customer.hints"]

    def _serves_customer(self):
        """A touch can be noted for anybody: unless it is of the entry's customer, his file decides."""
        customer = self.partner_id.commercial_partner_id
        return self.participation_id.commercial_partner_id == customer or bool(self.partner_id.expo_file_id)
