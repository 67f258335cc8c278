"""Lists of twenty sources become customers without a click in *Columns*; what cannot be told is asked for there."""

import base64

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from tests.capture.list_formats import FORMATS, table, workbook
from tests.common import ExpoCase


class ListCase(ExpoCase):
    def _read(self, data, user=None, **values):
        one = self.env["expo.import"].with_user(user or self.seller).create(
            {"exhibition_id": self.show.id, "file": base64.b64encode(data), "filename": "list", **values}
        )  # fmt: skip
        one.action_read()
        return one

    def _check(self, data, **values):
        one = self._read(data, **values)
        one.action_check()
        return one


@tagged("post_install", "-at_install")
@freeze_time("2026-04-17 12:00:00")
class TestImportFormats(ListCase):
    def test_list_of_every_source_becomes_customers_with_all_their_facts(self):
        self.assertGreaterEqual(len(FORMATS), 20)
        for form in FORMATS:
            with self.subTest(source=form.name):
                show = self._make_show(name=form.name, code=form.name)
                one = self._check(form.data, exhibition_id=show.id)
                self.assertEqual(one.state, "checked")
                lines = one.line_ids.filtered(lambda line: line.result != "rejected")
                self.assertEqual((len(lines), one.heading_row), (form.rows, form.heading_row))
                facts = {**lines[0].facts, "country": lines[0].country_id.code}
                self.assertEqual({name: facts.get(name) or None for name in form.expected}, form.expected)
                self.assertFalse(one.is_doubtful)
                one.action_commit()
                self.assertEqual((one.state, one.stuck_count), ("done", 0))
                names = show.participation_ids.partner_id.mapped("name")
                self.assertFalse([name for name in names if "@" in name], "a customer is named by an address")

    def test_company_that_teaches_a_heading_needs_no_click(self):
        data = table([["Wer", "Woher", "E-mail"], ["Maria Rossi", "Acme SpA", "maria@acme.example"]])
        one = self._read(data)
        self.assertTrue(one.is_nameless)
        headings = self.env["expo.import.heading"].with_user(self.manager)
        headings.create([{"name": "wer?", "field_name": "name"}, {"name": "WOHER", "field_name": "company_name"}])
        one = self._check(data)
        self.assertEqual(one.column_ids.mapped("field_name"), ["name", "company_name", "email"])
        other = self.env["res.company"].create({"name": "Another Exporter"})
        self.assertFalse(headings.sudo()._get_fields(other))
        with self.assertRaises(AccessError):
            headings.with_user(self.seller).create({"name": "x", "field_name": "name"})
        with self.assertRaises(ValidationError):
            headings.create({"name": "***", "field_name": "name"})

    def test_list_without_a_name_asks_in_columns_before_the_check(self):
        one = self._read(table([["Wer", "E-mail"], ["Maria", "maria@acme.example"], ["Hans", "hans@becker.example"]]))
        self.assertTrue(one.is_nameless)
        with self.assertRaisesRegex(UserError, "Contact name"):
            one.action_check()
        one.column_ids[0].field_name = "name"
        self.assertFalse(one.is_nameless)
        one.action_check()
        self.assertEqual(one.line_ids.mapped("name"), ["Maria", "Hans"])

    def test_row_without_a_name_is_rejected_unless_the_customer_is_known(self):
        self._make_partner("Hans Becker", email="hans@becker.example")
        rows = [["Name", "E-mail"], ["", "x@acme.example"], ["", "hans@becker.example"], ["", "Eva Lind <e@l.example>"]]
        one = self._check(table(rows))
        self.assertEqual(one.line_ids.mapped("result"), ["rejected", "updated", "created"])
        self.assertIn("Contact name and company name are missing", one.line_ids[0].reason)
        self.assertEqual(one.line_ids[2].name, "Eva Lind")

    def test_no_customer_is_named_by_an_address_or_a_number(self):
        rows = [["Name", "E-mail", "Company"], ["maria@acme.example", "Maria Rossi", "Acme SpA"]]
        one = self._check(table(rows))
        self.assertEqual(one.line_ids.reason, "Not a name, moved to its own field: maria@acme.example")
        one.action_commit()
        self.assertEqual(self.show.participation_ids.partner_id.name, "Maria Rossi")
        captures = self.env["expo.capture"].with_user(self.seller)
        capture = captures.create(
            {"exhibition_id": self.show.id, "name": "hans@becker.example", "company_name": "+49 711 123456"}
        )  # fmt: skip
        self.assertEqual((capture.name, capture.company_name), (False, False))
        self.assertEqual((capture.email, capture.phone), ("hans@becker.example", "+49 711 123456"))
        capture.name = "eva@becker.example"
        self.assertEqual((capture.name, capture.extra), (False, "eva@becker.example"))

    def test_cells_below_and_beside_the_rows_that_were_looked_at_are_kept(self):
        rows = [["Name", "Xyz"], *([f"Maria {number}", ""] for number in range(250)), ["Hans", "a fact", "another"]]
        one = self._check(table(rows))
        self.assertEqual(one.line_ids[-1].facts, {"name": "Hans", "extra": "Xyz: a fact\nanother"})

    def test_capture_of_an_address_alone_waits_for_a_name(self):
        capture = self.env["expo.capture"].with_user(self.seller).create(
            {"exhibition_id": self.show.id, "email": "x@acme.example"}
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "Contact name and company name are missing"):
            capture.action_enter()
        capture.name = "Maria Rossi"
        capture.action_enter()
        self.assertEqual(capture.partner_id.name, "Maria Rossi")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-17 12:00:00")
class TestImportBorders(ListCase):
    """Nothing is lost at the border of a file."""

    SHEETS = {
        "Cover": [["Spring Fair"], ["List of visitors"]],
        "Hall 1": [["Visitors of hall 1"], [], ["Name", "E-mail"], ["Maria Rossi", "maria@acme.example"]],
        "Hall 2": [["Name", "E-mail"], ["Hans Becker", "hans@becker.example"], ["Eva Lind", "eva@lind.example"]],
    }

    def test_every_sheet_is_offered_with_its_count_and_another_one_can_be_chosen(self):
        one = self._read(workbook(**self.SHEETS))
        self.assertEqual([(s.name, s.row_count) for s in one.sheet_ids], [("Cover", 2), ("Hall 1", 3), ("Hall 2", 3)])
        self.assertEqual(one.sheet_id.name, "Hall 1")
        self.assertEqual(one.other_sheets, "Cover (2 rows), Hall 2 (3 rows)")
        self.assertEqual((one.heading_row, one.skipped_text), (3, "1: Visitors of hall 1"))
        one.sheet_id = one.sheet_ids[2]
        notice = one.action_check()
        self.assertEqual((one.state, notice["params"]["type"]), ("mapping", "warning"), "columns are looked at first")
        self.assertEqual((one.heading_row, one.skipped_text), (1, False))
        one.action_check()
        self.assertEqual(one.line_ids.mapped("name"), ["Hans Becker", "Eva Lind"])
        self.assertEqual(one.line_ids.mapped("sequence"), [2, 3])

    def test_sheet_of_another_workbook_is_refused(self):
        one, other = self._read(workbook(**self.SHEETS)), self._read(workbook(**self.SHEETS))
        with self.assertRaises(ValidationError):
            one.sheet_id = other.sheet_ids[2]

    def test_row_of_headings_can_be_chosen(self):
        one = self._read(table([["Name", "Company"], ["Nombre", "Empresa"], ["Maria", "Acme SpA"]]))
        self.assertEqual(one.heading_row, 1)
        one.heading_row = 2
        one.action_read()
        self.assertEqual(one.column_ids.mapped("heading"), ["Nombre", "Empresa"])
        self.assertEqual(one.skipped_text, "1: Name · Company")
        one.heading_row = 0
        one.action_read()
        self.assertEqual((one.column_ids.mapped("heading"), one.skipped_text), (["", ""], False))

    def test_numbers_of_rows_are_those_of_the_file(self):
        rows = [["Spring Fair"], [], ["Name", "Company"], [], ["Maria", "Acme SpA"], [], [], ["Hans", "Becker GmbH"]]
        for data in (table(rows), workbook(List=rows)):
            one = self._check(data)
            self.assertEqual(one.line_ids.mapped("sequence"), [5, 8])

    def test_totals_and_repeated_headings_are_rejected_with_that_reason(self):
        words = [
            "Total",
            "Summe:",
            "合计",
            "总计",
            "小计",
            "Grand Total",
            "Sous-total",
            "Totale",
            "Итого",
            "합계",
            "合計",
            "Total exhibitors: 1,354",
            "Anzahl: 3",
        ]
        heads = ["Company", "Contact", "Orders"]
        rows = [
            heads,
            ["Acme SpA", "Maria", "3"],
            heads,
            *([word, "", "1,354"] for word in words),
            ["Total", "Paul", ""],
        ]
        one = self._check(table(rows))
        reasons = one.line_ids.mapped("reason")
        self.assertEqual(reasons[1], "This row repeats the headings.")
        self.assertEqual(set(reasons[2:-1]), {"This row is a total, not a contact."})
        self.assertEqual(one.line_ids.mapped("result"), ["created", *["rejected"] * (len(words) + 1), "created"])

    def test_encoding_is_shown_and_the_user_may_choose_another(self):
        data = "Ad Soyad;Firma\nÖzgür Güneş;Işık Ltd\n".encode("cp1254")
        one = self._read(data)
        self.assertEqual((one.encoding, one.is_doubtful), ("cp1254", False))
        one.encoding = "utf-8"
        one.action_read()
        self.assertTrue(one.is_doubtful)
        one.action_check()
        self.assertIn("Contains characters that cannot be read", one.line_ids.reason)
        one.action_back()
        one.encoding = "cp1254"
        one.action_read()
        one.action_check()
        self.assertEqual((one.line_ids.name, one.line_ids.reason), ("Özgür Güneş", False))

    def test_character_lost_before_the_upload_is_remarked(self):
        one = self._check("Name,Company\nMar\ufffda Rossi,Acme SpA\n".encode())
        self.assertTrue(one.is_doubtful)
        self.assertIn("Contains characters that cannot be read: Mar\ufffda Rossi", one.line_ids.reason)

    def test_further_numbers_of_a_contact_are_kept_wherever_it_comes_from(self):
        text = "020-87654321转12\n13800138000 (王先生)\n传真 020-87654322"
        one = self._check(table([["姓名", "公司", "电话"], ["王伟", "明辉", text]]))
        facts = one.line_ids.facts
        capture = self.env["expo.capture"].with_user(self.seller).create(
            {"exhibition_id": self.show.id, "name": "王伟", "phone": text}
        )  # fmt: skip
        self.assertEqual((capture.phone, capture.extra), (facts["phone"], facts["extra"]))
        self.assertEqual(capture.phone, "020-87654321 ext. 12")
        capture.phone = "Fax: 020-87654322"
        self.assertFalse(capture.phone)
        self.assertEqual(capture.extra.count("020-87654322"), 2)
