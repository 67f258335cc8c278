"""Two answers to one remedy in the same second: one is kept, and a withdrawn remedy is not accepted."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

MAKE = """
partner = env["res.partner"].create({"name": "Maria", "email": "maria@rossi.example"})
complaints = env["expo.complaint"].create(
    [{"subject": "Broken", "partner_id": partner.id, "severity": "low", "decision": "justified"} for _one in range(2)]
)
complaints.action_acknowledge_by_phone()
for complaint in complaints:
    complaint._move_to("negotiating")
    env["expo.complaint.remedy"].create(
        {"complaint_id": complaint.id, "kind": "other", "text": "New mugs"}
    ).action_submit()
    complaint._log_event("offered")
result = [complaints.ids, complaints.remedy_ids.mapped("approval")]
"""
# As a request does: what meets another transaction is tried again. Both begin before either ends.
ANSWER = """
import logging
import time
from odoo.service.model import retrying
# Who comes second meets the first, which the cursor reports, and starts over.
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
def answer():
    record = env["expo.complaint"].browse({record})
    mark = record._get_offer_mark()
    time.sleep(1)
    told = {work}
    env.flush_all()
    time.sleep({after})
    return told
result = retrying(answer, env)
"""


class TestComplaintPortalTwoAtOnce(TestCase):
    def _answer_together(self, database, record, *works):
        scripts = [
            ANSWER.format(record=record, work=work, after=1 + number) for number, work in enumerate(works)
        ]  # fmt: skip
        return run_together(*((database, script) for script in scripts))

    def test_two_at_once_answer_an_offer(self):
        with clone_database() as database:
            (twice, withdrawn), approval = evaluate(database, MAKE)
            self.assertEqual(approval, ["approved", "approved"])

            accepts = [f"record._accept(record.partner_id, '{name}', mark)[1]" for name in ("Maria", "Paolo")]
            self.assertEqual(self._answer_together(database, twice, *accepts), ["accept", "accept"])
            [[times]] = query(
                database,
                f"SELECT count(*) FROM expo_complaint_event WHERE kind = 'accepted' AND complaint_id = {twice}",
            )
            self.assertEqual(times, 1)

            told = self._answer_together(database, withdrawn, accepts[0], "record._void_offer()")
            self.assertIn(told[0], ("accept", "changed"))
            [[accepted, offered]] = query(
                database, f"SELECT accepted_on, offered_on FROM expo_complaint WHERE id = {withdrawn}"
            )
            self.assertEqual((accepted, offered), (None, None), "withdrawn before or after: nothing stands accepted")
