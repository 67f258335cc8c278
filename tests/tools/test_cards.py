"""Cards of real phones and chat programs: each is read, or refused with its reason; never the whole file."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.badges import read_badge
from odoo.addons.expo_followup.tools.cards import parse_cards

PHONES = (Path(__file__).resolve().parent.parent / "data" / "lists" / "phones.vcf").read_bytes()


def test_every_card_of_an_ugly_file_is_read_or_refused_by_itself():
    cards = parse_cards(PHONES)
    assert [card.values.get("name") for card in cards] == [
        "Maria Rossi", "王伟", "李娜", "陈静", "Hans Müller", None, "No End", "John Smith",
    ]  # fmt: skip
    assert [card.problem for card in cards] == ["", "", "", "", "", "nothing_in_it", "", ""]


def test_all_that_stands_on_a_card_is_kept():
    maria = parse_cards(PHONES)[0].values
    assert maria == {
        "name": "Maria Rossi", "company_name": "Acme S.p.A.", "function": "Buyer",
        "email": "maria.rossi@acme.example", "phone": "+39 333 1234567", "website": "http://www.acme.example",
        "street": "Via Roma 1", "city": "Milano", "zip": "20121", "country_text": "Italy",
        "note": "likes lamps, wants a catalogue", "extra": "Acquisti\n+39 02 1234567\nMI",
    }  # fmt: skip


def test_quoted_printable_over_two_lines_and_charsets_that_lie():
    _maria, wang, li, chen, hans, *_others = parse_cards(PHONES)
    assert wang.values == {"name": "王伟", "company_name": "广州明辉贸易有限公司", "phone": "13800138000"}
    assert li.values["company_name"] == "深圳朱镕科技有限公司"
    assert chen.values["phone"] == "020-81234567"
    assert (hans.values["phone"], hans.values["account"]) == ("+49-30-901820", "WeChat: hansm")


def test_a_comma_in_a_company_stays_one():
    assert parse_cards(PHONES)[-1].values["company_name"] == "Smith, Sons & Co"


def read(*lines):
    [card] = parse_cards("\n".join(("BEGIN:VCARD", *lines, "END:VCARD")))
    return card.values


def test_preferred_work_address_and_mobile_number_come_first_and_a_fax_is_no_phone():
    assert read("EMAIL;TYPE=HOME:h@a.example", "EMAIL;TYPE=WORK:w@a.example")["email"] == "w@a.example"
    assert read("EMAIL;TYPE=WORK:w@a.example", "EMAIL;TYPE=HOME,PREF:h@a.example")["email"] == "h@a.example"
    lines = (
        "VERSION:4.0",
        "EMAIL;PREF=3:c@a.example",
        "EMAIL;PREF=1;TYPE=home:a@a.example",
        "EMAIL;TYPE=work:w@a.example",
    )
    assert read(*lines)["email"] == "a@a.example"
    values = read("TEL;TYPE=FAX:1111111", "TEL;TYPE=WORK,VOICE:2222222", "TEL;TYPE=CELL:3333333")
    assert (values["phone"], values["extra"]) == ("3333333", "2222222\nFax: 1111111")
    values = read(
        "VERSION:4.0", "TEL;PREF=2;TYPE=cell;VALUE=uri:tel:+39-333", 'TEL;PREF=1;TYPE="voice,work":tel:+39-02'
    )
    assert values["phone"] == "+39-02"


def test_signs_are_read_whether_they_are_escaped_or_not():
    values = read('N:Rossi\\, Jr.;Maria\\; \\"Mia\\"', "ORG:Acme\\, Inc.\\: Ltd;Sales", "URL:http\\://www.acme.example")
    assert values["name"] == 'Maria; "Mia" Rossi, Jr.'
    assert (values["company_name"], values["website"]) == ("Acme, Inc.: Ltd", "http://www.acme.example")
    values = read("item1.ADR;type=WORK;type=pref:;;1 Main St\\nSuite 5\\, Floor 2;Springfield;IL;62701;United States",
                  "item1.X-ABADR:us", "item2.EMAIL;type=INTERNET:m\\@acme.example")  # fmt: skip
    assert (values["street"], values["email"]) == ("1 Main St, Suite 5, Floor 2", "m@acme.example")
    [card] = parse_cards('MECARD:N:Rossi\\, de\\: la,Maria;ORG:Acme\\, Inc.\\; \\"Q\\";EMAIL:m@acme.example;;')
    assert (card.values["name"], card.values["company_name"]) == ("Maria Rossi, de: la", 'Acme, Inc.; "Q"')


def test_lines_are_read_however_they_are_folded_coded_and_indented():
    assert (
        read("VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=", " =8B;=E4=BC=9F", "TEL:1")["name"]
        == "王伟"
    )
    street = read(
        "VERSION:2.1", "FN:A", "ADR;ENCODING=QUOTED-PRINTABLE:;;Long street with=", " =20a blank and =", "more"
    )
    assert street["street"] == "Long street with a blank and more"
    assert read(" VERSION:3.0", " FN:Maria Rossi", " EMAIL:m@a", "  cme.example")["email"] == "m@acme.example"
    assert read("FN:Maria Rossi", "", " ORG:Acme", "NOTE:mugs\\n lamps")["company_name"] == "Acme"
    assert read("FN:Maria Rossi", "NOTE:mugs\\n lamps", "TEL:", " +39 02")["note"] == "mugs\nlamps"
    for lines in (("N;ENCODING=BASE64:546LO+Wwj+aYjg==",), ("VERSION:3.0", "N;ENCODING=B:546LO+W", " wj+aYjg==")):
        assert read(*lines, "TEL:1")["name"] == "王小明"


def test_a_mecard_gives_what_a_vcard_gives():
    [card] = parse_cards(
        "MECARD:N:张三;ORG:Acme\\; Sons;TEL:13800138000;ADR:,,Via Roma 1,Milano;URL:http\\://a.example;;"
    )
    assert card.values == {
        "name": "张三", "company_name": "Acme; Sons", "phone": "13800138000", "street": "Via Roma 1, Milano",
        "website": "http://a.example",
    }  # fmt: skip


def test_what_is_no_card_says_so():
    assert parse_cards("") == []
    assert [card.problem for card in parse_cards("WIFI:S:fair;P:secret;;")] == ["not_a_card"]


def test_card_of_a_company_names_no_person():
    for lines in (("VERSION:4.0", "KIND:org", "FN:Acme Corp"), ("N:;;;;", "FN:ACME  Corp", "X-ABShowAs:COMPANY")):
        values = read(*lines, "ORG:Acme Corp;", "TEL:+39 02 1234567")
        assert (values.get("name"), values["company_name"]) == (None, "Acme Corp")


def test_mecard_over_several_lines_and_writing_turned_round():
    [card] = parse_cards("MECARD:\nN:Muller,Hans;\nTEL:0711123456;;")
    assert card.values == {"name": "Hans Muller", "phone": "0711123456"}
    assert read("FN:Maria \u202egnp.exe", "TEL:1")["name"] == "Maria gnp.exe"


@pytest.mark.parametrize(
    "text",
    [
        "WIFI:T:WPA;S:Hotel;P:summer@2026.example;;", "otpauth://totp/A:john@acme.example?secret=HX", "geo:40.7,-73.9",
        "BEGIN:VEVENT\nSUMMARY:Dinner\nORGANIZER:mailto:org@fair.example\nEND:VEVENT", "upi://pay?pa=shop@bank.example",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nORGANIZER;CN=Bob:mailto:bob@fair.example\nEND:VEVENT\nEND:VCALENDAR",
        "https://fair.example/v?email=m@acme.example&name=Maria", "javascript:alert(1)", "[" * 20_000,
    ],
)  # fmt: skip
def test_code_of_something_else_than_a_contact_gives_none(text):
    assert read_badge(text) == {}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("SMSTO:+393331234567:Hello there", {"phone": "+393331234567"}),
        ("sms:+39 333 1234567", {"phone": "+39 333 1234567"}),
        ("https://wa.me/message/ABC1234567D1", {"account": "https://wa.me/message/ABC1234567D1"}),
        ("VIS^4711123^Rossi^Maria^m@acme.example^", {"email": "m@acme.example"}),
        ("name=Maria Rossi;email=m@acme.example", {"email": "m@acme.example"}),
        ('{"phone": NaN, "name": "Maria"}', {"name": "Maria"}),
        (
            '{"event": {"name": "Spring Fair"}, "visitor": {"name": "Maria", "email": "m@acme.example"}}',
            {"name": "Maria", "email": "m@acme.example"},
        ),
        (
            '{"event": {"name": "Spring Fair"}, "v": {"firstName": "Maria", "lastName": "Rossi"}}',
            {"name": "Maria Rossi"},
        ),
        (
            '[{"name": "Maria", "email": "m@acme.example"}, {"name": "Hans", "phone": "+49 711 123456"}]',
            {"name": "Maria", "email": "m@acme.example"},
        ),
        (
            '{"attendee": {"fullName": "Maria", "company": {"name": "Acme"}, "contact": {"email": "m@acme.example"}}}',
            {"name": "Maria", "company_name": "Acme", "email": "m@acme.example"},
        ),
    ],
)
def test_badge_gives_what_is_told_of_its_bearer_and_nothing_else(text, values):
    assert read_badge(text) == values


@given(st.integers(1, 3000), st.sampled_from(['{"a":', "["]))
def test_object_in_objects_of_any_depth_does_not_make_it_fail(depth, sign):
    read_badge(sign * depth + "1" + {"[": "]"}.get(sign, "}") * depth)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    for card in parse_cards(b"BEGIN:VCARD\n" + data) + parse_cards(data) + parse_cards(b"MECARD:N:" + data):
        assert bool(card.values) != bool(card.problem)


@given(st.integers(0, len(PHONES) - 1), st.binary(min_size=1, max_size=40))
def test_damage_in_one_place_spares_the_other_cards(place, junk):
    cards = parse_cards(PHONES[:place] + junk.replace(b"\0", b"") + PHONES[place + len(junk) :])
    assert sum(bool(card.values) for card in cards) >= 4


@given(
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20),
    st.text(st.characters(blacklist_categories=("C", "Z")), max_size=20),
)
def test_what_was_written_by_the_rules_is_read_back(name, company):
    assume(name.lower() != company.lower())
    escaped = company.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    [card] = parse_cards(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nORG:{escaped}\r\nEND:VCARD\r\n")
    assert (card.values["name"], card.values.get("company_name", "")) == (name, company)
