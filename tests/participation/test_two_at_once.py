"""Real processes on one database: two at once, and one that dies half-way. Nothing lost, nothing twice."""

import threading
from unittest import TestCase

from tests.common_server import clone_database, evaluate, query

MAKE_SHOW = """
from datetime import date, timedelta
today = date.today()
show = env["expo.exhibition"].create(
    {"name": "Fair", "date_begin": today - timedelta(days=4), "date_end": today - timedelta(days=1), "state": "running"}
)
partners = env["res.partner"].create(
    [{"name": f"Customer {n}", "email": f"customer{n}@customer.example"} for n in range(40)]
)
env["expo.participation"].create([{"exhibition_id": show.id, "partner_id": p.id} for p in partners])
result = show.id
"""
CLOSE = """
import time
from odoo.exceptions import UserError
show = env["expo.exhibition"].browse({show})
try:
    result = show.close_show()
    time.sleep({pause})
except UserError as error:
    env.cr.rollback()
    result = str(error)
"""
MAKE_CAPTURES = """
from datetime import date
show = env["expo.exhibition"].create(
    {"name": "Fair", "date_begin": date.today(), "date_end": date.today(), "state": "running"}
)
captures = env["expo.capture"].create(
    [
        {"exhibition_id": show.id, "name": f"Person {n // 2}", "email": f"person{n // 2}@customer.example"}
        for n in range(40)
    ]
)
result = captures.ids
"""
# As a click does: what meets another transaction is tried again.
ENTER = """
import time
from odoo.service.model import retrying
def enter():
    env["expo.capture"].browse({captures}).action_enter()
    env.flush_all()
    time.sleep(2)
retrying(enter, env)
"""
MAKE_COMPLAINT = """
complaint = env["expo.complaint"].create({"subject": "Cracked glaze"})
complaint.action_acknowledge_by_phone()
result = complaint.id
"""
CONFIRM = """
import time
from odoo.exceptions import UserError
complaint = env["expo.complaint"].browse({complaint})
try:
    complaint._move_to("confirmed")
    env.flush_all()
    time.sleep(2)
    result = complaint.state
except UserError as error:
    env.cr.rollback()
    result = str(error)
"""
TAKE_DOWN = """
for number in range(10):
    env["expo.complaint"].create({"subject": f"Cracked glaze {number}"})
    env.cr.commit()
"""
OPEN = """
import time
due = env["expo.followup"]._get_due_domain(letters=False)
env["expo.followup"]._cron_open()
time.sleep(1)
"""


def run_together(*scripts):
    """Run each script in a process of its own, all at once; return their results."""
    results = {}

    def work(number, database, text):
        results[number] = evaluate(database, text)

    threads = [threading.Thread(target=work, args=(number, *script)) for number, script in enumerate(scripts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results.get(number) for number in range(len(scripts))]


class TestTwoAtOnce(TestCase):
    def _count(self, database, table, condition="true"):
        [[count]] = query(database, f"SELECT count(*) FROM {table} WHERE {condition}")
        return count

    def test_two_people_closing_one_show_send_each_letter_once(self):
        with clone_database() as database:
            show = evaluate(database, MAKE_SHOW)
            closing = CLOSE.format(show=show, pause=3)
            answers = run_together((database, closing), (database, closing))
            self.assertEqual(answers.count(True), 1, answers)
            [other] = [answer for answer in answers if answer is not True]
            self.assertTrue(other is False or "another user is working" in other, other)
            self.assertEqual(self._count(database, "mail_mail", "state = 'outgoing'"), 40)
            self.assertEqual(self._count(database, "expo_followup", "mail_mail_id IS NOT NULL"), 40)
            steps = "SELECT participation_id, step_id, round FROM expo_followup"
            rows = query(database, steps)
            self.assertEqual(len(rows), len({tuple(row) for row in rows}))

    def test_a_process_that_dies_while_closing_leaves_the_show_as_it_was(self):
        with clone_database() as database:
            show = evaluate(database, MAKE_SHOW)
            dying = CLOSE.format(show=show, pause=0) + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
            with self.assertRaises(AssertionError):
                evaluate(database, dying)
            self.assertEqual(self._count(database, "mail_mail"), 0)
            self.assertEqual(self._count(database, "expo_followup", "origin = 'plan'"), 0)
            self.assertIs(evaluate(database, CLOSE.format(show=show, pause=0)), True)
            self.assertEqual(self._count(database, "mail_mail", "state = 'outgoing'"), 40)

    def test_two_workers_opening_what_is_due_make_each_reminder_once(self):
        with clone_database() as database:
            show = evaluate(database, MAKE_SHOW)
            evaluate(database, CLOSE.format(show=show, pause=0))
            query(database, "UPDATE expo_followup SET window_start = current_date, deadline = current_date + 7")
            run_together((database, OPEN), (database, OPEN))
            evaluate(database, OPEN)
            reminders = self._count(database, "expo_followup", "activity_id IS NOT NULL")
            self.assertGreater(reminders, 40)
            self.assertEqual(self._count(database, "mail_activity", "automated AND active"), reminders)
            self.assertEqual(self._count(database, "expo_followup", "state = 'planned'"), 0)

    def test_two_colleagues_entering_one_customer_at_once_make_one_customer(self):
        with clone_database() as database:
            captures = evaluate(database, MAKE_CAPTURES)
            scripts = [ENTER.format(captures=half) for half in (captures[::2], captures[1::2])]
            run_together(*((database, script) for script in scripts))
            self.assertEqual(self._count(database, "expo_capture", "state = 'entered'"), 40)
            self.assertEqual(self._count(database, "res_partner", "email LIKE 'person%'"), 20)
            self.assertEqual(self._count(database, "expo_participation"), 20)
            owners = "SELECT count(*) FROM expo_participation p WHERE captured_on = (SELECT min(captured_on)"
            [[first]] = query(database, f"{owners} FROM expo_capture WHERE participation_id = p.id)")
            self.assertEqual(first, 20)

    def test_two_people_at_one_complaint_take_its_step_once(self):
        with clone_database() as database:
            complaint = evaluate(database, MAKE_COMPLAINT)
            step = CONFIRM.format(complaint=complaint)
            answers = run_together((database, step), (database, step))
            self.assertIn("confirmed", answers)
            self.assertTrue(all(answer == "confirmed" or "another user" in answer for answer in answers), answers)
            self.assertEqual(self._count(database, "expo_complaint", "state = 'confirmed'"), 1)
            self.assertEqual(self._count(database, "expo_complaint_event"), 2)

    def test_complaints_taken_down_at_once_get_numbers_of_their_own(self):
        with clone_database() as database:
            run_together((database, TAKE_DOWN), (database, TAKE_DOWN))
            [[count]] = query(database, "SELECT count(DISTINCT name) FROM expo_complaint")
            self.assertEqual(count, 20)
