from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from ...tools.response import last_day


class ExpoParticipation(models.Model):
    """How fast the first personal answer came, in working hours; letters are reported apart from it."""

    _inherit = "expo.participation"

    response_hours = fields.Float(
        "Hours Until First Answer", compute="_compute_response_hours", store=True, compute_sudo=True, aggregator="avg",
        help="Working hours from the day after the waiting began until the first call, mail or visit. "
        "Letters do not count.",
    )  # fmt: skip
    answered_in_time = fields.Boolean(
        compute="_compute_response_hours", store=True, compute_sudo=True,
        help="The first personal answer came before the customer would have turned amber.",
    )  # fmt: skip
    letter_sent_on = fields.Datetime("First Letter On", compute="_compute_letter_sent_on", store=True)

    @api.depends("first_response_on")
    def _compute_response_hours(self):
        """Worked out once, when the answer is given: a later owner changes nothing of it."""
        calendars = {company: company._expo_calendar() for company in self.company_id}
        for participation in self:
            company, answered = participation.company_id, participation.first_response_on
            since, begin = participation._get_waiting_since(), participation._get_response_begin()
            participation.response_hours = answered and begin and company._expo_working_hours(begin, answered)
            # Before the waiting began is in time, too.
            last = since and last_day(since, company.expo_amber_days, calendars[company])
            day = answered and participation.exhibition_id._to_local_date(answered)
            participation.answered_in_time = bool(answered) and (not last or day <= last)

    def _get_response_begin(self):
        """Return the moment from which on the working hours count: the end of the day on which the waiting began."""
        since = self._get_waiting_since()
        if not since:
            return None
        zone = pytz.timezone(self.exhibition_id.tz)
        midnight = zone.localize(datetime.combine(since + timedelta(days=1), time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("followup_ids.done_on")
    def _compute_letter_sent_on(self):
        groups = self.env["expo.followup"]._read_group(
            [("participation_id", "in", self.ids), ("state", "=", "done"), ("is_letter", "=", True)],
            ["participation_id"],
            ["done_on:min"],
        )
        days = {participation.id: moment for participation, moment in groups}
        for participation in self:
            participation.letter_sent_on = days.get(participation._origin.id, False)
