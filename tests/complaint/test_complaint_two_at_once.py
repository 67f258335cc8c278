"""Two people at one complaint in the same second: no goods, no authority and no document is used twice."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

MAKE = """
from odoo import Command
env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
group = env.ref("sales_team.group_sale_salesman")
seller = env["res.users"].create(
    {"name": "Anna", "login": "anna", "email": "anna@ours.example", "group_ids": [Command.set(group.ids)]}
)
env.ref("expo_followup.complaint_authority_salesman").write({"amount": 500, "percent": 0, "customer_amount": 500})
env.company.expo_complaint_gate_acceptance = False
maria = env["res.partner"].create({"name": "Maria"})
mug = env["product.product"].create({"name": "Mug", "invoice_policy": "order"})
order = env["sale.order"].create(
    {
        "partner_id": maria.id,
        "user_id": seller.id,
        "order_line": [
            Command.create({"product_id": mug.id, "product_uom_qty": 10, "price_unit": 100, "tax_ids": False})
        ],
    }
)
order.action_confirm()
order._create_invoices().action_post()
complaints = env["expo.complaint"].with_user(seller).create(
    [
        {"subject": "Broken", "partner_id": maria.id, "order_id": order.id, "user_id": seller.id, "source": "service"}
        for _number in range(2)
    ]
)
for complaint in complaints:
    complaint.action_add_lines()
remedies = env["expo.complaint.remedy"].with_user(seller).create(
    [{"complaint_id": complaint.id, "kind": "credit", "amount": 300} for complaint in complaints]
)
result = [seller.id, complaints.line_ids.ids, remedies.ids]
"""
# As a click does: what meets another transaction is tried again. Both begin before either ends.
CLICK = """
import time
from odoo.exceptions import UserError
from odoo.service.model import retrying
def click():
    record = env(user={user})["{model}"].browse({record})
    record.exists()
    time.sleep({before})
    {work}
    env.flush_all()
    time.sleep({after})
try:
    retrying(click, env)
    result = "done"
except UserError as error:
    env.cr.rollback()
    result = str(error)
"""


class TestComplaintTwoAtOnce(TestCase):
    def _click_together(self, database, user, model, records, work):
        values = {"user": user, "model": model, "work": work}
        scripts = [
            CLICK.format(record=record, before=1, after=1 + number, **values) for number, record in enumerate(records)
        ]
        return run_together(*((database, script) for script in scripts))

    def test_two_at_once_claim_promise_and_carry_out_no_more_than_one_after_the_other(self):
        with clone_database() as database:
            user, lines, remedies = evaluate(database, MAKE)

            answers = self._click_together(database, user, "expo.complaint.line", lines, "record.claimed_quantity = 7")
            self.assertEqual(answers.count("done"), 1, answers)
            self.assertTrue(any("cannot claim 14" in answer for answer in answers), answers)
            claims = query(database, "SELECT sum(claimed_quantity) FROM expo_complaint_line")
            self.assertEqual([[float(claim) for claim in row] for row in claims], [[7.0]])

            self._click_together(database, user, "expo.complaint.remedy", remedies, "record.action_submit()")
            rows = query(database, "SELECT approval FROM expo_complaint_remedy ORDER BY approval")
            self.assertEqual([list(row) for row in rows], [["approved"], ["to_approve"]])

            [[approved]] = query(database, "SELECT id FROM expo_complaint_remedy WHERE approval = 'approved'")
            self._click_together(
                database, user, "expo.complaint.remedy", [approved, approved], "record.action_make_document()"
            )
            notes = query(database, "SELECT count(*) FROM account_move WHERE move_type = 'out_refund'")
            self.assertEqual([list(row) for row in notes], [[1]])
