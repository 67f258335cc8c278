"""Names of people: where a text has one, and how two stand to each other. Nothing here knows Odoo."""

import re
import unicodedata
from functools import lru_cache

from .scripts import fold, has_han, romanise

_TITLES_TEXT = """
    mr mrs ms miss mx sir madam dr drs prof professor doctor phd dphil md msc mba bsc mgr inz dipl dipling dring habil
    hc engr avv dott dottssa dottore dottoressa ssa jr junior sr senior snr ii iii esq herr frau frl fraulein monsieur
    madame mademoiselle mme mlle sig signor signore signora sigra signorina senor senora senorita srta sra sres dona
    dna dra exmo exma heer mevrouw dhr mevr mevrouw pani bayan bey hanim sayin gospodin gospozha gospodar gospoda
    herra rouva kyrios kyria fru ustad sheikh sayyid haji bapak ibu tuan puan encik datuk dato
"""
#: Words that are names as well are titles only with a full stop.
_TITLES_BEFORE = re.compile(
    r"(?i)\bг-(?:н|жа)\b\.?|\bdott\.?\s*ssa\b\.?|\bдоктор\b|"
    r"\b(?:ing|eng|arch|ir|d|don|mag|sn|pak|bu|geom|rag|hr|mm|dipl|dn)\.[\s-]"
)
TITLES = frozenset(fold(word) for word in _TITLES_TEXT.split())
_GENDERED_TEXT = "mr mrs ms miss herr frau monsieur madame mme mlle signor signora sra srta"
GENDERED = frozenset(map(fold, _GENDERED_TEXT.split()))
#: The full stop within a title: Sig.ra, Dott.ssa, Sr.ta, M.me.
_RAISED = re.compile(r"(?:(?<=[a-z]{2})\.(?=(?:ra|na|ta|ssa)\b)|\b(?<=m)\.(?=(?:me|lle)\b))")
#: Short words in small letters only: a capital is the initial of a name.
_SEVERAL = re.compile(r"[&/+;、]|\s(?:and|und)\s|\s(?:et|e|y|i|en|och|og|ve|và|и|і|та)\s+(?=[^\Wa-z])|和")
#: What a title tells of the bearer; people with titles of two kinds of one group are two.
_TITLE_KINDS = (
    {
        "man": """
            mr sir herr monsieur signor signore sig senor dhr heer bey gospodin herra kyrios 先生
        """,
        "woman": """
            mrs ms miss madam frau frl fraulein madame mademoiselle mme mlle signora signorina sigra senora senorita
            sra srta dna mevrouw mevr pani hanim gospozha rouva kyria 女士 小姐 太太 夫人
        """,
    },
    {"elder": "senior snr sen sr", "younger": "junior jnr jun jr ii", "youngest": "iii"},
)  # fmt: skip
_TITLE_KINDS = [{fold(word): kind for kind, text in kinds.items() for word in text.split()} for kinds in _TITLE_KINDS]
_TITLES_BEHIND = re.compile(
    "(?:先生|女士|小姐|太太|夫人|经理|經理|总经理|總經理|总监|總監|董事长|董事長|老板|老闆|主任|厂长|廠長|秘书|秘書|老师|老師|博士|教授|总|總"
    "|様|さん|さま|氏|님|씨|선생|부장|과장|대리|사장|이사|차장|팀장|대표)$"
)
_EAST_ASIAN = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


def names(text, name):
    """Tell whether a text names a person: as whole words, where a script has words.

    >>> names("Accepted: Li (Purchasing)", "Li"), names("Liu Wei", "Li"), names("王伟经理", "王伟"), names("", "Li")
    (True, False, True, False)
    """
    return bool(text and name) and bool(name_pattern(name).search(text))


def name_pattern(name):
    """Return the pattern that finds a name as whole words."""
    words = re.escape(name.strip())
    return re.compile(rf"(?<!\w){words}(?!\w)" if name.isascii() else words, re.IGNORECASE)


@lru_cache(maxsize=65536)
def person_key(name: str | None) -> str:
    """Return a person's name regardless of case, accents, width, title and the order of its parts.

    >>> person_key("ROSSI, María") == person_key("Dott.ssa Maria Rossi")
    True
    >>> person_key("王  伟先生"), person_key("Herr Dr.-Ing. Jürgen Weiß"), person_key("Dr.")
    ('王伟', 'jurgen weiss', 'dr')
    """
    text = re.sub(r"[(（\[【].*?[)）\]】]", " ", unicodedata.normalize("NFKC", name or "")).strip() or name or ""
    text = re.sub(rf"(?<={_EAST_ASIAN})\s+(?={_EAST_ASIAN})", "", text)
    # Of a family name alone the title tells more: 王总 is not 王经理.
    while not text.isascii() and len(cut := _TITLES_BEHIND.sub("", text).strip()) > 1 and cut != text:
        text = cut
    words = _split(_TITLES_BEFORE.sub(" ", text))
    kept = [word for word in words if word not in TITLES]
    if len(kept) < 2:
        kept = [word for word in words if word not in TITLES - GENDERED]
    return " ".join(sorted(kept or words) + ["&"] * bool(_SEVERAL.search(text)))


@lru_cache(maxsize=65536)
def title_kinds(name: str | None) -> tuple:
    """Return what the titles of a name tell: of a man or a woman, of parent or child; "" for what is not told.

    >>> title_kinds("Frau Dr. Müller"), title_kinds("John Smith Jr."), title_kinds("Sr. Pablo Gil")
    (('woman', ''), ('', 'younger'), ('man', ''))
    """
    if not name:
        return ("", "")
    words = _split(name)
    if has_han(name):
        words = [
            *words,
            *(title for title in _TITLE_KINDS[0] if has_han(title) and words and words[-1].endswith(title)),
        ]
    found = [next((kinds[word] for word in words if word in kinds), "") for kinds in _TITLE_KINDS]
    if words[:1] == ["sr"]:  # señor
        found = ["man", ""]
    return tuple(found)


def _split(text):
    text = re.sub(r"(?<=\w)['’`´ʹ](?=\w)|(?<=[a-z])'", "", fold(text))
    text = _RAISED.sub("", text)
    return [fold(word) for word in re.findall(r"[^\W_]+", text)]


@lru_cache(maxsize=65536)
def relate_people(one: str, other: str) -> str:
    """Tell how two keys of names stand to each other.

    *same*; *compatible*: initials, parts left out, another script; *apart*; *unknown*: one is missing.

    >>> relate_people("kim min su", "kim minsu"), relate_people("carter j", "carter john"), relate_people("", "li")
    ('same', 'compatible', 'unknown')
    >>> relate_people("carter john", "carter mary"), relate_people("王伟", "wang wei"), relate_people("王伟", "王强")
    ('apart', 'compatible', 'apart')
    """
    if not (one and other):
        return "unknown"
    if one == other:
        return "same"
    if one.endswith("&") != other.endswith("&"):
        return "apart"
    is_chinese = has_han(one), has_han(other)
    if sorted(romanise(one).replace(" ", "")) == sorted(romanise(other).replace(" ", "")) and not all(is_chinese):
        return "compatible" if any(is_chinese) else "same"
    if all(is_chinese) and " " not in one + other:
        short, long = sorted((one, other), key=len)
        return "compatible" if len(short) == 1 and long.startswith(short) else "apart"
    return "compatible" if _is_part(*sorted((one.split(), other.split()), key=len)) else "apart"


def _is_part(few, many):
    """Tell whether all words of a name are in another, as they are or by their initial, one of them as it is."""
    left, is_known = list(many), False
    for word in sorted(few, key=len, reverse=True):
        fits = [other for other in left if other == word] or [
            other for other in left if (len(word) == 1 or len(other) == 1) and other[0] == word[0]
        ]
        if not fits:
            return False
        left.remove(fits[0])
        is_known |= len(word) > 1 and fits[0] == word
    return is_known


def is_mailbox_of(mailbox: str, person: str) -> bool:
    """Tell whether a mailbox is named after a person, in whatever language others are called *info*.

    >>> is_mailbox_of("m.rossi", "maria rossi"), is_mailbox_of("wangqiang", "王强"), is_mailbox_of("jc", "carter john")
    (True, True, True)
    >>> is_mailbox_of("sales", "maria rossi"), is_mailbox_of("采购", "王强")
    (False, False)
    """
    letters = re.sub(r"[\W\d_]", "", romanise(fold(mailbox)))
    words = [
        romanise(word) for word in (re.findall(".", person) if has_han(person) else person.split()) if word.strip()
    ]
    if any(len(word) > 2 and word in letters for word in words) or (words and "".join(words) in letters):
        return True
    return 1 < len(letters) <= 4 and sorted(letters) == sorted(word[0] for word in words)
