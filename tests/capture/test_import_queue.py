"""Real processes importing one list: killed half-way, twice at once. Each row becomes one contact, once."""

import threading
from unittest import TestCase

from tests.common_server import clone_database, evaluate, query

MAKE_IMPORT = """
import base64
from datetime import date, timedelta
today = date.today()
show = env["expo.exhibition"].search([("name", "=", "Fair")]) or env["expo.exhibition"].create(
    {{"name": "Fair", "date_begin": today - timedelta(days=4), "date_end": today, "state": "running"}}
)
rows = "".join(f"Customer {{n}},c{{n}}@customer{{n}}.example,Italy\\n" for n in range({count}))
one = env["expo.import"].create(
    {{"exhibition_id": show.id, "file": base64.b64encode(("Name,E-mail,Country\\n" + rows).encode())}}
)
one.action_read()
one.action_check()
env["ir.cron"].search([]).active = False
result = one.id
"""
COMMIT = """
import time
from odoo.exceptions import UserError
from odoo.service.model import retrying

def press():
    answer = env["expo.import"].browse({one}).action_commit()["params"]["type"]
    env.flush_all()
    time.sleep({pause})
    return answer

try:
    result = retrying(press, env)
except UserError as error:
    env.cr.rollback()
    result = str(error)
"""
CRON = 'env["expo.import"]._cron_import()'
DIE_IN_THE_SECOND_BATCH = """
import os, signal
from odoo.addons.expo_followup.models.capture.importer import Importer
enter, calls = Importer.enter, []

def die(self, lines):
    enter(self, lines)
    env.flush_all()
    calls.append(lines)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

Importer.enter = die
env["expo.import"]._cron_import()
"""


class TestImportQueue(TestCase):
    def _count(self, database, table, condition="true"):
        [[count]] = query(database, f"SELECT count(*) FROM {table} WHERE {condition}")
        return count

    def _press_together(self, database, *ids, pause=3):
        answers = {}

        def press(number, one):
            answers[number] = evaluate(database, COMMIT.format(one=one, pause=pause))

        threads = [threading.Thread(target=press, args=pair) for pair in enumerate(ids)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return list(answers.values())

    def test_killed_import_resumes_with_the_next_batch_without_doubles(self):
        with clone_database() as database:
            one = evaluate(database, MAKE_IMPORT.format(count=2500))
            partners = self._count(database, "res_partner")
            self.assertEqual(evaluate(database, COMMIT.format(one=one, pause=0)), "info")
            with self.assertRaises(AssertionError):
                evaluate(database, DIE_IN_THE_SECOND_BATCH)
            self.assertEqual(
                self._count(database, "expo_capture"), 1000, "the first batch whole, of the second nothing"
            )
            self.assertEqual(self._count(database, "expo_import_line", "is_todo"), 1500)
            for _turn in range(2):
                evaluate(database, CRON)
                self.assertEqual(self._count(database, "expo_capture", "state = 'entered'"), 2500)
                self.assertEqual(self._count(database, "expo_participation"), 2500)
                self.assertEqual(self._count(database, "res_partner") - partners, 2500)
                self.assertEqual(query(database, "SELECT state FROM expo_import"), [("done",)])

    def test_two_people_pressing_import_at_once_and_a_double_click_import_once(self):
        with clone_database() as database:
            one = evaluate(database, MAKE_IMPORT.format(count=60))
            answers = self._press_together(database, one, one)
            self.assertEqual(answers.count("success"), 1, answers)
            [other] = [answer for answer in answers if answer != "success"]
            self.assertTrue(other == "warning" or "another user is working" in other, other)
            self.assertEqual(evaluate(database, COMMIT.format(one=one, pause=0)), "warning")
            self.assertEqual(self._count(database, "expo_capture"), 60)
            self.assertEqual(self._count(database, "expo_participation"), 60)

    def test_two_people_importing_the_same_list_at_once_enter_each_customer_once(self):
        with clone_database() as database:
            ids = [evaluate(database, MAKE_IMPORT.format(count=60)) for _turn in range(2)]
            answers = self._press_together(database, *ids, pause=2)
            self.assertEqual(answers, ["success", "success"])
            self.assertEqual(self._count(database, "expo_capture"), 60)
            self.assertEqual(self._count(database, "expo_participation"), 60)
            self.assertEqual(self._count(database, "expo_import_line", "result = 'duplicate'"), 60)
