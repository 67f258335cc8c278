"""How a complaint is closed: the customer rates, says it on the phone, or is asked twice and keeps silent."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.complaint.common_portal import PortalCase


@tagged("post_install", "-at_install")
class TestComplaintFeedback(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = []
        complaints = type(cls.env["expo.complaint"])

        def send(complaint, kind):
            cls.asked.append((complaint.id, kind))
            complaint._log_event("feedback_asked")
            complaint._set_waiting(True)

        patcher = patch.object(complaints, "_send_letter", send, create=True)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        self.asked.clear()

    def _run_on(self, day):
        with freeze_time(fields.Datetime.now() + timedelta(days=day)):
            self._run_cron("complaint_feedback")

    # -- rating ------------------------------------------------------------------------------------------

    def test_a_good_rating_closes_and_pressing_twice_rates_once(self):
        complaint = self._carried_out(partner=self.maria)
        self.assertIn("Are you satisfied with the solution?", self._open(complaint, by_link=True).text)
        page = self._press(complaint, "rate", by_link=True, times=2, rating="4", text="Quick and kind")
        self.assertEqual(complaint.state, "closed")
        rating = self.env["rating.rating"].search([("res_model", "=", "expo.complaint"), ("res_id", "=", complaint.id)])
        self.assertEqual((rating.rating, rating.feedback, rating.partner_id), (4, "Quick and kind", self.maria))
        self.assertEqual(rating.rated_partner_id, self.seller.partner_id)
        self.assertEqual(complaint.event_ids.mapped("kind").count("rated"), 1)
        self.assertIn("Quick and kind", page.text)
        self.assertNotIn("Are you satisfied with the solution?", page.text)

    def test_a_bad_rating_asks_for_a_call_and_closes_nothing(self):
        complaint = self._carried_out()
        page = self._press(complaint, "rate", by_link=True, rating="1", text="The new ones are cracked too")
        self.assertIn("sorry that this is not resolved yet", page.text)
        self.assertNotIn("Is everything in order now?", page.text)
        self.assertEqual(complaint.state, "feedback")
        self.assertTrue(complaint.rated_on)
        call = complaint.activity_ids
        self.assertEqual((len(call), call.user_id), (1, self.seller))
        self.assertIn("1 / 5", call.summary)

    def test_a_bad_rating_of_a_closed_one_reopens_it(self):
        complaint = self._closed()
        self._press(complaint, "rate", by_link=True, rating="2", text="No")
        self.assertEqual(complaint.state, "reopened")
        self.assertEqual(complaint.activity_ids.user_id, self.seller)

    def test_a_second_verdict_changes_nothing_and_its_words_are_kept(self):
        complaint = self._carried_out()
        self._press(complaint, "rate", by_link=True, rating="5", text="Quick and kind")
        page = self._press(complaint, "rate", by_link=True, rating="4", text="Quick indeed")
        self.assertEqual(complaint.state, "closed", "praise takes nothing up again")
        self.assertIn("Quick indeed", page.text)
        page = self._press(complaint, "rate", by_link=True, rating="1", text="It broke again")
        self.assertEqual(complaint.state, "reopened")
        self.assertIn("<span>We have received your message and will reply.", page.text)
        self.assertEqual(complaint.sudo().rating_ids.mapped("rating"), [5])

    def test_no_stars_are_no_rating(self):
        complaint = self._carried_out()
        for stars in ("", "0", "6", "five", "-1", "４"):
            page = self._press(complaint, "rate", by_link=True, rating=stars)
        self.assertIn("Please choose", page.text)
        self.assertFalse(complaint.rated_on)

    def test_what_is_not_carried_out_is_not_rated(self):
        complaint = self._complain()
        self._press(complaint, "rate", by_link=True, rating="5")
        self.assertFalse(complaint.rated_on)

    def test_none_of_us_writes_or_changes_a_rating(self):
        complaint = self._carried_out()
        self._press(complaint, "rate", by_link=True, rating="2")
        rating = self.env["rating.rating"].search([("res_model", "=", "expo.complaint"), ("res_id", "=", complaint.id)])
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                rating.with_user(user).write({"rating": 5})
            with self.assertRaises(AccessError):
                rating.with_user(user).create(
                    {
                        "res_model_id": self.env["ir.model"]._get_id("expo.complaint"),
                        "res_id": complaint.id,
                        "rating": 5,
                        "consumed": True,
                    }
                )
        self.assertEqual(rating.with_user(self.manager).rating, 2)
        with self.assertRaises(AccessError):
            rating.with_user(self.seller).read(["feedback"])
        self.assertEqual(complaint.with_user(self.seller).rating_last_value, 2)

    # -- a call ------------------------------------------------------------------------------------------

    def _call(self, complaint, verdict, text="All is well", user=None):
        action = complaint.with_user(user or self.seller).action_log_call()
        dialog = self.env[action["res_model"]].with_user(user or self.seller).with_context(**action["context"])
        return dialog.create({"verdict": verdict, "text": text}).action_confirm()

    def test_content_on_the_phone_closes(self):
        complaint = self._carried_out()
        self._call(complaint, "content")
        self.assertEqual(complaint.state, "closed")
        self.assertTrue(complaint.called_on)
        self.assertIn("All is well", complaint.message_ids.mapped("body")[0] + complaint.message_ids[1].body)

    def test_unanswered_call_is_no_feedback(self):
        complaint = self._carried_out()
        for verdict in ("no_answer", "not_content"):
            self._call(complaint, verdict)
            self.assertEqual((complaint.state, complaint.called_on), ("feedback", False))

    def test_a_call_about_a_complaint_of_others_is_refused(self):
        complaint = self._carried_out(user_id=self.seller.id)
        with self.assertRaises(AccessError):
            self._call(complaint, "content", user=self.colleague)

    # -- silence -----------------------------------------------------------------------------------------

    def test_asked_twice_then_closed(self):
        complaint = self._carried_out()
        self._run_on(6)
        self.assertFalse(self.asked)
        self._run_on(7)
        self._run_on(7)
        self.assertEqual(self.asked, [(complaint.id, "feedback")])
        self._run_on(13)
        self.assertEqual(complaint.feedback_asks, 1)
        self._run_on(14)
        self.assertEqual(complaint.feedback_asks, 2)
        self._run_on(20)
        self.assertEqual(complaint.state, "feedback")
        self._run_on(21)
        self.assertEqual(complaint.state, "closed")
        self._run_on(40)
        self.assertEqual(len(self.asked), 2)

    def test_complaint_is_not_closed_before_the_silence_has_lasted(self):
        complaint = self._carried_out()
        complaint.severity = "normal"
        complaint.env.company.sudo().write(
            {f"expo_complaint_gate_{name}": False for name in ("facts", "assessment", "demand", "acceptance", "photos")}
        )
        with self.assertRaisesRegex(UserError, "feedback is missing"):
            complaint._move_to("closed")

    def test_a_word_of_the_customer_breaks_the_silence(self):
        complaint = self._carried_out()
        self._run_on(7)
        self._run_on(14)
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            complaint._customer_replied("I look at it tomorrow.")
        self._run_on(21)
        self.assertEqual((complaint.state, complaint.feedback_asks), ("feedback", 0))
        self._run_on(27)
        self.assertEqual(complaint.feedback_asks, 1)

    def test_who_has_no_address_is_called(self):
        partner = self._make_partner("No Mail", email="")
        complaint = self._carried_out(partner=partner)
        self.assertFalse(complaint.feedback_due_on)
        self.assertEqual(complaint.activity_ids.user_id, self.seller)

    def test_letter_that_cannot_be_sent_is_parked_and_blocks_no_other(self):
        bad, good = self._carried_out(), self._carried_out()
        complaints = type(self.env["expo.complaint"])
        send = complaints._send_letter

        def fail(complaint, kind):
            if complaint == bad:
                raise ValueError("no template")
            return send(complaint, kind)

        with (
            patch.object(complaints, "_send_letter", fail),
            self.assertLogs("odoo.addons.expo_followup.models.mixins.job", "WARNING"),
        ):
            for _run in range(3):
                self._run_on(7)
        self.assertEqual((bad.is_parked, bad.failure_reason), (True, "no template"))
        self.assertEqual(good.feedback_asks, 1)

    def test_a_solution_carried_out_anew_is_judged_anew(self):
        complaint = self._carried_out()
        self._run_on(7)
        complaint.sudo()._record_rating(1, "Cracked again")
        complaint._move_to("implementing")
        complaint._move_to("feedback")
        self.assertEqual((complaint.rated_on, complaint.feedback_asks, complaint.feedback_asked_on), (False, 0, False))

    def test_acts_of_the_customer_cannot_be_forged(self):
        complaint = self._complain()
        for values in (
            {"receipt_on": fields.Datetime.now()}, {"last_reply_on": False}, {"portal_key": "x"},
            {"rating_last_value": 5},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                complaint.write(values)
        forged = self.env["expo.complaint"].with_user(self.seller).with_context(
            default_receipt_on=fields.Datetime.now(), default_receipt_by="Maria", default_rating_last_value=5
        )  # fmt: skip
        complaint = forged.create({"subject": "Broken"})
        self.assertEqual((complaint.receipt_on, complaint.receipt_by, complaint.rating_last_value), (False, False, 0))


@tagged("post_install", "-at_install")
class TestFeedbackRequestRefused(PortalCase):
    def test_request_to_an_unusable_address_is_parked_with_its_reason_and_blocks_no_other(self):
        bad = self._carried_out(partner=self._make_partner("No Such Address", email="maria at rossi"))
        good = self._carried_out()
        self.assertTrue(bad.feedback_due_on)
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=7)),
            self.assertLogs("odoo.addons.expo_followup.models.mixins.job", "WARNING"),
        ):
            for _run in range(3):
                self._run_cron("complaint_feedback")
        self.assertEqual((bad.is_parked, bad.feedback_asks), (True, 0))
        self.assertIn("cannot send the feedback request", bad.failure_reason)
        self.assertTrue(bad.activity_ids.filtered(lambda one: "cannot send" in (one.note or "")))
        self.assertEqual((good.is_parked, good.feedback_asks), (False, 1))
