"""A user in the browser: a complaint is recorded, refused its step while the customer is not told, and closed."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase

MINE = "/odoo/action-expo_followup.action_complaint"
ALL = "/odoo/action-expo_followup.action_complaint_all"


class ComplaintTourCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("expo_followup.complaint_team").member_ids = cls.seller
        cls.maria = cls._make_partner("Maria Rossi")
        cls._make_participation(partner=cls.maria, user=cls.seller)

    def _taken(self):
        return self.env["expo.complaint"].search([("partner_id", "=", self.maria.id)])


@tagged("post_install", "-at_install")
class TestTourComplaint(ComplaintTourCase):
    def test_a_small_complaint_by_phone_from_the_first_word_to_the_last(self):
        self._start_tour(MINE, "expo_followup_complaint_desk", "expo_seller")

        complaint = self._taken()
        self.assertEqual((complaint.state, complaint.user_id, complaint.severity), ("closed", self.seller, "low"))
        self.assertTrue(complaint.acknowledged_on)
        kinds = complaint.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds[:2], ["received", "acknowledged"])
        self.assertEqual(kinds[-1], "closed")


@tagged("post_install", "-at_install")
class TestTourComplaintPhone(ComplaintTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_complaint_is_taken_down_on_the_phone_while_the_customer_calls(self):
        self.maria.phone = "+39 02 1234 5678"
        self.env.flush_all()

        self._start_tour(ALL, "expo_followup_complaint_phone", "expo_seller")

        complaint = self._taken()
        self.assertEqual((complaint.subject, complaint.channel, complaint.state), ("Cracked glaze", "phone", "new"))
        self.assertTrue(complaint.acknowledged_on)
        self.assertFalse(complaint.restated_on)


class ComplaintClicksCase(ComplaintTourCase):
    def _answer(self):
        self.maria.email = "maria@customer.example"
        complaints = self.env["expo.complaint"].with_user(self.seller)
        complaint = complaints.create(
            {
                "subject": "Cracked glaze",
                "partner_id": self.maria.id,
                "received_at": fields.Datetime.now() - timedelta(days=9),
            }
        )
        self.env.flush_all()
        self._start_tour("/odoo/action-expo_followup.action_today", "expo_complaint_answer", "expo_seller")
        self.assertTrue(complaint.acknowledged_on)

    def _make_remedy(self):
        """Return a remedy beyond its author's authority."""
        complaint = self.env["expo.complaint"].create({"subject": "Cracked glaze", "partner_id": self.maria.id})
        complaint.user_id = self.seller
        remedy = self.env["expo.complaint.remedy"].with_user(self.seller)
        remedy = remedy.create({"complaint_id": complaint.id, "kind": "credit", "amount": 90_000})
        remedy.action_submit()
        self.env.flush_all()
        return remedy

    def _approve(self):
        remedy = self._make_remedy()
        self._start_tour("/odoo/action-expo_followup.action_today", "expo_complaint_approve", "expo_manager")
        self.assertEqual((remedy.state, remedy.approved_by_id), ("approved", self.manager))

    def _approve_from_activity(self):
        remedy = self._make_remedy()
        path = f"/odoo/expo.complaint/{remedy.complaint_id.id}"
        self._start_tour(path, "expo_complaint_approve_activity", "expo_manager")
        self.assertEqual((remedy.state, remedy.approved_by_id), ("approved", self.manager))


@tagged("post_install", "-at_install")
class TestTourComplaintClicks(ComplaintClicksCase):
    def test_complaint_is_answered_with_at_most_three_clicks(self):
        self._answer()

    def test_remedy_is_approved_with_its_facts_in_two_clicks(self):
        self._approve()

    def test_remedy_is_approved_from_its_activity_in_two_clicks(self):
        self._approve_from_activity()


@tagged("post_install", "-at_install")
class TestTourComplaintClicksOnThePhone(ComplaintClicksCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_complaint_is_answered_with_at_most_three_clicks_on_the_phone(self):
        self._answer()

    def test_remedy_is_approved_with_its_facts_in_two_clicks_on_the_phone(self):
        self._approve()

    def test_remedy_is_approved_from_its_activity_in_two_clicks_on_the_phone(self):
        self._approve_from_activity()
