from collections import defaultdict

import pytz

from odoo import api, models

from ..tools.response import working_hours


class ResCompany(models.Model):
    """Our working hours, for how long customers wait for a first answer."""

    _inherit = "res.company"

    @api.private
    def _expo_working_hours(self, begin, end):
        """Return the working hours between two UTC moments by the company's clock, its days off left out.

        Of a schedule of two weeks, the first one holds.
        """
        self.ensure_one()
        zone = pytz.timezone(self._expo_tz())
        local = [pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None) for moment in (begin, end)]
        return working_hours(*local, self._expo_weekly_hours(), self._expo_calendar())

    def _expo_weekly_hours(self):
        """Return ``{weekday: spans of hours}`` of the company's schedule, lunch left out."""
        # As with the calendar: no secret, yet not every salesperson may read schedules.
        attendances = self.sudo().resource_calendar_id.attendance_ids
        spans = defaultdict(list)
        for row in attendances.filtered(lambda row: row.day_period != "lunch" and row.week_type != "1"):
            spans[int(row.dayofweek)].append((row.hour_from, row.hour_to))
        return {day: tuple(sorted(hours)) for day, hours in spans.items()}
