"""A customer in the browser, on the phone: complaining, accepting by the link of our letter, rating."""

from odoo.tests import tagged

from tests.complaint.common_portal import PortalCase


@tagged("post_install", "-at_install")
class TestTourComplaintPortal(PortalCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_customer_complains_on_the_phone(self):
        self.start_tour("/my/complaints", "expo_complaint_portal", login="maria")

        complaint = self.env["expo.complaint"].search([("subject", "=", "Lids do not fit")])
        self.assertEqual((complaint.channel, complaint.partner_id), ("portal", self.maria))
        self.assertIn("Photos follow", str(complaint.message_ids.mapped("body")))

    def test_customer_accepts_and_rates_by_the_link_of_a_letter(self):
        offered, done = self._offered(), self._carried_out()

        self.start_tour(self._link(offered), "expo_complaint_portal_accept")
        self.start_tour(self._link(done), "expo_complaint_portal_rate")

        self.assertEqual((offered.accepted_by, offered.accepted_how), ("Maria Rossi", "portal"))
        self.assertEqual((done.state, done.rating_last_value), ("closed", 5))
