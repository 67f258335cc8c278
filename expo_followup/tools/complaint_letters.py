"""Which letter a complaint needs next, and what each has to have in it (rules.md §5). Nothing here knows Odoo."""

from collections.abc import Collection

from .tone import CALM, CODES, DATE, MONEY, SINGULAR

#: In the order in which they are written. The event that sending notes; none where the step to the end notes it.
EVENTS = {
    "acknowledge": "acknowledged",
    "ask_photos": "photos_asked",
    "announce_review": "review_announced",
    "offer": "offered",
    "solution": "told_done",
    "feedback": "feedback_asked",
    "rejection": "",
}
KINDS = tuple(EVENTS)
#: After these it is the customer's turn.
WAITING = frozenset({"ask_photos", "offer", "feedback"})

_BEFORE_OFFER = frozenset({"new", "confirmed", "evaluating", "reopened"})


def next_letter(state: str, sent: Collection[str], needs: Collection[str] = (), unjustified: bool = False) -> str:
    """Return the letter that is due next, or "" while it is not a letter's turn.

    :param state: of the complaint, see :mod:`.complaint_flow`
    :param sent: the kinds of events noted in this round, and ``acknowledged`` if it ever was
    :param needs: ``photos`` while they are missing, ``review`` while departments review the goods
    :param unjustified: whether that was the decision

    >>> next_letter("new", []), next_letter("confirmed", ["acknowledged"], ["photos", "review"])
    ('acknowledge', 'ask_photos')
    >>> next_letter("evaluating", ["acknowledged", "photos_asked"], ["photos"])
    ''
    >>> next_letter("negotiating", ["acknowledged"]), next_letter("evaluating", ["acknowledged"], unjustified=True)
    ('offer', 'rejection')
    >>> next_letter("feedback", ["acknowledged", "told_done"]), next_letter("closed", [])
    ('feedback', '')
    """
    if state in ("closed", "cancelled", "rejected"):
        return ""
    if "acknowledged" not in sent:
        return "acknowledge"
    if unjustified:
        return "rejection"
    wanted = []
    if state in _BEFORE_OFFER:
        wanted = [("photos", "ask_photos"), ("review", "announce_review")]
        wanted = [letter for need, letter in wanted if need in needs]
    elif state == "negotiating":
        wanted = ["offer"]
    elif state == "implementing":
        wanted = ["solution"] if "implemented" in sent else []
    elif state == "feedback":
        wanted = ["solution", "feedback"]
    return next((letter for letter in wanted if EVENTS[letter] not in sent), "")


def expected(kind: str, photos_missing: bool) -> frozenset[str]:
    """Return what :func:`.tone.check_reply` should look for in a letter; "" is any other reply to the customer.

    >>> sorted(expected("ask_photos", True) - expected("offer", True))
    ['photos']
    >>> "photos" in expected("acknowledge", False)
    False
    """
    if photos_missing and kind in ("acknowledge", "ask_photos", ""):
        return frozenset(CODES)
    return frozenset({CALM, SINGULAR, MONEY, DATE})
