from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixins.messenger import METHOD
from .today import OPEN_STATES, Today

# The columns of the day, in their order.
BUCKETS = ["overdue", "today", "week", "later"]
WEEK_DAYS = 7


class ExpoFollowupBoard(models.AbstractModel):
    """The salesperson's day: what is late, what is due, what comes this week.

    Which day a follow-up belongs to depends on today, so it is not stored: it is searched and grouped in SQL.
    """

    _name = "expo.followup.board"
    _description = "Follow-up: Daily Board"

    day_bucket = fields.Selection(
        [("overdue", "Overdue"), ("today", "Today"), ("week", "Next 7 days"), ("later", "Later")],
        "Due Period",
        compute="_compute_day_bucket",
        inverse="_inverse_day_bucket",
        search="_search_day_bucket",
        group_expand="_group_expand_day_bucket",
        help="Overdue when the deadline has passed; today when the day has come and the deadline has not passed.",
    )
    days_left = fields.Integer(
        compute="_compute_days_left", help="Days left until the last day of the window; negative when overdue."
    )
    touch = fields.Integer(
        "Follow-up No.", compute="_compute_touch", help="Number of this follow-up with the customer."
    )

    missing_contact = fields.Selection(
        [
            ("phone", "No phone number"),
            ("email", "No valid e-mail address"),
            ("bounced", "E-mails to the address were returned"),
            ("account", "No messenger account"),
        ],
        "Missing Contact Detail",
        compute="_compute_missing_contact",
        help="What is missing to reach the customer by this method; empty when nothing is.",
    )
    hint = fields.Char(compute="_compute_hint", help="Points to consider when contacting this customer.")

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
        if groupby_spec == "title":
            return self._title_to_sql(alias, query)
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
        """Show the columns in the order of time, and those that a card may be dropped on."""
        is_board = any(buckets)
        return [bucket for bucket in BUCKETS if bucket in buckets or (is_board and bucket in ("today", "week"))]

    @api.depends("deadline", "window_start")
    @api.depends_context("uid", "tz")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for followup in self:
            last = followup.deadline or followup.window_start
            followup.days_left = (last - today).days if last else 0

    @api.depends("number", "participation_id.followup_count")
    def _compute_touch(self):
        counts = self.filtered(lambda followup: not followup.number)._get_done_counts()
        for followup in self:
            customer = followup.participation_id or followup.partner_id
            followup.touch = followup.number or counts.get(customer, 0) + 1

    @api.model
    def _get_next_of_queue(self):
        """Return what the user does next: the first call, e-mail or visit on the board that is overdue or due today."""
        mine = Domain("user_id", "=", self.env.uid) & Domain("is_letter", "=", False)
        for bucket in ("overdue", "today"):
            domain = mine & Domain("day_bucket", "=", bucket)
            if found := self.search(domain, order="is_reply desc, is_key desc, deadline, id", limit=1):
                return found
        return self.browse()

    @api.model
    def get_today(self, is_team=False):
        """Return the day's work of the user as plain data, see :class:`.today.Today`.

        :param bool is_team: for managers: of their team rather than their own
        """
        return Today(self.env, is_team).get()

    def action_mail(self):
        """Open an e-mail to the customer, on their entry when they have one."""
        return self.action_write_instead()

    @api.depends("activity_type_id.category", "partner_id.phone", "partner_id.email_normalized", "state", "is_letter")
    def _compute_missing_contact(self):
        """Find what keeps the salesperson from calling or writing; letters say themselves why they are excluded."""
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        by_mail, by_message = get_id("expo_followup.activity_email_revisit"), get_id(METHOD)
        reachable = self.filtered(
            lambda followup: followup.activity_type_id.id == by_message
        )._get_companies_with_account()
        for followup in self:
            partner, kind, missing = followup.partner_id, followup.activity_type_id.id, False
            if followup.activity_type_id.category == "phonecall" and not (
                partner.phone or partner.commercial_partner_id.phone
            ):
                missing = "phone"
            elif kind == by_mail and not partner.email_normalized:
                missing = "email"
            elif kind == by_mail and partner.message_bounce:
                missing = "bounced"
            elif kind == by_message and partner.commercial_partner_id not in reachable:
                missing = "account"
            followup.missing_contact = missing if followup.state in OPEN_STATES and not followup.is_letter else False

    def _get_companies_with_account(self):
        """Return which customers of these follow-ups have a network account; one query."""
        # In sudo: that there is one, and nothing of it.
        accounts = self.env["expo.customer.account"].sudo()
        customers = self.partner_id.commercial_partner_id
        found = accounts.search([("file_id.partner_id", "in", customers.ids)]) if customers else accounts
        return found.file_id.partner_id.sudo(False)

    def action_edit_contact(self):
        """Open phone number and e-mail address of the customer, or their file for an account, to enter what lacks."""
        self.ensure_one()
        file = self.participation_id.file_id
        if self.missing_contact == "account" and file.has_access("write"):
            return file.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contact details"),
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(self.env.ref("expo_followup.res_partner_view_form_contact").id, "form")],
            "target": "new",
        }

    @api.depends("partner_id.expo_foreign_notes", "partner_id.commercial_partner_id.expo_foreign_notes")
    @api.depends_context("allowed_company_ids")
    def _compute_hint(self):
        """The first line of what to respect of a foreign customer; the rest is shown where they are served."""
        for followup in self:
            notes = followup._get_shown_notes() if followup.partner_id.expo_is_foreign else []
            followup.hint = notes[0].strip().partition("\n")[0] if notes else False
