"""A big office: what it does with complaints takes as many queries for many of them as for a few."""

from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.tests import tagged

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintSpeed(MoneyCase):
    def _count(self, work):
        """Return how many queries some work takes from a cold cache, all that is to be written included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _take_down(self, number, **values):
        complaints = self.env["expo.complaint"].with_user(self.manager)
        return complaints.create(
            [
                {
                    "subject": f"Broken {index}",
                    "partner_id": self.maria.id,
                    "received_at": fields.Datetime.now() - timedelta(hours=index),
                    **values,
                }
                for index in range(number)
            ]
        )

    def test_taking_many_down_asks_for_little_more_than_a_number_each(self):
        # The author follows each: two queries of core's.
        self._take_down(1)
        few, many = (self._count(lambda number=number: self._take_down(number)) for number in (10, 30))
        self.assertLessEqual(many - few, 20 * 4)

    def test_the_list_and_the_board_show_many_as_fast_as_a_few(self):
        self._take_down(40, user_id=self.seller.id)
        complaints = self.env["expo.complaint"].with_user(self.manager)
        for kind in ("list", "kanban"):
            tree = etree.fromstring(complaints.get_view(view_type=kind)["arch"])
            names = {node.get("name") for node in tree.iterfind(".//field")}
            shown = {name: {} for name in names if name in complaints._fields}
            with self.subTest(view=kind):
                complaints.web_search_read([], shown, limit=1)
                few, many = (
                    self._count(lambda number=number, shown=shown: complaints.web_search_read([], shown, limit=number))
                    for number in (5, 40)
                )
                self.assertLessEqual(many, few + 2)

    def _hold(self, number):
        """Count the queries of a complaint about an order with so many invoices, and of its end."""
        order = self._sell(quantities=(number, 0))
        invoices = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.maria.id,
                    "invoice_date": "2026-04-10",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.products[0].id,
                                "price_unit": 100,
                                "sale_line_ids": [Command.set(order.order_line[0].ids)],
                            }
                        )
                    ],
                }
                for _index in range(number)
            ]
        )
        invoices.action_post()
        held = self._count(lambda: self._take_down(1, order_id=order.id))
        self.assertTrue(all(invoices.mapped("expo_is_held")))
        complaint = self.env["expo.complaint"].search([("order_id", "=", order.id)])
        complaint.cancel_reason = "By mistake"
        released = self._count(lambda: complaint._move_to("cancelled"))
        self.assertFalse(any(invoices.mapped("expo_is_held")))
        return held, released

    def test_many_invoices_are_held_and_released_as_fast_as_a_few(self):
        self._hold(1)
        few, many = self._hold(3), self._hold(13)
        self.assertLessEqual(many[0], few[0] + 2)
        self.assertLessEqual(many[1], few[1] + 2)

    def test_a_promise_is_judged_as_fast_after_many_as_after_a_few(self):
        complaint = self._complain_of_order()

        def promise():
            self._promised(complaint, 1)

        promise()
        few = self._count(promise)
        for _number in range(20):
            promise()
        self.assertLessEqual(self._count(promise), few + 2)

    def test_the_analysis_reads_no_invoices_unless_asked_for_a_share_of_the_turnover(self):
        self._complain_of_order()
        reports = self.env["expo.complaint.report"]
        plans = {}
        for measure in ("cost:sum", "cost_share:sum"):
            query = reports._search([])
            columns = reports._read_group_select(measure, query)
            self.env.cr.execute("EXPLAIN " + query.select(columns).code, query.select(columns).params)
            plans[measure] = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertNotIn("account_move", plans["cost:sum"])
        self.assertIn("account_move", plans["cost_share:sum"])
