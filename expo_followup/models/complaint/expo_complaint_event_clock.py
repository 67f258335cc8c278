from odoo import models


class ExpoComplaintEvent(models.Model):
    """Events that move with a merge: the clocks of both complaints follow."""

    _inherit = "expo.complaint.event"

    def write(self, vals):
        before = self.complaint_id
        res = super().write(vals)
        if "complaint_id" in vals:
            (before | self.complaint_id)._update_clocks()
        return res
