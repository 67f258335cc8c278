"""Which days are working days, for us and for the customer (design: rules of time; §6 "working days").

Countries come from the ``holidays`` library: the weekend of each country, its public holidays for the whole country
(no regional, optional, bank or half days), and weekend days worked in exchange for a bridge day, as in China. What the
library does not know yet, such as next year's exchanges, arrives with its updates.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

from .windows import weekday_set

MONDAY_TO_FRIDAY = frozenset(range(5))
# Schedules end a day at 24:00 or at 23:59.
_MINUTE = 1.01 / 60


class CountryCalendar:
    """Weekends and public holidays of one country, by ISO 3166 code of two letters (``code`` is "" if unknown).

    An unknown country has Saturday and Sunday off and no holidays. Get one from :func:`country_calendar`.
    """

    def __init__(self, country_code: str | None = None):
        self.code = country_code if country_code and _is_known(country_code) else ""
        self._days_off = {}
        self._names = {}

    def __repr__(self):
        return f"CountryCalendar({self.code!r})"

    def is_working(self, day: date) -> bool:
        """Tell whether people work there on that date. Any year will do; TypeError if it is a moment, not a date.

        >>> germany = country_calendar("DE")
        >>> germany.is_working(date(2026, 12, 24)), germany.is_working(date(2026, 12, 25))
        (True, False)
        """
        _refuse_moment(day)
        days_off = self._days_off.get(day.year)
        if days_off is None:
            # No lock: threads that meet here work out equal sets, and either may stay.
            days_off = self._days_off[day.year] = self._work_out(day.year)
        return day not in days_off

    def holiday_name(self, day: date, lang: str | None = None) -> str:
        """Return the name of the public holiday on that date, or "".

        ``lang`` is a locale such as ``zh_CN``; where the library lacks it the name is in English or else in the
        country's own language.
        TypeError if ``day`` is a moment, not a date.

        >>> country_calendar("DE").holiday_name(date(2026, 12, 25), "de_AT")
        'Erster Weihnachtstag'
        >>> country_calendar("DE").holiday_name(date(2026, 12, 24))
        ''
        """
        _refuse_moment(day)
        return self.holiday_names(day.year, lang).get(day, "")

    def holiday_names(self, year: int, lang: str | None = None) -> dict[date, str]:
        """Return the public holidays of a year with their names, as :meth:`holiday_name` does for one day.

        >>> country_calendar("DE").holiday_names(2026)[date(2026, 1, 1)]
        "New Year's Day"
        """
        if not self.code:
            return {}
        key = year, lang
        names = self._names.get(key)
        if names is None:
            names = self._names[key] = dict(_library_year(self.code, year, lang))
        return names

    def next_holiday(self, day: date, days: int, lang: str | None = None) -> tuple[date, str] | None:
        """Return the first public holiday of ``days`` days, beginning with ``day``: its date and name, or None.

        >>> country_calendar("DE").next_holiday(date(2026, 12, 20), 10)
        (datetime.date(2026, 12, 25), 'Christmas Day')
        >>> country_calendar("DE").next_holiday(date(2026, 11, 10), 10)
        """
        for ahead in (day + timedelta(days=count) for count in range(days)):
            if name := self.holiday_name(ahead, lang):
                return ahead, name
        return None

    def _work_out(self, year: int) -> frozenset[date]:
        days = map(date.fromordinal, range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
        if not self.code:
            return frozenset(day for day in days if day.weekday() not in MONDAY_TO_FRIDAY)
        # The library's objects grow while they are read and are not safe to share: this one is ours, and dropped.
        library = _library_year(self.code, year)
        return frozenset(day for day in days if not library.is_working_day(day))


class _CompanyCalendar(NamedTuple):
    working_weekdays: frozenset[int]
    days_off: frozenset[date]
    second_week: frozenset[int] = frozenset()
    make_up_days: frozenset[date] = frozenset()


class CompanyCalendar(_CompanyCalendar):
    """Our own working days: the weekdays we work (Monday is 0) but for the dates in ``days_off``.

    A schedule of two weeks has other weekdays in its ``second_week`` (:func:`week_of`), None where they are the same.
    ``make_up_days`` are worked whatever their weekday, unless they are days off as well.

    A company without any working weekday is taken to work Monday to Friday, since nothing could ever be planned for it.
    Raises ValueError for what is no weekday, such as the digits as text. Equal calendars are interchangeable.

    >>> CompanyCalendar([], [date(2026, 5, 1)]).is_working(date(2026, 4, 30))
    True
    >>> every_second_saturday = CompanyCalendar(range(5), second_week=range(6))
    >>> [every_second_saturday.is_working(date(2026, 5, day)) for day in (2, 9, 16, 23)]
    [False, True, False, True]
    """

    __slots__ = ()

    def __new__(cls, working_weekdays=MONDAY_TO_FRIDAY, days_off=(), second_week=None, make_up_days=()):  # noqa: D102
        first = frozenset(working_weekdays)
        second = first if second_week is None else frozenset(second_week)
        if not first | second:
            first = second = MONDAY_TO_FRIDAY
        # One of two weeks may have no working day.
        weekday_set(first | second)
        return super().__new__(cls, first, frozenset(days_off), second, frozenset(make_up_days))

    @classmethod
    def _make(cls, iterable):
        return cls(*iterable)

    def is_working(self, day: date) -> bool:
        """Tell whether we work on that date; TypeError if it is a moment, not a date."""
        _refuse_moment(day)
        weekdays = self.second_week if week_of(day) else self.working_weekdays
        return (day.weekday() in weekdays or day in self.make_up_days) and day not in self.days_off


def week_of(day: date) -> int:
    """Return in which week of a schedule of two weeks a date lies: 0 in the first, 1 in the second.

    Weeks are counted through from the year 1, as ``resource.calendar`` does, so that the two always take turns.

    >>> week_of(date(2026, 12, 28)), week_of(date(2027, 1, 3)), week_of(date(2027, 1, 4))
    (1, 1, 0)
    """
    return (day.toordinal() - 1) // 7 % 2


def working_weeks(fortnight: Mapping[int, Sequence[tuple[float, float]]]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the working weekdays (Monday is 0) of the two weeks of a schedule.

    A day is working when work begins on it. The rest of a night shift that began the evening before, over by noon,
    makes none: a shift from Friday 22:00 to Saturday 6:00 makes no working Saturday.

    :param fortnight: spans of working hours by day: 0 to 6 in the first week, 7 to 13 in the second; without any of
        these both weeks are the same

    >>> nights = {4: [(22.0, 24.0)], 5: [(0.0, 6.0)], 11: [(22.0, 24.0)], 12: [(0.0, 6.0), (8.0, 12.0)]}
    >>> working_weeks(nights)
    (frozenset({4}), frozenset({4, 5}))
    """
    if max(fortnight, default=0) < 7:
        fortnight = {day + week: spans for day, spans in fortnight.items() for week in (0, 7)}
    weeks = set(), set()
    for day, spans in fortnight.items():
        before = fortnight.get((day - 1) % 14, ())
        goes_on = any(end >= 24 - _MINUTE for _begin, end in before)
        if any(end > begin and not (goes_on and begin < _MINUTE and end <= 12) for begin, end in spans):
            weeks[day // 7].add(day % 7)
    return frozenset(weeks[0]), frozenset(weeks[1])


class _BothWorking(dict):
    """Answers by date, each worked out when first asked for."""

    def __init__(self, company_calendar: CompanyCalendar, country: CountryCalendar):
        super().__init__()
        self._company = company_calendar
        self._country = country

    def __missing__(self, day: date) -> bool:
        answer = self[day] = self._company.is_working(day) and self._country.is_working(day)
        return answer


@lru_cache(maxsize=512)
def country_calendar(country_code: str | None) -> CountryCalendar:
    """Return the calendar of a country by its ISO 3166 code of two letters, in either case; it is kept.

    No code, or one the library does not know, gives a Saturday and Sunday weekend without holidays.

    >>> country_calendar("SA").is_working(date(2026, 11, 1))  # a Sunday
    True
    >>> country_calendar(None).is_working(date(2026, 11, 1))
    False
    """
    return CountryCalendar(country_code.upper() if country_code else None)


@lru_cache(maxsize=256)
def both_working(company_calendar: CompanyCalendar, country_code: str | None) -> Callable[[date], bool]:
    """Return the test for days that are working days for us and in the customer's country.

    Made for :func:`.windows.place`: it remembers its answers, and equal arguments give the very same function, so that
    it can be part of a cache key.

    >>> shared = both_working(CompanyCalendar(), "SA")
    >>> [shared(date(2026, 11, day)) for day in (1, 5, 6)]  # a Sunday, a Thursday, a Friday
    [False, True, False]
    """
    return _BothWorking(company_calendar, country_calendar(country_code)).__getitem__


class PublicDays(NamedTuple):
    """The public holidays of a year, with their names, and the weekend days that are worked in exchange."""

    holidays: Mapping[date, str]
    make_up_days: tuple[date, ...]


def public_days(country_code: str | None, year: int, lang: str | None = None) -> PublicDays:
    """Return what a company of a country takes into its working schedule for a year; nothing for an unknown country.

    Make-up days are as far as the library knows them: China announces those of a year in the autumn before.

    >>> china = public_days("CN", 2026)
    >>> china.holidays[date(2026, 10, 7)], [str(day) for day in china.make_up_days][-2:]
    ('Day off (substituted from 10/10/2026)', ['2026-09-20', '2026-10-10'])
    >>> public_days(None, 2026)
    PublicDays(holidays={}, make_up_days=())
    """
    code = country_calendar(country_code).code
    if not code:
        return PublicDays({}, ())
    library = _library_year(code, year, lang)
    worked = sorted(day for day in library.weekend_workdays if day.year == year and library.is_working_day(day))
    return PublicDays({day: name for day, name in sorted(library.items()) if day.year == year}, tuple(worked))


def _is_known(country_code: str) -> bool:
    # The library also has longer names (classes, stock exchanges) and an exchange called B3.
    return bool(re.fullmatch("[A-Z]{2}", country_code)) and hasattr(holidays, country_code)


def _library_year(country_code: str, year: int, lang: str | None = None) -> holidays.HolidayBase:
    entity = getattr(holidays, country_code)
    wanted = (lang, (lang or "").split("_")[0], "en_US")
    # Always name a language: left to itself the library follows the server's locale.
    language = next((name for name in wanted if name in entity.supported_languages), entity.default_language)
    return holidays.country_holidays(
        country_code, years=year, expand=False, language=language, categories=holidays.PUBLIC
    )


def _refuse_moment(day: date):
    if isinstance(day, datetime):
        # A moment is another day in another time zone: the caller has to say which.
        raise TypeError("a calendar is asked for a date, not for a moment")
