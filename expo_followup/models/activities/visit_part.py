from odoo import api, fields, models
from odoo.exceptions import UserError

# Once the minutes are with the reviewer, who was there is settled.
SETTLED = ("minutes", "reviewed", "sent", "confirmed", "cancelled")


class ExpoVisitPart(models.AbstractModel):
    """A row of a visit: whoever may write the visit may write it, as long as it is not settled."""

    _name = "expo.visit.part"
    _description = "Part of a Visit"

    visit_id = fields.Many2one("expo.visit", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_open()
        return rows

    def write(self, vals):
        self._check_open()
        res = super().write(vals)
        if "visit_id" in vals:
            self._check_open()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_open()

    def _check_open(self):
        """Refuse changes of a visit that the user may not write, or whose minutes are written."""
        if self._is_system():
            return
        self.visit_id.check_access("write")
        if any(visit.state in SETTLED for visit in self.visit_id):
            raise UserError(self.env._("The minutes are written: what belongs to them stays as it is."))
