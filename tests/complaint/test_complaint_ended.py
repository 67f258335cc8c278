"""Mails to what has ended: complaints closed, cancelled, merged, archived, and desks that are closed."""

from odoo.tests import tagged

from tests.common_intake import IntakeCase


@tagged("post_install", "-at_install")
class TestComplaintEnded(IntakeCase):
    def _reply(self, complaint):
        return self._receive_one(subject=f"Re: {complaint.name}", body="Still broken.")

    def test_a_reply_to_a_cancelled_or_rejected_one_takes_it_up_again(self):
        cancelled = self._receive_one().complaint_id
        cancelled.cancel_reason = "Entered twice"
        cancelled._move_to("cancelled")
        rejected = self._receive_one(subject="Wet").complaint_id
        rejected.write({"decision": "unjustified", "decision_reason": "Not ours", "severity": "low"})
        rejected._move_to("rejected")
        for complaint in (cancelled, rejected):
            mail = self._reply(complaint)
            self.assertEqual((mail.state, mail.complaint_id, complaint.state), ("message", complaint, "reopened"))

    def test_a_reply_to_one_merged_twice_arrives_at_the_last(self):
        first, second, third = (self._receive_one(subject=word).complaint_id for word in ("A", "B", "C"))
        (first | second | third).partner_id = self.customer
        first._merge_into(second)
        second._merge_into(third)
        self.assertEqual(self._reply(first).complaint_id, third)
        closed = third
        closed.severity = "low"
        closed._log_event("acknowledged")
        closed._move_to("closed")
        self.assertEqual((self._reply(first).complaint_id, closed.state), (closed, "reopened"))

    def test_a_reply_brings_back_what_was_put_away(self):
        complaint = self._receive_one().complaint_id
        complaint.active = False
        mail = self._reply(complaint)
        self.assertEqual((mail.state, mail.complaint_id, complaint.active), ("message", complaint, True))

    def test_a_mail_to_a_closed_desk_goes_to_the_one_that_is_open(self):
        old = self.env["expo.complaint.team"].create(
            {"name": "Old desk", "alias_name": "claims", "alias_domain_id": self.domain.id}
        )
        old.active = False
        complaint = self._receive_one(to="claims@desk.example").complaint_id
        self.assertEqual(complaint.team_id, self.team)
        self.team.active = False
        self.assertEqual(self._receive_one(to="claims@desk.example").state, "ticket")

    def test_the_number_of_a_deleted_complaint_makes_a_new_one(self):
        complaint = self._complain(self.customer)
        subject = f"Re: {complaint.name}"
        complaint.sudo().unlink()
        self.assertEqual(self._receive_one(subject=subject).state, "ticket")

    def test_two_machines_on_one_complaint_come_to_an_end(self):
        complaint = self._receive_one().complaint_id
        states = [self._receive_one(subject=f"Re: {complaint.name}", body=f"Closed {n}").state for n in range(22)]
        self.assertEqual((states[19], states[20]), ("message", "quarantined"))
