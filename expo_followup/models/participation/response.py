from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ...tools.response import days_waited, first_day_in_time, last_day, next_working_day, response_state
from ...tools.zones import get_midnight

# Customers not met at the show and without earlier orders: their waiting counts from the day of assignment.
MARKETING_SOURCES = ("web", "association", "press", "partner", "directory", "other")


class ExpoParticipationResponse(models.AbstractModel):
    """The customer's links in a letter, what they answer, and how long they wait for us (rules.md §4).

    Two clocks run by the same limits: until our first personal follow-up, and from a reply of the customer until the
    next one. A letter stops neither.

    Customers of the stand wait from the show's last day on, new ones won otherwise from the day they were assigned. A
    new salesperson gets the full time: reassigning starts the clock anew. Our own days off do not count.
    """

    _name = "expo.participation.response"
    _description = "Exhibition Customer: Response"

    first_response_on = fields.Datetime("First Answer On", readonly=True, copy=False)
    replied_on = fields.Datetime("Customer Replied On", readonly=True, copy=False)
    unanswered_since = fields.Datetime(
        "Waiting for Us Since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="First reply of the customer since our last personal follow-up; empty when we have answered.",
    )
    response_state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("answered", "Answered"),
            ("amber", "Waiting long"),
            ("red", "Waiting too long"),
        ],
        "Response",
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    feedback_input_ids = fields.One2many(
        "survey.user_input", "expo_participation_id", "Feedback Forms", groups="survey.group_survey_user"
    )
    feedback_state = fields.Selection(
        [("none", "Not asked"), ("asked", "Asked"), ("answered", "Answered")],
        "Feedback Status",
        compute="_compute_feedback_state",
        store=True,
        compute_sudo=True,
    )
    feedback_answers = fields.Html(compute="_compute_feedback_answers", compute_sudo=True, sanitize=False)
    feedback_url = fields.Char("Feedback Link", compute="_compute_letter_links", compute_sudo=True)
    unsubscribe_url = fields.Char("Unsubscribe Link", compute="_compute_letter_links", compute_sudo=True)

    waiting_days = fields.Integer(compute="_compute_waiting_days", string="Days Waiting")

    response_hours = fields.Float(
        "Hours until First Answer",
        compute="_compute_response_hours",
        store=True,
        compute_sudo=True,
        aggregator="avg",
        help="Working hours from the day after the waiting began until the first call, e-mail or "
        "visit; letters do not count.",
    )
    answered_in_time = fields.Boolean(
        "Answered on Time",
        compute="_compute_response_hours",
        store=True,
        compute_sudo=True,
        help="Set when the first personal answer came before the customer would have turned amber.",
    )

    @api.depends("feedback_input_ids.state")
    def _compute_feedback_state(self):
        for participation in self:
            states = participation.feedback_input_ids.mapped("state")
            participation.feedback_state = "answered" if "done" in states else "asked" if states else "none"

    @api.depends("feedback_input_ids.state", "feedback_input_ids.user_input_line_ids")
    def _compute_feedback_answers(self):
        """Show what the customer answered; salespeople have no access to surveys, only to this."""
        for participation in self:
            done = participation.feedback_input_ids.filtered(lambda answer: answer.state == "done")
            participation.feedback_answers = (
                self.env["ir.qweb"]._render("expo_followup.feedback_answers", {"inputs": done}) if done else False
            )

    @api.depends("exhibition_id.survey_id", "feedback_input_ids")
    def _compute_letter_links(self):
        """The customer's own links: their feedback form, and the page to unsubscribe."""
        # All at once: a part of a recordset fetches for itself alone.
        self.feedback_input_ids.fetch(["survey_id", "access_token"])
        for participation in self:
            base = participation.get_base_url()
            answer = participation.feedback_input_ids[:1]
            survey = participation.exhibition_id.survey_id
            path = answer.get_start_url() if answer else survey and survey.get_start_url()
            participation.feedback_url = f"{base}{path}" if path else False
            token = participation._get_unsubscribe_token() if participation.id else ""
            query = urlencode({"token": token})
            participation.unsubscribe_url = f"{base}/expo/unsubscribe/{participation.id or 0}?{query}"

    def _get_unsubscribe_token(self):
        """Return the secret that lets only the bearer of a letter unsubscribe this customer."""
        self.ensure_one()
        return tools.hmac(self.env(su=True), "expo_followup.unsubscribe", str(self._origin.id))

    @api.private
    def _unsubscribe(self):
        """No more letters to this customer: on the blacklist, letters in the queue withdrawn. Harmless twice."""
        listed = self._get_blacklisted()
        for participation in self:
            email = participation.partner_id.email_normalized
            if participation.contact_consent == "refused" and (not email or email in listed):
                continue
            # What is noted is for our people, in their language rather than the customer's.
            lang = (participation.user_id or participation.exhibition_id.user_id).lang
            participation = participation.with_context(lang=lang or self.env.company.partner_id.lang)
            participation.contact_consent = "refused"
            if email:
                reason = participation.env._("Unsubscribed from the letters of %s.", participation.exhibition_id.name)
                participation.env["mail.blacklist"]._add(email, message=reason)
            participation._message_log(
                body=participation.env._("The customer unsubscribed from our letters."),
                author_id=participation.partner_id.id,
            )

    @api.private
    def _ensure_feedback_inputs(self):
        """Give each customer a feedback form of their own, once, in their language."""
        # Surveys are not for salespeople; what the customer answers comes back to their entry only.
        missing = self.sudo().filtered(lambda p: p.exhibition_id.survey_id and not p.feedback_input_ids)
        self.env["survey.user_input"].sudo().with_context(tracking_disable=True).create(
            [p._get_feedback_values() for p in missing]
        )

    def _get_feedback_values(self):
        """The values of a customer's feedback form."""
        survey, partner = self.exhibition_id.survey_id, self.partner_id
        # The form opens in their language when it has been translated, else as the survey decides.
        speaks = partner.lang in survey._get_supported_lang_codes()
        return {
            "survey_id": survey.id,
            "partner_id": partner.id,
            "email": partner.email,
            "nickname": partner.name,
            "lang_id": self.env["res.lang"]._lang_get(partner.lang).id if speaks else False,
            "expo_participation_id": self.id,
        }

    # -- answers

    @api.private
    def _note_reply(self, moment=None):
        """The customer wrote: their waiting begins, and a follow-up asks the salesperson to answer.

        :param datetime moment: when they wrote, in UTC; now when None
        """
        self.ensure_one()
        # Mail comes in as a user without rights on customers.
        participation = self.sudo()
        moment = moment or fields.Datetime.now()
        participation.write(
            {
                "replied_on": max(moment, participation.replied_on or moment),
                "unanswered_since": min(moment, participation.unanswered_since or moment),
            }
        )
        participation._update_response_state()
        participation._ensure_reply_followup()
        participation._reopen_dormant()

    def _ensure_reply_followup(self, day=None):
        """Plan the answer to the customer, once; it opens at once unless a later day is given.

        :param date day: the day of another try, None for today
        """
        open_ones = self.followup_ids.filtered(lambda row: row.origin == "reply" and row.state in ("planned", "due"))
        if open_ones:
            return
        kind = self.env.ref("expo_followup.activity_answer", raise_if_not_found=False)
        user = self._get_server() or self.env.user
        followup = self.env["expo.followup"].create(
            {
                "participation_id": self.id,
                "partner_id": self.partner_id.id,
                "user_id": user.id,
                "origin": "reply",
                "activity_type_id": kind and kind.id,
                "window_start": day or self.exhibition_id._today(),
            }
        )
        if day:
            return
        # Asked for by an older version, or by hand: the reminder that there is.
        reminders = self.activity_ids.filtered(lambda activity: kind and activity.activity_type_id == kind)
        if reminders:
            followup.write({"state": "due", "activity_id": reminders[0].id})
        else:
            followup._open_reminders(is_quiet=False)

    def _ensure_answer(self):
        """Plan another try for the next working day where the customer still waits for our answer."""
        for participation in self.filtered("unanswered_since"):
            participation._ensure_reply_followup(participation._get_next_try())

    def _get_next_try(self):
        """Return the working day of ours after today."""
        tomorrow = fields.Date.add(self.exhibition_id._today(), days=1)
        return next_working_day(tomorrow, self.company_id._expo_calendar().is_working)

    # -- waiting

    @api.depends(
        "assigned_on", "source", "tier_id.answer_expected", "exhibition_id.date_end", "exhibition_id.state",
        "unanswered_since", "first_response_on",
    )  # fmt: skip
    def _compute_waiting_days(self):
        calendars = {company: company._expo_calendar() for company in self.company_id}
        for participation in self:
            since, today = participation._get_open_wait(), participation.exhibition_id._today()
            participation.waiting_days = since and days_waited(since, today, calendars[participation.company_id])

    def _get_open_wait(self):
        """Return the day since which this customer waits for us now: for a first or the next answer; None if not."""
        asked = self.unanswered_since and self.exhibition_id._to_local_date(self.unanswered_since)
        first = None if self.first_response_on else self._get_waiting_since()
        return min(filter(None, (asked, first)), default=None)

    def _get_waiting_since(self):
        """Return the day from which on this customer waits for a first answer, None while their clock stands still."""
        show = self.exhibition_id
        if not self.tier_id.answer_expected or show.state == "done":
            return None
        if self.source in MARKETING_SOURCES and self.assigned_on:
            return self.assigned_on
        return max(self.assigned_on or show.date_end, show.date_end) if show.state == "followup" else None

    @api.private
    def _update_response_state(self):
        """Bring the state of the waiting up to date."""
        by_state = {}
        # In sudo: derived from the show and its company, and the user who just gave the customer away may not see them.
        customers = self.sudo()
        calendars = {company: company._expo_calendar() for company in customers.company_id}
        for participation in customers:
            company = participation.company_id
            state = response_state(
                participation._get_open_wait(),
                participation.exhibition_id._today(),
                # Replies that no clock was started for were answered before there was one.
                not participation.unanswered_since
                and bool(participation.first_response_on or participation.replied_on),
                company.expo_amber_days,
                company.expo_red_days,
                calendars[company],
            )
            if state != participation.response_state:
                by_state.setdefault(state, []).append(participation.id)
        for state, ids in by_state.items():
            # Derived, and read-only to users.
            self.sudo().browse(ids).response_state = state

    @api.model
    def _get_escalation_domain(self):
        """Customers whose colour is not that of today any more: once it is, they leave the domain."""
        shows = self.env["expo.exhibition"].search([("state", "!=", "done")])
        shows |= self.env["expo.exhibition"].union(
            *(show for [show] in self._read_group([("unanswered_since", "!=", False)], ["exhibition_id"]))
        )
        return Domain.OR(self._get_escalation_domain_of(show) for show in shows)

    @api.model
    def _get_unanswered_domain(self):
        """Customers who wait for us: open ones for a first answer, and all who replied for the next one."""
        waiting = Domain("outcome", "=", "open") & Domain("exhibition_id.state", "!=", "done")
        return waiting | Domain("unanswered_since", "!=", False)

    @api.model
    def _get_escalation_domain_of(self, show):
        """Those of a show whose colour is not that of today; a day off entered later takes a colour back."""
        company, today = show.company_id, show._today()
        calendar = company._expo_calendar()
        amber, red = (
            self._get_waiting_domain(show, first_day_in_time(today, days, calendar))
            for days in (company.expo_amber_days, company.expo_red_days)
        )
        state = {name: Domain("response_state", "=", name) for name in ("waiting", "amber", "red")}
        late = (state["waiting"] & amber) | (state["amber"] & red)
        early = (state["amber"] & ~amber) | (state["red"] & ~red)
        return Domain("exhibition_id", "=", show.id) & (late | early)

    @api.model
    def _get_waiting_domain(self, show, day):
        """Those of a show who have waited since before ``day``; the same rule as ``_get_open_wait``."""
        midnight = get_midnight(day, show.tz)
        return Domain("unanswered_since", "<", midnight) | (
            Domain("first_response_on", "=", False)
            & Domain("outcome", "=", "open")
            & Domain("tier_id.answer_expected", "=", True)
            & self._get_first_waiting_domain(show, day)
        )

    @api.model
    def _get_first_waiting_domain(self, show, day):
        if show.state == "done":
            return Domain.FALSE
        assigned_before = Domain("assigned_on", "<", day)
        waiting = Domain("source", "in", MARKETING_SOURCES) & assigned_before
        if show.state == "followup" and show.date_end < day:
            waiting |= (Domain("source", "not in", MARKETING_SOURCES) & assigned_before) | Domain(
                "assigned_on", "=", False
            )
        return waiting

    # -- how fast the first answer came

    @api.depends("first_response_on")
    def _compute_response_hours(self):
        """Worked out once, when the answer is given: a later salesperson changes nothing of it."""
        waiting = self.filtered(lambda participation: not participation.first_response_on)
        waiting.update({"response_hours": 0, "answered_in_time": False})
        calendars = {company: company._expo_calendar() for company in (self - waiting).company_id}
        for participation in self - waiting:
            company, answered = participation.company_id, participation.first_response_on
            since, begin = participation._get_waiting_since(), participation._get_response_begin()
            participation.response_hours = begin and company._expo_working_hours(begin, answered)
            # Before the waiting began is in time, too.
            last = since and last_day(since, company.expo_amber_days, calendars[company])
            participation.answered_in_time = not last or participation.exhibition_id._to_local_date(answered) <= last

    @api.depends("first_response_on", "answered_in_time")
    def _compute_punctuality(self):
        """Decide once the first answer was given."""
        for participation in self:
            result = "in_time" if participation.answered_in_time else "late"
            participation.punctuality = result if participation.first_response_on else False

    def _get_response_begin(self):
        """Return the moment from which on the working hours count: the end of the day on which the waiting began."""
        since = self._get_waiting_since()
        if not since:
            return None
        return get_midnight(since + timedelta(days=1), self.exhibition_id.tz)
