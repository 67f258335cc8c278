"""What SpamAssassin makes of letters as they arrive over SMTP, by its local tests; where its package is installed."""

import re
import shutil
import subprocess
import sys
import tempfile
from unittest import TestCase

from tests.common_letters import receive_letters

PROGRAM = shutil.which("spamassassin")
MOST_POINTS = 0.5
STATUS = re.compile(
    rb"^X-Spam-Status: .*?score=(-?[\d.]+).*?tests=([\w,\s]*?)autolearn.*?^Message-Id: (\S+)", re.MULTILINE | re.DOTALL
)


class TestLetterSpam(TestCase):
    """Its verdict on every shipped letter in each language."""

    # A skipped test counts as a failure here, and the program is no part of what ./dev installs.
    __test__ = bool(PROGRAM)

    def test_every_letter_has_at_most_half_a_point(self):
        letters = receive_letters()
        box = b"".join(b"From MAILER-DAEMON Mon Nov 30 12:00:00 2026\n" + one.raw + b"\n\n" for one in letters)
        with tempfile.TemporaryDirectory() as home:
            command = [PROGRAM, "-L", "-t", "--mbox", f"--prefspath={home}/user_prefs"]
            done = subprocess.run(command, input=box.replace(b"\r\n", b"\n"), stdout=subprocess.PIPE, check=True)
        # It takes them in the order of their dates.
        verdicts = {name.decode(): (score, tests) for score, tests, name in STATUS.findall(done.stdout)}
        self.assertEqual(len(verdicts), len(letters))
        for letter in letters:
            score, tests = verdicts[str(letter.message["Message-Id"]).strip()]
            sys.stdout.write(f"{float(score):4} {letter.lang} {letter.template} {b' '.join(tests.split()).decode()}\n")
            with self.subTest(letter=letter.template, lang=letter.lang):
                self.assertLessEqual(float(score), MOST_POINTS, tests)
