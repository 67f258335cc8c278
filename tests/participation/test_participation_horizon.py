"""How long customers stay open, and what becomes of them then."""

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from tests.common import ExpoCase

# Eight months after the show's last day, 2026-04-20.
HORIZON = "2026-12-20"


@tagged("post_install", "-at_install")
class TestHorizon(ExpoCase):
    def _close(self):
        with freeze_time("2026-04-20 16:00:00"):
            self.show.with_user(self.manager).close_show()

    def _pass(self, day):
        with freeze_time(f"{day} 06:00:00"):
            self._run_cron("sync")
            self._run_cron("open")

    def test_customer_stays_open_for_eight_months_then_gets_a_last_proposal(self):
        customer = self._make_participation(country="de")
        self._close()
        self.assertEqual(str(customer.horizon_on), HORIZON)
        self._pass("2026-12-19")
        self.assertEqual(customer.outcome, "open")
        self.assertFalse(self._step_of(customer, "last_proposal"))
        self._pass(HORIZON)
        self.assertEqual(customer.outcome, "dormant")
        self.assertTrue(customer.outcome_reason)
        # The twentieth is a Sunday; product letters leave Tuesday to Thursday.
        proposal = self._step_of(customer, "last_proposal")
        self.assertEqual(str(proposal.window_start), "2026-12-22")
        self._pass("2026-12-22")
        self.assertEqual((proposal.state, proposal.activity_id.user_id), ("due", self.seller))
        self.assertEqual(self._planned_steps(customer), {"last_proposal"})
        with freeze_time("2026-12-22 10:00:00"):
            proposal.with_user(self.seller).action_send_letter()
        self.assertIn("a new proposal", proposal.mail_mail_id.subject)

    def test_a_second_run_changes_nothing(self):
        customer = self._make_participation(country="de")
        self._close()
        self._pass(HORIZON)
        before = customer.followup_ids.mapped("state"), len(customer.message_ids)
        self._pass(HORIZON)
        self.assertEqual((customer.followup_ids.mapped("state"), len(customer.message_ids)), before)

    def test_horizon_is_extended_by_the_salesperson_or_unlimited_by_the_company(self):
        patient, usual = self._make_participation("Patient"), self._make_participation("Usual")
        self._close()
        patient.with_user(self.seller).horizon_on = "2027-02-01"
        self._pass(HORIZON)
        self.assertEqual((patient.outcome, usual.outcome), ("open", "dormant"))
        self.env.company.expo_horizon_months = 0
        self.assertFalse(patient.horizon_on)

    def test_answer_reopens_the_customer_for_eight_months(self):
        customer = self._make_participation(country="de")
        self._close()
        self._pass(HORIZON)
        with freeze_time("2027-01-11 09:00:00"):
            customer._note_reply()
        self.assertEqual((customer.outcome, str(customer.horizon_on)), ("open", "2027-09-11"))

    def test_long_after_the_end_no_last_proposal_is_made(self):
        customer = self._make_participation(country="de")
        self._close()
        self._pass("2027-03-01")
        self.assertEqual(customer.outcome, "dormant")
        self.assertFalse(self._planned_steps(customer))

    def test_customer_reopened_by_hand_gets_a_new_horizon(self):
        customer = self._make_participation(country="de")
        self._close()
        self._pass(HORIZON)
        with freeze_time("2027-02-01 09:00:00"):
            customer.with_user(self.seller).outcome = "open"
        self._pass("2027-02-02")
        self.assertEqual((customer.outcome, str(customer.horizon_on)), ("open", "2027-10-01"))

    def test_where_customers_stay_open_for_ever_who_is_opened_again_does_too(self):
        customer = self._make_participation(country="de")
        self._close()
        self._pass(HORIZON)
        # The day was the salesperson's decision; the setting knows no horizon any more.
        self.env.company.expo_horizon_months = 0
        customer.horizon_on = HORIZON
        with freeze_time("2027-02-01 09:00:00"):
            customer.with_user(self.seller).outcome = "open"
        self._pass("2027-02-02")
        self.assertEqual((customer.outcome, customer.horizon_on), ("open", False))

    def test_who_has_ordered_or_declined_never_becomes_dormant(self):
        won, lost = self._make_participation("Won"), self._make_participation("Lost")
        self._close()
        won.outcome, lost.outcome = "won", "lost"
        self._pass(HORIZON)
        self.assertEqual((won.outcome, lost.outcome), ("won", "lost"))

    def test_first_posted_invoice_wins_the_customer_for_every_accountant(self):
        self._load_accounts()
        customer = self._make_participation(country="de")
        pump = self.env["product.product"].create({"name": "Pump", "invoice_policy": "order", "taxes_id": False})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.partner_id.id,
                "order_line": [fields.Command.create({"product_id": pump.id, "price_unit": 10})],
            }
        )
        order.action_confirm()
        self.assertEqual(customer.outcome, "open", "an order is not yet an invoice")
        # Even who had been given up: what is invoiced is won.
        customer.outcome = "lost"
        order._create_invoices().action_post()
        self.assertEqual(customer.outcome, "won")

    def test_queries_do_not_grow_with_the_number_of_those_who_become_dormant(self):
        for number in range(25):
            self._make_participation(f"Customer {number}", country="de")
        self._close()
        customers = self.show.participation_ids
        counts = []
        for batch in (customers[:5], customers[5:]):
            with freeze_time(f"{HORIZON} 06:00:00"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                batch._become_dormant()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 6)
