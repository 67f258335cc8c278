"""The joint review of a serious complaint: one row per department, due, concluded, announced to the customer."""

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.complaint.test_complaint_letter import LetterCase


@tagged("post_install", "-at_install")
class TestComplaintReview(LetterCase):
    def setUp(self):
        super().setUp()
        self.complaint = self._complain(severity="serious")
        self.complaint.action_start_review()
        self.production, self.inspection = self.complaint.review_ids.sorted("department", reverse=True)

    def _conclude(self, row):
        row.write({"decision": "justified", "conclusion": "The glaze was fired too hot."})
        row.action_conclude()

    def test_both_departments_are_asked_once(self):
        self.complaint.action_start_review()
        self.assertEqual(set(self.complaint.review_ids.mapped("department")), {"production", "inspection"})

    def test_the_gate_waits_for_both(self):
        for row, word in ((self.production, "Production"), (self.inspection, "Inspection")):
            self.assertIn(f"{word} has not concluded", "\n".join(self.complaint._get_missing("negotiating")))
            self._conclude(row)
        self.assertNotIn("has not concluded", "\n".join(self.complaint._get_missing("negotiating")))

    def test_a_conclusion_says_what_was_found_and_who_noted_it(self):
        with self.assertRaisesRegex(UserError, "finding or conclusion is missing"):
            self.production.action_conclude()
        self._conclude(self.production)
        self.assertEqual(self.production.concluded_by_id, self.seller)
        with self.assertRaisesRegex(UserError, "Reopen it first"):
            self.production.conclusion = "All is well."
        with self.assertRaisesRegex(UserError, "cannot delete"):
            self.production.unlink()
        self.production.action_take_up()
        self.assertFalse(self.production.concluded_on)
        self.assertIn("too hot", self.complaint.message_ids[:1].body)

    def test_conclusion_cannot_be_forged(self):
        with self.assertRaises(AccessError):
            self.production.write({"concluded_on": fields.Datetime.now()})
        with self.assertRaisesRegex(UserError, "to another complaint"):
            self.production.complaint_id = self._complain()
        other = self._complain()
        row = self.env["expo.complaint.review"].with_user(self.seller).with_context(
            default_concluded_on="2026-01-01 00:00:00"
        ).create({"complaint_id": other.id, "department": "production"})  # fmt: skip
        self.assertFalse(row.concluded_on)
        secret = self._complain(user=self.manager, user_id=self.manager.id)
        with self.assertRaises(AccessError):
            row.create({"complaint_id": secret.id, "department": "production"})

    def test_the_customer_is_told_the_later_day(self):
        with freeze_time("2026-05-11 10:00:00"):
            self.production.due_on, self.inspection.due_on = "2026-05-14", "2026-05-15"
            self.assertIn("May 15, 2026", self._send(self.complaint, "announce_review").body)
            self.assertEqual(self._kinds(self.complaint)[-1], "review_announced")
            self.assertFalse(self.complaint.is_waiting)

    def test_announcing_a_review_begins_it(self):
        complaint = self._complain(severity="serious")
        complaint.action_acknowledge_by_phone()
        complaint._request_evidence("photo", "2026-05-14")
        complaint._log_event("photos_asked")
        self.assertEqual(complaint.next_letter, "announce_review")
        self._send(complaint, "announce_review")
        self.assertEqual(len(complaint.review_ids), 2)
        self.assertFalse(complaint.next_letter)

    def _todos(self, complaint=None):
        kind = self.env.ref("expo_followup.activity_complaint_review")
        found = (complaint or self.complaint).sudo().activity_ids
        return found.filtered(lambda activity: activity.activity_type_id == kind)

    def test_the_reviewer_has_one_reminder_that_follows_the_review(self):
        self.team.member_ids = self.colleague
        complaint = self._complain(severity="serious", team_id=self.team.id, user_id=self.seller.id)
        complaint.action_start_review()
        row = complaint.review_ids[:1]
        row.write({"user_id": self.colleague.id, "due_on": "2026-05-14"})
        todo = self._todos(complaint)
        self.assertEqual((todo.user_id, str(todo.date_deadline)), (self.colleague, "2026-05-14"))
        row.write({"due_on": "2026-05-15"})
        self.assertEqual((self._todos(complaint), str(todo.date_deadline)), (todo, "2026-05-15"))
        row.user_id = self.seller
        self.assertEqual((self._todos(complaint), todo.user_id), (todo, self.seller))
        self._conclude(row)
        self.assertFalse(todo.active)
        row.action_take_up()
        self.assertEqual(len(self._todos(complaint)), 1)
        row.unlink()
        self.assertFalse(self._todos(complaint))

    def test_reviewer_without_access_is_asked_by_the_assignee(self):
        self.complaint.user_id = self.seller
        self.production.user_id = self.colleague
        todo = self._todos()
        self.assertEqual(todo.user_id, self.seller)
        self.assertIn(self.colleague.name, todo.summary)

    def test_what_is_cancelled_is_reviewed_no_more_until_it_is_reopened(self):
        self.production.user_id = self.seller
        self.assertEqual(len(self._todos()), 1)
        self.complaint.write({"cancel_reason": "Withdrawn", "stage_id": self.stages["cancelled"].id})
        self.assertFalse(self._todos())
        self.complaint.action_reopen()
        self.assertEqual(len(self._todos()), 1)

    def test_a_merge_leaves_one_reminder(self):
        other = self._complain(partner=self.complaint.partner_id, severity="serious")
        other.action_start_review()
        (other.review_ids | self.complaint.review_ids).user_id = self.seller
        other._merge_into(self.complaint)
        self.assertEqual(len(self._todos()), 2)
        self.assertFalse(self._todos(other))

    def test_responsible_of_the_department_reviews(self):
        workshop = self.env["expo.complaint.department"].create({"name": "Kiln", "responsible_id": self.colleague.id})
        complaint = self._complain(severity="serious", department_id=workshop.id)
        complaint.action_start_review()
        production = complaint.review_ids.filtered(lambda row: row.department == "production")
        self.assertEqual(production.user_id, self.colleague)
