"""The way of a complaint: which step may follow which, and what must be there first (rules.md §5).

Listen, confirm, evaluate, negotiate, implement, follow up the feedback. Each step has a gate; a complaint of low
severity passes with the essentials, and a company may relax most of the others. Nothing here knows of a database.
"""

from collections.abc import Collection, Mapping

#: The main line, in this order.
MAIN = ("new", "confirmed", "evaluating", "negotiating", "implementing", "feedback", "closed")
ENDED = frozenset({"closed", "rejected", "cancelled"})
STATES = (*MAIN, "rejected", "cancelled", "reopened")

_WORKING = MAIN[1:-1]
_GIVEN_UP = ("rejected", "cancelled")

#: From each state, the states that may follow: onwards along the main line as far as the gates allow, back to any step
#: that was taken before, and the two ways to give up. What has ended is reopened before anything else.
TRANSITIONS = {
    "new": frozenset({*MAIN[1:], *_GIVEN_UP}),
    **{state: frozenset({*MAIN[1:], *_GIVEN_UP} - {state}) for state in _WORKING},
    "reopened": frozenset({*MAIN[1:], *_GIVEN_UP}),
    **{state: frozenset({"reopened"}) for state in ENDED},
}

#: What must be there before each step.
GATES = {
    "confirmed": ("acknowledged",),
    "evaluating": ("restated",),
    "negotiating": ("severity", "extent", "party", "photos", "production", "inspection"),
    "implementing": ("decision", "demand", "remedy", "authority", "acceptance"),
    "feedback": ("documents",),
    "closed": ("feedback",),
    "rejected": ("unjustified", "reason"),
    "cancelled": ("cancel_reason",),
}

#: What a company may do without, by the name of its setting.
RELAXABLE = {
    "acknowledged": ("acknowledged",),
    "facts": ("restated",),
    "photos": ("photos",),
    "assessment": ("extent", "party"),
    "departments": ("production", "inspection"),
    "demand": ("demand",),
    "acceptance": ("acceptance",),
    "documents": ("documents",),
    "feedback": ("feedback",),
}

#: Requirements even of a complaint of low severity. No remedy goes beyond the authority, in any case.
ESSENTIAL = frozenset({"acknowledged", "severity", "authority", "documents", "unjustified", "reason", "cancel_reason"})
#: What is asked for goods only; and of these, what only those of weight need.
OF_GOODS = frozenset({"extent", "photos", "production", "inspection"})
OF_WEIGHT = frozenset({"production", "inspection"})


def may_follow(state: str, target: str) -> bool:
    """Tell whether a step may follow a state at all, whatever its gates say.

    >>> may_follow("closed", "negotiating"), may_follow("closed", "reopened"), may_follow("negotiating", "evaluating")
    (False, True, True)
    """
    return target in TRANSITIONS[state]


def next_state(state: str) -> str:
    """Return the step that comes next on the main line, or "" where there is none.

    >>> next_state("confirmed"), next_state("reopened"), next_state("closed")
    ('evaluating', 'evaluating', '')
    """
    if state == "reopened":
        return "evaluating"
    return MAIN[MAIN.index(state) + 1] if state in MAIN[:-1] else ""


def is_back(state: str, target: str) -> bool:
    """Tell whether a step leads back along the main line.

    >>> is_back("negotiating", "evaluating"), is_back("new", "closed"), is_back("reopened", "confirmed")
    (True, False, False)
    """
    return state in MAIN and target in MAIN and MAIN.index(target) < MAIN.index(state)


def needed(target: str, severity: str | None, source: str | None) -> list[str]:
    """Return what must be there before a step, the gates of all steps on the way to it included, in their order.

    :param severity: ``low``, ``normal`` or ``serious``; unknown counts as normal
    :param source: ``goods`` or ``service``

    >>> needed("closed", "low", "goods")
    ['acknowledged', 'severity', 'authority', 'documents']
    >>> needed("negotiating", "normal", "service")
    ['acknowledged', 'restated', 'severity', 'party']
    """
    steps = MAIN[: MAIN.index(target) + 1] if target in MAIN else (target,)
    codes = [code for step in steps for code in GATES.get(step, ())]
    if severity == "low":
        codes = [code for code in codes if code in ESSENTIAL]
    if source == "service":
        codes = [code for code in codes if code not in OF_GOODS]
    if severity != "serious":
        codes = [code for code in codes if code not in OF_WEIGHT]
    return codes


def relaxed_codes(settings: Collection[str]) -> frozenset[str]:
    """Return the codes that the settings of these names relax.

    >>> sorted(relaxed_codes(["departments", "demand"]))
    ['demand', 'inspection', 'production']
    """
    return frozenset(code for name in settings for code in RELAXABLE[name])


def missing(
    state: str,
    target: str,
    facts: Mapping[str, bool],
    severity: str | None = None,
    source: str | None = None,
    relaxed: Collection[str] = (),
) -> list[str]:
    """Return what is missing for a step, as codes in the order of the way; empty if it may be taken.

    A step back misses nothing. What the facts do not speak of counts as there.

    :raises ValueError: when the step may not follow the state, whatever the facts

    >>> missing("new", "confirmed", {"acknowledged": False})
    ['acknowledged']
    >>> missing("new", "confirmed", {"acknowledged": False}, relaxed=["acknowledged"])
    []
    """
    if not may_follow(state, target):
        raise ValueError(f"{target} does not follow {state}")
    if is_back(state, target):
        return []
    without = relaxed_codes(relaxed)
    return [code for code in needed(target, severity, source) if code not in without and not facts.get(code, True)]
