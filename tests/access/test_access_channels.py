"""The side doors to a confidential customer file and to the photo of a card: all shut to users without access."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from tests.common_access import SECRET, AccessCase

FILE, ENTRY, CAPTURE = "expo.customer.file", "expo.participation", "expo.capture"
GIF = b"R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs="


class ChannelCase(AccessCase):
    """A customer who was the salesperson's until a moment ago, with papers, chatter and a photo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.former = cls.users["salesperson"]
        cls.records = cls._make_customer(cls.former, "own")
        cls.entry, cls.file = cls.records[ENTRY], cls.records[FILE]
        cls.capture = cls.records[CAPTURE]
        cls.capture.write({"captured_by_id": cls.colleague.id, "photo": GIF})
        cls.paper = cls.env["ir.attachment"].create(
            {"name": f"{SECRET}.txt", "raw": SECRET.encode(), "res_model": FILE, "res_id": cls.file.id}
        )
        cls.file.with_user(cls.manager).message_post(body=f"About {SECRET}")
        for record in cls.records.values():
            if "message_follower_ids" in record._fields:
                record.message_subscribe(cls.former.partner_id.ids)
            if "activity_ids" in record._fields:
                record.activity_schedule("mail.mail_activity_data_todo", summary="Review", user_id=cls.former.id)
        cls.entry.set_owner(cls.colleague, "Speaks Italian")
        cls.env.flush_all()
        cls.env.invalidate_all()
        #: Who may not read the file; the second sees the customer of the show, but not the file.
        cls.outside = [cls.users[role] for role in ("salesperson", "all documents", "clerk", "portal", "other manager")]

    def _get_or_refused(self, user, door):
        """What comes out of a door to a user; nothing when it raises."""
        self.env.invalidate_all()
        try:
            with self.cr.savepoint():
                return str(door(self.env(user=user)))
        except UserError:
            return ""


@tagged("post_install", "-at_install")
class TestChannels(ChannelCase):
    def _check_shut(self, doors):
        """Every door gives the secret to a file manager, so that something is shown, and to no outsider."""
        for name, door in doors.items():
            with self.subTest(door=name, user="keeper"):
                self.env.invalidate_all()
                self.assertIn(SECRET, str(door(self.env(user=self.users["keeper"]))))
            for user in self.outside:
                with self.subTest(door=name, user=user.login):
                    self.assertNotIn(SECRET, self._get_or_refused(user, door))

    def _export(self, records, names):
        return records.with_context(default_reason="To see it").export_data(names)

    def test_reading_and_exporting_the_file(self):
        spec = {"main_bank": {}, "preference_ids": {"fields": {"text": {}}}}
        self._check_shut(
            {
                "read": lambda env: env[FILE].browse(self.file.id).read(["main_bank"]),
                "search_read": lambda env: env[FILE].search_read([], ["main_bank"]),
                "web_read": lambda env: env[FILE].browse(self.file.id).web_read(spec),
                "web_search_read": lambda env: env[FILE].web_search_read([], spec),
                "export": lambda env: self._export(
                    env[FILE].browse(self.file.id), ["main_bank", "preference_ids/text"]
                ),
                "grouped": lambda env: env[FILE].formatted_read_group([], ["main_bank"], ["__count"]),
                "read_group": lambda env: env[FILE]._read_group([], ["main_bank"]),
                "web_read_group": lambda env: env[FILE].web_read_group([], ["main_bank"]),
                "preferences": lambda env: env["expo.customer.preference"].search_read([], ["text"]),
                "preferences grouped": lambda env: env["expo.customer.preference"]._read_group([], ["text"]),
                "plans": lambda env: env["expo.customer.plan"].name_search(SECRET[:5]),
            }
        )

    def test_reading_the_file_through_the_customer(self):
        through = {"file_id": {"fields": {"main_bank": {}}}}
        partners = {"expo_participation_ids": {"fields": through}}
        self._check_shut(
            {
                "web_read of the entry": lambda env: env[ENTRY].browse(self.entry.id).web_read(through),
                "web_search_read of entries": lambda env: env[ENTRY].web_search_read([], through),
                "export of the entry": lambda env: self._export(
                    env[ENTRY].browse(self.entry.id), ["file_id/main_bank"]
                ),
                "web_read of the contact": lambda env: (
                    env["res.partner"].browse(self.entry.sudo().partner_id.id).web_read(partners)
                ),
                "export of the contact": lambda env: self._export(
                    env["res.partner"].browse(self.entry.sudo().partner_id.id),
                    ["expo_participation_ids/file_id/main_bank"],
                ),
            }
        )

    def test_guessing_the_secret_by_searching_for_it(self):
        word = SECRET[:6]
        guesses = {
            "files": lambda env: env[FILE].search_count([("main_bank", "ilike", word)]),
            "entries": lambda env: env[ENTRY].search_count([("file_id.main_bank", "ilike", word)]),
            "contacts": lambda env: env["res.partner"].search_count(
                [("expo_participation_ids.file_id.main_bank", "ilike", word)]
            ),
            "preferences": lambda env: env[ENTRY].search_count([("file_id.preference_ids.text", "ilike", word)]),
            "captures": lambda env: env[CAPTURE].search_count([("participation_id.file_id.main_bank", "ilike", word)]),
            "name": lambda env: len(env[FILE].name_search(self.file.sudo().name)),
        }
        for name, guess in guesses.items():
            with self.subTest(guess=name, user="keeper"):
                self.assertTrue(guess(self.env(user=self.users["keeper"])))
            for user in self.outside:
                with self.subTest(guess=name, user=user.login):
                    self.assertIn(self._get_or_refused(user, guess), ("", "0"))

    def test_chatter_followers_activities_and_papers(self):
        of_file = [("model", "=", FILE), ("res_id", "=", self.file.id)]
        in_file = [("res_model", "=", FILE), ("res_id", "=", self.file.id)]
        self._check_shut(
            {
                "messages searched": lambda env: env["mail.message"].search_read(of_file, ["body"]),
                "messages read": lambda env: (
                    env["mail.message"].browse(self.file.sudo().message_ids.ids).read(["body", "preview"])
                ),
                "messages through the file": lambda env: env[FILE].browse(self.file.id).message_ids.mapped("body"),
                "papers searched": lambda env: env["ir.attachment"].search_read(in_file, ["name"]),
                "papers read": lambda env: env["ir.attachment"].browse(self.paper.id).read(["name", "raw"]),
            }
        )
        attempts = {
            "attach": lambda env: env["ir.attachment"].create({"name": "x", "res_model": FILE, "res_id": self.file.id}),
            "post": lambda env: env[FILE].browse(self.file.id).message_post(body="x"),
            "have others follow": lambda env: (
                env[FILE].browse(self.file.id).message_subscribe(self.file.partner_id.ids)
            ),
        }
        for user in self.outside:
            with self.subTest(user=user.login, attempt="follow"):
                self.file.with_user(user).message_subscribe(user.partner_id.ids)
                self.assertNotIn(user.partner_id, self.file.sudo().message_partner_ids)
            for name, attempt in attempts.items():
                with self.subTest(user=user.login, attempt=name), self.assertRaises(AccessError):
                    attempt(self.env(user=user))

    def test_every_record_that_a_former_salesperson_may_not_read_leaves_their_list_and_inbox(self):
        hidden = []
        for name, record in self.records.items():
            if record.with_user(self.former).has_access("read"):
                continue
            with self.subTest(model=name):
                if "message_follower_ids" in record._fields:
                    hidden.append(name)
                    self.assertNotIn(self.former.partner_id, record.message_partner_ids)
                if "activity_ids" in record._fields:
                    self.assertNotIn(self.former, record.activity_ids.user_id)
                    self.assertTrue(record.activity_ids, "the reminder goes to another user, it is not lost")
        self.assertLessEqual({ENTRY, FILE, "expo.sample", "expo.visit", "expo.progress.report"}, set(hidden))

    def test_who_is_no_longer_the_owner_follows_nothing_and_is_told_nothing(self):
        for record in (self.entry, self.file):
            with self.subTest(record=record._name):
                self.assertNotIn(self.former.partner_id, record.message_partner_ids)
                note = record.with_user(self.colleague).message_post(
                    body="New", message_type="comment", subtype_xmlid="mail.mt_comment"
                )
                self.assertNotIn(self.former.partner_id, note.sudo().notified_partner_ids)
                self.assertNotIn(self.former, record.activity_ids.user_id, "the reminders went with the customer")
                self.assertTrue(record.activity_ids.user_id)
        # What reaches a browser by itself goes to followers and notified users.
        told = self.env["bus.bus"].search([("channel", "like", f'"res.partner",{self.former.partner_id.id}]')])
        self.assertNotIn(SECRET, "".join(told.mapped("message")))


@tagged("post_install", "-at_install")
class TestChannelsOverHttp(ChannelCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (*cls.outside, cls.users["keeper"]):
            user.sudo().password = user.login

    def _get(self, user, url):
        self.authenticate(user.login, user.login)
        return self.url_open(url, allow_redirects=False)

    def test_papers_photos_reports_and_cards_are_not_served(self):
        photo = base64.b64decode(self.capture.photo)
        urls = {
            f"/web/content/{self.paper.id}": SECRET.encode(),
            f"/web/content/ir.attachment/{self.paper.id}/raw": SECRET.encode(),
            f"/web/image/{CAPTURE}/{self.capture.id}/photo": photo,
            f"/web/content/{CAPTURE}/{self.capture.id}/photo": photo,
            f"/web/content/{CAPTURE}/{self.capture.id}/raw_text": None,
            f"/report/html/expo_followup.report_customer_card_document/{self.file.id}": SECRET.encode(),
            f"/expo/customer_file/vcard?ids={self.file.id}": b"BEGIN:VCARD",
        }
        # Users of a show's customers see their photos; the file stays shut to them.
        may_see_photos = self.users["all documents"]
        for url, content in urls.items():
            if content:
                with self.subTest(url=url, user="keeper"):
                    self.assertIn(content, self._get(self.users["keeper"], url).content)
            for user in self.outside:
                if content is photo and user == may_see_photos:
                    continue
                with self.subTest(url=url, user=user.login):
                    answer = self._get(user, url)
                    self.assertNotIn(content or SECRET.encode(), answer.content)
                    self.assertNotIn(SECRET.encode(), answer.content)

    def test_the_card_as_pdf_is_not_printed_for_others(self):
        url = f"/report/pdf/expo_followup.report_customer_card_document/{self.file.id}"
        for user in self.outside:
            with self.subTest(user=user.login):
                answer = self._get(user, url)
                self.assertNotEqual(answer.headers.get("Content-Type"), "application/pdf")

    def test_the_chatter_of_a_file_is_not_served(self):
        for user in (self.users["keeper"], *self.outside):
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                answer = self.make_jsonrpc_request_or_error(
                    "/mail/thread/messages", {"thread_model": FILE, "thread_id": self.file.id}
                )
                # Of a closed thread, core answers with the user's own messages; some of these hold the word too.
                self.assertEqual(f"About {SECRET}" in answer, user == self.users["keeper"])

    def make_jsonrpc_request_or_error(self, route, params):
        """The answer's text, an error's included."""
        return self.url_open(route, json={"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}).text
