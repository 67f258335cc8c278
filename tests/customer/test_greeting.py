"""Birthdays, company days and festivals: prepared in time, once, for the salesperson to send."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestGreeting(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["expo.festival"].search([]).active = False
        cls.christmas = cls.env.ref("expo_followup.festival_christmas")

    def setUp(self):
        super().setUp()
        self.freezer = freeze_time("2026-04-17 08:00:00")
        self.clock = self.freezer.start()
        self.addCleanup(self.freezer.stop)

    def _meet(self, name="Maria Rossi", tier="intent", **values):
        company = self._make_partner(f"{name} GmbH", country=values.pop("country", "it"), is_company=True)
        partner = self._make_partner(name, parent_id=company.id, lang=values.pop("lang", "en_US"))
        return self._make_participation(partner=partner, tier=tier, **values)

    def _care(self, day=None):
        if day:
            self.clock.move_to(f"{day} 08:00:00")
        self._run_cron("care")

    def _greetings(self, entry):
        return entry.file_id.participation_ids.followup_ids.filtered(lambda f: f.origin == "greeting")

    def _set_birthday(self, entry, birthday=date(1980, 4, 22), contact=True):
        person = entry.file_id.person_ids[:1] or self.env["expo.customer.person"].create(
            {"file_id": entry.file_id.id, "name": entry.partner_id.name, "partner_id": entry.partner_id.id}
        )
        person.write({"birthday": birthday, "partner_id": entry.partner_id.id if contact else False})
        return person

    def test_a_birthday_becomes_a_letter_that_the_owner_sends(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        self.assertEqual((greeting.window_start, greeting.deadline), (date(2026, 4, 22), date(2026, 4, 22)))
        self.assertEqual((greeting.user_id, greeting.state, greeting.occasion),
                         (self.seller, "planned", "Birthday of Maria Rossi"))  # fmt: skip
        self.assertIn("happy birthday", greeting.letter_body)

        greeting.with_user(self.seller).action_send_letter()
        mail = greeting.mail_mail_id
        self.assertEqual(mail.recipient_ids, entry.partner_id)
        self.assertEqual(mail.subject, "Happy birthday!")
        self.assertFalse(mail.attachment_ids)
        self.assertFalse(entry.feedback_input_ids, "a greeting asks for nothing")

    def test_a_second_run_and_a_second_day_prepare_nothing_more(self):
        entry = self._meet()
        self._set_birthday(entry)
        for day in ("2026-04-18", "2026-04-18", "2026-04-20"):
            self._care(day)
        self.assertEqual(len(self._greetings(entry)), 1)

    def test_lost_customer_is_not_congratulated_until_reopened(self):
        entry = self._meet()
        self._set_birthday(entry, date(1980, 4, 24))
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        entry.with_user(self.seller).outcome = "lost"
        self.assertEqual(greeting.state, "cancelled")
        self._care("2026-04-19")
        self.assertEqual(self._greetings(entry), greeting)
        entry.with_user(self.seller).outcome = "open"
        self._care("2026-04-20")
        self.assertEqual((self._greetings(entry) - greeting).state, "planned")

    def test_a_greeting_that_was_sent_stays_sent_when_the_customer_is_lost(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        greeting.with_user(self.seller).action_send_letter()
        state = greeting.state
        entry.outcome = "lost"
        self.assertEqual((greeting.state, bool(greeting.occasion_key)), (state, True))

    def test_the_next_year_has_its_own(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        self._care("2027-04-18")
        self.assertEqual(self._greetings(entry).mapped("occasion_key"),
                         [f"birthday:{entry.file_id.person_ids.id}:{year}" for year in (2026, 2027)])  # fmt: skip

    def test_person_not_met_is_congratulated_by_the_salesperson(self):
        entry = self._meet()
        self._set_birthday(entry, contact=False).name = "Signora Bianchi"
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        self.assertFalse(greeting.is_letter)
        self.assertEqual(greeting.occasion, "Birthday of Signora Bianchi")
        self.assertEqual(greeting.activity_type_id, self.env.ref("expo_followup.activity_greeting"))

    def test_a_company_day_is_congratulated_on_once_when_two_customers_become_one(self):
        entry, other = self._meet(), self._meet("Maria Rosi")
        other.file_id.company_day = date(1976, 4, 23)
        self._care("2026-04-20")
        self.assertEqual(len(self._greetings(other)), 1)
        companies = (entry | other).commercial_partner_id
        self.env["base.partner.merge.automatic.wizard"]._merge(companies.ids, entry.commercial_partner_id)
        self.assertEqual(entry.file_id.company_day, date(1976, 4, 23))
        self._care("2026-04-21")
        self.assertEqual(len(self._greetings(entry)), 1)

    def test_a_company_day_is_congratulated_on_by_its_name(self):
        entry = self._meet()
        entry.file_id.write({"company_day": date(1976, 4, 23), "company_day_name": "Founders' day"})
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        self.assertEqual(greeting.letter_subject, "Congratulations: Founders' day")

    def test_a_festival_is_that_of_the_customers_country(self):
        self.christmas.active = True
        italian, chinese = self._meet(), self._meet("Li Wei", country="cn")
        self._care("2026-12-15")
        greeting = self._greetings(italian)
        self.assertEqual((greeting.window_start, greeting.deadline), (date(2026, 12, 18), date(2026, 12, 25)))
        self.assertEqual(greeting.letter_subject, "Christmas: our best wishes")
        self.assertIn("merry Christmas", greeting.letter_body)
        self.assertFalse(self._greetings(chinese))

    def test_a_company_gets_one_letter_for_a_festival_to_who_decides(self):
        self.christmas.active = True
        entry = self._meet(captured_on="2026-04-17 12:00:00")
        chief = self._make_partner("The Chief", parent_id=entry.commercial_partner_id.id)
        other = self._make_participation(partner=chief, captured_on="2026-04-17 08:00:00")
        self._set_birthday(entry, False)
        chief_row = other.file_id.person_ids.filtered(lambda row: row.partner_id == chief)
        chief_row = chief_row or chief_row.create({"file_id": other.file_id.id, "name": "x", "partner_id": chief.id})
        chief_row.decides = "yes"
        self._care("2026-12-15")
        self.assertEqual(self._greetings(entry).participation_id, other)

    def test_two_greetings_of_one_customer_each_say_their_own(self):
        self.christmas.active = True
        new_year = self.env.ref("expo_followup.festival_new_year")
        new_year.active = True
        entry = self._meet()
        self._care("2026-12-15")
        self._care("2026-12-22")
        first, second = self._greetings(entry).sorted("deadline")
        (first | second).invalidate_recordset()
        self.assertIn("merry Christmas", first.letter_body)
        self.assertIn("new year", second.letter_body)
        (first | second).with_user(self.seller).action_send_letter()
        self.assertIn("merry Christmas", first.mail_mail_id.body_html)
        self.assertIn("new year", second.mail_mail_id.body_html)
        self.assertIn("Christmas", first.mail_mail_id.subject)
        self.assertNotIn("Christmas", second.mail_mail_id.subject)

    def test_of_two_greetings_close_to_each_other_the_more_important_one_is_prepared(self):
        self.christmas.active = True
        entry, other = self._meet(), self._meet("Other")
        self._set_birthday(entry, date(1980, 12, 21))
        entry.file_id.company_day = date(1990, 12, 14)
        other.file_id.company_day = date(1990, 12, 20)
        for day in range(1, 17):
            self._care(f"2026-12-{day:02}")
        # Christmas, for which the letter would leave on the 20th, gives way; the other two are seven days apart.
        states = {row.occasion_key.split(":")[0]: (row.state, row.exclude_reason) for row in self._greetings(entry)}
        self.assertEqual(
            states,
            {"birthday": ("planned", False), "company": ("planned", False), "festival": ("excluded", "near")},
        )
        states = {row.occasion_key.split(":")[0]: (row.state, row.exclude_reason) for row in self._greetings(other)}
        self.assertEqual(states, {"company": ("planned", False), "festival": ("excluded", "near")})

    def test_the_main_festival_of_a_country_comes_before_its_others(self):
        mid_autumn = self.env.ref("expo_followup.festival_mid_autumn")
        national = self.env.ref("expo_followup.festival_national_day_cn")
        (mid_autumn | national).active = True
        entry = self._meet("Li Wei", country="cn")
        # In 2026 the letters would leave within one week.
        mid_autumn.sequence, national.sequence = 200, 10
        for day in range(10, 30):
            self._care(f"2026-09-{day:02}")
        rows = {row.festival_id: row.exclude_reason for row in self._greetings(entry)}
        self.assertEqual(rows, {mid_autumn: "near", national: False})

    def test_what_was_sent_makes_a_later_greeting_give_way_and_what_was_not_gives_way_itself(self):
        self.christmas.active = True
        sent, unsent = self._meet(), self._meet("Other")
        self._care("2026-12-14")
        festivals = self._greetings(sent) | self._greetings(unsent)
        self.assertEqual(festivals.mapped("state"), ["planned", "planned"])
        self._greetings(sent).sudo()._mark_done()
        # Their birthdays are entered afterwards.
        for entry in sent | unsent:
            self._set_birthday(entry, date(1980, 12, 19))
        self._care("2026-12-15")
        reasons = {row.occasion_key.split(":")[0]: row.exclude_reason for row in self._greetings(sent)}
        self.assertEqual(reasons, {"festival": False, "birthday": "near"})
        reasons = {row.occasion_key.split(":")[0]: row.exclude_reason for row in self._greetings(unsent)}
        self.assertEqual(reasons, {"festival": "near", "birthday": False})

    def test_two_persons_of_one_company_each_have_their_birthday(self):
        entry = self._meet()
        colleague = self._make_partner("Carla Verdi", parent_id=entry.commercial_partner_id.id)
        second = self._make_participation(partner=colleague)
        for one, day in ((entry, 22), (second, 23)):
            row = one.file_id.person_ids.filtered(lambda person, one=one: person.partner_id == one.partner_id)
            row = row or row.create({"file_id": one.file_id.id, "name": "x", "partner_id": one.partner_id.id})
            row.birthday = date(1980, 4, day)
        self._care("2026-04-18")
        self.assertEqual(self._greetings(entry).mapped("state"), ["planned", "planned"])

    def test_a_greeting_is_two_days_from_an_automatic_letter(self):
        entry = self._meet()
        with freeze_time("2026-04-20 16:00:00"):
            self.show.with_user(self.manager).close_show()
        letter = self._step_of(entry, "thank_you")
        self.assertEqual((letter.window_start, letter.auto_send), (date(2026, 4, 21), True))
        self._set_birthday(entry, date(1980, 4, 22))
        with freeze_time("2026-04-18 08:00:00"):
            self._run_cron("care")
        greeting = self._greetings(entry)
        self.assertLessEqual(greeting.window_start, date(2026, 4, 19))

    def test_only_who_is_worth_it_by_the_setting(self):
        key, ordinary, valued = self._meet(), self._meet("Ordinary", "materials"), self._meet("Valued", "materials")
        valued.commercial_partner_id.expo_abc_class = "b"
        entries = key | ordinary | valued
        for scope, greeted in (("none", []), ("key", [key]), ("valued", [key, valued]), ("all", list(entries))):
            with self.subTest(scope=scope):
                self.env["expo.followup"].search([("origin", "=", "greeting")]).unlink()
                entries.file_id.greeted_on = False
                for entry in entries:
                    self._set_birthday(entry)
                self.env.company.expo_greeting_scope = scope
                self._care("2026-04-18")
                self.assertEqual([entry for entry in entries if self._greetings(entry)], greeted)

    def test_who_wants_no_letters_is_listed_with_the_reason(self):
        refused, nameless = self._meet(contact_consent="refused"), self._meet("No Address")
        nameless.partner_id.email = False
        for entry in refused | nameless:
            self._set_birthday(entry)
        self._care("2026-04-18")
        self.assertEqual(self._greetings(refused).exclude_reason, "refused")
        self.assertEqual(self._greetings(nameless).exclude_reason, "no_email")

    def test_who_unsubscribes_meanwhile_gets_no_letter(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        greeting.with_user(self.seller).action_send_letter()
        entry._unsubscribe()
        greeting.mail_mail_id.send()
        self.assertEqual((greeting.state, greeting.exclude_reason), ("excluded", "refused"))

    def test_a_full_week_moves_it_ahead_and_a_crowded_one_leaves_it_out(self):
        self.env.company.expo_touch_limit = 1
        moved, crowded = self._meet(), self._meet("Crowded")
        for entry in moved | crowded:
            self._set_birthday(entry, date(1980, 4, 25))
            entry.followup_ids.unlink()
        self.env["expo.followup"].create({"participation_id": moved.id, "window_start": "2026-04-27"})
        self.env["expo.followup"].create({"participation_id": crowded.id, "window_start": "2026-04-22"})
        self._care("2026-04-20")
        self.assertEqual(self._greetings(moved).window_start, date(2026, 4, 20))
        greeting = self._greetings(crowded)
        self.assertEqual((greeting.state, greeting.exclude_reason), ("excluded", "crowded"))

    def test_a_lost_customer_is_left_alone_a_dormant_one_is_not(self):
        lost, dormant = self._meet(), self._meet("Sleepy")
        lost.outcome, dormant.outcome = "lost", "dormant"
        for entry in lost | dormant:
            self._set_birthday(entry)
        self._care("2026-04-18")
        self.assertFalse(self._greetings(lost))
        self.assertTrue(self._greetings(dormant))

    def test_unsent_greeting_is_cancelled_after_its_day(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        greeting = self._greetings(entry)
        self._care("2026-04-25")
        self.assertEqual(greeting.state, "planned", "belated is better than never")
        self._care("2026-04-26")
        self.assertEqual(greeting.state, "cancelled")

    def test_it_is_a_touch_that_its_owner_is_reminded_of(self):
        entry = self._meet()
        self._set_birthday(entry)
        self._care("2026-04-18")
        self.clock.move_to("2026-04-22 08:00:00")
        self._run_cron("open")
        greeting = self._greetings(entry)
        self.assertEqual((greeting.state, greeting.activity_id.user_id), ("due", self.seller))

    def test_merged_entries_keep_one_greeting_for_an_occasion(self):
        self.christmas.active = True
        one, two = self._meet(), self._meet("Maria Rosi")
        self._care("2026-12-15")
        self.assertEqual(self._greetings(one).occasion_key, self._greetings(two).occasion_key)
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).commercial_partner_id.ids)
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).partner_id.ids, one.partner_id)
        self.assertEqual(len(one.exists().followup_ids.filtered("occasion_key")), 1)

    def test_preparing_many_takes_no_query_per_customer(self):
        companies = self.env["res.partner"].create(
            [{"name": f"Company {n}", "is_company": True, "country_id": self.env.ref("base.it").id,
              "email": f"info@company{n}.example"} for n in range(220)]
        )  # fmt: skip
        entries = self.env["expo.participation"].create(
            [{"exhibition_id": self.show.id, "partner_id": company.id, "tier_id": self.tiers["intent"].id,
              "user_id": self.seller.id} for company in companies]
        )  # fmt: skip
        self.christmas.active = True
        self.clock.move_to("2026-12-15 08:00:00")
        files = entries.file_id
        diary = files._get_diary(self.env.company)
        files[:10]._plan_greetings(diary)
        counts = []
        for batch in (files[10:20], files[20:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch._plan_greetings(diary)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10, "twenty times the customers, the same queries")
        self.assertEqual(len(files.participation_ids.followup_ids.filtered("occasion_key")), 220)

    def test_users_forge_neither_occasion_nor_day(self):
        entry = self._meet()
        with self.assertRaises(AccessError):
            self.env["expo.followup"].with_user(self.seller).create(
                {"participation_id": entry.id, "occasion_key": "birthday:1:2026"}
            )
        with self.assertRaises(AccessError):
            entry.file_id.with_user(self.seller).greeted_on = "2026-04-17"

    def test_a_festival_needs_a_holiday_or_a_date(self):
        with self.assertRaises(ValidationError):
            self.env["expo.festival"].create({"name": "Never", "wishes": "Never", "month": 2, "day": 31})
