"""Who may read, write, create and delete what: tests/access/matrix.csv, checked both ways, record by record."""

import csv
from collections import defaultdict
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.common import SHOW_BEGIN
from tests.common_access import LIST, ROLES, AccessCase
from tests.common_access_complaint import CHANGES as CHANGES_OF_COMPLAINTS
from tests.common_access_complaint import new_complaint_values

MATRIX = Path(__file__).parent / "matrix.csv"
OPERATIONS = ("read", "write", "create", "unlink")
#: A harmless change of a record of each model.
CHANGES = {
    "expo.participation": {"conversation": "More"},
    "expo.followup": {"summary": "Call again"},
    "expo.tier.change": {"reason": "Otherwise"},
    "expo.owner.change": {"reason": "Otherwise"},
    "expo.progress.report": {"obstacles": "Price"},
    "expo.abc.change": {"class_after": "c"},
    "expo.abc.report": {"rank": 1},
    "expo.touch.report": {"number": 1},
    "expo.timeline": {"res_id": 1},
    "expo.capture": {"note": "More"},
    "expo.customer.file": {"short_name": "Short"},
    "expo.customer.person": {"department": "Sales"},
    "expo.customer.account": {"note": "Evenings"},
    "expo.customer.preference": {"text": "Tea"},
    "expo.customer.plan": {"note": "Soon"},
    "expo.duplicate": {"state": "different"},
    "expo.tier": {"description": "Rare"},
    "expo.exhibition": {"venue": "Hall 4"},
    "expo.exhibition.cost": {"name": "Flights"},
    "expo.import": {"role": "exhibitor"},
    "expo.import.column": {"field_name": "email"},
    "expo.import.line": {"reason": "None"},
    "expo.import.sheet": {"name": "Hall 2"},
    "expo.import.heading": {"field_name": "company_name"},
    "expo.archive": {"reason": "None"},
    "expo.erasure": {"reason": "None"},
    "expo.etiquette": {"gifts": "None"},
    "expo.sample": {"carrier": "DHL"},
    "expo.sample.line": {"details": "Blue"},
    "expo.festival": {"wishes": "Cheers"},
    "expo.gift": {"note": "Green"},
    "expo.suggestion": {"done": "More chairs"},
    "expo.visit": {"aim": "Sell more"},
    "expo.visit.person": {"position": "Buyer"},
    "expo.visit.item": {"is_ready": True},
    "expo.visit.check": {"kind": "cards"},
    "expo.question": {"hint": "Kindly"},
    **CHANGES_OF_COMPLAINTS,
}


def read_matrix():
    """The rows of the matrix, by role and salesperson."""
    rows = defaultdict(list)
    with MATRIX.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["role"], row["owner"]].append(row)
    return rows


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessCase):
    def test_every_model_and_every_role_is_in_the_matrix(self):
        rows = [row for rows in read_matrix().values() for row in rows]
        ours = self.env["ir.model"].search([("model", "=like", "expo.%"), ("abstract", "=", False)]).mapped("model")
        self.assertEqual({row["model"] for row in rows}, set(ours))
        for model in ours:
            with self.subTest(model=model):
                self.assertEqual({row["role"] for row in rows if row["model"] == model}, set(ROLES))
        keys = [(row["role"], row["model"], row["owner"]) for row in rows]
        self.assertEqual(len(keys), len(set(keys)), "a row is there twice")

    def test_what_is_allowed_works_and_what_is_refused_raises(self):
        for (role, owner), rows in read_matrix().items():
            user = self.users[role]
            with self.subTest(role=role, owner=owner), _Undone(self):
                records = {} if owner == "any" else self._make_customer(user, owner)
                if owner in ("any", "other company"):
                    records.update(self._make_shared(user, owner))
                self.env.flush_all()
                for row in rows:
                    record = records.get(row["model"], self.env[row["model"]])
                    self._check_row(row, record, user, owner, records)

    def test_dialog_of_another_user_cannot_be_opened(self):
        dialog = self.env["expo.close.show"].with_user(self.manager).create({"exhibition_id": self.show.id})
        for role, user in self.users.items():
            with self.subTest(role=role), self.assertRaises(AccessError):
                dialog.with_user(user).read(["exhibition_id"])
        for model in self.env["ir.model"].search([("model", "=like", "expo.%"), ("transient", "=", True)]):
            with self.subTest(model=model.model):
                domains = model.rule_ids.filtered("global").mapped("domain_force")
                self.assertIn("[('create_uid', '=', user.id)]", domains)

    def _check_row(self, row, record, user, owner, records):
        model = row["model"]
        for operation in OPERATIONS:
            if row[operation] == "-":
                continue
            allowed = row[operation] == "1"
            with self.subTest(role=row["role"], model=model, owner=owner, operation=operation, allowed=allowed):
                if self.env[model]._transient:
                    # Its values need a situation; the tests of each dialog show it at work.
                    self.assertEqual(self.env[model].with_user(user).has_access(operation), allowed)
                    continue
                self.assertTrue(record, "there is nothing to look at")
                with _Undone(self):
                    if allowed:
                        self._do(operation, record.with_user(user), user, owner, records)
                    else:
                        with self.assertRaises(AccessError):
                            self._do(operation, record.with_user(user), user, owner, records)

    def _do(self, operation, record, user, owner, records):
        if operation == "read":
            found = record.with_context(active_test=False).search([("id", "=", record.id)])
            names = [name for name in record._fields if record._has_field_access(record._fields[name], "read")]
            record.read(names)
            self.assertEqual(found, record, "what can be read is found, what cannot is not")
        elif operation == "write":
            record.write(CHANGES[record._name])
        elif operation == "create":
            record.create(self._get_new_values(record._name, user, owner, records))
        else:
            record.unlink()
        self.env.flush_all()

    def _get_new_values(self, model, user, owner, records):
        """Values of another record of the same salesperson."""
        show = self._show_of(user, owner == "other company")
        partner = self.env["res.partner"].create(
            {"name": "New", "is_company": True, "company_id": show.company_id.id}
        )  # fmt: skip
        in_file = {"file_id": records.get("expo.customer.file", self.env["expo.customer.file"]).id}
        entry = records.get("expo.participation", self.env["expo.participation"])
        visit = records.get("expo.visit", self.env["expo.visit"])
        return {
            "expo.participation": {
                "exhibition_id": show.id, "partner_id": partner.id, "user_id": self._server_of(user, owner).id,
            },
            "expo.followup": {"participation_id": entry.id, "summary": "Call"},
            "expo.tier.change": {"participation_id": entry.id, "tier_after_id": self.tiers["none"].id},
            "expo.owner.change": {"participation_id": entry.id},
            "expo.progress.report": {"participation_id": entry.id, "number": 2},
            "expo.abc.change": {"partner_id": partner.id, "company_id": show.company_id.id},
            "expo.abc.report": {"partner_id": partner.id},
            "expo.capture": {"exhibition_id": show.id, "name": "New"},
            "expo.customer.file": {"partner_id": partner.id, "company_id": show.company_id.id},
            "expo.customer.person": {**in_file, "name": "New"},
            "expo.customer.account": {**in_file, "kind": "wechat", "account": "new"},
            "expo.customer.preference": {**in_file, "text": "Tea"},
            "expo.customer.plan": {**in_file, "name": "Pumps"},
            "expo.gift": {**in_file, "name": "Tea"},
            "expo.suggestion": {**in_file, "text": "More chairs"},
            "expo.duplicate": {"partner_a_id": 1, "partner_b_id": partner.id, "reason": "name"},
            "expo.tier": {"name": "New", "code": "new"},
            "expo.exhibition": {
                "name": "New", "date_begin": SHOW_BEGIN, "date_end": SHOW_BEGIN, "company_id": show.company_id.id,
            },
            "expo.exhibition.cost": {"exhibition_id": show.id, "name": "New", "amount": 1},
            "expo.import": {"exhibition_id": show.id, "file": LIST, "filename": "list.csv"},
            "expo.import.column": {"import_id": records.get("expo.import", self.env["expo.import"]).id, "heading": "x"},
            "expo.import.line": {"import_id": records.get("expo.import", self.env["expo.import"]).id, "name": "x"},
            "expo.import.sheet": {"import_id": records.get("expo.import", self.env["expo.import"]).id, "name": "x"},
            "expo.import.heading": {"name": "Kunde am Stand", "field_name": "name"},
            "expo.archive": {"kind": "export", "scope": "All", "reason": "None"},
            "expo.erasure": {"reason": "None", "result": "deleted"},
            "expo.etiquette": {"country_id": self.env.ref("base.bv").id},
            "expo.sample": {"participation_id": entry.id},
            "expo.sample.line": {"sample_id": records.get("expo.sample", self.env["expo.sample"]).id, "name": "New"},
            "expo.festival": {"name": "Midsummer", "month": 6, "day": 24, "wishes": "A bright night"},
            "expo.visit": {"participation_id": entry.id, "aim": "Sell"},
            "expo.visit.person": {"visit_id": visit.id, "name": "New"},
            "expo.visit.item": {"visit_id": visit.id, "name": "New"},
            "expo.visit.check": {"name": "New"},
            "expo.question": {"name": "Who decides?"},
            **new_complaint_values(self, show.company_id, partner, self._server_of(user, owner), records),
        }[model]  # fmt: skip


class _Undone:
    """Takes back whatever the block did, in the database and in the cache, and lets its exceptions out."""

    def __init__(self, case):
        self.env = case.env

    def __enter__(self):
        self.env.flush_all()
        self.savepoint = self.env.cr.savepoint(flush=False)

    def __exit__(self, *_error):
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.invalidate_all(flush=False)
