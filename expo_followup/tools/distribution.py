"""Distribution of customers: even load, weighted by ability (rules.md §3, leads won by marketing).

A customer goes to the least loaded of the most suitable members. Abilities are what a member stated: languages,
countries and goods. Where nothing of a kind is stated, the member is open to all of it.
"""

from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

KINDS = ("language", "country", "product")
NOTHING: frozenset = frozenset()


class Member(NamedTuple):
    """A user who may get customers. ``capacity`` is how many they can take, 0 none; ``load`` how many they have."""

    id: Hashable
    capacity: int
    load: int = 0
    language: frozenset = NOTHING
    country: frozenset = NOTHING
    product: frozenset = NOTHING


class Item(NamedTuple):
    """A customer to assign. ``taken_by`` was chosen by hand; ``not_to`` are members who must not get the customer."""

    id: Hashable
    language: frozenset = NOTHING
    country: frozenset = NOTHING
    product: frozenset = NOTHING
    taken_by: Hashable = None
    not_to: frozenset = NOTHING


class Proposal(NamedTuple):
    """The member for a customer (None: there is none), and the abilities that speak for this choice."""

    item: Hashable
    member: Hashable
    matched: frozenset = NOTHING


def matched(item: Item, member: Member) -> frozenset:
    """Return the kinds in which the member has stated what the customer needs.

    >>> sorted(matched(Item(1, language=frozenset({"it"})), Member(7, 30, language=frozenset({"it", "en"}))))
    ['language']
    """
    return frozenset(kind for kind in KINDS if getattr(item, kind) & getattr(member, kind))


def missing(item: Item, member: Member) -> frozenset:
    """Return the kinds in which the member has stated something else than what the customer needs.

    >>> sorted(missing(Item(1, country=frozenset({"IT"})), Member(7, 30, country=frozenset({"FR"}))))
    ['country']
    >>> sorted(missing(Item(1, country=frozenset({"IT"})), Member(7, 30)))
    []
    """
    return frozenset(
        kind
        for kind in KINDS
        if getattr(item, kind) and getattr(member, kind) and not getattr(item, kind) & getattr(member, kind)
    )


def suitable(item: Item, members: Iterable[Member]) -> list[Member]:
    """Return those who can take the customer at all and lack least: everything they need, else the language first.

    >>> anna, ben = Member("anna", 30, language=frozenset({"it"})), Member("ben", 30, language=frozenset({"fr"}))
    >>> [member.id for member in suitable(Item(1, language=frozenset({"it"})), [anna, ben])]
    ['anna']
    >>> [member.id for member in suitable(Item(1, language=frozenset({"ja"})), [anna, ben])]
    ['anna', 'ben']
    """
    lacking = {}
    for member in members:
        if member.capacity > 0 and member.id not in item.not_to:
            lacks = missing(item, member)
            lacking.setdefault(("language" in lacks, len(lacks)), []).append(member)
    return lacking[min(lacking)] if lacking else []


def distribute(items: Sequence[Item], members: Sequence[Member], rng: Random) -> list[Proposal]:
    """Propose a salesperson for each customer, in the order given.

    Rows chosen by hand stay and count. Then the customer with the fewest choices is placed first. Of the suitable
    members, those that are not full come first, then those with most of the abilities needed, then those with the
    least load relative to their capacity; ``rng`` decides between equals, so the same seed gives the same proposal.
    """
    members = list({member.id: member for member in members}.values())
    by_id = {member.id: member for member in members}
    load = {member.id: member.load for member in members}
    chosen = {}
    for position, item in enumerate(items):
        if item.taken_by is not None:
            load[item.taken_by] = load.get(item.taken_by, 0) + 1
            matches = matched(item, by_id[item.taken_by]) if item.taken_by in by_id else NOTHING
            chosen[position] = Proposal(item.id, item.taken_by, matches)
    candidates = {position: suitable(item, members) for position, item in enumerate(items) if item.taken_by is None}
    for position in sorted(candidates, key=lambda position: (len(candidates[position]), position)):
        item = items[position]
        chosen[position] = _choose(item, candidates[position], load, rng)
    return [chosen[position] for position in range(len(items))]


def _choose(item, members, load, rng):
    """Give one customer to the best of ``members`` and count the customer."""
    if not members:
        return Proposal(item.id, None)

    def rank(member):
        is_full = load[member.id] >= member.capacity
        fit = 0 if is_full else -len(matched(item, member))
        return (is_full, fit, Fraction(load[member.id] + 1, member.capacity))

    best = min(map(rank, members))
    member = rng.choice([member for member in members if rank(member) == best])
    load[member.id] += 1
    return Proposal(item.id, member.id, matched(item, member))
