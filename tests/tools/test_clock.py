"""When it was, by clocks that may be wrong; and how long there is to enter it."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.clock import TOLERANCE, add_working_days, effective_moment

NOON = datetime(2026, 4, 17, 12)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
SECOND = timedelta(seconds=1)


@given(MOMENTS | st.none(), MOMENTS | st.none(), MOMENTS)
def test_nothing_was_captured_after_it_arrived(device, sent, received):
    moment, clock = effective_moment(device, sent, received)
    assert moment <= received
    assert clock in ("device", "corrected", "server")


@given(st.timedeltas(-TOLERANCE, TOLERANCE), st.timedeltas(timedelta(0), TOLERANCE))
def test_nothing_was_captured_after_it_arrived_by_a_clock_that_is_a_little_fast(fast, age):
    sent = NOON + fast
    assert effective_moment(sent - age, sent, NOON)[0] <= NOON
    assert effective_moment(sent, None, NOON)[0] <= NOON


@given(st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(days=-3000), timedelta(days=3000)))
def test_a_clock_that_is_wrong_by_any_amount_gives_the_right_moment(age, error):
    moment, _clock = effective_moment(NOON - age + error, NOON + error, NOON)
    assert abs(moment - (NOON - age)) <= TOLERANCE


def test_a_right_clock_is_believed_to_the_second():
    assert effective_moment(NOON - SECOND, NOON, NOON + SECOND) == (NOON - SECOND, "device")


def test_a_clock_that_was_moved_meanwhile_is_not_asked():
    assert effective_moment(NOON + timedelta(hours=1), NOON, NOON) == (NOON, "server")


@given(st.timedeltas(timedelta(0), timedelta(days=300)), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_clock_set_right_before_sending_gives_no_day_before_the_exhibition(wrong, age):
    begin = NOON - timedelta(days=2)
    moment, _clock = effective_moment(NOON - age - wrong, NOON, NOON, begin)
    assert begin <= moment <= NOON
    # A contact that is recorded before the first day, as at the setting up, keeps its day.
    early = begin - timedelta(hours=5)
    assert effective_moment(early - SECOND, early, early, begin) == (early - SECOND, "device")


def test_who_was_captured_on_friday_is_entered_until_tuesday():
    assert add_working_days(date(2026, 4, 17), 2, lambda day: day.weekday() < 5) == date(2026, 4, 21)


def test_a_calendar_without_working_days_ends_all_the_same():
    assert add_working_days(date(2026, 4, 17), 2, lambda day: False) > date(2026, 4, 17)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 30))
def test_more_days_never_end_earlier(day, count):
    def is_working(candidate):
        return candidate.weekday() < 5

    assert add_working_days(day, count, is_working) <= add_working_days(day, count + 1, is_working)
