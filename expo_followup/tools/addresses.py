"""E-mail addresses in texts that people typed, scanned or received: taken whole, or left to a person.

A part of an address is another person's: ``brien@x.example`` never stands for ``o'brien@x.example``. The standards are
RFC 5322 (``atext``), RFC 6531 (letters of every script) and RFC 5891 (domains of every script). What is an address for
core is one here; core's own search in texts (``email_re``, and spaces that it takes for commas) cuts addresses.
A known address, such as one to erase, is looked for as a whole as well, and none is left behind for a doubt.
The booth page follows the same rule: ``static/src/booth/booth_address.js``.
"""

import re
import unicodedata
from typing import NamedTuple

import idna

from odoo.tools.mail import email_normalize, email_split_tuples, formataddr

#: RFC 5321 §4.5.3.1: what is longer reaches no mailbox.
MAX_LOCAL, MAX_ADDRESS = 64, 254
_SIGNS = frozenset("!#$%&'*+-/=?^_`{|}~.")
#: After a domain these begin something else.
_SEPARATORS = frozenset(';,:/|?&<>()[]{}"')
#: Signs that printers put before an address.
_ICONS = frozenset("✉📧📨📩📬🖂•·●◆■►▶→")
# What else stands in domains (RFC 5892, CONTEXTJ and CONTEXTO).
_JOINERS = "\u200c\u200d\u00b7\u0375\u05f3\u05f4\u30fb"
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_FULL_WIDTH = {0xFF01 + index: 0x21 + index for index in range(94)} | {0x3000: 0x20}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,130}"\s{0,9}@')
#: The domain goes on, in the writing of people who hide from robots or whose line was broken.
_GOES_ON = re.compile(
    r"\s*[\[({<]\s*(?:[.。@]|dot\b|punkt\b|点)|\s+(?:\.\w|dot\s)|[.。]+(?:\s+[a-z]|\s*[\[({<])|[.。]+\w"
)
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_HOST_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
#: So much of a text before and after an address is looked at; a header may hold thousands of them.
_WINDOW = 400


class Found(NamedTuple):
    """Addresses as core normalises them, those in ``<>`` first; the text without them; whether it has an ``@`` left."""

    addresses: list
    rest: str
    is_doubtful: bool


def find_addresses(text: str | None, in_header: bool = False) -> Found:
    r"""Find the addresses in a text; what is no whole address for certain is left in ``rest``.

    :param in_header: the text is a header of a mail: machines write it, with hosts of one word and dots anywhere

    >>> find_addresses("Sean O'Brien <Sean.O'Brien@Müller.example>; info@例え.测试").addresses
    ["sean.o'brien@müller.example", 'info@例え.测试']
    >>> find_addresses("a/b@x.example/c@y.example").addresses
    ['a/b@x.example', 'c@y.example']
    >>> find_addresses('"sean brien"@x.example')
    Found(addresses=[], rest='"sean brien"@x.example', is_doubtful=True)
    """
    text = unicodedata.normalize("NFC", (text or "").translate(_FULL_WIDTH).translate(_INVISIBLE))
    # Addresses in a quoted local part are not the address.
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    enclosed, others, rest, is_doubtful, end, kept = [], [], [], False, 0, 0
    for at in (found.start() for found in re.finditer("@", text)):
        start, stop = _bounds(text, end, at)
        end = max(stop, at + 1)
        while text[stop - 1] == ".":
            stop -= 1
        while quoted and quoted[0][1] <= at:
            quoted.pop(0)
        is_quoted = bool(quoted) and quoted[0][0] < at
        is_alone = not is_quoted and _stands_alone(text, start, at, stop, in_header)
        address = _normalized(text[start:at], text[at + 1 : stop], in_header) if is_alone else ""
        if not address:
            is_doubtful = True
            continue
        rest.append(text[kept:start])
        kept = stop
        is_enclosed = text[start - 1 : start] == "<" and text[stop : stop + 1] == ">"
        (enclosed if is_enclosed else others).append(address)
    rest.append(text[kept:])
    return Found(list(dict.fromkeys(enclosed + others)), " ".join(rest).strip(), is_doubtful)


def whole_address(text: str | None) -> str:
    """Return the one address of a text that may have a name beside it, "" when there is none or a doubt.

    >>> whole_address("Maria <Maria@X.example>"), whole_address("mailto:maria@x.example")
    ('maria@x.example', 'maria@x.example')
    >>> whole_address("a@x.example, b@x.example"), whole_address("a@b@x.example"), whole_address(None)
    ('', '', '')
    """
    found = find_addresses(text)
    return found.addresses[0] if len(found.addresses) == 1 and not found.is_doubtful else ""


def _pattern(address):
    """Return what finds a known address; a doubt counts as a hit, such as the ``=`` in ``?to=ann@x.com``."""
    # An apostrophe belongs to an address inside it (o'ann@…), and to the text at its beginning.
    return re.compile(rf"(?<![\w.%+-])(?<!\w['’]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def has_address(text: str | None, addresses) -> bool:
    """Tell whether a text holds one of these addresses as a whole.

    >>> [has_address(text, ["ann@x.com"]) for text in ("Ann <ANN@x.com>.", "bob@x.com/ann@x.com", "?to=ann@x.com")]
    [True, True, True]
    >>> [has_address(text, ["ann@x.com"]) for text in ("joann@x.com", "j.ann@x.com", "o'ann@x.com", "ann@x.com.au")]
    [False, False, False, False]
    """
    return bool(text) and any(_pattern(address).search(text) for address in addresses)


def replace_addresses(text: str, addresses, word: str) -> str:
    """Put a word where a text holds one of these addresses.

    >>> replace_addresses("joann@x.com, ann@x.com", ["ann@x.com"], "-")
    'joann@x.com, -'
    """
    for address in addresses:
        text = _pattern(address).sub(lambda _found: word, text)
    return text


def remove_addresses(header: str | None, addresses) -> str:
    """Return a list of recipients without these addresses; one that does not hold them stays as it is written.

    >>> remove_addresses('"Ann, X" <Ann@x.com>, joann@x.com, Bob <bob@x.com>', ["ann@x.com"])
    'joann@x.com, "Bob" <bob@x.com>'
    >>> remove_addresses("Ann@x.com", ["ann@x.com"]), remove_addresses("joann@x.com;bob@x.com", ["ann@x.com"])
    ('', 'joann@x.com;bob@x.com')
    >>> remove_addresses('"ann@x.com" <bob@x.com>', ["ann@x.com"])
    'bob@x.com'
    """
    if not has_address(header, addresses):
        return header or ""
    kept = [pair for pair in email_split_tuples(header) if not has_address(pair[1], addresses)]
    return ", ".join(formataddr(("" if has_address(name, addresses) else name, address)) for name, address in kept)


def _bounds(text, end, at):
    """Return where an address with its ``@`` at a place may begin and end; ``end`` is where the one before ended."""
    start, stop = at, at + 1
    while start > end and _is_local(text[start - 1]):
        start -= 1
    while stop < len(text) and (text[stop] in "-._" + _JOINERS or _is_word(text[stop])):
        stop += 1
    if (start == end > 0 and text[start] in "/|&?") or (
        text[start] == "'" and text[stop : stop + 1] == "'" and start + 1 < at
    ):
        start += 1
    return start, stop


def _stands_alone(text, start, at, stop, in_header):
    """Tell whether nothing before or after says that the address begins earlier or goes on."""
    before, after = text[max(0, start - _WINDOW) : start], text[stop : stop + _WINDOW]
    if start == at or (text[start] == "." and not in_header):
        return False
    if before and not (before[-1] in _SEPARATORS or before[-1] == "'" or before[-1].isspace() or _is_mark(before[-1])):
        return False
    chunk = before.split()[-1].lower() if before and not before[-1].isspace() else ""
    # The rest of a link may be written like an address: //user@host, //host/?email=user@host.
    is_in_link = "://" in chunk or (chunk.endswith(":") and text.startswith("//", start))
    if is_in_link or (
        "mailto:" in chunk and (re.search("%[0-9a-f]{2}", text[start:at], re.IGNORECASE) or "@" in chunk)
    ):
        return False
    if _GOES_ON.match(after):
        return False
    following = after.lstrip("".join(_SIGNS - _SEPARATORS) + "\\")
    if following != after and following[:1] and (_is_word(following[0]) or following[0] in "@_"):
        return False
    return not after or after[0] in _SIGNS or after[0] in _SEPARATORS or after[0].isspace() or _is_end(after)


def _is_end(after):
    """Tell whether a sign outside ASCII ends an address: not when it is a dot of another script within a domain."""
    return after[0] == "\\" or (_is_mark(after[0]) and not (after[0] == "。" and _is_word(after[1:2])))


def _normalized(local, domain, in_header):
    """Return an address as core writes it, "" for what is none."""
    domain = domain.lower()
    labels = domain.split(".")
    if len(local) > MAX_LOCAL or len(local) + len(domain) >= MAX_ADDRESS or not _is_domain(labels, in_header):
        return ""
    if _EAST_ASIAN.search(local) and re.search("[A-Za-z0-9]", local):
        return ""  # a word before it that no blank separates
    address = f"{local.lower() if local.isascii() else local}@{domain}"
    return address if email_normalize(address) == address else ""


def _is_domain(labels, in_header):
    if in_header and all(map(_HOST_LABEL.fullmatch, labels)):
        return True
    if len(labels) < 2:
        return False
    last = labels[-1]
    if last.isdigit() or len(last) < 2:
        return False
    if re.search("[a-z]", last) and not all(char.isascii() or _is_latin(char) for char in last):
        return False  # a word after it that no blank separates
    try:
        return all(_LABEL.fullmatch(label) if label.isascii() else idna.encode(label) for label in labels)
    except (idna.IDNAError, UnicodeError):
        return False


def _is_local(char):
    return char in _SIGNS or _is_word(char)


def _is_word(char):
    """Tell whether a sign is a letter, a digit or a part of one, in any script."""
    return bool(char) and (char.isalnum() if char.isascii() else unicodedata.category(char)[0] in "LMN")


def _is_mark(char):
    return char in _ICONS or (not char.isascii() and unicodedata.category(char)[0] in "PZ")


def _is_latin(char):
    return unicodedata.name(char, "").startswith("LATIN") or unicodedata.category(char)[0] == "M"
