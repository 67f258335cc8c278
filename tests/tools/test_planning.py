"""The plan's steps as pure values: which of them a customer needs now."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.planning import Facts, Finished, Step, applies, is_overtaken, wanted
from odoo.addons.expo_followup.tools.windows import window_after

END = date(2026, 4, 20)
SIGNED, INTENT = 1, 2


def facts(**values):
    defaults = {"tier": SIGNED, "role": "visitor", "paid": False, "delivered": False}
    return Facts(**{**defaults, "anchors": {"show_end": END}, "finished": {}, **values})


def asked(steps, customer):
    return [(step.id, number) for step, number, _window in wanted(steps, customer)]


def test_a_step_without_conditions_concerns_everybody():
    assert applies(Step(id=1), facts())
    assert applies(Step(id=1), facts(role="exhibitor", tier=INTENT, paid=True))


@pytest.mark.parametrize(
    ("step", "concerned"),
    [
        (Step(1, tiers=frozenset({SIGNED})), True),
        (Step(1, tiers=frozenset({INTENT})), False),
        (Step(1, role="visitor"), True),
        (Step(1, role="exhibitor"), False),
        (Step(1, payment="not_paid"), True),
        (Step(1, payment="paid"), False),
    ],
)
def test_a_step_concerns_the_customers_it_names(step, concerned):
    assert applies(step, facts()) is concerned


def test_a_done_step_is_not_asked_again():
    customer = facts(finished={1: Finished(1, END + timedelta(days=2))})
    assert asked([Step(1), Step(2)], customer) == [(2, 1)]


def test_a_repeating_step_comes_back_its_number_of_days_after_it_was_done():
    step = Step(1, anchor="paid", repeat_days=14, window_days=7)
    customer = facts(finished={1: Finished(2, date(2026, 5, 4))}, anchors={"paid": END})
    [(_step, number, window)] = wanted([step], customer)
    assert (number, window.start, window.last) == (3, date(2026, 5, 18), date(2026, 5, 24))


def test_a_repeating_step_ends_when_the_goods_have_arrived():
    assert not asked([Step(1, repeat_days=14)], facts(delivered=True))


def test_payment_is_asked_for_again_although_the_goods_have_arrived():
    step = Step(1, payment="unpaid", repeat_days=14)
    assert asked([step], facts(ordered=True, delivered=True))
    assert not asked([step], facts(ordered=True, delivered=True, paid=True))


def test_of_two_alternatives_the_first_that_applies_is_asked():
    urgent, normal = Step(1, payment="not_paid", alternative="call"), Step(2, alternative="call")
    assert asked([urgent, normal], facts()) == [(1, 1)]
    assert asked([urgent, normal], facts(paid=True)) == [(2, 1)]


def test_no_alternative_is_asked_once_one_of_them_is_done():
    urgent, normal = Step(1, payment="not_paid", alternative="call"), Step(2, alternative="call")
    customer = facts(paid=True, finished={1: Finished(1, END)})
    assert asked([urgent, normal], customer) == []


def test_a_step_waits_for_its_anchor():
    step = Step(1, anchor="sample_received", offset_days=3, window_days=8)
    assert not asked([step], facts())
    [(_step, _number, window)] = wanted([step], facts(anchors={"sample_received": date(2026, 5, 1)}))
    assert (window.start, window.last) == (date(2026, 5, 4), date(2026, 5, 11))


steps = st.lists(
    st.builds(
        Step,
        id=st.integers(1, 8),
        tiers=st.frozensets(st.integers(1, 3), max_size=2),
        payment=st.sampled_from(["", "paid", "not_paid"]),
        repeat_days=st.sampled_from([0, 14]),
        alternative=st.sampled_from(["", "a", "b"]),
    ),
    max_size=8,
    unique_by=lambda step: step.id,
)


@given(steps, st.integers(1, 3), st.booleans(), st.booleans())
def test_doing_all_that_is_asked_leaves_only_repeating_steps(plan, tier, paid, delivered):
    customer = facts(tier=tier, paid=paid, delivered=delivered)
    for _ in range(len(plan) + 1):
        done = {step.id: Finished(number, END) for step, number, _window in wanted(plan, customer)}
        customer = customer._replace(finished={**customer.finished, **done})
    assert all(step.repeat_days for step, _number, _window in wanted(plan, customer))


@given(steps, st.integers(1, 3), st.booleans())
def test_the_same_facts_ask_for_the_same_steps_and_each_at_most_once(plan, tier, paid):
    customer = facts(tier=tier, paid=paid)
    first = list(wanted(plan, customer))
    assert first == list(wanted(plan, customer))
    assert len({step.id for step, _number, _window in first}) == len(first)


# -- purchases that the customer plans


PURCHASE = Step(id=9, anchor="purchase_plan", offset_days=-30, window_days=7)
PURCHASES = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=6)


@given(PURCHASES, PURCHASES)
def test_each_planned_purchase_is_asked_once_whichever_others_come_and_go(days, done):
    numbers = frozenset(day.toordinal() for day in done)
    finished = {9: Finished(len(done), END, numbers)} if done else {}
    customer = facts(anchors={"purchase_plan": sorted(days)}, finished=finished)
    asked = {number: window for _step, number, window in wanted([PURCHASE], customer)}
    assert asked.keys() == {day.toordinal() for day in days - done}
    for number, window in asked.items():
        assert window.start == date.fromordinal(number) - timedelta(days=30)


def test_a_purchase_long_past_is_not_asked_about():
    window = window_after(date(2026, 4, 20), -30, 7)
    assert is_overtaken(PURCHASE, window, date(2026, 3, 28), None)
    assert not is_overtaken(PURCHASE, window, date(2026, 3, 27), None)
