"""Whether it is a good moment to call a customer, by local time (rules.md §4: the customer's preferred time).

Pure: zones and preferences come in, "now" too. :mod:`.zones` tells the zones, :mod:`.workdays` the days off.
"""

from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz

from .workdays import CountryCalendar

GOOD, EARLY, LATE, WEEKEND, HOLIDAY, UNKNOWN = "good", "early", "late", "weekend", "holiday", "unknown"
# Between which hours a person likes to be called; nothing said means working hours.
WORKING = "working"
HOURS = {
    WORKING: (time(9), time(18)),
    "morning": (time(9), time(12)),
    "afternoon": (time(13), time(18)),
    "evening": (time(18), time(21)),  # in private, so the weekend is no obstacle
}
# Christmas and New Year, Golden Week, the Spring Festival: a call is not planned further ahead by the hour.
SEARCH_DAYS = 14


class Moment(NamedTuple):
    """What it is like at the customer's place.

    ``kind`` is :data:`GOOD`, :data:`EARLY`, :data:`LATE`, :data:`WEEKEND`, :data:`HOLIDAY` (its ``day`` is the date of
    the holiday) or :data:`UNKNOWN`; ``local`` are the customer's local times, one or, in a wide country, two;
    ``next_good`` is when a call is next welcome, in UTC, None if it is now or not soon.
    """

    kind: str
    local: tuple[datetime, ...] = ()
    day: object = None
    next_good: datetime | None = None


def moment_at(now: datetime, zones: tuple[str, ...], calendar: CountryCalendar, preferred: str = WORKING) -> Moment:
    """Tell whether ``now`` (UTC, without zone) is a good moment to call.

    :param zones: names of the customer's time zones; of several, the moment must be good in each
    :param calendar: of the customer's country, see :func:`.workdays.country_calendar`
    :param preferred: a key of :data:`HOURS`

    >>> from .workdays import country_calendar
    >>> moment_at(datetime(2026, 4, 21, 8), ("Europe/Rome",), country_calendar("IT")).kind
    'good'
    >>> night = moment_at(datetime(2026, 4, 17, 23), ("Europe/Rome",), country_calendar("IT"))  # a Saturday there
    >>> night.kind, night.next_good
    ('weekend', datetime.datetime(2026, 4, 20, 7, 0))
    >>> moment_at(datetime(2026, 4, 21, 8), (), country_calendar(None)).kind
    'unknown'
    """
    if not zones:
        return Moment(UNKNOWN)
    places = [pytz.timezone(zone) for zone in zones]
    local = tuple(pytz.utc.localize(now).astimezone(place) for place in places)
    for there in local:
        kind = _kind(there, calendar, preferred)
        if kind != GOOD:
            return Moment(kind, local, there.date(), _next_good(now, places, calendar, preferred))
    return Moment(GOOD, local)


def _kind(there, calendar, preferred):
    if calendar.holiday_name(there.date()):
        return HOLIDAY
    if not _is_open(there.date(), calendar, preferred):
        return WEEKEND
    begin, end = HOURS[preferred]
    if there.time() < begin:
        return EARLY
    return GOOD if there.time() < end else LATE


def _is_open(day, calendar, preferred):
    if preferred == "evening":
        return not calendar.holiday_name(day)
    return calendar.is_working(day)


def _next_good(now, places, calendar, preferred):
    """Return the first moment that is good everywhere: each place puts it off until none does."""
    moment, last = now, now + timedelta(days=SEARCH_DAYS)
    while moment <= last:
        later = max(_next_start(moment, place, calendar, preferred) for place in places)
        if later == moment:
            return moment
        moment = later
    return None


def _next_start(moment, place, calendar, preferred):
    there = pytz.utc.localize(moment).astimezone(place)
    if _kind(there, calendar, preferred) == GOOD:
        return moment
    begin, _end = HOURS[preferred]
    day = there.date() if there.time() < begin else there.date() + timedelta(days=1)
    for _step in range(SEARCH_DAYS):
        if _is_open(day, calendar, preferred):
            break
        day += timedelta(days=1)
    start = place.localize(datetime.combine(day, begin))
    return start.astimezone(pytz.utc).replace(tzinfo=None)
