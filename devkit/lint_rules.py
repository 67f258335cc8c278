"""Rules of this project that no linter knows: shipped records, translations, nothing that leads to a registry."""

import re

import polib

from .paths import ROOT

#: Package registries are reached through each client's own configuration; their hosts stay out of the project.
HOSTS = re.compile(r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|debian)[.](?:org|com|net|io)\b")
#: Words that no text of the product uses: the customer, the salesperson, they (CONTRIBUTING.md).
UNWANTED = re.compile(r"\b(?:he|him|his|himself|whoever|whomever|somebody|nobody)\b", re.IGNORECASE)
#: Files that have to name some of these words, and which: rules about them, a selection value, a list of Chinese names.
NAMED = {
    "CONTRIBUTING.md": {"he", "him", "his"},
    "devkit/lint_rules.py": {"he", "him", "his", "himself", "whoever", "whomever", "somebody", "nobody"},
    "docs/glossary.md": {"he", "him", "his", "whoever", "somebody", "nobody"},
    "expo_followup/demo/capture/import_demo.xml": {"nobody"},
    "expo_followup/models/capture/contact_import.py": {"nobody"},
    "expo_followup/tools/salutation.py": {"he"},
    "tests/capture/test_import.py": {"nobody"},
    "tests/project/test_devkit.py": {"he", "him", "his", "nobody", "whoever"},
}
#: Suffixes of files that hold text; none is that of `dev` and such.
SUFFIXES = "cfg csv html js json md mjs po pot py scss sh svg toml txt xml yaml yml"
TEXT = {"", *(f".{suffix}" for suffix in SUFFIXES.split())}
#: A mark of an unfinished merge at the begin of a line.
CONFLICT = re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE)


def own_checks(files):
    """What breaks the project's own rules in ``files``, one finding per line."""
    found = []
    for name in files:
        path = ROOT / name
        if path.suffix not in TEXT:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {finding}" for finding in _text(path, text)]
        if name.startswith("expo_followup/data/") and path.suffix == ".xml":
            found += [f"{name}: {finding}" for finding in undecided_records(text)]
        words = catalogue_words(path) if path.suffix in {".po", ".pot"} else unwanted_words(name, text)
        found += [f"{name}: {finding}" for finding in words]
        if path.suffix == ".po":
            found += [f"{name}: {finding}" for finding in untranslated(path)]
    return "\n".join(found)


def _text(path, text):
    """Trouble in any text file."""
    if host := HOSTS.search(text):
        yield f"names the registry host {host[0]}: leave that to the client's configuration"
    if CONFLICT.search(text):
        yield "has the marks of an unfinished merge"
    if text and not text.endswith("\n"):
        yield "does not end with a line end"
    if path.suffix not in {".md", ".po", ".pot"} and re.search(r"[ \t]$", text, re.MULTILINE):
        yield "has blanks at the end of a line"


def undecided_records(text):
    """Shipped records (``noupdate``) that do not say whether an upgrade brings a deleted one back."""
    for block in re.findall(r'<(?:odoo|data) noupdate="1">.*?</(?:odoo|data)>', text, re.DOTALL):
        for tag in re.findall(r"<record\b[^>]*>", block):
            if "forcecreate=" not in tag and 'model="ir.rule"' not in tag:
                yield (
                    f'{tag} lacks forcecreate: "False" when a company may delete it (and load it in the migration),'
                    ' "True" when the code needs it and users cannot delete it'
                )


def unwanted_words(name, text):
    """The lines of a file that use a word which the project does not, apart from those it has to name."""
    named = NAMED.get(name, set())
    for number, line in enumerate(text.splitlines(), 1):
        # Markup is no word: a class or a tag may be called so.
        words = re.sub(r"</?[a-z][^<>]*>", " ", line)
        if found := [word for word in UNWANTED.findall(words) if word.lower() not in named]:
            yield f"line {number}: “{found[0]}” in {line.strip()[:60]!r}: the customer, the salesperson, they"


def catalogue_words(path):
    """The source texts of a .po or .pot file that use a word which the product does not."""
    for entry in polib.pofile(str(path)):
        if found := UNWANTED.search(re.sub(r"<[^>]+>", " ", entry.msgid)):
            yield f"line {entry.linenum}: “{found[0]}” in {entry.msgid[:60]!r}: the customer, the salesperson, they"


def untranslated(path):
    """The terms of a .po file that have no translation, are marked as unsure, or lose a placeholder."""
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            yield f"line {entry.linenum}: obsolete term {entry.msgid[:60]!r}"
        elif not entry.msgstr.strip():
            yield f"line {entry.linenum}: no translation of {entry.msgid[:60]!r}"
        elif entry.fuzzy:
            yield f"line {entry.linenum}: the translation of {entry.msgid[:60]!r} is marked as unsure"
