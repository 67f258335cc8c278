"""Ms Iyer shows her card to two of us. One of them serves her, and she gets one letter."""

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import SHOW_END, ExpoCase

CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ananya Iyer\r\nORG:Chai House Ltd\r\nEMAIL:ananya@chaihouse.example\r\nEND:VCARD"
)


@tagged("post_install", "-at_install")
class TestFromTheBoothToTheLetter(ExpoCase):
    def _scan(self, user, key, moment, **values):
        payload = {
            "client_key": key,
            "exhibition_id": self.show.id,
            "channel": "scan",
            "raw_text": CARD,
            "country_code": "IN",
            "tier_code": "intent",
            "device_time": f"{moment}Z",
            **values,
        }
        with freeze_time(moment.replace("T", " ")):
            [answer] = self.env["expo.capture"].with_user(user)._store_payloads([payload])
        self.assertEqual(answer["status"], "stored")
        return self.env["expo.capture"].browse(answer["id"])

    def test_one_customer_of_two_colleagues(self):
        # Anna scans the card on Friday morning; her phone has no network and keeps it.
        morning = {"device_time": "2026-04-17T08:05:00Z", "sent_time": "2026-04-17T16:00:00Z", "note": "Tea sets"}
        # Ben meets Ms Iyer at noon; the scan arrives at once and is qualified.
        noon = self._scan(self.colleague, "key-ben-00001", "2026-04-17T10:00:00", note="Asks for the price list")
        with freeze_time("2026-04-17 10:05:00"):
            noon.with_user(self.colleague).action_enter()
        entry = noon.participation_id
        self.assertEqual(entry.user_id, self.colleague)

        # In the evening Anna's phone has network again: she was first, so the customer is hers.
        early = self._scan(self.seller, "key-anna-0001", "2026-04-17T16:00:00", **morning)
        with freeze_time("2026-04-17 16:01:00"):
            early.with_user(self.seller).action_enter()
        self.assertEqual(early.participation_id, entry)
        self.assertEqual((entry.user_id, entry.co_recorder_ids), (self.seller, self.colleague))
        self.assertIn("First record", entry.owner_change_ids.sorted("id")[-1].reason)
        self.assertIn("Tea sets", entry.conversation)
        self.assertIn("Asks for the price list", entry.conversation)
        self.assertFalse(entry.with_user(self.colleague).has_access("read"))

        # The manager approves what was entered in time, and closes the show: one customer, one letter.
        (early | noon).with_user(self.manager).action_approve()
        self.assertFalse((early | noon).filtered("is_late"))
        with freeze_time(f"{SHOW_END} 18:00:00"):
            self.show.with_user(self.manager).close_show()
        self.assertEqual(len(entry.partner_id.with_context(active_test=False).expo_participation_ids), 1)
        letter = self._step_of(entry, "thank_you")
        self.assertEqual((len(letter), letter.mail_state), (1, "outgoing"))
        self.assertEqual(letter.mail_mail_id.recipient_ids | entry.partner_id, entry.partner_id)

        # Mr Rao's card was found in a coat on Thursday: qualified late, shown as late, and the letter is sent too.
        with freeze_time("2026-04-23 09:00:00"):
            found = (
                self.env["expo.capture"]
                .with_user(self.seller)
                .create({"exhibition_id": self.show.id, "name": "Vikram Rao", "email": "vikram@rao.example"})
            )
            found.action_enter()
        self.assertEqual(len(self._step_of(found.participation_id, "thank_you")), 1)
