"""Whether it is a good moment to call, by the clock of the customer's place."""

from datetime import datetime, timedelta

import pytz
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.moments import HOURS, moment_at
from odoo.addons.expo_followup.tools.workdays import country_calendar
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
