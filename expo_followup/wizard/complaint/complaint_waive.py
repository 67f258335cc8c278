from odoo import fields, models


class ExpoComplaintWaive(models.TransientModel):
    """Why there are no photos: asked before the complaint goes on without them."""

    _name = "expo.complaint.waive"
    _description = "Waiver of Photos"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    reason = fields.Char("Why", required=False)

    def action_confirm(self):
        """Waive the photos of the complaint."""
        self.ensure_one()
        self.complaint_id.waive_evidence("photo", self.reason)
        return {"type": "ir.actions.act_window_close"}
