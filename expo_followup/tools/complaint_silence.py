"""When no reply counts as customer feedback: after the requests that are polite, each with time to answer."""

from datetime import date, timedelta

#: After so many requests without a reply the customer counts as satisfied.
MOST_ASKS = 2


def after_silence(since: date, asks: int, days: int) -> tuple[str, date]:
    """Return what comes next, ``ask`` or ``close``, and the first day for it.

    :param since: when feedback was requested last, or the customer wrote last, or when the solution was carried out
    :param asks: the number of requests since the last reply
    :param days: the days for an answer

    >>> after_silence(date(2026, 4, 20), 0, 7), after_silence(date(2026, 4, 27), 2, 7)
    (('ask', datetime.date(2026, 4, 27)), ('close', datetime.date(2026, 5, 4)))
    """
    return ("ask" if asks < MOST_ASKS else "close"), since + timedelta(days=days)
