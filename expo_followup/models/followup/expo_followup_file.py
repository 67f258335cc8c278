from odoo import models


class ExpoFollowup(models.Model):
    """A touch shows what to respect and what the customer likes."""

    _name = "expo.followup"
    _inherit = ["expo.followup", "expo.customer.hints"]

    def _serves_customer(self):
        """A follow-up can be noted for any customer: the file decides, or that a colleague asked for it."""
        return bool(self._filter_by_file_or_task())
