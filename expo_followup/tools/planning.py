"""Which follow-ups a plan asks for, from plain facts: no database, no clock.

What must happen is derived, never remembered: the same facts always give the same follow-ups.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .windows import ALL_WEEKDAYS, Window, window_after

ANCHORS = (
    "show_begin", "show_end", "captured", "assigned", "sample_agreed", "sample_received", "ordered", "unpaid", "paid",
    "horizon", "purchase_plan",
)  # fmt: skip
# What is counted from these happens once after the exhibition: later it gives way to what was done meanwhile.
SHOW_ANCHORS = ("show_begin", "show_end", "captured")
# A personal follow-up that is planned late comes so many days after the letter that is planned with it.
DAYS_AFTER_LETTER = 3


class Step(NamedTuple):
    """A step of a follow-up plan (design: the default plan). Empty values mean *all* or *any*.

    ``or_ordered``: also for customers of other tiers who have ordered; ``reply``: for customers who have replied
    (``answered``), or not yet (``not_answered``); ``since``: windows that ended before that day ask for nothing.
    """

    id: int
    tiers: frozenset = frozenset()
    role: str = ""
    payment: str = ""
    anchor: str = "show_end"
    offset_days: int = 1
    window_days: int = 7
    weekdays: frozenset = ALL_WEEKDAYS
    repeat_days: int = 0
    alternative: str = ""
    is_letter: bool = False
    is_visit: bool = False
    or_ordered: bool = False
    reply: str = ""
    since: date | None = None

    @property
    def is_of_order(self) -> bool:
        """Whether it follows an order: it is asked until the order is paid or delivered, however the show ended."""
        return self.payment in ("ordered", "unpaid", "paid")

    @property
    def is_once_after_show(self) -> bool:
        """Whether it is counted from the exhibition itself and done once."""
        return self.anchor in SHOW_ANCHORS and not self.repeat_days


class Finished(NamedTuple):
    """How often a step was done or skipped for a customer, when last, and which rounds."""

    rounds: int
    last_on: date
    numbers: frozenset = frozenset()


class Facts(NamedTuple):
    """What the plan needs to know of one customer at one show.

    An anchor is a date, None while it has not come, or the dates of several such events: each has a round of its own.
    """

    tier: int | None
    role: str
    paid: bool
    delivered: bool
    anchors: Mapping[str, date | Sequence[date] | None]
    finished: Mapping[int, Finished] = {}
    ordered: bool = False
    replied: bool = False


def applies(step: Step, facts: Facts) -> bool:
    """Tell whether a step concerns a customer: by tier, role, order, payment, delivery and reply.

    >>> facts = Facts(tier=1, role="visitor", paid=False, delivered=False, anchors={})
    >>> applies(Step(id=1, tiers=frozenset({1, 2}), payment="not_paid"), facts)
    True
    >>> applies(Step(id=1, role="exhibitor"), facts)
    False
    """
    if step.tiers and facts.tier not in step.tiers and not (step.or_ordered and facts.ordered):
        return False
    if step.role and step.role != facts.role:
        return False
    unpaid = facts.ordered and not facts.paid
    payment = {"paid": facts.paid, "not_paid": not facts.paid, "ordered": facts.ordered, "unpaid": unpaid}
    if not payment.get(step.payment, True) or (step.reply and (step.reply == "answered") != facts.replied):
        return False
    # What is repeated follows the goods until they arrive, or asks for the payment until it is there.
    return not (step.repeat_days and facts.delivered and step.payment != "unpaid")


def wanted(steps: Sequence[Step], facts: Facts) -> Iterator[tuple[Step, int, Window]]:
    """Yield the follow-ups that the plan asks for now: step, round (1 for the first) and window.

    A step that is done is not asked again, but for a repeating one, whose next round starts its number of
    days after the last. Of the alternatives of a group the first that applies is asked, and none once one
    of them is done. Where an anchor has several dates, each is a round: a second sample is asked about as well, and all
    purchases that the customer plans are planned for, each by its day.

    >>> call = Step(id=7, offset_days=1, window_days=3)
    >>> facts = Facts(1, "visitor", False, False, {"show_end": date(2026, 4, 20)})
    >>> [(step.id, number, str(window.last)) for step, number, window in wanted([call], facts)]
    [(7, 1, '2026-04-23')]
    """
    done_in_group = {}
    for step in steps:
        if step.alternative and step.id in facts.finished:
            last_on = facts.finished[step.id].last_on
            done_in_group[step.alternative] = max(last_on, done_in_group.get(step.alternative, last_on))
    asked = set()
    for step in steps:
        if step.alternative in asked or not applies(step, facts):
            continue
        finished = facts.finished.get(step.id)
        last_on = done_in_group.get(step.alternative, finished and finished.last_on)
        if step.alternative and last_on and not step.repeat_days:
            continue
        if step.alternative:
            asked.add(step.alternative)
        if step.anchor == "purchase_plan":
            yield from _wanted_on_each(step, facts.anchors.get(step.anchor) or (), finished)
            continue
        rounds = finished.rounds if finished else 0
        if step.repeat_days and last_on:
            yield step, rounds + 1, _next_round(step, last_on, facts.anchors.get(step.anchor))
            continue
        anchor = _anchor_of_round(facts.anchors.get(step.anchor), rounds)
        if anchor:
            yield step, rounds + 1, window_after(anchor, step.offset_days, step.window_days, step.weekdays)


def _wanted_on_each(step, days, finished):
    """Yield what a step asks for around each of several days; the round is the day, whichever others come and go.

    >>> call = Step(id=7, anchor="purchase_plan", offset_days=-30, window_days=7)
    >>> spring, autumn = date(2026, 4, 20), date(2026, 10, 5)
    >>> done = Finished(1, date(2026, 3, 23), frozenset({spring.toordinal()}))
    >>> [str(window.start) for _step, _round, window in _wanted_on_each(call, [spring, autumn], None)]
    ['2026-03-21', '2026-09-05']
    >>> [str(window.start) for _step, _round, window in _wanted_on_each(call, [spring, autumn], done)]
    ['2026-09-05']
    """
    for day in days:
        if not (finished and day.toordinal() in finished.numbers):
            yield step, day.toordinal(), window_after(day, step.offset_days, step.window_days, step.weekdays)


def _next_round(step, last_on, anchor):
    """Return the window of the next round of a repeated step: later where what it follows has begun anew since."""
    start = last_on + timedelta(days=step.repeat_days)
    if isinstance(anchor, date) and anchor > last_on:
        start = max(start, anchor + timedelta(days=step.offset_days))
    return window_after(start, 0, step.window_days, step.weekdays)


def is_overtaken(step: Step, window: Window, today: date, last_personal_on: date | None) -> bool:
    """Tell whether it is too late to begin with a step: its days are over, and we have spoken with the customer since.

    So it is for what is counted from the show: who is judged anew a month later is not called "at once" any more. What
    is counted from a sample or a payment still has to be asked. A last proposal long after the end is none, a purchase
    that was planned for a day long past is no reason to call, and a step that was added later asks for nothing
    backwards.

    >>> call = Step(id=7, offset_days=1, window_days=7)
    >>> window = window_after(date(2026, 4, 20), 1, 7)
    >>> is_overtaken(call, window, date(2026, 5, 5), date(2026, 4, 24))
    True
    >>> is_overtaken(call, window, date(2026, 5, 5), None)
    False
    """
    if step.since and window.last < step.since:
        return True
    if step.anchor in ("horizon", "purchase_plan"):
        return window.last < today
    if not step.is_once_after_show or step.is_letter or last_personal_on is None:
        return False
    return window.last < today and last_personal_on >= window.start


def gives_way(step: Step, window: Window, today: date, others: Sequence[Step]) -> bool:
    """Tell whether a step that is planned after its days gives way to another one: of what is late one letter, one
    personal follow-up and the visit remain (rules.md §4: an exhibition that is closed late).

    :param others: the steps that are asked of the same customer before this one, or were done

    >>> letter, product = Step(id=1, is_letter=True), Step(id=2, is_letter=True, offset_days=7)
    >>> window = window_after(date(2026, 4, 20), 7, 15)
    >>> gives_way(product, window, date(2026, 5, 20), [letter])
    True
    >>> gives_way(product, window, date(2026, 5, 2), [letter])
    False
    """
    if not step.is_once_after_show or window.last >= today:
        return False
    kind = (step.is_letter, step.is_visit)
    return any(other.is_once_after_show and (other.is_letter, other.is_visit) == kind for other in others)


def _anchor_of_round(anchor, rounds):
    """Return the date that the next round is counted from, after so many; None when there is none.

    >>> _anchor_of_round(date(2026, 4, 20), 0), _anchor_of_round(date(2026, 4, 20), 1)
    (datetime.date(2026, 4, 20), None)
    >>> _anchor_of_round([date(2026, 4, 20), date(2026, 5, 4)], 1)
    datetime.date(2026, 5, 4)
    """
    dates = [anchor] if isinstance(anchor, date) else anchor or ()
    return dates[rounds] if rounds < len(dates) else None
