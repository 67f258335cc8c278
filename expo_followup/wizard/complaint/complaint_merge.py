from odoo import fields, models


class ExpoComplaintMerge(models.TransientModel):
    """The dialog that asks into which complaint another one is merged."""

    _name = "expo.complaint.merge"
    _description = "Merge of Two Complaints"
    _inherit = ["expo.complaint.dialog", "expo.linked.records"]

    complaint_id = fields.Many2one(string="This One")
    company_id = fields.Many2one(related="complaint_id.company_id")
    commercial_partner_id = fields.Many2one(related="complaint_id.commercial_partner_id")
    target_id = fields.Many2one(
        "expo.complaint",
        "Into",
        ondelete="cascade",
        domain="[('id', '!=', complaint_id), ('company_id', '=', company_id), ('merged_into_id', '=', False), "
        "('commercial_partner_id', 'in', (commercial_partner_id, False))]",
        help="The complaint that goes on.",
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
