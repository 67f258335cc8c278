"""What customers think of us: filed, seen to, told what was done; and the gifts they got."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestSuggestion(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_participation(tier="signed")
        cls.file = cls.customer.file_id

    def setUp(self):
        super().setUp()
        freezer = freeze_time("2026-04-22 08:00:00")
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _note(self, text="The stand was hard to find", **values):
        return (
            self.env["expo.suggestion"]
            .with_user(self.seller)
            .create({"file_id": self.file.id, "participation_id": self.customer.id, "text": text, **values})
        )

    def _fill_in(self, **answers):
        """The customer fills in the form of the letter; answers by the question's name."""
        self.show.survey_id = self.env.ref("expo_followup.survey_feedback")
        self.customer._ensure_feedback_inputs()
        form = self.customer.feedback_input_ids
        for name, text in answers.items():
            form._save_lines(self.env.ref(f"expo_followup.survey_feedback_{name}"), text)
        form._mark_done()
        return form

    def test_who_noted_it_sees_to_it_and_the_day_is_known(self):
        opinion = self._note()
        self.assertEqual((opinion.user_id, opinion.noted_by_id), (self.seller, self.seller))
        self.assertEqual((str(opinion.answer_due_on), opinion.state), ("2026-05-06", "open"))
        self.assertTrue(opinion.is_key)

    def test_what_is_written_in_the_feedback_form_is_filed_once(self):
        form = self._fill_in(better="A place to sit down.", products="Pumps")
        form._file_opinions()
        opinion = self.file.suggestion_ids
        self.assertEqual((opinion.text, opinion.source, opinion.about), ("A place to sit down.", "feedback", "other"))
        self.assertEqual((opinion.user_id, opinion.participation_id), (self.seller, self.customer))
        self.assertFalse(opinion.noted_by_id)

    def test_the_customer_is_told_what_was_done_and_that_is_a_touch(self):
        opinion = self._note()
        with self.assertRaisesRegex(UserError, "Action Taken"):
            opinion.action_told()
        opinion.done = "A sign at the entrance of the hall"
        self.assertEqual(opinion.state, "done")
        opinion.action_told()
        self.assertEqual((opinion.state, str(opinion.told_on), opinion.told_by_id),
                         ("told", "2026-04-22", self.seller))  # fmt: skip
        touch = self.customer.followup_ids.filtered(lambda row: row.state == "done")
        self.assertIn("A sign at the entrance", touch.content)
        opinion.action_told()
        self.assertEqual(self.customer.followup_count, 1, "told once")

    def test_a_late_answer_is_shown_and_its_owner_reminded_once(self):
        opinion, told = self._note(), self._note("Told", done="Yes")
        told.action_told()
        self.clock.move_to("2026-05-07 08:00:00")
        self._run_cron("care")
        self._run_cron("care")
        self.assertEqual(self.env["expo.suggestion"].search([("is_late", "=", True)]) & (opinion | told), opinion)
        self.assertEqual(self.file.activity_ids.filtered(lambda a: "opinion" in a.summary).user_id, self.seller)
        self.assertEqual(len(self.file.activity_ids.filtered(lambda a: "opinion" in a.summary)), 1)
        opinion.done = "A sign"
        opinion.action_told()
        self.assertFalse(opinion.activity_id.active)

    def test_an_opinion_that_is_erased_is_in_no_reminder(self):
        opinion = self._note()
        self.clock.move_to("2026-05-07 08:00:00")
        self._run_cron("care")
        reminder = opinion.sudo().activity_id
        self.assertIn("hard to find", reminder.note)
        opinion.with_user(self.manager).unlink()
        self.assertFalse(reminder.exists())

    def test_reminding_many_takes_no_query_per_opinion(self):
        companies = self.env["res.partner"].create([{"name": f"C{n}", "is_company": True} for n in range(120)])
        files = self.env["expo.customer.file"]._ensure(companies, self.env.company)
        opinions = self.env["expo.suggestion"].create(
            [{"file_id": file.id, "text": "Late", "user_id": self.seller.id} for file in files]
        )
        self.env.flush_all()
        opinions[:10]._remind_responsible()
        counts = []
        for batch in (opinions[10:20], opinions[20:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch._remind_responsible()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10)

    def test_author_and_exhibition_customer_cannot_be_forged(self):
        with self.assertRaises(AccessError):
            self._note(told_on="2026-04-22")
        with self.assertRaises(AccessError):
            self._note().told_by_id = self.manager
        other = self._make_participation("Another One")
        with self.assertRaises(UserError):
            self._note(participation_id=other.id)
        foreign = self._make_participation("Not Mine", user=self.colleague)
        with self.assertRaises(AccessError):
            self._note(participation_id=foreign.id)

    def test_a_new_opinion_from_the_entry_is_filed_with_its_names(self):
        action = self.customer.with_user(self.seller).action_open_suggestions()
        with Form(self.env["expo.suggestion"].with_user(self.seller).with_context(**action["context"])) as form:
            form.text = "Friendly people"
            form.about = "people"
        self.assertEqual(self.customer.suggestion_count, 1)
        self.assertEqual(form.record.participation_id, self.customer)

    def test_the_customs_of_the_country_are_shown_where_a_gift_is_noted(self):
        company = self.customer.commercial_partner_id
        customs = self.env["expo.etiquette"].search([("country_id", "=", company.country_id.id)])
        gift = (
            self.env["expo.gift"]
            .with_user(self.seller)
            .create({"file_id": self.file.id, "name": "Tea", "cost": 20, "occasion": "Visit"})
        )
        self.assertFalse(customs.gifts, "only laws on gifts are shipped")
        customs.gifts = "Well wrapped; no chrysanthemums"
        self.assertEqual(gift.customs, customs.gifts)
        self.assertEqual((gift.given_by_id, gift.customer_id), (self.seller, company))

    def test_a_merge_keeps_gifts_opinions_and_greetings_of_both(self):
        other = self._make_participation("Maria Rosi", user=self.seller)
        people = self.env["expo.customer.person"]
        rows = people.create(
            [
                {"file_id": entry.file_id.id, "name": "Maria", "partner_id": entry.partner_id.id}
                for entry in (self.customer, other)
                if not entry.file_id.person_ids.filtered("partner_id")
            ]
        )
        for entry in self.customer | other:
            person = (entry.file_id.person_ids | rows).filtered(lambda row, file=entry.file_id: row.file_id == file)[:1]
            for model, field in (("expo.gift", "name"), ("expo.suggestion", "text")):
                self.env[model].create({"file_id": entry.file_id.id, field: "of the company"})
                self.env[model].create({"file_id": entry.file_id.id, "person_id": person.id, field: "of a person"})
            self.env["expo.followup"].create(
                {"participation_id": entry.id, "origin": "greeting", "greeted_person_id": person.id,
                 "occasion_key": f"birthday:{person.id}:2026"}
            )  # fmt: skip
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | other).partner_id.ids, self.customer.partner_id
        )
        for model in ("expo.gift", "expo.suggestion"):
            self.assertEqual(self.env[model].search_count([("file_id", "=", self.file.id)]), 4, model)
        greetings = self.env["expo.followup"].search([("participation_id", "=", self.customer.id),
                                                      ("origin", "=", "greeting")])  # fmt: skip
        self.assertEqual(len(greetings.filtered("occasion_key")), 1, "one birthday, one greeting")
