from odoo import api, fields, models


class ExpoRecordOutcomeLine(models.TransientModel):
    """One question of the outcome dialog, and what the customer said."""

    _name = "expo.record.outcome.line"
    _description = "Answer to a Question"
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


class ExpoRecordOutcome(models.TransientModel):
    """The dialog asks what is worth asking by this method and of such a customer; answers become part of the record."""

    _inherit = "expo.record.outcome"

    line_ids = fields.One2many(
        "expo.record.outcome.line", "wizard_id", "Worth Asking", compute="_compute_line_ids", store=True,
        readonly=False,
    )  # fmt: skip

    @api.depends("followup_id", "activity_type_id")
    def _compute_line_ids(self):
        """Ask what the method asks for; what was answered already stays."""
        for wizard in self:
            asked = self.env["expo.question"]._get_for(wizard.followup_id.participation_id, wizard.activity_type_id)
            kept = wizard.line_ids.filtered(lambda line, asked=asked: line.answer or line.question_id in asked)
            new = asked - kept.question_id
            wizard.line_ids = [
                *(fields.Command.delete(line.id) for line in wizard.line_ids - kept),
                *(fields.Command.create({"question_id": question.id}) for question in new),
            ]

    def _get_content(self):
        """Return what was said and done, with the answers under it."""
        answers = [f"{line.name} {line.answer.strip()}" for line in self.line_ids if (line.answer or "").strip()]
        return "\n".join([*filter(None, [(self.content or "").strip()]), *answers])
