"""The customer file: one per company, by itself, complete or with what is missing, alive, and never twice."""

from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase


class FileCase(ExpoCase):
    """A file manager, and a company abroad whose buyer was met at the show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper", email="keep@ours.example")
        cls.env.company.expo_keeper_id = cls.keeper
        cls.rossi = cls._make_partner("Rossi S.p.A.", is_company=True)
        cls.maria = cls._make_partner("Maria Rossi", parent_id=cls.rossi.id, function="Buyer")
        cls.entry = cls._make_participation(partner=cls.maria)
        cls.file = cls.entry.file_id

    @classmethod
    def _make_file(cls, name, **values):
        """A company with a file that its file manager opened."""
        partner = cls._make_partner(name, is_company=True)
        return cls.env["expo.customer.file"].create({"partner_id": partner.id, **values})

    def _merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in partners], dst_partner=partners[0])


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestOpening(FileCase):
    def test_contact_met_at_a_show_is_in_the_file_of_the_company(self):
        self.assertEqual(self.file.partner_id, self.rossi)
        self.assertEqual(self.file.keeper_id, self.keeper)
        self.assertEqual(self.file.person_ids.partner_id, self.maria)
        self.assertEqual((self.file.person_ids.name, self.file.person_ids.position), ("Maria Rossi", "Buyer"))

    def test_a_second_person_and_a_second_show_lead_to_the_same_file(self):
        luca = self._make_partner("Luca Bianchi", parent_id=self.rossi.id)
        autumn = self._make_show(name="Autumn", code="AF26")
        second = self._make_participation(partner=luca)
        third = self._make_participation(partner=self.maria, show=autumn)
        self.assertEqual(second.file_id | third.file_id, self.file)
        self.assertEqual(self.file.person_ids.partner_id, self.maria | luca)
        self.assertEqual(self.file.participation_ids, self.entry | second | third)

    def test_each_of_our_companies_has_its_own_file_of_a_customer(self):
        other = self.env["res.company"].create({"name": "Sister Company"})
        theirs = self.env["expo.customer.file"]._ensure(self.maria, other)
        self.assertNotEqual(theirs, self.file)
        self.assertEqual((theirs.partner_id, theirs.company_id), (self.rossi, other))

    def test_opening_twice_opens_one(self):
        files = self.env["expo.customer.file"]
        self.assertEqual(files._ensure(self.maria | self.rossi, self.env.company), self.file)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            files.create({"partner_id": self.maria.id})

    def test_two_who_open_the_same_file_at_once_try_again(self):
        files, blind = self.env["expo.customer.file"], self.env["expo.customer.file"].browse()
        with (
            patch.object(self.registry["expo.customer.file"], "search", return_value=blind),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            files._ensure(self.maria, self.env.company)

    def test_two_hundred_customers_cost_as_many_queries_as_twenty(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Company {number}-{n}", "is_company": True} for n in range(number)]
            )
            people = [{"name": f"Person {partner.id}", "parent_id": partner.id} for partner in partners]
            partners = self.env["res.partner"].create(people)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["expo.customer.file"]._ensure(partners, self.env.company)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few, many = count(20), count(200)
        self.assertLessEqual(many, few + 5)

    def test_a_salesperson_enters_a_customer_whose_file_is_a_colleagues(self):
        entry = self.env["expo.participation"].with_user(self.colleague).create(
            {"exhibition_id": self._make_show(name="Next", code="N1").id, "partner_id": self.maria.id}
        )  # fmt: skip
        self.assertEqual(entry.sudo().file_id, self.file)

    def test_no_entry_is_created_on_the_file_of_another_customer(self):
        other = self._make_file("Secret AG")
        hans = self._make_partner("Hans Becker", country="de")
        values = {"exhibition_id": self.show.id, "partner_id": hans.id}
        entries = self.env["expo.participation"].with_user(self.seller)
        forged = entries.with_context(default_file_id=other.id).create({**values, "file_id": other.id})
        self.assertEqual(forged.sudo().file_id.partner_id, hans)
        with self.assertRaises(AccessError):
            forged.write({"file_id": other.id})

    def test_archiving_the_customer_hides_the_file(self):
        self.rossi.active = False
        self.assertFalse(self.env["expo.customer.file"].search([("partner_id", "=", self.rossi.id)]))
        self.rossi.active = True
        self.assertTrue(self.file.active)

    def test_a_customer_with_a_file_is_archived_not_deleted(self):
        kept = self._make_file("Never met Ltd").partner_id
        with self.assertRaises(UserError):
            kept.unlink()

    def test_a_file_is_found_by_any_of_its_names(self):
        self.file.write({"short_name": "RSP", "other_names": "罗西公司\nFratelli Rossi"})
        for name in ("Rossi S.p", "RSP", "罗西", "Fratelli"):
            with self.subTest(name=name):
                found = self.env["expo.customer.file"].with_user(self.seller).name_search(name)
                self.assertEqual([row[0] for row in found], self.file.ids)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestCare(FileCase):
    def test_what_becomes_known_is_no_longer_missing(self):
        before = self.file.completeness
        self.assertIn("decider", self.file.missing_facts.split(","))
        self.assertIn("Decision maker", self.file.missing)
        self.file.person_ids.decides = "yes"
        self.file.write({"business_scope": "Pumps", "high_season": "May"})
        self.assertGreater(self.file.completeness, before)
        self.assertNotIn("Decision maker", self.file.missing)

    def test_a_correction_of_the_contact_counts_for_its_file(self):
        before = self.file.completeness
        self.rossi.website = "https://rossi.example"
        self.assertGreater(self.file.completeness, before)

    def test_a_file_not_verified_for_six_months_is_stale_and_its_keeper_is_reminded_once(self):
        with freeze_time("2026-10-19 08:00:00"):
            self._run_cron("care")
            self.assertFalse(self.file.is_stale)
        with freeze_time("2026-10-20 08:00:00"):
            self._run_cron("care")
            self._run_cron("care")
        self.assertTrue(self.file.is_stale)
        reminders = self.file.activity_ids
        self.assertEqual((len(reminders), reminders.user_id), (1, self.keeper))

    def test_verifying_ends_the_reminder_and_starts_the_six_months_anew(self):
        with freeze_time("2026-10-20 08:00:00"):
            self._run_cron("care")
            reminder = self.file.reminder_id
            self.file.with_user(self.seller).action_verify()
        self.assertFalse(self.file.is_stale)
        self.assertEqual((self.file.verified_on, self.file.verified_by_id), (date(2026, 10, 20), self.seller))
        self.assertFalse(reminder.active)
        with freeze_time("2027-04-20 08:00:00"):
            self._run_cron("care")
        self.assertTrue(self.file.is_stale)
        self.assertEqual(len(self.file.activity_ids), 1)

    def test_a_longer_interval_makes_files_fresh_again_and_zero_never_asks(self):
        with freeze_time("2026-10-20 08:00:00"):
            self._run_cron("care")
            self.env.company.expo_file_review_months = 12
            self.assertFalse(self.file.is_stale)
            self.env.company.expo_file_review_months = 0
            self.assertFalse(self.file.review_on)
            self._run_cron("care")
        self.assertFalse(self.file.is_stale)

    def test_who_has_left_is_not_reminded(self):
        self.env.company.expo_keeper_id = self.manager
        self.keeper.action_archive()
        with freeze_time("2026-10-20 08:00:00"):
            self._run_cron("care")
        self.assertEqual(self.file.activity_ids.user_id, self.manager)

    def test_corrections_are_kept_in_the_chatter(self):
        self.cr.flush()
        self.file.with_user(self.seller).business_scope = "Pumps"
        self.cr.flush()
        [change] = self.file.message_ids.sudo().tracking_value_ids
        self.assertEqual((change.new_value_text, change.mail_message_id.author_id), ("Pumps", self.seller.partner_id))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestTrade(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "list_price": 250, "taxes_id": False, "invoice_policy": "order"}
        )

    def _order(self, partner=None, moment="2026-04-18 22:30:00"):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.maria).id,
                "user_id": self.colleague.id,
                "order_line": [(0, 0, {"product_id": self.pump.id, "product_uom_qty": 4})],
            }
        )
        with freeze_time(moment):
            order.action_confirm()
        return order

    def test_the_first_confirmed_order_makes_a_customer_since_that_day_where_we_are(self):
        self.assertFalse(self.file.is_customer)
        self._order(moment="2026-04-18 22:30:00")
        self.assertEqual((self.file.is_customer, self.file.customer_since), (True, date(2026, 4, 19)))
        self._order(moment="2026-04-25 10:00:00")
        self.assertEqual(self.file.customer_since, date(2026, 4, 19))

    def test_a_cancelled_order_is_none(self):
        first = self._order()
        second = self._order(self.rossi, "2026-05-02 10:00:00")
        first._action_cancel()
        self.assertEqual(self.file.customer_since, date(2026, 5, 2))
        second._action_cancel()
        self.assertFalse(self.file.is_customer)

    def test_a_file_opened_after_the_order_knows_it(self):
        late = self._make_partner("Late Comer", is_company=True)
        self._order(late)
        entry = self._make_participation(partner=late)
        self.assertTrue(entry.file_id.is_customer)

    def test_the_owner_sees_totals_of_all_orders_and_invoices_without_seeing_them(self):
        order = self._order()
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 4, 20)
        invoice.action_post()
        file = self.file.with_user(self.seller)
        self.assertEqual((file.order_count, file.turnover, file.turnover_year), (1, 1000, 1000))
        self.assertEqual(file._get_trade(), [{"month": date(2026, 4, 1), "orders": 1, "turnover": 1000.0}])
        self.assertIn("April", file.trade_summary)
        self.assertFalse(self.env["sale.order"].with_user(self.seller).search([("id", "=", order.id)]))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestUniting(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file.write({"business_scope": "Pumps", "main_bank": "Banca"})
        cls.twin = cls._make_file(
            "Rossi SpA", business_scope="Valves", legal_form="S.p.A.", registered_capital=5000,
            capital_currency_id=cls.env.ref("base.CNY").id,
        )  # fmt: skip
        cls.env["expo.customer.person"].create({"file_id": cls.twin.id, "name": "Luca"})
        cls.env["expo.customer.account"].create({"file_id": cls.twin.id, "kind": "qq", "account": "12345"})
        cls.env["expo.customer.preference"].create({"file_id": cls.twin.id, "text": "Espresso"})
        cls.env["expo.customer.plan"].create({"file_id": cls.twin.id, "name": "Pumps for May"})
        cls.twin.message_post(body="Called the bank")
        cls.paper = cls.env["ir.attachment"].create(
            {"name": "licence.txt", "res_model": cls.twin._name, "res_id": cls.twin.id}
        )

    def _assert_united(self, file):
        self.assertEqual((file.business_scope, file.main_bank), ("Pumps", "Banca"))
        self.assertEqual((file.legal_form, file.registered_capital), ("S.p.A.", 5000))
        self.assertEqual(file.capital_currency_id, self.env.ref("base.CNY"))
        self.assertEqual(set(file.person_ids.mapped("name")), {"Maria Rossi", "Luca"})
        self.assertEqual(file.account_ids.account, "12345")
        self.assertEqual(file.preference_ids.text, "Espresso")
        self.assertEqual(file.plan_ids.name, "Pumps for May")
        self.assertEqual(self.paper.res_id, file.id)
        chatter = "".join(file.message_ids.mapped("body"))
        self.assertIn("Called the bank", chatter)
        self.assertIn("Valves", chatter, "what the other file said differently is not lost")

    def test_merging_two_customers_unites_their_files(self):
        twin_partner = self.twin.partner_id
        self._merge(self.rossi, twin_partner)
        self.assertFalse(self.twin.exists() or twin_partner.exists())
        self._assert_united(self.file)
        self.assertEqual(self.entry.file_id, self.file)

    def test_the_file_moves_to_a_kept_contact_that_has_none(self):
        fresh = self._make_partner("Rossi Group", is_company=True)
        self._merge(fresh, self.rossi)
        self.assertEqual(self.file.partner_id, fresh)
        self.assertEqual(self.entry.file_id, self.file)

    def test_two_contacts_of_one_company_become_one_person(self):
        double = self._make_partner("Maria Rosi", parent_id=self.rossi.id)
        other = self.env["expo.customer.person"].create(
            {"file_id": self.file.id, "partner_id": double.id, "hobbies": "Opera", "decides": "yes"}
        )
        liking = self.env["expo.customer.preference"].create({"person_id": other.id, "text": "Window seat"})
        self._merge(self.maria, double)
        person = self.file.person_ids
        self.assertEqual((person.partner_id, person.hobbies, person.decides), (self.maria, "Opera", "yes"))
        self.assertEqual(liking.person_id, person)

    def test_file_of_a_person_met_alone_moves_to_the_company(self):
        alone = self._make_participation("Luca Verdi")
        alone.file_id.note = "<p>Met at dinner</p>"
        own = alone.file_id
        alone.partner_id.parent_id = self.rossi
        self.assertFalse(own.exists())
        self.assertEqual(alone.file_id, self.file)
        self.assertIn("Met at dinner", self.file.note)
        self.assertIn(alone.partner_id, self.file.person_ids.partner_id)

    def test_person_who_leaves_a_company_gets_a_separate_file(self):
        self.maria.parent_id = False
        self.assertEqual(self.entry.file_id.partner_id, self.maria)
        self.assertTrue(self.file.exists())
        self.assertEqual(self.file.partner_id, self.rossi)

    def test_orders_of_the_merged_customer_count_for_the_kept_one(self):
        order = self.env["sale.order"].create({"partner_id": self.twin.partner_id.id})
        order.action_confirm()
        self.assertTrue(self.twin.is_customer)
        self._merge(self.rossi, self.twin.partner_id)
        self.assertTrue(self.file.is_customer)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestForm(FileCase):
    def test_salesperson_fills_in_the_whole_file(self):
        with Form(self.file.with_user(self.seller)) as form:
            form.short_name = "Rossi"
            form.business_scope = "Pumps"
            form.founded_year = 1987
            form.credit_limit = 20000
            form.phone = "+39 02 1234567"
            with form.preference_ids.new() as preference:
                preference.text = "Espresso, no sugar"
        self.assertEqual((self.file.years_in_business, self.rossi.phone), (39, "+39 02 1234567"))
        self.assertEqual(self.file.preference_ids.noted_by_id, self.seller)

    def test_what_cannot_be_is_refused(self):
        for values in ({"closing_day": 32}, {"founded_year": 87}, {"credit_limit": -1}, {"staff_workers": -1}):
            with self.subTest(values=values), self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                self.file.write(values)
                self.file.flush_recordset()

    def test_a_purchase_plan_is_dated(self):
        plan = self.env["expo.customer.plan"].with_user(self.seller).create(
            {"file_id": self.file.id, "name": "40 pumps", "planned_on": datetime(2026, 9, 1)}
        )  # fmt: skip
        self.assertNotIn("purchase_plan", self.file.missing_facts)
        self.assertEqual(plan.currency_id, self.env.company.currency_id)
