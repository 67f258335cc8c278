"""The Chinese translation is complete and holds nothing old."""

import io
import re
from pathlib import Path

import polib

from odoo.addons import expo_followup
from odoo.tests import TransactionCase
from odoo.tools.translate import trans_export

FILE = Path(expo_followup.__file__).parent / "i18n" / "zh_CN.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w+\}|<t [^>]*/>|\bt-out=\"[^\"]*\"")


class TestTranslation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buffer = io.BytesIO()
        trans_export(False, ["expo_followup"], buffer, "po", cls.env)
        cls.terms = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        cls.chinese = {entry.msgid: entry for entry in polib.pofile(str(FILE)) if not entry.obsolete}

    def _assert_none(self, found, what):
        shown = "\n".join(" ".join(term.split())[:150] for term in sorted(found)[:40])
        if found:
            self.fail(f"{len(found)} {what} (./dev i18n refreshes the file):\n{shown}")

    def test_the_addon_has_terms(self):
        self.assertIn("Exhibitions", self.terms)
        self.assertGreater(len(self.terms), 100)

    def test_every_term_is_translated(self):
        self._assert_none({term for term in self.terms if term not in self.chinese}, "terms are not in zh_CN.po")
        self._assert_none({term for term, entry in self.chinese.items() if not entry.msgstr.strip()}, "are empty")
        self._assert_none({term for term, entry in self.chinese.items() if entry.fuzzy}, "are marked as unsure")

    def test_no_term_is_left_over(self):
        self._assert_none(set(self.chinese) - self.terms, "terms of zh_CN.po are used no more")

    def test_placeholders_survive(self):
        def placeholders(text):
            return sorted(PLACEHOLDER.findall(text))

        broken = {
            term
            for term, entry in self.chinese.items()
            if entry.msgstr and placeholders(term) != placeholders(entry.msgstr)
        }
        self._assert_none(broken, "translations lose or add a placeholder")
