from odoo import fields, models
from odoo.addons.base.models.res_partner import _lang_get


class ExpoCloseShowLine(models.TransientModel):
    """One row of the preview: so many letters, exclusions or follow-ups of one kind."""

    _name = "expo.close.show.line"
    _description = "Row of the Preview of Closing an Exhibition"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.close.show", required=True, ondelete="cascade")
    kind = fields.Selection([("letter", "Letter"), ("excluded", "Excluded"), ("followup", "Follow-up")], required=True)
    lang = fields.Selection(_lang_get, "Language")
    tier_id = fields.Many2one("expo.tier")
    exclude_reason = fields.Selection(
        lambda self: self.env["expo.followup"]._fields["exclude_reason"]._description_selection(self.env), "Reason"
    )
    names = fields.Char("Who")
    activity_type_id = fields.Many2one("mail.activity.type", "Method")
    summary = fields.Char("Step")
    count = fields.Integer("Number")
