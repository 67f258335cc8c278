"""Real processes: two fetchers of one mailbox at once take no mail twice, and lose none."""

from unittest import TestCase

from tests.common_intake import write
from tests.common_mailbox import Box
from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

from .test_complaint_intake_two_at_once import MAKE_DESK

MAKE_SERVERS = """
env["fetchmail.server"].create(%r)
"""
FETCH = """
for kind in ("pop", "imap"):
    server = env["fetchmail.server"].search([("server_type", "=", kind)])[%s]
    error = server._fetch_mail()
    assert error is None, error
"""
STATES = "SELECT state, count(*) FROM expo_incoming_mail GROUP BY state"
COUNT = 12


def mails(kind):
    return [
        write(f"{kind}{number}@customer.example", subject=f"{kind} {number}", Message_ID=f"<{kind}{number}@x>")
        for number in range(COUNT)
    ]


class TestFetchTwoAtOnce(TestCase):
    def test_two_fetchers_of_one_mailbox_take_each_mail_once(self):
        with (
            clone_database() as database,
            Box("pop", mails("pop"), together=2) as pop,
            Box("imap", mails("imap"), together=2) as imap,
        ):
            evaluate(database, MAKE_DESK + MAKE_SERVERS % ([pop.values, imap.values] * 2))
            run_together((database, FETCH % 0), (database, FETCH % 1))
            self.assertEqual((pop.left, pop.sessions, imap.left, imap.sessions), ([], 2, [], 2))
            rows = dict(query(database, STATES))
            self.assertEqual(rows["ticket"], 2 * COUNT)
            self.assertEqual(rows.get("duplicate", 0), len(pop.asked) + len(imap.asked) - 2 * COUNT)
            self.assertEqual(sum(rows.values()), len(pop.asked) + len(imap.asked))
            self.assertGreater(sum(rows.values()), 2 * COUNT, "they took turns")
            self.assertEqual(query(database, "SELECT count(*) FROM expo_complaint"), [(2 * COUNT,)])
