"""``./dev i18n --homonyms``: terms that several things share, and so one translation."""

import contextlib
import io
import tempfile
from pathlib import Path
from unittest import TestCase

import polib

from devkit import cli, homonyms

FIELD = "model:ir.model.fields,field_description:expo_followup.field_%s"
CHOICE = "model:ir.model.fields.selection,name:expo_followup.selection__%s"
VIEW = "model_terms:ir.ui.view,arch_db:expo_followup.%s"
CODE = "code:addons/expo_followup/models/%s.py"


class TestHomonyms(TestCase):
    def setUp(self):
        super().setUp()
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.reasons = self.folder / "homonyms.csv"

    def _write_terms(self, **uses):
        terms, chinese = polib.POFile(), polib.POFile()
        for term, references in uses.items():
            occurrences = [(reference, "0") for reference in references]
            terms.append(polib.POEntry(msgid=term, occurrences=occurrences))
            chinese.append(polib.POEntry(msgid=term, msgstr=f"zh {term}"))
        terms.save(str(self.folder / "expo_followup.pot"))
        chinese.save(str(self.folder / "zh_CN.po"))

    def _find(self, **uses):
        self._write_terms(**uses)
        return {row.msgid for row in homonyms.find_homonyms(self.folder)}

    def _report(self, strict):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            status = homonyms.report(strict, self.folder, self.reasons)
        return status, printed.getvalue()

    def test_differently_named_fields_with_one_label_are_listed(self):
        found = self._find(
            State=[FIELD % "expo_visit__state", FIELD % "expo_capture__state_id"],
            Owner=[FIELD % "expo_visit__user_id", FIELD % "expo_sample__user_id"],
        )
        self.assertEqual(found, {"State"})

    def test_fields_and_choices_of_one_name_are_one_concept(self):
        found = self._find(
            Phone=[FIELD % "expo_visit__phone", CHOICE % "expo_visit__how__phone"],
            Role=[FIELD % "mail_activity_plan_template__expo_role", FIELD % "expo_participation__role"],
            Approved=[CHOICE % "expo_visit__state__approved", CHOICE % "expo_complaint_event__kind__approved"],
            Late=[FIELD % "expo_visit__is_late", CHOICE % "expo_followup__flag__late"],
        )
        self.assertEqual(found, {"Late"})

    def test_labels_used_elsewhere_are_listed_but_not_texts_without_a_label(self):
        found = self._find(
            Open=[CHOICE % "expo_visit__state__open", VIEW % "expo_visit_view_form"],
            Told=[FIELD % "expo_visit__told", CODE % "visit"],
            Save=[VIEW % "expo_visit_view_form", CODE % "visit"],
        )
        self.assertEqual(found, {"Open", "Told"})

    def test_rows_show_translation_and_references(self):
        self._write_terms(State=[FIELD % "expo_visit__state", FIELD % "expo_capture__state_id"])
        status, printed = self._report(strict=False)
        self.assertEqual(status, 0)
        for part in ("State", "zh State", "expo_visit__state", "expo_capture__state_id"):
            self.assertIn(part, printed)

    def test_strict_fails_until_each_row_has_a_reason(self):
        self._write_terms(State=[FIELD % "expo_visit__state", FIELD % "expo_capture__state_id"])
        self.assertEqual(self._report(strict=True)[0], 1)
        self.reasons.write_text("msgid,reason\nState,\n", encoding="utf-8")
        self.assertEqual(self._report(strict=True)[0], 1)
        self.reasons.write_text("msgid,reason\nState,One thing\n", encoding="utf-8")
        status, printed = self._report(strict=True)
        self.assertEqual((status, "zh State" in printed), (0, False))

    def test_a_reason_for_what_is_no_homonym_is_reported(self):
        self._write_terms(Owner=[FIELD % "expo_visit__user_id"])
        self.reasons.write_text("msgid,reason\nState,One thing\n", encoding="utf-8")
        status, printed = self._report(strict=True)
        self.assertEqual(status, 0)
        self.assertIn("State", printed)

    def test_reasons_of_the_project_are_complete_and_sorted(self):
        reasons = homonyms.read_reasons(homonyms.REASONS)
        self.assertTrue(reasons)
        self.assertTrue(all(reason.strip() for reason in reasons.values()))
        self.assertEqual(list(reasons), sorted(reasons))

    def test_command_line_asks_for_the_list(self):
        options = cli.parse(["i18n", "--homonyms", "--strict"])
        self.assertEqual((options.homonyms, options.strict), (True, True))
