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
    if limit.is_unlimited:
        return ()
    sides = {
        "complaint": (promised.complaint, limit.per_complaint),
        "share": (promised.complaint, promised.goods * limit.percent / 100),
        "customer": (promised.customer, limit.per_customer),
    }
    if not limit.percent:
        del sides["share"]
    # Asked this way round, what is no number at all (NaN) exceeds.
    return tuple(side for side, (total, most) in sides.items() if not 0 <= total <= most + TOLERANCE)


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
    return min((exceeded(limit, promised) for limit in limits), key=len, default=("nothing",))
