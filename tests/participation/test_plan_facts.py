"""What a customer did decides what the plan asks for: replies, returned mail, orders, payments, a missing number."""

from datetime import date, datetime
from itertools import pairwise

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .test_participation_rhythm import RhythmCase


@tagged("post_install", "-at_install")
class TestReplies(RhythmCase):
    def test_step_for_customers_who_replied_or_not_follows_their_replies(self):
        self.steps["email_revisit"].expo_reply = "not_answered"
        self.steps["look_up"].write({"expo_reply": "answered", "expo_tier_ids": [fields.Command.clear()]})
        silent, writer, talker = (self._make_participation(name) for name in ("Silent", "Writer", "Talker"))
        self._close()
        with freeze_time("2026-04-21 09:00:00"):
            writer._note_reply()
            self._step_of(talker, "first_call").with_user(self.seller).record_outcome("Wants a price", "positive")
            self._step_of(silent, "first_call").with_user(self.seller).record_outcome("", "no_answer")
            self._run_cron("sync")
        self.assertTrue({"email_revisit"} <= self._planned_steps(silent))
        for customer in (writer, talker):
            self.assertNotIn("email_revisit", self._planned_steps(customer))
            self.assertIn("look_up", self._planned_steps(customer))
        self.assertNotIn("look_up", self._planned_steps(silent))

    def test_automatic_letter_in_the_queue_waits_for_a_person_once_the_customer_wrote(self):
        customer, other = self._make_participation(), self._make_participation("Other", country="de")
        self._close()
        letter = self._step_of(customer, "thank_you")
        self.assertEqual(letter.mail_state, "outgoing")
        with freeze_time("2026-04-20 17:00:00"):
            customer._note_reply()
            self._run_cron("sync")
        self.assertEqual((letter.mail_state, letter.mail_mail_id.state), ("cancel", "cancel"))
        self.assertFalse(letter.auto_send)
        self.assertEqual(self._step_of(other, "thank_you").mail_state, "outgoing")
        with freeze_time("2026-04-22 06:00:00"):
            self._run_cron("open")
        self.assertEqual((letter.state, letter.activity_id.user_id), ("due", self.seller))
        self.assertEqual(letter.mail_state, "cancel", "it does not leave by itself")
        with freeze_time("2026-04-22 09:00:00"):
            letter.with_user(self.seller).action_send_letter()
        self.assertEqual(letter.mail_state, "outgoing")
        with freeze_time("2026-04-23 09:00:00"):
            changes = customer.sudo()._plan_followups()
        self.assertEqual((changes.create, dict(changes.write)), ([], {}), "what the salesperson sent is left alone")


@tagged("post_install", "-at_install")
class TestUnreachable(RhythmCase):
    def _bounce(self, customer):
        with freeze_time("2026-04-22 09:00:00"):
            customer.partner_id.message_bounce += 1
            self._run_cron("sync")

    def test_returned_mail_holds_letters_back_and_asks_the_salesperson_once(self):
        customer = self._make_participation(country="de")
        self._close()
        self._bounce(customer)
        letter = self._step_of(customer, "email_revisit")
        self.assertEqual((letter.state, letter.exclude_reason), ("excluded", "bounced"))
        kind = self.env.ref("expo_followup.activity_address")
        asked = customer.activity_ids.filtered(lambda one: one.activity_type_id == kind)
        self.assertEqual((len(asked), asked.user_id), (1, self.seller))
        asked.action_feedback("Called, it is right")
        with freeze_time("2026-04-23 09:00:00"):
            customer._request_sync()
            self._run_cron("sync")
        self.assertFalse(customer.activity_ids.filtered(lambda one: one.activity_type_id == kind), "asked once")

    def test_corrected_address_brings_letters_back_and_ends_the_question(self):
        customer = self._make_participation(country="de")
        self._close()
        self._bounce(customer)
        with freeze_time("2026-04-23 09:00:00"):
            customer.partner_id.email = "right@customer.example"
            self._run_cron("sync")
        self.assertEqual(customer.partner_id.message_bounce, 0)
        self.assertEqual(self._step_of(customer, "email_revisit").state, "planned")
        kind = self.env.ref("expo_followup.activity_address")
        self.assertFalse(customer.activity_ids.filtered(lambda one: one.activity_type_id == kind))

    def test_address_that_the_server_refuses_holds_letters_back_until_the_user_tries_again(self):
        customer = self._make_participation(country="de")
        self._close()
        letter, product = self._step_of(customer, "thank_you"), self._step_of(customer, "email_revisit")
        with freeze_time("2026-04-21 09:00:00"):
            letter._letter_failed("(550, b'5.1.1 no such user')", is_temporary=False, is_refused=True)
            self._run_cron("sync")
        self.assertEqual((letter.state, product.state, product.exclude_reason), ("failed", "excluded", "bounced"))
        self.assertEqual(len(customer.activity_ids.filtered("automated")), 1, "the failure asks for the address")
        with freeze_time("2026-04-21 10:00:00"):
            letter.with_user(self.seller).action_retry()
        self.assertEqual((customer.partner_id.message_bounce, product.state), (0, "planned"))
        self.assertEqual(letter.mail_state, "outgoing")

    def test_returned_mail_is_tried_again_when_the_user_says_that_the_address_is_right(self):
        customer = self._make_participation(country="de")
        self._close()
        self._bounce(customer)
        product = self._step_of(customer, "email_revisit")
        with freeze_time("2026-04-23 09:00:00"):
            product.with_user(self.seller).action_retry()
        self.assertEqual((product.state, product.exclude_reason), ("planned", False))

    def test_corrected_address_that_is_returned_too_is_asked_about_again(self):
        customer = self._make_participation(country="de")
        kind = self.env.ref("expo_followup.activity_address")
        self._close()
        for address in ("first@customer.example", "second@customer.example"):
            with freeze_time("2026-04-21 09:00:00"):
                customer.partner_id.email = address
                self._run_cron("sync")
            self.assertFalse(customer.activity_ids.filtered(lambda one: one.activity_type_id == kind))
            self._bounce(customer)
            self.assertEqual(len(customer.activity_ids.filtered(lambda one: one.activity_type_id == kind)), 1)

    def test_call_without_a_number_is_an_email_and_an_email_without_address_is_a_call(self):
        phone, email = (self.env.ref(f"expo_followup.activity_{name}_revisit") for name in ("phone", "email"))
        no_number = self._make_participation("No Number")
        no_address = self._make_participation("No Address", tier="materials", email="")
        no_address.partner_id.phone = "+39 02 5550100"
        nothing = self._make_participation("Nothing", email="")
        self._close()
        self.assertEqual(self._step_of(no_number, "first_call").activity_type_id, email)
        self.assertEqual(self._step_of(no_address, "first_answer").activity_type_id, phone)
        call = self._step_of(nothing, "first_call")
        self.assertEqual((call.activity_type_id, call.missing_contact), (phone, "phone"))
        action = call.with_user(self.seller).action_edit_contact()
        self.assertEqual(action["res_id"], nothing.partner_id.id)
        with freeze_time("2026-04-21 09:00:00"):
            no_number.partner_id.phone = "+39 02 5550101"
            nothing.partner_id.phone = "+39 02 5550102"
            self._run_cron("sync")
        self.assertEqual(self._step_of(no_number, "first_call").activity_type_id, phone)
        self.assertFalse(call.missing_contact)

    def test_contact_without_a_number_is_called_at_the_number_of_the_company(self):
        company = self._make_partner("Rossi Srl", is_company=True, phone="+39 02 5550100")
        customer = self._make_participation(partner=self._make_partner("Maria", parent_id=company.id))
        self.assertFalse(customer.partner_id.phone)
        self._close()
        call = self._step_of(customer, "first_call")
        self.assertEqual(call.activity_type_id, self.env.ref("expo_followup.activity_phone_revisit"))
        self.assertFalse(call.missing_contact)


@tagged("post_install", "-at_install")
class TestOrders(RhythmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "list_price": 250, "taxes_id": False, "invoice_policy": "order"}
        )

    def _order(self, customer, day):
        with freeze_time(f"{day} 10:00:00"):
            order = self.env["sale.order"].create(
                {
                    "partner_id": customer.partner_id.id,
                    "order_line": [fields.Command.create({"product_id": self.pump.id, "product_uom_qty": 1})],
                }
            )
            order.action_confirm()
            self._run_cron("sync")
        return order

    def _pay(self, order, day):
        with freeze_time(f"{day} 10:00:00"):
            invoice = order._create_invoices()
            invoice.action_post()
            register = self.env["account.payment.register"]
            register = register.with_context(active_model="account.move", active_ids=invoice.ids)
            register.create({"payment_date": day})._create_payments()
            self._run_cron("sync")

    def test_customer_of_any_tier_who_orders_later_is_visited_followed_and_asked_for_payment(self):
        tiers = ("intent", "no_agreement", "materials", "none")
        customers = {tier: self._make_participation(f"Late {tier}", tier=tier, country="de") for tier in tiers}
        self._close()
        for tier, customer in customers.items():
            with self.subTest(tier=tier):
                self._leave_plan_out(customer)
                order = self._order(customer, "2026-09-01")
                self.assertEqual(self._planned_steps(customer), {"payment", "visit_ordered"})
                payment, visit = (self._step_of(customer, step) for step in ("payment", "visit_ordered"))
                self.assertEqual((str(payment.window_start), payment.flag), ("2026-09-15", False))
                self.assertEqual((str(visit.window_start), visit.flag), ("2026-09-22", False))
                with freeze_time("2026-09-15 10:00:00"):
                    payment.with_user(self.seller).record_outcome("Next week", "positive")
                self.assertEqual(
                    [str(row.window_start) for row in self._step_of(customer, "payment") if row.state == "planned"],
                    ["2026-09-29"],
                    "asked again until it is paid",
                )
                self._pay(order, "2026-09-20")
                self.assertEqual(customer.outcome, "won")
                self.assertEqual(self._planned_steps(customer), {"delivery", "visit_ordered"})
                customer.delivery_state = "delivered"
                self.assertEqual(self._planned_steps(customer), {"visit_ordered"})

    def test_second_order_is_followed_as_the_first_was(self):
        customer = self._make_participation(country="de")
        self._close()
        self._leave_plan_out(customer)
        self._pay(self._order(customer, "2026-06-01"), "2026-06-03")
        customer.delivery_state = "delivered"
        second = self._order(customer, "2026-08-03")
        self.assertEqual((customer.payment_state, customer.delivery_state), ("partial", "pending"))
        self.assertEqual(str(customer.unpaid_since), "2026-08-03")
        self.assertIn("payment", self._planned_steps(customer))
        self._pay(second, "2026-08-05")
        [row] = self._step_of(customer, "delivery").filtered(lambda one: one.state == "planned")
        self.assertGreater(row.window_start, date(2026, 8, 5))

    def test_payment_is_counted_from_the_oldest_unpaid_order(self):
        customer = self._make_participation(country="de")
        self._close()
        first = self._order(customer, "2026-06-01")
        self._order(customer, "2026-08-03")
        self.assertEqual((str(customer.ordered_on), str(customer.unpaid_since)), ("2026-06-01", "2026-06-01"))
        self._pay(first, "2026-08-04")
        self.assertEqual((str(customer.ordered_on), str(customer.unpaid_since)), ("2026-06-01", "2026-08-03"))

    def test_orders_are_followed_after_the_show_is_completed(self):
        customer = self._make_participation(country="de")
        self._close()
        self._leave_plan_out(customer)
        with freeze_time("2026-07-01 09:00:00"):
            self.show.with_user(self.manager).action_done()
        self._order(customer, "2026-09-01")
        self.assertIn("payment", self._planned_steps(customer))

    def test_step_that_is_added_later_asks_for_nothing_backwards(self):
        customer = self._make_participation(country="de")
        self._close()
        self._leave_plan_out(customer)
        self._order(customer, "2026-05-04")
        self.assertIn("payment", self._planned_steps(customer))
        for number, (since, planned) in enumerate((("2026-09-01", False), (False, True))):
            with freeze_time("2026-09-01 09:00:00"):
                step = self.steps["sample_check"].copy(
                    {"expo_anchor": "ordered", "expo_title": f"New step {number}", "expo_since": since}
                )
                customer._request_sync()
                self._run_cron("sync")
            self.assertEqual(bool(customer.followup_ids.filtered(lambda row, step=step: row.step_id == step)), planned)

    def test_new_step_counts_from_the_day_it_is_added(self):
        with freeze_time("2026-09-01 09:00:00"):
            values = {"plan_id": self.plan.id, "activity_type_id": self.steps["visit"].activity_type_id.id}
            self.assertEqual(str(self.env["mail.activity.plan.template"].create(values).expo_since), "2026-09-01")


@tagged("post_install", "-at_install")
class TestClosedLate(RhythmCase):
    def _close_on(self, day):
        with freeze_time(f"{day} 08:00:00"):
            wizard = self.env["expo.close.show"].with_user(self.manager).create({"exhibition_id": self.show.id})
            late = (wizard.is_late, wizard.days_since)
            wizard.action_confirm()
        return late

    def test_what_is_overdue_gives_way_and_the_rest_is_spread(self):
        customer = self._make_participation(tier="intent", country="de")
        signed = self._make_participation("Signed", tier="signed", country="de")
        self.assertEqual(self._close_on("2026-05-20"), (True, 30))
        self.assertEqual(self._planned_steps(customer), {"thank_you", "first_call"})
        letter, call = self._step_of(customer, "thank_you"), self._step_of(customer, "first_call")
        self.assertEqual(str(letter.window_start), "2026-05-20")
        self.assertGreaterEqual((call.window_start - letter.window_start).days, 3)
        # The visit's days are not over yet.
        self.assertEqual(self._planned_steps(signed), {"thank_you", "first_call_unpaid", "visit"})
        with freeze_time("2026-05-21 09:00:00"):
            changes = (customer | signed).sudo()._plan_followups()
        self.assertEqual((changes.create, dict(changes.write)), ([], {}), "and it stays so")

    def test_visit_that_is_overdue_remains_beside_the_call(self):
        signed = self._make_participation("Signed", tier="signed", country="de")
        self._close_on("2026-07-20")
        self.assertEqual(self._planned_steps(signed), {"thank_you", "first_call_unpaid", "visit"})
        days = sorted(signed.followup_ids.filtered(lambda row: row.state in ("planned", "due")).mapped("window_start"))
        self.assertEqual(len(set(days)), 3, "spread")

    def test_show_closed_in_time_says_nothing_and_asks_for_everything(self):
        customer = self._make_participation(tier="intent", country="de")
        self.assertEqual(self._close_on("2026-04-21"), (False, 1))
        self.assertEqual(self._planned_steps(customer), {"thank_you", "first_call", "email_revisit", "phone_revisit"})


@tagged("post_install", "-at_install")
class TestSeveralEntries(RhythmCase):
    def _second_show(self, partner, tier="intent", **values):
        show = self._make_show(
            name="Summer Fair", code="SU26", date_begin=date(2026, 4, 24), date_end=date(2026, 4, 28), **values
        )
        entry = self._make_participation(partner=partner, show=show, tier=tier, captured_on=datetime(2026, 4, 25, 9, 0))
        with freeze_time("2026-04-28 16:00:00"):
            show.with_user(self.manager).close_show()
        return entry

    def test_calls_of_the_newer_show_replace_the_open_ones_of_the_older(self):
        older = self._make_participation(country="de")
        self._close()
        self.assertIn("phone_revisit", self._planned_steps(older))
        newer = self._second_show(older.partner_id)
        self.assertLessEqual(self._planned_steps(older), {"thank_you"})
        self.assertTrue({"first_call", "phone_revisit", "email_revisit"} <= self._planned_steps(newer))
        calls = (older | newer).followup_ids.filtered(
            lambda row: row.state in ("planned", "due") and row.activity_type_id.category == "phonecall"
        )
        self.assertEqual(len(set(calls.mapped("window_start"))), len(calls))

    def test_older_entry_stays_as_it_is_until_the_newer_show_is_closed(self):
        older = self._make_participation(country="de")
        self._close()
        before = self._planned_steps(older)
        show = self._make_show(name="Summer", code="SU", date_begin=date(2026, 4, 24), date_end=date(2026, 4, 28))
        with freeze_time("2026-04-25 09:00:00"):
            self._make_participation(partner=older.partner_id, show=show)
        self.assertEqual(self._planned_steps(older), before)

    def test_customer_is_dormant_at_all_shows_at_once_with_one_last_proposal(self):
        older = self._make_participation(country="de")
        self._close()
        newer = self._second_show(older.partner_id)
        newer.horizon_on = date(2027, 2, 1)
        with freeze_time("2026-12-21 06:00:00"):
            self._run_cron("sync")
        self.assertEqual((older.outcome, newer.outcome), ("open", "open"), "open at the newer show")
        with freeze_time("2027-02-01 06:00:00"):
            self._run_cron("sync")
            self._run_cron("sync")
        self.assertEqual((older.outcome, newer.outcome), ("dormant", "dormant"))
        self.assertFalse(self._step_of(older, "last_proposal").filtered(lambda row: row.state != "cancelled"))
        self.assertEqual(self._step_of(newer, "last_proposal").state, "planned")

    def test_archived_entry_keeps_no_other_one_open(self):
        older = self._make_participation(country="de")
        self._close()
        newer = self._second_show(older.partner_id)
        newer.horizon_on = date(2027, 2, 1)
        newer.active = False
        with freeze_time("2026-12-21 06:00:00"):
            self._run_cron("sync")
        self.assertEqual(older.outcome, "dormant")

    def test_two_contacts_of_one_company_get_one_last_proposal(self):
        company = self._make_partner("Rossi Srl", is_company=True, country="de")
        pair = self.env["expo.participation"].union(
            *(
                self._make_participation(partner=self._make_partner(name, country="de", parent_id=company.id))
                for name in ("Maria", "Paolo")
            )
        )
        self._close()
        with freeze_time("2026-12-21 06:00:00"):
            self._run_cron("sync")
            self._run_cron("sync")
        self.assertEqual(set(pair.mapped("outcome")), {"dormant"})
        rows = self._step_of(pair, "last_proposal").filtered(lambda row: row.state == "planned")
        self.assertEqual(len(rows), 1)

    def test_company_that_has_bought_gets_no_last_proposal(self):
        company = self._make_partner("Rossi Srl", is_company=True, country="de")
        maria, paolo = (
            self._make_participation(partner=self._make_partner(name, country="de", parent_id=company.id))
            for name in ("Maria", "Paolo")
        )
        self._close()
        with freeze_time("2026-05-04 09:00:00"):
            paolo._note_invoice()
        with freeze_time("2026-12-21 06:00:00"):
            self._run_cron("sync")
            self._run_cron("sync")
        self.assertEqual((maria.outcome, paolo.outcome), ("dormant", "won"))
        self.assertFalse(self._planned_steps(maria | paolo) & {"last_proposal"})

    def test_reports_end_for_all_people_of_a_company_that_has_ordered(self):
        company = self._make_partner("Rossi Srl", is_company=True, country="de")
        maria, paolo, other = (
            self._make_participation(partner=self._make_partner(name, country="de", parent_id=parent))
            for name, parent in (("Maria", company.id), ("Paolo", company.id), ("Other", False))
        )
        self._close()
        with freeze_time("2026-04-21 06:00:00"):
            self._run_cron("sync")
        self.assertEqual([len(one.report_ids) for one in (maria, paolo, other)], [1, 1, 1])
        with freeze_time("2026-04-22 06:00:00"):
            maria._note_invoice()
            self._run_cron("sync")
        self.assertEqual([one.report_ids.state for one in (maria, paolo, other)], ["ended", "ended", "open"])
        self.assertTrue(paolo.is_converted)

    def test_purchase_plan_of_a_company_is_asked_about_once(self):
        self.steps["sample_check"].write({"expo_anchor": "purchase_plan", "delay_count": 0})
        company = self._make_partner("Rossi Srl", is_company=True, country="de")
        pair = self.env["expo.participation"].union(
            *(
                self._make_participation(partner=self._make_partner(name, country="de", parent_id=company.id))
                for name in ("Maria", "Paolo")
            )
        )
        pair.file_id.plan_ids = [Command.create({"name": "Pumps for summer", "planned_on": date(2026, 6, 8)})]
        self._close()
        with freeze_time("2026-04-21 06:00:00"):
            pair._sync_followups()
        rows = self._step_of(pair, "sample_check").filtered(lambda row: row.state == "planned")
        self.assertEqual([str(row.window_start) for row in rows], ["2026-06-08"])

    def test_company_won_at_an_earlier_show_is_reported_on_at_the_later_one(self):
        older = self._make_participation(country="de")
        self._close()
        with freeze_time("2026-04-22 06:00:00"):
            older._note_invoice()
        newer = self._second_show(older.partner_id)
        with freeze_time("2026-04-29 06:00:00"):
            self._run_cron("sync")
        self.assertEqual((older.is_converted, newer.is_converted), (False, False))
        self.assertEqual(newer.report_ids.state, "open")

    def test_contacts_of_one_company_are_not_called_on_the_same_day(self):
        company = self._make_partner("Rossi Srl", is_company=True, country="de")
        people = [
            self._make_partner(name, country="de", parent_id=company.id, phone=f"+49 30 555010{number}")
            for number, name in enumerate(("Maria", "Paolo", "Luca"))
        ]
        entries = self.env["expo.participation"].union(*(self._make_participation(partner=one) for one in people))
        self._close()
        days = self._step_of(entries, "first_call").mapped("window_start")
        self.assertEqual(len(set(days)), 3, days)
        with freeze_time("2026-04-21 09:00:00"):
            agreed = self.env["expo.followup"].with_user(self.seller)._create_manual(entries[1], days[0])
        self.assertEqual(agreed.window_start, days[0], "a user may")


@tagged("post_install", "-at_install")
class TestNoAnswer(RhythmCase):
    def test_unanswered_call_of_the_first_week_is_repeated_within_the_week(self):
        customer = self._make_participation(country="de")
        customer.partner_id.phone = "+49 30 5550100"
        self._close()
        with freeze_time("2026-04-21 09:00:00"):
            self._step_of(customer, "first_call").with_user(self.seller).record_outcome("", "no_answer")
        [row] = self._rhythm_of(customer)
        self.assertEqual(row.activity_type_id, self.env.ref("expo_followup.activity_phone_revisit"))
        self.assertGreater(row.window_start, date(2026, 4, 21))
        self.assertLessEqual(row.window_start, date(2026, 4, 27))
        with freeze_time(f"{row.window_start} 09:00:00"):
            row.with_user(self.seller).record_outcome("Wants a price list", "positive")
        [following] = self._rhythm_of(customer) or [self._step_of(customer, "email_revisit")]
        self.assertGreaterEqual((following.window_start - row.window_start).days, 3)

    def test_dialog_shows_the_day_of_the_next_try(self):
        customer = self._make_participation(country="de")
        customer.partner_id.phone = "+49 30 5550100"
        self._close()
        call = self._step_of(customer, "first_call")
        with freeze_time("2026-04-21 09:00:00"):
            wizard = self.env["expo.record.outcome"].with_user(self.seller).create({"followup_id": call.id})
            wizard.effect = "positive"
            day_if_reached = wizard.proposed_on
            wizard.effect = "no_answer"
            day = wizard.proposed_on
            wizard.action_save()
        self.assertLess(day, day_if_reached)
        self.assertEqual(self._rhythm_of(customer).window_start, day)

    def test_after_the_first_week_the_initial_cadence_goes_on_from_its_beginning(self):
        customer = self._make_participation(country="de")
        self._close()
        self._leave_plan_out(customer)
        day = date(2026, 4, 22)
        tries = []
        for _try in range(6):
            self._touch(customer, day, "no_answer")
            [row] = self._rhythm_of(customer)
            tries.append(day)
            day = row.window_start
        within = [one for one in tries if (one - tries[0]).days < 7]
        self.assertGreaterEqual(len(within), 2)
        self.assertLessEqual(len(within), self.env.company.expo_touch_limit)
        # 3, 7 and 15 days after, on the next working day there.
        after = tries[len(within) - 1 :]
        gaps = [(later - earlier).days for earlier, later in pairwise(after)]
        self.assertEqual([gap - wanted in (0, 1, 2) for gap, wanted in zip(gaps, (3, 7, 15), strict=False)], [True] * 3)


@tagged("post_install", "-at_install")
class TestDayOfMeeting(RhythmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.expo_memory_days = "0, 3, 7, 15"

    def test_new_contact_is_followed_up_on_the_day_of_the_meeting(self):
        with freeze_time("2026-04-17 10:00:00"):
            customer = self._make_participation()
            none = self._make_participation("No Intent", tier="none")
        self.assertEqual(self._asked(customer), [("memory", "2026-04-17")])
        row = self._rhythm_of(customer)
        self.assertEqual(row.title, "Contact on the day of the meeting")
        self.assertFalse(self._rhythm_of(none))
        with freeze_time("2026-04-17 18:00:00"):
            row.with_user(self.seller).record_outcome("Sent the photo of the stand", "positive")
        self.assertFalse(self._rhythm_of(customer), "the plan goes on after the show")

    def test_contact_entered_days_later_is_left_to_the_plan(self):
        with freeze_time("2026-04-19 10:00:00"):
            customer = self._make_participation()
        self.assertFalse(self._rhythm_of(customer))

    def test_same_day_follow_up_that_waits_for_weeks_is_placed_again(self):
        with freeze_time("2026-04-17 10:00:00"):
            customer = self._make_participation(country="de")
        with freeze_time("2026-05-05 10:00:00"):
            # The day of the meeting is a day off now: the follow-up moves to the next one that will do.
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Day off",
                    "calendar_id": self.env.company.resource_calendar_id.id,
                    "date_from": "2026-04-16 22:00:00",
                    "date_to": "2026-04-17 21:59:59",
                }
            )
            customer._sync_followups()
        self.assertEqual(self._asked(customer), [("memory", "2026-05-05")])

    def test_same_day_follow_up_that_was_not_done_gives_way_to_the_call_of_the_plan(self):
        with freeze_time("2026-04-20 10:00:00"):
            customer = self._make_participation(country="de", captured_on=datetime(2026, 4, 20, 9, 0))
        self.assertEqual(self._asked(customer), [("memory", "2026-04-20")])
        self._close()
        self.assertFalse(self._asked(customer))
        self.assertIn("first_call", self._planned_steps(customer))
