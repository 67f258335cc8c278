from markupsafe import Markup

from odoo import fields, models


class ExpoComplaintCall(models.TransientModel):
    """A call to the customer, noted: where he says that all is well, his complaint is closed with it."""

    _name = "expo.complaint.call"
    _description = "Call about a Complaint"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    complaint_id = fields.Many2one(readonly=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    phone = fields.Char(related="complaint_id.phone")
    verdict = fields.Selection(
        [("content", "Satisfied"), ("not_content", "Not satisfied"), ("no_answer", "No answer")],
        "How It Went",
        required=True,
        default="content",
    )
    text = fields.Text("What Was Said")

    def action_confirm(self):
        """Note the call; what the customer says counts as his verdict, an unanswered call does not."""
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
