"""What customers see of our letters: each shipped one, in each language, as a mail server received it."""

import io
from email.utils import parseaddr
from unittest import TestCase

from freezegun import freeze_time
from PIL import Image
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from tests.common import ExpoCase
from tests.common_letters import NAMES, receive_letters
from tests.mail_pages import find_layout_problems, get_contrast, get_page, get_texts


class TestLetterManners(TestCase):
    """Rules that hold for every letter."""

    def test_reply_to_bears_the_name_of_the_sender(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                self._check_reply_to(letter)

    def _check_reply_to(self, letter):
        sender, _address = parseaddr(letter.message["From"])
        self.assertIn(sender, ("Anna Chen", "Helen Wang"))
        # Answers about a complaint go to the address of its team.
        address = "complaints@ours.example" if "complaint" in letter.template else "catchall@ours.example"
        self.assertEqual(parseaddr(letter.message["Reply-To"]), (sender, address))

    def test_page_says_its_language_and_keeps_to_the_light_scheme(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                page = get_page(letter)
                self.assertEqual(page.get("lang"), letter.lang.replace("_", "-"))
                [scheme] = page.xpath("//meta[@name='color-scheme']/@content")
                self.assertEqual(scheme, "light only")
                self.assertIn("color-scheme: light only", page.findtext("head/style"))

    def test_unsubscribe_link_is_sent_as_it_is(self):
        for letter in receive_letters():
            if "expo/unsubscribe" in letter.message.get_body(("html",)).get_content():
                with self.subTest(letter=letter.template, lang=letter.lang):
                    self.assertRegex(letter.raw, rb"(?m)^List-Unsubscribe: <http[^ ]+>\r?$")

    def test_layout_is_one_that_outlook_keeps(self):
        for letter in receive_letters():
            for problem in find_layout_problems(get_page(letter)):
                with self.subTest(letter=letter.template, lang=letter.lang):
                    self.fail(problem)

    def test_every_text_has_contrast_on_its_background(self):
        # In dark surroundings as well: the page declares that it is light only.
        for letter in receive_letters():
            page = get_page(letter)
            for colour, ground, text in get_texts(page):
                with self.subTest(letter=letter.template, lang=letter.lang, text=text[:40]):
                    self.assertGreaterEqual(get_contrast(colour, ground), 4.5, (colour, ground))

    def test_text_part_says_what_the_page_says(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                kinds = [part.get_content_type() for part in letter.message.walk()]
                self.assertIn("multipart/alternative", kinds)
                text = letter.message.get_body(("plain",)).get_content()
                self.assertIn(NAMES[letter.lang][:2], text)
                self.assertNotIn("color-scheme", text)
                page = " ".join(get_page(letter).find("body").itertext())
                for word in page.split():
                    if word.isalpha() and word.isascii():
                        self.assertIn(word, text)

    def test_pictures_travel_inside_small_and_the_letter_stays_light(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                pictures = [part for part in letter.message.walk() if part.get_content_maintype() == "image"]
                sources = get_page(letter).xpath("//img/@src")
                self.assertEqual(sorted(sources), sorted(f"cid:{one['Content-ID'].strip('<>')}" for one in pictures))
                for picture in pictures:
                    content = picture.get_content()
                    image = Image.open(io.BytesIO(content))
                    self.assertLessEqual(len(content), 10_000)
                    self.assertLessEqual(image.width, 240 if "signature" in picture["Content-ID"] else 120)
                self.assertLess(len(letter.raw), 100_000)
        shown = {letter.template: letter for letter in receive_letters()}["expo_followup.mail_template_thank_you"]
        self.assertEqual(len(get_page(shown).xpath("//img[contains(@src, 'product')]")), 4)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLetterTime(ExpoCase):
    """Letters leave in the customer's morning, and not too many an hour."""

    def _close(self):
        self.show.with_user(self.manager).close_show()

    def _get_moment(self, customer):
        return str(self._step_of(customer, "thank_you").mail_mail_id.scheduled_date)

    def test_letter_leaves_in_the_morning_of_the_customer(self):
        expected = {
            "it": "2026-04-21 07:00:00",
            "cn": "2026-04-21 01:00:00",
            "in": "2026-04-21 03:30:00",
            # Nine o'clock in the west, where it is early last.
            "us": "2026-04-21 16:00:00",
            "nz": "2026-04-20 21:00:00",
        }
        customers = {code: self._make_participation(f"One {code}", country=code) for code in expected}
        nowhere = self._make_participation("Nowhere", country=None)
        self._close()
        self.assertEqual({code: self._get_moment(one) for code, one in customers.items()}, expected)
        # As in the zone of the exhibition, where the customer's is not known.
        self.assertEqual(self._get_moment(nowhere), "2026-04-21 07:00:00")

    def test_letter_whose_zone_the_contact_says_leaves_by_it(self):
        customer = self._make_participation("Sam", country="us")
        customer.partner_id.tz = "America/Chicago"
        self._close()
        self.assertEqual(self._get_moment(customer), "2026-04-21 14:00:00")

    def test_letter_leaves_at_once_in_the_day_and_waits_for_the_next_morning_in_the_evening(self):
        customer = self._make_participation("Maria Rossi")
        letter = self._step_of(customer, "thank_you")
        self._close()
        for moment, leaves in (("13:00", "2026-04-21 13:00:00"), ("18:30", "2026-04-22 07:00:00")):
            with freeze_time(f"2026-04-21 {moment}:00"):
                letter = self._step_of(customer, "thank_you")
                letter._withdraw_letters()
                letter._queue_letters()
                self.assertEqual(str(letter.mail_mail_id.scheduled_date), leaves)

    def test_letter_of_a_customers_friday_leaves_though_it_is_saturday_here(self):
        self.show.tz = "Asia/Shanghai"
        customer = self._make_participation("Sam", country="us")
        self._close()
        letter = self._step_of(customer, "thank_you")
        letter.mail_mail_id.scheduled_date = "2026-04-24 16:00:00"
        with freeze_time("2026-04-24 16:30:00"):
            self.assertEqual(letter._postpone_late_letters(), letter)
        with freeze_time("2026-04-25 16:30:00"):
            self.assertFalse(letter._postpone_late_letters())
            self.assertEqual(str(letter.mail_mail_id.scheduled_date), "2026-04-27 16:00:00")

    def test_letters_beyond_those_of_an_hour_leave_later_and_keep_their_places(self):
        self.env.company.expo_letters_per_hour = 4
        customers = self.env["expo.participation"].concat(*(self._make_participation(f"N {n}") for n in range(6)))
        self._close()
        letters = customers.followup_ids.filtered(lambda followup: followup.step_id == self.steps["thank_you"])
        moments = sorted(str(moment) for moment in letters.mail_mail_id.mapped("scheduled_date"))
        self.assertEqual([moment[11:16] for moment in moments], ["07:00", "07:15", "07:30", "07:45", "08:00", "08:15"])
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("mail.ir_cron_mail_scheduler_action").id)]
        )
        self.assertLessEqual(set(moments), {str(moment) for moment in triggers.mapped("call_at")})
        before = {letter: letter.mail_mail_id.scheduled_date for letter in letters}
        some = letters[2:4]
        some._withdraw_letters()
        some._queue_letters()
        self.assertEqual({letter: letter.mail_mail_id.scheduled_date for letter in letters}, before)

    def test_letter_that_a_user_sends_leaves_at_once(self):
        self.env.company.expo_letters_per_hour = 1
        customer = self._make_participation("Maria Rossi")
        self._close()
        letter = self._step_of(customer, "email_revisit")
        letter.with_user(self.seller).action_send_letter()
        self.assertFalse(letter.mail_mail_id.scheduled_date)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLetterLanguage(ExpoCase):
    """A letter is wholly in one language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        # Active, and no text of the addon is there in it.
        cls.env["res.lang"]._activate_lang("fr_FR")
        mug = cls.env["product.product"].create({"name": "Mug"})
        mug.with_context(lang="fr_FR").name = "Tasse"
        cls.show.product_ids = mug
        cls.pierre = cls._make_participation("Pierre Martin", country="fr", lang="fr_FR")

    def _get_shipped(self):
        rows = self.env["ir.model.data"].search([("module", "=", "expo_followup"), ("model", "=", "mail.template")])
        return self.env["mail.template"].browse(rows.mapped("res_id"))

    def test_letter_in_a_language_without_its_texts_is_wholly_english(self):
        english = self._make_participation("Pierre Martin", country="fr", lang="en_US", email="p@customer.example")
        for template in self._get_shipped().filtered(lambda one: one.model == "expo.participation"):
            with self.subTest(template.name):
                letters = (self.pierre | english)._render_letters(template)
                for name in ("subject", "body_html"):
                    french = str(letters[self.pierre.id][name])
                    for address in ("feedback_url", "unsubscribe_url"):
                        ours, theirs = self.pierre[address] or "", english[address] or ""
                        french = french.replace(ours.replace("&", "&amp;"), theirs.replace("&", "&amp;"))
                    self.assertEqual(french, str(letters[english.id][name]))

    def test_letter_whose_texts_a_company_translated_alone_is_english_as_well(self):
        template = self.env.ref("expo_followup.mail_template_thank_you")
        template.with_context(lang="fr_FR").write({"subject": "Merci", "body_html": "<p>Merci beaucoup</p>"})
        letter = self.pierre._render_letters(template)[self.pierre.id]
        self.assertIn("Thank you for meeting us", letter["subject"])
        self.assertNotIn("Merci", letter["body_html"])

    def test_language_of_every_letter_is_one_in_which_all_of_it_is_there(self):
        partner = self.pierre.partner_id
        visit = self.env["expo.visit"].create({"participation_id": self.pierre.id})
        order = self.env["sale.order"].create({"partner_id": partner.id})
        records = (
            self.pierre,
            self.env["expo.sample"].create({"participation_id": self.pierre.id}),
            visit,
            self.env["expo.complaint"].create({"partner_id": partner.id, "subject": "Cracked"}),
            self.env["expo.problem.notice"].create({"order_id": order.id, "text": "A kiln has failed."}),
        )
        by_model = {record._name: record for record in records}
        for template in self._get_shipped():
            record = by_model[template.model]
            for lang, expected in (("fr_FR", "en_US"), ("zh_CN", "zh_CN"), ("en_US", "en_US")):
                with self.subTest(template=template.name, lang=lang):
                    partner.lang = lang
                    record.invalidate_recordset()
                    self.assertEqual(template._render_lang(record.ids), {record.id: expected})

    def test_what_core_puts_around_a_letter_is_in_the_language_of_the_letter(self):
        complaint = self.env["expo.complaint"].create(
            {"partner_id": self.pierre.partner_id.id, "subject": "Cracked", "user_id": self.seller.id}
        )
        for lang, tag, words in (("fr_FR", "en-US", "Dear Pierre Martin"), ("zh_CN", "zh-CN", "尊敬的")):
            self.pierre.partner_id.lang = lang
            complaint._send_letter("acknowledge")
            action = complaint.with_user(self.seller).action_write_letter("feedback")
            composer = self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"])
            composer.create({}).action_send_mail()
            mails = self.env["mail.mail"].search(
                [("model", "=", complaint._name), ("recipient_ids", "in", self.pierre.partner_id.ids)],
                order="id desc", limit=2,
            )  # fmt: skip
            self.assertEqual(len(mails), 2)
            for mail in mails:
                self.assertIn(f'<html lang="{tag}"', mail.body_html.replace("_", "-"))
                self.assertIn(words, mail.body_html)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestPersonalLetter(ExpoCase):
    """What users add to a letter, and how they try it: without the rights of an editor of templates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        editors = cls.env.ref("mail.group_mail_template_editor")
        assert not (cls.seller | cls.manager).filtered(lambda user: editors in user.all_group_ids)
        cls.customer = cls._make_participation("Maria Rossi", lang="en_US")

    def _send(self, record):
        """Press the button; the mail is kept to be looked at."""
        found = []

        def keep(mail, *_args, **_kwargs):
            found.append(mail)

        self.patch(type(self.env["mail.mail"]), "send", keep)
        record.action_send_test_letter()
        return self.env["mail.mail"].concat(*found)

    def test_paragraph_stands_below_the_salutation_as_it_was_typed(self):
        typed = "{{ user.password }} <b>Hello</b>\n<t t-out='object.id'/> ${7*7}"
        shown = "{{ user.password }} &lt;b&gt;Hello&lt;/b&gt;<br>\n&lt;t t-out=&#39;object.id&#39;/&gt; ${7*7}</div>"
        for letter in (self._make_letter(), self._make_letter("expo_followup.mail_template_greeting_birthday")):
            letter.with_user(self.seller).personal_paragraph = typed
            body = str(letter.with_user(self.seller).letter_body)
            self.assertRegex(body, r"Dear Maria Rossi,\s*</div>\s*<div[^>]*>\{\{ user.password")
            self.assertIn(shown, body)
            letter.with_user(self.seller).action_send_letter()
            self.assertIn(shown, letter.mail_mail_id.body_html)
            self.assertIn("Hello", letter.mail_mail_id.mail_message_id.body)
            lines = html2plaintext(body).splitlines()
            self.assertLess(lines.index("Dear Maria Rossi,"), lines.index("{{ user.password }} <b>Hello</b>"))

    def test_paragraph_has_a_length(self):
        for record, field in ((self._make_letter(), "personal_paragraph"), (self.show, "letter_paragraph")):
            with self.subTest(field):
                record[field] = "x" * 5000
                record.flush_recordset()
                with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                    record[field] = "x" * 5001
                    record.flush_recordset()

    def _make_letter(self, template="expo_followup.mail_template_email_revisit"):
        kind = self.env.ref("expo_followup.activity_email_revisit")
        letter = self.env["expo.followup"].create({"participation_id": self.customer.id, "activity_type_id": kind.id})
        letter.letter_template_id = self.env.ref(template)
        return letter

    def test_paragraph_of_a_letter_in_the_queue_is_in_it_when_it_leaves(self):
        self.show.letter_paragraph = "The new mugs are here."
        self.show.with_user(self.manager).close_show()
        letter = self._step_of(self.customer, "thank_you")
        mail, leaves = letter.mail_mail_id, letter.mail_mail_id.scheduled_date
        self.assertIn("The new mugs are here.", mail.body_html)
        letter.with_user(self.seller).personal_paragraph = "Your sample is ready."
        self.assertEqual((letter.mail_mail_id, mail.scheduled_date, mail.state), (mail, leaves, "outgoing"))
        self.assertIn("Your sample is ready.", mail.body_html)
        self.assertNotIn("The new mugs", mail.body_html)
        self.assertIn("Your sample is ready.", letter.with_user(self.seller).letter_body)

    def test_paragraph_of_the_exhibition_is_in_the_letters_of_its_closing_only(self):
        dialog = self.env["expo.close.show"].with_user(self.manager).create({"exhibition_id": self.show.id})
        dialog.letter_paragraph = "The new mugs are here."
        dialog.action_confirm()
        self.assertIn("The new mugs", self._step_of(self.customer, "thank_you").mail_mail_id.body_html)
        self.assertNotIn("The new mugs", self._step_of(self.customer, "email_revisit").letter_body)

    def test_paragraphs_of_two_letters_to_one_customer_do_not_mix(self):
        first, second = self._make_letter(), self._make_letter()
        first.personal_paragraph, second.personal_paragraph = "First one", "Second one"
        (first | second)._queue_letters(now=True)
        self.assertIn("First one", first.mail_mail_id.body_html)
        self.assertIn("Second one", second.mail_mail_id.body_html)

    def test_test_letter_goes_to_the_user_and_its_links_do_nothing(self):
        letter = self._make_letter("expo_followup.mail_template_thank_you")
        letter.personal_paragraph = "Your sample is ready."
        mail = self._send(letter.with_user(self.seller))
        self.assertIn("anna@ours.example", mail.email_to)
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(mail.subject, "Test: Thank you for meeting us at Spring Fair")
        self.assertIn("Your sample is ready.", mail.body_html)
        for address in (self.customer.unsubscribe_url, "/survey/start/"):
            self.assertNotIn(address.replace("&", "&amp;"), mail.body_html)
        self.assertNotIn("List-Unsubscribe", mail.headers or "")
        self.assertEqual((letter.state, letter.mail_state), ("planned", False))

    def test_test_letters_of_a_closing_are_one_for_each_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self._make_participation("王伟", country="cn", email="wang@kehu.example", lang="zh_CN")
        self._make_participation("Paolo Bianchi", lang="en_US")
        dialog = self.env["expo.close.show"].with_user(self.manager).create({"exhibition_id": self.show.id})
        dialog.letter_paragraph = "The new mugs are here."
        mails = self._send(dialog)
        self.assertEqual(len(mails), 2)
        self.assertTrue(all("The new mugs" in mail.body_html for mail in mails))
        self.assertEqual(self.show.state, "running")

    def test_test_letter_of_a_colleagues_customer_is_refused(self):
        with self.assertRaises(AccessError):
            self._make_letter().with_user(self.colleague).action_send_test_letter()
