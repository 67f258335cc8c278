"""Letters of all scripts in one writing, to compare names: case, accents, width, Chinese forms, other alphabets."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii
from opencc_purepy import OpenCC

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Arabic and Hebrew write vowels in school books only.
_VOWEL_SIGNS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_TO_SIMPLIFIED = OpenCC("t2s")
# Written for one letter with two dots, a stroke or a ring where a keyboard has none.
_PAIRS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def has_han(text: str) -> bool:
    """Tell whether a text has Chinese characters: it is read in several ways, and not spelled."""
    return bool(_HAN.search(text))


@lru_cache(maxsize=65536)
def fold(text: str | None) -> str:
    """Return a text in small letters of one width, without accents; letters of other alphabets in Latin ones.

    Chinese characters stay, in their simplified form. What is written in two ways, such as ``ü`` and ``ue``, is one.

    >>> fold("MÜLLER"), fold("Mueller"), fold("Łódź"), fold("Øster"), fold("Işık"), fold("ＡＢＣ")
    ('muller', 'muller', 'lodz', 'oster', 'isik', 'abc')
    >>> fold("廣州麗華"), fold("Ромашка"), fold("김민수")
    ('广州丽华', 'romashka', 'gimminsu')
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text or "").replace("İ", "i")).casefold()
    if text.isascii():
        return _fold_pairs(text)
    if _HAN.search(text):
        text = _TO_SIMPLIFIED.convert(text)
    text = unicodedata.normalize("NFC", text.translate(_PAIRS))
    return _fold_pairs("".join(char if char.isascii() or _HAN.match(char) else _romanise(char) for char in text))


def romanise(text: str) -> str:
    """Return folded text with Chinese characters as they are read in Mandarin.

    >>> romanise("王伟")
    'wangwei'
    """
    return text if text.isascii() else fold("".join(_romanise(char) for char in text))


def _romanise(char):
    if _VOWEL_SIGNS.match(char):
        return ""
    return anyascii(char).lower() if char.isalnum() or unicodedata.category(char)[0] == "M" else char


def _fold_pairs(text):
    while (folded := re.sub(r"([ao])e|ue|aa", lambda found: found[1] or found[0][0], text)) != text:
        text = folded
    return text
