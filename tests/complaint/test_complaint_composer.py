"""The composer reads letters about complaints along: it warns and never forbids."""

from odoo.addons.expo_followup.tools.tone import text_of
from odoo.tests import Form, tagged

from tests.complaint.test_complaint_letter import LetterCase

GOOD = "<p>Thank you, we are sorry for the trouble. Please send us photos; we will answer by 3 May.</p>"


@tagged("post_install", "-at_install")
class TestComplaintComposer(LetterCase):
    def _open(self, complaint, kind="acknowledge"):
        action = complaint.action_write_letter(kind)
        return Form(self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"]))

    def _remarks(self, body, complaint=None, kind="acknowledge"):
        form = self._open(complaint or self._complain(severity="normal"), kind)
        self.assertFalse(form.expo_remarks, "our own letter is as it should be")
        form.body = body
        return text_of(form.expo_remarks or "").splitlines()

    def test_a_cold_reply_is_noticed_as_it_is_written(self):
        remarks = self._remarks("<p>I got your mail. Please pay the invoice.</p>")
        self.assertEqual(len(remarks), 5)
        self.assertIn("I got your mail.", remarks[0])
        self.assertTrue(remarks[1].endswith(": I"))
        self.assertIn("Please pay", remarks[2])
        self.assertIn("photos", remarks[3])
        self.assertIn("date", remarks[4])

    def test_a_warm_one_is_left_alone(self):
        self.assertFalse(self._remarks(GOOD))

    def test_photos_that_have_come_are_not_asked_for(self):
        complaint = self._complain(severity="normal")
        body = GOOD.replace("Please send us photos; we", "We")
        self.assertTrue(self._remarks(body, complaint))
        complaint.waive_evidence("photo", "We saw them")
        self.assertFalse(self._remarks(body, complaint))

    def test_what_the_customer_wrote_below_is_not_ours(self):
        self.assertFalse(self._remarks(f"{GOOD}<blockquote><p>I want my money!</p></blockquote>"))

    def test_a_chinese_reply_is_read_as_well(self):
        self.assertEqual(len(self._remarks("<p>我收到了您的来信，请尽快付款。</p>")), 5)
        self.assertFalse(self._remarks("<p>感谢您的来信，我们深表歉意。请在5月3日前发照片，我们会在5月5日前答复。</p>"))

    def test_it_is_sent_all_the_same(self):
        complaint = self._complain(severity="normal")
        form = self._open(complaint)
        form.body = "<p>I got your mail.</p>"
        form.save().action_send_mail()
        self.assertTrue(complaint.acknowledged_on)

    def test_mail_to_another_recipient_shows_a_note(self):
        form = self._open(self._complain())
        form.partner_ids.clear()
        form.partner_ids.add(self.colleague.partner_id)
        self.assertIn("does not go to the customer", form.expo_remarks)

    def test_other_mail_is_not_checked(self):
        partner = self._make_partner("Maria Rossi")
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.seller)
            .with_context(default_model="res.partner", default_res_ids=partner.ids, default_composition_mode="comment")
        )
        composer.body = "<p>I got your mail.</p>"
        self.assertFalse(composer.expo_remarks)

    def test_remarks_tell_nothing_of_a_complaint_that_one_does_not_see(self):
        secret = self._complain(user=self.manager, user_id=self.manager.id, severity="normal")
        composer = self.env["mail.compose.message"].with_user(self.seller).new(
            {"model": "expo.complaint", "res_ids": str(secret.ids), "composition_mode": "comment", "body": "I am here"}
        )  # fmt: skip
        self.assertFalse(composer.expo_remarks)
