from collections import defaultdict
from functools import cached_property, partial
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.cadence import CADENCE, MEMORY, History, is_superseded, next_touch, place_touch, place_with_room
from ...tools.planning import Facts, Finished, is_overtaken, wanted
from ...tools.windows import NoWorkingDay, letter_days, place, place_letter
from ...tools.workdays import both_working
from ...tools.zones import get_zone, to_local_date
from .touches import Touches

# States that the engine may change; the others are facts.
LIVE = ("planned", "due", "excluded", "cancelled")
# What a customer can still become something from; dormant ones get only what the horizon asks for.
PLANNED_OUTCOMES = ("open", "won", "dormant")
RHYTHM = (MEMORY, CADENCE)
# An opt-out ends all planned follow-ups, not only letters.
SILENT = ("refused", "blacklisted")

# The fields of follow-ups that planning reads.
FETCHED = [
    *("participation_id", "step_id", "round", "state", "window_start", "deadline", "flag", "placed_on", "user_id"),
    *("exclude_reason", "done_on", "activity_type_id", "summary", "auto_send", "mail_state", "wanted_on", "origin"),
    *("has_own_title", "gap_days"),
]


class Changes(NamedTuple):
    """What a sync would do: rows to create, and ids to write by identical values."""

    create: list
    write: dict


class ShowContext:
    """What all customers of a show share while they are planned."""

    def __init__(self, show, as_closed, as_of):
        company, templates = show.company_id, show.plan_id.template_ids
        state = "followup" if as_closed else show.state
        steps = templates._expo_steps()
        self.steps = [step for step in steps if state == "followup" or step.anchor not in ("show_end", "paid")]
        self.templates = {template.id: template for template in templates}
        self.anchors = {"show_begin": show.date_begin, "show_end": show.date_end}
        self.today = as_of or show._today()
        self.tz = get_zone(show.tz)
        self.calendar = company._expo_calendar()
        self.is_live = show.active and state in ("running", "followup")
        self.is_followed = show.active and state == "followup"
        self.rhythm = company._expo_rhythm()
        self.limit = company.expo_touch_limit
        self.responsible = show._get_responsible()


class Customer:
    """One customer while planned: the participation, its follow-ups by step and round, and that of the contact
    cadence.
    """

    def __init__(self, entry, show, rows, blacklisted):
        self.entry = entry
        self.show = show
        self.rhythm_row = rows.pop(None, None)
        self.rows = rows
        self.exclude_reason = entry._get_exclude_reason(blacklisted)
        self.is_working = both_working(show.calendar, entry.country_id.code)

    def get_placing(self, step, window):
        """Return how a step is placed: the placing itself, and the window of a letter, which may come on a holiday."""
        if not step.is_letter:
            return partial(place, window), None
        return partial(place_letter, window, (self.is_working, self.show.calendar.is_working)), window

    def get_working_test(self, letter_window, as_of):
        """Return the test for days that will do, as of a day."""
        if not letter_window:
            return self.is_working
        return letter_days(letter_window, self.is_working, self.show.calendar.is_working, as_of)


def find_rhythm_siblings(participations):
    """Return the others of the same companies whose contact cadence a follow-up of one of these resets."""
    if not participations:
        return participations
    participations.env["expo.followup"].flush_model(["participation_id", "origin", "state"])
    participations.flush_model(["commercial_partner_id", "company_id"])
    query = SQL(
        """
        SELECT DISTINCT other.id FROM expo_participation own
          JOIN expo_participation other ON other.commercial_partner_id = own.commercial_partner_id
               AND other.company_id = own.company_id AND other.id <> own.id
          JOIN expo_followup f ON f.participation_id = other.id
               AND f.origin IN ('memory', 'cadence') AND f.state IN ('planned', 'due')
         WHERE own.id IN %s
        """,
        tuple(participations.ids),
    )
    return participations.browse([row[0] for row in participations.env.execute_query(query)])


class Planner:
    """The one engine: which follow-ups there must be, compared with those there are.

    It creates what the show's plan and the contact cadence ask for and is missing, cancels what no longer applies,
    and never changes what was done. It is idempotent, and needs constant queries for any number of customers: what all
    share is fetched once, when it is first asked for. An instance plans once.

    :param bool as_closed: plan as if the shows were closed already (for the preview)
    :param date as_of: plan as on that day, None for today at the show
    """

    def __init__(self, participations, as_closed=False, as_of=None):
        self.participations = participations
        self.env = participations.env
        self.as_closed = as_closed
        self.as_of = as_of
        self.changes = Changes([], defaultdict(list))
        # What follow-ups of one step or gap have in common, by the language of their salespeople.
        self._shared_values = {}

    def sync(self):
        """Make the follow-ups what is asked for."""
        self.participations.flush_recordset()
        # The user who syncs the same customers waits here, then starts over on the new state.
        ids = self.participations._ids
        self.env.execute_query(
            SQL("SELECT id FROM expo_participation WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", ids)
        )
        self.plan()
        followups = self.env["expo.followup"]
        for values, ids in self.changes.write.items():
            followups.browse(ids)._apply_plan(dict(values))
        followups.create(self.changes.create)
        self.participations.write({"sync_pending": False})
        if (("state", "cancelled"),) in self.changes.write:
            self._request_sync_of_bereft()

    def plan(self):
        """Compare what is asked for with what there is; change nothing.

        :rtype: Changes
        """
        rows = self._fetch_rows()
        for entry in self.participations:
            self._plan_customer(self._get_customer(entry, rows[entry.id]))
        return self.changes

    def get_rhythm_days(self, called_off):
        """Return the day that the contact cadence asks for once the one customer is contacted today, or nothing; change
        nothing.

        :param called_off: the customer's follow-ups that do not count any more then
        """
        entry = self.participations
        customer = self._get_customer(entry, {})
        for row in called_off:
            self.touches.drop(entry, row.id)
        self.touches.add_personal(entry, customer.show.today)
        self._plan_rhythm(customer)
        return [values["window_start"] for values in self.changes.create]

    def _request_sync_of_bereft(self):
        """Plan anew those of the same companies who have nothing to come: they relied on what was cancelled."""
        bereft = self.participations.search(
            [
                ("commercial_partner_id", "in", self.participations.commercial_partner_id.ids),
                ("company_id", "in", self.participations.company_id.ids),
                ("id", "not in", self.participations.ids),
                ("outcome", "=", "open"),
                ("next_followup_on", "=", False),
                ("sync_pending", "=", False),
            ]
        )
        if bereft:
            bereft._request_sync()

    # -- what is fetched once

    @cached_property
    def touches(self):
        """What was done and is planned with the customers' companies; kept up to date while planning."""
        return Touches(self.participations)

    @cached_property
    def blacklisted(self):
        """The addresses among the customers' that are on the blacklist."""
        return self.participations._get_blacklisted()

    @cached_property
    def shows(self):
        """What the customers of each show share."""
        shows = self.participations.exhibition_id
        return {show: ShowContext(show, self.as_closed, self.as_of) for show in shows}

    def _fetch_rows(self):
        """Return the follow-ups of plan and contact cadence: ``{participation id: {key of the plan: follow-up}}``."""
        planned = Domain("step_id", "!=", False)
        rhythm = Domain("origin", "in", RHYTHM) & Domain("state", "in", LIVE)
        of_these = Domain("participation_id", "in", self.participations.ids)
        rows = defaultdict(dict)
        for row in self.env["expo.followup"].search_fetch(of_these & (planned | rhythm), FETCHED):
            rows[row.participation_id.id][row._get_plan_key()] = row
        return rows

    def _get_customer(self, entry, rows):
        return Customer(entry, self.shows[entry.exhibition_id], rows, self.blacklisted)

    # -- the plan of the show

    def _plan_customer(self, customer):
        """Add to the changes what a customer needs."""
        entry, show = customer.entry, customer.show
        asked = self._get_asked(customer)
        for key, row in customer.rows.items():
            if key not in asked and row.state in ("planned", "due", "excluded"):
                self._cancel_row(row)
                self.touches.drop(entry, row.id)
        for key, (step, window) in asked.items():
            row = customer.rows.get(key)
            spoken_on = self.touches.get_last_personal(entry, show.tz)
            if (row and row.state != "cancelled") or not is_overtaken(step, window, show.today, spoken_on):
                self._plan_step(customer, key, step, window)
        self._plan_rhythm(customer)

    def _cancel_row(self, row):
        self.changes.write[(("state", "cancelled"),)].append(row.id)

    def _get_asked(self, customer):
        """Return what the plan asks for: ``{(step id, round): (step, window)}``."""
        entry, show = customer.entry, customer.show
        if not (show.is_live and entry.active and entry.partner_id.active and entry.outcome in PLANNED_OUTCOMES):
            return {}
        # Of dormant customers nothing is asked but what the horizon brings, and that not before.
        steps = [step for step in show.steps if (step.anchor == "horizon") == (entry.outcome == "dormant")]
        return {(step.id, number): (step, window) for step, number, window in wanted(steps, self._get_facts(customer))}

    def _plan_step(self, customer, key, step, window):
        """Add to the changes what one round of a step needs."""
        entry, show, row = customer.entry, customer.show, customer.rows.get(key)
        reason = customer.exclude_reason if step.is_letter else False
        if row and (row.state not in LIVE or (row.state == "due" and not reason)):
            return
        template = show.templates[step.id]
        owner = self._get_step_owner(customer, template)
        values = {
            **self._get_step_values(template, owner.lang),
            "state": "excluded" if reason else "planned",
            "exclude_reason": reason,
            "user_id": owner.id,
        }
        # What comes back after its day has passed is placed anew, as anything late.
        is_back = row and not reason and row.state in ("cancelled", "excluded")
        stale = row and (row.state == "cancelled" or (is_back and row.window_start < show.today))
        place_on, letter_window = customer.get_placing(step, window)
        if not (row and not stale and _is_placed(customer, row, place_on, letter_window)):
            if row:
                self.touches.drop(entry, row.id)
            is_free = self.touches.get_test(entry, 0 if reason else show.limit, step.is_letter, template.expo_auto_send)
            values.update(_get_placement_values(customer, place_on, is_free, letter_window))
        if not reason:
            day = values.get("window_start") or row.window_start
            kind = step.is_letter, template.expo_auto_send
            self.touches.put(entry, row.id if row else (entry.id, *key), day, "plan", *kind)
        if row:
            row._collect_change(values, self.changes)
        else:
            self.changes.create.append(
                {**values, "participation_id": entry.id, "step_id": key[0], "round": key[1], "origin": "plan"}
            )

    def _get_step_owner(self, customer, template):
        """Return who does a step: the user it names, else the customer's salesperson, else the stand-in at the show."""
        named = template.responsible_id if template.responsible_type == "other" else template.responsible_id.browse()
        company, owner = customer.entry.company_id, customer.entry.user_id
        return named._expo_working(company) or owner._expo_working(company) or customer.show.responsible

    def _get_step_values(self, template, lang):
        """Return what all follow-ups of a step have in common for salespeople of one language."""
        key = (template.id, lang)
        if key not in self._shared_values:
            self._shared_values[key] = template.with_context(lang=lang)._expo_followup_values()
        return self._shared_values[key]

    def _get_facts(self, customer):
        """Return what the plan needs to know of a customer."""
        entry, tz = customer.entry, customer.show.tz
        finished = {}
        for (step_id, _round), row in customer.rows.items():
            if row.state in ("done", "skipped") and row.done_on:
                rounds, last_on = finished.get(step_id, Finished(0, None))
                day = to_local_date(row.done_on, tz)
                finished[step_id] = Finished(rounds + 1, max(day, last_on or day))
        return Facts(
            tier=entry.tier_id.id,
            role=entry.role,
            paid=entry.payment_state == "paid",
            delivered=entry.delivery_state == "delivered",
            anchors={
                **customer.show.anchors,
                "captured": to_local_date(entry.captured_on, tz),
                "assigned": entry.assigned_on or None,
                "sample_agreed": entry._get_sample_days("sample_agreed_on"),
                "sample_received": entry._get_sample_days("sample_received_on"),
                "paid": entry.paid_on or None,
                "horizon": entry.horizon_on or None,
            },
            finished=finished,
        )

    # -- the contact cadence

    def _plan_rhythm(self, customer):
        """Add to the changes the one follow-up that the contact cadence asks for."""
        entry, show, row = customer.entry, customer.show, customer.rhythm_row
        is_open = row and row.state in ("planned", "due")
        wish = self._get_wish(customer)
        if row:
            self.touches.drop(entry, row.id)
        if wish:
            planned = self.touches.get_company_touches(entry)
            agreed = any(touch.origin in ("manual", "reply") for touch in planned)
            if agreed or is_superseded(wish, [touch.day for touch in planned], None if is_open else show.today):
                wish = None
        if not wish:
            if is_open:
                self._cancel_row(row)
            return

        def place_on(test, as_of):
            return place_touch(wish, test, as_of, entry.id)

        values = self._get_rhythm_values(customer, wish)
        if not (is_open and _is_placed(customer, row, place_on)):
            is_free = self.touches.get_test(entry, show.limit, is_letter=False)
            values.update(_get_placement_values(customer, place_on, is_free))
        elif row.state == "due":
            self.touches.put(entry, row.id, row.window_start, wish.origin)
            return
        day = values.get("window_start") or row.window_start
        self.touches.put(entry, row.id if row else (entry.id, "rhythm"), day, wish.origin)
        if row:
            row._collect_change(values, self.changes)
        else:
            self.changes.create.append({**values, "participation_id": entry.id})

    def _get_wish(self, customer):
        """Return the follow-up that the contact cadence would ask for, None when this customer has none."""
        entry, show = customer.entry, customer.show
        followed = show.is_followed and entry.active and entry.partner_id.active and entry.outcome == "open"
        last = self.touches.get_last(entry)
        if not (followed and last and entry.tier_id.answer_expected) or customer.exclude_reason in SILENT:
            return None
        history = History(
            last_on=to_local_date(last, show.tz),
            touches=self.touches.count_personal(entry),
            abc_class=entry.commercial_partner_id.with_company(entry.company_id).expo_abc_class or "",
        )
        return next_touch(show.rhythm, history)

    def _get_rhythm_values(self, customer, wish):
        entry = customer.entry
        owner = entry.user_id._expo_working(entry.company_id) or customer.show.responsible
        key = ("rhythm", wish.origin, wish.gap, owner.lang)
        if key not in self._shared_values:
            followups = self.env["expo.followup"].with_context(lang=owner.lang)
            self._shared_values[key] = followups._get_cadence_title(wish.origin, wish.gap)
        # Key customers are called, the others written to, and so is who has no phone number.
        method = "phone_revisit" if entry.is_key and entry.partner_id.phone else "email_revisit"
        return {
            "origin": wish.origin,
            # By its id: a record would be looked up once per customer.
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(f"expo_followup.activity_{method}"),
            "summary": self._shared_values[key],
            "gap_days": wish.gap,
            "user_id": owner.id,
            "exclude_reason": False,
            "auto_send": False,
            "state": "planned",
        }


def _is_monday_to_friday(day):
    return day.weekday() < 5


def _is_placed(customer, row, place_on, letter_window=None):
    """Tell whether a follow-up stands where it was placed, as on that day.

    :param callable place_on: places it, given the test for days that will do and the day as of which it is placed
    :param letter_window: the window of a letter
    """
    try:
        placement = place_on(customer.get_working_test(letter_window, row.placed_on), row.placed_on)
    except NoWorkingDay:
        # Where the customer's working days and ours never meet, the days of the week alone decide.
        placement = place_on(_is_monday_to_friday, row.placed_on)
    return row._is_placed(placement)


def _get_placement_values(customer, place_on, is_free, letter_window=None):
    """Return where a follow-up falls among the others of its customer.

    :param callable place_on: as in :func:`_is_placed`, as is the window
    :param callable is_free: tells on which days the other follow-ups leave room for it
    """
    today = customer.show.today
    try:
        is_working = customer.get_working_test(letter_window, today)
        placement, wanted_on = place_with_room(lambda test: place_on(test, today), is_working, is_free)
    except NoWorkingDay:
        placement, wanted_on = place_on(_is_monday_to_friday, today), None
    return {
        "window_start": placement.day,
        "deadline": placement.deadline,
        "flag": "crowded" if wanted_on else placement.flag or False,
        "placed_on": today,
        "wanted_on": wanted_on or False,
    }
