"""Customs and preferences are shown to the next salesperson of a customer."""

import holidays
from freezegun import freeze_time

from odoo.addons.expo_followup.tools.windows import parse_weekdays
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from tests.customer.test_customer_file import FileCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestHints(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria.expo_foreign_notes = "No calls on Friday"
        cls.env["expo.customer.preference"].create(
            {"file_id": cls.file.id, "person_id": cls.file.person_ids.id, "text": "A <b>quiet</b> room"}
        )

    def test_a_foreign_customer_shows_notes_customs_and_preferences(self):
        hints = self.entry.with_user(self.seller).customer_hints
        for text in ("No calls on Friday", "Italy", "Signor or Signora", "weekend: Saturday, Sunday", "Maria Rossi"):
            with self.subTest(text=text):
                self.assertIn(text, hints)
        self.assertIn("A &lt;b&gt;quiet&lt;/b&gt; room", hints, "words stay words")

    def test_a_customer_at_home_shows_preferences_only(self):
        home = self._make_participation("Hans Becker", country="de")
        home.partner_id.expo_foreign_notes = "Not foreign"
        self.assertFalse(home.customer_hints)
        home.with_user(self.seller).noticed = "Drinks rooibos"
        home.invalidate_recordset()
        self.assertIn("Drinks rooibos", home.customer_hints)
        self.assertNotIn("o_expo_etiquette", home.customer_hints)
        self.assertNotIn("Not foreign", home.customer_hints)

    def test_what_the_hotel_noticed(self):
        # At dinner, Ben helps out with Anna's customer and sees that she leaves the cheese.
        visit = self.env["expo.followup"]._create_manual(self.entry, summary="Dinner")
        visit.user_id = self.colleague
        action = visit.with_user(self.colleague).action_record_outcome()
        dialog = self.env["expo.record.outcome"].with_user(self.colleague).browse(action["res_id"])
        with Form(dialog) as form:
            form.content = "Good talk"
            form.effect = "positive"
            form.noticed = "Eats no cheese"
        dialog.action_save()
        # The colleague does not see the file; the preference is in it, with its author.
        self.assertFalse(self.file.with_user(self.colleague).has_access("read"))
        noticed = self.file.preference_ids.filtered(lambda row: row.text == "Eats no cheese")
        self.assertEqual((noticed.noted_by_id, noticed.person_id.partner_id), (self.colleague, self.maria))
        # The next day Anna calls, and reads it before she speaks.
        call = self.env["expo.followup"]._create_manual(self.entry, summary="Call")
        action = call.with_user(self.seller).action_record_outcome()
        dialog = self.env["expo.record.outcome"].with_user(self.seller).browse(action["res_id"])
        self.assertIn("Eats no cheese", dialog.customer_hints)
        self.assertIn("expo_colleague", dialog.customer_hints)
        # And at the next show, the user who records the customer again sees it.
        autumn = self._make_show(name="Autumn", code="AF26")
        again = self._make_participation(partner=self.maria, show=autumn, user=self.manager)
        self.assertIn("Eats no cheese", again.with_user(self.manager).customer_hints)

    def test_a_form_that_is_not_saved_tells_no_colleagues_preferences(self):
        form = Form(self.env["expo.participation"].with_user(self.colleague))
        form.exhibition_id = self._make_show(name="Autumn", code="AF26")
        form.partner_id = self.maria
        self.assertIn("o_expo_etiquette", form.customer_hints)
        self.assertNotIn("quiet", form.customer_hints)

    def test_nothing_is_written_into_the_file_of_a_colleagues_customer(self):
        before = self.file.preference_ids
        for model, values in (
            ("expo.sample", {"line_ids": [(0, 0, {"name": "Plates"})]}),
            ("expo.visit", {"aim": "Curious"}),
        ):
            records = self.env[model].with_user(self.colleague)
            with self.subTest(model=model), self.assertRaisesRegex(AccessError, "served by a colleague"):
                records.create({"partner_id": self.maria.id, **values}).noticed = "Wants to be called at night"
        self.assertEqual(self.file.preference_ids, before)

    def test_preference_of_a_new_customer_opens_a_file(self):
        new = self._make_partner("Hans Becker")
        visit = self.env["expo.visit"].with_user(self.colleague).create({"partner_id": new.id, "aim": "First meeting"})
        visit.noticed = "Collects stamps"
        file = self.env["expo.customer.file"]._ensure(new, self.env.company)
        self.assertEqual(file.preference_ids.text, "Collects stamps")

    def test_a_touch_turned_to_another_customer_tells_no_colleagues_preferences(self):
        mine = self._make_participation("Hans Becker", user=self.colleague)
        touch = self.env["expo.followup"]._create_manual(mine).with_user(self.colleague)
        touch.partner_id = self.maria
        self.assertNotIn("quiet", touch.customer_hints or "")

    def test_a_touch_noted_for_anybody_tells_no_colleagues_preferences(self):
        touch = self.env["expo.followup"].with_user(self.colleague).create(
            {"partner_id": self.maria.id, "summary": "Curious"}
        )  # fmt: skip
        action = touch.action_record_outcome()
        dialog = self.env["expo.record.outcome"].with_user(self.colleague).browse(action["res_id"])
        self.assertNotIn("quiet", dialog.customer_hints)
        self.assertNotIn("quiet", touch.customer_hints)

    # -- whom they are for -----------------------------------------------------------------------------------

    def test_hints_model_without_a_decision_has_no_readers(self):
        mixin = self.env.registry["expo.customer.hints"]
        models = [cls for cls in self.env.registry.values() if mixin in cls.__mro__[1:]]
        self.assertGreaterEqual(len(models), 8)
        for cls in models:
            with self.subTest(model=cls._name):
                self.assertIsNot(cls._serves_customer, mixin._serves_customer, "says itself whom hints are for")
        self.assertFalse(self.env["expo.customer.hints"]._serves_customer())

    def _complain(self, user, **values):
        complaints = self.env["expo.complaint"].with_user(user)
        return complaints.create({"subject": "Cracked", "partner_id": self.maria.id, **values})

    def test_complaint_of_a_colleagues_customer_shows_no_confidential_hints(self):
        other = self._complain(self.manager, user_id=self.manager.id)
        shown = self._complain(self.colleague).customer_hints
        self.assertIn("o_expo_etiquette", shown)
        self.assertNotIn("quiet", shown)
        self.assertNotIn(other.name, shown)
        shown = self._complain(self.seller).customer_hints
        self.assertIn("quiet", shown)
        self.assertIn(other.name, shown)

    def test_complaint_given_to_a_colleague_shows_no_confidential_hints(self):
        complaint = self._complain(self.seller, user_id=self.colleague.id).with_user(self.colleague)
        self.assertTrue(complaint.has_access("write"))
        self.assertNotIn("quiet", complaint.customer_hints)

    def test_complaint_of_a_colleagues_customer_notices_nothing(self):
        before = self.file.preference_ids
        complaint = self._complain(self.colleague)
        defaults = {"default_noticed": "At night", "default_partner_id": self.maria.id}
        for write in (
            lambda: complaint.write({"noticed": "Wants to be called at night"}),
            lambda: self._complain(self.colleague, noticed="Wants to be called at night"),
            lambda: complaint.with_context(**defaults).create({"subject": "Cracked"}),
        ):
            with self.assertRaisesRegex(AccessError, "served by a colleague"):
                write()
        self.assertEqual(self.file.preference_ids, before)

    def test_form_turned_to_an_own_customer_tells_nothing_of_the_saved_one(self):
        own = self._make_participation("Hans Becker", user=self.colleague, country="de").partner_id
        for record in (
            self._complain(self.colleague),
            self.env["expo.visit"].with_user(self.colleague).create({"partner_id": self.maria.id, "aim": "Curious"}),
            self.env["expo.sample"].with_user(self.colleague).create({"partner_id": self.maria.id}),
            self.env["expo.followup"].with_user(self.colleague).create({"partner_id": self.maria.id}),
        ):
            with self.subTest(model=record._name):
                answer = record.onchange({"partner_id": own.id}, ["partner_id"], {"customer_hints": {}})["value"]
                self.assertNotIn("quiet", str(answer.get("customer_hints")))

    def test_unsaved_complaint_form_tells_no_confidential_hints(self):
        complaints = self.env["expo.complaint"].with_user(self.colleague)
        spec = {"customer_hints": {}, "partner_id": {}}
        for context, values in (({}, {"partner_id": self.maria.id}), ({"default_partner_id": self.maria.id}, {})):
            answer = complaints.with_context(**context).onchange(values, list(values), spec)["value"]
            self.assertNotIn("quiet", str(answer.get("customer_hints")))

    def test_complaint_of_another_company_shows_no_hints_of_a_file_one_may_not_read(self):
        # The seller has the customer here; in the other company a colleague has.
        other = self.env["res.company"].create({"name": "Another Exporter"})
        (self.seller | self.colleague).company_ids |= other
        show = self._make_show(name="Their Fair", code="TF", company_id=other.id, user_id=False)
        entry = self._make_participation(partner=self.maria, show=show, user=self.colleague)
        self.env["expo.customer.preference"].create({"file_id": entry.file_id.id, "text": "Theirs only"})
        team = self.env["expo.complaint.team"].create({"name": "Desk", "company_id": other.id, "is_assigning": False})
        both = [self.env.company.id, other.id]
        for user, sees in ((self.seller, False), (self.colleague, True)):
            for companies in (both, both[::-1]):
                with self.subTest(user=user.login, companies=companies):
                    complaints = self.env["expo.complaint"].with_user(user).with_context(allowed_company_ids=companies)
                    complaint = complaints.create(
                        {"subject": "Cracked", "partner_id": self.maria.id, "team_id": team.id, "user_id": user.id}
                    )
                    self.assertEqual(complaint.company_id, other)
                    self.assertEqual("Theirs only" in str(complaint.customer_hints), sees)
                    self.assertNotIn("quiet", str(complaint.customer_hints))

    def test_hints_of_customers_whose_file_one_may_not_read_are_confidential_everywhere(self):
        # Who sees all documents opens a colleague's records; the file stays closed.
        reader = new_test_user(self.env, "expo_reader", "sales_team.group_sale_salesman_all_leads")
        self.assertFalse(self.file.with_user(reader).has_access("read"))
        touch = self.env["expo.followup"]._create_manual(self.entry)
        dialog = self.env["expo.record.outcome"].with_user(reader).create({"followup_id": touch.id})
        visit = self.env["expo.visit"].create({"participation_id": self.entry.id, "aim": "An order"})
        sample = self.env["expo.sample"].create({"participation_id": self.entry.id})
        records = (self.entry, touch, visit, sample, self._complain(self.seller), self.entry._issue_reports(), dialog)
        for record in records:
            with self.subTest(model=record._name):
                self.assertTrue(record.with_user(reader).has_access("read"))
                self.assertNotIn("quiet", str(record.with_user(reader).customer_hints))

    def test_hints_are_not_for_portal_users_and_plain_employees(self):
        complaint = self._complain(self.seller)
        for group in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, f"expo_{group[-6:]}", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                complaint.with_user(user).read(["customer_hints"])
            self.assertFalse(complaint.with_user(user).sudo()._serves_customer(), "not even in sudo")


@tagged("post_install", "-at_install")
class TestEtiquette(FileCase):
    def test_etiquette_of_thirty_trading_countries_ships_facts_with_sources(self):
        notes = self.env["expo.etiquette"].search([])
        self.assertGreaterEqual(len(notes), 28)
        for name in ("greeting", "languages", "appointments", "sources"):
            with self.subTest(name=name):
                self.assertFalse(notes.filtered(lambda note, name=name: not note[name]).mapped("country_id.name"))

    def test_hint_in_one_line_names_address_hours_weekend_languages_and_a_holiday_soon(self):
        germany = self.env.ref("expo_followup.etiquette_de")
        with freeze_time("2026-12-20 12:00:00"):
            hint = germany._get_call_hint()
            chinese = germany.with_context(lang="zh_CN")._get_call_hint()
        for text in ("Herr or Frau", "8:00–17:00, Friday until 15:00", "weekend: Saturday, Sunday", "German;"):
            self.assertIn(text, hint)
        self.assertTrue(hint.startswith("public holiday: Christmas Day, 12/25/2026 · "), hint)
        self.assertNotIn("\n", hint)
        self.assertIn("8:00–17:00", chinese)
        with freeze_time("2026-11-10 12:00:00"):
            self.assertNotIn("public holiday", germany._get_call_hint())

    def test_weekends_are_those_by_which_touches_are_planned(self):
        for note in self.env["expo.etiquette"].search([]):
            library = holidays.country_holidays(note.country_id.code, years=2026)
            with self.subTest(country=note.country_id.name):
                self.assertEqual(set(parse_weekdays(note.weekend_days)), set(library.weekend))

    def test_days_are_named_in_the_readers_language_and_nonsense_is_refused(self):
        note = self.env.ref("expo_followup.etiquette_sa")
        self.assertEqual(note.weekend, "Friday, Saturday")
        with self.assertRaises(ValidationError):
            note.weekend_days = "8"
