"""The plan of the engine after the follow-up plan: initial cadence, cadence by class, weekly limit."""

from datetime import date, timedelta
from itertools import pairwise

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from tests.common import ExpoCase


class RhythmCase(ExpoCase):
    def _close(self):
        with freeze_time("2026-04-20 16:00:00"):
            self.show.with_user(self.manager).close_show()

    def _touch(self, customer, day, effect="positive", **values):
        """Note a call of the salesperson's own that day."""
        with freeze_time(f"{day} 09:00:00"):
            followup = self.env["expo.followup"].with_user(customer.user_id)._create_manual(customer)
            followup.record_outcome("Talked", effect, **values)

    def _leave_plan_out(self, customer, day="2026-04-21"):
        """The plan asks for nothing more: only the contact cadence is looked at."""
        with freeze_time(f"{day} 08:00:00"):
            customer.followup_ids.filtered(lambda f: f.step_id and f.state in ("planned", "due")).action_skip()

    def _rhythm_of(self, customers):
        return customers.followup_ids.filtered(
            lambda f: f.origin in ("memory", "cadence") and f.state in ("planned", "due")
        )

    def _asked(self, customer):
        """What the contact cadence asks for now: origin and day."""
        return [(followup.origin, str(followup.window_start)) for followup in self._rhythm_of(customer)]

    def _set_class(self, customer, abc_class):
        customer.commercial_partner_id.with_company(customer.company_id).expo_abc_class = abc_class


@tagged("post_install", "-at_install")
class TestRhythm(RhythmCase):
    def _followed(self, name="Maria Rossi", **values):
        customer = self._make_participation(name, country="de", **values)
        self._close()
        self._leave_plan_out(customer)
        return customer

    def test_a_new_contact_is_revisited_after_three_seven_and_fifteen_days_then_monthly(self):
        customer = self._followed()
        asked = []
        day = "2026-04-21"
        for _touch in range(5):
            self._touch(customer, day)
            asked += self._asked(customer)
            day = asked[-1][1]
        self.assertEqual(
            asked,
            [
                ("memory", "2026-04-24"),
                # The eighth day is the first of May, a Friday and a holiday.
                ("memory", "2026-05-04"),
                ("memory", "2026-05-19"),
                ("cadence", "2026-06-18"),
                ("cadence", "2026-07-17"),
            ],
        )

    def test_the_class_decides_how_often_and_a_new_class_holds_at_the_next_sync(self):
        customer = self._followed()
        self._touch(customer, "2026-04-22")
        expected = {"a": ("cadence", "2026-04-29"), "b": ("cadence", "2026-05-06"), "c": ("cadence", "2026-05-22")}
        for abc_class, asked in expected.items():
            with self.subTest(abc_class=abc_class), freeze_time("2026-04-22 10:00:00"):
                self._set_class(customer, abc_class)
                customer._request_sync()
                self._run_cron("sync")
                self.assertEqual(self._asked(customer), [asked])
                self.assertEqual(len(self._rhythm_of(customer)), 1)

    def _two_of_one_company(self):
        """Two people of one company, of whom the first was spoken with on the twenty-second."""
        company = self._make_partner("Rossi", is_company=True)
        people = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": company.id, "email": f"{name.lower()}@rossi.example"}
                for name in ("Maria", "Paolo")
            ]
        )
        maria, paolo = (self._make_participation(partner=person) for person in people)
        self._close()
        self._leave_plan_out(maria | paolo)
        self._touch(maria, "2026-04-22")
        return maria, paolo

    def test_a_letter_resets_the_clock_as_well(self):
        customer = self._make_participation(country="de")
        self._close()
        letter = self._step_of(customer, "thank_you")
        with freeze_time("2026-04-21 08:00:00"):
            customer.followup_ids.filtered(lambda f: f.step_id and f != letter).action_skip()
        self._touch(customer, "2026-04-21")
        with freeze_time("2026-04-23 09:00:00"):
            letter._letter_sent()
            self._run_cron("sync")
        # Three days after the letter is a Sunday.
        self.assertEqual(self._asked(customer), [("memory", "2026-04-27")])

    def test_any_touch_resets_the_clock_also_one_with_a_colleague(self):
        maria, paolo = self._two_of_one_company()
        self.assertEqual(self._asked(maria), [("memory", "2026-04-27")])
        self.assertFalse(self._asked(paolo), "one of the company is enough")
        self._touch(paolo, "2026-04-23")
        asked = self._asked(maria) + self._asked(paolo)
        self.assertEqual(len(asked), 1)
        self.assertGreater(asked[0][1], "2026-04-24", "the talk with Paolo resets Maria's clock")

    def test_cadence_goes_on_with_the_person_who_was_contacted_last(self):
        maria, paolo = self._two_of_one_company()
        paolo.is_key = False
        self._rhythm_of(maria | paolo).action_skip()
        for day, customer in (("2026-04-27", paolo), ("2026-05-04", maria), ("2026-05-11", paolo)):
            with freeze_time(f"{day} 08:00:00"):
                self._rhythm_of(maria | paolo)._apply_plan({"state": "cancelled"})
            self._touch(customer, day)
            self.assertEqual(self._rhythm_of(maria | paolo).participation_id, customer)

    def test_when_the_colleague_who_was_to_be_called_declines_the_other_is_asked_for(self):
        maria, paolo = self._two_of_one_company()
        with freeze_time("2026-04-23 09:00:00"):
            maria.with_user(self.seller).outcome = "lost"
            self._run_cron("sync")
        self.assertFalse(self._rhythm_of(maria))
        self.assertEqual(len(self._rhythm_of(paolo)), 1)

    def test_what_the_plan_has_in_hand_comes_first(self):
        customer = self._make_participation(country="de")
        self._close()
        call = self._step_of(customer, "first_call")
        with freeze_time("2026-04-27 09:00:00"):
            call.with_user(self.seller).record_outcome("Wants a price", "positive")
        # The product letter stands on the 28th, within three days: nothing else is asked for.
        self.assertEqual(str(self._step_of(customer, "email_revisit").window_start), "2026-04-28")
        self.assertFalse(self._rhythm_of(customer))

    def test_a_day_agreed_with_the_customer_holds_whatever_the_rhythm_says(self):
        customer = self._followed()
        self._touch(customer, "2026-04-21", next_on=date(2026, 6, 15))
        self.assertFalse(self._rhythm_of(customer))
        agreed = customer.followup_ids.filtered(lambda f: f.state == "planned")
        self.assertEqual(str(agreed.window_start), "2026-06-15")
        with freeze_time("2026-04-22 09:00:00"):
            agreed.with_user(self.manager).unlink()
            self._run_cron("sync")
        self.assertEqual(self._asked(customer), [("memory", "2026-04-24")])

    def test_a_reminder_that_is_open_moves_when_the_customer_is_touched_otherwise(self):
        customer = self._followed()
        self._touch(customer, "2026-04-21")
        with freeze_time("2026-04-24 06:00:00"):
            self._run_cron("open")
        reminder = self._rhythm_of(customer).activity_id
        self.assertTrue(reminder)
        self._touch(customer, "2026-04-24")
        self.assertFalse(reminder.exists())
        self.assertEqual(self._asked(customer), [("memory", "2026-05-04")])
        self.assertEqual(self._rhythm_of(customer).state, "planned")

    def test_leaving_one_out_is_not_asked_again_the_next_morning(self):
        customer = self._followed()
        self._touch(customer, "2026-04-21")
        with freeze_time("2026-04-24 06:00:00"):
            self._rhythm_of(customer).with_user(self.seller).action_skip()
            self._run_cron("sync")
        self.assertEqual(self._asked(customer), [("memory", "2026-04-27")])

    def test_cadence_ends_with_an_order_a_refusal_or_an_opt_out(self):
        for field, value in (
            ("outcome", "won"), ("outcome", "lost"), ("outcome", "dormant"), ("contact_consent", "refused"),
        ):  # fmt: skip
            with self.subTest(value=value):
                customer = self._make_participation(f"Customer {value}")
                if self.show.state == "running":
                    self._close()
                self._leave_plan_out(customer)
                self._touch(customer, "2026-04-21")
                self.assertTrue(self._rhythm_of(customer))
                with freeze_time("2026-04-22 09:00:00"):
                    customer.with_user(self.seller).write({field: value})
                self.assertFalse(self._rhythm_of(customer))

    def test_it_ends_for_who_unsubscribes_and_never_begins_for_who_intends_nothing(self):
        customer = self._followed()
        no_intent = self._make_participation("No Intent", tier="none")
        self._touch(customer, "2026-04-21")
        self._touch(no_intent, "2026-04-21")
        self.assertFalse(self._rhythm_of(no_intent))
        with freeze_time("2026-04-22 09:00:00"):
            customer._unsubscribe()
            self._run_cron("sync")
        self.assertFalse(self._rhythm_of(customer))

    def test_cadence_follow_up_has_the_salesperson_and_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        customer = self._followed()
        self._touch(customer, "2026-04-21")
        asked = self._rhythm_of(customer)
        self.assertEqual((asked.user_id, asked.activity_type_id.get_external_id()[asked.activity_type_id.id]),
                         (self.seller, "expo_followup.activity_email_revisit"))  # fmt: skip
        customer.user_id = self.colleague
        self.assertEqual(asked.user_id, self.colleague)
        customer.partner_id.phone = "+49 30 123456"
        with freeze_time("2026-04-22 09:00:00"):
            customer._sync_followups()
        self.assertEqual(asked.activity_type_id, self.env.ref("expo_followup.activity_phone_revisit"))

    def test_syncing_again_changes_nothing(self):
        customer = self._followed()
        self._touch(customer, "2026-04-21")
        for day in ("2026-04-21", "2026-04-24", "2026-04-29"):
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                changes = customer.sudo()._plan_followups()
                self.assertEqual((changes.create, dict(changes.write)), ([], {}))

    def test_switched_on_late_it_does_not_ask_for_everybody_on_the_same_day(self):
        customers = self.env["expo.participation"].union(
            *(self._make_participation(f"Customer {number}", country="de") for number in range(15))
        )
        self._close()
        self._leave_plan_out(customers)
        self.env.company.write({"expo_memory_days": False, "expo_cadence_c_days": 0})
        with freeze_time("2026-04-22 09:00:00"):
            self._run_cron("sync")
        self.assertFalse(self._rhythm_of(customers))
        self.env.company.write({"expo_memory_days": "15", "expo_cadence_c_days": 30})
        with freeze_time("2026-08-03 09:00:00"):
            self._run_cron("sync")
            changes = customers.sudo()._plan_followups()
        asked = self._rhythm_of(customers)
        self.assertEqual(len(asked), 15)
        self.assertGreater(len(set(asked.mapped("window_start"))), 7)
        self.assertEqual((changes.create, dict(changes.write)), ([], {}), "and it stays so")

    def test_settings_are_checked_and_hold_at_once(self):
        customer = self._followed()
        self._touch(customer, "2026-04-21")
        with self.assertRaisesRegex(ValidationError, "not a list of days"):
            self.env.company.expo_memory_days = "often"
        self.env.company.expo_memory_days = "10"
        with freeze_time("2026-04-22 09:00:00"):
            self._run_cron("sync")
        self.assertEqual(self._asked(customer), [("memory", "2026-05-04")])

    def test_queries_do_not_grow_with_the_number_of_customers(self):
        self._make_participation("First")
        self._close()
        few, many = (
            [self._make_participation(f"{kind} {number}") for number in range(count)]
            for kind, count in (("Few", 5), ("Many", 30))
        )
        counts = []
        for customers in (few, many):
            customers = self.env["expo.participation"].union(*customers)
            with freeze_time("2026-04-21 09:00:00"):
                customers.followup_ids.write({"state": "skipped", "done_on": "2026-04-21 09:00:00"})
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                customers._sync_followups()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self._rhythm_of(customers)), len(customers))
        self.assertLessEqual(counts[1], counts[0] + 6)


@tagged("post_install", "-at_install")
class TestTouchLimit(RhythmCase):
    def _days_of(self, customer):
        live = customer.followup_ids.filtered(lambda f: f.state in ("planned", "due", "done"))
        return sorted((f.done_on.date() if f.done_on else f.window_start) for f in live)

    def test_no_seven_days_hold_more_touches_than_the_company_allows(self):
        self.env.company.expo_touch_limit = 1
        customer = self._make_participation(tier="signed", country="de")
        self._close()
        days = self._days_of(customer)
        self.assertGreater(len(days), 3)
        self.assertTrue(all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(days)), days)
        crowded = customer.followup_ids.filtered(lambda f: f.flag == "crowded")
        self.assertTrue(crowded)
        self.assertTrue(all(f.wanted_on < f.window_start <= f.deadline for f in crowded))

    def test_what_was_put_off_stays_where_it_is(self):
        self.env.company.expo_touch_limit = 1
        customer = self._make_participation(tier="signed", country="de")
        self._close()
        with freeze_time("2026-04-21 16:00:00"):
            changes = customer.sudo()._plan_followups()
        self.assertEqual((changes.create, dict(changes.write)), ([], {}))

    def test_touches_of_another_show_count_as_well(self):
        self.env.company.expo_touch_limit = 2
        other = self._make_show(name="Other", code="OT")
        partner = self._make_partner()
        first = self._make_participation(partner=partner)
        second = self._make_participation(partner=partner, show=other)
        self._close()
        with freeze_time("2026-04-20 16:00:00"):
            other.with_user(self.manager).close_show()
        days = sorted(self._days_of(first) + self._days_of(second))
        for start in days:
            self.assertLessEqual(len([day for day in days if 0 <= (day - start).days < 7]), 2)

    def test_zero_is_no_limit(self):
        self.env.company.expo_touch_limit = 0
        customer = self._make_participation(tier="signed")
        self._close()
        self.assertFalse(customer.followup_ids.filtered(lambda f: f.flag == "crowded"))


@tagged("post_install", "-at_install")
class TestLoggedTouch(RhythmCase):
    def test_a_logged_touch_counts_and_answers_the_customer(self):
        customer = self._make_participation(tier="materials", country="de")
        self._close()
        with freeze_time("2026-04-23 10:00:00"):
            customer.with_user(self.seller)._log_touch(
                self.env.ref("expo_followup.activity_sample"), "Likes the sample", "positive"
            )
        self.assertEqual((customer.followup_count, customer.response_state), (1, "answered"))
        self.assertEqual((str(customer.last_touch_on), customer.last_effect), ("2026-04-23", "positive"))
        self.assertIn("Likes the sample", customer.message_ids[0].body)

    def test_the_last_effect_is_that_of_the_last_personal_touch(self):
        customer = self._make_participation(country="de")
        self._close()
        self._touch(customer, "2026-04-21", "negative")
        letter = self._step_of(customer, "thank_you")
        with freeze_time("2026-04-22 09:00:00"):
            letter._letter_sent()
        self.assertEqual((str(customer.last_touch_on), customer.last_effect), ("2026-04-22", "negative"))


@tagged("post_install", "-at_install")
class TestLongestPeriod(RhythmCase):
    def test_settings_in_days_or_months_have_an_end(self):
        company = self.env.company
        for name, field in company._fields.items():
            if not name.startswith("expo_") or field.type != "integer":
                continue
            if "days" not in field.string.lower() and "months" not in field.string.lower():
                continue
            with self.subTest(name), self.assertRaises(ValidationError), self.env.cr.savepoint():
                company[name] = 1_000_000_000

    def test_days_of_a_step_have_an_end(self):
        step = self.steps["visit"].with_user(self.manager)
        for values in (
            {"delay_count": 4000},
            {"delay_count": 200, "delay_unit": "months"},
            {"delay_count": 4000, "delay_from": "before_plan_date"},
            {"expo_window_days": 4000},
            {"expo_repeat_days": 4000},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                step.write(values)
