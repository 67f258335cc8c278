from odoo import models


class ResPartner(models.Model):
    """A contact shows the complaints of its company."""

    _name = "res.partner"
    _inherit = ["res.partner", "expo.complaint.watch"]

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.id}
