"""The languages that a customer is likely to speak, by country (Unicode CLDR, through babel)."""

from babel.core import UnknownLocaleError
from babel.languages import get_official_languages, get_territory_language_info

# Where no language is official, those count that so many of a hundred people speak.
COMMON_PERCENT = 50


def languages_of(country_code: str) -> frozenset[str]:
    """Return the languages of a country (ISO 3166 code) as ISO 639 codes: the official ones, else what most speak.

    >>> sorted(languages_of("CH"))
    ['de', 'fr', 'it']
    >>> sorted(languages_of("US")), sorted(languages_of("MX"))
    (['en'], ['es'])
    >>> sorted(languages_of("TW"))[-1]
    'zh'
    >>> languages_of("ZZ")
    frozenset()
    """
    try:
        official = get_official_languages(country_code)
        spoken = get_territory_language_info(country_code)
    except (UnknownLocaleError, LookupError):
        return frozenset()
    common = [code for code, facts in spoken.items() if facts["population_percent"] >= COMMON_PERCENT]
    return frozenset(code.split("_")[0] for code in official or common)
