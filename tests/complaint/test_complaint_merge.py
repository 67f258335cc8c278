"""Two complaints about one thing: seen, merged, and nothing of either lost."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.common_intake import IntakeCase
from tests.mail.corpus import photo


@tagged("post_install", "-at_install")
class TestComplaintMerge(IntakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.member_ids = cls.seller
        cls.product = cls.env["product.product"].create({"name": "Bowl"})

    def _line(self, complaint, quantity=10):
        values = {"product_id": self.product.id, "delivered_quantity": 100, "claimed_quantity": quantity}
        return self.env["expo.complaint.line"].create({"complaint_id": complaint.id, **values})

    def test_the_same_product_of_the_same_customer_is_told(self):
        first, second = self._complain(self.customer), self._complain(self.customer, subject="Other words")
        self.assertFalse(second.duplicate_ids)
        self._line(first)
        self._line(second)
        second.invalidate_recordset()
        self.assertEqual(second.duplicate_ids, first)
        first.sudo().received_at = "2020-01-01 00:00:00"
        second.invalidate_recordset()
        self.assertFalse(second.duplicate_ids)

    def test_same_photo_is_found_from_any_sender(self):
        first = self._receive_one(photo()).complaint_id
        again = photo().replace(b"<photo-20000@x>", b"<other@x>").replace(b"maria.rossi@", b"luca@")
        second = self._receive_one(again.replace(b"Broken bowls", b"Look at this")).complaint_id
        self.assertEqual(second.with_user(self.seller).duplicate_ids, first)
        self.assertFalse(second.with_user(self.colleague).duplicate_ids - first)

    def test_scheduled_letter_of_a_merged_complaint_moves_to_the_target(self):
        first, second = self._complain(self.customer), self._complain(self.customer, subject="Other words")
        letter = self.env["mail.scheduled.message"].create(
            {
                "model": second._name, "res_id": second.id, "body": "Soon", "author_id": self.seller.partner_id.id,
                "scheduled_date": "2036-01-01 08:00:00", "partner_ids": self.customer.ids,
            }
        )  # fmt: skip
        second._merge_into(first)
        self.assertEqual(letter.res_id, first.id)

    def test_merging_keeps_all_and_later_replies_arrive_at_the_target(self):
        first = self._receive_one(photo()).complaint_id
        second = self._receive_one(subject="Re: broken BOWLS", sender="luca@customer.example").complaint_id
        self.assertEqual(second.with_user(self.seller).duplicate_ids, first)
        line = self._line(second)
        asked = second.message_post(body="Where are they?", subtype_xmlid="mail.mt_comment")
        messages, evidence = first.message_ids | second.message_ids, first.evidence_ids
        received = (first | second).event_ids.filtered(lambda event: event.kind == "received")
        first.acknowledged_on = False
        second._log_event("acknowledged")
        dialog = self.env["expo.complaint.merge"].with_user(self.seller).browse(
            second.with_user(self.seller).action_merge()["res_id"]
        )  # fmt: skip
        self.assertEqual(dialog.target_id, first)
        dialog.action_confirm()
        self.assertEqual((second.state, second.merged_into_id), ("cancelled", first))
        self.assertEqual(line.complaint_id, first)
        self.assertLessEqual(messages, first.message_ids)
        self.assertEqual(first.evidence_ids, evidence)
        self.assertLessEqual(received, first.event_ids)
        self.assertTrue(first.acknowledged_on)
        self.assertEqual(len(first.mail_ids), 2)
        for values in ({"References": asked.message_id}, {"subject": f"Re: {second.name}"}):
            with self.subTest(values):
                mail = self._receive_one(sender="luca@customer.example", **values)
                self.assertEqual((mail.state, mail.complaint_id), ("message", first))

    def test_what_both_cost_us_is_what_the_one_cost_us(self):
        first, second = (self._complain(self.customer, internal_cost=cost) for cost in (30, 12))
        second._merge_into(first)
        self.assertEqual((first.internal_cost, first.cost), (42, 42))

    def test_a_chain_of_merges_leads_to_its_end(self):
        one, two, three = (self._complain(self.customer) for _number in range(3))
        one._merge_into(two)
        two._merge_into(three)
        self.assertEqual(one.merged_into_id, three)
        self.assertEqual(self._receive_one(subject=f"Re: {one.name}").complaint_id, three)

    def test_what_cannot_be_one_stays_two(self):
        first, other = self._complain(self.customer), self._complain(self._make_partner("Jean Petit"))
        for source, target in ((first, first), (first, other)):
            with self.assertRaises(UserError):
                source._merge_into(target)
        merged = self._complain(self.customer)
        merged._merge_into(first)
        with self.assertRaises(UserError):
            first._merge_into(merged)
        offered = self._complain(self.customer)
        offered._log_event("offered")
        with self.assertRaisesRegex(UserError, "remedy was offered"):
            offered._merge_into(first)

    def test_merge_of_complaints_without_write_access_is_refused(self):
        mine, theirs = self._complain(self.customer), self._complain(self.customer)
        (mine | theirs).sudo().write({"user_id": self.seller.id})
        self.env["expo.complaint"].sudo().search([]).write({"participation_id": False})
        with self.assertRaises(AccessError):
            self.env["expo.complaint.merge"].with_user(self.colleague).create(
                {"complaint_id": mine.id, "target_id": theirs.id}
            )  # fmt: skip
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague)._merge_into(theirs.with_user(self.colleague))
