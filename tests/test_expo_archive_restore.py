"""An archive brought into an empty database gives the same files, sends nothing, and is taken whole or not at all."""

import base64
import io

from odoo.addons.expo_followup.tools.archive import ArchiveReader, ArchiveWriter
from odoo.addons.expo_followup.tools.registers import RegisterReader
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from common_server import clone_database, evaluate

from .common import ExpoCase

#: The people of both databases.
PEOPLE = """
from odoo.tests import new_test_user
boss = new_test_user(env, "boss", "sales_team.group_sale_manager,base.group_system")
anna = new_test_user(env, "anna", "sales_team.group_sale_salesman")
"""
CUSTOMERS = """
from datetime import date, timedelta
today = date.today()
show = env["expo.exhibition"].create({
    "name": "Spring Fair", "code": "SF", "date_begin": today - timedelta(days=3), "date_end": today,
    "state": "running", "user_id": boss.id})
product = env["product.product"].create({"name": "Drill", "default_code": "D1"})
Partner = env["res.partner"]
company = Partner.create({"name": "宁波海星", "is_company": True, "country_id": env.ref("base.cn").id,
    "street": "=1+1", "expo_foreign_notes": "No clocks.\\r\\nNo pears.", "email": "info@haixing.example"})
wang = Partner.create({"name": "王伟", "parent_id": company.id, "email": "wang@haixing.example",
    "street": "Own street"})
rossi = Partner.create({"name": "Rossi Srl", "is_company": True})
tier = env.ref("expo_followup.tier_intent")
entries = env["expo.participation"].create([
    {"exhibition_id": show.id, "partner_id": wang.id, "tier_id": tier.id, "user_id": anna.id,
     "conversation": "talked " * 2000, "product_ids": [(6, 0, product.ids)], "contact_consent": "granted"},
    {"exhibition_id": show.id, "partner_id": rossi.id, "tier_id": tier.id, "user_id": False}])
entries[0].set_tier("signed", "He signed")
file = entries[0].file_id
file.write({"credit_limit": 1234.56, "note": "<p>Loud &amp; clear</p>", "keeper_id": boss.id, "founded_year": 1998})
file.person_ids.write({"decides": "yes"})
file.account_ids = [(0, 0, {"kind": "wechat", "account": "haixing", "person_id": file.person_ids[0].id})]
file.preference_ids = [(0, 0, {"text": "Green tea"})]
file.plan_ids = [(0, 0, {"name": "Drills", "planned_on": today, "amount": 50000})]
file.with_user(boss).action_verify()
manual = env["expo.followup"]._create_manual(entries[0], today)
manual.record_outcome("Phoned", "positive")
env["expo.capture"].create({"exhibition_id": show.id, "raw_text": "BEGIN:VCARD", "name": "王伟", "channel": "scan",
    "client_key": "device-12345", "participation_id": entries[0].id, "partner_id": wang.id, "state": "entered"})
env["ir.attachment"].create({"name": "offer.txt", "raw": b"Offer", "res_model": file._name, "res_id": file.id})
show.close_show()
sample = env["expo.sample"].create({"participation_id": entries[0].id, "details": "Blue",
    "line_ids": [(0, 0, {"product_id": product.id, "quantity": 2})]})
sample.agree("Wang", "phone", today)
visit = env["expo.visit"].create({"participation_id": entries[0].id, "aim": "An order", "plan": "Show the drills",
    "user_id": anna.id, "start": f"{today} 08:00:00", "person_ids": [(0, 0, {"name": "Li"})]})
visit.with_user(anna).action_submit()
entries._issue_reports()
env["expo.abc.change"].create({"partner_id": company.id, "company_id": env.company.id, "class_after": "a"})
env.ref("expo_followup.complaint_team").member_ids = boss
complaints = env["expo.complaint"].create([
    {"subject": "Cracked", "story": "Ten are cracked", "partner_id": wang.id, "severity": "low", "user_id": anna.id,
     "cause_id": env.ref("expo_followup.complaint_cause_material").id, "received_at": f"{today} 00:00:00"},
    {"subject": "Late", "email_from": "stranger@elsewhere.example"}])
goods = env["expo.complaint.line"].create({"complaint_id": complaints[1].id, "product_id": product.id,
    "delivered_quantity": 9, "claimed_quantity": 2})
env["expo.complaint.demand"].create({"complaint_id": complaints[1].id, "kind": "other", "text": "A new box"})
env["expo.complaint.remedy"].with_user(boss).create({"complaint_id": complaints[1].id, "kind": "other",
    "text": "A new box", "line_id": goods.id, "quantity": 2})
env["expo.complaint.review"].create({"complaint_id": complaints[1].id, "department": "production", "due_on": today})
complaints[0].action_acknowledge_by_phone()
complaints[0]._move_to("closed")
complaints[1].sudo().merged_into_id = complaints[0]
env["mail.activity"].search([]).unlink()
env["mail.mail"].search([]).unlink()
"""
NEXT_NUMBER = 'result = env["expo.complaint"].create({"subject": "One more"}).name'
EXPORT = """
import base64, io
target = io.BytesIO()
env["expo.archive.export"].with_user(boss).create({"reason": "Test"})._build(target)
result = base64.b64encode(target.getvalue()).decode()
"""
RESTORE = """
wizard = env["expo.archive.restore"].with_user(boss).create({"data": data, "reason": "Test"})
wizard.action_check()
checked = wizard.report
wizard.action_restore()
report = wizard.report
mails = env["mail.mail"].search_count([])
activities = env["mail.activity"].with_context(active_test=False).search_count([])
pending = env["expo.participation"].search_count([("sync_pending", "=", True)])
again = env["expo.archive.restore"].with_user(boss).create({"data": data, "reason": "Test"})
again.action_restore()
second = again.report
env.flush_all()
"""


def registers(archive):
    """All rows of an archive: per sheet the rows by key."""
    reader = ArchiveReader(io.BytesIO(base64.b64decode(archive)))
    with RegisterReader(io.BytesIO(reader.content("registers.xlsx"))) as book:
        return {
            sheet: {row[0]: dict(zip(entry["columns"], row[1:], strict=True)) for row in book.rows(sheet)}
            for sheet, entry in reader.manifest["registers"].items()
        }


@tagged("post_install", "-at_install")
class TestExpoArchiveRoundTrip(ExpoCase):
    def test_restored_into_an_empty_database_the_registers_are_the_same(self):
        with clone_database() as source, clone_database() as target:
            first = evaluate(source, PEOPLE + CUSTOMERS + EXPORT)
            gather = "\nexport = result\nresult = [export, checked, report, mails, activities, pending, second]"
            answer = evaluate(target, f"{PEOPLE}\ndata = {first!r}\n{RESTORE}{EXPORT}{gather}")
            second, checked, report, mails, activities, pending, again = answer
            number = evaluate(target, NEXT_NUMBER)
        self.assertIn("files: 2, here already: 0", checked)
        self.assertIn("files: 2", report)
        self.assertEqual((mails, activities, pending), (0, 0, 0), "nothing is sent, reminded of or planned anew")
        self.assertFalse([line for line in again.splitlines() if ": " in line and not line.endswith(": 0")], again)
        before, after = registers(first), registers(second)
        self.assertEqual({s: len(rows) for s, rows in after.items()}, {s: len(rows) for s, rows in before.items()})
        for sheet, count in {"samples": 1, "visit_people": 1, "reports": 2, "classes": 1, "complaints": 2}.items():
            self.assertEqual(len(before[sheet]), count, sheet)
        self.assertEqual(len(before["complaint_events"]), 6)
        self.assertTrue(number.endswith("-00003"), number)
        letters = [key for key, row in before["followups"].items() if row["is_letter"] and row["state"] != "excluded"]
        self.assertTrue(letters)
        self.assertEqual({after["followups"].pop(key)["state"] for key in letters}, {"skipped"})
        for key in letters:
            before["followups"].pop(key)
        for rows in (before["participations"], after["participations"]):
            for row in rows.values():
                # The letter that is not taken up again was perhaps the next step.
                row.pop("next_followup_on")
        self.maxDiff = 5000
        for sheet, rows in before.items():
            with self.subTest(register=sheet):
                self.assertEqual(after[sheet], rows)


@tagged("post_install", "-at_install")
class TestExpoArchiveRestore(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "expo_boss", "sales_team.group_sale_manager,base.group_system")
        cls.entry = cls._make_participation()

    def _archive(self):
        target = io.BytesIO()
        self.env["expo.archive.export"].with_user(self.manager).create({"reason": "Backup"})._build(target)
        return target.getvalue()

    def _wizard(self, content, user=None):
        values = {"data": base64.b64encode(content), "reason": "New server"}
        return self.env["expo.archive.restore"].with_user(user or self.admin).create(values)

    def test_only_a_manager_who_administers_the_database_restores(self):
        for user in (self.seller, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(b"", user)

    def test_where_it_came_from_it_changes_nothing_and_is_logged(self):
        wizard = self._wizard(self._archive())
        before = self.env["expo.followup"].search_count([])
        wizard.action_restore()
        self.assertIn("participations: 0", wizard.report)
        self.assertEqual(self.env["expo.followup"].search_count([]), before)
        log = self.env["expo.archive"].search([], limit=1)
        self.assertEqual((log.kind, log.user_id, log.reason), ("restore", self.admin, "New server"))

    def test_what_was_deleted_comes_back(self):
        archive = self._archive()
        self.entry.file_id.preference_ids = [(0, 0, {"text": "Tea"})]
        with_tea = self._archive()
        self.entry.file_id.preference_ids.unlink()
        self._wizard(archive).action_restore()
        self.assertFalse(self.entry.file_id.preference_ids)
        self._wizard(with_tea).action_restore()
        self.assertEqual(self.entry.file_id.preference_ids.text, "Tea")

    def test_a_company_with_customers_of_its_own_is_refused(self):
        archive = self._archive()
        self._make_participation("Newcomer")
        with self.assertRaisesRegex(UserError, "customers of its own"):
            self._wizard(archive).action_check()

    def test_a_changed_archive_is_refused_in_words(self):
        archive = bytearray(self._archive())
        with self.assertRaisesRegex(UserError, "cut off"):
            self._wizard(bytes(archive[:-10])).action_check()
        with self.assertRaisesRegex(UserError, "not a ZIP"):
            self._wizard(b"hello").action_check()
        target = io.BytesIO()
        with ArchiveWriter(
            target, {"registers": {"files": {"model": "res.users", "columns": [], "rows": 0}}}
        ) as writer:
            writer.add("registers.xlsx", b"")
        with self.assertRaises(UserError):
            self._wizard(target.getvalue()).action_check()
