"""Authority: splitting a remedy never helps, among any users and complaints."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.authority import Limit, Promised, exceeded, judge, window_start

amounts = st.integers(0, 2000)
limits = st.builds(Limit, amounts, st.integers(0, 100), amounts, st.just(False))
any_user = st.lists(limits, max_size=3)
goods = st.integers(0, 10_000)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
# Pieces of promises: on which complaint, and how much.
pieces = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 600)), max_size=12)


def promise(rows, by, worth):
    """Ask for one piece after the other; return those that were allowed at once, with everything that counts."""
    allowed, counted = [], []
    for complaint, amount in rows:
        counted.append((complaint, amount))
        sums = Counter()
        for where, much in counted:
            sums[where] += much
        if judge(by, Promised(sums[complaint], sum(sums.values()), worth)):
            # Refused at once and never approved: it counts no more.
            counted.pop()
        else:
            allowed.append((complaint, amount))
    return allowed


# -- what always holds ------------------------------------------------------------------------------------


@given(any_user, pieces, goods)
def test_what_was_allowed_in_pieces_would_have_been_allowed_as_a_whole(by, rows, worth):
    allowed = promise(rows, by, worth)
    sums = Counter()
    for complaint, amount in allowed:
        sums[complaint] += amount
    total = sum(sums.values())
    for last in {complaint for complaint, _amount in allowed[-1:]}:
        assert not judge(by, Promised(sums[last], total, worth))
    for complaint in sums:
        # The sum of one complaint alone is within, whatever happened on the others.
        assert not judge(by, Promised(sums[complaint], sums[complaint], worth))


@given(limits, pieces, goods)
def test_no_sequence_of_pieces_reaches_beyond_any_side_of_the_limit(limit, rows, worth):
    allowed = promise(rows, [limit], worth)
    sums = Counter()
    for complaint, amount in allowed:
        sums[complaint] += amount
    assert sum(sums.values()) <= limit.per_customer
    assert all(much <= limit.per_complaint for much in sums.values())
    if limit.percent:
        assert all(much <= Fraction(worth * limit.percent, 100) for much in sums.values())


@given(any_user, amounts, amounts, amounts, amounts, goods)
def test_less_is_allowed_wherever_more_is(by, complaint, customer, less, fewer, worth):
    if not judge(by, Promised(complaint, customer, worth)):
        smaller = Promised(min(less, complaint), min(fewer, customer), worth)
        assert not judge(by, smaller)
        assert not judge(by, smaller._replace(goods=worth + 1))


@given(any_user, limits, amounts, amounts, goods)
def test_one_more_group_never_takes_authority_away(by, more, complaint, customer, worth):
    promised = Promised(complaint, customer, worth)
    assert len(judge([*by, more], promised)) <= len(judge(by, promised)) or not by


@given(any_user, st.sampled_from([float("nan"), float("inf"), -1.0]), goods)
def test_what_is_no_sum_is_never_within(by, strange, worth):
    assert judge(by, Promised(strange, strange, worth))


@given(any_user, amounts)
def test_the_unlimited_may_promise_anything_and_groups_are_not_added_up(by, amount):
    assert not judge([*by, Limit(is_unlimited=True)], Promised(amount, amount))
    if by and amount > max(limit.per_complaint for limit in by):
        assert "complaint" in judge(by, Promised(amount, 0)) or "share" in judge(by, Promised(amount, 0))


@example(date(2028, 2, 29))
@given(days)
def test_the_window_is_a_year_and_moves_with_the_day(day):
    assert timedelta(365) <= day - window_start(day) <= timedelta(366)
    assert window_start(day) <= window_start(day + timedelta(1))


# -- examples ---------------------------------------------------------------------------------------------


def test_the_limit_itself_is_within_and_a_cent_more_is_not():
    limit = Limit(500, 0, 1000)
    assert exceeded(limit, Promised(500, 1000)) == ()
    assert exceeded(limit, Promised(500.01, 1000.01)) == ("complaint", "customer")


def test_thirty_cents_in_three_pieces_are_thirty_cents():
    assert exceeded(Limit(0.3, 0, 0.3), Promised(0.1 + 0.1 + 0.1, 0.1 + 0.1 + 0.1)) == ()


def test_goods_of_unknown_value_need_an_authority_without_share():
    assert exceeded(Limit(500, 10, 500), Promised(1, 1)) == ("share",)
    assert exceeded(Limit(500, 0, 500), Promised(1, 1)) == ()


def test_user_without_limit_may_approve_nothing():
    assert judge([], Promised(0, 0)) == ("nothing",)
