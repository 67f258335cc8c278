"""How long a customer has been waiting for a first answer (domain.md §4: within 1 week, at most 2)."""

from datetime import date


def response_state(since: date | None, today: date, answered: bool, amber_days: int, red_days: int) -> str:
    """Return ``answered``, ``waiting``, ``amber`` or ``red``.

    :param since: the day the clock started, None while it has not
    :param today: the day it is at the show's place
    :param answered: whether we answered in person, or the customer wrote back
    :param amber_days: days after which the waiting is long
    :param red_days: days after which it is too long

    >>> response_state(date(2026, 4, 20), date(2026, 4, 27), False, 7, 14)
    'waiting'
    >>> response_state(date(2026, 4, 20), date(2026, 4, 28), False, 7, 14)
    'amber'
    >>> response_state(date(2026, 4, 20), date(2026, 5, 5), False, 7, 14)
    'red'
    """
    if answered:
        return "answered"
    if since is None:
        return "waiting"
    days = (today - since).days
    if days > red_days:
        return "red"
    return "amber" if days > amber_days else "waiting"
