from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..activities.expo_progress_report import CARRIED_FIELDS
from ..mixins.defaults import without_defaults

# What decides whether a customer is reported on, beside show and tier.
REPORT_FACTS = {"user_id", "tier_id", "outcome", "active"}


class ExpoParticipation(models.Model):
    """Progress reports: issued while the customer is open, ended with the order or the loss, chased when late.

    What must be is derived, as follow-ups are: an open customer of a tier that makes an opportunity, with an
    owner, of a show that is followed up, has exactly one open report.
    """

    _inherit = "expo.participation"

    report_ids = fields.One2many("expo.progress.report", "participation_id", "Progress Reports", readonly=True)
    report_count = fields.Integer(compute="_compute_report_count")
    report_due_on = fields.Date("Report Due", compute="_compute_report_due_on", store=True)

    @api.depends("report_ids")
    def _compute_report_count(self):
        groups = self.env["expo.progress.report"]._read_group(
            [("participation_id", "in", self.ids)], ["participation_id"], ["__count"]
        )
        counts = {customer.id: count for customer, count in groups}
        for customer in self:
            customer.report_count = counts.get(customer.id, 0)

    @api.depends("report_ids.state", "report_ids.due_on")
    def _compute_report_due_on(self):
        groups = self.env["expo.progress.report"]._read_group(
            [("participation_id", "in", self.ids), ("state", "=", "open")], ["participation_id"], ["due_on:min"]
        )
        days = {customer.id: day for customer, day in groups}
        for customer in self:
            customer.report_due_on = days.get(customer.id, False)

    def write(self, vals):
        res = super().write(vals)
        if REPORT_FACTS & vals.keys():
            # In sudo: who gives a customer away may not see him any more; the reports follow from his facts.
            customers = self.sudo()
            customers.report_ids.filtered_domain(customers._get_needless_report_domain())._end()
            customers._trigger_sync()
        return res

    def unlink(self):
        """The reports go with their customer through the ORM, so that their chatter and reminders go as well."""
        # In sudo: who may delete the customer may delete what hangs on him.
        self.sudo().report_ids.unlink()
        return super().unlink()

    def _release(self, before):
        """The report's reminder goes to the new owner, and the former one hears no more of it."""
        res = super()._release(before)
        # In sudo: the former owner has lost access already; administrative rows of customers that were just written.
        reports = self.sudo().report_ids
        opened = reports.filtered(lambda report: report.state == "open")
        kind = self.env.ref("expo_followup.activity_report").id
        reminders = opened.activity_ids.filtered(lambda activity: activity.activity_type_id.id == kind)
        for user, moved in reminders.grouped(lambda a: opened.browse(a.res_id).participation_id._get_server()).items():
            moved.with_context(mail_activity_quick_update=True).write({"user_id": user.id})
        former = {customer.id: before[customer.id].sudo().partner_id for customer in self}
        reports.message_follower_ids.filtered(
            lambda follower: follower.partner_id == former[reports.browse(follower.res_id).participation_id.id]
        ).unlink()
        return res

    # -- which reports there must be -----------------------------------------------------------------------

    @api.model
    def _get_reported_domain(self):
        """Customers who are reported on."""
        return (
            Domain("outcome", "=", "open")
            & Domain("active", "=", True)
            & Domain("tier_id.makes_opportunity", "=", True)
            & Domain("exhibition_id.state", "=", "followup")
            & Domain("company_id.expo_report_days", ">", 0)
        )

    @api.model
    def _get_report_domain(self):
        """Customers who need a report issued: they have an owner and no open one."""
        return (
            self._get_reported_domain()
            & Domain("user_id.active", "=", True)
            & Domain("report_ids", "not any", [("state", "=", "open")])
        )

    @api.model
    def _get_needless_report_domain(self):
        """Open reports on customers who are not reported on any more."""
        return Domain("state", "=", "open") & ~Domain("participation_id", "any", self._get_reported_domain())

    @api.private
    def _issue_reports(self):
        """Issue the next report on each of these customers; constant queries per thousand."""
        # In sudo: issued by the system on whoever may have changed hands. Defaults are nobody's word here.
        reports = without_defaults(self.env["expo.progress.report"], lambda _name: True).sudo()
        groups = reports._read_group([("participation_id", "in", self.ids)], ["participation_id"], ["number:max"])
        last = {customer.id: number for customer, number in groups}
        before = reports.search(
            [("participation_id", "in", self.ids), ("state", "=", "received")], order="number"
        ).grouped("participation_id")
        quiet = reports.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        days = {
            show: (show._today(), show.company_id._expo_report_due_on(show._today())) for show in self.exhibition_id
        }
        return quiet.create(
            [
                {
                    "participation_id": customer.id,
                    "number": last.get(customer.id, 0) + 1,
                    "issued_on": days[customer.exhibition_id][0],
                    "due_on": days[customer.exhibition_id][1],
                    "currency_id": customer.company_id.currency_id.id,
                    **customer._get_carried_values(before.get(customer, reports)[-1:]),
                }
                for customer in self.sudo()
            ]
        )

    def _get_carried_values(self, previous):
        """Return what the report starts with: stage and forecast of the one before."""
        return {
            name: previous._fields[name].convert_to_write(previous[name], previous)
            for name in CARRIED_FIELDS
            if previous[name]
        }

    def action_issue_report(self):
        """Ask the owner for a report out of turn: it is due as any other.

        :raises UserError: when there is an open one, or the customer is not reported on
        """
        self.ensure_one()
        self.check_access("write")
        if not self.filtered_domain(self._get_report_domain()):
            raise UserError(
                self.env._("A report is asked for while a customer is open, has an owner, and none is open already.")
            )
        self._issue_reports()
        return self.action_open_reports()

    def action_open_reports(self):
        """Show the progress reports on this customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_progress_report_all")
        return {**action, "domain": [("participation_id", "in", self.ids)], "context": {}}

    def _get_manager(self):
        """Return who manages the customer's owner: the responsible of the show, else the leader of its team."""
        show = self.exhibition_id
        leaders = (show.user_id | show.team_id.user_id).filtered("active")
        return (leaders - self.user_id)[:1] or leaders[:1]

    def _note_forecast(self, report):
        """A report's forecast is that of the opportunity as well."""
        lead = self.lead_id
        if not lead or not report.forecast_amount:
            return
        amount = report.currency_id._convert(
            report.forecast_amount, lead.company_currency, self.company_id, report.received_on
        )
        lead.write(
            {"expected_revenue": amount, **({"date_deadline": report.forecast_on} if report.forecast_on else {})}
        )

    @api.private
    def _absorb(self, others):
        """Merging contacts keeps the reports of both, counted anew; one stays open."""
        reports = self.env["expo.progress.report"].sudo().search([("participation_id", "in", (self | others).ids)])
        opened = reports.filtered(lambda report: report.state == "open")
        (opened - opened.sorted(lambda report: (report.participation_id != self, report.due_on))[:1])._end()
        reports.participation_id = self
        for number, report in enumerate(reports.sorted(lambda r: (r.state == "open", r.issued_on, r.id)), start=1):
            report.number = number
        return super()._absorb(others)

    # -- scheduled -----------------------------------------------------------------------------------------

    @api.model
    def _cron_sync(self):
        """Issue and end reports as the facts ask for."""
        res = super()._cron_sync()
        self.env["expo.progress.report"]._run_job(self._get_needless_report_domain(), lambda batch: batch._end())
        self._run_job(self._get_report_domain(), lambda batch: batch._issue_reports())
        return res

    @api.model
    def _cron_escalate(self):
        """Remind of reports that are due soon, chase the late ones, and tell the managers once a day."""
        res = super()._cron_escalate()
        reports = self.env["expo.progress.report"]
        reports._run_job(reports._get_chase_domain(), lambda batch: batch._chase())
        self.env["expo.exhibition"]._sync_escalations()
        return res
