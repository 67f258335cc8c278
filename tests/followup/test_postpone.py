"""Postponing: by every way the same method, kept by the engine, told in the chatter."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase

MONDAY = date(2026, 4, 27)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")  # a Monday
class TestPostpone(ExpoCase):
    def setUp(self):
        super().setUp()
        (self.seller | self.colleague | self.manager).tz = "Europe/Berlin"
        self.customer = self._make_participation(tier="intent")
        self.show.with_user(self.manager).close_show()
        self.call = self._step_of(self.customer, "first_call")
        self.mine = self.call.with_user(self.seller)

    def _open_due(self, moment="2026-04-21 06:00:00"):
        with freeze_time(moment):
            self._run_cron("open")

    def _get_notes(self):
        return [str(message.preview) for message in self.customer.message_ids]

    # -- the day -------------------------------------------------------------------------------------------

    def test_buttons_offer_working_days_of_both_sides(self):
        offered = [(one["choice"], one["day"]) for one in self.mine.get_postpone_choices()]
        self.assertEqual(
            offered, [("tomorrow", "Tue, Apr 21"), ("tuesday", "Tue, Apr 28"), ("in_a_week", "Mon, Apr 27")]
        )
        # The first of May is a holiday of both, the 25th of April one of Italy's.
        with freeze_time("2026-04-24 12:00:00"):
            self.assertEqual(self.mine.get_postpone_choices()[0]["day"], "Mon, Apr 27")
            self.assertEqual(self.mine.get_postpone_choices()[2]["day"], "Mon, May 4")

    def test_a_postponed_step_stays_where_it_was_put(self):
        first, deadline = self.call.window_start, self.call.deadline
        self.mine.postpone_to("tuesday", "On holiday until Monday")
        self.assertEqual((self.call.window_start, self.call.flag), (date(2026, 4, 28), "late"))
        self.assertLess(deadline, self.call.window_start)
        self.customer._sync_followups()
        with freeze_time("2026-04-24 12:00:00"):
            self.customer._sync_followups()
            self._run_cron("sync")
        self.assertEqual((self.call.window_start, self.call.state), (date(2026, 4, 28), "planned"))
        note = self._get_notes()[0]
        self.assertIn("Tue, Apr 21 to Tue, Apr 28, after the deadline.", note)
        self.assertIn("Reason: On holiday until Monday", note)
        self.assertEqual(self.customer.message_ids[0].author_id, self.seller.partner_id)
        self.assertNotEqual(first, self.call.window_start)

    def test_within_its_window_it_keeps_its_deadline_and_is_not_late(self):
        deadline = self.call.deadline
        self.mine.postpone_to(date(2026, 4, 23))
        self.assertEqual(
            (self.call.window_start, self.call.deadline, self.call.flag), (date(2026, 4, 23), MONDAY, False)
        )
        self.mine.postpone_to(date(2026, 4, 30))
        self.assertEqual((self.call.flag, self.call.deadline), ("late", date(2026, 4, 30)))
        self.mine.postpone_to("tomorrow")
        self.assertEqual((self.call.flag, self.call.deadline), (False, deadline))

    def test_a_step_called_off_and_asked_for_again_is_placed_by_the_plan(self):
        self.mine.postpone_to(date(2026, 5, 20))
        self.customer.set_tier("none")
        self.assertEqual(self.call.state, "cancelled")
        self.customer.set_tier("intent")
        self.assertEqual((self.call.state, self.call.postponed_on), ("planned", False))
        self.assertEqual(self.call.window_start, date(2026, 4, 21))

    def test_a_day_off_moves_to_the_next_working_day_but_an_agreed_one_stays(self):
        self.mine.postpone_to(date(2026, 5, 1))
        self.assertEqual(self.call.window_start, date(2026, 5, 4))
        agreed = self.env["expo.followup"].with_user(self.seller)._create_manual(self.customer, date(2026, 4, 22))
        agreed.postpone_to(date(2026, 4, 25))
        self.assertEqual((agreed.window_start, agreed.deadline), (date(2026, 4, 25), date(2026, 4, 25)))

    def test_a_day_years_away_is_refused_by_every_way(self):
        followups = self.env["expo.followup"].with_user(self.seller)
        agreed = followups._create_manual(self.customer, date(2026, 4, 22))
        typed = {"participation_id": self.customer.id, "window_start": "2999-12-31"}
        for way in (
            lambda: self.mine.postpone_to(date(2999, 12, 31)),
            lambda: agreed.write({"window_start": "2999-12-31", "deadline": "2999-12-31"}),
            lambda: followups.create(typed),
            lambda: self.mine.record_outcome("Ordered", "positive", next_on=date(2999, 12, 31)),
        ):
            with self.assertRaisesRegex(UserError, "the latest day is"), self.cr.savepoint():
                way()
        self.mine.postpone_to(date(2028, 4, 10))
        self.assertEqual(self.call.window_start, date(2028, 4, 10))

    def test_a_past_day_is_refused_by_every_way(self):
        agreed = self.env["expo.followup"].with_user(self.seller)._create_manual(self.customer, date(2026, 4, 22))
        for followup in (self.mine, agreed):
            with self.assertRaisesRegex(UserError, "has passed"), self.cr.savepoint():
                followup.postpone_to(date(2026, 4, 17))
            with self.assertRaisesRegex(UserError, "has passed"), self.cr.savepoint():
                followup.window_start = date(2026, 4, 17)

    # -- contact cadence -----------------------------------------------------------------------------------

    def test_the_contact_cadence_respects_the_day_until_the_customer_is_contacted(self):
        self.customer.followup_ids.filtered(lambda f: f.step_id).action_skip()
        with freeze_time("2026-04-21 09:00:00"):
            self.env["expo.followup"].with_user(self.seller)._create_manual(self.customer).record_outcome(
                "Hi", "neutral"
            )
            [asked] = self.customer.followup_ids.filtered(lambda f: f.origin == "memory" and f.state == "planned")
            asked.with_user(self.seller).postpone_to(date(2026, 5, 12))
        with freeze_time("2026-04-23 09:00:00"):
            self.customer._sync_followups()
            self.assertEqual((asked.window_start, asked.state), (date(2026, 5, 12), "planned"))
            self.env["expo.followup"].with_user(self.seller)._create_manual(self.customer).record_outcome(
                "Hi", "neutral"
            )
        self.assertEqual((asked.window_start, asked.postponed_on), (date(2026, 4, 30), False))

    # -- every way -----------------------------------------------------------------------------------------

    def test_the_reminder_moves_along_and_moving_the_reminder_postpones(self):
        self._open_due()
        with freeze_time("2026-04-21 09:00:00"):
            reminder = self.call.activity_id
            self.mine.postpone_to("tuesday")
            self.assertEqual((self.call.activity_id, reminder.date_deadline), (reminder, date(2026, 4, 28)))
            self.assertEqual(self.call.state, "planned")
            reminder.with_user(self.seller).action_reschedule_nextweek()
        self.assertEqual(self.call.window_start, reminder.date_deadline)
        self.assertEqual(self.call.window_start, MONDAY)
        self.assertTrue(self.call.postponed_on)
        self.customer._sync_followups()
        self.assertEqual(self.call.window_start, MONDAY)

    def test_a_postponed_reminder_is_the_same_when_its_day_comes(self):
        self._open_due()
        with freeze_time("2026-04-21 09:00:00"):
            reminder = self.call.activity_id
            self.mine.postpone_to("tuesday")
        self._open_due("2026-04-28 06:00:00")
        self.assertEqual((self.call.state, self.call.activity_id), ("due", reminder))
        self.assertEqual(self.customer.activity_ids.filtered(lambda one: one.summary == reminder.summary), reminder)

    def test_a_postponed_reminder_goes_to_the_next_salesperson(self):
        self._open_due()
        with freeze_time("2026-04-21 09:00:00"):
            reminder = self.call.activity_id
            self.mine.postpone_to("tuesday")
            self.customer.with_user(self.manager).user_id = self.colleague
            self.customer._sync_followups()
            self.assertEqual((self.call.user_id, self.call.window_start), (self.colleague, date(2026, 4, 28)))
        self._open_due("2026-04-28 06:00:00")
        reminders = self.customer.activity_ids.filtered(lambda one: one.summary == reminder.summary)
        self.assertEqual((self.call.activity_id, reminders.user_id), (reminders, self.colleague))

    def test_a_reminder_that_opens_later_is_for_the_chosen_day(self):
        self.mine.postpone_to(date(2026, 4, 23))
        self._open_due("2026-04-22 06:00:00")
        self.assertEqual(self.call.state, "planned")
        self._open_due("2026-04-23 06:00:00")
        self.assertEqual((self.call.state, self.call.activity_id.date_deadline), ("due", date(2026, 4, 23)))

    def test_a_drag_in_the_calendar_postpones(self):
        self.mine.write({"window_start": date(2026, 4, 26)})  # a Sunday
        self.assertEqual((self.call.window_start, bool(self.call.postponed_on)), (MONDAY, True))
        self.assertIn("postponed from", self._get_notes()[0])

    def test_a_drop_on_a_column_postpones_to_its_first_working_day(self):
        for bucket, day in (("later", date(2026, 4, 28)), ("week", date(2026, 4, 21)), ("today", date(2026, 4, 20))):
            self.mine.day_bucket = bucket
            self.assertEqual((self.call.window_start, self.mine.day_bucket), (day, bucket))
        with self.assertRaisesRegex(UserError, "cannot move a follow-up to Overdue"):
            self.mine.day_bucket = "overdue"

    def test_the_dialog_postpones_several_with_one_reason(self):
        other = self._make_participation("Hans Becker", country="de", tier="intent")
        calls = (self.call | self._step_of(other, "first_call") | other.followup_ids[:1]).with_user(self.seller)
        wizard = self.env["expo.postpone"].with_user(self.seller).browse(calls.action_postpone()["res_id"])
        with Form(wizard) as form:
            form.choice = "in_a_week"
            self.assertEqual(form.day, MONDAY)
            form.reason = "Trade fair in Milan"
        wizard.action_save()
        self.assertEqual(set(calls.mapped("window_start")), {MONDAY})
        self.assertEqual(set(calls.mapped("postpone_reason")), {"Trade fair in Milan"})

    # -- letters -------------------------------------------------------------------------------------------

    def test_a_queued_letter_moves_as_the_same_message(self):
        letter = self._step_of(self.customer, "thank_you")
        mail, old = letter.mail_mail_id, letter.mail_mail_id.scheduled_date
        self.assertEqual((letter.mail_state, letter.state), ("outgoing", "due"))
        message_id = mail.message_id
        letter.with_user(self.seller).postpone_to("tuesday")
        self.assertEqual((letter.mail_mail_id, mail.message_id, mail.state), (mail, message_id, "outgoing"))
        self.assertEqual(mail.scheduled_date.date(), date(2026, 4, 28))
        self.assertGreater(mail.scheduled_date, old)
        self.customer._sync_followups()
        self.assertEqual(letter.window_start, date(2026, 4, 28))
        with freeze_time("2026-04-22 12:00:00"):
            self._run_cron("open")
        self.assertEqual(mail.scheduled_date.date(), date(2026, 4, 28))

    def test_a_letter_that_is_being_sent_is_not_postponed(self):
        letter = self._step_of(self.customer, "thank_you")
        letter.mail_state = "sending"
        with self.assertRaisesRegex(UserError, "is being sent"):
            letter.with_user(self.seller).postpone_to("tomorrow")

    # -- refusals ------------------------------------------------------------------------------------------

    def test_what_is_done_is_not_postponed(self):
        self.mine.record_outcome("Talked", "neutral")
        with self.assertRaisesRegex(UserError, "is not open"):
            self.mine.postpone_to("tomorrow")
        with self.assertRaisesRegex(UserError, "is not open"):
            self.mine.action_postpone()

    def test_salespeople_postpone_their_own_and_managers_all(self):
        foreign = self.call.with_user(self.colleague)
        for attempt in (lambda: foreign.postpone_to("tomorrow"), foreign.get_postpone_choices):
            with self.assertRaises(AccessError):
                attempt()
        self.call.with_user(self.manager).postpone_to("tuesday")
        self.assertEqual(self.call.window_start, date(2026, 4, 28))

    def test_a_colleague_who_was_asked_may_postpone_it(self):
        asked = self.env["expo.followup"].create(
            {"participation_id": self.customer.id, "window_start": "2026-04-22", "user_id": self.colleague.id}
        )
        asked.with_user(self.colleague).postpone_to("tuesday", "Asked to call later")
        self.assertEqual(asked.window_start, date(2026, 4, 28))
        self.assertIn("Asked to call later", self._get_notes()[0])

    def test_a_hundred_are_postponed_with_few_queries_each(self):
        self._make_participation("Warm")
        calls = self.env["expo.followup"]
        for number in range(12):
            customer = self._make_participation(f"Customer {number}")
            calls |= self.env["expo.followup"]._create_manual(customer, date(2026, 4, 22))
        self.env.flush_all()
        calls[:2].with_user(self.seller).postpone_to("tomorrow")
        counts = []
        for some in (calls[2:4], calls[4:12]):
            self.env.flush_all()
            before = self.cr.sql_log_count
            some.with_user(self.seller).postpone_to("tuesday")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess((counts[1] - counts[0]) / 6, 25)
