from odoo import api, fields, models
from odoo.fields import Domain


class ExpoFollowup(models.Model):
    """How a follow-up becomes an activity of its owner when its window opens, not before."""

    _inherit = "expo.followup"

    @api.model
    def _cron_open(self):
        """Open what is due: letters that leave by themselves are queued, the rest becomes reminders."""
        self._park_uncertain_letters()
        self._recover_bereft()
        due = self._get_due_domain()
        letters = due & Domain("auto_send", "=", True)
        self._run_job(letters & Domain("exhibition_id.state", "=", "followup"), lambda batch: batch._queue_letters())
        self._run_job(due & Domain("auto_send", "=", False), lambda batch: batch._open_reminders())

    @api.model
    def _recover_bereft(self):
        """Plan again what lost its reminder with a deleted user, or its queued letter with a deleted mail."""
        lost_letters = self.search([("mail_state", "=", "outgoing"), ("mail_mail_id", "=", False)])
        lost_letters.mail_state = False
        lost_reminders = self.search(
            [
                ("state", "=", "due"),
                ("activity_id", "=", False),
                ("mail_state", "=", False),
                ("participation_id", "!=", False),
            ]
        )
        lost_reminders.state = "planned"

    @api.model
    def _get_due_domain(self):
        """Planned follow-ups whose day has come, by the clock of their show."""
        planned = Domain("state", "=", "planned")
        shows = [show for [show] in self._read_group(list(planned), ["exhibition_id"])]
        by_day = {}
        for show in shows:
            today = show._today() if show else self.env.company._expo_today()
            by_day.setdefault(today, []).append(show.id)
        return planned & Domain.OR(
            Domain("window_start", "<=", day) & Domain("exhibition_id", "in", ids) for day, ids in by_day.items()
        )

    def _open_reminders(self):
        """Create one activity for each follow-up, on the customer's entry, for its owner."""
        todo = self.filtered(lambda followup: followup.state == "planned")
        todo.filtered(lambda followup: followup.user_id and not followup.user_id.active)._pass_on()
        customers = todo.participation_id
        # Activities store the name of their record: warm it, else it is one query each.
        customers.mapped("display_name")
        with_entry = todo.filtered("participation_id")
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create([followup._get_activity_values() for followup in with_entry])
        )
        for followup, activity in zip(with_entry, activities, strict=True):
            followup.activity_id = activity
        todo.state = "due"

    def _pass_on(self):
        """Give follow-ups of users who have left to those who do them now, else to nobody."""
        for owner, followups in self.grouped(lambda followup: followup._get_owner()).items():
            followups.user_id = owner

    def _get_activity_values(self):
        return {
            "res_model_id": self.env["ir.model"]._get_id("expo.participation"),
            "res_id": self.participation_id.id,
            "activity_type_id": self.activity_type_id.id,
            "summary": self.summary,
            "note": self.step_id.note,
            "date_deadline": self.deadline or self.window_start,
            "user_id": self.user_id.id or self._get_owner().id,
            "automated": True,
        }

    def _end_reminders(self):
        """Remove the reminders of follow-ups that need none any more."""
        if reminders := self.activity_id.filtered("active"):
            self.activity_id = False
            reminders.unlink()

    def _note_failure(self, error):
        res = super()._note_failure(error)
        if self.is_parked:
            self._fail(self.failure_reason)
        return res

    def _fail(self, reason):
        """Park a follow-up and show its owner why."""
        self.write({"state": "failed", "failure_reason": reason})
        if self.participation_id:
            self.participation_id.activity_schedule(
                "mail.mail_activity_data_warning",
                date_deadline=fields.Date.context_today(self),
                summary=self.env._("Failed: %s", self.summary or self.activity_type_id.name),
                note=reason,
                user_id=(self.user_id.filtered("active") or self._get_owner() or self.env.user).id,
            )

    def action_retry(self):
        """Try a failed follow-up again; a letter leaves as the same message."""
        res = super().action_retry()
        failed = self.sudo().filtered(lambda followup: followup.state == "failed")
        failed.write({"state": "planned"})
        failed.participation_id.activity_unlink(["mail.mail_activity_data_warning"])
        # Meanwhile the plan may have called it off, or the customer may want no letters any more.
        failed.participation_id._sync_followups()
        failed.filtered(lambda followup: followup.state == "planned")._requeue_letters()
        return res
