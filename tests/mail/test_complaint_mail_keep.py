"""How long mails are kept as they came, and what stays of them."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from tests.common_intake import IntakeCase, write


@tagged("post_install", "-at_install")
class TestComplaintMailKeep(IntakeCase):
    def _age(self, mails, days):
        mails.received_at = fields.Datetime.now() - timedelta(days=days)

    def _forget(self):
        self._run_cron("incoming_mail_forget")

    def test_after_a_year_the_source_goes_and_the_row_stays(self):
        closed, open_ = self._receive_one(), self._receive_one(subject="Wet")
        closed.complaint_id.write({"severity": "low"})
        closed.complaint_id._log_event("acknowledged")
        closed.complaint_id._move_to("closed")
        robot = self._receive_one(Auto_Submitted="auto-replied")
        again = self._receive_one(closed._get_source())
        fresh = self._receive_one(Auto_Submitted="auto-generated")
        self._age(closed | open_ | robot | again, 366)
        size, subject, key = closed.size, closed.subject, closed.key
        self._forget()
        kept = [bool(mail.raw) for mail in (closed, open_, robot, again, fresh)]
        self.assertEqual(kept, [False, True, False, False, True])
        self.assertTrue(closed.forgotten_on and not open_.forgotten_on)
        self.assertEqual((closed.size, closed.subject, closed.key, closed.state), (size, subject, key, "ticket"))
        files = [("res_model", "=", "expo.incoming.mail"), ("res_id", "=", closed.id), ("res_field", "=", "raw")]
        self.assertFalse(self.env["ir.attachment"].search(files))
        self.assertIn("broken", closed.complaint_id.story)
        self._forget()
        self.assertFalse(closed.raw_text or closed.body_text)

    def test_mail_in_quarantine_is_kept_until_a_decision(self):
        with self._failing():
            held, dismissed = self._receive_one(), self._receive_one()
        dismissed.with_user(self.manager).action_dismiss()
        self._age(held | dismissed, 4000)
        self._forget()
        self.assertEqual((bool(held.raw), bool(dismissed.raw)), (True, False))

    def test_each_company_says_how_long_and_none_is_for_ever(self):
        other = self.env["res.company"].create({"name": "Other", "alias_domain_id": self.domain.id})
        self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id, "alias_name": "theirs"})
        self.env.company.expo_complaint_mail_days = 0
        other.expo_complaint_mail_days = 10
        ours = self._receive_one(Auto_Submitted="auto-replied")
        theirs = self._receive_one(to="theirs@desk.example", Auto_Submitted="auto-replied")
        self._age(ours | theirs, 11)
        self._forget()
        self.assertEqual((bool(ours.raw), bool(theirs.raw)), (True, False))

    def test_nothing_is_made_of_what_is_no_longer_kept(self):
        mail = self._receive_one(Auto_Submitted="auto-replied")
        self._age(mail, 400)
        self._forget()
        with self.assertRaisesRegex(UserError, "original was deleted"):
            mail.with_user(self.manager).action_make_complaint()

    def test_one_that_comes_again_is_still_known(self):
        raw = write(Message_ID="<again@x>", Auto_Submitted="auto-replied")
        mail = self._receive_one(raw)
        self._age(mail, 400)
        self._forget()
        again = self._receive_one(raw)
        self.assertEqual((again.state, again.original_id), ("duplicate", mail))

    def test_mail_in_quarantine_shows_its_text_not_its_source(self):
        text = "十个碗破了"
        with self._failing():
            mail = self._receive_one(
                write(Content_Type="text/plain; charset=gbk", Message_ID="<read@x>", body="") + text.encode("gbk")
            )
        self.assertIn(text, mail.with_user(self.manager).body_text)
