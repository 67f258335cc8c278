"""What a column holds, and rows put right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.countries import country_code
from odoo.addons.expo_followup.tools.encodings import decode_text
from odoo.addons.expo_followup.tools.headings import (
    FIELDS,
    NOTED,
    WHO,
    field_of,
    heading_key,
    read_layout,
    shipped_headings,
)
from odoo.addons.expo_followup.tools.rows import clean_row, row_key
from odoo.addons.expo_followup.tools.tables import read_table

LISTS = Path(__file__).resolve().parent.parent / "data" / "lists"
TEXTS = st.text(max_size=40)
PLAIN = st.text("abz019@.,;-+/ \n王伟국", max_size=30)


def layout(name):
    return read_layout(read_table((LISTS / name).read_bytes()).rows)


def test_the_headings_stand_below_the_title_in_chinese_and_in_english():
    found = layout("booth_gbk.csv")
    assert found.row == 1
    assert found.fields == ["", "name", "company_name", "", "email", "phone", "country", "website", "note"]
    assert layout("booth_big5.csv").fields == ["name", "company_name", "function", "email", "phone", "country", "note"]
    assert read_layout(read_table((LISTS / "booth.xlsx").read_bytes(), sheet=1).rows).fields == [
        "name",
        "company_name",
        "phone",
        "country",
        "email",
        "tier",
        "",
    ]


def test_columns_without_a_heading_are_told_by_what_they_hold():
    rows = [["Acme Ltd", "Maria", "m@acme.example", "Italy", "+39 02 1234567", "www.acme.example"]] * 3
    found = read_layout(rows)
    assert (found.row, found.fields) == (-1, ["company_name", "name", "email", "country", "phone", "website"])


def test_headings_of_an_unknown_language_leave_the_content_to_tell():
    found = read_layout([["Nimi", "Sähköposti"], ["Matti", "matti@acme.example"], ["Liisa", "liisa@acme.example"]])
    assert (found.row, found.fields) == (0, ["", "email"])


def test_second_column_of_a_field_fills_in_where_it_can_and_is_noted_elsewhere():
    heads = ["Phone", "Mobile", "E-mail", "Email 2", "City", "Home City", "Business Street", "Home Street"]
    assert read_layout([heads, ["1"] * 8]).fields == [
        "phone", "phone", "email", "email", "city", "", "street", "",
    ]  # fmt: skip


def test_every_shipped_heading_means_its_field_in_every_spelling():
    spellings = (str, str.upper, str.lower, "{}*".format, " {} ".format, "{}:".format, "{} (required)".format)
    shipped = list(shipped_headings())
    assert len({language for _field, language, _heading in shipped}) >= 10
    assert {field for field, _language, _heading in shipped} == {*FIELDS, *NOTED}
    wrong = [
        (heading, field, field_of(spelling(heading)))
        for field, _language, heading in shipped
        for spelling in spellings
        if field_of(spelling(heading)) != field
    ]
    assert not wrong


def test_no_heading_means_two_fields():
    fields = {}
    for field, _language, heading in shipped_headings():
        assert fields.setdefault(heading_key(heading), field) == field, heading


@pytest.mark.parametrize(
    "heading", ["Attendee #", "Company No.", "Customer ID", "客户编号", "Contact owner", "Lead Status"]
)
def test_number_or_state_of_a_contact_is_no_name(heading):
    assert field_of(heading) not in WHO


def test_clear_heading_comes_before_a_vague_one():
    assert read_layout([["Title", "Name", "Job Title"], ["Dr.", "Maria", "Buyer"]]).fields == ["", "name", "function"]
    assert read_layout([["Title", "Name"], ["Buyer", "Maria"]]).fields == ["function", "name"]


def test_name_in_a_list_of_companies_is_the_company():
    people, firms = [["Maria Rossi"], ["Hans Becker"]], [["Acme SpA"], ["Becker GmbH"], ["Luz"]]
    for heading in ("Name", "名称", "Nome completo", "Namn"):
        if field_of(heading) == "name":
            assert read_layout([[heading, "Country"], *people]).fields[0] == "name"
            assert read_layout([[heading, "Country"], *firms]).fields[0] == "company_name"
    assert read_layout([["Name", "Company"], ["Acme SpA", "Acme SpA"]]).fields == ["name", "company_name"]


def test_single_name_column_beside_first_names_is_the_family_name():
    assert read_layout([["Name", "Vorname"], ["Müller", "Jörg"]]).fields == ["last_name", "first_name"]
    assert read_layout([["Name", "Vorname"], ["Jörg Müller", "Jörg"]]).fields == ["name", "first_name"]
    assert read_layout([["Nom", "E-mail"], ["Hélène Lefèvre", "h@x.example"]]).fields == ["name", "email"]
    assert read_layout([["Nombre", "Empresa"], ["Íñigo Muñoz", "Luz SL"]]).fields == ["name", "company_name"]


def test_name_beside_family_names_is_the_first_name():
    assert read_layout([["Фамилия", "Имя"], ["Иванов", "Пётр"]]).fields == ["last_name", "first_name"]
    assert read_layout([["Фамилия", "Имя"], ["Иванов", "Пётр Иванов"]]).fields == ["last_name", "name"]
    assert read_layout([["First", "Last", "Company"], ["Maria", "Rossi", "Acme"]]).fields == [
        "first_name", "last_name", "company_name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ({"first_name": "Li", "last_name": "Na"}, {"name": "Li Na"}),
        ({"first_name": "N/A", "last_name": "Rossi"}, {"name": "Rossi"}),
        ({"name": "Пётр", "last_name": "Иванов"}, {"name": "Пётр Иванов"}),
        (
            {"name": "M. Rossi", "first_name": "Maria", "last_name": "Rossi"},
            {"name": "M. Rossi", "extra": "Maria Rossi"},
        ),
        ({"name": "Rossi Maria", "first_name": "Maria", "last_name": "Rossi"}, {"name": "Rossi Maria"}),
    ],
)
def test_no_part_of_a_name_is_lost(row, values):
    assert clean_row(row).values == values


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ({"name": "maria@x.example", "email": "Maria Rossi"}, {"name": "Maria Rossi", "email": "maria@x.example"}),
        ({"name": "Maria@x.example", "company_name": "Acme"}, {"company_name": "Acme", "email": "maria@x.example"}),
        ({"name": "a@x.example", "email": "b@x.example"}, {"email": "b@x.example", "extra": "a@x.example"}),
        ({"name": "a@x.example", "email": "a@x.example"}, {"email": "a@x.example"}),
        ({"company_name": "+39 02 1234567", "name": "Maria"}, {"name": "Maria", "phone": "+39 02 1234567"}),
        ({"company_name": "4711"}, {"company_name": "4711"}),
    ],
)
def test_address_or_number_is_no_name(row, values):
    assert clean_row(row).values == values


def test_fax_is_noted_and_never_a_phone():
    assert read_layout([["Name", "Fax", "Phone"], ["Maria", "+39 02 1234567", "+39 02 7654321"]]).fields == [
        "name", "", "phone",
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
