"""Which festivals and anniversaries come, and on which day a greeting leaves (rules.md §4: long-term care).

Festivals are known by words of a public holiday's English name, so that each country has its own day of them (the
`holidays` library), or by a fixed date. Everything here is made of dates: no database, no "today" but the caller's.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from .workdays import country_calendar

# Days of one festival lie closer together than that; what comes later is the festival again.
SAME_FESTIVAL_DAYS = 20
# A greeting that must leave earlier than that is not worth sending.
SEARCH_DAYS = 14
# Two greetings to one person are at least so many days apart.
GREETING_DAYS = 7
_ONE_DAY = timedelta(days=1)


class Festival(NamedTuple):
    """A festival: ``words`` of the holiday's English name (any of them), or ``month`` and ``day`` where there are none.

    ``countries`` are ISO codes of two letters; empty means all.
    """

    words: tuple[str, ...] = ()
    month: int = 0
    day: int = 0
    countries: frozenset[str] = frozenset()


class Occasion(NamedTuple):
    """A day to congratulate on; ``name`` tells it from the same one of other years."""

    day: date
    name: str


def anniversary_keys(start: date, end: date) -> list[str]:
    """Return the days of the year from ``start`` to ``end`` as month and day, to look anniversaries up by.

    Who was born on 29 February is congratulated on the 28th in the years between.

    >>> anniversary_keys(date(2026, 2, 27), date(2026, 3, 1))
    ['0227', '0228', '0229', '0301']
    """
    keys = []
    day = start
    while day <= end:
        keys.append(f"{day:%m%d}")
        if (day.month, day.day) == (2, 28) and (day + _ONE_DAY).month == 3:
            keys.append("0229")
        day += _ONE_DAY
    return keys


def next_anniversary(first: date, today: date) -> date:
    """Return the next anniversary of a day, today included.

    >>> print(next_anniversary(date(1980, 2, 29), date(2026, 2, 1)))
    2026-02-28
    """
    day = _anniversary(first, today.year)
    return day if day >= today else _anniversary(first, today.year + 1)


def occasions(festival: Festival, country_code: str | None, start: date, end: date) -> list[Occasion]:
    """Return when a festival is held in a country from ``start`` to ``end``: its first day each time.

    >>> christmas = Festival(("Christmas",))
    >>> [(str(day), name) for day, name in occasions(christmas, "DE", date(2026, 12, 20), date(2026, 12, 31))]
    [('2026-12-25', '2026')]
    >>> occasions(christmas, "JP", date(2026, 12, 20), date(2026, 12, 31))
    []
    """
    if festival.countries and country_code not in festival.countries:
        return []
    found = []
    for year in range(start.year, end.year + 1):
        days = _first_days(festival, country_code, year)
        for turn, day in enumerate(days):
            if start <= day <= end:
                # The moon's years are shorter than the sun's: now and then one of ours has the festival twice.
                found.append(Occasion(day, f"{year}-{turn + 1}" if turn else str(year)))
    return found


def letter_day(wanted: date, today: date, *tests: Callable[[date], bool]) -> date | None:
    """Return the last day up to ``wanted`` on which a greeting may leave, None when there is none from today on.

    The tests are tried one after the other, the best first: a day that passes the first is better than a later one that
    passes the second only.

    >>> monday = date(2026, 4, 20)
    >>> print(letter_day(monday, date(2026, 4, 13), lambda day: day.weekday() == 4, lambda day: True))
    2026-04-17
    >>> print(letter_day(monday, monday, lambda day: day.weekday() == 4, lambda day: True))
    2026-04-20
    """
    wanted = max(wanted, today)
    first = max(today, wanted - timedelta(days=SEARCH_DAYS))
    for test in tests:
        day = wanted
        while day >= first:
            if test(day):
                return day
            day -= _ONE_DAY
    return None


def drop_near(greetings: Iterable[tuple[date, int, str]], sent: Iterable[date] = ()) -> set[str]:
    """Return the keys of the greetings that give way to another one less than :data:`GREETING_DAYS` days away.

    The more important one stays, of two alike the earlier; what was sent stays in any case.

    :param greetings: of one person: the day, how important it is (0 is the most), and a key
    :param sent: days of greetings that have left

    >>> birthday, festival = (date(2026, 12, 27), 0, "b"), (date(2026, 12, 22), 2, "f")
    >>> later = (date(2027, 1, 3), 3, "l")
    >>> drop_near([festival, birthday, later])
    {'f'}
    >>> sorted(drop_near([festival, birthday, later], [date(2026, 12, 21)]))
    ['b', 'f']
    """
    kept, dropped = list(sent), set()
    for day, _rank, key in sorted(greetings, key=lambda one: (one[1], one[0], one[2])):
        if any(abs((day - other).days) < GREETING_DAYS for other in kept):
            dropped.add(key)
        else:
            kept.append(day)
    return dropped


def _anniversary(first: date, year: int) -> date:
    try:
        return first.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 2, 28)


def _first_days(festival: Festival, country_code: str | None, year: int) -> list[date]:
    """Return the first day of each time that a festival begins in a year."""
    if not festival.words:
        try:
            return [date(year, festival.month, festival.day)]
        except ValueError:  # 29 February, in most years
            return []
    calendar = country_calendar(country_code)
    words = [word.casefold() for word in festival.words]
    names = {**calendar.holiday_names(year - 1, "en_US"), **calendar.holiday_names(year, "en_US")}
    days = sorted(day for day, name in names.items() if any(word in name.casefold() for word in words))
    previous = [None, *days]
    return [
        day
        for day, before in zip(days, previous, strict=False)
        if day.year == year and (before is None or (day - before).days > SAME_FESTIVAL_DAYS)
    ]
