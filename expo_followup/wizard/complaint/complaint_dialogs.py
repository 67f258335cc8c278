"""The dialogs about one complaint: its steps, calls, cancellation, waiver of photos, merging; first what they share."""

from markupsafe import Markup

from odoo import api, fields, models


class ExpoComplaintDialog(models.AbstractModel):
    """A dialog about one complaint: it opens, and is changed, only with write access to its records."""

    _name = "expo.complaint.dialog"
    _description = "Dialog about a Complaint"

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade")

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_pointed()
        return dialogs

    def write(self, vals):
        res = super().write(vals)
        self._check_pointed()
        return res

    def _check_pointed(self):
        """Refuse dialogs about what the user may not write.

        :raises AccessError: in that case
        """
        self.complaint_id.check_access("write")


class ExpoComplaintStep(models.TransientModel):
    """The dialog that asks for what a step of a complaint needs: contact, comment, reason."""

    _name = "expo.complaint.step"
    _description = "Step of a Complaint"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    remedy_id = fields.Many2one("expo.complaint.remedy", ondelete="cascade")
    step = fields.Selection(
        [("accept", "Remedy accepted"), ("decline", "Remedy declined"), ("refuse", "Refuse or withdraw remedy")],
        required=True,
    )
    how = fields.Selection(
        [("phone", "By phone"), ("email", "By e-mail"), ("hand", "In writing")],
        "Reply Channel",
        default="phone",
        required=True,
    )
    name = fields.Char("Contact Person", compute="_compute_name", store=True, readonly=False)
    text = fields.Char("Customer Comment")

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


class ExpoComplaintCall(models.TransientModel):
    """A call to the customer, noted: a satisfied customer's complaint is closed with it."""

    _name = "expo.complaint.call"
    _description = "Call about a Complaint"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    complaint_id = fields.Many2one(readonly=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    phone = fields.Char(related="complaint_id.phone")
    verdict = fields.Selection(
        [("content", "Satisfied"), ("not_content", "Not satisfied"), ("no_answer", "No answer")],
        "Call Result",
        required=True,
        default="content",
    )
    text = fields.Text("Customer Comment")

    def action_confirm(self):
        """Note the call; what the customer says counts as feedback, an unanswered call does not."""
        self.ensure_one()
        complaint = self.complaint_id
        complaint.check_access("write")
        verdict = dict(self._fields["verdict"]._description_selection(self.env))[self.verdict]
        text = (self.text or "").strip()
        body = Markup("<b>%s</b>") % self.env._("Called: %s", verdict)
        complaint._message_log(body=body + Markup("<br/>") + text if text else body)
        if self.verdict != "no_answer":
            # In sudo: the log is kept by the system, and the complaint's write access was checked.
            complaint.sudo()._customer_called(self.verdict == "content", text)
        return {"type": "ir.actions.act_window_close"}


class ExpoComplaintCancel(models.TransientModel):
    """The dialog that asks why a complaint is cancelled: no complaint disappears without a word."""

    _name = "expo.complaint.cancel"
    _description = "Cancellation of a Complaint"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    reason = fields.Char(required=True)

    def action_confirm(self):
        """Cancel the complaint."""
        self.ensure_one()
        self.complaint_id.cancel_reason = self.reason
        self.complaint_id._move_to("cancelled")
        return {"type": "ir.actions.act_window_close"}


class ExpoComplaintWaive(models.TransientModel):
    """Why there are no photos: asked before the complaint goes on without them."""

    _name = "expo.complaint.waive"
    _description = "Waiver of Photos"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    reason = fields.Char(required=False)

    def action_confirm(self):
        """Waive the photos of the complaint."""
        self.ensure_one()
        self.complaint_id.waive_evidence("photo", self.reason)
        return {"type": "ir.actions.act_window_close"}


class ExpoComplaintMerge(models.TransientModel):
    """The dialog that asks into which complaint another one is merged."""

    _name = "expo.complaint.merge"
    _description = "Merge of Two Complaints"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    complaint_id = fields.Many2one(string="Merged Complaint")
    company_id = fields.Many2one(related="complaint_id.company_id")
    commercial_partner_id = fields.Many2one(related="complaint_id.commercial_partner_id")
    target_id = fields.Many2one(
        "expo.complaint",
        "Merge Into",
        ondelete="cascade",
        domain="[('id', '!=', complaint_id), ('company_id', '=', company_id), ('merged_into_id', '=', False), "
        "('commercial_partner_id', 'in', (commercial_partner_id, False))]",
        help="Complaint that receives all records and remains open.",
    )

    def _check_pointed(self):
        res = super()._check_pointed()
        self.target_id.check_access("read")
        return res

    def action_confirm(self):
        """Merge, and open the complaint that goes on."""
        self.ensure_one()
        self.complaint_id._merge_into(self.target_id)
        return self.target_id.get_formview_action()
