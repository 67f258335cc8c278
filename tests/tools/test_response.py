"""How long a customer has been waiting: within one week, at most two."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.response import response_state

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
