"""The engine: which follow-ups there must be, compared with those there are."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.expo_followup.models.participation import participation
from odoo.tests import tagged

from tests.common import SHOW_END, ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestSync(ExpoCase):
    def _close(self, *participations):
        self.show.with_user(self.manager).close_show()
        return participations

    def test_nothing_counted_from_the_last_day_is_planned_while_the_show_runs(self):
        customer = self._make_participation()
        self.assertFalse(customer.followup_ids)

    def test_each_tier_gets_the_steps_of_the_default_plan(self):
        expected = {
            "signed": {"thank_you", "first_call_unpaid", "email_revisit", "phone_revisit", "visit"},
            "intent": {"thank_you", "first_call", "email_revisit", "phone_revisit"},
            "no_agreement": {"thank_you", "first_answer", "email_revisit"},
            "materials": {"thank_you", "first_answer", "email_revisit"},
            "none": {"thank_you", "email_revisit", "look_up"},
        }
        customers = {code: self._make_participation(f"Customer {code}", tier=code) for code in expected}
        self._close()
        for code, steps in expected.items():
            with self.subTest(tier=code):
                self.assertEqual(self._planned_steps(customers[code]), steps)

    def test_days_follow_the_windows_of_the_default_plan(self):
        customer = self._make_participation(tier="signed")
        self._close()
        windows = {
            # step: (first day, last day) after a show that ends on Monday 20 April 2026
            "thank_you": (date(2026, 4, 21), date(2026, 4, 27)),
            "first_call_unpaid": (date(2026, 4, 21), date(2026, 4, 23)),
            "email_revisit": (date(2026, 4, 28), date(2026, 5, 7)),
            "phone_revisit": (date(2026, 5, 4), date(2026, 5, 11)),
            "visit": (date(2026, 5, 11), date(2026, 5, 25)),
        }
        for code, (first, last) in windows.items():
            with self.subTest(step=code):
                followup = self._step_of(customer, code)
                self.assertEqual((followup.window_start, followup.deadline), (first, last))

    def test_a_holiday_of_the_customer_moves_the_day_and_ours_as_well(self):
        self.env.company.resource_calendar_id.global_leave_ids = [
            fields.Command.create(
                {"name": "Works outing", "date_from": "2026-04-21 00:00:00", "date_to": "2026-04-21 22:00:00"}
            )
        ]
        italian = self._make_participation("Italian", tier="intent")
        # 23 April is a holiday in Turkey; ours is the 21st; Saudi Arabia rests on Friday and Saturday.
        turkish = self._make_participation("Turk", tier="signed", country="tr")
        saudi = self._make_participation("Saudi", tier="intent", country="sa")
        self._close()
        self.assertEqual(self._step_of(italian, "first_call").window_start, date(2026, 4, 22))
        self.assertEqual(self._step_of(turkish, "first_call_unpaid").deadline, date(2026, 4, 22))
        self.assertEqual(self._step_of(saudi, "first_call").deadline, date(2026, 4, 27))

    def test_a_letter_comes_in_its_week_also_on_the_customers_holiday_and_a_call_does_not(self):
        self.show.write({"date_begin": "2026-09-27", "date_end": "2026-09-30"})
        with freeze_time("2026-09-30 16:00:00"):
            chinese = self._make_participation("Chinese", tier="intent", country="cn")
            italian = self._make_participation("Italian", tier="intent")
            self.show.with_user(self.manager).close_show()
            self.assertEqual(self._step_of(italian, "thank_you").window_start, date(2026, 10, 1))
            letter, call = self._step_of(chinese, "thank_you"), self._step_of(chinese, "first_call")
            self.assertEqual((letter.window_start, letter.flag), (date(2026, 10, 1), "abroad"))
            self.assertEqual((call.window_start, call.flag), (date(2026, 10, 8), "late"))
            # Placed again it stays; a day off of ours is never taken.
            other = self._make_participation("Other", tier="intent", country="cn")
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Outing", "date_from": "2026-09-30 22:00:00", "date_to": "2026-10-01 21:59:59",
                    "calendar_id": self.env.company.resource_calendar_id.id,
                }
            )  # fmt: skip
            (chinese | other)._sync_followups()
            self.assertEqual(self._step_of(other, "thank_you").window_start, date(2026, 10, 2))
            self.assertEqual(self._step_of(other, "thank_you").flag, "abroad")

    def test_an_automatic_letter_and_a_letter_of_a_person_are_two_days_apart(self):
        own = self.steps["email_revisit"]
        own.write({"delay_count": 1, "expo_window_days": 7, "expo_weekdays": ""})
        customer = self._make_participation("Italian", tier="none")
        self._close()
        automatic, personal = self._step_of(customer, "thank_you"), self._step_of(customer, "email_revisit")
        self.assertEqual((automatic.auto_send, personal.auto_send), (True, False))
        self.assertEqual(automatic.window_start, date(2026, 4, 21))
        self.assertEqual((personal.window_start, personal.flag), (date(2026, 4, 23), "crowded"))
        customer._sync_followups()
        self.assertEqual(personal.window_start, date(2026, 4, 23))

    def test_each_planned_purchase_of_the_customer_has_its_follow_up(self):
        step = self.env["mail.activity.plan.template"].create(
            {
                "plan_id": self.plan.id, "summary": "Ask about the planned purchase", "expo_anchor": "purchase_plan",
                "activity_type_id": self.env.ref("expo_followup.activity_phone_revisit").id,
                "delay_count": 30, "delay_from": "before_plan_date", "expo_window_days": 7,
            }
        )  # fmt: skip
        customer = self._make_participation("Italian", tier="intent")
        self._close()
        plans = self.env["expo.customer.plan"].with_user(self.seller)

        def asked(*states):
            self._run_cron("sync")
            rows = customer.followup_ids.filtered(lambda row: row.step_id == step and row.state in states)
            return sorted(str(row.window_start) for row in rows)

        self.assertEqual(asked("planned"), [])
        spring, autumn, _past, _same = plans.create(
            [
                {"file_id": customer.file_id.id, "name": "Pumps", "planned_on": day}
                for day in ("2026-06-15", "2026-10-15", "2026-03-02", "2026-10-15")
            ]
        )
        self.assertEqual(asked("planned"), ["2026-05-18", "2026-09-15"])
        rows = customer.followup_ids.filtered(lambda row: row.step_id == step).sorted("window_start")
        rows[0].with_user(self.seller).record_outcome("Asks for an offer", "positive")
        self.assertEqual((asked("planned"), asked("done")), (["2026-09-15"], ["2026-05-18"]))
        # Another day, and a plan that is settled.
        autumn.planned_on = "2026-11-16"
        self.assertEqual(asked("planned"), ["2026-09-15", "2026-10-19"])
        (spring | autumn).is_done = True
        self.assertEqual(asked("planned"), ["2026-09-15"])
        _same.unlink()
        self.assertEqual((asked("planned"), asked("done")), ([], ["2026-05-18"]))

    def test_a_resumed_exhibition_plans_key_customers_first_within_the_daily_limit(self):
        self.env.company.expo_daily_limit = 2
        # A visit that is overdue remains beside the call: here there are calls only.
        self.steps["visit"].unlink()
        tiers = ("none", "materials", "intent", "no_agreement", "signed", "intent")
        customers = [self._make_participation(f"Customer {n}", tier=tier) for n, tier in enumerate(tiers)]
        self.show.active = False
        self.show.state = "followup"
        with freeze_time("2026-07-06 08:00:00"):  # a Monday
            self.show.active = True
            self._run_cron("sync")
            rows = [
                one.followup_ids.filtered(lambda row: row.state == "planned" and not row.is_letter and row.step_id)
                for one in customers
            ]
            days = [row.window_start for row in rows]
            self.assertEqual([len(row) for row in rows], [1] * len(rows))
            for day in set(days):
                self.assertLessEqual(days.count(day), 2)
            key = sorted(day for day, one in zip(days, customers, strict=True) if one.is_key)
            others = sorted(day for day, one in zip(days, customers, strict=True) if not one.is_key)
            # Three days after the letter, and on to Monday.
            self.assertEqual(key, [date(2026, 7, 9)] * 2 + [date(2026, 7, 10)])
            self.assertEqual(others, [date(2026, 7, 10)] + [date(2026, 7, 13)] * 2)
        # Planned again on the next day, all stay where they are.
        with freeze_time("2026-07-07 08:00:00"):
            self.env["expo.participation"].concat(*customers)._sync_followups()
            self.assertEqual([row.window_start for row in rows], days)

    def test_overdue_follow_up_waits_for_room_also_after_a_year_and_stays_there(self):
        self.env.company.expo_daily_limit = 1
        busy = self._make_participation("Busy", tier="none")
        customer = self._make_participation("Late", tier="intent", country="sa")
        self.show.active = False
        self.show.state = "followup"
        days = [date(2026, 7, 7) + timedelta(days=number) for number in range(400)]
        self.env["expo.followup"].create(
            [{"participation_id": busy.id, "user_id": self.seller.id, "window_start": day} for day in days]
        )
        with freeze_time("2026-07-07 08:00:00"):
            self.show.active = True
            customer._sync_followups()
            call = self._step_of(customer, "first_call")
            self.assertGreater(call.window_start, days[-1])
            self.assertEqual(call.flag, "crowded")
            changes = customer._plan_followups()
            self.assertFalse(changes.create)
            self.assertFalse(changes.write)

    def test_a_day_off_of_every_schedule_counts_and_a_new_one_moves_what_is_planned(self):
        customer = self._make_participation("Italian", tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        self.assertEqual(call.window_start, date(2026, 4, 21))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Outing", "date_from": "2026-04-21 00:00:00", "date_to": "2026-04-21 22:00:00",
                "calendar_id": False, "company_id": self.env.company.id,
            }
        )  # fmt: skip
        self._run_cron("sync")
        self.assertEqual(call.window_start, date(2026, 4, 22))

    def test_a_step_of_an_archived_tier_does_not_become_everybodys(self):
        customer = self._make_participation(tier="intent")
        self._make_participation("No Intent", tier="none")
        self.tiers["none"].active = False
        action = self.show.with_user(self.manager).action_close()
        self.assertTrue(self.env["expo.close.show"].browse(action["res_id"]).letter_count)
        self._close()
        self.assertFalse(self._step_of(customer, "look_up"))

    def test_a_customer_corrected_to_another_person_takes_the_letter_and_the_touches_along(self):
        customer = self._make_participation("Wrong One", tier="intent")
        self._close()
        wrong = self._step_of(customer, "thank_you").mail_mail_id
        right = self._make_partner("Right One")
        customer.with_user(self.seller).partner_id = right
        self.assertEqual(customer.followup_ids.partner_id, right)
        self.assertEqual(wrong.state, "cancel")
        letter = self._step_of(customer, "thank_you")
        self.assertEqual((letter.state, len(letter.mail_mail_id)), ("planned", 0))

    def test_an_archived_customer_or_show_gets_nothing_more(self):
        customer, other = self._make_participation(), self._make_participation("Other")
        self._close()
        customer.partner_id.active = False
        self._run_cron("sync")
        self.assertFalse(self._planned_steps(customer))
        self.show.active = False
        self._run_cron("sync")
        self.assertFalse(self._planned_steps(other))

    def test_follow_ups_of_a_leaving_user_wait_for_the_next_salesperson(self):
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        call._open_reminders()
        self.seller.action_archive()
        self.assertEqual(call.state, "planned")
        self._run_cron("sync")
        self.assertEqual(call.user_id, self.manager)

    def test_a_late_entry_is_planned_from_today_and_flagged(self):
        self._make_participation()
        self._close()
        with freeze_time("2026-04-30 08:00:00"):
            late = self._make_participation("Late Comer")
            call = self._step_of(late, "first_call")
            # Three days after the letter that leaves today is a Sunday.
            self.assertEqual((call.window_start, call.flag), (date(2026, 5, 4), "late"))

    def test_today_is_the_shows_day_whatever_the_server_thinks(self):
        self.show.tz = "Pacific/Auckland"
        self._make_participation()
        with freeze_time("2026-04-28 13:00:00"):  # already the 29th in Auckland
            self._close()
            late = self.show.participation_ids.followup_ids.filtered(lambda f: f.step_id == self.steps["thank_you"])
            self.assertEqual(late.window_start, date(2026, 4, 29))

    def test_syncing_again_changes_nothing_even_days_later(self):
        customers = self._make_participation() | self._make_participation("No Mail", email=False)
        self._close()
        before = customers.followup_ids.read(["state", "window_start", "deadline", "flag", "user_id", "write_date"])
        for moment in ("2026-04-20 12:00:00", "2026-04-24 23:30:00", "2026-06-01 00:00:00"):
            with freeze_time(moment):
                changes = customers.sudo()._plan_followups()
                self.assertFalse(changes.create)
                self.assertFalse(changes.write)
                customers._sync_followups()
        after = customers.followup_ids.read(["state", "window_start", "deadline", "flag", "user_id", "write_date"])
        self.assertEqual(before, after)

    def test_a_new_tier_calls_off_what_no_longer_applies_and_plans_the_rest(self):
        customer = self._make_participation(tier="none")
        self._close()
        customer.with_user(self.seller).set_tier("signed", reason="Ordered a container")
        self.assertEqual(self._step_of(customer, "look_up").state, "cancelled")
        self.assertIn("visit", self._planned_steps(customer))
        self.assertEqual(customer.tier_change_ids.sorted("id")[-1].reason, "Ordered a container")
        self.assertEqual(customer.tier_change_ids.sorted("id")[-1].user_id, self.seller)

    def test_dragging_to_another_tier_and_back_restores_the_steps_without_doubles(self):
        customer = self._make_participation(tier="none")
        self._close()
        before = customer.followup_ids
        customer.with_user(self.seller).write({"tier_id": self.tiers["signed"].id})
        customer.with_user(self.seller).write({"tier_id": self.tiers["none"].id})
        self.assertEqual(self._step_of(customer, "look_up").state, "planned")
        self.assertEqual(len(self._step_of(customer, "look_up")), 1)
        self.assertLessEqual(before, customer.followup_ids)
        self.assertEqual(len(customer.tier_change_ids), 3)

    def test_what_was_done_is_never_touched(self):
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        call.with_user(self.seller).record_outcome("Talked about pumps", "positive")
        customer.set_tier("none")
        self.assertEqual((call.state, call.content), ("done", "Talked about pumps"))

    def test_only_one_of_the_two_first_calls_is_ever_made(self):
        customer = self._make_participation(tier="signed")
        self._close()
        self._step_of(customer, "first_call_unpaid").with_user(self.seller).record_outcome("Pays on Friday", "positive")
        customer.set_tier("intent")
        self.assertNotIn("first_call", self._planned_steps(customer))

    def test_customers_without_a_usable_address_are_excluded_with_the_reason(self):
        listed = self._make_participation("Listed")
        self.env["mail.blacklist"]._add(listed.partner_id.email)
        customers = {
            "no_email": self._make_participation("Without Mail", email=""),
            "bad_email": self._make_participation("Picture Mail", email="scan0001.jpg"),
            "blacklisted": listed,
            "refused": self._make_participation("Refuser", contact_consent="refused"),
        }
        self._close()
        for reason, customer in customers.items():
            with self.subTest(reason=reason):
                letter = self._step_of(customer, "thank_you")
                self.assertEqual((letter.state, letter.exclude_reason), ("excluded", reason))
                self.assertTrue(letter.problem)
                self.assertFalse(letter.mail_mail_id)

    def test_an_address_entered_later_brings_the_letter_back(self):
        customer = self._make_participation(email="")
        self._close()
        with freeze_time("2026-06-13 23:00:00"):  # a Saturday night
            customer.partner_id.email = "maria@customer.example"
            self._run_cron("sync")
            letter = self._step_of(customer, "thank_you")
            self.assertEqual((letter.state, letter.window_start, letter.flag), ("planned", date(2026, 6, 15), "late"))

    def test_lost_and_dormant_customers_get_no_more_follow_ups(self):
        lost, dormant = self._make_participation("Lost"), self._make_participation("Dormant")
        self._close()
        lost.outcome = "lost"
        dormant.outcome = "dormant"
        self.assertFalse(self._planned_steps(lost))
        self.assertEqual(self._planned_steps(dormant), {"last_proposal"}, "made when the horizon comes")
        lost.outcome = "open"
        self.assertIn("first_call", self._planned_steps(lost))

    def test_each_salesperson_reads_the_steps_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.steps["visit"].with_context(lang="zh_CN").expo_title = "登门拜访"
        self.colleague.lang = "zh_CN"
        english = self._make_participation("English", tier="signed", user=self.seller)
        chinese = self._make_participation("Chinese", tier="signed", user=self.colleague)
        self._close()
        self.assertEqual(self._step_of(english, "visit").summary, "Visit by appointment")
        self.assertEqual(self._step_of(chinese, "visit").summary, "登门拜访")
        english.with_user(self.manager).user_id = self.colleague
        self.assertEqual(self._step_of(english, "visit").summary, "登门拜访")

    def test_a_sample_that_arrived_asks_how_it_was_liked(self):
        customer = self._make_participation()
        self._close()
        customer.sample_received_on = date(2026, 5, 4)
        check = self._step_of(customer, "sample_check")
        self.assertEqual((check.window_start, check.deadline), (date(2026, 5, 7), date(2026, 5, 14)))

    def test_a_change_of_the_plan_moves_what_is_planned_at_the_next_run(self):
        customer = self._make_participation(tier="signed")
        self._close()
        self.assertFalse(customer.sync_pending)
        self.steps["visit"].with_user(self.manager).write({"delay_count": 28, "expo_window_days": 5})
        self.assertTrue(customer.sync_pending)
        self._run_cron("sync")
        visit = self._step_of(customer, "visit")
        self.assertEqual((visit.window_start, visit.deadline), (date(2026, 5, 18), date(2026, 5, 22)))

    def test_a_step_taken_out_of_the_plan_is_called_off_and_its_history_kept(self):
        customer, other = self._make_participation(tier="none"), self._make_participation("Other", tier="none")
        self._close()
        self._step_of(other, "look_up").record_outcome("Looked", "neutral")
        rows = self._step_of(customer, "look_up") | self._step_of(other, "look_up")
        self.steps["look_up"].with_user(self.manager).unlink()
        self.assertEqual(rows.mapped("state"), ["cancelled", "done"])

    def test_a_new_owner_takes_over_follow_ups_and_reminders_at_once(self):
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        call._open_reminders()
        customer.with_user(self.manager).user_id = self.colleague
        live = customer.followup_ids.filtered(lambda f: f.state in ("planned", "due"))
        self.assertEqual(live.user_id, self.colleague)
        self.assertEqual(call.activity_id.user_id, self.colleague)
        self.assertFalse(call.with_user(self.seller).has_access("read"))
        self.assertFalse(customer.with_user(self.seller).has_access("read"))

    def test_a_customer_without_owner_is_left_to_the_responsible_of_the_show(self):
        orphan = self._make_participation(user=False)
        self._close()
        self.assertEqual(orphan.followup_ids.user_id, self.manager)

    def test_queries_do_not_grow_with_the_number_of_customers(self):
        def queries_for(number, code):
            show = self._make_show(name=f"Show {code}", code=code)
            partners = self.env["res.partner"].create(
                [{"name": f"{code} {i}", "email": f"{code}{i}@customer.example"} for i in range(number)]
            )
            customers = self.env["expo.participation"].create(
                [
                    {"exhibition_id": show.id, "partner_id": partner.id, "tier_id": self.tiers["signed"].id}
                    for partner in partners
                ]
            )
            show.state = "followup"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            customers._sync_followups()
            self.env.flush_all()
            self.assertEqual(len(customers.followup_ids), 5 * number)
            return self.cr.sql_log_count - before

        queries_for(2, "WARM")
        few, many = queries_for(10, "FEW"), queries_for(400, "MANY")
        # The inserts are cut into pieces of a hundred rows or so by the ORM; nothing else may grow.
        self.assertLessEqual(many - few, 400 * 5 // 100 + 8)

    def test_a_customer_recorded_at_a_live_show_takes_few_queries(self):
        # As companies have it by default: with the follow-up on the day of the meeting.
        self.env.company.expo_memory_days = "0, 3, 7, 15"
        show, tier = self.show.with_user(self.seller), self.tiers["intent"]

        def record(name):
            partner = self._make_partner(name)
            self.env.flush_all()
            before = self.cr.sql_log_count
            values = {"exhibition_id": show.id, "partner_id": partner.id, "tier_id": tier.id}
            customer = show.env["expo.participation"].create(values)
            self.env.flush_all()
            self.assertTrue(customer.followup_ids)
            self.assertTrue(customer.sudo().file_id)
            return self.cr.sql_log_count - before

        record("Maria")
        self.assertLessEqual(record("Paolo"), 31)

    def test_planning_again_takes_few_queries_for_each_batch(self):
        customers = self.env["expo.participation"].union(
            *(self._make_participation(f"Customer {index}", tier="signed") for index in range(9))
        )
        self._close()
        counts = []
        for size in (len(customers), 1):
            self.patch(participation, "BATCH_SIZE", size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            customers._sync_followups()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        together, one_by_one = counts
        self.assertLessEqual((one_by_one - together) / (len(customers) - 1), 8)

    def test_the_window_opens_after_the_last_day_and_never_before(self):
        customers = self.env["expo.participation"]
        for index, country in enumerate(("sa", "cn", "it", "us", "in")):
            customers |= self._make_participation(f"Customer {index}", tier="signed", country=country)
        self._close()
        for followup in customers.followup_ids:
            step = followup.step_id
            self.assertGreaterEqual(followup.window_start, SHOW_END + timedelta(days=step.delay_count))
