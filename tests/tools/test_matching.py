"""Matching of a contact: certainly the same, perhaps the same, or new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.matching import Identity, Index, company_key, own_domain, person_key

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
def test_two_companies_have_two_keys(one, other):
    assert company_key(one) != company_key(other)


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
    elsewhere = who(company="acme", domain="acme.test", country=75)
    assert (elsewhere.partner_id, set(elsewhere.near_ids)) == (0, {3, 7})
    assert who(company="acme", country=109).partner_id == 3


def test_who_shares_nothing_is_new():
    assert who(person="wang wei", company="meida", email="wang@meida.example") == (0, 0, (), "")


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
    assert set(match.near_ids) <= ids
    assert match.partner_id in ids | {0}
    assert bool(match.reason) == bool(match.partner_id or match.company_id or match.near_ids)


@given(
    st.lists(
        IDENTITIES.filter(lambda i: i.email and "info" not in i.email),
        min_size=1,
        max_size=12,
        unique_by=lambda identity: identity.id,
    )
)
def test_contact_with_an_own_mailbox_is_found_by_it(known):
    wanted = known[-1]
    found = Index(known).match(Identity(email=wanted.email))
    assert wanted.email in {identity.email for identity in known if identity.id == found.partner_id}
