"""Letters about complaints: in the customer's language, calm, with dates; each noted once, when it leaves."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.expo_followup.tools.complaint_letters import EVENTS, KINDS
from odoo.addons.expo_followup.tools.tone import check_reply, text_of
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common_complaint import ComplaintCase


class LetterCase(ComplaintCase):
    def _compose(self, complaint, kind, **values):
        """Open the composer by the button and return it, saved."""
        action = complaint.action_write_letter(kind)
        form = Form(self.env["mail.compose.message"].with_user(complaint.env.user).with_context(**action["context"]))
        composer = form.save()
        composer.write(values)
        return composer

    def _send(self, complaint, kind, **values):
        composer = self._compose(complaint, kind, **values)
        composer.action_send_mail()
        return complaint.message_ids[:1]

    def _promise(self, complaint, **values):
        """A remedy that the manager may give."""
        remedy = self.env["expo.complaint.remedy"].with_user(self.manager).create(
            {"complaint_id": complaint.id, "kind": "credit", "amount": 10, **values}
        )  # fmt: skip
        remedy.action_submit()
        return remedy

    def _kinds(self, complaint):
        return complaint.event_ids.sorted("id").mapped("kind")


@tagged("post_install", "-at_install")
class TestComplaintLetter(LetterCase):
    def test_every_letter_is_as_a_letter_should_be(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        partner = self._make_partner("Maria Rossi")
        for lang in ("en_US", "zh_CN"):
            partner.lang = lang
            for kind in KINDS:
                complaint = self._complain(partner=partner, severity="normal", facts="Ten mugs of 500 are cracked.")
                self._promise(complaint)
                complaint.write({"decision": "unjustified", "decision_reason": "They fell down the stairs."})
                composer = self._compose(complaint, kind)
                photos = complaint._get_letter_needs() if kind in ("acknowledge", "ask_photos") else set()
                remarks = check_reply(text_of(composer.body), frozenset({"calm", "singular", "money", "date"} | photos))
                self.assertFalse(remarks, f"{lang} {kind}: {text_of(composer.body)}")
                self.assertIn(complaint.name, composer.subject)
                self.assertIn("Maria Rossi", composer.body)

    def test_the_dates_are_working_days_in_full(self):
        with freeze_time("2026-05-13 10:00:00"):  # a Wednesday; the day after is no working day
            self.env["resource.calendar.leaves"].create(
                {"name": "Ascension", "date_from": "2026-05-13 22:00:00", "date_to": "2026-05-14 22:00:00"}
            )
            complaint = self._complain()
            self.assertIn("May 19, 2026", self._compose(complaint, "acknowledge").body)

    def test_an_acknowledgement_is_noted_with_the_facts(self):
        complaint = self._complain(facts="Ten mugs of 500 are cracked.\n\nThe packing is whole.")
        message = self._send(complaint, "acknowledge")
        self.assertEqual(self._kinds(complaint), ["received", "restated", "acknowledged", "photos_asked"])
        self.assertTrue(complaint.acknowledged_on and complaint.restated_on)
        self.assertEqual(message.partner_ids, complaint.partner_id)
        self.assertFalse(complaint.is_waiting)
        self.assertNotIn("Ten mugs", self._compose(complaint, "ask_photos").body)

    def test_facts_that_were_struck_out_are_not_restated(self):
        complaint = self._complain(facts="Ten mugs of 500 are cracked.")
        self._send(complaint, "acknowledge", body="<p>Thank you, we will answer tomorrow.</p>")
        self.assertEqual(self._kinds(complaint)[:2], ["received", "acknowledged"])

    def test_after_a_question_we_wait_for_the_customer(self):
        for kind in ("ask_photos", "offer", "feedback"):
            complaint = self._complain()
            complaint.action_acknowledge_by_phone()
            self._promise(complaint)
            self._send(complaint, kind)
            self.assertEqual(self._kinds(complaint)[-2:], [EVENTS[kind], "waiting"])
            self.assertTrue(complaint.is_waiting)

    def test_asks_for_feedback_are_counted(self):
        complaint = self._complain()
        complaint._send_letter("feedback")
        with freeze_time(fields.Datetime.now() + timedelta(days=7)):
            complaint._send_letter("feedback")
            self.assertEqual(complaint.feedback_asks, 2)
            self.assertEqual(complaint.feedback_asked_on, fields.Datetime.now())

    def test_a_double_click_sends_once(self):
        complaint = self._complain()
        composer = self._compose(complaint, "acknowledge")
        composer.action_send_mail()
        composer.action_send_mail()
        self.assertEqual(self._kinds(complaint).count("acknowledged"), 1)
        self.assertEqual(len(complaint.message_ids.filtered("partner_ids")), 1)

    def test_a_letter_that_does_not_go_to_the_customer_is_none(self):
        complaint = self._complain()
        self._send(complaint, "acknowledge", partner_ids=self.colleague.partner_id.ids)
        self.assertFalse(complaint.acknowledged_on)
        note = self.env.ref("mail.mt_note")
        self._send(complaint, "acknowledge", subtype_id=note.id)
        self.assertFalse(complaint.acknowledged_on)

    def test_it_goes_to_the_customer_and_to_none_of_ours(self):
        complaint = self._complain(user_id=self.seller.id)
        complaint.message_post(body="I talk to them.", subtype_xmlid="mail.mt_comment")
        complaint.sudo().message_unsubscribe(self.seller.partner_id.ids)
        letter = self._compose(complaint.with_user(self.manager), "acknowledge")
        self.assertEqual(letter.partner_ids, complaint.partner_id)

    def test_a_free_letter_counts_as_what_its_writer_says(self):
        complaint = self._complain()
        action = complaint.action_write_letter("acknowledge")
        form = Form(self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"]))
        form.template_id = self.env["mail.template"]
        form.subject, form.body = "Your mugs", "<p>Thank you, we will answer by tomorrow.</p>"
        form.partner_ids = complaint.partner_id
        form.save().action_send_mail()
        self.assertTrue(complaint.acknowledged_on)

    def test_a_letter_that_leaves_later_counts_when_it_leaves(self):
        with freeze_time("2026-05-13 10:00:00"):  # a Wednesday; the acknowledgement is due on Thursday at 10:00
            complaint = self._complain()
            composer = self._compose(complaint, "ask_photos", scheduled_date="2026-05-14 09:00:00")
            composer.action_schedule_message()
            self.assertEqual(self._kinds(complaint), ["received"])
        with freeze_time("2026-05-14 09:30:00"):
            self.env["mail.scheduled.message"]._post_messages_cron()
            self.assertEqual(self._kinds(complaint)[1:], ["photos_asked", "waiting"])

    def test_the_company_words_its_own_letter(self):
        ours = self.env.ref("expo_followup.mail_template_complaint_acknowledge")
        own = ours.with_user(self.manager).copy({"name": "Ours"})
        own.body_html = own.body_html.replace("Thank you for bringing this to our attention", "Thank you very much")
        ours.active = False
        complaint = self._complain()
        self.assertIn("Thank you very much", self._send(complaint, "acknowledge").body)
        self.assertTrue(complaint.acknowledged_on)

    def test_a_rejection_needs_its_reason_and_rejects(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "Not justified"):
            self._compose(complaint, "rejection")
        complaint.write({"decision": "unjustified", "decision_reason": "They fell down the stairs."})
        self.assertEqual(complaint.next_letter, "acknowledge")
        complaint.action_acknowledge_by_phone()
        self.assertEqual(complaint.next_letter, "rejection")
        message = self._send(complaint, "rejection")
        self.assertIn("They fell down the stairs.", message.body)
        self.assertEqual(complaint.state, "rejected")
        self.assertEqual(self._kinds(complaint).count("rejected"), 1)
        self.assertFalse(complaint.next_letter)

    def test_an_offer_says_what_is_approved_and_nothing_beyond_authority(self):
        complaint = self._complain(decision="partly", decision_reason="Half of them were packed by others.")
        with self.assertRaisesRegex(UserError, "No remedy has been approved"):
            self._compose(complaint, "offer")
        self._promise(complaint, amount=120, text="for the cracked mugs")
        mugs = self.env["product.product"].create({"name": "Mug", "default_code": "M1"})
        self._promise(complaint, kind="replacement", product_id=mugs.id, quantity=10, amount=0)
        composer = self._compose(complaint, "offer")
        text = text_of(composer.body)
        self.assertRegex(text, r"A credit of \$\s?120.00\W+for the cracked mugs")
        self.assertEqual(text.count("Mug"), 1, "each remedy is told once")
        self.assertIn("your complaint is partly justified.\nHalf of them", text)
        waiting = self._promise(complaint, amount=130, text="and for the trouble")
        waiting.sudo().approval = "to_approve"
        with self.assertRaisesRegex(UserError, "exceeds its author"):
            composer.action_send_mail()
        self.assertFalse(complaint.offered_on)

    def test_the_letter_that_is_due_follows_the_complaint(self):
        complaint = self._complain(severity="normal")
        self.assertEqual(complaint.next_letter, "acknowledge")
        self._send(complaint, "acknowledge")
        complaint.write({"facts": "Ten mugs.", "extent": "unit", "party": "production"})
        complaint.action_restate_by_phone()
        self.assertEqual(complaint.action_write_letter()["context"]["default_expo_letter_kind"], complaint.next_letter)

    def test_what_is_quoted_stands_out_in_the_mail_as_it_leaves(self):
        message = self._send(self._complain(facts="Ten mugs of 500 are cracked."), "acknowledge")
        self.assertRegex(message.body, "border-left-width: ?3px")

    def test_who_comes_back_is_not_acknowledged_twice_but_offered_anew(self):
        complaint = self._complain(severity="low")
        self._send(complaint, "acknowledge")
        self._promise(complaint)
        self._send(complaint, "offer")
        complaint.write({"cancel_reason": "Withdrawn", "stage_id": self.stages["cancelled"].id})
        complaint.action_reopen()
        self.assertFalse(complaint.next_letter)
        complaint._move_to("negotiating")
        self.assertEqual(complaint.next_letter, "offer")

    def test_one_without_a_letter_due_is_written_to_freely(self):
        complaint = self._closed()
        context = complaint.action_write_letter()["context"]
        self.assertFalse(context["default_template_id"])
        with self.assertRaisesRegex(UserError, "does not exist"):
            complaint.action_write_letter("ransom")


@tagged("post_install", "-at_install")
class TestComplaintLetterByItself(LetterCase):
    def test_it_leaves_in_the_customers_language_and_says_that_it_is_automatic(self):
        complaint = self._complain()
        message = complaint._send_letter("acknowledge")
        self.assertEqual(self._kinds(complaint)[:2], ["received", "acknowledged"])
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertEqual(len(mail), 1)
        self.assertIn("auto-replied", mail.headers)
        self.assertEqual(mail.recipient_ids, complaint.partner_id)
        self.assertIn(complaint.name, mail.body_html)

    def test_one_by_hand_does_not(self):
        message = self._complain()._send_letter("acknowledge", automatic=False)
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertNotIn("auto-replied", mail.headers or "")

    def test_stranger_gets_the_letter_at_the_sender_address_and_is_no_contact(self):
        before = self.env["res.partner"].search_count([])
        complaint = self.env["expo.complaint"].create({"subject": "Broken", "email_from": "Ann <ann@else.example>"})
        message = complaint._send_letter("acknowledge")
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertIn("ann@else.example", mail.email_to)
        self.assertTrue(complaint.acknowledged_on)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_without_an_address_nothing_leaves_and_nothing_is_noted(self):
        complaint = self._complain(partner=self._make_partner("Without Mail", email=False))
        self.assertFalse(complaint._send_letter("acknowledge"))
        self.assertFalse(complaint.acknowledged_on)

    def test_letter_cannot_be_logged_or_sent_over_rpc(self):
        complaint = self._complain()
        for name in ("_send_letter", "_note_letter", "_log_event"):
            with self.assertRaises(AccessError):
                self._call(complaint, name)

    def _call(self, records, name):
        from odoo.service.model import get_public_method

        return get_public_method(records, name)
