"""Every mail that leads to our records, comes from a customer or leads nowhere is a row first; others' are not."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase
from tests.common_intake import RegisterCase, write

#: Charsets on which core's gateway raises, or garbles the text; by the encoding that the text is really in.
DECLARED = {
    "x-gbk": "gbk",
    "windows-936": "gbk",
    "unknown-8bit": "gb18030",
    "gb2312": "gb18030",
    "iso-8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "no-such-charset": "utf-8",
}
TEXTS = {
    "gbk": "十个碗破了",
    "gb18030": "朱镕基先生要五百个碗",
    "cp1252": "It costs 12 €",
    "cp949": "똠방각하 그릇",
    "cp932": "①の皿",
}
ALL = "all@ours.example"


class IncomingMailCase(RegisterCase, ExpoCase):
    """A customer of a show whose salesperson writes to them, and the address that answers come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.alias_domain_id = cls.env["mail.alias.domain"].create(
            {"name": "ours.example", "catchall_alias": "all", "bounce_alias": "bounces"}
        )
        cls.customer = cls._make_participation("Maria Rossi")
        cls.mails = cls.env["expo.incoming.mail"]
        cls.numbers = iter(range(10_000))

    def _receive(self, raw=None, model=None, **values):
        """Give a mail to the gateway, and return the rows that it made."""
        if raw is None:
            values.setdefault("Message_ID", f"<{next(self.numbers)}@customer.example>")
            raw = write(**{"to": ALL, "subject": "Bowls", **values})
        before = self.mails.with_context(active_test=False).search([])
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(model, raw)
        return self.mails.with_context(active_test=False).search([]) - before

    def _ask(self, record):
        """Post a message of ours on a record, and return what an answer refers to."""
        by_manager = record.with_user(self.manager).sudo()
        return {"References": by_manager.message_post(body="Which colour?", subtype_xmlid="mail.mt_comment").message_id}

    def _get_last_message(self, record):
        return record.message_ids.filtered(lambda message: message.message_type == "email").sorted("id")[-1:]

    def _make_records(self):
        """Return a record of every model of this addon to which mail is posted, by the model's name."""
        env, link = self.env, {"participation_id": self.customer.id}
        product = env["product.product"].create({"name": "Plates"})
        order = env["sale.order"].create({"partner_id": self.customer.partner_id.id, "user_id": self.seller.id})
        made = [
            self.customer,
            self.show,
            env["expo.sample"].create({**link, "line_ids": [Command.create({"product_id": product.id})]}),
            env["expo.visit"].create({**link, "aim": "Show the plates"}),
            env["expo.progress.report"].create(
                {**link, "number": 1, "issued_on": "2026-04-20", "due_on": "2026-04-30"}
            ),
            self.customer.file_id or env["expo.customer.file"].create({"partner_id": self.customer.partner_id.id}),
            env["expo.problem.notice"].create({"order_id": order.id, "text": "Late"}),
            env["expo.complaint"].create(
                {"partner_id": self.customer.partner_id.id, "subject": "Broken", "story": "x"}
            ),
            env["expo.complaint.team"].create({"name": "Desk"}),
            self._receive(subject="Bowls?", sender="stranger@elsewhere.example"),
            self.customer.partner_id,
        ]
        return {record._name: record for record in made}


@tagged("post_install", "-at_install")
class TestIncomingMail(IncomingMailCase):
    def test_answer_to_a_message_on_any_of_our_records_is_a_row_and_a_message_there(self):
        records = self._make_records()
        self.assertEqual(set(records), {name for name, _label in self.mails._get_record_models()})
        for name, record in records.items():
            with self.subTest(name):
                mail = self._receive(sender="maria.rossi@customer.example", body="Blue ones", **self._ask(record))
                self.assertEqual((mail.state, mail.record_ref, mail.reason), ("message", record, False))
                message = self._get_last_message(record)
                self.assertIn("Blue ones", message.body)
                self.assertEqual(message.message_id, mail.message_id)

    def test_answer_of_the_customer_starts_our_clock_whatever_record_it_is_on(self):
        for name, record in self._make_records().items():
            with self.subTest(name):
                self.customer.write({"replied_on": False, "unanswered_since": False})
                self._receive(sender="maria.rossi@customer.example", **self._ask(record))
                belongs = "participation_id" in record or name in ("expo.participation", "res.partner")
                self.assertEqual(bool(self.customer.replied_on), belongs and name != "expo.complaint")

    def test_answer_of_a_colleague_is_a_message_and_starts_no_clock(self):
        mail = self._receive(sender=self.colleague.email, **self._ask(self.customer))
        self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))
        self.assertFalse(self.customer.replied_on)
        self.assertEqual(self._get_last_message(self.customer).author_id, self.colleague.partner_id)

    def test_texts_on_which_the_gateway_raises_arrive_letter_by_letter(self):
        for declared, real in DECLARED.items():
            with self.subTest(declared):
                text = TEXTS.get(real, "Zehn Schüsseln 十个碗")
                raw = write(
                    sender="maria.rossi@customer.example",
                    to=ALL,
                    subject="Re: Bowls\0 and plates",
                    Content_Type=f"text/plain; charset={declared}",
                    Message_ID=f"<{declared}@customer.example>",
                    body="",
                    **self._ask(self.customer),
                )
                mail = self._receive(raw + text.encode(real))
                self.assertEqual(mail.state, "message", mail.reason)
                self.assertIn(text, self._get_last_message(self.customer).body)

    def test_mail_to_other_apps_goes_its_way_and_is_not_stored(self):
        team = self.env["crm.team"].create({"name": "Europe", "alias_name": "europe"})
        order = self.env["sale.order"].create({"partner_id": self.customer.partner_id.id})
        sender = "maria.rossi@customer.example"
        self.assertFalse(self._receive(to="europe@ours.example", sender=sender, subject="Ten bowls"))
        self.assertTrue(self.env["crm.lead"].search([("name", "=", "Ten bowls"), ("team_id", "=", team.id)]))
        self.assertFalse(self._receive(sender=sender, body="I sign", **self._ask(order)))
        self.assertIn("I sign", order.message_ids[0].body)
        self.assertFalse(self._receive(to="sales@gmail.example", subject="A lead", model="crm.lead"))
        self.assertTrue(self.env["crm.lead"].search([("name", "=", "A lead")]))
        # Core makes nothing of what is sent to the address of answers.
        self.assertEqual(self._receive(sender="x@elsewhere.example", model="crm.lead").reason_kind, "nowhere")
        # Sent on from our letter to an alias of another app: core makes a lead of it.
        self.assertFalse(self._receive(to="europe@ours.example", subject="Sent on", **self._ask(self.customer)))

    def test_answer_that_also_goes_to_another_app_is_one_message_on_its_record(self):
        self.env["crm.team"].create({"name": "Europe", "alias_name": "europe"})
        sender, europe = "maria.rossi@customer.example", "europe@ours.example"
        for to, copy, leads in ((ALL, europe, 0), (f"{ALL}, {europe}", None, 1), (europe, ALL, 1)):
            for record in (self.customer, self.customer.partner_id):
                with self.subTest(to=to, copy=copy, model=record._name):
                    subject = f"Blue {next(self.numbers)}"
                    mail = self._receive(to=to, Cc=copy, sender=sender, subject=subject, **self._ask(record))
                    self.assertEqual((mail.state, mail.record_ref), ("message", record))
                    self.assertEqual(record.message_ids.mapped("subject").count(subject), 1)
                    self.assertEqual(self.env["crm.lead"].search_count([("name", "=", subject)]), leads)

    def test_sender_with_one_entry_needs_no_reference(self):
        mail = self._receive(sender="Maria <maria.rossi@customer.example>", body="Send ten")
        self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))
        self.assertTrue(self.customer.replied_on)
        self.assertIn("Send ten", self._get_last_message(self.customer).body)

    def test_open_entry_goes_before_those_that_have_ended(self):
        ended = self._make_participation(partner=self.customer.partner_id, show=self._make_show(name="Old", code="OLD"))
        ended.outcome = "lost"
        self.assertEqual(self._receive(sender=self.customer.partner_id.email).record_ref, self.customer)
        self.customer.outcome = "lost"
        self.assertEqual(self._receive(sender=self.customer.partner_id.email).reason_kind, "customer")

    def test_customer_of_two_companies_with_one_mailbox_is_not_certain(self):
        home = self.env.company
        other = home.create({"name": "Second", "alias_domain_id": home.alias_domain_id.id})
        both = {"company_id": other.id, "company_ids": [Command.set((home | other).ids)]}
        boss = new_test_user(self.env, "boss_of_both", "sales_team.group_sale_manager", **both)
        show = self._make_show(name="Autumn Fair", company_id=other.id, user_id=boss.id)
        there = self._make_participation(partner=self.customer.partner_id, show=show, user=boss)
        for entry in (there, self.customer):
            mail = self._receive(sender=self.customer.partner_id.email)
            self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "customer"))
            self.assertNotIn("Fair", mail.reason)
            dialogs = self.env["expo.mail.assign"].with_user(boss)
            dialog = dialogs.with_context(allowed_company_ids=(home | other).ids).create({"mail_id": mail.id})
            dialog.participation_id = entry
            dialog.action_assign()
            self.assertEqual((mail.state, mail.record_ref, mail.company_id), ("message", entry, entry.company_id))
        mail = self._receive(sender=self.customer.partner_id.email, subject="Autumn Fair")
        self.assertEqual((mail.record_ref, mail.company_id), (there, other))

    def test_archived_customer_who_writes_is_at_work_again(self):
        for reference in ({}, self._ask(self.customer)):
            self.customer.active = False
            mail = self._receive(sender=self.customer.partner_id.email, **reference)
            self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))
            self.assertTrue(self.customer.active)
        other = self._make_participation(partner=self.customer.partner_id, show=self._make_show(name="Old", code="OLD"))
        other.active = False
        self.assertEqual(self._receive(sender=self.customer.partner_id.email).record_ref, self.customer)
        self.assertFalse(other.active)

    def test_subject_names_the_exhibition_or_the_order(self):
        autumn = self._make_show(name="Autumn Fair", code="AF")
        other = self._make_participation(partner=self.customer.partner_id, show=autumn)
        order = self.env["sale.order"].create(
            {"partner_id": other.partner_id.id, "name": "S00417", "expo_participation_id": other.id}
        )
        for subject, entry in {
            "Re: Thank you for your visit at Spring Fair": self.customer,
            "答复：Autumn Fair会上的样品": other,
            f"Your order {order.name}, when?": other,
        }.items():
            with self.subTest(subject):
                mail = self._receive(sender=self.customer.partner_id.email, subject=subject)
                self.assertEqual((mail.state, mail.record_ref), ("message", entry))
        self.assertEqual(self._receive(sender="x@y.example", subject="Autumn Fair").reason_kind, "nowhere")
        self.assertEqual(
            self._receive(sender=self.customer.partner_id.email, subject="Midspring Fairy").reason_kind, "customer"
        )

    def test_person_of_the_customers_company_goes_to_their_own_entry(self):
        company = self._make_partner("Rossi S.p.A.", is_company=True)
        self.customer.partner_id.parent_id = company
        luca = self._make_participation(partner=self._make_partner("Luca Bianchi", parent_id=company.id))
        for entry in (self.customer, luca):
            self.assertEqual(self._receive(sender=entry.partner_id.email).record_ref, entry)
        self.assertEqual(self._receive(sender=company.email).reason_kind, "customer")

    def test_mail_of_an_unknown_address_waits_for_a_manager_who_adds_it_with_its_sender(self):
        mail = self._receive(sender="Giulia <giulia@customer.example>", body="Maria asks for ten bowls")
        mail.received_at -= timedelta(days=2)
        self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "nowhere"))
        self.assertTrue(mail.activity_ids.user_id.has_group("sales_team.group_sale_manager"))
        with self.assertRaises(AccessError):
            mail.with_user(self.seller).read(["subject"])
        action = mail.with_user(self.manager).action_assign()
        dialog = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]).create({})
        self.assertEqual(dialog.participation_id, self.customer, "an address of the same company")
        opened = dialog.action_assign()
        self.assertEqual((opened["res_model"], opened["res_id"]), (self.customer._name, self.customer.id))
        self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))
        self.assertEqual(mail.handled_by_id, self.manager)
        self.assertFalse(mail.activity_ids)
        self.assertEqual(self.customer.unanswered_since, mail.received_at, "the customer waits since they wrote")
        self.assertEqual(self._get_last_message(self.customer).author_id.name, "Giulia")
        self.assertEqual(self._receive(sender="giulia@customer.example").record_ref, self.customer)
        with self.assertRaises(UserError):
            dialog.action_assign()

    def test_colleagues_and_machines_do_not_become_contacts_of_the_customer(self):
        for sender in ("Ben <ben@ours.example>", "Platform <noreply@platform.example>"):
            with self.subTest(sender):
                mail = self._receive(sender=sender, subject="Fwd: Bowls", body="Maria writes: ten bowls")
                dialog = self.env["expo.mail.assign"].with_user(self.manager).create({"mail_id": mail.id})
                dialog.participation_id = self.customer
                dialog.action_assign()
                self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))
                self.assertEqual(self._receive(sender=sender).reason_kind, "nowhere")

    def test_salesperson_adds_no_mail_to_a_colleagues_customer(self):
        headers = {"Auto_Submitted": "auto-replied", **self._ask(self.customer)}
        mail = self._receive(sender=self.customer.partner_id.email, **headers)
        foreign = self._make_participation("Kim Lee", user=self.colleague)
        dialog = self.env["expo.mail.assign"].with_user(self.seller).create({"mail_id": mail.id})
        with self.assertRaises(AccessError):
            dialog.participation_id = foreign
            dialog.action_assign()

    def test_text_and_files_are_shown_as_the_web_client_asks_for_them(self):
        mail = self._receive(sender="stranger@elsewhere.example", body="Ten bowls, please")
        shown = mail.with_user(self.manager).with_context(bin_size=True)
        [values] = shown.web_read({"body_text": {}, "raw_text": {}, "file_names": {}, "raw": {}})
        self.assertEqual(values["body_text"].strip(), "Ten bowls, please")
        self.assertIn("Ten bowls", values["raw_text"])

    def test_mail_that_came_in_is_sent_to_no_customer_who_follows_the_record(self):
        complaint = self.env["expo.complaint"].create({"partner_id": self.customer.partner_id.id, "subject": "Broken"})
        for record in (self.customer, complaint):
            with self.subTest(record._name):
                record.message_subscribe((self.customer.partner_id | self.manager.partner_id).ids)
                mail = self._receive(sender="stranger@elsewhere.example", **self._ask(record))
                if record == complaint:
                    mail.with_user(self.manager).action_add_to_complaint()
                message = self._get_last_message(record)
                self.assertEqual(message.message_id, mail.message_id)
                self.assertIn(self.manager.partner_id, message.notified_partner_ids)
                self.assertNotIn(self.customer.partner_id, message.notified_partner_ids)

    def test_many_mails_of_strangers_are_one_activity(self):
        mails = [self._receive(sender=f"news{number}@elsewhere.example") for number in range(5)]
        self.assertEqual([mail.reason_kind for mail in mails], ["nowhere"] * 5)
        self.assertEqual(sum(len(mail.activity_ids) for mail in mails), 1)

    def test_a_mail_is_read_as_the_record_that_it_belongs_to(self):
        readers = [self.manager, self.seller, self.colleague]
        readers += [
            new_test_user(self.env, f"reader_{name}", group)
            for name, group in {
                "all": "sales_team.group_sale_salesman_all_leads",
                "clerk": "base.group_user",
                "portal": "base.group_portal",
            }.items()
        ]
        rows = {
            name: self._receive(sender="maria.rossi@customer.example", **self._ask(record))
            for name, record in self._make_records().items()
            if name not in ("expo.complaint", "expo.complaint.team", "expo.incoming.mail")
        }
        for _round in range(2):
            for user in readers:
                for name, mail in rows.items():
                    if user == self.manager:
                        continue
                    with self.subTest(user=user.login, model=name):
                        record = mail.record_ref.with_user(user)
                        expected = user.has_group("sales_team.group_sale_salesman") and record.has_access("read")
                        self.assertEqual(mail.with_user(user).has_access("read"), expected)
                        if user.has_group("sales_team.group_sale_salesman"):
                            found = mail.with_user(user).search([("id", "=", mail.id)])
                            self.assertEqual(bool(found), expected)
            self.customer.user_id = self.colleague

    def test_machines_are_quiet_rows_of_the_record(self):
        for headers in ({"Auto_Submitted": "auto-replied"}, {"Subject": "自动回复: 度假"}):
            subject = headers.pop("Subject", "Away")
            mail = self._receive(
                sender="maria.rossi@customer.example", subject=subject, **headers, **self._ask(self.customer)
            )
            self.assertEqual((mail.state, mail.record_ref), ("robot", self.customer))
        self.assertFalse(self.customer.replied_on)
        self.assertEqual(self._receive(sender="x@elsewhere.example", Auto_Submitted="auto-replied").state, "robot")

    def test_the_sum_is_exact(self):
        reference = self._ask(self.customer)
        sent = [
            {"sender": "maria.rossi@customer.example", **reference},
            {"sender": "maria.rossi@customer.example"},
            {"sender": "stranger@elsewhere.example"},
            {"sender": "MAILER-DAEMON@mx.example", "subject": "failure notice"},
            {"sender": None},
            {"sender": "maria.rossi@customer.example", "to": None},
        ]
        rows = self.mails
        for values in sent:
            raw = write(**{"to": ALL, "Message_ID": f"<sum-{next(self.numbers)}@customer.example>", **values})
            rows |= self._receive(raw) | self._receive(raw)
        self.assertEqual(len(rows), 2 * len(sent))
        self.assertEqual(len(rows.filtered(lambda mail: mail.state == "duplicate")), len(sent))
        self.assertNotIn("waiting", rows.mapped("state"))

    def test_trouble_on_the_record_holds_the_mail_and_a_later_try_delivers_it(self):
        with self.subTest("a record that refuses messages"):
            self.env.cr.execute(
                """
                CREATE FUNCTION refuse_message() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$
                LANGUAGE plpgsql;
                CREATE TRIGGER refuse BEFORE INSERT ON mail_message FOR EACH ROW
                WHEN (NEW.model = 'expo.participation') EXECUTE FUNCTION refuse_message()
                """
            )
            with mute_logger("odoo.sql_db", "odoo.addons.expo_followup.models.mail.incoming_mail"):
                mail = self._receive(sender="maria.rossi@customer.example")
            self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "error"))
            self.env.cr.execute("DROP TRIGGER refuse ON mail_message")
            mail.with_user(self.manager).action_retry()
            self.assertEqual((mail.state, mail.record_ref), ("message", self.customer))

    def test_rows_follow_the_merged_entry(self):
        other = self._make_participation("Maria R.", email="m@customer.example")
        mails = [self._receive(sender=entry.partner_id.email) for entry in (self.customer, other)]
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer.partner_id | other.partner_id).ids, other.partner_id)
        [left] = (self.customer | other).exists()
        self.assertEqual([mail.record_ref for mail in mails], [left, left])

    def test_mail_to_a_record_that_is_gone_finds_its_customer_again(self):
        sample = self.env["expo.sample"].create({"participation_id": self.customer.id})
        reference = self._ask(sample)
        mail = self._receive(sender="x@elsewhere.example", **reference)
        self.assertEqual(mail.record_ref, sample)
        sample.unlink()
        self.assertFalse(mail.record_ref)
        self.assertFalse(mail.with_user(self.seller).has_access("read"))
        self.assertEqual(self._receive(sender=self.customer.partner_id.email, **reference).record_ref, self.customer)

    def test_erasure_takes_the_mails_of_a_person_from_any_address(self):
        own = self._receive(sender="maria.rossi@customer.example")
        sent_for = self._receive(sender="assistant@elsewhere.example", **self._ask(self.customer))
        held = self._receive(sender="maria.rossi@customer.example", Auto_Submitted="auto-replied")
        other = self._receive(sender="stranger@elsewhere.example")
        wizard = self.env["expo.privacy.erase"].with_user(self.manager)
        wizard.create({"partner_id": self.customer.partner_id.id, "reason": "Asked for it"}).action_erase()
        self.assertEqual((own | sent_for | held | other).exists(), other)

    def test_originals_are_kept_as_long_as_the_company_says(self):
        self.env.company.expo_complaint_mail_days = 30
        mail = self._receive(sender="maria.rossi@customer.example")
        held = self._receive(sender="stranger@elsewhere.example")
        (mail | held).write({"received_at": fields.Datetime.now() - timedelta(days=40)})
        self._run_cron("incoming_mail_forget")
        self.assertFalse(mail.raw)
        self.assertTrue(held.raw, "what waits is kept")

    def test_mail_to_the_address_of_a_company_is_for_its_entries(self):
        company = self.env["res.company"].create({"name": "Second"})
        company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "second.example"})
        show = self._make_show(name="Their Fair", code="TF", company_id=company.id, user_id=False)
        theirs = self._make_participation(partner=self.customer.partner_id, show=show, user=False)
        mail = self._receive(sender="maria.rossi@customer.example", to="catchall@second.example")
        self.assertEqual((mail.company_id, mail.record_ref), (company, theirs))
        self.customer.outcome = "lost"
        mail = self._receive(sender="maria.rossi@customer.example", to=ALL)
        self.assertEqual((mail.company_id, mail.record_ref), (self.env.company, self.customer))
