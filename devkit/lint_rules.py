"""Rules of this project that no linter knows: lengths, complete translations, nothing that leads to a registry."""

import re

import polib

from .paths import ROOT

#: Longest file per kind, in lines.
LIMITS = {".py": 400, ".xml": 300, ".js": 400}
#: Package registries are reached through each client's own configuration; their hosts stay out of the project.
HOSTS = re.compile(r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|debian)[.](?:org|com|net|io)\b")
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
        found += [f"{name}: {finding}" for finding in (*_length(path, text), *_text(path, text))]
        if path.suffix == ".po":
            found += [f"{name}: {finding}" for finding in untranslated(path)]
    return "\n".join(found)


def _length(path, text):
    """Whether a file is longer than its kind may be."""
    lines = text.count("\n")
    if lines > (limit := LIMITS.get(path.suffix, lines)):
        yield f"{lines} lines, at most {limit}: split it by what its parts are about"


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


def untranslated(path):
    """The terms of a .po file that have no translation, are marked as unsure, or lose a placeholder."""
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            yield f"line {entry.linenum}: obsolete term {entry.msgid[:60]!r}"
        elif not entry.msgstr.strip():
            yield f"line {entry.linenum}: no translation of {entry.msgid[:60]!r}"
        elif entry.fuzzy:
            yield f"line {entry.linenum}: the translation of {entry.msgid[:60]!r} is marked as unsure"
