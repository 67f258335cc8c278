"""The thank-you letter: in the customer's language, with what was talked about, and what the answer does."""

import base64
import io
from email import message_from_bytes, message_from_string, policy
from unittest.mock import MagicMock, patch

from freezegun import freeze_time
from PIL import Image

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase
from tests.common_intake import RegisterCase
from tests.mail.bounces import LOST, OURS, PROVIDERS
from tests.mail.hostile import PEOPLE_LIKE_MACHINES, machine_mails


def picture():
    """A small PNG file in base64."""
    data = io.BytesIO()
    Image.new("RGB", (40, 10), "navy").save(data, "PNG")
    return base64.b64encode(data.getvalue())


class LetterCase(ExpoCase):
    """A show with a hall and a stand, ready to write letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.show.write({"city": "Guangzhou", "hall": "12.2", "booth": "B17"})
        cls.template = cls.env.ref("expo_followup.mail_template_thank_you")
        cls.seller.write({"name": "Anna Chen", "phone": "+49 30 5550123"})

    def _letter(self, customer, template=None):
        return customer._render_letters(template or self.template, create_links=True)[customer.id]

    def _custom(self, body):
        return self.template.copy({"name": "Our own words", "body_html": body})


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLetter(LetterCase):
    def test_an_english_letter_has_its_five_parts(self):
        lamp = self.env["product.product"].create({"name": "Desk lamp", "description_sale": "9 W\n200 pieces"})
        self.show.letter_attachment_ids = self.env["ir.attachment"].create({"name": "Catalogue.pdf", "raw": b"x"})
        customer = self._make_participation("Maria Rossi", lang="en_US", product_ids=[(6, 0, lamp.ids)])
        letter = self._letter(customer)
        self.assertEqual(letter["subject"], "Thank you for meeting us at Spring Fair")
        body = " ".join(letter["body_html"].split())
        for words in (
            "Dear Maria Rossi,",
            "Spring Fair · Guangzhou · Hall 12.2 · Booth B17",
            "Thank you for taking the time",
            "about our company and our new products",
            "These are the products you asked about:",
            "Desk lamp",
            "9 W<br> 200 pieces",
            customer.feedback_url.replace("&", "&amp;"),
            "We wish you and your company every success",
            "Enclosed: Catalogue.pdf",
            customer.unsubscribe_url.replace("&", "&amp;"),
        ):
            with self.subTest(words=words):
                self.assertIn(words, body)
        self.assertEqual(letter["attachment_ids"], [(6, 0, self.show.letter_attachment_ids.ids)])

    def test_a_chinese_customer_gets_a_chinese_letter(self):
        letter = self._letter(self._make_participation("王伟", country="cn", email="wang@kehu.example", lang="zh_CN"))
        self.assertEqual(letter["subject"], "感谢信：很高兴在Spring Fair与您相识")
        for words in ("尊敬的王伟：", "感谢您在百忙之中", "12.2 号馆", "填写意见及建议", "敬礼", "退订"):
            with self.subTest(words=words):
                self.assertIn(words, letter["body_html"])
        for words in ("Dear", "Thank you", "unsubscribe from", "You "):
            with self.subTest(words=words):
                self.assertNotIn(words, letter["body_html"])

    def test_customers_of_two_languages_are_rendered_together_and_do_not_mix(self):
        maria = self._make_participation("Maria Rossi", lang="en_US")
        wang = self._make_participation("王伟", email="wang@kehu.example", lang="zh_CN")
        letters = (maria | wang)._render_letters(self.template)
        self.assertIn("Dear Maria Rossi,", letters[maria.id]["body_html"])
        self.assertNotIn("Maria", letters[wang.id]["body_html"])
        self.assertIn("尊敬的王伟", letters[wang.id]["body_html"])

    def test_letter_person_with_form_of_address_is_addressed_by_it(self):
        english = self._make_participation("Hans Adler", lang="en_US")
        chinese = self._make_participation("王伟", email="wang@kehu.example", lang="zh_CN")
        for customer, form in ((english, "Herr Dr. Adler"), (chinese, "王女士")):
            self.env["expo.customer.person"].create(
                {"file_id": customer.file_id.id, "partner_id": customer.partner_id.id, "address_form": form}
            )
        letters = (english | chinese)._render_letters(self.template)
        self.assertIn("Dear Dr. Adler,", letters[english.id]["body_html"])
        self.assertIn("尊敬的王女士：", letters[chinese.id]["body_html"])
        for customer, words in ((english, "Dear Dr. Adler,"), (chinese, "尊敬的王女士：")):
            localized = customer.with_context(lang=customer.partner_id.lang)
            sample = self.env["expo.sample"].create({"participation_id": customer.id}).with_env(localized.env)
            visit = self.env["expo.visit"].create({"participation_id": customer.id}).with_env(localized.env)
            complaint = self.env["expo.complaint"].create({"partner_id": customer.partner_id.id, "subject": "Cracked"})
            self.assertEqual(sample._get_salutation(), words)
            self.assertEqual(visit.letter_salutation, words)
            self.assertIn(words, complaint.with_env(localized.env)._get_letter_salutation())

    def test_letter_contact_named_by_its_address_is_not_addressed_by_it(self):
        customer = self._make_participation("maria@customer.example", email="maria@customer.example")
        self.assertIn("Dear Sir or Madam,", self._letter(customer)["body_html"])

    def test_a_company_without_a_person_is_addressed_as_such(self):
        company = self._make_partner("Nordlys AS", country="no", is_company=True)
        customer = self._make_participation(partner=company)
        self.assertIn("Dear Sir or Madam,", self._letter(customer)["body_html"])

    def test_letter_names_the_recorder_and_the_salesperson(self):
        self.colleague.name = "Ben Zhou"
        other = self._make_participation("Maria Rossi", captured_by_id=self.colleague.id)
        same = self._make_participation("Paolo Bianchi", captured_by_id=self.seller.id)
        unassigned = self._make_participation("Carla Verdi", captured_by_id=False, user=False)
        self.assertIn(
            "You spoke with Ben Zhou. From now on, your contact at our company is Anna Chen",
            self._letter(other)["body_html"],
        )
        self.assertIn("You spoke with Anna Chen, who will remain your contact", self._letter(same)["body_html"])
        self.assertNotIn("You spoke with", self._letter(unassigned)["body_html"])

    def test_letter_to_an_imported_customer_names_no_user_as_met(self):
        capture = self.env["expo.capture"].create(
            {"exhibition_id": self.show.id, "name": "Dora Kim", "email": "dora@kim.example", "channel": "import"}
        )
        capture._enter_customers()
        body = self._letter(capture.participation_id)["body_html"]
        self.assertNotIn("You spoke with", body)

    def test_without_a_senior_manager_the_owner_signs(self):
        body = self._letter(self._make_participation())["body_html"]
        self.assertIn("+49 30 5550123 · anna@ours.example", body)
        self.assertNotIn("<img", body)

    def test_senior_manager_signs_with_a_picture(self):
        boss = self.env["res.partner"].create({"name": "Helen Wang", "function": "General Manager"})
        self.show.write({"signatory_id": boss.id, "signature": picture()})
        body = self._letter(self._make_participation())["body_html"]
        self.assertRegex(body, r"<img[^>]+/web/image/\d+\?access_token=")
        self.assertIn("General Manager", body)

    def test_what_the_customer_typed_cannot_become_html(self):
        body = self._letter(self._make_participation("<b>Eve</b>", email="eve@customer.example"))["body_html"]
        self.assertIn("&lt;b&gt;Eve", body)
        self.assertNotIn("<b>Eve", body)

    def test_without_a_form_the_letter_asks_for_an_answer(self):
        self.show.survey_id = False
        body = self._letter(self._make_participation())["body_html"]
        self.assertIn("a reply to this letter is enough", " ".join(body.split()))
        self.assertNotIn("/survey/", body)

    def test_the_product_letter_renders_too(self):
        letter = self._letter(
            self._make_participation("Maria Rossi"), self.env.ref("expo_followup.mail_template_email_revisit")
        )
        self.assertIn("May we prepare a quotation", letter["body_html"])

    def test_templates_render_on_no_record_at_all(self):
        for name in ("thank_you", "email_revisit"):
            template = self.env.ref(f"expo_followup.mail_template_{name}")
            body = self.env["expo.participation"]._render_bodies(template)
            self.assertEqual(body, {})
            self.assertEqual(list(template._render_field("body_html", [False])), [False])

    def test_the_bytes_are_those_of_the_core(self):
        customers = self.env["expo.participation"]
        for number in range(5):
            customers |= self._make_participation(f"Customer {number}")
        directives = """<div t-if="object.user_id"><t t-foreach="[1, 2]" t-as="line"><i t-out="line"/></t>
            <a t-att-href="'/x/%s' % object.id">link</a> <t t-out="user.name"/>&amp;</div>"""
        for template in (self._custom(directives), self.template):
            # An expression that is not whitelisted makes the core take its full engine, as ours is.
            template.body_html = f'{template.body_html}<t t-out="object.id + 0"/>'
            core = template._render_field("body_html", customers.ids)
            self.assertEqual(customers._render_bodies(template), core)
            self.assertEqual(len(set(core.values())), 5)

    def test_nothing_of_one_letter_is_left_in_the_next(self):
        template = self._custom(
            """<t t-if="object.partner_id.name == 'Anna'" t-set="secret" t-value="'price 12'"/>
            <t t-if="object.partner_id.name == 'Anna'"><t t-foreach="['clause 7']" t-as="clause"><i/></t>
            <t t-set="user" t-value="object.partner_id"/></t>
            <p><t t-out="secret"/>|<t t-out="clause"/>|<t t-out="user.name"/></p>"""
        )
        anna, bert = self._make_participation("Anna"), self._make_participation("Bert")
        bodies = (anna | bert)._render_bodies(template)
        self.assertIn("<p>price 12|clause 7|Anna</p>", bodies[anna.id])
        self.assertIn(f"<p>||{self.env.user.name}</p>", bodies[bert.id])
        self.assertEqual(bodies, template._render_field("body_html", (anna | bert).ids))

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_a_letter_that_does_not_render_says_which_and_why(self):
        template = self._custom("<p>fine</p>")
        # Templates are checked when they are saved; a field may vanish later.
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            ['{"en_US": "<p><t t-out=\\"object.no_such_field\\"/></p>"}', template.id],
        )
        template.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "“Our own words” because it contains an error. .*.*no_such_field"):
            self._letter(self._make_participation(), template)

    def test_sales_manager_writes_an_own_letter(self):
        customer = self._make_participation("Maria Rossi")
        template = self.template.with_user(self.manager).copy({"name": "Autumn letter"})
        template.body_html = str(template.body_html).replace("With kind regards", "Yours sincerely")
        self.assertIn("Yours sincerely", self._letter(customer, template.sudo())["body_html"])


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLetterMessage(RegisterCase, LetterCase):
    """What reaches the mail server, and what comes back from the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alias_domain = cls.env["mail.alias.domain"].create({"name": "ours.example"})
        cls.env.company.alias_domain_id = cls.alias_domain
        boss = cls.env["res.partner"].create({"name": "Helen Wang"})
        cls.show.write({"signatory_id": boss.id, "signature": picture()})
        cls.customer = cls._make_participation("Maria Rossi", lang="en_US")

    def _send(self):
        """Close the show, send the letter, and return the message as the mail server got it."""
        self.show.with_user(self.manager).close_show()
        mail = self.customer.followup_ids.mail_mail_id
        mail.scheduled_date = False
        messages = self._process(mail)
        self.assertEqual(len(messages), 1)
        return messages[0]

    def _process(self, mail):
        """Let the mail queue handle a mail, and return what reaches the mail server."""
        messages = []

        def keep(_self, message, *_args, **_kwargs):
            messages.append(message)
            return message["Message-Id"]

        with (
            patch.object(IrMail_Server, "_connect__", lambda *_args, **_kwargs: MagicMock()),
            patch.object(IrMail_Server, "_disable_send", lambda *_args: False),
            patch.object(IrMail_Server, "send_email", keep),
        ):
            self.env["mail.mail"].process_email_queue(email_ids=mail.ids)
        return messages

    def test_a_letter_that_an_outage_kept_back_leaves_on_our_next_working_day(self):
        self.show.with_user(self.manager).close_show()
        letter = self._step_of(self.customer, "thank_you")
        mail = letter.mail_mail_id
        with freeze_time("2026-04-25 08:00:00"):  # a Saturday
            self.assertFalse(self._process(mail))
            self.assertEqual((mail.state, letter.mail_state), ("outgoing", "outgoing"))
            self.assertEqual(str(mail.scheduled_date), "2026-04-27 07:00:00")
        with freeze_time("2026-04-27 07:30:00"):
            self.assertEqual(len(self._process(mail)), 1)
            self.assertEqual((letter.state, letter.mail_state), ("done", "sent"))

    def test_letters_that_an_outage_kept_back_leave_within_the_hours_limit(self):
        self.env.company.expo_letters_per_hour = 8
        customers = self.customer.union(*(self._make_participation(f"N {n}") for n in range(8)))
        self.show.with_user(self.manager).close_show()
        letters = customers.followup_ids.filtered(lambda followup: followup.step_id == self.steps["thank_you"])
        with freeze_time("2026-04-21 11:05:00"):
            letters.mail_mail_id._keep_in_queue(0)
            self.assertEqual(len(self._process(letters.mail_mail_id)), 2)
            waiting = letters.filtered(lambda letter: letter.mail_state == "outgoing")
            moments = sorted(str(moment)[11:16] for moment in waiting.mail_mail_id.mapped("scheduled_date"))
            self.assertEqual(moments, ["11:15", "11:15", "11:30", "11:30", "11:45", "11:45", "12:00"])
            waiting.mail_mail_id._keep_in_queue(0)
            self.assertFalse(self._process(waiting.mail_mail_id), "the next round of the queue in the same quarter")
        with freeze_time("2026-04-21 11:15:30"):
            self.assertEqual(len(self._process(waiting.mail_mail_id)), 2)

    def test_a_letter_queued_late_on_a_day_off_is_for_the_next_working_day(self):
        self._make_participation("Late", lang="en_US")
        with freeze_time("2026-04-25 08:00:00"):  # a Saturday
            self.show.with_user(self.manager).close_show()
            letter = self._step_of(self.customer, "thank_you")
            self.assertEqual(str(letter.mail_mail_id.scheduled_date), "2026-04-27 07:00:00")
            letter._withdraw_letters()
            letter.window_start = "2026-04-24"
            letter._queue_letters()
            self.assertEqual(str(letter.mail_mail_id.scheduled_date), "2026-04-27 07:00:00")

    def test_a_letter_that_a_user_sends_leaves_on_a_day_off_as_well(self):
        self.show.with_user(self.manager).close_show()
        letter = self._step_of(self.customer, "email_revisit")
        with freeze_time("2026-05-02 08:00:00"):  # a Saturday
            letter.with_user(self.seller).action_send_letter()
            self.assertEqual(len(self._process(letter.mail_mail_id)), 1)
            self.assertEqual(letter.mail_state, "sent")

    def _answer(
        self, letter, sender="Maria Rossi <maria.rossi@customer.example>", headers=(), subject="Re: ", number=1
    ):
        lines = [
            f"From: {sender}",
            f"To: {letter['Reply-To']}",
            f"Subject: {subject}{letter['Subject']}",
            f"Message-ID: <answer-{number}@customer.example>",
            f"In-Reply-To: {letter['Message-Id']}",
            f"References: {letter['Message-Id']}",
            "Content-Type: text/plain; charset=utf-8",
            *headers,
            "",
            "We would like to order 500 pieces.",
        ]
        return self.env["mail.thread"].message_process(None, "\r\n".join(lines))

    def test_the_letter_unsubscribes_by_one_click(self):
        letter = self._send()
        self.assertEqual(letter["List-Unsubscribe"], f"<{self.customer.unsubscribe_url}>")
        self.assertEqual(letter["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

    def test_the_signature_travels_inside_the_letter(self):
        letter = message_from_string(self._send().as_string(), policy=policy.SMTP)
        html = letter.get_body(("html",)).get_content()
        image = next(part for part in letter.walk() if part.get_content_type() == "image/jpeg")
        self.assertIn(f'src="cid:{image["Content-ID"].strip("<>")}"', html)
        self.assertNotIn("/web/image/", html)
        self.assertEqual(image.get_content_disposition(), "inline")
        self.assertIn("multipart/related", [part.get_content_type() for part in letter.walk()])

    def test_picture_of_another_record_is_not_put_into_the_mail(self):
        secret = self.env["ir.attachment"].create({"name": "secret.png", "raw": base64.b64decode(picture())})
        mail = self.env["mail.mail"].create(
            {
                "body_html": f'<img src="/web/image/{secret.id}?access_token=guess">',
                "email_to": "eve@customer.example",
            }
        )
        self.assertEqual(mail._prepare_outgoing_list()[0]["attachments"], [])

    def test_a_letter_that_left_is_a_done_touch_with_its_message_kept(self):
        letter = self._send()
        followup = self._step_of(self.customer, "thank_you")
        self.assertEqual((followup.state, followup.mail_state), ("done", "sent"))
        self.assertEqual(followup.mail_mail_id.message_id, letter["Message-Id"])
        self.assertEqual(self.customer.response_state, "waiting")

    def test_reply_arrives_at_the_customer_and_the_salesperson_is_notified(self):
        letter = self._send()
        self.assertIn("@ours.example", letter["Reply-To"])
        self._answer(letter)
        message = self.customer.message_ids[0]
        self.assertIn("500 pieces", message.body)
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertTrue(self.customer.replied_on)
        self.assertEqual(self.customer.response_state, "waiting", "now the customer waits for us")
        self.assertTrue(self.customer.unanswered_since)
        activity = self.customer.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.activity_type_id, self.env.ref("expo_followup.activity_answer"))

    def test_an_out_of_office_note_is_no_answer(self):
        letter = self._send()
        self._answer(letter, headers=["Auto-Submitted: auto-replied"])
        self.assertFalse(self.customer.replied_on)
        self.assertEqual(self.customer.response_state, "waiting")
        self.assertFalse(self.customer.activity_ids)

    def test_an_out_of_office_note_that_only_its_subject_tells_is_no_answer_either(self):
        letter = self._send()
        self._answer(letter, subject="自动回复：")
        self.assertFalse(self.customer.replied_on)

    def _return(self, letter, provider, kind):
        raw = PROVIDERS[provider](kind)
        for sign in (str, lambda text: text.replace("<", "&lt;")):
            raw = raw.replace(sign(OURS).encode(), sign(letter["Message-Id"]).encode())
        return self.env["mail.thread"].message_process(
            None, raw.replace(LOST.encode(), b"maria.rossi@customer.example")
        )

    def test_letter_that_comes_back_is_failed_in_the_words_of_every_provider(self):
        letter = self._send()
        followup = self._step_of(self.customer, "thank_you")
        done = {name: followup[name] for name in ("state", "mail_state", "done_on", "number")}
        for provider in PROVIDERS:
            with self.subTest(provider):
                self._return(letter, provider, "delayed")
                self.assertEqual((followup.state, followup.mail_state), ("done", "sent"), "it is only late")
                self._return(letter, provider, "unknown")
                self.assertEqual((followup.state, followup.mail_state), ("failed", "exception"))
                self.assertTrue(followup.failure_reason)
                self.assertEqual(self.customer.partner_id.message_bounce, 1)
                self._return(letter, provider, "unknown")
                self.assertEqual(self.customer.partner_id.message_bounce, 1, "the report came twice")
                followup.write(done)
                self.customer.partner_id.message_bounce = 0

    def test_returned_letter_holds_the_next_one_back_asks_the_salesperson_once_and_is_sent_again(self):
        letter = self._send()
        followup, product = self._step_of(self.customer, "thank_you"), self._step_of(self.customer, "email_revisit")
        self._return(letter, "netease", "full")
        self._run_cron("sync")
        self.assertIn("邮箱容量已满", followup.failure_reason)
        self.assertEqual((product.state, product.exclude_reason), ("excluded", "bounced"))
        self.assertEqual(self.customer.activity_ids.filtered("automated").user_id, self.seller)
        self.assertEqual(len(self.customer.activity_ids.filtered("automated")), 1)
        self.assertFalse(self.customer.replied_on)
        followup.with_user(self.seller).action_retry()
        self.assertEqual((followup.mail_state, product.state), ("outgoing", "planned"))
        self.assertEqual(followup.mail_mail_id.message_id, letter["Message-Id"])

    def test_person_who_sends_a_report_on_has_answered_and_the_letter_stays_delivered(self):
        letter = self._send()
        self._answer(letter, subject="Fwd: Undelivered Mail Returned to Sender: ")
        followup = self._step_of(self.customer, "thank_you")
        self.assertEqual((followup.state, followup.mail_state), ("done", "sent"))
        self.assertTrue(self.customer.replied_on)

    def test_mail_of_the_customers_own_system_counts_when_it_has_a_text(self):
        letter = self._send()
        self._answer(letter, headers=["Auto-Submitted: auto-generated"])
        self.assertTrue(self.customer.replied_on)

    def _post_on_records_of_customer(self):
        """Return our messages on all records that a customer may answer by mail."""
        product = self.env["product.product"].create({"name": "Plates"})
        link = {"participation_id": self.customer.id}
        lines = [Command.create({"product_id": product.id})]
        sample = self.env["expo.sample"].with_user(self.seller).create({**link, "line_ids": lines})
        visit = self.env["expo.visit"].with_user(self.seller).create({**link, "aim": "Show the plates"})
        customer = self.customer.with_user(self.seller)
        return [record.message_post(body="Which colour?") for record in (customer, sample, visit)]

    def test_mail_of_a_machine_is_no_answer_to_a_letter_sample_or_visit(self):
        for message in self._post_on_records_of_customer():
            for number, (name, raw) in enumerate(machine_mails()):
                if name == "a report of nothing":  # core's gateway cannot read it, and keeps nothing of it
                    continue
                with self.subTest(name, model=message.model):
                    came = message_from_bytes(raw)
                    came["In-Reply-To"] = came["References"] = message.message_id
                    came.replace_header("To", "catchall@ours.example")
                    del came["Message-ID"]
                    came["Message-ID"] = f"<machine-{number}-{message.id}@h>"
                    self.env["mail.thread"].message_process(None, came.as_bytes())
                    self.assertFalse(self.customer.replied_on)
        self.assertEqual(self.customer.response_state, "waiting")

    def test_mail_of_a_person_named_like_a_machine_is_an_answer_to_a_letter_and_a_sample(self):
        for message in self._post_on_records_of_customer()[:2]:
            for number, sender in enumerate(PEOPLE_LIKE_MACHINES):
                with self.subTest(sender, model=message.model):
                    self.customer.sudo().replied_on = False
                    self._answer(
                        {"Reply-To": "catchall@ours.example", "Subject": "Plates", "Message-Id": message.message_id},
                        sender=sender,
                        number=f"{number}-{message.id}",
                    )
                    self.assertTrue(self.customer.replied_on)

    def test_a_person_whose_program_suppresses_auto_replies_has_answered(self):
        letter = self._send()
        self._answer(letter, headers=["X-Auto-Response-Suppress: All", "Auto-Submitted: no"])
        self.assertTrue(self.customer.replied_on)

    def test_what_our_own_people_write_is_no_answer(self):
        letter = self._send()
        self._answer(letter, sender="Ben <ben@ours.example>")
        self.assertFalse(self.customer.replied_on)

    def test_two_answers_make_one_reminder(self):
        letter = self._send()
        self._answer(letter)
        self.customer._note_reply()
        self.assertEqual(len(self.customer.activity_ids), 1)
