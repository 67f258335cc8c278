"""What goes wrong while a mail is handled holds the mail, and loses none."""

from unittest.mock import patch

import psycopg2

from odoo.addons.expo_followup.models.mail.mail_intake import MailIntake
from odoo.addons.expo_followup.tools.mailbox import FetchedMail
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from tests.common_intake import IntakeCase, write
from tests.mail.corpus import held_mails, photo

#: What message_new() may meet: the database's word, Odoo's, Python's.
TROUBLE = (
    ValueError("injected"),
    UserError("injected"),
    ValidationError("injected"),
    AccessError("injected"),
    UnicodeDecodeError("gb2312", b"\xff", 0, 1, "injected"),
    LookupError("injected"),
    RecursionError("injected"),
    MemoryError("injected"),
    psycopg2.errors.NotNullViolation("injected"),
    psycopg2.DataError("injected"),
)


@tagged("post_install", "-at_install")
class TestComplaintIntakeTrouble(IntakeCase):
    def test_whatever_message_new_raises_holds_the_mail(self):
        for error in TROUBLE:
            with self.subTest(error=repr(error)):
                before = self.env["expo.complaint"].search_count([])
                with self._failing(error=error):
                    mail = self._receive_one(sender=f"{type(error).__name__}@customer.example".lower())
                self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "error"))
                self.assertIn("injected", mail.reason)
                self.assertEqual(self.env["expo.complaint"].search_count([]), before)
                self.assertEqual(mail.activity_ids.user_id, self.manager)
                mail.with_user(self.manager).action_retry()
                self.assertEqual((mail.state, mail.reason), ("ticket", False))

    def test_trouble_anywhere_on_the_way_holds_the_mail(self):
        places = [
            ("expo.complaint", "create"),
            ("expo.complaint", "message_post"),
            ("expo.complaint", "_log_received"),
            ("expo.complaint", "_add_evidence"),
            ("expo.incoming.mail", "_ask_acknowledgement"),
            ("mail.thread", "message_parse"),
            ("res.company", "_expo_next_complaint_numbers"),
        ]
        for model, method in places:
            with self.subTest(model=model, method=method):
                counts = self._count()
                with self._failing(method, model=model):
                    mail = self._receive_one()
                self.assertEqual(mail.state, "quarantined")
                self.assertEqual(self._count(), counts, "half of a complaint is worse than none")

    def test_trouble_with_references_makes_a_new_complaint_of_a_reply(self):
        complaint = self._receive_one().complaint_id
        logger = "odoo.addons.expo_followup.models.mail.mail_intake"
        with self._failing("_find_referred", model=MailIntake), self.assertLogs(logger, "WARNING"):
            mail = self._receive_one(subject=f"Re: {complaint.name}")
        self.assertEqual(mail.state, "ticket")

    def test_a_failing_reminder_holds_the_mail_all_the_same(self):
        logger = "odoo.addons.expo_followup.models.mail.incoming_mail"
        keeper = self._failing("_get_keeper", model="expo.incoming.mail")
        with self._failing(), keeper, self.assertLogs(logger, "WARNING") as logs:
            mail = self._receive_one()
        self.assertIn("No notification could be sent", "".join(logs.output))
        self.assertEqual(mail.state, "quarantined")

    def test_the_scheduled_action_tries_three_times_then_waits_for_a_person(self):
        with self._failing() as failing:
            mail = self._receive_one()
            for _run in range(5):
                self._run_intake()
            self.assertEqual(failing.call_count, 3)
        self.assertTrue(mail.is_parked)
        self._run_intake()
        self.assertEqual(mail.state, "quarantined")
        mail.with_user(self.manager).action_retry()
        self.assertEqual((mail.state, mail.is_parked), ("ticket", False))

    def test_the_scheduled_action_mends_what_was_trouble_for_a_moment(self):
        with self._failing():
            mail = self._receive_one()
        self._run_intake()
        self.assertEqual((mail.state, mail.activity_ids.ids), ("ticket", []))

    def test_a_mail_left_by_a_killed_worker_is_taken_up_and_one_that_kills_is_not_for_ever(self):
        left, deadly = self._receive_one(), self._receive_one(subject="Deadly")
        (left | deadly).write({"state": "waiting", "complaint_id": False, "gateway_message_id": False})
        deadly.attempts = 3
        self._run_intake()
        self.assertEqual(left.state, "ticket")
        self.assertEqual((deadly.state, deadly.reason_kind), ("quarantined", "error"))

    def test_one_that_kills_the_server_at_another_try_is_not_tried_for_ever_either(self):
        with self._failing():
            mail = self._receive_one()
            # Killed in the middle: the try was counted, the failure was not.
            mail.attempts = 3
            self._run_intake()
        self.assertTrue(mail.is_parked)
        mail.with_user(self.manager).action_retry()
        self.assertEqual(mail.state, "ticket")

    def test_mail_finished_meanwhile_is_not_handled_twice(self):
        with self._failing():
            mail = self._receive_one()
        register = type(self.mails)
        with patch.object(register, "_commit", lambda self: self._note_outcome("robot")):
            self._run_intake()
        self.assertEqual((mail.state, mail.complaint_id.id), ("robot", False))

    def test_what_was_dismissed_and_is_a_complaint_after_all_is_in_the_register_again(self):
        with self._failing():
            mail = self._receive_one()
        mail.with_user(self.manager).action_dismiss()
        mail.with_user(self.manager).action_retry()
        self.assertEqual((mail.state, mail.active, mail.complaint_id.mail_count), ("ticket", True, 1))

    def test_trouble_before_the_desk_is_known_keeps_the_mail_in_the_mailbox(self):
        first, again = (FetchedMail(write(Message_ID="<alias@x>")) for _time in range(2))
        with self._failing("_find_aliases", model=MailIntake), self.assertRaises(ValueError):
            self._receive(first)
        self._receive(again)
        self.assertEqual((first.must_stay, again.must_stay), (True, False))

    def test_a_mail_too_deep_is_held_and_a_person_may_insist(self):
        ((_name, raw),) = held_mails()
        with self._failing("action_next"):
            mail = self._receive_one(raw)
            self.assertEqual((mail.state, mail.reason_kind), ("quarantined", "size"))
            self.assertIn("deep", mail.raw_text + mail.reason)
            mail.with_user(self.manager).action_retry()
        self.assertEqual(mail.state, "quarantined")

    def test_twenty_five_megabytes_of_photos_are_a_complaint(self):
        mail = self._receive_one(photo(19 * 1024 * 1024))
        self.assertGreater(mail.size, 25 * 1024 * 1024)
        self.assertEqual(mail.state, "ticket")
        self.assertEqual(mail.complaint_id.evidence_ids.mapped("kind"), ["photo"])

    def test_the_sign_of_a_signature_is_no_evidence(self):
        small = photo(500).replace(b"name=bowls.jpg", b"name=logo.jpg\r\nContent-ID: <logo>")
        small = small.replace(b"text/plain; charset=utf-8\r\n\r\nTen", b'text/html\r\n\r\n<img src="cid:logo"/>Ten')
        self.assertFalse(self._receive_one(small).complaint_id.evidence_ids)

    def test_who_writes_too_often_is_held_and_not_bounced(self):
        mails = [self._receive_one(subject=f"Broken {number}") for number in range(22)]
        # Who looks after them is told once.
        self.assertEqual([len(mail.activity_ids) for mail in mails[19:]], [0, 1, 0])
        self.assertEqual((mails[19].state, mails[20].state, mails[20].reason_kind), ("ticket", "quarantined", "flood"))
        self.assertEqual(self._receive_one(subject=f"Re: {mails[0].complaint_id.name}").state, "message")
        mails[20].with_user(self.manager).action_retry()
        self.assertEqual(mails[20].state, "ticket")

    def test_plain_values_of_a_mail_open_no_back_door(self):
        mail = self._receive_one()
        before, forged = self.mails.search_count([]), write(sender="spy@rival.example", Message_ID="<forged@x>")
        self.env["mail.thread"].message_process(None, forged, {"mail": mail.id})
        self.assertEqual(self.mails.search_count([]), before + 1)

    def test_what_is_dismissed_stays_in_the_register(self):
        with self._failing():
            mail = self._receive_one()
        mail.with_user(self.manager).action_dismiss()
        self.assertEqual((mail.active, mail.state, mail.handled_by_id), (False, "quarantined", self.manager))

    def test_salesperson_sees_mails_of_the_own_team_only(self):
        mail = self._receive_one()
        theirs = self.mails.with_user(self.seller)
        self.assertFalse(theirs.search([("id", "=", mail.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(mail.id).action_retry()
        self.team.member_ids = self.seller
        self.assertTrue(theirs.search([("id", "=", mail.id)]))

    def _count(self):
        models = ("expo.complaint", "expo.complaint.event", "expo.complaint.evidence")
        return [self.env[model].search_count([]) for model in models] + [
            self.env["mail.message"].search_count([("model", "=", "expo.complaint")])
        ]
