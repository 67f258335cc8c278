"""Is it the same customer? Keys of names and domains, and one index that answers row by row (rules.md §3).

A customer is certainly the same by e-mail, by phone, or by company name and domain together, as long as nothing
contradicts it. A contact that is merely similar is proposed to a user, never merged automatically.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

MAX_NEAR = 5
# Beyond these many with the same key, they are not compared one by one.
MAX_FOUND = 500
# Words that say how a company is organised, not which one it is.
LEGAL_FORMS_TEXT = """
    ab ag aps as asa bhd bv bvba co company corp corporation doo eirl gmbh hk inc incorporated jsc kft kg kk lda
    limited llc llp lp ltd ltda mbh nv ooo oy oyj plc private pt pte pty pvt sa sae sal sarl sas sasu sdn se sl
    slu snc sp spa spol srl srls sro the tbk ug zoo und and y e et cie
"""
LEGAL_FORMS = frozenset(LEGAL_FORMS_TEXT.split())
CHINESE_FORMS = re.compile("(股份有限公司|有限责任公司|有限責任公司|集团有限公司|有限公司|公司)$")
# Public mail services, and domains of examples: they say nothing about the company.
FREE_MAIL_TEXT = """
    126.com 139.com 163.com 189.cn 21cn.com aliyun.com aol.com fastmail.com foxmail.com free.fr gmail.com gmx.de
    gmx.net gmx.com googlemail.com hotmail.com icloud.com libero.it live.com mac.com mail.com mail.ru me.com
    msn.com naver.com orange.fr outlook.com pm.me proton.me protonmail.com qq.com rediffmail.com sina.cn
    sina.com sohu.com t-online.de vip.163.com vip.qq.com wanadoo.fr web.de yahoo.com yahoo.fr yandex.com
    yandex.ru yeah.net ymail.com zoho.com bk.ru hanmail.net daum.net inbox.ru list.ru libero.com hotmail.fr
    hotmail.it yahoo.in
    example.com example.net example.org domain.com
"""
FREE_MAIL = frozenset(FREE_MAIL_TEXT.split())
# Mailboxes that several people of a company read.
ROLE_BOXES_TEXT = """
    admin contact enquiries enquiry export hello import info inquiry mail marketing office order orders post
    purchase purchasing reception sale sales service support trade
"""
ROLE_BOXES = frozenset(ROLE_BOXES_TEXT.split())
SECOND_LEVEL = frozenset(["ac", "co", "com", "edu", "gob", "gov", "net", "org", "or", "ne", "go"])


class Identity(NamedTuple):
    """What tells one customer from another; missing facts are empty.

    ``id`` is 0 for a person that is looked for, and negative for one about to be created. ``company_id`` is
    the person's company, or the same as ``id`` for a company itself.
    """

    id: int = 0
    company_id: int = 0
    person: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    domain: str = ""
    country: int = 0

    @property
    def is_company(self):
        """Tell whether a company is meant, rather than a person."""
        return not self.person


class Match(NamedTuple):
    """The result of a match: ``partner_id`` and ``company_id`` for certain (0 unknown), ``near_ids`` perhaps, why."""

    partner_id: int = 0
    company_id: int = 0
    near_ids: tuple = ()
    reason: str = ""


@lru_cache(maxsize=65536)
def person_key(name: str | None) -> str:
    """Return a person's name regardless of case, accents, width and the order of its parts.

    >>> person_key("ROSSI, María") == person_key("Maria Rossi")
    True
    >>> person_key("王  伟")
    '伟 王'
    """
    return " ".join(sorted(_words(name)))


@lru_cache(maxsize=65536)
def company_key(name: str | None) -> str:
    """Return a company's name without its legal form, case, accents, spaces and punctuation.

    A name of nothing but legal words keeps them.

    >>> company_key("Acme Trading Co., Ltd.") == company_key("ＡＣＭＥ trading co ltd")
    True
    >>> company_key("广州美达进出口有限公司")
    '广州美达进出口'
    >>> company_key("The Company, Inc.")
    'thecompanyinc'
    """
    # S.p.A. and S.A. are one word each.
    words = _words(re.sub(r"\b(\w)\.(?=\w\b)", r"\1", name or ""))
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    key = "".join(kept)
    return CHINESE_FORMS.sub("", key) or key


@lru_cache(maxsize=65536)
def own_domain(email: str | None = "", website: str | None = "") -> str:
    """Return the domain that belongs to the customer: of the e-mail, else of the web site; "" for a mail service.

    >>> own_domain("m.rossi@mail.acme.co.uk"), own_domain("acme@gmail.com", "https://www.Acme.it/en?x=1")
    ('acme.co.uk', 'acme.it')
    >>> own_domain("acme@gmail.com"), own_domain(None, "not a site")
    ('', '')
    """
    host = (email or "").rpartition("@")[2]
    if not host or _registered(host) in FREE_MAIL:
        host = re.sub(r"^[a-z]+://", "", (website or "").strip().lower()).partition("/")[0].partition(":")[0]
    domain = _registered(host)
    return "" if domain in FREE_MAIL else domain


def _registered(host):
    host = host.strip().lower().rstrip(".")
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host):
        return ""
    labels = host.split(".")
    size = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-size:])


def _words(text):
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text or "")).casefold()
    return re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char)).replace("_", " "))


def _differ(one, other):
    return bool(one and other and one != other)


class Index:
    """Known customers by everything that identifies them; tells who a contact is."""

    def __init__(self, identities=()):
        self._known = {}
        self._by = {name: defaultdict(list) for name in ("email", "phone", "company", "domain")}
        for identity in identities:
            self.add(identity)

    def add(self, identity):
        """Add a known customer; the same one twice is harmless."""
        if identity.id in self._known:
            return
        self._known[identity.id] = identity
        for name, ids in self._by.items():
            if key := getattr(identity, name):
                ids[key].append(identity.id)

    def match(self, wanted: Identity) -> Match:
        """Tell who ``wanted`` is: certainly, or perhaps.

        >>> rossi = Identity(7, 3, "maria rossi", "acme", "maria@acme.it", "", "acme.it")
        >>> index = Index([rossi, Identity(3, 3, "", "acme", "", "+39021234567", "acme.it")])
        >>> index.match(Identity(person="maria rossi", email="maria@acme.it"))
        Match(partner_id=7, company_id=3, near_ids=(), reason='email')
        >>> index.match(Identity(person="bianchi luca", company="acme", domain="acme.it"))
        Match(partner_id=0, company_id=3, near_ids=(), reason='company')
        >>> index.match(Identity(company="acme international", domain="acme.it"))
        Match(partner_id=0, company_id=0, near_ids=(7, 3), reason='domain')
        """
        near = []
        for reason, same in (("email", self._same_email), ("phone", self._same_phone)):
            found = self._find(reason, getattr(wanted, reason))
            certain = [known for known in found if same(wanted, known)]
            if certain:
                best = min(certain, key=lambda known: (known.person != wanted.person, known.id < 0, abs(known.id)))
                return Match(best.id, best.company_id, (), reason)
            near += [(known, reason) for known in found]
        return self._match_company(wanted, near)

    def _match_company(self, wanted, near):
        alike = self._find("company", wanted.company)
        certain = [known for known in alike if self._same_company(wanted, known)]
        company_id = next((known.company_id for known in certain if known.company_id), 0)
        if company_id:
            staff = [known for known in certain if known.company_id == company_id]
            same = next((known for known in staff if known.person == wanted.person), None)
            if same and not _differ(same.email, wanted.email):
                return Match(same.id, company_id, (), "company")
            near += [(same, "name")] if same else []
            return Match(0, company_id, _ids(near), near[0][1] if near else "company")
        near += [(known, "company") for known in alike]
        near += [(known, "domain") for known in self._find("domain", wanted.domain)]
        return Match(0, 0, _ids(near), near[0][1] if near else "")

    def _find(self, name, key):
        return [self._known[found] for found in self._by[name].get(key, ())[:MAX_FOUND]] if key else []

    @staticmethod
    def _same_email(wanted, known):
        shared = wanted.email.partition("@")[0] in ROLE_BOXES
        return not (shared and _differ(wanted.person, known.person))

    @staticmethod
    def _same_phone(wanted, known):
        if _differ(wanted.email, known.email) or _differ(wanted.person, known.person):
            return False
        # A switchboard: a person is not the company, but a company is itself whatever is missing.
        if wanted.is_company != known.is_company:
            return False
        return bool(wanted.person) or not _differ(wanted.company, known.company)

    @staticmethod
    def _same_company(wanted, known):
        if wanted.domain and known.domain:
            return wanted.domain == known.domain
        return bool(wanted.country) and wanted.country == known.country


def _ids(near):
    """Existing customers only, each once: one about to be created cannot be compared with yet."""
    return tuple(dict.fromkeys(known.id for known, _reason in near if known.id > 0))[:MAX_NEAR]
