"""Real processes: a mail that arrives twice at once is one complaint, and one that kills its worker is not lost."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

MAKE_DESK = """
domain = env["mail.alias.domain"].create({"name": "desk.example"})
env.company.alias_domain_id = domain
env.ref("expo_followup.complaint_team").write({"alias_name": "complaints", "alias_domain_id": domain.id})
"""
RECEIVE = """
import os, time
RAW = (b"From: maria@customer.example\\r\\nTo: complaints@desk.example\\r\\nSubject: Broken bowls\\r\\n"
       b"Message-ID: <once@customer.example>\\r\\n\\r\\nTen bowls are broken.\\r\\n")
complaints = type(env["expo.complaint"])
new = complaints.message_new
def message_new(self, *args, **options):
    %s
    return new(self, *args, **options)
complaints.message_new = message_new
time.sleep(1.5)
result = env["mail.thread"].message_process(None, RAW)
"""
# The sender's mails came back once; core and the register both take that as mended by the new mail.
MAKE_SALES = """
env["crm.team"].create({"name": "Sales", "alias_name": "offers", "alias_domain_id": env.company.alias_domain_id.id})
env["res.partner"].create({"name": "Maria", "email": "maria@customer.example"}).message_bounce = 1
# A test that waits for itself would wait for ever: rather fail.
env.cr.execute(f'ALTER DATABASE "{env.cr.dbname}" SET lock_timeout = 10000')
"""
TO_BOTH = """
RAW = (b"From: maria@customer.example\\r\\nTo: offers@desk.example, complaints@desk.example\\r\\nSubject: Bowls\\r\\n"
       b"Message-ID: <both@customer.example>\\r\\n\\r\\nTen bowls are broken.\\r\\n")
result = env["mail.thread"].message_process(None, RAW)
env.cr.commit()
"""
STATES = "SELECT state, count(*) FROM expo_incoming_mail GROUP BY state ORDER BY state"


class TestComplaintIntakeTwoAtOnce(TestCase):
    def test_a_mail_twice_at_once_and_one_that_kills_its_worker(self):
        with clone_database() as database:
            evaluate(database, MAKE_DESK)
            with self.assertRaisesRegex(AssertionError, "ended early"):
                evaluate(database, RECEIVE % "os.kill(os.getpid(), 9)", check=False)
            self.assertEqual(query(database, STATES), [("waiting", 1)])
            evaluate(database, "env['expo.incoming.mail']._cron_handle()")
            self.assertEqual(query(database, STATES), [("ticket", 1)])
            twice = RECEIVE.replace("once@", "twice@") % "time.sleep(3)"
            run_together((database, twice), (database, twice))
            self.assertEqual(query(database, STATES), [("duplicate", 1), ("ticket", 2)])
            self.assertEqual(query(database, "SELECT count(*) FROM expo_complaint"), [(2,)])
            evaluate(database, MAKE_SALES)
            evaluate(database, TO_BOTH)
            self.assertEqual(query(database, STATES), [("duplicate", 1), ("ticket", 3)])
            self.assertEqual(query(database, "SELECT count(*) FROM crm_lead WHERE name = 'Bowls'"), [(1,)])
