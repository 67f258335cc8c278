from odoo import fields, models
from odoo.exceptions import AccessError

from ...tools.complaint_flow import ENDED
from ..mixins.record_keeping import RecordKeeping

STATES = [
    ("new", "New"),
    ("confirmed", "Confirmed"),
    ("evaluating", "Evaluating"),
    ("negotiating", "Negotiating"),
    ("implementing", "Implementing"),
    ("feedback", "Feedback"),
    ("closed", "Closed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("reopened", "Reopened"),
]


class ExpoComplaintStage(models.Model):
    """A column of the complaint desk. Companies name them as they like; what a stage means is fixed by its state."""

    _name = "expo.complaint.stage"
    _description = "Complaint Stage"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "description"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded", help="Shown as a narrow column on the board.")
    description = fields.Text(translate=True, help="What is done in this stage, shown to its users.")
    state = fields.Selection(STATES, "Meaning", required=True, readonly=True)

    _state_unique = models.UniqueIndex("(state)", "There is one stage for each meaning already.")

    def write(self, vals):
        """Rename, order, fold; what a stage means is fixed: complaints stand in it.

        :raises AccessError: when a user changes its meaning
        """
        if not self._is_system() and any(stage.state != vals.get("state", stage.state) for stage in self):
            raise AccessError(self.env._("What a stage means is fixed. Give it another name instead."))
        return super().write(vals)

    def _is_end(self):
        """Tell whether complaints of this stage have ended."""
        return self.state in ENDED
