"""A form that is not saved tells nothing of records that its user may not read."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-22 08:00:00")
class TestUnsavedForms(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry = cls._make_participation("Maria Rossi", user=cls.colleague)
        cls.file = cls.entry.file_id
        cls.person = cls.env["expo.customer.person"].create({"file_id": cls.file.id, "name": "Signora Rossi"})
        lines = [Command.create({"name": "Plates"})]
        cls.sample = cls.env["expo.sample"].create({"participation_id": cls.entry.id, "line_ids": lines})

    def _ask(self, user, model, values, shown, **context):
        """Ask what a new form of this model would show, as the web client does."""
        spec = {name: {} for name in {*values, *shown}}
        return self.env[model].with_user(user).with_context(**context).onchange(values, list(values), spec)["value"]

    def test_nobody_looks_through_a_form_at_a_colleague_s_customer(self):
        asked = (
            ("expo.visit.person", {"person_id": self.person.id}, ["name", "decides"]),
            ("expo.visit", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.sample", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.sample.step", {"sample_id": self.sample.id}, ["goods"]),
            ("expo.followup", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.suggestion", {"person_id": self.person.id}, ["file_id"]),
        )
        for model, values, shown in asked:
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    self._ask(self.seller, model, values, shown)
                defaults = {f"default_{name}": value for name, value in values.items()}
                with self.assertRaises(AccessError):
                    self._ask(self.seller, model, {}, [*values, *shown], **defaults)
                self.assertTrue(self._ask(self.colleague, model, values, shown))

    def test_nor_through_a_line_of_a_form(self):
        line = [0, "virtual_1", {"person_id": self.person.id}]
        with self.assertRaises(AccessError):
            self._ask(self.seller, "expo.visit", {"person_ids": [line]}, [])

    def test_who_was_asked_to_make_a_visit_opens_and_saves_it(self):
        visit = self.env["expo.visit"].with_user(self.colleague).create({"participation_id": self.entry.id})
        visit.user_id = self.seller
        with Form(visit.with_user(self.seller)) as form:
            form.aim = "An order"
        self.assertEqual(visit.aim, "An order")
