from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoTierChange(models.Model):
    """One entry in the history of a customer's tier. Written by the participation only, never changed."""

    _name = "expo.tier.change"
    _description = "Intent Tier Change"
    _inherit = ["expo.linked.records"]
    _order = "changed_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="tiers",
        archive_order=80,
        archive_parent="participation_id",
        automatic=True,
        personal="erase",
        personal_links=("participation_id",),
        erase_order=50,
        merge="move",
        salesperson="participation_id.user_id",
    )

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
