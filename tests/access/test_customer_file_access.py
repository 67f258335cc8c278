"""Customer files are confidential: salesperson, file manager and manager, through whatever door one tries."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from tests.customer.test_customer_file import FileCase

PARTS = ("expo.customer.person", "expo.customer.account", "expo.customer.preference", "expo.customer.plan")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestFileAccess(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all_documents = new_test_user(
            cls.env, "expo_all", "sales_team.group_sale_salesman_all_leads,base.group_allow_export"
        )
        cls.clerk = new_test_user(cls.env, "expo_clerk", "base.group_user")
        cls.portal = new_test_user(cls.env, "expo_portal", "base.group_portal")
        other_company = cls.env["res.company"].create({"name": "Another Exporter"})
        cls.stranger = new_test_user(
            cls.env, "expo_stranger", "sales_team.group_sale_manager,base.group_allow_export",
            company_id=other_company.id, company_ids=[Command.set(other_company.ids)],
        )  # fmt: skip
        cls.env["expo.customer.account"].create({"file_id": cls.file.id, "kind": "wechat", "account": "maria88"})
        cls.env["expo.customer.preference"].create({"file_id": cls.file.id, "text": "Espresso"})
        cls.env["expo.customer.plan"].create({"file_id": cls.file.id, "name": "Pumps"})
        cls.paper = cls.env["ir.attachment"].create(
            {"name": "licence.txt", "raw": b"secret", "res_model": cls.file._name, "res_id": cls.file.id}
        )
        cls.env.flush_all()

    def _sees(self, user):
        """The models of the file of which the user finds a row."""
        models = ("expo.customer.file", *PARTS)
        return {model for model in models if self.env[model].with_user(user).search_count([])}

    def test_owner_keeper_and_manager_see_the_file_and_all_that_hangs_on_it(self):
        for user in (self.seller, self.keeper, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(self._sees(user), {"expo.customer.file", *PARTS})
                self.assertEqual(self.paper.with_user(user).raw, b"secret")
                self.file.with_user(user).business_scope = "Pumps"

    def test_colleagues_and_other_companies_see_nothing_by_any_door(self):
        self.colleague.group_ids += self.env.ref("base.group_allow_export")
        for user in (self.colleague, self.all_documents, self.stranger):
            file = self.file.with_user(user)
            doors = {
                "read": lambda file=file: file.read(["business_scope"]),
                "write": lambda file=file: file.write({"business_scope": "Mine"}),
                "verify": file.action_verify,
                "trade": lambda file=file: file._get_trade(),
                "message": lambda file=file: file.message_post(body="Hello"),
                "export": lambda file=file: file.with_context(default_reason="To see it").export_data(["credit_limit"]),
                "attachment": lambda user=user: self.paper.with_user(user).read(["raw"]),
                "person": lambda user=user: self.file.person_ids.with_user(user).read(["name"]),
                "add": lambda user=user: (
                    self.env["expo.customer.person"].with_user(user).create({"file_id": self.file.id, "name": "X"})
                ),
            }
            with self.subTest(user=user.login, door="search"):
                self.assertEqual(self._sees(user), set())
                self.assertFalse(file.name_search("Rossi"))
                self.assertEqual(file._read_group([], [], ["__count"]), [(0,)])
                self.assertFalse(file.search([("participation_ids.user_id", "=", self.seller.id)]))
                self.assertFalse(file.search([("message_ids", "!=", False)]))
                partners = self.env["res.partner"].with_user(user)
                self.assertFalse(
                    partners.search(
                        [("expo_file_ids.customer_since", "=", False), ("id", "=", self.rossi.id)]
                    ).expo_file_ids
                )
            for name, door in doors.items():
                with self.subTest(user=user.login, door=name), self.assertRaises(AccessError):
                    door()

    def test_clerks_and_portal_users_may_not_even_ask(self):
        for user in (self.clerk, self.portal):
            for model in ("expo.customer.file", *PARTS, "expo.etiquette"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.paper.with_user(user).read(["raw"])

    def test_who_served_a_contact_that_left_hears_no_more_of_the_company(self):
        self.file.message_subscribe(self.seller.partner_id.ids)
        self.entry.partner_id.parent_id = self._make_partner("New Employer", is_company=True)
        self.assertFalse(self.file.with_user(self.seller).has_access("read"))
        self.assertNotIn(self.seller.partner_id, self.file.message_partner_ids)

    def test_reassigning_moves_the_file_at_once_with_followers_and_activities(self):
        self.file.message_subscribe(self.seller.partner_id.ids)
        activity = self.file.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        self.entry.with_user(self.manager).user_id = self.colleague
        self.assertFalse(self.file.with_user(self.seller).has_access("read"))
        self.assertEqual(self._sees(self.seller), set())
        self.assertTrue(self.file.with_user(self.colleague).has_access("write"))
        self.assertNotIn(self.seller.partner_id, self.file.message_partner_ids)
        self.assertEqual(activity.user_id, self.keeper)

    def test_who_owns_one_of_several_entries_keeps_the_file(self):
        autumn = self._make_show(name="Autumn", code="AF26")
        self._make_participation(partner=self.maria, show=autumn, user=self.colleague)
        for user in (self.seller, self.colleague):
            self.assertTrue(self.file.with_user(user).has_access("write"))

    def test_unassigned_customers_are_open_to_all_until_assigned(self):
        unassigned = self._make_participation("Unassigned", user=False)
        self.assertTrue(unassigned.file_id.with_user(self.colleague).has_access("read"))
        unassigned.user_id = self.seller
        self.assertFalse(unassigned.file_id.with_user(self.colleague).has_access("read"))
        self._make_participation(partner=unassigned.partner_id, show=self._make_show(name="Two", code="T2"), user=False)
        self.assertFalse(
            unassigned.file_id.with_user(self.colleague).has_access("read"), "the customer has a salesperson elsewhere"
        )

    def test_facts_that_the_system_keeps_are_not_forged(self):
        forged = (
            {"customer_since": "2020-01-01"}, {"is_customer": True}, {"completeness": 100}, {"is_stale": False},
            {"verified_on": "2026-04-20"}, {"verified_by_id": self.manager.id}, {"review_on": "2030-01-01"},
            {"opened_on": "2020-01-01"}, {"active": False}, {"is_unassigned": True}, {"reminder_id": False},
            {"participation_ids": [Command.link(self.entry.id)]},
        )  # fmt: skip
        for user in (self.seller, self.keeper, self.manager):
            for values in forged:
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    self.file.with_user(user).write(values)
        files = self.env["expo.customer.file"].with_user(self.keeper)
        partner = self._make_partner("New", is_company=True)
        new = files.with_context(default_customer_since="2020-01-01", default_completeness=100).create(
            {"partner_id": partner.id}
        )
        self.assertFalse(new.customer_since)
        self.assertLess(new.completeness, 100)

    def test_whose_file_it_is_decide_keepers_and_managers(self):
        for values in ({"keeper_id": self.seller.id}, {"partner_id": self.maria.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.file.with_user(self.seller).write(values)
        self.file.with_user(self.manager).keeper_id = self.manager
        with self.assertRaises(AccessError):
            self.env["expo.customer.file"].with_user(self.seller).create({"partner_id": self.maria.id})

    def test_nothing_is_smuggled_into_the_file_of_another(self):
        mine = self._make_participation("Mine", user=self.colleague).file_id
        person = self.env["expo.customer.person"].with_user(self.colleague).create({"file_id": mine.id, "name": "P"})
        with self.assertRaises(AccessError):
            person.file_id = self.file
        with self.assertRaises(ValidationError):
            self.env["expo.customer.account"].with_user(self.colleague).create(
                {"file_id": mine.id, "person_id": self.file.person_ids.id, "kind": "qq", "account": "1"}
            )

    def test_who_noticed_a_preference_is_not_forged(self):
        preferences = self.env["expo.customer.preference"].with_user(self.seller)
        values = {"file_id": self.file.id, "text": "Quiet room"}
        noticed = preferences.with_context(default_noted_by_id=self.manager.id).create(values)
        self.assertEqual(noticed.noted_by_id, self.seller)
        with self.assertRaises(AccessError):
            preferences.create({**values, "noted_by_id": self.manager.id})
        with self.assertRaises(AccessError):
            noticed.noted_on = "2020-01-01"

    def test_etiquette_is_read_by_salespeople_and_edited_by_managers(self):
        japan = self.env.ref("expo_followup.etiquette_jp")
        self.assertTrue(japan.with_user(self.seller).greeting)
        with self.assertRaises(AccessError):
            japan.with_user(self.seller).greeting = "Bow"
        japan.with_user(self.manager).greeting = "Bow"
