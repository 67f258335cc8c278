"""Known customers who are so similar that a user should compare them (rules.md §3)."""

from itertools import combinations

from .matching import Identity, compare
from .person_names import relate_people

# In larger groups each is compared with the oldest only: what is left shows up again when those are merged.
MAX_GROUP = 20


def looks_like(one: Identity, other: Identity) -> str:
    """Return why two known customers are similar: email, phone, company, domain, name; "" when they do not.

    As :meth:`~.matching.Index.match` says it of a contact, but a company is compared with a company, and colleagues of
    one company who were recorded as two share its mailbox.

    >>> acme = Identity(3, 3, "", "acme", "info@acme.it", "+39021234567", "acme.it", 109)
    >>> rossi = Identity(7, 3, "maria rossi", "acme", "maria@acme.it", "+39021234567", "acme.it", 109)
    >>> looks_like(acme, rossi), looks_like(rossi, rossi._replace(id=8, person="bianchi luca"))
    ('', '')
    >>> looks_like(rossi, rossi._replace(id=8, company_id=4, email="", phone=""))
    'company'
    >>> looks_like(rossi, rossi._replace(id=8, company_id=4, person="bianchi luca"))
    'email'
    >>> looks_like(acme, acme._replace(id=4, company_id=4, email="", phone="", domain=""))
    'company'
    >>> looks_like(acme, Identity(4, 4, "", "acme group", domain="acme.it"))
    'domain'
    >>> looks_like(acme, Identity(4, 4, "", "acme", domain="acme.com", country=233))
    ''
    """
    if one.is_company != other.is_company:
        return ""
    verdict = compare(one, other)
    is_named_apart = one.person and relate_people(one.person, other.person) == "apart"
    return "" if is_named_apart and one.company_id == other.company_id != 0 else verdict.reason


def pairs_of(ids):
    """Return the pairs to compare in a group with something in common, each with the lower id first.

    >>> list(pairs_of([9, 4, 7]))
    [(4, 7), (4, 9), (7, 9)]
    >>> len(list(pairs_of(range(100)))), len(list(pairs_of(range(20))))
    (99, 190)
    """
    ordered = sorted(ids)
    return combinations(ordered, 2) if len(ordered) <= MAX_GROUP else ((ordered[0], other) for other in ordered[1:])
