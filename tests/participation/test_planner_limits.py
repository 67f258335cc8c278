"""What the database and the planner refuse to do twice or too often, and days at the edges of time zones."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.addons.expo_followup.models.participation.planner import Planner, SharedFacts
from odoo.addons.expo_followup.models.participation.touches import Person
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 08:00:00")
class TestPlannerLimits(ExpoCase):
    def _close(self):
        self.show.with_user(self.manager).close_show()

    def _refuse(self, values):
        followups = self.env["expo.followup"]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            followups.create(values)
            followups.flush_model()

    def test_database_refuses_a_second_row_of_a_step_a_cadence_or_an_occasion(self):
        customer = self._make_participation(tier="intent")
        self._close()
        row = {"participation_id": customer.id, "partner_id": customer.partner_id.id}
        call = self._step_of(customer, "first_call")
        self._refuse({**row, "step_id": call.step_id.id, "round": call.round, "origin": "plan"})
        self.env["expo.followup"].create({**row, "step_id": call.step_id.id, "round": 2, "origin": "plan"})
        customer.followup_ids.filtered(lambda one: one.origin in ("memory", "cadence")).unlink()
        for origin in ("memory", "cadence"):
            with self.subTest(origin=origin):
                first = self.env["expo.followup"].create({**row, "origin": origin, "gap_days": 3})
                self._refuse({**row, "origin": "memory", "gap_days": 7})
                first.unlink()
        self.env["expo.followup"].create({**row, "origin": "greeting", "occasion_key": "birthday:1"})
        self._refuse({**row, "origin": "greeting", "occasion_key": "birthday:1"})

    def _log(self, customer, moment):
        with freeze_time(moment):
            followup = self.env["expo.followup"]._create_manual(customer, summary="Call")
            followup.record_outcome("Talked", "positive")

    def _get_cadence(self, customer):
        return customer.followup_ids.filtered(
            lambda one: one.origin in ("memory", "cadence") and one.state == "planned"
        )

    def test_cadence_counts_from_the_day_at_the_exhibition_on_both_sides_of_midnight(self):
        there = self._make_show(name="Auckland", code="AK", tz="Pacific/Auckland", date_end=date(2026, 4, 17))
        self.env.company.expo_touch_limit = 0
        evening, night = (self._make_participation(name, show=there, tier="none", country="nz") for name in ("E", "N"))
        for customer in (evening, night):
            customer.tier_id = self.tiers["intent"]
        there.with_user(self.manager).close_show()
        (evening | night).followup_ids.filtered(lambda one: one.state in ("planned", "due")).action_skip()
        # 23:00 on Monday and 01:00 on Tuesday in Auckland.
        self._log(evening, "2026-06-08 11:00:00")
        self._log(night, "2026-06-08 13:00:00")
        with freeze_time("2026-06-08 14:00:00"):
            (evening | night)._sync_followups()
        days = [self._get_cadence(customer).window_start for customer in (evening, night)]
        self.assertEqual((days[1] - days[0]).days, 1, days)

    def test_step_counted_from_the_capture_uses_the_day_at_the_exhibition(self):
        there = self._make_show(name="Auckland", code="AK", tz="Pacific/Auckland", date_end=date(2026, 6, 12))
        self.steps["look_up"].write({"expo_anchor": "captured", "delay_count": 9, "expo_window_days": 2})
        with freeze_time("2026-06-08 11:00:00"):
            evening = self._make_participation("E", show=there, tier="none", country="nz")
        with freeze_time("2026-06-08 13:00:00"):
            night = self._make_participation("N", show=there, tier="none", country="nz")
        with freeze_time("2026-06-13 08:00:00"):
            there.with_user(self.manager).close_show()
        days = [self._step_of(customer, "look_up").deadline for customer in (evening, night)]
        self.assertEqual((days[1] - days[0]).days, 1, days)

    def test_cadence_step_that_is_one_too_many_in_a_week_is_postponed(self):
        customer = self._make_participation(tier="intent")
        self._close()
        customer.followup_ids.filtered(lambda one: one.state in ("planned", "due")).action_skip()
        for limit, day in ((2, "2026-06-11"), (1, "2026-06-15")):
            with self.subTest(limit=limit):
                self.env.company.expo_touch_limit = limit
                if limit == 2:
                    self._log(customer, "2026-06-08 08:00:00")
                self._get_cadence(customer).unlink()
                with freeze_time("2026-06-08 09:00:00"):
                    customer._sync_followups()
                step = self._get_cadence(customer)
                self.assertEqual(str(step.window_start), day)
                self.assertEqual(step.flag == "crowded", limit == 1)

    def test_new_steps_of_two_contacts_of_one_company_both_count_in_the_company(self):
        company = self._make_partner("Rossi Srl", is_company=True)
        one, two = (
            self._make_participation(partner=self._make_partner(name, parent_id=company.id), tier="intent")
            for name in ("Maria", "Paolo")
        )
        planner = Planner(one | two, SharedFacts(self.env, as_closed=self.show))
        planner.plan()
        planned = [values["window_start"] for values in planner.changes.create if values["state"] == "planned"]
        self.assertGreaterEqual(len(planned), 6)
        self.assertCountEqual([touch.day for touch in planner.touches.get_company_touches(Person.of(one))], planned)
