"""Every mail of the corpus is accounted for, and its text is what another decoder reads.

A fixed share of it runs always, all of it with ``./dev test --full``.
"""

import email
import email.policy
import os
import sys
from collections import Counter
from unittest.mock import patch

from lxml import html

from odoo.addons.expo_followup.models.mail.mail_delivery import MailDelivery
from odoo.addons.expo_followup.tools.mail_repair import take_apart
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common_intake import HELD, IntakeCase
from tests.mail.bounces import bounces
from tests.mail.corpus import encoded_mails, fuzzed_mails, real_mails

IS_FULL = os.environ.get("EXPO_TEST_FULL") == "1"
FUZZED = 2000
#: Of the mails in all encodings each such one is received always, and so many of the fuzzed ones.
STEP = 11
FEW_FUZZED = 40


def read_elsewhere(raw):
    """Return the text of a mail as Python's present mail library reads it."""
    part = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain", "html"))
    text = part.get_content()
    return _words(html.fromstring(text).text_content() if part.get_content_subtype() == "html" else text)


def _words(text):
    return " ".join(text.split())


@tagged("post_install", "-at_install")
class TestCorpusLane(IntakeCase):
    def setUp(self):
        super().setUp()
        # Nearly all come from one sender, who would be stopped after twenty.
        self.startPatcher(patch.object(MailDelivery, "_is_flood", return_value=False))
        quiet = mute_logger(HELD)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__)

    def _receive_all(self, name, mails):
        """Receive mails, check that each is one row that holds it, and return the rows by state."""
        became, received, last = Counter(), 0, self.mails.search([], order="id desc", limit=1).id or 0
        messages = self._count_messages()
        for label, raw in mails:
            self.env["mail.thread"].message_process("expo.complaint", raw)
            rows = self.mails.search([("id", ">", last)])
            self.assertEqual(len(rows), 1, label)
            self.assertEqual(rows._get_source(), raw, label)
            became[rows.state] += 1
            received += 1
            last = rows.id
            # As fetching does, with the end of each transaction.
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(sum(became.values()), received)
        self.assertFalse(became["waiting"])
        self.assertEqual(self._count_messages() - messages, became["ticket"] + became["message"])
        lost = self.env["mail.message"].search_count([("body", "ilike", "Unknown error when sanitizing")])
        self.assertFalse(lost, "texts that Odoo could not clean")
        sys.stdout.write(f"\n{name}: {received} received = {dict(became)}\n")
        return became

    def _count_messages(self):
        return self.env["mail.message"].search_count([("model", "=", "expo.complaint"), ("message_type", "=", "email")])

    def test_mail_in_each_encoding_is_a_complaint_with_the_text_that_another_decoder_reads(self):
        mails = list(encoded_mails())
        self.assertGreaterEqual(len({name.split("-8bit")[0] for name, _raw, _text in mails if "-8bit" in name}), 20)
        for name, raw, text in mails:
            with self.subTest(name):
                self.assertEqual(_words(take_apart(raw).text), _words(text))
                if not name.startswith("ks_c"):
                    # Python takes this name for another encoding than the programs that write it.
                    self.assertEqual(read_elsewhere(raw), _words(text))
        chosen = mails if IS_FULL else mails[::STEP]
        became = self._receive_all("encodings", [(name, raw) for name, raw, _text in chosen])
        self.assertEqual(dict(became), {"ticket": len(chosen)})
        complaints = self.env["expo.complaint"].search([], order="id desc", limit=len(chosen)).sorted("id")
        self.assertEqual([_words(one.story) for one in complaints], [_words(text) for _name, _raw, text in chosen])

    def test_report_of_each_provider_is_a_machines_mail(self):
        mails = [row[:2] for row in bounces()]
        chosen = mails if IS_FULL else mails[::5]
        self.assertEqual(dict(self._receive_all("delivery reports", chosen)), {"robot": len(chosen)})

    def test_mails_of_pythons_own_tests_are_read_as_python_reads_them(self):
        mails = list(real_mails())
        if not mails:
            self.skipTest("not installed: the test data of Python's mail library")
        compared = 0
        for name, raw in mails:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            if message.get_content_type() == "text/plain" and raw.isascii() and not message.get_filename():
                compared += 1
                self.assertEqual(_words(take_apart(raw).text), _words(message.get_content()), name)
        self.assertGreater(compared, 5)
        if IS_FULL:
            self._receive_all("mails of Python's tests", mails)

    def test_control_characters_cost_no_text_of_the_message(self):
        text = "Ten\x04 bowls\x1f are broken.\r\n\r\n> When\x04 did\r\n> they\x08 break?\r\n"
        mail = self._receive_one(body=text)
        [message] = mail.complaint_id.message_ids.filtered(lambda message: message.message_type == "email")
        self.assertIn("Ten bowls are broken.", message.body)

    def test_fuzzed_mails_are_all_accounted_for(self):
        self._receive_all("fuzzed mails", fuzzed_mails(FUZZED if IS_FULL else FEW_FUZZED))
