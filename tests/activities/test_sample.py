"""A sample from the request to the judgement, and what it tells of the customer."""

import base64
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase

PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


class SampleCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plates = cls.env["product.product"].create({"name": "Plates", "default_code": "PL-1"})
        cls.maria = cls._make_participation()

    def _make_sample(self, user=None, **values):
        return self.env["expo.sample"].with_user(user or self.seller).create(
            {
                "participation_id": self.maria.id,
                "line_ids": [Command.create({"product_id": self.plates.id, "quantity": 2, "details": "Blue"})],
                **values,
            }
        )  # fmt: skip

    def _close(self):
        self.show.with_user(self.manager).close_show()


@tagged("post_install", "-at_install")
@freeze_time("2026-04-22 08:00:00")
class TestExpoSample(SampleCase):
    def test_a_product_that_was_promised_is_not_deleted(self):
        self._make_sample()
        other = self.env["product.product"].create({"name": "Cups"})
        for promised in (self.plates, self.plates.product_tmpl_id):
            with self.subTest(model=promised._name), self.assertRaisesRegex(UserError, "Archive the product instead"):
                promised.unlink()
        other.product_tmpl_id.unlink()
        self.assertFalse(other.exists())

    def test_sample_cannot_be_moved_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.seller.company_ids += other
        partner = self._make_partner("Hans Becker")
        sample = self._make_sample(participation_id=False, partner_id=partner.id, company_id=other.id)
        self.assertEqual(sample.company_id, self.env.company)
        with self.assertRaises(AccessError):
            sample.company_id = other

    def test_from_the_request_to_the_judgement(self):
        self._close()
        sample = self._make_sample()
        self.assertEqual(
            (sample.partner_id, sample.user_id, sample.goods), (self.maria.partner_id, self.seller, "Plates × 2")
        )
        sample.agree("Maria", "phone", date(2026, 4, 21))
        self.assertEqual((sample.state, sample.agreed_noted_by_id), ("agreed", self.seller))
        self.assertEqual(self.maria.sample_agreed_on, date(2026, 4, 21))
        sample.ship("DHL", "123", cost=40)
        self.assertEqual((sample.carrier, sample.tracking_number, sample.company_cost), ("DHL", "123", 40))
        self.assertFalse(self._step_of(self.maria, "sample_check"))
        with freeze_time("2026-04-27 08:00:00"):
            sample.receive("The porter")
            check = self._step_of(self.maria, "sample_check")
            self.assertEqual((check.state, check.window_start), ("planned", date(2026, 4, 30)))
            sample.judge("positive", "They want forty boxes.", tier="signed")
        self.assertEqual((sample.state, sample.judgement, sample.judged_on), ("judged", "positive", date(2026, 4, 27)))
        self.assertEqual((check.state, check.effect, check.content), ("done", "positive", "They want forty boxes."))
        self.assertEqual((self.maria.followup_count, self.maria.tier_id), (1, self.tiers["signed"]))

    def test_the_touch_of_the_plan_judges_the_sample(self):
        self._close()
        sample = self._make_sample()
        sample.agree()
        sample.ship()
        sample.receive()
        check = self._step_of(self.maria, "sample_check").with_user(self.seller)
        check.record_outcome("No answer on the phone.", "no_answer")
        self.assertEqual(sample.state, "received")
        touch = self.env["expo.followup"].create(
            {"participation_id": self.maria.id, "step_id": self.steps["sample_check"].id, "round": 9}
        )
        touch.with_user(self.seller).record_outcome("They like the blue.", "positive")
        self.assertEqual(
            (sample.state, sample.judgement, sample.judgement_text), ("judged", "positive", "They like the blue.")
        )

    def test_a_sample_without_a_show_is_judged_by_a_touch_of_its_own(self):
        partner = self._make_partner("Old Friend")
        sample = self._make_sample(participation_id=False, partner_id=partner.id)
        sample.agree()
        sample.ship()
        sample.receive()
        sample.judge("negative", "Too heavy.")
        touch = self.env["expo.followup"].search([("partner_id", "=", partner.id)])
        self.assertEqual((touch.state, touch.effect, touch.user_id), ("done", "negative", self.seller))

    def test_steps_are_taken_in_their_order(self):
        sample = self._make_sample()
        for step in (sample.ship, sample.receive, lambda: sample.judge("positive", "Good")):
            with self.subTest(step=step), self.assertRaises(UserError):
                step()
        with self.assertRaises(UserError):
            sample.agree(on=date(2026, 4, 23))
        sample.agree()
        with self.assertRaises(UserError):
            sample.agree()

    def test_sample_without_details_cannot_be_agreed(self):
        with self.assertRaises(UserError):
            self._make_sample(line_ids=[]).agree()

    def test_what_was_agreed_stays_until_it_is_agreed_anew(self):
        sample = self._make_sample()
        sample.agree()
        with self.assertRaises(UserError):
            sample.details = "Green"
        with self.assertRaises(UserError):
            sample.line_ids.quantity = 5
        with self.assertRaises(UserError):
            sample.line_ids.unlink()
        sample.action_reopen()
        self.assertEqual((sample.state, sample.agreed_on, self.maria.sample_agreed_on), ("requested", False, False))
        sample.line_ids.quantity = 5
        self.assertEqual(sample.goods, "Plates × 5")

    def test_a_customer_with_two_samples_has_two_rounds(self):
        first, second = self._make_sample(), self._make_sample()
        first.agree(on=date(2026, 4, 20))
        second.agree(on=date(2026, 4, 22))
        days = [date(2026, 4, 20), date(2026, 4, 22)]
        self.assertEqual(self.maria._get_sample_days("sample_agreed_on"), days)
        self.assertEqual(self.maria.sample_agreed_on, days[1])
        second.cancel("They found their own")
        self.assertEqual(self.maria._get_sample_days("sample_agreed_on"), days[:1])
        (first | second).with_user(self.manager).unlink()
        self.assertFalse(self.maria.sample_agreed_on)

    def test_a_day_noted_by_hand_counts_while_no_sample_has_one(self):
        self.maria.with_user(self.seller).sample_received_on = date(2026, 4, 21)
        self._make_sample().agree()
        self.assertEqual(self.maria._get_sample_days("sample_received_on"), [date(2026, 4, 21)])

    def test_who_refuses_the_freight_is_weak_demand(self):
        sample = self._make_sample()
        dialog = self.env["expo.sample.step"].browse(sample.action_refuse_freight()["res_id"]).with_user(self.seller)
        self.assertEqual(dialog.tier_id, self.tiers["no_agreement"], "a lower tier is proposed")
        dialog.text = "Wants it for nothing"
        dialog.action_confirm()
        self.assertEqual(
            (sample.state, sample.weak_demand, sample.end_reason), ("refused", True, "Wants it for nothing")
        )
        self.assertTrue(self.maria.weak_demand)
        self.assertEqual(
            (self.maria.tier_id, self.maria.tier_reason), (self.tiers["no_agreement"], "Wants it for nothing")
        )

    def test_we_may_pay_the_freight_all_the_same(self):
        sample = self._make_sample()
        sample.agree()
        sample.refuse_freight(send_prepaid=True)
        self.assertEqual((sample.state, sample.freight, sample.weak_demand), ("requested", "prepaid", True))
        with self.assertRaises(UserError):
            sample.refuse_freight()
        sample.agree()
        self.assertTrue(self.maria.weak_demand, "the customer still did not pay")
        self.assertEqual(self.maria.tier_id, self.tiers["intent"], "no other tier was asked for")

    def test_who_pays_after_all_is_no_weak_demand(self):
        sample = self._make_sample()
        sample.refuse_freight()
        sample.action_reopen()
        sample.agree()
        self.assertFalse(self.maria.weak_demand)

    def test_details_are_sent_with_a_picture_in_the_customers_language(self):
        sample = self._make_sample(details="Glossy & round", picture=PIXEL, freight_account="ACC-7")
        action = sample.action_propose()
        composer = Form(self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"]))
        mail = composer.save()
        self.assertEqual(mail.partner_ids, self.maria.partner_id, "none of ours gets it")
        mail._action_send_mail()
        message = sample.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(message.partner_ids, self.maria.partner_id)
        for word in ("Dear Maria Rossi", "Plates", "Blue", "Glossy &amp; round", "ACC-7", "/web/image/"):
            self.assertIn(word, message.body)
        self.assertEqual(message.attachment_ids.mimetype, "image/png")
        self.assertTrue(sample.proposed_on)

    def test_a_note_of_ours_is_no_proposal(self):
        sample = self._make_sample()
        sample.message_post(body="Ask for the colour")
        self.assertFalse(sample.proposed_on)

    def test_samples_follow_the_owner_of_the_customer(self):
        sample = self._make_sample()
        self.maria.with_user(self.manager).set_owner(self.colleague)
        self.assertEqual(sample.sudo().user_id, self.colleague)
        with self.assertRaises(AccessError):
            sample.read(["goods"])
        sample.with_user(self.colleague).agree()

    def test_entries_united_keep_all_samples(self):
        other = self._make_participation("Maria R.")
        sample = self._make_sample(participation_id=other.id)
        sample.agree()
        self.maria._merge_from(other)
        self.assertEqual(self.maria.sample_ids, sample)
        self.assertTrue(self.maria.sample_agreed_on)

    def test_facts_of_the_steps_are_not_written_by_hand(self):
        sample = self._make_sample()
        forged = {"state": "judged", "judgement": "positive", "weak_demand": True, "received_on": "2026-04-20"}
        for name, value in forged.items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                sample.write({name: value})
        samples = self.env["expo.sample"].with_user(self.seller)
        plain = samples.create({"participation_id": self.maria.id, **forged})
        by_default = samples.with_context(**{f"default_{name}": value for name, value in forged.items()}).create(
            {"participation_id": self.maria.id}
        )
        for one in plain | by_default:
            self.assertEqual(
                (one.state, one.judgement, one.weak_demand, one.received_on), ("requested", False, False, False)
            )

    def test_samples_go_with_their_customer_and_leave_nothing_behind(self):
        sample = self._make_sample(picture=PIXEL)
        sample.message_post(body="Blue ones, please")
        mine = [("res_model", "=", "expo.sample"), ("res_field", "=", "picture"), ("res_id", "=", sample.id)]
        written = [("model", "=", "expo.sample"), ("res_id", "=", sample.id)]
        self.assertTrue(self.env["ir.attachment"].search(mine))
        self.maria.with_user(self.manager).unlink()
        self.assertFalse(sample.exists())
        self.assertFalse(self.env["ir.attachment"].search(mine))
        self.assertFalse(self.env["mail.message"].search(written))

    def test_sample_for_a_colleagues_customer_is_refused(self):
        theirs = self._make_participation("Of Ben", user=self.colleague)
        with self.assertRaises(AccessError):
            self._make_sample(participation_id=theirs.id)
        with self.assertRaises(AccessError):
            self.env["expo.sample"].with_user(self.seller).with_context(default_participation_id=theirs.id).create({})
        with self.assertRaises(AccessError):
            self._make_sample().participation_id = theirs
        with self.assertRaises(AccessError):
            self._make_sample().user_id = self.colleague

    def test_the_dialog_opens_for_who_may_write_only(self):
        sample = self._make_sample()
        with self.assertRaises(AccessError):
            self.env["expo.sample.step"].with_user(self.colleague).create({"sample_id": sample.id, "step": "agree"})

    def test_new_sample_starts_with_the_products_of_interest(self):
        self.maria.product_ids = self.plates
        action = self.maria.with_user(self.seller).action_open_samples()
        form = Form(self.env["expo.sample"].with_user(self.seller).with_context(**action["context"]))
        sample = form.save()
        self.assertEqual((sample.line_ids.product_id, sample.goods), (self.plates, "Plates"))

    def test_samples_of_a_company_are_counted_with_its_people(self):
        rossi = self._make_partner("Rossi", is_company=True)
        people = [self._make_partner(name, parent_id=rossi.id) for name in ("Ada", "Bea")]
        for person in people:
            self._make_sample(participation_id=False, partner_id=person.id)
        self.assertEqual(rossi.with_user(self.seller).expo_sample_count, 2)
        self.assertEqual(people[0].with_user(self.seller).expo_sample_count, 1)
        self.assertEqual(rossi.with_user(self.colleague).expo_sample_count, 0)

    def test_each_sample_is_asked_about_and_judged_for_itself(self):
        self._close()
        first, second = self._make_sample(), self._make_sample()
        for sample in first | second:
            sample.agree()
            sample.ship(on=date(2026, 4, 20))
            sample.receive()
        check = self._step_of(self.maria, "sample_check")
        self.assertEqual((check.round, check.state), (1, "planned"))
        second.judge("neutral", "Nice")
        self.assertEqual((first.state, second.state, second.followup_id), ("received", "judged", check))
        checks = self._step_of(self.maria, "sample_check").sorted("round")
        self.assertEqual(checks.mapped("state"), ["done", "planned"])
        checks[1].with_user(self.seller).record_outcome("Very nice", "positive")
        self.assertEqual((first.judgement, second.judgement), ("positive", "neutral"))
