from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.festivals import Festival
from ..mixins.record_keeping import RecordKeeping


class ExpoFestival(models.Model):
    """A festival worth a greeting: a company edits which, for whom and with what words."""

    _name = "expo.festival"
    _description = "Festival"
    _inherit = ["expo.linked.records"]
    _order = "sequence, name, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "words", "wishes"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_ids = fields.Many2many("res.country", string="Countries", help="Empty: wherever it is held.")
    words = fields.Char(
        "Public Holiday",
        help="Words of the holiday's English name, with commas between alternatives, e.g. Diwali, Deepavali. "
        "Its day is that of each customer's country. Empty: the fixed date.",
    )
    month = fields.Integer(help="Of a festival with a fixed date.")
    day = fields.Integer(help="Of a festival with a fixed date.")
    days_before = fields.Integer(default=3, help="So long before the festival the letter leaves.")
    wishes = fields.Text(translate=True, required=True, help="What the letter wishes the customer.")
    is_fixed = fields.Boolean(compute="_compute_is_fixed")

    _days_before_range = models.Constraint(
        "CHECK(days_before BETWEEN 0 AND 30)", "A greeting leaves 0 to 30 days before the festival."
    )

    @api.depends("words")
    def _compute_is_fixed(self):
        for festival in self:
            festival.is_fixed = not festival._get_words()

    @api.constrains("words", "month", "day")
    def _check_date(self):
        """Refuse a festival without words and without a date.

        :raises ValidationError: when there is no such day of the year
        """
        for festival in self.filtered("is_fixed"):
            try:
                fields.Date.to_date(f"2000-{festival.month:02}-{festival.day:02}")
            except ValueError:
                raise ValidationError(
                    self.env._("“%s”: say which public holiday it is, or give month and day.", festival.name)
                ) from None

    def _get_words(self):
        return tuple(word.strip() for word in (self.words or "").split(",") if word.strip())

    @api.private
    def _to_rule(self):
        """Return this festival for :mod:`..tools.festivals`."""
        self.ensure_one()
        return Festival(self._get_words(), self.month, self.day, frozenset(self.country_ids.mapped("code")))
