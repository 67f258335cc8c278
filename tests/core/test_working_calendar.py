"""Our working days and hours, as the schedule of the company says them."""

from datetime import date, datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from tests.common import ExpoCase

OFFICE = [("morning", 8, 12), ("lunch", 12, 13), ("afternoon", 13, 17)]


@tagged("post_install", "-at_install")
class TestWorkingCalendar(ExpoCase):
    def _set_hours(self, rows, two_weeks=False):
        """Give the company a schedule of rows ``(weekday, period, from, to[, week])``."""
        self.calendar = self.env.company.resource_calendar_id
        self.calendar.write(
            {
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": period,
                                "dayofweek": str(day),
                                "day_period": period,
                                "hour_from": begin,
                                "hour_to": end,
                                "week_type": str(week[0]) if week else False,
                            }
                        )
                        for day, period, begin, end, *week in rows
                    ),
                ],
            }
        )

    def _working(self, first, count):
        calendar = self.env.company.with_user(self.seller)._expo_calendar()
        return {day for day in (first + timedelta(days=n) for n in range(count)) if calendar.is_working(day)}

    def _working_in_core(self, first, count):
        zone = pytz.timezone(self.calendar.tz)
        begin = zone.localize(datetime.combine(first, datetime.min.time()))
        intervals = self.calendar._work_intervals_batch(begin, begin + timedelta(days=count))[False]
        return {start.date() for start, _end, _row in intervals}

    def test_schedules_of_one_and_two_weeks_agree_with_core_for_two_years(self):
        five = [(day, *span) for day in range(5) for span in OFFICE]
        fortnight = [(*row, week) for row in five for week in (0, 1)]
        for rows, two_weeks in (
            (five, False),
            ([*five, (5, "morning", 9, 12)], False),
            ([*fortnight, (5, "morning", 9, 12, 1)], True),
            ([row for row in fortnight if (row[0], row[-1]) != (4, 0)], True),
        ):
            with self.subTest(rows=len(rows)):
                self._set_hours(rows, two_weeks)
                first = date(2026, 1, 5)
                self.assertEqual(self._working(first, 730), self._working_in_core(first, 730))

    def test_a_night_shift_that_ends_on_saturday_makes_no_saturday(self):
        nights = [(day, "afternoon", 22, 24) for day in range(5)] + [(day, "morning", 0, 6) for day in range(1, 6)]
        self._set_hours(nights)
        monday = date(2026, 11, 2)
        self.assertEqual(self._working(monday, 7), {monday + timedelta(days=n) for n in range(5)})

    def test_a_flexible_schedule_and_none_mean_monday_to_friday(self):
        monday = date(2026, 11, 2)
        usual = {monday + timedelta(days=n) for n in range(5)}
        self._set_hours([(5, "morning", 9, 12)])
        self.calendar.schedule_type = "flexible"
        self.assertEqual(self._working(monday, 7), usual)
        self.env.company.resource_calendar_id = False
        self.assertEqual(self._working(monday, 7), usual)
        self.assertEqual(self.env.company._expo_working_hours(datetime(2026, 11, 2), datetime(2026, 11, 3)), 8)

    def test_hours_of_both_weeks_count(self):
        five = [(*row, week) for row in [(day, *span) for day in range(5) for span in OFFICE] for week in (0, 1)]
        self._set_hours([*five, (5, "morning", 9, 12, 1)], two_weeks=True)
        # Saturday 7 November 2026 lies in the second week, the 14th in the first.
        for day, hours in ((7, 3), (14, 0)):
            begin = datetime(2026, 11, day, 2)
            self.assertEqual(self.env.company._expo_working_hours(begin, begin + timedelta(hours=20)), hours)

    def test_time_off_of_type_other_is_a_working_day(self):
        self._set_hours([(day, *span) for day in range(5) for span in OFFICE])
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Make-up day", "calendar_id": self.calendar.id, "time_type": "other",
                "date_from": "2026-11-06 23:00:00", "date_to": "2026-11-07 22:59:59",
            }
        )  # fmt: skip
        saturday = date(2026, 11, 7)
        self.assertEqual(self._working(saturday, 2), {saturday})
        self.assertEqual(self.env.company._expo_working_hours(datetime(2026, 11, 7), datetime(2026, 11, 8)), 8)

    def test_day_off_of_another_company_is_a_working_day_of_ours(self):
        self._set_hours([(day, *span) for day in range(5) for span in OFFICE])
        other = self.env["res.company"].create({"name": "Another Exporter"})
        monday = date(2026, 11, 2)
        for company, days in ((other, {monday, date(2026, 11, 3)}), (self.env.company, {date(2026, 11, 3)})):
            self.env["resource.calendar.leaves"].with_company(company).create(
                {
                    "name": "Works holiday", "calendar_id": False,
                    "date_from": "2026-11-01 23:00:00", "date_to": "2026-11-02 22:59:59",
                }
            )  # fmt: skip
            self.assertEqual(self._working(monday, 2), days)

    def test_the_calendar_takes_the_same_few_queries_however_long_it_is(self):
        self._set_hours([(day, *span) for day in range(5) for span in OFFICE])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self._working(date(2026, 1, 1), 3000)

    @freeze_time("2026-04-20 12:00:00")
    def test_another_schedule_moves_what_is_planned(self):
        customer = self._make_participation("Italian", tier="intent")
        self.show.with_user(self.manager).close_show()
        call = self._step_of(customer, "first_call")
        self.assertEqual(call.window_start, date(2026, 4, 21))
        self._set_hours([(day, *span) for day in (0, 2, 3, 4) for span in OFFICE])
        self._run_cron("sync")
        self.assertEqual(call.window_start, date(2026, 4, 22))
