"""What users may not say they cannot say by another door either: defaults in the context, rows of colleagues."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestForgedFacts(ExpoCase):
    def _as_seller(self, model, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        return self.env[model].with_user(self.seller).with_context(**context)

    def _call(self, **values):
        return {
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "window_start": "2026-04-20",
            "deadline": "2026-04-20",
            **values,
        }

    def test_when_and_by_whom_a_contact_was_recorded(self):
        captures = self._as_seller(
            "expo.capture", device_time="2026-01-01 00:00:00", server_time="2026-01-01 00:00:00", state="approved",
            captured_by_id=self.manager.id, user_id=self.colleague.id,
        )  # fmt: skip
        capture = captures.create({"exhibition_id": self.show.id, "name": "Maria Rossi"}).sudo()
        self.assertEqual((capture.state, capture.device_time), ("new", False))
        self.assertEqual(capture.captured_by_id | capture.user_id, self.seller)
        self.assertGreater(capture.server_time, datetime(2026, 1, 2))

    def test_a_contact_is_not_added_to_a_customer_whom_one_may_not_write(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        theirs = self._make_partner("Secret Person", company_id=other.id)
        with self.assertRaises(AccessError):
            self._as_seller("expo.capture", partner_id=theirs.id).create({"exhibition_id": self.show.id, "name": "X"})

    def test_that_a_list_was_checked(self):
        lists = self._as_seller("expo.import", state="checked", kind="vcf")
        one = lists.create({"exhibition_id": self.show.id, "file": "QQ=="}).sudo()
        self.assertEqual((one.state, one.kind), ("draft", False))

    def test_what_became_of_a_touch(self):
        mine = self._make_participation()
        followups = self._as_seller("expo.followup", state="done", number=99, mail_state="sent", effect="positive")
        one = followups.create(self._call(participation_id=mine.id)).sudo()
        self.assertEqual((one.state, one.number, one.mail_state, one.effect), ("planned", 0, False, False))

    def test_a_touch_is_not_hung_on_a_colleague_s_customer(self):
        theirs = self._make_participation(user=self.colleague)
        with self.assertRaises(AccessError):
            self._as_seller("expo.followup", participation_id=theirs.id).create(self._call(user_id=self.seller.id))

    def test_first_answer_and_recorder_of_a_customer_cannot_be_forged(self):
        long_ago = datetime(2020, 1, 1)
        values = {"exhibition_id": self.show.id, "partner_id": self._make_partner().id}
        entries = self._as_seller("expo.participation", first_response_on=long_ago)
        entry = entries.create({**values, "replied_on": long_ago})
        self.assertFalse(entry.first_response_on or entry.replied_on)
        for forged in ({"owner_locked": True}, {"co_recorder_ids": [(6, 0, self.seller.ids)]}):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                entry.write(forged)

    def test_what_follows_from_the_facts_of_a_file(self):
        file = self._make_participation().file_id.with_user(self.seller)
        for forged in ({"retention_on": "2099-01-01"}, {"name": "X"}, {"is_foreign": False}, {"staff_total": 5}):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                file.write(forged)

    def test_a_person_does_not_tell_the_numbers_of_a_contact_that_one_may_not_read(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        secret = self._make_partner("Secret Person", company_id=other.id)
        file = self._make_participation().file_id
        people = self.env["expo.customer.person"].with_user(self.seller)
        with self.assertRaises(AccessError):
            people.create({"file_id": file.id, "partner_id": secret.id})
        person = people.create({"file_id": file.id, "name": "P"})
        with self.assertRaises(AccessError):
            person.partner_id = secret


@tagged("post_install", "-at_install")
class TestForgedComplaints(ExpoCase):
    """What a form shows as read-only, and what our methods keep, no call of a user writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customer = cls._make_participation()
        cls.complaint = cls.env["expo.complaint"].create(
            {"subject": "Cracked", "story": "Ten", "partner_id": customer.partner_id.id, "user_id": cls.seller.id}
        )
        cls.rows = {
            "expo.complaint": cls.complaint,
            **{
                model: cls.env[model].create({"complaint_id": cls.complaint.id, **values})
                for model, values in (
                    ("expo.complaint.line", {"product_name": "Mugs", "delivered_quantity": 9, "claimed_quantity": 1}),
                    ("expo.complaint.demand", {"kind": "other", "text": "A new box"}),
                    ("expo.complaint.remedy", {"kind": "other", "text": "A new box"}),
                    ("expo.complaint.evidence", {"name": "cracks.jpg"}),
                    ("expo.complaint.review", {"department": "production", "due_on": "2026-05-01"}),
                )
            },
        }

    def _get_kept_fields(self, model):
        """The stored fields that users do not write: read-only ones and those that follow from others."""
        core = set(self.env["mail.thread"]._fields) | set(self.env["mail.activity.mixin"]._fields) | {*MAGIC_COLUMNS}
        return [
            field
            for name, field in self.env[model]._fields.items()
            if field.store and field.readonly and name not in core and field.type not in ("one2many", "many2many")
        ]

    def _get_forged(self, field, record):
        if field.type == "many2one":
            return self.env[field.comodel_name].search([("id", "!=", record[field.name].id)], limit=1).id
        if field.type == "selection":
            return next(value for value in reversed(field.get_values(self.env)) if value != record[field.name])
        return {
            "char": "Forged", "text": "Forged", "html": "<p>Forged</p>", "boolean": not record[field.name],
            "date": "2020-01-01", "datetime": "2020-01-01 00:00:00", "integer": 77, "float": 77.0, "monetary": 77.0,
            "json": {"1": 1},
        }[field.type]  # fmt: skip

    def test_system_fields_cannot_be_written(self):
        for model, row in self.rows.items():
            for field in self._get_kept_fields(model):
                forged, before = self._get_forged(field, row), row[field.name]
                if not forged:
                    continue
                with self.subTest(model=model, field=field.name):
                    try:
                        with self.env.cr.savepoint():
                            row.with_user(self.seller).write({field.name: forged})
                    except (AccessError, UserError, ValidationError):
                        pass
                    row.invalidate_recordset()
                    self.assertEqual(row[field.name], before)

    def test_system_fields_cannot_be_given_as_defaults(self):
        for model, row in self.rows.items():
            names = [field for field in self._get_kept_fields(model) if not field.related and not field.compute]
            forged = {f"default_{field.name}": self._get_forged(field, row) for field in names}
            values = {"subject": "New"} if model == "expo.complaint" else {"complaint_id": self.complaint.id}
            extra = {
                "expo.complaint.line": {"product_name": "Mugs"},
                "expo.complaint.demand": {"kind": "other", "text": "Another"},
                "expo.complaint.remedy": {"kind": "other", "text": "Another"},
                "expo.complaint.review": {"department": "inspection", "due_on": "2026-05-01"},
            }
            records = self.env[model].with_user(self.seller).with_context(**forged)
            made = records.create({**values, **extra.get(model, {})}).sudo()
            for field in names:
                with self.subTest(model=model, field=field.name):
                    value, wrong = made[field.name], forged[f"default_{field.name}"]
                    # There may be no other record to point at.
                    if wrong:
                        self.assertNotEqual(str(value.id if field.type == "many2one" else value), str(wrong))
