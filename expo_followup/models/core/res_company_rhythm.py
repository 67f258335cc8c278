from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.cadence import Rhythm, parse_days

RHYTHM_FIELDS = {"expo_memory_days", "expo_cadence_a_days", "expo_cadence_b_days", "expo_cadence_c_days"}


class ResCompany(models.Model):
    """How often customers are touched, and for how long they stay open (rules.md §4)."""

    _inherit = "res.company"

    expo_memory_days = fields.Char(
        "Memory Curve (Days)",
        default="3, 7, 15",
        help="New contacts are touched again so many days after the first, second and third personal touch. "
        "Empty: no memory curve.",
    )
    expo_cadence_a_days = fields.Integer(
        "Class A at Least Every (Days)", default=7, help="Days between touches of a class A customer. 0: no rhythm."
    )
    expo_cadence_b_days = fields.Integer(
        "Class B at Least Every (Days)", default=14, help="Days between touches of a class B customer. 0: no rhythm."
    )
    expo_cadence_c_days = fields.Integer(
        "Class C at Least Every (Days)",
        default=30,
        help="Days between touches of a class C customer, and of one without orders after the memory curve. "
        "0: no rhythm.",
    )
    expo_touch_limit = fields.Integer(
        "Touches per Week at Most",
        default=3,
        help="So many touches of one contact in any seven days, letters included; more are put off. 0: any number.",
    )
    expo_horizon_months = fields.Integer(
        "Customers Stay Open for (Months)",
        default=8,
        help="So long after the show a customer who has neither ordered nor declined becomes dormant. 0: never.",
    )

    _expo_rhythm_range = models.Constraint(
        "CHECK(expo_cadence_a_days >= 0 AND expo_cadence_b_days >= 0 AND expo_cadence_c_days >= 0"
        " AND expo_touch_limit >= 0 AND expo_horizon_months >= 0)",
        "The days between touches, the touches per week and the months until dormancy cannot be negative.",
    )

    @api.constrains("expo_memory_days")
    def _check_expo_memory_days(self):
        for company in self:
            try:
                parse_days(company.expo_memory_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(days)s” are no days of a memory curve: write numbers with commas, such as 3, 7, 15.",
                        days=company.expo_memory_days,
                    )
                ) from error

    def write(self, vals):
        res = super().write(vals)
        if RHYTHM_FIELDS & vals.keys():
            # Whoever changes the settings need not see the customers.
            customers = self.env["expo.participation"].sudo().search(
                [("company_id", "in", self.ids), ("outcome", "=", "open"), ("exhibition_id.state", "=", "followup")]
            )  # fmt: skip
            customers._request_sync()
        return res

    @api.private
    def _expo_rhythm(self):
        """Return the settings for :mod:`..tools.cadence`."""
        self.ensure_one()
        return Rhythm(
            memory=parse_days(self.expo_memory_days),
            by_class={
                "a": self.expo_cadence_a_days,
                "b": self.expo_cadence_b_days,
                "c": self.expo_cadence_c_days,
            },
        )
