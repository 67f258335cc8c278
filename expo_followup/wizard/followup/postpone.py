"""The dialog that postpones follow-ups."""

from odoo import api, fields, models

from ...tools.postponing import get_postponed_day


class ExpoPostpone(models.TransientModel):
    """The dialog that postpones follow-ups: to tomorrow, the next Tuesday, in a week or a date, and why."""

    _name = "expo.postpone"
    _description = "Postpone Follow-ups"
    _inherit = ["expo.linked.records"]

    followup_ids = fields.Many2many("expo.followup", string="Follow-ups", required=True)
    choice = fields.Selection(
        [
            ("tomorrow", "Tomorrow"),
            ("tuesday", "Next Tuesday"),
            ("in_a_week", "In a week"),
            ("date", "Other date"),
        ],
        "Postpone To",
        default="date",
        required=True,
        help="Working days of ours and of the customer's country are chosen.",
    )
    day = fields.Date(
        "New Day",
        compute="_compute_day",
        store=True,
        readonly=False,
        help="Day of the follow-up; on a day off of either side it is the next working day.",
    )
    reason = fields.Char(help="Reason shown in the chatter of the customer; may be empty.")

    @api.depends("choice", "followup_ids")
    def _compute_day(self):
        """Show the day that a choice stands for; of several follow-ups that of the first."""
        today = fields.Date.context_today(self)
        for wizard in self:
            if wizard.choice in (False, "date") or not wizard.followup_ids:
                continue
            is_working = wizard.followup_ids[:1]._get_working_test()
            wizard.day = get_postponed_day(wizard.choice, today, is_working)

    def action_save(self):
        """Postpone the follow-ups."""
        self.ensure_one()
        day = self.day if self.choice == "date" else self.choice
        return self.followup_ids.action_postpone_to(day, self.reason or "")
