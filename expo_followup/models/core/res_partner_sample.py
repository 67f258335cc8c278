from odoo import api, fields, models

from .res_partner import SALES


class ResPartner(models.Model):
    """The samples of a contact and of the people of its company."""

    _inherit = "res.partner"

    expo_sample_count = fields.Integer(compute="_compute_expo_sample_count", groups=SALES)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo_sample_count(self):
        """Count the samples that the user may see."""
        everybody = self.with_context(active_test=False).search_fetch([("id", "child_of", self.ids)], ["parent_id"])
        groups = self.env["expo.sample"]._read_group([("partner_id", "in", everybody.ids)], ["partner_id"], ["__count"])
        self.expo_sample_count = 0
        for sampled, count in groups:
            while sampled:
                if sampled in self:
                    sampled.expo_sample_count += count
                sampled = sampled.parent_id

    def action_open_expo_samples(self):
        """Show the samples of this contact and of the people of its company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_sample")
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }
