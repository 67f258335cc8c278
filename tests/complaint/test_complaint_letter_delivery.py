"""Letters that leave to many at once, and letters that do not arrive: what counts is what the customer knows."""

from unittest.mock import patch

from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tests.common import mute_logger

from tests.complaint.test_complaint_letter import LetterCase

SMTP = "odoo.addons.base.models.ir_mail_server.IrMail_Server.send_email"


class DeliveryCase(LetterCase, MockEmail):
    def _many(self, complaints, kind, **values):
        """Write one letter to many from the list, and send it."""
        template = complaints._get_letter_template(kind)
        composer = Form(
            self.env["mail.compose.message"].with_user(self.seller).with_context(
                default_model=complaints._name,
                default_res_ids=complaints.ids,
                default_composition_mode="mass_mail",
                default_template_id=template.id,
            )
        ).save()  # fmt: skip
        composer.write(values)
        composer.action_send_mail()
        return composer


@tagged("post_install", "-at_install")
class TestComplaintLetterToMany(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.complaints = self._complain() | self._complain(partner=self._make_partner("Ken Sato"))

    def test_each_letter_is_logged_once_with_its_author(self):
        with self.mock_mail_gateway():
            composer = self._many(self.complaints, "ask_photos")
            composer.action_send_mail()
        for complaint in self.complaints:
            self.assertEqual(self._kinds(complaint)[1:], ["photos_asked", "waiting"])
            self.assertEqual(complaint.event_ids.sorted("id")[1].user_id, self.seller)
            self.assertEqual(complaint.evidence_ids.state, "requested")
            self.assertEqual(len(complaint.message_ids.filtered(lambda one: "Photos for" in (one.subject or ""))), 1)

    def test_what_waits_in_the_queue_counts_when_it_leaves(self):
        with self.mock_mail_gateway():
            self._many(self.complaints, "acknowledge", force_send=False)
            self.assertFalse(any(self.complaints.mapped("acknowledged_on")))
            mails = self.env["mail.mail"].sudo().search([("model", "=", "expo.complaint"), ("state", "=", "outgoing")])
            mails.send()
        self.assertTrue(all(self.complaints.mapped("acknowledged_on")))

    def test_who_has_no_address_is_not_told(self):
        unreachable = self._complain(partner=self._make_partner("Without Mail", email=False))
        with self.mock_mail_gateway():
            self._many(self.complaints | unreachable, "acknowledge")
        self.assertFalse(unreachable.acknowledged_on)
        self.assertTrue(all(self.complaints.mapped("acknowledged_on")))

    def test_offer_without_remedy_on_one_complaint_sends_none(self):
        self._promise(self.complaints[0])
        with self.mock_mail_gateway(), self.assertRaisesRegex(UserError, self.complaints[1].name):
            self._many(self.complaints, "offer")
        self.assertFalse(any(self.complaints.mapped("offered_on")))

    def test_announcing_begins_the_reviews(self):
        with self.mock_mail_gateway():
            self._many(self.complaints, "announce_review")
        self.assertEqual(len(self.complaints.review_ids), 4)
        self.assertEqual(self._kinds(self.complaints[0])[-1], "review_announced")


@tagged("post_install", "-at_install")
class TestComplaintLetterThatFails(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.complaint = self._complain(facts="Ten mugs of 500 are cracked.", user_id=self.seller.id)

    def _fail(self, kind):
        def refuse(*_args, **_kwargs):
            raise OSError("550 5.1.1 no such user")

        with self.mock_mail_gateway(), patch(SMTP, refuse), mute_logger("odoo.addons.mail.models.mail_mail"):
            message = self._send(self.complaint, kind)
        self.complaint.invalidate_recordset()
        return message

    def test_an_acknowledgement_that_failed_opens_no_gate_until_it_gets_through(self):
        message = self._fail("acknowledge")
        self.assertEqual(self.complaint.undelivered_text, "Acknowledgement")
        self.assertIn("acknowledgement has not been sent", "\n".join(self.complaint._get_missing("confirmed")))
        self.assertIn("have not been confirmed", "\n".join(self.complaint._get_missing("evaluating")))
        self.assertEqual(self.complaint.next_letter, "acknowledge")
        self.assertIn("Ten mugs", self._compose(self.complaint, "acknowledge").body)
        call = self.complaint.activity_ids.filtered(lambda one: "was not delivered" in (one.summary or ""))
        self.assertEqual((len(call), call.user_id), (1, self.seller))
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
            mail.mark_outgoing()
            mail.send()
        self.complaint.invalidate_recordset()
        self.assertFalse(self.complaint.undelivered_text)
        self.complaint._move_to("confirmed")

    def test_a_call_heals_it(self):
        self._fail("acknowledge")
        self.complaint.action_acknowledge_by_phone()
        self.complaint.action_restate_by_phone()
        self.assertEqual(self.complaint.undelivered_text, "Request for photos", "which did not arrive either")
        self.assertEqual(self.complaint.next_letter, "ask_photos")
        self.complaint._move_to("confirmed")

    def test_returned_letter_starts_no_waiting(self):
        self.complaint.action_acknowledge_by_phone()
        self._fail("ask_photos")
        self.assertFalse(self.complaint.is_waiting)

    def test_who_was_not_asked_is_not_silent(self):
        small = self._complain(severity="low")
        small.action_acknowledge_by_phone()
        small.sudo().company_id.expo_complaint_gate_documents = False
        for name in ("demand", "acceptance"):
            small.sudo().company_id[f"expo_complaint_gate_{name}"] = False
        self._promise(small)
        small._move_to("feedback")
        self.complaint = small
        self._fail("feedback")
        self.assertFalse(small.feedback_due_on)
        self.assertEqual(small.feedback_asks, 0)
        with self.mock_mail_gateway():
            self._send(small, "feedback")
        self.assertTrue(small.feedback_due_on)

    def test_letter_about_an_ended_complaint_starts_no_waiting(self):
        closed = self._closed()
        with self.mock_mail_gateway():
            self._send(closed, "ask_photos")
        self.assertFalse(closed.is_waiting)
