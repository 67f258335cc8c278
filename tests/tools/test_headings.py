"""What a column holds, and rows put right."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.countries import country_code
from odoo.addons.expo_followup.tools.encodings import decode_text
from odoo.addons.expo_followup.tools.headings import FIELDS, read_layout
from odoo.addons.expo_followup.tools.rows import clean_row, row_key
from odoo.addons.expo_followup.tools.tables import read_table

LISTS = Path(__file__).resolve().parent.parent / "data" / "lists"
TEXTS = st.text(max_size=40)
PLAIN = st.text("abz019@.,;-+/ \n王伟국", max_size=30)


def layout(name):
    return read_layout(read_table((LISTS / name).read_bytes()))


def test_the_headings_stand_below_the_title_in_chinese_and_in_english():
    found = layout("booth_gbk.csv")
    assert found.row == 1
    assert found.fields == ["", "name", "company_name", "", "email", "phone", "country", "website", "note"]
    assert layout("booth_big5.csv").fields == ["name", "company_name", "function", "email", "phone", "country", "note"]
    assert layout("booth.xlsx").fields == ["name", "company_name", "phone", "country", "email", "tier", ""]


def test_columns_without_a_heading_are_told_by_what_they_hold():
    rows = [["Acme Ltd", "Maria", "m@acme.example", "Italy", "+39 02 1234567", "www.acme.example"]] * 3
    found = read_layout(rows)
    assert (found.row, found.fields) == (-1, ["company_name", "name", "email", "country", "phone", "website"])


def test_headings_of_an_unknown_language_leave_the_content_to_tell():
    found = read_layout([["Nimi", "Sähköposti"], ["Matti", "matti@acme.example"], ["Liisa", "liisa@acme.example"]])
    assert (found.row, found.fields) == (0, ["", "email"])


def test_a_field_is_given_to_one_column_only():
    assert read_layout([["Phone", "Mobile", "E-mail", "Email 2"], ["1", "2", "3", "4"]]).fields == [
        "phone", "", "email", "",
    ]  # fmt: skip


def test_countries_in_many_spellings():
    spellings = {
        "IT": ("Italy", "ITALY", "意大利", "Italien", "it", "義大利"),
        "US": ("USA", "U.S.A.", "United States", "美国"),
        "CN": ("China", "P.R. China", "中国", "中國"),
        "GB": ("UK", "England", "United Kingdom", "英国"),
        "KR": ("Korea", "South Korea", "韩国", "대한민국"),
        "AE": ("UAE", "U.A.E.", "United Arab Emirates", "阿联酋"),
        "TR": ("Turkey", "Türkiye", "土耳其"),
        "": ("", "Milano", "20121", "?", "-"),
    }
    assert {code: {country_code(text) for text in texts} for code, texts in spellings.items()} == {
        code: {code} for code in spellings
    }


def test_what_stands_in_the_wrong_cell_goes_to_its_own():
    row = {"email": "card_0012.jpg", "country": "Milano 20121, Italy", "phone": "1.38E+10", "name": "Maria\nRossi"}
    values, remarks = clean_row(row)
    assert values == {
        "name": "Maria Rossi",
        "country_code": "IT",
        "city": "Milano",
        "zip": "20121",
        "extra": "1.38E+10",
    }
    assert [code for code, _what in remarks] == ["email_picture", "phone_rounded", "country_moved"]


def test_of_several_mails_and_phones_the_first_counts_and_the_others_are_kept():
    values, remarks = clean_row({"email": "a@x.example; b@x.example", "phone": "+39 02 1234567 / +39 02 7654321"})
    assert (values["email"], values["phone"]) == ("a@x.example", "+39 02 1234567")
    assert values["extra"] == "b@x.example\n+39 02 7654321"
    assert remarks == [("email_several", "a@x.example; b@x.example")]


def test_marks_in_place_of_a_country_are_no_city():
    assert clean_row({"country": "/,"}).values == {}


@given(st.dictionaries(st.sampled_from(FIELDS), TEXTS))
def test_any_row_is_cleaned(row):
    assert all(clean_row(row).values.values())


@given(st.dictionaries(st.sampled_from(FIELDS), PLAIN))
def test_cleaning_a_clean_row_changes_nothing(row):
    values, _remarks = clean_row(row)
    again = {**values, "extra": values.get("extra", "").split("\n"), "country": values.get("country_code", "")}
    assert clean_row(again).values == values


@given(st.dictionaries(st.sampled_from(FIELDS), PLAIN), st.integers(1, 3))
def test_the_key_of_a_row_depends_on_show_and_values_only(row, show):
    other_form = {field: f" {row[field].upper()} " for field in reversed(row)}
    assert row_key(show, row) == row_key(show, other_form)
    assert row_key(show, row) != row_key(show + 1, row)


@given(st.binary(max_size=200), st.sampled_from(["", "GB2312", "big5", "nonsense", "utf-16"]))
def test_any_bytes_become_a_text(data, declared):
    assert isinstance(decode_text(data, declared)[0], str)


@given(st.lists(st.lists(TEXTS, max_size=6), max_size=6))
def test_any_table_has_a_layout(rows):
    found = read_layout(rows)
    assert len(found.headings) == len(found.fields) == max(map(len, rows), default=0)
