"""How long we take over a complaint: four clocks, computed from the log of what happened and from nothing else.

Each clock runs in working hours from one event to another. All but the first stand still while we wait for the
customer. A complaint that is reopened is evaluated anew, an offer that was declined is followed by another one: the
clock of it runs once more, as the next round. The verdict is by the time used up; nothing that happens later makes a
clock that was late one that was in time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .working_time import TINY, WorkingTime

CLOCKS = ("acknowledge", "evaluate", "offer", "implement")
STARTS = {
    "received": "acknowledge",
    "acknowledged": "evaluate",
    "reopened": "evaluate",
    "evaluated": "offer",
    "declined": "offer",
    "accepted": "implement",
}
#: What stops each clock. Who has offered has evaluated, whether it was noted or not.
STOPS = {
    "acknowledge": frozenset({"acknowledged"}),
    "evaluate": frozenset({"evaluated", "offered", "accepted", "implemented"}),
    "offer": frozenset({"offered", "accepted", "implemented"}),
    "implement": frozenset({"implemented"}),
}
ENDS = frozenset({"closed", "rejected", "cancelled"})
#: What ends the waiting for the customer, beside the end of the complaint.
RESUMES = frozenset({"answered", "accepted", "declined", "reopened"})
#: The acknowledgement is due at once: that clock is never paused.
UNPAUSED = "acknowledge"
#: All that a clock takes notice of.
KINDS = frozenset({*STARTS, *ENDS, *RESUMES, "waiting", *(kind for kinds in STOPS.values() for kind in kinds)})


@dataclass
class Run:
    """One clock of one round: when it started, ran and stopped.

    :param round: how many times this clock has been started, this time included
    :param spans: while it ran; the last one's end is None while it runs
    :param state: ``running``, ``paused``, ``done``, or ``ended`` when the complaint ended before
    """

    clock: str
    round: int
    started_at: datetime
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    stopped_at: datetime | None = None
    state: str = "paused"

    def go(self, at: datetime):
        """Let it run from a moment on."""
        if self.state == "paused":
            self.spans.append((at, None))
            self.state = "running"

    def stand(self, at: datetime, state: str = "paused"):
        """Let it stand still from a moment on, or stop for good when ``state`` says so."""
        if self.state == "running":
            self.spans[-1] = (self.spans[-1][0], at)
        self.state = state
        self.stopped_at = None if state == "paused" else at


class Verdict(NamedTuple):
    """What is to be said of a run at some moment.

    :param counted: working hours of its spans that have an end
    :param running_since: from when on the hours are to be added to these; None while it stands
    :param due_at: the moment when the time is used up; None while it stands with time left, or without a limit
    :param breached_at: when it became late; None while it is not
    :param level: how many of the thresholds are passed
    :param next_at: after which moment the next threshold is passed; None while it stands, and after the last one
    """

    counted: float
    running_since: datetime | None
    due_at: datetime | None
    breached_at: datetime | None
    level: int
    next_at: datetime | None


def read_log(events: Iterable[tuple[datetime, str]]) -> list[Run]:
    """Return the clocks' runs, in the order of their start.

    :param events: moments and kinds, in the order in which they were logged

    Nothing happens to a complaint before it is received: what is said to have been earlier was then.

    >>> log = [(datetime(2026, 4, 20, 8), "received"), (datetime(2026, 4, 20, 10), "acknowledged")]
    >>> [(run.clock, run.state) for run in read_log(log)]
    [('acknowledge', 'done'), ('evaluate', 'running')]
    """
    events = list(events)
    first = min((at for at, kind in events if kind == "received"), default=None)
    if first is None:
        return []
    # Stable: what happened at the same moment stays in the order of the log.
    clamped = [(max(at, first), kind) for at, kind in events]
    reader = _Reader()
    for at, kind in sorted(clamped, key=lambda event: (event[0], event[1] != "received")):
        reader.take(at, kind)
    return reader.runs


class _Reader:
    """Goes through a log, event by event."""

    def __init__(self):
        self.runs = []
        self._waiting = self._ended = False
        # The clocks that have no cause to start (again) in this round: started, or settled already.
        self._over = set()

    def take(self, at, kind):
        """Take one event into account."""
        if kind == "waiting" and not self._ended:
            self._waiting = True
            self._each(lambda run: run.clock != UNPAUSED and run.stand(at))
        elif kind in RESUMES or kind in ENDS:
            self._waiting = False
            self._each(lambda run: run.go(at))
        for clock, kinds in STOPS.items():
            if kind in kinds:
                self._stop(at, {clock}, "done")
        if kind in ENDS or kind == "reopened":
            self._stop(at, CLOCKS, "ended")
            self._ended, self._over = kind in ENDS, set()
        elif kind == "declined":
            # The remedy is withdrawn: another has to be offered and carried out.
            self._stop(at, {"implement"}, "ended")
            self._over -= {"offer", "implement"}
        if kind in STARTS and not self._ended:
            self._start(at, STARTS[kind])

    def _start(self, at, clock):
        if clock in self._over or any(run.clock == clock and not run.stopped_at for run in self.runs):
            return
        self._over.add(clock)
        run = Run(clock, 1 + sum(run.clock == clock for run in self.runs), at)
        self.runs.append(run)
        if not self._waiting or clock == UNPAUSED:
            run.go(at)

    def _stop(self, at, clocks, state):
        self._over.update(clocks)
        self._each(lambda run: run.clock in clocks and run.stand(at, state))

    def _each(self, action):
        for run in self.runs:
            if not run.stopped_at:
                action(run)


def judge(run: Run, limit: float, time: WorkingTime, now: datetime, thresholds: Sequence[float] = (1.0,)) -> Verdict:
    """Return what is to be said of a run.

    :param limit: working hours that it may take, as when it started; 0 when it may take any
    :param thresholds: shares of the limit, from small to great

    >>> from zoneinfo import ZoneInfo
    >>> run = Run("acknowledge", 1, datetime(2026, 4, 20, 8))
    >>> run.go(run.started_at)
    >>> judge(run, 8, WorkingTime(ZoneInfo("UTC")), datetime(2026, 4, 20, 9)).due_at
    datetime.datetime(2026, 4, 20, 17, 0)
    """
    counted = sum(time.between(begin, end) for begin, end in run.spans if end)
    since = run.spans[-1][0] if run.state == "running" else None
    if not limit:
        return Verdict(counted, since, None, None, 0, None)
    passed = [_reached(run, limit * share, time, latest=True) for share in thresholds]
    level = sum(1 for at in passed if at and at < now)
    late_at = _reached(run, limit, time, latest=True)
    return Verdict(
        counted,
        since,
        _reached(run, limit, time, open_end=run.stopped_at is not None and run.spans[-1:] != []),
        late_at if late_at and late_at < now else None,
        level,
        next((at for at in passed[level:] if at), None),
    )


def hasten(limit: float, used: float, share: float) -> float:
    """Return the limit of a clock that is to give only a share of the time that is left.

    Nothing becomes late by it: the time that was used up stays within the limit.

    >>> hasten(8, 2, 0.5), hasten(8, 9, 0.5)
    (5.0, 8)
    """
    return min(used + max(limit - used, 0) * share, limit) if used < limit else limit


def _reached(run, hours, time, latest=False, open_end=False):
    """Return when the run has used so many hours up; None when it has not and stands.

    :param open_end: take a run that stopped for one that went on
    """
    rest = hours
    for begin, end in run.spans:
        stopped_here = end is not None and end == run.stopped_at and open_end
        passed = time.between(begin, end) if end and not stopped_here else None
        if passed is None or rest < passed - TINY or (not latest and rest < passed + TINY):
            return time.after(begin, rest, latest)
        rest = max(rest - passed, 0.0)
    return None
