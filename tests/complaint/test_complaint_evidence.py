"""Evidence of complaints: asked for with a date, kept as it came, waived with a reason, never deleted."""

import base64
import hashlib
from io import BytesIO

from freezegun import freeze_time
from PIL import Image

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.complaint.test_complaint_letter import LetterCase


def picture(width=2400, colour=1):
    """A picture larger than core leaves pictures be."""
    file = BytesIO()
    Image.new("RGB", (width, 20), (colour, 0, 0)).save(file, "PNG")
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestComplaintEvidence(LetterCase):
    def setUp(self):
        super().setUp()
        self.complaint = self._complain(severity="normal")

    def _attach(self, name="mugs.png", raw=None):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": picture() if raw is None else raw,
                "res_model": "expo.complaint",
                "res_id": self.complaint.id,
            }
        )

    def _lock_for_step(self, *files):
        return self.complaint._add_evidence(None, files or [("mugs.png", picture())], "email").with_user(self.seller)

    def test_a_file_is_kept_byte_for_byte(self):
        row = self._lock_for_step()
        self.assertEqual((row.kind, row.state, row.source, row.mimetype), ("photo", "received", "email", "image/png"))
        self.assertEqual(row.attachment_id.raw, picture())
        self.assertEqual(row.checksum, hashlib.sha256(picture()).hexdigest())
        self.assertEqual(row.size, len(picture()))
        self.assertTrue(row._is_intact())
        attachment = self._attach()
        self.assertEqual(self._lock_for_step(attachment).attachment_id.raw, attachment.raw)
        self.assertEqual(self._lock_for_step(("note.pdf", b"%PDF-1.4")).kind, "other")
        self.assertFalse(self._lock_for_step(("empty.txt", b"")))

    def test_the_same_file_is_taken_once(self):
        first = self._lock_for_step()
        self.assertEqual(self._lock_for_step(("again.png", picture())), first)
        self.assertEqual(self.complaint.evidence_count, 1)

    def test_it_stays_when_the_message_loses_its_file(self):
        attachment = self._attach()
        row = self._lock_for_step(attachment)
        attachment.unlink()
        self.assertTrue(row._is_intact())

    def test_evidence_and_its_file_cannot_be_deleted(self):
        row = self._lock_for_step()
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                row.attachment_id.with_user(user).unlink()
        for records in (row.sudo(), row.sudo().attachment_id):
            with self.assertRaises(UserError):
                records.unlink()
        with self.assertRaisesRegex(UserError, "cannot delete"):
            self.complaint.with_user(self.manager).unlink()

    def test_evidence_cannot_be_changed(self):
        file = self._lock_for_step().attachment_id
        for values in (
            {"raw": b"another"}, {"datas": base64.b64encode(b"another")}, {"name": "other.png"}, {"public": True},
            {"res_model": "res.partner", "res_id": self.complaint.partner_id.id}, {"res_id": 0}, {"type": "url"},
        ):  # fmt: skip
            for user in (self.seller, self.env.ref("base.user_admin"), self.env.ref("base.user_root")):
                with (
                    self.subTest(values=values, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    file.with_user(user).sudo(user.id == 1).write(values)
        file.sudo().write({"raw": picture(), "description": "Ten of them"})
        self.assertEqual(file.sudo().description, "Ten of them")

    def test_evidence_rows_stay_unchanged_and_cannot_be_forged(self):
        row = self._lock_for_step()
        other = self._complain()
        for values in ({"name": "x"}, {"file": base64.b64encode(b"x")}, {"kind": "fax"}, {"complaint_id": other.id}):
            with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                row.write(values)
        for values in ({"state": "received"}, {"checksum": "0"}, {"attachment_id": 1}, {"source": "portal"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                row.write(values)
            with self.subTest(values=values), self.assertRaises(AccessError):
                row.create({"complaint_id": self.complaint.id, **values})
        forged = row.with_context(default_state="received", default_checksum="0")
        self.assertEqual(forged.create({"complaint_id": self.complaint.id}).state, "requested")
        row.note = "The third from the left"

    def test_evidence_of_a_hidden_complaint_cannot_be_read_or_added(self):
        secret = self._complain(user=self.manager, user_id=self.manager.id)
        row = secret._add_evidence("fax", [("fax.txt", b"Dear all")]).with_user(self.seller)
        with self.assertRaises(AccessError):
            row.read(["name"])
        with self.assertRaises(AccessError):
            row.attachment_id.read(["raw"])
        with self.assertRaises(AccessError):
            row.create({"complaint_id": secret.id, "file": base64.b64encode(b"x")})
        with self.assertRaises(AccessError):
            secret.with_user(self.seller).waive_evidence("photo", "None")

    def test_a_user_adds_a_file_in_the_form(self):
        self.complaint.write(
            {"evidence_ids": [Command.create({"kind": "fax", "name": "fax.txt", "file": base64.b64encode(b"Hello")})]}
        )
        row = self.complaint.evidence_ids
        self.assertEqual((row.state, row.source, row.attachment_id.raw), ("received", "user", b"Hello"))
        self.assertEqual(row.noted_by_id, self.seller)

    def test_asked_for_photos_have_a_date_and_arrive(self):
        with freeze_time("2026-05-11 10:00:00"):
            self._send(self.complaint, "ask_photos")
            row = self.complaint.evidence_ids
            self.assertEqual(
                (row.kind, row.state, row.due_on), ("photo", "requested", fields.Date.to_date("2026-05-18"))
            )
        with freeze_time("2026-05-13 10:00:00"):
            # A reminder gives the same day; one after it another.
            self.assertIn("May 18, 2026", self._compose(self.complaint, "ask_photos").body)
        with freeze_time("2026-05-19 10:00:00"):
            self._send(self.complaint, "ask_photos")
            self.assertEqual(self.complaint.evidence_ids.due_on, fields.Date.to_date("2026-05-26"))
        self.assertIn("photos are missing", self._lacks())
        self._lock_for_step()
        self.assertEqual(self.complaint.evidence_ids, row)
        self.assertEqual(row.state, "received")
        self.assertNotIn("photos are missing", self._lacks())

    def test_an_acknowledgement_that_asks_for_photos_has_asked(self):
        self._send(self.complaint, "acknowledge")
        self.assertEqual(self._kinds(self.complaint), ["received", "acknowledged", "photos_asked"])
        self.assertEqual(self.complaint.evidence_ids.state, "requested")
        self.assertFalse(self.complaint.is_waiting)
        self.assertNotEqual(self.complaint.next_letter, "ask_photos")
        plain = self._complain(severity="normal")
        self._send(plain, "acknowledge", body="<p>Thank you, we will answer tomorrow.</p>")
        self.assertFalse(plain.evidence_ids)
        self.assertEqual(plain.next_letter, "ask_photos")

    def test_photos_are_waived_with_a_reason(self):
        self._send(self.complaint, "ask_photos")
        action = self.complaint.action_waive_photos()
        dialog = self.env[action["res_model"]].with_user(self.seller).browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Enter a reason"):
            dialog.action_confirm()
        form = Form(dialog)
        form.reason = "The goods were thrown away"
        form.save().action_confirm()
        row = self.complaint.evidence_ids
        self.assertEqual((row.state, row.waiver_reason), ("waived", "The goods were thrown away"))
        self.assertNotIn("photos are missing", self._lacks())

    def test_only_the_law_erases(self):
        row = self._lock_for_step()
        file = row.sudo().attachment_id
        row._erase()
        self.assertFalse(row.sudo().exists() or file.exists())

    def test_what_a_browser_would_run_is_kept_as_text_and_is_no_photo(self):
        drawing = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        page = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
        # As mail comes in: by the system, which core lets keep anything.
        complaint = self.complaint.with_user(self.env.ref("base.user_root"))
        rows = complaint._add_evidence("photo", [("a.svg", drawing)], "email")
        rows |= complaint._add_evidence(None, [("b.html", page), ("c.svg", drawing + b" ")], "email")
        self.assertEqual(set(rows.mapped("mimetype")), {"text/plain"})
        self.assertEqual(set(rows.mapped("kind")), {"other"})
        self.assertTrue(all(row._is_intact() for row in rows))

    def test_a_file_name_hides_nothing(self):
        row = self.complaint._add_evidence(None, [("in\0voice\r\n\u202efdp.exe", b"MZ")])
        self.assertEqual(row.name, "invoicefdp.exe")
        nameless = self.complaint._add_evidence(None, [("\u202e", b"MZ2")])
        self.assertEqual(nameless.name, "File")

    def _lacks(self):
        return "\n".join(self.complaint._get_missing("negotiating"))
