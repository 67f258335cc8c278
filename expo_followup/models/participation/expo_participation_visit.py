from odoo import api, fields, models

from ..activities.expo_visit import OPEN_STATES


class ExpoParticipation(models.Model):
    """The visits of a customer: they move with his owner, and with him when contacts are merged."""

    _inherit = "expo.participation"

    visit_ids = fields.One2many("expo.visit", "participation_id", "Visits")
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")

    @api.depends("visit_ids.state")
    def _compute_visit_count(self):
        counts = dict(
            self.env["expo.visit"]._read_group(
                [("participation_id", "in", self.ids), ("state", "!=", "cancelled")], ["participation_id"], ["__count"]
            )
        )
        for participation in self:
            participation.visit_count = counts.get(participation, 0)

    def action_open_visits(self):
        """Show the customer's visits."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_visit")
        return {
            **action,
            "domain": [("participation_id", "in", self.ids)],
            "context": {"default_participation_id": self.id},
        }

    def action_plan_visit(self):
        """Open the form of a new visit to this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "expo.visit",
            "views": [(False, "form")],
            "context": {"default_participation_id": self.id},
        }

    def unlink(self):
        """Visits go with their customer, through the ORM: with chatter, papers, reminders and meetings."""
        # In sudo: whoever may delete the customer deletes all that hangs on him, as the database would.
        visits = self.sudo().visit_ids
        if visits:
            self.check_access("unlink")
            visits._drop_meeting()
            visits.write({"state": "cancelled"})
            visits.unlink()
        return super().unlink()

    def _reassign_followups(self):
        """Hand the open visits to the new owner as well, with their reminders and meetings."""
        res = super()._reassign_followups()
        # The former owner may already have lost access to them: reassigning must reach them all the same.
        for user, customers in self.sudo().grouped("user_id").items():
            visits = customers.visit_ids.filtered(lambda visit, user=user: visit.user_id != user)
            if not user or not visits:
                continue
            visits.message_unsubscribe(visits.user_id.partner_id.ids)
            moved = visits.filtered(lambda visit: visit.state in OPEN_STATES)
            moved.user_id = user
            moved.filtered(lambda visit: visit.state == "approved")._make_meeting()
        return res

    @api.private
    def _absorb(self, others):
        others.visit_ids.participation_id = self
        return super()._absorb(others)

    @api.model
    def _cron_escalate(self):
        """Chase late minutes, too."""
        res = super()._cron_escalate()
        self.env["expo.visit"]._chase()
        return res
