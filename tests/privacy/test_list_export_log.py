"""Who may export our lists and contacts, and that every export has a reason and an entry in the log."""

import io
import json

import openpyxl

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase
from tests.followup.test_tour_followup import ExpoTourCase

REASON = {"default_reason": "Fair guide of the chamber"}
CORE = "base.group_allow_export"


class ListExportCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper")
        cls.clerk = new_test_user(cls.env, "expo_clerk", "base.group_user,base.group_partner_manager")
        cls.analyst = new_test_user(cls.env, "expo_analyst", f"sales_team.group_sale_salesman,{CORE}")
        cls.outsider = new_test_user(cls.env, "expo_outsider", f"base.group_user,{CORE}")
        cls.mine = cls._make_participation("Maria Rossi", user=cls.seller)
        cls.of_analyst = cls._make_participation("Giulia Neri", user=cls.analyst)
        cls.theirs = cls._make_participation("Hans Becker", user=cls.colleague)

    def _export(self, user, records, names=("display_name",), **context):
        return records.with_user(user).with_context(**context).export_data(list(names))["datas"]

    def _get_log(self):
        return self.env["expo.archive"].search([("kind", "=", "list")])


@tagged("post_install", "-at_install")
class TestListExportRights(ListExportCase):
    def test_role_exports_by_setting_or_by_the_right_of_core_only(self):
        roles = (self.manager, self.keeper, self.seller, self.clerk, self.analyst, self.outsider)
        settings = {
            (True, False): {self.manager, self.keeper, self.analyst},
            (True, True): {self.manager, self.keeper, self.analyst, self.seller},
            (False, True): {self.analyst},
            (False, False): {self.analyst},
        }
        for (lists, sales), may in settings.items():
            self.env.company.write({"expo_list_export": lists, "expo_list_export_sales": sales})
            for user in roles:
                own = self.of_analyst if user == self.analyst else self.mine
                for records in (own, own.partner_id):
                    allowed = user in may or (user == self.outsider and records._name == "res.partner")
                    with self.subTest(lists=lists, sales=sales, user=user.login, model=records._name):
                        if allowed:
                            self.assertTrue(self._export(user, records, **REASON)[0][0])
                            with self.assertRaises(UserError):
                                self._export(user, records)
                        else:
                            with self.assertRaises(AccessError):
                                self._export(user, records, **REASON)
                offered = self.env.company.with_user(user)._expo_may_export_lists()
                self.assertEqual(offered, user in may if user != self.analyst else lists and sales)

    def test_every_company_selected_has_to_allow_it(self):
        other = self.env["res.company"].create({"name": "Another Exporter", "expo_list_export": False})
        self.manager.company_ids |= other
        both = {**REASON, "allowed_company_ids": [self.env.company.id, other.id]}
        with self.assertRaises(AccessError):
            self._export(self.manager, self.mine, **both)
        self.assertTrue(self._export(self.manager, self.mine, **REASON, allowed_company_ids=self.env.company.ids))

    def test_every_list_of_ours_is_refused_without_a_reason(self):
        self.manager.group_ids |= self.env.ref(CORE)
        count = 0
        for name in sorted(self.env.registry):
            records = self.env[name].with_user(self.manager)
            if not (name.startswith("expo.") or name == "res.partner") or records._abstract:
                continue
            with self.subTest(model=name):
                count += 1
                for reason in (None, "", "  ", ["x"]):
                    with self.assertRaises(UserError):
                        records.with_context(default_reason=reason).export_data(["display_name"])
        self.assertGreater(count, 60)
        self.assertFalse(self._get_log())

    def test_fields_of_contacts_behind_another_list_need_a_reason_as_well(self):
        order = self.env["sale.order"].create({"partner_id": self.mine.partner_id.id, "user_id": self.analyst.id})
        self.assertEqual(self._export(self.analyst, order, ["partner_id"]), [["Maria Rossi"]])
        self.assertEqual(self._export(self.analyst, order, ["partner_id/.id", "partner_id/name"])[0][1], "Maria Rossi")
        for names in (["partner_id/email"], ["partner_id/parent_id/phone"], ["company_id/partner_id/child_ids"]):
            with self.subTest(names=names):
                with self.assertRaises(UserError):
                    self._export(self.analyst, order, names)
                self._export(self.analyst, order, names, **REASON)
        self.assertEqual(set(self._get_log().mapped("res_model")), {"sale.order"})

    def test_setting_opens_no_list_of_another_app(self):
        with self.assertRaises(UserError):
            self._export(self.manager, self.env["sale.order"], ["name"], **REASON)
        with self.assertRaises(AccessError):
            self._export(self.manager, self.mine.partner_id, ["name", "sale_order_ids/amount_total"], **REASON)
        names = ["name", "country_id", "country_id/id", "expo_participation_ids/tier_id/name", "child_ids/email"]
        self.assertTrue(self._export(self.manager, self.mine.partner_id, names, **REASON))

    def test_record_rules_apply(self):
        self.env.company.expo_list_export_sales = True
        self.assertEqual(self._export(self.seller, self.mine, **REASON), [[self.mine.display_name]])
        for user in (self.seller, self.analyst):
            with self.assertRaises(AccessError):
                self._export(user, self.theirs, [".id"] if user == self.seller else ["display_name"], **REASON)
        with self.assertRaises(AccessError):
            self._export(self.seller, self.theirs.file_id, ["credit_limit"], **REASON)

    def test_log_names_user_list_count_reason_fields_and_format(self):
        both = self.mine.partner_id | self.theirs.partner_id
        lied = {"default_user_id": self.seller.id, "default_record_count": 0, "default_kind": "restore"}
        self._export(self.manager, both, ["name", "email"], **REASON, **lied, default_file_format="pdf")
        log = self._get_log()
        self.assertEqual((log.user_id, log.res_model, log.record_count), (self.manager, "res.partner", 2))
        self.assertEqual((log.reason, log.contents), (REASON["default_reason"], "name\nemail"))
        self.assertEqual((log.file_format, log.scope), ("api", "Contact"))
        self.assertFalse(self.env["expo.archive"].with_user(self.analyst).has_access("read"))
        with self.assertRaises(AccessError):
            log.with_user(self.manager).write({"reason": "None"})

    def test_client_asks_for_a_reason_where_the_server_wants_one(self):
        archive = self.env["expo.archive"].with_user(self.outsider)
        for model, names, answer in (
            ("res.partner", ["name"], True),
            ("expo.visit", [], True),
            ("sale.order", ["partner_id", "partner_id/id"], False),
            ("sale.order", ["partner_id/email"], True),
            ("crm.lead", ["lead_properties.x/email"], True),
            ("no.model", [], False),
        ):
            self.assertEqual(archive.needs_reason(model, names), answer, (model, names))


@tagged("post_install", "-at_install")
class TestListExportOverHttp(ListExportCase, HttpCase):
    def _post(self, login, kind, **params):
        self.authenticate(login, login)
        fields = [{"name": "display_name", "label": "Name", "type": "char"}]
        data = {"model": "expo.participation", "ids": False, "domain": [], "fields": fields, "import_compat": False}
        values = {"data": json.dumps({**data, **params}), "csrf_token": http.Request.csrf_token(self)}
        return self.url_open(f"/web/export/{kind}", values)

    def test_file_is_handed_out_with_a_reason_only_and_logged_with_its_format(self):
        with mute_logger("odoo.addons.web.controllers.export"):
            for login, params in (
                ("expo_manager", {}),
                ("expo_manager", {"reason": " "}),
                ("expo_analyst", {}),
                ("expo_seller", {"reason": "x"}),
                ("expo_clerk", {"reason": "x", "model": "res.partner"}),
            ):
                for kind in ("csv", "xlsx"):
                    with self.subTest(login=login, params=params, kind=kind):
                        answer = self._post(login, kind, **params)
                        self.assertEqual(answer.status_code, 500)
                        self.assertIn("You cannot export", answer.text)
        self.assertFalse(self._get_log())
        for kind in ("csv", "xlsx"):
            self.assertEqual(self._post("expo_manager", kind, reason="Fair guide").status_code, 200)
        self.assertEqual(self._get_log().mapped("file_format"), ["xlsx", "csv"])
        own = self._post("expo_analyst", "csv", reason="My customers").text
        self.assertNotIn("Hans Becker", own)
        self.assertEqual(self._get_log()[0].record_count, len(own.strip().splitlines()) - 1)

    def _post_pivot(self, login, **params):
        self.authenticate(login, login)
        table = {
            "model": "expo.participation", "title": "Customers", "measure_count": 1,
            "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Count", "is_bold": False}],
            "rows": [
                {"title": title, "indent": indent, "values": [{"value": 1}]}
                for indent, title in enumerate(("Total", "Maria Rossi", "=2+2"))
            ],
        }  # fmt: skip
        content = json.dumps({**table, **params})
        values = {"csrf_token": http.Request.csrf_token(self)}
        files = {"data": ("blob", content, "application/json")}
        return self.url_open("/web/pivot/export_xlsx", values, files=files)

    def test_pivot_table_is_handed_out_with_a_reason_only_and_logged_with_its_rows(self):
        with mute_logger("odoo.http"):
            for login, params in (
                ("expo_manager", {}),
                ("expo_manager", {"reason": " "}),
                ("expo_analyst", {"model": "res.partner"}),
                ("expo_seller", {"reason": "x"}),
                ("expo_seller", {"reason": "x", "model": "expo.touch.report"}),
                ("expo_clerk", {"reason": "x", "model": "res.partner"}),
            ):
                with self.subTest(login=login, params=params):
                    answer = self._post_pivot(login, **params)
                    self.assertNotEqual(answer.status_code, 200)
                    self.assertFalse(answer.content.startswith(b"PK"))
        self.assertFalse(self._get_log())
        self.assertEqual(self._post_pivot("expo_seller", model="sale.order").status_code, 200)
        self.assertFalse(self._get_log())
        answer = self._post_pivot("expo_manager", reason="Results of the fair")
        self.assertEqual(answer.status_code, 200)
        log = self._get_log()
        self.assertEqual((log.user_id, log.res_model, log.record_count), (self.manager, "expo.participation", 3))
        self.assertEqual((log.reason, log.file_format), ("Results of the fair", "xlsx"))
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active for cell in row]
        self.assertEqual({cell.data_type for cell in cells if "+" in str(cell.value)}, {"s"})

    def test_several_cards_ask_for_a_reason_on_a_page(self):
        partners, files = (self.mine | self.theirs).partner_id, (self.mine | self.theirs).file_id
        for url, records in (("/web/partner/vcard?partner_ids", partners), ("/expo/customer_file/vcard?ids", files)):
            with self.subTest(url=url):
                self._get_log().sudo().invalidate_recordset()
                ids = ",".join(map(str, records.ids))
                self.authenticate("expo_manager", "expo_manager")
                self.assertIn("VCARD", self.url_open(f"{url}={records[0].id}").text)
                page = self.url_open(f"{url}={ids}")
                self.assertIn('name="reason"', page.text)
                self.assertNotIn("VCARD", page.text)
                before = len(self._get_log())
                self.assertNotIn("text/html", self.url_open(f"{url}={ids}&reason=Phone").headers["Content-Type"])
                log = self._get_log()
                self.assertEqual(len(log), before + 1)
                self.assertEqual((log[0].record_count, log[0].file_format), (2, "vcf"))
                self.env.company.expo_list_export = False
                refused = self.url_open(f"{url}={ids}&reason=Phone")
                self.assertNotIn(b"VCARD", refused.content)
                self.assertNotEqual(refused.status_code, 200)
                self.env.company.expo_list_export = True

    def test_lists_as_json_are_refused(self):
        self.env["ir.config_parameter"].set_param("web.json.enabled", "1")
        click = {"Dest": "document", "Mode": "navigate", "Site": "none", "User": "?1"}
        headers = {f"Sec-Fetch-{name}": value for name, value in click.items()}
        self.authenticate("expo_analyst", "expo_analyst")
        for model in ("res.partner", "sale.order"):
            path = f"test-{model.replace('.', '-')}"
            action = {"name": "A List", "path": path, "res_model": model, "view_mode": "list,form"}
            self.env["ir.actions.act_window"].create(action)
            url = f"/json/1/{path}?limit=5&offset=0&view_type=list&domain=[]"
            answer = self.url_open(url, headers=headers)
            with self.subTest(model=model):
                self.assertEqual(answer.status_code, 403 if model == "res.partner" else 200)
                self.assertEqual("needs a reason" in answer.text, model == "res.partner")


@tagged("post_install", "-at_install")
class TestTourListExport(ExpoTourCase):
    def test_manager_exports_customers_after_entering_a_reason(self):
        self._make_participation("Maria Rossi")
        self._start_tour("/odoo/exhibition-customers", "expo_list_export", "expo_manager")
        log = self.env["expo.archive"].search([("kind", "=", "list")])
        self.assertEqual(log.mapped("reason"), ["Meeting", "Fair guide", "All of them"])
        self.assertEqual(log[1:].mapped("record_count"), [1, 1])

    def test_salesperson_sees_no_export(self):
        self._make_participation("Maria Rossi")
        self._start_tour("/odoo/exhibition-customers", "expo_list_export_none", "expo_seller")
