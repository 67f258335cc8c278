from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.clock import add_working_days
from ..mixins.notices import Reminder, keep_reminder
from ..mixins.record_keeping import RecordKeeping, as_user

# What the reminder follows from.
TODO_FIELDS = frozenset({"user_id", "due_on", "department", "concluded_on", "complaint_id"})
DEPARTMENTS = [("production", "Production"), ("inspection", "Inspection")]


class ExpoComplaintReview(models.Model):
    """The joint review: one row per department, with its due date and its conclusion (rules.md §5).

    Production and inspection look at the same goods and say each for itself what they found. The user who
    enters a conclusion is kept: the department need not use this system.
    """

    _name = "expo.complaint.review"
    _description = "Review of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "department desc"
    _rec_name = "department"
    _record_keeping = RecordKeeping(
        archive="complaint_reviews",
        archive_order=260,
        archive_parent="complaint_id",
        personal="clear",
        named=("conclusion",),
        salesperson="complaint_id.participation_id.user_id",
    )
    # What concluding keeps.
    _system_fields = frozenset({"concluded_on", "concluded_by_id", "company_id", "todo_id"})

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    department = fields.Selection(DEPARTMENTS, required=True)
    user_id = fields.Many2one(
        "res.users",
        "Reviewer",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    due_on = fields.Date(
        "Deadline", compute="_compute_due_on", store=True, readonly=False, precompute=True, required=True
    )
    decision = fields.Selection(
        [("justified", "Justified"), ("partly", "Partly justified"), ("unjustified", "Not justified")], "Finding"
    )
    conclusion = fields.Text(help="Result of the review: what was examined and what was found.")
    concluded_on = fields.Datetime(readonly=True, copy=False)
    concluded_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")

    todo_id = fields.Many2one("mail.activity", "Reminder", readonly=True, copy=False, ondelete="set null")

    _department_unique = models.UniqueIndex(
        "(complaint_id, department)",
        "You cannot add a second review of the same department. Change the existing review.",
    )

    @api.depends("complaint_id.company_id")
    def _compute_due_on(self):
        """So many working days from today, by the settings and the calendar of the complaint's company."""
        for row in self.filtered(lambda row: not row.due_on):
            company = row.complaint_id.company_id or self.env.company
            today, is_working = company._expo_today(), company._expo_calendar().is_working
            row.due_on = add_working_days(today, company.expo_complaint_review_days, is_working)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        rows = super(ExpoComplaintReview, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        rows.complaint_id.check_access("write")
        rows._update_todos()
        return rows

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system():
            # In sudo: whether it is concluded, of rows that are checked when they are written.
            if any(row.concluded_on for row in self.sudo()):
                raise UserError(self.env._("You cannot change a concluded review. Reopen it first."))
            if "complaint_id" in vals:
                raise UserError(self.env._("You cannot move a review to another complaint. Add a review there."))
        res = super().write(vals)
        if TODO_FIELDS & vals.keys():
            self._update_todos()
        return res

    def unlink(self):
        # In sudo: reminders of others, which go with the rows that they are about.
        todos = self.sudo().todo_id
        res = super().unlink()
        todos.unlink()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_concluded(self):
        if any(row.concluded_on for row in self):
            raise UserError(self.env._("You cannot delete a concluded review. Reopen it first."))

    # -- the reminder ------------------------------------------------------------------------------------

    @api.private
    def _update_todos(self):
        """Keep one reminder per open review, of the reviewer, on its due date; nothing happens to a right one."""
        # In sudo: reminders of others, which follow from a review that the user has just changed.
        kind = "expo_followup.activity_complaint_review"
        for row in self.sudo():
            user = row._get_reminded()
            reminder = Reminder(user, row.due_on, user and row._get_todo_summary(user))
            keep_reminder(row, "todo_id", kind, reminder, bool(row.concluded_on), on="complaint_id")

    def _get_reminded(self):
        """Return the user to remind: the reviewer, or without access to the complaint its assignee."""
        complaint, user = self.complaint_id, self.user_id.filtered("active")
        if not user or self.concluded_on or not complaint.is_open:
            return user.browse()
        sees = complaint.company_id in user.company_ids and as_user(complaint, user).has_access("read")
        return user if sees else complaint.user_id.filtered("active")

    def _get_todo_summary(self, user):
        row = self.with_context(lang=user.lang)
        department = dict(self._fields["department"]._description_selection(row.env))[self.department]
        if user == self.user_id:
            return row.env._("Review the goods: %s", department)
        return row.env._(
            "Obtain the conclusion of %(department)s from %(reviewer)s",
            department=department,
            reviewer=self.user_id.name,
        )

    # -- the conclusion ----------------------------------------------------------------------------------

    def action_conclude(self):
        """Conclude: the department has said what it found.

        :raises UserError: while the conclusion or the finding is missing
        """
        self.check_access("write")
        for row in self:
            if not row.decision or not (row.conclusion or "").strip():
                raise UserError(
                    self.env._(
                        "You cannot conclude this review because its finding or conclusion is missing. Enter both."
                    )
                )
        # In sudo: user and time of the conclusion are kept by the system; write access was checked.
        todo = self.sudo().filtered(lambda row: not row.concluded_on)
        todo.write({"concluded_on": fields.Datetime.now(), "concluded_by_id": self.env.uid})
        return True

    def action_take_up(self):
        """Take a concluded review up again, as when new evidence has come."""
        self.check_access("write")
        for row in self.sudo().filtered("concluded_on"):
            row.complaint_id._message_log(
                body=self.env._(
                    "Review of %(department)s reopened. Previous conclusion: %(conclusion)s",
                    department=dict(self._fields["department"]._description_selection(self.env))[row.department],
                    conclusion=row.conclusion,
                )
            )
            row.write({"concluded_on": False, "concluded_by_id": False})
        return True
