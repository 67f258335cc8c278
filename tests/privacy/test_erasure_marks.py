"""After a person is erased, neither a dump of the database nor the file store holds a mark, but for what is named."""

import os
import re
import subprocess
import unittest
from collections import Counter
from pathlib import Path

from markupsafe import Markup

from odoo.addons.expo_followup.models.privacy.person_traces import KEPT_BY_LAW
from odoo.tests import tagged

from devkit.paths import ROOT
from tests.common import ExpoCase
from tests.common_server import clone_database, evaluate, templates
from tests.privacy.common_marks import FIRST, MARK, NAME, TRACES, Marks

BEGIN = re.compile(r"COPY public\.(\w+) \((.*)\) FROM stdin;")
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from odoo.tests import new_test_user
from odoo.tools import config
from tests.privacy.common_marks import Marks, NAME
manager = new_test_user(env, "expo_manager", "sales_team.group_sale_manager")
marks = Marks(env, {is_sole})
partner_id = marks.plant()
env.cr.commit()
wizard = env["expo.privacy.erase"].with_user(manager).create(
    dict(partner_id=partner_id, reason=f"{{NAME}} asked for it"))
result = dict(
    contents=wizard.contents, kept=wizard.kept, remainder=wizard.remainder, not_made=marks.not_made,
    not_marked=marks.not_marked, files=config.filestore(env.cr.dbname))
if {is_erased}:
    wizard.action_erase()
    env.cr.commit()
    env["ir.attachment"]._gc_file_store()
"""
#: The model has a row for another of its links, or a row of the same kind is there, as the file of the company.
NOT_MADE = {
    "account.payment.partner_id", "expo.customer.file.partner_id", "expo.duplicate.partner_a_id",
    "expo.duplicate.partner_b_id", "mail.notification.author_id", "mail.scheduled.message.author_id",
}  # fmt: skip
#: Where the books stand: tables of what stays by law, and names in the dialog.
KEPT_TABLES = {model.replace(".", "_") for model in KEPT_BY_LAW}


def play(database, is_sole, is_erased=True):
    """Plant the marks and erase the person; return what the dialog said, and the marks that are left.

    :return: the facts of ``SCRIPT``, the number of marks by table and column, the contents of files with marks
    """
    facts = evaluate(database, SCRIPT.format(root=str(ROOT), is_sole=is_sole, is_erased=is_erased))
    files = [path.read_bytes() for path in Path(facts["files"]).rglob("*") if path.is_file()]
    marked = [content for content in files if any(trace.encode() in content for trace in TRACES)]
    return facts, count_marks(database), marked


def count_marks(database):
    """Return how many rows of a dump hold a mark, by table and column."""
    server = templates().databases.server
    program = server.programs / "pg_dump" if server.programs else "pg_dump"
    options = [f"--{key}={value}" for key, value in
               (("host", server.host), ("port", server.port), ("username", server.user)) if value]  # fmt: skip
    dump = subprocess.run(
        [str(program), *options, database], env={**os.environ, "PGPASSWORD": server.password}, text=True, check=True,
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
    ).stdout  # fmt: skip
    wanted = re.compile("|".join(map(re.escape, TRACES)), re.IGNORECASE)
    found, table, columns = Counter(), "", []
    for line in dump.splitlines():
        if begin := BEGIN.match(line):
            table, columns = begin[1], begin[2].split(", ")
        elif wanted.search(line):
            for column, cell in zip(columns, line.split("\t"), strict=False):
                if wanted.search(cell):
                    found[table, column] += 1
    return found


class TestErasureMarks(unittest.TestCase):
    """In a database of its own, as what is committed counts."""

    def test_marks_are_found_before_erasing(self):
        with clone_database() as database:
            _facts, found, files = play(database, False, is_erased=False)
        tables = {table for table, _column in found}
        self.assertGreater(len(found), 250, "columns with a mark")
        for table in (
            "crm_lead",
            "calendar_event",
            "mail_mail",
            "expo_import_line",
            "expo_capture",
            "expo_incoming_mail",
        ):
            self.assertIn(table, tables)
        self.assertGreaterEqual(len(files), 5)

    def test_erased_person_leaves_no_mark(self):
        with clone_database() as database:
            facts, found, files = play(database, False)
        self.assertLessEqual({line.partition(": ")[0] for line in facts["not_made"]}, NOT_MADE)
        self.assertFalse(facts["not_marked"])
        self.assertEqual(dict(found), {})
        self.assertFalse(files)
        self.assertFalse(facts["kept"])
        self.assertIn("cannot be found", facts["remainder"])

    def test_contact_of_the_books_leaves_the_marks_that_are_named(self):
        with clone_database() as database:
            facts, found, files = play(database, True)
        self.assertLessEqual({line.partition(": ")[0] for line in facts["not_made"]}, NOT_MADE)
        left = {(table, column) for table, column in found if table not in KEPT_TABLES}
        # The index of a file of an order.
        self.assertEqual(left, {("ir_attachment", "index_content")})
        self.assertEqual(found["ir_attachment", "index_content"], 1)
        self.assertEqual(files, [f"{MARK} by law".encode()])
        self.assertRegex(facts["kept"], r"Sales Order: 1.*\. Commercial and tax law")
        for model in {table for table, _column in found} & KEPT_TABLES:
            self.assertTrue(facts["kept"], model)


@tagged("post_install", "-at_install")
class TestErasureOfOneOnly(ExpoCase):
    """A colleague at the same company, and a person with the same first name, keep everything."""

    def _read(self, records):
        # What other rows link to them is theirs to tell.
        names = [name for name, field in records._fields.items() if field.store and not field.relational]
        return [{key: value for key, value in row.items() if key != "write_date"} for row in records.read(names)]

    def test_others_keep_everything(self):
        env = self.env
        company = self._make_partner("Ceramica Test", is_company=True, email="office@ceramica.example", vat="IT123")
        person = self._make_partner(
            NAME, parent_id=company.id, email="zoraida@ceramica.example", phone="+39 0577 9876543"
        )
        others = [
            self._make_partner("Bruno Testi", parent_id=company.id, email="bruno@ceramica.example", phone=person.phone),
            self._make_partner(f"{FIRST} Bianchi", email="zoraida@bianchi.example", phone="+39 0577 98765431"),
            self._make_partner(f"{NAME}s", email="xzoraida@ceramica.example"),
        ]
        self._make_participation(partner=person, contact_consent="granted")
        entries = env["expo.participation"].concat(
            *(
                self._make_participation(partner=one, conversation=f"{one.name} likes blue, {one.phone}")
                for one in others
            )
        )
        rows = [company, *others, *entries, *entries.file_id, *entries.file_id.person_ids.filtered(
            lambda row: row.partner_id != person)]  # fmt: skip
        leads = env["crm.lead"].create([{"name": f"Cups for {one.name}", "partner_id": one.id} for one in others])
        mails = env["mail.mail"].create([{"body_html": one.name, "email_to": one.email} for one in others])
        activities = [one.activity_schedule("mail.mail_activity_data_call", summary=one.name) for one in others]
        captures = env["expo.capture"].create(
            [{"exhibition_id": self.show.id, "name": one.name, "email": one.email, "note": one.name} for one in others]
        )
        messages = [one.message_post(body=f"{one.name} called from {one.phone}") for one in entries.partner_id]
        rows += [*leads, *mails, *activities, *captures, *messages]
        before = [self._read(row) for row in rows]
        wizard = env["expo.privacy.erase"].with_user(self.manager).create({"partner_id": person.id, "reason": "Asked"})
        wizard.action_erase()
        env.invalidate_all()
        self.assertFalse(person.exists())
        for row, values in zip(rows, before, strict=True):
            with self.subTest(record=row):
                self.assertTrue(row.exists())
                self.assertEqual(self._read(row), values)

    def test_name_is_removed_in_either_order_and_with_either_apostrophe(self):
        person = self._make_partner("Seán O'Brien", email="sean@x.example")
        self._make_partner("Rossi Maria", email="rossi@x.example")
        other = self._make_partner("Maria Rossi", email="maria@x.example")
        text = "O'Brien, Seán; Seán O’Brien; SEÁN O&#39;BRIEN; O’Brien Seán; Rossi Maria; Maria Rossi; Rossi, Maria"
        message = self._make_partner("Otto Fremd").message_post(body=Markup(f"<p>{text}</p>"))
        for one in (person, other):
            self.env["expo.privacy.erase"].with_user(self.manager).create(
                {"partner_id": one.id, "reason": "Asked"}
            ).action_erase()
        self.env.invalidate_all()
        word = "Erased contact"
        self.assertEqual(
            message.body, f"<p>{word}; {word}; {word}; {word}; Rossi Maria; {word}; {word}</p>", "another has that name"
        )

    def test_name_that_two_contacts_have_stays_in_texts_of_others(self):
        person, other = (self._make_partner(NAME, email=f"{name}@x.example") for name in ("one", "two"))
        message = self._make_partner("Otto Fremd").message_post(body=f"Spoke with {NAME}, one@x.example")
        wizard = self.env["expo.privacy.erase"].with_user(self.manager).create(
            {"partner_id": person.id, "reason": "Asked"}
        )  # fmt: skip
        self.assertIn("another contact has it", wizard.remainder)
        wizard.action_erase()
        self.assertTrue(other.exists())
        self.assertIn(NAME, message.body)
        self.assertNotIn("one@x.example", message.body)

    def test_every_link_to_a_contact_has_a_mark(self):
        """A new model that links to contacts is planted with a row, or fails here."""
        marks = Marks(self.env, True)
        marks.plant()
        self.assertLessEqual({line.partition(": ")[0] for line in marks.not_made}, NOT_MADE)
        self.assertFalse(marks.not_marked)
