"""The whole corpus of mails: what was received is what became of it, to the last one."""

from collections import Counter
from unittest.mock import patch

from odoo.addons.expo_followup.models.mail.mail_delivery import MailDelivery
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common_intake import HELD, IntakeCase
from tests.mail.corpus import STORY, charset_mails, corpus


@tagged("post_install", "-at_install")
class TestComplaintCorpus(IntakeCase):
    def setUp(self):
        super().setUp()
        # Nearly all come from one sender, who would be stopped after twenty.
        self.startPatcher(patch.object(MailDelivery, "_is_flood", return_value=False))
        quiet = mute_logger(HELD)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__)

    def test_every_mail_becomes_exactly_one_thing(self):
        complaints, messages = self.env["expo.complaint"].search([]), self._count_messages()
        became, received = Counter(), 0
        for name, raw, expected in corpus():
            with self.subTest(mail=name):
                rows = self._receive(raw, model="expo.complaint")
                received += 1
                self.assertEqual(len(rows), 1)
                self.assertEqual(rows.state, expected, rows.reason)
                self.assertEqual(rows._get_source(), raw)
                became[rows.state] += 1
        for name, raw, _expected in corpus():
            with self.subTest(again=name):
                rows = self._receive(raw, model="expo.complaint")
                received += 1
                self.assertEqual(rows.state, "duplicate")
                became[rows.state] += 1
        self.assertEqual(sum(became.values()), received)
        self.assertEqual(self.mails.search_count([]), received)
        new = self.env["expo.complaint"].search([]) - complaints
        self.assertEqual(len(new), became["ticket"])
        self.assertEqual(self._count_messages() - messages, became["ticket"])
        self.assertFalse(self.mails.search([("state", "=", "waiting")]))

    def test_what_the_customer_wrote_is_read_whatever_its_encoding_was_called(self):
        for name, raw in charset_mails():
            if " that is " in name:
                with self.subTest(name):
                    self.assertEqual(self._receive_one(raw).complaint_id.story, STORY)

    def _count_messages(self):
        return self.env["mail.message"].search_count([("model", "=", "expo.complaint"), ("message_type", "=", "email")])
