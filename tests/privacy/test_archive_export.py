"""Taking customer files out of the house: what is in the archive, who may, and what is noted."""

import io
import tracemalloc

import openpyxl

from odoo.addons.expo_followup.tools.archive import ArchiveReader
from odoo.addons.expo_followup.tools.registers import RegisterReader
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestExpoArchiveExport(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper")
        cls.maria = cls._make_participation("Maria Rossi", conversation="=HYPERLINK(1)")
        cls.autumn = cls._make_show(name="Autumn Fair", code="AF26")
        cls.wang = cls._make_participation("王伟", show=cls.autumn, country="cn")
        cls.maria.file_id.write({"business_scope": "Tools", "credit_days": 30})
        cls.maria.file_id.preference_ids = [(0, 0, {"text": "Green tea"})]
        cls.paper = cls.env["ir.attachment"].create(
            {
                "name": "../offer?.txt",
                "raw": b"Offer",
                "res_model": "expo.customer.file",
                "res_id": cls.maria.file_id.id,
            }
        )

    def _export(self, user=None, **values):
        wizard = self.env["expo.archive.export"].with_user(user or self.keeper)
        target = io.BytesIO()
        log = wizard.create({"reason": "Backup", **values})._build(target)
        return ArchiveReader(target), log

    def _rows(self, reader, sheet):
        columns = reader.manifest["registers"][sheet]["columns"]
        with RegisterReader(io.BytesIO(reader.content("registers.xlsx"))) as registers:
            return [dict(zip(["key", *columns], row, strict=True)) for row in registers.rows(sheet)]

    def test_all_files_are_in_it_with_all_that_hangs_on_them(self):
        reader, _log = self._export()
        counts = {sheet: entry["rows"] for sheet, entry in reader.manifest["registers"].items()}
        self.assertEqual((counts["files"], counts["participations"], counts["shows"]), (2, 2, 2))
        self.assertEqual(counts["followups"], self.env["expo.followup"].search_count([]))
        files = {row["partner_id"]: row for row in self._rows(reader, "files")}
        contacts = {row["key"]: row["name"] for row in self._rows(reader, "contacts")}
        maria = next(row for key, row in files.items() if contacts[key] == "Maria Rossi")
        self.assertEqual((maria["business_scope"], maria["credit_days"]), ("Tools", 30))
        entry = next(row for row in self._rows(reader, "participations") if row["file_id"] == maria["key"])
        self.assertEqual((entry["tier_id"], entry["user_id"]), ("intent", "expo_seller"))
        self.assertEqual((entry["captured_on"], entry["conversation"]), ("2026-04-17T09:00:00Z", "=HYPERLINK(1)"))
        self.assertEqual(self._rows(reader, "preferences")[0]["text"], "Green tea")
        self.assertIn("王伟".encode(), reader.content("customers.vcf"))

    def test_dialog_names_what_is_left_out_without_the_rows_of_what_it_names(self):
        told = self.env["expo.archive.export"].with_user(self.keeper).new({}).left_out
        registers, _others = told.split("\n")
        self.assertIn("Import of a List", registers.split(", "))
        self.assertNotIn("Row of an Imported List", told)

    def test_no_cell_is_a_formula(self):
        reader, _log = self._export()
        book = openpyxl.load_workbook(io.BytesIO(reader.content("registers.xlsx")))
        values = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        self.assertFalse([cell.value for cell in values if cell.data_type == "f"])
        self.assertIn("'=HYPERLINK(1)", [cell.value for cell in values])

    def test_the_archive_of_a_show_is_about_that_show_only(self):
        reader, log = self._export(exhibition_id=self.show.id)
        self.assertEqual([row["code"] for row in self._rows(reader, "shows")], ["SF26"])
        self.assertEqual([row["name"] for row in self._rows(reader, "contacts")], ["Maria Rossi"])
        self.assertEqual(log.scope, "[SF26] Spring Fair")

    def test_attachments_keep_their_content_under_a_harmless_name(self):
        reader, _log = self._export()
        row = self._rows(reader, "attachments")[0]
        self.assertEqual((row["name"], reader.content(row["path"])), ("../offer?.txt", b"Offer"))
        self.assertTrue(row["path"].endswith("/_offer_.txt"))
        self.assertFalse(self._export(with_attachments=False)[0].names("attachments/"))

    def test_a_text_too_long_for_a_cell_is_a_file_of_its_own(self):
        self.maria.conversation = "talked and talked " * 3000
        reader, _log = self._export()
        [path] = reader.names("texts/participations/")
        self.assertEqual(reader.content(path).decode(), self.maria.conversation)

    def test_it_is_logged_with_reason_and_checksum_and_the_log_stays(self):
        _reader, log = self._export(self.manager, reason="Year's end")
        self.assertEqual((log.user_id, log.reason, len(log.sha256)), (self.manager, "Year's end", 64))
        self.assertIn("files: 2", log.contents)
        for door in (lambda: log.sudo().write({"reason": "Other"}), log.sudo().unlink):
            with self.assertRaises(AccessError):
                door()
        self.assertIn(log, self.env["expo.archive"].with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            self.env["expo.archive"].with_user(self.keeper).search([])
        with self.assertRaises(AccessError):
            self.env["expo.archive"].with_user(self.manager).create({"kind": "export", "scope": "x", "reason": "y"})

    def test_only_keepers_and_managers_export_and_they_say_why(self):
        everything = new_test_user(self.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        for user in (self.seller, everything):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._export(user)
        with self.assertRaises(UserError):
            self.env["expo.archive.export"].with_user(self.keeper).create({"reason": "  "}).action_export()

    def test_another_company_s_customers_are_not_in_it(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        stranger = new_test_user(
            self.env,
            "expo_stranger",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        reader, _log = self._export(stranger)
        self.assertFalse(sum(entry["rows"] for entry in reader.manifest["registers"].values()))
        with self.assertRaises(AccessError):
            self._export(stranger, exhibition_id=self.show.id)

    def test_archive_is_downloaded_by_its_author_only(self):
        export = self.env["expo.archive.export"].with_user(self.keeper).create({"reason": "Backup"})
        self.authenticate("expo_keeper", "expo_keeper")
        answer = self.url_open(export.action_export()["url"])
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "application/zip"))
        self.assertIn("registers.xlsx", ArchiveReader(io.BytesIO(answer.content)).names())
        for login in ("expo_manager", "expo_seller"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(f"/expo/archive/{export.id}").status_code, 404)

    def test_two_thousand_files_cost_queries_per_batch_and_little_memory(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(2000)]
        )
        files = self.env["expo.customer.file"].with_context(tracking_disable=True)._ensure(partners, self.env.company)
        self.env["expo.customer.person"].create([{"file_id": file.id, "name": "Some Person"} for file in files])
        self.env.flush_all()
        self._export()
        self.env.invalidate_all()
        tracemalloc.start()
        before = self.env.cr.sql_log_count
        reader, _log = self._export(with_vcards=False)
        queries, memory = self.env.cr.sql_log_count - before, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(reader.manifest["registers"]["files"]["rows"], 2002)
        self.assertLess(queries, 250)
        self.assertLess(memory, 60_000_000)
