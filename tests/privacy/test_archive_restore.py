"""An archive brought into an empty database gives the same files, sends nothing, and is taken whole or not at all."""

import base64
import hashlib
import io
import os
import tracemalloc

from PIL import Image

from odoo.addons.expo_followup.tools.archive import ArchiveReader, ArchiveWriter
from odoo.addons.expo_followup.tools.registers import RegisterReader
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase
from tests.common_server import clone_database, evaluate

#: Large enough that Odoo would make it smaller, were it no evidence.
with io.BytesIO() as _picture:
    Image.effect_noise((2600, 40), 50).save(_picture, "PNG")
    PHOTO = base64.b64encode(_picture.getvalue()).decode()
#: The people of both databases.
PEOPLE = """
from odoo.tests import new_test_user
boss = new_test_user(env, "boss", "sales_team.group_sale_manager,base.group_system")
anna = new_test_user(env, "anna", "sales_team.group_sale_salesman")
buyer = env["res.partner"].create({"name": "A buyer", "company_id": env.company.id})
order = env["sale.order"].create({"partner_id": buyer.id, "name": "S-2026-1", "date_order": "2026-04-01 08:00:00"})
"""
CUSTOMERS = (
    f"PHOTO = {PHOTO!r}\n"
    + """
import base64
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
entries[0].set_tier("signed", "Has signed")
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
order.order_line = [(0, 0, {"product_id": product.id, "product_uom_qty": 9})]
order.action_confirm()
order.date_order = "2026-04-01 08:00:00"
bent = env["expo.complaint"].create({"subject": "Bent", "partner_id": buyer.id, "user_id": anna.id})
env["expo.complaint.line"].create({"complaint_id": bent.id, "order_line_id": order.order_line.id})
env["expo.complaint.demand"].create({"complaint_id": complaints[1].id, "kind": "other", "text": "A new box"})
env["expo.complaint.remedy"].with_user(boss).create({"complaint_id": complaints[1].id, "kind": "other",
    "text": "A new box", "line_id": goods.id, "quantity": 2})
env["expo.complaint.review"].create({"complaint_id": complaints[1].id, "department": "production", "due_on": today})
complaints[0].action_acknowledge_by_phone()
complaints[0]._move_to("closed")
complaints[1].sudo().merged_into_id = complaints[0]
env.company.write({"expo_complaint_hours_acknowledge": 5, "expo_complaint_hours_evaluate": 7})
late, asked = env["expo.complaint"].create([
    {"subject": "Forgotten", "partner_id": wang.id, "severity": "serious",
     "received_at": f"{today - timedelta(days=30)} 00:00:00"},
    {"subject": "Chipped", "partner_id": wang.id, "severity": "low"}])
env["expo.complaint"].search([])._update_clocks()
asked.action_acknowledge_by_phone()
asked._move_to("feedback")
asked.write({"feedback_since": f"{today - timedelta(days=20)} 00:00:00"})
photo = base64.b64decode(PHOTO)
late._add_evidence("photo", [("../cracks?.png", photo)], "email")
late._add_evidence("fax", [("fax.txt", b"Cracked =1+1")])
late._request_evidence("letter", today)
late.waive_evidence("record", "There is none")
mails = env["expo.incoming.mail"].create([
    {"subject": "Cracked", "sender": "wang@haixing.example", "received_at": f"{today} 00:00:00", "state": state,
     "raw": base64.b64encode(b"From: wang\\n\\n\\xc4\\xe3"), "size": 15, "company_id": env.company.id,
     "complaint_id": late.id if state == "ticket" else False,
     "ack_state": "due" if state == "ticket" else False, "key": f"{env.company.id}-{number}"}
    for number, state in enumerate(("ticket", "waiting", "robot"))])
survey = env.ref("expo_followup.survey_feedback")
show.survey_id = survey
entries._ensure_feedback_inputs()
form = entries[0].feedback_input_ids
for question in survey.question_ids.filtered(lambda one: one.question_type in ("text_box", "simple_choice")):
    form._save_lines(question, question.suggested_answer_ids[:1].id or "Well made")
form._mark_done()
entries[0].message_post(body="Sent the offer", author_id=wang.id,
    attachments=[("offer2.txt", b"Offer 2"), ("offer3.txt", b"Offer 3")],
    message_type="email", email_from="wang@haixing.example")
env.cr.flush()
entries[0].set_tier("intent", "Asked for a price")
env.cr.flush()
wang.message_post(body="Is at lunch until two")
complaints[0].sudo()._record_rating(5, "Good") if complaints[0]._may_rate() else None
env["rating.rating"].create({"res_model_id": env["ir.model"]._get_id("expo.complaint"), "res_id": late.id,
    "partner_id": wang.id, "rating": 4, "feedback": "Quick", "consumed": True})
env["expo.incoming.mail"].create({"subject": "Offer", "sender": "wang@haixing.example",
    "received_at": f"{today} 00:00:00", "state": "message", "raw": base64.b64encode(b"From: wang"), "size": 5,
    "company_id": env.company.id, "res_model": entries[0]._name, "res_id": entries[0].id,
    "key": f"{env.company.id}-record"})
gone = order.copy({"name": "S-2026-2"})
notices = env["expo.problem.notice"].create([
    {"order_id": one.id, "kind": "delay", "text": "The kiln is broken", "new_day": today} for one in order | gone])
notices[0].action_told_by_phone()
env["mail.activity"].search([]).unlink()
env["mail.mail"].search([]).unlink()
"""
)
NEXT_NUMBER = 'result = env["expo.complaint"].create({"subject": "One more"}).name'
EXPORT = """
import base64, io
target = io.BytesIO()
env["expo.archive.export"].with_user(boss).create({"reason": "Test"})._build(target)
result = base64.b64encode(target.getvalue()).decode()
"""
#: What the restored database says of the files of complaints, and does next.
LOOK = """
intact = [[row.name, row._is_intact()] for row in env["expo.complaint.evidence"].search([("state", "=", "received")])]
mails = [[mail.state, mail.key, mail._get_source().decode("latin-1")]
         for mail in env["expo.incoming.mail"].search([], order="key")]
before = env["expo.complaint.clock"].search([]).read(["limit_hours", "breached_at", "stopped_at"])
env["expo.complaint"].search([])._update_clocks()
after = env["expo.complaint.clock"].search([]).read(["limit_hours", "breached_at", "stopped_at"])
env["expo.complaint"]._cron_feedback()
env["expo.incoming.mail"]._cron_handle()
silent = not env["mail.mail"].search_count([]) and env["expo.complaint"].search_count([])
offer = env["mail.message"].search([("body", "ilike", "Sent the offer")])
result = [intact, mails, before == after, silent, env["expo.problem.notice"].search([]).partner_id.name,
          sorted(offer.attachment_ids.mapped("name"))]
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
#: Each column of each sheet in turn gets a value that does not belong there, with checksums that fit.
TAMPER = """
import base64, io, random
import openpyxl
from odoo.addons.expo_followup.tools.archive import ArchiveReader, ArchiveWriter
from odoo.exceptions import UserError

reader = ArchiveReader(io.BytesIO(base64.b64decode(data)))
files = {name: reader.content(name) for name in reader.names()}
kept = {name: value for name, value in reader.manifest.items() if name not in ("files", "format", "version")}
places = [(sheet, number) for sheet, entry in kept["registers"].items() if entry["rows"]
          for number in range(len(entry["columns"]) + 1)]
bad = ("no such thing", -1, 10**15, "2026-13-45", True, "\\x00", "'", "=1+1", "x" * 31000, None, "{", 1e300)
todo = random.Random(1).sample([(*place, value) for place in places for value in bad], share)
outcomes, texts = {"restored": 0, "refused": 0}, []
for sheet, number, value in todo:
    book = openpyxl.load_workbook(io.BytesIO(files["registers.xlsx"]))
    try:
        book[sheet].cell(2, number + 1).value = value
    except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
        continue
    changed, target = io.BytesIO(), io.BytesIO()
    book.save(changed)
    with ArchiveWriter(target, kept) as writer:
        for name, content in (files | {"registers.xlsx": changed.getvalue()}).items():
            writer.add(name, content)
    values = {"data": base64.b64encode(target.getvalue()), "reason": "Test"}
    try:
        with env.cr.savepoint():
            wizard = env["expo.archive.restore"].with_user(boss).create(values)
            wizard.action_check()
            wizard.action_restore()
            env.cr.flush()
            outcomes["restored"] += 1
            raise InterruptedError
    except InterruptedError:
        pass
    except UserError as error:
        outcomes["refused"] += 1
        texts.append(str(error))
    except BaseException as error:
        raise AssertionError((sheet, number, value)) from error
result = [outcomes, sorted({text for text in texts if not text.startswith("You cannot restore")}), sorted(texts)[:5]]
env.cr.rollback()
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
            self._check_what_is_there(evaluate(target, LOOK))
            number = evaluate(target, NEXT_NUMBER)
        self.assertIn("files: 2 rows, 0 already exist", checked)
        self.assertIn("files: 2", report)
        self.assertEqual((mails, activities, pending), (0, 0, 0), "nothing is sent, reminded of or planned anew")
        lines = [
            line for line in again.splitlines() if ": " in line and not line.startswith(("Not found here", "Left out"))
        ]
        self.assertFalse([line for line in lines if not line.endswith(": 0")], again)
        before, after = registers(first), registers(second)
        counts = {sheet: len(rows) for sheet, rows in before.items()}
        counts["problems"] -= 1
        counts["messages"] -= 1
        self.assertEqual({sheet: len(rows) for sheet, rows in after.items()}, counts)
        for sheet, count in {"samples": 1, "visit_people": 1, "reports": 2, "classes": 1, "complaints": 5}.items():
            self.assertEqual(len(before[sheet]), count, sheet)
        self.assertEqual(int(number[-5:]), 1 + max(int(row["name"][-5:]) for row in before["complaints"].values()))
        self._check_files_of_complaints(first, second)
        self._check_settled(before, after, report)
        self._check_conversation(before)
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

    def test_rows_changed_by_hand_are_refused_in_words_or_restored(self):
        share = 600 if os.environ["EXPO_TEST_FULL"] == "1" else 40
        with clone_database() as source, clone_database() as target:
            archive = evaluate(source, PEOPLE + CUSTOMERS + EXPORT)
            outcomes, other_words, words = evaluate(target, f"{PEOPLE}\ndata = {archive!r}\nshare = {share}\n{TAMPER}")
        print("Rows changed by hand:", outcomes)  # noqa: T201
        self.assertTrue(outcomes["refused"], words)
        self.assertFalse(other_words)

    def _check_conversation(self, sheets):
        """What was written, answered and rated is in the archive; that it is restored shows where rows are compared."""
        bodies = [str(row["body"]) for row in sheets["messages"].values()]
        for words in ("Sent the offer", "Is at lunch until two", "Intent Tier: Signed at the show → Intends to order"):
            self.assertTrue([body for body in bodies if words in body], f"{words} in {bodies}")
        [file] = [row for row in sheets["attachments"].values() if row["name"] == "offer2.txt"]
        self.assertIn("Sent the offer", sheets["messages"][file["message"]]["body"])
        self.assertEqual({row["feedback"] for row in sheets["ratings"].values()}, {"Good", "Quick"})
        answers = sheets["feedback_answers"].values()
        self.assertIn("Well made", [row["value_text_box"] for row in answers])
        self.assertTrue([row for row in answers if row["suggested_answer_id"]])
        [mail] = [row for row in sheets["incoming_mails"].values() if row["state"] == "message"]
        self.assertIn(mail["res_id"], sheets["participations"])

    def _check_what_is_there(self, answer):
        """Files are what they were, SLA targets keep their deadlines, and no scheduled action sends mail."""
        intact, mails_there, same_clocks, complaints, customer, files = answer
        self.assertEqual(sorted(intact), [["../cracks?.png", True], ["fax.txt", True]])
        self.assertEqual([state for state, _key, _raw in mails_there], ["ticket", "quarantined", "robot", "message"])
        self.assertEqual({raw for _state, _key, raw in mails_there}, {"From: wang\n\n\xc4\xe3", "From: wang"})
        self.assertTrue(same_clocks, "limits are those that the clocks began with")
        self.assertEqual(complaints, 5, "no mail leaves unasked, and none is handled twice")
        self.assertEqual(customer, "A buyer")
        self.assertEqual(files, ["offer2.txt", "offer3.txt"], "a message has all its files")

    def _check_settled(self, before, after, report):
        """What lacks its order is left out; mails are neither handled nor answered again. Both go out of the rows."""
        [left_out] = before["problems"].keys() - after["problems"].keys()
        before["problems"].pop(left_out)
        self.assertIn("Sales Order: S-2026-2", report)
        self.assertIn("not here: problems (1): The kiln is broken", report)
        # What was written about it, too.
        record = before["messages"].keys() - after["messages"].keys()
        self.assertEqual({before["messages"].pop(key)["res_id"] for key in record}, {left_out})
        [held] = [key for key, row in before["incoming_mails"].items() if row["state"] == "waiting"]
        self.assertEqual(after["incoming_mails"].pop(held)["state"], "quarantined")
        before["incoming_mails"].pop(held)
        answers = [row.pop("ack_state") for rows in (before, after) for row in rows["incoming_mails"].values()]
        self.assertEqual(sorted(filter(None, answers)), ["due", "skipped"])

    def _check_files_of_complaints(self, *archives):
        """Both archives hold the evidence and the mails byte for byte."""
        for archive in archives:
            reader = ArchiveReader(io.BytesIO(base64.b64decode(archive)))
            rows = registers(archive)
            proofs = {key: row["checksum"] for key, row in rows["complaint_evidence"].items()}
            files = [row for row in rows["attachments"].values() if row["res_model"] == "expo.complaint.evidence"]
            self.assertEqual(len(files), 2)
            for row in files:
                self.assertEqual(hashlib.sha256(reader.content(row["path"])).hexdigest(), proofs[row["record"]])
            [late] = [row for row in rows["complaint_clocks"].values() if row["is_breached"]]
            self.assertEqual((late["limit_hours"], late["state"]), (2.5, "running"))


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
        with self.assertRaisesRegex(UserError, "not a complete ZIP"):
            self._wizard(bytes(archive[:-10])).action_check()
        with self.assertRaisesRegex(UserError, "not a complete ZIP"):
            self._wizard(b"hello").action_check()
        target = io.BytesIO()
        with ArchiveWriter(
            target, {"registers": {"files": {"model": "res.users", "columns": [], "rows": 0}}}
        ) as writer:
            writer.add("registers.xlsx", b"")
        with self.assertRaises(UserError):
            self._wizard(target.getvalue()).action_check()

    def _archive_of_evidence(self, change=None, about=None):
        """An archive with a piece of evidence; ``change`` may alter its files, by name, and the manifest fits them."""
        reader = ArchiveReader(io.BytesIO(self._archive()))
        files = {name: reader.content(name) for name in reader.names()}
        if change:
            change(files)
        target = io.BytesIO()
        kept = {name: value for name, value in reader.manifest.items() if name not in ("files", "format", "version")}
        with ArchiveWriter(target, {**kept, **(about or {})}) as writer:
            for name, content in files.items():
                writer.add(name, content)
        return target.getvalue()

    def test_archive_of_a_version_with_another_name_of_a_model_is_checked_and_restored(self):
        registers = ArchiveReader(io.BytesIO(self._archive())).manifest["registers"]
        [sheet] = [name for name, entry in registers.items() if entry["model"] == "expo.incoming.mail"]
        registers[sheet]["model"] = "expo.complaint.mail"
        wizard = self._wizard(self._archive_of_evidence(about={"registers": registers}))
        wizard.action_check()
        self.assertIn(f"{sheet}: 0 rows", wizard.report)
        wizard.action_restore()
        self.assertIn(f"{sheet}: 0", wizard.report)

    def _make_evidence(self):
        complaint = self.env["expo.complaint"].create({"subject": "Cracked", "partner_id": self.entry.partner_id.id})
        return complaint._add_evidence("photo", [("cracks.txt", b"Ten are cracked")])

    def test_evidence_that_is_not_what_its_checksum_says_is_refused(self):
        self._make_evidence()

        def forge(files):
            files.update({name: b"None is cracked" for name in files if name.endswith("cracks.txt")})

        def lose(files):
            for name in [name for name in files if name.endswith("cracks.txt")]:
                del files[name]

        with self.assertRaisesRegex(UserError, "one of its files was changed: attachments/.*cracks.txt"):
            self._wizard(self._archive_of_evidence(forge)).action_check()
        with self.assertRaisesRegex(UserError, "missing from it: attachments/.*cracks.txt"):
            self._wizard(self._archive_of_evidence(lose)).action_check()
        self._wizard(self._archive_of_evidence()).action_check()

    def test_a_file_that_the_store_has_lost_keeps_no_archive_from_being_restored(self):
        evidence = self._make_evidence()
        self.env.cr.execute("UPDATE ir_attachment SET store_fname = NULL, db_datas = NULL WHERE id = %s",
                            [evidence.attachment_id.id])  # fmt: skip
        evidence.attachment_id.invalidate_recordset()
        archive = self._archive()
        self.assertIn("Differs from the original: attachments/", self.env["expo.archive"].search([], limit=1).contents)
        wizard = self._wizard(archive)
        wizard.action_check()
        wizard.action_restore()
        self.assertEqual(wizard.state, "done")

    def test_who_sees_no_more_than_a_show_takes_no_more_than_its_complaints(self):
        self._make_evidence()
        self.env["expo.complaint"].create({"subject": "Late", "email_from": "a@b.example"})._add_evidence(
            "other", [("other.txt", b"Late")]
        )
        target = io.BytesIO()
        wizard = self.env["expo.archive.export"].with_user(self.manager)
        wizard.create({"reason": "Backup", "exhibition_id": self.show.id})._build(target)
        reader = ArchiveReader(target)
        counts = {sheet: entry["rows"] for sheet, entry in reader.manifest["registers"].items()}
        self.assertEqual((counts["complaints"], counts["complaint_evidence"], counts["attachments"]), (1, 1, 1))
        self.assertTrue(counts["complaint_clocks"])

    def test_teams_and_people_of_the_same_name_in_another_company_are_not_taken_for_ours(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        team = self.env.ref("expo_followup.complaint_team")
        self.env["expo.complaint.team"].create({"name": team.name, "company_id": other.id})
        complaint = self.env["expo.complaint"].create({"subject": "Late", "partner_id": self.entry.partner_id.id})
        archive = self._archive()
        complaint._erase()
        self._wizard(archive).action_restore()
        back = self.env["expo.complaint"].search([("partner_id", "=", self.entry.partner_id.id)])
        self.assertEqual((back.team_id, back.company_id), (team, self.env.company))

    def test_a_hundred_large_files_cost_a_few_queries_each_and_little_memory(self):
        complaints = self.env["expo.complaint"].with_context(tracking_disable=True)
        complaints = complaints.create([{"subject": f"Late {n}", "email_from": f"a{n}@b.example"} for n in range(100)])
        for number, complaint in enumerate(complaints):
            complaint._add_evidence("other", [("a.bin", b"\0%04d" % number * 200_000)])
        archive = self._archive()
        complaints._erase()
        wizard = self._wizard(archive)
        del archive
        self.env.flush_all()
        self.env.invalidate_all()
        tracemalloc.start()
        before = self.env.cr.sql_log_count
        wizard.action_restore()
        queries, memory = self.env.cr.sql_log_count - before, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertIn("complaint_evidence: 100", wizard.report)
        self.assertLess(queries, 100 * 12)
        self.assertLess(memory, 80_000_000)
