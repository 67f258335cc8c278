import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..mixins.record_keeping import RecordKeeping

# As it was once it has arrived or was waived.
FROZEN_FIELDS = frozenset({"kind", "name", "file", "due_on", "complaint_id"})
LONGEST_NAME = 200
SOURCES = [("user", "Our staff"), ("email", "Email"), ("portal", "Customer's page")]


class ExpoComplaintEvidence(models.Model):
    """What proves a complaint: photos, records, faxes, letters, inspection reports (rules.md §5).

    The file is a copy of its own with a checksum (SHA-256): what hangs on a message may go, this stays. Neither it nor
    its attachment is changed or deleted (``ir_attachment``); only the erasure of a person does it (:meth:`_erase`).
    """

    _name = "expo.complaint.evidence"
    _description = "Evidence of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "state, id"
    _record_keeping = RecordKeeping(
        archive="complaint_evidence",
        archive_order=280,
        archive_parent="complaint_id",
        attachments=True,
        personal="with_complaint",
        personal_links=("complaint_id",),
        salesperson="complaint_id.participation_id.user_id",
    )
    # What follows from a file and its arrival.
    _system_fields = frozenset(
        {
            "state",
            "attachment_id",
            "checksum",
            "mimetype",
            "size",
            "source",
            "received_at",
            "noted_by_id",
            "waiver_reason",
            "company_id",
        }
    )

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("photo", "Photo"),
            ("record", "Complaint record"),
            ("fax", "Fax"),
            ("letter", "Letter"),
            ("inspection", "Inspection report"),
            ("other", "Other file"),
        ],
        default="photo",
        required=True,
    )
    state = fields.Selection(
        [("requested", "Requested"), ("received", "Received"), ("waived", "Waived")],
        "Status",
        default="requested",
        required=True,
        readonly=True,
        index=True,
    )
    name = fields.Char("File Name")
    note = fields.Char()
    due_on = fields.Date("Deadline")
    file = fields.Binary(compute="_compute_file", inverse="_inverse_file", compute_sudo=True, store=False)
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, ondelete="restrict", index="btree_not_null", copy=False
    )
    checksum = fields.Char("SHA-256", readonly=True, index="btree_not_null", copy=False)
    mimetype = fields.Char("File Type", readonly=True, copy=False)
    size = fields.Integer(readonly=True, copy=False, help="Size of the file in bytes.")
    source = fields.Selection(SOURCES, readonly=True, copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    noted_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    waiver_reason = fields.Char(readonly=True, copy=False)

    @api.depends("attachment_id")
    @api.depends_context("bin_size")
    def _compute_file(self):
        for evidence in self:
            evidence.file = evidence.attachment_id.datas

    def _inverse_file(self):
        for evidence in self.filtered("file"):
            evidence._check_open({"file"})
            evidence._store_file(evidence.name, base64.b64decode(evidence.file))

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for evidence in self:
            evidence.display_name = evidence.name or kinds.get(evidence.kind)

    # -- writing -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        rows = super(ExpoComplaintEvidence, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        rows.complaint_id.check_access("write")
        return rows

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system():
            self._check_open(vals.keys())
        return super().write(vals)

    def _check_open(self, names):
        """Refuse changes of evidence that has arrived.

        :raises UserError: when it has
        """
        frozen = FROZEN_FIELDS & set(names)
        # In sudo: which state it is in, of rows that the caller has been checked for.
        if frozen and any(row.state != "requested" for row in self.sudo()):
            raise UserError(self.env._("You cannot change received evidence. Add another file instead."))
        if "complaint_id" in frozen:
            raise UserError(self.env._("You cannot move evidence to another complaint. Add the file there."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("You cannot delete evidence. Waive requested evidence with a reason instead."))

    @api.private
    def _erase(self):
        """Delete evidence and its files: for the erasure of a person alone. In SQL, because no other way exists."""
        if not self:
            return
        # In sudo: the caller has checked the right to do so.
        files = self.env["ir.attachment"].sudo().search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM expo_complaint_evidence WHERE id IN %s", self._ids))
        self.env["expo.complaint"].invalidate_model()
        self.invalidate_model()
        files.unlink()

    # -- arrival -----------------------------------------------------------------------------------------

    def _store_file(self, name, content, source="user"):
        """Keep a file as it came, and note its arrival.

        :param bytes content: the file
        :param str source: one of :data:`SOURCES`
        """
        self.ensure_one()
        # In sudo: the system keeps what follows from a file; the caller has checked the complaint.
        row = self.sudo()
        # Pictures too large for the web stay as large as they are: a checksum of something else proves nothing. What
        # a browser would run (HTML, SVG) is text, from any source.
        files = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True, attachments_mime_plainxml=True)
        attachment = files.create(
            {
                "name": self._clean_name(name) or self.env._("File"),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
                "type": "binary",
            }
        )
        row.write(
            {
                "attachment_id": attachment.id,
                "name": attachment.name,
                "checksum": hashlib.sha256(content).hexdigest(),
                "mimetype": attachment.mimetype,
                "size": len(content),
                "source": source if source in dict(SOURCES) else "user",
                "received_at": fields.Datetime.now(),
                "noted_by_id": self.env.uid,
                "state": "received",
            }
        )

    @api.model
    def _clean_name(self, name):
        """Return a file name without what is not seen: control characters, and those that turn the order of letters."""
        return "".join(letter for letter in name or "" if letter.isprintable()).strip()[-LONGEST_NAME:]

    def _is_intact(self):
        """Tell whether the file is still what came."""
        self.ensure_one()
        return hashlib.sha256(self.sudo().attachment_id.raw or b"").hexdigest() == self.checksum

    def action_open_file(self):
        """Open the file in a new tab."""
        self.ensure_one()
        if not self.attachment_id:
            raise UserError(
                self.env._(
                    "You cannot open the file because it has not been received yet. Wait for it, or ask the "
                    "customer again."
                )
            )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}", "target": "new"}
