"""Rules for words: labels, buttons, errors and replaced terms."""

import ast
import tempfile
from pathlib import Path
from unittest import TestCase

import polib

from devkit import wording

FIELD = "model:ir.model.fields,field_description:expo_followup.field_%s"
CHOICE = "model:ir.model.fields.selection,name:expo_followup.selection__%s"
VIEW = "model_terms:ir.ui.view,arch_db:expo_followup.%s"


def _terms(**uses):
    terms = polib.POFile()
    for text, places in uses.items():
        terms.append(polib.POEntry(msgid=text, occurrences=[(place, "0") for place in places]))
    return terms


class TestErrors(TestCase):
    def _check(self, source, **exceptions):
        path = "expo_followup/models/visit/visit.py"
        return list(wording.check_errors({path: (source, ast.parse(source))}, exceptions))

    def _raise(self, text):
        return self._check(f"raise UserError(self.env._({text!r}, name))")

    def test_error_that_says_what_why_and_what_to_do_passes(self):
        for text in (
            "You cannot delete “%s” because it has a file. Archive it instead.",
            "You cannot approve your own remedy. Ask another approver.",
            "The duration must be greater than zero.",
            "Enter a reason.",
            "You cannot move “%(complaint)s” because of the following:\n%(lacks)s",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._raise(text), [])

    def test_error_without_what_to_do_or_of_another_shape_is_found(self):
        for text in (
            "You cannot delete this.",
            "Give a reason.",
            "A visit takes some time.",
            "Quantities must be 0 or more.",
            "The contact has no key.",
        ):
            with self.subTest(text=text):
                self.assertIn("visit.py:1", self._raise(text)[0])

    def test_error_with_a_technical_name_is_found_but_not_a_placeholder(self):
        self.assertIn("partner_id", self._raise("Enter partner_id first.")[0])
        self.assertIn("expo.visit", self._raise("Choose another expo.visit first.")[0])
        self.assertEqual(self._raise("Enter %(file_name)s first."), [])

    def test_constraint_and_nested_message_are_read(self):
        self.assertEqual(len(self._check('x = models.Constraint("CHECK (a > 0)", "More than zero.")')), 1)
        self.assertEqual(len(self._check('x = models.UniqueIndex("(code)", "The code exists.")')), 1)
        self.assertEqual(len(self._check('raise ValidationError("\\n".join([_("Too long"), _("Enter less.")]))')), 1)

    def test_exception_passes(self):
        self.assertEqual(self._check('raise AccessError(_("No"))', No="Core's text"), [])


class TestLabels(TestCase):
    def _check(self, label, place=FIELD % "expo_visit__x", **exceptions):
        return " ".join(wording.check_labels(_terms(**{label: [place]}), exceptions))

    def test_good_labels_pass(self):
        for label in (
            "Assigned To", "Class A Cadence (Days)", "In Top 80 %", "Photos before Negotiating", "Follow-up No.",
            "Red after (Days)", "Only after a Sample", "Backup File (.zip)", "SHA-256", "Years in Business",
        ):  # fmt: skip
            with self.subTest(label=label):
                self.assertEqual(self._check(label), "")

    def test_long_label_question_and_lower_case_are_found(self):
        self.assertIn("more than 4 words", self._check("Follow-up Plan for New Exhibitions"))
        self.assertIn("a question", self._check("Done?"))
        self.assertIn("write Time", self._check("Status time"))
        self.assertIn("write in", self._check("Years In Business"))

    def test_exceptions_and_other_texts_pass(self):
        self.assertEqual(self._check("Status time", **{"Status time": "Odoo's own label"}), "")
        self.assertEqual(self._check("Is it done?", VIEW % "expo_visit_view_form"), "")

    def test_button_with_a_capital_within_is_found(self):
        self.assertTrue(list(wording.check_buttons('<button name="x" string="Send Letter" />')))
        self.assertFalse(list(wording.check_buttons('<button name="x" string="Merge and keep A" />')))
        self.assertFalse(list(wording.check_buttons('<page string="Send Letter"><button name="x" /></page>')))


class TestReplacedTerms(TestCase):
    ROWS = [
        {"term": "put (?:away|off)", "kind": "never", "where": "", "use": "Postponed"},
        {"term": "clocks?", "kind": "sense", "where": "expo_complaint", "use": "SLA Target"},
    ]

    def _check(self, text, place):
        return list(wording.check_replaced(_terms(**{text: [place]}), [], self.ROWS))

    def test_term_that_is_never_used_is_found_everywhere(self):
        self.assertIn("use Postponed", self._check("Put\n  off", VIEW % "expo_visit_view_form")[0])
        self.assertIn("Put off", self._check("<b>Put off</b>", CHOICE % "expo_visit__state__off")[0])

    def test_term_with_another_sense_is_found_in_its_places_only(self):
        self.assertTrue(self._check("Clocks", FIELD % "expo_complaint__clock_ids"))
        self.assertFalse(self._check("Clock", FIELD % "expo_capture__clock"))
        self.assertFalse(self._check("O'clock-like %(clock)s", FIELD % "expo_complaint__clock_ids"))

    def test_documents_are_read_except_the_glossary(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("docs/guide.md", "docs/glossary.md"):
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text("One.\nIt is put\noff; a clock.\n", encoding="utf-8")
            files = ["docs/guide.md", "docs/glossary.md"]
            found = list(wording.check_replaced(polib.POFile(), files, self.ROWS, Path(folder)))
        self.assertEqual(len(found), 1)
        self.assertIn("docs/guide.md:2", found[0])


class TestTables(TestCase):
    def test_tables_are_sorted_and_give_reasons(self):
        for name in ("error_exceptions", "label_exceptions"):
            table = wording.read_table(name)
            self.assertTrue(table and all(reason.strip() for reason in table.values()), name)
            self.assertEqual(list(table), sorted(table), name)

    def test_replaced_terms_name_a_kind_a_place_and_a_use(self):
        rows = wording.read_replaced()
        self.assertTrue(rows)
        for row in rows:
            with self.subTest(term=row["term"]):
                self.assertIn(row["kind"], {"never", "sense"})
                self.assertEqual(bool(row["where"]), row["kind"] == "sense")
                self.assertTrue(row["use"])
                wording._pattern(row["term"])
