"""The rules of time: a step falls on the right day, never early, and stays there."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.windows import (
    ABROAD,
    ALL_WEEKDAYS,
    IN_WINDOW,
    LATE,
    MOVED,
    NoWorkingDay,
    Placement,
    Window,
    format_weekdays,
    letter_days,
    parse_weekdays,
    place,
    place_letter,
    weekday_set,
    window_after,
)

SHOW_END = date(2026, 5, 5)  # a Tuesday
TUESDAY_TO_THURSDAY = frozenset({1, 2, 3})
EPOCH = date(2026, 1, 1)


def day(offset):
    return EPOCH + timedelta(days=offset)


def monday_to_friday(on):
    return on.weekday() < 5


def may(number):
    return date(2026, 5, number)


class Calendar:
    """Working weekdays less some days off; a stand-in for ours and the customer's together."""

    def __init__(self, weekdays, days_off):
        self.weekdays, self.days_off = weekdays, days_off

    def __call__(self, on):
        return on.weekday() in self.weekdays and on not in self.days_off

    def __repr__(self):
        return f"Calendar({sorted(self.weekdays)}, {sorted(map(str, self.days_off))})"


some_weekdays = st.frozensets(st.integers(0, 6), min_size=1)
anchors = st.integers(0, 40).map(day)
calendars = st.builds(
    Calendar,
    some_weekdays,
    st.one_of(
        st.frozensets(st.integers(0, 70).map(day), max_size=25),
        # A long run of days off, as at the Lunar New Year, so that whole windows are off.
        st.builds(
            lambda first, length: frozenset(map(day, range(first, first + length))),
            anchors.map(lambda on: (on - EPOCH).days),
            st.integers(5, 30),
        ),
    ),
)
steps = st.tuples(st.integers(-5, 25), st.integers(1, 16), some_weekdays)
todays = st.none() | st.integers(-10, 75).map(day)


def what_the_rule_says(window, is_working, as_of):
    """The rule again, by sets over a year and more, with no eye on speed."""
    year = [window.start + timedelta(days=n) for n in range(450)]
    working = [on for on in year if is_working(on) and (as_of is None or on >= as_of)]
    inside = [on for on in working if on <= window.last]
    allowed = [on for on in inside if on.weekday() in window.weekdays]
    if allowed:
        return Placement(min(allowed), max(allowed), "")
    if inside:
        return Placement(min(inside), min(inside), "moved")
    return Placement(min(working), min(working), "late")


# Windows


def test_days_are_counted_from_the_day_after_the_show_with_both_ends_included():
    assert window_after(SHOW_END, 1, 7) == (may(6), may(12), ALL_WEEKDAYS)


def test_a_window_of_one_day_may_be_the_anchor_itself():
    assert window_after(SHOW_END, 0, 1, [1]) == (SHOW_END, SHOW_END, {1})


def test_a_window_may_open_before_its_anchor():
    assert window_after(SHOW_END, -1, 1).last == may(4)


@pytest.mark.parametrize("length", [0, -3])
def test_a_window_of_no_days_is_refused(length):
    with pytest.raises(ValueError, match=f"at least one day, not {length}"):
        window_after(SHOW_END, 1, length)


def test_a_window_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends on 2026-05-04, before it starts on 2026-05-05"):
        Window(may(5), may(4))
    with pytest.raises(ValueError, match="before it starts"):
        Window(may(5), may(6))._replace(last=may(4))


def test_a_window_without_weekdays_is_refused():
    with pytest.raises(ValueError, match="at least one weekday"):
        Window(may(5), may(6), frozenset())


@pytest.mark.parametrize("weekdays", [{7}, {-1, 0}, {"1"}])
def test_a_window_on_what_is_no_weekday_is_refused(weekdays):
    with pytest.raises(ValueError, match=r"0 \(Monday\) to 6 \(Sunday\)"):
        Window(may(5), may(6), weekdays)


def test_a_window_of_moments_is_refused_since_their_date_depends_on_the_time_zone():
    with pytest.raises(TypeError, match="not of moments"):
        Window(datetime(2026, 5, 5, 23), may(6))
    with pytest.raises(TypeError, match="not of moments"):
        Window(may(5), datetime(2026, 5, 6, 1))


def test_equal_windows_are_one_cache_key():
    assert hash(Window(may(5), may(6), [1, 2])) == hash(Window(may(5), may(6), {2, 1}))


# Placement, by example


def test_the_thank_you_letter_leaves_on_the_first_working_day_and_may_wait_till_the_last():
    assert place(window_after(SHOW_END, 1, 7), monday_to_friday) == (may(6), may(12), IN_WINDOW)


def test_the_email_revisit_keeps_to_tuesday_to_thursday():
    window = window_after(SHOW_END, 8, 10, TUESDAY_TO_THURSDAY)  # Wednesday 13 to Friday 22
    assert place(window, Calendar(range(5), {may(13)})) == (may(14), may(21), IN_WINDOW)


def test_without_an_allowed_day_the_step_moves_within_its_window_and_says_so():
    friday_to_monday = Window(may(8), may(11), TUESDAY_TO_THURSDAY)
    assert place(friday_to_monday, monday_to_friday) == (may(8), may(8), MOVED)


def test_an_allowed_day_later_in_the_window_beats_an_earlier_one_that_is_not_allowed():
    assert place(Window(may(8), may(12), {1}), monday_to_friday) == (may(12), may(12), IN_WINDOW)


def test_a_window_of_days_off_is_followed_by_the_next_working_day_and_called_late():
    assert place(Window(may(9), may(10)), monday_to_friday) == (may(11), may(11), LATE)


def test_a_step_whose_window_is_past_falls_on_the_next_working_day_from_today():
    assert place(Window(may(5), may(7)), monday_to_friday, as_of=may(16)) == (may(18), may(18), LATE)


def test_a_step_still_in_its_window_is_not_placed_in_the_past():
    assert place(Window(may(5), may(14)), monday_to_friday, as_of=may(9)) == (may(11), may(14), IN_WINDOW)


def test_the_last_day_of_the_window_still_counts_as_in_time():
    assert place(Window(may(5), may(7)), monday_to_friday, as_of=may(7)) == (may(7), may(7), IN_WINDOW)


def test_a_calendar_that_never_works_is_an_error_and_not_an_endless_search():
    with pytest.raises(NoWorkingDay, match="within 366 days after the window 2026-05-05 to 2026-05-07"):
        place(Window(may(5), may(7)), lambda on: False)


def test_a_working_day_a_year_away_is_still_found():
    far = may(7) + timedelta(days=366)
    assert place(Window(may(5), may(7)), lambda on: on >= far).day == far
    with pytest.raises(NoWorkingDay):
        place(Window(may(5), may(7)), lambda on: on > far)


# Letters


def test_a_letter_in_the_week_of_the_customers_holiday_leaves_in_that_week():
    theirs = Calendar(range(5), {may(day) for day in range(6, 13)})
    window = window_after(SHOW_END, 1, 7)
    tests = theirs, monday_to_friday
    assert place_letter(window, tests, letter_days(window, *tests)) == (may(6), may(12), ABROAD)
    assert place_letter(window, tests, letter_days(window, *tests, may(9)), may(9)) == (may(11), may(12), ABROAD)
    assert place(window, theirs).day == may(13)


def test_a_letter_waits_for_the_customers_first_working_day_inside_its_week():
    theirs = Calendar(range(5), {may(day) for day in range(6, 12)})
    window = window_after(SHOW_END, 1, 7)
    tests = theirs, monday_to_friday
    assert place_letter(window, tests, letter_days(window, *tests)) == (may(12), may(12), IN_WINDOW)


@given(anchors, steps, calendars, calendars, todays)
def test_a_letter_comes_in_its_window_if_we_work_in_it_and_never_on_our_day_off(anchor, step, theirs, ours, as_of):
    def both(on):
        return ours(on) and theirs(on)

    window = window_after(anchor, *step)
    first = max(window.start, as_of or window.start)
    left = [first + timedelta(days=n) for n in range((window.last - first).days + 1)]
    try:
        placed = place_letter(window, (both, ours), letter_days(window, both, ours, as_of), as_of)
    except NoWorkingDay:
        assert not any(map(ours, left))
        return
    assert ours(placed.day)
    assert ours(placed.deadline)
    assert (placed.flag == LATE) == (not any(map(ours, left)))
    assert (placed.flag == ABROAD) == (not both(placed.day))
    if any(map(both, left)):
        assert placed == place(window, both, as_of)
    # Recomputed until its day it stays where it is.
    again = place_letter(window, (both, ours), letter_days(window, both, ours, placed.day), placed.day)
    assert (again.day, again.deadline) == (placed.day, placed.deadline) or placed.flag == LATE


# Placement, for every window and calendar


@given(anchors, steps, calendars, todays)
@example(SHOW_END, (3, 4, TUESDAY_TO_THURSDAY), Calendar(frozenset(range(5)), frozenset()), None)
@example(SHOW_END, (4, 2, ALL_WEEKDAYS), Calendar(frozenset(range(5)), frozenset()), may(9))
def test_day_deadline_and_flag_are_what_the_rule_says(anchor, step, calendar, as_of):
    window = window_after(anchor, *step)
    assert place(window, calendar, as_of) == what_the_rule_says(window, calendar, as_of)


@given(anchors, steps, calendars, todays)
def test_a_letter_never_leaves_before_the_window_opens_nor_before_today(anchor, step, calendar, as_of):
    window = window_after(anchor, *step)
    placed = place(window, calendar, as_of)
    assert placed.day >= window.start
    assert as_of is None or placed.day >= as_of


@given(anchors, steps, calendars, todays)
def test_neither_day_nor_deadline_is_ever_a_day_off(anchor, step, calendar, as_of):
    placed = place(window_after(anchor, *step), calendar, as_of)
    assert calendar(placed.day)
    assert calendar(placed.deadline)


@given(anchors, steps, calendars, todays)
def test_only_what_is_called_late_is_after_the_window(anchor, step, calendar, as_of):
    window = window_after(anchor, *step)
    placed = place(window, calendar, as_of)
    assert placed.day <= placed.deadline
    assert (placed.day > window.last) == (placed.deadline > window.last) == (placed.flag == LATE)


@given(anchors, steps, calendars, todays, st.integers(0, 30))
def test_a_later_anchor_never_gives_an_earlier_day_or_deadline(anchor, step, calendar, as_of, delay):
    earlier = place(window_after(anchor, *step), calendar, as_of)
    later = place(window_after(anchor + timedelta(days=delay), *step), calendar, as_of)
    assert later.day >= earlier.day
    assert later.deadline >= earlier.deadline


@given(anchors, steps, calendars, todays, st.integers(0, 30))
def test_time_passing_never_makes_a_step_earlier(anchor, step, calendar, as_of, delay):
    window = window_after(anchor, *step)
    earlier = place(window, calendar, as_of)
    later = place(window, calendar, (as_of or window.start) + timedelta(days=delay))
    assert later.day >= earlier.day
    assert later.deadline >= earlier.deadline


@given(anchors, steps, calendars, todays, st.data())
def test_syncing_again_changes_nothing_until_the_day_has_passed(anchor, step, calendar, as_of, data):
    window = window_after(anchor, *step)
    placed = place(window, calendar, as_of)
    days_left = (placed.day - (as_of or window.start)).days
    today = (as_of or window.start) + timedelta(days=data.draw(st.integers(0, days_left)))
    assert place(window, calendar, as_of=today) == placed


@given(anchors, steps, calendars)
def test_before_the_window_opens_today_does_not_matter(anchor, step, calendar):
    window = window_after(anchor, *step)
    assert place(window, calendar, window.start - timedelta(days=400)) == place(window, calendar)


# Weekdays as text


def test_weekdays_are_read_from_iso_digits_in_any_order():
    assert parse_weekdays("234") == parse_weekdays("423") == TUESDAY_TO_THURSDAY
    assert parse_weekdays("7") == {6}


@pytest.mark.parametrize("nothing", ["", None, False])
def test_no_weekdays_mean_all(nothing):
    assert parse_weekdays(nothing) == ALL_WEEKDAYS


@pytest.mark.parametrize("text", ["0", "8", "2,3", " ", "22", "Tue", "\uff12", "-1", 0, 234, ["2"], b"2", True])
def test_any_other_text_for_weekdays_is_refused(text):
    with pytest.raises(ValueError, match=r"digits from 1 \(Monday\) to 7 \(Sunday\)"):
        parse_weekdays(text)


@given(some_weekdays)
def test_weekdays_survive_writing_and_reading(weekdays):
    assert parse_weekdays(format_weekdays(weekdays)) == weekdays


def test_all_weekdays_are_written_as_nothing_and_none_cannot_be_written():
    assert format_weekdays(range(7)) == ""
    with pytest.raises(ValueError, match="at least one weekday"):
        format_weekdays([])


def test_a_set_of_weekdays_takes_any_iterable():
    assert weekday_set(iter([4, 0])) == {0, 4}
