"""Payment is read from real orders and invoices, and moves the plan."""

from datetime import date

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestPayment(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.product = cls.env["product.product"].create(
            {"name": "Pump", "list_price": 100, "taxes_id": False, "invoice_policy": "order"}
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )

    def _order(self, partner, quantity=10, ordered_on="2026-04-18 10:00:00", user=None):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": (user or self.colleague).id,
                "date_order": ordered_on,
                "order_line": [fields.Command.create({"product_id": self.product.id, "product_uom_qty": quantity})],
            }
        )

    def _confirm_and_invoice(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _pay(self, invoice, amount=None):
        values = {"journal_id": self.bank.id, "payment_date": "2026-04-22"}
        if amount:
            values["amount"] = amount
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create(values)._create_payments()

    def test_an_order_moves_the_payment_from_none_to_paid(self):
        customer = self._make_participation(tier="signed")
        self.assertEqual(customer.payment_state, "none")
        order = self._order(customer.partner_id)
        self.assertEqual((customer.order_ids, customer.payment_state), (order, "none"))
        invoice = self._confirm_and_invoice(order)
        self.assertEqual(customer.payment_state, "unpaid")
        self._pay(invoice, 400)
        self.assertEqual(customer.payment_state, "partial")
        self._pay(invoice)
        self.assertEqual((customer.payment_state, customer.paid_on), ("paid", date(2026, 4, 22)))

    def test_an_invoice_that_was_reversed_and_replaced_by_a_paid_one_is_paid(self):
        customer = self._make_participation(tier="none")
        order = self._order(customer.partner_id)
        wrong = self._confirm_and_invoice(order)
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=wrong.ids)
        reversal.create({"journal_id": wrong.journal_id.id}).reverse_moves(is_modify=True)
        self.assertEqual((wrong.payment_state, customer.payment_state), ("reversed", "unpaid"))
        right = order.order_line.invoice_lines.move_id.filtered(lambda move: move.state == "draft")
        right.action_post()
        self._pay(right)
        self.assertEqual((customer.payment_state, customer.unpaid_since), ("paid", False))

    def test_a_paid_invoice_of_a_half_invoiced_order_is_partly_paid(self):
        customer = self._make_participation(tier="signed")
        first, second = self._order(customer.partner_id), self._order(customer.partner_id)
        self._pay(self._confirm_and_invoice(first))
        second.action_confirm()
        self.assertEqual(customer.payment_state, "partial")

    def test_when_the_invoice_is_paid_the_payment_step_goes_and_the_delivery_step_comes(self):
        customer = self._make_participation(tier="signed")
        invoice = self._confirm_and_invoice(self._order(customer.partner_id))
        self.show.with_user(self.manager).close_show()
        self.assertIn("payment", self._planned_steps(customer))
        self.assertIn("first_call_unpaid", self._planned_steps(customer))
        self._pay(invoice)
        self.assertTrue(customer.sync_pending)
        self._run_cron("sync")
        planned = self._planned_steps(customer)
        self.assertNotIn("payment", planned)
        self.assertNotIn("first_call_unpaid", planned)
        self.assertLessEqual({"first_call", "delivery", "visit"}, planned)
        delivery = self._step_of(customer, "delivery")
        self.assertEqual(delivery.window_start, date(2026, 4, 23))

    def test_the_delivery_step_comes_back_every_fortnight_until_the_goods_arrive(self):
        customer = self._make_participation(tier="signed")
        self._pay(self._confirm_and_invoice(self._order(customer.partner_id)))
        self.show.with_user(self.manager).close_show()
        with freeze_time("2026-04-23 10:00:00"):
            self._step_of(customer, "delivery").record_outcome("On the ship", "neutral")
        rounds = self._step_of(customer, "delivery").sorted("round")
        self.assertEqual(rounds.mapped("state"), ["done", "planned"])
        self.assertEqual(rounds[1].window_start, date(2026, 5, 7))
        customer.delivery_state = "delivered"
        self.assertEqual(rounds.mapped("state"), ["done", "cancelled"])

    def test_a_payment_triggers_the_sync_at_once(self):
        customer = self._make_participation(tier="signed")
        invoice = self._confirm_and_invoice(self._order(customer.partner_id))
        cron = self.env.ref("expo_followup.ir_cron_sync")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._pay(invoice)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    def test_a_salesperson_sees_the_payment_of_orders_that_a_colleague_entered(self):
        customer = self._make_participation(tier="signed")
        order = self._order(customer.partner_id, user=self.colleague)
        self._confirm_and_invoice(order)
        self.assertFalse(order.with_user(self.seller).has_access("read"))
        mine = customer.with_user(self.seller)
        self.assertEqual((mine.payment_state, mine.order_count), ("unpaid", 1))

    def test_orders_entered_before_the_customer_are_found(self):
        partner = self._make_partner("Early Bird")
        order = self._order(partner)
        self.assertFalse(order.expo_participation_id)
        customer = self._make_participation(partner=partner, tier="signed")
        self.assertEqual(order.expo_participation_id, customer)

    def test_an_order_of_the_company_counts_for_the_contact_met_at_the_show(self):
        company = self._make_partner("Rossi SpA", is_company=True)
        contact = self._make_partner("Maria", parent_id=company.id)
        customer = self._make_participation(partner=contact, tier="signed")
        self.assertEqual(self._order(company).expo_participation_id, customer)

    def test_a_draft_from_before_the_show_counts_once_it_is_confirmed_there(self):
        customer = self._make_participation(tier="signed")
        order = self._order(customer.partner_id, ordered_on="2026-04-01 10:00:00")
        self.assertFalse(order.expo_participation_id)
        order.action_confirm()
        self.assertEqual(order.expo_participation_id, customer)

    def test_the_day_of_an_order_is_the_shows_day(self):
        self.show.tz = "Asia/Shanghai"
        customer = self._make_participation(tier="signed")
        self.assertEqual(
            self._order(customer.partner_id, ordered_on="2026-04-15 17:00:00").expo_participation_id, customer
        )

    def test_an_order_placed_before_the_show_began_does_not_count(self):
        customer = self._make_participation(tier="signed")
        self.assertFalse(self._order(customer.partner_id, ordered_on="2026-04-15 10:00:00").expo_participation_id)

    def test_a_refunded_order_is_not_paid(self):
        customer = self._make_participation(tier="signed")
        order = self._order(customer.partner_id)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(customer.payment_state, "none")
