"""Which invoices an open complaint keeps reminders from, and that what people say by hand stays."""

from odoo.tests import tagged

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintHold(MoneyCase):
    def _other_order(self):
        order = self._sell()
        order._create_invoices().action_post()
        return order

    def _taken(self, order=None):
        order = order or self.order
        return self._complain(partner=self.maria, order_id=order.id, severity="low", user_id=self.seller.id)

    def _cancel(self, complaint):
        complaint.write({"cancel_reason": "By mistake", "stage_id": self.stages["cancelled"].id})

    def test_excluded_before_and_taken_in_by_hand_it_stays_in(self):
        self.invoice.no_followup = True
        complaint = self._taken()
        (self.invoice | self._other_order().invoice_ids).no_followup = False
        self._cancel(complaint)
        self.assertFalse(self.invoice.no_followup)

    def test_excluded_by_hand_on_its_line_meanwhile_it_stays_excluded(self):
        complaint = self._taken()
        claim = self.invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        claim.no_followup = False
        claim.no_followup = True
        self._cancel(complaint)
        self.assertEqual((self.invoice.no_followup, self.invoice.expo_is_held), (True, False))

    def test_the_orders_of_all_its_goods_are_held(self):
        second = self._other_order()
        complaint = self._taken()
        complaint.action_add_lines()
        complaint.order_id = second
        complaint.action_add_lines()
        self.assertEqual((self.invoice.no_followup, second.invoice_ids.no_followup), (True, True))
        complaint.line_ids.filtered(lambda line: line.order_name == self.order.name).unlink()
        self.assertEqual((self.invoice.no_followup, second.invoice_ids.no_followup), (False, True))

    def test_merged_into_another_its_order_is_held_until_that_one_ends(self):
        source, target = self._taken(), self._taken(self._other_order())
        source._merge_into(target)
        self.assertTrue(self.invoice.no_followup)
        self.assertIn(target.name, self.invoice._expo_get_warning())
        target.action_acknowledge_by_phone()
        target._move_to("closed")
        self.assertFalse(self.invoice.no_followup)
