from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.response import days_waited, first_day_in_time, response_state

# Who was not met at the show and is no old customer: his waiting counts from the day he was assigned.
MARKETING_SOURCES = ("web", "association", "press", "partner", "directory", "other")


class ExpoParticipation(models.Model):
    """How long a customer waits for our first answer, and for whom (rules.md §4: one week, at most two).

    Customers of the stand wait from the show's last day on, new ones won otherwise from the day they were
    assigned. A new owner gets the full time: reassigning starts the clock anew. Our own days off do not count.
    """

    _inherit = "expo.participation"

    waiting_days = fields.Integer("Days of Waiting", compute="_compute_waiting_days")

    @api.depends("assigned_on", "source", "tier_id.answer_expected", "exhibition_id.date_end", "exhibition_id.state")
    def _compute_waiting_days(self):
        calendars = {company: company._expo_calendar() for company in self.company_id}
        for participation in self:
            since, today = participation._get_waiting_since(), participation.exhibition_id._today()
            participation.waiting_days = since and days_waited(since, today, calendars[participation.company_id])

    def write(self, vals):
        res = super().write(vals)
        if "user_id" in vals:
            self._update_response_state()
        return res

    def _get_waiting_since(self):
        """Return the day from which on this customer waits, None while his clock stands still."""
        show = self.exhibition_id
        if not self.tier_id.answer_expected or show.state == "done":
            return None
        if self.source in MARKETING_SOURCES and self.assigned_on:
            return self.assigned_on
        return max(self.assigned_on or show.date_end, show.date_end) if show.state == "followup" else None

    @api.private
    def _update_response_state(self):
        """Bring the state of the waiting up to date."""
        by_state = {}
        # In sudo: derived from the show and its company, and whoever just gave the customer away may not see him.
        customers = self.sudo()
        calendars = {company: company._expo_calendar() for company in customers.company_id}
        for participation in customers:
            company = participation.company_id
            state = response_state(
                participation._get_waiting_since(),
                participation.exhibition_id._today(),
                bool(participation.first_response_on or participation.replied_on),
                company.expo_amber_days,
                company.expo_red_days,
                calendars[company],
            )
            if state != participation.response_state:
                by_state.setdefault(state, []).append(participation.id)
        for state, ids in by_state.items():
            # Derived, and read-only to users.
            self.sudo().browse(ids).response_state = state

    @api.model
    def _cron_escalate(self):
        """Show whom we let wait too long."""
        self._run_job(self._get_escalation_domain(), lambda batch: batch._update_response_state())

    @api.model
    def _get_escalation_domain(self):
        """Customers whose colour is not that of today any more: once it is, they leave the domain."""
        shows = self.env["expo.exhibition"].search([("state", "!=", "done")])
        return (
            Domain("outcome", "=", "open")
            & Domain("tier_id.answer_expected", "=", True)
            & Domain.OR(self._get_escalation_domain_of(show) for show in shows)
        )

    @api.model
    def _get_escalation_domain_of(self, show):
        """Those of a show whose colour is not that of today; a day off entered later takes a colour back."""
        company, today = show.company_id, show._today()
        calendar = company._expo_calendar()
        amber, red = (
            self._get_waiting_domain(show, first_day_in_time(today, days, calendar))
            for days in (company.expo_amber_days, company.expo_red_days)
        )
        state = {name: Domain("response_state", "=", name) for name in ("waiting", "amber", "red")}
        late = (state["waiting"] & amber) | (state["amber"] & red)
        early = (state["amber"] & ~amber) | (state["red"] & ~red)
        return Domain("exhibition_id", "=", show.id) & (late | early)

    @api.model
    def _get_waiting_domain(self, show, day):
        """Those of a show who have waited since before ``day``; the same rule as ``_get_waiting_since``."""
        assigned_before = Domain("assigned_on", "<", day)
        waiting = Domain("source", "in", MARKETING_SOURCES) & assigned_before
        if show.state == "followup" and show.date_end < day:
            waiting |= (Domain("source", "not in", MARKETING_SOURCES) & assigned_before) | Domain(
                "assigned_on", "=", False
            )
        return waiting
