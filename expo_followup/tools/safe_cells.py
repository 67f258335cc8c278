"""Cells of a table that no spreadsheet takes for a formula, and the way back."""

import re

#: What begins a formula in one spreadsheet or another, full-width signs of Chinese keyboards included.
FORMULA_SIGNS = "=+-@＝＋－＠"
# What a spreadsheet, or the hand that copies a cell, drops from its beginning: blanks, control characters, marks of
# direction and width, quotes.
_LEADING = re.compile(r"[\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff'\"‘’“”＇＂]*")
_BREAKS = re.compile(r"[\t\r\n]")
#: Numbers and phone numbers: signs and digits, nothing that names a function or a cell.
_NUMBER = re.compile(r"[+-]?[0-9(][0-9 ().,/-]*")


def safe_cell(value):
    r"""Return ``value`` such that no spreadsheet runs it as a formula; anything but text stays what it is.

    An apostrophe goes before text that begins with a formula sign, with a tab or a line end, also when blanks
    or quotes stand before it (OWASP, "CSV Injection"). :func:`plain_cell` takes it away again.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("  ＠SUM(1)"), safe_cell("'-1")
    ("'=HYPERLINK(1)", "'  ＠SUM(1)", "''-1")
    >>> safe_cell("\tA"), safe_cell("A = B"), safe_cell(-1.5), safe_cell(None)
    ("'\tA", 'A = B', -1.5, None)
    """
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def safe_list_cell(value):
    """Return a cell of an exported list: as :func:`safe_cell`, but numbers and phone numbers stay what they are.

    A list is imported again as it is: an apostrophe before a phone number would become part of it.

    >>> safe_list_cell("+86 20 8888-1234"), safe_list_cell("=1+1"), safe_list_cell("+86 20|'cmd'"), safe_list_cell("-5")
    ('+86 20 8888-1234', "'=1+1", "'+86 20|'cmd'", '-5')
    """
    return value if isinstance(value, str) and _NUMBER.fullmatch(value) else safe_cell(value)


def plain_cell(value):
    """Undo :func:`safe_cell`: ``plain_cell(safe_cell(x)) == x`` for every ``x``.

    >>> plain_cell("'+49 30 1234"), plain_cell("''=1"), plain_cell("'s-Hertogenbosch"), plain_cell(5)
    ('+49 30 1234', "'=1", "'s-Hertogenbosch", 5)
    """
    if isinstance(value, str) and value.startswith("'") and is_formula(value[1:]):
        return value[1:]
    return value


def is_formula(text):
    """Tell whether a spreadsheet might run ``text``.

    >>> is_formula("@SUM(A1)"), is_formula("maria@customer.example"), is_formula("")
    (True, False, False)
    """
    leading = _LEADING.match(text).group()
    return bool(_BREAKS.search(leading)) or text[len(leading) : len(leading) + 1] in tuple(FORMULA_SIGNS)
