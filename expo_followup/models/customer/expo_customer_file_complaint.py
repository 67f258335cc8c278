from odoo import models


class ExpoCustomerFile(models.Model):
    """The file of a customer leads to his complaints."""

    _name = "expo.customer.file"
    _inherit = ["expo.customer.file", "expo.complaint.watch"]

    def _get_watched(self):
        return "commercial_partner_id", self.partner_id
