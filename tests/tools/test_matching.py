"""Matching of a contact: certainly the same, perhaps the same, or new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.company_names import company_key, read_company, relate_companies
from odoo.addons.expo_followup.tools.domains import own_domain
from odoo.addons.expo_followup.tools.matching import Identity, Index, Match, compare, identify
from odoo.addons.expo_followup.tools.person_names import person_key

ROSSI = Identity(7, 3, "maria rossi", "acme", "maria@acme.example", "+390212345678", "acme.example", 109)
ACME = Identity(3, 3, "", "acme", "", "+390212340000", "acme.example", 109)
INDEX = Index([ROSSI, ACME])


def who(**values):
    return INDEX.match(Identity(**values))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme S.p.A.", "ACME SPA"),
        ("Acme Co., Ltd.", "Acme Company Limited"),
        ("Müller & Söhne GmbH", "Muller und Sohne"),
        ("广州美达进出口有限公司", "广州美达进出口"),
        ("Ｔｏｋｙｏ Lamps K.K.", "Tokyo Lamps"),
        ("The Lamp  Company", "the lamp company"),
    ],
)
def test_one_company_in_two_spellings_has_one_key(one, other):
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(("one", "other"), [("Acme Italia", "Acme France"), ("上海美达", "广州美达"), ("A1", "A2")])
def test_two_companies_have_two_names(one, other):
    assert relate_companies(read_company(one).words, read_company(other).words) == "apart"


@given(st.text(max_size=60))
def test_keys_take_any_text_and_are_their_own_keys(text):
    assert company_key(company_key(text)) == company_key(text) or not company_key(text).isascii()
    assert person_key(person_key(text)) == person_key(text) or not person_key(text).isascii()
    own_domain(text, text)


@given(st.text(alphabet=st.characters(categories=["L", "N", "Z"]), max_size=40))
def test_case_and_spaces_make_no_other_person(text):
    assert person_key(f"  {text.upper()} ") == person_key(text.upper())


def test_same_e_mail_is_the_same_customer_under_any_name():
    assert who(person="m rossi", email="maria@acme.example")[:2] == (7, 3)


def test_a_mailbox_that_several_read_does_not_make_two_people_one():
    index = Index([ROSSI._replace(email="info@acme.example")])
    found = index.match(Identity(person="bianchi luca", email="info@acme.example"))
    assert (found.partner_id, found.near_ids) == (0, (7,))
    assert index.match(Identity(person="maria rossi", email="info@acme.example")).partner_id == 7


def test_the_same_phone_is_the_same_customer_unless_the_names_contradict():
    assert who(person="maria rossi", phone="+390212345678").partner_id == 7
    other = who(person="bianchi luca", phone="+390212345678")
    assert (other.partner_id, other.near_ids, other.reason) == (0, (7,), "phone")


def test_switchboard_number_identifies_the_company_only():
    assert who(company="acme", phone="+390212340000").partner_id == 3
    assert who(person="bianchi luca", phone="+390212340000").partner_id == 0


def test_name_and_domain_together_are_the_same_company():
    assert who(company="acme", domain="acme.example")[:2] == (3, 3)
    assert who(person="bianchi luca", company="acme", domain="acme.example")[:2] == (0, 3)


def test_the_same_name_elsewhere_only_looks_alike():
    elsewhere = who(company="acme", domain="acme.test", country=109)
    assert (elsewhere.partner_id, elsewhere.near_ids) == (0, (3,))
    assert who(company="acme", country=75).near_ids == (3,)
    assert who(company="acme", country=109).partner_id == 3
    assert who(company="acme", domain="acme.test", country=75) == Match()


def test_who_shares_nothing_is_new():
    assert who(person="wang wei", company="meida", email="wang@meida.example") == Match()


IDENTITIES = st.builds(
    Identity,
    id=st.integers(1, 50),
    company_id=st.integers(0, 5),
    person=st.sampled_from(["", "a", "b", "c"]),
    company=st.sampled_from(["", "x", "y"]),
    email=st.sampled_from(["", "a@x.example", "info@x.example", "b@y.example"]),
    phone=st.sampled_from(["", "+391", "+392"]),
    domain=st.sampled_from(["", "x.example", "y.example"]),
    country=st.sampled_from([0, 1, 2]),
)


@given(st.lists(IDENTITIES, max_size=12), IDENTITIES)
def test_match_is_either_certain_or_possible_and_always_known(known, wanted):
    match = Index(known).match(wanted)
    ids = {identity.id for identity in known}
    assert match.partner_id == 0 or not match.near_ids
    assert {*match.near_ids, *match.new_ids} <= ids
    assert match.partner_id in ids | {0}
    assert bool(match.reason) == bool(match.partner_id or match.company_id or match.near_ids)


@given(
    st.lists(
        IDENTITIES.filter(lambda one: one.email), min_size=1, max_size=12, unique_by=lambda one: (one.id, one.email)
    ).filter(lambda known: len({one.id for one in known}) == len({one.email for one in known}) == len(known))
)
def test_mailbox_of_one_customer_is_that_customer(known):
    wanted = known[-1]
    assert Index(known).match(Identity(email=wanted.email)).partner_id == wanted.id


def test_mailbox_of_several_customers_alone_tells_none_of_them():
    index = Index([ROSSI, ROSSI._replace(id=8, person="bianchi luca")])
    assert index.match(Identity(email="maria@acme.example"))[:3] == (0, 0, (7, 8))


@given(st.lists(IDENTITIES, max_size=12), IDENTITIES)
def test_certain_customer_contradicts_in_no_name(known, wanted):
    match = Index(known).match(wanted)
    for one in known:
        if one.id == match.partner_id:
            break
    else:
        return
    assert not (one.person and wanted.person and one.person != wanted.person)
    assert match.reason in ("email", "phone", "company")
    if match.reason != "company":
        assert not (one.company and wanted.company and one.company != wanted.company)


@given(IDENTITIES, IDENTITIES)
def test_two_customers_compare_alike_in_both_orders(one, other):
    assert compare(one, other).result == compare(other, one).result


MAILBOXES_TEXT = """
    info kontakt vertrieb export sales ventas compras 采购 office biuro iletisim einkauf zakupki eigyo geral x7
"""
MAILBOXES = MAILBOXES_TEXT.split()


@pytest.mark.parametrize("mailbox", MAILBOXES)
def test_colleagues_at_one_mailbox_are_two_whatever_it_is_called(mailbox):
    email = f"{mailbox}@acme.example"
    index = Index([identify("Maria Rossi", "Acme", email, country=109, id=7, company_id=3)])
    other = index.match(identify("Luca Bianchi", "Acme", email, country=109))
    assert (other.partner_id, other.near_ids, other.reason) == (0, (7,), "email")
    assert index.match(identify("Sig.ra Maria Rossi", "Acme Srl", email)).partner_id == 7
    company = index.match(identify("Maria Rossi", "Bolt", email, country=109))
    assert (company.partner_id, company.near_ids) == (0, (7,))


def test_country_contradicts_unless_the_person_has_a_mailbox_of_their_own():
    def match(email):
        return Index([identify("", "Acme", email, country=109, id=3, company_id=3)]).match(
            identify("", "Acme", email, country=75)
        )

    assert match("info@acme.example")[:3] == (0, 0, (3,))
    index = Index([identify("Maria Rossi", "", "m.rossi@acme.example", country=109, id=7)])
    assert index.match(identify("Maria Rossi", "", "m.rossi@acme.example", country=75)).partner_id == 7
    index = Index([identify("Maria Rossi", "Acme", "info@acme.example", country=109, id=7)])
    assert index.match(identify("Maria Rossi", "Acme", "info@acme.example", country=75))[:3:2] == (0, (7,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Frau A. Müller", "Herr A. Müller"), ("Mr. Kim Lee", "Ms. Kim Lee"),
        ("Sig. Andrea Rossi", "Sig.ra Andrea Rossi"),
        ("李静先生", "李静女士"), ("John Smith Sr.", "John Smith Jr."), ("John Smith Jr.", "John Smith III"),
        ("Mario e Luigi Rossi", "Mario Rossi"), ("Ana y Juan Gil", "Ana Gil"),
        ("Мария и Олег Волковы", "Мария Волковы"),
    ],
)  # fmt: skip
def test_titles_that_contradict_make_two_people_of_one_name(one, other):
    email = "rossi.smith.mueller.kim.lijing.ana.maria@acme.example"
    index = Index([identify(one, "Acme", email, id=7)])
    found = index.match(identify(other, "Acme", email))
    assert (found.partner_id, found.near_ids) == (0, (7,))
    assert index.match(identify(one, "Acme", email)).partner_id == 7


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A. Kowalski", "Adam Kowalski"), ("Jean Dupont", "Jean-Pierre Dupont"), ("Anna Rossi", "Anna Maria Rossi"),
        ("Nguyen An", "Nguyen Van An"), ("Zhang Wei", "张薇"), ("R. Kumar", "Rakesh Kumar"),
    ],
)  # fmt: skip
def test_name_with_parts_left_out_is_certain_in_a_mailbox_of_their_own_only(one, other):
    for email, is_same in (
        ("info@acme.example", False),
        ("nguyen.kowalski.dupont.rossi.kumar.zhangwei@a.example", True),
    ):
        found = Index([identify(one, "Acme", email, id=7)]).match(identify(other, "Acme", email))
        assert (found.partner_id, found.near_ids) == ((7, ()) if is_same else (0, (7,))), email


def test_family_name_alone_is_no_person_of_a_telephone():
    index = Index([identify("Maria Rossi", "Acme", phone="+39021", id=7)])
    assert index.match(identify("Rossi", "Acme", phone="+39021"))[:3:2] == (0, (7,))
    assert index.match(identify("M. Rossi", "Acme", phone="+39021")).partner_id == 7


def test_mailbox_named_after_person_and_company_is_the_companys():
    index = Index([identify("", "Rossi Srl", "rossi@acme.example", id=7, company_id=7)])
    assert index.match(identify("Paolo Rossi", "", "rossi@acme.example"))[:3:2] == (0, (7,))
    index = Index([identify("", "Rossi Srl", "paolo.rossi@acme.example", id=7, company_id=7)])
    assert index.match(identify("Paolo Rossi", "", "paolo.rossi@acme.example")).partner_id == 7


def test_companies_of_one_name_and_two_numbers_in_unknown_cities_are_two():
    def match(**values):
        known = identify("", "Star Furniture", country=109, phone="+39021", id=7, company_id=7)
        return Index([known]).match(identify("", "Star Furniture", country=109, **values))

    assert match(phone="+39022")[:3:2] == (0, (7,))
    assert match(phone="+39021").partner_id == match().partner_id == 7


def test_family_name_alone_is_no_person_of_a_common_mailbox():
    index = Index(
        [identify("Wang Fang", "", "info@acme.example", id=7), identify("李明", "", "sales@acme.example", id=8)]
    )
    for name, email in (("Wang", "info@acme.example"), ("Mr Wang", "info@acme.example"), ("李", "sales@acme.example")):
        assert index.match(identify(name, "", email)).partner_id == 0, name


def test_domain_that_companies_of_several_names_share_is_no_sign():
    names = ("Acme", "Bolt", "Candle")
    known = [identify("", name, "", website="portal.example", id=n, company_id=n) for n, name in enumerate(names, 1)]
    wanted = identify("", "Acme", "", website="portal.example", country=0)
    assert Index(known[:2]).match(wanted).partner_id == 1
    assert Index(known).match(wanted)[:3] == (0, 0, (1,))
    assert Index(known).match(identify("", "Acme Italia", "", website="portal.example")) == Match()


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "yahoo.com.tw", "yahoo.co.th", "hotmail.com.br", "outlook.de", "live.co.uk", "163.com", "yeah.net",
        "naver.com", "mail.ru", "yandex.kz", "seznam.cz", "abv.bg", "uol.com.br", "emirates.net.ae", "facebook.com",
        "en.alibaba.com", "wordpress.com", "gmx.ch", "libero.it", "docomo.ne.jp", "acmemail.example",
    ],
)  # fmt: skip
def test_mail_services_and_platforms_are_no_own_domain(domain):
    assert own_domain(f"acme@{domain}", f"https://{domain}/acme") == ""


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.acme.co.uk", "acme.co.uk"), ("www.acme.com.tr", "acme.com.tr"), ("mail.acme.gen.tr", "acme.gen.tr"),
        ("acme.kiev.ua", "acme.kiev.ua"), ("acme.ind.br", "acme.ind.br"), ("acme.myshopify.com", ""),
        ("www.müller.example", "müller.example"), ("co.uk", ""),
    ],
)  # fmt: skip
def test_own_domain_begins_where_one_can_be_registered(host, domain):
    assert own_domain("", host) == domain
