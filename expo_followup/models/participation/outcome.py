from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..followup.followup_board import OPEN_STATES
from ..mixins.notices import Reminder, remind
from .care import Care
from .planner import RHYTHM, Planner, with_colleagues


class ExpoParticipationOutcome(models.AbstractModel):
    """What was done with a customer and how the customer reacted, how long it stays open, and how it ended."""

    _name = "expo.participation.outcome"
    _description = "Exhibition Customer: Outcome"

    # The contact cadence of follow-ups after the plan: the initial cadence for new contacts, the cadence by ABC class
    # (rules.md §4).
    followup_count = fields.Integer("Follow-ups Done", compute="_compute_followup_figures", store=True)
    next_followup_on = fields.Date("Next Follow-up", compute="_compute_followup_figures", store=True, index=True)
    letter_sent_on = fields.Datetime("First Letter On", compute="_compute_followup_figures", store=True)
    last_touch_on = fields.Date("Last Follow-up", compute="_compute_followup_figures", store=True)
    last_effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        compute="_compute_followup_figures",
        store=True,
        help="How the customer reacted to the last personal follow-up.",
    )

    # How long a customer stays open: show leads become orders three to eight months later (rules.md §4).
    horizon_on = fields.Date(
        "Open Until",
        compute="_compute_horizon_on",
        store=True,
        readonly=False,
        index=True,
        copy=False,
        help="Day on which a customer without an order or refusal becomes dormant; empty means never.",
    )
    outcome_reason = fields.Char(copy=False, tracking=True)
    idle_reason = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["expo_idle_reason"]._description_selection(self.env),
        string="No Follow-up Because",
        compute="_compute_idle_reason",
        compute_sudo=True,
        help="Why no follow-up is planned with the customer's company; empty when one is planned.",
    )
    # How many returned e-mails the salesperson was asked about.
    noted_bounces = fields.Integer(readonly=True, copy=False)

    # -- follow-ups

    @api.depends("followup_ids.state", "followup_ids.window_start", "followup_ids.done_on", "followup_ids.effect")
    def _compute_followup_figures(self):
        figures = self._fetch_followup_figures() if self.ids else {}
        for participation in self:
            count, upcoming, letter, last, effect = figures.get(participation._origin.id, (0, None, None, None, None))
            participation.followup_count = count
            participation.next_followup_on = upcoming
            participation.letter_sent_on = letter
            participation.last_touch_on = last and participation.exhibition_id._to_local_date(last)
            participation.last_effect = effect

    def _fetch_followup_figures(self):
        """Return ``{id: (number done, day of the next one, moment of the first letter, moment of the last follow-up,
        effect of the last personal one)}``, all in one statement: the figures change together.
        """
        names = ["participation_id", "state", "window_start", "done_on", "effect", "is_letter"]
        self.env["expo.followup"].flush_model(names)
        query = SQL(
            """
            SELECT participation_id, count(*) FILTER (WHERE state = 'done'),
                   min(window_start) FILTER (WHERE state <> 'done'),
                   min(done_on) FILTER (WHERE state = 'done' AND is_letter),
                   max(done_on) FILTER (WHERE state = 'done'),
                   (array_agg(effect ORDER BY done_on DESC, id DESC)
                       FILTER (WHERE state = 'done' AND effect IS NOT NULL))[1]
              FROM expo_followup
             WHERE participation_id IN %s AND state IN ('planned', 'due', 'done')
             GROUP BY participation_id
            """,
            tuple(self.ids),
        )
        return {participation: figures for participation, *figures in self.env.execute_query(query)}

    @api.private
    def _log_touch(self, activity_type, content, effect, moment=None, occasion_key=False):
        """Note a follow-up that has happened: it counts, stops the waiting and resets the clock.

        :param activity_type: the method, a ``mail.activity.type``
        :param str content: what was said and done
        :param str effect: ``positive``, ``neutral``, ``negative`` or ``no_answer``
        :param datetime moment: when, in UTC; now when None
        :param str occasion_key: what it was about, as the title of a follow-up knows it
        :returns: the done ``expo.followup``
        """
        self.ensure_one()
        # Who may note it is the caller's to check; the facts of a follow-up are read-only to users.
        customer = self.sudo()
        moment = moment or fields.Datetime.now()
        followup = customer.env["expo.followup"].create(
            {
                "participation_id": self.id,
                "user_id": self.env.uid,
                "activity_type_id": activity_type.id,
                "occasion_key": occasion_key,
                "window_start": customer.exhibition_id._to_local_date(moment),
            }
        )
        followup.write(
            {
                "content": content,
                "effect": effect,
                "tier_before_id": customer.tier_id.id,
                "tier_after_id": customer.tier_id.id,
            }
        )
        followup._mark_done(feedback=content)
        followup.done_on = moment
        customer._sync_followups()
        return followup

    def _compute_idle_reason(self):
        """Say why the contact cadence asks for nothing where nothing is planned with the customer's company."""
        for company, entries in self.grouped("company_id").items():
            reasons = Care(company).get_idle_reasons(entries.commercial_partner_id)
            for entry in entries:
                entry.idle_reason = reasons.get(entry.commercial_partner_id.id, False)

    @api.private
    def _ask_for_address(self):
        """Ask the salespeople of those to whom e-mail was returned to correct the address or to call; once each time.

        Where the address was corrected, nothing is asked any more.
        """
        kind = self.env.ref("expo_followup.activity_address", raise_if_not_found=False)
        if not kind:
            return
        bounced = self.filtered(lambda entry: entry.partner_id.message_bounce)
        mended = (self - bounced).activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        mended.unlink()
        remind(
            bounced.filtered(lambda entry: entry.active and entry.outcome != "lost"),
            kind,
            lambda entry: Reminder(entry._get_server(), entry.exhibition_id._today()),
        )
        for count, entries in self.grouped(lambda entry: entry.partner_id.message_bounce).items():
            entries.noted_bounces = count

    # -- what the reactions so far say of the customer

    def _get_effects(self):
        """Return how the customer reacted since the present tier was given, oldest first."""
        self.ensure_one()
        # A tier that was just changed says itself what the follow-ups before it meant.
        touches = self.env["expo.followup"].search(
            [
                ("participation_id", "=", self.id),
                ("state", "=", "done"),
                ("effect", "!=", False),
                ("tier_before_id", "=", self.tier_id.id),
                ("tier_after_id", "=", self.tier_id.id),
            ],
            order="done_on, id",
        )
        changes = self.tier_change_ids.filtered("tier_before_id")
        since = max(changes.mapped("changed_on"), default=None)
        return [touch.effect for touch in touches if not since or touch.done_on >= since]

    def _get_next_turn(self, followup):
        """Return the day of the next follow-up in person once ``followup`` is done today, None when there will be none.

        That of the plan, a day agreed with the customer, or that of the contact cadence, as the engine will find it.
        """
        if not self or self.outcome != "open":
            return None
        # In sudo: when the customer's company is contacted next, also by a colleague, is no secret to the user who
        # serves it.
        customer = self.sudo()
        rows = customer.followup_ids.filtered(lambda row: row.state in OPEN_STATES and row != followup)
        rhythm = rows.filtered(lambda row: row.origin in RHYTHM)
        today = customer.exhibition_id._today()
        days = [max(row.window_start, today) for row in rows - rhythm if not row.is_letter]
        planner = Planner(with_colleagues(customer))
        rhythm_days = planner.get_rhythm_days(customer, followup | rhythm)
        return min([*days, *rhythm_days], default=None)

    # -- the horizon

    @api.depends("exhibition_id.date_end", "company_id.expo_horizon_months")
    def _compute_horizon_on(self):
        for participation in self:
            months = participation.company_id.expo_horizon_months
            end = participation.exhibition_id.date_end
            participation.horizon_on = fields.Date.add(end, months=months) if end and months else False

    def _get_reopened_late(self, vals):
        """Return whom these values open again after their horizon, and give no other one."""
        if vals.get("outcome") != "open" or "horizon_on" in vals:
            return self.browse()
        ended = self.filtered(lambda entry: entry.outcome != "open" and entry.horizon_on)
        return ended.filtered(lambda entry: entry.horizon_on <= entry.company_id._expo_today())

    def _renew_horizon(self):
        """Keep these customers open for as long as new ones."""
        for company, customers in self.grouped("company_id").items():
            months = company.expo_horizon_months
            customers.horizon_on = fields.Date.add(company._expo_today(), months=months) if months else False

    @api.model
    def _get_past_horizon_domain(self):
        """Customers still open on the day on which they become dormant."""
        past = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("horizon_on", "<=", company._expo_today())
            for company in self.env["res.company"].search([])
        )
        # A customer is dormant at all shows or at none: the one met again later stays open at the older show.
        self.flush_model(["commercial_partner_id", "company_id", "outcome", "horizon_on", "active"])
        still_open = SQL(
            """
            SELECT entry.id FROM expo_participation entry
              JOIN expo_participation other ON other.commercial_partner_id = entry.commercial_partner_id
                   AND other.company_id = entry.company_id AND other.id <> entry.id
             WHERE entry.outcome = 'open' AND other.outcome = 'open' AND other.active
               AND (other.horizon_on IS NULL OR other.horizon_on > entry.horizon_on)
            """
        )
        return past & Domain("outcome", "=", "open") & Domain("id", "not in", still_open)

    def _become_dormant(self):
        """End the contact cadence; the plan brings the last proposal.

        A whole show becomes dormant on one day: the history gets one note each, written together, where tracking would
        take several queries for each customer and its opportunity.
        """
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._("Neither ordered nor declined within the follow-up period")
            participations.with_context(tracking_disable=True)._set_outcome("dormant", reason)
            participations._message_log_batch(bodies=dict.fromkeys(participations.ids, reason))

    @api.private
    def _set_outcome(self, outcome, reason=""):
        """Note how it ended, for those who have not ended yet; who is dormant may still order or decline.

        :param str outcome: ``open``, ``won``, ``lost`` or ``dormant``
        :param str reason: why, for the history
        """
        changed = self.filtered(lambda entry: entry.outcome in ("open", "dormant") and entry.outcome != outcome)
        # What follows from orders, leads and days is written for customers of whichever colleague.
        changed.sudo().write({"outcome": outcome, "outcome_reason": reason})

    @api.private
    def _note_invoice(self):
        """The first posted invoice of an order from the show wins the customer, also one given up as lost."""
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._("Invoiced")
            participations.filtered(lambda entry: entry.outcome != "won").write(
                {"outcome": "won", "outcome_reason": reason}
            )

    def _reopen_dormant(self):
        """Open dormant customers who answer again, for as long as a new one stays open."""
        dormant = self.filtered(lambda participation: participation.outcome == "dormant")
        dormant.write({"outcome": "open", "outcome_reason": False})
