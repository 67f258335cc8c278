"""No more letters: by the link in the letter, or by one click in the customer's mail program (RFC 8058)."""

from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestUnsubscribe(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.customer = cls._make_participation("Maria Rossi", lang="en_US")

    def _path(self, customer=None, token=None):
        parts = urlsplit((customer or self.customer).unsubscribe_url)
        return f"{parts.path}?{parts.query if token is None else f'token={token}'}"

    def _post(self, path, data=None):
        # From the mail program: neither session nor CSRF token.
        return self.opener.post(self.base_url() + path, data=data or {}, timeout=30)

    def _is_listed(self):
        return bool(self.env["mail.blacklist"].search_count([("email", "=", "maria.rossi@customer.example")]))

    def test_the_link_asks_and_changes_nothing(self):
        for _visit in range(2):
            page = self.url_open(self._path())
            self.assertEqual(page.status_code, 200)
            self.assertIn("Unsubscribe from our letters?", page.text)
            self.assertIn("Spring Fair", page.text)
        self.assertEqual(self.url_open(self._path(), method="HEAD").status_code, 200)
        self.assertFalse(self._is_listed())
        self.assertEqual(self.customer.contact_consent, "unknown")

    def test_the_confirmation_unsubscribes(self):
        page = self._post(self._path())
        self.assertEqual(page.status_code, 200)
        self.assertIn("You have been unsubscribed", page.text)
        self.assertTrue(self._is_listed())
        self.assertEqual(self.customer.contact_consent, "refused")
        self.assertIn("You have been unsubscribed", self.url_open(self._path()).text)

    def test_one_click_of_the_mail_program_unsubscribes_and_twice_is_harmless(self):
        for _click in range(2):
            self.assertEqual(self._post(self._path(), {"List-Unsubscribe": "One-Click"}).status_code, 200)
        self.assertTrue(self._is_listed())
        notes = self.customer.message_ids.filtered(lambda message: "unsubscribed" in (message.body or ""))
        self.assertEqual(len(notes), 1)
        self.assertEqual(notes.author_id, self.customer.partner_id)

    def test_the_page_speaks_the_customers_language_and_the_note_ours(self):
        customer = self._make_participation("王伟", email="wang@kehu.example", lang="zh_CN")
        page = self.url_open(self._path(customer))
        self.assertIn("不再接收邮件", page.text)
        self.assertIn("退订成功", self._post(self._path(customer)).text)
        self.assertIn("The customer unsubscribed", customer.message_ids[0].body)

    @mute_logger("odoo.http")
    def test_a_stranger_learns_nothing(self):
        other = self._make_participation("Paolo Bianchi")
        token = self._path(other).partition("token=")[2]
        gone = f"/expo/unsubscribe/{other.id + 1000}?token={token}"
        answers = [
            self.url_open(path)
            for path in (gone, self._path(token=token), self._path(token=""), self._path(token="%E5%BC%A0"))
        ]
        posted = [self._post(path) for path in (gone, self._path(token=token))]
        self.assertEqual({answer.status_code for answer in answers + posted}, {404})
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertEqual(len({answer.text for answer in posted}), 1)
        self.assertFalse(self._is_listed())

    @freeze_time("2026-04-20 12:00:00")
    def test_a_letter_in_the_queue_is_withdrawn(self):
        self.show.with_user(self.manager).close_show()
        letter = self._step_of(self.customer, "thank_you")
        self.assertEqual(letter.mail_state, "outgoing")
        self.customer._unsubscribe()
        self.customer._sync_followups()
        self.assertEqual((letter.state, letter.mail_mail_id.state), ("excluded", "cancel"))

    def test_the_same_address_met_at_another_show_gets_no_letter_either(self):
        self.customer._unsubscribe()
        other_show = self._make_show(name="Autumn Fair", code="AF26")
        again = self._make_participation(partner=self.customer.partner_id, show=other_show)
        self.assertEqual(again._get_exclude_reason(again._get_blacklisted()), "blacklisted")
