"""What a customer's reactions say about the tier: a proposal at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.retier import propose

TIERS = ("signed", "intent", "no_agreement", "materials", "none")
EFFECTS = ("positive", "neutral", "negative", "no_answer")
reactions = st.lists(st.sampled_from(EFFECTS), max_size=8)


@pytest.mark.parametrize(
    ("tier", "effects", "proposed"),
    [
        ("none", ["positive"], "materials"),
        ("materials", ["positive"], None),
        ("materials", ["positive", "neutral", "positive"], None),
        ("materials", ["positive", "no_answer", "positive"], "intent"),
        ("no_agreement", ["positive", "positive"], "intent"),
        ("intent", ["negative"], "no_agreement"),
        ("no_agreement", ["negative", "negative"], "none"),
        ("intent", ["no_answer", "no_answer"], None),
        ("intent", ["no_answer"] * 3, "materials"),
        ("none", ["no_answer"] * 9, None),
    ],
)
def test_reactions_in_a_row_move_a_tier(tier, effects, proposed):
    proposal = propose(tier, effects)
    assert (proposal and proposal.tier) == proposed


def test_an_order_says_more_than_any_reaction():
    assert propose("none", ["negative"] * 3, ordered=True).tier == "signed"


def test_who_would_not_pay_the_freight_wants_to_know_more_not_to_order():
    assert propose("intent", [], weak_demand=True) == ("materials", "weak_demand", 0)


@given(st.sampled_from(TIERS), reactions, st.sampled_from(["", "buyer", "peer", "collector"]), st.booleans())
def test_no_proposal_is_the_present_tier_and_signing_is_never_taken_back(tier, effects, purpose, weak):
    proposal = propose(tier, effects, purpose=purpose, weak_demand=weak)
    if proposal:
        assert proposal.tier in TIERS
        assert proposal.tier not in (tier, "signed")
    assert tier != "signed" or proposal is None


@given(st.sampled_from(TIERS), reactions)
def test_a_neutral_reaction_proposes_nothing(tier, effects):
    assert propose(tier, [*effects, "neutral"]) is None
