from collections import defaultdict
from datetime import datetime, timedelta

import pytz

from odoo import models

from ...tools.working_time import USUAL_WEEK, WorkingTime
from ...tools.zones import get_zone

#: A Monday of the first week of a schedule of two weeks.
FIRST_MONDAY = datetime(2024, 1, 8, tzinfo=pytz.utc)
WEEK = timedelta(days=7)


class ResourceCalendar(models.Model):
    """Other working hours: follow-ups fall on other days, and the answers to complaints are due at other moments."""

    _inherit = "resource.calendar"

    def write(self, vals):
        res = super().write(vals)
        # The user who keeps the calendar need not see all companies.
        companies = self.env["res.company"].sudo().search([("resource_calendar_id", "in", self.ids)])
        companies._expo_request_calendar()
        return res

    def _expo_fortnight(self):
        """Return the spans of working hours of two weeks, ``{0 to 13: ((from, to), ...)}``, Monday first.

        A schedule of one week gives one. A flexible one names no days, and neither does a company without any: empty.
        """
        if not self or self.flexible_hours:
            return {}
        weeks = 2 if self.two_weeks_calendar else 1
        intervals = self._attendance_intervals_batch(FIRST_MONDAY, FIRST_MONDAY + weeks * WEEK, tz=pytz.utc)[False]
        spans = defaultdict(list, {day: [] for day in range(7 * weeks)})
        for begin, end, _attendance in intervals:
            midnight = begin.replace(hour=0, minute=0)
            hours = [round((moment - midnight).total_seconds() / 3600, 4) for moment in (begin, end)]
            spans[(begin - FIRST_MONDAY).days].append(tuple(hours))
        return {day: tuple(hours) for day, hours in spans.items()}

    def _expo_working_time(self, zone, calendar, fortnight=None):
        """Return when people of this schedule work; the usual hours where it says none.

        :param zone: the name of their time zone
        :param calendar: their days off, a :class:`..tools.workdays.CompanyCalendar`
        :param fortnight: their working hours, where they have been read already
        """
        hours = self._expo_fortnight() if fortnight is None else fortnight
        return WorkingTime(get_zone(zone), hours if any(hours.values()) else USUAL_WEEK, calendar)
