from odoo import api, fields, models

from .res_partner import SALES

#: What an opportunity's status means for the customer of the show.
OUTCOME_OF_STATUS = {"won": "won", "lost": "lost", "pending": "open"}


class CrmLead(models.Model):
    """An opportunity from a show: its outcome and salesperson are those of its exhibition customer."""

    _inherit = "crm.lead"

    expo_participation_ids = fields.One2many(
        "expo.participation", "lead_id", "Exhibition Customers", groups=SALES, readonly=True
    )
    expo_participation_count = fields.Integer(
        "Exhibition Count", compute="_compute_expo_participation_count", compute_sudo=True, groups=SALES
    )

    @api.depends("expo_participation_ids")
    def _compute_expo_participation_count(self):
        for lead in self:
            lead.expo_participation_count = len(lead.expo_participation_ids)

    def write(self, vals):
        res = super().write(vals)
        if "user_id" in vals:
            self._expo_pull_owner()
        return res

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        res = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        moved = self.filtered(
            lambda lead: old_status_by_lead.get(lead.id) not in (None, new_status_by_lead.get(lead.id))
        )
        moved._expo_pull_outcome()
        return res

    def _expo_customers(self):
        # What follows from an opportunity that one may write is written for customers of whichever colleague.
        return self.sudo().with_context(active_test=False).expo_participation_ids

    def _expo_pull_outcome(self):
        """Won and lost opportunities settle their customers, reopened ones open them again."""
        customers = self._expo_customers()
        for status, group in customers.grouped(lambda customer: customer.lead_id.won_status).items():
            outcome = OUTCOME_OF_STATUS[status]
            # A dormant customer's opportunity is lost: that is no refusal.
            settled = ("lost", "dormant") if status == "lost" else (outcome,)
            changed = group.filtered(lambda customer, settled=settled: customer.outcome not in settled)
            for reason, same in changed.grouped(lambda customer: customer.lead_id.lost_reason_id.name).items():
                same.write({"outcome": outcome, "outcome_reason": reason})

    def _expo_pull_owner(self):
        """Assign the customer to the new salesperson of the opportunity."""
        customers = self._expo_customers().filtered(lambda customer: customer.user_id != customer.lead_id.user_id)
        for owner, group in customers.grouped(lambda customer: customer.lead_id.user_id).items():
            served = group.filtered(lambda customer, owner=owner: not owner or customer.company_id in owner.company_ids)
            served.set_owner(owner, self.env._("Took over the opportunity"))

    @api.private
    def _expo_reopen(self):
        """Take up opportunities that were won or lost too early."""
        self.filtered(lambda lead: not lead.active).action_restore()
        for lead in self.filtered(lambda lead: lead.won_status != "pending"):
            stage = lead._stage_find(team_id=lead.team_id.id, domain=[("is_won", "=", False)])
            lead.write({"stage_id": stage.id, "probability": lead.automated_probability})

    def _merge_dependences(self, opportunities):
        """Merged opportunities keep the customers of all of them."""
        res = super()._merge_dependences(opportunities)
        opportunities._expo_customers().lead_id = self
        return res

    def action_open_expo_participations(self):
        """Open the exhibition customer."""
        customers = self.expo_participation_ids
        if len(customers) == 1:
            return customers.get_formview_action()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        return {**action, "domain": [("id", "in", customers.ids)], "context": {}}
