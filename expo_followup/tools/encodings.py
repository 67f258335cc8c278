"""Which encoding is this text in? Lists and mails say so seldom, and what they say is often wrong.

What is declared is read as programs mean it: the larger encoding that contains it, as browsers do (WHATWG Encoding
Standard, §4.2). Python knows the names of most encodings, but takes each at its word.
"""

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

import chardet
import charset_normalizer

#: What a byte order mark says; the longer ones first, UTF-32 begins like UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The encodings that programs mean, by the one that they name: both as Python calls them.
SUPERSETS = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso2022_jp": "iso2022_jp",
    "iso2022_jp_1": "iso2022_jp",
    "iso2022_jp_2": "iso2022_jp",
    "iso2022_jp_2004": "iso2022_jp",
    "iso2022_jp_3": "iso2022_jp",
    "iso2022_jp_ext": "iso2022_jp",
    "iso8859-1": "cp1252",
    "iso8859-11": "cp874",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
#: Names in use that Python does not know, or knows as something else.
LABELS = {
    "cn-big5": "big5",
    "cn-gb": "gb2312",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp50222": "iso2022_jp",
    "cp51932": "euc_jp",
    "csgb2312": "gb2312",
    "csiso58gb231280": "gb2312",
    "csksc56011987": "euc_kr",
    "dos-874": "cp874",
    "gb-2312": "gb2312",
    "gb-2312-80": "gb2312",
    "iso-10646-ucs-2": "utf-16-le",
    "iso-2022-jp-ms": "iso2022_jp",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "ks-c-5601-1989": "euc_kr",
    "ksc-5601": "euc_kr",
    "logical": "iso8859-8",
    "ucs-2": "utf-16-le",
    "unicode": "utf-16-le",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-8": "utf-8",
    "unicodefeff": "utf-16-le",
    "visual": "iso8859-8",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gbk",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "x-mac-ukrainian": "mac-cyrillic",
    "x-sjis": "shift_jis",
    "x-x-big5": "big5",
}
#: What Python calls an encoding and is none of texts from elsewhere: it would change them.
NO_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
#: Encodings that programs declare when they do not know; and the Chinese ones, which are mistaken for each other.
WESTERN = "cp1252"
CHINESE = ("gb18030", "big5hkscs")
DOUBTFUL = frozenset({"", "utf-8", WESTERN, *CHINESE})
SAMPLE = 200_000
#: A text in a Chinese encoding consists nearly all of the characters of daily use, a mistaken one does not.
PLAUSIBLE = 0.8
FREQUENT = {
    "gb18030": re.compile(rb"[\xa1-\xa9\xb0-\xd7][\xa1-\xfe]"),
    "big5hkscs": re.compile(rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]"),
}
PAIR = re.compile(rb"[\x81-\xfe][\x30-\x39\x40-\xfe]|[\x80-\xff]")
#: Between these signs a Japanese text of seven bits changes its alphabet (RFC 1468, and half-width katakana).
JAPANESE = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
CHARACTER = re.compile(rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\xfe])|\x80")
EURO = "€".encode("gb18030")
#: Scripts that a few double bytes are meant to be in: signs, kana, Chinese, Korean, half-width and full-width forms.
EASTERN = re.compile(r"[\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef]*")


#: What stands in no list: a replaced byte, a control sign of a mistaken encoding, a character of private use.
DOUBTFUL_CHARACTER = re.compile("[\ufffd\x80-\x9f\ue000-\uf8ff]")
#: A sign beyond ASCII that touches a letter, other than quotation marks and the like: a letter of another encoding.
SIGN_IN_WORD = re.compile(
    r"(?:(?<=[A-Za-z])[\x80-\xa0¡-©«-´¶-¹»-¿×÷]|[\x80-\xa0¡-§¨«-\xad¯-´¶-¹»-¿×÷](?=[A-Za-z]))(?<![®©°´·¡¿§«»])"
)
#: The encodings in which lists come, by the name that Python knows; a user may choose another than the one found.
LIST_ENCODINGS = (
    "utf-8", "utf-16", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "cp1250", "cp1254", "cp1257",
    "cp1251", "koi8-r", "cp1253", "cp1255", "cp1256", "cp874",
)  # fmt: skip
_NAMED_BY_LIBRARY = [
    "cp932", "euc_jp", "cp949", "gb18030", "big5", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp874", "koi8_r",
]  # fmt: skip
#: Letters beyond ASCII of the languages that are written in each encoding of Latin letters.
LATIN = {
    "cp1252": (
        "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõúü", "àèéìíîòóùú", "åäöéü", "æøåéüöäó", "áðéíóúýþæö",
        "ëéïöüáèó", "àçéèíïóòúü",
    ),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "ëç"),
    "cp1254": ("çğıİöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}  # fmt: skip


class ListText(NamedTuple):
    """The text of a list, the encoding it was read in, whether some character of it cannot be right."""

    text: str
    encoding: str
    is_doubtful: bool


def find_encoding(label: str | None) -> str:
    """Return the encoding that is meant by a declared name, as Python calls it; "" when there is none of that name.

    >>> [find_encoding(label) for label in ("ks_c_5601-1987", "Shift_JIS", "Big5", "gb2312", "x-gbk", "windows-936")]
    ['cp949', 'cp932', 'big5hkscs', 'gb18030', 'gb18030', 'gb18030']
    >>> [find_encoding(label) for label in ('"ISO-8859-1"', "us-ascii", "utf8", "unknown-8bit", "unicode_escape", None)]
    ['cp1252', 'cp1252', 'utf-8', '', '', '']
    """
    # A year may follow: ISO_8859-1:1987.
    label = re.sub(r"[^\w.-]", "", (label or "").lower().partition(":")[0]).replace("_", "-")
    label = re.sub(r"^(x-)?(windows|ms|cp)-?(?=\d)", "cp", label)
    label = re.sub(r"^(cs)?iso-?8859-?(\d+)(-?[ei])?$", r"iso8859-\2", label)
    label = "cp932" if label in ("cp31j", "cp943") else LABELS.get(label, label)
    try:
        name = codecs.lookup(label).name
        # Of bytes that make no text (rot13, zip) Python says so in trying.
        b"a".decode(name, "replace")
    except (LookupError, ValueError, OSError):
        return ""
    return "" if name in NO_CHARSETS else SUPERSETS.get(name, name)


def decode_text(data: bytes, declared: str | None = "") -> tuple[str, str]:
    r"""Decode a text of uncertain encoding; return it and the encoding found. Never raises.

    A byte order mark decides, then what is ``declared`` if that can be trusted, then valid UTF-8, then what is
    ``declared`` if the text looks like it, then what the text looks like. Bytes that fit nothing are replaced.

    >>> decode_text("客户,国家".encode("gbk"))
    ('客户,国家', 'gb18030')
    >>> decode_text("客戶,國家,公司".encode("big5"))
    ('客戶,國家,公司', 'big5hkscs')
    >>> decode_text("客户".encode("utf-8-sig")), decode_text("A,客户\n".encode("utf-16"))
    (('客户', 'utf-8-sig'), ('A,客户\n', 'utf-16'))
    >>> decode_text("客户".encode("utf-8"), declared="GB2312")
    ('客户', 'utf-8')
    >>> decode_text("通".encode("gbk"), declared="GB2312")
    ('通', 'gb18030')
    >>> decode_text(b"5 \x80, 20 \xb0C", declared="iso-8859-1"), decode_text(b"5 \x80 \xcd\xa8", declared="gbk")
    (('5 €, 20 °C', 'cp1252'), ('5 € 通', 'gb18030'))
    >>> decode_text(b"No. \x1b$B-!\x1b(B", declared="iso-2022-jp"), decode_text(b"\x1b$B%/%l!<%`\x1b(B")
    (('No. ①', 'iso2022_jp'), ('クレーム', 'iso2022_jp'))
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff"), name
    if b"\0" in data[:SAMPLE] and (name := _guess_wide(data)):
        return data.decode(name), name
    named = find_encoding(declared)
    if named in DOUBTFUL and data.isascii() and JAPANESE.search(data):
        named = "iso2022_jp"
    if named not in DOUBTFUL and (text := _try(data, named)) is not None:
        return text, named
    if (text := _try(data, "utf-8")) is not None and not (named in CHINESE and _is_short_accident(text, data, named)):
        return text, "utf-8"
    name = guess_encoding(data, named)
    text = _try(data, name)
    return data.decode(name, "replace") if text is None else text, name


def decode_list(data: bytes, chosen: str = "") -> ListText:
    r"""Decode a list, of which nothing says the encoding.

    :param chosen: one of :data:`LIST_ENCODINGS`, when a user has chosen it

    >>> decode_list("Dvořák Jiří;Příbram".encode("cp1250"))
    ListText(text='Dvořák Jiří;Příbram', encoding='cp1250', is_doubtful=False)
    >>> decode_list("이름;김민수;서울특별시".encode("cp949")).encoding
    'cp949'
    >>> decode_list("Łódź".encode("cp1250"), "utf-8").is_doubtful
    True
    """
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    if marked or chosen == "utf-16" or (not chosen and (b"\0" in data[:SAMPLE] or JAPANESE.search(data[:SAMPLE]))):
        text, name = decode_text(data, "" if marked else chosen)
    elif chosen:
        text, name = _try(data, chosen), chosen
        if text is None:
            text = data.decode(chosen, "replace")
    elif (text := _try(data, "utf-8")) is not None:
        name = "utf-8"
    else:
        name = guess_list_encoding(data)
        text = _try(data, name)
        if text is None:
            text = data.decode(name, "replace")
    text = text.removeprefix("\ufeff")
    return ListText(text, "utf-8" if name == "utf-8-sig" else name, bool(DOUBTFUL_CHARACTER.search(text)))


def guess_list_encoding(data: bytes) -> str:
    """Name the encoding that a list which is not UTF-8 is most likely in.

    Latin letters beyond ASCII stand alone between others, and those of one cell are of one language; what
    ``charset-normalizer`` makes of them is seldom right. All else it tells better than ``chardet``, but for the two
    Chinese encodings in short lists, where the frequent characters decide.
    """
    sample = data[:SAMPLE]
    runs = re.findall(rb"[\x80-\xff]+", sample)
    if runs and sum(map(len, runs)) <= 1.7 * len(runs):
        name, share = _guess_latin(sample)
        if share >= PLAUSIBLE:
            return name
    # Whole lines only: a character that is cut fits no encoding.
    found = charset_normalizer.from_bytes(sample[: sample.rfind(b"\n") + 1] or sample, cp_isolation=_NAMED_BY_LIBRARY)
    best = found.best()
    name = {"big5": "big5hkscs", "koi8_r": "koi8-r"}.get(best.encoding, best.encoding) if best else ""
    pairs = PAIR.findall(sample)
    shares = {chinese: _share_of_daily_characters(pairs, chinese) for chinese in CHINESE}
    likely, is_even = max(shares, key=shares.get), not any(len(run) % 2 for run in runs)
    if shares[likely] >= PLAUSIBLE and (
        name in ("", *CHINESE, *LATIN)
        or (name == "cp874" and is_even)
        or (name == "cp949" and not _is_hangul(_try(data, name) or ""))
    ):
        return likely
    if name in ("cp1251", "koi8-r") and all(b"\xe0" <= byte <= b"\xfa" for byte in re.findall(rb"[\x80-\xff]", sample)):
        # Russian has capitals and other letters besides; Hebrew has neither.
        return "cp1255"
    if name == "cp874" and is_even and _is_hangul(_try(data, "cp949") or ""):
        return "cp949"
    return _guess_latin(sample)[0] if name in ("", *LATIN) else name


def _guess_latin(data):
    """Return the encoding of Latin letters whose languages fit most cells, and the share of cells that they fit."""
    cells = [cell for cell in re.split(rb"[\r\n\t;,|]+", data) if not cell.isascii()]
    best = (WESTERN, 0.0)
    for name, alphabets in LATIN.items():
        fitting = sum(_fits(cell.decode(name, "replace"), alphabets) for cell in cells)
        if cells and fitting / len(cells) > best[1]:
            best = (name, fitting / len(cells))
    return best


def _fits(cell, alphabets):
    """Tell whether one language has all the letters of a cell, and no other sign touches a letter."""
    if SIGN_IN_WORD.search(cell):
        return False
    strange = {char for char in cell if char > "\x7f" and (char.isalpha() or DOUBTFUL_CHARACTER.match(char))}
    return any(all(char in alphabet or char.lower() in alphabet for char in strange) for alphabet in alphabets)


def _is_hangul(text):
    strange = [char for char in text if char > "\u2fff"]
    return bool(strange) and sum("\uac00" <= char <= "\ud7a3" for char in strange) >= PLAUSIBLE * len(strange)


def guess_encoding(data: bytes, declared: str = "") -> str:
    """Name the encoding that a text which is not UTF-8 is most likely in.

    :param declared: what :func:`find_encoding` made of the declared name

    >>> guess_encoding("Käthe Müller, Köln".encode("cp1252"))
    'cp1252'
    """
    sample = data[:SAMPLE]
    pairs = PAIR.findall(sample)
    shares = {name: _share_of_daily_characters(pairs, name) for name in CHINESE}
    best = max(shares, key=lambda name: (shares[name], name == declared))
    if declared == "gb18030" and _try(data, declared) is not None:
        # It contains every character that there is: what is rare in it is no sign against it.
        return declared
    if shares.get(declared, 0) >= PLAUSIBLE:
        return declared
    if shares[best] >= PLAUSIBLE and _is_written_in_pairs(pairs, declared):
        return best
    if declared and declared != "utf-8" and _try(data, declared) is not None:
        return declared
    found = chardet.detect(sample[:20_000])
    name = found["encoding"] or ""
    if found["confidence"] >= 0.7 and name.lower() not in ("", "ascii", "utf-8", "iso-8859-1"):
        name = find_encoding(name)
        if name and _try(data, name) is not None:
            return name
    return WESTERN


def _try(data, name):
    """The text, or None when the bytes are not in that encoding (or there is none of that name)."""
    if name == "iso2022_jp":
        return _decode_japanese(data)
    with suppress(LookupError, ValueError):
        return data.decode(name)
    if name == "gb18030" and b"\x80" in data:
        # Windows writes the euro sign as a single byte.
        whole = CHARACTER.sub(lambda found: EURO if found[0] == b"\x80" else found[0], data)
        return None if whole == data else _try(whole, name)
    if name == "big5hkscs":
        return _try(data, "cp950")
    return _try(_from_euc(data), "cp932") if name == "euc_jp" and b"\x8f" not in data else None


def _decode_japanese(data):
    """Decode ISO-2022-JP with what Microsoft added: its signs and names are those of Shift JIS at the same places."""
    pieces = JAPANESE.split(data)
    if any(b"\x1b" in piece for piece in pieces[::2]):
        # The other alphabets of the family.
        return _try(data, "iso2022_jp_2004") or _try(data, "iso2022_jp_ext") or _try(data, "iso2022_jp_2")
    found = [pieces[0]]
    for alphabet, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if alphabet == b"(I":
            piece = re.sub(rb"[\x21-\x5f]", lambda kana: bytes([kana[0][0] | 0x80]), piece)
        elif alphabet in (b"$@", b"$B"):
            piece = re.sub(rb"[\x21-\x7e]{2}", _to_shift_jis, piece)
        found.append(piece)
    return _try(b"".join(found), "cp932")


def _from_euc(data):
    """EUC-JP, in which Microsoft's signs are no part of the standard, as Shift JIS."""
    return re.sub(rb"[\xa1-\xfe]{2}|\x8e([\xa1-\xdf])", lambda found: found[1] or _to_shift_jis(found), data)


def _to_shift_jis(found):
    """The place of a character in JIS X 0208, as two bytes of Shift JIS."""
    row, cell = (byte & 0x7F for byte in found[0])
    lead = ((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1)
    return bytes([lead, cell + ((0x1F if cell < 0x60 else 0x20) if row & 1 else 0x7E)])


def _guess_wide(data):
    """UTF-16 without a mark: in lists the separators and digits have their zero byte all on one side."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = _try(data, name)
    return name if text and "\0" not in text and min(even, odd) * 5 < max(even, odd) else ""


def _is_short_accident(text, data, named):
    """Whether a few Chinese bytes only happen to be valid UTF-8: they give letters of no Chinese text."""
    strange = [char for char in text if char > "\x7f"]
    if not strange or any(char > "\u07ff" for char in strange):
        return False
    meant = _try(data, named)
    return bool(meant) and bool(EASTERN.fullmatch("".join(char for char in meant if char > "\x7f")))


def _is_written_in_pairs(pairs, declared):
    """Whether a text has double bytes, or single letters with accents that look like them before a plain letter."""
    double = sum(1 for pair in pairs if len(pair) == 2 and pair[1] > 0x7F)
    if declared == WESTERN:
        return len(pairs) > 1 and double * 2 >= len(pairs)
    return double > 0


def _share_of_daily_characters(pairs, name):
    """Of the double bytes of a text, the part that stands for frequent characters in GB2312 or Big5."""
    return sum(1 for pair in pairs if FREQUENT[name].fullmatch(pair)) / len(pairs) if pairs else 0.0
