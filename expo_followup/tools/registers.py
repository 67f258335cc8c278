r"""Registers as a workbook: one sheet per table, safe cells, and rows that read back as they were written.

>>> import io
>>> with io.BytesIO() as target:
...     with RegisterWriter(target) as writer:
...         writer.begin("people", ["Name", "Born"])
...         writer.row(["=1", date(1990, 5, 17)])
...     with RegisterReader(target) as reader:
...         list(reader.rows("people"))
[['=1', '1990-05-17']]
"""

import re
import zipfile
from datetime import date, datetime, timezone

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from .archive import ArchiveError, check_sizes
from .safe_cells import plain_cell, safe_cell

#: The most that a cell may hold, less what escaping adds; longer texts go elsewhere.
LONGEST = 32_000
# Characters that XML cannot carry, or changes: written as Excel does, and so is what looks like one already.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class RegisterWriter:
    """Writes sheets a row at a time: memory does not grow with the rows.

    :param target: file object to write to
    """

    def __init__(self, target):
        self._target = target
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_error):
        if kind is None:
            self._book.save(self._target)
        self._book.close()

    def begin(self, name, headings):
        """Begin a sheet with its headings."""
        self._sheet = self._book.create_sheet(name[:31])
        self._sheet.freeze_panes = "B2"
        cells = [WriteOnlyCell(self._sheet, value=to_cell(heading)) for heading in headings]
        for cell in cells:
            cell.font = Font(bold=True)
        self._sheet.append(cells)

    def row(self, values):
        """Add a row of texts, numbers, truth values, dates and moments (UTC); None and False-like texts are empty."""
        self._sheet.append([to_cell(value) for value in values])


class RegisterReader:
    """Reads what :class:`RegisterWriter` wrote.

    :param source: file object that can be positioned
    :raises ArchiveError: when it is no workbook, or unreasonably large
    """

    def __init__(self, source):
        try:
            with zipfile.ZipFile(source) as inner:
                check_sizes(inner)
            source.seek(0)
            self._book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise ArchiveError("broken") from error

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._book.close()

    def rows(self, name):
        """Yield the rows of a sheet below its headings, as lists."""
        if name not in self._book.sheetnames:
            raise ArchiveError("missing", name)
        rows = self._book[name].iter_rows(values_only=True)
        width = len(next(rows, ()))
        for cells in rows:
            # Empty cells at the end of a row are not stored.
            yield [from_cell(cell) for cell in cells] + [None] * (width - len(cells))


def to_cell(value):
    r"""Return what a cell holds for a value.

    >>> to_cell(datetime(2026, 4, 17, 9, 30)), to_cell(True), to_cell("-5"), to_cell("a\x0bb"), to_cell("")
    ('2026-04-17T09:30:00Z', True, "'-5", 'a_x000B_b', None)
    """
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _UNPRINTABLE.sub(_escape, safe_cell(value)) or None
    return value


def from_cell(value):
    r"""Undo :func:`to_cell`; dates and moments stay text.

    >>> from_cell("'-5"), from_cell("a_x000B_b"), from_cell("_x005F_x000B_"), from_cell(1.5)
    ('-5', 'a\x0bb', '_x000B_', 1.5)
    """
    if isinstance(value, str):
        return plain_cell(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value))
    return value


def to_moment(text):
    """Return the moment, in UTC and without zone, that a cell says.

    >>> to_moment("2026-04-17T09:30:00Z"), to_moment("2026-04-17T09:30:00.175298Z").microsecond
    (datetime.datetime(2026, 4, 17, 9, 30), 175298)
    """
    moment = datetime.fromisoformat(text.removesuffix("Z"))
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


def _escape(match):
    text = match[0]
    return f"_x{ord(text):04X}_" if len(text) == 1 else f"_x005F{text}"
