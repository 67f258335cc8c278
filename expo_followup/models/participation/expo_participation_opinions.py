from odoo import fields, models


class ExpoParticipation(models.Model):
    """What a customer thinks of us, noted where he is served."""

    _inherit = "expo.participation"

    suggestion_ids = fields.One2many("expo.suggestion", "participation_id", "Opinions")
    suggestion_count = fields.Integer("Number of Opinions", compute="_compute_suggestion_count")

    def _compute_suggestion_count(self):
        counts = dict(
            self.env["expo.suggestion"]._read_group(
                [("participation_id", "in", self.ids)], ["participation_id"], ["__count"]
            )
        )
        for participation in self:
            participation.suggestion_count = counts.get(participation, 0)

    def action_open_suggestions(self):
        """Show what this customer thinks of us; a new one is filed with his name."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_suggestion")
        person = self.file_id.person_ids.filtered(lambda row: row.partner_id == self.partner_id)
        return {
            **action,
            "domain": [("file_id", "=", self.file_id.id)],
            "context": {
                "default_file_id": self.file_id.id,
                "default_participation_id": self.id,
                "default_person_id": person[:1].id,
            },
        }
