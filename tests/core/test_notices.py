"""Reminders and messages to users: once, in the reader's language, with a constant number of queries."""

from datetime import date

from odoo.addons.expo_followup.models.mixins.notices import Reminder, keep_reminder, notify, remind
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase

KIND = "mail.mail_activity_data_todo"
DAY = date(2026, 5, 4)


@tagged("post_install", "-at_install")
class TestNotices(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.chenyu = new_test_user(cls.env, "notices_chenyu", "sales_team.group_sale_salesman", lang="zh_CN")
        cls.customers = cls.env["expo.participation"].union(
            *(cls._make_participation(f"Customer {n}") for n in range(5))
        )

    def _remind(self, records, **options):
        return remind(records, KIND, lambda record: Reminder(self.chenyu, DAY, f"Call {record.id}"), **options)

    def test_a_reminder_that_is_open_is_not_doubled(self):
        first = self._remind(self.customers[:2])
        again = self._remind(self.customers[:3])
        self.assertEqual(list(first), list(self.customers[:2]))
        self.assertEqual(list(again), [self.customers[2]])
        self.assertEqual(first[self.customers[0]].summary, f"Call {self.customers[0].id}")

    def test_a_record_without_a_user_gets_no_reminder(self):
        no_user = self.env["res.users"]
        self.assertFalse(remind(self.customers, KIND, lambda _record: Reminder(no_user, DAY)))

    def test_reminders_of_many_records_take_as_many_queries_as_of_one(self):
        self._remind(self.customers[:1])
        counts = []
        for records in (self.customers[1:2], self.customers[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._remind(records)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_reminder_follows_the_facts_and_ends_with_them(self):
        visit = self.env["expo.visit"].create({"participation_id": self.customers[0].id, "aim": "Show the new line"})

        def keep(reminder, is_done=False):
            keep_reminder(visit, "todo_id", KIND, reminder, is_done)

        keep(Reminder(self.manager, DAY, "Approve"))
        todo = visit.todo_id
        keep(Reminder(self.chenyu, DAY, "Approve"))
        self.assertEqual((visit.todo_id, todo.user_id), (todo, self.chenyu), "the same reminder goes to another user")
        keep(Reminder(self.chenyu, DAY, "Write the minutes"), is_done=True)
        self.assertEqual((todo.active, visit.todo_id.summary), (False, "Write the minutes"))
        keep(Reminder(self.env["res.users"], DAY))
        self.assertFalse(visit.todo_id)
        self.assertTrue(todo.exists(), "what was done stays in the history")

    def test_each_reader_is_told_in_their_language(self):
        english = new_test_user(self.env, "notices_english", "sales_team.group_sale_salesman", lang="en_US")
        customer = self.customers[0]
        notify(customer, (english | self.chenyu).partner_id, lambda env: ("Subject", env.lang))
        messages = self.env["mail.message"].search([("subject", "=", "Subject")])
        told = {message.notified_partner_ids: str(message.body) for message in messages}
        self.assertIn("zh_CN", told[self.chenyu.partner_id])
        self.assertIn("en_US", told[english.partner_id])
