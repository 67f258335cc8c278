"""When to follow up a customer again, and how often at most (rules.md §4: cadence).

New contacts are contacted on the day they were met and 3, 7 and 15 days after the last time. Later, and customers with
turnover at once, by ABC class: A every week, B twice a month, C once a month. Any follow-up starts the count anew.
Everything here is made of dates: no database, no time zone, no "today" but the one the caller passes.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .windows import LATE, Placement, Window, place

MEMORY = "memory"
CADENCE = "cadence"
# The occasion of the follow-up on the day of the meeting.
MEETING = "meeting"
# A follow-up more than that long before another has nothing to do with it: the limit is one per week.
WEEK = 7
_ONE_DAY = timedelta(days=1)
# Days off in a row after which any day will do.
LONGEST_REST = 60


class Rhythm(NamedTuple):
    """A company's settings: days between follow-ups. No initial cadence: empty; no follow-up for a class: 0 or
    missing. ``same_day``: new contacts are contacted on the day on which they were met.
    """

    memory: tuple[int, ...] = (3, 7, 15)
    by_class: Mapping[str, int] = {"a": 7, "b": 14, "c": 30}
    same_day: bool = False


class History(NamedTuple):
    """What happened with a customer so far.

    ``last_on`` is the day of the last follow-up of their company, letters and what was left out included, None
    without any;
    ``touches`` how often they were spoken or written to in person, further tries of the first week not counted;
    ``abc_class`` is "" without turnover; ``first_on`` is the day of the first follow-up in person; ``is_unreached``
    tells that the last one was not answered; ``met_on`` is the day of the meeting where it is to be followed up on the
    same day; ``started_on`` the first day of the cadence by class for a customer who was not in it before.
    """

    last_on: date | None
    touches: int
    abc_class: str = ""
    first_on: date | None = None
    is_unreached: bool = False
    met_on: date | None = None
    started_on: date | None = None


class Wish(NamedTuple):
    """The next follow-up that the contact cadence asks for: ``origin``, the day it is counted from, and after how
    many days; ``spare`` is given for another try to reach the customer, the days that it may slip.
    """

    origin: str
    base: date
    gap: int
    spare: int | None = None

    @property
    def due(self) -> date:
        """The day on which that many days have passed."""
        return self.base + timedelta(days=self.gap)

    @property
    def slack(self) -> int:
        """Days that the follow-up may slip: a third of the gap on the initial cadence; *at least once a week* leaves
        none.
        """
        if self.spare is not None:
            return self.spare
        return self.gap // 3 if self.origin == MEMORY else 0

    @property
    def is_retry(self) -> bool:
        """Whether it is another try to reach a customer who did not answer: letters do not replace it."""
        return self.spare is not None


class Relation(NamedTuple):
    """How the company of a customer stands with us, for whether the contact cadence serves it.

    :param outcomes: of its entries, that of the latest exhibition last; empty for a customer never met
    :param is_followed: an open entry belongs to an exhibition in follow-up, and its tier expects an answer
    :param is_started: the customer is in the cadence by class
    :param is_left_out: a user decided that the class does not matter
    """

    outcomes: tuple[str, ...] = ()
    is_followed: bool = False
    abc_class: str = ""
    is_active: bool = True
    is_silent: bool = False
    has_salesperson: bool = True
    is_started: bool = True
    is_left_out: bool = False


def get_idle_reason(rhythm: Rhythm, relation: Relation) -> str:
    """Return why the contact cadence asks for nothing, "" when it serves the customer (rules.md §4: cadence).

    Open customers of an exhibition in follow-up are served, and all with turnover: an order ends the work for the
    order, not the care. A refusal, an opt-out or an archived customer ends both.

    >>> get_idle_reason(Rhythm(), Relation(("won",), abc_class="a"))
    ''
    >>> get_idle_reason(Rhythm(), Relation(("won", "lost"), abc_class="a"))
    'lost'
    >>> get_idle_reason(Rhythm(), Relation(("won",)))
    'no_turnover'
    """
    if not relation.is_active:
        return "archived"
    if relation.is_silent:
        return "opted_out"
    if not relation.has_salesperson:
        return "no_salesperson"
    gap = rhythm.by_class.get(relation.abc_class or "c", 0)
    if relation.is_followed:
        return "" if gap or (rhythm.memory and not relation.abc_class) else "no_cadence"
    if relation.outcomes and relation.outcomes[-1] == "lost" and "open" not in relation.outcomes:
        return "lost"
    if not relation.abc_class:
        return "not_followed" if "open" in relation.outcomes else "no_turnover"
    if not gap:
        return "no_cadence"
    if relation.is_left_out:
        return "left_out"
    return "" if relation.is_started else "not_started"


def parse_days(text: str | None) -> tuple[int, ...]:
    """Read the days of an initial cadence as a company sets them: ``3, 7, 15``; empty is none.

    A first 0 is the day of the meeting. Raises ValueError for what is no such list.

    >>> parse_days("0, 3, 7")
    (0, 3, 7)

    >>> parse_days("3, 7,15")
    (3, 7, 15)
    >>> parse_days(False)
    ()
    >>> parse_days("3, soon")
    Traceback (most recent call last):
    ValueError: days are positive numbers with commas between them, such as 3, 7, 15: not '3, soon'
    """
    if not text or not text.strip():
        return ()
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    first = 1 if parts[0] == "0" else 0
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 366 for part in parts[first:]):
        raise ValueError(f"days are positive numbers with commas between them, such as 3, 7, 15: not {text!r}")
    return tuple(map(int, parts))


def next_touch(rhythm: Rhythm, history: History) -> Wish | None:
    """Return when the contact cadence wants the next follow-up, None when it asks for none.

    A customer with a class follows its cadence. One without turnover follows the initial cadence, then the cadence of
    class C: seldom is not never, since C may become A. Without any follow-up there is nothing to count from but the
    meeting itself: the plan comes first. An unanswered call of the first week is repeated within that week.

    >>> print(next_touch(Rhythm(), History(date(2026, 4, 22), 1)).due)
    2026-04-25
    >>> next_touch(Rhythm(), History(date(2026, 4, 22), 4)).origin
    'cadence'
    >>> next_touch(Rhythm(), History(date(2026, 4, 22), 1, "a")).gap
    7
    """
    if history.last_on is None and not history.started_on:
        is_new = history.met_on and rhythm.same_day and not history.abc_class
        return Wish(MEMORY, history.met_on, 0) if is_new else None
    if history.last_on and (retry := _next_try(history)):
        return retry
    turn = max(history.touches, 1) - 1
    if history.last_on and not history.abc_class and turn < len(rhythm.memory):
        return Wish(MEMORY, history.last_on, rhythm.memory[turn])
    gap = rhythm.by_class.get(history.abc_class or "c", 0)
    if not gap:
        return None
    # Customers who enter the cadence by class are contacted on their first day in it, not before.
    first = history.started_on and history.started_on - timedelta(days=gap)
    return Wish(CADENCE, max(filter(None, (history.last_on, first))), gap)


def _next_try(history):
    """Return the next try to reach a customer who did not answer in the first week, within that week.

    >>> _next_try(History(date(2026, 4, 22), 1, first_on=date(2026, 4, 21), is_unreached=True))
    Wish(origin='memory', base=datetime.date(2026, 4, 22), gap=1, spare=4)
    >>> _next_try(History(date(2026, 4, 27), 1, first_on=date(2026, 4, 21), is_unreached=True))
    """
    if not (history.is_unreached and history.first_on):
        return None
    left = (history.first_on + timedelta(days=WEEK - 1) - history.last_on).days
    return Wish(MEMORY, history.last_on, 1, left - 1) if left > 0 else None


def is_superseded(wish: Wish, others: Sequence[date], as_of: date | None = None) -> bool:
    """Tell whether one of the other follow-ups that are planned comes in time, so that the contact cadence need not
    ask.

    :param as_of: today where the contact cadence has not asked yet: what is in hand today comes first then

    >>> wish = Wish(MEMORY, date(2026, 4, 22), 7)
    >>> is_superseded(wish, [date(2026, 5, 1)]), is_superseded(wish, [date(2026, 5, 2)])
    (True, False)
    """
    latest = max(wish.due + timedelta(days=wish.slack), as_of or wish.due)
    return any(day <= latest for day in others)


def place_touch(wish: Wish, is_working: Callable[[date], bool], as_of: date, turn: int = 0) -> Placement:
    """Return the day of a follow-up that the contact cadence wants.

    On the initial cadence the first working day when its days have passed. By cadence the last working day before
    that: at least once a week means not on the eighth day. Neither on the day counted from, nor before ``as_of``.

    Customers whose days passed long ago, because the contact cadence has just been switched on or something else was
    awaited, are not all due at once: ``turn``, any number of theirs, spreads them over as many days as their gap has.

    Raises NoWorkingDay as :func:`.windows.place` does.

    >>> def monday_to_friday(day):
    ...     return day.weekday() < 5
    >>> print(place_touch(Wish(MEMORY, date(2026, 4, 22), 3), monday_to_friday, date(2026, 4, 22)).day)
    2026-04-27
    >>> print(place_touch(Wish(CADENCE, date(2026, 4, 18), 7), monday_to_friday, date(2026, 4, 18)).day)
    2026-04-24
    """
    if wish.due < as_of - timedelta(days=WEEK):
        # A follow-up of the day of the meeting has no days to spread over.
        wish = wish._replace(base=as_of + timedelta(days=turn % max(wish.gap, 1) - wish.gap))
    if wish.origin == CADENCE:
        first = max(wish.base + _ONE_DAY, as_of)
        day = wish.due
        while day >= first:
            if is_working(day):
                return Placement(day, day, "")
            day -= _ONE_DAY
    placement = place(Window(wish.due, wish.due + timedelta(days=wish.slack)), is_working, as_of)
    # Slipping past its days is what a contact cadence does when a person is behind: only the plan calls that late.
    return placement._replace(flag="") if placement.flag == LATE else placement


def spread_starts(
    count: int, load: Mapping[date, int], limit: int, is_working: Callable[[date], bool], first: date
) -> list[date]:
    """Return the first days in the cadence of so many customers of one salesperson, in their order.

    :param load: what the salesperson has to do already, by day
    :param limit: how much one day may hold; 0 is no limit
    :param first: the earliest day

    >>> monday = date(2026, 4, 20)
    >>> days = spread_starts(3, {monday: 1}, 2, lambda day: day.weekday() < 5, monday)
    >>> [str(day) for day in days]
    ['2026-04-20', '2026-04-21', '2026-04-21']
    """
    days, day, idle = [], first, 0
    while len(days) < count:
        # A calendar without any working day would keep everybody out for ever.
        is_open = is_working(day) or idle > LONGEST_REST
        idle = 0 if is_open else idle + 1
        room = max(limit - load.get(day, 0), 0) if limit else count
        days += [day] * (min(room, count - len(days)) if is_open else 0)
        day += _ONE_DAY
    return days


def has_room(day: date, days: Sequence[date], limit: int) -> bool:
    """Tell whether one more follow-up on ``day`` leaves at most ``limit`` in any seven days; 0 is no limit.

    :param days: the other follow-ups, in any order

    >>> monday = date(2026, 4, 20)
    >>> has_room(monday, [monday, monday + timedelta(days=6)], 2)
    False
    >>> has_room(monday, [monday, monday + timedelta(days=7)], 2)
    True
    """
    if not limit:
        return True
    near = sorted([day, *(other for other in days if abs((other - day).days) < WEEK)])
    # Every run of limit + 1 follow-ups that this day makes must span more than a week.
    return all((last - first).days >= WEEK for first, last in zip(near, near[limit:], strict=False))


def place_with_room(
    place_on: Callable[[Callable[[date], bool]], Placement],
    is_working: Callable[[date], bool],
    is_free: Callable[[date], bool],
    place_free: Callable[[Callable[[date], bool]], Placement] | None = None,
) -> tuple[Placement, date | None]:
    """Place a follow-up among others: ``(placement, day without the limit)``, the second None where it was free.

    :param place_on: places the follow-up, given the test for days that will do
    :param is_free: tells on which days the customer's other follow-ups leave room (:func:`has_room`)
    :param place_free: places it where its own day is not free: as ``place_on``, from the first day that may be

    Raises NoWorkingDay as :func:`.windows.place` does.
    """
    plain = place_on(is_working)
    if is_free(plain.day):
        return plain, None
    moved = (place_free or place_on)(lambda day: is_working(day) and is_free(day))
    return moved._replace(deadline=max(moved.deadline, plain.deadline)), plain.day
