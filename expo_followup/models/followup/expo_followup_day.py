from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixins.composer import composer_action
from .expo_followup import OPEN_STATES

# The columns of the day, in their order.
BUCKETS = ["overdue", "today", "week", "later"]
WEEK_DAYS = 7


class ExpoFollowup(models.Model):
    """The salesperson's day: what is late, what is due, what comes this week.

    Which day a touch belongs to depends on today, so it is not stored: it is searched and grouped in SQL.
    """

    _inherit = "expo.followup"

    day_bucket = fields.Selection(
        [("overdue", "Overdue"), ("today", "Today"), ("week", "Next 7 days"), ("later", "Later")],
        "When",
        compute="_compute_day_bucket",
        search="_search_day_bucket",
        group_expand="_group_expand_day_bucket",
        help="Overdue: its last day is past. Today: its day has come, and its last day has not passed.",
    )
    days_left = fields.Integer(
        compute="_compute_days_left", help="Days that are left in the window, beside today; below zero when late."
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    abc_class = fields.Selection(related="participation_id.abc_class")
    touch = fields.Integer("Touch Number", compute="_compute_touch", help="Which touch of this customer it is.")
    last_effect = fields.Selection(related="participation_id.last_effect")

    @api.depends("window_start", "deadline", "state")
    @api.depends_context("uid", "tz")
    def _compute_day_bucket(self):
        today = fields.Date.context_today(self)
        for followup in self:
            followup.day_bucket = followup._get_day_bucket(today)

    def _get_day_bucket(self, today):
        if self.state not in OPEN_STATES or not self.window_start:
            return False
        if (self.deadline or self.window_start) < today:
            return "overdue"
        if self.window_start <= today:
            return "today"
        return "week" if self.window_start <= today + timedelta(days=WEEK_DAYS) else "later"

    def _search_day_bucket(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        week = today + timedelta(days=WEEK_DAYS)
        is_open = Domain("state", "in", OPEN_STATES)
        in_time = is_open & Domain("deadline", ">=", today)
        domains = {
            "overdue": is_open & Domain("deadline", "<", today),
            "today": in_time & Domain("window_start", "<=", today),
            "week": in_time & Domain("window_start", ">", today) & Domain("window_start", "<=", week),
            "later": in_time & Domain("window_start", ">", week),
            False: ~is_open,
        }
        return Domain.OR(domains[bucket] for bucket in value if bucket in domains)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "day_bucket":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["day_bucket"], "read")
        today = fields.Date.context_today(self)
        return SQL(
            """CASE WHEN %(state)s NOT IN %(open)s THEN NULL
                WHEN %(deadline)s < %(today)s THEN 'overdue'
                WHEN %(start)s <= %(today)s THEN 'today'
                WHEN %(start)s <= %(week)s THEN 'week'
                ELSE 'later' END""",
            state=self._field_to_sql(alias, "state", query),
            open=OPEN_STATES,
            deadline=self._field_to_sql(alias, "deadline", query),
            start=self._field_to_sql(alias, "window_start", query),
            today=today,
            week=today + timedelta(days=WEEK_DAYS),
        )

    @api.model
    def _group_expand_day_bucket(self, buckets, domain):
        """Show the columns in the order of time."""
        return [bucket for bucket in BUCKETS if bucket in buckets]

    @api.depends("deadline", "window_start")
    @api.depends_context("uid", "tz")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for followup in self:
            last = followup.deadline or followup.window_start
            followup.days_left = (last - today).days if last else 0

    @api.depends("number", "participation_id.followup_count")
    def _compute_touch(self):
        for followup in self:
            followup.touch = followup.number or followup.participation_id.followup_count + 1

    def action_mail(self):
        """Open a mail to the customer, on his entry when he has one."""
        self.ensure_one()
        record = self.participation_id or self.partner_id
        return composer_action(
            record,
            self.env._("E-mail"),
            default_partner_ids=self.partner_id.ids,
            default_subject=self.exhibition_id.name,
        )
