"""To which day a salesperson postpones a follow-up (rules.md §4: windows).

Pure: dates, calendars and "today" come in.
"""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .response import next_working_day
from .windows import IN_WINDOW, LATE, Placement

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What the buttons offer, in their order.
OFFERED = ("tomorrow", "tuesday", "in_a_week")
CHOICES = ("today", "tomorrow", "in_a_week", "later", *WEEKDAYS)
# Days ahead; "later" is past the next seven days.
_DAYS_AHEAD = {"today": 0, "tomorrow": 1, "in_a_week": 7, "later": 8}
# A later day that a user chooses is a typing error.
_LATEST = relativedelta(years=2)
# The next Tuesday is not tomorrow: that has a choice of its own.
_EARLIEST_WEEKDAY = 2


def get_postponed_day(choice: str, today: date, is_working: Callable[[date], bool]) -> date:
    """Return the day that a choice stands for: the next working day from the one that it names.

    :param choice: one of :data:`CHOICES`; a weekday is the next one after tomorrow
    :param is_working: tells whether a date is a working day for us and for the customer

    Raises ValueError for another choice.

    >>> def monday_to_friday(day):
    ...     return day.weekday() < 5
    >>> friday, monday = date(2026, 4, 24), date(2026, 4, 27)
    >>> print(get_postponed_day("tomorrow", friday, monday_to_friday))
    2026-04-27
    >>> print(get_postponed_day("tuesday", friday, monday_to_friday))
    2026-04-28
    >>> print(get_postponed_day("tuesday", monday, monday_to_friday))
    2026-05-05
    """
    if choice in WEEKDAYS:
        first = today + timedelta(days=_EARLIEST_WEEKDAY)
        day = first + timedelta(days=(WEEKDAYS.index(choice) - first.weekday()) % 7)
    elif choice in _DAYS_AHEAD:
        day = today + timedelta(days=_DAYS_AHEAD[choice])
    else:
        raise ValueError(f"a follow-up is postponed to one of {CHOICES}, not {choice!r}")
    return next_working_day(day, is_working)


def get_latest_day(today: date) -> date:
    """Return the last day that a user may choose for a follow-up.

    >>> print(get_latest_day(date(2028, 2, 29)))
    2030-02-28
    """
    return today + _LATEST


def place_chosen(day: date, last: date) -> Placement:
    """Return where a follow-up stands whose day a user chose: late past the last day of its window.

    >>> place_chosen(date(2026, 4, 28), date(2026, 5, 1)).flag
    ''
    >>> place_chosen(date(2026, 5, 4), date(2026, 5, 1))
    Placement(day=datetime.date(2026, 5, 4), deadline=datetime.date(2026, 5, 4), flag='late')
    """
    return Placement(day, max(day, last), LATE if day > last else IN_WINDOW)
