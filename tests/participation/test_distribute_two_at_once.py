"""Two managers distribute the same customers at once: each customer is given away once, and it is told."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

MAKE_CUSTOMERS = """
from datetime import date
from odoo import Command
users = env["res.users"].create([{"name": name, "login": name} for name in ("one", "two", "three")])
users.group_ids = [Command.link(env.ref("sales_team.group_sale_salesman").id)]
show = env["expo.exhibition"].create(
    {"name": "Fair", "date_begin": date.today(), "date_end": date.today(), "state": "running",
     "member_ids": [Command.set(users.ids)]}
)
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(40)])
env["expo.participation"].create(
    [{"exhibition_id": show.id, "partner_id": partner.id, "user_id": False} for partner in partners]
)
result = 0
"""
DISTRIBUTE = """
import time
wizard = env["expo.distribute"].create({})
env.cr.commit()
time.sleep(1.5)
try:
    result = wizard.action_confirm()["params"]["message"]
    time.sleep(1.5)
    env.cr.commit()
except Exception as error:
    env.cr.rollback()
    result = type(error).__name__
"""


class TestDistributeTwoAtOnce(TestCase):
    def test_each_customer_is_given_away_once(self):
        with clone_database() as database:
            evaluate(database, MAKE_CUSTOMERS)
            told = run_together((database, DISTRIBUTE), (database, DISTRIBUTE))
            given = query(database, "SELECT count(*), count(DISTINCT participation_id) FROM expo_owner_change")
            left = query(database, "SELECT count(*) FROM expo_participation WHERE user_id IS NULL")
        self.assertEqual(given, [(40, 40)])
        self.assertEqual(left, [(0,)])
        self.assertTrue(any("assigned to their new salespeople: 40" in message for message in told), told)
