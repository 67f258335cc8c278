from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from ...tools.workdays import CompanyCalendar


class ResCompany(models.Model):
    _inherit = "res.company"

    expo_plan_id = fields.Many2one(
        "mail.activity.plan",
        "Follow-up Plan for New Exhibitions",
        domain="[('res_model', '=', 'expo.participation')]",
        ondelete="set null",
        help="Follow-up plan that a new exhibition starts with.",
    )
    expo_amber_days = fields.Integer(
        "Answer Within (Days)", default=7, help="A customer who waits longer for a first answer turns amber."
    )
    expo_red_days = fields.Integer(
        "Answer at Most Within (Days)", default=14, help="A customer who waits longer for a first answer turns red."
    )
    expo_letter_hour = fields.Float(
        "Letters Leave From",
        default=9.0,
        help="Hour of the day, in the exhibition's time zone, at which letters leave.",
    )

    expo_capture_at_once = fields.Boolean(
        "Enter Contacts at Once",
        help="Captured contacts become customers of the show without review by a person.",
    )
    expo_entry_days = fields.Integer(
        "Enter Within (Working Days)", default=2, help="Contacts that are entered later are shown as late."
    )

    _expo_entry_days_range = models.Constraint(
        "CHECK(expo_entry_days >= 0)", "Contacts cannot be entered before they are met: give 0 or more working days."
    )
    expo_keeper_id = fields.Many2one(
        "res.users",
        "Keeper of Customer Files",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="The dedicated person who keeps new customer files and is reminded to review them.",
    )
    expo_file_review_months = fields.Integer(
        "Review Customer Files Every (Months)", default=6, help="A file not verified for longer is stale. 0: never."
    )
    expo_retention_months = fields.Integer(
        "Keep Customer Files (Months)",
        default=0,
        help="So long after the last touch, order or show a file may be kept. 0: for ever.",
    )

    _expo_days_order = models.Constraint(
        "CHECK(expo_amber_days >= 0 AND expo_red_days >= expo_amber_days)",
        "Customers turn amber before they turn red: the first number of days must not exceed the second.",
    )
    _expo_letter_hour_range = models.Constraint(
        "CHECK(expo_letter_hour >= 0 AND expo_letter_hour < 24)", "Letters leave between 0:00 and 23:59."
    )

    _expo_retention_months_range = models.Constraint(
        "CHECK(expo_retention_months >= 0)", "Customer files are kept for so many months, or for ever: 0."
    )
    _expo_file_review_months_range = models.Constraint(
        "CHECK(expo_file_review_months >= 0)", "Customer files are reviewed every so many months, or never: 0."
    )

    @api.private
    def _expo_local_date(self, moment):
        """Return the date on which a UTC moment falls where the company is."""
        zone = pytz.timezone(self._expo_tz())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def write(self, vals):
        res = super().write(vals)
        if {"expo_amber_days", "expo_red_days"} & vals.keys():
            # Whoever changes the settings need not see the customers that wait.
            waiting = self.env["expo.participation"].sudo().search(
                [("company_id", "in", self.ids), ("response_state", "!=", "answered"), ("outcome", "=", "open")]
            )  # fmt: skip
            waiting._update_response_state()
        return res

    @api.private
    def _expo_today(self, tz=None):
        """Return today's date in ``tz``, else where the company is, whatever the server's time zone."""
        zone = pytz.timezone(tz or self._expo_tz())
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    @api.private
    def _expo_tz(self):
        """Name of the time zone the company lives in: its calendar's, else its address's, else UTC."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    @api.private
    def _expo_calendar(self):
        """Return our working days and days off, for :mod:`..tools.workdays`."""
        self.ensure_one()
        # Working hours and company holidays are no secret, yet not every salesperson may read calendars.
        calendar = self.sudo().resource_calendar_id
        zone = pytz.timezone(calendar.tz or "UTC")
        # A day off without a schedule holds for every schedule of the company.
        leaves = self.env["resource.calendar.leaves"].sudo().search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", (False, self.id)),
                ("calendar_id", "in", (False, calendar.id)),
            ]
        )  # fmt: skip
        days_off = set()
        for leave in leaves:
            days_off.update(_days_spanned(leave.date_from, leave.date_to, zone))
        return CompanyCalendar(
            working_weekdays=frozenset(int(day) for day in calendar.attendance_ids.mapped("dayofweek")),
            days_off=frozenset(days_off),
        )


def _days_spanned(begin, end, zone):
    """Yield the days whose noon lies between two UTC datetimes: half a day off is still a working day."""
    day = pytz.utc.localize(begin).astimezone(zone).date()
    last = pytz.utc.localize(end).astimezone(zone).date()
    while day <= last:
        noon = zone.localize(datetime.combine(day, time(12))).astimezone(pytz.utc).replace(tzinfo=None)
        if begin <= noon <= end:
            yield day
        day += timedelta(days=1)
