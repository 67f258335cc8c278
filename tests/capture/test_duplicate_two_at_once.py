"""Real processes that merge the same customers at once: no contact is lost, nothing is done twice."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

MAKE_PAIRS = """
partners = env["res.partner"].create([{"name": f"Acme {n}", "is_company": True} for n in range(3)])
show = env["expo.exhibition"].create({"name": "Fair", "date_begin": "2026-04-16", "date_end": "2026-04-20"})
env["expo.participation"].create([{"exhibition_id": show.id, "partner_id": p.id} for p in partners])
pairs = [(partners[0].id, partners[1].id, "company"), (partners[1].id, partners[2].id, "company")]
env["expo.duplicate"]._propose(pairs)
result = env["expo.duplicate"].search([], order="id").ids
"""
# As the web client's call does: what was changed meanwhile makes it start again.
QUIETLY = "import logging\nlogging.getLogger('odoo.sql_db').setLevel(logging.CRITICAL)\n"
MERGE = (
    QUIETLY
    + """
import time
from odoo.service.model import retrying
def work():
    pair = env["expo.duplicate"].browse({pair})
    {method}
    time.sleep(2)
retrying(work, env)
result = True
"""
)
LOOK = (
    QUIETLY
    + """
import time
from odoo.service.model import retrying
def work():
    found = env["expo.duplicate"]._look_for_duplicates(env.company)
    time.sleep(2)
    return found
result = retrying(work, env)
"""
)
# Counts the statements of a merge, or dies after some of them.
COUNT = """
import os, signal
from odoo.sql_db import Cursor
execute, count = Cursor.execute, [0]
def counted(self, *args, **options):
    count[0] += 1
    if count[0] == {last}:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *args, **options)
Cursor.execute = counted
pair = env["expo.duplicate"].browse({pair})
pair.action_merge_into_a()
env.flush_all()
result = count[0]
if {last} < 0:
    os.kill(os.getpid(), signal.SIGKILL)
env.cr.rollback()
"""


class TestMergingAtOnce(TestCase):
    def test_two_people_merging_one_pair_each_their_way_merge_it_once(self):
        with clone_database() as database:
            [pair, _other] = evaluate(database, MAKE_PAIRS)
            told = run_together(
                (database, MERGE.format(pair=pair, method="pair.action_merge_into_a()")),
                (database, MERGE.format(pair=pair, method="pair.action_merge_into_b()")),
            )
            self.assertEqual(told, [True, True], "the second finds it done, and is told no error")
            self._check(database, partners=2, merged=1)

    def test_two_people_merging_two_pairs_of_a_chain_make_one_customer_of_all(self):
        with clone_database() as database:
            first, second = evaluate(database, MAKE_PAIRS)
            told = run_together(
                (database, MERGE.format(pair=first, method="pair.action_merge_into_a()")),
                (database, MERGE.format(pair=second, method="pair.action_merge_into_b()")),
            )
            self.assertEqual(told, [True, True])
            self._check(database, partners=1, merged=2)

    def test_a_process_that_dies_while_merging_leaves_both_customers_as_they_were(self):
        with clone_database() as database:
            [pair, _other] = evaluate(database, MAKE_PAIRS)
            before = self._read_everything(database)
            statements = evaluate(database, COUNT.format(pair=pair, last=0))
            self.assertGreater(statements, 100)
            for last in (statements // 2, statements - 5, -1):
                with self.subTest(statement=last, of=statements):
                    with self.assertRaisesRegex(AssertionError, "-9|ended early"):
                        evaluate(database, COUNT.format(pair=pair, last=last))
                    self.assertEqual(self._read_everything(database), before)
            evaluate(database, MERGE.format(pair=pair, method="pair.action_merge_into_a()"))
            self._check(database, partners=2, merged=1)

    def _read_everything(self, database):
        """Return a checksum of the rows of each table."""
        tables = [name for (name,) in query(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = "SELECT md5(string_agg(row::text, chr(10) ORDER BY row::text)) FROM {} row"
        return {name: query(database, rows.format(f'"{name}"')) for name in sorted(tables)}

    def test_two_people_looking_for_duplicates_find_each_pair_once(self):
        with clone_database() as database:
            evaluate(
                database,
                "env['res.partner'].create([{'name': n, 'is_company': True} for n in ('Acme Ltd', 'ACME', 'Acme Co')])",
            )
            found = run_together((database, LOOK), (database, LOOK))
            self.assertEqual(sorted(found), [0, 3])
            self.assertEqual(query(database, "SELECT count(*) FROM expo_duplicate"), [(3,)])

    def _check(self, database, partners, merged):
        """As many customers are left, with one entry and one file each, and as many pairs were merged."""
        left = "SELECT id FROM res_partner WHERE name LIKE 'Acme%%'"
        self.assertEqual(len(query(database, left)), partners)
        [[entries, customers]] = query(database, "SELECT count(*), count(DISTINCT partner_id) FROM expo_participation")
        self.assertEqual((entries, customers), (partners, partners))
        [[files]] = query(database, "SELECT count(*) FROM expo_customer_file")
        self.assertEqual(files, partners)
        [[done]] = query(database, "SELECT count(*) FROM expo_duplicate WHERE state = 'merged'")
        self.assertEqual(done, merged)
