"""Working days: ours, the customer's, and the days that are both."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.windows import LATE, place, window_after
from odoo.addons.expo_followup.tools.workdays import (
    CompanyCalendar,
    CountryCalendar,
    both_working,
    country_calendar,
    week_of,
    working_weeks,
)

# A plain week in November 2026, Monday 2 to Sunday 8, in which none of these countries has a holiday.
WEEK = [date(2026, 11, 2) + timedelta(days=n) for n in range(7)]
COUNTRIES = ["AE", "BD", "CN", "DE", "EG", "IL", "IR", "NP", "SA", "US", "ZZ", None]

days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
companies = st.builds(
    CompanyCalendar,
    st.sampled_from([range(5), range(6), [6, 0, 1, 2, 3]]),
    st.frozensets(days, max_size=30),
    st.sampled_from([None, range(5), range(6), []]),
    st.frozensets(days, max_size=10),
)


def is_working(country, text):
    return country_calendar(country).is_working(date.fromisoformat(text))


# Countries


@pytest.mark.parametrize(
    ("country", "weekend"),
    [
        ("DE", {5, 6}),
        ("CN", {5, 6}),
        ("AE", {5, 6}),
        ("SA", {4, 5}),
        ("EG", {4, 5}),
        ("IL", {4, 5}),
        ("BD", {4, 5}),
        ("IR", {4}),
        ("BN", {4, 6}),
    ],
)
def test_each_country_keeps_its_own_weekend(country, weekend):
    assert {on.weekday() for on in WEEK if not country_calendar(country).is_working(on)} == weekend


def test_a_weekend_that_was_changed_by_law_counts_from_then_on():
    assert not is_working("AE", "2021-11-05")  # a Friday, when the weekend was Friday and Saturday
    assert is_working("AE", "2026-11-06")


def test_call_to_china_avoids_the_national_day_week():
    assert not any(is_working("CN", f"2026-10-0{number}") for number in range(1, 8))
    assert is_working("CN", "2026-10-08")


def test_a_weekend_day_worked_in_exchange_for_a_bridge_day_is_a_working_day():
    assert is_working("CN", "2026-10-10")  # a Saturday
    assert is_working("CN", "2026-09-20")  # a Sunday
    assert not is_working("CN", "2026-10-17")


def test_a_day_exchanged_across_new_year_is_known_from_its_own_year():
    assert is_working("CN", "2006-12-31")  # a Sunday, for a day off in January 2007


def test_christmas_is_a_holiday_in_germany_but_not_in_saudi_arabia_nor_on_christmas_eve():
    assert not is_working("DE", "2025-12-25")  # a Thursday
    assert is_working("DE", "2025-12-24")
    assert is_working("SA", "2025-12-25")


def test_a_holiday_of_some_regions_or_of_the_banks_is_a_working_day():
    assert is_working("DE", "2026-01-06")  # Epiphany, in three of the sixteen states
    assert is_working("DK", "2026-12-31")  # optional there
    assert "optional" in holidays.DK.supported_categories


@pytest.mark.parametrize("unknown", [None, "", False, "ZZ", "HolidayBase", "DEU", "NYSE", "B3", "__init__"])
def test_an_unknown_country_rests_on_saturday_and_sunday_and_has_no_holidays(unknown):
    calendar = country_calendar(unknown)
    assert calendar.code == ""
    assert [calendar.is_working(on) for on in WEEK] == [True] * 5 + [False] * 2
    assert calendar.is_working(date(2025, 12, 25))
    assert calendar.holiday_name(date(2025, 12, 25)) == ""


def test_the_case_of_the_code_does_not_matter():
    assert country_calendar("sa").code == "SA"


def test_a_country_calendar_is_made_once():
    assert country_calendar("DE") is country_calendar("DE")


def test_the_first_and_the_last_day_of_a_year_count():
    assert not is_working("DE", "2027-01-01")  # New Year, a Friday
    assert not is_working("DE", "2028-12-31")  # a Sunday
    assert not is_working(None, "2028-12-31")


def test_a_year_is_worked_out_once(monkeypatch):
    years = []
    work_out = CountryCalendar._work_out
    monkeypatch.setattr(CountryCalendar, "_work_out", lambda self, year: years.append(year) or work_out(self, year))
    calendar = CountryCalendar("DE")
    for on in (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1), date(2026, 6, 1)):
        calendar.is_working(on)
    assert years == [2026, 2027]


@pytest.mark.parametrize("country", ["CN", "SA", None])
@pytest.mark.parametrize("year", [1, 1900, 2150, 9999])
def test_far_years_have_their_weekends(country, year):
    first, last = date(year, 1, 1), date(year, 12, 31)
    answers = [country_calendar(country).is_working(first + timedelta(days=n)) for n in range((last - first).days + 1)]
    assert 200 < sum(answers) < 300


def test_no_country_is_ever_off_for_longer_than_a_window_may_wait():
    codes = holidays.list_supported_countries(include_aliases=False)
    assert len(codes) > 200
    for code in codes:
        calendar = CountryCalendar(code)
        assert calendar.code == code
        run = longest = 0
        for n in range(2 * 365):
            run = 0 if calendar.is_working(date(2026, 1, 1) + timedelta(days=n)) else run + 1
            longest = max(longest, run)
        assert 0 < longest < 20, code


def test_the_years_asked_for_before_make_no_difference():
    fresh, used = CountryCalendar("CN"), CountryCalendar("CN")
    for year in (2030, 2025, 2027, 2024):
        used.is_working(date(year, 6, 1))
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [fresh.is_working(on) for on in year] == [used.is_working(on) for on in year]


def test_threads_that_ask_at_once_get_the_same_answers():
    span = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 3 * 365, 5)]
    expected = [CountryCalendar("CN").is_working(on) for on in span]
    shared, together = CountryCalendar("CN"), Barrier(4)

    def ask(_thread):
        together.wait()
        return [shared.is_working(on) for on in span]

    with ThreadPoolExecutor(4) as pool:
        assert all(answers == expected for answers in pool.map(ask, range(4)))


# Names of holidays


@pytest.mark.parametrize(
    ("country", "on", "lang", "name"),
    [
        ("CN", date(2026, 10, 1), "zh_CN", "国庆节"),
        ("CN", date(2026, 10, 1), "en_US", "National Day"),
        ("CN", date(2026, 10, 1), None, "National Day"),
        ("DE", date(2026, 12, 25), "zh_CN", "Christmas Day"),
        ("DE", date(2026, 12, 25), "de_DE", "Erster Weihnachtstag"),
        ("BB", date(2026, 12, 25), "zh_CN", "Christmas Day"),
        ("DE", date(2026, 12, 24), "de_DE", ""),
    ],
)
def test_a_holiday_is_named_in_the_users_language_if_the_library_has_it_else_in_english(country, on, lang, name):
    assert country_calendar(country).holiday_name(on, lang) == name


def test_the_servers_locale_does_not_change_the_name(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    assert CountryCalendar("DE").holiday_name(date(2026, 12, 25), "zh_CN") == "Christmas Day"


# Our company


def test_we_work_on_our_weekdays_but_for_our_days_off():
    ours = CompanyCalendar({0, 5}, {date(2026, 11, 2)})
    assert [on.day for on in WEEK if ours.is_working(on)] == [7]
    assert ours.is_working(date(2026, 11, 9))


def test_a_company_without_working_weekdays_works_monday_to_friday():
    assert [CompanyCalendar([]).is_working(on) for on in WEEK] == [True] * 5 + [False] * 2
    assert CompanyCalendar(()) == CompanyCalendar(range(5)) == CompanyCalendar()


def test_weekdays_as_text_are_refused_rather_than_never_worked():
    with pytest.raises(ValueError, match="weekdays are the numbers"):
        CompanyCalendar(["0", "1"])
    with pytest.raises(ValueError, match="weekdays are the numbers"):
        CompanyCalendar()._replace(working_weekdays={7})


@given(days)
def test_the_two_weeks_of_a_schedule_always_take_turns(on):
    assert {week_of(on), week_of(on + timedelta(days=7))} == {0, 1}
    monday = on - timedelta(days=on.weekday())
    assert week_of(monday) == week_of(on) == week_of(monday + timedelta(days=6))


def test_every_second_saturday_is_worked_in_two_of_four():
    ours = CompanyCalendar(range(5), second_week=range(6))
    saturdays = [date(2026, 11, 7) + timedelta(days=7 * n) for n in range(4)]
    assert [ours.is_working(on) for on in saturdays] == [week_of(on) == 1 for on in saturdays]
    assert sum(map(ours.is_working, saturdays)) == 2


def test_one_of_two_weeks_may_be_off():
    ours = CompanyCalendar(range(5), second_week=())
    assert [ours.is_working(on) for on in WEEK] == [week_of(WEEK[0]) == 0] * 5 + [False] * 2


def test_a_make_up_day_is_worked_unless_it_is_a_day_off():
    saturday, sunday = WEEK[5:]
    ours = CompanyCalendar(days_off=[sunday], make_up_days=[saturday, sunday])
    assert [ours.is_working(on) for on in (saturday, sunday)] == [True, False]


@pytest.mark.parametrize(
    ("fortnight", "first", "second"),
    [
        ({day: [(8, 12), (13, 17)] for day in range(5)}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}),
        # Nights from Monday to Friday, the last of which ends on Saturday at 6:00; and one of Sunday, of one week.
        ({4: [(0, 6), (22, 24)], 5: [(0, 6)]}, {4}, {4}),
        ({0: [(0, 6)], 6: [(22, 23.99)]}, {6}, {6}),
        ({6: [(22, 24)], 7: [(0, 6)], 13: []}, {6}, set()),
        # What begins at midnight without an evening before, or goes on after noon, is a day of its own.
        ({5: [(0, 6)]}, {5}, {5}),
        ({4: [(12, 24)], 5: [(0, 14)]}, {4, 5}, {4, 5}),
        (dict.fromkeys(range(7), ((0, 24),)), set(range(7)), set(range(7))),
        ({0: [(9, 9)]}, set(), set()),
        ({}, set(), set()),
    ],
)
def test_a_day_is_working_when_work_begins_on_it(fortnight, first, second):
    assert working_weeks(fortnight) == (first, second)


# Both


@settings(deadline=None)  # the first question of a year takes longer than the others
@given(companies, st.sampled_from(COUNTRIES), days)
def test_a_day_counts_only_if_we_and_the_customer_work(ours, country, on):
    both = both_working(ours, country)
    assert both(on) == (ours.is_working(on) and country_calendar(country).is_working(on))
    assert both(on) == both(on)


@settings(deadline=None)  # the first question of a year takes longer than the others
@given(companies, st.sampled_from(COUNTRIES), days, st.integers(1, 28), st.integers(1, 14))
def test_a_step_never_falls_on_a_day_off_of_ours_or_theirs(ours, country, anchor, offset, length):
    placed = place(window_after(anchor, offset, length), both_working(ours, country))
    for on in placed.day, placed.deadline:
        assert ours.is_working(on)
        assert country_calendar(country).is_working(on)


def test_a_call_due_in_the_national_day_week_waits_until_it_is_over():
    window = window_after(date(2026, 9, 30), 1, 5)
    assert place(window, both_working(CompanyCalendar(), "CN")) == (date(2026, 10, 8), date(2026, 10, 8), LATE)


def test_equal_calendars_share_one_function():
    same = both_working(CompanyCalendar([0, 1], [WEEK[0]]), "DE")
    assert both_working(CompanyCalendar({1, 0}, {WEEK[0]}), "DE") is same
    assert both_working(CompanyCalendar({1, 0}), "DE") is not same


def test_each_day_is_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setattr(CountryCalendar, "is_working", lambda self, on: asked.append(on) or True)
    both = both_working(CompanyCalendar([0], [date(1999, 1, 1)]), "DE")
    assert both(WEEK[0])
    assert both(WEEK[0])
    assert asked == [WEEK[0]]


def test_a_moment_is_refused_since_its_date_depends_on_the_time_zone():
    moment = datetime(2026, 11, 2, 23, 30)
    for ask in (
        country_calendar("DE").is_working,
        country_calendar("DE").holiday_name,
        CompanyCalendar().is_working,
        both_working(CompanyCalendar(), "DE"),
    ):
        with pytest.raises(TypeError, match="not for a moment"):
            ask(moment)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_servers_time_zone_does_not_change_a_day(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        fresh = CountryCalendar("CN")
        answers = [fresh.is_working(on) for on in [*WEEK, date(2026, 10, 1), date(2026, 10, 10)]]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert answers == [True] * 5 + [False, False] + [False, True]
