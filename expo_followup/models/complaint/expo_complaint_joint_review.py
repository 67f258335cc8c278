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

    def write(self, vals):
        res = super().write(vals)
        if "user_id" in vals:
            # In sudo: who sees it, and who answers the customer, may be another now; see _update_todos.
            self.sudo().review_ids._update_todos()
        return res

    def _after_step(self, before, state):
        res = super()._after_step(before, state)
        # What has ended is reviewed no more, until it is taken up again.
        self.sudo().review_ids._update_todos()
        return res

    def _get_reviewer(self, department):
        """Return who is asked to review by himself: whoever is in charge of the department that made the goods."""
        if department != "production":
            return self.env["res.users"]
        # In sudo: who is in charge is no secret, and may not be somebody whom the user sees.
        return self.department_id.sudo().responsible_id.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

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
                        "user_id": complaint._get_reviewer(name).id,
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

    def _note_letter(self, kind, message, mail=None):
        res = super()._note_letter(kind, message, mail)
        if res and kind == "announce_review" and self.is_open and not self.review_ids:
            # Chosen as a template, not by its button: what was announced begins all the same.
            self.sudo().action_start_review()
        return res

    def _get_letter_day(self, name):
        if name == "review":
            # No department that is still at it is promised earlier than it is due.
            due = self.review_ids.filtered(lambda row: row.due_on and not row.concluded_on).mapped("due_on")
            if due and max(due) >= self.company_id._expo_today():
                return max(due)
        return super()._get_letter_day(name)
