"""Rules for the words of the product: labels, errors, and terms that others replaced (CONTRIBUTING.md, Words).

What may differ has its reason in a table beside this file. Labels and texts are read from the .pot file, errors from
the source: a message is found there before it is exported.
"""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import polib

from .homonyms import FOLDER, find_homonyms, read_reasons
from .paths import ADDON, ROOT
from .structure import read_sources

HERE = Path(__file__).parent
ERRORS = frozenset({"UserError", "ValidationError", "AccessError", "RedirectWarning"})
CONSTRAINTS = frozenset({"Constraint", "UniqueIndex"})
TRANSLATORS = frozenset({"_", "_t", "_lt"})
#: How an error begins: what is refused, with what to do instead; what a value must be; or what to do.
ERROR_PATTERNS = (
    re.compile(r"You cannot .+[.:!] \S.*|You cannot .+:\n.*", re.DOTALL),
    re.compile(r"The .+ must (?:not )?\w.*\.", re.DOTALL),
    re.compile(r"(?:Enter|Choose|Select) .+\.", re.DOTALL),
)
#: Names of models and fields, as no user knows them.
TECHNICAL = re.compile(r"\b[a-z]+_[a-z_]+\b|\bexpo\.\w+")
LABEL = "model:ir.model.fields,field_description:"
MAX_WORDS = 4
#: Words that a label in title case writes small, unless they begin or end it.
SMALL = frozenset(
    {
        "a", "after", "an", "and", "as", "at", "before", "but", "by", "for", "from", "if", "in", "into", "of", "on",
        "or", "per", "since", "the", "to", "until", "with", "within", "without",
    }
)  # fmt: skip
#: Words that keep their capital within a button.
PROPER = frozenset({"Excel", "Odoo", "Chinese", "English", "WhatsApp", "WeChat"})
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w+\}|<[^>]+>")


def find_wording(files, root=ROOT):
    """What breaks the rules for words, one finding per line."""
    terms = polib.pofile(str(FOLDER / f"{ADDON}.pot"))
    found = [
        *check_errors(read_sources(root), read_table("error_exceptions")),
        *check_labels(terms, read_table("label_exceptions")),
        *check_replaced(terms, files, read_replaced(), root),
        *check_homonyms(),
    ]
    for name in files:
        if name.startswith(f"{ADDON}/") and name.endswith(".xml"):
            found += [f"{name}: {text}" for text in check_buttons((root / name).read_text(encoding="utf-8"))]
    return "\n".join(found)


def read_table(name):
    """The exceptions of one rule: ``{text: reason}``."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["text"]: row["reason"] for row in csv.DictReader(file)}


def read_replaced(path=HERE / "replaced_terms.csv"):
    """The replaced terms as rows of ``term, kind, where, use``; a term is a regular expression."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_errors(sources, exceptions):
    """The messages of errors and constraints that do not say what is refused, why, and what to do."""
    for path, (_source, tree) in sources.items():
        if path.startswith((f"{ADDON}/demo/", f"{ADDON}/migrations/")):
            continue
        for line, text in sorted(_messages(tree)):
            if text in exceptions:
                continue
            shown = f"{path}:{line}: error {text[:70]!r}"
            if not any(pattern.fullmatch(text) for pattern in ERROR_PATTERNS):
                yield f"{shown} is not “You cannot X because Y. Do Z.”, “The X must …” or “Enter …”"
            elif name := TECHNICAL.search(PLACEHOLDER.sub("", text)):
                yield f"{shown} names {name[0]}: use the label"


def _messages(tree):
    """Line and text of each message that the module raises or that a constraint of it shows."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [call.args[1] for call in calls if _name(call.func) in CONSTRAINTS and len(call.args) > 1]
    for call in calls:
        if _name(call.func) in ERRORS:
            inner = [node for node in ast.walk(call) if isinstance(node, ast.Call) and node.args]
            found += [node.args[0] for node in inner if _name(node.func) in TRANSLATORS]
    return [(node.lineno, node.value) for node in found if isinstance(node, ast.Constant)]


def _name(function):
    """The last name of a called function."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def check_labels(terms, exceptions):
    """The labels of fields that are long, ask a question, or are not in title case."""
    for entry in terms:
        label = entry.msgid
        if label in exceptions or not any(place.startswith(LABEL) for place, _line in entry.occurrences):
            continue
        shown = f"label {label!r} ({entry.occurrences[0][0].rpartition('.')[2]})"
        if label.endswith("?"):
            yield f"{shown} is a question: name the thing"
        if len(_words(re.sub(r"\([^)]*\)", "", label))) > MAX_WORDS:
            yield f"{shown} has more than {MAX_WORDS} words"
        if wrong := _wrong_case(label):
            yield f"{shown}: write {', '.join(wrong)}"


def _words(text):
    """The words of a label; numbers and signs are none."""
    return re.findall(r"(?<![.\w])[^\W\d_][\w.’'/-]*", text)


def _wrong_case(label):
    """The words of a label as title case has them, where it has them otherwise."""
    words = _words(label)
    wrong = []
    for place, word in enumerate(words):
        small = word != "A" and word.lower() in SMALL and 0 < place < len(words) - 1
        right = word.lower() if small else word[0].upper() + word[1:]
        if right != word:
            wrong.append(right)
    return wrong


def check_buttons(text):
    """The buttons of a view that are not in sentence case."""
    for tag in re.findall(r"<button\b[^>]*>", text):
        found = re.search(r"\bstring=\"([^\"]*)\"", tag)
        for word in _words(found[1])[1:] if found else ():
            if len(word) > 1 and word.istitle() and word not in PROPER:
                yield f"button {found[1]!r}: write {word.lower()}"


def check_replaced(terms, files, rows, root=ROOT):
    """The texts and documents that use a term which another replaced."""
    for entry in terms:
        text = PLACEHOLDER.sub(" ", entry.msgid)
        places = [place for place, _line in entry.occurrences]
        for row in rows:
            used = [place for place in places if row["kind"] == "never" or re.search(row["where"], place)]
            if used and (found := _pattern(row["term"]).search(text)):
                yield f"{used[0]}: “{found[0]}” in {' '.join(entry.msgid.split())[:60]!r}: use {row['use']}"
    for name in files:
        if name.endswith(".md") and name != "docs/glossary.md":
            text = (root / name).read_text(encoding="utf-8")
            for row in rows:
                if row["kind"] == "never" and (found := _pattern(row["term"]).search(text)):
                    line = text.count("\n", 0, found.start()) + 1
                    yield f"{name}:{line}: “{found[0]}”: use {row['use']}"


@cache
def _pattern(term):
    """The words of a term, in any case and spaced in any way."""
    return re.compile(rf"(?<![\w-])(?:{term})(?![\w-])".replace(" ", r"\s+"), re.IGNORECASE)


def check_homonyms():
    """The terms that label several things without a reason in ``homonyms.csv``."""
    reasons = read_reasons()
    for row in find_homonyms():
        if not reasons.get(row.msgid, "").strip():
            uses = ", ".join(row.labels + row.others)
            yield f"{row.msgid!r} labels several things ({uses}): see ./dev i18n --homonyms"
