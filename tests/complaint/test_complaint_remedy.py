"""Remedies: within one's authority at once, beyond it by another person, and never by cutting them in pieces."""

import base64

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintRemedy(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.senior = new_test_user(cls.env, "expo_senior", "sales_team.group_sale_salesman_all_leads")
        rows = cls.env["expo.complaint.authority"]
        cls.limits = {name: cls.env.ref(f"expo_followup.complaint_authority_{name}") for name in ("salesman", "all")}
        cls.limits["salesman"].write({"amount": 200, "percent": 20, "customer_amount": 500})
        cls.limits["all"].write({"amount": 1000, "percent": 0, "customer_amount": 1000})
        cls.limits["manager"] = rows.env.ref("expo_followup.complaint_authority_manager")

    def _open_order(self):
        """Another order of Maria's, invoiced, and a complaint about it."""
        order = self._sell()
        order._create_invoices().action_post()
        return self._complain_of_order(order=order)

    # -- authority ---------------------------------------------------------------------------------------

    def test_within_ones_authority_a_remedy_is_approved_at_once(self):
        remedy = self._promised(self._complain_of_order(), 200)
        self.assertEqual((remedy.state, remedy.approved_by_id, remedy.is_within), ("approved", self.seller, True))

    def test_beyond_it_another_person_with_the_authority_approves(self):
        remedy = self._promised(self._complain_of_order(), 201)
        self.assertEqual(remedy.state, "to_approve")
        self.assertIn("per complaint", remedy.beyond)
        with self.assertRaisesRegex(AccessError, "your own"):
            remedy.action_approve()
        remedy.with_user(self.manager).action_approve()
        self.assertEqual((remedy.state, remedy.approved_by_id, remedy.is_within), ("approved", self.manager, False))

    def test_those_who_may_approve_are_told(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 900)
        notes = self.env["mail.message"].search([("model", "=", "expo.complaint"), ("res_id", "=", complaint.id)])
        told = notes.notified_partner_ids
        self.assertLessEqual(self.manager.partner_id, told)
        self.assertNotIn(self.colleague.partner_id, told)

    def _get_requests(self, complaint):
        kind = self.env.ref("expo_followup.activity_complaint_approve")
        return complaint.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_approvers_are_reminded_with_a_link_until_the_remedy_is_decided(self):
        complaint = self._complain_of_order()
        first, second = self._promised(complaint, 900), self._promised(complaint, 50)
        requests = self._get_requests(complaint).filtered(lambda request: request.user_id == self.manager)
        self.assertEqual(len(requests), 2)
        self.assertIn(f'href="/odoo/expo.complaint.remedy/{first.id}"', str(requests.sorted("id")[0].note))
        self.assertNotIn(self.seller, self._get_requests(complaint).user_id)
        first.with_user(self.manager).action_approve()
        left = self._get_requests(complaint).filtered(lambda request: request.user_id == self.manager)
        self.assertEqual(left, requests.sorted("id")[1])
        second.with_user(self.manager).refuse("Too much")
        self.assertFalse(self._get_requests(complaint))

    def test_changed_remedy_and_ended_complaint_take_the_request_back(self):
        complaint = self._complain_of_order()
        remedy = self._promised(complaint, 900)
        remedy.amount = 901
        self.assertFalse(self._get_requests(complaint))
        remedy.action_submit()
        self.assertTrue(self._get_requests(complaint))
        complaint.cancel_reason = "By mistake"
        complaint._move_to("cancelled")
        self.assertFalse(self._get_requests(complaint))

    def test_approver_sees_limit_excess_customer_and_goods(self):
        complaint = self._complain_of_order(claimed=(3, 1))
        photo = base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        )
        complaint._add_evidence("photo", [("crack.png", photo)])
        remedy = self._promised(complaint, 900)
        self.env.flush_all()
        facts = " ".join(html2plaintext(remedy.with_user(self.manager).approval_facts).split())
        for words in ("Limit of expo_seller", "200.00", "900.00", "700.00", "1,200.00", "Mug 10 3 0", "Complaints 1"):
            with self.subTest(words=words):
                self.assertIn(words, facts.replace("\xa0", " "))
        self.assertIn("/web/image/", str(remedy.with_user(self.manager).approval_facts))

    def test_facts_are_shown_to_those_who_may_decide_only(self):
        remedy = self._promised(self._complain_of_order(), 1100)
        self.assertTrue(remedy.with_user(self.manager).approval_facts)
        self.assertFalse(remedy.approval_facts, "the author")
        self.assertFalse(remedy.with_user(self.senior).approval_facts, "beyond their authority")
        remedy.with_user(self.manager).action_approve()
        self.assertFalse(remedy.with_user(self.manager).approval_facts)

    def test_remedy_beyond_own_authority_cannot_be_approved(self):
        remedy = self._promised(self._complain_of_order(), 1100)
        with self.assertRaisesRegex(AccessError, "beyond your authority"):
            remedy.with_user(self.senior).action_approve()

    def test_user_who_changes_the_amount_becomes_the_author(self):
        remedy = self._promised(self._complain_of_order(), 900)
        theirs = remedy.with_user(self.manager)
        theirs.amount = 950
        self.assertEqual((remedy.state, remedy.author_id), ("draft", self.manager))
        remedy.action_submit()
        self.assertEqual((remedy.state, remedy.author_id), ("to_approve", self.seller))

    def test_two_remedies_of_one_complaint_count_together(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 150)
        self.assertEqual(self._promised(complaint, 100).state, "to_approve")

    def test_what_waits_for_approval_counts_as_well(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 300)
        self.assertEqual(self._promised(complaint, 1).state, "to_approve")

    def test_spreading_over_complaints_does_not_help(self):
        for _number in range(2):
            self.assertEqual(self._promised(self._open_order(), 200).state, "approved")
        third = self._promised(self._open_order(), 101)
        self.assertEqual(third.state, "to_approve")
        self.assertIn("twelve months", third.beyond)

    def test_spreading_over_colleagues_does_not_help(self):
        complaint = self._complain_of_order()
        complaint.sudo().team_id.member_ids = self.seller | self.colleague
        self._promised(complaint, 150)
        self.assertEqual(self._promised(complaint, 100, user=self.colleague).state, "to_approve")

    def test_giving_the_complaint_up_does_not_give_the_authority_back(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 200)
        complaint.write({"cancel_reason": "A mistake", "stage_id": self.stages["cancelled"].id})
        complaint.sudo().active = False
        for _number in range(2):
            last = self._promised(self._open_order(), 200)
        self.assertEqual(last.state, "to_approve")

    def test_after_a_year_it_counts_no_more(self):
        old = self._promised(self._open_order(), 200)
        self._promised(self._open_order(), 200)
        self.assertEqual(self._promised(self._open_order(), 200).state, "to_approve")
        old.sudo().day = old.day - relativedelta(months=12)
        waiting = self.env["expo.complaint.remedy"].search([("state", "=", "to_approve")])
        waiting.with_user(self.seller).refuse("Another way")
        waiting.with_user(self.seller).action_submit()
        self.assertEqual(waiting.state, "approved")

    def test_a_refused_remedy_counts_no_more(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 200).refuse("The customer wants something else")
        self.assertEqual(self._promised(complaint, 200).state, "approved")

    def test_the_share_of_the_goods_is_kept(self):
        complaint = self._complain_of_order(claimed=(5, 0))
        self.assertEqual(self._promised(complaint, 100).state, "approved")
        self.assertIn("share of the goods", self._promised(complaint, 1).beyond)

    def test_typed_goods_prove_no_value(self):
        complaint = self._complain(partner=self.maria)
        complaint.env["expo.complaint.line"].create(
            {"complaint_id": complaint.id, "product_name": "Gold", "claimed_quantity": 100, "price_unit": 1000}
        )
        self.assertEqual(self._promised(complaint, 1).state, "to_approve")

    def test_claims_made_smaller_afterwards_take_the_approval_back(self):
        complaint = self._complain_of_order()
        remedy = self._promised(complaint, 200)
        complaint.line_ids.write({"claimed_quantity": 1})
        self.assertEqual((remedy.state, remedy.approved_by_id), ("to_approve", self.env["res.users"]))

    def test_promised_to_one_customer_and_moved_to_another_it_is_judged_again(self):
        self.limits["salesman"].percent = 0
        self._promised(self._open_order(), 200)
        self._promised(self._open_order(), 200)
        elsewhere = self._complain(partner=self._make_partner("Jan Novak"), user_id=self.seller.id)
        remedy = self._promised(elsewhere, 150)
        self.assertEqual(remedy.state, "approved")
        elsewhere.partner_id = self.maria
        self.assertEqual(remedy.state, "to_approve")

    def test_merged_into_another_complaint_what_was_promised_counts_there(self):
        target, source = self._open_order(), self._complain_of_order(claimed=(6, 0))
        self._promised(target, 100)
        self._agreed(target)
        remedy = self._promised(source, 90, line_id=source.line_ids[0].id)
        moved = (source.line_ids, remedy)
        for records in moved:
            records.sudo().write({"complaint_id": target.id})
        self.assertEqual((target.remedy_cost, source.remedy_cost, len(target.line_ids)), (190, 0, 4))
        self.assertFalse(target.offered_on or target.accepted_on)
        self.assertEqual(self._promised(target, 11).state, "to_approve")

    def test_another_currency_counts_at_the_rate_of_the_day(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        today = self.env.company._expo_today()
        self.env["res.currency.rate"].search([("currency_id", "=", yen.id)]).unlink()
        yen.rate_ids = [
            Command.create({"name": today - relativedelta(months=1), "rate": 1.0}),
            Command.create({"name": today, "rate": 100.0}),
        ]
        remedy = self._promised(self._complain_of_order(), 20_000, currency_id=yen.id)
        self.assertEqual((remedy.company_amount, remedy.state), (200, "approved"))
        self.assertEqual(self._promised(self._open_order(), 20_100, currency_id=yen.id).state, "to_approve")

    def test_the_limits_of_another_company_are_not_ours(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        self.env["expo.complaint.authority"].create(
            {"group_id": self.limits["salesman"].group_id.id, "company_id": other.id, "amount": 9999,
             "customer_amount": 9999}
        )  # fmt: skip
        self.assertEqual(self._promised(self._complain_of_order(), 201).state, "to_approve")

    def test_a_row_of_our_own_takes_the_place_of_the_one_for_all(self):
        self.env["expo.complaint.authority"].create(
            {"group_id": self.limits["salesman"].group_id.id, "company_id": self.env.company.id}
        )
        self.assertEqual(self._promised(self._complain_of_order(), 1).state, "to_approve")

    def test_remedy_without_any_approver_is_refused(self):
        self.limits["manager"].unlink()
        remedy = self._remedy(self._complain_of_order(), 1100)
        with self.assertRaisesRegex(UserError, "no approver has the authority"):
            remedy.action_submit()

    def test_a_replacement_counts_with_the_price_of_its_goods_whatever_its_author_says(self):
        complaint = self._complain_of_order()
        mug = complaint.line_ids[0]
        remedy = self._remedy(complaint, 0, kind="replacement", line_id=mug.id, quantity=3)
        remedy.amount = 1
        remedy.action_submit()
        self.assertEqual((remedy.amount, remedy.state), (300, "to_approve"))

    def test_another_article_than_that_of_the_goods_is_refused(self):
        complaint = self._complain_of_order()
        mug = complaint.line_ids[0]
        with self.assertRaisesRegex(UserError, "article"):
            self._remedy(complaint, kind="replacement", line_id=mug.id, quantity=1, product_id=self.products[1].id)

    def test_goods_without_a_price_are_replaced_by_who_has_no_limit(self):
        complaint = self._complain_of_order()
        gift = self.env["product.product"].create({"name": "Gold", "list_price": 0})
        line = complaint.env["expo.complaint.line"].create(
            {"complaint_id": complaint.id, "product_id": gift.id, "claimed_quantity": 1}
        )
        remedy = self._promised(complaint, 0, kind="replacement", line_id=line.id, quantity=1)
        self.assertEqual(remedy.state, "to_approve")
        with self.assertRaises(AccessError):
            remedy.with_user(self.senior).action_approve()
        remedy.with_user(self.manager).action_approve()

    def test_typed_price_does_not_lower_the_value_of_a_replacement(self):
        complaint = self._complain_of_order()
        line = complaint.env["expo.complaint.line"].create(
            {"complaint_id": complaint.id, "product_id": self.products[0].id, "price_unit": 0.01, "claimed_quantity": 9}
        )
        self.assertEqual(self._promised(complaint, 0, kind="replacement", line_id=line.id, quantity=9).amount, 900)

    def test_a_discount_in_percent_is_worth_its_share_of_the_goods(self):
        complaint = self._complain_of_order()
        remedies = complaint.env["expo.complaint.remedy"]
        remedy = remedies.create({"complaint_id": complaint.id, "kind": "discount", "percent": 10})
        self.assertEqual(remedy.amount, 120)
        remedy.amount = 1
        remedy.action_submit()
        self.assertEqual(remedy.amount, 120)

    # -- forged ------------------------------------------------------------------------------------------

    def test_what_follows_is_not_said_by_users(self):
        complaint = self._complain_of_order()
        remedy = self._remedy(complaint)
        for forged in (
            {"approval": "approved"}, {"state": "approved"}, {"author_id": self.manager.id}, {"day": "2000-01-01"},
            {"company_amount": 0}, {"is_within": True}, {"move_id": self.invoice.id}, {"done_on": "2026-01-01"},
        ):  # fmt: skip
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                remedy.write(forged)
            with self.subTest(created=forged), self.assertRaises(AccessError):
                self._remedy(complaint, **forged)
        forged = complaint.env["expo.complaint.remedy"].with_context(
            default_approval="approved", default_author_id=self.manager.id, default_is_within=True
        )
        one = forged.create({"complaint_id": complaint.id, "amount": 5})
        self.assertEqual((one.state, one.author_id, one.is_within), ("draft", self.seller, False))

    @mute_logger("odoo.sql_db")
    def test_amounts_are_numbers_of_our_world(self):
        complaint = self._complain_of_order()
        for strange in (float("nan"), float("inf"), 0.0):
            with self.subTest(strange=strange):
                self.assertTrue(self._is_refused(self._promised, complaint, strange))

    def test_goods_of_another_complaint_are_refused(self):
        other = self._open_order()
        with self.assertRaisesRegex(UserError, "another complaint"):
            self._remedy(self._complain_of_order(claimed=(0, 0)), line_id=other.line_ids[0].id)

    def test_colleague_cannot_propose_a_remedy_on_a_hidden_complaint(self):
        complaint = self._complain_of_order()
        with self.assertRaises(AccessError):
            self._remedy(complaint, user=self.colleague)
        remedy = self._promised(complaint, 900)
        for step in ("action_approve", "action_submit", "action_make_document"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(remedy.with_user(self.colleague), step)()

    def test_a_remedy_of_an_ended_complaint_is_not_made(self):
        complaint = self._closed(partner=self.maria)
        with self.assertRaisesRegex(UserError, "has ended"):
            self._remedy(complaint)

    def test_promises_are_withdrawn_and_not_deleted(self):
        remedy = self._promised(self._complain_of_order())
        with self.assertRaisesRegex(UserError, "cannot delete"):
            remedy.unlink()
        with self.assertRaisesRegex(UserError, "reason"):
            remedy.refuse(" ")
        remedy.refuse("The customer wants goods")
        self.assertEqual((remedy.state, remedy.refuse_reason), ("refused", "The customer wants goods"))

    # -- the offer ---------------------------------------------------------------------------------------

    def test_the_gate_to_carrying_out_asks_for_demand_remedy_and_acceptance(self):
        complaint = self._complain_of_order()
        facts = complaint._get_gate_facts()
        self.assertEqual([facts[name] for name in ("demand", "remedy", "acceptance")], [False] * 3)
        complaint.env["expo.complaint.demand"].create({"complaint_id": complaint.id, "kind": "return", "quantity": 10})
        waiting = self._promised(complaint, 900)
        self.assertFalse(complaint._get_gate_facts()["authority"])
        waiting.with_user(self.manager).action_approve()
        self._agreed(complaint)
        facts = complaint._get_gate_facts()
        self.assertEqual([facts[name] for name in ("demand", "remedy", "authority", "acceptance")], [True] * 4)
        self.assertFalse(facts["documents"])

    def test_nothing_unapproved_is_offered_or_accepted(self):
        complaint = self._complain_of_order()
        with self.assertRaisesRegex(UserError, "none is approved"):
            complaint.action_offer_by_phone()
        self._promised(complaint)
        with self.assertRaisesRegex(UserError, "no remedy was offered"):
            complaint._accept_offer("phone")
        complaint.action_offer_by_phone()
        self._promised(complaint, 900)
        with self.assertRaises(UserError):
            complaint._accept_offer("phone")

    def test_accepting_twice_is_accepting_once(self):
        complaint = self._complain_of_order()
        self._promised(complaint)
        complaint.action_offer_by_phone()
        self.assertIs(complaint._accept_offer("portal", "Maria"), True)
        self.assertIs(complaint._accept_offer("phone", "Some Person"), False)
        self.assertEqual((complaint.accepted_by, complaint.accepted_how), ("Maria", "portal"))
        self.assertEqual(complaint.event_ids.mapped("kind").count("accepted"), 1)
        self.assertFalse(complaint._decline_offer("phone"))

    def test_declining_asks_for_another_offer(self):
        complaint = self._complain_of_order()
        self._promised(complaint)
        complaint.action_offer_by_phone()
        complaint._decline_offer("phone", "Too little")
        self.assertFalse(complaint.offered_on)
        self.assertEqual(complaint.event_ids.filtered(lambda event: event.kind == "declined").note, "Too little")

    def test_a_changed_remedy_voids_offer_and_acceptance(self):
        complaint = self._complain_of_order()
        remedy = self._promised(complaint)
        for change in (
            lambda: remedy.write({"amount": remedy.amount + 1}),
            lambda: remedy.refuse("No"),
            lambda: self._promised(complaint, 10),
        ):
            if remedy.state != "approved":
                remedy.action_submit()
            self._agreed(complaint)
            change()
            self.assertFalse(complaint.offered_on or complaint.accepted_on or complaint.accepted_by)

    def test_saving_a_remedy_unchanged_voids_nothing(self):
        complaint = self._complain_of_order()
        remedy = self._promised(complaint)
        self._agreed(complaint)
        remedy.write({"amount": remedy.amount, "kind": remedy.kind})
        self.assertTrue(complaint.accepted_on)
        self.assertEqual(remedy.state, "approved")

    def test_what_it_cost_us_is_known(self):
        complaint = self._complain_of_order()
        self._promised(complaint, 150)
        complaint.internal_cost = 30
        self.assertEqual((complaint.remedy_cost, complaint.cost), (150, 180))
        complaint.remedy_ids.refuse("No")
        self.assertEqual(complaint.cost, 30)

    # -- customer requests -----------------------------------------------------------------------------------------

    def test_a_demand_says_what_is_wanted_and_stays_once_all_agreed(self):
        complaint = self._complain_of_order()
        demands = complaint.env["expo.complaint.demand"]
        for kind in ("compensation", "discount", "return", "other"):
            with self.subTest(kind=kind), self.assertRaisesRegex(UserError, "it is empty"):
                demands.create({"complaint_id": complaint.id, "kind": kind})
        demand = demands.create({"complaint_id": complaint.id, "kind": "compensation", "amount": 9})
        with self.assertRaises(AccessError):
            demand.user_id = self.manager
        self._promised(complaint)
        self._agreed(complaint)
        with self.assertRaisesRegex(UserError, "cannot change a customer request"):
            demand.amount = 1
        with self.assertRaisesRegex(UserError, "cannot change a customer request"):
            demand.unlink()

    def test_why_another_approves_is_said_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "expo_followup")])._update_translations(["zh_CN"])
        self.manager.lang = "zh_CN"
        remedy = self._promised(self._complain_of_order(), 201)
        self.assertEqual(remedy.beyond, "above the limit per complaint")
        self.assertNotIn("above the", remedy.with_user(self.manager).with_context(lang="zh_CN").beyond)
        message = self.env["mail.message"].search(
            [("model", "=", "expo.complaint"), ("notified_partner_ids", "in", self.manager.partner_id.ids)], limit=1
        )
        self.assertTrue(message.body)
        self.assertNotIn("Approve remedy", message.body)
