"""Which shows are editions of one series: they are compared with each other.

Pure: names and codes come in.
"""

import re

_NUMBERS = re.compile(r"\(.*?\)|\d+(?:st|nd|rd|th)?", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")


def get_series(name: str, code: str = "") -> str:
    """Return what all editions of a show have in common: the letters of the code, else the name without numbers.

    >>> get_series("Canton Fair, 139th session", "CF139") == get_series("Canton Fair autumn", "CF138")
    True
    >>> get_series("Spring Fair 2026"), get_series("2nd Spring Fair (last year)"), get_series("展会 2026", "26")
    ('spring fair', 'spring fair', '展会')
    """
    words = _LETTERS.findall(code or "") or _LETTERS.findall(_NUMBERS.sub(" ", name or ""))
    return " ".join(words).casefold()
