from odoo import fields, models


class DigestDigest(models.Model):
    """What the digest mail tells of complaints; each reader's figures are of what he may see."""

    _inherit = "digest.digest"

    kpi_expo_complaints = fields.Boolean("Open Complaints Now")
    kpi_expo_complaints_value = fields.Integer(compute="_compute_kpi_expo_complaints_value")
    kpi_expo_complaints_late = fields.Boolean("Late Complaints Now")
    kpi_expo_complaints_late_value = fields.Integer(compute="_compute_kpi_expo_complaints_late_value")
    kpi_expo_complaints_kept = fields.Boolean("Complaints Answered in Time (%)")
    kpi_expo_complaints_kept_value = fields.Integer(compute="_compute_kpi_expo_complaints_kept_value")

    def _compute_kpi_expo_complaints_value(self):
        """How many are open now, whatever the period."""
        self._count_complaints("kpi_expo_complaints_value", [("is_open", "=", True)])

    def _compute_kpi_expo_complaints_late_value(self):
        """How many wait for an answer that is late now, whatever the period."""
        late = [("is_open", "=", True), ("next_due_at", "<", fields.Datetime.now())]
        self._count_complaints("kpi_expo_complaints_late_value", late)

    def _count_complaints(self, field, domain):
        self._check_expo_access()
        *_period, companies = self._get_kpi_compute_parameters()
        groups = self.env["expo.complaint"]._read_group(
            [("company_id", "in", companies.ids), *domain], ["company_id"], ["__count"]
        )
        counts = {company.id: count for company, count in groups}
        for digest in self:
            digest[field] = counts.get((digest.company_id or self.env.company).id, 0)

    def _compute_kpi_expo_complaints_kept_value(self):
        """Of the steps that were done in the period, the share that were done in time."""
        self._check_expo_access()
        start, end, companies = self._get_kpi_compute_parameters()
        groups = self.env["expo.complaint.clock"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "done"),
                ("limit_hours", ">", 0),
                ("stopped_at", ">=", start),
                ("stopped_at", "<", end),
            ],
            ["company_id", "is_breached"],
            ["__count"],
        )
        counts = {(company.id, late): count for company, late, count in groups}
        for digest in self:
            company = (digest.company_id or self.env.company).id
            good, bad = counts.get((company, False), 0), counts.get((company, True), 0)
            digest.kpi_expo_complaints_kept_value = round(100 * good / (good + bad)) if good + bad else 0

    def _compute_kpis_actions(self, company, user):
        res = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        for kpi in ("complaints", "complaints_late", "complaints_kept"):
            res[f"kpi_expo_{kpi}"] = f"expo_followup.action_complaint_all?menu_id={menu}"
        return res
