from odoo import fields, models


class ResCompany(models.Model):
    """What happens when a complaint comes in by mail."""

    _inherit = "res.company"

    expo_complaint_auto_acknowledge = fields.Boolean(
        "Acknowledge Complaints by Mail",
        default=True,
        help="Whoever complains by mail is told at once that we have it: once an hour at most, machines never.",
    )
