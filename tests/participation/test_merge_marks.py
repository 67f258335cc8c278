"""A mark in every text of a customer is still there after a merge: in its field, on another row, or in a note."""

import re

from odoo.tests import tagged
from odoo.tools import html2plaintext

from tests.common import ExpoCase
from tests.privacy.common_marks import MARK, Marks

PLANTED = re.compile(rf"{MARK} ([a-z_.]+\.[a-z0-9_]+\b)")
#: Derived from what is merged, counted anew, or of Odoo's bookkeeping: not what was said.
DERIVED = frozenset(
    {"res.partner.expo_company_key", "res.partner.expo_web_domain", "res.partner.signup_type"}
    | {"res.partner.email_normalized", "res.partner.phone_sanitized", "res.partner.complete_name"}
    | {"res.partner.commercial_company_name", "expo.customer.file.name", "expo.customer.file.company_day_key"}
    # Of work that could not be done.
    | {"expo.customer.file.failure_reason", "expo.participation.failure_reason"}
    # A letter on paper that has not left yet takes the address of the contact that is kept.
    | {"snailmail.letter.street", "snailmail.letter.street2", "snailmail.letter.city", "snailmail.letter.zip"}
)
#: What a person has of the company stays there.
OF_COMPANY = frozenset({"res.partner.company_registry", "res.partner.peppol_endpoint", "res.partner.vat"})


@tagged("post_install", "-at_install")
class TestMergeKeepsMarks(ExpoCase):
    def _find_marks(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')"""
        )
        found = set()
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}"::text ~ %s', [f"{MARK} "])  # pylint: disable=sql-injection
            for (text,) in self.env.cr.fetchall():
                found |= set(PLANTED.findall(text))
        return found

    def _merge(self, kept, others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | others).ids, dst_partner=kept)
        self.env.invalidate_all()

    def _fill(self, marks, partners):
        """Fill every text of the rows that a merge combines, so that nothing of the other fits in a gap."""
        entries = self.env["expo.participation"].search([("partner_id", "in", partners.ids)])
        files = self.env["expo.customer.file"].search([("partner_id", "in", partners.commercial_partner_id.ids)])
        for records in (partners, entries, files, files.person_ids):
            marks.fill(records, "Known here")

    def _make_another(self, show, name):
        """Make a company with a contact and an entry."""
        company = self._make_partner(name, is_company=True)
        contact = self._make_partner(f"Contact of {name}", parent_id=company.id)
        return company | contact, self._make_participation(partner=contact, show=show)

    def _check(self, make, derived=frozenset()):
        """Merge as ``make`` says, with gaps and without; no mark may be lost.

        :param make: a method that plants the marks and returns them, who is kept, and those merged into them
        """
        for is_full in (False, True):
            with self.subTest(full=is_full), self.env.cr.savepoint() as savepoint:
                marks, kept, others = make()
                if is_full:
                    self._fill(marks, kept | kept.child_ids)
                before = self._find_marks()
                self.assertGreater(len(before), 50)
                self._merge(kept, others)
                self.assertFalse(others.exists())
                self.assertEqual(sorted(before - self._find_marks() - DERIVED - derived), [])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_person_of_no_company_keeps_every_text(self):
        def make():
            marks = Marks(self.env, True)
            marks.plant_own()
            return marks, marks.other, marks.person

        self._check(make)

    def test_person_of_a_company_keeps_every_text(self):
        def make():
            marks = Marks(self.env, False)
            marks.plant_own()
            return marks, marks.other, marks.person

        self._check(make, OF_COMPANY)

    def test_colleague_keeps_every_text(self):
        def make():
            marks = Marks(self.env, False)
            marks.plant_own()
            return marks, marks.colleague, marks.person

        self._check(make, OF_COMPANY)

    def test_three_at_once_keep_every_text(self):
        def make():
            marks = Marks(self.env, True)
            marks.plant_own()
            return marks, marks.other, marks.namesake | marks.person

        self._check(make)

    def test_kept_person_keeps_every_text(self):
        def make():
            marks = Marks(self.env, True)
            marks.plant_own()
            return marks, marks.person, marks.other | marks.namesake

        self._check(make)

    def test_company_with_contacts_keeps_every_text(self):
        def make():
            marks = Marks(self.env, False)
            marks.plant_own(of_company=True)
            others, _entry = self._make_another(marks.show, "Rossi Srl")
            return marks, others[0], marks.company

        self._check(make)

    def test_companies_of_two_of_our_companies_keep_every_text(self):
        def make():
            marks = Marks(self.env, False)
            other = self.env["res.company"].create({"name": "Another Exporter"})
            show = self._make_show(name="Theirs", code="T", company_id=other.id, user_id=False)
            others, _entry = self._make_another(show, "Rossi Srl")
            marks.plant_own(of_company=True, shows=show)
            return marks, others[0], marks.company

        self._check(make)

    def test_planned_followups_keep_what_was_written_for_them(self):
        first, second = (self._make_participation(name) for name in ("Maria Rossi", "Maria Rosi"))
        self.show.with_user(self.manager).close_show()
        for entry in first, second:
            for row in entry.followup_ids:
                row.personal_paragraph = f"For {entry.partner_id.name}, {row.step_id.id}"
        live = second.followup_ids.filtered(lambda row: row.state in ("planned", "due"))
        texts = live.mapped("personal_paragraph")
        self.assertTrue(texts)
        self._merge(first.partner_id, second.partner_id)
        said = " ".join(first.followup_ids.filtered("personal_paragraph").mapped("personal_paragraph"))
        said += html2plaintext(" ".join(first.message_ids.mapped("body")))
        for text in texts:
            self.assertIn(text, said)
