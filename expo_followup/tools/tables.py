"""Lists of contacts as people send them: CSV of any encoding and separator, and Excel workbooks, as rows of text."""

import csv
import io
import re
import zipfile
from datetime import date, datetime, time
from itertools import islice
from typing import NamedTuple

import openpyxl

from .encodings import decode_list, decode_text

MAX_BYTES = 20 << 20
#: What a workbook may hold when unpacked; ten thousand rows of twenty columns need a quarter of it.
MAX_UNPACKED = 40 << 20
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL = 5_000
SEPARATORS = ",;\t|"
#: Rows of a workbook that are looked at, empty ones included: some reach down to row 1,048,576.
MAX_SCANNED = 100_000


class TableError(ValueError):
    """A file that is no list, or one too large; ``code`` says why, for the user's language.

    *empty*, *too_big*, *too_many_rows*, *old_excel*, *locked_excel*, *bad_excel*, *binary*, *no_list*
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def file_kind(data: bytes) -> str:
    r"""Tell what a file is by its content, whatever its name says: *csv*, *xlsx* or *vcf*.

    :raises TableError: when it is none of them

    >>> file_kind(b"BEGIN:VCARD\nFN:Maria"), file_kind(b"name;e-mail\nMaria;m@acme.example")
    ('vcf', 'csv')
    >>> file_kind(bytes.fromhex("D0CF11E0A1B11AE1"))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    TableError: old_excel
    """
    if len(data) > MAX_BYTES:
        raise TableError("too_big")
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise TableError("empty")
    if data.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        # A workbook with a password is such a container too, and says so in UTF-16.
        raise TableError("locked_excel" if "EncryptedPackage".encode("utf-16-le") in data else "old_excel")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    text = decode_text(data[:4000])[0]
    if re.search(r"^\s*(BEGIN\s*:\s*VCARD|MECARD:)", text, re.IGNORECASE | re.MULTILINE):
        return "vcf"
    if re.match(r"\s*<(html|table|!doctype|\?xml)", text, re.IGNORECASE) or text.startswith(("%PDF", "{\\rtf")):
        raise TableError("no_list")
    if sum(char < " " and char not in "\t\r\n\x0b\x0c\x1c\x1d\x1e\x1f" for char in text) > len(text) / 100:
        raise TableError("binary")
    return "csv"


class Table(NamedTuple):
    """Rows as text, empty ones left out and cells trimmed, with the number that each has in the file.

    ``encoding`` is that of a CSV file, ``is_doubtful`` says that some character cannot be right in it. ``count`` is the
    number of rows that there are, when only the first were read.
    """

    rows: list
    numbers: list
    count: int
    name: str = ""
    is_hidden: bool = False
    encoding: str = ""
    is_doubtful: bool = False


def read_table(data: bytes, sheet: int = 0, encoding: str = "") -> Table:
    r"""Return the rows of a CSV file, or of one sheet of a workbook.

    :param sheet: the place of the sheet in the workbook
    :param encoding: of a CSV file, when a user has chosen it
    :raises TableError: see there

    >>> read_table("姓名;电话\r\n\r\n\"王\r\n伟\";13800138000.0\r\n".encode("gb18030"))[:3]
    ([['姓名', '电话'], ['王\n伟', '13800138000']], [1, 3], 2)
    """
    if file_kind(data) == "xlsx":
        table = next(islice(_workbook_tables(data, MAX_ROWS), sheet, None), None)
    else:
        table = _csv_table(data, MAX_ROWS, encoding)
    if not table or not table.rows:
        raise TableError("empty")
    if table.count > MAX_ROWS:
        raise TableError("too_many_rows")
    return table


def read_heads(data: bytes, limit: int, encoding: str = "") -> list[Table]:
    """Return the first rows of each sheet, or of the CSV file, with the number of all its rows.

    :param limit: how many rows are enough
    :param encoding: as for :func:`read_table`
    :raises TableError: see there; when no sheet has any row
    """
    is_workbook = file_kind(data) == "xlsx"
    found = list(_workbook_tables(data, limit)) if is_workbook else [_csv_table(data, limit, encoding)]
    if not any(table.rows for table in found):
        raise TableError("empty")
    return found


def _take_rows(rows, limit):
    """Return the first rows that are not empty, their numbers, and how many there are."""
    found, numbers, count = [], [], 0
    for number, row in enumerate(islice(rows, MAX_SCANNED), 1):
        if len(found) < limit:
            cells = [cell_text(value) for value in row[:MAX_COLUMNS]]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                found.append(cells)
                numbers.append(number)
                count += 1
        elif any(value is not None and str(value).strip() for value in row):
            count += 1
    return found, numbers, count


def cell_text(value) -> str:
    r"""Return a cell as the text that was meant.

    Spreadsheets turn telephone numbers into decimals and powers of ten. What they cut off cannot be had back:
    such a number is left as it is, see :func:`has_lost_digits`.

    >>> [cell_text(value) for value in (13800138000.0, "13800138000.0", "1.3800138001E+10", " a\r\nb ", None, True)]
    ['13800138000', '13800138000', '13800138001', 'a\nb', '', 'TRUE']
    >>> cell_text('="0039"'), cell_text("'+86 20"), cell_text("1.5"), cell_text("1.38E+10")
    ('0039', '+86 20', '1.5', '1.38E+10')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e20 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ud800-\udfff]", "", str(value)[:MAX_CELL])
    text = re.sub(r"\r\n?|[\x0b\x0c\u2028\u2029]", "\n", text).replace("\xa0", " ").replace("\u3000", " ").strip()
    if formula := re.fullmatch(r'="(.*)"', text, re.DOTALL):
        text = formula[1]
    if text[:1] == "'" and text[1:2] in tuple("+-=@0"):
        text = text[1:]
    return _whole_number(text)


def has_lost_digits(text: str) -> bool:
    """Tell whether a spreadsheet rounded a number, as it does with telephone numbers in narrow columns.

    >>> has_lost_digits("1.38E+10"), has_lost_digits("13800138000"), has_lost_digits("Halle 1.3E")
    (True, False, False)
    """
    return bool(re.fullmatch(r"\d[.,]?\d*E\+?\d+", text, re.IGNORECASE))


def _whole_number(text):
    """Write out 13800138000.0 and 1.38001380001E+10, as long as no digit is missing."""
    if found := re.fullmatch(r"(\d{7,})[.,]0+", text):
        return found[1]
    if found := re.fullmatch(r"(\d)[.,]?(\d*)E\+?(\d{1,2})", text, re.IGNORECASE):
        digits, power = found[1] + found[2], int(found[3])
        if len(digits) == power + 1:
            return digits
    return text


def _csv_table(data, limit, encoding):
    text, found, is_doubtful = decode_list(data, encoding)
    lines = text[:100].split("\n", 1)
    separator = ""
    if hint := re.match(r"sep=(.)\r?$", lines[0]):  # that Excel writes, and shows as no row
        separator, text = hint[1], text.split("\n", 1)[-1]
    separator = separator or _sniff(text)
    # Lines may end in a bare return, and so may those within a cell.
    reader = csv.reader(io.StringIO(re.sub(r"\r\n?", "\n", text), newline=""), delimiter=separator)
    try:
        return Table(*_take_rows(reader, limit), encoding=found, is_doubtful=is_doubtful)
    except csv.Error as error:  # a cell of more than 128 KB: a quote that is never closed
        raise TableError("binary") from error


def _sniff(text):
    """The separator that cuts most of the first lines into the same number of cells."""
    sample = re.sub(r"\r\n?", "\n", text[:20_000])

    def evenness(separator):
        try:
            widths = [len(row) for row in islice(csv.reader(io.StringIO(sample), delimiter=separator), 50) if row]
        except csv.Error:
            return (0, 0)
        wide = [width for width in widths if width > 1]
        common = max(set(wide), key=wide.count, default=0)
        return (wide.count(common), common)

    return max(SEPARATORS, key=evenness)


def _workbook_tables(data, limit):
    """Yield the tables of the sheets; values, not formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Python unpacks no more of a member than its header admits.
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                raise TableError("too_big")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its size is often wrong, or a trap
            rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
            yield Table(*_take_rows(rows, limit), name=sheet.title, is_hidden=sheet.sheet_state != "visible")
    except TableError:
        raise
    except Exception as error:  # a damaged workbook fails in any place of openpyxl
        raise TableError("bad_excel") from error
