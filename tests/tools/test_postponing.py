"""To which day a follow-up is postponed, by properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.postponing import CHOICES, OFFERED, WEEKDAYS, get_postponed_day, place_chosen
from odoo.addons.expo_followup.tools.workdays import CompanyCalendar, both_working

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
COUNTRIES = st.sampled_from(["IT", "CN", "SA", "US", None])


@given(choice=st.sampled_from(CHOICES), today=DAYS, country=COUNTRIES)
def test_a_chosen_day_is_a_working_day_of_both_sides_and_not_past(choice, today, country):
    is_working = both_working(CompanyCalendar(), country)
    day = get_postponed_day(choice, today, is_working)
    assert is_working(day)
    assert day >= today + timedelta(days=0 if choice == "today" else 1)


@given(weekday=st.sampled_from(WEEKDAYS), today=DAYS)
def test_a_weekday_is_the_next_one_after_tomorrow(weekday, today):
    day = get_postponed_day(weekday, today, lambda _day: True)
    assert day.weekday() == WEEKDAYS.index(weekday)
    assert 2 <= (day - today).days <= 8


@given(today=DAYS)
def test_later_is_past_the_column_of_the_next_seven_days(today):
    assert (get_postponed_day("later", today, lambda _day: True) - today).days == 8


def test_another_choice_is_refused():
    assert set(OFFERED) <= set(CHOICES)
    for choice in ("some day", "", False, None):
        with pytest.raises(ValueError, match="is postponed to one of"):
            get_postponed_day(choice, date(2026, 4, 20), lambda _day: True)


@given(day=DAYS, slack=st.integers(-20, 20))
def test_a_chosen_day_is_late_past_its_window_only(day, slack):
    placement = place_chosen(day, day + timedelta(days=slack))
    assert placement.day == day <= placement.deadline
    assert (placement.flag == "late") == (slack < 0)
