"""When a follow-up step falls due (design: rules of time; rules.md §4 for the usual windows).

A step opens a *window* counted from its anchor, for instance the 7th to the 21st day after the show, Tuesday to
Thursday. :func:`window_after` counts it and :func:`place` picks the day in it. Everything here is made of dates: no
time zone, no hour and no "today" but the one the caller passes.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

ALL_WEEKDAYS = frozenset(range(7))  # as date.weekday() counts: Monday is 0

IN_WINDOW = ""
MOVED = "moved"
LATE = "late"
ABROAD = "abroad"

# Longer than any run of days off that a company or a country has: past it, a calendar has no working day at all.
SEARCH_DAYS = 366

# Days between an automatic letter and one of a person to the same customer.
LETTERS_APART = 2

_ONE_DAY = timedelta(days=1)


class NoWorkingDay(ValueError):
    """The calendar has no working day within :data:`SEARCH_DAYS` days after the window."""


class _Window(NamedTuple):
    start: date
    last: date
    weekdays: frozenset[int]


class Window(_Window):
    """The days on which a step may fall: ``start`` to ``last``, both included, on ``weekdays`` (Monday is 0).

    Raises ValueError if it ends before it starts or allows no weekday, TypeError if an end is a moment, not a date.

    >>> Window(date(2026, 5, 6), date(2026, 5, 12), {1, 2, 3}).weekdays
    frozenset({1, 2, 3})
    >>> Window(date(2026, 5, 6), date(2026, 5, 5))
    Traceback (most recent call last):
    ValueError: the window ends on 2026-05-05, before it starts on 2026-05-06
    """

    __slots__ = ()

    def __new__(cls, start: date, last: date, weekdays: Iterable[int] = ALL_WEEKDAYS):  # noqa: D102 - said by the class
        if isinstance(start, datetime) or isinstance(last, datetime):
            # A moment is another day in another time zone: the caller has to say which.
            raise TypeError("a window is made of dates, not of moments")
        if last < start:
            raise ValueError(f"the window ends on {last}, before it starts on {start}")
        return super().__new__(cls, start, last, weekday_set(weekdays))

    @classmethod
    def _make(cls, iterable):
        # The inherited one, which _replace uses, would slip past the checks.
        return cls(*iterable)


class Placement(NamedTuple):
    """Where a step falls: its ``day``, the ``deadline`` it may slip to, and a ``flag``.

    ``flag`` is empty on an allowed weekday within the window, :data:`MOVED` on another weekday within it,
    :data:`LATE` after it, and :data:`ABROAD` on a day off of the customer's country (:func:`place_letter`).
    """

    day: date
    deadline: date
    flag: str


def weekday_set(weekdays: Iterable[int]) -> frozenset[int]:
    """Return the weekdays (Monday is 0, Sunday 6) as a set; ValueError if there is none or one is no weekday.

    >>> weekday_set(["0", "1"])
    Traceback (most recent call last):
    ValueError: weekdays are the numbers 0 (Monday) to 6 (Sunday), not ['0', '1']
    """
    chosen = frozenset(weekdays)
    if not chosen:
        raise ValueError("at least one weekday must be allowed")
    if not chosen <= ALL_WEEKDAYS:
        raise ValueError(f"weekdays are the numbers 0 (Monday) to 6 (Sunday), not {sorted(chosen, key=str)}")
    return chosen


def window_after(anchor: date, offset_days: int, window_days: int, weekdays: Iterable[int] = ALL_WEEKDAYS) -> Window:
    """Return the window of ``window_days`` days that opens ``offset_days`` days after the anchor.

    Both ends are included: the first week after a show is offset 1, length 7. Offset 0 is the anchor itself, a negative
    one lies before it (rules.md §4: the media report appears before the show ends).
    Raises ValueError for a window of less than one day.

    >>> first_week = window_after(date(2026, 5, 5), 1, 7)
    >>> print(first_week.start, first_week.last)
    2026-05-06 2026-05-12
    """
    if window_days < 1:
        raise ValueError(f"a window lasts at least one day, not {window_days}")
    start = anchor + timedelta(days=offset_days)
    return Window(start, start + timedelta(days=window_days - 1), weekdays)


def place(window: Window, is_working: Callable[[date], bool], as_of: date | None = None) -> Placement:
    """Return the day on which the step of this window falls (design: rules of time).

    ``is_working`` tells whether a date is a working day for us and for the customer; ``as_of`` is today where the step
    is still to be done, so that nothing is placed in the past. The day is the first that

    1. is allowed and working, from ``max(window.start, as_of)`` to ``window.last``;
    2. else is working, over the same days: :data:`MOVED`;
    3. else is working, after the window and not before ``as_of``: :data:`LATE`.

    The deadline is the last allowed working day of the window from that day on; the day itself if there is none.

    Three properties hold for one calendar. *Monotone*: a later anchor, or a later ``as_of``, never gives an earlier
    day or deadline. *Stable*: ``place(w, f, a)`` stays the same for every later ``as_of`` up to the day it gave, so
    syncing again until then changes nothing. *Never early*: not before the window, nor before ``as_of``.

    Raises NoWorkingDay (a ValueError) if no working day comes within :data:`SEARCH_DAYS` days after the window.

    >>> def monday_to_friday(day):
    ...     return day.weekday() < 5
    >>> place(window_after(date(2026, 5, 5), 7, 15, {1, 2, 3}), monday_to_friday)
    Placement(day=datetime.date(2026, 5, 12), deadline=datetime.date(2026, 5, 26), flag='')
    >>> place(window_after(date(2026, 5, 5), 1, 2, {0}), monday_to_friday)
    Placement(day=datetime.date(2026, 5, 6), deadline=datetime.date(2026, 5, 6), flag='moved')
    >>> place(window_after(date(2026, 5, 8), 1, 2), monday_to_friday)
    Placement(day=datetime.date(2026, 5, 11), deadline=datetime.date(2026, 5, 11), flag='late')
    """
    start, last, weekdays = window
    day = start if as_of is None or as_of <= start else as_of
    moved = None
    while day <= last:
        if day.weekday() in weekdays:
            if is_working(day):
                return Placement(day, _last_chance(day, last, weekdays, is_working), IN_WINDOW)
        elif moved is None and is_working(day):
            moved = day
        day += _ONE_DAY
    if moved is not None:
        return Placement(moved, moved, MOVED)
    for _step in range(SEARCH_DAYS):  # the loop above left the first day past the window, or as_of if that is later
        if is_working(day):
            return Placement(day, day, LATE)
        day += _ONE_DAY
    raise NoWorkingDay(f"no working day within {SEARCH_DAYS} days after the window {start} to {last}")


def letter_days(
    window: Window, suits_both: Callable[[date], bool], suits_us: Callable[[date], bool], as_of: date | None = None
) -> Callable[[date], bool]:
    """Return the test for days on which a letter may leave: :func:`place` and :func:`.cadence.place_with_room` take it.

    A letter can wait in the customer's office until their holiday is over; what comes after its window comes late. If
    no day of the window suits both from ``as_of`` on, a working day of ours inside it is taken. Days off of ours never
    are.

    >>> window = window_after(date(2026, 9, 30), 1, 7)  # the week of China's national day
    >>> def all_days(day):
    ...     return True
    >>> place(window, letter_days(window, lambda day: day.day >= 8, all_days)).day
    datetime.date(2026, 10, 1)
    >>> place(window, letter_days(window, lambda day: day.day >= 6, all_days)).day
    datetime.date(2026, 10, 6)
    """
    day = window.start if as_of is None else max(window.start, as_of)
    while day <= window.last:
        if suits_both(day):
            return suits_both
        day += _ONE_DAY
    return lambda day: suits_both(day) or (window.start <= day <= window.last and suits_us(day))


def place_letter(
    window: Window, calendars: tuple, may_leave: Callable[[date], bool], as_of: date | None = None
) -> Placement:
    """Place a letter as :func:`place` does, and say where it is the customer's day off: :data:`ABROAD`.

    :param calendars: the tests for days that suit both, and that suit us
    :param may_leave: the test that :func:`letter_days` returns, or a stricter one

    >>> window = window_after(date(2026, 9, 30), 1, 7)
    >>> place_letter(window, (lambda day: day.day >= 8, lambda day: True), lambda day: True).flag
    'abroad'
    """
    placement = place(window, may_leave, as_of)
    suits_both, suits_us = calendars
    is_abroad = suits_us(placement.day) and not suits_both(placement.day)
    return placement._replace(flag=ABROAD) if is_abroad else placement


def keeps_letters_apart(day: date, is_automatic: bool, letters: Iterable[tuple[date, bool]]) -> bool:
    """Tell whether a letter on ``day`` is two days from each letter of the other kind: automatic, or of a person.

    :param letters: the customer's other letters: their days, and whether they leave automatically

    >>> monday = date(2026, 4, 20)
    >>> [keeps_letters_apart(monday + timedelta(days=n), True, [(monday, False)]) for n in (0, 1, 2)]
    [False, False, True]
    >>> keeps_letters_apart(monday, True, [(monday, True)])
    True
    """
    return all(is_automatic == other or abs((day - on).days) >= LETTERS_APART for on, other in letters)


def _last_chance(day: date, last: date, weekdays: frozenset[int], is_working: Callable[[date], bool]) -> date:
    while last > day and not (last.weekday() in weekdays and is_working(last)):
        last -= _ONE_DAY
    return last


def parse_weekdays(text: str | None) -> frozenset[int]:
    """Read the weekdays a plan step stores: ISO digits, Monday is 1, each at most once; empty means all.

    Raises ValueError on anything else. :func:`format_weekdays` is the way back.

    >>> sorted(parse_weekdays("234"))
    [1, 2, 3]
    >>> parse_weekdays("") == ALL_WEEKDAYS
    True
    >>> parse_weekdays("Tue")
    Traceback (most recent call last):
    ValueError: weekdays are digits from 1 (Monday) to 7 (Sunday), each at most once, such as 234: not 'Tue'
    """
    if text == "" or text is None or text is False:  # Odoo reads an empty field as False
        return ALL_WEEKDAYS
    if not isinstance(text, str) or not set(text) <= set("1234567") or len(set(text)) < len(text):
        raise ValueError(
            f"weekdays are digits from 1 (Monday) to 7 (Sunday), each at most once, such as 234: not {text!r}"
        )
    return frozenset(int(digit) - 1 for digit in text)


def format_weekdays(weekdays: Iterable[int]) -> str:
    """Write weekdays (Monday is 0) as a plan step stores them; all seven are the empty text.

    >>> format_weekdays({3, 1, 2})
    '234'
    >>> format_weekdays(ALL_WEEKDAYS)
    ''
    """
    chosen = weekday_set(weekdays)
    return "" if chosen == ALL_WEEKDAYS else "".join(str(day + 1) for day in sorted(chosen))
