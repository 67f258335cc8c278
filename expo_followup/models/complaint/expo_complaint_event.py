from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("received", "Received"),
    ("acknowledged", "Acknowledged"),
    ("restated", "Facts restated"),
    ("photos_asked", "Photos asked for"),
    ("review_announced", "Review announced"),
    ("evaluated", "Evaluated"),
    ("offered", "Offer made"),
    ("accepted", "Offer accepted"),
    ("declined", "Offer declined"),
    ("implemented", "Carried out"),
    ("told_done", "Told that it is carried out"),
    ("feedback_asked", "Asked for feedback"),
    ("rated", "Rated"),
    ("called", "Called"),
    ("waiting", "Waiting for the customer"),
    ("answered", "The customer answered"),
    ("approved", "Approved"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("merged", "Merged"),
    ("breach", "Too late"),
    ("escalated", "Escalated"),
    ("hastened", "Found to be serious"),
]


class ExpoComplaintEvent(models.Model):
    """What happened to a complaint, and when: the log from which its clocks are computed.

    Append-only. Nobody changes or deletes an event, the system included; they go with their complaint alone.
    """

    _name = "expo.complaint.event"
    _description = "Event of a Complaint"
    _order = "at, id"
    _rec_name = "kind"

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, "What", required=True)
    at = fields.Datetime("When", required=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one("res.users", "Noted By", ondelete="set null", default=lambda self: self.env.user)
    note = fields.Char()
    message_id = fields.Many2one(
        "mail.message", "Letter", ondelete="set null", index="btree_not_null", help="What told the customer."
    )

    def write(self, vals):
        self.check_access("write")
        # A merge moves the whole history to the complaint that goes on.
        if vals.keys() - {"complaint_id", "company_id"}:
            raise UserError(self.env._("What happened to a complaint cannot be changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("What happened to a complaint cannot be deleted."))
