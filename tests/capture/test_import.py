"""A list comes home from the show: read, its columns told, checked, imported, once."""

import base64
import io
import json
from pathlib import Path

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase

LISTS = Path(__file__).resolve().parents[1] / "data" / "lists"
HEADINGS = "Name,Company,E-mail,Phone,Country,Wishes\n"
MARIA = "Maria Rossi,Acme SpA,maria@acme.example,,Italy,lamps\n"
HANS = "Hans Becker,Becker GmbH,hans@becker.example,,德国,chairs\n"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-17 12:00:00")
class TestExpoImport(ExpoCase):
    def _upload(self, data, filename="list.csv", user=None, **values):
        data = data.encode() if isinstance(data, str) else data
        return self.env["expo.import"].with_user(user or self.seller).create(
            {"exhibition_id": self.show.id, "file": base64.b64encode(data), "filename": filename, **values}
        )  # fmt: skip

    def _check(self, data, **values):
        one = self._upload(data, **values)
        one.action_read()
        if one.state == "mapping":
            one.action_check()
        return one

    def _import(self, data, **values):
        one = self._check(data, **values)
        one.action_commit()
        return one

    def _entries(self):
        return self.show.participation_ids

    def _result(self, one):
        return one.line_ids.mapped("result")

    def test_the_dry_run_says_what_would_happen_and_writes_nothing(self):
        self._make_partner("Hans Becker", email="hans@becker.example")
        before = self.env["res.partner"].search_count([]), self.env["expo.capture"].search_count([])
        one = self._check(HEADINGS + MARIA + HANS + ",,user@domain.com,,,\n" + MARIA.upper())
        self.assertEqual(one.state, "checked")
        self.assertEqual(self._result(one), ["created", "updated", "rejected", "duplicate"])
        self.assertIn("Same as row 2", one.line_ids[3].reason)
        self.assertIn("Not a real e-mail address", one.line_ids[2].reason)
        self.assertIn("Known customer (matched by e-mail)", one.line_ids[1].reason)
        self.assertEqual(before, (self.env["res.partner"].search_count([]), self.env["expo.capture"].search_count([])))
        self.assertFalse(self._entries())

    def test_the_dry_run_names_the_rows_of_possible_duplicates_in_the_same_list(self):
        self._make_partner("Luca Bianchi", email="sales@acme.example")
        one = self._check(
            HEADINGS
            + "Maria Rossi,Acme SpA,sales@acme.example,,Italy,\n"
            + "Hans Becker,Acme SpA,sales@acme.example,,Italy,\n"
            + "Rossi Maria,Acme SpA,sales@acme.example,+390612345678,Italy,\n"
        )
        self.assertEqual(self._result(one), ["created", "created", "updated"])
        first, second, third = one.line_ids
        self.assertEqual(first.reason, "Possible duplicate: Luca Bianchi")
        self.assertIn("Possible duplicate: Luca Bianchi, Maria Rossi (row 2)", second.reason)
        self.assertIn("Same customer as row 2 (matched by e-mail); adds: Phone", third.reason)

    def test_importing_does_what_the_dry_run_said(self):
        self._make_partner("Hans Becker", email="hans@becker.example")
        one = self._check(HEADINGS + MARIA + HANS, tier_id=self.tiers["intent"].id)
        said = self._result(one)
        one.action_commit()
        self.assertEqual((one.state, self._result(one), one.todo_count), ("done", said, 0))
        maria, hans = one.line_ids.participation_id
        self.assertEqual((maria.partner_id.parent_id.name, maria.partner_id.country_id.code), ("Acme SpA", "IT"))
        self.assertEqual((maria.user_id, maria.tier_id.code), (self.seller, "intent"))
        self.assertEqual(hans.partner_id.country_id.code, "IT", "a fact that is known stays")
        self.assertIn("Wishes: lamps", one.line_ids[0].capture_id.extra)
        self.assertEqual(one.line_ids.capture_id.mapped("channel"), ["import", "import"])

    def test_imported_contacts_wait_for_the_review_where_the_company_says_so(self):
        self.env.company.expo_capture_review_first = True
        one = self._import(HEADINGS + MARIA + HANS)
        self.assertEqual((one.state, self._result(one), one.todo_count), ("done", ["created", "created"], 0))
        captures = one.line_ids.capture_id
        self.assertEqual((set(captures.mapped("state")), len(self._entries())), ({"new"}, 0))
        self.assertIn("A sales manager reviews this contact", one.line_ids[0].reason)
        captures.with_user(self.manager).action_approve()
        captures.with_user(self.seller).action_enter()
        self.assertEqual((set(captures.mapped("state")), len(self._entries())), ({"approved"}, 2))

    def test_the_same_list_again_changes_nothing_even_in_another_file(self):
        self._import(HEADINGS + MARIA + HANS)
        captures, partners = self.env["expo.capture"].search([]), self.env["res.partner"].search_count([])
        again = self._import("\ufeff" + (HEADINGS + HANS + "\n" + MARIA).replace(",", ";"), user=self.colleague)
        self.assertEqual(self._result(again), ["duplicate", "duplicate"])
        self.assertEqual(self.env["expo.capture"].search([]), captures)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(self._entries().user_id, self.seller)

    def test_a_list_of_another_show_is_another_list(self):
        self._import(HEADINGS + MARIA)
        other = self._make_show(name="Autumn Fair", code="AF26")
        one = self._import(HEADINGS + MARIA, exhibition_id=other.id)
        self.assertEqual(self._result(one), ["updated"])
        self.assertEqual(other.participation_ids.partner_id, self._entries().partner_id)

    def test_one_customer_twice_in_other_spelling_becomes_one(self):
        one = self._import((LISTS / "booth_gbk.csv").read_bytes())
        results = dict(zip(one.line_ids.mapped("sequence"), self._result(one), strict=True))
        self.assertEqual([results[row] for row in sorted(results)].count("rejected"), 2)
        maria = self.env["res.partner"].search([("email_normalized", "=", "maria.rossi@acme.example")])
        self.assertEqual(len(maria), 1)
        self.assertEqual(len(maria.expo_participation_ids), 1)
        hans = self.env["res.partner"].search([("email_normalized", "=", "hans@mueller.example")])
        self.assertEqual((hans.parent_id.city, hans.parent_id.zip), ("Hamburg", "20095"))

    def test_every_list_of_the_corpus_is_imported_and_the_dry_run_was_right(self):
        for path in sorted(LISTS.iterdir()):
            with self.subTest(file=path.name):
                show = self._make_show(name=path.name, code=path.name)
                one = self._check(path.read_bytes(), filename=path.name, exhibition_id=show.id)
                said = self._result(one)
                one.action_commit()
                self.assertEqual(self._result(one), said)
                self.assertEqual(one.stuck_count, 0)
                self.assertGreater(len(show.participation_ids), 1)

    def test_cards_need_no_columns_and_a_bad_one_is_one_rejected_row(self):
        one = self._upload((LISTS / "phones.vcf").read_bytes(), filename="wrong name.csv")
        one.action_read()
        self.assertEqual((one.state, one.kind, one.rejected_count), ("checked", "vcf", 1))
        one.action_commit()
        self.assertEqual(len(self._entries()), 7)
        wang = self.env["res.partner"].search([("name", "=", "王伟")])
        self.assertEqual((wang.parent_id.name, wang.phone), ("广州明辉贸易有限公司", "13800138000"))

    def test_columns_are_told_by_heading_and_content_and_remembered_for_the_company(self):
        one = self._upload(HEADINGS + MARIA)
        one.action_read()
        self.assertEqual(
            one.column_ids.mapped("field_name"), ["name", "company_name", "email", "phone", "country", "extra"]
        )
        one.column_ids[5].field_name = "note"
        one.action_check()
        again = self._upload(HEADINGS + HANS, user=self.colleague)
        again.action_read()
        self.assertEqual(again.column_ids[5].field_name, "note")
        self.assertTrue(again.column_ids[5].is_remembered)

    def test_another_mapping_or_another_file_makes_the_check_void(self):
        one = self._check(HEADINGS + MARIA)
        one.column_ids[5].field_name = "skip"
        self.assertEqual((one.state, one.line_count), ("mapping", 0))
        one.action_check()
        one.file = base64.b64encode(b"Name\nHans\n")
        self.assertEqual((one.state, len(one.column_ids), one.line_count), ("draft", 0, 0))
        with self.assertRaises(UserError):
            one.action_commit()

    def test_rows_name_tier_role_products_and_language(self):
        product = self.env["product.product"].create({"name": "Desk Lamp", "default_code": "DL-1"})
        one = self._import(
            '姓名,意向等级,类别,产品,语言\n王伟,Signed at the show,参展商,"DL-1，Ghost",English\n李娜,maybe,参观商,,\n'
        )
        wang, li = one.line_ids.participation_id
        self.assertEqual((wang.tier_id.code, wang.role, wang.product_ids), ("signed", "exhibitor", product))
        self.assertEqual((wang.partner_id.lang, li.role), ("en_US", "visitor"))
        self.assertIn("Unknown intent tier, kept as a note: maybe", one.line_ids[1].reason)
        self.assertEqual(one.line_ids[0].capture_id.extra, "Ghost")

    def test_a_row_that_cannot_be_imported_holds_up_no_others(self):
        product = self.env["product.product"].create({"name": "Desk Lamp"})
        one = self._check("Name,Products\nMaria Rossi,Desk Lamp\nLuca Bianchi,\n")
        product.unlink()
        with mute_logger("odoo.sql_db", "odoo.addons.expo_followup.models.expo_job_mixin"):
            one.action_commit()
        self.assertEqual(one.line_ids.mapped("is_todo"), [True, False])
        self.assertEqual(one.line_ids.participation_id.partner_id.name, "Luca Bianchi")
        self.assertEqual((one.state, bool(one.line_ids[0].failure_reason)), ("importing", True))

    def test_colleagues_of_one_new_company_share_its_address(self):
        one = self._import(
            "Name,Company,E-mail,Street,City,Country\nMaria Rossi,Acme SpA,maria@acme.example,Via Roma 1,Milano,Italy\n"
            "Luca Bianchi,ACME S.p.A.,luca@acme.example,,,Italy\n"
        )
        maria, luca = one.line_ids.participation_id.partner_id
        self.assertEqual(maria.parent_id, luca.parent_id)
        for partner in (maria.parent_id, maria, luca):
            self.assertEqual((partner.street, partner.city, partner.country_code), ("Via Roma 1", "Milano", "IT"))
        self.assertEqual(luca.commercial_company_name, "Acme SpA")

    def test_customers_imported_unassigned_have_no_salesperson(self):
        one = self._import(HEADINGS + MARIA, owner="nobody", contact_consent="granted", consent_wording="Yes, write me")
        entry = one.sudo().line_ids.participation_id
        self.assertEqual((entry.user_id.id, entry.contact_consent), (False, "granted"))
        self.assertEqual(entry.captured_by_id, self.seller)

    def test_what_is_no_list_is_refused_in_words(self):
        for data in (
            b"",
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
            b"PK\x03\x04broken",
            bytes.fromhex("D0CF11E0A1B11AE1"),
        ):
            with self.subTest(data=data[:8]):
                one = self._upload(data or b"\n")
                with self.assertRaises(UserError):
                    one.action_read()
                self.assertEqual(one.state, "draft")
        with self.assertRaises(UserError):
            self._upload(b"x" * (21 << 20))

    def test_the_result_is_a_workbook_without_formulas(self):
        one = self._import(HEADINGS + '"=HYPERLINK(""http://x"")",Acme,=1+1,,,\n,,,,,nameless\n')
        self.assertIn("result_file", one.action_download_result()["url"])
        sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(one.result_file))).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][:3], ("Row", "Result", "Reason"))
        self.assertEqual([row[1] for row in rows[1:]], ["New customer", "Rejected"])
        cells = [cell for row in sheet.iter_rows() for cell in row]
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])

    def test_more_than_a_thousand_rows_go_on_behind_and_end(self):
        rows = "".join(f"Customer {n},Company {n},c{n}@many{n}.example,,Italy,\n" for n in range(1200))
        one = self._check(HEADINGS + rows)
        one.action_commit()
        self.assertEqual((one.state, one.todo_count), ("importing", 1200))
        self.assertEqual(one.action_commit()["params"]["type"], "warning")
        self._run_cron("import")
        one.invalidate_recordset()
        self.assertEqual((one.state, one.created_count, one.todo_count), ("done", 1200, 0))
        self.assertEqual(self._entries().captured_by_id, self.seller)

    def test_failing_row_is_parked_with_its_reason_and_blocks_no_other(self):
        one = self._check(HEADINGS + MARIA + HANS)
        kept = one.sudo()
        kept.state = "importing"
        kept.line_ids[0].facts = {**kept.line_ids[0].facts, "role": "ghost"}
        for _turn in range(3):
            self._run_cron("import")
        one.invalidate_recordset()
        self.assertEqual((one.state, one.stuck_count), ("done", 1))
        self.assertTrue(one.line_ids[0].failure_reason)
        self.assertEqual(self._entries().partner_id.name, "Hans Becker")
        kept.line_ids[0].facts = {"name": "Maria Rossi"}
        one.action_retry()
        self._run_cron("import")
        one.invalidate_recordset()
        self.assertEqual((one.stuck_count, len(self._entries())), (0, 2))

    def test_queries_grow_with_thousands_not_with_rows(self):
        def queries(number, start):
            rows = "".join(f"C {n},Co {n},c{n}@q{n}.example,,Italy,\n" for n in range(start, start + number))
            one = self._upload(HEADINGS + rows)
            one.action_read()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            one.action_check()
            self.env.flush_all()
            checked = self.cr.sql_log_count
            self.env.invalidate_all()
            one.action_commit()
            self.env.flush_all()
            return checked - before, self.cr.sql_log_count - checked

        queries(5, 0)
        small, large = queries(100, 1000), queries(900, 2000)
        self.assertLess(large[0] - small[0], 30, (small, large))
        self.assertLess(large[1] - small[1], 300, (small, large))

    # -- access ------------------------------------------------------------------------------------------

    def test_users_see_own_imports_and_managers_all_of_the_company(self):
        one = self._check(HEADINGS + MARIA)
        models = {"expo.import": one, "expo.import.line": one.line_ids, "expo.import.column": one.column_ids}
        company = self.env["res.company"].create({"name": "Another Exporter"})
        stranger = new_test_user(
            self.env, "expo_stranger", "sales_team.group_sale_manager",
            company_id=company.id, company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        clerk = new_test_user(self.env, "expo_clerk", "base.group_user")
        for model, records in models.items():
            with self.subTest(model=model):
                self.assertEqual(self.env[model].with_user(self.manager).search([]), records.with_user(self.manager))
                self.assertFalse(self.env[model].with_user(self.colleague).search([]))
                self.assertFalse(self.env[model].with_user(stranger).search([]))
                with self.assertRaises(AccessError):
                    self.env[model].with_user(clerk).search([])
        for door in ("action_read", "action_check", "action_commit", "action_back", "action_retry"):
            with self.subTest(door=door), self.assertRaises(AccessError):
                getattr(one.with_user(self.colleague), door)()
        with self.assertRaises(AccessError):
            self._upload(HEADINGS, user=stranger)

    def test_system_fields_cannot_be_forged(self):
        one = self._check(HEADINGS + MARIA)
        other = self._check(HEADINGS + HANS, user=self.colleague)
        attempts = {
            "state": lambda: one.write({"state": "done"}),
            "who": lambda: one.write({"user_id": self.colleague.id}),
            "kind": lambda: self._upload("x", kind="vcf"),
            "a row": lambda: one.line_ids[0].write({"facts": {"name": "x"}}),
            "a new row": lambda: one.line_ids.create({"import_id": one.id}),
            "a heading": lambda: one.column_ids[0].write({"heading": "x"}),
            "a new column": lambda: one.column_ids.create({"import_id": one.id}),
            "a colleague's column": lambda: one.write({"column_ids": [(4, other.column_ids[0].id)]}),
            "a column taken out": lambda: one.write({"column_ids": [(2, one.column_ids[0].id)]}),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(AccessError):
                attempt()
        one.action_commit()
        with self.assertRaises(UserError):
            one.owner = "nobody"
        with self.assertRaises(UserError):
            one.action_back()

    def test_facts_are_kept_as_they_were_read(self):
        one = self._check(HEADINGS + MARIA)
        self.assertEqual(json.loads(json.dumps(one.line_ids.facts))["email"], "maria@acme.example")
        self.assertIn("Wishes: lamps", one.line_ids.raw_text)
