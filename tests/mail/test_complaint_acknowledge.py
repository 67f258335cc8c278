"""The acknowledgement: at once, once an hour, and never to a machine."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import tagged

from tests.common_intake import DESK, IntakeCase, write


@tagged("post_install", "-at_install")
class TestComplaintAcknowledge(IntakeCase, MockEmail):
    def _acknowledged(self, mail):
        with self.mock_mail_gateway():
            self._run_intake()
        return mail.ack_state

    def test_a_complaint_by_mail_is_acknowledged_by_a_machine_that_says_so(self):
        mail = self._receive_one()
        self.assertEqual(self._acknowledged(mail), "sent")
        self.assertTrue(mail.complaint_id.acknowledged_on)
        (sent,) = self._new_mails.filtered(lambda one: self.customer in one.recipient_ids)
        self.assertIn("auto-replied", sent.headers)
        self.assertIn(mail.complaint_id.name, sent.subject)

    def test_unknown_sender_is_acknowledged_too(self):
        mail = self._receive_one(sender="Wang Li <wang@elsewhere.example>")
        self.assertEqual(self._acknowledged(mail), "sent")
        self.assertIn("wang@elsewhere.example", str(self._new_mails.mapped("email_to")))

    def test_one_an_hour_and_five_a_day(self):
        sent = 0
        start = fields.Datetime.now()
        for half_hour in range(30):
            with freeze_time(start + timedelta(minutes=30 * half_hour)):
                mail = self._receive_one(subject=f"Broken {half_hour}")
                sent += self._acknowledged(mail) == "sent"
                if half_hour == 1:
                    self.assertEqual(sent, 1)
        self.assertEqual(sent, 5)

    def test_no_acknowledgement_to_machines_replies_colleagues_or_without_sender(self):
        complaint = self._receive_one(sender="first@customer.example").complaint_id
        with self.mock_mail_gateway():
            self._run_intake()
        for values in (
            {"Auto_Submitted": "auto-replied"},
            {"sender": "spy@rival.example", "subject": complaint.name},
            {"sender": "first@customer.example", "subject": complaint.name},
            {"sender": "anna@ours.example"},
            {"sender": "no-reply@portal.example"},
            {"sender": None},
        ):
            with self.subTest(values):
                self.assertNotEqual(self._acknowledged(self._receive_one(**values)), "sent")

    def test_what_a_person_made_a_complaint_of_is_acknowledged_unless_a_machine_or_a_list_wrote_it(self):
        with self._failing():
            held = self._receive_one(sender="first@customer.example")
            for _run in range(3):
                self._run_intake()
        self.assertTrue(held.is_parked)
        machine = self._receive_one(sender="erp@customer.example", Auto_Submitted="auto-generated")
        held.with_user(self.manager).action_make_complaint()
        self.assertEqual(held.state, "ticket")
        self.assertEqual(self._acknowledged(held), "sent")
        self.assertEqual((machine.state, machine.ack_state), ("ticket", False))
        listed = self._receive_one(sender="talk@customer.example", List_Id="<talk.customer.example>")
        self.assertEqual((listed.state, listed.ack_state), ("ticket", False))

    def test_what_was_told_on_the_phone_or_switched_off_is_not_sent(self):
        told = self._receive_one()
        told.complaint_id.with_user(self.manager).action_acknowledge_by_phone()
        self.assertEqual(self._acknowledged(told), "skipped")
        self.env.company.expo_complaint_auto_acknowledge = False
        self.assertFalse(self._receive_one(sender="other@customer.example").ack_state)

    def test_two_machines_that_answer_each_other_fall_silent(self):
        """The other one answers everything, at once, without any mark of a machine and without references."""
        start = fields.Datetime.now()
        answers = [write(sender="robot@shop.example", subject="We are closed", Message_ID="<robot-0@shop>")]
        sent = 0
        for turn in range(60):
            with freeze_time(start + timedelta(minutes=turn)), self.mock_mail_gateway():
                for raw in answers:
                    self._receive(raw)
                answers = []
                self._run_intake()
                for mail in self._new_mails:
                    if "robot@shop.example" in (mail.email_to or ""):
                        sent += 1
                        number = f"<robot-{turn + 1}@shop>"
                        answers.append(write(sender="robot@shop.example", subject="We are closed", Message_ID=number))
        self.assertEqual(sent, 1)
        self.assertLessEqual(self.env["expo.complaint"].search_count([("email_from", "ilike", "robot@shop")]), 2)

    def test_our_own_acknowledgement_that_comes_back_is_a_robots(self):
        mail = self._receive_one(sender=DESK, Auto_Submitted="auto-replied")
        self.assertEqual(mail.state, "robot")
        self.assertEqual(self._receive_one(sender="bounces@desk.example", subject="Hello").state, "robot")
