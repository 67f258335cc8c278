"""What customers see of our letters: each shipped one, in each language, as a mail server received it."""

from email.utils import parseaddr
from unittest import TestCase

from tests.common_letters import receive_letters


class TestLetterManners(TestCase):
    """Rules that hold for every letter."""

    def test_reply_to_bears_the_name_of_the_sender(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                self._check_reply_to(letter)

    def _check_reply_to(self, letter):
        sender, _address = parseaddr(letter.message["From"])
        self.assertIn(sender, ("Anna Chen", "Helen Wang"))
        self.assertEqual(parseaddr(letter.message["Reply-To"]), (sender, "catchall@ours.example"))
