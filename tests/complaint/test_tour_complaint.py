"""A user in the browser: a complaint is recorded, refused its step while the customer is not told, and closed."""

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
