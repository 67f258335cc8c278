"""The complaints of the demo: each state is there, and what happened is in the log, in its order."""

from odoo.addons.expo_followup.tools.complaint_flow import STATES
from odoo.tests import TransactionCase


class TestDemoComplaint(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaints = cls.env["expo.complaint"].search([])

    def test_there_is_one_in_every_state(self):
        self.assertEqual(set(self.complaints.mapped("state")), set(STATES))

    def test_goods_and_service_english_and_chinese(self):
        self.assertEqual(set(self.complaints.mapped("source")), {"goods", "service"})
        self.assertIn("base.cn", self.complaints.country_id.get_external_id().values())

    def test_what_happened_follows_what_was_received(self):
        for complaint in self.complaints:
            with self.subTest(complaint=complaint.display_name):
                moments = complaint.event_ids.filtered(lambda event: event.kind != "breach").sorted("id").mapped("at")
                self.assertEqual(moments, sorted(moments))
                self.assertEqual(moments[0], complaint.received_at)

    def test_complaint_of_goods_has_photos_or_a_request(self):
        waiting = self.complaints.filtered("is_waiting")
        self.assertTrue(waiting.evidence_ids.filtered(lambda row: row.state == "requested" and row.due_on))
        self.assertTrue(all(row._is_intact() for row in self.complaints.evidence_ids.filtered("attachment_id")))

    def test_each_kind_of_mail_has_come(self):
        mails = self.env["expo.incoming.mail"].search([], order="id")
        self.assertEqual(mails.mapped("state"), ["message", "quarantined", "robot", "duplicate", "quarantined"])
        self.assertEqual((mails[1] | mails[4]).mapped("reason_kind"), ["stranger", "nowhere"])
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "expo.complaint"), ("state", "=", "outgoing")]))
