from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.cadence import (
    CADENCE,
    MEETING,
    MEMORY,
    History,
    Relation,
    get_idle_reason,
    is_superseded,
    next_touch,
    place_touch,
    place_with_room,
)
from ...tools.planning import DAYS_AFTER_LETTER, Facts, Finished, gives_way, is_overtaken, wanted
from ...tools.postponing import place_chosen
from ...tools.windows import NoWorkingDay, letter_days, place, place_letter
from ...tools.workdays import both_working
from ...tools.zones import get_zone, to_local_date
from .touches import Person, Touch, Touches

# States that the engine may change; the others are facts.
LIVE = ("planned", "due", "excluded", "cancelled")
OPEN = ("planned", "due")
# Whose plan goes on: of dormant customers nothing is asked but what the horizon brings and what orders need.
PLANNED_OUTCOMES = ("open", "won", "dormant")
RHYTHM = (MEMORY, CADENCE)
# Steps that are counted from these begin when the show is closed.
AFTER_SHOW = ("show_end", "ordered", "unpaid", "paid")
# An opt-out ends all planned follow-ups, not only letters.
SILENT = ("refused", "blacklisted")
# No letter and no e-mail reaches the customer: the salesperson calls instead.
UNREACHABLE = ("no_email", "bad_email", "bounced")

# The fields of follow-ups that planning reads, and those that taking one back reads.
FETCHED = [
    *("participation_id", "partner_id", "step_id", "round", "state", "window_start", "deadline", "flag", "placed_on"),
    *("exclude_reason", "done_on", "activity_type_id", "summary", "auto_send", "mail_state", "wanted_on", "origin"),
    *("has_own_title", "gap_days", "user_id", "occasion_key", "activity_id", "mail_mail_id", "postponed_on"),
]


class Changes(NamedTuple):
    """What a sync would do: rows to create, and ids to write by identical values."""

    create: list
    write: dict


class CompanyContext:
    """What all customers of one of our companies share while they are planned."""

    is_followed = is_running = False
    order = ()

    def __init__(self, company, as_of=None, tz=None):
        self.company = company
        self.today = as_of or company._expo_today(tz)
        self.tz = get_zone(tz or company._expo_tz())
        self.calendar = company._expo_calendar()
        self.rhythm = company._expo_rhythm()
        self.limit = company.expo_touch_limit

    @cached_property
    def responsible(self):
        """Who stands in where a customer has no salesperson."""
        return self.company._expo_managers()[self.company][:1]


class ShowContext(CompanyContext):
    """What all customers of a show share while they are planned."""

    def __init__(self, show, as_closed, as_of):
        super().__init__(show.company_id, as_of or show._today(), show.tz)
        templates = show.plan_id.template_ids
        state = "followup" if as_closed else show.state
        steps = templates._expo_steps()
        # What the customers of a closed show are asked, those of older shows are not asked any more.
        self.is_closed = state in ("followup", "done")
        self.steps = [step for step in steps if self.is_closed or step.anchor not in AFTER_SHOW]
        self.asks_purchases = any(step.anchor == "purchase_plan" for step in steps)
        self.templates = {template.id: template for template in templates}
        self.anchors = {"show_begin": show.date_begin, "show_end": show.date_end}
        self.order = (show.date_end, show.id)
        self.is_live = show.active and state in ("running", "followup")
        self.is_running = show.active and state == "running"
        self.is_followed = show.active and state == "followup"
        self.exhibition = show

    @cached_property
    def responsible(self):
        return self.exhibition._get_responsible()


class SharedFacts:
    """What customers share while they are planned, batch after batch: fetched once, when it is first asked for.

    :param as_closed: shows that are planned as if they were closed already
    :param date as_of: plan as on that day, None for today at the show
    """

    def __init__(self, env, as_closed=(), as_of=None):
        self.env = env
        self.as_closed = as_closed
        self.as_of = as_of
        # What follow-ups of one step or gap have in common, by the language of their salespeople.
        self.values = {}
        self._contexts = {}

    @cached_property
    def call_ids(self):
        """The methods that call the customer."""
        return frozenset(self.env["mail.activity.type"]._get_expo_call_ids())

    def get_context(self, show, company):
        """Return what the customers of a show share, or those of a company who were never met."""
        key = show or company
        if key not in self._contexts:
            self._contexts[key] = (
                ShowContext(show, show in self.as_closed, self.as_of) if show else CompanyContext(company, self.as_of)
            )
        return self._contexts[key]


class Customer:
    """One customer while planned: the entry at a show, its follow-ups by step and round, and that of the contact
    cadence. A customer who was never met has a contact only.
    """

    def __init__(self, entry, context, rows, blacklisted, partner=None, company=None):
        self.entry = entry
        self.partner = partner or entry.partner_id
        self.company = company or entry.company_id
        self.commercial = self.partner.commercial_partner_id
        self.person = Person(self.partner.id, self.commercial.id, self.company.id, entry.id or None)
        self.show = context
        self.rhythm_row = rows.pop(None, None)
        self.rows = rows
        reason = entry._get_exclude_reason if entry else self.partner._expo_get_exclude_reason
        self.exclude_reason = reason(blacklisted)
        country = entry.country_id if entry else self.partner.country_id
        self.is_working = both_working(context.calendar, country.code)
        self.has_phone = bool(self.partner.phone or self.commercial.phone)
        # The follow-up of the contact cadence from before the company was met.
        self.former_row = None
        # Of several shows and contacts: what a newer entry takes over from this one.
        self.is_replaced = False
        # Whether it stands for its company: with what is asked of each company once.
        self.is_head = True
        self.gets_proposal = True

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

    @property
    def is_active(self):
        """Whether the customer is neither archived nor silent."""
        return (self.entry.active if self.entry else True) and self.partner.active and not self.is_silent

    @property
    def is_silent(self):
        """Whether the customer wants to hear nothing from us."""
        return self.exclude_reason in SILENT

    @cached_property
    def salesperson(self):
        """The salesperson, empty where it is a user who may not serve the customer any more."""
        serving = self.entry.user_id if self.entry else self.partner.user_id
        return serving._expo_working(self.company)

    @property
    def owner(self):
        """The user who does what is asked for: the salesperson, else the stand-in."""
        return self.salesperson or self.show.responsible

    @cached_property
    def is_followed(self):
        """Whether the contact cadence serves the customer as a new contact of a show."""
        entry = self.entry
        return self.show.is_followed and entry.outcome == "open" and entry.tier_id.answer_expected

    @property
    def is_new(self):
        """Whether the customer was met at a show that is still running."""
        entry = self.entry
        return self.show.is_running and entry.outcome == "open" and entry.tier_id.answer_expected

    @property
    def met_on(self):
        """The day of the meeting, by the clock of the show."""
        return to_local_date(self.entry.captured_on, self.show.tz) if self.entry else None

    @cached_property
    def abc_class(self):
        """The class of the customer's company."""
        # Of a customer of a show it is read with the entry: that of the company takes a query of its own.
        known = self.entry.abc_class if self.entry else self.commercial.with_company(self.company).expo_abc_class
        return known or ""

    @property
    def cadence_from(self):
        """The first day of the customer's company in the cadence by class."""
        return self.commercial.with_company(self.company).expo_cadence_from or None


class Planner:
    """The one engine: which follow-ups there must be, compared with those there are.

    It creates what the show's plan and the contact cadence ask for and is missing, cancels what no longer applies,
    and never changes what was done. The plan belongs to the entry at a show, the contact cadence to the customer's
    company: it asks for one follow-up at a time, whichever shows and people there are. It is idempotent, and needs
    constant queries for any number of customers: what all share is fetched once, when it is first asked for. An
    instance plans once.

    :param participations: all entries of their companies, as :func:`with_colleagues` returns them
    :param SharedFacts shared: what these share with other batches; default: today's facts, of these alone
    :param partners: companies with turnover that were never met, customers of ``company``
    """

    def __init__(self, participations, shared=None, partners=None, company=None):
        self.participations = participations
        self.env = participations.env
        self.shared = shared or SharedFacts(self.env)
        self.partners = partners if partners is not None else self.env["res.partner"]
        self.company = company
        self.changes = Changes([], defaultdict(list))
        # The first day with room, by salesperson, context and the day from which on it was asked for.
        self.first_rooms = {}

    def sync(self):
        """Make the follow-ups what is asked for."""
        # The user who syncs the same customers waits here, then starts over on the new state.
        for records in (self.participations, self.partners):
            records.flush_recordset()
            if records:
                table = SQL.identifier(records._table)
                query = SQL("SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", table, records._ids)
                self.env.execute_query(query)
        self.plan()
        followups = self.env["expo.followup"]
        for values, ids in self.changes.write.items():
            followups.browse(ids)._apply_plan(dict(values))
        followups.create(self.changes.create)
        self._note_synced()
        self._note_bounces()

    def _note_synced(self):
        """Take back the mark of what is planned now: in one statement, since most have it."""
        if pending := self.participations.filtered("sync_pending"):
            pending.flush_recordset(["sync_pending"])
            query = SQL("UPDATE expo_participation SET sync_pending = FALSE WHERE id IN %s", pending._ids)
            self.env.execute_query(query)
            pending.invalidate_recordset(["sync_pending"], flush=False)

    def _note_bounces(self):
        """Have those called, or their address corrected, to whom mail was returned since the last sync."""
        changed = self.participations.filtered(lambda entry: entry.noted_bounces != entry.partner_id.message_bounce)
        if changed:
            changed._ask_for_address()

    def plan(self):
        """Compare what is asked for with what there is; change nothing.

        :rtype: Changes
        """
        for customers in self._get_companies():
            for customer in customers:
                if customer.entry:
                    self._plan_customer(customer)
            self._plan_rhythm(customers)
        return self.changes

    def get_rhythm_days(self, entry, called_off, is_unreached=False):
        """Return the day that the contact cadence asks for once a customer is contacted today, or nothing; change
        nothing.

        :param entry: the customer, one of these
        :param called_off: the follow-ups of its company that do not count any more then
        :param bool is_unreached: the customer does not answer
        """
        [customers] = self._get_companies(is_fresh=True)
        person = Person.of(entry)
        for row in called_off:
            self.touches.drop(person, row.id)
        self.touches.add_personal(person, self._get_context(entry).today, is_unreached)
        self._plan_rhythm(customers)
        return [values["window_start"] for values in self.changes.create]

    def get_idle_reasons(self):
        """Return why the contact cadence asks for nothing: ``{customer of a show, or contact: code}``, "" where it
        serves the customer's company.
        """
        reasons = {}
        for customers in self._get_companies(is_fresh=True):
            reason = get_idle_reason(customers[0].show.rhythm, self._get_relation(customers))
            reasons |= {customer.entry or customer.partner: reason for customer in customers}
        return reasons

    # -- what is fetched once

    @cached_property
    def touches(self):
        """What was done and is planned with the customers' companies; kept up to date while planning."""
        people = [Person.of(entry) for entry in self.participations]
        people += [Person(partner.id, partner.id, self.company.id) for partner in self.partners]
        return Touches(self.env, people, self.shared.call_ids)

    @cached_property
    def blacklisted(self):
        """The addresses among the customers' that are on the blacklist."""
        return (self.participations.partner_id | self.partners)._expo_get_blacklisted()

    @cached_property
    def loads(self):
        """How many follow-ups salespeople have on each day, kept up to date while planning.

        ``{(user id, day): number}``; of overdue ones the day is past.
        """
        companies = self.participations.company_id | (self.company or self.env["res.company"])
        groups = self.env["expo.followup"]._read_group(
            [("company_id", "in", companies.ids), ("state", "in", OPEN), ("auto_send", "=", False)],
            ["user_id", "window_start:day"],
            ["__count"],
        )
        return Counter({(user.id, day): count for user, day, count in groups})

    def _get_context(self, entry):
        """Return what the customers of an entry's show share, or those of the company."""
        return self.shared.get_context(entry.exhibition_id, self.company)

    def _fetch_rows(self):
        """Return the follow-ups of plan and contact cadence by customer: ``{entry, or contact and company: {key of the
        plan: follow-up}}``.
        """
        planned = Domain("step_id", "!=", False)
        rhythm = Domain("origin", "in", RHYTHM) & Domain("state", "in", LIVE)
        served = Domain("participation_id", "in", self.participations.ids) & (planned | rhythm)
        # Of customers never met, also where one was met meanwhile.
        companies = (self.participations.company_id | (self.company or self.env["res.company"])).ids
        served |= (
            rhythm
            & Domain("participation_id", "=", False)
            & Domain("partner_id", "in", (self.participations.commercial_partner_id | self.partners).ids)
            & Domain("company_id", "in", companies)
        )
        rows = defaultdict(dict)
        for row in self.env["expo.followup"].search_fetch(served, FETCHED):
            customer = row.participation_id or (row.partner_id, row.company_id)
            rows[customer][row._get_plan_key()] = row
        return rows

    def _get_companies(self, is_fresh=False):
        """Return the customers, those of one company together, that of the latest show last; the most urgent company
        first, which gets the first days that are free.

        :param bool is_fresh: without their follow-ups
        """
        rows = defaultdict(dict) if is_fresh else self._fetch_rows()
        companies = defaultdict(list)
        for entry in self.participations:
            customer = Customer(entry, self._get_context(entry), rows[entry], self.blacklisted)
            companies[customer.person.key].append(customer)
        for partner in self.partners:
            no_entry = self.participations.browse()
            context = self._get_context(no_entry)
            known = rows.pop((partner, self.company), {})
            customer = Customer(no_entry, context, known, self.blacklisted, partner, self.company)
            companies[customer.person.key].append(customer)
        for customers in companies.values():
            first = customers[0]
            first.former_row = rows.get((first.commercial, first.company), {}).get(None)
            if len(customers) > 1:
                customers.sort(key=lambda customer: (customer.show.order, customer.entry.id))
                _note_replaced(customers)
        return sorted(companies.values(), key=_get_urgency)

    # -- the plan of the show

    def _plan_customer(self, customer):
        """Add to the changes what a customer needs."""
        show = customer.show
        asked = self._get_asked(customer)
        for key, row in customer.rows.items():
            if key not in asked and row.state in ("planned", "due", "excluded"):
                self._cancel_row(row)
                self.touches.drop(customer.person, row.id)
        spoken = self.touches.get_personal(customer.person).last
        spoken_on = spoken and to_local_date(spoken, show.tz)
        others = self._get_steps_in_hand(customer, asked)
        letter_on = None
        for key, (step, window) in asked.items():
            row = customer.rows.get(key)
            as_of = show.today
            if not row or row.state == "cancelled":
                if is_overtaken(step, window, show.today, spoken_on):
                    continue
                if gives_way(step, window, show.today, others):
                    continue
                if letter_on and window.last < show.today and not step.is_letter:
                    as_of = letter_on + timedelta(days=DAYS_AFTER_LETTER)
            day = self._plan_step(customer, key, step, window, as_of)
            others.append(step)
            if step.is_letter and day and show.templates[step.id].expo_auto_send:
                letter_on = day

    def _get_steps_in_hand(self, customer, asked):
        """Return the steps that need nothing new: done, left out, or waiting for the salesperson already."""
        steps = {step.id: step for step in customer.show.steps}
        return [
            steps[key[0]]
            for key, row in customer.rows.items()
            if key[0] in steps and (row.state in ("done", "skipped") or (row.state == "due" and key in asked))
        ]

    def _cancel_row(self, row):
        self.changes.write[(("state", "cancelled"),)].append(row.id)

    def _get_asked(self, customer):
        """Return what the plan asks for: ``{(step id, round): (step, window)}``."""
        entry, show = customer.entry, customer.show
        if not (entry.active and customer.partner.active and entry.outcome in PLANNED_OUTCOMES):
            return {}
        return {
            (step.id, number): (step, window)
            for step, number, window in wanted(show.steps, self._get_facts(customer))
            if self._is_asked(customer, step)
        }

    def _is_asked(self, customer, step):
        """Tell whether a customer of that outcome, at a show of that state, is asked a step that applies."""
        show, is_dormant = customer.show, customer.entry.outcome == "dormant"
        if step.is_of_order and show.is_closed:
            return True
        if step.anchor == "horizon":
            return show.is_live and is_dormant and customer.gets_proposal
        if not show.is_live or is_dormant:
            return False
        is_letter = step.is_letter and show.templates[step.id].expo_auto_send
        return not (customer.is_replaced and step.is_once_after_show and not is_letter)

    def _plan_step(self, customer, key, step, window, as_of):
        """Add to the changes what one round of a step needs.

        :param date as_of: the day before which it is not placed
        :returns: its day, None where nothing is to come
        """
        entry, show, row = customer.entry, customer.show, customer.rows.get(key)
        reason = customer.exclude_reason if step.is_letter else False
        template = show.templates[step.id]
        # What would leave by itself waits for a person once the customer has written.
        is_held = row and row.auto_send and row.mail_state in (False, "outgoing") and entry.replied_on
        if row and (row.state not in LIVE or (row.state == "due" and not reason and not is_held)):
            if row.state == "due" and row.postponed_on:
                row._collect_change(_get_chosen_values(row, window), self.changes)
            return None
        owner = self._get_step_owner(customer, template)
        values = {
            **self._get_step_values(template, owner.lang),
            "state": "excluded" if reason else "planned",
            "exclude_reason": reason,
            "user_id": owner.id,
        }
        if entry.replied_on:
            values["auto_send"] = False
        values["activity_type_id"] = self._get_method(customer, values["activity_type_id"], step.is_letter)
        # What comes back after its day has passed is placed anew, as anything late.
        is_back = row and not reason and row.state in ("cancelled", "excluded")
        stale = row and (row.state == "cancelled" or (is_back and row.window_start < show.today))
        place_on, letter_window = customer.get_placing(step, window)
        if row and row.postponed_on and not stale:
            # The salesperson's word comes before the plan's.
            values.update(_get_chosen_values(row, window))
        elif not (row and not stale and _is_placed(customer, row, place_on, letter_window)):
            if row:
                self.touches.drop(customer.person, row.id)
            is_call = values["activity_type_id"] in self.shared.call_ids
            is_free = self.touches.get_test(
                customer.person, 0 if reason else show.limit, step.is_letter, is_call, values["auto_send"]
            )
            room_from = None
            if window.last < show.today and not reason and not step.is_letter:
                is_free, room_from = self._get_capacity_test(is_free, owner, show, as_of)
            values.update(_get_placement_values(customer, place_on, is_free, as_of, letter_window, room_from))
            if not (reason or step.is_letter) and "loads" in self.__dict__:
                self.loads[owner.id, values["window_start"]] += 1
        day = values.get("window_start") or row.window_start
        if not reason:
            self._put(customer, row.id if row else (entry.id, *key), day, "plan", step.is_letter, values)
        elif row:
            self.touches.drop(customer.person, row.id)
        if row:
            row._collect_change(values, self.changes)
        else:
            self.changes.create.append(
                {**values, "participation_id": entry.id, "step_id": key[0], "round": key[1], "origin": "plan"}
            )
        return None if reason else day

    def _get_capacity_test(self, is_free, owner, context, as_of):
        """Return the test for days on which a salesperson has room for what is overdue, and the first that may pass:
        of many that are planned at once, as when an exhibition is resumed, no more than the daily limit.
        """
        limit, loads = context.company.expo_daily_limit, self.loads
        if not limit:
            return is_free, None
        # Days only fill up: where the search ended for one customer, it begins for the next.
        key = owner.id, context, as_of
        first = self.first_rooms.get(key, as_of)
        while loads[owner.id, first] >= limit or not context.calendar.is_working(first):
            first += timedelta(days=1)
        self.first_rooms[key] = first
        return lambda day: loads[owner.id, day] < limit and is_free(day), first

    def _put(self, customer, ident, day, origin, is_letter, values):
        is_call = values["activity_type_id"] in self.shared.call_ids
        touch = Touch(day, customer.partner.id, origin, is_letter, is_call, values["auto_send"])
        self.touches.put(customer.person, ident, touch)

    def _get_method(self, customer, method_id, is_letter):
        """Return the method that reaches the customer: a call without a number is an e-mail, and the other way."""
        # By their ids: a record would be looked up once per customer.
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        can_mail = customer.exclude_reason not in UNREACHABLE
        if not customer.has_phone and can_mail and method_id in self.shared.call_ids:
            return to_id("expo_followup.activity_email_revisit")
        if not is_letter and customer.has_phone and not can_mail:
            email_id = to_id("expo_followup.activity_email_revisit")
            return to_id("expo_followup.activity_phone_revisit") if method_id == email_id else method_id
        return method_id

    def _get_step_owner(self, customer, template):
        """Return who does a step: the user it names, else the customer's salesperson, else the stand-in at the show."""
        named = template.responsible_type == "other" and template.responsible_id._expo_working(customer.company)
        return named or customer.owner

    def _get_step_values(self, template, lang):
        """Return what all follow-ups of a step have in common for salespeople of one language."""
        key = (template.id, lang)
        if key not in self.shared.values:
            self.shared.values[key] = template.with_context(lang=lang)._expo_followup_values()
        return self.shared.values[key]

    def _get_facts(self, customer):
        """Return what the plan needs to know of a customer."""
        entry, show = customer.entry, customer.show
        finished = {}
        for (step_id, number), row in customer.rows.items():
            if row.state in ("done", "skipped") and row.done_on:
                rounds, last_on, numbers = finished.get(step_id, Finished(0, None))
                day = to_local_date(row.done_on, show.tz)
                finished[step_id] = Finished(rounds + 1, max(day, last_on or day), numbers | {number})
        # Orders of the stand are followed from the last day of the show on, as its plan is.
        since_show = {
            name: day and max(day, show.anchors["show_end"])
            for name, day in (("ordered", entry.ordered_on), ("unpaid", entry.unpaid_since))
        }
        return Facts(
            tier=entry.tier_id.id,
            role=entry.role,
            paid=entry.payment_state == "paid",
            ordered=entry.payment_state != "none",
            delivered=entry.delivery_state == "delivered",
            replied=bool(entry.replied_on) or self.touches.get_personal(customer.person).has_answered,
            anchors={
                **show.anchors,
                **since_show,
                "captured": to_local_date(entry.captured_on, show.tz),
                "assigned": entry.assigned_on or None,
                "sample_agreed": entry._get_sample_days("sample_agreed_on"),
                "sample_received": entry._get_sample_days("sample_received_on"),
                "paid": entry.paid_on or None,
                "horizon": entry.horizon_on or None,
                "purchase_plan": entry._get_purchase_days() if show.asks_purchases and customer.is_head else None,
            },
            finished=finished,
        )

    # -- the contact cadence

    def _plan_rhythm(self, customers):
        """Add to the changes the one follow-up that the contact cadence asks for with a company."""
        person = customers[0].person
        rows = [row for one in customers for row in (one.rhythm_row, one.former_row)]
        open_rows = [row for row in rows if row and row.state in OPEN]
        customer = self._get_served(customers)
        wish = customer and self._get_wish(customer, customers)
        for row in open_rows:
            self.touches.drop(person, row.id)
        row = customer and customer.rhythm_row
        is_open = row and row.state in OPEN
        is_chosen = is_open and self._is_chosen(row, customers)
        if wish and not is_chosen and self._is_superseded(customer, wish, is_open):
            wish = None
        for other in open_rows:
            if not wish or other != row:
                self._cancel_row(other)
        if wish:
            self._plan_touch(customer, wish, is_chosen)

    def _is_chosen(self, row, customers):
        """Tell whether a user chose the day of a follow-up, without any contact with the company since then."""
        done = [self.touches.get_personal(one.person).last for one in customers]
        return bool(row.postponed_on) and all(last <= row.postponed_on for last in done if last)

    def _plan_touch(self, customer, wish, is_chosen=False):
        """Add to the changes the follow-up of the contact cadence with a customer.

        :param bool is_chosen: a user chose its day
        """
        row, show = customer.rhythm_row, customer.show
        is_open = row and row.state in OPEN

        def place_on(test, as_of):
            return place_touch(wish, test, as_of, customer.person.participation_id or customer.person.partner_id)

        values = self._get_rhythm_values(customer, wish)
        if not (is_chosen or (is_open and _is_placed(customer, row, place_on))):
            is_call = values["activity_type_id"] in self.shared.call_ids
            is_free = self.touches.get_test(customer.person, show.limit, is_letter=False, is_call=is_call)
            values.update(_get_placement_values(customer, place_on, is_free, show.today))
        elif row.state == "due":
            self._put(customer, row.id, row.window_start, wish.origin, False, values)
            return
        day = values.get("window_start") or row.window_start
        self._put(customer, row.id if row else (*customer.person, "rhythm"), day, wish.origin, False, values)
        if row:
            row._collect_change(values, self.changes)
        elif customer.entry:
            self.changes.create.append({**values, "participation_id": customer.entry.id})
        else:
            owner = {"partner_id": customer.partner.id, "company_id": customer.company.id}
            self.changes.create.append({**values, **owner})

    def _get_served(self, customers):
        """Return with whom of a company's people the contact cadence keeps in touch, None when it asks for nothing.

        That is a person of the latest show: with an open follow-up, else contacted last, else a key customer.
        """
        reason = get_idle_reason(customers[0].show.rhythm, self._get_relation(customers))
        active = [customer for customer in customers if customer.is_active]
        if reason == "not_followed":
            # A new contact is followed up on the day of the meeting, while the show is running.
            served = [one for one in active if one.is_new and not self.touches.get_last(one.person)]
        else:
            followed = [one for one in active if one.is_followed]
            served = [] if reason else followed or active
        latest = [one for one in served if one.show is served[-1].show]
        return max(latest, key=self._rank_contact, default=None)

    def _rank_contact(self, customer):
        row, last = customer.rhythm_row, self.touches.get_personal(customer.person).last
        is_open = bool(row and row.state in OPEN)
        return is_open, last.timestamp() if last else 0, customer.entry.is_key, -(customer.entry.id or 0)

    def _get_relation(self, customers):
        """Return how a company stands with us, for :func:`..tools.cadence.get_idle_reason`."""
        present = [one for one in customers if (one.entry.active or not one.entry) and one.partner.active]
        audible = [one for one in present if not one.is_silent]
        first = customers[0]
        abc_class = first.abc_class
        return Relation(
            outcomes=tuple(one.entry.outcome for one in audible if one.entry),
            is_followed=any(one.is_followed for one in audible if one.entry),
            abc_class=abc_class,
            is_active=bool(present),
            is_silent=bool(present and not audible),
            has_salesperson=bool(first.entry or first.salesperson),
            is_started=bool(abc_class and first.cadence_from),
            is_left_out=bool(abc_class and first.commercial.with_company(first.company).expo_no_cadence),
        )

    def _is_superseded(self, customer, wish, is_open):
        """Tell whether something that is planned with the company comes in time, or was agreed with the customer."""
        planned = self.touches.get_company_touches(customer.person)
        if any(touch.origin in ("manual", "reply") for touch in planned):
            return True
        if customer.is_followed and not wish.gap:
            # What the day of the meeting has not brought, the plan brings.
            return any(not touch.is_letter for touch in planned)
        # A letter does not reach a customer who did not answer the telephone.
        days = [touch.day for touch in planned if not (wish.is_retry and touch.is_letter)]
        return is_superseded(wish, days, None if is_open else customer.show.today)

    def _get_wish(self, customer, customers):
        """Return the follow-up that the contact cadence asks for with a customer, None when there is none yet."""
        show, tz = customer.show, customer.show.tz
        last = self.touches.get_last(customer.person)
        last_on = last and to_local_date(last, tz)
        if not last and customer.is_followed and not self.touches.get_company_touches(customer.person):
            # Nothing was done and nothing is planned: no letter reaches the customer. Count from the show.
            last_on = show.anchors["show_end"]
        people = [one.person for one in customers if one.show is show]
        done = [self.touches.get_personal(person) for person in people]
        latest = max(done, key=lambda one: one.last.timestamp() if one.last else 0)
        first = min((one.first for one in done if one.first), default=None)
        met_on = customer.met_on
        is_asked = customer.rhythm_row and customer.rhythm_row.state in OPEN
        history = History(
            last_on=last_on,
            touches=sum(one.count for one in done),
            abc_class=customer.abc_class,
            first_on=first and to_local_date(first, tz),
            is_unreached=bool(latest.is_unreached),
            met_on=met_on if is_asked or met_on == show.today else None,
            started_on=None if customer.is_followed else customer.cadence_from,
        )
        return next_touch(show.rhythm, history)

    def _get_rhythm_values(self, customer, wish):
        owner = customer.owner
        key = ("rhythm", wish.origin, wish.gap, owner.lang)
        if key not in self.shared.values:
            followups = self.env["expo.followup"].with_context(lang=owner.lang)
            self.shared.values[key] = followups._get_cadence_title(wish.origin, wish.gap)
        # Key customers, and those who buy, are called; the others are written to.
        is_called = not customer.entry or customer.entry.is_key or customer.abc_class == "a" or wish.is_retry
        method = "phone_revisit" if is_called and customer.has_phone else "email_revisit"
        # By its id: a record would be looked up once per customer.
        method_id = self.env["ir.model.data"]._xmlid_to_res_id(f"expo_followup.activity_{method}")
        return {
            "origin": wish.origin,
            "activity_type_id": self._get_method(customer, method_id, is_letter=False),
            "summary": self.shared.values[key],
            "gap_days": wish.gap,
            "occasion_key": False if wish.gap else MEETING,
            "user_id": owner.id,
            "exclude_reason": False,
            "auto_send": False,
            "state": "planned",
        }


def with_colleagues(participations):
    """Return the entries of all people of the same companies, those of one company together: of one plan."""
    if not participations:
        return participations
    # Of new entries all at once: what is flushed by itself is an update of its own.
    participations.flush_recordset()
    participations.flush_model(["commercial_partner_id", "company_id", "active"])
    query = SQL(
        """
        SELECT id FROM expo_participation entry
         WHERE id IN %(ids)s OR (active AND EXISTS (
               SELECT FROM expo_participation own
                WHERE own.id IN %(ids)s AND own.commercial_partner_id = entry.commercial_partner_id
                  AND own.company_id = entry.company_id))
         ORDER BY commercial_partner_id, id
        """,
        ids=tuple(participations.ids),
    )
    return participations.browse([row[0] for row in participations.env.execute_query(query)])


def split_by_company(participations, size):
    """Yield the entries in batches of about ``size``; a company's stay together, as :func:`with_colleagues` sorts
    them.
    """
    batch, company = [], None
    for entry in participations:
        if len(batch) >= size and entry.commercial_partner_id != company:
            yield participations.browse(batch)
            batch = []
        batch.append(entry.id)
        company = entry.commercial_partner_id
    if batch:
        yield participations.browse(batch)


def _note_replaced(customers):
    """Note which entries of a company newer ones take over from, which stands for it, and whom a last proposal would go
    to: one of all.

    :param customers: those of one company, that of the latest show last
    """
    present = [one for one in customers if one.entry.active and one.partner.active]

    def get_head(outcomes):
        served = [one for one in present if one.entry.outcome in outcomes]
        return max(served, key=lambda one: (one.show.order, one.entry.is_key, -one.entry.id), default=None)

    head, ended = get_head(("open", "won")), get_head(("dormant",))
    for customer in customers:
        newer = [one for one in present if one.show.is_closed and one.show.order > customer.show.order]
        customer.is_replaced = any(one.partner == customer.partner for one in newer)
        has_bought = any(one.entry.outcome == "won" and one.show.order >= customer.show.order for one in present)
        customer.is_head = customer is head
        customer.gets_proposal = customer is ended and not newer and not has_bought


def _get_urgency(customers):
    """Return by what companies are planned first: those with key customers, then those met first."""
    entries = [customer.entry for customer in customers if customer.entry]
    met_on = min((entry.captured_on for entry in entries), default=datetime.max)
    return not any(entry.is_key for entry in entries), met_on, min((entry.id for entry in entries), default=0)


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


def _get_placement_values(customer, place_on, is_free, as_of, letter_window=None, room_from=None):
    """Return where a follow-up falls among the others of its customer.

    :param callable place_on: as in :func:`_is_placed`, as is the window
    :param callable is_free: tells on which days the other follow-ups leave room for it
    :param date as_of: the day before which it does not fall
    :param date room_from: the first day that may be free, the same when None
    """

    def from_day(day):
        return lambda test: place_on(test, day)

    try:
        is_working = customer.get_working_test(letter_window, as_of)
        placement, wanted_on = place_with_room(from_day(as_of), is_working, is_free, from_day(room_from or as_of))
    except NoWorkingDay:
        placement, wanted_on = place_on(_is_monday_to_friday, as_of), None
    return {
        "window_start": placement.day,
        "deadline": placement.deadline,
        "flag": "crowded" if wanted_on else placement.flag or False,
        "placed_on": as_of,
        "wanted_on": wanted_on or False,
        "postponed_on": False,
    }


def _get_chosen_values(row, window):
    """Return what follows for a follow-up of the plan whose day a user chose."""
    placement = place_chosen(row.window_start, window.last)
    return {"deadline": placement.deadline, "flag": placement.flag or False, "wanted_on": False}
