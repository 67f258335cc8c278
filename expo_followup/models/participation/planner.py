from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools.cadence import (
    CADENCE,
    MEMORY,
    WEEK,
    History,
    has_room,
    is_superseded,
    next_touch,
    place_touch,
    place_with_room,
)
from ...tools.planning import Facts, Finished, is_overtaken, wanted
from ...tools.windows import NoWorkingDay, place
from ...tools.workdays import both_working

BATCH_SIZE = 1000
# States that the engine may change; the others are facts.
LIVE = ("planned", "due", "excluded", "cancelled")
# What a customer can still become something from; for who is dormant there is only what the horizon asks for.
PLANNED_OUTCOMES = ("open", "won", "dormant")


class ShowContext(NamedTuple):
    """What all customers of a show share while they are planned."""

    steps: list
    records: dict
    values: dict
    anchors: dict
    today: object
    tz: object
    calendar: object
    is_live: bool
    is_followed: bool
    rhythm: object
    limit: int
    responsible: object


class Changes(NamedTuple):
    """What a sync would do: rows to create, and ids to write by identical values."""

    create: list
    write: dict


RHYTHM = (MEMORY, CADENCE)
# Who asked for silence gets it from us altogether, not only from our letters.
SILENT = ("refused", "blacklisted")


class Touch(NamedTuple):
    """A touch that is planned or due."""

    day: object
    partner_id: int
    origin: str
    is_letter: bool


class Touches:
    """What was done and is planned with the customers of a sync, and with their colleagues of the same companies."""

    def __init__(self):
        self._live = defaultdict(dict)
        self._done = defaultdict(list)
        self.last = {}
        self.last_personal = {}
        self.personal = {}

    @staticmethod
    def _key(participation):
        return participation.commercial_partner_id.id, participation.company_id.id

    def add_done(self, touch):
        """Note a touch of the last days."""
        self._done[touch.partner_id].append(touch)

    def put(self, participation, ident, day, origin, is_letter=False):
        """Note where a touch stands now; ``ident`` is its id, or anything unique for a new one."""
        touch = Touch(day, participation.partner_id.id, origin, is_letter)
        self._live[self._key(participation)][ident] = touch

    def add_live(self, key, ident, touch):
        """Note a touch of anybody's at the company of ``key``."""
        self._live[key][ident] = touch

    def drop(self, participation, ident):
        """Forget a touch that is called off or moves."""
        self._live[self._key(participation)].pop(ident, None)

    def get_days(self, participation):
        """Return the days of the customer's own touches, done of late or planned."""
        return [touch.day for touch in self._get_own(participation)]

    def _get_own(self, participation):
        partner = participation.partner_id.id
        live = self._live[self._key(participation)].values()
        return self._done[partner] + [touch for touch in live if touch.partner_id == partner]

    def get_test(self, participation, limit, is_letter):
        """Return the test for days on which the customer's other touches leave room for one more.

        At most ``limit`` in any seven days, and one personal touch a day: nobody is called twice.

        :param int limit: 0 for whom nothing is to be tested
        """
        own = self._get_own(participation) if limit else []
        days = [touch.day for touch in own]
        taken = set() if is_letter else {touch.day for touch in own if not touch.is_letter}
        return lambda day: day not in taken and has_room(day, days, limit)

    def get_company_touches(self, participation):
        """Return what is planned with anybody of the customer's company."""
        return list(self._live[self._key(participation)].values())

    def get_last(self, participation):
        """Return the moment of the last touch of anybody of the company, None without any."""
        return self.last.get(self._key(participation))

    def get_last_personal(self, participation, tz):
        """Return the day on which we last spoke with or wrote to the customer in person, None if never."""
        moment = self.last_personal.get(participation.id)
        return moment and participation._to_local_date(moment, tz)


class ExpoParticipationPlanner(models.AbstractModel):
    """The one engine: which follow-ups there must be, compared with those there are.

    ``_sync_followups`` creates what the show's plan asks for and is missing, calls off what no longer
    applies, and never touches what was done. It is idempotent, takes any number of customers with constant
    queries per thousand, and is what closing a show, a new tier, a payment, a plan or a merge call.
    """

    _name = "expo.participation.planner"
    _description = "Exhibition Customer: Planner"

    sync_pending = fields.Boolean(compute="_compute_sync_pending", store=True, readonly=False, copy=False)
    _sync_pending_index = models.Index("(id) WHERE sync_pending")

    # The rhythm of touches after the plan: the memory curve for new contacts, the cadence by ABC class (rules.md §4).
    last_touch_on = fields.Date("Last Touch", compute="_compute_last_touch", store=True)
    last_effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        compute="_compute_last_touch",
        store=True,
        help="How the customer reacted to the last personal touch.",
    )

    # How long a customer stays open: show leads become orders three to eight months later (rules.md §4).
    horizon_on = fields.Date(
        "Open Until",
        compute="_compute_horizon_on",
        store=True,
        readonly=False,
        index=True,
        copy=False,
        help="On this day the customer becomes dormant without an order or a refusal. Empty: never.",
    )
    outcome_reason = fields.Char("Reason of the Outcome", copy=False, tracking=True)

    @api.depends(
        "abc_class",
        "payment_state",
        "paid_on",
        "sample_agreed_on",
        "sample_received_on",
        "horizon_on",
        "active",
        "tier_id.answer_expected",
        "partner_id.active",
        "partner_id.email",
        "partner_id.email_normalized",
        "partner_id.country_id",
        "exhibition_id.active",
        "exhibition_id.state",
        "exhibition_id.date_begin",
        "exhibition_id.date_end",
        "exhibition_id.tz",
        "exhibition_id.user_id",
        "exhibition_id.team_id.user_id",
        "exhibition_id.plan_id.template_ids.activity_type_id",
        "exhibition_id.plan_id.template_ids.summary",
        "exhibition_id.plan_id.template_ids.expo_title",
        "exhibition_id.plan_id.template_ids.delay_count",
        "exhibition_id.plan_id.template_ids.delay_unit",
        "exhibition_id.plan_id.template_ids.delay_from",
        "exhibition_id.plan_id.template_ids.responsible_type",
        "exhibition_id.plan_id.template_ids.responsible_id",
        "exhibition_id.plan_id.template_ids.sequence",
        "exhibition_id.plan_id.template_ids.expo_tier_ids",
        "exhibition_id.plan_id.template_ids.expo_role",
        "exhibition_id.plan_id.template_ids.expo_payment",
        "exhibition_id.plan_id.template_ids.expo_anchor",
        "exhibition_id.plan_id.template_ids.expo_window_days",
        "exhibition_id.plan_id.template_ids.expo_weekdays",
        "exhibition_id.plan_id.template_ids.expo_repeat_days",
        "exhibition_id.plan_id.template_ids.expo_alternative",
        "exhibition_id.plan_id.template_ids.expo_letter_template_id",
        "exhibition_id.plan_id.template_ids.expo_auto_send",
    )
    def _compute_sync_pending(self):
        """Whatever the follow-ups are derived from has changed: the next sync plans anew."""
        self.sync_pending = True

    @api.private
    def _request_sync(self):
        """Plan these customers anew as soon as the scheduled action runs, which is at once."""
        # A mark of the engine, which users do not write.
        self.sudo().write({"sync_pending": True})
        self._trigger_sync()

    @api.private
    def _trigger_sync(self):
        """Run the scheduled action as soon as this transaction is committed."""
        self.env["ir.cron"]._trigger_expo("ir_cron_sync")

    @api.private
    def _sync_followups(self):
        """Make the follow-ups what the plan asks for. Idempotent; constant queries per thousand customers.

        In sudo: follow-ups of the plan are derived from facts that a salesperson may not read (orders,
        invoices, the blacklist); which customers are synced is decided by who may write them.
        """
        everybody = self.sudo()
        for ids in split_every(BATCH_SIZE, (everybody | everybody._get_rhythm_siblings()).sorted("id").ids):
            self.sudo().browse(ids)._sync_batch()

    def _sync_batch(self):
        self.flush_recordset()
        # Whoever syncs the same customers waits here, then starts over on the new state.
        self.env.execute_query(
            SQL("SELECT id FROM expo_participation WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", self._ids)
        )
        changes = self._plan_followups()
        followups = self.env["expo.followup"]
        for values, ids in changes.write.items():
            followups.browse(ids)._apply_plan(dict(values))
        followups.create(changes.create)
        self.write({"sync_pending": False})
        if (("state", "cancelled"),) in changes.write:
            self._request_sync_of_bereft()

    @api.private
    def _plan_followups(self, as_closed=False, as_of=None):
        """Compare what the plan asks for with what there is; change nothing.

        :param bool as_closed: plan as if the shows were closed already (for the preview)
        :param date as_of: plan as on that day, None for today at the show
        :rtype: Changes
        """
        contexts = {show: self._get_show_context(show, as_closed, as_of) for show in self.exhibition_id}
        rows = defaultdict(dict)
        for row in self._fetch_plan_rows():
            rows[row.participation_id.id][row._get_plan_key()] = row
        blacklisted = self._get_blacklisted()
        touches = self._fetch_touches()
        changes = Changes([], defaultdict(list))
        for participation in self:
            context = contexts[participation.exhibition_id]
            participation._plan_one(context, rows[participation.id], blacklisted, touches, changes)
        return changes

    def _get_show_context(self, show, as_closed, as_of=None):
        steps = show.plan_id.template_ids
        state = "followup" if as_closed else show.state
        return ShowContext(
            steps=[
                step for step in steps._expo_steps() if state == "followup" or step.anchor not in ("show_end", "paid")
            ],
            records={step.id: step for step in steps},
            values={},
            anchors={"show_begin": show.date_begin, "show_end": show.date_end},
            today=as_of or show._today(),
            tz=pytz.timezone(show.tz),
            calendar=show.company_id._expo_calendar(),
            is_live=show.active and state in ("running", "followup"),
            is_followed=show.active and state == "followup",
            rhythm=show.company_id._expo_rhythm(),
            limit=show.company_id.expo_touch_limit,
            responsible=show._get_responsible(),
        )

    def _fetch_plan_rows(self):
        fetched = [
            "participation_id", "step_id", "round", "state", "window_start", "deadline", "flag", "placed_on",
            "user_id", "exclude_reason", "done_on", "activity_type_id", "summary", "auto_send", "mail_state",
            "wanted_on", "origin",
        ]  # fmt: skip
        planned = fields.Domain("step_id", "!=", False)
        rhythm = fields.Domain("origin", "in", ("memory", "cadence")) & fields.Domain("state", "in", LIVE)
        return self.env["expo.followup"].search_fetch(
            fields.Domain("participation_id", "in", self.ids) & (planned | rhythm), fetched
        )

    def _get_blacklisted(self):
        emails = set(self.partner_id.mapped("email_normalized")) - {False}
        listed = self.env["mail.blacklist"].search_fetch([("email", "in", list(emails))], ["email"])
        return set(listed.mapped("email"))

    def _plan_one(self, context, rows, blacklisted, touches, changes):
        """Add to ``changes`` what this customer needs. ``rows`` are his follow-ups by step and round."""
        rhythm_row = rows.pop(None, None)
        asked = self._get_asked(context, rows)
        exclude_reason = self._get_exclude_reason(blacklisted)
        is_working = both_working(context.calendar, self.country_id.code)
        for key, row in rows.items():
            if key not in asked and row.state in ("planned", "due", "excluded"):
                changes.write[(("state", "cancelled"),)].append(row.id)
                touches.drop(self, row.id)
        for key, (step, window) in asked.items():
            row = rows.get(key)
            spoken_on = touches.get_last_personal(self, context.tz)
            if (not row or row.state == "cancelled") and is_overtaken(step, window, context.today, spoken_on):
                continue
            reason = exclude_reason if step.is_letter else False
            self._plan_step(context, key, (step, window), row, reason, is_working, touches, changes)
        self._plan_rhythm(context, rhythm_row, exclude_reason, is_working, touches, changes)

    def _get_asked(self, context, rows):
        """Return what the plan asks for: ``{(step id, round): (step, window)}``."""
        if not (context.is_live and self.active and self.partner_id.active and self.outcome in PLANNED_OUTCOMES):
            return {}
        # Once he is dormant nothing is asked but what the horizon brings, and that not before.
        steps = [step for step in context.steps if (step.anchor == "horizon") == (self.outcome == "dormant")]
        return {
            (step.id, number): (step, window) for step, number, window in wanted(steps, self._get_facts(context, rows))
        }

    def _plan_step(self, context, key, asked, row, reason, is_working, touches, changes):
        """Add to ``changes`` what one round of a step needs. ``reason`` says why its letter must not be."""
        step, window = asked
        if row and (row.state not in LIVE or (row.state == "due" and not reason)):
            return
        owner = self._get_step_owner(context, context.records[key[0]])
        values = {
            **self._get_step_values(context, key[0], owner.lang),
            "state": "excluded" if reason else "planned",
            "exclude_reason": reason,
            "user_id": owner.id,
        }
        # What comes back after its day has passed is placed anew, as anything late.
        is_back = row and not reason and row.state in ("cancelled", "excluded")
        stale = row and (row.state == "cancelled" or (is_back and row.window_start < context.today))
        if not (row and not stale and row._is_placed(_place(window, is_working, row.placed_on))):
            if row:
                touches.drop(self, row.id)
            is_free = touches.get_test(self, 0 if reason else context.limit, step.is_letter)
            values.update(
                _get_placement_values(lambda test: place(window, test, context.today), is_working, is_free, context)
            )
        if not reason:
            day = values.get("window_start") or row.window_start
            touches.put(self, row.id if row else key, day, "plan", step.is_letter)
        if row:
            row._collect_change(values, changes)
        else:
            changes.create.append(
                {**values, "participation_id": self.id, "step_id": key[0], "round": key[1], "origin": "plan"}
            )

    def _get_step_owner(self, context, step):
        """Return who does a step: whom the step names, else the customer's owner, else whoever stands in."""
        named = step.responsible_id if step.responsible_type == "other" else step.responsible_id.browse()
        return named.filtered("active") or self.user_id.filtered("active") or context.responsible

    def _get_step_values(self, context, step_id, lang):
        """Return what all follow-ups of a step have in common for owners of one language."""
        key = (step_id, lang)
        if key not in context.values:
            context.values[key] = context.records[step_id].with_context(lang=lang)._expo_followup_values()
        return context.values[key]

    def _get_facts(self, context, rows):
        """Return what the plan needs to know of this customer."""
        finished = {}
        for (step_id, _round), row in rows.items():
            if row.state in ("done", "skipped") and row.done_on:
                rounds, last_on = finished.get(step_id, Finished(0, None))
                day = self._to_local_date(row.done_on, context.tz)
                finished[step_id] = Finished(rounds + 1, max(day, last_on or day))
        return Facts(
            tier=self.tier_id.id,
            role=self.role,
            paid=self.payment_state == "paid",
            delivered=self.delivery_state == "delivered",
            anchors={
                **context.anchors,
                "captured": self._to_local_date(self.captured_on, context.tz),
                "assigned": self.assigned_on or None,
                "sample_agreed": self._get_sample_days("sample_agreed_on"),
                "sample_received": self._get_sample_days("sample_received_on"),
                "paid": self.paid_on or None,
                "horizon": self.horizon_on or None,
            },
            finished=finished,
        )

    @staticmethod
    def _to_local_date(moment, tz):
        return pytz.utc.localize(moment).astimezone(tz).date()

    def _get_exclude_reason(self, blacklisted):
        """Return why this customer must get no letter, False when he may."""
        if self.contact_consent == "refused":
            return "refused"
        if not self.partner_id.email:
            return "no_email"
        if not self.partner_id.email_normalized:
            return "bad_email"
        return "blacklisted" if self.partner_id.email_normalized in blacklisted else False

    @api.depends("followup_ids.state", "followup_ids.done_on", "followup_ids.effect")
    def _compute_last_touch(self):
        last = self._fetch_last_touches() if self.ids else {}
        for participation in self:
            moment, effect = last.get(participation._origin.id, (None, None))
            participation.last_touch_on = moment and participation.exhibition_id._to_local_date(moment)
            participation.last_effect = effect

    def _fetch_last_touches(self):
        """Return ``{id: (moment of the last touch, effect of the last personal one)}``."""
        self.env["expo.followup"].flush_model(["participation_id", "state", "done_on", "effect", "is_letter"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT participation_id, max(done_on),
                       (array_agg(effect ORDER BY done_on DESC, id DESC) FILTER (WHERE effect IS NOT NULL))[1]
                  FROM expo_followup WHERE participation_id IN %s AND state = 'done' GROUP BY participation_id
                """,
                tuple(self.ids),
            )
        )
        return {participation: (moment, effect) for participation, moment, effect in rows}

    # -- touches

    def _fetch_touches(self):
        """Return what was done and is planned with these customers' companies: two statements for any number."""
        touches = Touches()
        if not self:
            return touches
        self.env["expo.followup"].flush_model()
        scope = SQL(
            "FROM expo_followup f JOIN res_partner p ON p.id = f.partner_id"
            " WHERE p.commercial_partner_id IN %s AND f.company_id IN %s",
            tuple(self.commercial_partner_id.ids),
            tuple(self.company_id.ids),
        )
        done = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, f.company_id, f.participation_id, max(f.done_on),
                       count(*) FILTER (WHERE f.state = 'done' AND f.is_letter IS NOT TRUE),
                       max(f.done_on) FILTER (WHERE f.state = 'done' AND f.is_letter IS NOT TRUE)
                %s AND f.state IN ('done', 'skipped') GROUP BY 1, 2, 3
                """,
                scope,
            )
        )
        for partner, company, participation, moment, personal, last_personal in done:
            known = touches.last.get((partner, company))
            touches.last[partner, company] = max(filter(None, (known, moment)), default=None)
            touches.personal[participation] = personal
            touches.last_personal[participation] = last_personal
        self._fetch_touch_days(scope, touches)
        return touches

    def _fetch_touch_days(self, scope, touches):
        zones = {company.id: pytz.timezone(company._expo_tz()) for company in self.company_id}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.id, f.partner_id, p.commercial_partner_id, f.company_id, f.window_start, f.origin,
                       f.is_letter, CASE WHEN f.state = 'done' THEN f.done_on END
                %s AND (f.state IN ('planned', 'due') OR (f.state = 'done' AND f.done_on >= %s))
                """,
                scope,
                fields.Datetime.now() - timedelta(days=WEEK + 1),
            )
        )
        for ident, partner, commercial, company, day, origin, is_letter, done_on in rows:
            if done_on:
                done_day = self._to_local_date(done_on, zones[company])
                touches.add_done(Touch(done_day, partner, origin, is_letter))
            else:
                touches.add_live((commercial, company), ident, Touch(day, partner, origin, is_letter))

    @api.private
    def _get_touch_days(self):
        """Return ``{partner id: days}`` of each customer's touches of the last week and of those to come."""
        touches = self._fetch_touches()
        return {participation.partner_id.id: touches.get_days(participation) for participation in self}

    @api.private
    def _log_touch(self, activity_type, content, effect, moment=None, summary=False):
        """Note a touch that has happened: it counts, stops the waiting and resets the clock.

        :param activity_type: the method, a ``mail.activity.type``
        :param str content: what was said and done
        :param str effect: ``positive``, ``neutral``, ``negative`` or ``no_answer``
        :param datetime moment: when, in UTC; now when None
        :returns: the done ``expo.followup``
        """
        self.ensure_one()
        # Who may note it is the caller's to check; the facts of a touch are read-only to users.
        customer = self.sudo()
        moment = moment or fields.Datetime.now()
        followup = customer.env["expo.followup"].create(
            {
                "participation_id": self.id,
                "user_id": self.env.uid,
                "activity_type_id": activity_type.id,
                "summary": summary,
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

    # -- the rhythm

    def _get_rhythm_siblings(self):
        """Return the others of the same companies whose rhythm a touch of one of these resets."""
        if not self:
            return self
        self.env["expo.followup"].flush_model(["participation_id", "origin", "state"])
        self.flush_model(["commercial_partner_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT other.id FROM expo_participation own
                  JOIN expo_participation other ON other.commercial_partner_id = own.commercial_partner_id
                       AND other.company_id = own.company_id AND other.id <> own.id
                  JOIN expo_followup f ON f.participation_id = other.id
                       AND f.origin IN ('memory', 'cadence') AND f.state IN ('planned', 'due')
                 WHERE own.id IN %s
                """,
                tuple(self.ids),
            )
        )
        return self.browse([row[0] for row in rows])

    def _request_sync_of_bereft(self):
        """Plan anew those of the same companies who have nothing to come: they relied on what was called off."""
        bereft = self.search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("id", "not in", self.ids),
                ("outcome", "=", "open"),
                ("next_followup_on", "=", False),
                ("sync_pending", "=", False),
            ]
        )
        if bereft:
            bereft._request_sync()

    def _plan_rhythm(self, context, row, exclude_reason, is_working, touches, changes):
        """Add to ``changes`` the one touch that the rhythm asks for; ``row`` is the one there is."""
        wish = self._get_wish(context, exclude_reason, touches)
        if row:
            touches.drop(self, row.id)
        if wish:
            planned = touches.get_company_touches(self)
            agreed = any(touch.origin == "manual" for touch in planned)
            as_of = None if row and row.state in ("planned", "due") else context.today
            if agreed or is_superseded(wish, [touch.day for touch in planned], as_of):
                wish = None
        if not wish:
            if row and row.state in ("planned", "due"):
                changes.write[(("state", "cancelled"),)].append(row.id)
            return
        values = self._get_rhythm_values(context, wish)
        kept = (
            row
            and row.state in ("planned", "due")
            and row._is_placed(_rhythm_place(wish, is_working, row.placed_on, self.id))
        )
        if kept and row.state == "due":
            touches.put(self, row.id, row.window_start, wish.origin)
            return
        if not kept:
            is_free = touches.get_test(self, context.limit, is_letter=False)
            values.update(
                _get_placement_values(
                    lambda test: place_touch(wish, test, context.today, self.id), is_working, is_free, context
                )
            )
        touches.put(self, row.id if row else "rhythm", values.get("window_start") or row.window_start, wish.origin)
        if row:
            row._collect_change({**values, "state": "planned"}, changes)
        else:
            changes.create.append({**values, "state": "planned", "participation_id": self.id})

    def _get_wish(self, context, exclude_reason, touches):
        """Return the touch that the rhythm would ask for, None when this customer has none."""
        followed = context.is_followed and self.active and self.partner_id.active and self.outcome == "open"
        last = touches.get_last(self)
        if not (followed and last and self.tier_id.answer_expected) or exclude_reason in SILENT:
            return None
        history = History(
            last_on=self._to_local_date(last, context.tz),
            touches=touches.personal.get(self.id, 0),
            abc_class=self.commercial_partner_id.with_company(self.company_id).expo_abc_class or "",
        )
        return next_touch(context.rhythm, history)

    def _get_rhythm_values(self, context, wish):
        owner = self.user_id.filtered("active") or context.responsible
        key = ("rhythm", wish.origin, wish.gap, owner.lang)
        if key not in context.values:
            env = self.with_context(lang=owner.lang).env
            context.values[key] = (
                env._("Revisit: %s days after the last time", wish.gap)
                if wish.origin == MEMORY
                else env._("Keep in touch: every %s days", wish.gap)
            )
        # Key customers are called, the others written to; whoever has no phone number is written to as well.
        method = "phone_revisit" if self.is_key and self.partner_id.phone else "email_revisit"
        return {
            "origin": wish.origin,
            # By its id: a record would be looked up once per customer.
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(f"expo_followup.activity_{method}"),
            "summary": context.values[key],
            "user_id": owner.id,
            "exclude_reason": False,
            "auto_send": False,
        }

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
        return self.filtered(
            lambda entry: (
                entry.outcome != "open" and entry.horizon_on and entry.horizon_on <= entry.company_id._expo_today()
            )
        )

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
        return past & Domain("outcome", "=", "open")

    def _become_dormant(self):
        """End the rhythm; the plan brings the last proposal.

        A whole show becomes dormant on one day: the history gets one note each, written together, where tracking would
        take several queries for each customer and his opportunity.
        """
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._(
                "Neither ordered nor declined in the time we keep customers open"
            )
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
        """The first posted invoice of an order from the show: he is won, also who had been given up as lost."""
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._("Invoiced")
            participations.filtered(lambda entry: entry.outcome != "won").write(
                {"outcome": "won", "outcome_reason": reason}
            )

    def _reopen_dormant(self):
        """An answer wakes up who was dormant, for as long as a new customer stays open."""
        dormant = self.filtered(lambda participation: participation.outcome == "dormant")
        dormant.write({"outcome": "open", "outcome_reason": False})


def _place(window, is_working, as_of):
    """Place a window; where their working days and ours never meet, ours alone decide."""
    try:
        return place(window, is_working, as_of)
    except NoWorkingDay:
        return place(window, lambda day: day.weekday() < 5, as_of)


def _get_placement_values(place_on, is_working, is_free, context):
    """Return where a touch falls among the others of its customer.

    :param callable place_on: places it, given the test for days that will do
    :param callable is_free: tells on which days the other touches leave room for it
    """
    try:
        placement, wanted_on = place_with_room(place_on, is_working, is_free)
    except NoWorkingDay:
        placement, wanted_on = place_on(lambda day: day.weekday() < 5), None
    return {
        "window_start": placement.day,
        "deadline": placement.deadline,
        "flag": "crowded" if wanted_on else placement.flag or False,
        "placed_on": context.today,
        "wanted_on": wanted_on or False,
    }


def _rhythm_place(wish, is_working, as_of, turn):
    try:
        return place_touch(wish, is_working, as_of, turn)
    except NoWorkingDay:
        return place_touch(wish, lambda day: day.weekday() < 5, as_of, turn)
