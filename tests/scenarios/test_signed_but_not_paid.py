"""The story of a customer who signs at the show, pays three weeks later, and gets the goods."""

from datetime import date

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestSignedButNotPaid(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "list_price": 250, "taxes_id": False, "invoice_policy": "order"}
        )

    def _day(self, day):
        """One day in the office: the scheduled actions run in the morning."""
        with freeze_time(f"{day} 06:00:00"):
            self._run_cron("sync")
            self._run_cron("open")
            self._run_cron("escalate")

    def _to_do(self, customer):
        """What the salesperson's list of activities shows for the customer, by due date."""
        return [(a.summary, str(a.date_deadline)) for a in customer.activity_ids.sorted("date_deadline")]

    def test_from_the_handshake_to_the_goods(self):  # noqa: PLR0915 - a story is told in one go
        # At the stand, Friday: Anna meets Herr Yılmaz, who signs for forty pumps.
        with freeze_time("2026-04-17 10:00:00"):
            customer = self._make_participation("Emre Yılmaz", country="tr", tier="signed", email="emre@pompa.example")
            order = self.env["sale.order"].create(
                {
                    "partner_id": customer.partner_id.id,
                    "user_id": self.seller.id,
                    "order_line": [fields.Command.create({"product_id": self.pump.id, "product_uom_qty": 40})],
                }
            )
            order.action_confirm()
            invoice = order._create_invoices()
            invoice.action_post()
        self.assertEqual(customer.payment_state, "unpaid")

        # Monday evening the show ends and the manager closes it. Nothing leaves that evening.
        with freeze_time("2026-04-20 16:00:00"):
            self.show.with_user(self.manager).close_show()
        letter = self._step_of(customer, "thank_you")
        # Nine in the morning in Istanbul.
        self.assertEqual(letter.mail_mail_id.scheduled_date, fields.Datetime.to_datetime("2026-04-21 06:00:00"))

        # Tuesday at nine the letter leaves.
        with freeze_time("2026-04-21 07:00:00"):
            letter._letter_sent()
        self.assertEqual((letter.state, customer.response_state), ("done", "waiting"))

        # Anna is reminded to call: a key customer. Thursday is a holiday in Turkey.
        self._day("2026-04-21")
        call = self._step_of(customer, "first_call_unpaid")
        self.assertEqual(self._to_do(customer), [(call.summary, "2026-04-22")])
        with freeze_time("2026-04-21 08:00:00"):
            call.with_user(self.seller).record_outcome("Pays when the bank has opened the credit", "positive")
        self.assertEqual(customer.response_state, "answered")

        # The next week the product letter is prepared; Anna sends it. The tier stays.
        self._day("2026-04-28")
        revisit = self._step_of(customer, "email_revisit")
        self.assertEqual([summary for summary, _day in self._to_do(customer)], [revisit.summary])
        with freeze_time("2026-04-28 09:00:00"):
            revisit.with_user(self.seller).action_send_letter()
            revisit._letter_sent()

        # Two weeks after the show there is still no payment: call again, the only thing to do that day.
        self._day("2026-05-04")
        phone = self._step_of(customer, "payment")
        self.assertEqual([summary for summary, _day in self._to_do(customer)], [phone.summary])

        # Before she calls, the money comes. The reminder goes by itself; the goods are to be followed now.
        with freeze_time("2026-05-05 09:00:00"):
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            register.create({"payment_date": "2026-05-05"})._create_payments()
        self._day("2026-05-06")
        self.assertEqual((phone.state, customer.payment_state), ("cancelled", "paid"))
        delivery = self._step_of(customer, "delivery")
        self.assertEqual([summary for summary, _day in self._to_do(customer)], [delivery.summary])

        # She reports on the shipment, and a fortnight later again, until the goods are there.
        with freeze_time("2026-05-06 09:00:00"):
            delivery.with_user(self.seller).record_outcome("On board, arrives in June", "positive")
        self._day("2026-05-20")
        second = self._step_of(customer, "delivery").sorted("round")[-1]
        self.assertEqual((second.round, second.state, second.window_start), (2, "due", date(2026, 5, 20)))
        with freeze_time("2026-05-20 09:00:00"):
            second.with_user(self.seller).record_outcome("In the warehouse", "positive")
            customer.with_user(self.seller).delivery_state = "delivered"

        # Only the visit is left, and every follow-up is in the history, counted.
        self.assertEqual(self._planned_steps(customer), {"visit"})
        done = customer.followup_ids.filtered(lambda f: f.state == "done").sorted("number")
        self.assertEqual(done.mapped("number"), [1, 2, 3, 4, 5])
        self.assertEqual(customer.followup_count, 5)
