"""Codes on badges that are no cards: links to write or call, JSON, rows of values, plain text (rules.md §3)."""

import csv
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from .accounts import split_accounts
from .addresses import find_addresses
from .headings import field_of
from .phones import split_phones
from .rows import clean_row

#: A number alone may be that of the badge: one to call begins so, or is named.
_CALLED = re.compile(
    r"^\s*(?:(?:tel|phone|mobile|mob|cell|handy|telefono|电话|手机|電話|手機)\w*\s*[.:：]|\+|00\d|0\d|1[3-9]\d{9}\s*$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
#: What a badge tells beyond the way to reach its bearer.
_TOLD = ("name", "first_name", "last_name", "company_name", "function", "email", "phone", "website", "country", "city")
#: What is called so at the beginning of a code is a link, which may hold blanks.
_LINKS = ("mailto", "smtp", "matmsg", "tel", "sms", "smsto", "callto", "http", "https", "whatsapp", "skype")
#: Codes of something else than a contact: a network's password or an organiser's address is not the bearer's.
_NO_CONTACT = re.compile(r"(?:wifi|otpauth|geo|upi|bitcoin|market|begin):", re.IGNORECASE)
#: What a row of values or a line of text says of a value before it.
_KEY = re.compile(r"^\s*[^\W\d_][\w -]{0,30}\s*=\s*")
#: Anything longer is no badge.
MAX_TEXT = 20_000


def read_badge(text: str) -> dict:
    r"""Return what a code says of its bearer, by the names of a captured contact's fields; {} where it says nothing.

    A link to a page is not followed, and no contact.

    >>> read_badge("mailto:maria@acme.example?subject=Hello"), read_badge("tel:+39-02-1234567")
    ({'email': 'maria@acme.example'}, {'phone': '+39-02-1234567'})
    >>> read_badge("https://wa.me/393331234567")
    {'phone': '+393331234567', 'account': 'WhatsApp: +393331234567'}
    >>> read_badge('{"firstName": "Maria", "lastName": "Rossi", "company": "Acme", "id": 4711}')
    {'name': 'Maria Rossi', 'company_name': 'Acme'}
    >>> read_badge("4711123;Maria;Rossi;maria@acme.example;+39 02 1234567")
    {'email': 'maria@acme.example', 'phone': '+39 02 1234567'}
    >>> read_badge("https://fair.example/visitor/4711123"), read_badge("WIFI:S:Hotel;P:summer@2026.example;;")
    ({}, {})
    """
    text = text[:MAX_TEXT].strip()
    if _NO_CONTACT.match(text):
        return {}
    values = _read_link(text) if text.partition(":")[0].lower() in _LINKS else None
    if values is None:
        values = _read_json(text)
    if values is None:
        values = _read_cells(text)
    # Not what a list would remark, such as a placeholder.
    return {name: value for name, value in clean_row(values).values.items() if name != "extra"} if values else {}


def _read_link(text):
    """Return what a link to write or to call says, {} for any other link, None when it is none."""
    scheme, _colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme in ("mailto", "smtp"):
        return {"email": unquote(rest.partition("?")[0].partition(":")[0])}
    if scheme == "matmsg":
        found = re.search(r"TO:([^;]+)", rest, re.IGNORECASE)
        return {"email": found[1]} if found else {}
    if scheme in ("tel", "sms", "smsto", "callto"):
        numbers = split_phones(unquote(re.split(r"[?:]", rest.strip().lstrip(":"))[0])).numbers
        return {"phone": numbers[0] if numbers else ""}
    try:
        link = urlsplit(text)
    except ValueError:
        return {}
    number = _get_chat_number(link)
    if number:
        return {"phone": f"+{number}", "account": f"WhatsApp: +{number}"}
    [(network, _account), *_others] = split_accounts(text) or [("other", "")]
    return {} if network == "other" else {"account": text}


def _get_chat_number(link):
    """Return the number of a link to a chat on WhatsApp, '' for any other link."""
    host = (link.hostname or "").removeprefix("www.").removeprefix("api.")
    number = link.path.strip("/") if host == "wa.me" else ""
    if host == "whatsapp.com" or link.scheme == "whatsapp":
        number = parse_qs(link.query).get("phone", [""])[0]
    # A link to a page of WhatsApp holds a code, in which there are digits as well.
    found = re.fullmatch(r"[\s+]*([\d\s().-]{7,})", number)
    digits = re.sub(r"\D", "", found[1]) if found else ""
    return digits if len(digits) >= 7 else ""


def _read_json(text):
    """Return the values of an object by their names, None when the text is no object."""
    if not text.startswith(("{", "[")):
        return None
    try:
        told = json.loads(text, parse_constant=lambda _text: None)
        found = list(_walk(_find_bearer(told), ""))
    except (ValueError, RecursionError):
        return None
    values = {}
    for name, value in found:
        field = _get_field(name)
        if field in _TOLD and not values.get(field):
            values[field] = value
    if values.get("first_name") and values.get("last_name"):
        values.pop("name", "")  # of something else: the event, the stand
    return values


def _find_bearer(told):
    """Return the smallest part of an object that has an address or a number beside a name, else all of it.

    What else the code tells of, such as the event, or another person, is not the bearer.
    """
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        if isinstance(inner, dict | list) and _tells_who(inner):
            return _find_bearer(inner)
    return told


def _tells_who(told):
    fields = {_get_field(name) for name, _value in _walk(told, "")}
    return bool(fields & {"email", "phone"}) and bool(fields & {"name", "first_name", "last_name"})


def _get_field(name):
    # "firstName" is a heading without its blank.
    return field_of(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " "))


def _walk(value, name):
    """Yield the names and texts of an object, those of objects in it included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            # The name of a company is no person's.
            is_company = str(key).lower() == "name" and _get_field(name) == "company_name"
            yield from _walk(inner, name if is_company else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, name)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield name, str(value)


def _read_cells(text):
    """Return the address, the number and the account in a row of values, or in lines of text."""
    lines = text.splitlines()
    cells = [_KEY.sub("", cell).strip() for line in lines for cell in _split(line)]
    addresses = [address for cell in cells for address in find_addresses(cell).addresses]
    phones = [
        number
        for cell in cells
        if _CALLED.match(cell) and not _DATE.search(cell) and not find_addresses(cell).addresses
        for number in split_phones(cell).numbers
        if sum(map(str.isdigit, number)) >= 7
    ]
    accounts = [cell for cell in cells if any(network != "other" for network, _account in split_accounts(cell))]
    return {
        "email": addresses[0] if addresses else "",
        "phone": phones[0] if phones else "",
        "account": accounts[0] if accounts else "",
    }


def _split(line):
    """Return the cells of a line: what separates most of them separates all."""
    separator = max(";\t|,^", key=line.count)
    if not line.count(separator):
        return [line]
    return next(csv.reader([line], delimiter=separator), [line])
