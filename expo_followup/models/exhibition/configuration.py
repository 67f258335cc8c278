"""What a company configures for all exhibitions beside its tiers: questions to customers, and festivals."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.festivals import Festival
from ..mixins.record_keeping import RecordKeeping


class ExpoQuestion(models.Model):
    """What to ask a customer: a template of the outcome dialog, by method, tier and payment (rules.md §2 and §4)."""

    _name = "expo.question"
    _description = "Question to a Customer"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "hint"},
    )

    name = fields.Char("Question", required=True, translate=True)
    hint = fields.Char(translate=True, help="How to ask the question, or how to assess the answer.")
    sequence = fields.Integer(default=10)
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        string="Methods",
        help="Methods for which the question is suggested; empty means all.",
        domain="[('res_model', 'in', (False, 'expo.participation'))]",
    )
    tier_ids = fields.Many2many("expo.tier", string="Tiers", help="Tiers of the customers to ask; empty means all.")
    payment = fields.Selection(
        [("not_paid", "Not fully paid"), ("paid", "Paid")], help="Payment of the customers to ask; empty means any."
    )
    after_sample = fields.Boolean("Only after Sample", help="Set to ask only customers who have received a sample.")
    active = fields.Boolean(default=True)

    @api.model
    def _get_for(self, participation, activity_type):
        """Return what to ask a customer by that method, in order.

        :param participation: the exhibition customer, empty for a contact who was not met at an exhibition
        """

        def any_or(name, record):
            return Domain(name, "=", False) | Domain(name, "in", record.ids)

        paid = "paid" if participation.payment_state == "paid" else "not_paid"
        domain = any_or("activity_type_ids", activity_type) & any_or("tier_ids", participation.tier_id)
        domain &= Domain("payment", "in", [False, *([paid] if participation else [])])
        if not participation.sample_received_on:
            domain &= Domain("after_sample", "=", False)
        return self.search(domain)


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
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Countries whose customers are greeted; empty means every country where the festival is held.",
    )
    words = fields.Char(
        "Public Holiday",
        help="Words of the holiday's English name, separated by commas, e.g. Diwali, Deepavali; the "
        "date is taken from the public holidays of each customer's country. Empty means the "
        "fixed date.",
    )
    month = fields.Integer(
        help="Used for festivals that fall on the same date every year; 0 if the date is taken from "
        "the public holidays."
    )
    day = fields.Integer(
        "Day of Month",
        help="Used for festivals that fall on the same date every year; 0 if the date is taken from "
        "the public holidays.",
    )
    days_before = fields.Integer(
        default=3,
        help="Days before the festival on which the letter is sent; 0 means on the day.",
        string="Lead Time (Days)",
    )
    wishes = fields.Text(translate=True, required=True, help="Wishes expressed to the customer in the letter.")
    is_fixed = fields.Boolean("Fixed Date", compute="_compute_is_fixed")

    _days_before_range = models.Constraint(
        "CHECK(days_before BETWEEN 0 AND 30)", "The letter must be sent 0 to 30 days before the festival."
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
                    self.env._(
                        "You cannot save “%s” because its date is missing. Enter the public holiday, or the "
                        "month and day.",
                        festival.name,
                    )
                ) from None

    def _get_words(self):
        return tuple(word.strip() for word in (self.words or "").split(",") if word.strip())

    @api.private
    def _to_rule(self):
        """Return this festival for :mod:`..tools.festivals`."""
        self.ensure_one()
        return Festival(self._get_words(), self.month, self.day, frozenset(self.country_ids.mapped("code")))
