"""Complaints in a house of several companies: each has its own desk, numbers, settings and people."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintCompanies(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.env.company
        cls.other = cls.env["res.company"].create({"name": "Another Exporter", "expo_complaint_review_days": 20})
        cls.branch = cls.env["res.company"].create({"name": "Our branch", "parent_id": cls.ours.id})
        cls.theirs = cls.env["expo.complaint.team"].create({"name": "Theirs", "company_id": cls.other.id})
        cls.stranger = cls._make_user("expo_stranger", cls.other)
        cls.both = cls._make_user("expo_both", cls.other, cls.ours)
        cls.of_branch = cls._make_user("expo_branch", cls.branch)

    @classmethod
    def _make_user(cls, login, *companies):
        ids = [company.id for company in companies]
        return new_test_user(
            cls.env, login, "sales_team.group_sale_manager", company_id=ids[0], company_ids=[Command.set(ids)]
        )

    def _in(self, complaint, user, *companies):
        """The complaint as a user sees it who has these companies ticked, the first of them as the current one."""
        ids = [company.id for company in companies]
        return complaint.with_user(user).with_context(allowed_company_ids=ids)

    def test_who_works_for_another_company_sees_nothing_of_ours(self):
        complaint = self._complain()
        rows = [complaint, complaint.event_ids, complaint.sudo().clock_ids]
        for records in rows:
            self.assertTrue(records)
            self.assertFalse(records.with_user(self.stranger).search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                records.with_user(self.stranger).check_access("read")
            with self.assertRaises(AccessError):
                self._in(records, self.both, self.other).check_access("read")
            self._in(records, self.both, self.other, self.ours).check_access("read")
        self.assertFalse(complaint.with_user(self.of_branch).search([("id", "=", complaint.id)]))

    def test_a_complaint_stays_ours_whichever_company_is_the_current_one(self):
        order = self.env["sale.order"].create(
            {"partner_id": self._make_partner("Maria Rossi").id, "user_id": self.seller.id}
        )
        complaint = self._complain(partner=order.partner_id, order_id=order.id)
        name = complaint.name
        theirs = self._in(complaint, self.both, self.other, self.ours)
        theirs.order_id = False
        self.assertEqual((complaint.company_id, complaint.team_id, complaint.name), (self.ours, self.team, name))
        theirs.write({"severity": "serious", "extent": "batch"})
        theirs.action_acknowledge_by_phone()
        self.assertEqual(complaint.sudo().clock_ids.company_id, self.ours)

    def test_settings_are_those_of_the_complaints_company(self):
        complaint = self._complain()
        self.ours.expo_complaint_review_days = 1
        row = self.env["expo.complaint.review"].with_user(self.both).with_context(
            allowed_company_ids=[self.other.id, self.ours.id]
        ).create({"complaint_id": complaint.id, "department": "production"})  # fmt: skip
        days = (row.due_on - self.ours._expo_today()).days
        self.assertLess(days, 7, "one working day of ours, not twenty of theirs")
        self.ours.expo_complaint_gate_acknowledged = False
        self.other.expo_complaint_gate_acknowledged = True
        self._in(complaint, self.both, self.other, self.ours)._move_to("confirmed")
        self.assertEqual(complaint.state, "confirmed")

    def test_each_company_and_branch_counts_for_itself_with_or_without_a_desk(self):
        first = self._complain()
        for user, company, team in (
            (self.stranger, self.other, self.theirs),
            (self.of_branch, self.branch, self.theirs.browse()),
        ):
            with self.subTest(company=company.name):
                one, two = (self._complain(user=user, subject=f"Late {n}") for n in range(2))
                self.assertEqual((one.company_id, one.team_id), (company, team))
                sequence = company._expo_make_complaint_sequences()
                self.assertEqual((sequence.company_id, sequence.number_next_actual), (company, int(two.name[-5:]) + 1))
                self.assertEqual(int(two.name[-5:]) - int(one.name[-5:]), 1)
        self.assertEqual(first.company_id, self.ours)

    def test_a_complaint_that_another_company_takes_over_gets_its_number(self):
        theirs = self._complain(user=self.stranger)
        self.ours._expo_make_complaint_sequences().number_next_actual = int(theirs.name[-5:])
        complaint = self._complain()
        self.assertEqual(complaint.name, theirs.name, "each company counts for itself")
        complaint = self._in(complaint, self.both, self.ours, self.other)
        complaint.team_id = self.theirs
        self.env.flush_all()
        self.assertEqual(complaint.company_id, self.other)
        self.assertNotEqual(complaint.name, theirs.name)
        self.assertEqual(complaint.event_ids.company_id, self.other)

    def test_a_company_made_today_has_what_one_made_before_has(self):
        fresh = self.env["res.company"].create({"name": "A new house"})
        boss = self._make_user("expo_fresh", fresh)
        complaint = self._complain(user=boss)
        self.assertTrue(complaint.name.endswith("-00001"))
        self.assertTrue(self.env["expo.complaint.cause"].with_user(boss).search([]))
        self.assertTrue(self.env["expo.complaint.authority"]._get_rows(fresh)._get_limits(boss))
        clock = complaint.sudo().clock_ids
        self.assertEqual(clock.limit_hours, fresh.expo_complaint_hours_acknowledge)
        self.assertTrue(clock.due_at)
        self._run_cron("escalate")
        self._run_cron("complaint_feedback")
