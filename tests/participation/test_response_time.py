"""Response time: days off do not count, hours until the first personal answer, one list a day for the manager."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from tests.common import SHOW_END, ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 08:00:00")
class TestResponseTime(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-04-17 08:00:00"):
            cls.maria = cls._make_participation("Maria Rossi")
        with freeze_time("2026-04-21 08:00:00"):
            cls.show.close_show()

    def _state_on(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self._run_cron("escalate")
        return self.maria.response_state

    def _close_company(self, first, last):
        return self.env["resource.calendar.leaves"].create(
            {"name": "Closed", "date_from": f"{first} 00:00:00", "date_to": f"{last} 22:00:00", "resource_id": False}
        )

    # -- days off --------------------------------------------------------------------------------------

    def test_days_on_which_we_are_closed_do_not_count(self):
        self._close_company("2026-04-22", "2026-04-24")
        self.assertEqual(self._state_on(SHOW_END + timedelta(days=10)), "waiting")
        self.assertEqual(self._state_on(SHOW_END + timedelta(days=11)), "amber")
        with freeze_time("2026-04-30"):
            self.maria.invalidate_recordset(["waiting_days"])
            self.assertEqual(self.maria.waiting_days, 7)

    def test_a_day_off_entered_later_takes_the_colour_back(self):
        self.assertEqual(self._state_on(SHOW_END + timedelta(days=8)), "amber")
        self._close_company("2026-04-22", "2026-04-22")
        self.assertEqual(self._state_on(SHOW_END + timedelta(days=8)), "waiting")

    def test_a_second_run_finds_nothing_to_do(self):
        self._close_company("2026-04-22", "2026-04-24")
        for day in (8, 11, 20, 30):
            with self.subTest(day=day):
                moment = SHOW_END + timedelta(days=day)
                self._state_on(moment)
                with freeze_time(f"{moment} 12:00:00"):
                    domain = self.env["expo.participation"]._get_escalation_domain()
                    self.assertFalse(self.env["expo.participation"].search(domain))

    # -- hours -----------------------------------------------------------------------------------------

    def _call(self, moment, effect="positive"):
        with freeze_time(moment):
            followup = self.env["expo.followup"]._create_manual(self.maria, summary="Call")
            followup.with_user(self.seller).record_outcome("Called", effect)

    def test_the_hours_until_the_first_personal_answer_are_working_hours(self):
        # Waiting since the end of Monday; Tuesday has eight hours, on Wednesday two until ten o'clock in Berlin.
        self._call("2026-04-22 08:00:00")
        self.assertEqual(self.maria.response_hours, 10)
        self._call("2026-04-27 08:00:00")
        self.assertEqual(self.maria.response_hours, 10)
        self.maria.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        self.assertEqual(self.maria.response_hours, 10)

    def test_first_answer_is_reported_in_time_or_too_late(self):
        self.assertFalse(self.maria.punctuality)
        with freeze_time("2026-04-17 08:00:00"):
            hans = self._make_participation("Hans Becker")
        self._call("2026-04-22 08:00:00")
        hans.first_response_on = "2026-06-22 08:00:00"
        self.assertEqual([self.maria.punctuality, hans.punctuality], ["in_time", "late"])
        self.env.flush_all()
        found = self.env["expo.participation"]._read_group(
            [("exhibition_id", "=", self.show.id)], [], ["in_time_count:sum", "late_count:sum", "in_time_percent:avg"]
        )
        self.assertEqual(found, [(1, 1, 50)])

    def test_day_off_counts_no_working_hours(self):
        self._close_company("2026-04-21", "2026-04-21")
        self._call("2026-04-22 08:00:00")
        self.assertEqual(self.maria.response_hours, 2)

    def test_a_letter_is_no_personal_answer_and_is_reported_apart(self):
        letter = self._step_of(self.maria, "thank_you")
        letter._letter_sent()
        self.assertEqual(self.maria.letter_sent_on, datetime(2026, 4, 21, 8))
        self.assertFalse(self.maria.first_response_on)
        self.assertEqual(self.maria.response_state, "waiting")
        self.assertFalse(self.maria.response_hours)
        self._call("2026-04-22 08:00:00", "no_answer")
        self.assertFalse(self.maria.response_hours)

    # -- the manager's list ----------------------------------------------------------------------------

    def _list(self, **values):
        kind = self.env.ref("expo_followup.activity_escalation")
        return self.show.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_the_manager_gets_one_list_and_it_follows_the_facts(self):
        with freeze_time("2026-04-17 08:00:00"):
            hans = self._make_participation("Hans Becker", user=self.colleague)
        red = SHOW_END + timedelta(days=15)
        self._state_on(red)
        [told] = self._list()
        self.assertEqual((told.user_id, told.date_deadline), (self.manager, red))
        self.assertIn("Waiting too long: 2", told.summary)
        for text in ("Maria Rossi", "expo_seller", "Hans Becker", "expo_colleague"):
            self.assertIn(text, told.note)
        self.maria.first_response_on = datetime(2026, 5, 5)
        self.maria._update_response_state()
        self._state_on(red + timedelta(days=1))
        self.assertEqual(self._list(), told)
        self.assertEqual(told.date_deadline, red + timedelta(days=1))
        self.assertNotIn("Maria Rossi", told.note)
        hans.outcome = "lost"
        self._state_on(red + timedelta(days=2))
        self.assertFalse(self._list())

    def test_a_second_run_on_the_same_day_changes_nothing_and_what_was_put_aside_comes_back_tomorrow(self):
        red = SHOW_END + timedelta(days=15)
        self._state_on(red)
        told = self._list()
        written = told.write_date
        self._state_on(red)
        self.assertEqual((self._list(), told.write_date), (told, written))
        with freeze_time(f"{red} 13:00:00"):
            told.with_user(self.manager)._action_done()
        self._state_on(red)
        self.assertFalse(self._list())
        self._state_on(red + timedelta(days=1))
        self.assertEqual(len(self._list()), 1)

    def test_a_late_report_is_on_the_list(self):
        self.maria._issue_reports()
        self._state_on("2026-05-06")
        self.assertIn("Overdue reports: 1", self._list().summary)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 08:00:00")
class TestReply(ExpoCase):
    """A reply of the customer starts our clock; a personal follow-up stops it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-04-17 08:00:00"):
            cls.maria = cls._make_participation("Maria Rossi", tier="intent")
            cls.karl = cls._make_participation("Karl Brandt", tier="none")
        with freeze_time("2026-04-21 08:00:00"):
            cls.show.close_show()

    def _follow_up(self, customer, moment, effect="positive"):
        with freeze_time(moment):
            followup = self.env["expo.followup"]._create_manual(customer, summary="Call")
            followup.with_user(self.seller).record_outcome("Called", effect)

    def _reply(self, customer, moment):
        with freeze_time(moment):
            customer._note_reply()

    def _state_on(self, customer, day):
        with freeze_time(f"{day} 12:00:00"):
            self._run_cron("escalate")
        return customer.response_state

    def _get_replies(self, customer):
        return customer.followup_ids.filtered("is_reply")

    def test_reply_of_a_red_customer_keeps_the_clock_of_the_first_answer(self):
        self.assertEqual(self._state_on(self.maria, "2026-05-06"), "red")
        self._reply(self.maria, "2026-05-06 13:00:00")
        self.assertEqual(self.maria.response_state, "red")
        self._follow_up(self.maria, "2026-05-07 08:00:00")
        self.assertEqual((self.maria.response_state, self.maria.unanswered_since), ("answered", False))

    def test_reply_to_our_answer_turns_amber_and_red_by_the_same_limits_in_every_tier(self):
        for customer in (self.maria, self.karl):
            self._follow_up(customer, "2026-04-22 08:00:00")
            self.assertEqual(customer.response_state, "answered")
            self._reply(customer, "2026-05-04 09:00:00")
            self._reply(customer, "2026-05-08 09:00:00")
            self.assertEqual(customer.unanswered_since, datetime(2026, 5, 4, 9), "the first unanswered reply counts")
        for day, state in (("2026-05-11", "waiting"), ("2026-05-12", "amber"), ("2026-05-19", "red")):
            for customer in (self.maria, self.karl):
                with self.subTest(day=day, tier=customer.tier_id.code):
                    self.assertEqual(self._state_on(customer, day), state)
            with freeze_time(f"{day} 13:00:00"):
                domain = self.env["expo.participation"]._get_escalation_domain()
                self.assertFalse(self.env["expo.participation"].search(domain), "a second run finds nothing to do")
        kind = self.env.ref("expo_followup.activity_escalation")
        [told] = self.show.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        self.assertIn("Waiting too long: 2", told.summary)

    def test_letter_or_call_without_answer_does_not_stop_the_clock(self):
        self._follow_up(self.maria, "2026-04-22 08:00:00")
        self._reply(self.maria, "2026-05-04 09:00:00")
        self._step_of(self.maria, "email_revisit")._letter_sent()
        self._follow_up(self.maria, "2026-05-05 08:00:00", "no_answer")
        self.assertEqual((self.maria.response_state, bool(self.maria.unanswered_since)), ("waiting", True))
        self.assertEqual(self._state_on(self.maria, "2026-05-12"), "amber")

    def test_reply_puts_one_follow_up_on_top_of_the_board_and_doing_it_stops_the_clock(self):
        self._reply(self.maria, "2026-05-04 09:00:00")
        self._reply(self.maria, "2026-05-04 10:00:00")
        [answer] = self._get_replies(self.maria)
        with freeze_time("2026-05-04 11:00:00"):
            self.assertEqual((answer.state, answer.user_id, answer.day_bucket), ("due", self.seller, "today"))
        self.assertEqual(answer.activity_type_id.name, "Reply to customer")
        self.assertEqual(answer.activity_id.activity_type_id, self.env.ref("expo_followup.activity_answer"))
        with freeze_time("2026-05-05 08:00:00"):
            answer.activity_id.with_user(self.seller)._action_done(feedback="Sent the prices")
        self.assertEqual((answer.state, self.maria.response_state), ("done", "answered"))
        self._reply(self.maria, "2026-05-06 10:00:00")
        self.assertEqual(len(self._get_replies(self.maria)), 2)

    def test_other_personal_follow_up_ends_what_asked_for_the_answer(self):
        self._reply(self.maria, "2026-05-04 09:00:00")
        [answer] = self._get_replies(self.maria)
        reminder = answer.activity_id
        self._follow_up(self.maria, "2026-05-04 15:00:00", "no_answer")
        self.assertEqual(answer.state, "due", "a call without an answer is none")
        self._follow_up(self.maria, "2026-05-05 08:00:00")
        self.assertEqual((answer.state, self.maria.response_state), ("cancelled", "answered"))
        self.assertFalse(reminder.exists())

    def test_unanswered_attempt_to_reply_is_repeated_on_the_next_working_day(self):
        # A Friday.
        self._reply(self.maria, "2026-05-08 09:00:00")
        [answer] = self._get_replies(self.maria)
        with freeze_time("2026-05-08 15:00:00"):
            others = self.maria.followup_ids.filtered(lambda row: row.state in ("planned", "due")) - answer
            others.action_skip()
            wizard = self.env["expo.record.outcome"].with_user(self.seller).create({"followup_id": answer.id})
            wizard.effect = "no_answer"
            self.assertEqual(str(wizard.proposed_on), "2026-05-11")
            wizard.action_save()
        again = self._get_replies(self.maria) - answer
        self.assertEqual((again.state, str(again.window_start)), ("planned", "2026-05-11"))
        self.assertTrue(self.maria.unanswered_since)
        with freeze_time("2026-05-11 08:00:00"):
            self._run_cron("open")
            self.assertEqual(again.state, "due")
            again.with_user(self.seller).record_outcome("Sent the prices", "positive")
        self.assertEqual((self.maria.response_state, len(self._get_replies(self.maria))), ("answered", 2))

    def test_reminder_of_an_older_version_becomes_that_of_the_follow_up(self):
        reminder = self.maria.activity_schedule("expo_followup.activity_answer", user_id=self.seller.id)
        self._reply(self.maria, "2026-05-04 09:00:00")
        [answer] = self._get_replies(self.maria)
        self.assertEqual((answer.activity_id, answer.state), (reminder, "due"))
        self.assertEqual(
            self.maria.activity_ids.filtered(lambda a: a.activity_type_id == reminder.activity_type_id), reminder
        )

    def test_reply_of_a_customer_of_a_completed_exhibition_waits_for_us_as_well(self):
        self._follow_up(self.maria, "2026-04-22 08:00:00")
        self.show.action_done()
        self._reply(self.maria, "2026-05-04 09:00:00")
        self.assertEqual(self._state_on(self.maria, "2026-05-19"), "red")
        self.assertIn(self.maria, self.env["expo.participation"].search(self.maria._get_unanswered_domain()))
