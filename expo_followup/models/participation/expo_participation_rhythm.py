from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.cadence import CADENCE, MEMORY, WEEK, History, has_room, is_superseded, next_touch, place_touch
from ...tools.windows import NoWorkingDay
from .expo_participation_sync import _get_placement_values

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


class ExpoParticipation(models.Model):
    """The rhythm of touches after the plan: the memory curve for new contacts, the cadence by ABC class (rules.md §4).

    A part of the one engine: one live touch per customer, derived from the last touch of anybody of his company, which
    resets the clock. What the plan or a colleague has in hand comes first, and so does a day agreed with the customer.
    It ends when he has ordered, declined, become dormant or asked for silence.
    """

    _inherit = "expo.participation"

    last_touch_on = fields.Date("Last Touch", compute="_compute_last_touch", store=True)
    last_effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        compute="_compute_last_touch",
        store=True,
        help="How the customer reacted to the last personal touch.",
    )

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

    # -- touches -----------------------------------------------------------------------------------------

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

    # -- the rhythm --------------------------------------------------------------------------------------

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
            row and row.state in ("planned", "due") and row._is_placed(_place(wish, is_working, row.placed_on, self.id))
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


def _place(wish, is_working, as_of, turn):
    try:
        return place_touch(wish, is_working, as_of, turn)
    except NoWorkingDay:
        return place_touch(wish, lambda day: day.weekday() < 5, as_of, turn)
