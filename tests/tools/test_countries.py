"""Every country of ISO 3166-1 by each of its names and codes, and none for what is no country."""

import gettext
import re

import pycountry
import pytest
from babel import Locale

from odoo.addons.expo_followup.tools.countries import country_code
from odoo.addons.expo_followup.tools.headings import YES_NO, guess_field
from odoo.addons.expo_followup.tools.rows import clean_row

CATALOGUES = [
    gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
    for language in ("zh_CN", "de", "fr", "es")
]
LOCALES = [Locale.parse(language) for language in ("en", "zh", "de", "fr", "es")]
STATE = re.compile(
    r"((?:the )?(?:[\w']+ )*(?:Republic|Kingdom|State|Commonwealth|Union|Principality|Sultanate|Duchy) of)"
    r" (?:the )?(.*)"
)


def names_of(country):
    """Yield what a list may call a country: codes, names in five languages, inverted names both ways."""
    for code in (country.alpha_2, country.alpha_3):
        yield from (code, code.lower(), f" {code} ")
    for locale in LOCALES:
        yield locale.territories[country.alpha_2]
    own = [getattr(country, kind, "") for kind in ("name", "official_name", "common_name")]
    for name in filter(None, own):
        yield from (name, name.upper(), name.lower(), f"The {name}")
        yield from (catalogue.gettext(name) for catalogue in CATALOGUES)
        if ", " in name:
            first, last = name.split(", ", 1)
            yield f"{last} {first}"
        if found := STATE.fullmatch(name):
            yield from (f"{found[2]}, {found[1]}", f"{found[2]} ({found[1]})")


@pytest.mark.parametrize("country", pycountry.countries, ids=lambda country: country.alpha_2)
def test_country_is_known_by_every_name_and_code(country):
    names = list(dict.fromkeys(names_of(country)))
    assert len(names) > 10
    assert {name: country_code(name) for name in names} == dict.fromkeys(names, country.alpha_2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Congo, Dem. Rep.", "CD"),
        ("Congo, Rep.", "CG"),
        ("Korea, Rep.", "KR"),
        ("Korea, Dem. People's Rep.", "KP"),
        ("Gambia, The", "GM"),
        ("St. Lucia", "LC"),
        ("Hong Kong SAR, China", "HK"),
        ("Milano", ""),
        ("The", ""),
    ],
)
def test_short_forms_of_statistics_are_known(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Česko", "CZ"), ("Ελλάδα", "GR"), ("Magyarország", "HU"), ("România", "RO"), ("Україна", "UA"),
        ("Sverige", "SE"),
        ("Suomi", "FI"), ("Danmark", "DK"), ("Norge", "NO"), ("Lietuva", "LT"), ("Қазақстан", "KZ"),
        ("ไทย", "TH"),
        ("Hrvatska", "HR"), ("ישראל", "IL"), ("ایران", "IR"), ("भारत", "IN"), ("Slovenija", "SI"), ("Ísland", "IS"),
    ],
)  # fmt: skip
def test_country_is_known_in_its_own_language(text, code):
    assert country_code(text) == code


def test_row_with_a_name_of_a_state_that_is_not_certain_gets_no_country_and_no_city():
    values, remarks = clean_row({"name": "Maria", "country": "Korea, Socialist Federal Republic"})
    assert values == {"name": "Maria", "extra": "Korea, Socialist Federal Republic"}
    assert remarks == [("country_moved", "Korea, Socialist Federal Republic")]


@pytest.mark.parametrize("word", sorted(YES_NO))
def test_column_of_answers_is_no_country(word):
    assert guess_field([word] * 5) == guess_field([word.upper()] * 5) == ""
    assert guess_field([word, "", "perhaps"]) == ""


def test_column_of_codes_is_a_country_without_a_heading_and_needs_names_with_one():
    assert guess_field(["DE", "NO", "FR"]) == "country"
    assert guess_field(["DE", "NO", "FR"], is_named=True) == ""
    assert guess_field(["Germany", "NO", "法国"], is_named=True) == "country"
