"""When was it really? The moment of a capture by the clocks of a phone and of the server (rules.md §3)."""

from datetime import datetime, timedelta

# A phone's clock as good as the server's, network included.
TOLERANCE = timedelta(minutes=2)
# No contact is carried about for longer; such a clock was never set.
LONGEST = timedelta(days=366)


def effective_moment(
    device: datetime | None, sent: datetime | None, received: datetime, begin: datetime | None = None
) -> tuple[datetime, str]:
    """Return when something was captured and by which clock: ``device``, ``corrected`` or ``server``.

    :param device: when it was captured, by the device; None when it does not say
    :param sent: when it was sent, by the same device
    :param received: when it arrived, by the server
    :param begin: when the exhibition begins; no contact was met there before

    A device whose clock is wrong tells by how much when it sends. A device whose clock was moved meanwhile, as one that
    is set right before it sends, or which is beyond belief, is not asked. Never later than ``received``.

    >>> effective_moment(datetime(2026, 4, 16, 9), datetime(2026, 4, 16, 18), datetime(2026, 4, 16, 18, 0, 1))
    (datetime.datetime(2026, 4, 16, 9, 0), 'device')
    >>> effective_moment(datetime(2026, 4, 16, 10), datetime(2026, 4, 16, 12), datetime(2026, 4, 16, 11))
    (datetime.datetime(2026, 4, 16, 9, 0), 'corrected')
    >>> effective_moment(datetime(2026, 4, 16, 10), datetime(2026, 4, 16, 9), datetime(2026, 4, 16, 9))[1]
    'server'
    """
    if device is None or (sent is not None and sent < device):
        return received, "server"
    offset = received - sent if sent is not None else timedelta()
    clock = "device" if abs(offset) <= TOLERANCE else "corrected"
    moment = device + offset if clock == "corrected" else device
    if moment < received - LONGEST or (begin and moment < begin <= received):
        return received, "server"
    if sent is None and moment > received + TOLERANCE:
        return received, "server"
    return min(moment, received), clock


def add_working_days(day, count, is_working):
    """Return the ``count``-th working day after ``day``: the last day on which it is still in time.

    >>> from datetime import date
    >>> add_working_days(date(2026, 4, 16), 2, lambda day: day.weekday() < 5)  # a Thursday
    datetime.date(2026, 4, 20)
    """
    # Ten years without a working day is no calendar: then every day counts.
    for _turn in range(3660):
        if count <= 0:
            return day
        day += timedelta(days=1)
        count -= 1 if is_working(day) else 0
    return day
