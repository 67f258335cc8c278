"""A user in the browser: looking a scanned contact through and entering it."""

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


@tagged("post_install", "-at_install")
class TestTourCapture(ExpoTourCase):
    def test_a_salesperson_corrects_a_scanned_contact_and_enters_it(self):
        self._make_partner("Maria Rossi", email="maria@acme.example")
        now = self.env.cr.now().isoformat()
        scan = {
            "client_key": "key-tour-0001",
            "exhibition_id": self.show.id,
            "channel": "scan",
            "raw_text": "MECARD:N:Rossi,Marya;;",
            "name": "Marya Rossi",
            "device_time": now,
            "sent_time": now,
        }
        [answer] = self.env["expo.capture"].with_user(self.seller)._store_payloads([scan])
        self._start_tour("/odoo/expo-contacts", "expo_capture_enter", "expo_seller")
        capture = self.env["expo.capture"].browse(answer["id"])
        self.assertEqual((capture.state, capture.result), ("entered", "updated"))
