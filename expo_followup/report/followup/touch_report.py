from odoo import fields, models
from odoo.tools import SQL

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class ExpoTouchReport(models.Model):
    """What was done with customers, one row per follow-up: how often, by whom, with which effect, on which weekday.

    Letters are kept apart from follow-ups in person: only these have an effect. Weekday and hour are those of the
    place of the show. The view is read through the rules of follow-ups.
    """

    _name = "expo.touch.report"
    _description = "Follow-up Analysis"
    _auto = False
    _order = "done_on desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "expo.followup": [
            "participation_id", "partner_id", "exhibition_id", "company_id", "user_id", "activity_type_id", "origin",
            "state", "done_on", "number", "effect", "is_letter", "tier_before_id", "tier_after_id",
        ],
        "expo.participation": ["tier_id", "role", "country_id", "is_key", "commercial_partner_id"],
        "expo.exhibition": ["tz"],
    }  # fmt: skip

    participation_id = fields.Many2one("expo.participation", "Exhibition Customer", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer Company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    exhibition_id = fields.Many2one("expo.exhibition", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    activity_type_id = fields.Many2one("mail.activity.type", "Method", readonly=True)
    tier_id = fields.Many2one(
        "expo.tier", "Intent Tier", readonly=True, help="Intent tier at the time of the follow-up."
    )
    role = fields.Selection(
        selection=lambda self: self.env["expo.participation"]._fields["role"]._description_selection(self.env),
        readonly=True,
    )
    is_key = fields.Boolean("Key Customer", readonly=True)
    origin = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["origin"]._description_selection(self.env),
        readonly=True,
    )
    kind = fields.Selection([("personal", "In person"), ("letter", "Letter")], readonly=True)
    done_on = fields.Datetime("Date", readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Integer("Hour of the Day", readonly=True, aggregator="avg")
    number = fields.Integer(
        "Follow-up No.",
        readonly=True,
        aggregator="max",
        help="Number of this follow-up with the customer; 0 until it is done.",
    )
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        readonly=True,
    )
    positive_share = fields.Float("Positive (%)", readonly=True, aggregator="avg")
    answered_share = fields.Float("Response Rate (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT f.id, f.participation_id, f.partner_id, f.exhibition_id, f.company_id, f.user_id,
                   f.activity_type_id, f.origin, f.done_on, f.number, f.effect,
                   coalesce(p.commercial_partner_id, contact.commercial_partner_id) AS commercial_partner_id,
                   coalesce(p.country_id, contact.country_id) AS country_id,
                   coalesce(f.tier_before_id, p.tier_id) AS tier_id, p.role, p.is_key,
                   CASE WHEN f.is_letter THEN 'letter' ELSE 'personal' END AS kind,
                   to_char(local.moment, 'ID') AS weekday,
                   extract(hour FROM local.moment)::int AS hour,
                   CASE WHEN f.effect IS NULL THEN NULL WHEN f.effect = 'positive' THEN 100.0 ELSE 0.0
                   END AS positive_share,
                   CASE WHEN f.effect IS NULL THEN NULL WHEN f.effect = 'no_answer' THEN 0.0 ELSE 100.0
                   END AS answered_share
              FROM expo_followup f
              JOIN res_partner contact ON contact.id = f.partner_id
              LEFT JOIN expo_participation p ON p.id = f.participation_id
              LEFT JOIN expo_exhibition show ON show.id = f.exhibition_id
             CROSS JOIN LATERAL (
                   SELECT f.done_on AT TIME ZONE 'UTC' AT TIME ZONE coalesce(show.tz, 'UTC') AS moment) local
             WHERE f.state = 'done'
            """
        )
