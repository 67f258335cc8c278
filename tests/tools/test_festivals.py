"""Festivals by country, anniversaries, and the day on which a greeting leaves."""

from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.festivals import (
    GREETING_DAYS,
    Festival,
    anniversary_keys,
    drop_near,
    letter_day,
    next_anniversary,
    occasions,
)

DAYS = st.dates(date(2020, 1, 1), date(2034, 12, 31))


def in_year(festival, country, year):
    return [one.day for one in occasions(festival, country, date(year, 1, 1), date(year, 12, 31))]


class TestFestivals(TestCase):
    def test_each_country_has_its_own_day(self):
        christmas = Festival(("Christmas",))
        self.assertEqual(in_year(christmas, "DE", 2026), [date(2026, 12, 25)])
        self.assertEqual(in_year(christmas, "RU", 2026), [date(2026, 1, 7)])
        self.assertEqual(in_year(christmas, "CN", 2026), [])
        self.assertEqual(in_year(christmas, None, 2026), [])

    def test_a_week_off_is_one_festival_and_starts_on_its_first_day(self):
        lunar = Festival(("Chinese New Year", "Lunar New Year"))
        self.assertEqual(in_year(lunar, "CN", 2026), [date(2026, 2, 16)])
        self.assertEqual(in_year(lunar, "VN", 2026), [date(2026, 2, 16)])

    def test_a_feast_of_the_moon_may_come_twice_in_a_year(self):
        eid = Festival(("Eid al-Fitr",))
        names = [one.name for one in occasions(eid, "AE", date(2033, 1, 1), date(2033, 12, 31))]
        self.assertEqual(names, ["2033", "2033-2"])

    def test_a_fixed_date_holds_everywhere_unless_countries_are_named(self):
        new_year = Festival(month=1, day=1)
        self.assertEqual(in_year(new_year, None, 2027), [date(2027, 1, 1)])
        self.assertEqual(in_year(new_year._replace(countries=frozenset({"TH"})), "DE", 2027), [])

    def test_a_festival_after_new_year_is_seen_before_it(self):
        found = occasions(Festival(month=1, day=1), "DE", date(2026, 12, 28), date(2027, 1, 5))
        self.assertEqual(found, [(date(2027, 1, 1), "2027")])

    @given(born=st.dates(date(1930, 1, 1), date(2010, 12, 31)), today=DAYS)
    def test_a_birthday_is_found_by_its_key_within_a_year(self, born, today):
        day = next_anniversary(born, today)
        self.assertTrue(today <= day <= today + timedelta(days=366))
        self.assertIn(f"{born:%m%d}", anniversary_keys(day, day))

    @given(wanted=DAYS, today=DAYS, working=st.sets(st.integers(0, 6)))
    def test_a_greeting_never_leaves_in_the_past_nor_late_without_need(self, wanted, today, working):
        day = letter_day(wanted, today, lambda one: one.weekday() in working)
        if day:
            self.assertGreaterEqual(day, today)
            self.assertLessEqual(day, max(wanted, today))
            self.assertIn(day.weekday(), working)

    def test_the_better_test_goes_before_the_later_day(self):
        monday, friday = date(2026, 4, 20), date(2026, 4, 17)
        self.assertEqual(letter_day(monday, friday, lambda day: day == friday, lambda day: True), friday)
        self.assertIsNone(letter_day(monday, friday, lambda day: False))


NEAR = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(st.lists(st.tuples(NEAR, st.integers(0, 3)), max_size=8), st.lists(NEAR, max_size=2))
def test_of_greetings_close_to_each_other_the_most_important_stays(days, sent):
    greetings = [(day, rank, str(number)) for number, (day, rank) in enumerate(days)]
    dropped = drop_near(greetings, sent)
    kept = [one for one in greetings if one[2] not in dropped]
    for day, _rank, key in kept:
        near = [other for other in kept if other[2] != key and abs((other[0] - day).days) < GREETING_DAYS]
        assert not near
        assert all(abs((day - other).days) >= GREETING_DAYS for other in sent)
    for day, rank, key in greetings:
        if key in dropped:
            better = [other[0] for other in kept if (other[1], other[0]) <= (rank, day)]
            assert any(abs((day - other).days) < GREETING_DAYS for other in [*sent, *better])
