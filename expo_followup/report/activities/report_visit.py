from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml

# Letters of Western and of Chinese fonts, whatever the machine has; Odoo's web fonts extract as nothing.
FONTS = "font-family: 'DejaVu Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Zen Hei', sans-serif;"


class ReportVisit(models.AbstractModel):
    """What the two papers of a visit share: each speaks its reader's language and stands in its own fonts."""

    _name = "report.expo_followup.visit"
    _description = "Visit Document"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the visits, each in the reader's language."""
        visits = self.env["expo.visit"].browse(docids)
        visits.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": visits._name,
            "docs": visits,
            "langs": {visit.id: self._get_lang(visit) for visit in visits},
            "needs_margin": not _wkhtml().is_patched_qt,
            "fonts": FONTS,
        }

    @api.model
    def _get_lang(self, visit):
        return self.env.lang


class ReportVisitForm(models.AbstractModel):
    """The visit form: the plan as it is approved, for the approver and the visitors."""

    _name = "report.expo_followup.report_visit_form_document"
    _inherit = ["report.expo_followup.visit"]
    _description = "Visit Form"


class ReportVisitMinutes(models.AbstractModel):
    """The minutes of a visit as the customer gets them, in the customer's language, without what is internal."""

    _name = "report.expo_followup.report_visit_minutes_document"
    _inherit = ["report.expo_followup.visit"]
    _description = "Minutes of a Visit"

    @api.model
    def _get_lang(self, visit):
        return visit.partner_id.lang or self.env.lang
