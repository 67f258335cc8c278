from odoo import api, fields, models

from ..activities.expo_visit import OPEN_STATES


class ExpoFollowup(models.Model):
    """A planned visit of the plan is where its form begins."""

    _inherit = "expo.followup"

    visit_ids = fields.One2many("expo.visit", "followup_id", "Visits")
    is_visit = fields.Boolean(compute="_compute_is_visit")

    @api.depends("activity_type_id")
    def _compute_is_visit(self):
        kind = self.env.ref("expo_followup.activity_visit", raise_if_not_found=False)
        for followup in self:
            followup.is_visit = bool(kind) and followup.activity_type_id == kind

    def action_plan_visit(self):
        """Open the visit that this follow-up stands for, else the form of a new one."""
        self.ensure_one()
        visit = self.env["expo.visit"].search(
            [
                ("state", "in", OPEN_STATES),
                "|",
                ("followup_id", "=", self.id),
                "&",
                ("followup_id", "=", False),
                ("participation_id", "=", self.participation_id.id or -1),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit"),
            "res_model": "expo.visit",
            "res_id": visit.id,
            "views": [(False, "form")],
            "context": {
                "default_participation_id": self.participation_id.id,
                "default_partner_id": self.partner_id.id,
                "default_aim": self.summary,
            },
        }
