"""Chats with a customer: which links, with which text, for whom, and how a message is logged."""

from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestMessengers(ExpoCase):
    def setUp(self):
        super().setUp()
        company = self._make_partner("Rossi Spa", is_company=True)
        self.maria = self._make_partner("Maria Rossi", parent_id=company.id)
        self.customer = self._make_participation(partner=self.maria, tier="intent").with_user(self.seller)
        self.file = self.customer.file_id
        self.person = self.file.person_ids.filtered(lambda person: person.partner_id == self.maria)

    def _add(self, kind, account, person=True):
        person = self.person.id if person is True else person
        return self.env["expo.customer.account"].create(
            {"file_id": self.file.id, "person_id": person, "kind": kind, "account": account}
        )

    def _followup(self, method="activity_message", **values):
        method = self.env.ref(f"expo_followup.{method}")
        return self.env["expo.followup"].with_user(self.seller).create(
            {"participation_id": self.customer.id, "activity_type_id": method.id, **values}
        )  # fmt: skip

    def _text(self, record):
        [chat] = record.get_messengers()["chats"]
        return parse_qs(urlsplit(chat["link"]).query)["text"][0]

    # -- which chats

    def test_chats_of_a_person_come_before_those_of_the_company(self):
        self._add("wechat", "rossi-spa", person=False)
        self._add("whatsapp", "+39 333 123 4567")
        other = self.env["expo.customer.person"].create({"file_id": self.file.id, "name": "Carlo Bianchi"})
        self._add("telegram", "carlo_bianchi", person=other.id)
        complaint = self.env["expo.complaint"].create({"subject": "Cracks", "partner_id": self.maria.id})
        for record in (self.customer, self._followup(), complaint):
            with self.subTest(record=record._name):
                chats = record.with_user(self.seller).get_messengers()["chats"]
                self.assertEqual([chat["account"] for chat in chats], ["+393331234567", "rossi-spa"])
                self.assertTrue(chats[0]["link"].startswith("https://wa.me/393331234567?text="))
                self.assertEqual((chats[1]["link"], chats[1]["app"]), ("", "weixin://"))
        of_file = self.file.with_user(self.seller).get_messengers()["chats"]
        self.assertEqual(len(of_file), 3)

    def test_number_as_written_at_home_gets_its_country(self):
        account = self._add("whatsapp", "333 123 4567")
        self.assertFalse(account.problem)
        [chat] = self.customer.get_messengers()["chats"]
        self.assertEqual(chat["account"], "+393331234567")

    def test_wrong_account_is_said_in_words_and_has_no_link(self):
        account = self._add("whatsapp", "javascript:alert(1)")
        self.assertIn("phone number", account.problem)
        [chat] = self.customer.get_messengers()["chats"]
        self.assertEqual((chat["link"], chat["app"]), ("", ""))
        self.assertEqual(chat["problem"], account.problem)

    def test_number_and_address_can_be_copied(self):
        self.maria.write({"phone": "+39 02 1234567", "email": "maria@rossi.example"})
        copies = [row["value"] for row in self.customer.get_messengers()["copies"]]
        self.assertEqual(copies, ["+39 02 1234567", "maria@rossi.example"])

    def test_accounts_are_for_those_who_serve_the_customer(self):
        self._add("wechat", "maria88")
        colleague = self.colleague
        complaint = self.env["expo.complaint"].create({"subject": "Cracks", "partner_id": self.maria.id})
        complaint.user_id = colleague
        self.assertEqual(complaint.with_user(colleague).get_messengers()["chats"], [])
        for record in (self.customer, self.file, self._followup()):
            with self.assertRaises(AccessError):
                record.with_user(colleague).get_messengers()

    # -- the text

    def test_text_is_that_of_the_step_else_of_the_tier_else_the_standard_one(self):
        self._add("whatsapp", "+39 333 123 4567")
        message, call = self._followup(), self._followup("activity_phone_revisit")
        self.assertIn("Is there anything", self._text(message))
        self.assertIn("When may I call you?", self._text(call))
        self.assertIn(self.customer.exhibition_id.name, self._text(message))
        self.customer.tier_id.sudo().message_text = "Good day {customer}, {salesperson} here <b>&"
        self.assertEqual(self._text(message), f"Good day Maria Rossi, {self.seller.name} here <b>&")
        step = self.steps["first_call"]
        step.expo_message_text = "The drawings of {exhibition}"
        message.sudo().step_id = step
        self.assertEqual(self._text(message), f"The drawings of {self.customer.exhibition_id.name}")

    def test_text_is_in_the_language_of_the_customer(self):
        self._add("whatsapp", "+39 333 123 4567")
        self.env["res.lang"]._activate_lang("zh_CN")
        tier = self.customer.tier_id.sudo()
        tier.message_text = "Good day"
        tier.with_context(lang="zh_CN").message_text = "您好"
        self.assertEqual(self._text(self.customer), "Good day")
        self.maria.lang = "zh_CN"
        self.assertEqual(self._text(self.customer), "您好")

    # -- the method

    def test_message_is_logged_with_its_method(self):
        message = self.env.ref("expo_followup.activity_message")
        call = self._followup("activity_phone_revisit")
        for record in (call, self.customer, self.file.with_user(self.seller)):
            with self.subTest(record=record._name):
                action = record.action_log_message()
                # The web client opens what a widget asked for only with its views.
                self.assertEqual(action["views"], [(False, "form")])
                wizard = self.env[action["res_model"]].with_user(self.seller).browse(action["res_id"])
                self.assertEqual(wizard.activity_type_id, message)
        wizard.write({"content": "Sent the price list", "effect": "positive"})
        wizard.action_save()
        self.assertEqual(wizard.followup_id.activity_type_id, message)
        self.assertEqual(wizard.followup_id.state, "done")

    def test_message_about_a_complaint_is_logged_as_a_note(self):
        complaint = self.env["expo.complaint"].create(
            {"subject": "Cracks", "partner_id": self.maria.id, "channel": "messenger"}
        )
        complaint.user_id = self.seller
        action = complaint.with_user(self.seller).action_log_message()
        composer = self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"])
        composer.create({"body": "Wrote by WeChat"}).action_send_mail()
        note = complaint.message_ids.sorted("id")[-1:]
        self.assertIn("Wrote by WeChat", note.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(note.partner_ids)

    def test_message_without_an_account_says_what_is_missing(self):
        message = self._followup()
        self.assertEqual(message.missing_contact, "account")
        self.assertEqual(message.action_edit_contact()["res_model"], "expo.customer.file")
        self._add("wechat", "maria88")
        message.invalidate_recordset()
        self.assertFalse(message.missing_contact)
