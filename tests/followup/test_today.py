"""The page of the day: what it lists, for which role, and that it takes no more queries for more rows."""

import json
from datetime import timedelta

from lxml import etree

from odoo.tests import new_test_user, tagged
from odoo.tools.json import json_default
from odoo.tools.safe_eval import safe_eval

from tests.followup.test_tour_followup import ExpoTourCase


class TodayCase(ExpoTourCase):
    def _plan_call(self, customer, days=0, **values):
        day = self.today - timedelta(days=days)
        followup = self.env["expo.followup"]._create_manual(customer, day, summary="Call")
        followup.write({"deadline": day, **values})
        return followup

    def _read(self, user, is_team=False):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["expo.followup"].with_user(user).get_today(is_team)

    def _rows(self, data, key):
        return [row for section in data["sections"] if section["key"] == key for row in section["rows"]]


@tagged("post_install", "-at_install")
class TestToday(TodayCase):
    def test_today_salesperson_sees_own_calls_only(self):
        own = self._plan_call(self._make_participation("Maria Rossi", tier="none"))
        other = self._plan_call(self._make_participation("Hans Becker", tier="none", user=self.colleague))
        self.assertIn(own.id, [row["id"] for row in self._rows(self._read(self.seller), "calls")])
        self.assertNotIn(other.id, [row["id"] for row in self._rows(self._read(self.seller, True), "calls")])
        self.assertEqual(self._read(self.seller)["team"], [])

    def test_today_team_of_manager_names_overdue(self):
        self._plan_call(self._make_participation("Maria Rossi", tier="none"), days=3)
        data = self._read(self.manager)
        self.assertEqual([(row["id"], row["overdue"]) for row in data["team"]], [(self.seller.id, 1)])
        self.assertFalse(self._rows(data, "calls"))
        self.assertTrue(self._rows(self._read(self.manager, True), "calls"))

    def test_today_more_rows_take_no_more_queries(self):
        def count():
            self._read(self.manager, True)
            before = self.env.cr.sql_log_count
            self._read(self.manager, True)
            return self.env.cr.sql_log_count - before

        for number in range(3):
            self._plan_call(self._make_participation(f"Customer {number}", tier="none"))
        few = count()
        for number in range(30):
            self._plan_call(self._make_participation(f"More {number}", tier="none"))
        self.assertLessEqual(count(), few)

    def test_today_numbers_open_as_many_records(self):
        """*Show all* and the numbers of the team open what they count, in the list of the action."""
        for days, name in ((0, "Maria Rossi"), (3, "Hans Becker")):
            self._plan_call(self._make_participation(name, tier="none"), days)
        mail = self._plan_call(self._make_participation("Ivan Petrov", tier="none"))
        mail.activity_type_id = self.env.ref("expo_followup.activity_email_revisit")
        for user, is_team in ((self.seller, False), (self.manager, True)):
            data = json.loads(json.dumps(self._read(user, is_team), default=json_default))
            counts = [(section["action"], section["domain"], section["count"]) for section in data["sections"]]
            for member in data["team"]:
                for bucket in ("overdue", "today"):
                    action = "expo_followup.action_followup_all"
                    counts.append((action, member["domains"][bucket], member[bucket]))
            self.assertLessEqual({"calls", "tasks"}, {section["key"] for section in data["sections"]})
            for action, domain, count in counts:
                records = self.env[self.env.ref(action).res_model].with_user(user)
                self.assertEqual(records.search_count(domain), count, (action, domain))

    def test_counters_their_lists_and_the_filters_of_the_customers_show_the_same(self):
        left = new_test_user(self.env, "expo_left", "sales_team.group_sale_salesman", email="left@ours.example")
        # One without salesperson, one whose salesperson has left, one that waits, one that is over.
        self._make_participation("Unserved", user=self.env["res.users"])
        self._make_participation("Of one who left").sudo().user_id = left
        left.active = False
        waiting = self._make_participation("Waiting")
        waiting.write({"unanswered_since": "2020-01-01 08:00:00", "response_state": "red"})
        over = self._make_participation("Over", user=self.env["res.users"])
        over.write({"outcome": "lost"})
        counters = {one["action"]: one["count"] for one in self._read(self.manager)["counters"]}
        customers = self.env["expo.participation"].with_user(self.manager)
        arch = etree.fromstring(customers.get_view(view_type="search")["arch"])
        for name, action in (
            ("no_owner", "expo_followup.action_participation_ownerless"),
            ("waiting", "expo_followup.action_participation_not_contacted"),
        ):
            with self.subTest(filter=name):
                [node] = arch.xpath(f"//filter[@name='{name}']")
                filtered = customers.search(safe_eval(node.get("domain")))
                self.assertEqual(filtered, customers.search(safe_eval(self.env.ref(action).domain)))
                self.assertEqual(len(filtered), counters[action])
                self.assertNotIn(over, filtered.sudo(False))

    def test_today_says_moments_in_the_form_of_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.seller.lang = "zh_CN"
        customer = self._make_participation("Maria Rossi", tier="none")
        customer.unanswered_since = "2026-11-28 03:12:00"
        data = self.env["expo.followup"].with_user(self.seller).with_context(lang="zh_CN").get_today()
        [row] = self._rows(data, "answers")
        self.assertIn("2026/11/28", row["note"])


@tagged("post_install", "-at_install")
class TestMenus(TodayCase):
    def _get_menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        ours = set(
            self.env["ir.model.data"]
            .search([("module", "=", "expo_followup"), ("model", "=", "ir.ui.menu")])
            .mapped("res_id")
        )
        return {key: menu for key, menu in menus.items() if key in ours}

    def test_menus_are_few_for_every_role(self):
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            menus = self._get_menus(user)
            with self.subTest(user=user.login):
                self.assertLessEqual(sum(not menu["children"] for menu in menus.values()), 30)
                self.assertLessEqual(max(len(menu["children"]) for menu in menus.values()), 8)
                self.assertIn(self.env.ref("expo_followup.menu_today").id, menus)

    def test_every_page_is_reached_from_the_menu_or_a_page_of_pages(self):
        admin = self.env.ref("base.user_admin")
        known = self.env["ir.ui.menu"].with_context(active_test=False)
        ours = known.browse(
            self.env["ir.model.data"]
            .search([("module", "=", "expo_followup"), ("model", "=", "ir.ui.menu")])
            .mapped("res_id")
        )
        wanted = {menu.action.id for menu in ours if menu.action}
        reached = {menu["action_id"] for menu in self._get_menus(admin).values()}
        for folder in ("menu_more_reports", "menu_more_settings"):
            for section in self.env["ir.ui.menu"].with_user(admin).expo_get_pages(folder):
                reached |= {action for _name, action in section["pages"]}
        self.assertFalse(wanted - reached)

    def test_menus_that_users_put_below_ours_are_reached_and_archived_ones_are_not_shown(self):
        gift = self.env.ref("expo_followup.menu_gift")
        page = {"action": f"ir.actions.act_window,{gift.action.id}"}
        folder = self.env["ir.ui.menu"].create({"name": "Our folder", "parent_id": gift.id})
        self.env["ir.ui.menu"].create({"name": "Our own page", "parent_id": folder.id, **page})
        self.env["ir.ui.menu"].create({"name": "Put away", "parent_id": folder.id, "active": False, **page})
        pages = self.env["ir.ui.menu"].with_user(self.seller).expo_get_pages("menu_more_reports")
        names = [name for one in pages for name, _id in one["pages"]]
        self.assertIn("Our own page", names)
        self.assertNotIn("Put away", names)
        folder.group_ids = self.env.ref("sales_team.group_sale_manager")
        pages = self.env["ir.ui.menu"].with_user(self.seller).expo_get_pages("menu_more_reports")
        self.assertNotIn("Our own page", [name for one in pages for name, _id in one["pages"]])

    def test_pages_of_salesperson_leave_out_those_of_managers(self):
        pages = self.env["ir.ui.menu"].with_user(self.seller)
        self.assertFalse(pages.expo_get_pages("menu_more_settings"))
        names = [name for one in pages.expo_get_pages("menu_more_reports") for name, _id in one["pages"]]
        self.assertIn("Gifts", names)
        self.assertNotIn("Without salesperson", names)


@tagged("post_install", "-at_install")
class TestTourToday(TodayCase):
    def test_a_manager_sees_on_opening_which_user_is_late(self):
        self._plan_call(self._make_participation("Maria Rossi", tier="none"), days=3)
        mail = self._plan_call(self._make_participation("Hans Becker", tier="none"))
        mail.activity_type_id = self.env.ref("expo_followup.activity_email_revisit")
        self.env.company.expo_keeper_id = False
        self._start_tour("/odoo/expo-today", "expo_followup_today", "expo_manager")
        hidden = self.manager.res_users_settings_id.expo_hidden_gaps
        self.assertIn("keeper", hidden.split(","))


@tagged("post_install", "-at_install")
class TestTourTodayOnThePhone(TestTourToday):
    browser_size = "390x844"
    touch_enabled = True
