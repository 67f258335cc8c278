"""Countries as people write them: by name in many languages, by the names and codes of ISO 3166-1, by nickname.

Names in use come from ``babel`` (CLDR), the names of the standard and their translations from ``pycountry``, which has
the inverted and the official ones as well. What neither has is in :data:`NICKNAMES`.
"""

import gettext
import re
import unicodedata
from functools import cache

import pycountry
from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

LANGUAGES = ("en", "zh", "zh_Hant", "de", "fr", "es", "it", "pt", "ru", "ar", "ja", "ko", "tr", "nl", "pl", "vi")
#: The translations of the standard's names, by the names of their files.
CATALOGUES = ("zh_CN", "zh_TW", "de", "fr", "es", "it", "pt", "ru", "ar", "ja", "ko", "tr", "nl", "pl", "vi")
#: What no list of names has and every list of customers does.
NICKNAMES = {
    "US": (
        "usa,us of america,america,united states of america,the united states,the us,estados unidos,eeuu,ee uu,"
        "美利坚,美國"
    ),
    "GB": "uk,england,scotland,wales,great britain,britain,northern ireland,英国,英國,英格兰",
    "AE": "uae,emirates,dubai,abu dhabi,阿联酋,迪拜,阿聯酋",
    "CN": "pr china,prc,p r china,peoples republic of china,mainland china,china mainland,中华人民共和国,中国大陆,中國",
    "HK": "hongkong,hong kong,hong kong sar,hong kong sar china,中国香港,香港",
    "MO": "macau,macao,macao sar china,中国澳门,澳门",
    "TW": "taiwan,taiwan roc,taiwan china,中国台湾,台湾,台灣",
    "KR": "korea,south korea,republic of korea,s korea,韩国,南韩,韓國,大韩民国",
    "KP": "north korea,dprk,朝鲜",
    "RU": "russia,russian federation,俄国,俄羅斯",
    "NL": "holland,the netherlands,荷兰",
    "CZ": "czech republic,czech,捷克共和国",
    "SA": "saudi,ksa,kingdom of saudi arabia,沙特,沙特阿拉伯",
    "VN": "viet nam,越南",
    "TR": "turkey,turkiye,土耳其",
    "IR": "iran,islamic republic of iran,伊朗",
    "CI": "ivory coast,cote d ivoire,科特迪瓦",
    "CD": "dr congo,drc,democratic republic of congo,zaire,刚果金",
    "CG": "congo,刚果布",
    "LA": "lao pdr,lao,老挝人民民主共和国",
    "FM": "micronesia fed sts",
    "VE": "venezuela rb",
    "MM": "burma,缅甸",
    "NZ": "nz,new zealand,新西兰,纽西兰",
    "ZA": "rsa,south africa,南非",
    "PH": "philippine,菲律宾",
    "IN": "bharat,印度",
    "MK": "macedonia,fyr macedonia,北马其顿",
    "PS": "palestinian territories,west bank and gaza",
    "SZ": "swaziland",
    "CV": "cape verde",
    "VA": "vatican,vatican city",
}
#: Words that stand in any order, and in some spellings of a name not at all.
_ARTICLES_TEXT = """
    the of and a la le les l d de del der des die das du dem da do dos di el los las und et y e s
"""
_ARTICLES = frozenset(_ARTICLES_TEXT.split())
_SHORT_FORMS = {
    "dem": "democratic",
    "rep": "republic",
    "fed": "federated",
    "ste": "saint",
    "st": "saint",
    "is": "islands",
    "island": "islands",
    "peoples": "people",
}
#: Words that say what kind of state one is: beside a name they belong to it.
_STATE_WORDS_TEXT = """
    arab commonwealth confederation democratic federal federated federation islamic kingdom people peoples pdr
    plurinational popular principality province republic republica republik republique socialist special state states
    sultanate union
    unida united volksrepublik demokratische democratique popolare populaire bolivarian rb fyr sar northern southern
    north south east west
"""
_STATE_WORDS = frozenset(_STATE_WORDS_TEXT.split())


def plain(text: str) -> str:
    """Reduce a name to what two spellings of it share.

    >>> plain(" Côte  d’Ivoire "), plain("U.S.A."), plain("（中国）")
    ('cote d ivoire', 'usa', '中国')
    """
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char)).casefold()
    text = re.sub(r"(?<=\b\w)\.(?=\w\b|\s|$)", "", text)
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def country_code(text: str) -> str:
    """Return the ISO 3166 code of a country however it is written, '' when it is none.

    >>> [country_code(name) for name in ("Italy", "意大利", "de", "DEU", "U.S.A.", "P.R. China", "20121 Milano")]
    ['IT', 'IT', 'DE', 'DE', 'US', 'CN', '']
    >>> country_code("Congo, The Democratic Republic of the"), country_code("Korea, Dem. People's Rep.")
    ('CD', 'KP')
    """
    key = plain(text)
    names, inverted = _names()
    words = _unordered(key)
    return names.get(key) or inverted.get(words) or (names.get(words, "") if len(words) > 3 else "")


def is_country_code(text: str) -> bool:
    """Tell whether a text is two or three letters only: they mean many things besides a country.

    >>> is_country_code("DE"), is_country_code("deu"), is_country_code("Peru"), is_country_code("德国")
    (True, True, False, False)
    """
    return bool(re.fullmatch("[A-Za-z]{2,3}", text.strip()))


def names_a_state(text: str) -> bool:
    """Tell whether a text has only words that say what kind of state one is, as in *Korea, Democratic Republic of*.

    >>> names_a_state("Dem. Rep."), names_a_state("20121 Milano"), names_a_state("")
    (True, False, False)
    """
    words = _unordered(plain(text)).split()
    return bool(words) and set(words) <= _STATE_WORDS


def _unordered(key):
    """The words of a name that matter, in no order."""
    words = (_SHORT_FORMS.get(word, word) for word in key.split())
    return " ".join(sorted({word for word in words if word not in _ARTICLES}))


@cache
def _names():
    """Return codes by name, and by the words of a name in no order; the later source has the last word."""
    names = {}
    for country in pycountry.countries:
        for name in _iso_names(country):
            names[plain(name)] = country.alpha_2
    for language in reversed(LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB"):
                names[plain(name)] = names[code.lower()] = code
    for country in pycountry.countries:
        names[country.alpha_3.lower()] = country.alpha_2
        for name in _own_names(country.alpha_2):
            names.setdefault(plain(name), country.alpha_2)
    for code, nicknames in NICKNAMES.items():
        names.update((plain(name), code) for name in nicknames.split(","))
    inverted, doubtful = {}, set()
    for name, code in names.items():
        key = _unordered(name)
        if len(key.split()) > 1 and inverted.setdefault(key, code) != code:
            doubtful.add(key)
    return names, {key: code for key, code in inverted.items() if key not in doubtful}


def _own_names(code):
    """Yield the names of a country in its own languages: *Česko*, *Ελλάδα*, *Magyarország*."""
    for language in get_official_languages(code, regional=True, de_facto=True):
        try:
            name = Locale.parse(language).territories.get(code)
        except UnknownLocaleError:
            continue
        if name:
            yield name


def _iso_names(country):
    """Yield the names of the standard, in English and as its translations have them."""
    own = [getattr(country, kind, "") for kind in ("name", "official_name", "common_name")]
    own = [name for name in own if name]
    yield from own
    for catalogue in _catalogues():
        yield from map(catalogue.gettext, own)


@cache
def _catalogues():
    return [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for language in CATALOGUES
    ]
