"""Reminders and outcomes: opened in time, done once, by every way."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestFollowup(ExpoCase):
    def setUp(self):
        super().setUp()
        self.customer = self._make_participation(tier="intent")
        self.show.with_user(self.manager).close_show()
        self.call = self._step_of(self.customer, "first_call")

    def _open_due(self, moment="2026-04-21 06:00:00"):
        with freeze_time(moment):
            self._run_cron("open")

    # -- reminders -----------------------------------------------------------------------------------------

    def test_a_reminder_comes_on_its_day_and_not_before(self):
        self._open_due("2026-04-20 21:00:00")
        self.assertEqual((self.call.state, len(self.call.activity_id)), ("planned", 0))
        self._open_due("2026-04-20 22:30:00")  # half past midnight in Berlin
        self.assertEqual(self.call.state, "due")
        reminder = self.call.activity_id
        self.assertEqual(reminder.user_id, self.seller)
        self.assertEqual(reminder.date_deadline, date(2026, 4, 27))
        self.assertEqual(reminder.res_name, self.customer.display_name)

    def test_opening_twice_makes_one_reminder(self):
        self._open_due()
        self._open_due()
        self.assertEqual(len(self.customer.activity_ids), 1)

    def test_what_an_outage_kept_back_opens_on_our_next_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Outing", "date_from": "2026-04-26 22:00:00", "date_to": "2026-04-27 21:59:59",
                "calendar_id": self.env.company.resource_calendar_id.id,
            }
        )  # fmt: skip
        for moment in ("2026-04-25 08:00:00", "2026-04-26 08:00:00", "2026-04-27 08:00:00"):
            self._open_due(moment)  # a Saturday, a Sunday, and the Monday of the outing
            self.assertEqual(self.call.state, "planned")
        self._open_due("2026-04-28 08:00:00")
        self.assertEqual(self.call.state, "due")

    def test_what_a_user_plans_for_a_day_off_opens_on_it(self):
        followups = self.env["expo.followup"].with_user(self.seller)
        saturday = followups._create_manual(self.customer.with_user(self.seller), date(2026, 4, 25))
        friday = followups._create_manual(self.customer.with_user(self.seller), date(2026, 4, 24))
        self._open_due("2026-04-25 08:00:00")
        self.assertEqual((saturday.state, friday.state, self.call.state), ("due", "planned", "planned"))

    def test_the_days_off_of_each_company_hold_for_its_own_follow_ups(self):
        works_on_saturday = self.env["resource.calendar"].create(
            {
                "name": "Six days", "tz": "Europe/Berlin",
                "attendance_ids": [
                    (0, 0, {"name": str(n), "dayofweek": str(n), "hour_from": 8, "hour_to": 16}) for n in range(6)
                ],
            }
        )  # fmt: skip
        other = self.env["res.company"].create({"name": "Other", "resource_calendar_id": works_on_saturday.id})
        theirs = self.env["expo.followup"].sudo().with_company(other).create(
            {
                "partner_id": self.customer.partner_id.id, "origin": "plan",
                "window_start": "2026-04-24", "activity_type_id": self.call.activity_type_id.id,
            }
        )  # fmt: skip
        self._open_due("2026-04-25 08:00:00")
        self.assertEqual((theirs.company_id, theirs.state, self.call.state), (other, "due", "planned"))

    def test_a_letter_to_be_sent_by_hand_becomes_a_reminder_and_leaves_on_one_click(self):
        self._open_due("2026-04-28 08:00:00")
        letter = self._step_of(self.customer, "email_revisit")
        self.assertEqual((letter.state, len(letter.mail_mail_id)), ("due", 0))
        self.assertTrue(letter.activity_id)
        letter.with_user(self.seller).action_send_letter()
        self.assertEqual(letter.mail_state, "outgoing")
        self.assertFalse(letter.activity_id)
        mail = letter.mail_mail_id
        letter.with_user(self.seller).action_send_letter()
        self.assertEqual(letter.mail_mail_id, mail)

    def test_salesperson_sees_the_letter_before_sending(self):
        letter = self._step_of(self.customer, "email_revisit").with_user(self.seller)
        self.assertIn("Maria Rossi", letter.letter_body)
        self.assertTrue(letter.letter_subject)
        letter.action_send_letter()
        self.assertEqual(letter.letter_body, letter.sudo().mail_mail_id.body_html)

    def test_opening_many_needs_no_query_per_reminder(self):
        def queries_for(number, code):
            show = self._make_show(name=code, code=code)
            partners = self.env["res.partner"].create([{"name": f"{code} {i}"} for i in range(number)])
            customers = self.env["expo.participation"].create(
                [{"exhibition_id": show.id, "partner_id": p.id, "user_id": self.seller.id,
                  "tier_id": self.tiers["intent"].id} for p in partners]
            )  # fmt: skip
            show.with_user(self.manager).close_show()
            calls = customers.followup_ids.filtered(lambda f: f.step_id == self.steps["first_call"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            calls._open_reminders()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries_for(2, "WARM")
        few, many = queries_for(10, "FEW"), queries_for(200, "MANY")
        self.assertLessEqual(many - few, 30)

    # -- outcomes ------------------------------------------------------------------------------------------

    def test_an_outcome_is_recorded_with_its_effect_tier_and_next_step(self):
        self._open_due()
        reminder = self.call.activity_id
        self.call.with_user(self.seller).record_outcome(
            "Wants 500 pieces", "positive", tier="signed", next_on=date(2026, 4, 24)
        )
        self.assertEqual((self.call.state, self.call.number, self.call.effect), ("done", 1, "positive"))
        self.assertEqual((self.call.tier_before_id.code, self.call.tier_after_id.code), ("intent", "signed"))
        self.assertFalse(reminder.active)
        self.assertEqual(reminder.feedback, "Wants 500 pieces")
        self.assertEqual(self.customer.tier_id.code, "signed")
        self.assertIn("visit", self._planned_steps(self.customer))
        agreed = self.customer.followup_ids.filtered(lambda f: f.origin == "manual")
        self.assertEqual((agreed.window_start, agreed.state), (date(2026, 4, 24), "planned"))

    def test_touches_are_counted_in_their_order(self):
        self.call.with_user(self.seller).record_outcome("First", "neutral")
        second = self._step_of(self.customer, "phone_revisit")
        second.with_user(self.seller).record_outcome("Second", "neutral")
        self.assertEqual((self.call.number, second.number, self.customer.followup_count), (1, 2, 2))

    def test_an_outcome_is_recorded_once(self):
        self.call.with_user(self.seller).record_outcome("Once", "neutral")
        with self.assertRaisesRegex(UserError, "already recorded"):
            self.call.with_user(self.seller).record_outcome("Twice", "positive")
        self.assertEqual((self.call.content, self.customer.followup_count), ("Once", 1))

    def test_an_outcome_needs_content_and_effect(self):
        for content, effect in (("", "positive"), ("   ", "positive"), ("Talked", False)):
            with self.subTest(content=content, effect=effect), self.assertRaisesRegex(UserError, "reacted"):
                self.call.with_user(self.seller).record_outcome(content, effect)
        self.assertEqual(self.call.state, "planned")

    def test_outcome_without_an_answer_needs_no_text(self):
        for content in (False, "", "   "):
            call = self.env["expo.followup"]._create_manual(self.customer).with_user(self.seller)
            with self.subTest(content=content):
                call.record_outcome(content, "no_answer")
                self.assertEqual((call.state, call.effect, call.content), ("done", "no_answer", False))

    def test_mark_done_in_the_chatter_is_accepted_and_listed_for_completion(self):
        self._open_due()
        self.call.activity_id.with_user(self.seller).action_feedback(feedback="Called")
        self.assertEqual((self.call.state, self.call.content, self.call.outcome_missing), ("done", "Called", True))
        self.assertEqual(self.customer.followup_count, 1)
        self.call.with_user(self.seller).record_outcome("Called, will order", "positive")
        self.assertEqual((self.call.outcome_missing, self.call.effect), (False, "positive"))
        self.assertEqual((self.call.number, self.customer.followup_count), (1, 1))

    def test_marking_done_a_reminder_that_was_done_already_changes_nothing(self):
        self._open_due()
        reminder = self.call.activity_id
        self.call.with_user(self.seller).record_outcome("Talked", "positive")
        reminder.with_user(self.seller).action_done()
        self.assertEqual((self.call.content, self.call.outcome_missing, self.call.number), ("Talked", False, 1))

    def test_cancelling_the_reminder_leaves_the_touch_out_for_good(self):
        self._open_due()
        self.call.activity_id.with_user(self.seller).unlink()
        self.assertEqual(self.call.state, "skipped")
        self.customer._sync_followups()
        self.assertEqual(self.call.state, "skipped")

    def test_rescheduling_the_reminder_moves_the_deadline(self):
        self._open_due()
        self.call.activity_id.with_user(self.seller).date_deadline = date(2026, 4, 30)
        self.assertEqual(self.call.deadline, date(2026, 4, 30))

    def test_a_tier_that_does_not_exist_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.call.record_outcome("Talked", "positive", tier="hot")
        self.assertEqual(self.call.state, "planned")

    def test_a_follow_up_that_was_called_off_takes_no_outcome(self):
        self.customer.set_tier("none")
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.call.record_outcome("Too late", "neutral")

    def test_what_was_done_cannot_be_deleted(self):
        self.call.with_user(self.seller).record_outcome("Talked", "positive")
        with self.assertRaisesRegex(UserError, "cannot delete"):
            self.call.with_user(self.manager).unlink()

    def test_a_touch_in_person_stops_the_waiting_and_an_unanswered_call_does_not(self):
        self.call.with_user(self.seller).record_outcome("No answer", "no_answer")
        self.assertEqual(self.customer.response_state, "waiting")
        self._step_of(self.customer, "phone_revisit").with_user(self.seller).record_outcome("Talked", "neutral")
        self.assertEqual(self.customer.response_state, "answered")
        self.assertTrue(self.customer.first_response_on)

    def test_who_waits_too_long_turns_amber_then_red(self):
        for moment, state in (("2026-04-27", "waiting"), ("2026-04-28", "amber"), ("2026-05-05", "red")):
            with self.subTest(moment=moment), freeze_time(f"{moment} 12:00:00"):
                self._run_cron("escalate")
                self.assertEqual(self.customer.response_state, state)

    def test_customers_without_intent_wait_for_no_answer_in_person(self):
        self.customer.set_tier("none")
        with freeze_time("2026-05-20 12:00:00"):
            self._run_cron("escalate")
        self.assertEqual(self.customer.response_state, "waiting")

    def test_the_dialog_takes_method_content_and_effect_and_moves_the_plan(self):
        action = self.call.with_user(self.seller).action_record_outcome()
        wizard = self.env["expo.record.outcome"].with_user(self.seller).browse(action["res_id"])
        self.assertEqual((wizard.activity_type_id, wizard.touch), (self.call.activity_type_id, 1))
        with Form(wizard) as form:
            form.content = "Met by chance at the airport"
            form.effect = "positive"
            form.tier_id = self.tiers["signed"]
            form.activity_type_id = self.env.ref("expo_followup.activity_visit")
        wizard.action_save()
        self.assertEqual(self.call.activity_type_id, self.env.ref("expo_followup.activity_visit"))
        self.assertEqual(self.customer.tier_id, self.tiers["signed"])

    def test_logging_from_the_customer_takes_the_next_open_touch_or_makes_one(self):
        wizard = self.env["expo.record.outcome"].browse(
            self.customer.with_user(self.seller).action_log_outcome()["res_id"]
        )
        self.assertEqual(wizard.followup_id, self.call)
        self.customer.outcome = "lost"
        wizard = self.env["expo.record.outcome"].browse(
            self.customer.with_user(self.seller).action_log_outcome()["res_id"]
        )
        self.assertEqual(wizard.followup_id.origin, "manual")
