from odoo import api, fields, models


class ExpoComplaintStep(models.TransientModel):
    """The dialog that asks for what a step of a complaint needs: who accepted, what was said, why it is refused."""

    _name = "expo.complaint.step"
    _description = "Step of a Complaint"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    remedy_id = fields.Many2one("expo.complaint.remedy", ondelete="cascade")
    step = fields.Selection(
        [("accept", "Offer accepted"), ("decline", "Offer declined"), ("refuse", "Refuse or withdraw the remedy")],
        required=True,
    )
    how = fields.Selection(
        [("phone", "By phone"), ("email", "By e-mail"), ("hand", "In writing")], default="phone", required=True
    )
    name = fields.Char("Who Said It", compute="_compute_name", store=True, readonly=False)
    text = fields.Char("What Was Said")

    @api.depends("complaint_id")
    def _compute_name(self):
        for dialog in self:
            dialog.name = dialog.complaint_id.partner_id.name

    def _check_pointed(self):
        res = super()._check_pointed()
        self.remedy_id.check_access("write")
        return res

    @api.model
    @api.private
    def _open_dialog(self, complaint, step, remedy=False):
        """Return the action that opens the dialog for a step."""
        complaint.ensure_one()
        dialog = self.create({"complaint_id": complaint.id, "step": step, "remedy_id": remedy and remedy.id})
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["step"]._description_selection(self.env))[step],
            "res_model": self._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_confirm(self):
        """Take the step."""
        self.ensure_one()
        self._check_pointed()
        if self.step == "accept":
            self.complaint_id._accept_offer(self.how, self.name)
        elif self.step == "decline":
            self.complaint_id._decline_offer(self.how, self.text)
        else:
            self.remedy_id.refuse(self.text)
        return {"type": "ir.actions.act_window_close"}
