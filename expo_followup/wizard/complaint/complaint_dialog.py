from odoo import api, fields, models


class ExpoComplaintDialog(models.AbstractModel):
    """A dialog about one complaint: it opens, and is changed, only for who may write what it points at."""

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
