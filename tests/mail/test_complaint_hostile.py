"""Mails built to break the desk, and the ways round the register."""

from unittest.mock import patch

from odoo.addons.expo_followup.models.mail.mail_delivery import MailDelivery
from odoo.tests import tagged

from tests.common_intake import IntakeCase, write
from tests.mail.hostile import PEOPLE_LIKE_MACHINES, hostile


@tagged("post_install", "-at_install")
class TestComplaintHostile(IntakeCase):
    def test_every_hostile_mail_is_one_row_with_one_verdict(self):
        self.startPatcher(patch.object(MailDelivery, "_is_flood", return_value=False))
        received, wrong = 0, []
        for name, raw, expected in hostile():
            rows = self._receive(raw)
            received += 1
            self.assertEqual(len(rows), 1, name)
            if rows.state != expected:
                wrong.append((name, rows.state, expected, rows.reason))
            self.assertEqual(rows._get_source(), raw, name)
        self.assertEqual(self.mails.search_count([]), received)
        self.assertGreaterEqual(received, 60)
        self.assertFalse(wrong, "\n".join(map(str, wrong)))

    def test_mail_of_a_person_named_like_a_machine_becomes_a_complaint(self):
        for number, sender in enumerate(PEOPLE_LIKE_MACHINES):
            with self.subTest(sender):
                self.assertEqual(self._receive_one(write(sender, Message_ID=f"<person{number}@x>")).state, "ticket")
