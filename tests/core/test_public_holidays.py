"""Our own public holidays: taken into the working schedule of the company, once, and missed where there are none."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.addons.expo_followup.tools.workdays import country_calendar
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestPublicHolidays(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.calendar = cls.company.resource_calendar_id
        cls.admin = new_test_user(cls.env, "expo_admin", "base.group_system,sales_team.group_sale_manager")

    def _add(self, year="2026"):
        settings = self.env["res.config.settings"].with_user(self.admin).create({"expo_holiday_year": year})
        return settings.action_add_holidays()["params"]["message"]

    def _leaves(self):
        return self.env["resource.calendar.leaves"].search([("calendar_id", "=", self.calendar.id)])

    def test_the_year_of_each_country_becomes_that_of_the_schedule(self):
        for code, zone in (("de", "Europe/Berlin"), ("us", "America/New_York"), ("cn", "Asia/Shanghai")):
            with self.subTest(country=code):
                self._leaves().unlink()
                self.company.country_id = self.env.ref(f"base.{code}")
                self.calendar.tz = zone
                self._add()
                ours, theirs = self.company._expo_calendar(), country_calendar(code)
                days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
                self.assertEqual([d for d in days if ours.is_working(d)], [d for d in days if theirs.is_working(d)])
                self.assertEqual(set(self._leaves().company_id), set(self.company))

    def test_make_up_days_of_china_are_worked_and_the_bridge_days_are_off(self):
        self.company.country_id = self.env.ref("base.cn")
        self.calendar.tz = "Asia/Shanghai"
        self._add()
        working = self.company._expo_calendar().is_working
        self.assertEqual([working(date(2026, 10, day)) for day in (1, 7, 8, 10, 11)], [False, False, True, True, False])
        saturday = self._leaves().filtered(lambda row: row.time_type == "other" and str(row.date_from) > "2026-10")
        self.assertEqual(str(saturday.date_from), "2026-10-09 16:00:00")

    def test_adding_twice_adds_nothing_and_keeps_what_a_user_entered(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Christmas party", "calendar_id": self.calendar.id,
                "date_from": "2026-12-24 23:00:00", "date_to": "2026-12-25 22:59:59",
            }
        )  # fmt: skip
        self.assertIn("added: 8", self._add())
        before = self._leaves()
        self.assertIn("already has the public holidays of 2026", self._add())
        self.assertEqual(self._leaves(), before)
        self.assertEqual(
            before.filtered(lambda row: row.date_from.date() == date(2026, 12, 24)).name, "Christmas party"
        )

    def test_a_company_of_an_unknown_country_is_told_what_to_do(self):
        self.company.country_id = False
        with self.assertRaisesRegex(UserError, "Set the country of the company"):
            self._add()

    def test_missing_holidays_are_named_in_the_settings_and_before_closing(self):
        self._make_participation()
        settings = self.env["res.config.settings"].with_user(self.admin)
        with Form(settings) as form:
            self.assertIn("no public holidays in 2026, 2027", form.expo_holiday_warning)
            self.assertEqual(form.expo_holiday_year, "2026")
        wizards = self.env["expo.close.show"].with_user(self.manager)
        action = self.show.with_user(self.manager).action_close()
        self.assertIn("no public holidays in 2026, 2027", wizards.browse(action["res_id"]).holiday_warning)
        self._add("2026")
        with Form(settings) as form:
            self.assertIn("no public holidays in 2027", form.expo_holiday_warning)
            self.assertEqual(form.expo_holiday_year, "2027")
        self._add("2027")
        action = self.show.with_user(self.manager).action_close()
        self.assertFalse(wizards.browse(action["res_id"]).holiday_warning)

    def test_new_holidays_move_what_is_planned(self):
        self.show.write({"date_begin": "2026-04-27", "date_end": "2026-04-30"})
        customer = self._make_participation("Briton", tier="intent", country="uk")
        with freeze_time("2026-04-30 16:00:00"):
            self.show.with_user(self.manager).close_show()
            call = self._step_of(customer, "first_call")
            self.assertEqual(call.window_start, date(2026, 5, 1))
            self._add()
            self._run_cron("sync")
            self.assertEqual(call.window_start, date(2026, 5, 5))
