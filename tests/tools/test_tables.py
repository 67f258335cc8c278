"""Lists in every encoding and shape become the same rows; what is no list says so."""

import csv
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools import tables
from odoo.addons.expo_followup.tools.tables import TableError, file_kind, read_heads

LISTS = Path(__file__).resolve().parent.parent / "data" / "lists"


def read_table(data):
    return tables.read_table(data).rows


def read(name):
    return read_table((LISTS / name).read_bytes())


def workbook(*rows, **cells):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, value in cells.items():
        book.active[name] = value
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_sheet(xml):
    """A workbook whose only sheet is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["x"]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name.endswith("sheet1.xml") else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("name", ["booth_gbk.csv", "booth_gb18030.csv", "booth.utf16"])
def test_one_list_reads_the_same_in_every_encoding(name):
    assert read(name) == read("booth_utf8_bom.csv")


def test_line_breaks_stay_in_their_cell_and_numbers_are_mended():
    _title, heads, first, second, *_more = read("booth_utf8_bom.csv")
    assert heads[1] == "联系人（必填）"
    assert first[1] == "王\n伟"
    assert first[5] == "13800138000"
    assert second[5] == "1.38E+10", "digits that are gone are not invented"


def test_traditional_characters_and_tabs():
    heads, chan, lin = read("booth_big5.csv")
    assert heads[:3] == ["姓名", "公司名稱", "職位"]
    assert (chan[1], lin[5]) == ("香港明輝貿易有限公司", "台灣")


def test_every_sheet_of_a_workbook_is_offered_with_its_count_and_rows_keep_their_numbers():
    data = (LISTS / "booth.xlsx").read_bytes()
    heads = read_heads(data, 2)
    assert [(one.name, one.count, len(one.rows)) for one in heads] == [("Empty", 0, 0), ("List", 7, 2)]
    found = tables.read_table(data, 1)
    rows = found.rows
    assert found.numbers == [1, 2, 3, 4, 6, 7, 8]
    assert rows[0] == ["Spring Fair, visitors"]
    assert rows[2][:3] == ["Maria\nRossi", "Acme S.p.A.", "390212345678"]
    assert rows[3][2] == "441632960123"
    assert len(rows) == 7, "empty rows are left out"


def test_western_and_russian_lists_are_read_too():
    assert read_table("Name;Ort\nJörg Müller;Köln\n".encode("cp1252"))[1] == ["Jörg Müller", "Köln"]
    text = "Имя;Город\nИванов Сергей Петрович;Москва, улица Ленина\n"
    assert read_table(text.encode("cp1251"))[1][0] == "Иванов Сергей Петрович"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b",,,\n,,\n", "empty"),
        (workbook(), "empty"),
        (b"PK\x03\x04 no archive", "bad_excel"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"x" * 600, "old_excel"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "locked_excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary"),
        (b"%PDF-1.7\n", "no_list"),
        (b"<html><table><tr><td>Excel calls it xls</td></tr></table></html>", "no_list"),
        (b"a,b\n" * (tables.MAX_BYTES // 4 + 1), "too_big"),
        (b"a,b\n" * (tables.MAX_ROWS + 1), "too_many_rows"),
        (with_sheet(b"<a>" + b" " * (tables.MAX_UNPACKED + 1)), "too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_or_too_large_says_so(data, code):
    with pytest.raises(TableError) as caught:
        read_table(data)
    assert caught.value.code == code


def test_a_sheet_that_explodes_when_read_is_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet><sheetData>&e9;</sheetData></worksheet>'
    with pytest.raises(TableError, match="bad_excel"):
        read_table(with_sheet(xml.encode()))


def test_a_lonely_cell_in_the_last_corner_costs_nothing():
    assert read_table(workbook(["Name"], ["Maria"], XFD1048576="far away")) == [["Name"], ["Maria"]]


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_in_any_other_way(data):
    for one in (data, b"PK\x03\x04" + data):
        try:
            rows = read_table(one)
        except TableError:
            continue
        assert all(isinstance(cell, str) and "\0" not in cell for row in rows for cell in row)


@given(st.binary(min_size=1, max_size=60), st.integers(0, 4000))
def test_a_damaged_workbook_is_read_or_refused(junk, place):
    data = bytearray((LISTS / "booth.xlsx").read_bytes())
    data[place : place + len(junk)] = junk
    try:
        read_table(bytes(data))
    except TableError as error:
        assert error.code


CELL = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=12).filter(
    lambda text: tables.cell_text(text) == text
)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=8),
    st.sampled_from(tables.SEPARATORS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_read_back(rows, separator, encoding):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    assert read_table(out.getvalue().encode(encoding)) == rows


def test_the_kind_of_a_file_is_told_by_its_content_not_its_name():
    assert file_kind(workbook(["x"])) == "xlsx"
    assert file_kind(b"BEGIN:VCARD\nFN:M\nEND:VCARD") == "vcf"
    assert file_kind(b"a;b\n") == "csv"
    with pytest.raises(TableError, match="binary"):
        file_kind(os.urandom(5000))
