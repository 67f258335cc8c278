"""Two users erase one person at once."""

from threading import Thread
from unittest import TestCase

from tests.common_server import clone_database, evaluate, query

MAKE = """
show = env["expo.exhibition"].create(
    {"name": "Spring Fair", "date_begin": "2026-04-16", "date_end": "2026-04-20", "state": "running"})
zoe = env["res.partner"].create({"name": "Zoe Quandt", "email": "zoe@quandt.example"})
env["expo.participation"].create({"exhibition_id": show.id, "partner_id": zoe.id}).message_post(body="Zoe likes tea")
dialogs = env["expo.privacy.erase"].create([{"partner_id": zoe.id, "reason": "Asked for"}] * 2)
result = [zoe.id, *dialogs.ids]
"""
#: The first one is at it until the second one has tried.
FIRST = """
import time
env["expo.privacy.erase"].browse(%s).action_erase()
env.flush_all()
time.sleep(5)
"""
SECOND = """
import time
from odoo.exceptions import UserError
is_free = "SELECT id FROM res_partner WHERE id = %s FOR UPDATE SKIP LOCKED"
for _try in range(200):
    env.cr.execute(is_free)
    if not env.cr.fetchall():
        break
    env.cr.rollback()
    time.sleep(0.1)
try:
    env["expo.privacy.erase"].browse(%s).action_erase()
    result = "erased"
except UserError as error:
    result = str(error)
env.cr.rollback()
"""


class TestErasureTwoAtOnce(TestCase):
    def test_the_second_user_is_refused_in_words_and_the_first_one_erases_all(self):
        with clone_database() as database:
            person, one, other = evaluate(database, MAKE)
            first = Thread(target=evaluate, args=(database, FIRST % one))
            first.start()
            words = evaluate(database, SECOND % (person, other))
            first.join()
            self.assertEqual(
                words, "You cannot change “Zoe Quandt” because another user is working on it. Try again in a minute."
            )
            self.assertEqual(query(database, "SELECT id FROM res_partner WHERE name LIKE '%%Quandt%%'"), [])
            self.assertEqual(query(database, "SELECT count(*) FROM expo_erasure"), [(1,)])
