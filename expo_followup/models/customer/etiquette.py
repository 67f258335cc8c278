from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import babel_locale_parse

from ...tools.windows import parse_weekdays
from ..mixins.record_keeping import RecordKeeping


class ExpoEtiquette(models.Model):
    """What to respect when dealing with people of one country: notes that a company edits (rules.md §3)."""

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
    greeting = fields.Text("Greeting and Address", translate=True)
    gifts = fields.Text(translate=True)
    taboos = fields.Text(translate=True, help="What is better left out, in talk, gifts and print.")
    weekend_days = fields.Char(
        "Weekend (Digits)", default="67", help="Days off as digits, Monday is 1: 67 is Saturday and Sunday."
    )
    weekend = fields.Char(compute="_compute_weekend")
    languages = fields.Char(translate=True)
    appointments = fields.Text("Business Hours and Appointments", translate=True)
    sources = fields.Char(translate=True, help="Sources of these notes.")
    active = fields.Boolean(default=True)

    _once_per_country = models.Constraint(
        "unique(country_id)", "You cannot add a second etiquette for a country. Open the existing one instead."
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
                        "You cannot use “%(days)s” as weekdays. Enter digits from 1 (Monday) to 7 (Sunday), each once.",
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
