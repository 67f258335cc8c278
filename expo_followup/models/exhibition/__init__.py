"""Exhibitions: stand, people, costs, closing, results. Beside them what a company configures for all of them:
intent tiers, questions, festivals.
"""

from . import (
    configuration,
    exhibition,
    exhibition_cost,
    tier,
)
