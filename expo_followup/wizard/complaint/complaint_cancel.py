from odoo import fields, models


class ExpoComplaintCancel(models.TransientModel):
    """The dialog that asks why a complaint is cancelled: no complaint disappears without a word."""

    _name = "expo.complaint.cancel"
    _description = "Why a Complaint Is Cancelled"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    reason = fields.Char(required=True)

    def action_confirm(self):
        """Cancel the complaint."""
        self.ensure_one()
        self.complaint_id.cancel_reason = self.reason
        self.complaint_id._move_to("cancelled")
        return {"type": "ir.actions.act_window_close"}
