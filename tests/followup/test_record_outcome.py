"""The outcome dialog: what it asks, what it proposes, and what becomes of the answers."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-22 08:00:00")
class TestRecordOutcome(ExpoCase):
    def _open(self, customer, method="phone_revisit"):
        followup = (
            self.env["expo.followup"].with_user(self.seller)
            ._create_manual(customer.with_user(self.seller), date(2026, 4, 22), self._method(method))
        )  # fmt: skip
        return self.env["expo.record.outcome"].with_user(self.seller).create({"followup_id": followup.id})

    def _method(self, name):
        return self.env.ref(f"expo_followup.activity_{name}")

    def _asked(self, dialog):
        ids = dialog.line_ids.question_id.get_external_id().values()
        return {xmlid.removeprefix("expo_followup.question_") for xmlid in ids}

    def _touch(self, customer, *effects):
        for hour, effect in enumerate(effects):
            with freeze_time(f"2026-04-21 {8 + hour:02}:00:00"):
                customer._log_touch(self._method("phone_revisit"), "Talked", effect)

    # -- questions -----------------------------------------------------------------------------------------

    def test_who_signed_and_has_not_paid_is_asked_about_payment(self):
        dialog = self._open(self._make_participation(tier="signed"))
        self.assertEqual(self._asked(dialog), {"payment_when", "payment_missing"})

    def test_who_has_paid_is_asked_about_the_goods(self):
        customer = self._make_participation(tier="signed")
        customer.payment_state = "paid"
        self.assertEqual(self._asked(self._open(customer)), {"goods_arrived", "next_order"})

    def test_who_asked_for_materials_is_asked_why(self):
        dialog = self._open(self._make_participation(tier="materials"), "email_revisit")
        self.assertEqual(self._asked(dialog), {"purpose", "their_business"})
        self.assertTrue(dialog.asks_purpose)

    def test_after_a_sample_one_asks_how_it_was_liked(self):
        customer = self._make_participation(tier="intent")
        self.assertNotIn("sample_liked", self._asked(self._open(customer)))
        customer.sample_received_on = "2026-04-20"
        self.assertIn("sample_liked", self._asked(self._open(customer)))

    def test_another_method_asks_other_questions_and_keeps_what_was_answered(self):
        dialog = self._open(self._make_participation(tier="signed"))
        with Form(dialog) as form:
            with form.line_ids.edit(0) as line:
                line.answer = "On Friday, by transfer"
            form.activity_type_id = self._method("sample")
        self.assertEqual(self._asked(dialog), {"payment_when", "sample_details", "sample_freight"})

    def test_answers_become_part_of_the_record(self):
        dialog = self._open(self._make_participation(tier="signed"))
        with Form(dialog) as form:
            form.content = "She was in good spirits."
            form.effect = "positive"
            with form.line_ids.edit(0) as line:
                line.answer = "On Friday, by transfer"
        dialog.action_save()
        self.assertEqual(
            dialog.followup_id.content,
            "She was in good spirits.\nWhen and how will they pay? On Friday, by transfer",
        )

    def test_answers_alone_are_enough(self):
        dialog = self._open(self._make_participation(tier="signed"))
        dialog.line_ids[:1].answer = "On Friday"
        dialog.effect = "positive"
        dialog.action_save()
        self.assertEqual(dialog.followup_id.content, "When and how will they pay? On Friday")

    def test_dialog_without_an_answer_is_saved_without_text(self):
        customer = self._make_participation()
        followup = self.env["expo.followup"].with_user(self.seller)._create_manual(customer.with_user(self.seller))
        followup.sudo()._open_reminders()
        reminder = followup.activity_id
        dialog = self.env["expo.record.outcome"].with_user(self.seller).create({"followup_id": followup.id})
        with Form(dialog) as form:
            form.effect = "no_answer"
        dialog.action_save()
        self.assertEqual((followup.state, followup.effect, followup.content), ("done", "no_answer", False))
        self.assertFalse(reminder.active, "the reminder is done")
        self.assertFalse(followup.outcome_missing)

    def test_dialog_of_another_user_cannot_be_written(self):
        dialog = self._open(self._make_participation(tier="signed"))
        lines = self.env["expo.record.outcome.line"].with_user(self.manager)
        question = dialog.line_ids[:1].question_id
        with self.assertRaises(AccessError):
            lines.create({"wizard_id": dialog.id, "question_id": question.id, "answer": "Never"})
        own = self.env["expo.record.outcome"].with_user(self.manager).create({"followup_id": dialog.followup_id.id})
        self.assertTrue(own.line_ids)
        with self.assertRaises(AccessError):
            own.line_ids[:1].wizard_id = dialog.id

    # -- the tier ------------------------------------------------------------------------------------------

    def test_a_second_good_reaction_proposes_a_warmer_tier_and_one_click_accepts_it(self):
        customer = self._make_participation(tier="materials")
        self._touch(customer, "positive")
        dialog = self._open(customer)
        self.assertFalse(dialog.proposed_tier_id)
        with Form(dialog) as form:
            form.content = "Wants prices for 500 pieces"
            form.effect = "positive"
            self.assertEqual(form.proposed_tier_id, self.tiers["intent"])
            self.assertEqual(form.proposal_reason, "The customer reacted positively 2 times in a row.")
            self.assertFalse(form.tier_id)
            form.accept_proposal = True
            self.assertEqual(form.tier_id, self.tiers["intent"])
            form.accept_proposal = False
            self.assertFalse(form.tier_id)
            form.accept_proposal = True
        dialog.action_save()
        self.assertEqual(customer.tier_id, self.tiers["intent"])

    def test_proposal_not_accepted_changes_nothing(self):
        customer = self._make_participation(tier="intent")
        dialog = self._open(customer)
        dialog.write({"content": "Found it cheaper", "effect": "negative"})
        self.assertEqual(dialog.proposed_tier_id, self.tiers["no_agreement"])
        dialog.action_save()
        self.assertEqual(customer.tier_id, self.tiers["intent"])

    def test_a_tier_chosen_by_hand_stays(self):
        with Form(self._open(self._make_participation(tier="intent"))) as form:
            form.content = "Signed this morning"
            form.tier_id = self.tiers["signed"]
            form.effect = "negative"
            self.assertEqual(form.proposed_tier_id, self.tiers["no_agreement"])
            self.assertEqual(form.tier_id, self.tiers["signed"])
            form.effect = "positive"

    def test_what_was_before_the_present_tier_does_not_count(self):
        customer = self._make_participation(tier="no_agreement")
        self._touch(customer, "no_answer", "no_answer", "negative")
        with freeze_time("2026-04-21 20:00:00"):
            customer.set_tier("materials")
        dialog = self._open(customer)
        dialog.effect = "negative"
        self.assertFalse(dialog.proposed_tier_id)

    def test_who_asks_as_a_peer_is_no_customer(self):
        customer = self._make_participation(tier="materials")
        dialog = self._open(customer)
        dialog.write({"content": "Asked how the glaze is made", "effect": "neutral", "request_purpose": "peer"})
        self.assertEqual(
            (dialog.proposed_tier_id, dialog.proposal_reason[:17]), (self.tiers["none"], "The customer asks")
        )
        dialog.action_save()
        self.assertEqual(customer.request_purpose, "peer")

    # -- the next day --------------------------------------------------------------------------------------

    def test_the_next_day_is_the_one_that_the_engine_then_finds(self):
        customer = self._make_participation(tier="intent")
        self.show.with_user(self.manager).close_show()
        self._step_of(customer, "thank_you")._letter_sent()
        call = self._step_of(customer, "first_call")
        dialog = self.env["expo.record.outcome"].with_user(self.seller).create({"followup_id": call.id})
        proposed = dialog.proposed_on
        dialog.write({"content": "Talked", "effect": "neutral"})
        dialog.action_save()
        live = customer.followup_ids.filtered(lambda f: f.state == "planned" and not f.is_letter)
        self.assertEqual(live.sorted("window_start")[:1].origin, "memory")
        self.assertEqual(proposed, min(live.mapped("window_start")))

    def test_who_has_declined_has_no_next_day(self):
        customer = self._make_participation(tier="intent")
        customer.outcome = "lost"
        self.assertFalse(self._open(customer).proposed_on)

    # -- from the card -------------------------------------------------------------------------------------

    def _plan_call(self, customer, day=date(2026, 4, 22)):
        return (
            self.env["expo.followup"]
            .with_user(self.seller)
            ._create_manual(customer.with_user(self.seller), day, self._method("phone_revisit"), "Ask for the drawings")
        )

    def test_no_answer_needs_no_text_and_tells_the_next_try(self):
        customer = self._make_participation(tier="intent")
        call = self._plan_call(customer)
        told = call.action_log_no_answer()["params"]["message"]
        self.assertEqual((call.state, call.effect, call.content), ("done", "no_answer", False))
        following = customer.followup_ids.filtered(lambda f: f.state == "planned")
        self.assertEqual(len(following), 1)
        self.assertEqual((following.window_start, following.title), (date(2026, 4, 23), "Ask for the drawings"))
        self.assertEqual(told, "No answer recorded. Next follow-up: Thu, Apr 23.")

    def test_no_answer_plans_nothing_besides_what_is_planned(self):
        customer = self._make_participation(tier="intent")
        call, planned = self._plan_call(customer), self._plan_call(customer, date(2026, 4, 29))
        self.assertIn("Wed, Apr 29", call.action_log_no_answer()["params"]["message"])
        self.assertEqual(customer.followup_ids.filtered(lambda f: f.state == "planned"), planned)

    def test_reached_opens_the_dialog_with_its_effect(self):
        call = self._plan_call(self._make_participation(tier="intent"))
        for name in ("positive", "negative"):
            action = getattr(call, f"action_log_{name}")()
            self.assertEqual(self.env["expo.record.outcome"].browse(action["res_id"]).effect, name)
        self.assertEqual(call.state, "planned")

    def test_save_and_next_walks_the_board_and_ends(self):
        plain = self._make_participation("Plain", tier="materials")
        key = self._make_participation("Key", tier="signed")
        late = self._plan_call(plain, date(2026, 4, 22))
        with freeze_time("2026-04-24 08:00:00"):
            of_key, of_plain = self._plan_call(key, date(2026, 4, 24)), self._plan_call(plain, date(2026, 4, 24))
            self._plan_call(plain, date(2026, 4, 27))
            other = self._make_participation("Of a Colleague", user=self.colleague)
            self.env["expo.followup"]._create_manual(other, date(2026, 4, 24))
            walked, action = [], late.action_record_outcome()
            while action.get("res_model") == "expo.record.outcome":
                dialog = self.env["expo.record.outcome"].with_user(self.seller).browse(action["res_id"])
                walked.append(dialog.followup_id)
                dialog.write({"content": "Talked", "effect": "neutral"})
                action = dialog.action_save_and_next()
        self.assertEqual(walked, [late, of_key, of_plain])
        self.assertEqual(action["params"]["next"], {"type": "ir.actions.act_window_close"})

    def test_a_colleague_logs_nothing_on_a_foreign_card(self):
        call = self._plan_call(self._make_participation(tier="intent")).with_user(self.colleague)
        for attempt in (call.action_log_no_answer, call.action_log_positive, call.action_log_negative):
            with self.assertRaises(AccessError):
                attempt()
