"""Known customers who are so similar that a user should compare them (rules.md §3)."""

from itertools import combinations

from .matching import ROLE_BOXES, Identity

# In larger groups each is compared with the oldest only: what is left shows up again when those are merged.
MAX_GROUP = 20


def looks_like(one: Identity, other: Identity) -> str:
    """Return why two known customers are similar: email, phone, company, domain, name; "" when they do not.

    Stricter than :meth:`~.matching.Index.match` where colleagues share something (a mailbox, a switchboard, a domain),
    wider where a person decides: two people of one name and phone with different addresses are worth a look.

    >>> acme = Identity(3, 3, "", "acme", "info@acme.it", "+39021234567", "acme.it", 109)
    >>> rossi = Identity(7, 3, "maria rossi", "acme", "maria@acme.it", "+39021234567", "acme.it", 109)
    >>> looks_like(acme, rossi), looks_like(rossi, rossi._replace(id=8, person="bianchi luca", email="l@acme.it"))
    ('', '')
    >>> looks_like(rossi, rossi._replace(id=8, company_id=4, email="", phone=""))
    'name'
    >>> looks_like(acme, acme._replace(id=4, company_id=4, email="", phone="", domain=""))
    'company'
    >>> looks_like(acme, Identity(4, 4, "", "acmegroup", domain="acme.it"))
    'domain'
    >>> looks_like(acme, Identity(4, 4, "", "acme", domain="acme.com", country=233))
    ''
    """
    if one.is_company != other.is_company:
        return ""
    same = {
        name
        for name in ("person", "company", "email", "phone", "domain")
        if _same(getattr(one, name), getattr(other, name))
    }
    if one.is_company:
        far = _differ(one.domain, other.domain) and _differ(one.country, other.country)
        return next((name for name in ("email", "phone", "company", "domain") if name in same and not far), "")
    is_namesake = "person" in same
    if "email" in same and (is_namesake or one.email.partition("@")[0] not in ROLE_BOXES):
        return "email"
    if is_namesake and "phone" in same:
        return "phone"
    return "name" if is_namesake and same & {"company", "domain"} else ""


def pairs_of(ids):
    """Return the pairs to compare in a group with something in common, each with the lower id first.

    >>> list(pairs_of([9, 4, 7]))
    [(4, 7), (4, 9), (7, 9)]
    >>> len(list(pairs_of(range(100)))), len(list(pairs_of(range(20))))
    (99, 190)
    """
    ordered = sorted(ids)
    return combinations(ordered, 2) if len(ordered) <= MAX_GROUP else ((ordered[0], other) for other in ordered[1:])


def _same(one, other):
    return bool(one) and one == other


def _differ(one, other):
    return bool(one and other and one != other)
