from odoo import models


class ExpoFollowup(models.Model):
    """A touch shows what to respect and what the customer likes."""

    _name = "expo.followup"
    _inherit = ["expo.followup", "expo.customer.hints"]

    def _serves_customer(self):
        """A touch can be noted for anybody: unless it is of the entry's customer, his file decides."""
        return self._serves_by_entry_or_file()
