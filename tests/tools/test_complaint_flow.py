"""The way of a complaint, as a rule without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.complaint_flow import (
    ENDED,
    GATES,
    MAIN,
    RELAXABLE,
    STATES,
    TRANSITIONS,
    is_back,
    may_follow,
    missing,
    needed,
)

CODES = sorted({code for codes in GATES.values() for code in codes})
SEVERITIES = st.sampled_from((None, "low", "normal", "serious"))
SOURCES = st.sampled_from((None, "goods", "service"))
FACTS = st.fixed_dictionaries({code: st.booleans() for code in CODES})
RELAXED = st.sets(st.sampled_from(sorted(RELAXABLE)))


def test_every_state_has_its_transitions_and_leads_only_to_states():
    assert set(TRANSITIONS) == set(STATES)
    assert all(targets <= set(STATES) for targets in TRANSITIONS.values())


def test_what_has_ended_is_only_reopened():
    for state in ENDED:
        assert TRANSITIONS[state] == {"reopened"}


def test_nothing_becomes_new_again():
    assert not any("new" in targets for targets in TRANSITIONS.values())


def test_a_step_that_does_not_follow_is_refused():
    with pytest.raises(ValueError, match="closed"):
        missing("closed", "negotiating", {})


def test_a_serious_complaint_of_goods_needs_both_departments():
    codes = needed("negotiating", "serious", "goods")
    assert {"production", "inspection", "photos"} <= set(codes)
    assert not {"production", "inspection"} & set(needed("negotiating", "normal", "goods"))


@given(FACTS, SEVERITIES, SOURCES, RELAXED, st.sampled_from(MAIN[1:]))
def test_allowed_step_implies_earlier_steps(facts, severity, source, relaxed, target):
    if not missing("new", target, facts, severity, source, relaxed):
        for earlier in MAIN[1 : MAIN.index(target)]:
            assert not missing("new", earlier, facts, severity, source, relaxed)


@given(FACTS, SEVERITIES, SOURCES, RELAXED, st.sampled_from(STATES), st.sampled_from(STATES))
def test_more_facts_and_more_relaxed_gates_never_hinder(facts, severity, source, relaxed, state, target):
    if not may_follow(state, target):
        return
    lacks = set(missing(state, target, facts, severity, source, relaxed))
    assert set(missing(state, target, facts, severity, source, set(RELAXABLE))) <= lacks
    assert missing(state, target, dict.fromkeys(CODES, True), severity, source, relaxed) == []


@given(FACTS, SOURCES, RELAXED, st.sampled_from(STATES), st.sampled_from(STATES))
def test_low_needs_no_more_than_normal_and_normal_no_more_than_serious(facts, source, relaxed, state, target):
    if not may_follow(state, target):
        return
    low, normal, serious = (
        set(missing(state, target, facts, severity, source, relaxed)) for severity in ("low", "normal", "serious")
    )
    assert low <= normal <= serious


@given(FACTS, SEVERITIES, SOURCES, st.sampled_from(MAIN[:4]), st.sampled_from(("implementing", "feedback", "closed")))
def test_no_setting_lets_a_promise_pass_beyond_authority(facts, severity, source, state, target):
    lacks = missing(state, target, {**facts, "authority": False}, severity, source, set(RELAXABLE))
    assert "authority" in lacks


@given(FACTS, SEVERITIES, SOURCES, RELAXED, st.sampled_from(MAIN[1:]), st.sampled_from(MAIN[1:]))
def test_a_step_back_is_always_open(facts, severity, source, relaxed, state, target):
    if is_back(state, target) and may_follow(state, target):
        assert missing(state, target, facts, severity, source, relaxed) == []
