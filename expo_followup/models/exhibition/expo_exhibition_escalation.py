from markupsafe import Markup

from odoo import api, models

from ..mixins.daily_list import keep_daily_list, make_list


class ExpoExhibition(models.Model):
    """What the manager must know of a show each day, as one activity: who waits too long, which reports are late.

    Derived anew by the scheduled action: the list of today replaces that of yesterday, and an empty one goes.
    """

    _inherit = "expo.exhibition"

    def close_show(self):
        """Close the show; its customers' first progress reports are issued as soon as possible."""
        closed = super().close_show()
        if closed:
            self.env["expo.participation"]._trigger_sync()
        return closed

    @api.model
    def _sync_escalations(self):
        """Bring the managers' lists of all shows up to date; a second run on the same day changes nothing."""
        kind = self.env.ref("expo_followup.activity_escalation")
        everything = self.env["mail.activity"].with_context(active_test=False).search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )  # fmt: skip
        by_show = everything.grouped("res_id")
        lists = self._get_escalation_lists()
        shows = self.browse({show.id for show in lists} | {a.res_id for a in everything if a.active}).exists()
        for show in shows:
            activities = by_show.get(show.id, everything.browse())
            show._sync_escalation(kind, lists.get(show), activities)

    def _sync_escalation(self, kind, rows, activities):
        manager, values = self._get_escalation_manager(), {}
        if rows and manager:
            words = self.with_context(lang=manager.lang)
            values = {
                "summary": words._get_escalation_summary(rows),
                "note": words._get_escalation_note(rows),
                "user_id": manager.id,
                "activity_type_id": kind.id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
            }
        keep_daily_list(activities, values, self._today())

    def _get_escalation_manager(self):
        """Return who is told: the responsible of the show, else the leader of its team."""
        return (self.user_id.filtered("active") or self.team_id.user_id.filtered("active"))[:1]

    def _get_responsible(self, company=None):
        """Return who stands in where a customer has no owner, nobody when all have left.

        :param company: whose manager it is where there is no show; the company of the show when None
        :returns: the responsible of the show, else the leader of its team, else a manager
        """
        company = self.company_id or company or self.env.company
        return self._get_escalation_manager() or company._expo_complaint_managers()[company][:1].sudo(self.env.su)

    @api.model
    def _get_escalation_lists(self):
        """Return ``{show: (customers who wait too long, late reports)}``, shows without any left out."""
        customers = self.env["expo.participation"].search(
            [("response_state", "=", "red"), ("outcome", "=", "open"), ("exhibition_id.state", "!=", "done")],
            order="exhibition_id, is_key desc, assigned_on, id",
        )
        reports = self.env["expo.progress.report"].search(
            [("state", "=", "open"), ("is_late", "=", True)], order="exhibition_id, is_key desc, due_on, id"
        )
        red, late = customers.grouped("exhibition_id"), reports.grouped("exhibition_id")
        return {show: (red.get(show, customers[:0]), late.get(show, reports[:0])) for show in {*red, *late}}

    def _get_escalation_summary(self, rows):
        customers, reports = rows
        parts = [
            customers and self.env._("Waiting too long: %s", len(customers)),
            reports and self.env._("Late reports: %s", len(reports)),
        ]
        return ", ".join(filter(None, parts))

    def _get_escalation_note(self, rows):
        customers, reports = rows
        note = Markup()
        if customers:
            title = self.env._("Customers who wait too long for a first answer")
            note += make_list(self.env, title, self._get_escalation_entries("exhibition-customers", customers))
        if reports:
            title = self.env._("Progress reports that are late")
            note += make_list(self.env, title, self._get_escalation_entries("progress-reports", reports))
        return note

    def _get_escalation_entries(self, path, records):
        """Return each record's link, customer, and who serves him."""
        return [
            (f"/odoo/{path}/{one.id}", one.partner_id.display_name, one.user_id.name or self.env._("nobody"))
            for one in records
        ]
