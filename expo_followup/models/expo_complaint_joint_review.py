from odoo import api, fields, models

from .expo_complaint_review import DEPARTMENTS


class ExpoComplaint(models.Model):
    """Production and inspection review serious complaints together; the customer is told until when."""

    _inherit = "expo.complaint"

    review_ids = fields.One2many("expo.complaint.review", "complaint_id", "Joint Review", copy=False)

    @api.depends("review_ids.concluded_on")
    def _compute_next_step(self):
        return super()._compute_next_step()

    @api.depends("review_ids.concluded_on")
    def _compute_next_letter(self):
        return super()._compute_next_letter()

    def _get_gate_facts(self):
        done = set(self.review_ids.filtered("concluded_on").mapped("department"))
        return {**super()._get_gate_facts(), **{name: name in done for name, _label in DEPARTMENTS}}

    def action_start_review(self):
        """Ask both departments to review, by the company's days."""
        self.check_access("write")
        for complaint in self:
            there = set(complaint.review_ids.mapped("department"))
            self.env["expo.complaint.review"].create(
                [
                    {
                        "complaint_id": complaint.id,
                        "department": name,
                        "due_on": complaint._get_letter_day("review"),
                    }
                    for name, _label in DEPARTMENTS
                    if name not in there
                ]
            )
        return True

    def _prepare_letter(self, kind):
        res = super()._prepare_letter(kind)
        if kind == "announce_review" and not self.review_ids:
            # The letter gives their date.
            self.action_start_review()
        return res

    def _get_letter_day(self, name):
        if name == "review":
            # No department that is still at it is promised earlier than it is due.
            due = self.review_ids.filtered(lambda row: row.due_on and not row.concluded_on).mapped("due_on")
            if due and max(due) >= self.company_id._expo_today():
                return max(due)
        return super()._get_letter_day(name)
