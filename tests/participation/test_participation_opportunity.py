"""Opportunities of a show: made once for keen customers, won, lost and handed over together with them."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.common import ExpoCase


class LeadCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.maria = cls._make_participation()

    def _close(self):
        self.show.with_user(self.manager).close_show()
        self._run_cron("sync")

    def _make_order(self, customer, price=100, confirm=True):
        product = self.env["product.product"].create({"name": "Plates", "invoice_policy": "order", "taxes_id": False})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.partner_id.id,
                "expo_participation_id": customer.id,
                "order_line": [Command.create({"product_id": product.id, "price_unit": price})],
            }
        )
        if confirm:
            order.action_confirm()
        return order


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 08:00:00")
class TestExpoParticipationLead(LeadCase):
    def test_keen_customers_of_a_closed_show_get_an_opportunity(self):
        peer = self._make_participation("Piet", tier="materials")
        self._run_cron("sync")
        self.assertFalse(self.maria.lead_id, "the show still runs")
        self.show.team_id = self.env["crm.team"].create({"name": "Fairs"})
        self._close()
        lead = self.maria.lead_id
        self.assertEqual(
            (lead.type, lead.partner_id, lead.user_id), ("opportunity", self.maria.partner_id, self.seller)
        )
        self.assertEqual((lead.campaign_id, lead.team_id), (self.show.campaign_id, self.show.team_id))
        self.assertEqual((lead.source_id.name, lead.company_id), ("Exhibition", self.env.company))
        self.assertFalse(lead.activity_ids, "reminders are not doubled")
        self.assertFalse(peer.lead_id)
        peer.with_user(self.seller).set_tier("signed", "Has bought")
        self._run_cron("sync")
        self.assertTrue(peer.lead_id)

    def test_it_is_made_once(self):
        self._close()
        self.maria.lead_id.unlink()
        self._run_cron("sync")
        self.assertFalse(self.maria.lead_id, "who deletes it does not want it")

    def test_one_made_by_hand_for_the_campaign_is_taken(self):
        own = self.env["crm.lead"].create(
            {"name": "Plates", "partner_id": self.maria.partner_id.id, "type": "opportunity",
             "campaign_id": self.show.campaign_id.id}
        )  # fmt: skip
        self._close()
        self.assertEqual(self.maria.lead_id, own)

    def test_opportunity_created_beforehand_gives_no_colleagues_customer(self):
        values = {
            "type": "opportunity",
            "partner_id": self.maria.partner_id.id,
            "campaign_id": self.show.campaign_id.id,
        }
        mine = self.env["crm.lead"].with_user(self.colleague).create({**values, "name": "Mine"})
        self._close()
        self.assertEqual(self.maria.user_id, self.seller)
        self.assertEqual(self.maria.lead_id.user_id, self.seller)
        with self.assertRaises(AccessError):
            mine.write({"user_id": self.colleague.id})
        self.assertEqual(self.maria.user_id, self.seller)

    def test_an_opportunity_of_another_company_is_not_taken(self):
        other = self.env["res.company"].create({"name": "Ours Abroad"})
        values = {
            "type": "opportunity",
            "partner_id": self.maria.partner_id.id,
            "campaign_id": self.show.campaign_id.id,
        }
        theirs = self.env["crm.lead"].create({**values, "name": "Theirs", "company_id": other.id, "user_id": False})
        self._close()
        self.assertTrue(self.maria.lead_id)
        self.assertNotEqual(self.maria.lead_id, theirs)

    def test_unassigned_customer_creates_an_unassigned_opportunity(self):
        unassigned = self._make_participation("Piet", user=False)
        self._close()
        self.assertTrue(unassigned.lead_id)
        self.assertFalse(unassigned.lead_id.user_id)

    def test_the_opportunity_knows_what_was_ordered(self):
        order = self._make_order(self.maria, 250)
        self._close()
        self.assertEqual((self.maria.lead_id.expected_revenue, order.opportunity_id), (250, self.maria.lead_id))

    def test_won_and_lost_flow_back(self):
        self._close()
        lead = self.maria.lead_id.with_user(self.seller)
        lead.action_set_won()
        self.assertEqual(self.maria.outcome, "won")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertEqual(self.maria.outcome, "open")
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        lead.action_set_lost(lost_reason_id=reason.id)
        self.assertEqual((self.maria.outcome, self.maria.outcome_reason), ("lost", "Too dear"))
        lead.action_restore()
        self.assertEqual(self.maria.outcome, "open")

    def test_the_outcome_settles_the_opportunity(self):
        self._close()
        lead = self.maria.lead_id
        for outcome, status in (("won", "won"), ("open", "pending"), ("lost", "lost"), ("open", "pending"),
                                ("dormant", "lost"), ("won", "won")):  # fmt: skip
            with self.subTest(outcome=outcome):
                self.maria.with_user(self.seller).outcome = outcome
                self.assertEqual((lead.won_status, self.maria.outcome), (status, outcome))

    def test_a_customer_won_before_has_a_won_opportunity(self):
        self.maria._set_outcome("won", "Invoiced")
        self._close()
        self.assertEqual(self.maria.lead_id.won_status, "won")

    def test_the_owner_is_one_and_the_same(self):
        self._close()
        lead = self.maria.lead_id
        self.maria.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        self.assertEqual(lead.user_id, self.colleague)
        lead.with_user(self.colleague).user_id = self.seller
        self.assertEqual(self.maria.user_id, self.seller)
        self.assertEqual(self.maria.owner_change_ids.sorted("id")[-1].user_after_id, self.seller)

    def test_reassigned_customer_moves_the_opportunity(self):
        self._close()
        self.maria.with_user(self.seller).user_id = self.colleague
        self.assertEqual(self.maria.sudo().lead_id.user_id, self.colleague)

    def test_united_opportunities_keep_their_customers(self):
        piet = self._make_participation("Piet")
        self._close()
        head = (self.maria.lead_id | piet.lead_id).with_user(self.manager).merge_opportunity()
        self.assertEqual(self.maria.lead_id | piet.lead_id, head)
        head.action_set_won()
        self.assertEqual((self.maria | piet).mapped("outcome"), ["won", "won"])

    def test_united_entries_have_one_opportunity(self):
        piet = self._make_participation("Piet")
        self._close()
        leads = self.maria.lead_id | piet.lead_id
        self.maria._merge_from(piet)
        self.assertEqual(leads.exists(), self.maria.lead_id)

    def test_opportunity_of_a_customer_cannot_be_chosen(self):
        theirs = self.env["crm.lead"].create({"name": "Secret", "user_id": self.colleague.id})
        mine = self.maria.with_user(self.seller)
        with self.assertRaises(AccessError):
            mine.lead_id = theirs
        with self.assertRaises(AccessError):
            mine.lead_made = True

    def test_a_thousand_opportunities_in_constant_queries(self):
        def make(count):
            partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(count)])
            customers = self.env["expo.participation"].create(
                [
                    {"exhibition_id": self.show.id, "partner_id": partner.id, "tier_id": self.tiers["intent"].id,
                     "user_id": self.seller.id}
                    for partner in partners
                ]
            )  # fmt: skip
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            customers._make_leads()
            self.env.flush_all()
            self.assertEqual(len(customers.lead_id), count)
            return self.cr.sql_log_count - before

        make(5)
        few, many = make(20), make(220)
        self.assertLess(many - few, 25, "queries must not grow with the customers")


@tagged("post_install", "-at_install")
class TestExpoExhibitionRevenue(LeadCase):
    @freeze_time("2026-04-21 08:00:00")
    def test_what_the_show_brings_and_costs(self):
        self._load_accounts()
        piet = self._make_participation("Piet")
        order = self._make_order(self.maria, 1000)
        self._close()
        piet.lead_id.expected_revenue = 300
        show = self.show.with_user(self.manager)
        self.assertEqual((show.lead_count, show.expected_revenue, show.won_revenue), (2, 1300, 0))
        self.show.cost_ids = [Command.create({"name": "Stand", "amount": 400})]
        sample = self.env["expo.sample"].create({"participation_id": piet.id, "details": "A plate"})
        sample.agree()
        sample.ship("DHL", "1", cost=50)
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-04-21"
        invoice.action_post()
        self.env.invalidate_all()
        self.assertEqual(self.maria.outcome, "won", "the first invoice wins the customer")
        self.assertEqual((show.expected_revenue, show.won_revenue, show.turnover), (300, 1000, 1000))
        self.assertEqual((show.sample_cost, show.result), (50, 550))
        refund = invoice._reverse_moves([{"invoice_date": "2026-04-21"}])
        refund.action_post()
        self.env.invalidate_all()
        self.assertEqual((show.turnover, show.result), (0, -450))

    def test_what_a_show_brings_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.show.with_user(self.seller).read(["turnover"])
