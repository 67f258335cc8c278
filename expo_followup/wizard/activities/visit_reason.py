from odoo import api, fields, models


class ExpoVisitReason(models.TransientModel):
    """The dialog that asks why a visit is sent back or cancelled."""

    _name = "expo.visit.reason"
    _description = "Reason to Send Back or Cancel a Visit"
    _inherit = ["expo.linked.records"]

    visit_id = fields.Many2one("expo.visit", required=True, ondelete="cascade")
    step = fields.Selection([("send_back", "Send back"), ("cancel", "Cancel visit")], required=True)
    reason = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs.visit_id.check_access("write")
        return dialogs

    def write(self, vals):
        res = super().write(vals)
        self.visit_id.check_access("write")
        return res

    def action_confirm(self):
        """Take the step with its reason."""
        self.ensure_one()
        if self.step == "send_back":
            self.visit_id.send_back(self.reason)
        else:
            self.visit_id.cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
