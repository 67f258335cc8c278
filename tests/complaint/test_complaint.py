"""A complaint from its entry to the feedback: steps, gates, and write access."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCase):
    def test_complaints_are_numbered_by_their_company(self):
        first, second = self._complain(), self._complain()
        self.assertRegex(first.name, r"^C\d{4}-\d{5}$")
        self.assertNotEqual(first.name, second.name)
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id})
        theirs = self.env["expo.complaint"].create({"subject": "Broken", "team_id": team.id})
        self.assertTrue(theirs.name.endswith("-00001"))
        self.assertEqual(theirs.company_id, other)

    def test_customer_brings_show_and_address(self):
        entry = self._make_participation("Maria Rossi")
        complaint = self._complain(partner=entry.partner_id)
        self.assertEqual(complaint.participation_id, entry)
        self.assertEqual(complaint.exhibition_id, self.show)
        self.assertEqual(complaint.email_from, "maria.rossi@customer.example")

    def test_a_step_says_all_that_is_missing(self):
        complaint = self._complain(severity="serious")
        with self.assertRaises(UserError) as refused:
            complaint._move_to("negotiating")
        text = str(refused.exception)
        for word in ("acknowledgement", "facts", "extent", "responsible party"):
            self.assertIn(word, text)
        self.assertEqual(complaint.state, "new")

    def test_dragging_goes_through_the_same_gate(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "acknowledgement has not been sent"):
            complaint.write({"stage_id": self.stages["confirmed"].id})
        with self.assertRaisesRegex(UserError, "acknowledgement has not been sent"):
            complaint.sudo().write({"stage_id": self.stages["confirmed"].id})

    def test_an_import_cannot_begin_at_the_end(self):
        with self.assertRaisesRegex(UserError, "first stage"):
            self.env["expo.complaint"].with_user(self.seller).create(
                {"subject": "Broken", "stage_id": self.stages["closed"].id}
            )

    def test_defaults_of_the_context_begin_nothing_at_the_end(self):
        forged = self.env["expo.complaint"].with_user(self.seller).with_context(
            default_stage_id=self.stages["closed"].id, default_acknowledged_on="2026-01-01 00:00:00"
        )  # fmt: skip
        complaint = forged.create({"subject": "Broken"})
        self.assertEqual(complaint.state, "new")
        self.assertFalse(complaint.acknowledged_on)

    def test_acknowledgement_by_phone_counts_once(self):
        complaint = self._complain()
        complaint.action_acknowledge_by_phone()
        complaint.action_acknowledge_by_phone()
        self.assertEqual(complaint.event_ids.mapped("kind"), ["received", "acknowledged"])
        complaint.action_next()
        self.assertEqual(complaint.state, "confirmed")

    def test_low_severity_passes_with_the_essentials(self):
        complaint = self._complain(severity="low")
        complaint.action_acknowledge_by_phone()
        complaint._move_to("closed")
        self.assertEqual(complaint.state, "closed")
        self.assertTrue(complaint.closed_on)
        self.assertIn("evaluated", complaint.event_ids.mapped("kind"))

    def test_a_relaxed_gate_is_open(self):
        self.env.company.expo_complaint_gate_acknowledged = False
        complaint = self._complain()
        complaint.action_next()
        self.assertEqual(complaint.state, "confirmed")

    def test_only_the_unjustified_is_rejected_and_with_a_reason(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "Not justified"):
            complaint.action_reject()
        complaint.decision = "unjustified"
        with self.assertRaisesRegex(UserError, "reason"):
            complaint.action_reject()
        complaint.decision_reason = "The goods were used otherwise than agreed."
        complaint.action_reject()
        self.assertEqual(complaint.state, "rejected")
        self.assertFalse(complaint.is_open)

    def test_a_reason_given_with_the_step_counts(self):
        complaint = self._complain()
        complaint.write({"stage_id": self.stages["cancelled"].id, "cancel_reason": "Entered twice"})
        self.assertEqual(complaint.state, "cancelled")

    def test_it_is_cancelled_with_a_word(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "cancellation reason"):
            complaint._move_to("cancelled")
        dialog = self.env["expo.complaint.cancel"].with_user(self.seller)
        dialog.create({"complaint_id": complaint.id, "reason": "A letter of thanks"}).action_confirm()
        self.assertEqual((complaint.state, complaint.cancel_reason), ("cancelled", "A letter of thanks"))

    def test_system_fields_cannot_be_forged(self):
        complaint = self._complain()
        for values in (
            {"state": "closed"}, {"acknowledged_on": fields.Datetime.now()}, {"name": "C1"}, {"is_waiting": True},
            {"accepted_on": fields.Datetime.now()}, {"company_id": 1}, {"merged_into_id": complaint.id},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                complaint.write(values)

    def test_the_log_cannot_be_changed_or_deleted(self):
        event = self._complain().event_ids
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                event.with_user(user).write({"at": "2020-01-01 00:00:00"})
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()
        with self.assertRaises(UserError):
            event.sudo().write({"at": "2020-01-01 00:00:00"})
        with self.assertRaises(UserError):
            event.sudo().unlink()

    def test_the_story_stays_as_it_was_taken_down(self):
        complaint = self._complain(story="The glaze is cracked.")
        complaint.story = "The glaze of ten mugs is cracked."
        complaint.action_acknowledge_by_phone()
        complaint.action_next()
        with self.assertRaisesRegex(UserError, "Customer Statement"):
            complaint.story = "All is well."
        complaint.write({"story": complaint.story, "facts": "Ten mugs of 500."})

    def test_what_has_ended_is_history(self):
        complaint = self._closed()
        with self.assertRaisesRegex(UserError, "Severity"):
            complaint.severity = "serious"
        complaint.action_reopen()
        complaint.severity = "serious"
        self.assertFalse(complaint.closed_on)

    def test_no_complaint_is_lost(self):
        complaint = self._complain()
        complaint.action_acknowledge_by_phone()
        complaint.action_next()
        with self.assertRaisesRegex(UserError, "Cancel it"):
            complaint.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self._complain().with_user(self.seller).unlink()

    def test_a_complaint_is_not_received_in_the_future(self):
        with self.assertRaisesRegex(UserError, "future"):
            self._complain(received_at=fields.Datetime.now() + timedelta(days=1))

    def test_waiting_begins_and_ends_once(self):
        complaint = self._complain()
        complaint.action_wait()
        complaint.action_wait()
        self.assertTrue(complaint.is_waiting)
        complaint.action_go_on()
        complaint.action_go_on()
        self.assertEqual(complaint.event_ids.mapped("kind"), ["received", "waiting", "answered"])

    def test_a_reply_ends_the_waiting(self):
        complaint = self._complain()
        complaint.action_wait()
        self.assertEqual(complaint._customer_replied(), complaint)
        self.assertFalse(complaint.is_waiting)

    def test_a_reply_within_the_window_reopens(self):
        complaint = self._closed()
        with freeze_time(fields.Datetime.now() + timedelta(days=29)):
            self.assertEqual(complaint._customer_replied("Not at all."), complaint)
        self.assertEqual(complaint.state, "reopened")

    def test_a_reply_after_the_window_is_a_new_complaint(self):
        complaint = self._closed()
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            following = complaint._customer_replied("It broke again.")
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(following.previous_id, complaint)
        self.assertEqual(following.story, "It broke again.")
        self.assertEqual(following.state, "new")

    def test_new_complaint_goes_to_the_least_loaded_member(self):
        self.team.member_ids = self.seller | self.colleague
        owners = [self._complain(user=self.manager).user_id for _number in range(4)]
        self.assertEqual(owners.count(self.seller), 2)
        self.assertEqual(owners.count(self.colleague), 2)

    # -- what is due now -------------------------------------------------------------------------------

    def _get_more(self, complaint):
        """Return the methods of the steps in the menu beside the main button."""
        return [action["method"] for action in complaint.get_more_actions()[0]["actions"]]

    def test_main_button_follows_the_stage_and_the_menu_has_the_rest(self):
        complaint = self._complain(severity="low")
        self.assertEqual(complaint.main_action, "acknowledge")
        self.assertIn("action_acknowledge_by_phone", self._get_more(complaint))
        letters = [action["args"] for action in complaint.get_more_actions()[1]["actions"]]
        self.assertEqual((len(letters), ["acknowledge"] in letters), (6, False))
        complaint.action_acknowledge_by_phone()
        self.assertNotIn("action_acknowledge_by_phone", self._get_more(complaint))
        complaint._move_to("closed")
        self.assertEqual(complaint.main_action, "reopen")
        self.assertEqual(self._get_more(complaint), ["action_merge"])

    def test_customer_accepts_is_the_main_button_while_an_offer_is_open(self):
        complaint = self._complain(severity="low")
        complaint.action_acknowledge_by_phone()
        complaint.decision = "justified"
        complaint.sudo().remedy_ids = [Command.create({"kind": "other", "text": "A new mug"})]
        complaint._move_to("negotiating")
        self.env.ref("expo_followup.complaint_authority_salesman").amount = 100
        complaint.remedy_ids.with_user(self.seller).action_submit()
        self.assertEqual(complaint.main_action, "offer")
        complaint.action_offer_by_phone()
        self.assertEqual(complaint.main_action, "accept")
        self.assertIn("action_decline", self._get_more(complaint))
        self.assertNotIn("action_accept", self._get_more(complaint))

    def test_every_step_of_the_menu_is_a_public_method(self):
        complaint = self._complain(decision="unjustified")
        for group in complaint.get_more_actions():
            for action in group["actions"]:
                self.assertTrue(callable(getattr(complaint, action["method"])), action)
                self.assertTrue(action["method"].startswith("action_"))

    def test_answer_opens_the_letter_that_is_due_else_the_complaint(self):
        complaint = self._complain(severity="low")
        self.assertEqual(complaint.action_answer()["res_model"], "mail.compose.message")
        self.assertEqual(complaint.action_answer()["context"]["default_expo_letter_kind"], "acknowledge")
        complaint.action_acknowledge_by_phone()
        complaint._move_to("closed")
        self.assertEqual(complaint.action_answer()["res_model"], "expo.complaint")

    def test_form_has_one_main_button_at_a_time_and_at_most_two_banners(self):
        arch = etree.fromstring(self.env["expo.complaint"].get_view(view_type="form")["arch"])
        [bar] = arch.xpath("//div[hasclass('o_expo_bar')]")
        shown = [button.get("invisible") for button in bar.xpath(".//button[hasclass('btn-primary')]")]
        self.assertEqual(len(set(shown)), len(shown))
        for condition in shown:
            self.assertRegex(condition, r"^main_action != '\w+'$")
        self.assertFalse(arch.xpath("//header//button"), "all stages stay in sight")
        banners = arch.xpath("/form/div[hasclass('alert')] | /form/field[hasclass('o_expo_hints_field')]")
        self.assertEqual(len(banners), 2)

    # -- who gets it -------------------------------------------------------------------------------------

    def _get_assignee(self, partner=None, **values):
        """Return to whom a new complaint goes while the seller has nothing to do and the colleague one complaint."""
        self.team.member_ids = self.seller | self.colleague
        self._complain(user_id=self.colleague.id)
        return self._complain(partner=partner, user=self.manager, **values).user_id

    def _make_served(self, user=None):
        """Return a contact whose salesperson is a user, without an exhibition."""
        partner = self._make_partner("Rosa Bianchi")
        partner.user_id = user or self.colleague
        return partner

    def test_new_complaint_of_a_served_contact_goes_to_the_salesperson(self):
        self.assertEqual(self._get_assignee(self._make_served()), self.colleague)

    def test_new_complaint_of_an_exhibition_customer_goes_to_its_salesperson(self):
        partner = self._make_served(self.seller)
        self._make_participation(partner=partner, user=self.colleague)
        self.assertEqual(self._get_assignee(partner), self.colleague)

    def test_new_complaint_of_a_person_goes_to_the_salesperson_of_the_company(self):
        partner = self._make_partner("Rosa Bianchi")
        partner.parent_id = self._make_partner("Bianchi", is_company=True)
        partner.parent_id.user_id = self.colleague
        partner.user_id = False
        self.assertEqual(self._get_assignee(partner), self.colleague)

    def test_new_complaint_goes_by_load_where_the_team_says_so(self):
        self.team.assignment = "load"
        self.assertEqual(self._get_assignee(self._make_served()), self.seller)

    def test_new_complaint_of_a_customer_without_salesperson_goes_by_load(self):
        self.assertEqual(self._get_assignee(), self.seller)

    def test_new_complaint_goes_by_load_where_the_salesperson_has_left(self):
        partner = self._make_served()
        self._get_assignee()
        self.colleague.active = False
        self.assertEqual(self._complain(partner=partner, user=self.manager).user_id, self.seller)

    def test_new_complaint_goes_by_load_where_the_salesperson_is_no_member(self):
        self.assertEqual(self._get_assignee(self._make_served(self.manager)), self.seller)

    def test_new_complaint_goes_by_load_where_the_salesperson_is_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self._make_served()
        self.team.member_ids = self.seller | self.colleague
        self._complain(user_id=self.colleague.id)
        self.colleague.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(self._complain(partner=partner, user=self.manager).user_id, self.seller)

    def test_complaints_of_a_salesperson_count_for_the_load_of_the_others(self):
        self.team.member_ids = self.seller | self.colleague
        partner, other = self._make_served(self.seller), self._make_partner("Maria Rossi")
        rows = [{"subject": f"Chip {row}", "partner_id": one.id} for row, one in enumerate((partner, partner, other))]
        made = self.env["expo.complaint"].with_user(self.manager).create(rows)
        self.assertEqual(list(made.user_id), [self.seller, self.colleague])
        self.assertEqual(made[2].user_id, self.colleague)

    def test_new_complaint_stays_unassigned_where_the_team_assigns_none(self):
        self.team.is_assigning = False
        self.assertFalse(self._get_assignee(self._make_served()))

    def test_the_team_sees_what_others_do_not(self):
        complaint = self._complain(user_id=self.manager.id)
        mine = complaint.with_user(self.colleague)
        self.assertFalse(mine.has_access("read"))
        self.team.member_ids = self.colleague
        self.env.invalidate_all()
        self.assertTrue(mine.has_access("write"))

    def test_salesperson_sees_complaints_of_own_customers(self):
        entry = self._make_participation("Maria Rossi", user=self.colleague)
        complaint = self._complain(partner=entry.partner_id, user_id=self.manager.id)
        self.assertTrue(complaint.with_user(self.colleague).has_access("read"))
        entry.user_id = self.seller
        self.env.invalidate_all()
        self.assertFalse(complaint.with_user(self.colleague).has_access("read"))

    def test_assignee_works_on_goods_that_a_colleague_sold(self):
        partner = self._make_partner("Maria Rossi")
        order = self.env["sale.order"].create({"partner_id": partner.id, "user_id": self.colleague.id})
        complaint = self._complain(partner=partner, user=self.manager, order_id=order.id, user_id=self.seller.id)
        mine = complaint.with_user(self.seller)
        self.assertFalse(order.with_user(self.seller).has_access("read"))
        [shown] = mine.web_read(
            {"order_id": {"fields": {"display_name": {}}}, "missing_text": {}, "customer_hints": {}}
        )
        self.assertEqual(shown["order_id"]["id"], order.id)
        mine.write({"severity": "low", "facts": "Ten mugs"})
        mine.partner_id = self._make_partner("Marco Rossi", parent_id=partner.id)
        mine.action_acknowledge_by_phone()
        mine._move_to("closed")
        self.assertEqual(mine.state, "closed")
