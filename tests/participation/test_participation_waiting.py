"""New customers who are not contacted: amber after a week, red after two, anew with a new salesperson."""

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common import SHOW_END, ExpoCase

ASSIGNED = date(2026, 4, 17)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-17 08:00:00")
class TestWaiting(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.web = cls._make_participation("Wei Web", source="web")
        cls.met = cls._make_participation("Maria Met")

    def _states_on(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self._run_cron("escalate")
        return (self.web.response_state, self.met.response_state)

    def test_a_lead_of_marketing_waits_from_assignment_on_and_a_customer_met_from_the_end_of_the_show(self):
        self.show.close_show()
        expected = {
            ASSIGNED + timedelta(days=7): ("waiting", "waiting"),
            ASSIGNED + timedelta(days=8): ("amber", "waiting"),
            SHOW_END + timedelta(days=8): ("amber", "amber"),
            ASSIGNED + timedelta(days=15): ("red", "amber"),
            SHOW_END + timedelta(days=15): ("red", "red"),
        }
        self.assertEqual({day: self._states_on(day) for day in expected}, expected)

    def test_before_the_show_is_over_only_leads_of_marketing_wait(self):
        self.assertEqual(self._states_on(ASSIGNED + timedelta(days=20)), ("red", "waiting"))

    def test_waiting_ends_with_the_show(self):
        self.show.close_show()
        self.show.action_done()
        self.assertEqual(self._states_on(ASSIGNED + timedelta(days=40)), ("waiting", "waiting"))

    def test_a_new_owner_gets_the_full_time(self):
        late = ASSIGNED + timedelta(days=15)
        self.assertEqual(self._states_on(late)[0], "red")
        with freeze_time(f"{late} 12:00:00"):
            self.assertEqual(self.web.waiting_days, 15)
            self.web.with_user(self.manager).set_owner(self.colleague, "Not contacted")
            self.assertEqual((self.web.response_state, self.web.waiting_days), ("waiting", 0))
        # The seventh day is a Saturday: Monday is still in time.
        self.assertEqual(self._states_on(late + timedelta(days=9))[0], "waiting")
        self.assertEqual(self._states_on(late + timedelta(days=10))[0], "amber")

    def test_waiting_time_cannot_be_restarted_by_hand(self):
        with self.assertRaises(AccessError):
            self.web.with_user(self.seller).assigned_on = ASSIGNED + timedelta(days=30)

    def test_a_second_run_finds_nothing_to_do(self):
        with freeze_time("2026-04-30 12:00:00"):
            domain = self.env["expo.participation"]._get_escalation_domain()
            self.assertIn(self.web, self.env["expo.participation"].search(domain))
            self._run_cron("escalate")
            domain = self.env["expo.participation"]._get_escalation_domain()
            self.assertFalse(self.env["expo.participation"].search(domain))

    def test_failing_customer_does_not_block_the_others(self):
        self.show.close_show()
        model = type(self.env["expo.participation"])
        since = model._get_waiting_since

        def fail_for_web(customer):
            if customer == self.web:
                raise ValueError("No such day")
            return since(customer)

        with patch.object(model, "_get_waiting_since", fail_for_web), mute_logger("odoo.addons.expo_followup"):
            self.assertEqual(self._states_on(SHOW_END + timedelta(days=8)), ("waiting", "amber"))
        self.assertEqual((self.web.failure_count, self.web.failure_reason), (1, "No such day"))

    def test_a_changed_setting_colours_at_once(self):
        self.assertEqual(self._states_on(ASSIGNED + timedelta(days=8))[0], "amber")
        with freeze_time(ASSIGNED + timedelta(days=8)):
            self.env.company.expo_amber_days = 10
            self.assertEqual(self.web.response_state, "waiting")
