from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ...tools.cadence import WEEK, has_room
from ...tools.windows import keeps_letters_apart
from ...tools.zones import get_zone, to_local_date


class Person(NamedTuple):
    """A customer as follow-ups know one: the contact, the contact's company, ours, and the entry at a show."""

    partner_id: int
    commercial_partner_id: int
    company_id: int
    participation_id: int | None = None

    @classmethod
    def of(cls, participation):
        """Return the customer of an entry."""
        partner, company = participation.partner_id.id, participation.company_id.id
        return cls(partner, participation.commercial_partner_id.id, company, participation.id)

    @property
    def key(self):
        """By what the follow-ups of all people of the customer's company are known."""
        return self.commercial_partner_id, self.company_id


class Touch(NamedTuple):
    """A follow-up that is planned, due or done."""

    day: object
    partner_id: int
    origin: str
    is_letter: bool
    is_call: bool = False
    is_automatic: bool = False


class Personal(NamedTuple):
    """What was done in person with a customer: how often, further tries of the first week not counted, first and last
    moment, and whether the last time was without an answer.
    """

    count: int = 0
    first: object = None
    last: object = None
    is_unreached: bool = False
    has_answered: bool = False


class Touches:
    """What was done and is planned with customers, and with their colleagues of the same companies.

    Two statements for any number of customers.

    :param call_ids: the methods that call the customer, where they are known; None fetches them
    """

    def __init__(self, env, people, call_ids=None):
        self.env = env
        self._call_ids = call_ids
        self._live = defaultdict(dict)
        self._done = defaultdict(list)
        self._last = {}
        self._personal = defaultdict(Personal)
        people = list(people)
        if people:
            self.env["expo.followup"].flush_model()
            companies = self.env["res.company"].browse({person.company_id for person in people})
            scope = SQL(
                "FROM expo_followup f JOIN res_partner p ON p.id = f.partner_id"
                " WHERE p.commercial_partner_id IN %s AND f.company_id IN %s",
                tuple({person.commercial_partner_id for person in people}),
                tuple(companies.ids),
            )
            self._fetch_done(scope)
            self._fetch_days(scope, companies)

    def _fetch_done(self, scope):
        query = SQL(
            """
            SELECT partner, company_id, participation_id, max(done_on),
                   count(*) FILTER (WHERE is_personal AND NOT (
                       is_unanswered AND done_on > first_on AND done_on < first_on + interval '%(week)s days')),
                   min(first_on), max(done_on) FILTER (WHERE is_personal),
                   (array_agg(is_unanswered ORDER BY done_on DESC, id DESC) FILTER (WHERE is_personal))[1],
                   bool_or(is_personal AND has_answered)
              FROM (SELECT *, min(done_on) FILTER (WHERE is_personal)
                                  OVER (PARTITION BY partner, company_id, participation_id) AS first_on
                      FROM (SELECT f.id, p.commercial_partner_id AS partner, f.company_id, f.participation_id,
                                   f.done_on, f.state = 'done' AND f.is_letter IS NOT TRUE AS is_personal,
                                   COALESCE(f.effect = 'no_answer', FALSE) AS is_unanswered,
                                   COALESCE(f.effect <> 'no_answer', FALSE) AS has_answered
                            %(scope)s AND f.state IN ('done', 'skipped')) AS facts) AS done
             GROUP BY 1, 2, 3
            """,
            scope=scope,
            week=WEEK,
        )
        for partner, company, participation, moment, *personal in self.env.execute_query(query):
            known = self._last.get((partner, company))
            self._last[partner, company] = max(filter(None, (known, moment)), default=None)
            self._personal[partner, company, participation] = Personal(*personal)

    def _fetch_days(self, scope, companies):
        zones = {company.id: get_zone(company._expo_tz()) for company in companies}
        if self._call_ids is None:
            self._call_ids = self.env["mail.activity.type"]._get_expo_call_ids()
        query = SQL(
            """
            SELECT f.id, f.partner_id, p.commercial_partner_id, f.company_id, f.window_start, f.origin,
                   f.is_letter, f.activity_type_id IN %s, f.auto_send, CASE WHEN f.state = 'done' THEN f.done_on END
            %s AND (f.state IN ('planned', 'due') OR (f.state = 'done' AND f.done_on >= %s))
            """,
            tuple(self._call_ids) or (0,),
            scope,
            fields.Datetime.now() - timedelta(days=WEEK + 1),
        )
        for ident, partner, commercial, company, day, *facts, done_on in self.env.execute_query(query):
            if done_on:
                done_day = to_local_date(done_on, zones[company])
                self._done[commercial, company].append(Touch(done_day, partner, *facts))
            else:
                self._live[commercial, company][ident] = Touch(day, partner, *facts)

    def add_personal(self, person, day, is_unreached=False):
        """Add a follow-up in person that is done now, which is ``day`` at the show; ``is_unreached``: not answered."""
        now = fields.Datetime.now()
        self._done[person.key].append(Touch(day, person.partner_id, "manual", is_letter=False))
        self._last[person.key] = now
        known = self.get_personal(person)
        is_further = is_unreached and known.first and now < known.first + timedelta(days=WEEK)
        self._personal[(*person.key, person.participation_id)] = Personal(
            known.count if is_further else known.count + 1,
            known.first or now,
            now,
            is_unreached,
            known.has_answered or not is_unreached,
        )

    def put(self, person, ident, touch):
        """Note where a follow-up stands now; ``ident`` is its id, or anything unique for a new one."""
        self._live[person.key][ident] = touch

    def drop(self, person, ident):
        """Forget a follow-up that is cancelled or moves."""
        self._live[person.key].pop(ident, None)

    def get_days(self, person):
        """Return the days of the customer's own follow-ups, done of late or planned."""
        return [touch.day for touch in self._get_all(person) if touch.partner_id == person.partner_id]

    def _get_all(self, person):
        return [*self._done[person.key], *self._live[person.key].values()]

    def get_letters(self, person):
        """Return the days of the customer's own letters, and whether each leaves automatically."""
        own = (touch for touch in self._get_all(person) if touch.partner_id == person.partner_id)
        return [(touch.day, bool(touch.is_automatic)) for touch in own if touch.is_letter]

    def get_test(self, person, limit, is_letter, is_call=False, is_automatic=False):
        """Return the test for days on which the customer's other follow-ups leave room for one more.

        At most ``limit`` in any seven days, one personal follow-up a day, and one call a day to the whole company: no
        customer is called twice. An automatic letter and one of a person are two days apart.

        :param int limit: 0 where nothing is to be tested
        """
        if not limit:
            return lambda day: True
        everything = self._get_all(person)
        own = [touch for touch in everything if touch.partner_id == person.partner_id]
        days = [touch.day for touch in own]
        taken = set() if is_letter else {touch.day for touch in own if not touch.is_letter}
        if is_call:
            taken |= {touch.day for touch in everything if touch.is_call}
        letters = self.get_letters(person) if is_letter else []
        return lambda day: (
            day not in taken and has_room(day, days, limit) and keeps_letters_apart(day, is_automatic, letters)
        )

    def get_company_touches(self, person):
        """Return what is planned with any person of the customer's company."""
        return list(self._live[person.key].values())

    def get_last(self, person):
        """Return the moment of the last follow-up of any person of the company, None without any."""
        return self._last.get(person.key)

    def get_personal(self, person):
        """Return what was done with this customer in person."""
        return self._personal[(*person.key, person.participation_id)]
