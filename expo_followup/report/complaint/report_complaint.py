import base64

from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri, image_process

from ..activities.report_visit import FONTS

# So many photos on the paper, so many pixels wide: it stays a page or two.
PHOTOS = 6
WIDTH = 420
# What a step is remembered by, in the order of the way.
STEPS = (
    "acknowledged_on",
    "restated_on",
    "evaluated_on",
    "offered_on",
    "accepted_on",
    "implemented_on",
    "rated_on",
    "called_on",
    "closed_on",
)


class ReportComplaint(models.AbstractModel):
    """The complaint record on paper: the form that the trade files for each complaint (rules.md §5)."""

    _name = "report.expo_followup.report_complaint_document"
    _description = "Complaint Record"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the complaints, with what their paper shows of orders, files and steps."""
        complaints = self.env["expo.complaint"].browse(docids)
        complaints.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": complaints._name,
            "docs": complaints,
            "papers": {complaint.id: self._get_paper(complaint) for complaint in complaints},
            "lang": self.env.lang,
            "needs_margin": not _wkhtml().is_patched_qt,
            "fonts": FONTS,
        }

    @api.model
    def _get_paper(self, complaint):
        # In sudo: numbers of the order and the invoice that the complaint, which was checked, is about.
        known = complaint.sudo()
        evidence = complaint.evidence_ids
        received = evidence.filtered(lambda row: row.state == "received")
        return {
            "order": known.order_id.name,
            "invoice": known.invoice_id.name,
            "contracts": ", ".join(dict.fromkeys(filter(None, complaint.line_ids.mapped("contract_name")))),
            "specifications": {line.id: self._get_specification(line) for line in complaint.line_ids},
            "demands": self._get_demands(complaint),
            "steps": [
                (complaint._fields[name]._description_string(self.env), complaint[name])
                for name in STEPS
                if complaint[name]
            ],
            "evidence": evidence,
            "photos": self._get_photos(received),
        }

    @api.model
    def _get_specification(self, line):
        """Return what a line says beyond the name of its article: orders begin with that."""
        text = (line.specification or "").strip()
        return text.removeprefix(line.product_name or "").strip()

    @api.model
    def _get_demands(self, complaint):
        """Return each kind of customer request with the requests of it: the form lists them all, ticked or not."""
        kinds = complaint.env["expo.complaint.demand"]._fields["kind"]._description_selection(self.env)
        return [
            (label, complaint.demand_ids.filtered(lambda demand, kind=kind: demand.kind == kind))
            for kind, label in kinds
        ]

    @api.model
    def _get_photos(self, evidence):
        """Return small copies of the first photos, as data addresses with their names."""
        photos = []
        for row in evidence:
            # In sudo: the file of a row of evidence that the user may read.
            raw = row.sudo().attachment_id.raw if (row.mimetype or "").startswith("image/") else b""
            if raw and len(photos) < PHOTOS:
                try:
                    small = image_process(raw, size=(WIDTH, WIDTH), output_format="JPEG")
                except (UserError, OSError, ValueError):
                    # A file that only says it is a photo is listed by its name.
                    continue
                photos.append((row.display_name, image_data_uri(base64.b64encode(small))))
        return photos
