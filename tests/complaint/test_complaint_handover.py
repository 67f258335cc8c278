"""A complaint is reassigned: within its company, to users who can answer, and only they are notified."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from tests.common_complaint import ComplaintCase
from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintHandover(ComplaintCase):
    def _may_read(self, user, records):
        return records.with_user(user)._filtered_access("read")

    def test_who_gave_it_away_hears_of_it_no_more(self):
        complaint = self._complain(user=self.manager, user_id=self.seller.id)
        call = complaint.activity_schedule("mail.mail_activity_data_call", user_id=self.seller.id)
        self.assertIn(self.seller.partner_id, complaint.message_partner_ids)
        complaint.with_user(self.seller).user_id = self.colleague
        self.assertFalse(self._may_read(self.seller, complaint))
        self.assertNotIn(self.seller.partner_id, complaint.message_partner_ids)
        self.assertIn(self.colleague.partner_id, complaint.message_partner_ids)
        self.assertEqual(call.sudo().user_id, self.colleague)

    def test_what_hangs_on_it_changes_hands_with_it(self):
        complaint = self._complain(user=self.manager, user_id=self.seller.id)
        line = self.env["expo.complaint.line"].create({"complaint_id": complaint.id, "product_name": "Mug"})
        complaint.sudo()._add_evidence(
            "photo", self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a"}), "desk"
        )
        parts = (complaint.event_ids, complaint.clock_ids, line, complaint.sudo().evidence_ids)
        for part in parts:
            self.assertEqual(self._may_read(self.seller, part.sudo(False)), part)
        complaint.user_id = self.colleague
        for part in parts:
            with self.subTest(part._name):
                self.assertFalse(self._may_read(self.seller, part.sudo(False)))
                self.assertEqual(self._may_read(self.colleague, part.sudo(False)), part)

    def test_who_still_sees_it_keeps_following_it(self):
        self.team.member_ids = self.seller
        complaint = self._complain(user=self.manager, user_id=self.seller.id)
        complaint.user_id = self.colleague
        self.assertIn(self.seller.partner_id, complaint.message_partner_ids)

    def test_a_complaint_that_was_merged_is_not_reopened(self):
        partner = self._make_partner("Maria Rossi")
        first, second = self._complain(partner), self._complain(partner)
        second._merge_into(first)
        with self.assertRaisesRegex(UserError, first.name):
            second.action_reopen()
        self.assertEqual((second.state, second.merged_into_id), ("cancelled", first))

    def test_a_merge_tells_once_when_each_was_received(self):
        partner = self._make_partner("Maria Rossi")
        early = self._complain(partner, received_at="2026-03-02 08:00:00")
        late = self._complain(partner, received_at="2026-03-03 08:00:00")
        early._merge_into(late)
        received = late.event_ids.filtered(lambda event: event.kind == "received").mapped("at")
        self.assertEqual(len(received), 2)
        self.assertEqual(late.received_at, min(received))

    def test_new_ones_go_to_members_who_work_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = new_test_user(
            self.env, "handover_elsewhere", "sales_team.group_sale_salesman", company_id=other.id
        )  # fmt: skip
        self.team.member_ids = [Command.set((elsewhere | self.seller).ids)]
        found = self._complain(user=self.manager) | self._complain(user=self.manager)
        self.assertEqual(found.user_id, self.seller)
        self.team.leader_id = elsewhere
        self.assertNotEqual(found[0].sudo()._get_second_level({found.company_id: self.manager}), elsewhere)

    def test_what_follows_an_old_one_stays_with_its_company_and_an_open_desk(self):
        other = self.env["res.company"].create({"name": "Other"})
        desks = self.env["expo.complaint.team"].create(
            [{"name": name, "company_id": other.id} for name in ("Old desk", "New desk")]
        )
        complaint = self.env["expo.complaint"].create({"subject": "Broken", "team_id": desks[0].id})
        desks[0].active = False
        self.assertEqual(complaint._create_following("Again").team_id, desks[1])
        complaint.team_id = False
        desks[1].active = False
        self.assertEqual(complaint._create_following("Again").company_id, other)


@tagged("post_install", "-at_install")
class TestComplaintHandoverOfGoods(MoneyCase):
    def test_goods_are_checked_before_a_complaint_is_handed_over(self):
        complaint = self._complain_of_order()
        values = {"user_id": self.manager.id, "partner_id": self._make_partner("Li Wei").id}
        with patch.object(type(complaint), "_remove_former_owners") as hand_over:
            with self.assertRaisesRegex(UserError, "delivered to another customer"), self.env.cr.savepoint():
                complaint.write(values)
            hand_over.assert_not_called()
        self.assertEqual(complaint.user_id, self.seller)
