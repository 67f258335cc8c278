from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixins.notices import Reminder, remind
from ..mixins.record_keeping import RecordKeeping

ABOUT = [("show", "The exhibition"), ("people", "Our staff"), ("goods", "Our goods"), ("other", "Other")]


class ExpoSuggestion(models.Model):
    """What a customer thinks of the show, our people or our goods, and what was done about it (rules.md §4 and §7).

    It comes from the feedback form, from a follow-up, or by hand. A user answers it and tells the customer what was
    done; when that takes too long they are reminded, once.
    """

    _name = "expo.suggestion"
    _description = "Opinion of a Customer"
    _inherit = ["expo.customer.file.personal", "expo.job.mixin", "expo.linked.records"]
    _failure_on = "file_id"
    _order = "noted_on desc, id desc"
    _rec_name = "text"
    _record_keeping = RecordKeeping(
        archive="opinions",
        archive_order=130,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id", "participation_id"),
        erase_order=140,
        merge="move",
        salesperson="file_id.participation_ids.user_id",
    )
    # Author, recipient and dates are set by the system.
    _system_fields = frozenset(
        {
            "noted_by_id",
            "told_on",
            "told_by_id",
            "state",
            "is_key",
            "activity_id",
            "reminded_on",
            "answer_due_on",
            "failure_count",
            "failure_reason",
            "is_parked",
        }
    )

    customer_id = fields.Many2one(related="file_id.partner_id", string="Customer", store=True, index=True)
    person_id = fields.Many2one()
    participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        ondelete="set null",
        index="btree_not_null",
        domain="[('file_id', '=', file_id)]",
    )
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index="btree_not_null")
    is_key = fields.Boolean("Key Customer", compute="_compute_is_key", store=True)
    source = fields.Selection(
        [("feedback", "Feedback form"), ("touch", "In conversation"), ("other", "Other")],
        default="touch",
        required=True,
    )
    about = fields.Selection(ABOUT, default="other", required=True, string="Topic")
    text = fields.Text("Opinion", required=True)
    noted_on = fields.Date(required=True, default=fields.Date.context_today)
    noted_by_id = fields.Many2one("res.users", default=lambda self: self.env.user, readonly=True, ondelete="set null")
    user_id = fields.Many2one(
        "res.users",
        "Assigned To",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    answer_due_on = fields.Date("Answer Deadline", compute="_compute_answer_due_on", store=True, index=True)
    done = fields.Text("Action Taken")
    told_on = fields.Date("Customer Informed On", readonly=True, copy=False)
    told_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null", string="Informed By")
    state = fields.Selection(
        [("open", "To answer"), ("done", "Done, customer not informed"), ("told", "Customer informed")],
        "Status",
        compute="_compute_state",
        store=True,
        index=True,
    )
    is_late = fields.Boolean("Overdue", compute="_compute_is_late", search="_search_is_late")
    activity_id = fields.Many2one("mail.activity", "Reminder", readonly=True, copy=False, ondelete="set null")
    reminded_on = fields.Date(readonly=True, copy=False)

    @api.depends("participation_id.is_key", "file_id.participation_ids.is_key")
    def _compute_is_key(self):
        for suggestion in self:
            entries = suggestion.participation_id or suggestion.file_id.participation_ids
            suggestion.is_key = any(entries.mapped("is_key"))

    @api.depends("participation_id")
    def _compute_user_id(self):
        for suggestion in self:
            entry = suggestion.participation_id
            suggestion.user_id = suggestion.user_id or (entry and entry._get_server()) or self.env.user

    @api.depends("noted_on", "company_id.expo_suggestion_days")
    def _compute_answer_due_on(self):
        for suggestion in self:
            days = suggestion.company_id.expo_suggestion_days
            suggestion.answer_due_on = suggestion.noted_on and fields.Date.add(suggestion.noted_on, days=days)

    @api.depends("done", "told_on")
    def _compute_state(self):
        for suggestion in self:
            suggestion.state = "told" if suggestion.told_on else "done" if suggestion.done else "open"

    @api.depends("state", "answer_due_on")
    def _compute_is_late(self):
        for suggestion in self:
            today = (suggestion.company_id or self.env.company)._expo_today()
            due = suggestion.answer_due_on
            suggestion.is_late = bool(due and due < today and suggestion.state != "told")

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_late_domain(self.env.companies)

    @api.model
    def _get_late_domain(self, companies):
        """Return what has waited too long for an answer, by each company's clock."""
        late = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("answer_due_on", "<", company._expo_today())
            for company in companies
        )
        return late & Domain("state", "!=", "told")

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        suggestions = super(ExpoSuggestion, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        suggestions._check_entry()
        return suggestions

    def write(self, vals):
        self._check_system_fields(vals)
        res = super().write(vals)
        if "participation_id" in vals:
            self._check_entry()
        return res

    def unlink(self):
        """The reminder goes with the opinion that it repeats, also one that is done."""
        self.check_access("unlink")
        # In sudo: it may be a colleague's.
        reminders = self.sudo().activity_id
        res = super().unlink()
        reminders.exists().unlink()
        return res

    def _check_entry(self):
        """Refuse entries of other customers.

        :raises UserError: when the entry at the show is another user's
        """
        if self._is_system():
            return
        for suggestion in self.filtered("participation_id"):
            suggestion.participation_id.check_access("read")
            if suggestion.participation_id.file_id != suggestion.file_id:
                raise UserError(
                    self.env._(
                        "You cannot select this exhibition customer because it belongs to another customer. "
                        "Select one of the same customer."
                    )
                )

    def action_told(self):
        """Note that the customer heard today what was done: a follow-up like any other.

        :raises UserError: when nothing is said of what was done
        """
        self.check_access("write")
        method = self.env.ref("expo_followup.activity_answer")
        for suggestion in self.filtered(lambda one: not one.told_on):
            if not (suggestion.done or "").strip():
                raise UserError(
                    self.env._("You cannot inform the customer because Action Taken is empty. Fill it in first.")
                )
            # Only this method says who told what, and when; the reminder may be a colleague's.
            told = suggestion.sudo()
            told.write({"told_on": suggestion.company_id._expo_today(), "told_by_id": self.env.uid})
            told.activity_id.filtered("active")._action_done()
            if entry := suggestion.participation_id:
                content = self.env._("Customer informed of the response to the opinion: %s", suggestion.done)
                entry._log_touch(method, content, "neutral", occasion_key=f"suggestion:{suggestion.id}")
        return True

    # -- reminders ---------------------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind the responsible users of answers that are late, once each."""
        self._run_job(lambda model: model._get_reminder_domain(), lambda batch: batch._remind_responsible())

    @api.model
    def _get_reminder_domain(self):
        late = self._get_late_domain(self.env["res.company"].search([]))
        return late & Domain("reminded_on", "=", False)

    def _remind_responsible(self):
        kind = "mail.mail_activity_data_todo"
        reminders = remind(self, kind, lambda suggestion: suggestion._get_reminder(), on="file_id", is_once=False)
        for suggestion, activity in reminders.items():
            suggestion.activity_id = activity
        for company, suggestions in self.grouped("company_id").items():
            suggestions.reminded_on = company._expo_today()

    def _get_reminder(self):
        user = self.user_id.filtered("active") or self.file_id._get_reminded_user() or self.env.user
        summary = self.with_context(lang=user.lang).env._("Inform the customer of the response to the opinion")
        return Reminder(user, self.company_id._expo_today(), summary, self.text)
