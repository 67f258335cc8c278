"""Countries as people write them: by name in a dozen languages, by code, by nickname."""

import re
import unicodedata
from functools import cache

from babel import Locale

LANGUAGES = ("en", "zh", "zh_Hant", "de", "fr", "es", "it", "pt", "ru", "ar", "ja", "ko", "tr", "nl", "pl", "vi")
#: What no list of names has and every list of customers does.
NICKNAMES = {
    "US": "usa,us of america,america,united states of america,the united states,the us,estados unidos,eeuu,美利坚,美國",
    "GB": "uk,england,scotland,wales,great britain,britain,northern ireland,英国,英國,英格兰",
    "AE": "uae,emirates,dubai,abu dhabi,阿联酋,迪拜,阿聯酋",
    "CN": "pr china,prc,p r china,peoples republic of china,mainland china,china mainland,中华人民共和国,中国大陆,中國",
    "HK": "hongkong,hong kong,hong kong sar,中国香港,香港",
    "MO": "macau,macao,中国澳门,澳门",
    "TW": "taiwan,taiwan roc,中国台湾,台湾,台灣",
    "KR": "korea,south korea,republic of korea,s korea,韩国,南韩,韓國,大韩民国",
    "KP": "north korea,朝鲜",
    "RU": "russia,russian federation,俄国,俄羅斯",
    "NL": "holland,the netherlands,荷兰",
    "CZ": "czech republic,czech,捷克共和国",
    "SA": "saudi,ksa,kingdom of saudi arabia,沙特,沙特阿拉伯",
    "VN": "viet nam,越南",
    "TR": "turkey,turkiye,土耳其",
    "IR": "iran,islamic republic of iran,伊朗",
    "CI": "ivory coast,cote d ivoire,科特迪瓦",
    "CD": "dr congo,drc,刚果金",
    "CG": "congo,刚果布",
    "MM": "burma,缅甸",
    "NZ": "nz,new zealand,新西兰,纽西兰",
    "ZA": "rsa,south africa,南非",
    "PH": "philippine,菲律宾",
    "IN": "bharat,印度",
    "MK": "macedonia,北马其顿",
}


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

    >>> [country_code(name) for name in ("Italy", "意大利", "de", "U.S.A.", "P.R. China", "20121 Milano")]
    ['IT', 'IT', 'DE', 'US', 'CN', '']
    """
    return _names().get(plain(text), "")


@cache
def _names():
    names = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB"):
                names[plain(name)] = names[code.lower()] = code
    for code, nicknames in NICKNAMES.items():
        names.update((plain(name), code) for name in nicknames.split(","))
    return names
