"""Whether it is a good moment to call a customer, by local time (rules.md §4: the customer's preferred time).

Pure: zones and preferences come in, "now" too. :mod:`.zones` tells the zones, :mod:`.workdays` the days off.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

import pytz

from .workdays import CountryCalendar
from .working_time import WorkingTime

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
NEAR_DAYS = 3
# A call takes a while: less than this before one side goes home is no time for one.
CALL = timedelta(minutes=15)


class Moment(NamedTuple):
    """What it is like at the customer's place.

    ``kind`` is :data:`GOOD`, :data:`EARLY`, :data:`LATE`, :data:`WEEKEND`, :data:`HOLIDAY` (its ``day`` is the date of
    the holiday) or :data:`UNKNOWN`; ``local`` are the customer's local times, one or, in a wide country, two;
    ``next_good`` is when a call is next welcome and the caller at work, in UTC, None if it is now or not soon.
    """

    kind: str
    local: tuple[datetime, ...] = ()
    day: object = None
    next_good: datetime | None = None


def moment_at(
    now: datetime,
    zones: tuple[str, ...],
    calendar: CountryCalendar,
    preferred: str = WORKING,
    working: WorkingTime | None = None,
) -> Moment:
    """Tell whether ``now`` (UTC, without zone) is a good moment to call, and else when one comes.

    :param zones: names of the customer's time zones; of several, the moment must be good in each
    :param calendar: of the customer's country, see :func:`.workdays.country_calendar`
    :param preferred: a key of :data:`HOURS`
    :param working: when the caller works; None: at any time. Who looks now is at work now.

    >>> from .workdays import country_calendar
    >>> moment_at(datetime(2026, 4, 21, 8), ("Europe/Rome",), country_calendar("IT")).kind
    'good'
    >>> night = moment_at(datetime(2026, 4, 17, 23), ("Europe/Rome",), country_calendar("IT"))  # a Saturday there
    >>> night.kind, night.next_good
    ('weekend', datetime.datetime(2026, 4, 20, 7, 0))
    >>> shanghai = WorkingTime(pytz.timezone("Asia/Shanghai"))  # 8 to 17, which is 2 to 11 in Rome
    >>> moment_at(datetime(2026, 4, 21, 17), ("Europe/Rome",), country_calendar("IT"), working=shanghai).next_good
    datetime.datetime(2026, 4, 22, 7, 0)
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
            return Moment(kind, local, there.date(), find_common(now, places, calendar, preferred, working))
    return Moment(GOOD, local)


def find_common(
    now: datetime,
    places: Sequence[tzinfo],
    calendar: CountryCalendar,
    preferred: str = WORKING,
    working: WorkingTime | None = None,
) -> datetime | None:
    """Return from when on all sides have time for a call, in UTC; None when they do not within :data:`SEARCH_DAYS`.

    The parameters are those of :func:`moment_at`.

    >>> from .workdays import country_calendar
    >>> los_angeles, berlin = pytz.timezone("America/Los_Angeles"), WorkingTime(pytz.timezone("Europe/Berlin"))
    >>> find_common(datetime(2026, 4, 21), [los_angeles], country_calendar("US"), working=berlin)
    >>> find_common(datetime(2026, 4, 21), [los_angeles], country_calendar("US"), "morning")
    datetime.datetime(2026, 4, 21, 16, 0)
    """
    # Nearly always one of the next days: the far ones are looked at when none of these is.
    near = _find_common(now, NEAR_DAYS, places, calendar, preferred, working)
    return near or _find_common(now, SEARCH_DAYS, places, calendar, preferred, working)


def _find_common(now, ahead, places, calendar, preferred, working):
    last = now + timedelta(days=ahead)
    common = working.get_spans(now, last) if working else [(now, last)]
    for place in places:
        spans = _get_open_spans(now, ahead, place, calendar, preferred)
        common = [
            (max(ours[0], theirs[0]), min(ours[1], theirs[1]))
            for ours in common
            for theirs in spans
            if ours[0] < theirs[1] and theirs[0] < ours[1]
        ]
    return next((begin for begin, end in common if end - begin >= CALL), None)


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


def _get_open_spans(now, ahead, place, calendar, preferred):
    """Return when the customer is called gladly at one place, day by day."""
    first = pytz.utc.localize(now).astimezone(place).date()
    days = (first + timedelta(days=day) for day in range(ahead + 1))
    return [
        tuple(
            place.localize(datetime.combine(day, at)).astimezone(pytz.utc).replace(tzinfo=None)
            for at in HOURS[preferred]
        )
        for day in days
        if _is_open(day, calendar, preferred)
    ]
