"""Whether a remedy is within a user's authority (rules.md §5: by company rules, within one's authority).

A limit has three sides: the sum of remedies on one complaint, its share of the goods complained about, and the sum
for one customer within twelve months. All sums are in one currency and hold all remedies proposed and not
refused, for every author: splitting a remedy, or spreading it over complaints, never makes it smaller.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

WINDOW_MONTHS = 12
#: Half a thousandth: less than any currency counts, more than sums of floats are wrong.
TOLERANCE = 0.0005


class Limit(NamedTuple):
    """What a user may approve alone. A ``percent`` of 0 ignores the share; sums of 0 allow nothing."""

    per_complaint: float = 0.0
    percent: float = 0.0
    per_customer: float = 0.0
    is_unlimited: bool = False


class Promised(NamedTuple):
    """The sum of all remedies, the new one included; ``goods`` is the value of the goods of the complaint."""

    complaint: float
    customer: float
    goods: float = 0.0


class Side(NamedTuple):
    """One side of a limit: what all remedies come to, the most that is allowed, and how far that is exceeded."""

    name: str
    total: float
    most: float

    @property
    def excess(self) -> float:
        """Return by how much the limit is exceeded, 0 within it."""
        return max(0.0, self.total - self.most)


def window_start(day: date) -> date:
    """Return the first day whose remedies count together with one proposed on ``day``.

    >>> window_start(date(2026, 4, 20))
    datetime.date(2025, 4, 20)
    >>> window_start(date(2028, 2, 29))
    datetime.date(2027, 2, 28)
    """
    return day - relativedelta(months=WINDOW_MONTHS)


def exceeded(limit: Limit, promised: Promised) -> tuple[str, ...]:
    """Return which sides of a limit a remedy exceeds: ``complaint``, ``share``, ``customer``.

    Goods of unknown worth have no share that could be kept within: a limit that looks at it is exceeded.

    >>> anna = Limit(per_complaint=500, percent=20, per_customer=1000)
    >>> exceeded(anna, Promised(complaint=400, customer=400, goods=2000))
    ()
    >>> exceeded(anna, Promised(complaint=400, customer=1400, goods=1000))
    ('share', 'customer')
    >>> exceeded(Limit(is_unlimited=True), Promised(complaint=10**6, customer=10**6))
    ()
    """
    # Asked this way round, what is no number at all (NaN) exceeds.
    return tuple(side.name for side in compare(limit, promised) if not 0 <= side.total <= side.most + TOLERANCE)


def compare(limit: Limit, promised: Promised) -> list[Side]:
    """Return the sides of a limit with what a remedy makes of them; none of authority without limit.

    >>> [(side.name, side.most, side.excess) for side in compare(Limit(500, 20, 1000), Promised(700, 900, 2000))]
    [('complaint', 500, 200), ('share', 400.0, 300.0), ('customer', 1000, 0.0)]
    """
    if limit.is_unlimited:
        return []
    sides = [Side("complaint", promised.complaint, limit.per_complaint)]
    if limit.percent:
        sides.append(Side("share", promised.complaint, promised.goods * limit.percent / 100))
    return [*sides, Side("customer", promised.customer, limit.per_customer)]


def judge(limits: Iterable[Limit], promised: Promised) -> tuple[str, ...]:
    """Return why a user with these limits may not approve alone, nothing when one of them allows it.

    Of several limits, by several groups, the most favourable one counts; they are never added up.

    >>> judge([Limit(100, 0, 100), Limit(500, 0, 900)], Promised(complaint=300, customer=300))
    ()
    >>> judge([Limit(100, 0, 100), Limit(500, 0, 900)], Promised(complaint=300, customer=1000))
    ('customer',)
    >>> judge([], Promised(complaint=1, customer=1))
    ('nothing',)
    """
    best = get_best(limits, promised)
    return exceeded(best, promised) if best else ("nothing",)


def get_best(limits: Iterable[Limit], promised: Promised) -> Limit | None:
    """Return the most favourable of a user's limits, None without one.

    >>> get_best([Limit(100, 0, 100), Limit(500, 0, 900)], Promised(complaint=300, customer=1000)).per_complaint
    500
    """
    return min(limits, key=lambda limit: len(exceeded(limit, promised)), default=None)
