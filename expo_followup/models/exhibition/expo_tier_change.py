from odoo import api, fields, models


class ExpoTierChange(models.Model):
    """One entry in the history of a customer's tier. Written by the participation only, never changed."""

    _name = "expo.tier.change"
    _description = "Intent Tier Change"
    _order = "changed_on desc, id desc"

    participation_id = fields.Many2one("expo.participation", required=True, ondelete="cascade", index=True)
    tier_before_id = fields.Many2one("expo.tier", "From", ondelete="restrict")
    tier_after_id = fields.Many2one("expo.tier", "To", ondelete="restrict")
    reason = fields.Char()
    changed_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, ondelete="set null")
    company_id = fields.Many2one(related="participation_id.company_id", store=True, index=True)

    @api.depends("tier_before_id", "tier_after_id")
    def _compute_display_name(self):
        for change in self:
            before = change.tier_before_id.name or "–"
            change.display_name = f"{before} → {change.tier_after_id.name or '–'}"
