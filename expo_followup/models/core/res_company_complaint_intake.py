from odoo import fields, models


class ResCompany(models.Model):
    """What happens when a complaint comes in by mail."""

    _inherit = "res.company"

    expo_complaint_auto_acknowledge = fields.Boolean(
        "Acknowledge Complaints by Mail",
        default=True,
        help="Whoever complains by mail is told at once that we have it: once an hour at most, machines never.",
    )
    expo_complaint_mail_days = fields.Integer(
        "Keep Mails as They Came (Days)",
        default=365,
        help="After so many days the source of a mail to the complaint desk is deleted, unless it waits for somebody "
        "or its complaint is open. What it became, its text and its files stay with the complaint. 0: never.",
    )

    _expo_complaint_mail_days_range = models.Constraint(
        "CHECK(expo_complaint_mail_days >= 0)", "Mails cannot be kept for less than no days."
    )
