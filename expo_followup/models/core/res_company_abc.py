from datetime import date
from typing import NamedTuple

from odoo import api, fields, models

from ...tools.abc import A_PERCENT, B_PERCENT, period_begin
from ...tools.lifecycle import DECLINE_PERCENT

SETTINGS = {"expo_abc_months", "expo_abc_a_percent", "expo_abc_b_percent", "expo_decline_percent"}


class Period(NamedTuple):
    """The turnover after ``begin`` until ``today`` counts; the period before it is that after ``former_begin``."""

    former_begin: date
    begin: date
    today: date


class ResCompany(models.Model):
    """How customers are classed by their turnover: see ``tools/abc.py`` and ``tools/lifecycle.py`` for the rules."""

    _inherit = "res.company"

    expo_abc_months = fields.Integer(
        "Turnover of the Last (Months)", default=12, help="The turnover that decides the ABC class of a customer."
    )
    expo_abc_a_percent = fields.Integer(
        "Class A up to (%)", default=A_PERCENT, help="The largest customers who make so much of the turnover are A."
    )
    expo_abc_b_percent = fields.Integer(
        "Class B up to (%)", default=B_PERCENT, help="The next largest, up to so much of the turnover, are B; others C."
    )
    expo_decline_percent = fields.Integer(
        "In Decline below (%)",
        default=DECLINE_PERCENT,
        help="Who buys less than so much of what he bought in the period before is in decline.",
    )

    _expo_abc_months_range = models.Constraint(
        "CHECK(expo_abc_months >= 1)", "The turnover of at least one month decides the ABC class."
    )
    _expo_abc_percent_order = models.Constraint(
        "CHECK(expo_abc_a_percent >= 0 AND expo_abc_b_percent >= expo_abc_a_percent AND expo_abc_b_percent <= 100)",
        "The ABC thresholds are percentages from 0 to 100, that of class A not above that of class B.",
    )
    _expo_decline_percent_range = models.Constraint(
        "CHECK(expo_decline_percent >= 0 AND expo_decline_percent <= 100)",
        "A decline is told by a percentage from 0 to 100.",
    )

    def write(self, vals):
        res = super().write(vals)
        if SETTINGS & vals.keys():
            # Other thresholds, other classes.
            self.env["ir.cron"]._trigger_expo("ir_cron_classify")
        return res

    @api.private
    def _expo_abc_period(self):
        """Return the period whose turnover counts today, and the one before it of the same length."""
        today = self._expo_today()
        return Period(
            period_begin(today, 2 * self.expo_abc_months), period_begin(today, self.expo_abc_months), today
        )  # fmt: skip
