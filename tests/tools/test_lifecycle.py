"""Stages of a relation: explored until the first order, formed for a period, then stable or in decline."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.lifecycle import stage

BEGIN = date(2025, 4, 20)
amounts = st.decimals(-1000, 1000, places=2)
percents = st.integers(0, 100)
days = st.dates(date(2020, 1, 1), date(2026, 4, 20))


@given(amounts, amounts, percents)
def test_who_never_ordered_is_explored_whatever_else(turnover, former, percent):
    assert stage(None, BEGIN, turnover, former, percent) == "exploration"


@given(days, amounts, amounts, percents)
def test_the_first_orders_are_those_of_the_present_period(first_on, turnover, former, percent):
    assert (stage(first_on, BEGIN, turnover, former, percent) == "formation") == (first_on > BEGIN)


@given(amounts, amounts, percents, st.decimals(0, 500, places=2))
def test_buying_more_never_makes_a_decline(turnover, former, percent, more):
    if stage(BEGIN, BEGIN, turnover, former, percent) == "stable":
        assert stage(BEGIN, BEGIN, turnover + more, former, percent) == "stable"


@given(amounts, percents)
def test_an_old_customer_who_buys_nothing_is_in_decline(former, percent):
    assert stage(BEGIN, BEGIN, 0, former, percent) == "decline"


def test_decline_begins_below_the_threshold():
    assert stage(BEGIN, BEGIN, 50, 100, 50) == "stable"
    assert stage(BEGIN, BEGIN, 49, 100, 50) == "decline"
    assert stage(BEGIN, BEGIN, 1, 100, 0) == "stable"


def test_the_first_order_makes_a_customer_formed_from_that_day():
    assert stage(BEGIN + timedelta(days=1), BEGIN, 0, 0) == "formation"
    assert stage(BEGIN, BEGIN, 10, 0) == "stable"
