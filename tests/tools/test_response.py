"""How long a customer has been waiting: within one week, at most two."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.response import (
    days_waited,
    first_day_in_time,
    last_day,
    response_state,
    working_hours,
)
from odoo.addons.expo_followup.tools.workdays import CompanyCalendar

SINCE = date(2026, 4, 20)
ORDER = ("waiting", "amber", "red")


def test_the_seventh_day_is_still_in_time_and_the_eighth_is_not():
    assert response_state(SINCE, SINCE + timedelta(days=7), False, 7, 14) == "waiting"
    assert response_state(SINCE, SINCE + timedelta(days=8), False, 7, 14) == "amber"


def test_the_fourteenth_day_is_amber_and_the_fifteenth_red():
    assert response_state(SINCE, SINCE + timedelta(days=14), False, 7, 14) == "amber"
    assert response_state(SINCE, SINCE + timedelta(days=15), False, 7, 14) == "red"


def test_the_clock_that_has_not_started_stays_waiting():
    assert response_state(None, SINCE + timedelta(days=400), False, 7, 14) == "waiting"


@given(st.integers(-30, 400), st.integers(0, 30), st.integers(0, 30))
def test_waiting_only_ever_gets_worse_and_an_answer_ends_it(days, amber, more):
    today, red = SINCE + timedelta(days=days), amber + more
    state = response_state(SINCE, today, False, amber, red)
    tomorrow = response_state(SINCE, today + timedelta(days=1), False, amber, red)
    assert ORDER.index(state) <= ORDER.index(tomorrow)
    assert response_state(SINCE, today, True, amber, red) == "answered"


# -- days off ------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    CompanyCalendar,
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 30)), max_size=30),
    second_week=st.none() | st.sets(st.integers(0, 6)),
    make_up_days=st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 30)), max_size=5),
)


def test_a_week_of_holidays_gives_the_owner_a_week_more():
    spring_festival = CompanyCalendar(days_off=[date(2026, 2, 16) + timedelta(days=n) for n in range(7)])
    since = date(2026, 2, 13)
    assert last_day(since, 7, CompanyCalendar()) == date(2026, 2, 20)
    assert last_day(since, 7, spring_festival) == date(2026, 2, 27)
    assert response_state(since, date(2026, 2, 27), False, 7, 14, spring_festival) == "waiting"
    assert response_state(since, date(2026, 2, 28), False, 7, 14, spring_festival) == "amber"


def test_a_last_day_on_a_weekend_is_put_off_to_monday():
    assert last_day(date(2026, 4, 18), 7, CompanyCalendar()) == date(2026, 4, 27)


@given(DAYS, st.integers(0, 30), CALENDARS)
def test_days_off_only_ever_give_more_time(since, days, calendar):
    assert last_day(since, days, calendar) >= since + timedelta(days=days)
    assert last_day(since, days, calendar) >= last_day(since, days, calendar._replace(days_off=frozenset()))


@given(DAYS, st.integers(0, 60), st.integers(0, 30), CALENDARS)
def test_who_waits_from_later_on_is_never_late_earlier(since, more, days, calendar):
    assert last_day(since, days, calendar) <= last_day(since + timedelta(days=more), days, calendar)


@given(DAYS, st.integers(-5, 90), st.integers(0, 30), CALENDARS)
def test_the_first_day_in_time_tells_who_is_late(today, back, days, calendar):
    since = today - timedelta(days=back)
    assert (since < first_day_in_time(today, days, calendar)) == (last_day(since, days, calendar) < today)


@given(DAYS, st.integers(0, 90), CALENDARS)
def test_the_days_waited_are_those_that_count(since, span, calendar):
    days = days_waited(since, since + timedelta(days=span), calendar)
    assert 0 <= days <= span
    assert days == sum(since + timedelta(days=n) not in calendar.days_off for n in range(1, span + 1))


# -- working hours -------------------------------------------------------------------------------------------

WEEK = dict.fromkeys(range(5), ((8.0, 12.0), (13.0, 17.0)))
MOMENTS = st.datetimes(datetime(2026, 4, 1), datetime(2026, 5, 31))


@given(MOMENTS, MOMENTS, MOMENTS, CALENDARS)
def test_working_hours_add_up_and_never_exceed_the_time_that_passed(one, two, three, calendar):
    first, second, third = sorted((one, two, three))
    parts = working_hours(first, second, WEEK, calendar) + working_hours(second, third, WEEK, calendar)
    assert abs(parts - working_hours(first, third, WEEK, calendar)) < 1e-6
    assert 0 <= parts <= (third - first).total_seconds() / 3600 + 1e-6


def test_a_day_off_has_no_working_hours_and_lunch_is_none():
    friday, tuesday = datetime(2026, 4, 24, 12, 30), datetime(2026, 4, 28, 8)
    assert working_hours(friday, tuesday, WEEK, CompanyCalendar()) == 12
    assert working_hours(friday, tuesday, WEEK, CompanyCalendar(days_off=[date(2026, 4, 27)])) == 4
    assert working_hours(tuesday, friday, WEEK, CompanyCalendar()) == 0
