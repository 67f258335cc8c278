"""Which follow-ups a plan asks for, from plain facts: no database, no clock.

What must happen is derived, never remembered: the same facts always give the same follow-ups.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .windows import ALL_WEEKDAYS, Window, window_after

ANCHORS = ("show_begin", "show_end", "captured", "assigned", "sample_agreed", "sample_received", "paid", "horizon")


class Step(NamedTuple):
    """A step of a follow-up plan (design: the default plan). Empty values mean *all* or *any*."""

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


class Finished(NamedTuple):
    """How often a step was done or skipped for a customer, and when last."""

    rounds: int
    last_on: date


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


def applies(step: Step, facts: Facts) -> bool:
    """Tell whether a step concerns a customer: by tier, role, payment and delivery.

    >>> facts = Facts(tier=1, role="visitor", paid=False, delivered=False, anchors={})
    >>> applies(Step(id=1, tiers=frozenset({1, 2}), payment="not_paid"), facts)
    True
    >>> applies(Step(id=1, role="exhibitor"), facts)
    False
    """
    if step.tiers and facts.tier not in step.tiers:
        return False
    if step.role and step.role != facts.role:
        return False
    if step.payment and (step.payment == "paid") != facts.paid:
        return False
    return not (step.repeat_days and facts.delivered)


def wanted(steps: Sequence[Step], facts: Facts) -> Iterator[tuple[Step, int, Window]]:
    """Yield the follow-ups that the plan asks for now: step, round (1 for the first) and window.

    A step that is done is not asked again, but for a repeating one, whose next round starts its number of
    days after the last. Of the alternatives of a group the first that applies is asked, and none once one
    of them is done. Where an anchor has several dates, each is a round: a second sample is asked about as well.

    >>> call = Step(id=7, offset_days=1, window_days=3)
    >>> facts = Facts(1, "visitor", False, False, {"show_end": date(2026, 4, 20)})
    >>> [(step.id, number, str(window.last)) for step, number, window in wanted([call], facts)]
    [(7, 1, '2026-04-23')]
    """
    closed = {step.alternative for step in steps if step.alternative and step.id in facts.finished}
    for step in steps:
        finished = facts.finished.get(step.id)
        rounds = finished.rounds if finished else 0
        anchor = _anchor_of_round(facts.anchors.get(step.anchor), rounds)
        if finished and not step.repeat_days and not anchor:
            continue
        if (step.alternative and step.alternative in closed) or not applies(step, facts):
            continue
        if step.alternative:
            closed.add(step.alternative)
        if finished and step.repeat_days:
            start = finished.last_on + timedelta(days=step.repeat_days)
            yield step, rounds + 1, window_after(start, 0, step.window_days, step.weekdays)
        elif anchor:
            yield step, rounds + 1, window_after(anchor, step.offset_days, step.window_days, step.weekdays)


def is_overtaken(step: Step, window: Window, today: date, last_personal_on: date | None) -> bool:
    """Tell whether it is too late to begin with a step: its days are over, and we have spoken with the customer since.

    So it is for what is counted from the show: who is judged anew a month later is not called "at once" any more. What
    is counted from a sample or a payment still has to be asked. A last proposal long after the end is none.

    >>> call = Step(id=7, offset_days=1, window_days=7)
    >>> window = window_after(date(2026, 4, 20), 1, 7)
    >>> is_overtaken(call, window, date(2026, 5, 5), date(2026, 4, 24))
    True
    >>> is_overtaken(call, window, date(2026, 5, 5), None)
    False
    """
    if step.anchor == "horizon":
        return window.last < today
    counted_from_show = step.anchor in ("show_begin", "show_end", "captured") and not step.repeat_days
    if not counted_from_show or step.is_letter or last_personal_on is None:
        return False
    return window.last < today and last_personal_on >= window.start


def _anchor_of_round(anchor, rounds):
    """Return the date that the next round is counted from, after so many; None when there is none.

    >>> _anchor_of_round(date(2026, 4, 20), 0), _anchor_of_round(date(2026, 4, 20), 1)
    (datetime.date(2026, 4, 20), None)
    >>> _anchor_of_round([date(2026, 4, 20), date(2026, 5, 4)], 1)
    datetime.date(2026, 5, 4)
    """
    dates = [anchor] if isinstance(anchor, date) else anchor or ()
    return dates[rounds] if rounds < len(dates) else None
