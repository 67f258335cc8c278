from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """What the digest mail tells of the work after shows; each reader's figures cover the records they may see."""

    _inherit = "digest.digest"

    kpi_expo_answered = fields.Boolean("Customers Answered on Time (%)")
    kpi_expo_answered_value = fields.Integer("Answered on Time Value", compute="_compute_kpi_expo_answered_value")
    kpi_expo_touches = fields.Boolean("Follow-ups after Exhibitions")
    kpi_expo_touches_value = fields.Integer("Exhibition Follow-ups Value", compute="_compute_kpi_expo_touches_value")
    kpi_expo_late = fields.Boolean("Customers Waiting Too Long")
    kpi_expo_late_value = fields.Integer("Customers Waiting Value", compute="_compute_kpi_expo_late_value")
    kpi_expo_orders = fields.Boolean("New Exhibition Orders")
    kpi_expo_orders_value = fields.Integer("Exhibition Orders Value", compute="_compute_kpi_expo_orders_value")

    # What the digest mail tells of complaints; each reader's figures cover the records they may see.
    kpi_expo_complaints = fields.Boolean("Open Complaints")
    kpi_expo_complaints_value = fields.Integer("Open Complaints Value", compute="_compute_kpi_expo_complaints_value")
    kpi_expo_complaints_late = fields.Boolean("Overdue Complaints")
    kpi_expo_complaints_late_value = fields.Integer(
        "Overdue Complaints Value", compute="_compute_kpi_expo_complaints_late_value"
    )
    kpi_expo_complaints_kept = fields.Boolean("Complaints on Time (%)")
    kpi_expo_complaints_kept_value = fields.Integer(
        "Complaints on Time Value", compute="_compute_kpi_expo_complaints_kept_value"
    )

    def _compute_kpi_expo_answered_value(self):
        """Of those who got their first personal answer in the period, the share who got it in time."""
        self._check_expo_access()
        start, end, companies = self._get_kpi_compute_parameters()
        groups = self.env["expo.participation"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("first_response_on", ">=", start),
                ("first_response_on", "<", end),
                ("tier_id.answer_expected", "=", True),
            ],
            ["company_id", "answered_in_time"],
            ["__count"],
        )
        counts = {(company.id, in_time): count for company, in_time, count in groups}
        for digest in self:
            company = (digest.company_id or self.env.company).id
            good, bad = counts.get((company, True), 0), counts.get((company, False), 0)
            digest.kpi_expo_answered_value = round(100 * good / (good + bad)) if good + bad else 0

    def _compute_kpi_expo_touches_value(self):
        self._check_expo_access()
        self._calculate_company_based_kpi(
            "expo.followup",
            "kpi_expo_touches_value",
            date_field="done_on",
            additional_domain=[("state", "=", "done"), ("is_letter", "=", False)],
        )

    def _compute_kpi_expo_late_value(self):
        """How many wait too long now, whatever the period."""
        self._check_expo_access()
        *_period, companies = self._get_kpi_compute_parameters()
        groups = self.env["expo.participation"]._read_group(
            Domain("company_id", "in", companies.ids)
            & Domain("response_state", "=", "red")
            & self.env["expo.participation"]._get_unanswered_domain(),
            ["company_id"],
            ["__count"],
        )
        counts = {company.id: count for company, count in groups}
        for digest in self:
            digest.kpi_expo_late_value = counts.get((digest.company_id or self.env.company).id, 0)

    def _compute_kpi_expo_orders_value(self):
        self._check_expo_access()
        self._calculate_company_based_kpi(
            "sale.order",
            "kpi_expo_orders_value",
            date_field="date_order",
            additional_domain=[("state", "=", "sale"), ("expo_participation_id", "!=", False)],
        )

    @api.model
    def _check_expo_access(self):
        """Leave the figures out of the mail of users who do not sell.

        :raises AccessError: which the digest takes as "not for this reader"
        """
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("Do not have access, skip this data for user's digest email"))

    def _compute_kpis_actions(self, company, user):
        res = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        for kpi, action in (
            ("answered", "action_participation_waiting"),
            ("touches", "action_touch_report"),
            ("late", "action_participation_waiting"),
            ("complaints", "action_complaint_all"),
            ("complaints_late", "action_complaint_all"),
            ("complaints_kept", "action_complaint_all"),
        ):
            res[f"kpi_expo_{kpi}"] = f"expo_followup.{action}?menu_id={menu}"
        return res

    # -- complaints

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
