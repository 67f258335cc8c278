import logging

from odoo import api, fields, models

from ..mixins.daily_list import keep_daily_list
from ..mixins.expo_job_mixin import TO_RETRY
from .expo_complaint_clock import SECOND_LEVEL

_logger = logging.getLogger(__name__)


class ExpoComplaint(models.Model):
    """Who hears of a complaint whose time runs out: first its owner, then the second level, then the managers.

    The owner gets a reminder on the complaint. The second level and the managers get one list each, kept up to date,
    and one message a day at most; who put the list aside sees it again the next day.
    """

    _inherit = "expo.complaint"

    @api.model
    def _cron_clocks(self):
        """Judge the clocks whose moment has come, and tell those whom it concerns."""
        now = fields.Datetime.now()
        # Hidden is not answered: archived ones are open all the same.
        anywhere = fields.Domain("active", "in", (True, False))
        self._run_job(anywhere & fields.Domain("escalate_at", "<", now), lambda batch: batch._escalate())
        self._sync_late_lists(now)
        following = self.search(anywhere & fields.Domain("escalate_at", ">=", now), order="escalate_at", limit=1)
        self._trigger_clocks(following.escalate_at)

    def _escalate(self):
        """Judge these complaints' clocks and tell of those that have passed a moment; constant queries per thousand."""
        self._update_clocks()
        clocks = self.clock_ids.filtered(lambda clock: clock.state == "running" and clock.level > clock.told_level)
        clocks.complaint_id._remind_owners()
        listeners = clocks._get_listeners(clocks.mapped("level"))
        names = {clock: ", ".join(people.mapped("name")) for clock, people in listeners.items() if people}
        for words, found in clocks.filtered(names.get).grouped(names.get).items():
            found.complaint_id._log_event("escalated", note=words)
        for level, found in clocks.grouped("level").items():
            found.write({"told_level": level, "told_at": fields.Datetime.now()})

    def _get_second_level(self, managers):
        """Return who is told when the owner is too late: the team's leader, else a manager; not the owner himself.

        :param managers: of each company
        """
        leader = self.team_id._get_staff(self.team_id.leader_id)
        others = (leader | managers[self.company_id]) - self.user_id
        return (others or leader)[:1]

    # -- the owner -----------------------------------------------------------------------------------------

    def _remind_owners(self):
        """Give each owner one activity per complaint, unless he has it already."""
        kind = self.env.ref("expo_followup.activity_complaint_due")
        found = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        )
        todo = self - self.browse(found.mapped("res_id"))
        managers = todo.company_id._expo_complaint_managers()
        # Activities store the name of their record: warm it, else it is one query each.
        todo.mapped("display_name")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": complaint.id,
                    "activity_type_id": kind.id,
                    "summary": complaint._get_reminder_summary(owner),
                    "date_deadline": complaint.company_id._expo_local_date(complaint.next_due_at),
                    "user_id": owner.id,
                    "automated": True,
                }
                for complaint in todo
                if complaint.next_due_at
                and (owner := complaint.user_id.filtered("active") or complaint._get_second_level(managers))
            ]
        )

    def _get_reminder_summary(self, user):
        words = self.with_context(lang=user.lang)
        return words._get_clock_names().get(words.next_clock, "")

    def _end_clock_reminders(self):
        """Take off the owners' lists what was answered, and what waits for the customer: they hear of it again."""
        told = self.clock_ids.filtered("told_level")
        told.filtered(lambda clock: clock.state == "paused").told_level = 0
        done = told.complaint_id - told.filtered(lambda clock: clock.state == "running").complaint_id
        if done:
            done.activity_unlink(["expo_followup.activity_complaint_due"])

    def _move_clock_reminders(self):
        """Whoever answers the complaint now has its reminder."""
        # In sudo: the reminders are the scheduled action's, whoever gives the complaint away.
        reminders = self.sudo().activity_search(["expo_followup.activity_complaint_due"], only_automated=True)
        for complaint in self.sudo().filtered("user_id"):
            mine = reminders.filtered(lambda activity, complaint=complaint: activity.res_id == complaint.id)
            mine.filtered(lambda a, user=complaint.user_id: a.user_id != user).write({"user_id": complaint.user_id.id})

    # -- the second level and the managers -----------------------------------------------------------------

    @api.model
    def _sync_late_lists(self, since):
        """Bring the lists of late complaints up to date; a second run on the same day changes nothing.

        :param since: what was told from then on is news
        """
        kind = self.env.ref("expo_followup.activity_complaint_late")
        # Who is told by a message need not get one on the list, too.
        activities = self.env["mail.activity"].with_context(active_test=False, mail_activity_quick_update=True)
        standing = activities.search([("activity_type_id", "=", kind.id), ("res_model", "=", False)])
        by_user, lists = standing.grouped("user_id"), self._get_late_lists()
        for user in lists.keys() | standing.filtered("active").user_id:
            try:
                with self.env.cr.savepoint():
                    self._sync_late_list(user, kind, by_user.get(user, standing.browse()), lists.get(user), since)
            except TO_RETRY:
                raise
            except Exception:
                # One list that cannot be made holds up nobody else's; it is tried again at the next run.
                _logger.exception("The list of late complaints of %s cannot be made", user.login)

    def _sync_late_list(self, user, kind, standing, clocks, since):
        today = user.company_id._expo_today()
        values = clocks and clocks.with_context(lang=user.lang)._get_late_values(user, kind)
        keep_daily_list(standing, values, today)
        if clocks and clocks._is_first_news(since, today):
            self._tell_late(user, values)

    @api.model
    def _get_late_lists(self):
        """Return ``{user: late clocks}`` of those who are to know of them."""
        clocks = self.env["expo.complaint.clock"].search(
            [("state", "=", "running"), ("told_level", ">=", SECOND_LEVEL)], order="due_at, id"
        )
        ids = {}
        for clock, people in clocks._get_listeners(clocks.mapped("told_level")).items():
            for user in people:
                ids.setdefault(user, []).append(clock.id)
        return {user: clocks.browse(found) for user, found in ids.items()}

    @api.model
    def _tell_late(self, user, values):
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids, subject=values["summary"], body=values["note"]
        )
