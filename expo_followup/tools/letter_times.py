"""When letters leave: in the customer's morning, and not too many an hour (rules.md §4).

Pure: days, zones, "now" and what is taken already come in. Moments are in UTC without a zone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

QUARTER = timedelta(minutes=15)
# From then on a letter waits for the next morning.
EVENING = time(18)
_EPOCH = datetime(1970, 1, 1)


class Span(NamedTuple):
    """From when until when a letter may leave on one day."""

    start: datetime
    end: datetime


def day_span(day: date, zones: Sequence[str], hour: float) -> Span:
    """Return when a letter may leave on a day: from an hour of the customer's day until their evening.

    :param zones: of several, as in a wide country, it is late enough in the west and not too late in the east

    >>> day_span(date(2026, 4, 21), ("Europe/Rome",), 9.5)
    Span(start=datetime.datetime(2026, 4, 21, 7, 30), end=datetime.datetime(2026, 4, 21, 16, 0))
    >>> day_span(date(2026, 4, 21), ("America/New_York", "America/Los_Angeles"), 9).start
    datetime.datetime(2026, 4, 21, 16, 0)
    """
    morning = datetime.combine(day, time()) + timedelta(hours=hour)
    evening = datetime.combine(day, EVENING)
    if morning >= evening:
        evening = datetime.combine(day, time(23, 59))
    start, end = max(_to_utc(morning, zone) for zone in zones), min(_to_utc(evening, zone) for zone in zones)
    return Span(start, max(end, start + QUARTER))


def _to_utc(moment, zone):
    return pytz.timezone(zone).localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


def find_moment(spans: Iterable[Span], now: datetime, limit: int, taken: Counter) -> datetime | None:
    """Return when a letter leaves, None if it is now; it takes its place among those that leave at that time.

    Where no span has room left it leaves as soon as there is, at whatever hour.

    :param limit: most letters an hour; 0 is no limit. Letters then leave every quarter of an hour, so that no sixty
        minutes have more than that
    :param taken: letters by quarter of an hour (:func:`quarter_of`); it is counted on

    >>> morning, taken = day_span(date(2026, 4, 21), ("UTC",), 9), Counter()
    >>> [find_moment([morning], datetime(2026, 4, 21), 4, taken).minute for _letter in range(5)]
    [0, 15, 30, 45, 0]
    >>> find_moment([morning], datetime(2026, 4, 21, 10), 0, taken)
    """
    ahead = [Span(max(span.start, now), span.end) for span in spans if span.end > now]
    if not limit:
        return ahead[0].start if ahead and ahead[0].start > now else None
    for start, end in ahead:
        quarter = quarter_of(start + QUARTER - timedelta.resolution)
        while moment_of(quarter) < end:
            if taken[quarter] < _get_room(quarter, limit):
                taken[quarter] += 1
                return moment_of(quarter)
            quarter += 1
    quarter = quarter_of((ahead[-1].end if ahead else now) + QUARTER - timedelta.resolution)
    while taken[quarter] >= _get_room(quarter, limit):
        quarter += 1
    taken[quarter] += 1
    return moment_of(quarter)


def quarter_of(moment: datetime) -> int:
    """Return the quarter of an hour in which a moment is, by its number."""
    return (moment - _EPOCH) // QUARTER


def moment_of(quarter: int) -> datetime:
    """Return when a quarter of an hour begins."""
    return _EPOCH + quarter * QUARTER


def get_room(moment: datetime, limit: int) -> int:
    """Return how many letters may leave in the quarter of an hour in which a moment is.

    >>> [get_room(datetime(2026, 4, 21, 9, minute), 6) for minute in (0, 15, 30, 59)]
    [1, 2, 1, 2]
    """
    return _get_room(quarter_of(moment), limit)


def _get_room(quarter, limit):
    """Share an hour's letters among its quarters; any four that follow each other have as many together."""
    part = quarter % 4
    return (part + 1) * limit // 4 - part * limit // 4
