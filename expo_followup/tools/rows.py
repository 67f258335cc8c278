"""Rows of real lists: what stands in the wrong cell is moved, what is none is dropped, and each change is remarked."""

import hashlib
import json
import re
import unicodedata
from typing import NamedTuple

from .addresses import find_addresses, whole_address
from .countries import country_code, names_a_state
from .phones import MAX_DIGITS, MIN_DIGITS, split_phones
from .tables import has_lost_digits

PICTURE = re.compile(r"\.(jpe?g|png|gif|bmp|webp|heic|tiff?|svg|pdf)$", re.IGNORECASE)
#: What forms and templates are filled with.
PLACEHOLDERS = re.compile(
    r"(user|name|email|e-mail|info|test|xxx+|abc|example|yourname|your\.?email|someone)@(domain|example|email|mail|test|xxx+|abc|"
    r"yourdomain|company|yourcompany|sample)\.(com|org|net|cn)|\S+@(example|domain|yourdomain|sentry)\.(com|org|net)",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"(n/?a|none|null|nil|unknown|tbd|#n/a|#ref!|#value!|#name\?|[-–—_./\\?？*xX]+|无|没有|暂无|無)", re.IGNORECASE
)
#: Of the parts of a name these are none; *Na* is one.
NO_PART = re.compile(
    r"(n/a|none|null|nil|unknown|tbd|#n/a|#ref!|#value!|#name\?|[-–—_./\\?？*]+|无|没有|暂无|無)", re.IGNORECASE
)
SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?(?:/[^\s,;，；、|]*)?", re.IGNORECASE)
ZIP = re.compile(r"(?<![\w-])(?:[A-Z]{1,2}-)?(\d{4,6}(?:-\d{3,4})?)(?![\w-])")
#: What the last row of a printed list begins with, in the languages of lists.
_TOTAL = (
    r"(?:(?:grand|sub|general|overall)[\s-]*)?totals?|subtotal|sum|summe|gesamt(?:summe|zahl)?|zwischensumme|insgesamt|somme|"
    r"sous-total|totale|totali|suma|soma|итого|всего|合计|总计|小计|共计|总数|总共|共|合計|總計|小計|總數|총계|합계|toplam|totaal|"
    r"razem|celkem|összesen"
)
TOTAL = re.compile(rf"(?:{_TOTAL})(?![^\W\d])(?:\s+(?:number|count|rows|general))?\s*[:：=]?\s*", re.IGNORECASE)
#: What counts the rows above in a sentence: *Total exhibitors: 25*, *Anzahl: 3*.
COUNTED = re.compile(
    rf"(?:{_TOTAL}|anzahl|number|count|nombre|cantidad|número|numero|liczba|количество|数量|数目|件数|数)"
    r"(?:\s+[^\W\d]+){0,3}\s*[:：=]\s*\d[\d.,'\s]{0,14}[^\W\d]{0,12}",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"(?:[A-Z]{3}|[€$£¥￥])?\s*-?\d[\d.,'\s]{0,14}\s*(?:%|[€$£¥￥]|[A-Z]{3}|pcs|条|家|人|个|名|位|行|件|社|명|개)?",
    re.IGNORECASE,
)
#: The longest a text may be, where it is not a note.
MAX_LENGTH = 250
ONE_LINE = (
    "name", "company_name", "function", "email", "phone", "website", "street", "city", "state", "zip", "country",
    "account", "tier", "role", "products", "lang",
)  # fmt: skip


class CleanRow(NamedTuple):
    """A row put right: ``values`` by field, country as ISO code in ``country_code``; ``remarks`` as (code, what)."""

    values: dict
    remarks: list


def clean_row(row: dict, find_country=country_code) -> CleanRow:
    r"""Put the values of a row right; nothing is lost without a remark, what finds no place goes to ``extra``.

    :param row: texts by field, as in :data:`.headings.FIELDS`; ``extra`` is a list of texts
    :param find_country: returns the code of a country, or '' for what is none

    >>> values, remarks = clean_row({"name": "Maria\nRossi", "email": "user@domain.com", "country": "20121 Milano"})
    >>> values
    {'name': 'Maria Rossi', 'city': 'Milano', 'zip': '20121'}
    >>> remarks
    [('email_placeholder', 'user@domain.com'), ('country_moved', '20121 Milano')]
    >>> clean_row({"company_name": "Acme", "website": "www.acme.it, acme.com; acme.de"}).values
    {'company_name': 'Acme', 'website': 'www.acme.it', 'extra': 'acme.com\nacme.de'}
    """
    values = {field: _one_line(row.get(field)) for field in ONE_LINE}
    # Its lines are numbers of their own.
    values["phone"] = "" if NOTHING.fullmatch((row.get("phone") or "").strip()) else (row.get("phone") or "").strip()
    values["note"] = (row.get("note") or "").strip()
    extra, remarks = [text.strip() for text in row.get("extra") or [] if text.strip()], []
    _join_parts(values, extra, *(" ".join((row.get(field) or "").split()) for field in ("first_name", "last_name")))
    if broken := [text for text in (*values.values(), *extra) if "\ufffd" in text]:
        remarks.append(("unreadable", " · ".join(broken)))
    for step in (_clean_names, _clean_email, _clean_phone, _clean_website):
        step(values, extra, remarks)
    _clean_country(values, extra, remarks, find_country)
    if values["state"]:
        extra.append(values["state"])
    for field in ("state", "country"):
        values.pop(field)
    for field, text in values.items():
        if field != "note" and len(text) > MAX_LENGTH:
            extra.append(text)
            remarks.append(("too_long", text[:40] + "…"))
            # A part of an address is another person's.
            values[field] = "" if field == "email" else text[:MAX_LENGTH]
    values["extra"] = "\n".join(dict.fromkeys(filter(None, map(str.strip, extra))))
    return CleanRow({field: text for field, text in values.items() if text}, remarks)


def is_total_row(cells: list[str], fields: list[str] | None = None) -> bool:
    """Tell whether a row adds up those above it: it says so, and has nothing but numbers besides.

    :param fields: the field of each column; a telephone number is none of these numbers

    >>> is_total_row(["Total", "", "1,354"]), is_total_row(["合计：120家"]), is_total_row(["Summe"])
    (True, True, True)
    >>> is_total_row(["Total", "Paris"]), is_total_row(["Total SE"]), is_total_row(["Total exhibitors: 25", ""])
    (False, False, True)
    >>> is_total_row(["Total", "0147444546"], ["name", "phone"])
    False
    """
    says_total = False
    for index, cell in enumerate(cells):
        text = cell.strip()
        if not text:
            continue
        is_phone = fields and index < len(fields) and fields[index] == "phone" and sum(map(str.isdigit, text)) > 6
        if not is_phone and AMOUNT.fullmatch(text):
            continue
        said = COUNTED.fullmatch(text) or TOTAL.match(text)
        rest = text[said.end() :] if said else text
        if not said or (rest and not AMOUNT.fullmatch(rest)) or (text == "共"):
            return False
        says_total = True
    return says_total


def row_key(scope, values: dict) -> str:
    """Return a key that the same row of the same show always has, whatever file, order or spacing it comes in.

    >>> row_key(7, {"name": "Maria  ROSSI", "city": ""}) == row_key(7, {"name": "maria rossi"}) != row_key(8, {})
    True
    """
    plain = ((field, unicodedata.normalize("NFKC", str(value or "")).casefold()) for field, value in values.items())
    texts = sorted((field, " ".join(text.split())) for field, text in plain if text.strip())
    text = json.dumps([str(scope), texts], ensure_ascii=False)
    return f"import-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _one_line(text):
    """A text without line breaks and signs for nothing."""
    text = " ".join((text or "").split())
    return "" if NOTHING.fullmatch(text) else text


def _join_parts(values, extra, first, last):
    """Make one name of its parts; where a whole name is there as well, what it lacks is not lost."""
    parts = ["" if NO_PART.fullmatch(part) else part for part in (first, last)]
    if not values["name"]:
        values["name"] = _join_names(*parts)
    elif all(parts) and any(part.casefold() not in values["name"].casefold() for part in parts):
        extra.append(_join_names(*parts))
    elif any(part.casefold() not in values["name"].casefold() for part in parts):
        values["name"] = _join_names(parts[0] or values["name"], parts[1] or values["name"])


def _join_names(first, last):
    return f"{last}{first}" if re.search("[\u3400-\u9fff]", first + last) else f"{first} {last}".strip()


def read_no_name(text: str | None) -> tuple[str, str]:
    """Return what stands where a name should: *email* or *phone* and what it is; "" twice for a name.

    >>> read_no_name("Maria@acme.example"), read_no_name("+39 02 1234567"), read_no_name("Halle 4711")
    (('email', 'maria@acme.example'), ('phone', '+39 02 1234567'), ('', ''))
    """
    text = (text or "").strip()
    address = whole_address(text)
    if address and address == text.lower():
        return "email", address
    digits = sum(map(str.isdigit, text))
    is_number = re.fullmatch(r"\+?[\d\s().\-/]+", text) and MIN_DIGITS <= digits <= MAX_DIGITS
    return ("phone", text) if is_number else ("", "")


def _clean_names(values, extra, remarks):
    """Put an address or a number that stands for a name in its own field, and a name that stands there in its place."""
    for field in ("name", "company_name"):
        text = values[field]
        kind, told = read_no_name(text)
        if not kind:
            continue
        values[field] = ""
        remarks.append(("name_moved", text))
        other, values[kind] = values[kind], values[kind] or told
        if other and kind == "email" and "@" not in other and re.search(r"[^\W\d]{2}", other):
            values[field], values[kind] = other, told
        elif other and told not in other:
            extra.append(text)


def _clean_email(values, extra, remarks):
    """Take the first of the addresses; where one of them is not whole for certain, a person reads the text."""
    text = values["email"]
    if not text:
        return
    addresses, rest, is_doubtful = find_addresses(text)
    found = [one for one in addresses if not PICTURE.search(one) and not PLACEHOLDERS.fullmatch(one)]
    values["email"] = ""
    if is_doubtful:
        extra.append(text)
        remarks.append(("email_bad", text))
    elif found:
        values["email"] = found[0]
        extra.extend(found[1:])
        shown = " ".join(re.sub(r"[<>\"'()\[\],;]", " ", rest).split())
        if len(found) == 1 and not values["name"] and not values["company_name"] and re.search(r"[^\W\d]{2}", shown):
            values["name"] = shown  # the name that a mail program writes beside the address
        if len(found) > 1:
            remarks.append(("email_several", text))
    elif PICTURE.search(text):
        remarks.append(("email_picture", text))
    elif PLACEHOLDERS.search(text):
        remarks.append(("email_placeholder", text))
    elif re.sub(r"\D", "", text) == re.sub(r"[\s+().-]", "", text) and len(text) > 6 and not values["phone"]:
        values["phone"] = text
        remarks.append(("email_phone", text))
    else:
        extra.append(text)
        remarks.append(("email_bad", text))


def _clean_phone(values, extra, remarks):
    text = unicodedata.normalize("NFKC", values["phone"]).strip()
    if not text:
        return
    if has_lost_digits(text):
        values["phone"] = ""
        extra.append(text)
        remarks.append(("phone_rounded", text))
        return
    address = whole_address(text)
    if address and address.lower() == text.lower() and not values["email"]:
        values["phone"], values["email"] = "", address
        remarks.append(("phone_email", text))
        return
    numbers, rest = split_phones(text)
    values["phone"] = numbers[0] if numbers else ""
    extra.extend((*numbers[1:], *rest))


def _clean_website(values, extra, remarks):
    text = values["website"]
    if not text:
        return
    mails, rest, is_doubtful = find_addresses(text)
    # A part of an address is no site.
    sites = [
        one for one in SITE.finditer(rest) if "@" not in (rest[one.start() - 1 : one.start()], rest[one.end() :][:1])
    ]
    found = [one[0] for one in sites if not PICTURE.search(one[0])]
    values["website"] = found[0] if found else ""
    extra.extend(found[1:])
    if is_doubtful and "@" in SITE.sub("", rest):
        extra.append(text)
        remarks.append(("website_bad", text))
        return
    if not found and not mails:
        extra.append(text)
        remarks.append(("website_bad", text))
    elif len(found) > 1:
        remarks.append(("website_several", text))
    if mails and not values["email"]:
        values["email"] = mails.pop(0)
    extra.extend(mails)


def _clean_country(values, extra, remarks, find_country):
    """Resolve the country; a city and a zip that stand in its place go to theirs."""
    text = values["country"]
    if not text:
        return
    code = find_country(text)
    if not code:
        parts = [part.strip() for part in re.split(r"[,，/;()（）-]", text) if part.strip()]
        code = next((found for part in reversed(parts) if (found := find_country(part))), "")
        rest = ", ".join(part for part in parts if find_country(part) != code) if code else text
        if code and names_a_state(rest):
            code, rest = "", text  # which of two states of one name is not certain
        remarks.append(("country_moved", text))
        if not code and any(find_country(part) for part in parts):
            extra.append(text)
            return
        if (found := ZIP.search(rest)) and not values["zip"]:
            values["zip"] = found[1]
            rest = rest[: found.start()] + rest[found.end() :]
        rest = _one_line(rest.strip(" ,;-"))
        if rest and values["city"]:
            extra.append(rest)
        values["city"] = values["city"] or rest
    values["country_code"] = code
