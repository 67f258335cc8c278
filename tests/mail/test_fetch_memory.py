"""A real process: what a large mail takes of memory from its mailbox to its complaint."""

import sys
from unittest import TestCase

from tests.common_mailbox import Box
from tests.common_server import clone_database, evaluate, query
from tests.mail.corpus import photo

from .test_complaint_intake_two_at_once import MAKE_DESK

#: Megabytes, all that the process has at its highest.
LIMIT = 400
FETCH = """
server = env["fetchmail.server"].create(%r)
env.cr.commit()
def peak():
    # Of this process alone: what getrusage tells begins with that of its parent.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
before = peak()
error = server._fetch_mail()
assert error is None, error
result = before, peak()
"""


class TestFetchMemory(TestCase):
    def test_mail_of_twenty_five_megabytes_takes_less_than_the_limit(self):
        raw = photo(19 * 1024 * 1024)
        self.assertGreater(len(raw), 25 * 1024 * 1024)
        with clone_database() as database:
            evaluate(database, MAKE_DESK)
            for kind in ("pop", "imap"):
                with self.subTest(kind), Box(kind, [raw.replace(b"<photo-", f"<{kind}-".encode())]) as box:
                    before, peak = evaluate(database, FETCH % box.values)
                    sys.stdout.write(
                        f"\nmail of {len(raw) // 2**20} MB by {kind}: {peak} MB at most, {before} MB before\n"
                    )
                    self.assertLess(peak, LIMIT)
                    self.assertFalse(box.left)
            states = query(database, "SELECT DISTINCT state FROM expo_incoming_mail")
            self.assertEqual(states, [("ticket",)])
