"""A complaint that turns out to be serious is answered sooner."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from tests.common_complaint import ComplaintCase

#: A Monday in Berlin, 9:00 there; the company works 8 to 12 and 13 to 17, and acknowledges within 8 hours.
MONDAY = datetime(2026, 4, 20, 7)


@tagged("post_install", "-at_install")
class TestHasten(ComplaintCase):
    def _at(self, hours):
        """Be so many hours of the clock after Monday morning."""
        return freeze_time(MONDAY + timedelta(hours=hours))

    def _marked_at(self, hours):
        """A complaint of Monday morning that was found to be serious so many hours later."""
        with self._at(0):
            complaint = self._complain(user_id=self.seller.id)
        with self._at(hours):
            complaint.severity = "serious"
        return complaint

    def test_it_has_half_of_the_time_that_is_left(self):
        complaint = self._marked_at(2)
        clock = complaint.clock_ids
        self.assertEqual((clock.limit_hours, clock.due_at), (5, MONDAY + timedelta(hours=6)))
        self.assertIn("hastened", complaint.event_ids.mapped("kind"))

    def test_marking_it_to_and_fro_wins_no_time_and_loses_none_twice(self):
        complaint = self._marked_at(2)
        with self._at(3):
            complaint.severity = "normal"
            self.assertEqual(complaint.clock_ids.limit_hours, 5)
            complaint.severity = "serious"
        self.assertEqual(complaint.clock_ids.limit_hours, 5)

    def test_what_begins_later_has_half_the_time(self):
        complaint = self._marked_at(2)
        with self._at(4):
            complaint.action_acknowledge_by_phone()
        evaluate = complaint.clock_ids.filtered(lambda clock: clock.kind == "evaluate")
        self.assertEqual(evaluate.limit_hours * 2, self.env.company.expo_complaint_hours_evaluate)
        self.assertFalse(complaint.is_breached)

    def test_priority_change_causes_no_immediate_breach(self):
        complaint = self._marked_at(8)
        self.assertEqual(complaint.clock_ids.limit_hours, 7.5)
        with self._at(8):
            self._run_cron("escalate")
        self.assertFalse(complaint.is_breached)
        with self._at(24):
            self._run_cron("escalate")
        self.assertTrue(complaint.is_breached)
