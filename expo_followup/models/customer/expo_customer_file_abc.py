from odoo import models


class ExpoCustomerFile(models.Model):
    """Files are filtered by class: the class-A register (rules.md §7)."""

    _name = "expo.customer.file"
    _inherit = ["expo.customer.file", "expo.customer.class"]
