from odoo import fields, models


class MailTemplate(models.Model):
    """Which letter about a complaint a template is: a company may have several offers, or word its own."""

    _inherit = "mail.template"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env["expo.complaint"]._get_letter_kinds(),
        string="Complaint Letter Type",
        help="Letters of this type are recorded on the complaint and update its SLA targets when they are sent.",
    )
