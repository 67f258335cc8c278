import re

from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import babel_locale_parse, format_date

from ...tools.windows import parse_weekdays
from ...tools.workdays import country_calendar
from ..mixins.record_keeping import RecordKeeping

#: A public holiday is part of the hint so many days ahead.
HOLIDAY_DAYS = 10


class ExpoEtiquette(models.Model):
    """Facts useful before a call to a country, and the company's own notes (rules.md §3).

    Shipped are facts with their sources: weekend, languages, form of address, hours, laws on gifts and imports.
    """

    _name = "expo.etiquette"
    _description = "Etiquette of a Country"
    _inherit = ["expo.linked.records"]
    _order = "country_id"
    _rec_name = "country_id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"greeting", "gifts", "taboos", "weekend_days", "languages", "appointments", "sources"},
    )

    country_id = fields.Many2one("res.country", required=True, ondelete="cascade")
    greeting = fields.Text(
        "Form of Address", translate=True, help="How customers of the country are addressed, in letters and calls."
    )
    gifts = fields.Text(translate=True, help="Laws on gifts, and your own notes.")
    taboos = fields.Text(
        "Things to Avoid",
        translate=True,
        help="What to avoid in conversations, gifts and printed matter, with your own notes.",
    )
    weekend_days = fields.Char(
        "Weekend (Digits)",
        default="67",
        help="Days off as digits, where 1 is Monday; for example, 67 means Saturday and Sunday.",
    )
    weekend = fields.Char(compute="_compute_weekend")
    languages = fields.Char("Business Languages", translate=True)
    appointments = fields.Text(
        "Business Hours", translate=True, help="Office hours and periods of low business activity."
    )
    sources = fields.Char(translate=True, help="Sources of the facts.")
    active = fields.Boolean(default=True)

    _once_per_country = models.Constraint(
        "unique(country_id)",
        "You cannot add a second etiquette record for a country. Open the existing record instead.",
    )

    @api.constrains("weekend_days")
    def _check_weekend_days(self):
        """Refuse what are no weekdays.

        :raises ValidationError: for anything but the digits 1 to 7, each once
        """
        for etiquette in self:
            try:
                parse_weekdays(etiquette.weekend_days)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "You cannot use “%(days)s” as weekdays. Enter digits from 1 (Monday) to 7 (Sunday), "
                        "without repeating any.",
                        days=etiquette.weekend_days,
                    )
                ) from None

    @api.depends("weekend_days")
    @api.depends_context("lang")
    def _compute_weekend(self):
        names = get_day_names("wide", "stand-alone", babel_locale_parse(self.env.lang))
        for etiquette in self:
            days = [int(digit) - 1 for digit in etiquette.weekend_days or "" if digit in "1234567"]
            etiquette.weekend = ", ".join(names[day] for day in days)

    def _get_call_hint(self):
        """Return in one line what is useful before a call: a holiday soon, address, hours, weekend, languages."""
        hours = re.split(r"(?<=[.。])\s*", self.appointments or "")[0].rstrip(".。")
        weekend = self.weekend and self.env._("weekend: %s", self.weekend)
        holiday = country_calendar(self.country_id.code).next_holiday(
            fields.Date.context_today(self), HOLIDAY_DAYS, self.env.lang
        )
        closed = holiday and self.env._(
            "public holiday: %(name)s, %(date)s", name=holiday[1], date=format_date(self.env, holiday[0])
        )
        return " · ".join(filter(None, (closed, self.greeting, hours, weekend, self.languages)))
