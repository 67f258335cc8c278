"""Names of companies: what is the name, what the legal form, and how two names stand to each other (rules.md §3)."""

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from .scripts import fold, has_han, romanise

#: Legal forms by kind, as companies write them and in full. Kinds that differ are two companies under one name.
#: Of *e. K.* and *& C.* the first letter reads as *and*.
LEGAL_FORMS = {
    "limited": """
        gmbh; gesellschaft mit beschränkter haftung; mbh; ug; ug haftungsbeschränkt; unternehmergesellschaft
        haftungsbeschränkt; ltd; limited; pvt ltd; private limited; pte ltd; pty ltd; proprietary limited; co ltd;
        company limited; llc; limited liability company; fze; fzco; fzc; fz llc; wll; sdn bhd; sendirian berhad; sarl;
        eurl; société à responsabilité limitée; srl; srls; surl; società a responsabilità limitata; società a
        responsabilità limitata semplificata; sl; slu; sociedad limitada; sociedad de responsabilidad limitada; s de
        rl; s de rl de cv; sociedad de responsabilidad limitada de capital variable; lda; limitada; ltda; eireli;
        eirl; unipessoal lda; bv; besloten vennootschap; bvba; sprl; aps; anpartsselskab; oü; osaühing; sia; uab; sp z
        oo; sp zoo; spzoo; spółka z ograniczoną odpowiedzialnością; spółka z oo; sro; spol sro; spol s ro; spoločnosť
        s ručením obmedzeným; společnost s ručením omezeným; kft; korlátolt felelősségű társaság; doo; d o o; društvo
        s ograničenom odgovornošću; dooel; eood; ood; еоод; оод; ооо; общество с ограниченной ответственностью; тоо;
        товарищество с ограниченной ответственностью; тов; товариство з обмеженою відповідальністю; ltd şti; limited
        şirketi; limited şti; tnhh; công ty tnhh; công ty trách nhiệm hữu hạn; επε; ике; ικε; ehf; einkahlutafélag; ذ
        م م; ش ذ م م; شركة ذات مسؤولية محدودة; 유한회사; mchj; 3at
    """,
    "stock": """
        ag; aktiengesellschaft; se; kgaa; plc; public limited company; jsc; ojsc; pjsc; joint stock company; sa;
        société anonyme; sociedad anónima; sociedade anónima; s a de cv; sa de cv; sociedad anónima de capital
        variable; sab de cv; sac; sociedad anónima cerrada; saa; spa; società per azioni; nv; naamloze vennootschap;
        ab; aktiebolag; as; asa; aksjeselskap; allmennaksjeselskap; aktieselskab; oy; oyj; osakeyhtiö; julkinen
        osakeyhtiö; spółka akcyjna; a s; akciová společnost; akciová spoločnosť; akc spol; zrt; nyrt; rt; zártkörűen
        működő részvénytársaság; nyilvánosan működő részvénytársaság; részvénytársaság; ad; ead; dd; d d; dioničko
        društvo; ао; оао; зао; пао; акционерное общество; закрытое акционерное общество; открытое акционерное
        общество; публичное акционерное общество; ат; прат; пат; aş; anonim şirketi; anonim şti; αε; ανώνυμη εταιρεία;
        hf; công ty cổ phần; cổ phần; tbk; kk; kabushiki kaisha; kabushiki gaisha;
        주식회사; berhad; bhd; saoc; saog; sae;
        sal; psc; qsc
    """,
    "simplified": """
        sas; sasu; société par actions simplifiée; société par actions simplifiée unipersonnelle; sociedad por
        acciones simplificada
    """,
    "partner": """
        kg; kommanditgesellschaft; ohg; offene handelsgesellschaft; og; gbr; lp; llp; snc; société en nom collectif;
        società in nome collettivo; sas di; sapa; vof; vennootschap onder firma; cv; commanditaire vennootschap; ks;
        hb; handelsbolag; kb; kommanditbolag; ky; kommandiittiyhtiö; sp j; spółka jawna; sp k; spółka komandytowa; sc;
        s c; spółka cywilna; vos; veřejná obchodní společnost; bt; betéti társaság; kkt; oe; ee; ομόρρυθμη εταιρεία;
        ορρυθμη; ans; da; is; i s; gesellschaft bürgerlichen rechts; kollektif şirketi; komandit şirketi
    """,
    "sole": """
        ek; k; u; ekfm; ekfr; eu; e u; inh; einzelunternehmen; ditta individuale; ип; индивидуальный предприниматель;
        фоп; фо п; чп; ei; enk; enskild firma; tmi; toiminimi; fie; obrt; et
    """,
    "cooperative": """
        eg; g; ev; v; eingetragener verein; eingetragene genossenschaft; soc coop; società cooperativa; scarl; s coop;
        cooperativa; osk; amba; scop; кооператив
    """,
    "incorporated": "inc; incorporated",
    "": """
        c;  corp; corporation; co; company; cie; compagnie; unipersonale; publ; me; epp; gruppo;
        haftungsbeschränkt; hong kong; und co; and co; and company; et cie; y cia; y compañía; cia; e cia; holding ag;
        san tic; sanayi ve ticaret; sanayi ticaret; san ve tic; dış tic; tic; ticaret; şti; şirketi; công ty;
        общество; компания; фирма; tm; pt; gk; godo kaisha; yk; yugen kaisha; ltd co; spol; s r
    """,
}  # fmt: skip
#: Words before the name that are no part of it.
BEFORE_NAME = """
    the; firma; fa; ditta; éts; ets; établissements; etablissements; soc; société; sté; pt; pt.; perseroan terbatas;
    cv; ud; p t; sc; s c; m s; messrs; công ty tnhh; công ty cổ phần; công ty trách nhiệm hữu hạn; công ty; công ty
    tnhh mtv; cty tnhh; cty; ооо; оао; зао; пао; ао; ип; тоо; тов; чп; фоп; прат; ат; пат; нпо; гк; зат; общество с
    ограниченной ответственностью; акционерное общество; закрытое акционерное общество; публичное акционерное
    общество; открытое акционерное общество; индивидуальный предприниматель; товарищество с ограниченной
    ответственностью; товариство з обмеженою відповідальністю; компания; фирма; شركة;
    مؤسسة; الشركة; 주식회사; 유한회사; uab;
    sia; ab; as; oü; oy; ooo; zao; oao
"""  # fmt: skip
CONNECTORS_TEXT = """
    and und et e y ve og och i и та u en és và dan with
"""
CONNECTORS = frozenset(map(fold, CONNECTORS_TEXT.split()))
PARTICLES_TEXT = """
    de del della delle dei di da do dos das du des la le les el los las il lo the of for van der den von
"""
PARTICLES = frozenset(map(fold, PARTICLES_TEXT.split()))
#: What companies add to their name, and leave out: *Acme Trading* is a part of *Acme Milano* as *Acme* is.
GENERIC_TEXT = """
    trading trade traders international intl global worldwide group groupe gruppo grupo gruppe holding holdings
    corporation industries industry industrial enterprise enterprises import export imports exports importexport
    importers exporters commerce commercial handel handels handelsgesellschaft commerciale comercial comercio negoce
    ticaret dis sanayi torgovlya eksport services service solutions general agency overseas brothers bros sons
    manufacturing manufacturer manufacturers factory works
"""
GENERIC = frozenset(map(fold, GENERIC_TEXT.split()))
#: Forms that East Asian names carry before or behind without a blank, with their kind.
_EAST_ASIAN = {
    "股份有限公司": "stock", "有限责任公司": "limited", "有限公司": "limited", "公司": "",
    "株式会社": "stock", "有限会社": "limited",
    "合同会社": "llc", "合资会社": "partner", "(株)": "stock", "(有)": "limited", "(合)": "partner",
    "(주)": "stock", "(유)": "limited",
    "주식회사": "stock", "유한회사": "limited", "شركة": "",
}  # fmt: skip
_EAST_ASIAN = {fold(text): kind for text, kind in _EAST_ASIAN.items()}
_HAN = "[\u3400-\u9fff\uf900-\ufaff]"
#: The number in a register, as Malaysian companies write it behind their name.
_NUMBER = r"\(\s*[\d-]{5,}[a-z]?\s*\)"
_REGISTERED, _HAN_BLANKS = re.compile(_NUMBER), re.compile(rf"(?<={_HAN})\s+|\s+(?={_HAN})")
#: 中国广东省佛山市南海区金辉 is 佛山金辉: the city is part of a name, what surrounds it is written or left out.
_HAN_PLACE = re.compile(
    rf"^(?:中国)?(?:{_HAN}{{2,3}}(?:省|自治区))?(?:({_HAN}{{2,3}})市(?:{_HAN}{{1,3}}[区县](?={_HAN}{{3}}))?)?"
)
_PLACES_TEXT = """
    北京 上海 天津 重庆 广东 浙江 江苏 福建 山东 河北 河南 湖北 湖南 安徽 江西 四川 云南 贵州 陕西 山西 辽宁
    吉林 黑龙江 海南 甘肃 青海 台湾 广西 内蒙古 宁夏 新疆 西藏 香港 澳门 中国 广州 深圳 东莞 佛山 中山 珠海
    汕头 惠州 江门 杭州 宁波 温州 义乌 绍兴 台州 金华 嘉兴 湖州 苏州 无锡 南京 常州 南通 扬州 徐州 厦门 泉州
    福州 漳州 青岛 济南 烟台 潍坊 威海 武汉 长沙 成都 郑州 合肥 南昌 西安 大连 沈阳 哈尔滨 长春 石家庄 太原
    昆明 贵阳 台北 高雄 台中
"""
#: Before a name the place is said or not: it is looked up without, and compared with it.
_CHINESE_PLACES = re.compile(f"^(?:{'|'.join(_PLACES_TEXT.split())}){{1,3}}(?={_HAN}{{2}})")
#: Sounds that are mistaken for each other when a name is written down, each by one letter; vowels by none.
_SOUNDS = str.maketrans("bdgcqzvxj", "ptkkksfsj", "aeiouyhw")
_MIN_SOUNDS, _TYPO, _JOINED_TYPO = 3, 0.8, 0.92


class CompanyName(NamedTuple):
    """A name without its legal form: folded words with blanks between, and the kinds of form that were said."""

    words: str = ""
    forms: frozenset = frozenset()

    @property
    def joined(self):
        """The name without blanks: they come and go in names of companies."""
        return self.words.replace(" ", "")


def _split(text):
    """Return the folded words of a name; single letters that follow each other are one: S.p.A., A B C."""
    text = _REGISTERED.sub("", fold(text))
    text = text if text.isascii() else _HAN_BLANKS.sub("", text)
    text = re.sub(r"(?<![^\W_])([^\W_])[./](?=[^\W_](?![^\W_]))", r"\1", text)
    words, was_single = [], False
    for word in re.findall(r"[^\W_]+", re.sub(r"(?<=[^\W_])['’`´](?=[^\W_])", " ", text)):
        is_single = len(word) == 1 and not word.isdigit() and not (words and not was_single and word in CONNECTORS)
        if is_single and was_single:
            words[-1] += word
        else:
            words.append(word)
        was_single = is_single
    return [fold(word) for word in words]


def _drop_connectors(words):
    return [word for index, word in enumerate(words) if word not in CONNECTORS or not index]


def _table(kinds):
    found = {}
    for kind, text in kinds.items():
        for form in filter(None, map(str.strip, text.replace("\n", " ").split(";"))):
            words = tuple(_drop_connectors(_split(form)))
            if words:
                found.setdefault(words, kind)
    return found


_FORMS = _table(LEGAL_FORMS)
# Before a name these say something else than behind it.
_OTHERS = {("sc",), ("cv",), ("pt",), ("ud",), ("ms",)}
_BEFORE = {words: "" if words in _OTHERS else _FORMS.get(words, "") for words in _table({"": BEFORE_NAME})}
_LONGEST = max(map(len, _FORMS))


@lru_cache(maxsize=65536)
def read_company(name: str | None) -> CompanyName:
    """Take a name apart: its words, and the kinds of its legal forms. A name of nothing but legal words keeps them.

    >>> read_company("Müller & Söhne Gesellschaft mit beschränkter Haftung")
    CompanyName(words='muller sohne', forms=frozenset({'limited'}))
    >>> read_company("ООО «Ромашка»").words, read_company("広州市麗華有限公司").words, read_company("(株)ひかり").words
    ('romashka', '広州丽华', 'hikari')
    >>> read_company("The Company, Inc.").words, read_company("PT. Rotan Jaya Tbk").words, read_company(None).words
    ('company', 'rotan jaya', '')
    """
    text, forms = fold(name).strip(), set()
    if name and not name.isascii():
        text, forms = _cut_east_asian(text)
    words = _drop_connectors(_split(text))
    kept = words
    while kept and (found := _find_form(kept, _BEFORE, leading=True)):
        kept = kept[len(found) :]
        forms.add(_BEFORE[found])
    while kept and (found := _find_form(kept, _FORMS, leading=False)):
        kept = kept[: -len(found)]
        forms.add(_FORMS[found])
    return CompanyName(" ".join(kept or words), frozenset(forms - {""}))


def _cut_east_asian(text):
    """Take forms off that no blank separates, and of Chinese names what tells the place twice."""
    forms = set()
    while has_changed := bool(text):
        for form, kind in _EAST_ASIAN.items():
            cut = (
                text.removesuffix(form) if text.endswith(form) else text.removeprefix(form) if form != "公司" else text
            )
            if cut != text and cut.strip():
                text, has_changed = cut.strip(), True
                forms.add(kind)
                break
        else:
            has_changed = False
        if not has_changed:
            break
    if has_han(text):
        text = _HAN_PLACE.sub(lambda found: found[1] or "", text) or text
    return text, forms


def _find_form(words, table, leading):
    for size in range(min(_LONGEST, len(words) - 1), 0, -1):
        part = tuple(words[:size] if leading else words[-size:])
        if part in table:
            return part
    return ()


@lru_cache(maxsize=65536)
def company_key(name: str | None) -> str:
    """Return what the spellings of a name have in common, to look it up by; :func:`relate_companies` compares.

    Without legal form, case, accents and blanks; of Latin letters the sounds only, so that a slip is found.

    >>> company_key("Acme Trading Co., Ltd.") == company_key("ＡＣＭＥ trading co ltd")
    True
    >>> company_key("广州美达进出口有限公司"), company_key("Schmidt Federn") == company_key("Schmitt-Federn GmbH")
    ('美达进出口', True)
    """
    return sound_key(read_company(name).words)


@lru_cache(maxsize=65536)
def sound_key(words: str) -> str:
    """Return the sounds of folded words.

    >>> sound_key("harbour lines") == sound_key("harbor lines"), sound_key("a1"), sound_key("oy ea")
    (True, 'a1', 'oyea')
    """
    joined = fold("".join(word for word in words.split() if word not in PARTICLES) or words.replace(" ", ""))
    if has_han(joined):
        return _CHINESE_PLACES.sub("", joined) or joined
    if not joined or not joined.isascii():
        return joined
    sounds = re.sub(r"([a-z])\1+", r"\1", joined[0] + joined[1:].translate(_SOUNDS))
    return sounds if len(sounds) >= _MIN_SOUNDS else joined


@lru_cache(maxsize=65536)
def relate_companies(one: str, other: str) -> str:
    """Tell how two folded names stand to each other.

    *same* name; *alike*: one is in the other, or a slip; *apart*; *unknown*: one is missing, or only one is Chinese.

    >>> relate_companies("light house", "lighthouse"), relate_companies("acme", "acme milano")
    ('same', 'alike')
    >>> relate_companies("acme trading", "acme milano"), relate_companies("acme trading", "bolt trading")
    ('alike', 'apart')
    >>> relate_companies("kestrel motors", "kestrel insurance"), relate_companies("halle 1", "halle 2")
    ('apart', 'apart')
    >>> relate_companies("schmidt federn", "schmitt federn"), relate_companies("海天照明", "haitian lighting")
    ('alike', 'unknown')
    """
    first, second = sorted((one.replace(" ", ""), other.replace(" ", "")), key=len)
    if not first:
        return "unknown"
    if first == second:
        return "same"
    if has_han(first) != has_han(second):
        return "alike" if romanise(first) == romanise(second) else "unknown"
    digits = [sorted(re.findall(r"\d+", name)) for name in (first, second)]
    if all(digits) and digits[0] != digits[1]:
        return "apart"
    if has_han(first) and _are_elsewhere(first, second):
        return "apart"
    is_alike = _is_within(first, second) if has_han(first) else _are_spellings(one.split(), other.split())
    return "alike" if is_alike else "apart"


def _are_elsewhere(one, other):
    """Tell whether two Chinese names begin with two places."""
    places = [found[0] for name in (one, other) if (found := _CHINESE_PLACES.match(name))]
    return len(places) == 2 and places[0] not in places[1] and places[1] not in places[0]


def _is_within(short, long):
    """Tell whether a Chinese name is in another, with words of place or trade added."""
    if len(short) < 3:
        return False
    rest = iter(long)
    is_part = all(char in rest for char in short) and len(short) * 2 > len(long)
    is_slip = len(short) >= 6 and _ratio(short, long) >= _TYPO
    return short in long or is_part or is_slip or sorted(short) == sorted(long)


def _are_spellings(one, other):
    one, other = ([word for word in words if word not in PARTICLES] or words for words in (one, other))
    small, large = sorted((one, other), key=len)
    joined = ["".join(words) for words in (small, large)]
    if _are_contained(small, large) or joined[0] == joined[1]:
        return True
    if len(small) == 1 and len(large) > 2 and small[0] == "".join(word[0] for word in large):
        return True  # an abbreviation
    if len(small) == len(large):
        return all(map(_is_typo, one, other))
    return _ratio(*joined) >= _JOINED_TYPO


def _are_contained(small, large):
    """Tell whether what one name says is all in the other; words of any trade say nothing."""
    cores = [set(words) - GENERIC or set(words) for words in (small, large)]
    return set(small) <= set(large) or cores[0] <= cores[1] or cores[1] <= cores[0]


def _is_typo(one, other):
    return one == other or (min(len(one), len(other)) > 3 and one[0] == other[0] and _ratio(one, other) >= _TYPO)


def _ratio(one, other):
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_distinctive(words: str) -> bool:
    """Tell whether a name is more than words of any trade.

    >>> is_distinctive("acme trading"), is_distinctive("international trading")
    (True, False)
    """
    return not set(words.split()) <= GENERIC | PARTICLES


def is_domain_of(domain: str, words: str) -> bool:
    """Tell whether a domain is named like a company: by one of its words, or by its initials.

    >>> is_domain_of("acme-lamps.it", "acme lampade"), is_domain_of("bmw.de", "bayerische motoren werke")
    (True, True)
    >>> is_domain_of("hinet.net", "台中脚踏车"), is_domain_of("sfr.fr", "savons du sud")
    (False, False)
    """
    label = re.sub(r"[^a-z0-9]", "", fold(domain.partition(".")[0]))
    parts = [romanise(word) for word in words.split()]
    initials = "".join(part[0] for part in parts if part)
    return any(len(part) > 3 and (part in label or label in part) for part in parts) or (
        len(initials) > 2 and initials == label
    )
