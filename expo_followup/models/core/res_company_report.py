from odoo import api, fields, models

from ...tools.response import next_working_day


class ResCompany(models.Model):
    """How often salespeople report on a customer."""

    _inherit = "res.company"

    expo_report_days = fields.Integer(
        "Progress Report Every (Days)",
        default=14,
        help="A progress report is due so many days after it was issued. 0: no reports.",
    )

    _expo_report_days_range = models.Constraint(
        "CHECK(expo_report_days >= 0)", "A progress report is due every so many days, or never: 0."
    )

    def write(self, vals):
        res = super().write(vals)
        if "expo_report_days" in vals:
            # Reports are issued, or ended, as soon as the scheduled action runs.
            self.env["expo.participation"].sudo()._trigger_sync()
        return res

    @api.private
    def _expo_report_due_on(self, day):
        """Return when a report issued on ``day`` is due: after the company's days, on a working day of ours."""
        self.ensure_one()
        due_on, calendar = fields.Date.add(day, days=self.expo_report_days), self._expo_calendar()
        return next_working_day(due_on, calendar.is_working)
