from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.record_keeping import RecordKeeping

KINDS = [
    ("received", "Received"),
    ("acknowledged", "Acknowledged"),
    ("restated", "Facts confirmed"),
    ("photos_asked", "Photos requested"),
    ("review_announced", "Review announced"),
    ("evaluated", "Evaluated"),
    ("offered", "Remedy offered"),
    ("accepted", "Remedy accepted"),
    ("declined", "Remedy declined"),
    ("implemented", "Implemented"),
    ("told_done", "Completion letter sent"),
    ("feedback_asked", "Feedback requested"),
    ("rated", "Rated"),
    ("called", "Called"),
    ("waiting", "Waiting for the customer"),
    ("answered", "Customer replied"),
    ("approved", "Approved"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("merged", "Merged"),
    ("breach", "SLA breached"),
    ("escalated", "Escalated"),
    ("hastened", "Priority changed"),
]


class ExpoComplaintEvent(models.Model):
    """What happened to a complaint, and when: the log from which its clocks are computed.

    Append-only. Events are never changed or deleted, not even by the system; they go with their complaint alone.
    """

    _name = "expo.complaint.event"
    _description = "Event of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "at, id"
    _rec_name = "kind"
    _record_keeping = RecordKeeping(
        archive="complaint_events",
        archive_order=220,
        archive_parent="complaint_id",
        personal="clear",
        cleared=("note",),
        salesperson="complaint_id.participation_id.user_id",
    )

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, "Event", required=True)
    at = fields.Datetime("Event Time", required=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one("res.users", "Noted By", ondelete="set null", default=lambda self: self.env.user)
    note = fields.Char()
    message_id = fields.Many2one(
        "mail.message",
        ondelete="set null",
        index="btree_not_null",
        help="Message that informed the customer.",
    )

    def write(self, vals):
        """Move events to another complaint, as a merge does: the clocks of both follow. Nothing else of them changes.

        :raises UserError: when anything else is written
        """
        self.check_access("write")
        if vals.keys() - {"complaint_id", "company_id"}:
            raise UserError(self.env._("You cannot change the history of a complaint. Add a note instead."))
        before = self.complaint_id
        res = super().write(vals)
        if "complaint_id" in vals:
            (before | self.complaint_id)._update_clocks()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("You cannot delete the history of a complaint. Add a note instead."))
