"""No cell that we write is run as a formula, and reading it back gives what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.safe_cells import FORMULA_SIGNS, is_formula, plain_cell, safe_cell

#: Texts made of what attacks are made of, beside any text at all.
CELLS = st.text(st.sampled_from("=+-@＝＋－＠'\"“ \t\r\n\u200b\ufeffA1")) | st.text()


@given(CELLS)
def test_what_was_made_safe_reads_back_as_it_was(text):
    assert plain_cell(safe_cell(text)) == text


@given(CELLS)
def test_a_safe_cell_begins_with_no_formula_sign_once_its_blanks_are_dropped(text):
    safe = safe_cell(text)
    assert not safe.strip().startswith(tuple(FORMULA_SIGNS))
    assert not safe.startswith(("\t", "\r", "\n"))


@given(st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none() | st.dates())
def test_numbers_and_dates_stay_what_they_are(value):
    assert safe_cell(value) is value
    assert plain_cell(value) is value


@pytest.mark.parametrize(
    "attack",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "   =1", "'=1", "\"=1",
        "' =1", "“=1", "\ufeff=1", "\u200b=1", "\xa0=1", "=cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_known_attacks_are_defused(attack):
    assert is_formula(attack)
    assert safe_cell(attack) == f"'{attack}"


@pytest.mark.parametrize(
    "text", ["Rossi & Co.", "a=b", "'s-Hertogenbosch", "10-12", "王伟", "", "maria@customer.example"]
)
def test_plain_words_are_not_touched(text):
    assert safe_cell(text) == text == plain_cell(text)
