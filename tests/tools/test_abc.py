"""Classes by turnover: the few largest are A, equals are equal, and a customer without purchases is never A."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.abc import classify, period_begin

amounts = st.decimals(-1000, 1000, places=2)
#: Few different amounts, so that many tie.
turnovers = st.dictionaries(st.integers(1, 50), st.one_of(amounts, st.sampled_from([0, 100, 250])), max_size=30)
thresholds = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted)


def classes(turnover, a_percent=70, b_percent=90):
    return {customer: standing.abc_class for customer, standing in classify(turnover, a_percent, b_percent).items()}


@given(turnovers, thresholds)
def test_who_buys_more_is_never_classed_lower_and_equals_are_equal(turnover, limits):
    by_customer = classes(turnover, *limits)
    smallest_first = sorted(turnover, key=turnover.get)
    for one, other in pairwise(smallest_first):
        assert by_customer[one] >= by_customer[other]
        assert turnover[one] != turnover[other] or by_customer[one] == by_customer[other]


@given(turnovers, thresholds)
def test_who_bought_nothing_is_c(turnover, limits):
    by_customer = classes(turnover, *limits)
    assert {by_customer[customer] for customer, amount in turnover.items() if amount <= 0} <= {"c"}


@given(turnovers, thresholds)
def test_the_a_customers_make_at_least_their_part_and_without_the_smallest_of_them_less(turnover, limits):
    a_percent = limits[0]
    gains = {customer: max(Decimal(amount), 0) for customer, amount in turnover.items()}
    total = sum(gains.values())
    in_a = [gains[customer] for customer, name in classes(turnover, *limits).items() if name == "a"]
    if total and a_percent:
        assert sum(in_a) * 100 >= total * a_percent
        assert sum(gain for gain in in_a if gain > min(in_a)) * 100 < total * a_percent
    else:
        assert not in_a


@given(turnovers, thresholds, st.integers(0, 100))
def test_a_higher_threshold_never_takes_anybody_out_of_class_a(turnover, limits, more):
    low, high = classes(turnover, limits[0], 100), classes(turnover, max(limits[0], more), 100)
    assert all(high[customer] == "a" for customer, name in low.items() if name == "a")


@given(turnovers)
def test_the_shares_make_a_whole_and_ranks_count_the_larger_ones(turnover):
    standings = classify(turnover)
    assert set(standings) == set(turnover)
    if any(amount > 0 for amount in turnover.values()):
        assert abs(sum(standing.share for standing in standings.values()) - 100) < Decimal("1e-9")
    gains = {customer: max(amount, 0) for customer, amount in turnover.items()}
    for customer, standing in standings.items():
        assert standing.rank == 1 + sum(gain > gains[customer] for gain in gains.values())


@given(turnovers, thresholds, amounts.filter(bool))
def test_the_currency_does_not_matter(turnover, limits, rate):
    rate = abs(rate)
    converted = {customer: Decimal(amount) * rate for customer, amount in turnover.items()}
    assert classes(converted, *limits) == classes(turnover, *limits)


def test_the_customer_who_crosses_a_threshold_is_still_in_the_better_class():
    assert classes({"x": 60, "y": 25, "z": 10, "w": 5}) == {"x": "a", "y": "a", "z": "b", "w": "c"}


def test_one_customer_who_makes_nearly_all_is_a_and_who_begins_at_the_threshold_is_not():
    assert classes({"giant": 95, "small": 5}) == {"giant": "a", "small": "c"}
    assert classes({"giant": 70, "next": 20, "small": 10}) == {"giant": "a", "next": "b", "small": "c"}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((0, 0), "ccc"),
        ((0, 100), "bbc"),
        ((100, 100), "aac"),
        ((50, 50), "acc"),
    ],
)
def test_thresholds_of_nothing_and_of_everything(limits, expected):
    assert "".join(classes({"x": 80, "y": 20, "took back": -5}, *limits).values()) == expected


def test_no_invoices_give_no_classes():
    assert classify({}) == {}


@pytest.mark.parametrize("limits", [(-1, 90), (70, 101), (90, 70)])
def test_thresholds_that_are_no_percentages_in_order_are_refused(limits):
    with pytest.raises(ValueError, match="percentages in order"):
        classify({"x": 1}, *limits)


def test_a_period_of_months_ends_today_and_begins_the_day_after():
    assert period_begin(date(2026, 4, 20), 12) == date(2025, 4, 20)
    assert period_begin(date(2026, 3, 31), 1) == date(2026, 2, 28)
