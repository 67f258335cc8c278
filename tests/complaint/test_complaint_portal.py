"""The customer's page: what customers see and do, what strangers do not, and what becomes of what is sent to it."""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.complaint.common_portal import SECRET, PortalCase, photo

HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@tagged("post_install", "-at_install")
class TestComplaintPortal(PortalCase):
    # -- who sees what -----------------------------------------------------------------------------------

    def test_customer_and_colleagues_see_the_complaint(self):
        complaint = self._complain()
        for login in ("maria", "paolo"):
            self._log_in(login)
            self.assertIn("Cracked glaze", self.url_open("/my/complaints").text)
            page = self._open(complaint)
            self.assertEqual(page.status_code, 200)
            for words in (
                "Cracked glaze",
                complaint.name,
                "Ten of the mugs are cracked.",
                "We have received your complaint",
            ):
                self.assertIn(words, page.text)

    def test_the_link_of_our_letters_opens_it_without_a_login(self):
        complaint = self._complain()
        page = self._open(complaint, by_link=True)
        self.assertIn("Cracked glaze", page.text)
        self.assertIn("We are sorry for the trouble", page.text)

    def test_customer_reads_the_own_reason_once_facts_are_confirmed(self):
        complaint = self._complain()
        complaint.sudo().write({"customer_reason": "Weak crates", "handling": "site", "ship_date": "2026-03-09"})
        page = self._open(complaint, by_link=True).text
        self.assertIn("Mar 9, 2026", page)
        self.assertNotIn("Weak crates", page)
        complaint.sudo().facts = "Ten mugs"
        complaint.action_restate_by_phone()
        page = self._open(complaint, by_link=True).text
        self.assertIn("Weak crates", page)
        self.assertNotIn("On site", page, "our own affair")

    @mute_logger("odoo.http")
    def test_a_stranger_learns_nothing(self):
        complaint, other = self._complain(), self._complain(partner=self.stranger)
        token = self._token(other)
        self._token(complaint)
        gone = complaint.id + 1000
        for secret in (token, "x", "%E5%BC%A0"):
            wrong = [self.url_open(f"/my/complaints/{number}?access_token={secret}") for number in (complaint.id, gone)]
            self.assertEqual({answer.status_code for answer in wrong}, {404})
            # The page holds the time in its session's token.
            texts = [re.sub(r'csrf_token: "[^"]+"', "", answer.text) for answer in wrong]
            self.assertEqual(texts[0], texts[1].replace(str(gone), str(complaint.id)))
        without = [self.url_open(f"/my/complaints/{number}", allow_redirects=False) for number in (complaint.id, gone)]
        self.assertEqual({answer.status_code for answer in without}, {303})
        for answer in without:
            self.assertIn("/web/login", answer.headers["Location"])

    @mute_logger("odoo.http")
    def test_another_customer_s_login_finds_nothing(self):
        complaint = self._complain()
        unknown = self.env["expo.complaint"].create({"subject": "Lids", "email_from": "x@unknown.example"})
        self._log_in("hans")
        self.assertNotIn("Cracked glaze", self.url_open("/my/complaints").text)
        answers = [self.url_open(f"/my/complaints/{number}") for number in (complaint.id, unknown.id, unknown.id + 99)]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        for what in ("message", "accept", "decline", "receipt", "rate"):
            page = self.url_open("/my/complaints/new")
            csrf = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
            answer = self._post(
                f"/my/complaints/{complaint.id}/{what}", {"csrf_token": csrf, "text": "x", "rating": "1"}
            )
            self.assertEqual(answer.status_code, 404, what)
        self.assertFalse(complaint.sudo().last_reply_on)

    def test_empty_token_gives_no_access(self):
        complaint = self._complain()
        complaint.sudo().access_token = False
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/my/complaints/{complaint.id}?access_token=False")
        self.assertEqual(answer.status_code, 404)

    def test_address_with_the_token_is_not_passed_on_nor_kept(self):
        headers = self._open(self._complain(), by_link=True).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")
        self.assertIn("frame-ancestors 'self'", headers["Content-Security-Policy"])

    def test_notes_causes_and_letters_to_others_are_never_shown(self):
        complaint = self._complain()
        desk = complaint.with_user(self.seller)
        carrier = self._make_partner("Carrier")
        desk.message_post(body="Note among us", subtype_xmlid="mail.mt_note")
        desk.message_post(
            body="To the carrier", partner_ids=carrier.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        desk.message_post(
            body="Dear Maria", partner_ids=self.maria.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        complaint.sudo()._message_log(body="Something was tracked")
        page = self._open(complaint, by_link=True).text
        self.assertIn("Dear Maria", page)
        for secret in (SECRET, "Note among us", "To the carrier", "Something was tracked", "history", "late"):
            with self.subTest(secret=secret):
                self.assertNotIn(secret, page)

    @mute_logger("odoo.http")
    def test_the_link_opens_none_of_odoo_s_general_ways(self):
        complaint = self._complain()
        complaint.message_post(body="Note among us", subtype_xmlid="mail.mt_note")
        token = self._token(complaint)
        signed = complaint.sudo()._sign_token(self.maria.id)
        self._open(complaint, by_link=True)
        for access in ({"token": token}, {"hash": signed, "pid": self.maria.id}):
            thread = {"thread_model": "expo.complaint", "thread_id": complaint.id, **access}
            for path, params in (
                ("/mail/chatter_fetch", thread),
                ("/mail/message/post", {**thread, "post_data": {"body": "Forged", "rating_value": 5}}),
            ):
                with self.subTest(path=path, access=list(access)):
                    answer = self._call_json(path, params)
                    self.assertFalse(answer.get("result", {}).get("messages"), answer)
            upload = self._post("/mail/attachment/upload", thread, files=[("ufile", ("a.html", HTML))])
            self.assertNotEqual(upload.status_code, 200)
        self.assertFalse(complaint.sudo().rating_ids)
        self.assertNotIn("Forged", str(complaint.sudo().message_ids.mapped("body")))

    # -- our own people ----------------------------------------------------------------------------------

    def test_our_own_people_look_but_do_not_press(self):
        complaint = self._offered()
        self._log_in("expo_seller")
        page = self._open(complaint, by_link=True).text
        self.assertIn("This is the customer's page", page)
        self.assertNotIn("We accept this offer", page)
        other = self._post("/my/complaints/new", self._csrf({"subject": "x", "story": "y"}))
        self.assertNotIn("problem", other.url)
        for what in ("accept", "decline", "message", "rate", "receipt"):
            self._post(f"/my/complaints/{complaint.id}/{what}", self._csrf({"text": "x", "rating": "5"}))
        self.assertFalse(complaint.sudo().last_reply_on)
        self.assertFalse(complaint.accepted_on)

    @mute_logger("odoo.http")
    def test_a_colleague_without_access_is_a_stranger_even_with_the_link(self):
        complaint = self._complain(user_id=self.seller.id)
        self._log_in("expo_colleague")
        self.assertEqual(self._open(complaint, by_link=True).status_code, 404)

    # -- actions -----------------------------------------------------------------------------------------

    def test_a_message_reaches_us_and_ends_the_waiting(self):
        complaint = self._complain()
        complaint.action_wait()
        page = self._press(complaint, "message", by_link=True, text="It is <b>all</b> of them.\nAll ten.")
        self.assertIn("Thank you. We have received your message and will reply.", page.text)
        self.assertIn("It is &lt;b&gt;all&lt;/b&gt; of them.", page.text)
        message = complaint.sudo().message_ids.filtered(lambda message: "of them" in (message.body or ""))
        self.assertEqual((message.author_id, message.message_type), (self.maria, "comment"))
        self.assertIn(self.seller.partner_id, message.notified_partner_ids)
        self.assertFalse(complaint.is_waiting)

    def test_logged_in_customer_writes_in_the_own_name(self):
        complaint = self._complain()
        self._log_in("paolo")
        self._press(complaint, "message", text="I have seen them too.")
        message = complaint.sudo().message_ids.filtered(lambda message: "seen them" in (message.body or ""))
        self.assertEqual(message.author_id, self.paolo)

    def test_pressing_twice_says_it_once(self):
        complaint = self._complain()
        self._press(complaint, "message", by_link=True, times=3, text="Hello?", files=[("a.jpg", photo())])
        said = complaint.sudo().message_ids.filtered(lambda message: "Hello?" in (message.body or ""))
        self.assertEqual(len(said), 1)
        self.assertEqual(len(self._files(complaint)), 1)

    def test_photos_are_kept_and_shown_by_the_customers_link_only(self):
        complaint = self._complain()
        page = self._press(
            complaint, "message", by_link=True, files=[("lid\u202egpj.PNG", photo()), ("b.jpg", photo("blue"))]
        )
        self.assertIn("We have received your photos", page.text)
        files = self._files(complaint)
        self.assertEqual(sorted(files.mapped("name")), ["b.jpg", "lidgpj.jpg"])
        self.assertEqual(set(files.mapped("mimetype")), {"image/jpeg"})
        address = f"/my/complaints/{complaint.id}/file/{files[0].id}"
        for small in ("", "&small=1"):
            answer = self.url_open(f"{address}?access_token={self._token(complaint)}{small}")
            self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "image/jpeg"))
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(address).status_code, 404)
            hidden = self.env["ir.attachment"].create(
                {"name": "secret.txt", "raw": b"x", "res_model": "expo.complaint", "res_id": complaint.id}
            )
            answer = self.url_open(
                f"/my/complaints/{complaint.id}/file/{hidden.id}?access_token={self._token(complaint)}"
            )
            self.assertEqual(answer.status_code, 404)

    def test_what_is_no_photo_is_refused_by_its_content_and_the_rest_is_taken(self):
        complaint = self._complain()
        page = self._press(
            complaint, "message", by_link=True,
            files=[("page.jpg", HTML), ("drawing.png", SVG), ("shell.jpg", b"<?php"), ("good.jpg", photo())],
        )  # fmt: skip
        self.assertEqual(self._files(complaint).mapped("name"), ["good.jpg"])
        for name in ("page.jpg", "drawing.png", "shell.jpg"):
            self.assertIn(name, page.text)
        self.assertIn("neither a photo nor a PDF", page.text)
        self.assertNotIn("neither a photo nor a PDF", self._open(complaint, by_link=True).text, "said once")

    def test_ten_at_a_time(self):
        complaint = self._complain()
        many = [(f"{number}.jpg", photo(number)) for number in range(15)]
        page = self._press(complaint, "message", by_link=True, files=many)
        self.assertEqual(len(self._files(complaint)), 10)
        self.assertIn("exceeds the maximum number of files", page.text)

    @mute_logger("odoo.http")
    def test_a_thousand_files_are_not_even_looked_at(self):
        complaint = self._complain()
        answer = self._press(complaint, "message", by_link=True, files=[(f"{n}.jpg", b"x") for n in range(1000)])
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._files(complaint))

    def test_a_hundred_files_a_day(self):
        complaint = self._complain()
        for batch in range(11):
            many = [(f"{number}.jpg", photo(f"{batch}-{number}")) for number in range(10)]
            page = self._press(complaint, "message", by_link=True, files=many)
        self.assertEqual(len(self._files(complaint)), 100)
        self.assertIn("cannot send more files today", page.text)

    @mute_logger("odoo.http")
    def test_the_buttons_work_from_our_page_only(self):
        complaint = self._offered()
        for what in ("accept", "message", "rate"):
            data = {"text": "x", "rating": "5", "access_token": self._token(complaint)}
            self.assertEqual(self._post(f"/my/complaints/{complaint.id}/{what}", data).status_code, 400)
            self.assertNotEqual(self.url_open(f"/my/complaints/{complaint.id}/{what}").status_code, 200)
        self.assertFalse(complaint.sudo().last_reply_on)

    def test_looking_changes_nothing(self):
        complaint = self._offered()
        self._token(complaint)
        events, written = complaint.event_ids, complaint.sudo().write_date
        for _time in range(2):
            self._open(complaint, by_link=True)
            self.url_open(f"{self._link(complaint)}&rating=1&accept=1&name=X")
        complaint.invalidate_recordset()
        self.assertEqual((complaint.event_ids, complaint.sudo().write_date), (events, written))

    def test_the_arrival_is_confirmed_once(self):
        complaint = self._offered()
        complaint._move_to("implementing")
        page = self._press(complaint, "receipt", by_link=True, times=2)
        self.assertIn("Receipt confirmed", page.text)
        self.assertEqual(complaint.receipt_by, "Maria Rossi")
        said = complaint.sudo().message_ids.filtered(
            lambda message: "have received the goods or the payment" in (message.body or "")
        )
        self.assertEqual((len(said), said.author_id), (1, self.maria))
