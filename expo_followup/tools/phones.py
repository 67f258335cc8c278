"""Telephone numbers as people write them: several in one cell, with extensions, notes and a fax number among them."""

import re
import unicodedata
from typing import NamedTuple

#: Fewer digits than this are an extension, an area code or a part of a number.
MIN_DIGITS = 7
#: With the code of its country a number has at least these.
MIN_INTERNATIONAL = 9
#: No number has more (ITU-T E.164).
MAX_DIGITS = 15
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-") | dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202c\ufeff"))
_FAX = r"(?:tele)?fax|传真|傳真|ファックス|ファクス|팩스|факс|fks|faks"
_LABEL = re.compile(
    r"(?:(?:business|work|office|direct|home|company|main)\s+)?"
    r"(?:telephone|telefon[eo]?|téléphone|teléfono|tel|tél|phone|mobile|mobil|móvil|cellulare|cell|handy|portable|mob|"
    r"office|work|home|direct|ph|t|p|m|o|c|тел|телефон|моб|手机|手機|电话|電話|座机|办公|联系电话|移动电话|携帯|휴대폰|전화)"
    r"(?:\s*no\b)?\s*[.:：/]*\s*(?=[+(\d])",
    re.IGNORECASE,
)
_FAX_LABEL = re.compile(rf"(?:{_FAX}|\bf(?=\s*[.:：+]))", re.IGNORECASE)
#: Before a label of its own another number begins.
_LABELLED = re.compile(rf"(?<=\d)[\s,]+(?=(?:{_LABEL.pattern}|{_FAX}|f\s*[.:：]?\s*[+\d]))", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,]*(?:;\s*ext\s*=|\b(?:ext(?:ension)?|extn|доб|durchwahl|poste|interno|int)\b[\s.:]*|"
    r"(?<=\d)\s*x\s*(?=\d)|转|轉|分机|分機|內線|内線|#)"
    r"\s*(\d{1,6})\b\s*$",
    re.IGNORECASE,
)
#: A land line of China with its extension: the last group is no part of the number.
_CHINESE = re.compile(r"((?:\(?(?:\+|00)?86\)?[\s-]*)?(?:\(?0?\d{2,3}\)?[\s-]+)?\d{7,8})-(\d{1,5})")
_BRACKETS = re.compile(r"\s*[(\[{（【]([^()\[\]{}（）【】]*[^\W\d_][^()\[\]{}（）【】]*)[)\]}）】]\s*")
_SEPARATORS = re.compile(
    r"\s*(?:[\n,;、|&]|\s/\s|//|(?<=[\d)）])\s*(?:和|或|及)\s*(?=[\d(+])|\b(?:or|and|und|oder|ou|et|o|y|e)\b)\s*",
    re.IGNORECASE,
)
_SLASH = re.compile(r"\s*/\s*")


class Phones(NamedTuple):
    """The numbers of a text in their order, and what else it says: notes, fax numbers, what is no number."""

    numbers: list
    rest: list


def split_phones(text: str | None) -> Phones:
    r"""Take the telephone numbers of a text apart; nothing of it is lost.

    An extension is written as ``ext. 123``, as the ``phonenumbers`` library reads it. A text without any number is
    one number, as it is written: a person has to look at it.

    >>> split_phones("+39 02 1234567 & +39 333 7654321").numbers
    ['+39 02 1234567', '+39 333 7654321']
    >>> split_phones("13800138000 13900139000").numbers, split_phones("Tel: 020 8765 4321").numbers
    (['13800138000', '13900139000'], ['020 8765 4321'])
    >>> split_phones("020-87654321转123").numbers, split_phones("+86-20-87654321-123").numbers
    (['020-87654321 ext. 123'], ['+86-20-87654321 ext. 123'])
    >>> split_phones("+49 711/123456 (Büro), Fax: +49 711/123457")
    Phones(numbers=['+49 711/123456'], rest=['+49 711/123456 (Büro)', 'Fax: +49 711/123457'])
    """
    numbers, rest = [], []
    found = _split_once(text)
    for number in found.numbers:
        # What is left of a text that is hardly one of numbers may be read further.
        again = found if number == text else split_phones(number)
        numbers += [number] if again is found else again.numbers
        rest += [] if again is found else again.rest
    return Phones(list(dict.fromkeys(numbers)), list(dict.fromkeys((*found.rest, *rest))))


def _split_once(text):
    text = unicodedata.normalize("NFKC", (text or "").translate(_DASHES)).translate(_DASHES)
    text = re.sub(r"[^\S\n]+", " ", text).strip()
    numbers, rest = [], []
    if not text:
        return Phones(numbers, rest)
    for part in _parts(text):
        if _FAX_LABEL.search(part):
            rest.append(part)
            continue
        number, notes = _read_number(part)
        if _count(number) < MIN_DIGITS:
            rest.append(part)
            continue
        numbers.append(number)
        if notes:
            rest.append(f"{number} ({', '.join(notes)})")
    if not numbers and not any(map(_FAX_LABEL.search, rest)):
        return Phones([" ".join(text.split())], [])
    return Phones(list(dict.fromkeys(numbers)), list(dict.fromkeys(rest)))


def _parts(text):
    """Cut a text where another number begins; a part without enough digits belongs to the one before it."""
    text = re.sub(r";\s*ext\s*=\s*", " ext. ", text, flags=re.IGNORECASE)
    text = _LABELLED.sub("\n", text)
    parts = []
    for piece in filter(None, map(str.strip, _SEPARATORS.split(text))):
        for part in _cut_slash(piece):
            if parts and _count(part) < MIN_DIGITS and not _FAX_LABEL.search(part) and _EXTENSION.fullmatch(part):
                parts[-1] = f"{parts[-1]} {part}"  # the extension after a comma
            else:
                parts += _cut_blanks(part)
    return parts


def _cut_slash(text):
    """Cut at a slash between two whole numbers; else it stands after an area code."""
    pieces = [piece for piece in _SLASH.split(text) if piece]
    if len(pieces) > 1 and all(_count(piece) >= MIN_DIGITS for piece in pieces):
        return pieces
    return [text]


def _cut_blanks(text):
    """Cut at a blank between two whole numbers."""
    if _BRACKETS.search(text) or _EXTENSION.search(text):
        found = _BRACKETS.search(text)
        if found and _count(text[found.end() :]) >= MIN_DIGITS:
            return [text[: found.end()].strip(), *_cut_blanks(text[found.end() :].strip())]
        return [text]
    groups, numbers = text.split(" "), []
    for group in groups:
        last = re.sub(r"^[^\d+(]+", "", numbers[-1]) if numbers else ""
        is_new = _count(last) >= (MIN_INTERNATIONAL if last.startswith(("+", "(+", "00", "(00")) else MIN_DIGITS)
        begins = group.startswith(("+", "(+")) or (group.startswith("00") and _count(group) > 3)
        if is_new and (begins or _count(group) >= MIN_DIGITS):
            numbers.append(group)
        elif numbers:
            numbers[-1] += f" {group}"
        else:
            numbers.append(group)
    whole = all(MIN_DIGITS <= _count(number) <= MAX_DIGITS for number in numbers)
    return numbers if whole else [text]


def _read_number(text):
    """Return a number without label and notes, its extension written out; and the notes."""
    notes = [note.strip() for note in _BRACKETS.findall(text)]
    number = _BRACKETS.sub(" ", text).strip(" .:-")
    extension = ""
    if found := _EXTENSION.search(number):
        number, extension = number[: found.start()], found[1]
    number = _LABEL.sub("", number, count=1) if _LABEL.match(number) else number
    if found := re.match(r"([^\W\d_][^\d+(]*)(?=[+(\d])", number):
        notes.append(found[1].strip(" .:：-"))
        number = number[found.end() :]
    if found := re.search(r"(?<=[\d)])\s+([^\W\d_].*)$", number):
        notes.append(found[1].strip())
        number = number[: found.start()]
    number = number.strip(" .,:;-/")
    if not extension and (found := _CHINESE.fullmatch(number)):
        number, extension = found[1], found[2]
    return f"{number} ext. {extension}" if extension else number, list(filter(None, notes))


def _count(text):
    return sum(map(str.isdigit, re.sub(r"\(0\)|ext\. \d+$", "", text)))
