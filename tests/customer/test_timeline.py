"""The timeline of a customer: every kind of fact once, latest first, and none to users who may not read its record."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.addons.expo_followup.report.customer.timeline import KINDS, SOURCES
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_customer_file import FileCase


class TimelineCase(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lena = new_test_user(cls.env, "lena", "sales_team.group_sale_salesman", email="lena@ours.example")
        cls.omar = new_test_user(cls.env, "omar", "sales_team.group_sale_salesman", email="omar@ours.example")
        cls.entry.user_id = cls.lena
        cls.timeline = cls.env["expo.timeline"]

    def _get_facts(self, user, kind=False, limit=50, record=None):
        record = record or self.file
        return self.timeline.with_user(user).get_facts(record._name, record.id, kind, limit)

    @classmethod
    def _make_order(cls, partner, user, **values):
        product = cls.env["product.product"].create({"name": "Planter", "list_price": 12})
        line = Command.create({"product_id": product.id, "product_uom_qty": 10})
        order = cls.env["sale.order"].create(
            {"partner_id": partner.id, "user_id": user.id, "order_line": [line], **values}
        )
        order.action_confirm()
        return order


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 12:00:00")
class TestExpoTimeline(TimelineCase):
    def _make_one_of_each(self):
        """One fact of each kind, all of the buyer Maria Rossi."""
        self.entry.with_user(self.lena).tier_id = self.tiers["signed"]
        followup = self.env["expo.followup"]._create_manual(self.entry, date(2026, 4, 21), summary="Call")
        followup.with_user(self.lena).record_outcome("Wants 4000 planters", "positive")
        letter = self.env["expo.followup"]._create_manual(self.entry, date(2026, 4, 21), summary="Catalogue")
        letter.sudo().write({"is_letter": True, "state": "done", "done_on": datetime(2026, 4, 20, 9)})
        self.entry.message_post(
            body="We are interested", author_id=self.maria.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.env["expo.sample"].create({"participation_id": self.entry.id, "partner_id": self.maria.id})
        visit = self.env["expo.visit"].create({"partner_id": self.maria.id, "participation_id": self.entry.id})
        visit.write({"start": datetime(2026, 4, 25, 8), "user_id": self.lena.id})
        order = self._make_order(self.maria, self.lena)
        order._create_invoices().action_post()
        complaint = {"subject": "Cracked glaze", "partner_id": self.maria.id, "user_id": self.lena.id}
        self.env["expo.complaint"].create(complaint)
        self.env["expo.gift"].create({"name": "Tea", "file_id": self.file.id})
        self.env["expo.suggestion"].create({"text": "Faster answers", "file_id": self.file.id})
        self.env["expo.abc.change"].create(
            {"partner_id": self.rossi.id, "company_id": self.env.company.id, "class_after": "a"}
        )
        self.env.flush_all()

    def test_every_kind_of_fact_is_shown_to_the_manager_once_and_says_something(self):
        self.assertEqual(KINDS.keys(), SOURCES.keys())
        self._make_one_of_each()
        shown = self._get_facts(self.env.ref("base.user_admin"))
        self.assertEqual({one["kind"] for one in shown["kinds"]}, set(KINDS))
        self.assertEqual({fact["kind"] for fact in shown["facts"]}, set(KINDS))
        self.assertEqual(len({fact["id"] for fact in shown["facts"]}), len(shown["facts"]), "ids are unique")
        for fact in shown["facts"]:
            with self.subTest(kind=fact["kind"]):
                self.assertTrue(fact["subject"])
                self.assertTrue(self.timeline.browse(fact["id"]).action_open_record()["res_id"])
        days = [fact["day"] for fact in shown["facts"]]
        self.assertEqual(days, sorted(days, reverse=True), "latest first")

    def test_one_kind_is_shown_alone_and_so_many_facts_as_asked_for(self):
        self._make_one_of_each()
        letters = self._get_facts(self.lena, "letter")
        self.assertEqual({fact["kind"] for fact in letters["facts"]}, {"letter"})
        self.assertEqual(letters["count"], len(letters["facts"]))
        self.assertEqual(len(self._get_facts(self.lena, limit=3)["facts"]), 3)

    def test_what_a_colleague_keeps_is_hidden_from_a_salesperson(self):
        luca = self._make_participation(partner=self._make_partner("Luca Bianchi", parent_id=self.rossi.id))
        luca.user_id = self.omar
        self._make_order(luca.partner_id, self.omar)
        mine = self._make_order(self.maria, self.lena)
        facts = self._get_facts(self.lena)["facts"]
        self.assertEqual([fact["subject"] for fact in facts if fact["kind"] == "order"], [mine.name])
        shows = [fact["person"] for fact in facts if fact["kind"] == "show"]
        self.assertEqual(shows, ["Maria Rossi"])
        everything = self._get_facts(self.keeper)
        self.assertEqual(len([fact for fact in everything["facts"] if fact["kind"] == "show"]), 2)

    def test_a_row_is_no_way_to_a_record_that_the_user_may_not_read(self):
        row = self.timeline.search([("kind", "=", "show"), ("res_id", "=", self.entry.id)])
        self.assertEqual(row.with_user(self.lena).subject, self.show.display_name)
        self.assertFalse(self.timeline.with_user(self.omar).search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            row.with_user(self.omar).read(["subject"])
        with self.assertRaises(AccessError):
            self._get_facts(self.omar)

    def test_a_portal_user_reads_no_timeline(self):
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self._get_facts(portal, record=self.rossi)

    def test_queries_do_not_grow_with_the_number_of_facts(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_facts(self.lena)
            return self.env.cr.sql_log_count - before

        self._make_one_of_each()
        few = count()
        for number in range(10):
            self.env["expo.gift"].create({"name": f"Tea {number}", "file_id": self.file.id})
            self._make_order(self.maria, self.lena)
        self.env.flush_all()
        self.assertLessEqual(count(), few)

    def test_the_day_of_an_invoice_is_the_same_in_every_time_zone(self):
        self._make_order(self.maria, self.lena)._create_invoices().action_post()
        for zone in ("America/Los_Angeles", "Asia/Shanghai"):
            self.env.ref("base.user_admin").tz = zone
            facts = self.timeline.with_user(self.env.ref("base.user_admin")).with_context(tz=zone)
            [invoice] = facts.get_facts(self.file._name, self.file.id, "invoice")["facts"]
            self.assertEqual(invoice["day"], "2026-04-21", zone)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 12:00:00")
class TestOwnFiles(TimelineCase):
    def test_salespeople_open_every_file_that_their_list_shows(self):
        """With all fields of the form, as the web client reads them."""
        self._make_order(self.maria, self.omar)
        for user in (self.lena, self.keeper):
            files = self.env["expo.customer.file"].with_user(user)
            views = files.get_views([(False, "list"), (False, "form"), (False, "search")])
            names = [name for name in views["models"]["expo.customer.file"]["fields"] if name != "id"]
            shown = files.search([])
            self.assertIn(self.file, shown.sudo(False))
            for file in shown:
                with self.subTest(user=user.login, file=file.display_name):
                    [row] = file.web_read({name: {} for name in names})
                    self.assertEqual(row["id"], file.id)

    def test_the_next_step_is_the_earliest_follow_up_in_person(self):
        later = self.env["expo.followup"]._create_manual(self.entry, date(2026, 4, 21), summary="Send catalogue")
        self.env.invalidate_all()
        file = self.file.with_user(self.lena)
        self.assertTrue(file.next_followup_id)
        self.assertLessEqual(file.next_followup_on, later.window_start)
        action = file.action_log_next_followup()
        self.assertEqual(action["target"], "new")

    def test_each_missing_fact_names_a_field_of_the_form(self):
        from odoo.addons.expo_followup.tools.completeness import WEIGHTS

        arch = self.env["expo.customer.file"].get_view(view_type="form")["arch"]
        empty = self._make_file("Nothing known")
        named = {one["field"] for one in empty.missing_fields}
        self.assertGreater(len(named), 10)
        for field in named:
            self.assertIn(f'name="{field}"', arch)
        self.assertLessEqual(len(empty.missing_fields), len(WEIGHTS))
