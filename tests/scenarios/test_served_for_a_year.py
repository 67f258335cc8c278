"""Customers beyond one show: a buyer of a year, one met twice, colleagues, one who writes, one whom no mail reaches.

As in the eight months Anna does every morning what her list says; here the classes are those of the invoices.
"""

from datetime import date, timedelta
from itertools import pairwise

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .test_eight_months import SeasonCase


class YearCase(SeasonCase):
    def _night(self, day):
        """What runs every night: classes, and who enters the contact cadence."""
        with freeze_time(f"{day} 02:00:00"):
            self._run_cron("classify")
            self._run_cron("sync")

    def _calls(self, customers):
        live = customers.followup_ids.filtered(lambda row: row.state in ("planned", "due"))
        return live.filtered(lambda row: row.activity_type_id.category == "phonecall")


@tagged("post_install", "-at_install")
class TestServedForAYear(YearCase):
    def test_buyer_of_class_a_is_contacted_every_week_for_a_year(self):
        customer = self._meet("Emil Vogt", "intent")
        self._close_show()
        self._work(customer, "2026-05-08", [("Wants 10 pumps", "positive")] * 3)
        order = self._order(customer, "2026-05-11")
        self._pay(self._invoice(order, "2026-05-12"), "2026-05-13")
        with freeze_time("2026-05-14 09:00:00"):
            customer.with_user(self.seller).delivery_state = "delivered"
        self._night("2026-05-15")
        self.assertEqual((customer.outcome, customer.abc_class), ("won", "a"))
        self.assertFalse(customer.report_ids.filtered(lambda report: report.state == "open"), "reports end")

        diary = self._work(customer, "2027-04-20", [("All well", "neutral")] * 99)
        days = [date.fromisoformat(day) for day, what in diary if day >= "2026-05-20"]
        self.assertGreater(len(days), 40)
        # Christmas and New Year may push a call over the week.
        longest = max((later - earlier).days for earlier, later in pairwise(days))
        self.assertLessEqual(longest, 7, diary)
        self.assertNotIn("last_proposal", {what for _day, what in diary})
        self.assertEqual(customer.outcome, "won")
        self._check_never_too_often(customer)

    def test_customer_met_at_two_shows_is_called_for_one(self):
        first = self._meet("Ida Sommer", "intent")
        self._close_show()
        self._work(first, "2026-04-24", [("Sends the drawing", "positive")])
        self.assertIn("phone_revisit", self._planned_steps(first))
        summer = self._make_show(name="Summer", code="SU", date_begin=date(2026, 4, 27), date_end=date(2026, 4, 29))
        with freeze_time("2026-04-28 10:00:00"):
            second = self._make_participation(partner=first.partner_id, show=summer, captured_on="2026-04-28 10:00:00")
        with freeze_time("2026-04-29 16:00:00"):
            summer.with_user(self.manager).close_show()
        self.assertFalse(self._calls(first))
        self.assertTrue(self._calls(second))
        diary = self._work(second, "2027-01-31", [("Still thinking", "neutral")] * 99)
        self.assertEqual([what for _day, what in diary].count("last_proposal"), 1)
        self.assertFalse([row for row in first.followup_ids if self._name_of(row) == "last_proposal"])
        self.assertEqual((first.outcome, second.outcome), ("dormant", "dormant"))
        self._check_never_too_often(second)

    def test_two_contacts_of_one_company_are_one_customer(self):
        maria = self._meet("Maria Roth", "intent")
        paolo_partner = self._make_partner(
            "Paolo Roth", "de", parent_id=maria.partner_id.commercial_partner_id.id, phone="+49 30 5550199"
        )
        paolo = self._make_participation(partner=paolo_partner, tier="intent")
        self._close_show()
        self.assertEqual(maria.commercial_partner_id, paolo.commercial_partner_id)
        calls = self._calls(maria | paolo)
        self.assertEqual(len(set(calls.mapped("window_start"))), len(calls))
        self._work(maria, "2026-06-30", [("Paolo decides", "neutral")] * 9)
        rhythm = (maria | paolo).followup_ids.filtered(
            lambda row: row.origin in ("memory", "cadence") and row.state in ("planned", "due")
        )
        self.assertLessEqual(len(rhythm), 1)

    def test_customers_of_a_leaver_have_somebody_the_same_day(self):
        customer = self._meet("Otto Kern", "intent")
        self._close_show()
        self._morning("2026-04-21")
        due = self._live(customer).filtered(lambda row: row.state == "due")
        self.assertEqual(due.activity_id.user_id, self.seller)
        with freeze_time("2026-04-22 09:00:00"):
            self.seller.action_archive()
        self._morning("2026-04-23")
        live = self._live(customer)
        self.assertEqual(live.user_id, self.manager, "the responsible of the show")
        self.assertFalse(live.activity_id.user_id - self.manager)
        self.assertTrue(customer.filtered_domain([("has_salesperson", "=", False)]))

    def test_customer_who_writes_is_answered_and_no_letter_leaves_by_itself(self):
        customer = self._meet("Rita Lang", "materials")
        self._close_show()
        with freeze_time("2026-04-20 17:00:00"):
            customer._note_reply()
        self._morning("2026-04-21")
        letter = self._step_of(customer, "thank_you")
        self.assertNotEqual(letter.mail_state, "outgoing")
        reply = self._live(customer).filtered("is_reply")
        self.assertEqual((reply.state, reply.user_id), ("due", self.seller))
        with freeze_time("2026-05-06 09:00:00"):
            self._run_cron("escalate")
        self.assertEqual(customer.response_state, "red", "what counts is our answer")
        with freeze_time("2026-05-06 10:00:00"):
            reply.with_user(self.seller).record_outcome("Sent the catalogue", "positive")
        self.assertEqual((customer.response_state, customer.unanswered_since), ("answered", False))

    def test_customer_whose_mail_is_returned_is_called(self):
        customer = self._meet("Karl Brandt", "materials")
        self._close_show()
        with freeze_time("2026-04-21 12:00:00"):
            customer.partner_id.message_bounce = 1
        self._morning("2026-04-22")
        answer = self._step_of(customer, "first_answer")
        self.assertIn(answer.state, ("planned", "due"))
        self.assertEqual(self._step_of(customer, "email_revisit").exclude_reason, "bounced")
        asked = customer.activity_ids.activity_type_id
        self.assertIn(self.env.ref("expo_followup.activity_address"), asked)
        diary = self._work(customer, "2026-06-30", [("Spoke on the phone", "neutral")] * 9)
        methods = customer.followup_ids.filtered(
            lambda row: row.state == "done" and not row.is_letter and row.done_on.date() > date(2026, 4, 22)
        ).activity_type_id
        self.assertEqual(methods.mapped("category"), ["phonecall"], diary)

    def test_show_closed_a_month_late_does_not_fall_on_one_day(self):
        customer = self._meet("Vera Lutz", "intent")
        with freeze_time("2026-05-20 08:00:00"):
            self.show.with_user(self.manager).close_show()
        diary = self._work(customer, "2026-06-30", [("Has waited for us", "neutral")] * 9)
        names = [what for _day, what in diary]
        self.assertEqual(names[:2], ["thank_you", "first_call"])
        self.assertNotIn("email_revisit", names)
        first, second = (date.fromisoformat(day) for day, _what in diary[:2])
        self.assertGreaterEqual(second - first, timedelta(days=3))
        self._check_never_too_often(customer)

    def test_customer_without_intent_who_orders_later_is_served_as_who_signed(self):
        customer = self._meet("Nora Wolf", "none")
        self._close_show()
        self._work(customer, "2026-06-30", [("A dealer after all", "neutral")] * 3)
        order = self._order(customer, "2026-08-03")
        self._morning("2026-08-04")
        diary = self._work(customer, "2026-09-30", [("Pays next week", "positive")] * 9)
        self.assertEqual([what for _day, what in diary].count("visit_ordered"), 1, diary)
        self.assertGreaterEqual([what for _day, what in diary].count("payment"), 3)
        self._pay(self._invoice(order, "2026-10-01"), "2026-10-02")
        self._morning("2026-10-03")
        diary = self._work(customer, "2026-11-15", [("On board", "positive")] * 9)
        self.assertIn("delivery", {what for _day, what in diary})
        self.assertNotIn("payment", {what for _day, what in diary})
        with freeze_time("2026-11-16 09:00:00"):
            customer.with_user(self.seller).delivery_state = "delivered"
        self.assertNotIn("delivery", self._planned_steps(customer))

    def test_customer_never_met_who_buys_has_a_salesperson_who_calls(self):
        partner = self._make_partner("Berger AG", "de", is_company=True, user_id=self.seller.id, phone="+49 30 55501")
        with freeze_time("2026-06-01 10:00:00"):
            order = self.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [fields.Command.create({"product_id": self.pump.id, "product_uom_qty": 10})],
                }
            )
            order.action_confirm()
        self._invoice(order, "2026-06-02")
        self._night("2026-06-03")
        rows = self.env["expo.followup"].search([("partner_id", "=", partner.id)])
        self.assertEqual((rows.user_id, rows.participation_id.id, rows.state), (self.seller, False, "planned"))
        self._morning(rows.window_start)
        with freeze_time(f"{rows.window_start} 09:00:00"):
            rows.with_user(self.seller).record_outcome("Orders again in autumn", "positive")
        following = self.env["expo.followup"].search([("partner_id", "=", partner.id), ("state", "=", "planned")])
        self.assertLessEqual((following.window_start - rows.done_on.date()).days, 7)
