"""The contact cadence as pure values: initial cadence, cadence by class, weekly limit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.cadence import (
    CADENCE,
    MEMORY,
    History,
    Relation,
    Rhythm,
    Wish,
    get_idle_reason,
    has_room,
    is_superseded,
    next_touch,
    parse_days,
    place_touch,
    place_with_room,
)
from odoo.addons.expo_followup.tools.windows import place as place_window
from odoo.addons.expo_followup.tools.windows import window_after

DAY = date(2026, 4, 22)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def weekday(day):
    return day.weekday() < 5


def test_new_contacts_are_revisited_after_three_seven_and_fifteen_days_then_monthly():
    asked = [next_touch(Rhythm(), History(DAY, touches)) for touches in range(1, 7)]
    assert [(wish.origin, wish.gap) for wish in asked] == [
        (MEMORY, 3),
        (MEMORY, 7),
        (MEMORY, 15),
        (CADENCE, 30),
        (CADENCE, 30),
        (CADENCE, 30),
    ]


@pytest.mark.parametrize(("abc_class", "gap"), [("a", 7), ("b", 14), ("c", 30)])
def test_customer_with_turnover_follows_the_class_cadence_from_the_first_follow_up(abc_class, gap):
    assert next_touch(Rhythm(), History(DAY, 1, abc_class)) == Wish(CADENCE, DAY, gap)


@pytest.mark.parametrize(("started_after", "due_after"), [(20, 20), (3, 7)])
def test_customer_who_enters_the_cadence_is_contacted_on_the_first_day_in_it_and_not_before(started_after, due_after):
    started_on = DAY + timedelta(days=started_after)
    wish = next_touch(Rhythm(), History(DAY, 1, "a", started_on=started_on))
    assert wish.due == DAY + timedelta(days=due_after)


def test_without_any_touch_there_is_nothing_to_count_from():
    assert next_touch(Rhythm(), History(None, 0, "a")) is None


def test_a_letter_alone_starts_the_memory_curve():
    assert next_touch(Rhythm(), History(DAY, 0)) == Wish(MEMORY, DAY, 3)


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        (("open", "lost"), ""),
        (("won", "lost"), "lost"),
        (("lost", "won"), ""),
        (("lost", "open"), ""),
        (("lost",), "lost"),
    ],
)
def test_refusal_at_the_latest_show_ends_the_care_unless_another_person_is_open(outcomes, reason):
    assert get_idle_reason(Rhythm(), Relation(outcomes, abc_class="a")) == reason


def test_zero_days_and_an_empty_curve_switch_the_rhythm_off():
    assert next_touch(Rhythm((), {"c": 0}), History(DAY, 1)) is None
    assert next_touch(Rhythm((), {}), History(DAY, 1, "a")) is None


@given(days, st.integers(0, 9), st.sampled_from(["", "a", "b", "c"]))
def test_any_touch_resets_the_clock(day, touches, abc_class):
    first = next_touch(Rhythm(), History(day, touches, abc_class))
    later = next_touch(Rhythm(), History(day + timedelta(days=1), touches, abc_class))
    assert later.due == first.due + timedelta(days=1)


@given(days, st.integers(7, 60), days)
def test_at_least_once_in_its_days_means_not_later_where_there_is_a_working_day(base, gap, as_of):
    placement = place_touch(Wish(CADENCE, base, gap), weekday, as_of)
    assert placement.day > base
    assert placement.day >= as_of
    assert weekday(placement.day)
    if as_of <= base + timedelta(days=1):
        assert placement.day <= base + timedelta(days=gap)


@given(days, st.integers(1, 60))
def test_the_memory_curve_is_never_early_and_soon_when_its_days_have_passed(base, gap):
    placement = place_touch(Wish(MEMORY, base, gap), weekday, base)
    assert base + timedelta(days=gap) <= placement.day <= base + timedelta(days=gap + 2)


@given(days, st.integers(1, 60), st.sampled_from([MEMORY, CADENCE]), st.integers(0, 30))
def test_placing_again_before_its_day_gives_the_same_day(base, gap, origin, later):
    wish = Wish(origin, base, gap)
    placement = place_touch(wish, weekday, base)
    as_of = min(base + timedelta(days=later), placement.day)
    assert place_touch(wish, weekday, as_of) == placement


@given(days, st.integers(1, 60), st.sampled_from([MEMORY, CADENCE]), st.integers(8, 400))
def test_those_whose_days_passed_long_ago_are_spread_over_as_many_days_as_their_gap_has(base, gap, origin, later):
    as_of = base + timedelta(days=gap + later)
    placed = [place_touch(Wish(origin, base, gap), weekday, as_of, turn).day for turn in range(2 * gap)]
    assert all(as_of <= day <= as_of + timedelta(days=gap + 3) for day in placed)
    assert placed[:gap] == placed[gap:]
    for day in set(placed):
        # A weekend's turns come on the working day beside it.
        assert placed[:gap].count(day) <= 4


def test_another_touch_that_comes_in_time_supersedes_and_one_that_is_overdue_too():
    wish = Wish(CADENCE, DAY, 7)
    assert is_superseded(wish, [DAY + timedelta(days=7)])
    assert is_superseded(wish, [DAY - timedelta(days=3)])
    assert not is_superseded(wish, [DAY + timedelta(days=8)])


def test_who_was_not_asked_for_yet_is_not_while_something_is_in_hand_today():
    wish, today = Wish(MEMORY, DAY, 3), DAY + timedelta(days=9)
    letter = [DAY + timedelta(days=6)]
    assert is_superseded(wish, letter, today)
    assert not is_superseded(wish, letter), "but who was asked for stays so"


@given(st.lists(days, max_size=12), days, st.integers(1, 4))
def test_with_room_no_seven_days_hold_more_than_the_limit(others, day, limit):
    """Against the plain definition: count in each of the seven weeks that the day is part of."""
    weeks = [[other for other in others if 0 <= (other - (day - timedelta(days=back))).days < 7] for back in range(7)]
    assert has_room(day, others, limit) == all(len(week) < limit for week in weeks)


@given(days, st.lists(st.integers(0, 20), max_size=10), st.integers(1, 3))
def test_a_step_in_a_crowded_week_goes_to_the_next_day_with_room(anchor, offsets, limit):
    others = [anchor + timedelta(days=offset) for offset in offsets]
    window = window_after(anchor, 1, 7)
    placement, wanted_on = place_with_room(
        lambda test: place_window(window, test, anchor), weekday, lambda day: has_room(day, others, limit)
    )
    assert has_room(placement.day, others, limit)
    assert weekday(placement.day)
    assert placement.deadline >= placement.day
    plain = place_window(window, weekday, anchor)
    assert wanted_on == (None if has_room(plain.day, others, limit) else plain.day)
    assert placement.day >= plain.day


@pytest.mark.parametrize("text", ["3; 7", "3, 0", "0, 0", "-3", "3,,7", "1e3", "²", "9999"])
def test_days_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="days are positive numbers"):
        parse_days(text)


def test_a_chinese_comma_is_a_comma():
    assert parse_days("3，7") == (3, 7)
