"""The manager distributes customers: by load and ability, changed by hand, nothing twice, both users notified."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from tests.common import ExpoCase


class DistributeCase(ExpoCase):
    """Two sellers: Anna (the seller) speaks Italian and looks after Italy, Ben (the colleague) speaks German."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.languages = {
            code: cls.env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
            for code in ("it_IT", "de_DE", "ja_JP")
        }
        cls.team = cls.env["crm.team"].create({"name": "Shows", "user_id": cls.manager.id})
        cls.anna = cls._make_member(cls.seller, "it_IT", country="it")
        cls.ben = cls._make_member(cls.colleague, "de_DE")
        cls.show.team_id = cls.team
        (cls.manager | cls.seller | cls.colleague).notification_type = "inbox"

    @classmethod
    def _make_member(cls, user, lang, country=None, **values):
        return cls.env["crm.team.member"].create(
            {
                "crm_team_id": cls.team.id,
                "user_id": user.id,
                "expo_lang_ids": [Command.set(cls.languages[lang].ids)],
                "expo_country_ids": [Command.set(cls.env.ref(f"base.{country}").ids if country else [])],
                **values,
            }
        )

    def _open(self, customers=None, user=None):
        customers = self.env["expo.participation"] if customers is None else customers
        action = customers.with_user(user or self.manager).action_distribute()
        return self.env["expo.distribute"].with_user(user or self.manager).browse(action["res_id"])

    def _owners(self, wizard):
        return {line.partner_id.name: line.user_id for line in wizard.line_ids}

    def _loads(self, wizard):
        return {member.user_id: (member.load_before, member.load_after) for member in wizard.member_ids}

    def _notices(self, user):
        return self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)]).mail_message_id


@tagged("post_install", "-at_install")
@freeze_time("2026-04-27 08:00:00")
class TestExpoDistribute(DistributeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi", country="it", user=False)
        cls.hans = cls._make_participation("Hans Becker", country="at", user=False, source="web")

    # -- the preview -------------------------------------------------------------------------------------

    def test_who_speaks_the_customers_language_is_proposed_and_the_row_says_why(self):
        wizard = self._open()
        self.assertEqual(self._owners(wizard), {"Maria Rossi": self.seller, "Hans Becker": self.colleague})
        why = {line.partner_id.name: line.why for line in wizard.line_ids}
        self.assertEqual(why["Maria Rossi"], "covers the country, speaks the language")
        self.assertEqual(why["Hans Becker"], "speaks the language")
        self.assertFalse((self.maria | self.hans).user_id, "the preview writes nothing")

    def test_the_language_chosen_at_the_stand_counts_more_than_the_country(self):
        self.env["res.lang"]._activate_lang("it_IT")
        self.hans.partner_id.lang = "it_IT"
        self.assertEqual(self._owners(self._open())["Hans Becker"], self.seller)

    def test_a_country_group_and_a_category_of_products_are_abilities(self):
        category = self.env["product.category"].create({"name": "Glass"})
        bowls = self.env["product.category"].create({"name": "Bowls", "parent_id": category.id})
        bowl = self.env["product.product"].create({"name": "Bowl", "categ_id": bowls.id})
        self.ben.expo_lang_ids = self.anna.expo_lang_ids = False
        self.anna.expo_country_ids = False
        self.ben.expo_country_group_ids = self.env.ref("base.europe")
        self.anna.expo_categ_ids = category
        self.hans.product_ids = bowl
        self.ben.expo_categ_ids = self.env["product.category"].create({"name": "Steel"})
        self.assertEqual(self._owners(self._open())["Hans Becker"], self.seller)

    def test_loads_follow_when_the_manager_moves_a_row(self):
        self._make_participation("Known", user=self.colleague)
        wizard = self._open()
        self.assertEqual(self._loads(wizard), {self.seller: (0, 1), self.colleague: (1, 2)})
        with Form(wizard) as form:
            with form.line_ids.edit(0) as line:
                line.user_id = self.colleague
                self.assertEqual(line.why, "chosen by the manager")
            loads = [form.member_ids._records[n]["load_after"] for n in range(2)]
            self.assertEqual(sorted(loads), [0, 3])
        self.assertEqual(self._loads(wizard), {self.seller: (0, 0), self.colleague: (1, 3)})

    def test_moved_rows_stay_when_proposing_anew(self):
        wizard = self._open()
        moved = wizard.line_ids.filtered(lambda line: line.participation_id == self.maria)
        moved.user_id = self.colleague
        wizard.action_propose()
        self.assertEqual(self._owners(wizard)["Maria Rossi"], self.colleague)

    def test_shows_and_sources_narrow_the_choice(self):
        other = self._make_show(name="Autumn Fair", code="AF26")
        self._make_participation("Elsewhere", user=False, show=other)
        wizard = self._open()
        self.assertEqual(wizard.line_count, 3)
        wizard.exhibition_ids = self.show
        wizard.action_propose()
        self.assertEqual(set(self._owners(wizard)), {"Maria Rossi", "Hans Becker"})
        wizard.source = "marketing"
        wizard.action_propose()
        self.assertEqual(set(self._owners(wizard)), {"Hans Becker"})

    def test_who_comes_from_closing_a_show_distributes_the_customers_of_that_show(self):
        self._make_participation("Elsewhere", user=False, show=self._make_show(name="Autumn Fair", code="AF26"))
        preview = self.env["expo.close.show"].with_user(self.manager).create({"exhibition_id": self.show.id})
        context = preview.action_open_orphans()["context"]
        wizard = self._open(self.env["expo.participation"].with_context(**context))
        self.assertEqual(set(self._owners(wizard)), {"Maria Rossi", "Hans Becker"})

    def test_member_without_capacity_gets_no_customers(self):
        self.anna.assignment_optout = True
        self.ben.assignment_max = 0
        wizard = self._open()
        self.assertEqual((wizard.open_count, wizard.line_ids.user_id), (2, self.env["res.users"]))
        wizard.action_confirm()
        self.assertFalse((self.maria | self.hans).user_id)

    def test_opportunities_of_the_last_month_fill_the_capacity_too(self):
        self.env["crm.lead"].create([{"name": f"Lead {n}", "user_id": self.seller.id} for n in range(2)])
        self.assertEqual(self._loads(self._open())[self.seller], (2, 3))

    def test_customers_of_an_owner_who_left_are_orphans(self):
        orphan = self._make_participation("Orphan", user=self.colleague)
        self.colleague.action_archive()
        action = self.env.ref("expo_followup.action_participation_ownerless")
        listed = self.env["expo.participation"].search(self.env["expo.participation"]._get_ownerless_domain())
        self.assertEqual(listed, self.maria | self.hans | orphan)
        self.assertEqual(self.env["expo.participation"].search(eval(action.domain)), listed)
        wizard = self._open()
        self.assertEqual(set(self._owners(wizard).values()), {self.seller})
        wizard.action_confirm()
        self.assertEqual(orphan.user_id, self.seller)

    def test_manager_enters_abilities_on_the_form_of_the_member(self):
        view = self.env.ref("sales_team.crm_team_member_view_form")
        with Form(self.ben.with_user(self.manager), view=view) as form:
            form.expo_lang_ids.add(self.languages["ja_JP"])
            form.expo_country_ids.add(self.env.ref("base.jp"))
        self.assertEqual(self.ben._get_expo_abilities()["language"], {"de", "ja"})
        self.assertEqual(self.ben._get_expo_abilities()["country"], set(self.env.ref("base.jp").ids))

    # -- confirming --------------------------------------------------------------------------------------

    def test_confirming_gives_them_away_with_the_reason_and_one_notice_each(self):
        more = self._make_participation("Paola Verdi", country="it", user=False)
        known = {user: self._notices(user) for user in (self.seller, self.colleague, self.manager)}
        result = self._open().action_confirm()
        self.assertEqual((result["params"]["type"], self.maria.user_id), ("success", self.seller))
        self.assertEqual((more.user_id, self.hans.user_id), (self.seller, self.colleague))
        change = self.maria.owner_change_ids
        self.assertEqual(change.reason, "Distributed: covers the country, speaks the language")
        self.assertEqual((change.changed_by_id, change.user_after_id), (self.manager, self.seller))
        self.assertEqual(self.hans.owner_change_ids.reason, "Distributed: speaks the language")
        new = {user: self._notices(user) - known[user] for user in known}
        self.assertEqual([len(messages) for messages in new.values()], [1, 1, 0])
        self.assertIn("Paola Verdi", new[self.seller].body)
        self.assertIn(self.seller.partner_id, self.maria.message_partner_ids)

    def test_a_second_click_gives_nothing_twice(self):
        wizard = self._open()
        wizard.action_confirm()
        changes, notices = self.maria.owner_change_ids, self._notices(self.seller)
        result = wizard.action_confirm()
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("already", result["params"]["message"])
        self.assertEqual((self.maria.owner_change_ids, self._notices(self.seller)), (changes, notices))

    def test_who_was_assigned_meanwhile_is_left_out_with_a_message(self):
        wizard = self._open()
        self.maria.with_user(self.manager).set_owner(self.manager, "My own")
        result = wizard.action_confirm()
        self.assertEqual((self.maria.user_id, self.hans.user_id), (self.manager, self.colleague))
        self.assertIn("Maria Rossi has been assigned to expo_manager", result["params"]["message"])

    def test_user_who_left_meanwhile_gets_no_customers(self):
        wizard = self._open()
        self.seller.action_archive()
        result = wizard.action_confirm()
        self.assertFalse(self.maria.user_id)
        self.assertIn("expo_seller", result["params"]["message"])
        self.assertEqual(self.hans.user_id, self.colleague)

    def test_who_was_closed_meanwhile_is_left_out(self):
        wizard = self._open()
        self.maria.outcome = "lost"
        self.assertIn("no longer in follow-up", wizard.action_confirm()["params"]["message"])
        self.assertFalse(self.maria.user_id)

    def test_users_outside_the_company_get_no_customer(self):
        other = self.env["res.company"].create({"name": "Other"})
        outsider = new_test_user(
            self.env, "expo_outsider", "sales_team.group_sale_salesman",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        wizard = self._open()
        wizard.user_ids |= outsider
        wizard.action_propose()
        self.assertNotIn(outsider, wizard.line_ids.user_id)
        wizard.line_ids.user_id = outsider
        self.assertIn("no access to its company", wizard.action_confirm()["params"]["message"])
        self.assertFalse((self.maria | self.hans).user_id)

    # -- reassigning ---------------------------------------------------------------------------------------

    def test_the_manager_reassigns_who_was_not_contacted_with_one_click(self):
        lead = self._make_participation("Giulia Neri", country="it", source="web")
        with freeze_time("2026-05-05 08:00:00"):
            self._run_cron("escalate")
            self.assertEqual(lead.response_state, "amber")
            action = lead.with_user(self.manager).action_reassign()
            wizard = self.env["expo.distribute"].with_user(self.manager).browse(action["res_id"])
            self.assertEqual(
                wizard.line_ids.user_id, self.colleague, "not to the salesperson who let the customer wait"
            )
            self.assertEqual(self._loads(wizard), {self.seller: (1, 0), self.colleague: (0, 1)})
            known = self._notices(self.seller)
            wizard.action_confirm()
            self.assertEqual((lead.user_id, lead.response_state), (self.colleague, "waiting"))
            self.assertEqual(str(lead.assigned_on), "2026-05-05")
            self.assertIn("Waited for us for 8 days", lead.owner_change_ids[0].reason)
            self.assertIn("Giulia Neri", (self._notices(self.seller) - known).body)
            self.assertFalse(lead.with_user(self.seller).has_access("read"))

    def test_the_list_of_those_not_contacted_holds_amber_and_red_with_an_owner(self):
        lead = self._make_participation("Giulia Neri", country="it", source="web")
        domain = eval(self.env.ref("expo_followup.action_participation_not_contacted").domain)
        self.assertFalse(self.env["expo.participation"].search(domain))
        with freeze_time("2026-05-05 08:00:00"):
            self._run_cron("escalate")
            self.assertEqual(self.env["expo.participation"].search(domain), lead)

    # -- access --------------------------------------------------------------------------------------------

    def test_salespeople_distribute_nothing(self):
        for user in (self.seller, self.colleague):
            with self.assertRaises(AccessError):
                self.maria.with_user(user).action_distribute()
        with self.assertRaises(AccessError):
            self.env["expo.distribute.line"].with_user(self.seller).create({"participation_id": self.maria.id})

    def test_the_manager_of_another_company_sees_no_customer_through_the_preview(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "expo_stranger", "sales_team.group_sale_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        wizards = self.env["expo.distribute"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"scope_ids": [Command.set(self.maria.ids)]})
        with self.assertRaises(AccessError):
            wizards.create({}).line_ids = [Command.create({"participation_id": self.maria.id})]
        self.assertFalse(wizards.create({}).line_ids)

    # -- speed ---------------------------------------------------------------------------------------------

    def test_a_thousand_customers_take_few_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "country_id": self.env.ref("base.it").id} for n in range(1000)]
        )
        quiet = self.env["expo.participation"].with_context(tracking_disable=True)
        customers = self.env["expo.participation"].browse(
            quiet.create(
                [{"exhibition_id": self.show.id, "partner_id": partner.id, "user_id": False} for partner in partners]
            ).ids
        )
        self.anna.write({"expo_lang_ids": False, "expo_country_ids": False})
        self.ben.write({"expo_lang_ids": False})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(100):
            wizard = self._open(customers)
            self.env.flush_all()
        with self.assertQueryCount(172):
            wizard.action_confirm()
            self.env.flush_all()
        self.assertEqual(
            [len(customers.filtered(lambda c, user=user: c.user_id == user)) for user in (self.seller, self.colleague)],
            [500, 500],
        )
        self.assertEqual(len(customers.owner_change_ids), 1000)
