"""Answers to complaints in time: clocks kept with the log, notifications of breaches, and their cost."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common_complaint import ComplaintCase

#: A Monday in Berlin, 9:00 there; the company works 8 to 12 and 13 to 17.
MONDAY = datetime(2026, 4, 20, 7)
#: What one more thousand complaints may cost the scheduled action, the first time and once all is told.
PER_THOUSAND = 400


@tagged("post_install", "-at_install")
class TestComplaintClock(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_test_user(
            cls.env, "clock_leader", "sales_team.group_sale_salesman", email="leader@ours.example", tz="Europe/Berlin"
        )
        cls.team.leader_id = cls.leader
        # Demo people and the administrator are managers, too: here there is one.
        cls.managers = cls.env.company._expo_managers()[cls.env.company]

    def _at(self, hours):
        """Be so many hours of the clock after Monday morning."""
        return freeze_time(MONDAY + timedelta(hours=hours))

    def _complain_at(self, hours=0, **values):
        with self._at(hours):
            return self._complain(user_id=self.seller.id, **values)

    def _clock(self, complaint, kind, number=1):
        return complaint.clock_ids.filtered(lambda clock: (clock.kind, clock.round) == (kind, number))

    def _log(self, complaint, hours, *kinds):
        with self._at(hours):
            for kind in kinds:
                complaint.sudo()._log_event(kind)

    def _run(self, hours):
        with self._at(hours):
            self._run_cron("escalate")

    def _reminders(self, complaint):
        return complaint.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("expo_followup.activity_complaint_due")
        )

    def _lists(self, user):
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref("expo_followup.activity_complaint_late").id),
                ("user_id", "=", user.id),
            ]
        )

    def _messages(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids), ("subject", "like", "Overdue complaints")]
        )

    # -- the clocks --------------------------------------------------------------------------------------

    def test_the_first_clock_starts_with_the_receipt_and_stops_with_the_acknowledgement(self):
        complaint = self._complain_at()
        self.assertEqual(complaint.next_clock, "acknowledge")
        self.assertEqual(complaint.next_due_at, MONDAY + timedelta(hours=24), "eight hours: 9 to 12, 13 to 17, 8 to 9")
        self._log(complaint, 2, "acknowledged")
        self.assertEqual(self._clock(complaint, "acknowledge").state, "done")
        self.assertEqual(complaint.next_clock, "evaluate")

    def _read_share(self, complaints):
        """Return steps in time, steps too late, and the per cent in time, as the report counts them."""
        self.env.flush_all()
        [share] = self.env["expo.complaint.clock"]._read_group(
            [("complaint_id", "in", complaints.ids)], [], ["in_time_count:sum", "late_count:sum", "in_time_percent:avg"]
        )
        return share

    def test_report_counts_steps_in_time_and_too_late_and_leaves_out_the_undecided(self):
        quick, slow, running = self._complain_at(), self._complain_at(), self._complain_at(24)
        found = quick | slow | running
        self.assertEqual(self._read_share(found), (0, 0, False))
        self._log(quick, 2, "acknowledged")
        self._run(25)
        self._log(slow, 30, "acknowledged")
        results = [self._clock(complaint, "acknowledge").punctuality for complaint in found]
        self.assertEqual(results, ["in_time", "late", False])
        self.assertEqual(self._read_share(found), (1, 1, 50))

    def test_step_without_target_is_neither_in_time_nor_too_late(self):
        self.env.company.expo_complaint_hours_acknowledge = 0
        complaint = self._complain_at()
        self._log(complaint, 2, "acknowledged")
        self.assertFalse(self._clock(complaint, "acknowledge").punctuality)

    def test_a_letter_entered_days_later_has_waited_since_it_came(self):
        with self._at(0):
            complaint = self._complain(received_at=MONDAY - timedelta(days=3))
            self.assertEqual(self._clock(complaint, "acknowledge").used_hours, 8)
        complaint = self._complain_at()
        with self._at(1):
            complaint.received_at = MONDAY - timedelta(days=4)
        self.assertTrue(complaint.is_breached)
        with self._at(2):
            complaint.received_at = MONDAY
        self.assertEqual(self._clock(complaint, "acknowledge").started_at, MONDAY - timedelta(days=4))

    def test_we_do_not_wait_for_ourselves(self):
        complaint = self._complain_at()
        self._log(complaint, 0, "acknowledged")
        with self._at(2):
            complaint.action_wait()
            self.assertEqual(complaint.clock_color, "muted")
        self.assertFalse(complaint.next_due_at)
        self.assertFalse(complaint.escalate_at)
        with self._at(48):
            complaint._customer_replied()
        self.assertEqual(complaint.next_due_at, MONDAY + timedelta(days=4, hours=7))

    def test_what_the_customer_does_ends_the_waiting(self):
        complaint = self._complain_at()
        self._log(complaint, 0, "acknowledged", "evaluated", "offered")
        with self._at(1):
            complaint.action_wait()
        self._log(complaint, 2, "accepted")
        self.assertFalse(complaint.is_waiting)
        self.assertEqual(self._clock(complaint, "implement").state, "running")

    def test_a_serious_complaint_has_half_the_time(self):
        complaint = self._complain_at(severity="serious")
        self.assertEqual(complaint.next_due_at, MONDAY + timedelta(hours=5))

    def test_what_has_begun_keeps_its_limit(self):
        complaint = self._complain_at()
        self.env.company.expo_complaint_hours_acknowledge = 1
        self.env.company.expo_complaint_hours_evaluate = 3
        self._log(complaint, 2, "answered")
        self.assertEqual(self._clock(complaint, "acknowledge").limit_hours, 8)
        self._log(complaint, 2, "acknowledged")
        self.assertEqual(self._clock(complaint, "evaluate").limit_hours, 3)

    def test_late_stays_late_whatever_follows(self):
        complaint = self._complain_at()
        self._log(complaint, 30, "acknowledged")
        clock = self._clock(complaint, "acknowledge")
        self.assertEqual(clock.breached_at, MONDAY + timedelta(hours=24))
        self.env.company.expo_complaint_hours_acknowledge = 100
        self.env["resource.calendar.leaves"].create(
            {"name": "Off", "date_from": "2026-04-20 00:00:00", "date_to": "2026-04-24 00:00:00"}
        )
        complaint.severity = "low"
        with self._at(31):
            complaint._move_to("closed")
            complaint._move_to("reopened")
        self.assertTrue(complaint.is_breached)
        self.assertEqual(clock.used_hours, 7 + 6)
        self.assertEqual(complaint.event_ids.filtered(lambda event: event.kind == "breach").at, clock.breached_at)
        self.assertEqual(self._clock(complaint, "evaluate", 2).state, "running")

    def test_a_day_off_entered_later_gives_more_time(self):
        complaint = self._complain_at()
        with self._at(0.5):
            self.env["resource.calendar.leaves"].create(
                {"name": "Off", "date_from": "2026-04-20 22:00:00", "date_to": "2026-04-21 22:00:00"}
            )
        self._run(1)
        self.assertEqual(complaint.next_due_at, MONDAY + timedelta(hours=48))
        calendar = self.env.company.resource_calendar_id
        wednesday = calendar.attendance_ids.filtered(lambda row: row.dayofweek == "2")
        with self._at(1.5):
            calendar.write({"attendance_ids": [Command.delete(row.id) for row in wednesday]})
        self._run(2)
        self.assertEqual(complaint.next_due_at, MONDAY + timedelta(hours=72))

    def test_without_a_limit_nothing_is_due(self):
        self.env.company.expo_complaint_hours_acknowledge = 0
        complaint = self._complain_at()
        self.env.company.expo_complaint_hours_acknowledge = 1
        self._run(500)
        self.assertFalse(complaint.next_due_at)
        self.assertFalse(complaint.is_breached)

    def test_closing_ends_what_runs(self):
        complaint = self._complain_at(severity="low")
        self._log(complaint, 1, "acknowledged")
        with self._at(2):
            complaint.action_wait()
            complaint.write({"stage_id": self.stages["cancelled"].id, "cancel_reason": "Twice"})
        self.assertEqual(set(complaint.clock_ids.mapped("state")), {"done", "ended"})
        self.assertFalse(complaint.next_clock)

    def test_events_that_move_take_their_clocks_along(self):
        source, target = self._complain_at(), self._complain_at(10)
        self._log(source, 1, "acknowledged")
        with self._at(11):
            source.sudo().event_ids.write({"complaint_id": target.id})
        self.assertFalse(source.clock_ids)
        self.assertEqual(self._clock(target, "acknowledge").started_at, MONDAY)
        self.assertEqual(self._clock(target, "acknowledge").state, "done")
        self.assertEqual(target.next_clock, "evaluate")

    def test_a_merge_keeps_the_first_word_and_reminds_of_one(self):
        maria = self._make_partner("Maria Rossi")
        source, target = self._complain_at(partner=maria), self._complain_at(10, partner=maria)
        self._run(7.5)
        self.assertTrue(self._reminders(source))
        with self._at(11):
            source._merge_into(target)
        self.assertFalse(self._reminders(source | target))
        self.assertEqual(source.next_clock, False)
        self.assertEqual(self._clock(target, "acknowledge").started_at, MONDAY)
        self._run(12)
        self.assertEqual(len(self._reminders(target)), 1)

    def test_sla_target_cannot_be_set_by_hand(self):
        complaint = self._complain_at()
        clock = complaint.clock_ids
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                clock.with_user(user).write({"limit_hours": 100})
            with self.assertRaises(AccessError):
                clock.with_user(user).unlink()
        for values in ({"is_breached": False}, {"next_due_at": False}, {"escalate_at": False}, {"clock_ids": [(5,)]}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                complaint.write(values)

    def test_the_colour_is_that_of_the_moment(self):
        complaint = self._complain_at()
        for hours, color in ((1, "success"), (7.5, "warning"), (25, "danger")):
            with self._at(hours):
                self.env.invalidate_all()
                self.assertEqual(complaint.clock_color, color)

    def test_the_filters_find_what_is_late_and_what_is_due_today(self):
        late, today, later = self._complain_at(-24 * 4), self._complain_at(-24 * 3 + 2), self._complain_at()
        found = self.env["expo.complaint"].with_user(self.seller).with_context(tz="Europe/Berlin")
        everything = (late | today | later).ids
        with self._at(0):
            self.assertEqual(found.search([("id", "in", everything), ("next_due_at", "<", "now")]).ids, late.ids)
            domain = [("next_due_at", ">=", "today"), ("next_due_at", "<", "today +1d")]
            self.assertEqual(found.search([("id", "in", everything), *domain]).ids, today.ids)

    # -- notifications -----------------------------------------------------------------------------------

    def test_the_owner_is_reminded_at_three_quarters_once(self):
        complaint = self._complain_at()
        self._run(6)
        self.assertFalse(self._reminders(complaint))
        self._run(7.5)
        self._run(7.6)
        reminder = self._reminders(complaint)
        self.assertEqual(reminder.user_id, self.seller)
        self.assertEqual(reminder.date_deadline, fields.Date.to_date("2026-04-21"))
        self.assertEqual(reminder.summary, "Acknowledge")
        self._log(complaint, 8, "acknowledged")
        self.assertFalse(self._reminders(complaint))

    def test_paused_target_sends_no_reminder(self):
        complaint = self._complain_at()
        self._log(complaint, 0, "acknowledged")
        self._run(60)
        self.assertTrue(self._reminders(complaint))
        with self._at(61):
            complaint.action_wait()
        self._run(62)
        self.assertFalse(self._reminders(complaint))
        with self._at(97):
            complaint.action_go_on()
        self._run(97.1)
        self.assertEqual(self._reminders(complaint).date_deadline, fields.Date.to_date("2026-04-24"))

    def test_the_reminder_goes_with_the_complaint(self):
        complaint = self._complain_at()
        self._run(7.5)
        complaint.with_user(self.manager).user_id = self.colleague
        self.assertEqual(self._reminders(complaint).user_id, self.colleague)

    def test_an_archived_complaint_is_open_all_the_same(self):
        complaint = self._complain_at()
        complaint.with_user(self.manager).active = False
        self._run(25)
        self.assertTrue(complaint.is_breached)
        self.assertIn(complaint.name, self._lists(self.leader).note)

    def test_two_clocks_of_one_complaint_are_one_late_complaint(self):
        complaint = self._complain_at()
        self._log(complaint, 0, "evaluated")
        self._run(80)
        self.assertEqual(len(complaint.clock_ids.filtered("is_breached")), 2)
        self.assertEqual(self._lists(self.leader).summary, "Overdue complaints: 1")
        self.assertEqual(len(self._reminders(complaint)), 1)

    def test_a_new_complaint_of_a_stranger_without_team_and_owner_is_not_lost(self):
        with self._at(0):
            complaint = self.env["expo.complaint"].create({"subject": "Broken", "team_id": False, "user_id": False})
        complaint.team_id = False
        self._run(25)
        manager = self.managers[0]
        self.assertEqual(self._reminders(complaint).user_id, manager)
        self.assertIn(complaint.name, self._lists(manager).note)

    def test_the_second_level_hears_of_what_is_late_and_managers_after_twice_the_time(self):
        complaint = self._complain_at()
        self._run(23)
        self.assertFalse(self._lists(self.leader))
        self._run(25)
        self.assertIn(complaint.name, self._lists(self.leader).note)
        self.assertEqual(len(self._messages(self.leader)), 1)
        self.assertFalse(self._lists(self.manager))
        self.assertEqual(complaint.event_ids.filtered(lambda e: e.kind == "escalated").note, self.leader.name)
        self._run(50)
        self.assertIn(complaint.name, self._lists(self.manager).note)
        self.assertEqual(len(self._messages(self.manager)), 1)
        self._log(complaint, 51, "acknowledged")
        self._run(52)
        self.assertFalse(self._lists(self.leader))
        self.assertFalse(self._lists(self.manager))

    def test_one_message_a_day_however_many_are_late(self):
        first, second = self._complain_at(), self._complain_at(1)
        self._run(24.5)
        self.assertEqual(self._lists(self.leader).summary, "Overdue complaints: 1")
        self._run(25.5)
        self.assertEqual(self._lists(self.leader).summary, "Overdue complaints: 2")
        self.assertEqual(len(self._messages(self.leader)), 1)
        self._run(25.6)
        self.assertEqual(len(self._lists(self.leader)), 1)
        self.assertEqual(len((first | second).event_ids.filtered(lambda event: event.kind == "breach")), 2)

    def test_a_list_put_aside_comes_back_the_next_day(self):
        self._complain_at()
        self._run(25)
        with self._at(26):
            self._lists(self.leader).with_user(self.leader).action_done()
        self._run(27)
        self.assertFalse(self._lists(self.leader))
        self._run(47)
        self.assertTrue(self._lists(self.leader))

    def test_late_leader_is_not_their_own_escalation_contact(self):
        complaint = self._complain_at()
        complaint.user_id = self.leader
        self._run(25)
        self.assertEqual(self._reminders(complaint).user_id, self.leader)
        self.assertFalse(self._lists(self.leader))
        self.assertTrue(self._lists(self.managers[0]))

    def test_notifications_are_not_sent_at_night(self):
        complaint = self._complain_at(-1)
        self._run(20)
        self.assertFalse(complaint.is_breached, "due at 17:00, with no working time since")
        self._run(24)
        self.assertTrue(complaint.is_breached)

    def test_the_scheduled_action_runs_when_the_next_moment_comes(self):
        cron = self.env.ref("expo_followup.ir_cron_escalate")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        self._complain_at()
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)], order="call_at", limit=1)
        self.assertEqual(trigger.call_at, MONDAY + timedelta(hours=7, minutes=1))

    def test_a_run_that_ends_between_two_batches_goes_on_with_the_rest(self):
        complaints = self.env["expo.complaint"].browse([self._complain_at().id for _number in range(4)])
        crons = type(self.env["ir.cron"])
        with self._at(25), patch.object(crons, "_commit_progress", lambda *args, **kwargs: 0):
            late = [("escalate_at", "<", fields.Datetime.now())]
            complaints._run_job(late, lambda batch: batch._escalate(), batch_size=2)
        self.assertEqual(len(complaints.filtered("is_breached")), 2)
        self._run(25)
        self.assertEqual(len(complaints.filtered("is_breached")), 4)
        for kind in ("breach", "escalated"):
            self.assertEqual(complaints.event_ids.mapped("kind").count(kind), 4)

    def test_the_scheduled_action_takes_few_queries_per_thousand_complaints(self):
        counts = []
        for number in (10, 60):
            complaints = self.env["expo.complaint"].browse([self._complain_at().id for _number in range(number)])
            counts.append([self._count(hours) for hours in (8, 25, 50, 51)])
            self.assertTrue(all(complaints.mapped("is_breached")))
            self._log(complaints, 52, "cancelled")
            self._run(53)
        for few, many in zip(*counts, strict=True):
            self.assertLessEqual((many - few) * 1000 / 50, PER_THOUSAND)

    def _count(self, hours):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run(hours)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # -- the digest --------------------------------------------------------------------------------------

    def test_the_digest_tells_of_open_late_and_timely_answers(self):
        self.env["expo.complaint"].search([]).active = False
        late, good, waiting = self._complain_at(), self._complain_at(), self._complain_at()
        self._log(good, 1, "acknowledged")
        self._log(late, 30, "acknowledged")
        self._run(31)
        digest = self.env["digest.digest"].create({"name": "Week", "company_id": self.env.company.id})
        digest = digest.with_user(self.manager).with_context(
            start_datetime=MONDAY, end_datetime=MONDAY + timedelta(days=7)
        )
        with self._at(32):
            self.assertEqual(digest.kpi_expo_complaints_value, 3)
            self.assertEqual(digest.kpi_expo_complaints_late_value, 1, waiting.name)
            self.assertEqual(digest.kpi_expo_complaints_kept_value, 50)
        clerk = new_test_user(self.env, "clock_clerk", "base.group_user")
        for name in ("", "_late", "_kept"):
            with self.assertRaises(AccessError):
                digest.with_user(clerk)[f"kpi_expo_complaints{name}_value"]
