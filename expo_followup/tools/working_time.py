"""Working hours between moments of the world's clock, as people at one place work them.

People work by the clock on their wall, which jumps twice a year in many places; hours are those that really pass.
Moments are UTC without a zone, as Odoo keeps them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from .response import LONGEST, add_working_hours, hours_on, working_hours
from .workdays import MONDAY_TO_FRIDAY, CompanyCalendar

#: The hours of a company that says none: nothing would ever be due there.
USUAL_WEEK = dict.fromkeys(MONDAY_TO_FRIDAY, ((8.0, 12.0), (13.0, 17.0)))
#: Less than that is what floats lose, in hours.
TINY = 1e-6
STEP = timedelta(days=1)


class WorkingTime(NamedTuple):
    """When a company works.

    :param zone: its time zone
    :param week: spans of working hours by weekday (Monday is 0); 7 to 13 are the days of a second week
    :param calendar: its days off

    >>> from zoneinfo import ZoneInfo
    >>> berlin = WorkingTime(ZoneInfo("Europe/Berlin"), USUAL_WEEK, CompanyCalendar())
    >>> berlin.between(datetime(2026, 4, 24, 14), datetime(2026, 4, 27, 7, 30))  # Friday 16:00 to Monday 9:30
    2.5
    >>> berlin.after(datetime(2026, 4, 24, 14), 2.5)
    datetime.datetime(2026, 4, 27, 7, 30)
    """

    zone: tzinfo
    week: Mapping[int, tuple[tuple[float, float], ...]] = USUAL_WEEK
    calendar: CompanyCalendar = CompanyCalendar()

    def between(self, begin: datetime, end: datetime) -> float:
        """Return the working hours between two moments, 0 when the second is not the later one."""
        return sum(
            working_hours(first + offset, last + offset, self.week, self.calendar)
            for first, last, offset in self._stretches(begin, end)
        )

    def after(self, begin: datetime, hours: float, latest: bool = False) -> datetime | None:
        """Return when so many working hours have passed since a moment; None when ten years do not hold so many.

        :param latest: of all moments up to which no more have passed, return the last
        """
        if hours <= TINY and not latest:
            return begin
        week, rest = timedelta(days=7), hours
        for _turn in range(LONGEST // 7):
            for first, last, offset in self._stretches(begin, begin + week):
                passed = working_hours(first + offset, last + offset, self.week, self.calendar)
                if rest < passed - TINY or (not latest and rest < passed + TINY):
                    return add_working_hours(first + offset, rest, self.week, self.calendar, latest) - offset
                rest = max(rest - passed, 0.0)
            begin += week
        return None

    def get_spans(self, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return the stretches of work between two moments, in their order; those that touch are one.

        >>> from zoneinfo import ZoneInfo
        >>> nights = WorkingTime(ZoneInfo("Europe/Berlin"), {0: ((22.0, 24.0),), 1: ((0.0, 6.0),)})
        >>> nights.get_spans(datetime(2026, 4, 20), datetime(2026, 4, 21, 12))
        [(datetime.datetime(2026, 4, 20, 20, 0), datetime.datetime(2026, 4, 21, 4, 0))]
        """
        spans = []
        for first, last, offset in self._stretches(begin, end):
            midnight = datetime.combine((first + offset).date(), time()) - offset
            while midnight < last:
                for start, stop in hours_on((midnight + offset).date(), self.week, self.calendar):
                    opens = max(first, midnight + timedelta(seconds=round(start * 3600)))
                    closes = min(last, midnight + timedelta(seconds=round(stop * 3600)))
                    if closes <= opens:
                        continue
                    if spans and spans[-1][1] >= opens:
                        opens = spans.pop()[0]
                    spans.append((opens, closes))
                midnight += STEP
        return spans

    def _stretches(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Yield stretches ``(begin, end, offset)`` without a jump of the clock on the wall."""
        while begin < end:
            offset, last = self._offset(begin), begin
            while last < end and self._offset(last) == offset:
                known, last = last, min(last + STEP, end)
            if self._offset(last) != offset:
                last = self._find_jump(known, last, offset)
            yield begin, last, offset
            begin = last

    def _find_jump(self, known: datetime, last: datetime, offset: timedelta) -> datetime:
        """Return the first second after ``known`` at which the offset is not the one it has there."""
        seconds = [0, int((last - known).total_seconds()) + 1]
        while seconds[1] - seconds[0] > 1:
            middle = sum(seconds) // 2
            same = self._offset(known + timedelta(seconds=middle)) == offset
            seconds[0 if same else 1] = middle
        return min(known + timedelta(seconds=seconds[1]), last)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.replace(tzinfo=timezone.utc).astimezone(self.zone).utcoffset()
