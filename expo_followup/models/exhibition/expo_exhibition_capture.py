from odoo import api, fields, models


class ExpoExhibition(models.Model):
    """What came home from the show and is not entered yet."""

    _inherit = "expo.exhibition"

    capture_ids = fields.One2many("expo.capture", "exhibition_id", "Captured Contacts")
    waiting_capture_count = fields.Integer("Contacts to Enter", compute="_compute_waiting_capture_count")

    @api.depends("capture_ids.state")
    @api.depends_context("uid")
    def _compute_waiting_capture_count(self):
        waiting = self.env["expo.capture"]._read_group(
            [("exhibition_id", "in", self.ids), ("state", "=", "new")], ["exhibition_id"], ["__count"]
        )
        counts = {show.id: count for show, count in waiting}
        for show in self:
            show.waiting_capture_count = counts.get(show.id, 0)

    def action_open_captures(self):
        """Show what was captured at this show and waits to be entered."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_capture")
        return {
            **action,
            "domain": [("exhibition_id", "in", self.ids)],
            "context": {"search_default_new": 1, "default_exhibition_id": self[:1].id},
            "target": "current",
        }
