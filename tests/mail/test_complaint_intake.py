"""Mails to the complaint desk: each becomes exactly one thing, and none is lost."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import email_normalize, email_normalize_all

from tests.common_intake import IntakeCase, write


@tagged("post_install", "-at_install")
class TestComplaintIntake(IntakeCase):
    def test_mail_of_an_address_of_any_sign_keeps_it_whole(self):
        for address in ("o'brien+x/y=z{1}@x.example", "info@例え.测试", "иван@пример.рф", "m.rossi@müller.example"):
            with self.subTest(address):
                copied = address.replace("@", ".copy@")
                complaint = self._receive_one(sender=f"Sean <{address}>", Cc=f"Copy <{copied}>").complaint_id
                self.assertEqual(email_normalize(complaint.email_from), address)
                self.assertEqual(email_normalize_all(complaint.email_cc), [copied])

    def test_a_mail_becomes_a_complaint_in_the_customers_words(self):
        mail = self._receive_one(
            sender='"Maria Rossi" <Maria.Rossi@customer.example>', Cc="Paolo <paolo@customer.example>",
            body="Ten bowls are broken.\r\nPlease help.",
        )  # fmt: skip
        complaint = mail.complaint_id
        self.assertEqual(mail.state, "ticket")
        self.assertEqual(complaint.subject, "Broken bowls")
        self.assertEqual(complaint.story, "Ten bowls are broken.\nPlease help.")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual((complaint.channel, complaint.team_id, complaint.from_mail), ("email", self.team, True))
        self.assertIn("paolo@customer.example", complaint.email_cc)
        self.assertRegex(complaint.name, r"^C\d{4}-\d{5}$")
        self.assertIn("Please help", complaint.message_ids[-1:].body)

    def test_the_mail_as_it_came_is_kept(self):
        raw = write(Message_ID="<kept@x>", Received="by mx; Thu, 16 Apr 2020 08:00:00 +0000")
        mail = self._receive_one(raw)
        self.assertEqual(mail._get_source(), raw)
        with self.assertRaises(AccessError):
            mail.with_user(self.manager).write({"state": "robot"})

    def test_a_reply_is_a_message_and_ends_the_pause(self):
        complaint = self._receive_one().complaint_id
        sent = complaint.message_post(body="Could you send photos?", subtype_xmlid="mail.mt_comment")
        complaint._set_waiting(True)
        mail = self._receive_one(subject="Re: Broken bowls", In_Reply_To=sent.message_id, body="Here they are.")
        self.assertEqual((mail.state, mail.complaint_id), ("message", complaint))
        self.assertFalse(complaint.is_waiting)
        self.assertIn("Here they are", complaint.message_ids[:1].body)

    def test_without_headers_the_number_in_the_subject_tells(self):
        complaint = self._receive_one().complaint_id
        for subject in (f"Re: [{complaint.name}] Broken bowls", f"答复：投诉{complaint.name}，破损"):
            with self.subTest(subject):
                mail = self._receive_one(subject=subject)
                self.assertEqual((mail.state, mail.complaint_id), ("message", complaint))

    def test_a_colleague_of_the_customer_and_who_was_in_copy_are_known(self):
        complaint = self._receive_one(Cc="agent@freight.example").complaint_id
        for sender in ("luca@customer.example", "agent@freight.example"):
            with self.subTest(sender):
                mail = self._receive_one(sender=sender, subject=f"Re: {complaint.name}")
                self.assertEqual((mail.state, mail.complaint_id), ("message", complaint))

    def test_a_stranger_with_a_valid_reference_is_held(self):
        complaint = self._receive_one().complaint_id
        sent = complaint.message_post(body="Could you send photos?", subtype_xmlid="mail.mt_comment")
        before = complaint.message_ids
        mail = self._receive_one(sender="spy@rival.example", References=f"<x@y> {sent.message_id}", body="Which price?")
        self.assertEqual((mail.state, mail.reason_kind, mail.complaint_id), ("quarantined", "stranger", complaint))
        self.assertEqual(complaint.message_ids, before)
        self.assertEqual(mail.activity_ids.user_id, complaint.user_id or self.manager)
        mail.with_user(self.manager).action_add_to_complaint()
        self.assertEqual((mail.state, mail.handled_by_id), ("message", self.manager))
        self.assertIn("Which price", complaint.message_ids[:1].body)
        self.assertFalse(mail.activity_ids)

    def test_a_person_may_make_a_new_complaint_of_what_is_held(self):
        complaint = self._receive_one().complaint_id
        mail = self._receive_one(sender="wang@elsewhere.example", subject=f"like {complaint.name}: wet cartons")
        mail.with_user(self.manager).action_make_complaint()
        self.assertEqual(mail.state, "ticket")
        self.assertNotEqual(mail.complaint_id, complaint)
        self.assertEqual(mail.complaint_id.email_from, "wang@elsewhere.example")

    def test_a_robot_makes_no_complaint_but_a_person_may(self):
        mail = self._receive_one(Auto_Submitted="auto-replied", subject="Quality notification 17")
        self.assertEqual((mail.state, mail.complaint_id.id, mail.ack_state), ("robot", False, False))
        mail.with_user(self.manager).action_make_complaint()
        self.assertEqual(mail.state, "ticket")

    def test_mail_of_a_customers_system_becomes_a_complaint_without_an_acknowledgement(self):
        mail = self._receive_one(Auto_Submitted="auto-generated", subject="Quality notification 17")
        self.assertEqual((mail.state, mail.ack_state), ("ticket", False))
        complaint = mail.complaint_id
        for number, (head, became, counts) in enumerate(
            (
                ({"Auto_Submitted": "auto-replied"}, "robot", False),
                ({"Auto_Submitted": "auto-generated", "body": ""}, "message", False),
                ({"Auto_Submitted": "auto-generated"}, "message", True),
                ({"Precedence": "bulk", "List_Id": "<orders.customer.example>"}, "message", True),
                ({"X_Autoreply": "no"}, "message", True),
            )
        ):
            with self.subTest(head):
                complaint.last_reply_on = False
                subject = f"Re: [{complaint.name}] case {number}"
                answer = self._receive_one(
                    **{"subject": subject, "Message_ID": f"<erp{number}@customer.example>", **head}
                )
                self.assertEqual(answer.state, became)
                self.assertEqual(bool(complaint.last_reply_on), counts)

    def test_a_mail_to_two_addresses_of_the_company_is_one_complaint(self):
        self.env["expo.complaint.team"].create(
            {"name": "Second", "alias_name": "claims", "alias_domain_id": self.domain.id}
        )  # fmt: skip
        mail = self._receive_one(to="claims@desk.example, complaints@desk.example")
        self.assertEqual(mail.team_id.name, "Second")
        self.assertEqual(len(self.mails.search([])), 1)

    def test_a_mail_to_two_companies_is_a_complaint_at_each(self):
        other = self.env["res.company"].create({"name": "Other", "alias_domain_id": self.domain.id})
        theirs = self.env["expo.complaint.team"].create(
            {"name": "Theirs", "company_id": other.id, "alias_name": "theirs"}
        )
        rows = self._receive(write(to="complaints@desk.example, theirs@desk.example", Message_ID="<both@x>"))
        self.assertEqual(set(rows.mapped("state")), {"ticket"})
        self.assertEqual(rows.complaint_id.company_id, self.env.company | other)
        (mail,) = rows.filtered(lambda row: row.company_id == other)
        self.assertEqual((mail.complaint_id.team_id, mail.complaint_id.company_id), (theirs, other))
        self.assertFalse(mail.with_user(self.manager).search([("id", "=", mail.id)]))

    def test_the_number_of_another_company_means_nothing_here(self):
        other = self.env["res.company"].create({"name": "Other", "alias_domain_id": self.domain.id})
        self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id, "alias_name": "theirs"})
        complaint = self._receive_one().complaint_id
        mail = self._receive_one(to="theirs@desk.example", sender="new@buyer.example", subject=f"Re: {complaint.name}")
        self.assertEqual((mail.state, mail.company_id), ("ticket", other))
        self.assertNotEqual(mail.complaint_id, complaint)

    def test_a_mail_to_the_desk_and_to_sales_reaches_both(self):
        self.env["crm.team"].create({"name": "Sales", "alias_name": "offers", "alias_domain_id": self.domain.id})
        mail = self._receive_one(to="offers@desk.example, complaints@desk.example", subject="Bowls and prices")
        self.assertEqual(mail.state, "ticket")
        self.assertEqual(self.env["crm.lead"].search_count([("name", "=", "Bowls and prices")]), 1)

    def test_what_is_not_for_us_is_left_to_core(self):
        self.env["crm.team"].create({"name": "Sales", "alias_name": "offers", "alias_domain_id": self.domain.id})
        self.assertFalse(self._receive(write(to="offers@desk.example", subject="Prices", Message_ID="<price@x>")))
        self.assertEqual(self.env["crm.lead"].search_count([("name", "=", "Prices")]), 1)

    def test_a_colleague_who_sends_a_mail_on_is_not_the_customer(self):
        complaint = self._receive_one(sender="anna@ours.example", subject="Fwd: broken").complaint_id
        self.assertFalse(complaint.partner_id)
        self.assertFalse(complaint.email_from)

    def test_a_colleagues_answer_by_mail_is_no_answer_of_the_customer(self):
        complaint = self._receive_one().complaint_id
        complaint._set_waiting(True)
        mail = self._receive_one(sender="anna@ours.example", subject=f"Re: {complaint.name}")
        self.assertEqual(mail.state, "message")
        self.assertTrue(complaint.is_waiting)

    def test_a_reply_within_the_window_reopens_and_later_begins_anew(self):
        complaint = self._closed(partner=self.customer)
        mail = self._receive_one(subject=f"Re: {complaint.name}", body="Broken again.")
        self.assertEqual((mail.state, mail.complaint_id, complaint.state), ("message", complaint, "reopened"))
        late = self._closed(partner=self.customer)
        self.env.flush_all()
        self.env.cr.execute("UPDATE expo_complaint_event SET at = at - interval '31 days'")
        self.env.invalidate_all()
        mail = self._receive_one(subject=f"Re: {late.name}", body="And the plates.")
        self.assertEqual((mail.state, mail.complaint_id.previous_id), ("ticket", late))
        self.assertEqual((mail.complaint_id.story, mail.complaint_id.from_mail), ("And the plates.", True))
        self.assertIn("And the plates", mail.complaint_id.message_ids[:1].body)

    def test_the_address_says_more_than_the_desk(self):
        self.team.alias_id.alias_defaults = str(
            {"team_id": self.team.id, "severity": "serious", "department_id": 99999, "source": "weather", "nothing": 1}
        )
        complaint = self._receive_one().complaint_id
        self.assertEqual((complaint.severity, complaint.source), ("serious", "goods"))
        self.team.alias_id.write({"alias_defaults": "{}"})
        self.assertEqual(self._receive_one().complaint_id.team_id, self.team)

    def test_two_mails_of_one_identifier_are_two(self):
        one = self._receive_one(write(Message_ID="<same@scanner>", body="Page one"))
        other = self._receive_one(write(Message_ID="<same@scanner>", body="Page two"))
        again = self._receive_one(write(Message_ID="<same@scanner>", body="Page two", Received="by mx2; x"))
        self.assertEqual((one.state, other.state, again.state), ("ticket", "ticket", "duplicate"))
        self.assertEqual(again.original_id, other)
