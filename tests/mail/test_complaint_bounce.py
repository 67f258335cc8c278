"""What machines write about our own letters: the assignee learns what did not arrive, and no more."""

from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import tagged

from tests.common_intake import DESK, IntakeCase, write
from tests.mail.bounces import LOST, OURS, PROVIDERS, US
from tests.mail.corpus import SENDER, parts

HEAD = b"From: desk@desk.example\r\nTo: maria.rossi@customer.example\r\nMessage-ID: %s\r\n\r\nYour complaint"


def reports(message_id):
    """Yield ``(server, report)``: the ways in which mail servers say that a letter did not arrive."""
    quoted = HEAD % message_id.encode()
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Final-Recipient: rfc822; maria.rossi@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    report = "multipart/report; report-type=delivery-status; boundary=frontier"
    text = quoted.decode()
    yield "Postfix", parts(
        b"\r\nI'm sorry", status, b"Content-Type: message/rfc822\r\n\r\n" + quoted, Content_Type=report,
        sender="MAILER-DAEMON@mx.example", subject="Undelivered Mail Returned to Sender", Message_ID="<postfix@mx>",
    )  # fmt: skip
    yield "Exchange", parts(
        b"\r\nYour message couldn't be delivered", status, b"Content-Type: text/rfc822-headers\r\n\r\n" + quoted,
        Content_Type=report, sender="postmaster@mx.example", subject="Undeliverable: Re", Message_ID="<exchange@mx>",
    )  # fmt: skip
    yield "Exim", write(
        sender="Mailer-Daemon@mx.example", subject="Mail delivery failed: returning message to sender",
        X_Failed_Recipients="maria.rossi@customer.example", Message_ID="<exim@mx>", body=f"A copy:\r\n\r\n{text}",
    )  # fmt: skip
    yield "qmail", write(
        sender="MAILER-DAEMON@mx.example", subject="failure notice", Return_Path="<>", Message_ID="<qmail@mx>",
        body=f"Hi. This is the qmail-send program.\r\n<maria.rossi@customer.example>:\r\nno mailbox\r\n\r\n{text}",
    )  # fmt: skip
    yield (
        "QQ",
        write(
            sender="PostMaster@qq.example",
            subject="来自qq.com的退信",
            Message_ID="<qq@mx>",
            body=f"原邮件\r\n\r\n{text}",
        ),
    )


@tagged("post_install", "-at_install")
class TestComplaintBounce(IntakeCase, MockEmail):
    def setUp(self):
        super().setUp()
        self.complaint = self._receive_one().complaint_id
        self.complaint.user_id = self.seller

    def _write_to_customer(self):
        with self.mock_mail_gateway():
            return self.complaint.message_post(
                body="Could you send photos?", partner_ids=self.customer.ids, subtype_xmlid="mail.mt_comment"
            )

    def _status(self, message):
        told = message.notification_ids.filtered(lambda one: one.res_partner_id == self.customer)
        return told.notification_status

    def test_a_letter_that_comes_back_is_known_in_the_words_of_every_server(self):
        for server in ("Postfix", "Exchange", "Exim", "qmail", "QQ"):
            with self.subTest(server):
                message = self._write_to_customer()
                mail = self._receive_one(dict(reports(message.message_id))[server])
                self.assertEqual((mail.state, mail.complaint_id), ("robot", self.complaint))
                self.assertEqual(self._status(message), "bounce")
        calls = self.complaint.activity_ids.filtered(lambda one: "was not delivered" in (one.summary or ""))
        self.assertEqual((len(calls), calls.user_id), (1, self.seller))

    def _receive_report(self, provider, kind, message):
        raw = PROVIDERS[provider](kind).replace(OURS.encode(), message.message_id.encode())
        raw = raw.replace(OURS.replace("<", "&lt;").encode(), message.message_id.replace("<", "&lt;").encode())
        return self._receive_one(raw.replace(LOST.encode(), SENDER.encode()).replace(US.encode(), DESK.encode()))

    def test_letter_that_failed_is_known_in_the_words_of_every_provider_and_a_late_one_waits(self):
        for provider in PROVIDERS:
            with self.subTest(provider):
                message = self._write_to_customer()
                self.assertEqual(self._receive_report(provider, "delayed", message).state, "robot")
                self.assertEqual(self._status(message), "sent")
                mail = self._receive_report(provider, "unknown", message)
                self.assertEqual((mail.state, mail.complaint_id), ("robot", self.complaint))
                self.assertEqual(self._status(message), "bounce")

    def test_reason_of_the_server_is_kept_with_the_letter(self):
        message = self._write_to_customer()
        self._receive_report("netease", "full", message)
        told = message.notification_ids.filtered(lambda one: one.res_partner_id == self.customer)
        self.assertIn("邮箱容量已满", told.failure_reason)

    def test_letter_that_comes_back_is_not_charged_to_an_address_that_is_part_of_another(self):
        part = self._make_partner("Brien", email="rossi@customer.example")
        with self.mock_mail_gateway():
            message = self.complaint.message_post(
                body="Photos?", partner_ids=(self.customer | part).ids, subtype_xmlid="mail.mt_comment"
            )
        self._receive_one(dict(reports(message.message_id))["qmail"])
        self.assertEqual(self._status(message), "bounce")
        self.assertEqual(
            message.notification_ids.filtered(lambda one: one.res_partner_id == part).notification_status, "sent"
        )

    def test_what_was_read_or_is_late_did_not_fail(self):
        message = self._write_to_customer()
        late = dict(reports(message.message_id))["Postfix"].replace(b"Action: failed", b"Action: delayed")
        headers = b"Content-Type: text/rfc822-headers\r\n\r\n" + HEAD % message.message_id.encode()
        receipt = b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; " + SENDER.encode()
        read = parts(
            b"\r\nIt was displayed", receipt, headers,
            Content_Type="multipart/report; report-type=disposition-notification; boundary=frontier",
            subject="Read: photos", Message_ID="<mdn@x>",
        )  # fmt: skip
        for raw in (late, read):
            self.assertEqual(self._receive_one(raw).state, "robot")
        self.assertEqual(self._status(message), "sent")
        self.assertFalse(self.customer.message_bounce)
        self.assertFalse(self.complaint.activity_ids.filtered(lambda one: "was not delivered" in (one.summary or "")))

    def test_return_of_another_companys_letter_cannot_be_forged(self):
        other = self.env["res.company"].create({"name": "Other", "alias_domain_id": self.domain.id})
        self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id, "alias_name": "theirs"})
        message = self._write_to_customer()
        raw = dict(reports(message.message_id))["qmail"].replace(b"complaints@", b"theirs@")
        self.assertFalse(self._receive_one(raw).complaint_id)
