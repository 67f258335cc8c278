"""What goes into a workbook comes out of it, and no cell is a formula."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.archive import ArchiveError
from odoo.addons.expo_followup.tools.registers import RegisterReader, RegisterWriter, from_cell, to_cell

#: Anything that PostgreSQL can hold as text.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)
# Amounts: workbooks keep sixteen digits.
AMOUNTS = st.integers(-(10**14), 10**14).map(lambda cents: cents / 100)
VALUES = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | AMOUNTS


def written(rows):
    target = io.BytesIO()
    with RegisterWriter(target) as writer:
        writer.begin("register", ["A", "B", "C"])
        for row in rows:
            writer.row(row)
    target.seek(0)
    return target


@given(TEXTS)
def test_every_text_survives_its_cell(text):
    assert from_cell(to_cell(text)) == text


@settings(max_examples=20)
@given(st.lists(st.tuples(TEXTS, VALUES, TEXTS), min_size=1, max_size=5))
def test_every_row_survives_the_workbook(rows):
    with RegisterReader(written(rows)) as reader:
        assert [tuple(row) for row in reader.rows("register")] == rows


def test_no_cell_is_a_formula_and_none_is_a_link():
    nasty = ['=HYPERLINK("http://evil.example")', "@SUM(A1)", "http://evil.example", "_x003D_1+1", "\ufeff=1"]
    sheet = openpyxl.load_workbook(written([[text, 1, None] for text in nasty]))["register"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if cell.hyperlink]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(ArchiveError):
        RegisterReader(io.BytesIO(content))


def test_a_missing_sheet_is_named():
    with RegisterReader(written([])) as reader, pytest.raises(ArchiveError, match="others"):
        list(reader.rows("others"))
