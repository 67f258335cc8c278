"""Five customers of one show, one of each tier, from the stand to the invoice or until nothing is expected any more.

Anna does every morning what her list says, on its day. Eight months pass; the scheduled actions run on every day on
which something is due.
"""

from datetime import date, timedelta
from itertools import pairwise

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..common import ExpoCase

HORIZON = date(2026, 12, 20)
DAYS_OF_SHOW = "2026-04-17"


class SeasonCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "list_price": 250, "taxes_id": False, "invoice_policy": "order"}
        )

    def _meet(self, name, tier, country="de"):
        """At the stand: Anna types the contact into her phone and enters it the same day."""
        email = f"{name.lower().replace(' ', '.')}@customer.example"
        payload = {
            "client_key": f"stand-{tier}-0001", "exhibition_id": self.show.id, "channel": "typed", "name": name,
            "company_name": f"{name} GmbH", "email": email, "phone": "+49 30 5550100", "country_code": country.upper(),
            "tier_code": tier, "contact_consent": "granted", "device_time": f"{DAYS_OF_SHOW}T10:00:00Z",
        }  # fmt: skip
        with freeze_time(f"{DAYS_OF_SHOW} 10:00:00"):
            captures = self.env["expo.capture"].with_user(self.seller)
            [answer] = captures._store_payloads([payload])
            capture = captures.browse(answer["id"])
            capture.action_enter()
        customer = capture.sudo().participation_id
        self.assertEqual((customer.tier_id.code, customer.user_id), (tier, self.seller))
        return customer

    def _close_show(self):
        with freeze_time("2026-04-20 16:00:00"):
            self.show.with_user(self.manager).close_show()

    def _morning(self, day):
        with freeze_time(f"{day} 05:30:00"):
            for name in ("sync", "open", "escalate"):
                self._run_cron(name)

    def _work(self, customer, until, answers=()):
        """Anna does what is due for this customer, day by day, and notes the reactions.

        :param answers: ``(content, effect)`` or ``(content, effect, tier)`` in turn, then the customer does not answer
        :returns: what was done: ``(day, origin or step)``
        """
        answers, diary = iter(answers), []
        until = fields.Date.to_date(until)
        while (day := customer.next_followup_on) and day <= until:
            self._morning(day)
            due = customer.followup_ids.filtered(lambda followup: followup.state == "due")
            self.assertTrue(due, f"nothing is due on {day} although it was announced")
            with freeze_time(f"{day} 09:00:00"):
                for followup in due:
                    diary.append((str(day), self._name_of(followup)))
                    self._do(followup, answers)
                self._run_cron("sync")
        self._morning(until)
        return diary

    def _name_of(self, followup):
        codes = {step: code for code, step in self.steps.items()}
        return codes[followup.step_id] if followup.step_id else followup.origin

    def _do(self, followup, answers):
        followup = followup.with_user(self.seller)
        if followup.is_letter:
            if not followup.mail_state:
                followup.action_send_letter()
            followup.sudo()._letter_sent()
            return
        content, effect, *tier = next(answers, ("No answer", "no_answer"))
        followup.record_outcome(content, effect, tier=tier[0] if tier else None)

    def _order(self, customer, day, quantity=10):
        with freeze_time(f"{day} 10:00:00"):
            order = self.env["sale.order"].create(
                {
                    "partner_id": customer.partner_id.id,
                    "user_id": self.seller.id,
                    "order_line": [fields.Command.create({"product_id": self.pump.id, "product_uom_qty": quantity})],
                }
            )
            order.action_confirm()
        self.assertEqual(order.expo_participation_id, customer)
        return order

    def _invoice(self, order, day):
        with freeze_time(f"{day} 10:00:00"):
            invoice = order._create_invoices()
            invoice.action_post()
        return invoice

    def _pay(self, invoice, day):
        with freeze_time(f"{day} 10:00:00"):
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            register.create({"payment_date": day})._create_payments()

    def _live(self, customer):
        return customer.followup_ids.filtered(lambda followup: followup.state in ("planned", "due"))

    def _check_never_too_often(self, customer):
        """In no seven days more follow-ups than the company allows: three."""
        done = customer.followup_ids.filtered(lambda followup: followup.state == "done")
        days = sorted(followup.done_on.date() for followup in done)
        for start in days:
            week = [day for day in days if start <= day < start + timedelta(days=7)]
            self.assertLessEqual(len(week), self.env.company.expo_touch_limit, week)


@tagged("post_install", "-at_install")
class TestEightMonths(SeasonCase):
    def test_signed_is_visited_invoiced_and_followed_until_delivery(self):
        customer = self._meet("Emil Vogt", "signed")
        order = self._order(customer, DAYS_OF_SHOW)
        self._close_show()

        # In the first weeks: the letter, a call at once, product information, a call about payment.
        diary = self._work(customer, "2026-05-08", [("Pays on invoice", "positive"), ("All well", "positive")])
        self.assertEqual(
            [what for _day, what in diary],
            ["thank_you", "first_call_unpaid", "memory", "email_revisit", "payment"],
        )
        self.assertEqual(customer.lead_id.campaign_id, self.show.campaign_id)

        # Anna plans the visit, her manager approves it; it is held on the twentieth of May.
        visit = self._plan_visit(customer)
        payment = self._step_of(customer, "payment").filtered(lambda row: row.state == "planned")
        self.assertEqual(self._live(customer), visit.followup_id | payment, "a visit, and payment until it is there")
        with freeze_time("2026-05-20 15:00:00"):
            visit.with_user(self.seller).action_hold()
            visit.with_user(self.seller).write({"discussed": "Terms of delivery", "effect": "positive"})
            visit.with_user(self.seller).action_submit_minutes()
        with freeze_time("2026-05-21 09:00:00"):
            visit.with_user(self.manager).action_review()
        self.assertEqual((visit.followup_id.state, visit.state), ("done", "reviewed"))
        self.assertEqual(customer.last_effect, "positive")

        # The invoice is what the follow-up was for: the customer is won, the reports end, the opportunity is won.
        invoice = self._invoice(order, "2026-05-26")
        self._morning("2026-05-27")
        self.assertEqual((customer.outcome, customer.payment_state), ("won", "unpaid"))
        self.assertFalse(customer.report_ids.filtered(lambda report: report.state == "open"))
        self.assertTrue(customer.lead_id.stage_id.is_won)

        # The customer pays; Anna reports every fortnight where the goods are, until they are there.
        self._pay(invoice, "2026-06-09")
        self._morning("2026-06-10")
        diary = self._work(customer, "2026-07-10", [("On board", "positive"), ("In the harbour", "positive")])
        self.assertEqual({what for _day, what in diary}, {"delivery"})
        self.assertEqual(len(diary), 3)
        customer.with_user(self.seller).delivery_state = "delivered"
        self.assertFalse(self._live(customer))

        # Nothing more is planned, and the customer never becomes dormant: there is an order.
        self._morning(HORIZON + timedelta(days=1))
        self.assertEqual(customer.outcome, "won")
        self.assertFalse(self._live(customer))
        self._check_never_too_often(customer)

    def _plan_visit(self, customer):
        self._morning("2026-05-12")
        with freeze_time("2026-05-12 09:00:00"):
            person = customer.file_id.person_ids[:1]
            visit = (
                self.env["expo.visit"]
                .with_user(self.seller)
                .create(
                    {
                        "participation_id": customer.id,
                        "aim": "Agree on the terms of delivery",
                        "plan": "Look at the warehouse",
                        "start": "2026-05-20 08:00:00",
                        "person_ids": [fields.Command.create({"person_id": person.id, "name": "Emil Vogt"})],
                    }
                )
            )
            visit.action_submit()
            visit.with_user(self.manager).action_approve()
        return visit

    def test_intends_to_order_gets_a_sample_and_orders_in_the_fifth_month(self):
        customer = self._meet("Ida Sommer", "intent")
        self._close_show()
        self._morning("2026-04-21")
        self.assertTrue(customer.lead_id, "who intends to order is an opportunity")
        self.assertEqual(customer.report_ids.mapped("state"), ["open"])

        # The customer asks for a sample in the first call; it is agreed, sent and received.
        diary = self._work(customer, "2026-04-24", [("Wants a sample", "positive")])
        self.assertEqual([what for _day, what in diary][:2], ["thank_you", "first_call"])
        sample = self._send_sample(customer)
        self.assertEqual(
            (str(customer.sample_agreed_on), str(customer.sample_received_on)), ("2026-04-24", "2026-05-04")
        )

        # The plan asks how the sample was liked, three to ten days later; the report is handed in on its day.
        check = self._step_of(customer, "sample_check")
        self.assertEqual(str(check.window_start), "2026-05-07")
        self._work(customer, "2026-05-15", [("Likes it", "positive")] * 6)
        self.assertEqual((check.state, sample.state), ("done", "judged"))
        self._hand_in_report(customer, "2026-05-15")

        # Month after month she keeps in touch: seldom is not never. A lot of them are silent.
        diary = self._work(customer, "2026-09-15")
        self.assertEqual({what for _day, what in diary}, {"memory", "cadence"} & {what for _day, what in diary})
        self.assertGreaterEqual(len(diary), 3)
        self.assertEqual(customer.outcome, "open")

        # In the fifth month the order comes, and with its invoice the end.
        order = self._order(customer, "2026-09-22")
        self._invoice(order, "2026-09-24")
        self._morning("2026-09-25")
        self.assertEqual(customer.outcome, "won")
        self.assertFalse(self._live(customer).filtered(lambda followup: followup.origin in ("memory", "cadence")))
        self.assertEqual(set(customer.report_ids.mapped("state")), {"received", "ended"})
        self._check_never_too_often(customer)

    def _send_sample(self, customer):
        sample = self.env["expo.sample"].with_user(self.seller)
        with freeze_time("2026-04-24 11:00:00"):
            sample = sample.create(
                {
                    "participation_id": customer.id,
                    "freight": "collect",
                    "line_ids": [fields.Command.create({"product_id": self.pump.id, "quantity": 1})],
                }
            )
            sample.agree("Ida Sommer", "mail")
        with freeze_time("2026-04-27 11:00:00"):
            sample.ship("DHL", "JD0146")
        with freeze_time("2026-05-04 11:00:00"):
            sample.receive("The reception")
        return sample

    def _hand_in_report(self, customer, day):
        with freeze_time(f"{day} 11:00:00"):
            report = customer.report_ids.filtered(lambda one: one.state == "open").with_user(self.seller)
            self.assertEqual(len(report), 1)
            report.write({"stage": "sample", "what_was_done": "The sample is liked", "forecast_amount": 2500})
            report.action_hand_in()
        self.assertEqual(len(customer.report_ids.filtered(lambda one: one.state == "open")), 1, "the next is issued")

    def test_no_agreement_yet_warms_up_and_is_lost_to_a_competitor(self):
        customer = self._meet("Otto Kern", "no_agreement")
        self._close_show()
        self._morning("2026-04-21")
        self.assertFalse(customer.lead_id)

        # Anna holds the earlier position; on the initial cadence the customer warms up, and she judges the tier anew.
        answers = [
            ("The price is too high", "neutral"),
            ("Still too high", "neutral"),
            ("Would take 500 at 230", "positive", "intent"),
        ]
        diary = self._work(customer, "2026-05-20", answers)
        self.assertEqual([what for _day, what in diary][:2], ["thank_you", "first_answer"])
        self.assertIn("memory", [what for _day, what in diary])
        self.assertEqual(customer.tier_id, self.tiers["intent"])
        self.assertEqual(customer.tier_change_ids.sorted("id")[-1].reason, "Would take 500 at 230")
        self._morning("2026-05-21")
        self.assertTrue(customer.lead_id, "now there is an opportunity")

        # In July a competitor gets the order: the opportunity is lost, and nothing is asked of Anna any more.
        self._work(customer, "2026-07-01")
        with freeze_time("2026-07-02 09:00:00"):
            customer.lead_id.with_user(self.seller).action_set_lost()
        self.assertEqual(customer.outcome, "lost")
        self._morning("2026-07-03")
        self.assertFalse(self._live(customer))
        self.assertFalse(customer.activity_ids)
        self._morning(HORIZON + timedelta(days=1))
        self.assertEqual(customer.outcome, "lost", "the customer is not reopened")
        self._check_never_too_often(customer)

    def test_asked_for_materials_silent_gets_a_last_proposal_and_is_reopened(self):
        customer = self._meet("Rita Lang", "materials")
        self._close_show()
        diary = self._work(customer, HORIZON - timedelta(days=1), [("Sent the catalogue", "neutral")])
        done = [what for _day, what in diary]
        self.assertEqual(done[:2], ["thank_you", "first_answer"])
        self.assertEqual(set(done[2:]) - {"email_revisit"}, {"memory", "cadence"})

        # After the initial cadence she is contacted once a month, for eight months.
        days = [date.fromisoformat(day) for day, what in diary if what == "cadence"]
        self.assertGreaterEqual(len(days), 5)
        for earlier, later in pairwise(days):
            self.assertLessEqual((later - earlier).days, 30)
            self.assertGreaterEqual((later - earlier).days, 21)
        self.assertEqual(customer.outcome, "open")

        # Then she is dormant: one last proposal, which Anna sends.
        self._morning(HORIZON)
        self.assertEqual(customer.outcome, "dormant")
        diary = self._work(customer, "2027-01-08")
        self.assertEqual([what for _day, what in diary], ["last_proposal"])
        self.assertFalse(self._live(customer))

        # In January she answers. She is open again, with a user who is to answer her.
        with freeze_time("2027-01-12 09:00:00"):
            customer._note_reply()
        self.assertEqual((customer.outcome, str(customer.horizon_on)), ("open", "2027-09-12"))
        self.assertEqual(customer.activity_ids.activity_type_id, self.env.ref("expo_followup.activity_answer"))
        self._check_never_too_often(customer)

    def test_no_intent_is_looked_up_and_not_contacted(self):
        customer = self._meet("Karl Brandt", "none")
        self._close_show()
        diary = self._work(customer, HORIZON - timedelta(days=1), [("A carpenter; no use for pumps", "neutral")])
        self.assertEqual([what for _day, what in diary], ["thank_you", "email_revisit", "look_up"])
        self.assertEqual(customer.response_state, "answered")
        self.assertFalse(customer.lead_id)
        # Every assigned lead is reported on.
        self.assertIn("open", customer.report_ids.mapped("state"))

        # The record is never deleted, and no more letters are sent.
        self._morning(HORIZON)
        self.assertEqual(customer.outcome, "dormant")
        self.assertNotIn("open", customer.report_ids.mapped("state"))
        self._morning("2027-01-08")
        self.assertFalse(self._live(customer))
        self.assertEqual(customer.followup_count, 3)
        self._check_never_too_often(customer)
