"""The minutes go to the customer, who confirms their receipt by the link in the mail; the two papers of a visit."""

import io
import re
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from tests.activities.test_visit import VisitCase

FORM = "expo_followup.report_visit_form"
MINUTES = "expo_followup.report_visit_minutes"


class ReviewedCase(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _review(self, **values):
        visit = self._approve(self._plan(**values))
        visit.action_hold()
        visit.internal_note = "They also talk to Bauer"
        self._write_minutes(visit)
        visit.with_user(self.manager).action_review()
        return visit

    def _send(self, visit):
        action = visit.action_send()
        composer = Form(self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"])).save()
        composer.action_send_mail()
        return visit


@tagged("post_install", "-at_install")
class TestVisitReceipt(ReviewedCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.partner_id.lang = "en_US"

    def _path(self, visit, token=None):
        parts = urlsplit(visit.receipt_url)
        return f"{parts.path}?{parts.query if token is None else f'token={token}'}"

    def _press(self, visit, *names):
        """Open the page and press its button, as a browser does, once for each name."""
        page = self.url_open(self._path(visit))
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        address, token = self.base_url() + self._path(visit), csrf[1] if csrf else ""
        return [self.opener.post(address, data={"csrf_token": token, "name": name}, timeout=30).text for name in names]

    def test_the_mail_to_the_customer_has_the_link_and_marks_the_minutes_as_sent(self):
        visit = self._send(self._review())
        message = visit.message_ids.filtered(lambda message: message.partner_ids)[:1]
        self.assertEqual(message.partner_ids, self.customer.partner_id)
        self.assertIn(visit.receipt_url.replace("&", "&amp;"), message.body)
        self.assertIn("Minutes - Rossi", message.attachment_ids.name)
        self.assertTrue(visit.sent_on)
        self.assertEqual(visit.state, "sent")

    def test_minutes_that_were_not_reviewed_are_not_sent(self):
        visit = self._approve(self._plan())
        visit.action_hold()
        with self.assertRaises(UserError):
            visit.action_send()

    def test_a_note_among_us_does_not_count_as_sent(self):
        visit = self._review()
        visit.with_context(expo_minutes_sent=True).message_post(
            body="Shall we?", partner_ids=self.manager.partner_id.ids
        )
        self.assertEqual(visit.state, "reviewed")

    def test_the_link_asks_and_changes_nothing(self):
        visit = self._send(self._review())
        for _time in range(2):
            page = self.url_open(self._path(visit))
            self.assertEqual(page.status_code, 200)
            self.assertIn("Have you received the minutes?", page.text)
            self.assertNotIn("Lids and prices", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(visit.state, "sent")

    def test_the_button_confirms_and_twice_is_harmless(self):
        visit = self._send(self._review())
        pages = self._press(visit, "Maria", "Another person")
        self.assertEqual(["Thank you for confirming" in page for page in pages], [True, True])
        self.assertEqual((visit.state, visit.confirmed_by, visit.confirmed_how), ("confirmed", "Maria", "link"))
        self.assertIn("Thank you for confirming", self.url_open(self._path(visit)).text)
        notes = visit.message_ids.filtered(lambda message: "Receipt of the minutes confirmed" in (message.body or ""))
        self.assertEqual((len(notes), notes.author_id), (1, self.customer.partner_id))

    @mute_logger("odoo.http")
    def test_the_button_works_from_our_page_only(self):
        visit = self._send(self._review())
        answer = self.opener.post(self.base_url() + self._path(visit), data={"name": "X"}, timeout=30)
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(visit.state, "sent")

    def test_one_of_us_does_not_confirm_for_the_customer(self):
        visit = self._send(self._review())
        self.authenticate("expo_seller", "expo_seller")
        self.assertIn("This page is for the customer", self.url_open(self._path(visit)).text)
        self._press(visit, "Maria")
        self.assertEqual(visit.state, "sent")

    def test_what_the_customer_said_on_the_phone_is_noted_as_such(self):
        visit = self._send(self._review())
        visit.action_note_receipt()
        self.assertEqual(
            (visit.state, visit.confirmed_by, visit.confirmed_how), ("confirmed", self.seller.name, "hand")
        )

    @mute_logger("odoo.http")
    def test_a_stranger_learns_nothing(self):
        visit, other, unsent = self._send(self._review()), self._send(self._review()), self._review()
        token = self._path(other).partition("token=")[2]
        answers = [
            self.url_open(path)
            for path in (
                self._path(visit, token=token),
                self._path(visit, token=""),
                self._path(visit, token="%E5%BC%A0"),
                f"/expo/minutes/{visit.id + 1000}?token={token}",
                self._path(unsent),
            )
        ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text for answer in answers}), 1)


@tagged("post_install", "-at_install")
class TestVisitPapers(ReviewedCase):
    def _html(self, report, visits, user=None, **context):
        reports = self.env["ir.actions.report"].with_user(user or self.seller).with_context(**context)
        content, _kind = reports._render_qweb_html(report, visits.ids)
        return " ".join(content.decode().split())

    def test_the_visit_form_shows_what_is_approved(self):
        form = self._html(FORM, self._approve(self._plan()))
        for words in (
            "Visit form", "Agree on the autumn order", "Show the new lids", "Maria Rossi", "Has decision power",
            "Via Roma 1", "Business cards", "expo_manager",
        ):  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(words, form)

    def test_the_minutes_are_for_the_customer_s_eyes(self):
        minutes = self._html(MINUTES, self._review())
        for words in ("Minutes of our meeting", "Lids and prices", "Two containers", "Maria Rossi"):
            self.assertIn(words, minutes)
        for secret in ("Bauer", "Has decision power", "Positive", "Show the new lids"):
            with self.subTest(secret=secret):
                self.assertNotIn(secret, minutes)

    def test_who_was_not_there_is_not_among_those_present(self):
        visit = self._approve(self._plan())
        visit.person_ids = [(0, 0, {"name": "Luigi Verdi", "was_present": False})]
        self.assertNotIn("Luigi Verdi", self._html(MINUTES, visit))

    def test_visit_of_a_colleague_cannot_be_printed(self):
        with self.assertRaises(AccessError):
            self._html(FORM, self._plan(), user=self.colleague)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_papers_are_pdf_with_chinese_letters(self):
        visit = self._review(aim="商定秋季订单", plan="新盖子")
        visit.sudo().write({"discussed": "价格与交货期", "agreed": "两个货柜"})
        for report, words in ((FORM, "商定秋季订单"), (MINUTES, "两个货柜")):
            with self.subTest(report=report), self.allow_pdf_render():
                reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
                content, kind = reports._render_qweb_pdf(report, visit.ids)
                self.assertEqual(kind, "pdf")
                self.assertIn(words, PdfFileReader(io.BytesIO(content)).pages[0].extract_text())
