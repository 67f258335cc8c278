"""Which encoding is this file in? Lists of contacts say so seldom, and what they say is often wrong."""

import codecs
import re

import chardet

#: What a byte order mark says; the longer ones first, UTF-32 begins like UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: GB18030 contains GBK contains GB2312, and files that name one of the smaller ones use the larger.
CHINESE = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "ms936", "windows-936", "x-gbk", "euc-cn", "hz"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "cp950", "x-big5"), "cp950"),
}
SAMPLE = 200_000
#: A text in a Chinese encoding consists nearly all of the characters of daily use, a mistaken one does not.
PLAUSIBLE = 0.8


def decode_text(data: bytes, declared: str = "") -> tuple[str, str]:
    r"""Decode a text of uncertain encoding; return it and the encoding found. Never raises.

    A byte order mark decides, then valid UTF-8, then what is ``declared`` if the text looks like it, then what
    the text looks like. Bytes that fit nothing are replaced.

    >>> decode_text("客户,国家".encode("gbk"))
    ('客户,国家', 'gb18030')
    >>> decode_text("客戶,國家,公司".encode("big5"))
    ('客戶,國家,公司', 'cp950')
    >>> decode_text("客户".encode("utf-8-sig")), decode_text("A,客户\n".encode("utf-16"))
    (('客户', 'utf-8-sig'), ('A,客户\n', 'utf-16'))
    >>> decode_text("客户".encode("utf-8"), declared="GB2312")
    ('客户', 'utf-8')
    >>> decode_text("通".encode("gbk"), declared="GB2312")
    ('通', 'gb18030')
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff"), name
    if b"\0" in data[:SAMPLE] and (name := _guess_wide(data)):
        return data.decode(name), name
    named = CHINESE.get(declared.strip().lower(), "")
    if (text := _try(data, "utf-8")) is not None and not (named and _is_short_accident(text, data, named)):
        return text, "utf-8"
    name = guess_encoding(data, named or declared.strip().lower())
    return data.decode(name, "replace"), name


def guess_encoding(data: bytes, declared: str = "") -> str:
    """Name the encoding that a text which is not UTF-8 is most likely in.

    >>> guess_encoding("Käthe Müller, Köln".encode("cp1252"))
    'cp1252'
    """
    sample = data[:SAMPLE]
    scores = {name: _share_of_daily_characters(sample, name) for name in ("gb18030", "cp950")}
    best = max(scores, key=lambda name: (scores[name], name == declared))
    if scores.get(declared, 0) >= PLAUSIBLE:
        return declared
    if scores[best] >= PLAUSIBLE:
        return best
    if declared and declared not in scores and _try(sample, declared):
        return declared
    found = chardet.detect(sample[:20_000])
    name = found["encoding"] or ""
    if found["confidence"] >= 0.7 and name.lower() not in ("", "ascii", "utf-8", "iso-8859-1") and _try(data, name):
        return CHINESE.get(name.lower(), name)
    return "cp1252"


def _try(data, name):
    """The text, or None when the bytes are not in that encoding (or there is none of that name)."""
    try:
        return data.decode(name)
    except (LookupError, UnicodeError):
        return None


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
    return bool(meant) and all("\u3000" <= char <= "\u9fff" for char in meant if char > "\x7f")


def _share_of_daily_characters(sample, name):
    """Of the double bytes of a text, the part that stands for frequent characters in GB2312 or Big5."""
    frequent = re.compile(
        rb"[\xa1-\xa9\xb0-\xd7][\xa1-\xfe]" if name == "gb18030" else rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]"
    )
    pairs = re.findall(rb"[\x81-\xfe][\x30-\x39\x40-\xfe]|[\x80-\xff]", sample)
    return sum(1 for pair in pairs if frequent.fullmatch(pair)) / len(pairs) if pairs else 0.0
