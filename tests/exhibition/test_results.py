"""What a show brought on one page: the figures of the exhibition itself, by right, each with the list behind it."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase
from tests.participation.test_participation_opportunity import LeadCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 08:00:00")
class TestResults(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.piet = cls._make_participation("Piet", tier="materials", user=cls.colleague, country="nl")
        cls.hans = cls._make_participation("Hans", tier="none", user=False)
        cls.show.cost_ids = [Command.create({"name": "Stand", "amount": 400})]

    def _read(self, user=None, show=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["expo.exhibition"].with_user(user or self.manager).get_results((show or self.show).id)

    def _stages(self, data, name="count"):
        return {stage["key"]: stage[name] for stage in data["stages"]}

    def _sell(self):
        order = self._make_order(self.maria, 1000)
        self._make_order(self.piet, 200, confirm=False)
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 4, 21)
        invoice.action_post()
        self.hans.replied_on = "2026-04-21 07:00:00"
        return order

    def test_results_agree_with_the_figures_of_the_exhibition(self):
        self._sell()
        data = self._read()
        show = self.show.with_user(self.manager)
        figures = {figure["key"]: figure["value"] for figure in data["figures"]}
        self.assertEqual(self._stages(data)["contacts"], show.participation_count)
        self.assertEqual(
            (figures["turnover"], figures["result"], figures["won"], figures["expected"]),
            (show.turnover, show.result, show.won_revenue, show.expected_revenue),
        )
        self.assertEqual((figures["cost"], figures["samples"]), (show.total_cost, show.sample_cost))
        self.assertEqual((figures["turnover"], figures["cost"], figures["return"]), (1000, 400, 150))
        self.assertAlmostEqual(figures["contact_cost"], 400 / 3)
        self.assertEqual(figures["order_cost"], 400)

    def test_each_stage_counts_who_reached_it_or_a_later_one(self):
        self._sell()
        data = self._read()
        self.assertEqual(self._stages(data), {"contacts": 3, "replied": 3, "quoted": 2, "ordered": 1, "paid": 0})
        for table in data["tables"]:
            with self.subTest(field=table["field"]):
                for stage, count in self._stages(data).items():
                    self.assertEqual(sum(row["counts"][stage] for row in table["rows"]), count)

    def test_every_number_opens_the_list_of_what_it_counts(self):
        self._sell()
        data = self._read()
        customers = self.env["expo.participation"].with_user(self.manager)
        for stage in data["stages"]:
            self.assertEqual(customers.search_count(stage["domain"]), stage["count"], stage["key"])
            for table in data["tables"]:
                for row in table["rows"]:
                    domain = [*stage["domain"], (table["field"], "=", row["id"])]
                    self.assertEqual(customers.search_count(domain), row["counts"][stage["key"]])
        show = self.show.with_user(self.manager)
        found = {figure["key"]: show.action_open_figure(figure["key"]) for figure in data["figures"]}
        lists = {
            key: show.env[action["res_model"]].with_context(action["context"]).search(action["domain"])
            for key, action in found.items()
        }
        self.assertEqual(sum(lists["turnover"].mapped("amount_untaxed_signed")), 1000)
        self.assertEqual(sum(lists["cost"].mapped("amount")), 400)
        self.assertEqual((len(lists["order_cost"]), len(lists["contact_cost"])), (1, 3))
        self.assertIn(self.show, lists["result"])

    def test_a_salesperson_sees_the_own_customers_and_no_money(self):
        self._sell()
        data = self._read(self.seller)
        self.assertEqual(self._stages(data), {"contacts": 2, "replied": 2, "quoted": 1, "ordered": 1, "paid": 0})
        self.assertTrue(data["is_own"])
        self.assertEqual(data["figures"], [])
        self.assertNotIn(self.colleague.id, [row["id"] for row in data["tables"][2]["rows"]])

    def test_a_show_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        show = self._make_show(name="Theirs", company_id=other.id, user_id=False)
        with self.assertRaises(AccessError):
            self._read(show=show)

    def test_the_previous_edition_is_of_the_same_series_else_the_last_show(self):
        self.assertIs(self._read()["last"], False)
        dates = {"date_begin": "2026-03-01", "date_end": "2026-03-03"}
        fair = self._make_show(name="Winter Market", code="WM26", **dates)
        self.assertIs(self._read()["last"], False, "a show without customers is none to compare with")
        self._make_participation("Olga", show=fair)
        self.assertEqual(self._read()["last"], {"id": fair.id, "name": fair.display_name, "is_edition": False})
        edition = self._make_show(name="Spring Fair", code="SF25", date_begin="2025-04-01", date_end="2025-04-03")
        self._make_participation("Ivan", show=edition)
        self._make_show(name="Theirs", code="SF24", date_begin="2025-05-01", date_end="2025-05-03", state="preparation")
        data = self._read()
        self.assertEqual(data["last"], {"id": edition.id, "name": edition.display_name, "is_edition": True})
        self.assertEqual(self._stages(data, "last")["contacts"], 1)

    def test_a_show_without_customers_and_a_database_without_shows_have_an_empty_page(self):
        empty = self._make_show(name="Autumn Fair", code="AF26")
        data = self._read(show=empty)
        self.assertEqual((self._stages(data)["contacts"], data["tables"][0]["rows"]), (0, []))
        self.env["expo.exhibition"].search([]).active = False
        self.assertFalse(self.env["expo.exhibition"].with_user(self.manager).get_results())

    def test_more_customers_take_no_more_queries(self):
        def count():
            self._read()
            before = self.env.cr.sql_log_count
            self._read()
            return self.env.cr.sql_log_count - before

        few = count()
        for number in range(30):
            self._make_participation(f"Customer {number}", tier="none")
        many = count()
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 30)


class ResultsTourCase(ExpoTourCase):
    def _open_results(self):
        older = self._make_show(name="Spring Fair", code="SF25", date_begin="2025-04-01", date_end="2025-04-03")
        self._make_participation("Ivan Petrov", show=older)
        self._make_participation("Maria Rossi")
        self.show.cost_ids = [Command.create({"name": "Stand", "amount": 400})]
        self._start_tour("/odoo/expo-today", "expo_followup_results", "expo_manager")


@tagged("post_install", "-at_install")
class TestTourResults(ResultsTourCase):
    def test_what_the_show_brought_is_one_click_away(self):
        self._open_results()


@tagged("post_install", "-at_install")
class TestTourResultsOnThePhone(ResultsTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_what_the_show_brought_is_one_click_away_on_the_phone(self):
        self._open_results()
