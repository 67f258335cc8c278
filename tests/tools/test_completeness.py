"""The percentage of a file: more facts never make it less complete, and the weightiest gap comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.completeness import FOREIGN_ONLY, WEIGHTS, completeness

facts = st.sets(st.sampled_from(sorted(WEIGHTS)))


@given(facts, st.booleans())
def test_known_and_missing_are_all_that_is_asked(known, foreign):
    asked = set(WEIGHTS) if foreign else set(WEIGHTS) - FOREIGN_ONLY
    assert set(completeness(known, foreign=foreign).missing) == asked - known


@given(facts, facts, st.booleans())
def test_more_facts_never_make_a_file_less_complete(some, more, foreign):
    assert completeness(some, foreign=foreign).percent <= completeness(some | more, foreign=foreign).percent


@given(facts, st.booleans())
def test_only_a_file_that_lacks_nothing_is_complete(known, foreign):
    percent, missing = completeness(known, foreign=foreign)
    assert 0 <= percent <= 100
    assert (percent == 100) == (not missing)


@given(facts)
def test_the_weightiest_gap_comes_first(known):
    weights = [WEIGHTS[name] for name in completeness(known, foreign=True).missing]
    assert weights == sorted(weights, reverse=True)


def test_customs_abroad_are_asked_of_foreign_customers_only():
    at_home = set(WEIGHTS) - FOREIGN_ONLY
    assert completeness(at_home).percent == 100
    assert completeness(at_home, foreign=True).missing == tuple(FOREIGN_ONLY)


def test_a_fact_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        completeness({"bussiness_scope"})
