"""Every night the customers are classed by their turnover: who is A, who has changed, and what follows from it."""

from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.addons.expo_followup.tools.abc import classify
from odoo.addons.expo_followup.tools.lifecycle import stage
from odoo.tests import tagged

from tests.common_turnover import BEGIN, FORMER, TODAY, AbcCase

THRESHOLDS = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted)
#: customer, a person of the company?, kind, state, amount, days ago
INVOICES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.booleans(),
        st.sampled_from(["out_invoice", "out_invoice", "out_refund", "in_invoice"]),
        st.sampled_from(["posted", "posted", "posted", "draft", "cancel"]),
        st.one_of(st.sampled_from([0, 100, 250]), st.decimals(0, 1000, places=2)),
        st.integers(-3, 900),
    ),
    max_size=25,
)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestAbc(AbcCase):
    def test_the_largest_customers_are_a_and_the_nightly_action_says_so(self):
        partners = self._make_customers("Large", "Middle", "Small", "Tiny", "Never invoiced")
        for partner, amount in zip(partners, (600, 250, 100, 50), strict=False):
            self._invoice(partner, amount)
        self._run_cron("classify")
        self.assertEqual(self._classes(partners), "aabc-")

    def test_equal_customers_and_thresholds_of_nothing_are_classed_as_the_rule_says(self):
        for limits in ((0, 0), (0, 100), (50, 50), (80, 80), (70, 90), (100, 100)):
            for amounts in ((80, 80, 20, 20), (100,), (50, 50), (40, 40, 20)):
                with self.subTest(limits=limits, amounts=amounts), self.env.cr.savepoint() as savepoint:
                    self.env.company.write({"expo_abc_a_percent": limits[0], "expo_abc_b_percent": limits[1]})
                    partners = self._make_customers(*"ABCD"[: len(amounts)])
                    self._book(
                        [
                            (who, "out_invoice", "posted", amount, TODAY)
                            for who, amount in zip(partners, amounts, strict=True)
                        ]
                    )
                    self._classify()
                    turnover = dict(zip(partners, map(Decimal, amounts), strict=True))
                    expected = {who: standing.abc_class for who, standing in classify(turnover, *limits).items()}
                    self.assertEqual({who: who.expo_abc_class for who in partners}, expected)
                    savepoint.rollback()
                    self.env.invalidate_all(flush=False)

    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(INVOICES, THRESHOLDS, st.integers(0, 100))
    def test_the_database_classes_as_the_rule_says(self, invoices, limits, decline):
        """The statement against ``tools/abc.py`` and ``tools/lifecycle.py``, on invoices at random."""
        with self.env.cr.savepoint() as savepoint:
            companies = self._make_customers(*"ABCDEF")
            people = self.env["res.partner"].create([{"name": "P", "parent_id": one.id} for one in companies])
            self.env.company.write(
                {"expo_abc_a_percent": limits[0], "expo_abc_b_percent": limits[1], "expo_decline_percent": decline}
            )
            rows, counted = [], {}
            for index, is_person, kind, state, amount, days in invoices:
                signed, day = (-amount if kind == "out_refund" else amount), TODAY - timedelta(days=days)
                rows.append((people[index] if is_person else companies[index], kind, state, signed, day))
                if kind != "in_invoice" and state == "posted" and day <= TODAY:
                    counted.setdefault(companies[index], []).append((day, Decimal(signed)))
            if rows:
                self._book(rows)
            self._classify()
            turnover = {who: sum(amount for day, amount in own if day > BEGIN) for who, own in counted.items()}
            former = {who: sum(amount for day, amount in own if FORMER < day <= BEGIN) for who, own in counted.items()}
            expected = {
                who: (standing.abc_class, stage(min(counted[who])[0], BEGIN, turnover[who], former[who], decline))
                for who, standing in classify(turnover, *limits).items()
            }
            actual = {who: (who.expo_abc_class, who.expo_lifecycle) for who in companies if who.expo_abc_class}
            self.assertEqual(actual, expected)
            self.assertFalse(any(people.mapped("expo_abc_class")), "the company is classed, not its people")
            self._check_report(companies, turnover, limits, counted)
            savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def _check_report(self, companies, turnover, limits, counted):
        rows = self.env["expo.abc.report"].search([("partner_id", "in", companies.ids)])
        shown = {who for who, own in counted.items() if any(day > BEGIN for day, _amount in own)}
        self.assertEqual(set(rows.partner_id), shown)
        for row in rows:
            standing = classify(turnover, *limits)[row.partner_id]
            self.assertEqual((row.rank, row.abc_class), (standing.rank, standing.abc_class))
            self.assertAlmostEqual(row.turnover, float(turnover[row.partner_id]), 2)
            self.assertAlmostEqual(row.share, float(standing.share), 2)

    def test_invoices_in_another_currency_count_at_the_rate_of_their_day(self):
        dollar = self.env.ref("base.USD")
        foreign = self.env.ref("base.EUR") if self.env.company.currency_id == dollar else dollar
        foreign.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": foreign.id, "name": day, "rate": rate, "company_id": self.env.company.id}
                for day, rate in (("2026-01-01", 0.5), ("2026-04-01", 10))
            ]
        )
        early, late = self._make_customers("Early", "Late")
        self._invoice(early, 100, date(2026, 1, 15), currency_id=foreign.id)
        self._invoice(late, 100, TODAY, currency_id=foreign.id)
        self._classify()
        self.assertEqual(self._classes(early | late), "ac")
        turnover = {change.partner_id: change.turnover for change in self.abc.search([])}
        self.assertEqual((turnover[early], turnover[late]), (200, 10))

    def test_taxes_credit_notes_drafts_and_old_invoices_do_not_count(self):
        tax = self.env["account.tax"].create({"name": "Tax", "amount": 50, "type_tax_use": "sale"})
        one, two = self._make_customers("One", "Two")
        line = {"name": "Pumps", "price_unit": 100, "tax_ids": [Command.set(tax.ids)]}
        self._invoice(one, 0, invoice_line_ids=[Command.create(line)])
        self._invoice(one, -30)
        self._invoice(one, 500, post=False)
        self._invoice(one, 500, BEGIN)
        self._invoice(two, 71, BEGIN + timedelta(days=1))
        self._classify()
        turnover = {change.partner_id: change.turnover for change in self.abc.search([])}
        self.assertEqual((turnover[one], turnover[two]), (70, 71))

    def test_two_companies_class_the_same_customer_each_for_itself(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        ours, theirs = self._make_customers("Ours", "Theirs")
        self._sell(ours, 900)
        self._sell(theirs, 100)
        self._book([(theirs, "out_invoice", "posted", 900, TODAY), (ours, "out_invoice", "posted", 100, TODAY)], other)
        self._run_cron("classify")
        self.assertEqual((self._classes(ours | theirs), self._classes(ours | theirs, other)), ("ac", "ca"))
        self.env.cr.execute("SELECT expo_abc_class FROM res_partner WHERE id = %s", [ours.id])
        self.assertEqual(self.env.cr.fetchone()[0], {str(self.env.company.id): "a", str(other.id): "c"})
        self._book([(ours, "out_refund", "posted", -900, TODAY), (theirs, "out_invoice", "draft", 1, TODAY)])
        self._classify()
        self.assertEqual((self._classes(ours | theirs), self._classes(ours | theirs, other)), ("ca", "ca"))

    def test_who_ties_zero_and_negative_turnover_are_decided(self):
        partners = self._make_customers("Large", "Tied", "Tied too", "Gave all back", "Gave back more", "Long ago")
        for partner, amount in zip(partners, (600, 150, 150, 100, 50), strict=False):
            self._sell(partner, amount)
        self._sell(partners[3], -100)
        self._sell(partners[4], -80)
        self._sell(partners[5], 5000, BEGIN)
        self._classify()
        self.assertEqual(self._classes(partners), "aaaccc")

    def test_purchases_of_all_people_count_for_the_customer(self):
        company, rival = self._make_customers("Company", "Rival")
        child = self.env["res.partner"].create({"name": "Buyer", "parent_id": company.id})
        self._sell(child, 900)
        self._sell(rival, 100)
        (child | company).action_archive()
        self._classify()
        self.assertEqual(self._classes(company | rival | child), "ac-")

    def test_buyer_who_joins_a_company_brings_the_turnover(self):
        company, rival, buyer = self._make_customers("Company", "Rival", "Buyer")
        self._invoice(buyer, 900)
        self._invoice(rival, 100)
        self._classify()
        self.assertEqual(self._classes(company | rival | buyer), "-ca")
        buyer.write({"is_company": False, "parent_id": company.id})
        self._classify()
        self.assertEqual(self._classes(company | rival | buyer), "ac-")

    def test_merged_customers_are_classed_by_what_both_bought(self):
        kept, gone, rival = self._make_customers("Kept", "Gone", "Rival")
        for partner, amount in ((kept, 40), (gone, 45), (rival, 50)):
            self._invoice(partner, amount)
        self.env.company.write({"expo_abc_a_percent": 30, "expo_abc_b_percent": 60})
        self._classify()
        self.assertEqual(self._classes(kept | gone | rival), "cba")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | gone).ids, kept)
        self._classify()
        self.assertEqual(self._classes(kept | rival), "ac")
        steps = self.abc.search([("partner_id", "=", kept.id)], order="id").mapped("display_name")
        self.assertEqual(sorted(steps), ["C → A", "– → B", "– → C"])

    def test_classing_again_changes_nothing_and_asks_once(self):
        partners = self._make_customers("Large", "Small")
        self._sell(partners[0], 900)
        self._sell(partners[1], 100)
        self._classify()
        known = self.abc.search([])
        self.env.flush_all()
        self.env["res.country"].search_count([])
        # The memory that it may take, and the one statement.
        with self.assertQueryCount(2):
            self._find_nothing()
        self._classify()
        self.assertEqual(self.abc.search([]), known)

    def _find_nothing(self):
        self.env.company.resource_calendar_id.tz  # noqa: B018 where the company lives, once in a while
        self.assertFalse(self.abc._find_changes(self.env.company))

    def test_queries_do_not_grow_with_the_number_of_customers(self):
        def count(number):
            partners = self._make_customers(*(f"C{index}" for index in range(number)))
            entries = self.env["expo.participation"].create(
                [{"exhibition_id": self.show.id, "partner_id": partner.id} for partner in partners]
            )
            self._book([(partner, "out_invoice", "posted", 100, TODAY) for partner in partners])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._classify()
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual({entry.abc_class for entry in entries} | {partners[0].expo_abc_class}, {"a"})
            return queries

        few = count(5)
        self.assertLessEqual(count(200), few + 3)
        self.assertLess(few, 40)

    def test_a_changed_class_is_noted_with_its_day_and_plans_the_customer_anew(self):
        entry = self._make_participation("Maria Rossi")
        other = self._make_participation("Ben Blau")
        rival = self._make_customers("Rival")
        (entry | other).sync_pending = False
        self._sell(entry.partner_id, 900)
        self._sell(rival, 100)
        self._classify()
        self.assertEqual((entry.abc_class, entry.file_id.abc_class, entry.sync_pending), ("a", "a", True))
        self.assertEqual((other.abc_class, other.sync_pending), (False, False))
        with freeze_time("2026-05-04 12:00:00"):
            self._sell(rival, 9000)
            self._classify()
        changes = self.abc.search([("partner_id", "=", entry.partner_id.id)])
        self.assertEqual(changes.mapped("display_name"), ["A → C", "– → A"])
        self.assertEqual(changes.mapped("changed_on"), [date(2026, 5, 4), TODAY])
        self.assertEqual(changes.mapped("turnover"), [900, 900])
        self.assertEqual((entry.abc_class, entry.file_id.abc_class), ("c", "c"))

    def test_customer_met_again_has_a_class_from_the_first_day(self):
        partner = self._make_customers("Old Friend")
        self._sell(partner, 900)
        self._classify()
        entry = self._make_participation(partner=partner)
        self.assertEqual((entry.abc_class, entry.lifecycle), ("a", "formation"))
        entry.partner_id = self._make_customers("Another One")
        self.assertFalse(entry.abc_class)

    def test_exhibition_customer_is_in_exploration_until_the_first_order(self):
        entry = self._make_participation()
        stranger = self._make_customers("Supplier")
        self._classify()
        self.assertEqual((entry.lifecycle, entry.abc_class, stranger.expo_lifecycle), ("exploration", False, False))
        # What was ordered counts before it is invoiced.
        entry.file_id.customer_since = TODAY
        self._classify()
        self.assertEqual((entry.lifecycle, entry.file_id.lifecycle, entry.abc_class), ("formation", "formation", False))

    def test_a_stage_that_changes_alone_is_no_change_of_class(self):
        partner = self._make_customers("Fading")
        self._sell(partner, 1000, BEGIN)
        self._sell(partner, 600)
        self._classify()
        self.assertEqual(partner.expo_lifecycle, "stable")
        self.env.company.expo_decline_percent = 80
        self._classify()
        self.assertEqual(
            (partner.expo_lifecycle, len(self.abc.search([("partner_id", "=", partner.id)]))), ("decline", 1)
        )

    def test_customer_whose_only_invoice_is_cancelled_loses_the_class(self):
        partner = self._make_customers("Mistake")
        move = self._invoice(partner, 100)
        self._classify()
        move.button_draft()
        self._classify()
        self.assertFalse(partner.expo_abc_class)
        self.env.cr.execute("SELECT expo_abc_class, expo_lifecycle FROM res_partner WHERE id = %s", [partner.id])
        self.assertEqual(self.env.cr.fetchone(), (None, None))
        self.assertEqual(self.abc.search([], limit=1).display_name, "A → –")
