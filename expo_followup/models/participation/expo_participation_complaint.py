from odoo import models


class ExpoParticipation(models.Model):
    """A customer of a show carries the complaints of his company."""

    _name = "expo.participation"
    _inherit = ["expo.participation", "expo.complaint.watch"]

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.partner_id.id, "default_participation_id": self.id}
