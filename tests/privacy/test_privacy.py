"""What we hold of a person in one document, and erasing it with a trace that holds nothing of the person."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase
from tests.common_server import clone_database, evaluate, run_odoo

REPORT = "expo_followup.report_privacy"
PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


@tagged("post_install", "-at_install")
class TestExpoPrivacy(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper")
        cls.company = cls._make_partner("Rossi Srl", is_company=True)
        cls.maria = cls._make_partner("Maria Rossi", parent_id=cls.company.id)
        cls.entry = cls._make_participation(partner=cls.maria, contact_consent="granted", conversation="Likes red")
        cls.entry.set_tier("signed", "She signed")
        cls.entry.message_post(body="A secret of Maria", message_type="comment")
        cls.env["expo.followup"]._create_manual(cls.entry).record_outcome("Phoned Maria", "positive")
        cls.capture = cls.env["expo.capture"].create(
            {
                "exhibition_id": cls.show.id, "name": "Maria Rossi", "raw_text": "BEGIN:VCARD", "photo": PIXEL,
                "email": "maria.rossi@customer.example", "contact_consent": "granted", "state": "entered",
                "consent_wording": "May we write to you?", "partner_id": cls.maria.id, "participation_id": cls.entry.id,
            }
        )  # fmt: skip
        cls.file = cls.entry.file_id
        person = cls.file.person_ids
        cls.file.preference_ids = [(0, 0, {"text": "Green tea", "person_id": person.id})]
        cls.visit = cls.env["expo.visit"].create(
            {"participation_id": cls.entry.id, "aim": "Dinner with Maria", "start": "2026-05-14 08:00:00"}
        )
        cls.complaint = cls.env["expo.complaint"].create(
            {"subject": "Cracked", "story": "Maria says: ten are cracked", "partner_id": cls.maria.id}
        )
        cls.complaint.write({"severity": "low"})
        cls.complaint.action_acknowledge_by_phone()
        cls.complaint.message_post(body="Maria is angry", attachments=[("photo.txt", b"Cracks")])
        cls.evidence = cls.env["expo.complaint.evidence"].create(
            {"complaint_id": cls.complaint.id, "name": "cracks.txt"}
        )
        cls.evidence._store_file("cracks.txt", b"Cracks of Maria")
        cls.complaint._move_to("closed")
        cls.show.with_user(cls.manager).close_show()
        cls.other = cls._make_participation("Another One")

    def _html(self, user):
        report = self.env["ir.actions.report"].with_user(user)
        return report._render_qweb_html(REPORT, self.maria.ids)[0].decode()

    def _erase(self, user=None, reason="Asked for it", partner=None):
        wizard = self.env["expo.privacy.erase"].with_user(user or self.manager)
        wizard = wizard.create({"partner_id": (partner or self.maria).id, "reason": reason})
        return wizard.action_erase()

    def test_one_document_tells_all_that_is_held(self):
        document = self._html(self.keeper)
        for words in (
            "maria.rossi@customer.example", "Likes red", "She signed", "Phoned Maria", "BEGIN:VCARD", "Green tea",
            "May we write to you?", "A secret of Maria", "Dinner with Maria", "ten are cracked", "Maria is angry",
            "data:image/png", "Thank you for meeting us",
        ):  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(words, document)
        self.assertNotIn("Another One", document)

    def test_only_keepers_and_managers_ask_for_it_and_only_managers_erase(self):
        with self.assertRaises(AccessError):
            self._html(self.seller)
        for user in (self.seller, self.keeper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._erase(user)
        with self.assertRaisesRegex(UserError, "Reason is empty"):
            self._erase(reason=" ")

    def test_erased_means_that_no_table_of_ours_knows_the_person(self):
        found = self.env["expo.privacy"]._find_records(self.maria)
        messages = self.env["expo.privacy"]._find_messages(self.maria, found)
        attachments = self.env["expo.privacy"]._find_attachments(self.maria, found)
        self.assertTrue(attachments, "the photo")
        self._erase()
        for model, records in found.items():
            with self.subTest(model=model):
                self.assertFalse(records.exists())
        self.assertFalse(self.maria.exists() | self.env["res.partner"].search([("name", "=", "Maria Rossi")]))
        self.assertFalse(attachments.exists())
        self.assertFalse(messages.exists().filtered(lambda message: "Maria" in (message.body or "")))
        self.assertTrue(self.company.exists() and self.file.exists(), "the company's file stays")
        self.assertTrue(self.other.exists())

    def test_a_complaint_that_is_open_comes_first(self):
        self.complaint.action_reopen()
        with self.assertRaisesRegex(UserError, "Open complaints: 1"):
            self._erase()

    def test_unknown_complainant_is_erased_by_address(self):
        stranger = self.env["expo.complaint"].create({"subject": "Late", "email_from": "maria.rossi@customer.example"})
        alike = self.env["expo.complaint"].create({"subject": "Late", "email_from": "maria_rossi@customer.example"})
        for complaint in stranger | alike:
            complaint.cancel_reason = "No answer"
            complaint._move_to("cancelled")
        self._erase()
        self.assertEqual((stranger | alike).exists(), alike)

    def test_mails_to_the_complaint_team_are_erased_unless_the_mailbox_is_shared(self):
        self.other.partner_id.email = "maria.rossi@customer.example"
        other = self.env["expo.complaint"].create({"subject": "Late", "partner_id": self.other.partner_id.id})
        mails = self.env["expo.incoming.mail"].create(
            [
                {
                    "sender": "maria.rossi@customer.example", "raw": PIXEL, "received_at": "2026-04-20 08:00:00",
                    "company_id": self.env.company.id, "complaint_id": complaint.id,
                }
                for complaint in (self.complaint, self.complaint.browse(), other)
            ]
        )  # fmt: skip
        files = self.env["ir.attachment"].search(
            [("res_model", "=", mails._name), ("res_id", "in", mails[:2].ids), ("res_field", "=", "raw")]
        )
        self.assertEqual(len(files), 2)
        self._erase()
        self.assertEqual(mails.exists(), mails[2])
        self.assertFalse(files.exists())

    def test_trace_holds_no_name_and_warns_of_the_address(self):
        self._erase()
        trace = self.env["expo.erasure"].with_user(self.manager).search([])
        self.assertEqual((trace.user_id, trace.reason, trace.result), (self.manager, "Asked for it", "deleted"))
        values = str(trace.read())
        self.assertNotIn("aria", values)
        self.assertNotIn("customer.example", values)
        addresses = ["MARIA.rossi@customer.example", "new@customer.example"]
        self.assertEqual(self.env["expo.erasure"]._find_erased(addresses), set(addresses[:1]))
        for door in (lambda: trace.sudo().write({"reason": "Other"}), trace.sudo().unlink):
            with self.assertRaises(AccessError):
                door()

    def test_erased_person_is_qualified_again_with_consent_only(self):
        self._erase()
        captures = (
            self.env["expo.capture"]
            .with_user(self.seller)
            .create(
                [
                    {
                        "exhibition_id": self.show.id,
                        "name": "Maria Rossi",
                        "email": "Maria.Rossi@customer.example",
                        "contact_consent": consent,
                    }
                    for consent in ("unknown", "granted")
                ]
            )
        )
        captures.action_enter()
        self.assertEqual(captures.mapped("state"), ["new", "entered"])
        self.assertIn("erased", captures[0].problem)
        captures[0].action_enter()
        self.assertEqual(captures[0].partner_id, captures[1].partner_id, "the person agreed, and is known again")

    def test_a_list_of_people_who_agreed_enters_whom_we_erased(self):
        self._erase()
        data = base64.b64encode(b"Name,Email\nMaria Rossi,maria.rossi@customer.example\n")
        lists = self.env["expo.import"].with_user(self.seller)
        for consent, result in (("unknown", "rejected"), ("granted", "created")):
            one = lists.create({"exhibition_id": self.show.id, "file": data, "contact_consent": consent})
            one.action_read()
            one.action_check()
            self.assertEqual(one.line_ids.result, result)
        one.action_commit()
        self.assertEqual(one.line_ids.participation_id.contact_consent, "granted")

    def test_the_list_that_named_the_person_goes_and_the_other_rows_stay(self):
        listed = (
            self.env["expo.import"]
            .with_user(self.seller)
            .create(
                {
                    "exhibition_id": self.show.id,
                    "filename": "list.csv",
                    "file": base64.b64encode(
                        b"Name,Email\nMaria Rossi,maria.rossi@customer.example\nLuca Bianchi,luca@customer.example\n"
                    ),
                }
            )
        )
        listed.action_read()
        listed.action_check()
        listed.action_commit()
        self.assertEqual((listed.state, listed.line_count), ("done", 2))
        self._erase()
        self.assertFalse(listed.file)
        self.assertEqual(listed.line_ids.mapped("name"), ["Luca Bianchi"])

    def test_what_belongs_to_others_stays_be_the_address_alike_or_shared(self):
        alike = self._make_partner("Mario Rossi", email="maria_rossi@customer.example")
        self.maria.email = self.capture.email = "info@customer.example"
        shared = self._make_partner("Luca Bianchi", email="info@customer.example")
        entry = self._make_participation(partner=shared)
        captures = self.env["expo.capture"].create(
            [
                {"exhibition_id": self.show.id, "name": "Anna", "email": "mariaxrossi@customer.example"},
                {
                    "exhibition_id": self.show.id, "name": "Luca Bianchi", "email": "info@customer.example",
                    "state": "entered", "partner_id": shared.id, "participation_id": entry.id,
                },
            ]
        )  # fmt: skip
        self._erase(partner=alike)
        self._erase()
        self.assertFalse(self.capture.exists())
        self.assertEqual(captures.exists(), captures)

    def test_leads_forget_the_person_and_so_does_their_history(self):
        lead = self.env["crm.lead"].create(
            {"name": "Maria Rossi's opportunity", "partner_id": self.maria.id, "street": "Via Roma 1"}
        )
        self.env.cr.flush()
        lead.write({"email_from": "maria@private.example", "phone": "+39 02 1234567"})
        self.env.cr.flush()
        self.assertTrue(lead.message_ids.tracking_value_ids)
        self._erase()
        self.env.cr.flush()
        lead.invalidate_recordset()
        history = lead.message_ids.tracking_value_ids
        told = f"{lead.read()} {history.mapped('old_value_char')} {history.mapped('new_value_char')}"
        for words in ("Maria", "Via Roma", "private.example", "1234567"):
            with self.subTest(words=words):
                self.assertNotIn(words, told)

    def test_open_orders_come_first(self):
        order = self.env["sale.order"].create({"partner_id": self.maria.id})
        with self.assertRaisesRegex(UserError, "Open orders"):
            self._erase()
        order.action_cancel()
        order.unlink()
        self._erase()

    def test_whom_invoices_name_becomes_nameless_instead(self):
        self._load_accounts()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice", "partner_id": self.maria.id, "invoice_date": "2026-04-20",
                "invoice_line_ids": [(0, 0, {"name": "Drill", "price_unit": 0, "tax_ids": []})],
            }
        )  # fmt: skip
        invoice.action_post()
        self._erase()
        self.assertEqual((self.maria.name, self.maria.email, self.maria.active), ("Erased contact", False, False))
        self.assertEqual(invoice.partner_id, self.maria)
        self.assertEqual(self.env["expo.erasure"].search([], limit=1).result, "anonymised")

    def test_what_another_company_holds_is_neither_told_nor_erased_here(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        show = self._make_show(name="Theirs", code="T", company_id=other.id, user_id=False)
        entry = self._make_participation(partner=self.maria, show=show, user=False, conversation="Theirs alone")
        entry.message_post(body="A secret of theirs", message_type="comment")
        document = self._html(self.keeper)
        self.assertIn("A secret of Maria", document)
        for words in ("Theirs alone", "A secret of theirs"):
            self.assertNotIn(words, document)
        with self.assertRaisesRegex(UserError, "Other companies of ours"):
            self._erase()

    def test_own_company_cannot_be_erased(self):
        with self.assertRaisesRegex(UserError, "one of your own companies"):
            self._erase(partner=self.env.company.partner_id)

    def test_a_company_s_people_go_first(self):
        with self.assertRaisesRegex(UserError, "because people belong"):
            self._erase(partner=self.company)

    def test_a_file_may_be_kept_so_long_after_the_last_that_happened(self):
        self.assertFalse(self.file.retention_on)
        self.env.company.expo_retention_months = 24
        last = self.env.company._expo_local_date(max(self.entry.followup_ids.filtered("done_on").mapped("done_on")))
        self.assertEqual(self.file.retention_on, last.replace(year=last.year + 2))
        self.assertNotIn(self.file, self.env["expo.customer.file"].search([("retention_on", "<", "today")]))


@tagged("post_install", "-at_install")
class TestPrivacyLookup(ExpoCase):
    def test_core_s_lookup_finds_what_we_hold_captures_included(self):
        script = """
from odoo.tests import new_test_user
show = env["expo.exhibition"].create(
    {"name": "Fair", "date_begin": "2026-04-16", "date_end": "2026-04-20", "state": "running"})
partner = env["res.partner"].create({"name": "Maria Rossi", "email": "maria@customer.example"})
entry = env["expo.participation"].create({"exhibition_id": show.id, "partner_id": partner.id})
env["expo.capture"].create({"exhibition_id": show.id, "name": "Maria Rossi", "email": "maria@customer.example"})
lookup = env["privacy.lookup.wizard"].create({"name": "Maria Rossi", "email": "maria@customer.example"})
lookup.action_lookup()
result = sorted(set(lookup.line_ids.mapped("res_model")))
"""
        with clone_database() as database:
            run_odoo("-d", database, "-i", "privacy_lookup", "--stop-after-init", "--log-level=warn")
            found = evaluate(database, script)
        for model in ("expo.capture", "expo.customer.file", "expo.participation", "res.partner"):
            with self.subTest(model=model):
                self.assertIn(model, found)
