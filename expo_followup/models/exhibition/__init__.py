"""Exhibitions: stand, people, costs, closing, results. Beside them what a company configures for all of them:
intent tiers, questions, festivals.
"""

from . import (
    exhibition,
    exhibition_cost,
    festival,
    question,
    tier,
    tier_change,
)
