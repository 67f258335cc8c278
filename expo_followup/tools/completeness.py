"""How complete a customer file is (rules.md §3).

Each fact weighs what it is worth to the next salesperson: whom to ask (the decider), what they deal in and
need, and how to reach them come first; what a register also knows comes last. The weights need not add up to a
hundred: the percentage is the weight of what is known in the weight of what should be.
"""

from collections.abc import Collection
from typing import NamedTuple

#: Weight of each fact, in the order in which one asks for them.
WEIGHTS = {
    "country": 5,
    "city": 3,
    "street": 2,
    "email": 8,
    "phone": 6,
    "website": 4,
    "business_scope": 8,
    "chain_position": 5,
    "products": 8,
    "people": 8,
    "decider": 10,
    "accounts": 3,
    "foreign_notes": 4,
    "legal_form": 2,
    "founded_year": 2,
    "registered_capital": 3,
    "staff": 3,
    "standing": 2,
    "main_bank": 2,
    "vat": 2,
    "registration_number": 1,
    "payment_method": 3,
    "credit_rating": 3,
    "season": 3,
    "purchase_plan": 4,
    "competitors": 2,
}
#: What is asked of customers abroad only.
FOREIGN_ONLY = frozenset({"foreign_notes"})


class Completeness(NamedTuple):
    """The percentage, rounded down: only a file that lacks nothing has 100; and what is missing, weightiest first."""

    percent: int
    missing: tuple[str, ...]


def completeness(known: Collection[str], *, foreign: bool = False) -> Completeness:
    """Weigh the facts that are known.

    :param known: keys of :data:`WEIGHTS`; KeyError for any other
    :param foreign: whether the customer is abroad, where customs and taboos should be noted

    >>> completeness(WEIGHTS)
    Completeness(percent=100, missing=())
    >>> completeness([]).percent
    0
    >>> completeness(set(WEIGHTS) - {"decider", "city"}).missing
    ('decider', 'city')
    """
    for key in known:
        WEIGHTS[key]  # a typing error must not count as nothing
    asked = {key: weight for key, weight in WEIGHTS.items() if foreign or key not in FOREIGN_ONLY}
    missing = sorted((key for key in asked if key not in known), key=lambda key: -asked[key])
    total = sum(asked.values())
    return Completeness(100 * (total - sum(asked[key] for key in missing)) // total, tuple(missing))
