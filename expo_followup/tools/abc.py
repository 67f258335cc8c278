"""Which customers make the turnover: class A, B or C (rules.md §6). Pure; ``models/customer/abc_sql.py`` is its SQL."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

#: Percent of the turnover up to which a customer is A, or B; the rest is C.
A_PERCENT, B_PERCENT = 70, 90


class Standing(NamedTuple):
    """Where one customer stands among all."""

    rank: int
    #: Percent of the whole turnover that this customer makes.
    share: Decimal
    #: Percent that all larger customers make together.
    before: Decimal
    abc_class: str


def period_begin(today: date, months: int) -> date:
    """Return the last day *before* the period of so many months that ends today.

    >>> period_begin(date(2026, 2, 28), 12), period_begin(date(2026, 3, 31), 1)
    (datetime.date(2025, 2, 28), datetime.date(2026, 2, 28))
    """
    return today - relativedelta(months=months)


def classify(turnovers: Mapping, a_percent: int = A_PERCENT, b_percent: int = B_PERCENT) -> dict:
    """Return the :class:`Standing` of each customer.

    :param turnovers: net turnover of every customer who was ever invoiced, by customer; credit notes make it less
    :param a_percent: the customers who make the first so many percent are A
    :param b_percent: those who make the next, up to so many percent, are B
    :raises ValueError: when the thresholds are no percentages in this order

    Largest first; a customer belongs to the class in which their turnover begins: the one who crosses a threshold is
    still in the better class, and the largest of all is always A. Equal turnover gives the same class. Turnover of
    zero or less is C and takes nothing from the whole of the others. With a threshold of 0 the class is empty, with 100
    it holds every customer with turnover. A customer who was never invoiced is left out and has no class.

    >>> {name: standing.abc_class for name, standing in classify({"x": 60, "y": 25, "z": 10, "w": 5}).items()}
    {'x': 'a', 'y': 'a', 'z': 'b', 'w': 'c'}
    >>> classify({"one": 900, "tied": 50, "tied too": 50})["tied too"]
    Standing(rank=2, share=Decimal('5'), before=Decimal('90'), abc_class='c')
    >>> classify({"took back": -10, "nothing": 0}, 100, 100)["nothing"].abc_class
    'c'
    """
    if not 0 <= a_percent <= b_percent <= 100:
        raise ValueError(f"thresholds must be percentages in order, not {a_percent} and {b_percent}")
    gains = {customer: max(Decimal(turnover), Decimal(0)) for customer, turnover in turnovers.items()}
    total = sum(gains.values())
    standings, before, rank, tied = {}, Decimal(0), 0, None
    done = Decimal(0)
    for position, customer in enumerate(sorted(gains, key=gains.get, reverse=True), 1):
        gain = gains[customer]
        if gain != tied:
            before, rank, tied = done, position, gain
        done += gain
        standings[customer] = Standing(
            rank,
            100 * gain / total if total else Decimal(0),
            100 * before / total if total else Decimal(0),
            _class_of(gain, before, total, a_percent, b_percent),
        )
    return standings


def _class_of(gain, before, total, a_percent, b_percent):
    # Multiplied, never divided: no rounding decides about a class.
    if gain and before * 100 < total * a_percent:
        return "a"
    return "b" if gain and before * 100 < total * b_percent else "c"
