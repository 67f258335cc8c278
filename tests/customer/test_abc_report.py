"""The analysis, the history of classes, who sees them, and the thresholds behind them."""

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from tests.common_turnover import TODAY, AbcCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestAbcAccess(AbcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._make_participation("Mine")
        cls.theirs = cls._make_participation("Theirs", user=cls.colleague)
        cls._book([(entry.partner_id, "out_invoice", "posted", 100, TODAY) for entry in cls.mine | cls.theirs])
        cls.abc._classify(cls.env.company)

    def test_class_cannot_be_set_by_hand(self):
        partner = self.mine.partner_id.with_user(self.manager)
        partner.write({"expo_abc_class": "c", "expo_lifecycle": "decline", "name": "Mine Ltd"})
        self.assertEqual((partner.name, partner.expo_abc_class, partner.expo_lifecycle), ("Mine Ltd", "a", "formation"))
        forger = partner.with_context(default_expo_lifecycle="stable")
        forged = forger.create({"name": "New", "expo_abc_class": "a"})
        self.assertFalse(forged.expo_abc_class or forged.expo_lifecycle)
        for record in (self.mine, self.mine.file_id):
            with self.assertRaises(AccessError):
                record.with_user(self.seller).write({"abc_class": "c"})
        with self.assertRaises(AccessError):
            self.abc.with_user(self.manager).search([], limit=1).write({"class_after": "c"})
        with self.assertRaises(AccessError):
            self.abc.with_user(self.manager).create({"partner_id": partner.id, "company_id": self.env.company.id})

    def test_salesperson_reads_the_history_of_own_customers_and_no_analysis(self):
        history = self.abc.with_user(self.seller).search([])
        self.assertEqual(history.partner_id, self.mine.partner_id)
        self.mine.user_id = self.colleague
        self.assertFalse(self.abc.with_user(self.seller).search([]))
        with self.assertRaises(AccessError):
            self.env["expo.abc.report"].with_user(self.seller).search([])

    def test_manager_sees_all_customers_of_own_companies(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        stranger = self._make_customers("Stranger")
        self._book([(stranger, "out_invoice", "posted", 100, TODAY)], other)
        self.abc._classify(other)
        partners = self.mine.partner_id | self.theirs.partner_id
        self.assertEqual(self.abc.with_user(self.manager).search([]).partner_id, partners)
        report = self.env["expo.abc.report"].with_user(self.manager)
        self.assertEqual(report.search([]).partner_id, partners)
        with self.assertRaises(AccessError):
            report.with_context(allowed_company_ids=other.ids).search([])
        own = report.search([("partner_id", "=", self.mine.partner_id.id)])
        self.assertEqual(own.with_user(self.manager).action_open_customer()["res_id"], self.mine.partner_id.id)
        action = self.mine.with_user(self.seller).action_open_abc_changes()
        self.assertEqual(self.abc.with_user(self.seller).search(action["domain"]).partner_id, self.mine.partner_id)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestAbcScreens(AbcCase):
    def test_the_curve_rises_to_the_whole_and_the_table_sums_up_by_class(self):
        partners = self._make_customers(*(f"C{index}" for index in range(10)))
        for partner, amount in zip(partners, (700, 60, 60, 60, 40, 20, 20, 20, 10, 10), strict=True):
            self._sell(partner, amount)
        report = self.env["expo.abc.report"].with_user(self.env.ref("base.user_admin"))
        curve = report._read_group([], ["customer_percent"], ["cumulated:max"], order="customer_percent")
        self.assertEqual(
            curve,
            [(10, 70), (20, 76), (30, 82), (40, 88), (50, 92), (60, 94), (70, 96), (80, 98), (90, 99), (100, 100)],
        )
        table = report._read_group([], ["abc_class"], ["__count", "turnover:sum", "share:sum"], order="abc_class")
        self.assertEqual(table, [("a", 1, 700, 70), ("b", 4, 220, 22), ("c", 5, 80, 8)])
        first = report.search([], limit=1)
        self.assertEqual((first.partner_id, first.rank), (partners[0], 1))

    def test_thresholds_are_percentages_in_order_and_class_anew_at_once(self):
        triggers = self.env["ir.cron.trigger"].search_count([])
        with Form(self.env["res.config.settings"]) as form:
            form.expo_abc_a_percent = 50
            form.expo_abc_months = 6
        form.record.execute()
        self.assertEqual((self.env.company.expo_abc_a_percent, self.env.company.expo_abc_months), (50, 6))
        self.assertGreater(self.env["ir.cron.trigger"].search_count([]), triggers)
        for wrong in (
            {"expo_abc_a_percent": 95}, {"expo_abc_b_percent": 101}, {"expo_abc_months": 0},
            {"expo_decline_percent": -1},
        ):  # fmt: skip
            with (
                self.subTest(wrong=wrong),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.company.write(wrong)
                self.env.flush_all()
