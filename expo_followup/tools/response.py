"""How long a customer has been waiting for a first answer (rules.md §4: within 1 week, at most 2).

Days are days of the week as everybody counts them, weekends included; days off of ours do not count, and a last day
on which we do not work is put off to the next one on which we do.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from .workdays import CompanyCalendar, week_of

# Ten years without a day that counts is no calendar: then every day counts.
LONGEST = 3660


def response_state(
    since: date | None,
    today: date,
    answered: bool,
    amber_days: int,
    red_days: int,
    calendar: CompanyCalendar | None = None,
) -> str:
    """Return ``answered``, ``waiting``, ``amber`` or ``red``.

    :param since: the day the clock started, None while it has not
    :param today: the day it is at the show's place
    :param answered: whether we answered in person, or the customer wrote back
    :param amber_days: days after which the waiting is long
    :param red_days: days after which it is too long
    :param calendar: our working days and days off; Monday to Friday when None

    >>> response_state(date(2026, 4, 20), date(2026, 4, 27), False, 7, 14)
    'waiting'
    >>> response_state(date(2026, 4, 20), date(2026, 4, 28), False, 7, 14)
    'amber'
    >>> response_state(date(2026, 4, 20), date(2026, 5, 5), False, 7, 14)
    'red'
    """
    if answered:
        return "answered"
    if since is None:
        return "waiting"
    calendar = calendar or CompanyCalendar()
    if today > last_day(since, red_days, calendar):
        return "red"
    return "amber" if today > last_day(since, amber_days, calendar) else "waiting"


@lru_cache(maxsize=4096)
def last_day(since: date, days: int, calendar: CompanyCalendar) -> date:
    """Return the last day on which an answer is still in time, ``days`` days after ``since``.

    >>> golden_week = CompanyCalendar(days_off=[date(2026, 10, day) for day in range(1, 8)])
    >>> last_day(date(2026, 9, 28), 7, CompanyCalendar())  # a Monday
    datetime.date(2026, 10, 5)
    >>> last_day(date(2026, 9, 28), 7, golden_week)
    datetime.date(2026, 10, 12)
    """
    day, turns = since, 0
    while days > 0:
        day += timedelta(days=1)
        turns += 1
        days -= 1 if day not in calendar.days_off or turns > LONGEST else 0
    return next_working_day(day, calendar.is_working)


def first_day_in_time(today: date, days: int, calendar: CompanyCalendar) -> date:
    """Return the earliest ``since`` for which today is in time: a wait from before it is too long.

    >>> first_day_in_time(date(2026, 4, 27), 7, CompanyCalendar())
    datetime.date(2026, 4, 18)
    """
    # The last day never comes earlier for a later start, and not before the start.
    day = today
    while last_day(day - timedelta(days=1), days, calendar) >= today and (today - day).days < LONGEST:
        day -= timedelta(days=1)
    return day


def days_waited(since: date, today: date, calendar: CompanyCalendar) -> int:
    """Return how many days that count lie after ``since`` up to ``today``.

    >>> days_waited(date(2026, 4, 20), date(2026, 4, 27), CompanyCalendar(days_off=[date(2026, 4, 22)]))
    6
    """
    span = max((today - since).days, 0)
    return span - sum(since < day <= today for day in calendar.days_off)


def next_working_day(day: date, is_working: Callable[[date], bool]) -> date:
    """Return the day itself when we work on it, else the next one on which we do.

    >>> next_working_day(date(2026, 4, 25), CompanyCalendar().is_working)  # a Saturday
    datetime.date(2026, 4, 27)
    """
    for ahead in range(LONGEST):
        if is_working(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day


def hours_on(
    day: date, hours: Mapping[int, tuple[tuple[float, float], ...]], calendar: CompanyCalendar
) -> tuple[tuple[float, float], ...]:
    """Return the spans of working hours on a date: none on a day off, those of a usual day on a make-up day.

    :param hours: spans by weekday (Monday is 0); 7 to 13 are the days of the second week where it differs

    >>> saturday = date(2026, 10, 10)
    >>> hours_on(saturday, {0: ((9.0, 18.0),)}, CompanyCalendar(make_up_days=[saturday]))
    ((9.0, 18.0),)
    """
    if day in calendar.days_off:
        return ()
    weekday = day.weekday()
    spans = hours.get(weekday + 7 * week_of(day), hours.get(weekday, ()))
    if not spans and day in calendar.make_up_days:
        spans = next((hours[key] for key in sorted(hours) if hours[key]), ())
    return spans


def working_hours(
    begin: datetime, end: datetime, hours: Mapping[int, tuple[tuple[float, float], ...]], calendar: CompanyCalendar
) -> float:
    """Return the working hours between two moments by the company's clock.

    :param hours: spans of working hours by weekday, as in :func:`hours_on`, such as ``{0: ((8, 12), (13, 17))}``

    >>> week = dict.fromkeys(range(5), ((8.0, 12.0), (13.0, 17.0)))
    >>> working_hours(datetime(2026, 4, 24, 16), datetime(2026, 4, 27, 9, 30), week, CompanyCalendar())
    2.5
    """
    total, day = 0.0, begin.date()
    while day <= end.date():
        midnight = datetime.combine(day, time())
        first = (begin - midnight).total_seconds() / 3600
        last = (end - midnight).total_seconds() / 3600
        for start, stop in hours_on(day, hours, calendar):
            total += max(0.0, min(stop, last) - max(start, first))
        day += timedelta(days=1)
    return total


def add_working_hours(
    begin: datetime,
    count: float,
    hours: Mapping[int, tuple[tuple[float, float], ...]],
    calendar: CompanyCalendar,
    latest: bool = False,
) -> datetime | None:
    """Return when so many working hours have passed since a moment by the company's clock, to the second.

    The companion of :func:`working_hours`; None when ten years do not hold so many.

    :param hours: spans of working hours by weekday, as there
    :param latest: of all moments up to which no more have passed, return the last: the end of a day then becomes
        the begin of the next working day

    >>> week = dict.fromkeys(range(5), ((8.0, 12.0), (13.0, 17.0)))
    >>> add_working_hours(datetime(2026, 4, 24, 16), 2.5, week, CompanyCalendar())
    datetime.datetime(2026, 4, 27, 9, 30)
    >>> add_working_hours(datetime(2026, 4, 24, 16), 1, week, CompanyCalendar(), latest=True)
    datetime.datetime(2026, 4, 27, 8, 0)
    """
    rest = round(max(count, 0.0) * 3600)
    if not rest and not latest:
        return begin
    for ahead in range(LONGEST):
        day = begin.date() + timedelta(days=ahead)
        for start, stop in hours_on(day, hours, calendar):
            midnight = datetime.combine(day, time())
            first = max(begin, midnight + timedelta(seconds=round(start * 3600)))
            span = (midnight + timedelta(seconds=round(stop * 3600)) - first).total_seconds()
            if rest < span or (rest == span and span > 0 and not latest):
                return first + timedelta(seconds=rest)
            rest -= max(span, 0)
    return None
