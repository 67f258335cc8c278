"""When a customer's silence counts as his verdict: he was asked as often as is polite, and given time to answer."""

from datetime import date, timedelta

#: Asked so often without an answer, he is content enough.
MOST_ASKS = 2


def after_silence(since: date, asks: int, days: int) -> tuple[str, date]:
    """Return what comes next, ``ask`` or ``close``, and the first day for it.

    :param since: when he was asked last, or wrote last, or when the solution was carried out
    :param asks: how often he was asked since he wrote last
    :param days: so many days he has for an answer

    >>> after_silence(date(2026, 4, 20), 0, 7), after_silence(date(2026, 4, 27), 2, 7)
    (('ask', datetime.date(2026, 4, 27)), ('close', datetime.date(2026, 5, 4)))
    """
    return ("ask" if asks < MOST_ASKS else "close"), since + timedelta(days=days)
