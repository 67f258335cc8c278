"""Is it the same customer? What tells customers apart, and one index that answers row by row (rules.md §3).

A customer is certainly the same by mailbox, by phone, or by company name and domain together, as long as nothing
contradicts it: the names of persons, the names of companies, or the country. A contact that is merely similar is
proposed to a user, never merged automatically.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from .company_names import is_distinctive, is_domain_of, read_company, relate_companies, sound_key
from .domains import own_domain
from .person_names import is_mailbox_of, person_key, relate_people, title_kinds
from .scripts import fold, has_han, romanise

MAX_NEAR = 5
# Beyond these many with the same key, they are not compared one by one.
MAX_FOUND = 500
# So many companies of different names at one domain: it belongs to none of them.
MAX_NAMES = 2
SAME, POSSIBLE = "same", "possible"
# The stronger first.
SIGNS = ("email", "phone", "company", "domain")


class Identity(NamedTuple):
    """What tells one customer from another; missing facts are empty. See :func:`identify`.

    ``id`` is 0 for a person that is looked for, and negative for one about to be created. ``company_id`` is
    the person's company, or the same as ``id`` for a company itself. ``person`` is a key, ``company`` are the folded
    words of its name, ``forms`` the kinds of its legal form, ``titles`` what the titles of the person tell.
    """

    id: int = 0
    company_id: int = 0
    person: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    domain: str = ""
    country: int = 0
    city: str = ""
    forms: frozenset = frozenset()
    titles: tuple = ()

    @property
    def is_company(self):
        """Tell whether a company is meant, rather than a person."""
        return not self.person

    @property
    def key(self):
        """What its company is looked up by."""
        return sound_key(self.company) if self.company else ""


class Match(NamedTuple):
    """The result of a match: ``partner_id`` and ``company_id`` for certain (0 unknown), perhaps ``near_ids``, why.

    ``new_ids`` are those about to be created, with ids below zero.
    """

    partner_id: int = 0
    company_id: int = 0
    near_ids: tuple = ()
    reason: str = ""
    new_ids: tuple = ()


class Verdict(NamedTuple):
    """What comparing two customers says: *same*, *possible* or "", and by what."""

    result: str = ""
    reason: str = ""


def identify(name="", company="", email="", phone="", website="", country=0, city="", **ids) -> Identity:
    """Return the identity of a contact.

    :param str name: the person; "" for a company
    :param str email: as core normalises it
    :param str phone: as core sanitises it; "" when it is no valid number
    :param int country: id of the country

    >>> identify("Dr. Maria Rossi", "Acme S.p.A.", "maria@acme.it", city="Milano")[2:8]
    ('maria rossi', 'acme', 'maria@acme.it', '', 'acme.it', 0)
    """
    own = read_company(company)
    return Identity(
        person=person_key(name),
        company=own.words,
        email=email or "",
        phone=phone or "",
        domain=own_domain(email, website),
        country=country or 0,
        city=re.sub(r"[\W_]", "", romanise(fold(city))),
        forms=own.forms,
        titles=title_kinds(name),
        **ids,
    )


def compare(one: Identity, other: Identity) -> Verdict:
    """Compare two customers. A domain that several companies share must have been taken out.

    >>> rossi = identify("Maria Rossi", "Acme", "m.rossi@acme.it", country=109)
    >>> compare(rossi, identify("Rossi, M.", "Acme S.p.A.", "m.rossi@acme.it"))
    Verdict(result='same', reason='email')
    >>> compare(rossi, identify("Luca Bianchi", "Acme S.p.A.", "m.rossi@acme.it"))
    Verdict(result='possible', reason='email')
    >>> compare(rossi, identify("Luca Bianchi", "Acme S.p.A.", "bianchi@acme.it"))
    Verdict(result='', reason='')
    """
    return _Comparison(one, other).judge()


class _Comparison:
    """Two customers, and what agrees and contradicts."""

    def __init__(self, one, other):
        self.one, self.other = one, other
        self.people = relate_people(one.person, other.person)
        self.companies = relate_companies(one.company, other.company)
        self.is_far = _differ(one.country, other.country)
        self.are_forms_apart = _differ(one.forms, other.forms)
        self.is_mixed = one.is_company != other.is_company
        self.are_titles_apart = any(map(_differ, one.titles, other.titles))

    def judge(self):
        """Return the verdict: the first sign of sameness that nothing contradicts, else the first sign."""
        signs = [
            ("email", self._same("email"), self._is_email_certain, self._is_email_possible),
            ("phone", self._same("phone"), self._is_phone_certain, self._is_phone_possible),
            ("company", self._has_common_company(), self._is_name_certain, self._is_name_possible),
            ("domain", self._same("domain"), self._never, self._is_domain_possible),
        ]
        signs = [(reason, *tests) for reason, is_there, *tests in signs if is_there]
        for reason, is_certain, _is_possible in signs:
            if not self.are_titles_apart and is_certain():
                return Verdict(SAME, reason)
        for reason, _is_certain, is_possible in signs:
            if is_possible():
                is_name = reason in ("company", "domain") and not self._are_companies()
                return Verdict(POSSIBLE, "name" if is_name and self.people == "same" else reason)
        return Verdict()

    def is_same_company(self):
        """Tell whether the companies of both are certainly one."""
        one, other = self.one, self.other
        if self.companies != "same" or self.are_forms_apart or self.is_far:
            return False
        if one.domain and other.domain:
            return one.domain == other.domain
        is_here = bool(one.country) and one.country == other.country and not self._are_places_apart()
        return is_here and is_distinctive(one.company)

    # -- certain

    def _is_email_certain(self):
        one, other = self.one, self.other
        if self.people == "compatible" and not self._is_named_enough():
            return False
        if self.people in ("same", "compatible"):
            # A person who is named alike in a mailbox of their own has moved, or the country is a slip.
            is_agreed = self.people == "same" and self._is_own_mailbox()
            return self.companies != "apart" and (not self.is_far or is_agreed)
        if self.people == "apart" or self.is_far:
            return False
        if not self.is_mixed:
            is_nameless = not (one.company and other.company)
            return is_nameless or (self.companies == "same" and not self.are_forms_apart)
        company, person = (one, other) if one.is_company else (other, one)
        if not company.company:
            return True
        # A mailbox that is named after both is the company's as well.
        own_words = " ".join(word for word in person.person.split() if word not in company.company.split())
        return self.companies != "apart" and is_mailbox_of(person.email.partition("@")[0], own_words)

    def _is_phone_certain(self):
        one, other = self.one, self.other
        if self.is_far or self.is_mixed or _differ(one.email, other.email) or self.companies == "apart":
            return False
        if one.person:
            return self.people == "same" or (self.people == "compatible" and not self._is_short())
        is_nameless = not (one.company and other.company)
        return is_nameless or (self.companies == "same" and not self.are_forms_apart)

    def _is_name_certain(self):
        return (
            not self.is_mixed
            and (self.people == "same" or self._are_companies())
            and self.is_same_company()
            # Two mailboxes of one domain are one company's; a free one may be anybody's.
            and (not _differ(self.one.email, self.other.email) or (self._are_companies() and self._same("domain")))
        )

    @staticmethod
    def _never():
        return False

    # -- possible

    def _is_email_possible(self):
        return not (self.is_mixed and self.is_same_company())

    def _is_phone_possible(self):
        is_elsewhere = _differ(self.one.email, self.other.email) or _differ(self.one.domain, self.other.domain)
        if self.people == "apart":
            # Colleagues at a switchboard.
            return not is_elsewhere and self.companies != "same"
        if self._are_companies():
            return self.companies != "apart" or not is_elsewhere
        return self.people != "unknown" or self.companies != "same" or not self.is_same_company()

    def _is_name_possible(self):
        if self._is_employee():
            return False
        if self.people == "apart" or (_differ(self.one.domain, self.other.domain) and self.is_far):
            return False
        return self.people in ("same", "compatible") or not self.is_same_company()

    def _is_domain_possible(self):
        one, other = self.one, self.other
        if self.people == "apart" or self._is_employee():
            return False
        if self.people in ("same", "compatible"):
            return True
        if self.companies == "apart":
            is_kin = set(one.company.split()) & set(other.company.split())
            return not is_kin and is_domain_of(one.domain, one.company) != is_domain_of(one.domain, other.company)
        return not self.is_same_company()

    # -- facts

    def _is_own_mailbox(self):
        return is_mailbox_of(self.one.email.partition("@")[0], self.one.person)

    def _is_named_enough(self):
        """Tell whether a name with parts left out is that person's: in a mailbox of their own only."""
        _few, many = self._sort_people()
        return is_mailbox_of(self.one.email.partition("@")[0], many)

    def _is_short(self):
        """Tell whether one of the names is a mere family name."""
        few, _many = self._sort_people()
        return len(few) == 1 if has_han(few) else len(few.split()) == 1

    def _sort_people(self):
        """Return the names of both people, the one with parts left out first."""
        return sorted((self.one.person, self.other.person), key=lambda name: (len(name.split()), len(name)))

    def _has_common_company(self):
        return self.companies == "same" or (self.companies == "alike" and self.one.key == self.other.key)

    def _is_employee(self):
        """Tell whether a company stands beside a person whose own company it is compared with anyway."""
        person = self.other if self.one.is_company else self.one
        return self.is_mixed and person.company_id not in (0, person.id)

    def _are_companies(self):
        return self.one.is_company and self.other.is_company

    def _are_places_apart(self):
        """Tell whether two companies of one name and country are in two cities, or at two numbers in unknown ones."""
        one, other = self.one.city, self.other.city
        if one and other:
            return one not in other and other not in one
        return _differ(self.one.phone, self.other.phone)

    def _same(self, name):
        return bool(getattr(self.one, name)) and getattr(self.one, name) == getattr(self.other, name)


def _differ(one, other):
    return bool(one and other and one != other)


class Index:
    """Known customers by everything that identifies them; tells who a contact is."""

    def __init__(self, identities=()):
        self._known = {}
        self._by = {name: defaultdict(list) for name in ("email", "phone", "key", "domain")}
        self._names = defaultdict(list)
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
        self.note_domain(identity)

    def note_domain(self, identity):
        """Count the companies of different names at a domain."""
        names = self._names[identity.domain] if identity.domain and identity.company else None
        if names is not None and len(names) <= MAX_NAMES and identity.company not in names:
            related = {relate_companies(identity.company, name) for name in names}
            if related <= {"apart"}:
                names.append(identity.company)

    def without_shared(self, identity):
        """Return the identity without a domain that companies of several names share."""
        is_shared = len(self._names.get(identity.domain, ())) > MAX_NAMES
        return identity._replace(domain="") if is_shared else identity

    def match(self, wanted: Identity) -> Match:
        """Tell who ``wanted`` is: certainly, or perhaps.

        >>> rossi = Identity(7, 3, "maria rossi", "acme", "maria@acme.it", "", "acme.it")
        >>> index = Index([rossi, Identity(3, 3, "", "acme", "", "+39021234567", "acme.it")])
        >>> index.match(Identity(person="maria rossi", email="maria@acme.it"))
        Match(partner_id=7, company_id=3, near_ids=(), reason='email', new_ids=())
        >>> index.match(Identity(person="bianchi luca", company="acme", domain="acme.it"))
        Match(partner_id=0, company_id=3, near_ids=(), reason='company', new_ids=())
        >>> index.match(Identity(company="acme international", domain="acme.it"))
        Match(partner_id=0, company_id=0, near_ids=(3,), reason='domain', new_ids=())
        """
        wanted = self.without_shared(wanted)
        compared = [(known, _Comparison(wanted, known)) for known in self._find(wanted)]
        judged = [(known, comparison.judge()) for known, comparison in compared]
        certain = [(known, verdict.reason) for known, verdict in judged if verdict.result == SAME]
        # A mere address or number is that of one of several people.
        is_bare = not (wanted.person or wanted.company)
        if certain and not (is_bare and len({known.person for known, _reason in certain}) > 1):
            best, reason = min(
                certain,
                key=lambda found: (
                    SIGNS.index(found[1]),
                    found[0].person != wanted.person,
                    found[0].company != wanted.company,
                    found[0].id < 0,
                    abs(found[0].id),
                ),
            )
            return Match(best.id, best.company_id, (), reason)
        company_id = next(
            (known.company_id for known, compared in compared if known.company_id and compared.is_same_company()), 0
        )
        near = [(known, verdict.reason) for known, verdict in judged if verdict.result]
        reason = near[0][1] if near else "company" if company_id else ""
        ids = list(dict.fromkeys(known.id for known, _reason in near))[:MAX_NEAR]
        known_ids = tuple(one for one in ids if one > 0)
        return Match(0, company_id, known_ids, reason, tuple(one for one in ids if one < 0))

    def _find(self, wanted):
        """Return the known customers that share anything, each once, in the order of the signs."""
        found = {}
        for name, ids in self._by.items():
            if key := getattr(wanted, name):
                found.update((one, self._known[one]) for one in ids.get(key, ())[:MAX_FOUND])
        return [self.without_shared(known) for known in found.values()]
