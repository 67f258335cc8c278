"""The customer's pages under attack: general ways of the server, forged feedback, files made to hurt."""

import io
import struct
import zlib

from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from tests.complaint.common_portal import SECRET, PortalCase


def png(width, height):
    """A black picture of this size: small as a file, huge in memory."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    rows = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def large_photo():
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).save(file, "JPEG")
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestComplaintPortalDoors(PortalCase):
    def test_large_photos_stay_as_they_were_sent_and_are_one(self):
        complaint, content = self._complain(), large_photo()
        self._press(complaint, "message", by_link=True, times=2, files=[("a.jpg", content)])
        self.assertEqual([file.raw == content for file in self._files(complaint)], [True])
        self.assertEqual([row.attachment_id.raw == content for row in complaint.sudo().evidence_ids], [True])

    @mute_logger("odoo.http")
    def test_truncated_photo_is_stored_and_does_no_harm(self):
        complaint, content = self._complain(), large_photo()
        page = self._press(complaint, "message", by_link=True, files=[("a.jpg", content[: len(content) // 2])])
        self.assertEqual(page.status_code, 200)
        file = self._files(complaint)
        for small in ("", "&small=1"):
            answer = self.url_open(
                f"/my/complaints/{complaint.id}/file/{file.id}?access_token={self._token(complaint)}{small}"
            )
            self.assertEqual(answer.status_code, 200)

    def test_pictures_that_unpack_to_more_than_any_camera_has_are_refused(self):
        complaint = self._complain()
        for size in (9000, 15000):
            with self.subTest(size=size):
                page = self._press(complaint, "message", by_link=True, files=[("bomb.png", png(size, size))])
                self.assertEqual(page.status_code, 200)
                self.assertFalse(self._files(complaint))

    def test_feedback_cannot_be_forged_by_internal_users(self):
        complaint = self._carried_out()
        self._press(complaint, "rate", by_link=True, rating="1")
        rating = complaint.sudo().rating_ids
        for user in (self.seller, self.manager):
            for forged in ({"rating_value": 5}, {"rating_id": rating.id}):
                with self.subTest(user=user.login, forged=forged), self.assertRaises(AccessError):
                    complaint.with_user(user).message_post(body="Wonderful", **forged)
        self.assertEqual(complaint.sudo().rating_ids.mapped("rating"), [1])

    @mute_logger("odoo.http")
    def test_the_general_form_of_ratings_opens_none(self):
        complaint = self._carried_out()
        self._press(complaint, "rate", by_link=True, rating="1")
        rating = complaint.sudo().rating_ids
        for token in (rating.access_token, False, ""):
            self._post(f"/rate/{token}/submit_feedback", self._csrf({"rate": "5", "feedback": "Wonderful"}))
        self.assertEqual(rating.rating, 1)

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.mail.models.mail_thread")
    def test_a_customer_s_login_calls_nothing_of_a_complaint(self):
        complaint = self._offered()
        self._token(complaint)
        self._log_in("maria")
        for model in ("expo.complaint", "expo.complaint.remedy", "expo.complaint.evidence", "expo.complaint.demand"):
            record = complaint if model == "expo.complaint" else complaint.sudo().remedy_ids
            for name in dir(self.env.registry[model]):
                method = getattr(self.env.registry[model], name)
                if name.startswith("_") or not callable(method):
                    continue
                answer = self._call_json(
                    f"/web/dataset/call_kw/{model}/{name}",
                    {"model": model, "method": name, "args": [[record.id]], "kwargs": {}},
                )
                for secret in (SECRET, self._token(complaint), "with your next invoice"):
                    self.assertNotIn(secret, str(answer.get("result")), name)
        self.env.invalidate_all()
        self.assertEqual((complaint.state, complaint.active, complaint.accepted_on), ("negotiating", True, False))

    @mute_logger("odoo.http")
    def test_what_was_said_on_the_page_stays_as_it_was_said(self):
        complaint = self._complain()
        self._log_in("maria")
        self._press(complaint, "message", text="It broke in my hands.")
        message = complaint.sudo().message_ids.filtered(lambda message: "broke" in (message.body or ""))
        for values in ({"body": "It is fine."}, {"body": "", "attachment_ids": []}):
            self._call_json(
                "/mail/message/update_content",
                {"message_id": message.id, "update_data": values, "token": self._token(complaint)},
            )
        message.invalidate_recordset()
        self.assertIn("It broke in my hands.", message.body)

    def test_the_link_of_who_is_not_its_customer_any_more_opens_nothing(self):
        complaint = self._complain()
        link = self._link(complaint)
        complaint.with_user(self.manager).partner_id = self.paolo
        self.assertEqual(self.url_open(link).status_code, 200, "a colleague answers it: the letters are the company's")
        complaint.with_user(self.manager).partner_id = self.stranger
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(link).status_code, 404)
        self.assertEqual(self._open(complaint, by_link=True).status_code, 200)

    def test_a_link_that_got_about_is_replaced(self):
        complaint = self._complain(user_id=self.seller.id)
        link = self._link(complaint)
        with self.assertRaises(AccessError):
            complaint.with_user(self.colleague).action_replace_link()
        complaint.with_user(self.seller).action_replace_link()
        with mute_logger("odoo.http"):
            answer = self.url_open(link)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("This link does not open a complaint", answer.text)
        self.assertEqual(self._open(complaint, by_link=True).status_code, 200)

    def test_a_customer_s_login_reads_no_notes_and_no_letters_to_others(self):
        complaint = self._offered()
        desk = complaint.with_user(self.seller)
        desk.message_post(body="Note among us", subtype_xmlid="mail.mt_note", partner_ids=self.manager.partner_id.ids)
        desk.message_post(
            body="Dear Maria", partner_ids=self.maria.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        params = {
            "model": "mail.message", "method": "search_read", "kwargs": {},
            "args": [[("model", "=", "expo.complaint"), ("res_id", "=", complaint.id)], ["body"]],
        }  # fmt: skip
        for login, finds in (("maria", ["Dear Maria"]), ("paolo", []), ("hans", [])):
            self._log_in(login)
            found = self._call_json("/web/dataset/call_kw/mail.message/search_read", params).get("result", [])
            self.assertEqual([html2plaintext(message["body"]) for message in found], finds)
        self._log_in("hans")
        for path in (f"/mail/view?model=expo.complaint&res_id={complaint.id}", f"/odoo/expo.complaint/{complaint.id}"):
            self.assertNotIn("Cracked glaze", self.url_open(path).text)

    def test_the_button_of_a_notification_opens_the_page(self):
        complaint = self._complain()
        path = f"/mail/view?model=expo.complaint&res_id={complaint.id}&access_token={self._token(complaint)}"
        self.assertIn("Cracked glaze", self.url_open(path).text)
