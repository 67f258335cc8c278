from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

# So many days before it is due the owner is reminded.
REMIND_DAYS = 2


class ExpoProgressReport(models.Model):
    """Reminding of reports, and chasing late ones: once before the day, once after it."""

    _inherit = "expo.progress.report"

    @api.model
    def _get_chase_domain(self):
        """Open reports that are due soon and were not reminded of, or whose day has passed unnoticed."""
        domains = []
        for show in self.env["expo.exhibition"].search([("state", "=", "followup")]):
            today = show._today()
            soon = Domain("reminded_on", "=", False) & Domain("due_on", "<=", today + timedelta(days=REMIND_DAYS))
            late = Domain("is_late", "=", False) & Domain("due_on", "<", today)
            domains.append(Domain("exhibition_id", "=", show.id) & (soon | late))
        return Domain("state", "=", "open") & Domain.OR(domains)

    def _chase(self):
        """Put these reports on their owners' lists, and mark the late ones; constant queries per thousand."""
        for show, reports in self.grouped("exhibition_id").items():
            today = show._today()
            reports.reminded_on = today
            reports.filtered(lambda report, today=today: report.due_on < today).is_late = True
        self._remind()

    def _remind(self):
        """Give each owner one activity per report, unless he has it already."""
        kind = self.env.ref("expo_followup.activity_report")
        reminded = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        )
        todo = self - self.browse(reminded.mapped("res_id"))
        # Activities store the name of their record: warm it, else it is one query each.
        todo.mapped("display_name")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": report.id,
                    "activity_type_id": kind.id,
                    "date_deadline": report.due_on,
                    "user_id": report.participation_id._get_server().id,
                    "automated": True,
                }
                for report in todo
                if report.participation_id._get_server()
            ]
        )

    def _end(self):
        """No report is needed any more: the order has come, or the customer is lost."""
        self.write({"state": "ended"})
        self._end_reminders()
