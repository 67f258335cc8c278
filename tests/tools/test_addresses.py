"""Addresses in texts of every kind: whole, or none and a remark; never a part, which is another person's address."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.accounts import split_accounts
from odoo.addons.expo_followup.tools.addresses import find_addresses, whole_address
from odoo.addons.expo_followup.tools.cards import parse_cards
from odoo.addons.expo_followup.tools.headings import guess_field
from odoo.addons.expo_followup.tools.raw_mail import addresses_of, read
from odoo.addons.expo_followup.tools.rows import clean_row
from odoo.tools import email_normalize

#: The booth page is held to the same: test_booth_offline.py.
EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "addresses.json").read_text(encoding="utf-8"))

ATEXT = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~"
ATOM = st.text(ATEXT, min_size=1, max_size=12)
LOCAL = st.lists(ATOM, min_size=1, max_size=3).map(".".join)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)
QUOTED = TEXT.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
LABEL = st.one_of(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda text: text[2:4] != "--"),
    st.sampled_from(
        ["müller", "例え", "пример", "उदाहरण", "παράδειγμα", "예제", "مثال", "xn--mller-kva", "straße", "l·l"]
    ),
)
TOP = st.sampled_from(["de", "example", "co.uk", "测试", "рф", "भारत", "xn--p1ai", "vermögensberatung", "한국", "中国"])
DOMAIN = st.builds(lambda labels, top: ".".join([*labels, top]), st.lists(LABEL, min_size=1, max_size=3), TOP)
ADDRESS = st.builds("{}@{}".format, st.one_of(LOCAL, LOCAL, QUOTED), DOMAIN)
#: How an address stands in a card, a cell or a header.
FORMS = st.sampled_from(
    ["{}", " {} ", "Maria Rossi {}", "Rossi, Maria <{}>", '"Rossi, Maria" <{}>', "mailto:{}", "E-Mail: {}", "邮箱：{}",
     "{} (office)", "({})", "<{}>", "{}.", "{}, Milano", "Tel. 021234567 {}", "MAILTO:{}", "{}\n", "e: {};", "[{}]"]
)  # fmt: skip
SEPARATORS = st.sampled_from([";", ",", "/", "\n", " ; ", ", ", " / ", "\r\n", "；", "，", "、", " ", " | "])


def plain(address):
    """An address as core writes it; how a name in quotes is written does not matter here."""
    return email_normalize(address) or address


def assert_whole(found, *addresses):
    """Whatever was found is one of the addresses, never a part of one."""
    whole = {plain(address) for address in addresses}
    assert set(found) <= whole, (found, addresses)


@pytest.mark.parametrize(("text", "addresses"), EXAMPLES)
def test_example_gives_whole_addresses(text, addresses):
    found = find_addresses(text)
    assert found.addresses == addresses
    assert addresses or "@" not in text or found.is_doubtful


@given(LOCAL, DOMAIN)
def test_address_alone_is_found(local, domain):
    address = f"{local}@{domain}"
    assert whole_address(address) == email_normalize(address)


@given(ADDRESS, FORMS)
@example("o'brien@x.example", "{}")
@example("'o'@x.example", "Maria <{}>")
def test_address_in_a_text_is_found_whole_or_remarked(address, form):
    found = find_addresses(form.format(address))
    assert_whole(found.addresses, address)
    assert found.addresses or found.is_doubtful


@given(ADDRESS, ADDRESS, SEPARATORS)
def test_addresses_of_one_cell_are_found_whole_or_remarked(one, other, separator):
    found = find_addresses(f"{one}{separator}{other}")
    assert_whole(found.addresses, one, other)
    assert found.is_doubtful or len(found.addresses) == len({plain(one), plain(other)})


@given(st.sampled_from(["email", "phone", "website"]), ADDRESS, FORMS)
def test_address_in_a_row_of_a_list_is_entered_whole_or_kept(field, address, form):
    text = form.format(address)
    values, remarks = clean_row({"name": "Maria", field: text})
    email = values.get("email")
    assert email in (None, plain(address))
    kept = " ".join([values.get("extra", ""), values.get("phone", ""), *(what for _code, what in remarks)])
    assert email or " ".join(address.split()) in kept


@given(ADDRESS, ADDRESS, SEPARATORS)
def test_addresses_in_a_row_of_a_list_are_entered_whole_or_kept(one, other, separator):
    values, remarks = clean_row({"name": "Maria", "email": f"{one}{separator}{other}"})
    assert values.get("email") in (None, plain(one), plain(other))
    assert remarks or plain(one) == plain(other)


@given(ADDRESS)
def test_long_address_is_entered_whole_or_kept(address):
    long = f"{address}.{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 40}.example"
    values, remarks = clean_row({"name": "Maria", "email": long})
    assert values.get("email") in (None, plain(long))
    assert "email" in values or remarks


@given(ADDRESS, st.sampled_from(["vcard", "mecard"]), FORMS)
def test_address_of_a_card_is_entered_whole_or_kept(address, kind, form):
    text = form.format(address).strip()
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    if kind == "vcard":
        [card] = parse_cards(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Maria\r\nEMAIL:{escaped}\r\nEND:VCARD\r\n")
    else:
        [card] = parse_cards("MECARD:N:Maria;EMAIL:" + escaped.replace(":", "\\:") + ";;")
    assert card.values["name"] == "Maria"
    email = card.values.get("email")
    assert email in (None, plain(address))
    assert email or "@" in card.values["extra"]


@given(st.lists(st.builds("{}@{}".format, LOCAL, DOMAIN), min_size=1, max_size=3))
def test_column_of_addresses_is_recognised(addresses):
    assert guess_field(addresses) == "email"


@given(ADDRESS, st.sampled_from(["", "WeChat: ", "Skype: "]))
def test_account_that_is_an_address_stays_whole(address, network):
    [(_kind, account)] = split_accounts(network + address)
    assert account == address


@given(ADDRESS, ADDRESS, st.sampled_from(["{}, {}", "Maria <{}>, {}", '"Rossi, M." <{}>, <{}>', "{}, Maria <{}>"]))
def test_addresses_of_a_header_are_read_whole(one, other, form):
    assert_whole(addresses_of(form.format(one, other)), one.lower(), other.lower(), one, other)


@given(LOCAL, DOMAIN, st.sampled_from(["From: {}", "From: Maria <{}>", "Sender: <{}>", "Return-Path: <{}>"]))
def test_sender_of_a_mail_is_read_whole(local, domain, form):
    address = f"{local}@{domain}"
    assert read(f"{form.format(address)}\r\n\r\nhello".encode()).sender == email_normalize(address)


@given(ADDRESS)
def test_station_of_a_mail_is_read_whole(address):
    raw = f"Received: from a by b with ESMTP id 1 for <{address}>; Thu, 16 Apr 2026 08:00:00 +0000\r\n\r\n".encode()
    assert_whole(read(raw).recipients, address, address.lower())
