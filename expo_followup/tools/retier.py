"""What the customer's reactions say about the tier (rules.md §2: judged again after every follow-up, by effect).

A proposal, never a decision: the salesperson accepts it or does not. The codes are those of rules.md §2.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

# One step up, one step down. A signed customer is lowered by a user only.
WARMER = {"none": "materials", "materials": "intent", "no_agreement": "intent"}
COOLER = {"intent": "no_agreement", "no_agreement": "none", "materials": "none"}
# How many reactions of a kind in a row move a tier; what is not here does not.
UP_AFTER = {"none": 1, "materials": 2, "no_agreement": 2}
DOWN_AFTER = {"intent": 1, "no_agreement": 2, "materials": 2}
SILENT_AFTER = 3
# Reactions that say nothing: they neither end a run nor are part of one.
SAYS_NOTHING = {"positive": {"no_answer"}, "negative": {"no_answer"}, "no_answer": set()}


class Proposal(NamedTuple):
    """The ``tier`` that a customer had better be in, and why: ``reason`` is a code, ``count`` of how many reactions."""

    tier: str
    reason: str
    count: int = 0


def propose(
    tier: str,
    effects: Sequence[str],
    purpose: str = "",
    ordered: bool = False,
    weak_demand: bool = False,
) -> Proposal | None:
    """Return the tier to propose, None to leave it as it is.

    Facts come before reactions: an order, then why they ask for materials, then a sample they would not pay the freight
    of, then the run of reactions at the end of ``effects``.

    :param str tier: the present tier
    :param effects: how the customer reacted to each follow-up, oldest first
    :param str purpose: why the customer asks for materials: ``buyer``, ``peer``, ``collector`` or nothing
    :param bool ordered: whether there is a confirmed order from this show
    :param bool weak_demand: whether the customer refused to pay the freight of a sample

    >>> propose("materials", ["positive", "positive"])
    Proposal(tier='intent', reason='positive', count=2)
    >>> propose("intent", ["positive", "negative"])
    Proposal(tier='no_agreement', reason='negative', count=1)
    >>> propose("intent", ["no_answer"] * 3)
    Proposal(tier='materials', reason='no_answer', count=3)
    >>> propose("materials", [], purpose="peer")
    Proposal(tier='none', reason='peer', count=0)
    >>> propose("signed", ["negative"] * 5) is None
    True
    """
    if ordered:
        return None if tier == "signed" else Proposal("signed", "ordered")
    if tier == "signed":
        return None
    if tier == "materials" and purpose in ("peer", "collector"):
        return Proposal("none", purpose)
    if tier == "materials" and purpose == "buyer" and _run(effects, "positive"):
        return Proposal("intent", "buyer")
    if tier == "intent" and weak_demand:
        return Proposal("materials", "weak_demand")
    return _propose_by_effects(tier, effects)


def _propose_by_effects(tier, effects):
    if tier in UP_AFTER and (count := _run(effects, "positive")) >= UP_AFTER[tier]:
        return Proposal(WARMER[tier], "positive", count)
    if tier in DOWN_AFTER and (count := _run(effects, "negative")) >= DOWN_AFTER[tier]:
        return Proposal(COOLER[tier], "negative", count)
    if tier in COOLER and (count := _run(effects, "no_answer")) >= SILENT_AFTER:
        # Silence is no disagreement: a customer who intended to order is asked like one who wanted to know more.
        return Proposal("materials" if tier == "intent" else "none", "no_answer", count)
    return None


def _run(effects, effect):
    """How many reactions of that kind come last."""
    telling = [one for one in reversed(effects) if one and one not in SAYS_NOTHING[effect]]
    return len(list(takewhile(lambda one: one == effect, telling)))
