"""One cell, several telephone numbers: all separators, extensions, notes, and fax numbers, which are no phones."""

from itertools import product

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.phones import split_phones
from odoo.addons.expo_followup.tools.rows import clean_row

NUMBERS = [
    "+39 02 1234567", "+86 20 8765 4321", "13800138000", "020-87654321", "0049 711 1234567", "(021) 6234-5678",
    "+1-212-555-1234", "+44 (0)20 7946 0018", "0711/1234567", "+49 711/123456",
]  # fmt: skip
SEPARATORS = [
    "\n",
    "\r\n",
    " & ",
    "&",
    "; ",
    ";",
    ", ",
    "、",
    " / ",
    "|",
    " or ",
    " und ",
    " et ",
    "和",
    " 或 ",
    "，",
    "；",
]
EXTENSIONS = [
    " ext. 123",
    " ext 123",
    ";ext=123",
    "转123",
    " 转 123",
    "轉123",
    "分机123",
    " x123",
    " #123",
    " Extension 123",
]
FAX = ["Fax", "FAX:", "Fax.", "Telefax", "传真", "传真：", "傳真", "F:", "ファックス", "Факс"]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(("one", "other"), [(a, b) for a, b in product(NUMBERS, NUMBERS) if a != b])
def test_two_numbers_are_told_apart_by_every_separator(one, other, separator):
    found = split_phones(f"{one}{separator}{other}")
    assert found == ([one, other], [])


@pytest.mark.parametrize(
    "text", ["13800138000 13900139000", "+39 02 1234567 +39 333 7654321", "020-87654321 020-87654322"]
)
def test_two_numbers_are_told_apart_by_a_blank(text):
    numbers, rest = split_phones(text)
    assert (len(numbers), " ".join(numbers), rest) == (2, text, [])


@pytest.mark.parametrize("number", NUMBERS)
def test_one_number_stays_as_it_is_written(number):
    assert split_phones(number) == ([number], [])


@pytest.mark.parametrize(("number", "extension"), list(product(NUMBERS, EXTENSIONS)))
def test_extension_is_written_as_the_library_reads_it(number, extension):
    [found], rest = split_phones(number + extension)
    assert (found, rest) == (f"{number} ext. 123", [])
    assert phonenumbers.parse(found, "CN").extension == "123"
    assert split_phones(found) == ([found], [])


@pytest.mark.parametrize(
    "number", ["020-87654321", "+86-20-87654321", "0086 755 26001234", "86-10-62345678", "62345678"]
)
def test_last_group_of_a_chinese_land_line_is_its_extension(number):
    assert split_phones(f"{number}-123").numbers == [f"{number} ext. 123"]


@pytest.mark.parametrize("number", ["212-555-1234", "+1-212-555-1234", "+49-711-123456-78", "+39-02-12345678-12"])
def test_last_group_of_another_number_belongs_to_it(number):
    assert split_phones(number).numbers == [number]


@pytest.mark.parametrize(("word", "number"), list(product(FAX, NUMBERS)))
def test_fax_number_is_no_phone_and_is_kept(word, number):
    numbers, rest = split_phones(f"{word} {number}")
    assert numbers == []
    assert number in rest[0]
    numbers, rest = split_phones(f"Tel: 13700137000; {word} {number}")
    assert numbers == ["13700137000"]
    assert number in rest[0]


@pytest.mark.parametrize("note", ["office", "王先生", "Büro", "WhatsApp", "only Mondays"])
@pytest.mark.parametrize("brackets", ["()", "（）", "[]"])
def test_note_in_brackets_goes_beside_the_number(note, brackets):
    numbers, rest = split_phones(f"+39 02 1234567 {brackets[0]}{note}{brackets[1]} / +39 333 7654321")
    assert numbers == ["+39 02 1234567", "+39 333 7654321"]
    assert rest == [f"+39 02 1234567 ({note})"]


def test_row_keeps_the_first_number_and_notes_all_others():
    row = {"name": "王伟", "phone": "020-87654321转12\n13800138000 (王先生)\n传真: 020-87654322"}
    values, _remarks = clean_row(row)
    assert values["phone"] == "020-87654321 ext. 12"
    assert values["extra"].split("\n") == ["13800138000", "13800138000 (王先生)", "传真: 020-87654322"]


@given(st.text("0123456789+()-/.,;&和转xX ext Fax\n王", max_size=60))
def test_no_digit_of_any_text_is_lost_and_a_found_number_is_stable(text):
    numbers, rest = split_phones(text)
    left = "".join((*numbers, *rest))
    for digit in "0123456789":
        assert left.count(digit) >= min(text.count(digit), 1)
    for number in numbers:
        assert split_phones(number).numbers == [number]
