"""Whether it is a good moment to call, by the clock of the customer's place."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytz
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.moments import CALL, HOURS, SEARCH_DAYS, find_common, moment_at
from odoo.addons.expo_followup.tools.workdays import CompanyCalendar, country_calendar
from odoo.addons.expo_followup.tools.working_time import USUAL_WEEK, WorkingTime
from odoo.addons.expo_followup.tools.zones import STATES, WIDE, zones_of

COUNTRIES = ("IT", "CN", "US", "SA", "IN", "BR", "JP", "ZA")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))


def _at(moment, country, preferred="working", **place):
    return moment_at(moment, zones_of(country, **place), country_calendar(country), preferred)


def test_in_a_wide_country_it_must_be_working_hours_at_both_ends():
    assert _at(datetime(2026, 4, 22, 14), "US").kind == "early"  # ten in New York, seven in Los Angeles
    assert _at(datetime(2026, 4, 22, 17), "US").kind == "good"
    assert _at(datetime(2026, 4, 22, 23), "US").kind == "late"
    assert _at(datetime(2026, 4, 22, 14), "US", state_code="NY").kind == "good"


def test_friday_is_the_weekend_where_it_is():
    assert _at(datetime(2026, 4, 24, 8), "SA").kind == "weekend"
    assert _at(datetime(2026, 4, 26, 8), "SA").kind == "good"  # a Sunday


def test_who_prefers_evenings_is_called_after_work_also_on_a_saturday():
    assert _at(datetime(2026, 4, 22, 8), "IT", "evening").kind == "early"
    assert _at(datetime(2026, 4, 18, 17), "IT", "evening").kind == "good"


def test_the_clock_that_is_put_forward_is_followed():
    # Italy changes on 29 March 2026: nine o'clock is eight in UTC before, seven after.
    assert _at(datetime(2026, 3, 28, 7), "IT").next_good == datetime(2026, 3, 30, 7)
    assert _at(datetime(2026, 3, 26, 19), "IT").next_good == datetime(2026, 3, 27, 8)


def test_every_zone_we_name_exists():
    for country, ends in WIDE.items():
        for zone in (*ends, *STATES.get(country, ())):
            assert zone in pytz.country_timezones[country]


def test_every_country_has_a_zone():
    assert all(zones_of(code) for code in pytz.country_timezones)


@given(moments, st.sampled_from(COUNTRIES), st.sampled_from(sorted(HOURS)))
def test_the_next_good_moment_is_good_and_none_comes_before_it(now, country, preferred):
    moment = _at(now, country, preferred)
    if moment.kind == "good" or moment.next_good is None:
        return
    assert moment.next_good > now
    assert _at(moment.next_good, country, preferred).kind == "good"
    before = max(now, moment.next_good - timedelta(minutes=1))
    assert _at(before, country, preferred).kind != "good"


# -- the hours of the caller as well ---------------------------------------------------------------------------

WEEKS = (
    USUAL_WEEK,
    dict.fromkeys(range(7), ((0.0, 24.0),)),
    {0: ((22.0, 24.0),), 1: ((0.0, 6.0),), 3: ((7.5, 11.25),)},
    dict.fromkeys((0, 2, 4), ((9.0, 12.5), (14.0, 18.0))) | {8: ((13.0, 20.0),)},
    dict.fromkeys(range(5), ((17.9, 18.1),)),
)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe")
working_times = st.builds(
    lambda zone, week, off: WorkingTime(pytz.timezone(zone), week, CompanyCalendar(range(5), off)),
    st.sampled_from(ZONES),
    st.sampled_from(WEEKS),
    st.sets(st.dates(datetime(2026, 1, 1).date(), datetime(2028, 1, 31).date()), max_size=5),
)


def _is_common(moment, country, preferred, working):
    """Say by the minute, without any span: a call that begins now ends while all are still there."""
    minutes = [moment + timedelta(minutes=minute) for minute in range(int(CALL.total_seconds() // 60))]
    return all(
        _is_good(minute, country, preferred) and working.between(minute, minute + timedelta(minutes=1)) > 1 / 60 - 1e-5
        for minute in minutes
    )


def _is_good(moment, country, preferred):
    begin, end = HOURS[preferred]
    calendar = country_calendar(country)
    for zone in zones_of(country):
        there = pytz.utc.localize(moment).astimezone(pytz.timezone(zone))
        is_off = (
            calendar.holiday_name(there.date()) if preferred == "evening" else not calendar.is_working(there.date())
        )
        if is_off or not begin <= there.time() < end:
            return False
    return True


@given(moments, st.sampled_from(COUNTRIES), st.sampled_from(sorted(HOURS)), working_times)
def test_the_common_moment_is_within_the_hours_of_both_and_none_comes_before_it(now, country, preferred, working):
    now = now.replace(second=0, microsecond=0)
    places = [pytz.timezone(zone) for zone in zones_of(country)]
    found = find_common(now, places, country_calendar(country), preferred, working)
    if found:
        assert now <= found <= now + timedelta(days=SEARCH_DAYS)
        assert _is_common(found, country, preferred, working)
    # Every quarter of an hour before it, and the minute before it.
    last = found or now + timedelta(days=SEARCH_DAYS) - CALL
    moment = now
    while moment < last:
        assert not _is_common(moment, country, preferred, working), moment
        moment += CALL
    if found and found > now:
        assert not _is_common(found - timedelta(minutes=1), country, preferred, working)


@given(moments, st.integers(1, 400), working_times)
def test_the_spans_of_work_hold_the_hours_of_work(begin, hours, working):
    begin = begin.replace(microsecond=0)
    end = begin + timedelta(hours=hours)
    spans = working.get_spans(begin, end)
    total = sum((last - first).total_seconds() for first, last in spans) / 3600
    assert abs(total - working.between(begin, end)) < 0.01
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_the_proposed_hour_follows_both_clocks_when_one_is_put_forward():
    # Europe puts its clocks forward on 29 March 2026, Shanghai never: from then on Rome is six hours behind, not seven.
    shanghai = WorkingTime(pytz.timezone("Asia/Shanghai"))
    rome = [pytz.timezone("Europe/Rome")]
    italy = country_calendar("IT")
    for now, hour in ((datetime(2026, 3, 26, 12), 8), (datetime(2026, 3, 28), 7)):
        found = find_common(now, rome, italy, "morning", shanghai)
        assert (found.hour, found.minute) == (hour, 0)
    # At 13:00 in Rome it is 20:00 in Shanghai before, 19:00 after: never an afternoon.
    assert find_common(datetime(2026, 3, 26, 12), rome, italy, "afternoon", shanghai) is None


def test_no_common_hour_is_none():
    berlin = WorkingTime(pytz.timezone("Europe/Berlin"))
    there = moment_at(datetime(2026, 4, 21, 8), ("America/Los_Angeles",), country_calendar("US"), working=berlin)
    assert (there.kind, there.next_good) == ("early", None)


def test_a_day_off_of_the_caller_is_no_common_day():
    off = CompanyCalendar(days_off=[datetime(2026, 4, 22).date()])
    berlin = WorkingTime(pytz.timezone("Europe/Berlin"), USUAL_WEEK, off)
    rome = [pytz.timezone("Europe/Rome")]
    assert find_common(datetime(2026, 4, 21, 18), rome, country_calendar("IT"), working=berlin) == datetime(
        2026, 4, 23, 7
    )
