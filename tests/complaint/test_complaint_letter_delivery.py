"""Letters that leave to many at once, and letters that do not arrive: what counts is what the customer knows."""

from contextlib import ExitStack
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused
from unittest import TestCase
from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tests.common import mute_logger

from tests.common_server import REFUSALS, RefusingSmtp, SmtpSink, clone_database, evaluate
from tests.complaint.test_complaint_letter import LetterCase

# One complaint and one mail server per refusal; ``smtp_port`` of the process itself answers nothing.
ACKNOWLEDGE = """
from contextlib import suppress
env["ir.config_parameter"].set_param("mail.default.from", "desk@ours.example")
owner = env["res.users"].with_context(no_reset_password=True).create(
    {"name": "Anna", "login": "anna", "email": "anna@ours.example",
     "group_ids": [(6, 0, [env.ref("sales_team.group_sale_salesman").id])]}
)
complaints = env["expo.complaint"]
for port, _encryption in refusals:
    partner = env["res.partner"].create({"name": f"Customer {port}", "email": f"451-{port}@customer.example"})
    complaints |= env["expo.complaint"].create(
        {"partner_id": partner.id, "subject": "Cracked", "user_id": owner.id}
    )
env.cr.commit()
mails = env["mail.mail"]
for complaint in complaints:
    mails |= env["mail.mail"].search([("mail_message_id", "=", complaint._send_letter("acknowledge").id)])
# Here the mails leave, or try to.
env.cr.commit()
env.invalidate_all()
assert {*mails.mapped("state")} == {"outgoing"} and all(mails.mapped("scheduled_date")), mails.mapped("state")
assert not any(complaints.mapped("undelivered_text")), complaints.mapped("undelivered_text")
for mail, (port, encryption) in zip(mails, refusals):
    mail.mail_server_id = env["ir.mail_server"].create(
        {"name": f"{port}", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_user": "user451", "smtp_pass": "550",
         "smtp_encryption": encryption}
    )
env.cr.commit()
now = env.cr.now()
for mail in mails:
    mail.scheduled_date = False
    with suppress(Exception):
        mail.send(auto_commit=True)
        continue
    env.cr.rollback()
result = [
    [
        mail.state,
        mail.expo_failure_count,
        bool(mail.scheduled_date and mail.scheduled_date > now),
        {*mail.notification_ids.mapped("notification_status")} == {"ready"},
        bool(complaint.undelivered_text),
        len(complaint.activity_ids.filtered(lambda one: "was not delivered" in (one.summary or ""))),
    ]
    for complaint, mail in zip(complaints, mails)
]
"""
LOST = ["exception", 0, False, False, True, 1]
OUTCOMES = {
    "server": ["outgoing", 0, True, True, False, 0],
    "later": ["outgoing", 1, True, True, False, 0],
    "letter": LOST,
    "address": LOST,
}
SEND_UNTIL_GIVEN_UP = """
mails = env["mail.mail"].search([("mail_server_id", "!=", False)], order="id")
mails.mail_server_id.write({"smtp_port": port, "smtp_user": False})
told = []
for _turn in range(7):
    waiting = mails.filtered(lambda mail: mail.state == "outgoing")
    waiting.scheduled_date = False
    waiting.send(auto_commit=True)
    told.append(mails.mapped("state"))
lost = [bool(env["expo.complaint"].browse(mail.res_id).undelivered_text) for mail in mails]
result = [told, lost]
"""
NO_SUCH_USER = SMTPRecipientsRefused({"maria@customer.example": (550, b"5.1.1 no such user")})
OUR_SENDER_REFUSED = SMTPSenderRefused(553, b"5.7.1 not your address", "desk@ours.example")
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

    def _fail(self, kind, error=NO_SUCH_USER):
        def refuse(*_args, **_kwargs):
            raise error

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

    def _carry_out(self):
        """Replace the complaint by one that is carried out and waits for feedback."""
        small = self._complain(severity="low")
        small.action_acknowledge_by_phone()
        small.sudo().company_id.expo_complaint_gate_documents = False
        for name in ("demand", "acceptance"):
            small.sudo().company_id[f"expo_complaint_gate_{name}"] = False
        self._promise(small)
        small._move_to("feedback")
        self.complaint = small
        return small

    def test_customer_whose_request_waits_for_the_mail_server_is_not_silent(self):
        small = self._carry_out()
        for _ask in range(2):
            message = self._fail("feedback", OUR_SENDER_REFUSED)
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertEqual((mail.state, small.feedback_asks), ("outgoing", 2))
        later = small.feedback_due_on + timedelta(days=1)
        with freeze_time(later), self.mock_mail_gateway():
            small.sudo()._follow_silence()
            self.assertEqual((small.state, small.feedback_asks), ("feedback", 2))
            self.assertGreater(small.feedback_due_on, later)
            mail.send()
        with freeze_time(small.feedback_due_on + timedelta(days=1)):
            small.sudo()._follow_silence()
        self.assertEqual(small.state, "closed")

    def test_who_was_not_asked_is_not_silent(self):
        small = self._carry_out()
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


class TestComplaintLetterAtRealServers(TestCase):
    def _acknowledge(self, database, cases, servers):
        ports = [servers.enter_context(RefusingSmtp(**{step: reply})).port for step, reply in cases]
        encryptions = ["starttls" if step == "starttls" else "none" for step, _reply in cases]
        refusals = list(zip(ports, encryptions, strict=True))
        # Core logs each failure as an error.
        return evaluate(database, f"refusals = {refusals!r}\n{ACKNOWLEDGE}", check=False)

    def test_acknowledgement_refused_at_any_step_waits_is_tried_again_or_asks_for_a_call(self):
        with clone_database() as database, ExitStack() as servers:
            told = self._acknowledge(database, REFUSALS, servers)
        for (case, whose), outcome in zip(REFUSALS.items(), told, strict=True):
            with self.subTest(case):
                self.assertEqual(outcome, OUTCOMES[whose])

    def test_acknowledgement_refused_for_a_time_arrives_once_and_refused_for_days_asks_for_a_call(self):
        attempts = []

        def refuse(address):
            attempts.append(address)
            is_first = attempts[0] == address
            return "451 4.7.1 greylisted" if is_first or attempts.count(address) < 3 else None

        with clone_database() as database, SmtpSink(on_recipient=refuse) as sink, ExitStack() as servers:
            self._acknowledge(database, [("rcpt", "451 4.7.1 greylisted")] * 2, servers)
            told, lost = evaluate(database, f"port = {sink.port}\n{SEND_UNTIL_GIVEN_UP}", check=False)
        # Each had been tried once already.
        self.assertEqual(told[1:4], [["outgoing", "outgoing"], ["outgoing", "sent"], ["outgoing", "sent"]])
        self.assertEqual((told[-1], lost), (["exception", "sent"], [True, False]))
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(attempts.count(attempts[0]), 5)
