"""Merging two contacts who complained: their complaints are merged, nothing lost or doubled."""

import base64

from odoo.addons.expo_followup.models.mail.mail_intake import MailIntake
from odoo.tests import tagged

from tests.common_intake import write
from tests.complaint.common_complaint_money import MoneyCase

# What hangs on a complaint, or on the customer of one.
MODELS = (
    "expo.complaint", "expo.complaint.event", "expo.complaint.line", "expo.complaint.demand", "expo.complaint.remedy",
    "expo.complaint.review", "expo.complaint.clock", "expo.complaint.evidence", "expo.incoming.mail",
    "expo.problem.notice", "rating.rating",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestMergeComplaint(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("expo_followup.complaint_authority_salesman").write(
            {"amount": 200, "percent": 0, "customer_amount": 500}
        )
        cls.double = cls._make_partner("Maria Rosi", email="rosi@customer.example")
        cls.theirs = cls._sell(partner=cls.double)
        cls.theirs._create_invoices().action_post()

    def _merge(self, target, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([target.id, *(other.id for other in others)], dst_partner=target)

    def _history(self, order):
        """A complaint with all that may hang on one."""
        complaint = self._complain_of_order(order=order)
        self._promised(complaint, 200)
        self.env["expo.complaint.demand"].create({"complaint_id": complaint.id, "kind": "other", "text": "Money"})
        complaint = complaint.sudo()
        complaint._add_evidence("photo", [("cracks.txt", order.name.encode())])
        self.env["expo.complaint.review"].create({"complaint_id": complaint.id, "department": "production"})
        self.env["expo.incoming.mail"].create(
            {
                "subject": "Cracked", "sender": order.partner_id.email, "received_at": "2026-04-20 08:00:00",
                "state": "message", "raw": base64.b64encode(b"x"), "company_id": self.env.company.id,
                "complaint_id": complaint.id,
            }
        )  # fmt: skip
        self.env["expo.problem.notice"].create({"order_id": order.id, "text": "The kiln broke"})
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("expo.complaint"), "res_id": complaint.id,
                "partner_id": order.partner_id.id, "rating": 4, "consumed": True,
            }
        )  # fmt: skip
        return complaint

    def test_nothing_that_hangs_on_complaints_is_lost_or_doubled(self):
        mine, other = self._history(self.order), self._history(self.theirs)
        other.message_subscribe(self.double.ids)
        rows = {model: self.env[model].with_context(active_test=False).search([]) for model in MODELS}
        messages = (mine | other).message_ids
        numbers = (mine | other).mapped("name")
        self._merge(self.maria, self.double)
        for model, records in rows.items():
            with self.subTest(model=model):
                self.assertTrue(records)
                self.assertEqual(self.env[model].with_context(active_test=False).search([]), records)
        both = (mine | other).exists()
        self.assertEqual(both.mapped("name"), numbers)
        self.assertEqual(both.partner_id, self.maria)
        self.assertEqual(both.commercial_partner_id, self.maria)
        self.assertLessEqual(messages, both.message_ids)
        self.assertEqual(rows["expo.problem.notice"].partner_id, self.maria)
        self.assertEqual(rows["rating.rating"].partner_id, self.maria)
        self.assertIn(self.maria, other.message_partner_ids)
        self.assertEqual(other.email_from, "rosi@customer.example", "the mail came from there")
        self.assertTrue(all(proof._is_intact() for proof in rows["expo.complaint.evidence"]))

    def test_what_both_were_promised_counts_together(self):
        for order in (self.order, self.theirs):
            self.assertEqual(self._promised(self._complain_of_order(order=order), 200).state, "approved")
        self._merge(self.maria, self.double)
        third = self._sell()
        third._create_invoices().action_post()
        remedy = self._promised(self._complain_of_order(order=third), 150)
        self.assertEqual(remedy.state, "to_approve")
        self.assertIn("twelve months", remedy.beyond)

    def test_mail_from_the_former_address_belongs_to_the_customer(self):
        complaint = self._history(self.theirs)
        self._merge(self.maria, self.double)
        senders = ("rosi@customer.example", self.maria.email_normalized, "stranger@elsewhere.example")
        known = [MailIntake(self.env, write(sender)).is_known_to(complaint) for sender in senders]
        self.assertEqual(known, [True, True, False])
