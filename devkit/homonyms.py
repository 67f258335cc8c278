"""``./dev i18n --homonyms``: terms that several things share, and so one translation.

Odoo translates by term: two fields with one English label have one Chinese label. That is right where they are one
concept, and wrong where the English word has two meanings. What is one concept by rule is not listed: fields of one
name in several models (also with the prefix ``expo_``), choices of one value in several fields, and a choice named like
a field. The others are listed; those that may stay have their reason in ``homonyms.csv``.
"""

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import polib

from .base import say
from .paths import ADDON, ADDON_DIR, LANGUAGES, ROOT

FOLDER = ADDON_DIR / "i18n"
REASONS = Path(__file__).with_suffix(".csv")
#: Where a term is used, as Odoo writes it above the term: a record's field, or a place in the code.
REFERENCE = re.compile(rf"model(?:_terms)?:(?P<model>[\w.]+),(?P<field>\w+):{ADDON}\.(?P<name>\S+)")


class Homonym(NamedTuple):
    """A term with the uses that are not one concept by rule."""

    msgid: str
    #: The names of fields and choices, without those that are one by rule.
    labels: list
    #: What else uses the term: views, code, menus …
    others: list
    references: list


def find_homonyms(folder=FOLDER):
    """The terms that label a field or choice and something else, in the order of the .pot file."""
    found = []
    for entry in polib.pofile(str(folder / f"{ADDON}.pot")):
        labels, others = defaultdict(list), defaultdict(list)
        for reference, _line in entry.occurrences:
            label, other, place = _read_reference(reference)
            (labels[label] if label else others[other]).append(place)
        if labels and len(labels) + bool(others) > 1:
            places = [place for uses in (labels, others) for name in sorted(uses) for place in uses[name]]
            found.append(Homonym(entry.msgid, sorted(labels), sorted(others), places))
    return found


def _read_reference(reference):
    """What a reference names: ``(label, None, place)`` of a field or choice, else ``(None, kind, place)``."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        return None, reference.partition(":")[0], reference
    model, field, name = match["model"], match["field"], match["name"]
    if (model, field) == ("ir.model.fields", "field_description"):
        return name.rpartition("__")[2].removeprefix("expo_"), None, name
    if (model, field) == ("ir.model.fields.selection", "name"):
        return name.split("__", 3)[3], None, name
    return None, f"{model},{field}", f"{model}: {name}"


def read_reasons(path=REASONS):
    """Why terms may be shared: ``{msgid: reason}``."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["msgid"]: row["reason"] or "" for row in csv.DictReader(file)}


def report(strict=False, folder=FOLDER, reasons_file=REASONS):
    """Print the homonyms without a reason; the exit status is 1 when ``strict`` and there are any."""
    reasons = read_reasons(reasons_file)
    found = find_homonyms(folder)
    open_ones = [row for row in found if not reasons.get(row.msgid, "").strip()]
    translations = {entry.msgid: entry.msgstr for entry in polib.pofile(str(folder / f"{LANGUAGES[1]}.po"))}
    groups = {
        "labels of differently named fields or choices": [row for row in open_ones if len(row.labels) > 1],
        "labels that are used elsewhere too": [row for row in open_ones if len(row.labels) == 1],
    }
    for title, rows in groups.items():
        if rows:
            print(f"--- {len(rows)} {title}")
        for row in rows:
            print(f"{row.msgid}  {translations.get(row.msgid, '')}  ({', '.join(row.labels + row.others)})")
            for place in row.references:
                print(f"    {place}")
    if gone := sorted(set(reasons) - {row.msgid for row in found}):
        say(f"Reasons for what is no homonym any more: {', '.join(gone)}.")
    shown = reasons_file.relative_to(ROOT) if reasons_file.is_relative_to(ROOT) else reasons_file
    say(f"{len(found)} homonyms, {len(open_ones)} without a reason in {shown}.")
    return int(strict and bool(open_ones))
