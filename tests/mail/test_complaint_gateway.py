"""Ways round the register, and what core and the register do at once: each mail is one row, wherever it was sent."""

import base64
import hashlib
import io

from PIL import Image

from odoo.tests import tagged

from tests.common_intake import DESK, IntakeCase, write
from tests.mail.corpus import parts


@tagged("post_install", "-at_install")
class TestComplaintGateway(IntakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team"].create({"name": "Sales", "alias_name": "offers", "alias_domain_id": cls.domain.id})

    def _sent(self, complaint):
        return complaint.message_post(body="Could you send photos?", subtype_xmlid="mail.mt_comment").message_id

    def test_a_stranger_who_copies_sales_is_held_all_the_same(self):
        complaint = self._receive_one().complaint_id
        before = complaint.message_ids | self.env["mail.message"].browse()
        mail = self._receive_one(
            sender="spy@rival.example",
            to="all@desk.example",
            Cc="offers@desk.example",
            In_Reply_To=self._sent(complaint),
        )
        self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "stranger"))
        self.assertEqual(len(complaint.message_ids), len(before) + 1)

    def test_a_reply_that_sales_gets_in_copy_is_a_message(self):
        complaint = self._receive_one().complaint_id
        complaint._set_waiting(True)
        mail = self._receive_one(to="all@desk.example", Cc="offers@desk.example", In_Reply_To=self._sent(complaint))
        self.assertEqual((mail.state, mail.complaint_id), ("message", complaint))
        self.assertFalse(complaint.is_waiting)

    def test_a_mail_to_both_that_is_fetched_twice_is_one_complaint_and_one_lead(self):
        raw = write(to=f"offers@desk.example, {DESK}", subject="Bowls and prices", Message_ID="<both@x>")
        self._receive(raw)
        again = self._receive(raw)
        self.assertEqual(again.state, "duplicate")
        self.assertEqual(self.env["crm.lead"].search_count([("name", "=", "Bowls and prices")]), 1)

    def test_a_reply_to_a_mail_to_both_finds_the_complaint(self):
        first = self._receive_one(write(to=f"offers@desk.example, {DESK}", Message_ID="<both@x>"))
        mail = self._receive_one(In_Reply_To="<both@x>", subject="Re: something else", to="all@desk.example")
        self.assertEqual((mail.state, mail.complaint_id), ("message", first.complaint_id))

    def test_trouble_at_sales_does_not_hold_the_complaint(self):
        logger = "odoo.addons.expo_followup.models.core.mail_thread"
        with self._failing(model="crm.lead"), self.assertLogs(logger, "WARNING"):
            mail = self._receive_one(to=f"offers@desk.example, {DESK}")
        self.assertEqual(mail.state, "ticket")

    def test_system_fields_cannot_be_written_by_the_gateway(self):
        closed = self.stages["closed"].id
        forged = {
            "accepted_on": "2026-01-01 10:00:00", "stage_id": closed, "from_mail": False, "name": "C1",
            "story": "Theirs", "received_at": "2020-01-01 10:00:00", "severity": "low", "active": False,
        }  # fmt: skip
        before = self.mails.search([])
        self.env["mail.thread"].with_user(self.seller).message_process(
            "expo.complaint", write(Message_ID="<forged@x>", to="x@elsewhere.example"), custom_values=forged
        )
        complaint = (self.mails.search([]) - before).complaint_id
        self.assertEqual((complaint.state, complaint.accepted_on, complaint.from_mail), ("new", False, True))
        self.assertEqual((complaint.severity, complaint.active), ("low", True))
        self.assertIn("broken", complaint.story)
        self.assertNotEqual(complaint.name, "C1")

    def test_alias_values_that_cannot_be_stored_are_left_out(self):
        self.team.alias_id.alias_defaults = "{'severity': 'low', 'subject': b'x', 'facts': {1, 2}}"
        self.assertEqual(self._receive_one().complaint_id.severity, "low")

    def test_a_report_to_the_bounce_address_is_a_machines(self):
        complaint = self._receive_one().complaint_id
        mail = self._receive_one(
            sender="system@elsewhere.example",
            to="bounces@desk.example",
            subject="Sorry",
            In_Reply_To=self._sent(complaint),
        )
        self.assertEqual((mail.state, mail.complaint_id), ("robot", complaint))

    def test_our_companys_own_mailbox_is_no_customer(self):
        self.env.company.email = "info@ours.example"
        mail = self._receive_one(sender="info@ours.example", subject="Fwd: broken")
        self.assertEqual((mail.state, mail.ack_state), ("ticket", False))
        self.assertFalse(mail.complaint_id.partner_id or mail.complaint_id.email_from)

    def test_mail_from_our_public_address_goes_to_quarantine(self):
        complaint = self._receive_one().complaint_id
        self.env.company.email = "info@ours.example"
        mail = self._receive_one(sender="info@ours.example", subject=f"Re: {complaint.name}", body="Pay to XX12")
        self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "stranger"))

    def test_a_contact_that_exists_in_two_companies_is_the_one_of_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        twice = {"name": "Li", "email": "li@buyer.example"}
        self.env["res.partner"].create({**twice, "company_id": other.id})
        ours = self.env["res.partner"].create({**twice, "company_id": self.env.company.id})
        self.assertEqual(self._receive_one(sender="li@buyer.example").complaint_id.partner_id, ours)

    def test_of_a_blacklisted_sender_and_of_a_portal_user_mails_are_complaints(self):
        self.env["mail.blacklist"]._add("li@buyer.example")
        self.assertEqual(self._receive_one(sender="li@buyer.example").state, "ticket")
        self.env["res.users"].create(
            {
                "name": "Portal", "login": "portal@buyer.example", "email": "portal@buyer.example",
                "group_ids": self.env.ref("base.group_portal").ids,
            }
        )  # fmt: skip
        mail = self._receive_one(sender="portal@buyer.example")
        self.assertEqual((mail.state, mail.complaint_id.partner_id.name), ("ticket", "Portal"))

    def test_a_large_photo_is_evidence_byte_for_byte(self):
        picture = io.BytesIO()
        Image.new("RGB", (3000, 2000), "red").save(picture, "JPEG")
        encoded = base64.encodebytes(picture.getvalue())
        mail = self._receive_one(
            parts(
                b"\r\nLook",
                b"Content-Type: image/jpeg; name=big.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded,
                Message_ID="<big@x>",
            )
        )
        evidence = mail.complaint_id.evidence_ids
        self.assertEqual(evidence.checksum, hashlib.sha256(picture.getvalue()).hexdigest())

    def test_a_mail_costs_as_much_when_many_came_before(self):
        self._receive_one()
        costs = []
        for _mail in range(19):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._receive_one(sender="li@buyer.example")
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[-1], costs[1])
        self.assertLess(costs[-1], 110)

    def test_a_clock_that_is_years_ahead_does_not_lead_the_conversation(self):
        mail = self._receive_one(Date="Fri, 31 Dec 2088 23:59:59 +0000")
        message = mail.complaint_id.message_ids.filtered(lambda one: one.message_type == "email")
        self.assertLessEqual(message.date, mail.received_at)
