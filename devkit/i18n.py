"""``./dev i18n``: the addon's terms, as Odoo finds them, and the translation files that follow them."""

import re
from pathlib import Path
from random import Random

import polib

from . import pg
from .base import DevError, say, step, write_atomic
from .odoo import Odoo
from .paths import ADDON, ADDON_DIR, LANGUAGES, ROOT, STATE
from .templates import Templates

FOLDER = ADDON_DIR / "i18n"
#: No dates and no names: a file changes only when its terms or translations do.
HEADER = {
    "Project-Id-Version": f"{ADDON} 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {"zh_CN": "nplurals=1; plural=0;"}


def refresh(further=()):
    """Write the .pot file and bring every language's .po file up to date with it; translations are kept.

    :param further: .po files (or parts of one) whose translations are taken over where there is none yet.
    """
    with step("reading the addon's terms"):
        terms = current_terms()
    FOLDER.mkdir(exist_ok=True)
    write(terms, FOLDER / f"{ADDON}.pot", None)
    for language in LANGUAGES[1:]:
        path = FOLDER / f"{language}.po"
        before = known_translations([path, *map(Path, further)])
        file = merged(terms, before)
        write(file, path, language)
        empty = [entry.msgid for entry in file if not entry.msgstr]
        gone = len(set(before) - {key(entry) for entry in file})
        say(f"{path.relative_to(ROOT)}: {len(file)} terms, {len(empty)} not translated, {gone} dropped.")
        for term in empty[:20]:
            say(f"  not translated: {' '.join(term.split())[:100]}")
    return 0


def current_terms():
    """The addon's terms as a polib file, exported by Odoo from a database with the addon as it is now."""
    templates = Templates(Odoo(pg.TEST))
    target = STATE / "terms.pot"
    with templates.throw_away(False, "i18n") as ([name], _template):
        args = ("i18n", "export", "-d", name, "-l", "pot", "-o", target, ADDON)
        templates.odoo.call(*args, what="exporting the terms", log=STATE / "i18n.log")
    try:
        return polib.pofile(str(target))
    finally:
        target.unlink(missing_ok=True)


def draw(number, seed):
    """Print so many terms drawn at random, the same ones for one seed, with their place and translations."""
    files = {language: known_translations([FOLDER / f"{language}.po"]) for language in LANGUAGES[1:]}
    terms = polib.pofile(str(FOLDER / f"{ADDON}.pot"))
    for count, entry in enumerate(Random(seed).sample(list(terms), min(number, len(terms))), start=1):
        print(f"{count}. {entry.occurrences[0][0]}")
        for text in (entry.msgid, *(known.get(key(entry), "") for known in files.values())):
            print(f"    {' '.join(re.sub('<[^>]+>', ' ', text).split())}")
    return 0


def key(entry):
    """What a translation belongs to."""
    return entry.msgctxt, entry.msgid


def known_translations(paths):
    """The translations of .po files by `key`; the first file that has one wins."""
    known = {}
    for path in paths:
        if not path.exists():
            if path.parent == FOLDER:
                continue
            raise DevError(f"{path} does not exist.")
        for entry in polib.pofile(str(path)):
            if entry.msgstr and not entry.fuzzy:
                known.setdefault(key(entry), entry.msgstr)
    return known


def merged(terms, known):
    """A copy of ``terms`` with the ``known`` translations."""
    file = polib.POFile()
    for entry in terms:
        copy = polib.POEntry(
            msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=known.get(key(entry), ""), comment=entry.comment,
            tcomment=entry.tcomment, occurrences=entry.occurrences, flags=entry.flags,
        )  # fmt: skip
        file.append(copy)
    return file


def write(file, path, language):
    """Write a .po or .pot file, sorted by term."""
    file.header = ""
    file.metadata = {**HEADER, **({"Language": language, "Plural-Forms": PLURALS[language]} if language else {})}
    file.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    write_atomic(path, str(file).rstrip("\n") + "\n")
