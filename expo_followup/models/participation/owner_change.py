from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoOwnerChange(models.Model):
    """One entry in the history of who serves a customer. Written by the participation only, never changed."""

    _name = "expo.owner.change"
    _description = "Change of Owner"
    _inherit = ["expo.linked.records"]
    _order = "changed_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="owners",
        archive_order=90,
        archive_parent="participation_id",
        automatic=True,
        personal="erase",
        personal_links=("participation_id",),
        erase_order=60,
        merge="move",
        salesperson="participation_id.user_id",
    )

    participation_id = fields.Many2one("expo.participation", "Customer", required=True, ondelete="cascade", index=True)
    user_before_id = fields.Many2one("res.users", "Former Owner", ondelete="set null")
    user_after_id = fields.Many2one("res.users", "New Owner", ondelete="set null")
    reason = fields.Char()
    changed_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    changed_by_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, ondelete="set null")
    company_id = fields.Many2one(related="participation_id.company_id", store=True, index=True)

    @api.depends("user_before_id", "user_after_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = f"{change.user_before_id.name or '–'} → {change.user_after_id.name or '–'}"
