from odoo import models


class ExpoFollowup(models.Model):
    """Whoever is about to call or write sees that a complaint is open."""

    _name = "expo.followup"
    _inherit = ["expo.followup", "expo.complaint.watch"]

    def _get_watched(self):
        return "commercial_partner_id", self.partner_id.commercial_partner_id
