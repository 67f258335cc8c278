from odoo import api, fields, models


class ExpoRecordOutcomeLine(models.TransientModel):
    """One question of the outcome dialog, and what the customer said."""

    _name = "expo.record.outcome.line"
    _description = "Answer to a Question"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.record.outcome", required=True, ondelete="cascade")
    question_id = fields.Many2one("expo.question", required=True, ondelete="cascade")
    name = fields.Char(related="question_id.name")
    hint = fields.Char(related="question_id.hint")
    answer = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # What is written in somebody else's dialog would be recorded in his name.
        lines.wizard_id.check_access("write")
        return lines

    def write(self, vals):
        res = super().write(vals)
        self.wizard_id.check_access("write")
        return res
