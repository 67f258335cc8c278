"""Mails to the complaint desk: each becomes exactly one thing, and none is lost."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_intake import IntakeCase, write


@tagged("post_install", "-at_install")
class TestComplaintIntake(IntakeCase):
    def test_a_mail_becomes_a_complaint_in_the_customers_words(self):
        mail = self._receive_one(
            sender='"Maria Rossi" <Maria.Rossi@customer.example>', Cc="Paolo <paolo@customer.example>",
            body="Ten bowls are broken.\r\nPlease help.",
        )  # fmt: skip
        complaint = mail.complaint_id
        self.assertEqual(mail.state, "ticket")
        self.assertEqual(complaint.subject, "Broken bowls")
        self.assertEqual(complaint.story, "Ten bowls are broken.\nPlease help.")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual((complaint.channel, complaint.team_id, complaint.from_mail), ("email", self.team, True))
        self.assertIn("paolo@customer.example", complaint.email_cc)
        self.assertRegex(complaint.name, r"^C\d{4}-\d{5}$")
        self.assertIn("Please help", complaint.message_ids[-1:].body)

    def test_the_mail_as_it_came_is_kept(self):
        raw = write(Message_ID="<kept@x>", Received="by mx; Thu, 16 Apr 2020 08:00:00 +0000")
        mail = self._receive_one(raw)
        self.assertEqual(mail._get_source(), raw)
        with self.assertRaises(AccessError):
            mail.with_user(self.manager).write({"state": "robot"})

    def test_a_reply_is_a_message_and_ends_the_pause(self):
        complaint = self._receive_one().complaint_id
        sent = complaint.message_post(body="Could you send photos?", subtype_xmlid="mail.mt_comment")
        complaint._set_waiting(True)
        mail = self._receive_one(subject="Re: Broken bowls", In_Reply_To=sent.message_id, body="Here they are.")
        self.assertEqual((mail.state, mail.complaint_id), ("message", complaint))
        self.assertFalse(complaint.is_waiting)
        self.assertIn("Here they are", complaint.message_ids[:1].body)
