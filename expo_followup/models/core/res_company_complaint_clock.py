from odoo import api, fields, models

from ...tools.complaint_clocks import CLOCKS

MANAGER = "sales_team.group_sale_manager"
HOURS = "expo_complaint_hours_"


class ResCompany(models.Model):
    """How long we may take over a complaint, in working hours. What runs keeps the limit that it started with."""

    _inherit = "res.company"

    expo_complaint_hours_acknowledge = fields.Float(
        "Acknowledge Within (Working Hours)", default=8, help="From the receipt of a complaint. 0: no limit."
    )
    expo_complaint_hours_evaluate = fields.Float(
        "Evaluate Within (Working Hours)", default=24, help="From our acknowledgement. 0: no limit."
    )
    expo_complaint_hours_offer = fields.Float(
        "Offer Within (Working Hours)", default=16, help="From our evaluation. 0: no limit."
    )
    expo_complaint_hours_implement = fields.Float(
        "Carry Out Within (Working Hours)", default=80, help="From the customer's acceptance. 0: no limit."
    )
    expo_complaint_serious_percent = fields.Integer(
        "Serious Complaints (%)", default=50, help="Share of these hours that a serious complaint may take."
    )
    expo_complaint_warn_percent = fields.Integer(
        "Remind at (%)", default=75, help="Share of the hours after which the owner of a complaint is reminded."
    )

    _expo_complaint_hours_range = models.Constraint(
        "CHECK(expo_complaint_hours_acknowledge >= 0 AND expo_complaint_hours_evaluate >= 0"
        " AND expo_complaint_hours_offer >= 0 AND expo_complaint_hours_implement >= 0)",
        "A complaint may take so many working hours, or any: 0.",
    )
    _expo_complaint_percent_range = models.Constraint(
        "CHECK(expo_complaint_serious_percent BETWEEN 1 AND 100 AND expo_complaint_warn_percent BETWEEN 1 AND 99)",
        "Serious complaints take 1 to 100 % of the time, and reminders come at 1 to 99 % of it.",
    )

    def write(self, vals):
        res = super().write(vals)
        if "resource_calendar_id" in vals:
            self._expo_request_clocks()
        return res

    @api.private
    def _expo_clock_limits(self, serious=False):
        """Return how many working hours each clock of a complaint that starts now may take: ``{clock: hours}``.

        :param bool serious: whether the complaint is serious
        """
        share = self.expo_complaint_serious_percent / 100 if serious else 1
        return {clock: self[HOURS + clock] * share for clock in CLOCKS}

    @api.private
    def _expo_clock_thresholds(self):
        """Return the shares of its time at which the owner, the second level and managers hear of a complaint."""
        return self.expo_complaint_warn_percent / 100, 1.0, 2.0

    @api.private
    def _expo_complaint_managers(self):
        """Return ``{company: its managers}``, who hear of complaints that take too long."""
        # In sudo: who has which right is no secret of a customer's.
        users = self.env["res.users"].sudo().search(
            [
                ("all_group_ids", "in", self.env.ref(MANAGER).ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
            ],
            order="id",
        )  # fmt: skip
        return {company: users.filtered(lambda user, company=company: company in user.company_ids) for company in self}

    @api.private
    def _expo_request_clocks(self):
        """Our working hours have changed: what runs is due at another moment, as soon as the scheduled action runs."""
        # In sudo: whoever keeps the calendar need not see complaints.
        self.env["expo.complaint.clock"].sudo()._request(self)
