"""The salesperson's day: what is late, due and near, in which order, and what time it is at the customer's."""

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, tagged

from tests.common import ExpoCase

SPECIFICATION = (
    "partner_id", "country_id", "tier_id", "is_key", "abc_class", "touch", "last_effect", "days_left", "day_bucket",
    "local_time", "moment", "moment_text", "hint", "phone", "email", "problem", "title", "activity_type_id",
)  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time("2026-04-22 08:00:00")  # a Wednesday, ten o'clock in Berlin
class TestFollowupDay(ExpoCase):
    def setUp(self):
        super().setUp()
        self.seller.tz = "Europe/Berlin"
        self.followups = self.env["expo.followup"].with_user(self.seller).with_context(tz="Europe/Berlin")

    def _note(self, customer, day, deadline=None, **values):
        return self.followups.create(
            {"participation_id": customer.id, "window_start": day, "deadline": deadline or day, **values}
        )

    def _groups(self, domain=()):
        groups = self.followups.with_context(read_group_expand=True).formatted_read_group(
            [("user_id", "=", self.seller.id), *domain], ["day_bucket"], ["__count"]
        )
        return [(group["day_bucket"], group["__count"]) for group in groups]

    # -- columns -------------------------------------------------------------------------------------------

    def test_a_touch_is_overdue_when_its_last_day_is_past_and_due_from_its_first(self):
        maria = self._make_participation(tier="intent")
        expected = {
            (date(2026, 4, 14), date(2026, 4, 21)): "overdue",
            (date(2026, 4, 14), date(2026, 4, 22)): "today",
            (date(2026, 4, 22), date(2026, 4, 22)): "today",
            (date(2026, 4, 23), date(2026, 4, 24)): "week",
            (date(2026, 4, 29), date(2026, 5, 4)): "week",
            (date(2026, 4, 30), date(2026, 5, 4)): "later",
        }
        rows = {self._note(maria, *window): bucket for window, bucket in expected.items()}
        for row, bucket in rows.items():
            with self.subTest(window=(row.window_start, row.deadline)):
                self.assertEqual(row.day_bucket, bucket)
                self.assertIn(row, self.followups.search([("day_bucket", "=", bucket)]))
                self.assertNotIn(row, self.followups.search([("day_bucket", "!=", bucket)]))

    def test_columns_come_in_the_order_of_time_and_count_what_is_open(self):
        maria = self._make_participation(tier="intent")
        for day in (date(2026, 5, 20), date(2026, 4, 23), date(2026, 4, 22), date(2026, 4, 20), date(2026, 4, 21)):
            self._note(maria, day)
        self._note(maria, date(2026, 4, 19)).record_outcome("Talked", "neutral")
        domain = [("day_bucket", "!=", False)]
        self.assertEqual(self._groups(domain), [("overdue", 2), ("today", 1), ("week", 1), ("later", 1)])
        self.assertIn((False, 1), self._groups())

    def test_today_is_the_day_of_the_reader(self):
        tomorrow = self._note(self._make_participation(), date(2026, 4, 23))
        with freeze_time("2026-04-22 23:00:00"):
            tomorrow.invalidate_recordset()
            self.assertEqual(tomorrow.with_context(tz="Europe/Berlin").day_bucket, "today")
            self.assertEqual(tomorrow.with_context(tz="America/New_York").day_bucket, "week")

    def test_key_customers_come_first_then_who_has_least_time(self):
        late = self._note(self._make_participation("Plain", tier="materials"), date(2026, 4, 20))
        calm = self._note(self._make_participation("Key", tier="intent"), date(2026, 4, 21), date(2026, 4, 30))
        urgent = self._note(self._make_participation("Other Key", tier="signed"), date(2026, 4, 21), date(2026, 4, 22))
        found = self.followups.search([("id", "in", (late | calm | urgent).ids)], order="is_key desc, deadline, id")
        self.assertEqual(found, urgent | calm | late)

    # -- the card ------------------------------------------------------------------------------------------

    def test_a_card_says_which_touch_it_is_and_what_came_of_the_last(self):
        maria = self._make_participation(tier="intent")
        with freeze_time("2026-04-21 08:00:00"):
            self._note(maria, date(2026, 4, 20)).record_outcome("Talked", "positive")
        self._note(maria, date(2026, 4, 21)).record_outcome("No answer", "no_answer")
        card = self._note(maria, date(2026, 4, 21), date(2026, 4, 25))
        self.assertEqual((card.touch, card.last_effect, card.days_left), (3, "no_answer", 3))
        done = maria.followup_ids.filtered(lambda f: f.content == "Talked")
        self.assertEqual(done.touch, 1)

    def test_it_is_a_good_moment_in_their_working_hours_only(self):
        cards = {}
        for country in ("it", "cn", "cl"):
            customer = self._make_participation(f"Of {country}", country=country)
            cards[country] = self._note(customer, date(2026, 4, 22))
        self.assertEqual((cards["it"].moment, cards["it"].local_time), ("good", "10:00"))
        self.assertEqual((cards["cn"].moment, cards["cn"].local_time), ("good", "16:00"))
        self.assertEqual((cards["cl"].moment, cards["cl"].local_time), ("early", "04:00"))
        self.assertEqual(cards["cl"].moment_text, "Too early locally; better from 15:00 (your time)")

    def test_a_holiday_has_its_name_and_a_weekend_its_end(self):
        card = self._note(self._make_participation(), date(2026, 4, 22))
        with freeze_time("2026-05-01 08:00:00"):
            card.invalidate_recordset()
            self.assertEqual(card.moment_text, "Local public holiday: Labor Day; better from Mon 09:00 (your time)")
        with freeze_time("2026-05-02 08:00:00"):
            card.invalidate_recordset()
            self.assertEqual(card.moment_text, "Local weekend; better from Mon 09:00 (your time)")

    def test_call_preferred_in_the_afternoon_is_planned_then(self):
        company = self._make_partner("Rossi Spa", is_company=True)
        maria = self._make_partner("Maria Rossi", parent_id=company.id)
        customer = self._make_participation(partner=maria)
        card = self._note(customer, date(2026, 4, 22))
        self.assertEqual(card.moment, "good")
        customer.file_id.preferred_time = "afternoon"
        card.invalidate_recordset()
        self.assertEqual(card.moment_text, "Too early locally; better from 13:00 (your time)")
        customer.file_id.person_ids.preferred_time = "morning"
        card.invalidate_recordset()
        self.assertEqual(card.moment, "good", "the person's own word comes first")

    def test_call_of_a_customer_far_away_is_planned_in_the_hours_of_both(self):
        self.seller.tz = "Asia/Shanghai"
        followups = self.followups.with_context(tz="Asia/Shanghai")
        cards = {}
        for country in ("cl", "it", "us"):
            customer = self._make_participation(f"Of {country}", country=country)
            cards[country] = followups.browse(self._note(customer, date(2026, 4, 22)).id)
        with freeze_time("2026-04-22 01:00:00"):  # nine o'clock in Shanghai
            # Nine in Rome is three in Shanghai; nine in Santiago would be nine in the evening.
            self.assertEqual(cards["it"].moment_text, "Too early locally; better from 15:00 (your time)")
            self.assertFalse(cards["it"].has_no_common_time)
            self.assertEqual(cards["cl"].moment_text, "Too late locally; no common working hours")
            self.assertTrue(cards["cl"].has_no_common_time)
            action = cards["cl"].action_write_instead()
        self.assertEqual(action["res_model"], "mail.compose.message")
        self.assertEqual(action["context"]["default_partner_ids"], cards["cl"].partner_id.ids)
        cards["cl"].partner_id.sudo().email = False
        planned = cards["cl"].action_write_instead()
        form = Form(followups.with_context(**planned["context"]))
        self.assertEqual(form.activity_type_id, self.env.ref("expo_followup.activity_message"))
        self.assertEqual(form.save().participation_id, cards["cl"].participation_id)

    def test_call_is_planned_by_the_own_schedule_and_days_off_of_the_salesperson(self):
        late = self.env["resource.calendar"].create(
            {
                "name": "Late shift",
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Late",
                                "dayofweek": str(day),
                                "hour_from": 14,
                                "hour_to": 22,
                                "day_period": "afternoon",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        resource = self.env["resource.resource"].create(
            {
                "name": self.seller.name, "user_id": self.seller.id, "company_id": self.seller.company_id.id,
                "calendar_id": late.id, "tz": "Europe/Berlin",
            }
        )  # fmt: skip
        card = self._note(self._make_participation(), date(2026, 4, 22))
        with freeze_time("2026-04-22 04:00:00"):
            card.invalidate_recordset()
            self.assertEqual(card.moment_text, "Too early locally; better from 14:00 (your time)")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday", "resource_id": resource.id, "calendar_id": late.id,
                "date_from": "2026-04-21 22:00:00", "date_to": "2026-04-23 21:59:59",
            }
        )  # fmt: skip
        with freeze_time("2026-04-22 04:00:00"):
            card.invalidate_recordset()
            self.assertEqual(card.moment_text, "Too early locally; better from Fri 14:00 (your time)")

    def test_all_places_tell_the_same_time_to_call(self):
        customer = self._make_participation()
        card = self._note(customer, date(2026, 4, 22))
        with freeze_time("2026-04-18 08:00:00"):
            wizard = self.env[card.action_record_outcome()["res_model"]].with_user(self.seller).with_context(
                tz="Europe/Berlin"
            ).create({"followup_id": card.id})  # fmt: skip
            records = (card, customer.with_user(self.seller), customer.file_id.with_user(self.seller), wizard)
            for record in records:
                record.invalidate_recordset()
                with self.subTest(record=record._name):
                    self.assertEqual(
                        record.with_context(tz="Europe/Berlin").moment_text,
                        "Local weekend; better from Mon 09:00 (your time)",
                    )

    def test_a_customer_without_country_is_no_riddle(self):
        card = self._note(self._make_participation("Nowhere", country=False), date(2026, 4, 22))
        self.assertEqual((card.moment, card.local_time, card.moment_text), ("unknown", "", "Country unknown"))

    def test_the_first_line_of_the_notes_is_on_the_card_of_a_foreign_customer(self):
        customer = self._make_participation()
        customer.partner_id.expo_foreign_notes = "No calls on Friday\nLikes tea"
        self.assertEqual(self._note(customer, date(2026, 4, 22)).hint, "No calls on Friday")

    def test_a_page_of_cards_takes_constant_queries(self):
        def queries_for(number):
            self.followups.search([]).sudo().unlink()
            customers = [
                self._make_participation(f"Customer {number} {i}", country=("it", "cn", "us")[i % 3]).id
                for i in range(number)
            ]
            self.followups.create([{"participation_id": one, "window_start": "2026-04-22"} for one in customers])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = self.followups.web_search_read(
                [("day_bucket", "=", "today")],
                {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in SPECIFICATION},
            )
            self.assertEqual(found["length"], number)
            return self.cr.sql_log_count - before

        queries_for(1)
        few, many = queries_for(3), queries_for(40)
        self.assertLessEqual(many - few, 2)

    # -- one click -----------------------------------------------------------------------------------------

    def test_mail_goes_to_the_exhibition_customer(self):
        customer = self._make_participation()
        action = self._note(customer, date(2026, 4, 22)).action_mail()
        composer = (
            self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"])
            .create({"body": "The drawings"})
        )  # fmt: skip
        composer.action_send_mail()
        self.assertIn(customer.partner_id, customer.message_ids[:1].partner_ids)
