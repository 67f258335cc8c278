from collections import defaultdict

import pytz

from odoo import api, models

from ...tools.working_time import USUAL_WEEK, WorkingTime


class ResCompany(models.Model):
    """Our working hours, for how long customers wait for a first answer."""

    _inherit = "res.company"

    @api.private
    def _expo_working_hours(self, begin, end):
        """Return the working hours between two UTC moments by the company's clock, its days off left out.

        Of a schedule of two weeks, the first one holds.
        """
        return self._expo_working_time().between(begin, end)

    @api.private
    def _expo_working_time(self):
        """Return when we work, for :mod:`..tools.working_time`; the usual hours where the schedule says none."""
        self.ensure_one()
        week = {day: spans for day, spans in self._expo_weekly_hours().items() if any(b > a for a, b in spans)}
        return WorkingTime(pytz.timezone(self._expo_tz()), week or USUAL_WEEK, self._expo_calendar())

    def _expo_weekly_hours(self):
        """Return ``{weekday: spans of hours}`` of the company's schedule, lunch left out."""
        # As with the calendar: no secret, yet not every salesperson may read schedules.
        attendances = self.sudo().resource_calendar_id.attendance_ids
        spans = defaultdict(list)
        for row in attendances.filtered(lambda row: row.day_period != "lunch" and row.week_type != "1"):
            spans[int(row.dayofweek)].append((row.hour_from, row.hour_to))
        return {day: tuple(sorted(hours)) for day, hours in spans.items()}
