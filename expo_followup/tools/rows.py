"""Rows of real lists: what stands in the wrong cell is moved, what is none is dropped, and each change is remarked."""

import hashlib
import json
import re
import unicodedata
from typing import NamedTuple

from .addresses import find_addresses, whole_address
from .countries import country_code
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
SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?(?:/[^\s,;，；、|]*)?", re.IGNORECASE)
NUMBER = re.compile(r"[+(]?\d[\d\s().\-]{4,22}\d")
ZIP = re.compile(r"(?<![\w-])(?:[A-Z]{1,2}-)?(\d{4,6}(?:-\d{3,4})?)(?![\w-])")
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

    :param row: texts by field, as in :data:`.headings.WORDS`; ``extra`` is a list of texts
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
    values["note"] = (row.get("note") or "").strip()
    extra, remarks = [text.strip() for text in row.get("extra") or [] if text.strip()], []
    names = [_one_line(row.get(field)) for field in ("first_name", "last_name")]
    values["name"] = values["name"] or _join_names(*names)
    for step in (_clean_email, _clean_phone, _clean_website):
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


def _join_names(first, last):
    return f"{last}{first}" if re.search("[\u3400-\u9fff]", first + last) else f"{first} {last}".strip()


def _clean_email(values, extra, remarks):
    """Take the first of the addresses; where one of them is not whole for certain, a person reads the text."""
    text = values["email"]
    if not text:
        return
    addresses, _rest, is_doubtful = find_addresses(text)
    found = [one for one in addresses if not PICTURE.search(one) and not PLACEHOLDERS.fullmatch(one)]
    values["email"] = ""
    if is_doubtful:
        extra.append(text)
        remarks.append(("email_bad", text))
    elif found:
        values["email"] = found[0]
        extra.extend(found[1:])
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
    parts = [part.strip() for part in re.split(r"[,;/、|]|\bor\b", text) if part.strip()]
    if len(parts) > 1 and all(NUMBER.search(part) for part in parts):
        values["phone"] = parts[0]
        extra.extend(parts[1:])
    else:
        values["phone"] = text


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
        remarks.append(("country_moved", text))
        if (found := ZIP.search(rest)) and not values["zip"]:
            values["zip"] = found[1]
            rest = rest[: found.start()] + rest[found.end() :]
        rest = _one_line(rest.strip(" ,;-"))
        if rest and values["city"]:
            extra.append(rest)
        values["city"] = values["city"] or rest
    values["country_code"] = code
