"""The helpers that start real servers: each does what tests build upon."""

import smtplib
from unittest import TestCase

from tests.common_server import OdooServer, SmtpSink, clone_database, evaluate, query, wait_until

QUEUE = """
mails = env["mail.mail"].create([{
    "subject": f"number {number}", "email_to": f"user{number}@customer.example", "body_html": "<p>Hello</p>",
    "auto_delete": False,
} for number in range(%d)])
result = mails.mapped("message_id")
"""


class TestSmtpSink(TestCase):
    def _send(self, sink, text="Subject: x\nMessage-ID: <1@ours.example>\n\nhello", to="a@customer.example"):
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
            client.sendmail("us@ours.example", [to], text)

    def test_keeps_what_it_accepts(self):
        with SmtpSink() as sink:
            self._send(sink)
            (one,) = sink.wait_for(1)
        self.assertEqual((one.sender, one.recipients), ("us@ours.example", ["a@customer.example"]))
        self.assertEqual(one.message_id, "<1@ours.example>")
        self.assertEqual(one.message.get_content().strip(), "hello")

    def test_refuses_as_told(self):
        with SmtpSink(on_message=lambda one: "451 4.3.0 later" if one.number == 1 else None) as sink:
            with self.assertRaises(smtplib.SMTPDataError):
                self._send(sink)
            self._send(sink)
        self.assertEqual(len(sink.attempts), 2)
        self.assertEqual(len(sink.messages), 1)

    def test_refuses_a_recipient(self):
        with (
            SmtpSink(on_recipient=lambda address: "550 5.1.1 no such user") as sink,
            self.assertRaises(smtplib.SMTPRecipientsRefused),
        ):
            self._send(sink)
        self.assertFalse(sink.attempts)

    def test_outage_and_return(self):
        with SmtpSink() as sink:
            sink.stop()
            with self.assertRaises(OSError):
                self._send(sink)
            sink.start()
            self._send(sink)
            self.assertEqual(len(sink.messages), 1)


class TestOdooServer(TestCase):
    def test_sends_the_queue_and_can_be_killed(self):
        with clone_database() as database, SmtpSink() as sink:
            known = evaluate(database, QUEUE % 3)
            self.assertEqual(len(set(known)), 3)
            with OdooServer(database, sink.port) as server:
                server.run_cron("mail.ir_cron_mail_scheduler_action")
                sink.wait_for(3)
                self.assertEqual(sorted(sink.message_ids), sorted(known))
                states = "SELECT DISTINCT state FROM mail_mail WHERE email_to LIKE 'user%%'"
                # The sink has the last message a moment before Odoo notes it.
                wait_until(lambda: query(database, states) == [("sent",)], "not all mails were noted as sent")
                server.kill()
                self.assertIsNotNone(server.process.poll())
                server.start()
                self.assertFalse(server.errors())
            self.assertEqual(query(database, states), [("sent",)])

    def test_a_failing_script_fails_the_test(self):
        with clone_database() as database, self.assertRaisesRegex(AssertionError, "no such model"):
            evaluate(database, "raise ValueError('no such model')")
