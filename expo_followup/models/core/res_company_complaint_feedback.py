from odoo import fields, models


class ResCompany(models.Model):
    """How long a customer has for his verdict on the solution of his complaint."""

    _inherit = "res.company"

    expo_complaint_ask_days = fields.Integer(
        "Ask for Feedback after (Days)",
        default=7,
        help="Who says nothing after a solution is asked after so many days, and once more after as many; then his "
        "silence counts as his verdict.",
    )

    _expo_complaint_ask_days_range = models.Constraint(
        "CHECK(expo_complaint_ask_days > 0)", "A customer needs a day at least to answer."
    )
