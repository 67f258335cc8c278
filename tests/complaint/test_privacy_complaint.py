"""Erasing a person who complained: all personal data go, and what the books refer to stays without the person."""

import base64

from odoo.tests import new_test_user, tagged

from tests.complaint.common_complaint_money import MoneyCase

REPORT = "expo_followup.report_privacy"
RAW = b"From: Maria Rossi <maria.rossi@customer.example>\r\nSubject: Cracked\r\n\r\nI, Maria, am angry."


@tagged("post_install", "-at_install")
class TestPrivacyComplaint(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_partner("Rossi Srl", is_company=True, email="office@rossi.example")
        cls.maria.parent_id = cls.company
        # The books know the company alone.
        cls.invoice.button_draft()
        cls.invoice.partner_id = cls.company
        cls.invoice.action_post()
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper")

    def _erase(self, partner=None):
        wizard = self.env["expo.privacy.erase"].with_user(self.manager)
        wizard = wizard.create({"partner_id": (partner or self.maria).id, "reason": "Asked for it"})
        contents = wizard.contents
        wizard.action_erase()
        return contents

    def _pay(self):
        """The invoices are paid, so that nothing stands against erasing."""
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({}).action_create_payments()

    def _settled(self):
        """Maria's complaint, accepted and carried out by a posted credit note, rated and closed."""
        complaint = self._complain_of_order(user=self.manager)
        remedy = self._promised(complaint, 100.0, text="A credit for Maria Rossi")
        self.env["expo.complaint.demand"].create(
            {"complaint_id": complaint.id, "kind": "other", "text": "Maria Rossi wants her money"}
        )
        complaint = complaint.sudo()
        complaint.facts = "Maria Rossi found ten cracked"
        complaint._add_evidence("photo", [("cracks.txt", b"Cracks of Maria")], "email")
        complaint.waive_evidence("photo", "Seen")
        self._agreed(complaint)
        remedy.action_make_document()
        remedy.move_id.sudo().action_post()
        complaint.receipt_by = "Maria Rossi (Purchasing)"
        complaint.email_cc = "maria.rossi@customer.example, office@rossi.example"
        self.env["expo.incoming.mail"].create(
            {
                "subject": "Cracked", "sender": "maria.rossi@customer.example", "sender_name": "Maria Rossi",
                "received_at": "2026-04-20 08:00:00", "state": "message", "raw": base64.b64encode(RAW),
                "company_id": self.env.company.id, "complaint_id": complaint.id,
            }
        )  # fmt: skip
        complaint.message_post(body="Maria is angry", author_id=self.maria.id)
        for name in ("facts", "acceptance", "documents", "feedback", "departments"):
            self.env.company[f"expo_complaint_gate_{name}"] = False
        complaint.action_acknowledge_by_phone()
        complaint._move_to("feedback")
        complaint._record_rating(5, "Maria says: thank you", self.maria)
        return complaint, remedy.sudo()

    def _everything_said(self, complaint):
        """All that any table says of a complaint, as one text."""
        rows = [complaint, *(complaint[name] for name in ("event_ids", "demand_ids", "remedy_ids", "review_ids"))]
        rows += [complaint.message_ids, complaint.rating_ids, complaint.message_ids.tracking_value_ids]
        return " ".join(str(row.read(load="")) for records in rows for row in records)

    def test_a_complaint_that_credit_notes_refer_to_stays_without_the_person(self):
        complaint, remedy = self._settled()
        lines, events = complaint.line_ids, complaint.event_ids
        evidence, mails = complaint.evidence_ids, complaint.mail_ids
        files = evidence.attachment_id
        self.assertIn("Maria", self._everything_said(complaint))
        self.env["expo.problem.notice"].create({"order_id": self.order.id, "text": "Told Maria of it"})
        self._pay()
        contents = self._erase()
        self.assertIn(f"credit notes or orders resulted from them: {complaint.name}", contents)
        self.assertTrue(complaint.exists())
        self.assertEqual((complaint.partner_id, complaint.commercial_partner_id), (self.company, self.company))
        self.assertFalse(evidence.exists() or mails.exists() or files.exists())
        self.assertFalse(self.env["expo.problem.notice"].search([("order_id", "=", self.order.id)]))
        self.env.invalidate_all()
        said = self._everything_said(complaint)
        for words in ("Maria", "maria.rossi", "Ten of the mugs"):
            where = said.find(words)
            self.assertEqual(where, -1, said[max(0, where - 200) : where + 100])
        self.assertEqual(complaint.line_ids, lines)
        self.assertEqual(complaint.event_ids, events, "what happened and when stays")
        self.assertEqual((remedy.state, remedy.amount, remedy.move_id.state), ("done", 100.0, "posted"))
        self.assertEqual(complaint.rating_ids.rating, 5)
        self.assertEqual(complaint.accepted_by, "Erased contact")
        self.assertTrue(complaint.accepted_on)

    def test_document_includes_mails_requests_and_problems(self):
        self._settled()
        self.env["expo.problem.notice"].create({"order_id": self.order.id, "text": "The kiln of Maria's mugs broke"})
        report = self.env["ir.actions.report"].with_user(self.keeper)
        document = report._render_qweb_html(REPORT, self.maria.ids)[0].decode()
        for words in ("I, Maria, am angry", "wants her money", "The kiln of Maria", "Maria says: thank you"):
            with self.subTest(words=words):
                self.assertIn(words, document)

    def test_messages_on_a_colleagues_complaint_are_erased_and_the_rest_stays(self):
        luca = self._make_partner("Luca Bianchi", parent_id=self.company.id)
        helper = self._make_partner("Maria Rossini", parent_id=self.company.id, email="rossini@rossi.example")
        complaint = self._complain(partner=luca).sudo()
        complaint.write({"accepted_by": "Maria Rossi", "receipt_by": "Maria Rossini"})
        # An address of which hers is a part is another person's.
        complaint.email_cc = "maria.rossi@customer.example, rossini@rossi.example, o'maria.rossi@customer.example"
        complaint._log_event("called", note="Maria Rossi says that all is well")
        complaint._log_event("called", note=f"{helper.name} says so, too")
        mail = self.env["expo.incoming.mail"].create(
            {
                "subject": "Cracked", "sender": "maria.rossi@customer.example", "received_at": "2026-04-20 08:00:00",
                "state": "message", "raw": base64.b64encode(RAW), "company_id": self.env.company.id,
                "complaint_id": complaint.id,
            }
        )  # fmt: skip
        self.order.partner_id = self.company
        self._pay()
        self._erase()
        self.assertTrue(complaint.exists())
        self.assertFalse(mail.exists())
        self.assertEqual((complaint.accepted_by, complaint.receipt_by), ("Erased contact", "Maria Rossini"))
        self.assertEqual(complaint.email_cc, "rossini@rossi.example, o'maria.rossi@customer.example")
        self.assertEqual(complaint.story, "Ten of the mugs are cracked.")
        notes = complaint.event_ids.filtered(lambda event: event.kind == "called").mapped("note")
        self.assertEqual(notes, [False, "Maria Rossini says so, too"])

    def test_complaint_letter_still_to_leave_goes_and_a_colleague_gets_their_copy(self):
        complaint, _remedy = self._settled()
        luca = self._make_partner("Luca Bianchi", parent_id=self.company.id)
        values = {"model": complaint._name, "res_id": complaint.id, "subject": "Your complaint", "body_html": "Sorry"}
        mails = self.env["mail.mail"].create(
            [{**values, "recipient_ids": partners.ids} for partners in (self.maria, self.maria + luca)]
        )
        scheduled = self.env["mail.scheduled.message"].create(
            {
                "model": complaint._name, "res_id": complaint.id, "author_id": self.manager.partner_id.id,
                "body": "Soon", "scheduled_date": "2036-01-01 08:00:00", "partner_ids": self.maria.ids,
            }
        )  # fmt: skip
        self._pay()
        self._erase()
        self.assertEqual(mails.exists(), mails[1])
        self.assertEqual((mails[1].recipient_ids, mails[1].model, mails[1].subject), (luca, False, "Your complaint"))
        self.assertFalse(scheduled.exists())

    def test_letters_about_complaints_of_another_company_are_not_told(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        team = self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id})
        theirs = self.env["expo.complaint"].create(
            {"subject": "Late", "partner_id": self.maria.id, "team_id": team.id, "company_id": other.id}
        )
        self.assertEqual(theirs.company_id, other)
        self.env["mail.mail"].create(
            {"model": "expo.complaint", "res_id": theirs.id, "subject": "A letter of theirs", "body_html": "x"}
        )
        report = self.env["ir.actions.report"].with_user(self.keeper)
        document = report._render_qweb_html(REPORT, self.maria.ids)[0].decode()
        self.assertNotIn("A letter of theirs", document)
