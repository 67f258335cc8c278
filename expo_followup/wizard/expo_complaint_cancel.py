from odoo import api, fields, models


class ExpoComplaintCancel(models.TransientModel):
    """The dialog that asks why a complaint is cancelled: no complaint disappears without a word."""

    _name = "expo.complaint.cancel"
    _description = "Why a Complaint Is Cancelled"

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs.complaint_id.check_access("write")
        return dialogs

    def write(self, vals):
        res = super().write(vals)
        self.complaint_id.check_access("write")
        return res

    def action_confirm(self):
        """Cancel the complaint."""
        self.ensure_one()
        self.complaint_id.cancel_reason = self.reason
        self.complaint_id._move_to("cancelled")
        return {"type": "ir.actions.act_window_close"}
