from odoo import api, fields, models


class ExpoCustomerFile(models.Model):
    """The visits to a customer, those to its people at any show and at none."""

    _inherit = "expo.customer.file"

    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")

    @api.depends_context("uid")
    def _compute_visit_count(self):
        """Count the visits that the user may see."""
        groups = self.env["expo.visit"]._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "!=", "cancelled"),
            ],
            ["company_id", "partner_id"],
            ["__count"],
        )
        counts = {}
        for company, partner, count in groups:
            key = company, partner.commercial_partner_id
            counts[key] = counts.get(key, 0) + count
        for file in self:
            file.visit_count = counts.get((file.company_id, file.partner_id), 0)

    def action_open_visits(self):
        """Show the visits to this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_visit")
        domain = [("partner_id", "child_of", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return {**action, "domain": domain, "context": {"default_partner_id": self.partner_id.id}}

    def action_plan_visit(self):
        """Open the form of a new visit to this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "expo.visit",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.partner_id.id},
        }
