"""What users may not say they cannot say by another door either: defaults in the context, rows of colleagues."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpoCase


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

    def test_that_a_customer_was_answered_and_by_whom_he_was_recorded(self):
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
