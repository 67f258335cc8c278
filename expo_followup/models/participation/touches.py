from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ...tools.cadence import WEEK, has_room
from ...tools.windows import keeps_letters_apart
from ...tools.zones import get_zone, to_local_date


class Touch(NamedTuple):
    """A follow-up that is planned, due or done."""

    day: object
    partner_id: int
    origin: str
    is_letter: bool
    is_automatic: bool = False


class Touches:
    """What was done and is planned with customers, and with their colleagues of the same companies.

    Two statements for any number of customers.
    """

    def __init__(self, participations):
        self.env = participations.env
        self._live = defaultdict(dict)
        self._done = defaultdict(list)
        self._last = {}
        self._last_personal = {}
        self._personal = {}
        if participations:
            self.env["expo.followup"].flush_model()
            scope = SQL(
                "FROM expo_followup f JOIN res_partner p ON p.id = f.partner_id"
                " WHERE p.commercial_partner_id IN %s AND f.company_id IN %s",
                tuple(participations.commercial_partner_id.ids),
                tuple(participations.company_id.ids),
            )
            self._fetch_done(scope)
            self._fetch_days(scope, participations.company_id)

    def _fetch_done(self, scope):
        query = SQL(
            """
            SELECT p.commercial_partner_id, f.company_id, f.participation_id, max(f.done_on),
                   count(*) FILTER (WHERE f.state = 'done' AND f.is_letter IS NOT TRUE),
                   max(f.done_on) FILTER (WHERE f.state = 'done' AND f.is_letter IS NOT TRUE)
            %s AND f.state IN ('done', 'skipped') GROUP BY 1, 2, 3
            """,
            scope,
        )
        for partner, company, participation, moment, personal, last_personal in self.env.execute_query(query):
            known = self._last.get((partner, company))
            self._last[partner, company] = max(filter(None, (known, moment)), default=None)
            self._personal[participation] = personal
            self._last_personal[participation] = last_personal

    def _fetch_days(self, scope, companies):
        zones = {company.id: get_zone(company._expo_tz()) for company in companies}
        query = SQL(
            """
            SELECT f.id, f.partner_id, p.commercial_partner_id, f.company_id, f.window_start, f.origin,
                   f.is_letter, f.auto_send, CASE WHEN f.state = 'done' THEN f.done_on END
            %s AND (f.state IN ('planned', 'due') OR (f.state = 'done' AND f.done_on >= %s))
            """,
            scope,
            fields.Datetime.now() - timedelta(days=WEEK + 1),
        )
        for ident, partner, commercial, company, day, origin, *kind, done_on in self.env.execute_query(query):
            if done_on:
                done_day = to_local_date(done_on, zones[company])
                self._done[partner].append(Touch(done_day, partner, origin, *kind))
            else:
                self._live[commercial, company][ident] = Touch(day, partner, origin, *kind)

    @staticmethod
    def _key(participation):
        return participation.commercial_partner_id.id, participation.company_id.id

    def add_personal(self, participation, day):
        """Add a follow-up in person that is done now, which is ``day`` at the show."""
        partner = participation.partner_id.id
        self._done[partner].append(Touch(day, partner, "manual", is_letter=False))
        self._last[self._key(participation)] = fields.Datetime.now()
        self._personal[participation.id] = self.count_personal(participation) + 1

    def put(self, participation, ident, day, origin, is_letter=False, is_automatic=False):
        """Note where a follow-up stands now; ``ident`` is its id, or anything unique for a new one."""
        touch = Touch(day, participation.partner_id.id, origin, is_letter, is_automatic)
        self._live[self._key(participation)][ident] = touch

    def drop(self, participation, ident):
        """Forget a follow-up that is cancelled or moves."""
        self._live[self._key(participation)].pop(ident, None)

    def get_days(self, participation):
        """Return the days of the customer's own follow-ups, done of late or planned."""
        return [touch.day for touch in self._get_own(participation)]

    def _get_own(self, participation):
        partner = participation.partner_id.id
        live = self._live[self._key(participation)].values()
        return self._done[partner] + [touch for touch in live if touch.partner_id == partner]

    def get_letters(self, participation):
        """Return the days of the customer's own letters, and whether each leaves automatically."""
        own = self._get_own(participation)
        return [(touch.day, bool(touch.is_automatic)) for touch in own if touch.is_letter]

    def get_test(self, participation, limit, is_letter, is_automatic=False):
        """Return the test for days on which the customer's other follow-ups leave room for one more.

        At most ``limit`` in any seven days, and one personal follow-up a day: no customer is called twice. An automatic
        letter and one of a person are two days apart.

        :param int limit: 0 where nothing is to be tested
        """
        own = self._get_own(participation) if limit else []
        days = [touch.day for touch in own]
        taken = set() if is_letter else {touch.day for touch in own if not touch.is_letter}
        letters = self.get_letters(participation) if is_letter and limit else []
        return lambda day: (
            day not in taken and has_room(day, days, limit) and keeps_letters_apart(day, is_automatic, letters)
        )

    def get_company_touches(self, participation):
        """Return what is planned with any person of the customer's company."""
        return list(self._live[self._key(participation)].values())

    def get_last(self, participation):
        """Return the moment of the last follow-up of any person of the company, None without any."""
        return self._last.get(self._key(participation))

    def get_last_personal(self, participation, tz):
        """Return the day on which we last spoke with or wrote to the customer in person, None if never."""
        moment = self._last_personal.get(participation.id)
        return moment and to_local_date(moment, tz)

    def count_personal(self, participation):
        """Return how often we have spoken with or written to the customer in person."""
        return self._personal.get(participation.id, 0)
