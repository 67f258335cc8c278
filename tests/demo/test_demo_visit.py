"""The visits of the demo: one in every state that asks for an action."""

from odoo.tests import TransactionCase


class TestDemoVisit(TransactionCase):
    def test_there_is_a_visit_to_plan_approve_hold_review_send_and_one_that_is_complete(self):
        visits = self.env["expo.visit"].search([])
        self.assertEqual(
            set(visits.mapped("state")),
            {"draft", "submitted", "sent_back", "approved", "held", "minutes", "reviewed", "confirmed"},
        )
        self.assertTrue(visits.filtered("event_id"))
        held = visits.filtered(lambda visit: visit.state == "held")
        self.assertLess(held.minutes_due_on, held.company_id._expo_today(), "its minutes are late")
        for visit in visits:
            with self.subTest(visit=visit.display_name):
                self.assertNotEqual(visit.approved_by_id, visit.user_id)
                self.assertTrue(visit.person_ids)
