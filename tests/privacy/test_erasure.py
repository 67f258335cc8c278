"""Erasing a person reaches what is still to leave, and the lists that were uploaded; others keep theirs."""

import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import email_normalize_all

from tests.common import ExpoCase

REPORT = "expo_followup.report_privacy"


@tagged("post_install", "-at_install")
class TestErasureOutgoing(MailCase, ExpoCase):
    """Nothing leaves to an erased person, whatever waits to be sent; the others still get theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_partner("Ex Ltd", is_company=True, email="office@ex.example")
        cls.ann = cls._make_partner("Ann Lee", email="ann@ex.example", parent_id=cls.company.id)
        cls.joann = cls._make_partner("Joann Lee", email="joann@ex.example", parent_id=cls.company.id)
        cls.entry = cls._make_participation(partner=cls.ann, contact_consent="granted")
        cls.order = cls.env["sale.order"].create({"partner_id": cls.joann.id})
        cls.order.message_unsubscribe(cls.order.message_partner_ids.ids)
        cls.env["mail.mail"].search([]).unlink()

    def _erase(self):
        wizard = self.env["expo.privacy.erase"].with_user(self.manager)
        wizard = wizard.create({"partner_id": self.ann.id, "reason": "Asked for it"})
        contents = wizard.contents
        wizard.action_erase()
        return contents

    def _get_document(self):
        report = self.env["ir.actions.report"].with_user(self.manager)
        return report._render_qweb_html(REPORT, self.ann.ids)[0].decode()

    def _send_all(self):
        """Run every queue, in a week, failed ones retried; return all addresses written to."""
        with freeze_time(fields.Datetime.now() + timedelta(days=7)), self.mock_mail_gateway():
            self.env["mail.scheduled.message"]._post_messages_cron()
            self.env["mail.message.schedule"]._send_notifications_cron()
            mails = self.env["mail.mail"].search([("state", "in", ("exception", "cancel", "outgoing"))])
            mails.mark_outgoing()
            mails.send()
            return [address for mail in self._mails for address in email_normalize_all(",".join(mail["email_to"]))]

    def _make_mail(self, **values):
        return self.env["mail.mail"].create(
            {"subject": "News", "body_html": "<p>Dear customer</p>", "email_from": "anna@ours.example", **values}
        )

    def test_captured_contact_tied_by_its_address_only_is_shown_and_erased(self):
        capture, other = self.env["expo.capture"].create(
            [
                {"exhibition_id": self.show.id, "name": "A. Lee", "email": f"{name}@ex.example", "note": f"Note {name}"}
                for name in ("ann", "joann")
            ]
        )
        self.assertFalse(capture.partner_id or capture.participation_id)
        self.assertIn("Note ann", self._get_document())
        self.assertNotIn("Note joann", self._get_document())
        self._erase()
        self.assertFalse(capture.exists())
        self.assertEqual(other.note, "Note joann")

    def test_mail_to_the_erased_person_alone_goes_in_every_state_and_form_of_address(self):
        ways = [
            {"recipient_ids": self.ann.ids},
            {"email_to": "ann@ex.example"},
            {"email_to": '"Lee, Ann" <ANN@ex.example>'},
            {"email_cc": "Ann <ann@ex.example>"},
            {"email_to": "ann@ex.example", "recipient_ids": self.ann.ids},
            {"email_to": "ann@ex.example", "model": "sale.order", "res_id": self.order.id},
        ]
        mails = self.env["mail.mail"].concat(
            *(self._make_mail(**way, state=state) for way in ways for state in ("outgoing", "exception", "cancel"))
        )
        self.assertIn("Dear customer", self._get_document())
        self.assertIn(f"Outgoing Mails: {len(mails)}", self._erase())
        self.assertFalse(mails.exists())
        self.assertFalse(self._send_all())

    def test_mail_to_several_leaves_to_the_others_alone(self):
        both = self.ann + self.joann
        headers = {"X-Msg-To-Add": '"Ann Lee" <ann@ex.example>,"Joann Lee" <joann@ex.example>'}
        mails = {
            "contacts": self._make_mail(recipient_ids=both.ids, headers=repr(headers)),
            "to": self._make_mail(email_to="ann@ex.example, Joann <joann@ex.example>"),
            "copy": self._make_mail(email_to="joann@ex.example", email_cc="Ann <ann@ex.example>"),
            "mixed": self._make_mail(email_to="joann@ex.example", recipient_ids=self.ann.ids),
            "failed": self._make_mail(email_to="joann@ex.example,ann@ex.example", state="exception"),
            "on the contact": self._make_mail(recipient_ids=both.ids, model="res.partner", res_id=self.ann.id),
            "on the entry": self._make_mail(recipient_ids=both.ids, model=self.entry._name, res_id=self.entry.id),
            "answers to all": self._make_mail(recipient_ids=self.joann.ids, headers=repr(headers)),
        }
        self._erase()
        for case, mail in mails.items():
            with self.subTest(case=case):
                self.assertTrue(mail.exists())
                self.assertNotIn("Ann", (mail.headers or "").replace("Joann", ""))
        self.assertEqual(self._send_all(), ["joann@ex.example"] * len(mails))

    def test_mail_to_an_address_that_contains_this_one_stays_untouched(self):
        addresses = (
            "joann@ex.example",
            "jo.ann@ex.example",
            "ann@ex.example.org",
            "o'ann@ex.example",
            "x+ann@ex.example",
        )
        mails = self.env["mail.mail"].concat(*(self._make_mail(email_to=address) for address in addresses))
        before = mails.read(["email_to", "write_date", "state"])
        self._erase()
        self.assertEqual(mails.read(["email_to", "write_date", "state"]), before)

    def test_mail_to_a_shared_mailbox_stays_when_it_is_about_another_contact(self):
        self.joann.email = "ann@ex.example"
        theirs = self._make_mail(email_to="ann@ex.example", model="sale.order", res_id=self.order.id)
        hers = self._make_mail(email_to="ann@ex.example")
        self._erase()
        self.assertEqual((theirs + hers).exists(), theirs)

    def test_scheduled_message_to_the_erased_person_goes_and_others_get_theirs(self):
        later = fields.Datetime.now() + timedelta(days=1)
        both = self.ann + self.joann
        messages = self.env["mail.scheduled.message"].with_user(self.manager).create(
            [
                {"model": record._name, "res_id": record.id, "body": "<p>Soon</p>", "scheduled_date": later,
                 "author_id": self.manager.partner_id.id, "partner_ids": partners.ids}
                for record, partners in (
                    (self.order, self.ann), (self.order, both), (self.order, self.joann), (self.ann, self.joann),
                    (self.entry, self.ann),
                )
            ]
        ).sudo()  # fmt: skip
        self.assertIn("Soon", self._get_document())
        self.assertIn("Scheduled Message: 4", self._erase())
        self.assertEqual(messages.exists(), messages[1] + messages[2])
        self.assertEqual(messages.exists().partner_ids, self.joann)
        self.assertEqual(self._send_all(), ["joann@ex.example"] * 2)

    def test_notice_that_is_to_leave_later_reaches_the_others_alone(self):
        later = fields.Datetime.now() + timedelta(days=1)
        for partner in (self.ann, self.ann + self.joann):
            self.order.message_post(
                body="Soon", partner_ids=partner.ids, scheduled_date=later, subtype_xmlid="mail.mt_comment"
            )
        self.order.message_post(body="Soon", outgoing_email_to="ann@ex.example", scheduled_date=later)
        schedules = self.env["mail.message.schedule"].search([])
        self.assertEqual(len(schedules), 3)
        self._erase()
        self.assertEqual(len(schedules.exists()), 1)
        self.assertEqual(self._send_all(), ["joann@ex.example"])

    def test_letter_of_the_show_goes_in_every_state_of_the_queue(self):
        self.show.with_user(self.manager).close_show()
        letter = self.entry.followup_ids.filtered("mail_mail_id")
        mail = letter.mail_mail_id
        self.assertEqual(len(mail), 1)
        for state in ("outgoing", "sending", "exception"):
            with self.subTest(state=state), self.env.cr.savepoint() as savepoint:
                letter.mail_state = state
                letter.claimed_on = state == "sending" and fields.Datetime.now()
                mail.state = "exception" if state == "exception" else "outgoing"
                self._erase()
                self.assertFalse(letter.exists() or mail.exists())
                self.assertNotIn("ann@ex.example", self._send_all())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_text_message_and_paper_letter_to_the_erased_person_go(self):
        self.ann.phone = "+39 02 1234567"
        sms = self.env["sms.sms"].create(
            [
                {"partner_id": self.ann.id, "number": "+39021234567", "body": "Come"},
                {"number": "+39021234567", "body": "Come"},
                {"partner_id": self.joann.id, "number": "+39021234567", "body": "Come"},
            ]
        )
        paper = self.env["snailmail.letter"].create(
            {"partner_id": self.ann.id, "model": "res.partner", "res_id": self.joann.id,
             "company_id": self.env.company.id, "user_id": self.manager.id}
        )  # fmt: skip
        self._erase()
        self.assertEqual(sms.exists(), sms[2])
        self.assertFalse(paper.exists())

    def test_activities_of_the_contact_go_the_done_ones_as_well(self):
        kind = self.env.ref("mail.mail_activity_data_call")
        activities = self.env["mail.activity"].concat(
            *(
                partner.activity_schedule(activity_type_id=kind.id, note="Call", summary=f"Call {partner.name}")
                for partner in (self.ann, self.ann, self.joann)
            )
        )
        activities[1]._action_done(feedback="Ann was angry")
        self.assertTrue(activities[1].exists())
        self.assertIn("Ann was angry", self._get_document())
        # Whom invoices name stays, without a name: the activities go all the same.
        self.order.partner_invoice_id = self.ann
        self.order.action_cancel()
        self._erase()
        self.assertTrue(self.ann.exists())
        self.assertEqual(activities.exists(), activities[2])

    def test_contact_that_stays_nameless_follows_nothing(self):
        self.order.partner_invoice_id = self.ann
        self.order.message_subscribe(self.ann.ids)
        self._erase()
        self.assertEqual(self.ann.name, "Erased contact")
        self.assertNotIn(self.ann, self.order.message_partner_ids)

    def test_mail_of_another_company_stands_against_erasing(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        order = self.env["sale.order"].with_company(other).create({"partner_id": self.joann.id, "company_id": other.id})
        mail = self._make_mail(email_to="ann@ex.example", model="sale.order", res_id=order.id, body_html="<p>Hush</p>")
        self.assertNotIn("Hush", self._get_document())
        with self.assertRaisesRegex(UserError, "Other companies of ours"):
            self._erase()
        self.assertTrue(mail.exists())


@tagged("post_install", "-at_install")
class TestErasureList(ExpoCase):
    """Uploaded lists forget a person, whatever became of their rows; the rows of others stay."""

    ROWS = (
        ("Ann Lee", "ann@ex.example", "", "Ex Ltd"),
        ("LEE, Ann", "", "+39 02 123 45 67", ""),
        ("Lee Ann", "private@mail.example", "", "Ex Limited"),
        ("Ann Lee", "", "", ""),
        ("", "", "0039 02 1234567", ""),
        ("A. Lee", "Ann <ANN@ex.example>", "", ""),
    )
    OTHERS = (
        ("Joann Lee", "joann@ex.example", "", "Ex Ltd"),
        ("Bob Ray", "bob@ex.example", "+39 02 1234567", "Ex Ltd"),
        ("Ann Lee", "ann@other.example", "", "Other Inc"),
        ("Tom Roe", "", "+39 02 1234567", ""),
    )
    SHARED = ("Bob Ray", "bob@ex.example / ann@ex.example", "", "Ex Ltd")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_partner("Ex Ltd", is_company=True, email="office@ex.example")
        cls.ann = cls._make_partner("Ann Lee", email="ann@ex.example", phone="+39 02 1234567", parent_id=cls.company.id)

    def _make_list(self, *rows, check=True):
        text = "Name,Email,Phone,Company\n" + "".join(
            ",".join(f'"{cell}"' for cell in row) + "\n" for row in rows
        )  # fmt: skip
        one = self.env["expo.import"].with_user(self.seller).create(
            {"exhibition_id": self.show.id, "filename": "list.csv", "file": base64.b64encode(text.encode())}
        )  # fmt: skip
        one.action_read()
        if check:
            one.action_check()
        return one.sudo()

    def _erase(self):
        wizard = self.env["expo.privacy.erase"].with_user(self.manager)
        wizard = wizard.create({"partner_id": self.ann.id, "reason": "Asked for it"})
        contents = wizard.contents
        wizard.action_erase()
        self.env.invalidate_all()
        return contents

    def _get_words(self):
        """All that rows, examples and files say."""
        lists = self.env["expo.import"].search([])
        words = [str(rows.read(load="")) for rows in (lists.line_ids, lists.column_ids)]
        return " ".join(words) + " ".join(one._get_data().decode() for one in lists)

    def test_rows_that_were_never_entered_are_told_and_erased(self):
        one = self._make_list(*self.ROWS, *self.OTHERS)
        theirs = one.line_ids[len(self.ROWS) :]
        self.assertEqual(len(theirs), len(self.OTHERS))
        document = self.env["ir.actions.report"].with_user(self.manager)._render_qweb_html(REPORT, self.ann.ids)[0]
        self.assertIn("private@mail.example", document.decode())
        for words in ("joann", "bob@", "ann@other.example"):
            self.assertNotIn(words, document.decode())
        # One of the others looks like the person, and its row says so.
        self.assertIn("Ann Lee", str(theirs.mapped("reason")))
        self.assertIn(f"Row of an Imported List: {len(self.ROWS) + 1}", self._erase())
        self.assertNotIn("Ann Lee", str(theirs.mapped("reason")))
        self.assertEqual(one.line_ids, theirs)
        self.assertFalse(one.file or any(one.column_ids.mapped("sample")))
        one.with_user(self.seller).action_commit()
        self.assertTrue(all(theirs.mapped("capture_id")), "the others are still imported")

    def test_rows_that_were_repeated_or_rejected_are_erased(self):
        first = self._make_list(self.ROWS[0], self.OTHERS[0])
        first.with_user(self.seller).action_commit()
        again = self._make_list(self.ROWS[0], self.OTHERS[0])
        again.with_user(self.seller).action_commit()
        self.assertEqual(again.line_ids.mapped("result"), ["duplicate"] * 2)
        rejected = self._make_list(self.ROWS[0])
        rejected.line_ids.write({"result": "rejected", "is_todo": False})
        self._erase()
        self.assertNotIn("ann@ex.example", self._get_words().replace("joann@ex.example", ""))
        for one in (first, again):
            self.assertEqual(one.line_ids.mapped("name"), ["Joann Lee"])
        self.assertFalse(rejected.line_ids)

    def test_row_of_another_that_names_the_person_stays_without_the_name(self):
        one = self._make_list(self.SHARED, self.OTHERS[0])
        captured = self._make_list(("Bob Ray", "bob@ex.example / ann@ex.example", "", "Ex Ltd Again"))
        captured.with_user(self.seller).action_commit()
        self.assertIn("ann@ex.example", captured.line_ids.capture_id.raw_text + one.line_ids[0].raw_text)
        self._erase()
        self.assertEqual(one.line_ids.mapped("name"), ["Bob Ray", "Joann Lee"])
        self.assertEqual(one.line_ids.mapped("email"), ["bob@ex.example", "joann@ex.example"])
        said = self._get_words() + str(captured.line_ids.capture_id.read(["raw_text", "note", "extra"]))
        self.assertIn("bob@ex.example", said)
        self.assertNotIn("ann@ex.example", said.replace("joann@ex.example", ""))

    def test_examples_of_a_list_that_was_only_read_are_told_and_erased(self):
        for case, row in {"email": self.ROWS[0], "phone": self.ROWS[4], "name": self.ROWS[3]}.items():
            with self.subTest(case=case), self.env.cr.savepoint() as savepoint:
                one = self._make_list(row, self.OTHERS[0], check=False)
                other = self._make_list(self.OTHERS[0], check=False)
                report = self.env["ir.actions.report"].with_user(self.manager)
                document = report._render_qweb_html(REPORT, self.ann.ids)[0].decode()
                self.assertIn("Column of an Imported List", document)
                self.assertNotIn("joann@ex.example", document)
                self.assertIn("Column of an Imported List", self._erase())
                self.assertFalse(one.file or one.column_ids)
                self.assertTrue(other.file and other.column_ids)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_row_with_a_shared_mailbox_stays_when_it_has_the_name_of_the_other(self):
        bob = self._make_partner("Bob Ray", email="ann@ex.example", parent_id=self.company.id)
        one = self._make_list(("Bob Ray", "ann@ex.example", "", ""), ("Ann Lee", "ann@ex.example", "", ""))
        self._erase()
        self.assertTrue(bob.exists())
        self.assertEqual(one.line_ids.mapped("name"), ["Bob Ray"])
