"""Pairs of contacts with the verdict of a person: how often the matcher is right (``-s`` prints the figures).

``tests/data/pairs.csv`` is for work on the rules; ``pairs_holdout.csv``, drawn from the same pairs, for measuring only.
The verdicts: *same* is one customer, *different* are two of whom no user need be asked, and of *decide* a person has to
say it: they must not become one by themselves, and must be proposed as a possible duplicate.
"""

import pytest

from tests.common_pairs import measure, read_pairs, report


@pytest.mark.parametrize("name", ["pairs.csv", "pairs_holdout.csv"])
def test_pairs_are_judged_as_persons_did(name):
    figures, results = measure(read_pairs(name))
    print("\n" + report(name, figures, results))  # noqa: T201
    assert figures["certain: precision"] >= 0.99
    assert figures["certain: recall"] >= 0.9
    assert figures["possible: recall"] >= 0.92
    assert figures["possible: precision"] >= 0.75
    assert figures["proposed only: precision"] >= 0.75


def test_pairs_sample_many_languages_and_every_verdict():
    pairs = read_pairs("pairs.csv")
    assert len(pairs) >= 400
    assert len({pair["language"] for pair in pairs}) >= 8
    assert {pair["verdict"] for pair in pairs} == {"same", "decide", "different"}
    assert len(read_pairs("pairs_holdout.csv")) >= 100
