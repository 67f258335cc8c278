"""What a follow-up is about is read in the language of the reader, and searched and grouped as it is read."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import Form, new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestFollowupTitle(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["expo_followup"], ["zh_CN"])
        cls.steps["visit"].with_context(lang="zh_CN").expo_title = "登门拜访"
        cls.reader = new_test_user(
            cls.env, "expo_reader", "sales_team.group_sale_manager", email="li@ours.example", lang="zh_CN"
        )
        cls.colleague.lang = "zh_CN"

    def _plan_visits(self):
        """One visit each of an English and a Chinese salesperson."""
        english = self._make_participation("English", tier="signed", user=self.seller)
        chinese = self._make_participation("Chinese", tier="signed", user=self.colleague)
        self.show.with_user(self.manager).close_show()
        return self._step_of(english, "visit"), self._step_of(chinese, "visit")

    def _read_by(self, user, followup):
        return followup.with_user(user).with_context(lang=user.lang)

    def _make_cadence(self, origin, gap, user):
        followups = self.env["expo.followup"].with_context(lang=user.lang)
        return self.env["expo.followup"].create(
            {
                "participation_id": self._make_participation(f"Cadence {origin} {gap}", user=user).id,
                "origin": origin,
                "gap_days": gap,
                "user_id": user.id,
                "summary": followups._get_cadence_title(origin, gap),
            }
        )

    def _make_greeting(self, key, **values):
        return self.env["expo.followup"].create(
            {
                "participation_id": self._make_participation(f"Greeting {key}").id,
                "origin": "greeting",
                "occasion_key": key,
                "summary": "As saved",
                **values,
            }
        )

    # -- reading

    def test_step_is_read_in_the_language_of_each_reader(self):
        english, chinese = self._plan_visits()
        for followup in (english, chinese):
            self.assertEqual(self._read_by(self.manager, followup).title, "Visit by appointment")
            self.assertEqual(self._read_by(self.reader, followup).title, "登门拜访")
            self.assertIn("登门拜访", self._read_by(self.reader, followup).display_name)
            self.assertIn("Visit by appointment", self._read_by(self.manager, followup).display_name)

    def test_cadence_is_read_in_the_language_of_each_reader(self):
        for origin in ("memory", "cadence"):
            for owner in (self.seller, self.colleague):
                followup = self._make_cadence(origin, 7, owner)
                english, chinese = (self._read_by(user, followup).title for user in (self.manager, self.reader))
                self.assertIn("7 days", english)
                self.assertIn("7", chinese)
                self.assertNotIn("days", chinese)

    def test_planned_cadence_keeps_its_interval(self):
        customer = self._make_participation(user=self.colleague)
        self.show.with_user(self.manager).close_show()
        customer.followup_ids.filtered(lambda row: row.state in ("planned", "due")).action_skip()
        with freeze_time("2026-04-21 12:00:00"):
            customer._log_touch(self.env.ref("expo_followup.activity_phone_revisit"), "Talked", "neutral")
        row = customer.followup_ids.filtered(lambda one: one.origin in ("memory", "cadence"))
        self.assertGreater(row.gap_days, 0)
        self.assertIn(f"{row.gap_days} days", self._read_by(self.manager, row).title)
        self.assertEqual(self._read_by(self.reader, row).title, row.summary)

    def test_greeting_is_read_in_the_language_of_each_reader(self):
        festival = self.env["expo.festival"].search([], limit=1)
        festival.with_context(lang="zh_CN").name = "我们的节日"
        named = self._make_greeting("festival:1:X", festival_id=festival.id)
        company_day = self._make_greeting("company:1:2026")
        self.assertEqual(self._read_by(self.reader, named).title, "我们的节日")
        self.assertEqual(self._read_by(self.manager, named).title, festival.with_context(lang="en_US").name)
        self.assertEqual(self._read_by(self.manager, company_day).title, "Company anniversary")
        self.assertNotEqual(self._read_by(self.reader, company_day).title, "Company anniversary")

    def test_answer_to_an_opinion_is_read_in_the_language_of_each_reader(self):
        customer = self._make_participation()
        opinion = self.env["expo.suggestion"].create(
            {"file_id": customer.file_id.id, "participation_id": customer.id, "text": "Too late", "done": "Hired"}
        )
        opinion.with_user(self.seller).action_told()
        touch = customer.followup_ids.filtered(lambda row: row.state == "done")
        self.assertEqual(self._read_by(self.manager, touch).title, "Response to an opinion")
        self.assertNotEqual(self._read_by(self.reader, touch).title, "Response to an opinion")

    def test_judgement_of_a_sample_is_read_in_the_language_of_each_reader(self):
        customer = self._make_participation()
        sample = self.env["expo.sample"].create({"participation_id": customer.id, "details": "Blue"})
        touch = sample._get_touch()
        sample.followup_id = touch
        self.assertEqual(self._read_by(self.manager, touch).title, "Sample feedback: Sample")
        self.assertNotIn("judged", self._read_by(self.reader, touch).title)

    # -- changing

    def test_subject_changed_by_a_user_is_read_by_all_and_survives_planning(self):
        english, _chinese = self._plan_visits()
        self._read_by(self.seller, english).title = "See the new factory"
        english.participation_id._sync_followups()
        self.assertEqual(english.summary, "See the new factory")
        self.assertEqual(self._read_by(self.reader, english).title, "See the new factory")
        self._read_by(self.seller, english).title = False
        english.participation_id._sync_followups()
        self.assertEqual(self._read_by(self.reader, english).title, "登门拜访")
        self.assertEqual(english.summary, "Visit by appointment")

    def test_name_of_the_step_in_any_language_counts_as_unchanged(self):
        english, _chinese = self._plan_visits()
        self._read_by(self.manager, english).summary = "登门拜访"
        self.assertFalse(english.has_own_title)
        self.assertEqual(self._read_by(self.manager, english).title, "Visit by appointment")

    def test_new_follow_up_takes_its_subject_from_the_form(self):
        form = Form(self.env["expo.followup"].with_user(self.seller))
        form.participation_id = self._make_participation()
        form.title = "Ask for the drawings"
        followup = form.save()
        self.assertEqual((followup.summary, followup.title), ("Ask for the drawings", "Ask for the drawings"))

    # -- searching and grouping

    def test_search_and_groups_find_what_each_reader_reads(self):
        english, chinese = self._plan_visits()
        person = self.env["expo.customer.person"].create(
            {"file_id": english.participation_id.file_id.id, "partner_id": english.partner_id.id}
        )
        festival = self.env["expo.festival"].search([], limit=1)
        rows = english | chinese
        rows |= self._make_cadence("memory", 7, self.seller) | self._make_cadence("cadence", 30, self.colleague)
        rows |= self._make_greeting("festival:1:X", festival_id=festival.id)
        rows |= self._make_greeting("birthday:1:2026", greeted_person_id=person.id)
        rows |= self._make_greeting("company:1:2026")
        sample = self.env["expo.sample"].create({"participation_id": english.participation_id.id, "details": "Blue"})
        sample.followup_id = sample._get_touch()
        rows |= sample.followup_id
        rows |= self.env["expo.followup"]._create_manual(english.participation_id, summary="Ask 100% of it")
        rows |= self.env["expo.followup"]._create_manual(english.participation_id)
        own = self._step_of(english.participation_id, "phone_revisit")
        own.with_user(self.seller).title = "Own words"
        rows |= own
        for user in (self.manager, self.reader):
            followups = self.env["expo.followup"].with_user(user).with_context(lang=user.lang)
            shown = followups.browse(rows.ids)
            within = [("id", "in", rows.ids)]
            for row in shown:
                with self.subTest(user=user.login, title=row.title):
                    same = shown.filtered(lambda one, row=row: one.title == row.title)
                    self.assertEqual(followups.search([*within, ("title", "=", row.title)]), same)
                    self.assertEqual(followups.search([*within, ("title", "!=", row.title)]), shown - same)
                    if row.title:
                        self.assertIn(row, followups.search([*within, ("title", "ilike", row.title.upper())]))
                        self.assertNotIn(row, followups.search([*within, ("title", "not ilike", row.title[:4])]))
                        self.assertIn(row, followups.search([*within, ("title", "=like", row.title[:4] + "%")]))
            groups = dict(followups._read_group(within, ["title"], ["__count"]))
            titles = shown.mapped("title")
            self.assertEqual(groups, {title: titles.count(title) for title in titles})
            ordered = followups.search(within, order="title, id")
            self.assertEqual(len(ordered), len(rows))
        self.assertIn(english.id, [row[0] for row in self.env["expo.followup"].name_search("Visit by app")])
        self.assertTrue(self.env["expo.followup"].fields_get(["title"])["title"]["groupable"])

    def test_queries_do_not_grow_with_the_number_of_rows(self):
        self._plan_visits()
        partners = self.env["res.partner"].create([{"name": f"Customer {i}"} for i in range(100)])
        customers = self.env["expo.participation"].create(
            [
                {"exhibition_id": self.show.id, "partner_id": one.id, "tier_id": self.tiers["signed"].id}
                for one in partners
            ]
        )
        rows = (
            self.env["expo.followup"].create(
                [
                    {"participation_id": one.id, "origin": ("memory", "manual")[i % 2], "gap_days": 7, "summary": "x"}
                    for i, one in enumerate(customers)
                ]
            )
            | customers.followup_ids
        )
        board = self.env["expo.followup"].with_user(self.reader).with_context(lang="zh_CN")

        def count_queries(ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            board.browse(ids).web_read({"title": {}, "display_name": {}})
            return self.cr.sql_log_count - before

        count_queries(rows.ids)
        self.assertGreater(len(rows), 400)
        self.assertLessEqual(count_queries(rows.ids), count_queries(rows.ids[:3]) + 5)

    # -- reminders

    def test_reminder_is_in_the_language_of_its_user_and_follows_a_new_owner(self):
        english, chinese = self._plan_visits()
        (english | chinese)._open_reminders()
        self.assertEqual(english.activity_id.summary, "Visit by appointment")
        self.assertEqual(chinese.activity_id.summary, "登门拜访")
        english.participation_id.with_user(self.manager).user_id = self.colleague
        self.assertEqual(english.activity_id.summary, "登门拜访")
        english.activity_id.with_user(self.manager).user_id = self.seller
        self.assertEqual(english.activity_id.summary, "Visit by appointment")
        english.activity_id.summary = "My own words"
        english.participation_id.with_user(self.manager).user_id = self.seller
        english.participation_id.with_user(self.manager).user_id = self.colleague
        self.assertEqual(english.activity_id.summary, "My own words")

    def test_reminder_of_a_type_is_said_in_the_language_of_its_user(self):
        kind = self.env.ref("expo_followup.activity_answer")
        kind.with_context(lang="zh_CN").summary = "客户已回复"
        customer = self._make_participation(user=self.seller)
        activity = customer.activity_schedule(activity_type_id=kind.id, user_id=self.seller.id)
        activity.summary = kind.with_context(lang="en_US").summary
        customer.with_user(self.manager).user_id = self.colleague
        self.assertEqual((activity.user_id, activity.summary), (self.colleague, "客户已回复"))

    def test_reminder_of_a_visit_is_in_the_language_of_its_user(self):
        customer = self._make_participation(user=self.colleague)
        visit = self.env["expo.visit"].create(
            {
                "participation_id": customer.id, "aim": "Agree", "plan": "Talk", "start": "2026-04-27 08:00:00",
                "user_id": self.colleague.id,
            }
        )  # fmt: skip
        self.env["expo.visit.person"].create({"visit_id": visit.id, "name": "Maria"})
        self.reader.action_archive()
        visit.with_user(self.colleague).with_context(lang="zh_CN").action_submit()
        decider = visit.todo_id.user_id.with_context(lang="en_US")
        self.assertEqual((decider.lang, visit.todo_id.summary), ("en_US", "Approve the visit"))
        visit.with_user(decider).with_context(lang="en_US").action_approve()
        self.assertEqual(visit.todo_id.user_id, self.colleague)
        self.assertNotEqual(visit.todo_id.summary, "Write the minutes of the visit")
        todo = visit.todo_id
        visit.with_user(self.colleague).start = date(2026, 4, 28)
        self.assertEqual((visit.todo_id, visit.todo_id.active), (todo, True), "a visit that is moved is not held")
