"""What code sets users only read, in every model that declares it; a refusal names labels."""

from odoo.addons.expo_followup.models.mixins.system_fields import get_own_default
from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.common_access import AccessCase

VALUES = {
    "char": "Forged", "text": "Forged", "html": "<p>Forged</p>", "boolean": True, "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00", "integer": 77, "float": 77.0, "monetary": 77.0, "json": {"1": 1},
    "binary": b"QQ==", "one2many": [(5,)], "many2many": [(5,)],
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestSystemFields(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = cls.users["manager"]
        cls._make_customer(manager, "colleague")
        cls.rows = {**cls._make_shared(manager, "own"), **cls._make_customer(manager, "own")}
        cls.rows["res.partner"] = cls.rows["expo.participation"].partner_id
        cls.env["crm.lead"].create({"name": "Another"})
        # Models that ignore such values and do not refuse them: what their records need.
        days = {"date_begin": "2026-04-16", "date_end": "2026-04-20"}
        cls.needed = {
            "expo.exhibition": {"name": "Spring Fair", **days},
            "expo.participation": {"exhibition_id": cls.show.id, "partner_id": cls._make_partner().id},
            "expo.sample": {"partner_id": cls.rows["res.partner"].id},
            "res.partner": {"name": "Hans Becker"},
        }

    def _get_cases(self):
        """Yield each stored system field with a record of its model and another value."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or not hasattr(model, "_system_fields"):
                continue
            for field in sorted(model._get_system_fields()):
                if model._fields[field].store:
                    yield self.rows[name], model._fields[field], self._get_forged(model._fields[field], self.rows[name])

    def _get_forged(self, field, record):
        if field.type == "many2one":
            found = self.env[field.comodel_name].with_context(active_test=False)
            return found.search([("id", "!=", record[field.name].id)], order="id desc", limit=1).id
        if field.type == "selection":
            return next(value for value in reversed(field.get_values(self.env)) if value != record[field.name])
        return VALUES[field.type]

    def _assert_names_label(self, error, field):
        label = field._description_string(self.env)
        self.assertNotEqual(label, field.name)
        self.assertEqual(str(error), f"You cannot edit {label}. They are set automatically.")

    def test_default_that_forms_send_along_is_that_of_the_company_in_which_the_user_works(self):
        manager, other = self.users["manager"], self.other_company
        manager.company_ids += other
        shows = (
            self.env["expo.exhibition"]
            .with_user(manager)
            .with_context(allowed_company_ids=[other.id], default_company_id=self.env.company.id)
        )
        self.assertEqual(get_own_default(shows, "company_id"), other.id)

    def test_system_field_written_by_a_manager_is_refused_or_ignored(self):
        for row, field, forged in self._get_cases():
            before = row[field.name]
            with self.subTest(field=str(field)):
                try:
                    with self.env.cr.savepoint():
                        row.with_user(self.users["manager"]).write({field.name: forged})
                except AccessError as error:
                    self._assert_names_label(error, field)
                else:
                    self.assertIn(row._name, self.needed)
                    row.invalidate_recordset()
                    self.assertEqual(row[field.name], before)

    def test_system_field_of_a_new_record_of_a_manager_is_refused_or_ignored(self):
        for row, field, forged in self._get_cases():
            records = self.env[row._name].with_user(self.users["manager"])
            with self.subTest(field=str(field)):
                if not records.has_access("create"):
                    self.assertRaises(AccessError, records.create, {field.name: forged})
                    continue
                try:
                    with self.env.cr.savepoint() as savepoint:
                        made = records.create({**self.needed.get(row._name, {}), field.name: forged}).sudo()
                        value = made[field.name]
                        savepoint.rollback()
                except AccessError as error:
                    self._assert_names_label(error, field)
                else:
                    self.assertIn(row._name, self.needed)
                    self.assertNotEqual(str(value.id if field.type == "many2one" else value), str(forged))

    def test_system_field_with_a_default_that_the_user_stored_is_not_set(self):
        user = self.users["salesperson"]
        defaults = self.env["ir.default"].with_user(user)
        defaults.set("expo.followup", "state", "done", user_id=True)
        defaults.set("expo.complaint.evidence", "waiver_reason", "Forged", user_id=True)
        followup = self.env["expo.followup"].with_user(user)
        self.assertEqual(followup.default_get(["state"]), {"state": "planned"})
        self.assertEqual(self.env["expo.complaint.evidence"].with_user(user).default_get(["waiver_reason"]), {})
        self.assertEqual(self.env["expo.followup"].with_user(user).sudo().default_get(["state"])["state"], "done")
