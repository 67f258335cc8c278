"""How a letter addresses a person. Nothing here knows Odoo.

What is known is a name and, as free text, the form of address that a colleague noted ("Herr Dr. Adler", "王总").
A title is taken from either; a gender is never guessed: without a title a letter uses the full name.
"""

import re

# Titles by their meaning, as they stand before a name; case and full stops do not count.
BEFORE = {
    "mr": "mr mister herr herrn hr sig signor monsieur señor senor sr dhr 先生",
    "ms": "ms mrs miss madam frau signora sigra mme madame mademoiselle mlle señora senora sra srta mevr mevrouw 女士",
    "dr": "dr dra doctor doktor dott dottssa 博士",
    "prof": "prof professor professoressa profssa 教授",
    "": "ing dipling mag avv arch geom",
}
KINDS = {word: kind for kind, titles in BEFORE.items() for word in titles.split()}
# Chinese titles follow the surname.
AFTER = {"先生": "mr", "女士": "ms", "小姐": "ms", "太太": "ms", "夫人": "ms", "博士": "dr", "教授": "prof"}
# The highest first: a letter uses one title.
ENGLISH = {"prof": "Prof.", "dr": "Dr.", "mr": "Mr.", "ms": "Ms."}
CHINESE = {"prof": "教授", "dr": "博士", "mr": "先生", "ms": "女士"}
HAN = re.compile(r"[\u3400-\u9fff]")
TWO_CHARACTER_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容",
        "司徒", "夏侯", "端木", "轩辕", "南宫", "百里", "歐陽", "司馬", "諸葛", "東方",
    }
)  # fmt: skip
# In Latin letters Chinese and Korean names are written in either order: such a name is used in full.
EASTERN_SURNAMES = frozenset(
    {
        "bai", "cai", "cao", "chan", "chang", "chen", "cheng", "choi", "cui", "dai", "deng", "ding", "dong",
        "du", "fan", "fang", "feng", "fu", "gao", "gu", "guo", "han", "he", "hong", "hou", "hu", "huang", "jia",
        "jiang", "jin", "kim", "kong", "lee", "lei", "li", "liang", "lim", "lin", "liu", "long", "lu", "luo",
        "lv", "ma", "mao", "meng", "ng", "pan", "park", "peng", "qian", "qin", "qiu", "ren", "shao", "shen",
        "shi", "song", "su", "sun", "tan", "tang", "tao", "tian", "wan", "wang", "wei", "wen", "wong", "wu",
        "xia", "xiao", "xie", "xiong", "xu", "xue", "yan", "yang", "yao", "ye", "yi", "yin", "yu", "yuan",
        "zeng", "zhang", "zhao", "zheng", "zhong", "zhou", "zhu", "zou",
    }
)  # fmt: skip


def addressee(name, form="", lang="en_US"):
    """Return whom a letter addresses, as it stands after "Dear"; empty without a name.

    >>> addressee("Hans Adler", "Herr Dr. Adler"), addressee("Maria Rossi", "Ms"), addressee("Maria Rossi")
    ('Dr. Adler', 'Ms. Rossi', 'Maria Rossi')
    >>> addressee("王伟", "女士", "zh_CN"), addressee("王伟", "王总", "zh_CN"), addressee("王伟", "", "zh_CN")
    ('王女士', '王总', '王伟')
    >>> addressee("Hiro Nakamura", "Nakamura-san"), addressee("Hans Adler", "see the note of May")
    ('Nakamura-san', 'Hans Adler')

    :param str name: the full name; titles before it count as well
    :param str form: how to address this person, in any language; may be empty
    :param str lang: the language of the letter; titles are Chinese in Chinese letters, else English
    """
    name, form = " ".join((name or "").split()), " ".join((form or "").split())
    if not name:
        return ""
    is_chinese = (lang or "").startswith("zh")
    name_kinds, bare = _split_titles(name)
    kinds, rest = _split_titles(form)
    title = _choose_title(kinds or name_kinds)
    if not bare:
        return name
    if title:
        surname = rest if rest and _is_part(rest, bare) else _get_surname(bare)
        if is_chinese:
            return f"{surname}{CHINESE[title]}"
        return f"{ENGLISH[title]} {bare if HAN.search(bare) else surname}"
    if form and not kinds and _is_form_of(form, bare, is_chinese):
        return form
    return name


def _split_titles(text):
    """Return the kinds of the titles in a text, and what else it says.

    >>> _split_titles("Herr Dr. Adler"), _split_titles("王女士"), _split_titles("Herr und Frau Adler")
    ((['mr', 'dr'], 'Adler'), (['ms'], '王'), (['mr', 'ms'], 'und Frau Adler'))
    """
    words = text.split()
    kinds = []
    while words and (kind := _get_kind(words[0])) is not None:
        kinds.append(kind)
        words.pop(0)
    rest = " ".join(words)
    # Two people in one form of address: what stands further on counts, too.
    kinds += [kind for word in words if len(word.strip(".,")) > 1 and (kind := _get_kind(word)) in ("mr", "ms")]
    for suffix, kind in AFTER.items():
        if HAN.search(rest.removesuffix(suffix)) and rest.endswith(suffix):
            return [*kinds, kind], rest.removesuffix(suffix).strip()
    return kinds, rest


def _get_kind(word):
    """Return the kind of a title, empty for one that letters leave out, None for other words."""
    return KINDS.get(re.sub(r"[.\-,]", "", word).casefold())


def _choose_title(kinds):
    """Return the one title that a letter uses; none where they contradict each other."""
    if {"mr", "ms"} <= set(kinds):
        return ""
    return next((title for title in ENGLISH if title in kinds), "")


def _get_surname(name):
    """Return the surname as far as the name shows it, else the name.

    >>> [_get_surname(name) for name in ("Maria Rossi", "Rossi, Maria", "ROSSI Maria", "Jan van der Berg")]
    ['Rossi', 'Rossi', 'ROSSI', 'van der Berg']
    >>> [_get_surname(name) for name in ("王伟", "欧阳明", "Wang Wei", "WANG Wei")]
    ['王', '欧阳', 'Wang Wei', 'WANG']
    """
    if HAN.search(name):
        if " " in name or not all(HAN.match(letter) for letter in name):
            return name
        return name[: 2 if name[:2] in TWO_CHARACTER_SURNAMES and len(name) > 2 else 1]
    before, comma, after = name.partition(",")
    if comma and before.strip() and after.strip():
        return before.strip()
    words = name.split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if len(capitals) == 1 and len(words) > 1:
        return capitals[0]
    if len(words) > 1 and {words[0].casefold(), words[-1].casefold()} & EASTERN_SURNAMES:
        return name
    first = len(words) - 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    return " ".join(words[first:])


def _is_part(text, name):
    """Tell whether a text consists of words of a name, or is the begin of one written without blanks."""
    if HAN.search(name):
        return name.startswith(text)
    return set(_get_words(text)) <= set(_get_words(name))


def _is_form_of(form, name, is_chinese):
    """Tell whether a form of address without a known title can stand in a letter: it names the person, and no more."""
    if HAN.search(form):
        return is_chinese and len(form) <= 8 and form.startswith(_get_surname(name))
    words = _get_words(form)
    return len(form.split()) <= 2 and bool(set(words) & set(_get_words(name)))


def _get_words(text):
    return re.findall(r"\w+", text.casefold())
