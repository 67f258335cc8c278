"""Customers, exhibitions and complaints are found by what people know of them, with the rights of the user."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_timeline import TimelineCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 12:00:00")
class TestExpoFinder(TimelineCase):
    def _find(self, text, user=None):
        found = self.env["expo.finder"].with_user(user or self.lena).find(text)
        return [(one["kind"], one["model"], one["id"]) for one in found]

    def test_a_customer_is_found_by_all_that_names_it(self):
        self.file.short_name = "RSP"
        self.rossi.ref = "K-10077"
        self.maria.write({"phone": "+39 055 123 4567", "email": "m.rossi@rossi.example"})
        order = self._make_order(self.maria, self.lena)
        expected = ("customer", "expo.customer.file", self.file.id)
        for text in ("ross", "RSP", "K-10077", "m.rossi@ross", "055 123 45", "+39055123", order.name):
            with self.subTest(text=text):
                self.assertIn(expected, self._find(text))

    def test_shows_and_complaints_are_found_by_name_number_and_order(self):
        order = self._make_order(self.maria, self.lena)
        complaint = self.env["expo.complaint"].create(
            {"subject": "Cracked glaze", "partner_id": self.maria.id, "user_id": self.lena.id, "order_id": order.id}
        )
        self.assertIn(("exhibition", "expo.exhibition", self.show.id), self._find(self.show.code))
        for text in (complaint.name, "cracked", order.name):
            with self.subTest(text=text):
                self.assertIn(("complaint", "expo.complaint", complaint.id), self._find(text))

    def test_a_colleague_finds_the_contact_and_neither_file_nor_complaint(self):
        complaint = self.env["expo.complaint"].create(
            {"subject": "Cracked glaze", "partner_id": self.maria.id, "user_id": self.lena.id}
        )
        self.assertEqual({kind for kind, _model, _id in self._find(complaint.name, self.omar)}, set())
        models = {model for _kind, model, _id in self._find("Rossi", self.omar)}
        self.assertEqual(models, {"res.partner"})

    def test_one_sign_and_nothing_find_nothing(self):
        self.assertEqual(self._find("r"), [])
        self.assertEqual(self._find("  "), [])
        self.assertEqual(self._find("%"), [])

    def test_a_portal_user_finds_nothing(self):
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self._find("Rossi", portal)
