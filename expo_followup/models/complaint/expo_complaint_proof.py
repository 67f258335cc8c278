import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.tone import asks_for_photos, text_of


class ExpoComplaint(models.Model):
    """The evidence of a complaint: asked for with a date, received, or waived with a reason (rules.md §5)."""

    _inherit = "expo.complaint"

    evidence_ids = fields.One2many("expo.complaint.evidence", "complaint_id", copy=False)
    evidence_count = fields.Integer(compute="_compute_evidence_count", compute_sudo=True)

    @api.depends("evidence_ids.state")
    def _compute_evidence_count(self):
        for complaint in self:
            complaint.evidence_count = len(complaint.evidence_ids.filtered(lambda row: row.state == "received"))

    @api.depends("evidence_ids.state", "evidence_ids.kind")
    def _compute_next_step(self):
        return super()._compute_next_step()

    @api.depends("evidence_ids.state", "evidence_ids.kind")
    def _compute_next_letter(self):
        return super()._compute_next_letter()

    def _get_gate_facts(self):
        facts = super()._get_gate_facts()
        photos = self.evidence_ids.filtered(lambda row: row.kind == "photo")
        return {**facts, "photos": any(row.state in ("received", "waived") for row in photos)}

    @api.private
    def _add_evidence(self, kind, attachments, source="user"):
        """Take files as evidence; one that this complaint has already is not taken again.

        What was asked for has thereby arrived. The files are copied: what becomes of the originals does not matter.

        :param kind: one of the kinds of ``expo.complaint.evidence``; None: a picture is a photo, all else another file
        :param attachments: records of ``ir.attachment``, or pairs of a name and bytes
        :param str source: ``email``, ``portal`` or ``user``
        :return: the rows of these files
        """
        self.ensure_one()
        # In sudo: whoever calls has checked that these files belong here, also for customers and mail.
        complaint = self.sudo()
        rows = self.env["expo.complaint.evidence"].sudo()
        for attachment in attachments:
            is_pair = isinstance(attachment, (tuple, list))
            name, content = attachment[:2] if is_pair else (attachment.sudo().name, attachment.sudo().raw)
            content = content.encode() if isinstance(content, str) else content
            if not content:
                continue
            digest = hashlib.sha256(content).hexdigest()
            known = complaint.evidence_ids.filtered(lambda row, digest=digest: row.checksum == digest)
            rows |= known[:1] or complaint._take_file(kind, name, content, source)
        return rows

    def _take_file(self, kind, name, content, source):
        name = self.env["expo.complaint.evidence"]._clean_name(name)
        mimetype = self.env["ir.attachment"]._compute_mimetype({"name": name, "raw": content})
        # A drawing made of text (SVG) shows nothing that a camera saw.
        is_drawing = (mimetype or "").startswith("image/svg")
        kind = "other" if is_drawing and kind in (None, "photo") else kind
        kind = kind or ("photo" if (mimetype or "").startswith("image/") else "other")
        asked = self.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")[:1]
        row = asked or self.evidence_ids.create({"complaint_id": self.id, "kind": kind})
        row._receive(name, content, source)
        return row

    @api.private
    def _request_evidence(self, kind, due_on):
        """Note that evidence was asked for, until a date; asking again moves the date."""
        for complaint in self.sudo():
            asked = complaint.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")[:1]
            if asked:
                asked.due_on = due_on
            else:
                asked.create({"complaint_id": complaint.id, "kind": kind, "due_on": due_on})

    def waive_evidence(self, kind, reason):
        """Do without evidence that was asked for or not; the reason is kept.

        :param str kind: one of the kinds of ``expo.complaint.evidence``
        :param str reason: why
        :raises UserError: without a reason
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is waived."))
        values = {"state": "waived", "waiver_reason": reason, "noted_by_id": self.env.uid}
        # In sudo: the state of evidence is kept by the system; write access to the complaint was checked.
        for complaint in self.sudo():
            asked = complaint.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")
            if asked:
                asked.write(values)
            else:
                asked.create({**values, "complaint_id": complaint.id, "kind": kind})

    def action_waive_photos(self):
        """Ask why photos are waived."""
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["expo.complaint.waive"].create({"complaint_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do without photos"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # -- with the letters --------------------------------------------------------------------------------

    def _get_letter_day(self, name):
        asked = self.evidence_ids.filtered(lambda row: row.kind == "photo" and row.state == "requested")
        due_on = max(asked.filtered("due_on").mapped("due_on"), default=None) if name == "photos" else None
        if due_on and due_on > self.company_id._expo_today():
            return due_on
        return super()._get_letter_day(name)

    def _note_letter(self, kind, message, mail=None):
        res = super()._note_letter(kind, message, mail)
        if res and kind == "ask_photos":
            self._request_evidence("photo", self._get_letter_day("photos"))
        elif res and kind == "acknowledge" and self._is_asking_for_photos(message):
            # Asked for along with it; we do not wait for them, or no clock would ever run.
            self._log_event("photos_asked", note=message.subject, message=message)
            self._request_evidence("photo", self._get_letter_day("photos"))
        return res

    def _is_asking_for_photos(self, message):
        return "photos" in self._get_letter_needs() and asks_for_photos(text_of(message.body))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.sudo().evidence_ids:
            raise UserError(self.env._("There is evidence of this complaint: cancel it and say why."))
