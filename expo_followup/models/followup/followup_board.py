from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ...tools.moments import WORKING, moment_at
from ...tools.workdays import country_calendar
from ..mixins.composer import composer_action
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

    # What time it is at the customer's, and whether they would like to be called now.
    local_time = fields.Char(compute="_compute_moment", help="Local time of the customer.")
    moment = fields.Selection(
        [
            ("good", "Good time"),
            ("early", "Too early locally"),
            ("late", "Too late locally"),
            ("weekend", "Local weekend"),
            ("holiday", "Local holiday"),
            ("unknown", "Country unknown"),
        ],
        compute="_compute_moment",
        help="Whether now is a good time to call, by the working hours, weekend and public holidays "
        "of the customer's country and the preferred time.",
        string="Suitable Time to Call",
    )
    moment_text = fields.Char("Call Timing", compute="_compute_moment")
    missing_contact = fields.Selection(
        [
            ("phone", "No phone number"),
            ("email", "No valid e-mail address"),
            ("bounced", "E-mails to the address were returned"),
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
        """Open a mail to the customer, on their entry when they have one."""
        self.ensure_one()
        record = self.participation_id or self.partner_id
        return composer_action(
            record,
            self.env._("Email"),
            default_partner_ids=self.partner_id.ids,
            default_subject=self.exhibition_id.name,
        )

    @api.depends("activity_type_id.category", "partner_id.phone", "partner_id.email_normalized", "state", "is_letter")
    def _compute_missing_contact(self):
        """Find what keeps the salesperson from calling or writing; letters say themselves why they are excluded."""
        by_mail = self.env.ref("expo_followup.activity_email_revisit", raise_if_not_found=False)
        for followup in self:
            partner, kind, missing = followup.partner_id, followup.activity_type_id, False
            if kind.category == "phonecall" and not (partner.phone or partner.commercial_partner_id.phone):
                missing = "phone"
            elif kind == by_mail and not partner.email_normalized:
                missing = "email"
            elif kind == by_mail and partner.message_bounce:
                missing = "bounced"
            followup.missing_contact = missing if followup.state in OPEN_STATES and not followup.is_letter else False

    def action_edit_contact(self):
        """Open phone number and e-mail address of the customer, to enter or correct them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contact details"),
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(self.env.ref("expo_followup.res_partner_view_form_contact").id, "form")],
            "target": "new",
        }

    # -- the moment

    @api.depends("partner_id.country_id", "partner_id.state_id", "partner_id.tz")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_moment(self):
        now = fields.Datetime.now()
        preferred = self._get_preferred_times()
        known = {}
        for followup in self:
            place, zones = followup.partner_id._expo_get_place()
            likes = preferred.get(followup, WORKING)
            key = (zones, place.country_id.code, likes)
            if key not in known:
                zones, code, likes = key
                moment = moment_at(now, zones, country_calendar(code), likes)
                known[key] = (self._get_local_time(moment, now), moment.kind, self._get_moment_text(moment, code))
            followup.local_time, followup.moment, followup.moment_text = known[key]

    def _get_preferred_times(self):
        """Return when these customers like to be called: the person's word, else that of the company's file."""
        served = self._filter_by_file_or_task()
        # In sudo: the user who serves the customer is told when to call, also where the file is a colleague's.
        people = (
            self.env["expo.customer.person"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", served.partner_id.ids), ("preferred_time", "!=", False)],
                ["partner_id", "company_id", "preferred_time"],
            )
        )
        files = (
            self.env["expo.customer.file"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", served.partner_id.commercial_partner_id.ids), ("preferred_time", "!=", False)],
                ["partner_id", "company_id", "preferred_time"],
            )
        )
        likes = {(row.partner_id.id, row.company_id.id): row.preferred_time for row in (*files, *people)}
        times = {}
        for followup in served:
            company = followup.company_id.id
            own = likes.get((followup.partner_id.id, company))
            if own := own or likes.get((followup.partner_id.commercial_partner_id.id, company)):
                times[followup] = own
        return times

    def _get_local_time(self, moment, now):
        """Return their time in words: with the weekday where it is another day than here."""
        # The west first: its clock is behind.
        times, day = [], fields.Datetime.context_timestamp(self, now).date()
        for there in sorted({there.replace(tzinfo=None) for there in moment.local}):
            form = "HH:mm" if there.date() == day else "EEE HH:mm"
            times.append(format_datetime(self.env, there, tz="UTC", dt_format=form))
            day = there.date()
        return "–".join(times)

    def _get_moment_text(self, moment, country_code):
        """Say why not to call now, and from when on, by our clock."""
        words = dict(self._fields["moment"]._description_selection(self.env))[moment.kind]
        if moment.kind == "holiday":
            name = country_calendar(country_code).holiday_name(moment.day, self.env.lang)
            words = self.env._("Local public holiday: %s", name)
        if not moment.next_good:
            return words
        here = fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()
        first = fields.Datetime.context_timestamp(self, moment.next_good)
        form = "HH:mm" if first.date() == here else "EEE HH:mm"
        if (first.date() - here).days > 6:
            form = "d MMM HH:mm"
        starts = format_datetime(self.env, first.replace(tzinfo=None), tz="UTC", dt_format=form)
        return self.env._("%(reason)s; better from %(time)s (your time)", reason=words, time=starts)

    @api.depends("partner_id.expo_foreign_notes", "partner_id.commercial_partner_id.expo_foreign_notes")
    @api.depends_context("allowed_company_ids")
    def _compute_hint(self):
        """The first line of what to respect of a foreign customer; the rest is shown where they are served."""
        for followup in self:
            notes = followup._get_shown_notes() if followup.partner_id.expo_is_foreign else []
            followup.hint = notes[0].strip().partition("\n")[0] if notes else False
