"""The clocks of a complaint, against an oracle that goes from minute to minute and looks back at the log each time."""

import random
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.complaint_clocks import CLOCKS, ENDS, KINDS, RESUMES, hasten, judge, read_log
from odoo.addons.expo_followup.tools.workdays import CompanyCalendar
from odoo.addons.expo_followup.tools.working_time import WorkingTime

UTC = ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)
ROUND_THE_CLOCK = dict.fromkeys(range(7), ((0.0, 24.0),))
WEEK = dict.fromkeys(range(5), ((8.0, 12.0), (13.0, 17.0)))
#: Where the clock on the wall jumps, where it never does, where it is half past; holidays, shifts, nights.
PLACES = (
    WorkingTime(ZoneInfo("Europe/Berlin"), WEEK, CompanyCalendar(days_off=[date(2026, 3, 30), date(2026, 10, 26)])),
    WorkingTime(ZoneInfo("America/New_York"), ROUND_THE_CLOCK, CompanyCalendar(range(7), [date(2026, 3, 27)])),
    WorkingTime(ZoneInfo("Europe/Berlin"), {5: ((20.0, 24.0),), 6: ((0.0, 6.0), (9.0, 12.0)), 0: ((6.0, 9.5),)}),
    WorkingTime(ZoneInfo("Asia/Kolkata"), {2: ((8.5, 12.25),), 5: ((20.0, 24.0),), 6: ((0.0, 2.0),)}),
    WorkingTime(ZoneInfo("Asia/Shanghai"), dict.fromkeys(range(6), ((9.0, 18.0),))),
)
#: Days around which histories begin: jumps in Berlin and New York, and a plain week.
DAYS = (datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2026, 3, 6), datetime(2026, 4, 22))
LOG_KINDS = sorted(KINDS | {"restated", "feedback_asked"})
THRESHOLDS = (0.75, 1.0, 2.0)
#: So many minutes after the last event the oracle gives up looking for the moment when a clock's time is used up.
HORIZON = 12 * 24 * 60


# -- the oracle ----------------------------------------------------------------------------------------------


@cache
def minutes_of(place, day):
    """Tell of each minute of a UTC day whether it is worked: the clock on the wall is looked at each time."""
    zone, week, calendar = PLACES[place]
    worked = bytearray(24 * 60)
    for minute in range(24 * 60):
        wall = (datetime.combine(day, datetime.min.time(), UTC) + minute * MINUTE).astimezone(zone)
        hour = wall.hour + wall.minute / 60
        if wall.date() not in calendar.days_off:
            worked[minute] = any(begin <= hour < end for begin, end in week.get(wall.weekday(), ()))
    return bytes(worked)


def runs_after(log):
    """Tell which clocks run after these events, and whether they stand still, by looking back at all of them."""
    kinds = [kind for _at, kind in log]
    here = kinds[_last(kinds, {"reopened"}) :] if "reopened" in kinds else kinds
    if set(here) & ENDS:
        return set(), False
    waits = _last(kinds, {"waiting"}) > _last(kinds, RESUMES | ENDS)
    # What was said before a refusal does not count any more.
    since = here[_last(here, {"declined"}) :] if "declined" in here else here
    running = set()
    if "received" in here and "acknowledged" not in here:
        running.add("acknowledge")
    evaluated = {"evaluated", "offered", "accepted", "implemented"} & set(here)
    if ("acknowledged" in here or "reopened" in here) and not evaluated:
        running.add("evaluate")
    if {"evaluated", "declined"} & set(since) and not {"offered", "accepted", "implemented"} & set(since):
        running.add("offer")
    if "accepted" in since and "implemented" not in since:
        running.add("implement")
    return running, waits


def _last(kinds, wanted):
    return max((index for index, kind in enumerate(kinds) if kind in wanted), default=-1)


def oracle(place, log, now, limit):
    """Return ``{(clock, round): facts}``, minute by minute."""
    log = sorted(log, key=lambda event: event[0])
    runs, live = {}, {}
    for index, (at, kind) in enumerate(log):
        running, waits = runs_after(log[: index + 1])
        for clock in CLOCKS:
            if clock in live and (clock not in running or (kind == "reopened" and clock == "evaluate")):
                live.pop(clock)["stopped"] = at
            if clock in running and clock not in live:
                number = 1 + sum(name == clock for name, _round in runs)
                live[clock] = runs[clock, number] = dict.fromkeys(("stopped", "due", "breached"), None)
                live[clock].update(started=at, used=0)
        until = log[index + 1][0] if index + 1 < len(log) else now
        standing = {clock for clock in live if waits and clock != "acknowledge"}
        for clock, run in live.items():
            if clock not in standing:
                _walk(place, run, at, until, limit)
    for clock, run in live.items():
        ahead = dict(run)
        if not (waits and clock != "acknowledge"):
            _walk(place, ahead, now, now + HORIZON * MINUTE, limit, stop_at=limit)
        run["due"] = ahead["due"]
    return runs


def _walk(place, run, begin, end, limit, stop_at=None):
    at = begin
    while at < end and run["used"] != stop_at:
        if minutes_of(place, at.date())[at.hour * 60 + at.minute]:
            if run["used"] >= limit and not run["breached"]:
                run["breached"] = at
            run["used"] += 1
            if run["used"] == limit:
                run["due"] = at + MINUTE
        at += MINUTE


# -- random histories ----------------------------------------------------------------------------------------


def random_history(chance):
    """Return a place, a log from any to any event and back, a later moment and a limit in minutes."""
    at = chance.choice(DAYS) + chance.randrange(24 * 60) * MINUTE
    log = [(at, "received")]
    # Half of them go the usual way, with detours; the others anyhow.
    way = ["acknowledged", "evaluated", "offered", "accepted", "implemented", "closed", "reopened"]
    for _number in range(chance.randrange(14)):
        at += chance.choice((0, 1, 7, 60, 500, 1000, 2500)) * chance.random() // 1 * MINUTE
        usual = way and chance.random() < 0.5
        log.append((at, way.pop(0) if usual else chance.choice(LOG_KINDS)))
    log = [event for event in log if event[1] != "received" or event == log[0]]
    now = max(log[-1][0], at) + chance.randrange(3000) * MINUTE
    return chance.randrange(len(PLACES)), log, now, chance.choice((1, 45, 120, 480, 960))


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_histories_are_judged_as_the_oracle_does(seed):
    chance = random.Random(seed)
    for _number in range(100):
        place, log, now, limit = random_history(chance)
        expected = oracle(place, log, now, limit)
        runs = read_log(log)
        assert {(run.clock, run.round) for run in runs} == set(expected), log
        for run in runs:
            verdict = judge(run, limit / 60, PLACES[place], now, THRESHOLDS)
            facts, since = expected[run.clock, run.round], verdict.running_since
            used = verdict.counted + (PLACES[place].between(since, now) if since else 0)
            story = (run, verdict, log, now, limit, place)
            assert (run.started_at, run.stopped_at) == (facts["started"], facts["stopped"]), story
            assert round(used * 60, 6) == facts["used"], story
            assert verdict.breached_at == facts["breached"], story
            assert verdict.level == sum(facts["used"] > limit * share for share in THRESHOLDS), story
            if not run.stopped_at and (facts["due"] or not verdict.due_at or verdict.due_at < now + HORIZON * MINUTE):
                assert verdict.due_at == facts["due"], story


# -- what everybody can check by hand ------------------------------------------------------------------------

MONDAY = datetime(2026, 4, 20, 8)
OFFICE = WorkingTime(UTC, WEEK)


def log_of(*entries):
    """A log from moments as hours of the clock since Monday, 8 o'clock."""
    return [(MONDAY + timedelta(hours=hours), kind) for hours, kind in entries]


def states(*entries):
    return [(run.clock, run.round, run.state) for run in read_log(log_of(*entries))]


def judged(hours, limit, *entries):
    return judge(read_log(log_of(*entries))[-1], limit, OFFICE, MONDAY + timedelta(hours=hours), THRESHOLDS)


def test_the_first_clock_never_waits_for_the_customer():
    assert states((0, "received"), (1, "waiting")) == [("acknowledge", 1, "running")]
    assert states((0, "received"), (1, "waiting"), (2, "acknowledged"))[1] == ("evaluate", 1, "paused")


def test_waiting_twice_is_waiting_and_an_answer_without_waiting_is_none():
    log = ((0, "received"), (1, "answered"), (1, "acknowledged"), (2, "waiting"), (3, "waiting"), (4, "answered"))
    assert judged(5, 8, *log).due_at == MONDAY + timedelta(hours=24 + 3)


def test_time_used_up_stays_used_up_while_the_customer_is_asked():
    log = ((0, "received"), (0, "acknowledged"), (3, "waiting"))
    assert judged(30, 8, *log).due_at is None
    assert judged(30, 8, *log).counted == 3
    assert judged(30, 2, *log).due_at == judged(30, 2, *log).breached_at == MONDAY + timedelta(hours=2)


def test_a_complaint_of_the_weekend_has_the_whole_of_monday():
    assert judged(0, 8, (-40, "received")).due_at == MONDAY + timedelta(hours=9)


def test_over_night_nothing_becomes_late():
    evening, next_morning = MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=24)
    run = read_log(log_of((0, "received")))[0]
    assert judge(run, 8, OFFICE, next_morning).due_at == evening
    assert judge(run, 8, OFFICE, next_morning).breached_at is None
    assert judge(run, 8, OFFICE, next_morning + timedelta(seconds=1)).breached_at == next_morning


def test_what_came_before_the_complaint_came_with_it():
    assert states((0, "received"), (-3, "acknowledged")) == [("acknowledge", 1, "done"), ("evaluate", 1, "running")]
    assert judged(1, 8, (0, "received"), (-3, "acknowledged")).due_at == MONDAY + timedelta(hours=9)
    assert read_log(log_of((0, "acknowledged"))) == []


def test_reopening_evaluates_anew_and_closing_ends_what_runs():
    log = ((0, "received"), (1, "acknowledged"), (1, "waiting"), (2, "closed"), (3, "acknowledged"), (4, "reopened"))
    assert states(*log)[1:] == [("evaluate", 1, "ended"), ("evaluate", 2, "running")]
    assert judged(5, 8, *log).due_at == MONDAY + timedelta(hours=24 + 4)


def test_an_offer_that_is_declined_is_followed_by_another_one():
    log = ((0, "received"), (0, "acknowledged"), (1, "evaluated"), (2, "offered"), (2, "waiting"), (3, "declined"))
    assert states(*log)[2:] == [("offer", 1, "done"), ("offer", 2, "running")]
    assert states(*log, (4, "accepted"))[2:] == [
        ("offer", 1, "done"),
        ("offer", 2, "done"),
        ("implement", 1, "running"),
    ]


def test_without_a_limit_nothing_is_ever_late():
    verdict = judged(5000, 0, (0, "received"))
    assert (verdict.due_at, verdict.breached_at, verdict.level, verdict.next_at) == (None, None, 0, None)


# -- properties ----------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(lambda at: at.replace(microsecond=0))
TIMES = st.sampled_from(PLACES)
LOGS = st.lists(st.tuples(MOMENTS, st.sampled_from(LOG_KINDS)), max_size=12)


@given(MOMENTS, MOMENTS, MOMENTS, TIMES)
def test_working_time_adds_up_and_never_exceeds_the_time_that_passed(one, two, three, time):
    first, second, third = sorted((one, two, three))
    parts = time.between(first, second) + time.between(second, third)
    assert abs(parts - time.between(first, third)) < 1e-6
    assert 0 <= parts <= (third - first).total_seconds() / 3600 + 1e-6


@given(MOMENTS, st.integers(0, 100 * 3600), TIMES)
def test_after_so_many_hours_exactly_so_many_have_passed(begin, seconds, time):
    hours = seconds / 3600
    first, last = time.after(begin, hours), time.after(begin, hours, latest=True)
    assert begin <= first <= last
    for end in (first, last):
        assert abs(time.between(begin, end) - hours) < 1e-6
    assert time.between(begin, last + timedelta(seconds=1)) > hours
    assert not seconds or time.between(begin, first - timedelta(seconds=1)) < hours


def test_who_never_works_is_never_late():
    assert WorkingTime(UTC, {}).after(MONDAY, 1) is None


@given(LOGS, MOMENTS, st.integers(0, 5000), st.floats(0, 50), TIMES)
def test_any_log_is_judged_and_late_stays_late(log, now, minutes, limit, time):
    later = now + minutes * MINUTE
    for run in read_log(log):
        before, after = judge(run, limit, time, now, THRESHOLDS), judge(run, limit, time, later, THRESHOLDS)
        assert before.level <= after.level
        assert before.breached_at is None or before.breached_at == after.breached_at
        assert (before.breached_at is None) == (before.level < 2) or limit < 1e-3
        assert run.stopped_at is None or run.state in ("done", "ended")


@given(st.floats(0, 100), st.floats(0, 200), st.floats(0.01, 1))
def test_priority_change_shortens_the_time_without_breach(limit, used, share):
    shorter = hasten(limit, used, share)
    assert shorter <= limit
    assert (used > shorter) == (used > limit) or abs(used - shorter) < 1e-9


@given(LOGS, st.tuples(MOMENTS, st.sampled_from(LOG_KINDS)))
def test_what_happens_later_makes_nothing_in_time_that_was_late(log, event):
    log = sorted(log)
    if log and event[0] >= log[-1][0]:
        now, time = event[0], PLACES[0]
        early = {(run.clock, run.round): judge(run, 8, time, now).breached_at for run in read_log(log)}
        late = {(run.clock, run.round): judge(run, 8, time, now).breached_at for run in read_log([*log, event])}
        # A complaint that is received a second time was received the first time.
        assert event[1] == "received" or all(late[key] == at for key, at in early.items() if at)
