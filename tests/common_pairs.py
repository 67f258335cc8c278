"""Pairs of contacts with the verdict of a person, and what the matcher makes of them."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

from odoo.addons.expo_followup.tools.matching import Index, identify

DATA = Path(__file__).parent / "data"
PERSON, COMPANY = 2, 1


def read_pairs(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def get_identity(pair, side):
    values = {name[:-2]: text for name, text in pair.items() if name.endswith(f"_{side}")}
    return identify(
        values["name"],
        values["company_name"],
        email=values["email"].lower(),
        phone=values["phone"],
        website=values["website"],
        country=int.from_bytes(values["country"].encode(), "big"),
        city=values["city"],
    )


def judge(pair):
    """Tell what the matcher makes of the second contact once the first is known: certain, possible or "new"."""
    first, second = get_identity(pair, "a"), get_identity(pair, "b")
    index = Index()
    if first.person and first.company:
        index.add(first._replace(id=COMPANY, company_id=COMPANY, person="", email="", phone="", titles=()))
    company_id = COMPANY if first.company and first.person else (0 if first.person else PERSON)
    index.add(first._replace(id=PERSON, company_id=company_id))
    match = index.match(second)
    return "certain" if match.partner_id == PERSON else "possible" if match.near_ids else "new"


def measure(pairs):
    """Return the figures of a set of pairs, and the pairs with what became of them."""
    results = [(pair, judge(pair)) for pair in pairs]
    count = Counter((pair["verdict"], result) for pair, result in results)
    certain = sum(count[verdict, "certain"] for verdict in ("same", "decide", "different"))
    alike = sum(pair["verdict"] != "different" for pair in pairs)
    found = sum(count[verdict, result] for verdict in ("same", "decide") for result in ("certain", "possible"))
    false = count["different", "certain"] + count["different", "possible"]
    proposed = sum(count[verdict, "possible"] for verdict in ("same", "decide", "different"))
    return {
        "certain: precision": count["same", "certain"] / max(certain, 1),
        "certain: recall": count["same", "certain"] / sum(pair["verdict"] == "same" for pair in pairs),
        "possible: recall": found / alike,
        "possible: precision": found / max(found + false, 1),
        "proposed only: precision": 1 - count["different", "possible"] / max(proposed, 1),
    }, results


def report(name, figures, results):
    by_kind = defaultdict(Counter)
    for pair, result in results:
        by_kind[pair["kind"]][f"{pair['verdict']} → {result}"] += 1
    lines = [f"{name}: {len(results)} pairs"]
    lines += [f"  {value:.3f}  {label}" for label, value in figures.items()]
    lines += [f"  {kind}: {', '.join(f'{n} {what}' for what, n in by_kind[kind].items())}" for kind in sorted(by_kind)]
    return "\n".join(lines)
