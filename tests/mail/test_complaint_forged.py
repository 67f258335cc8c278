"""Facts of a complaint that users cannot set, by any way."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestForgedComplaint(ComplaintCase):
    def _complain_to_colleague(self):
        """A complaint that only the colleague sees."""
        complaint = self._complain(self._make_partner("Paolo Verdi"), user=self.manager, user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            complaint.with_user(self.seller).read(["subject"])
        return complaint

    def test_what_has_ended_is_history_though_the_stage_is_named_again(self):
        complaint = self._closed()
        with self.assertRaisesRegex(UserError, "You cannot change"):
            complaint.write({"stage_id": complaint.stage_id.id, "severity": "serious"})

    def test_an_earlier_complaint_that_one_does_not_see_is_not_pointed_at(self):
        theirs = self._complain_to_colleague()
        with self.assertRaises(AccessError):
            self._complain(previous_id=theirs.id)
        with self.assertRaises(AccessError):
            self._complain().previous_id = theirs.id

    def test_a_colleagues_entry_is_not_pointed_at(self):
        entry = self._make_participation("Paolo Verdi", user=self.colleague)
        with self.assertRaises(AccessError):
            self._complain(participation_id=entry.id)
        complaint = self._complain()
        with self.assertRaises(AccessError):
            complaint.participation_id = entry.id

    def test_it_is_answered_by_our_people_only(self):
        portal = new_test_user(self.env, "complaint_portal", "base.group_portal")
        elsewhere = new_test_user(
            self.env,
            "complaint_elsewhere",
            "sales_team.group_sale_salesman",
            company_id=self.env["res.company"].create({"name": "Other"}).id,
        )
        for user in (portal, elsewhere):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "cannot assign"):
                self._complain(user_id=user.id)
        complaint = self._complain()
        for user in (portal, elsewhere):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "cannot assign"):
                complaint.user_id = user

    def test_a_desk_of_another_company_is_not_pointed_at(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(AccessError):
            self._complain(team_id=team.id)
        complaint = self._complain()
        with self.assertRaises(AccessError):
            complaint.team_id = team

    def test_meaning_of_a_stage_cannot_be_changed(self):
        stage = self.stages["evaluating"].with_user(self.manager)
        stage.name = "Looking into it"
        with self.assertRaises(AccessError):
            stage.state = "closed"
