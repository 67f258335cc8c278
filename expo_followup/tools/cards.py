"""Business cards as files and QR codes carry them: vCard 2.1, 3.0, 4.0 (RFC 6350) and MECARD.

`vobject` knows the format; what phones and chat programs write is only nearly that. So each card is taken apart
and decoded here, line by line, and handed over in a form that `vobject` cannot stumble over. What is wrong with one
card never spoils another.
"""

import base64
import quopri
import re
from typing import NamedTuple

import vobject

from .addresses import find_addresses
from .encodings import CHINESE, WESTERN, decode_text, find_encoding

BEGIN = re.compile(rb"^[^\S\n]*BEGIN[ \t]*:[ \t]*VCARD[ \t\r]*$|MECARD:(?=\s*[A-Z-]+:)", re.IGNORECASE | re.MULTILINE)
END = re.compile(rb"^[^\S\n]*END[ \t]*:[ \t]*VCARD", re.IGNORECASE | re.MULTILINE)
LINE = re.compile(rb'\s*(?:[\w-]+\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*")*)*)\s*:(.*)', re.DOTALL)
PARAMETER = re.compile(rb';((?:[^";]|"[^"]*")*)')
#: Anything longer is no contact's detail.
MAX_LINE = 20_000
MAX_RAW = 20_000
#: The properties that we read; pictures, keys and sounds stay out.
TEXTS = {"FN", "N", "ORG", "TITLE", "ROLE", "TEL", "EMAIL", "URL", "ADR", "NOTE", "IMPP", "NICKNAME", "BDAY"}
#: Network accounts: the property, and what people call it.
ACCOUNTS = {
    "X-WECHAT": "WeChat",
    "X-WEIXIN": "WeChat",
    "X-QQ": "QQ",
    "X-WHATSAPP": "WhatsApp",
    "X-SKYPE": "Skype",
    "X-SKYPE-USERNAME": "Skype",
    "X-LINE": "LINE",
    "X-TELEGRAM": "Telegram",
    "X-WEIBO": "Weibo",
    "X-LINKEDIN": "LinkedIn",
    "X-FACEBOOK": "Facebook",
    "X-MSN": "MSN",
    "X-TWITTER": "Twitter",
}
MECARD_NAMES = {
    "N": "N",
    "TEL": "TEL",
    "TEL-AV": "TEL",
    "EMAIL": "EMAIL",
    "URL": "URL",
    "NOTE": "NOTE",
    "ORG": "ORG",
    "ADR": "ADR",
    "NICKNAME": "NICKNAME",
    "BDAY": "BDAY",
    "TITLE": "TITLE",
    "DIV": "DIV",
}
COMMA, ESCAPED = re.compile(r"(?<!\\),"), r"\\,"
#: Which of several comes first.
EMAIL_ORDER = ({"work"}, {""}, {"home"})
PHONE_ORDER = ({"cell", "mobile", "iphone"}, {""}, {"home", "pager"})
ENCODED = re.compile(rb"BASE64|ENCODING=\"?B\b", re.IGNORECASE)
HAN = re.compile("[\u3400-\u9fff]")


class Card(NamedTuple):
    """One card: ``values`` by the names of a captured contact's fields, the text it was read from, what is wrong.

    A country stands in ``country_text`` as it was written; further phones, addresses and the like in ``extra``.
    ``problem`` is '' or one of *not_a_card*, *unreadable*, *nothing_in_it*; then ``values`` is empty.
    """

    values: dict
    raw: str
    problem: str = ""


class _Line(NamedTuple):
    name: str
    types: str
    value: str


def parse_cards(data: bytes | str) -> list[Card]:
    r"""Read all cards of a file or a QR code; never raises.

    >>> [card] = parse_cards("MECARD:N:Rossi,Maria;ORG:Acme SpA;TEL:+39021234567;EMAIL:m@acme.example;;")
    >>> card.values["name"], card.values["company_name"], card.values["email"]
    ('Maria Rossi', 'Acme SpA', 'm@acme.example')
    >>> [card] = parse_cards(b"BEGIN:VCARD\nN;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:=CD=F5;=CE=B0\nTEL:1380013")
    >>> card.values
    {'name': '王伟', 'phone': '1380013'}
    >>> [(card.values, card.problem) for card in parse_cards("https://example.com")]
    [({}, 'not_a_card')]
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    # In two bytes a sign the format's own words have such bytes.
    if b"\0" in data[:1000]:
        data = decode_text(data)[0].encode("utf-8", "replace")
    data = data.replace(b"\xef\xbb\xbf", b"").replace(b"\0", b"")
    data = re.sub(rb"\r\n?", b"\n", data)
    begins = [found.start() for found in BEGIN.finditer(data)]
    if not begins:
        return [Card({}, _clean(decode_text(data[:MAX_RAW])[0]), "not_a_card")] if data.strip() else []
    fallback = decode_text(data[: data.rfind(b"\n", 0, 500_000)])[1]
    return [_read(data[one:end], fallback) for one, end in zip(begins, [*begins[1:], len(data)], strict=True)]


def _read(block, fallback):
    """Read one card, whatever is in it."""
    is_mecard = block[:7].upper() == b"MECARD:"
    if not is_mecard and (end := END.search(block)):
        block = block[: end.end()]
    raw = _clean(decode_text(block[:MAX_RAW])[0])
    try:
        lines = list(_mecard_lines(block, fallback) if is_mecard else _vcard_lines(block, fallback))
        values = {name: text for name, text in _values(_by_name(lines)).items() if text}
    except Exception:  # whatever a stranger's phone wrote, the other cards are read
        return Card({}, raw, "unreadable")
    if not values.keys() & {"name", "company_name", "email", "phone"}:
        return Card({}, raw, "nothing_in_it")
    return Card(values, raw)


# -- lines ---------------------------------------------------------------------------------------------------


def _vcard_lines(block, fallback):
    """The readable lines of a vCard, unfolded and decoded; junk is left out."""
    keeps_blank = b"VERSION:2.1" in block[:200].upper()  # that version folds between words
    lines, is_ended = [], False
    for line in _dedent(block.split(b"\n")):
        last = lines[-1] if lines else b""
        if last.endswith(b"=") and len(last) <= MAX_LINE and b"QUOTED-PRINTABLE" in last[:200].split(b":")[0].upper():
            # Before a coded sign blanks are of the folding.
            lines[-1] = last[:-1] + re.sub(rb"^[ \t]+(?==[0-9A-Fa-f]{2})", b"", line)
        elif lines and line[:1] in (b" ", b"\t") and not is_ended:
            if len(last) <= MAX_LINE:  # else it is a picture, and left out
                is_coded = ENCODED.search(last[:200].split(b":")[0])
                lines[-1] = last + (line.strip() if is_coded else line if keeps_blank else line[1:])
        else:
            lines.append(line)
        # A line after an empty one begins anew, though it is indented.
        is_ended = not line.strip()
    for line in lines[1:]:
        found = len(line) <= MAX_LINE and LINE.fullmatch(line)
        name = found and found[1].decode("ascii", "ignore").upper()
        if name in TEXTS or name in ACCOUNTS or name == "X-SOCIALPROFILE":
            yield _decoded(name, found[2], found[3], fallback, keeps_blank)


def _dedent(lines):
    """Take away the indentation that all lines have: nothing can be folded right after the first one."""
    indent = next((re.match(rb"[ \t]*", line)[0] for line in lines[1:] if line.strip()), b"")
    return [line.removeprefix(indent) for line in lines]


def _decoded(name, parameters, value, fallback, is_old):
    """One line with its value as text and its types in lower case."""
    given = [one.decode("ascii", "replace") for one in PARAMETER.findall(parameters)]
    # Of several preferred ones version 4.0 says which is the most preferred.
    given = [re.sub(r"^PREF=", "PREF", one, flags=re.IGNORECASE) for one in given]
    words = ",".join(one.split("=", 1)[-1] for one in given).replace('"', "").lower()
    charset = next((one.split("=", 1)[1].strip('" ') for one in given if one.upper().startswith("CHARSET=")), "")
    if "quoted-printable" in words:
        value = quopri.decodestring(value)
    elif re.search(r"\b(base64|b)\b", words):
        value = _base64(value)
    text = _text(value, charset, fallback)
    # Address books escape more signs than the format asks for.
    text = re.sub(r"\\(.)", lambda sign: sign[0] if sign[1] in r"\;,nN" else sign[1], text)
    if is_old:
        text = text.replace("\\,", ",").replace("\\;", "\0").replace("\\", "\\\\").replace("\0", "\\;")
    return _Line(name, words, re.sub(r"\r\n?|\n", r"\\n", text))


def _base64(value):
    try:
        return base64.b64decode(value + b"==")
    except ValueError:
        return b""


def _text(value, charset, fallback):
    """Decode a value: the charset it names is often a lie, a few bytes alone tell little, the whole file more."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    text, name = decode_text(value, charset)
    is_told = name == find_encoding(charset) and name != WESTERN
    if (is_told or name in ("utf-8", "iso2022_jp", *CHINESE)) and "\ufffd" not in text:
        return text
    return decode_text(value, fallback)[0]


def _mecard_lines(block, fallback):
    """The fields of a MECARD as lines of a vCard: NTT DoCoMo's format, with a comma between family and given name."""
    text = _text(block[7:].split(b"\n\n")[0], "", fallback).replace("\n", " ")
    for field in re.findall(r"(?:[^;\\]|\\.)+", text):
        name, _colon, value = field.partition(":")
        name = MECARD_NAMES.get(name.strip().upper())
        if name and value.strip():
            value = re.sub(r"\\([:\"])", r"\1", value.strip())
            if name in ("N", "ADR"):
                parts = COMMA.split(value)
                value = ";".join(parts) if name == "N" else ";;" + ", ".join(filter(None, map(str.strip, parts)))
            yield _Line(name, "", value)


def _by_name(lines):
    """Let vobject take the values apart; what it cannot read is left out line by line."""
    try:
        return _parsed(lines).contents
    except Exception:  # vobject raises many kinds
        return _parsed([line for line in lines if _is_readable(line)]).contents


def _is_readable(line):
    try:
        return bool(_parsed([line]))
    except Exception:  # as above
        return False


def _parsed(lines):
    # A bare comma would make a list of "Acme Co., Ltd".
    texts = [f"{line.name};TYPE={_safe(line.types)}:{COMMA.sub(ESCAPED, line.value)}" for line in lines]
    card = "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *texts, "END:VCARD", ""))
    return vobject.readOne(card, ignoreUnreadable=True, allowQP=False)


def _safe(types):
    return re.sub(r"[^\w,-]", "", types) or "other"


# -- values --------------------------------------------------------------------------------------------------


def _values(contents):
    """The fields of a captured contact from what vobject read."""
    texts = {name: _sorted_texts(lines) for name, lines in contents.items() if name not in ("n", "adr", "org")}
    numbers = _sorted(contents, "tel", PHONE_ORDER)
    phones = [text for text, types in numbers if "fax" not in types or "voice" in types]
    faxes = [f"Fax: {text}" for text, _types in numbers if text not in phones]
    organisation = [_plain(part) for part in (contents["org"][0].value if "org" in contents else [])]
    address, others = _address(contents)
    titles = texts.get("title", []) + texts.get("role", [])
    accounts = [f"{label}: {text}" for key, label in ACCOUNTS.items() for text in texts.get(key.lower(), [])]
    accounts += [text for name in ("impp", "x-socialprofile") for text in texts.get(name, [])]
    name, company = _name(contents, texts), next(iter(organisation), "")
    emails, doubtful = _emails([text for text, _types in _sorted(contents, "email", EMAIL_ORDER)])
    extra = [*organisation[1:], *texts.get("div", []), *titles[1:], *phones[1:], *faxes, *emails[1:], *doubtful]
    extra += [*texts.get("url", [])[1:], *accounts[1:], *others, *texts.get("nickname", []), *texts.get("bday", [])]
    values = {
        # The card of a company names no person.
        "name": "" if _is_company(contents, name, company) else name,
        "company_name": company,
        "function": next(iter(titles), ""),
        "email": next(iter(emails), ""),
        "phone": next(iter(phones), ""),
        "website": next(iter(texts.get("url", [])), ""),
        "account": next(iter(accounts), ""),
    }
    return {
        **{name: " ".join(text.split()) for name, text in values.items()},
        **{name: re.sub(r"\s*\n\s*", ", ", text) for name, text in address.items()},
        "note": re.sub(r"\n[^\S\n]+", "\n", "\n".join(texts.get("note", []))),
        "extra": "\n".join(dict.fromkeys(filter(None, extra))),
    }


def _emails(texts):
    """The whole addresses, and the texts in which there are others: they are shown, and not written to."""
    found = [find_addresses(text) for text in texts]
    doubtful = [text for text, one in zip(texts, found, strict=True) if one.is_doubtful or not one.addresses]
    return [address for one in found if not one.is_doubtful for address in one.addresses], doubtful


def _name(contents, texts):
    """The full name; Chinese names are written family name first and without a blank."""
    full = next(iter(texts.get("fn", [])), "")
    if full or "n" not in contents:
        return full
    name = contents["n"][0].value
    family, given = _plain(name.family), _plain(name.given)
    if HAN.search(family + given):
        return f"{family}{given}"
    parts = (_plain(name.prefix), given, _plain(name.additional), family, _plain(name.suffix))
    return " ".join(filter(None, parts))


def _is_company(contents, name, company):
    """Tell whether a full name is the company's: the card has it twice, and no part of a person's name."""
    parts = contents["n"][0].value if "n" in contents else None
    is_person = parts and (_plain(parts.family) or _plain(parts.given))
    return not is_person and " ".join(name.lower().split()) == " ".join(company.lower().split())


def _address(contents):
    """The first postal address by fields, and the others as lines of text."""
    found = [line.value for line in contents.get("adr", [])]
    if not found:
        return {}, []
    first = found[0]
    street = [_plain(part) for part in (first.street, first.extended, first.box)]
    fields = {
        "street": ", ".join(filter(None, street)),
        "city": _plain(first.city),
        "zip": _plain(first.code),
        "country_text": _plain(first.country),
    }
    parts = ("street", "extended", "box", "code", "city", "region", "country")
    others = [", ".join(filter(None, (_plain(getattr(one, part)) for part in parts))) for one in found[1:]]
    return fields, [_plain(first.region), *others]


def _sorted(contents, name, order=()):
    """The texts of a property with their types, the most preferred first, then by the types that come first."""
    found = []
    for line in contents.get(name, []):
        types = ",".join(line.params.get("TYPE", [])).lower()
        found.append((_plain(line.value), types))
    found = [(text, types) for text, types in found if text]
    return sorted(found, key=lambda one: (_preference(one[1]), _place(one[1], order)))


def _preference(types):
    found = re.search(r"\bpref(\d*)\b", types)
    return int(found[1] or 1) if found else 101


def _place(types, order):
    """Return the place of the first type that is among the ordered ones; '' stands for all others."""
    words = set(types.split(","))
    return next((place for place, names in enumerate(order) if words & names), order.index({""}) if order else 0)


def _sorted_texts(lines):
    return [text for text, _types in _sorted({"": lines}, "")]


def _plain(value):
    """One text of whatever vobject made of a value."""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_plain, value)))
    text = _clean(str(value or "")).strip()
    return re.sub(r"[^\S\n]+", " ", re.sub(r"^(mailto(?=:[^%]*$)|tel|x-apple):", "", text, flags=re.IGNORECASE))


def _clean(text):
    """Leave out what no database stores, and what turns the writing round: control characters, half surrogates."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", text)
