"""Goods of a complaint: frozen as they were delivered, and never more claimed than was."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintLine(MoneyCase):
    def _lines(self, complaint, **values):
        return complaint.env["expo.complaint.line"].create({"complaint_id": complaint.id, **values})

    def _evaluate(self, complaint):
        for gate in ("acknowledged", "facts", "photos", "departments"):
            self.env.company[f"expo_complaint_gate_{gate}"] = False
        complaint._move_to("negotiating")

    def test_a_line_of_the_order_is_a_picture_of_what_was_delivered(self):
        mug = self._complain_of_order().line_ids[0]
        self.assertEqual(
            (mug.product_name, mug.delivered_quantity, mug.price_unit, mug.amount, mug.order_name, mug.invoice_name),
            ("Mug", 10, 100, 1000, self.order.name, self.invoice.name),
        )
        self.assertEqual((mug.contract_name, str(mug.ship_date)), ("PO-77", "2026-04-10"))
        self.order.order_line[0].with_context(disable_cancel_warning=True).write({"name": "Cup", "qty_delivered": 3})
        self.assertEqual((mug.specification, mug.delivered_quantity), ("Mug", 10))

    def test_ship_date_is_that_of_the_goods_or_typed_and_stays_with_the_ended_complaint(self):
        self.assertEqual(str(self._complain_of_order().ship_date), "2026-04-10")
        complaint = self._complain(partner=self.maria, severity="low", ship_date="2026-03-09", handling="phone")
        complaint.line_ids = [Command.create({"product_name": "Mug", "ship_date": "2026-03-02"})]
        self.assertEqual(str(complaint.ship_date), "2026-03-09", "what was typed stays")
        complaint.action_acknowledge_by_phone()
        complaint._move_to("closed")
        for name, value in (("ship_date", "2026-03-01"), ("handling", "site"), ("customer_reason", "Too late")):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "cannot change"):
                complaint[name] = value

    def test_pressing_twice_adds_the_goods_once(self):
        complaint = self._complain_of_order()
        complaint.action_add_lines()
        self.assertEqual(len(complaint.line_ids), 2)

    def test_goods_of_an_invoice_are_known_again_in_its_order(self):
        complaint = self._complain(partner=self.maria)
        complaint.sudo().invoice_id = self.invoice
        complaint.action_add_lines()
        self.assertEqual(complaint.line_ids.order_line_id, self.order.order_line)
        self.assertEqual(complaint.line_ids[0].delivered_quantity, 10)

    def test_a_picture_is_not_painted_over(self):
        mug = self._complain_of_order().line_ids[0]
        for forged in (
            {"delivered_quantity": 100}, {"price_unit": 1}, {"product_name": "Gold"}, {"order_line_id": False},
            {"complaint_id": self._complain().id},
        ):  # fmt: skip
            with self.subTest(forged=forged), self.assertRaises(UserError):
                mug.write(forged)
        for forged in ({"is_frozen": False}, {"amount": 5}):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                mug.write(forged)

    def test_what_the_caller_says_was_delivered_counts_nothing_beside_the_order(self):
        complaint = self._complain(partner=self.maria, order_id=self.order.id)
        line = self._lines(
            complaint,
            order_line_id=self.order.order_line[0].id,
            delivered_quantity=1000,
            price_unit=5,
            product_name="X",
        )
        self.assertEqual((line.delivered_quantity, line.price_unit, line.product_name), (10, 100, "Mug"))

    def test_defaults_of_the_context_freeze_nothing(self):
        complaint = self._complain(partner=self.maria)
        lines = complaint.env["expo.complaint.line"].with_context(
            default_is_frozen=True, default_order_line_id=self.order.order_line[0].id
        )
        line = lines.create({"complaint_id": complaint.id, "product_name": "Mug", "price_unit": 9})
        self.assertFalse(line.is_frozen or line.order_line_id)

    def test_goods_of_another_customer_are_refused(self):
        complaint = self._complain(partner=self._make_partner("Jan Novak"))
        with self.assertRaisesRegex(UserError, "not delivered to the customer"):
            self._lines(complaint, order_line_id=self.order.order_line[0].id)

    def test_an_order_of_a_colleague_tells_nothing_to_who_may_not_see_it(self):
        theirs = self._sell(user=self.colleague)
        complaint = self._complain(partner=self.maria)
        with self.assertRaises(AccessError):
            self._lines(complaint, order_line_id=theirs.order_line[0].id)

    def test_a_quotation_delivered_nothing(self):
        draft = self._sell(confirm=False)
        complaint = self._complain(partner=self.maria, order_id=draft.id)
        with self.assertRaisesRegex(UserError, "not confirmed"):
            complaint.action_add_lines()

    def test_of_another_company_nothing_is_taken(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        team = self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id})
        complaint = self.env["expo.complaint"].create(
            {"subject": "Broken", "partner_id": self.maria.id, "team_id": team.id}
        )
        with self.assertRaises(UserError):
            self._lines(complaint, order_line_id=self.order.order_line[0].id)

    @mute_logger("odoo.sql_db")
    def test_accepted_is_within_claimed_and_claimed_within_delivered(self):
        mug = self._complain_of_order().line_ids[0]
        with self.assertRaisesRegex(UserError, "the 10 delivered"):
            mug.claimed_quantity = 11
        mug.claimed_quantity = 4
        with self.assertRaisesRegex(UserError, "cannot accept more"):
            mug.accepted_quantity = 5
        mug.accepted_quantity = 4
        for strange in (-1, float("nan"), float("inf")):
            with self.subTest(strange=strange):
                self.assertTrue(self._is_refused(mug.write, {"claimed_quantity": strange}))

    def test_all_live_complaints_together_claim_no_more_than_was_delivered(self):
        self._complain_of_order(claimed=(7, 0))
        second = self._complain_of_order(claimed=(3, 0))
        with self.assertRaisesRegex(UserError, "cannot claim 11"):
            second.line_ids[0].claimed_quantity = 4

    def test_claims_by_order_and_by_invoice_add_up(self):
        self._complain_of_order(claimed=(7, 0))
        second = self._complain(partner=self.maria)
        second.sudo().invoice_id = self.invoice
        second.action_add_lines()
        with self.assertRaisesRegex(UserError, "cannot claim 11"):
            second.line_ids[0].claimed_quantity = 4

    def test_what_was_given_up_claims_nothing_until_it_is_reopened(self):
        first = self._complain_of_order(claimed=(7, 0))
        first.write({"cancel_reason": "A mistake", "stage_id": self.stages["cancelled"].id})
        self._complain_of_order(claimed=(10, 0))
        with self.assertRaisesRegex(UserError, "cannot claim 17"):
            first.action_reopen()

    def test_goods_stay_as_they_were_evaluated(self):
        complaint = self._complain_of_order(claimed=(5, 0))
        self._evaluate(complaint)
        with self.assertRaisesRegex(UserError, "evaluated"):
            complaint.line_ids[0].claimed_quantity = 2
        with self.assertRaisesRegex(UserError, "evaluated"):
            complaint.line_ids[0].unlink()
        with self.assertRaisesRegex(UserError, "evaluated"):
            self._lines(complaint, product_name="Plate")
        complaint.line_ids[0].accepted_quantity = 5
        complaint._move_to("evaluating")
        complaint.line_ids[0].write({"claimed_quantity": 2, "accepted_quantity": 2})

    def test_goods_that_are_not_in_the_system_are_typed(self):
        line = self._lines(self._complain(), product_name="Plate", claimed_quantity=3)
        self.assertEqual((line.product_name, line.is_frozen), ("Plate", False))
        line.delivered_quantity = 5
        with self.assertRaisesRegex(UserError, "the 5 delivered"):
            line.claimed_quantity = 6

    def test_customer_of_a_complaint_with_goods_cannot_be_changed(self):
        complaint = self._complain_of_order()
        other = self._make_partner("Jan Novak")
        with self.assertRaisesRegex(UserError, "another customer"):
            complaint.write({"partner_id": other.id, "order_id": False})

    def test_colleague_cannot_change_goods_of_a_hidden_complaint(self):
        line = self._complain_of_order().line_ids[0].with_user(self.colleague)
        with self.assertRaises(AccessError):
            line.claimed_quantity = 1
        with self.assertRaises(AccessError):
            line.read(["price_unit"])

    def test_many_pieces_are_told_in_plain_figures(self):
        order = self._sell(quantities=(1_250_000, 2))
        mug = self._complain_of_order(order=order, claimed=(0, 0)).line_ids[0]
        with self.assertRaisesRegex(UserError, "the 1250000 delivered"):
            mug.claimed_quantity = 1_250_001
