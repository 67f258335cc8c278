"""Lists exported by core's *Export*: no cell runs, and what is imported again is what was exported."""

import csv
import io
import json

import openpyxl

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

HOSTILE = (
    "=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3+cmd|'x'!A0", "@SUM(A1)", "\t=1+1", "\r=1", "＝1+1", "＋1", "－1",
    "＠SUM(1)", " =1", "'=1",
)  # fmt: skip
PHONES = ("+86 20 8888-1234", "+49 (30) 123/45", "-5", "0086 20")


@tagged("post_install", "-at_install")
class TestListExport(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "expo_exporter", "sales_team.group_sale_manager,base.group_allow_export,base.group_partner_manager"
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"x{text}", "ref": text, "phone": "1"} for text in HOSTILE]
            + [{"name": "Phone", "ref": "plain", "phone": phone} for phone in PHONES]
        )
        cls.etiquette = cls.env["expo.etiquette"].search([], limit=1)
        cls.etiquette.gifts = HOSTILE[0]

    def _export(self, kind, model, ids, names, **params):
        self.authenticate("expo_exporter", "expo_exporter")
        described = self.env[model].fields_get(names)
        fields = [{"name": name, "label": described[name]["string"], "type": described[name]["type"]} for name in names]
        data = {
            "model": model, "ids": ids, "domain": [], "fields": fields, "import_compat": False,
            "reason": "For the list of labels", **params,
        }  # fmt: skip
        answer = self.url_open(
            f"/web/export/{kind}", {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)}
        )
        self.assertEqual(answer.status_code, 200)
        return answer.content

    def test_cell_of_a_csv_that_a_spreadsheet_would_run_begins_with_an_apostrophe(self):
        content = self._export("csv", "res.partner", self.partners.ids, ["ref", "phone"])
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
        self.assertEqual([row[0] for row in rows[: len(HOSTILE)]], [f"'{text}" for text in HOSTILE])
        self.assertEqual([row[1] for row in rows[len(HOSTILE) :]], list(PHONES), "imported back unchanged")
        ours = self._export("csv", "expo.etiquette", self.etiquette.ids, ["gifts"])
        self.assertIn(f"'{HOSTILE[0]}", ours.decode())

    def test_cell_of_an_xlsx_is_text_as_it_is_stored(self):
        for params in ({}, {"groupby": ["company_id"]}):
            with self.subTest(params=params):
                content = self._export("xlsx", "res.partner", self.partners.ids, ["ref", "phone", "color"], **params)
                sheet = openpyxl.load_workbook(io.BytesIO(content)).active
                cells = {cell.value: cell for row in sheet for cell in row if isinstance(cell.value, str)}
                for text in (*HOSTILE, *PHONES):
                    self.assertEqual(cells[text.replace("\r", " ")].data_type, "s")
                self.assertTrue(any(cell.data_type == "n" for row in sheet for cell in row), "numbers stay numbers")

    def test_list_of_another_app_is_exported_by_core(self):
        bank = self.env["res.partner.category"].create({"name": "=1+1"})
        self.assertIn("'=1+1", self._export("csv", "res.partner.category", bank.ids, ["name"]).decode())
