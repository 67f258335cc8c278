"""Where Odoo comes from: ``$ODOO_SRC``, an importable ``odoo``, Debian's package, or Odoo's public repository."""

import importlib.util
import os
import re
import shutil
from pathlib import Path

from . import apt
from .base import DevError, digest, lock, need_disk, remove, run, say, step
from .paths import cache

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
PACKAGE = "odoo-19"
ASSETS = (
    "libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-font-awesome", "fonts-roboto-unhinted",
    "fonts-glyphicons-halflings", "fonts-inconsolata", "fonts-ocr-b", "fonts-montserrat",
)  # fmt: skip
#: sid's Font Awesome is too new for Odoo 19; the stable suite has all asset packages as Odoo expects them.
SUITE, ASSET_SUITE = "sid", "trixie"
DIST = "usr/lib/python3/dist-packages"
#: A stripped duplicate of the add-ons, and files that nothing imports.
DROPPED = tuple(f"./{DIST}/{name}" for name in ("addons", "setup", "doc"))
KEPT_LANGUAGES = {"zh_CN", "zh_TW", "de", "fr", "es", "ar", "ja", "ru", "pt", "pt_BR", "it", "nl"}
#: Left out by Debian (no free source), yet named in the web client's bundle: every page would log an error.
STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class Source:
    """One Odoo 19: ``home`` is what goes on Python's path, ``addons`` the folders with its add-ons."""

    def __init__(self, home, origin):
        self.home = Path(home)
        self.origin = origin
        folders = (self.home / "addons", self.home / "odoo" / "addons")
        self.addons = [folder for folder in folders if (folder / "web" / "__manifest__.py").exists()]
        self.addons += [folder for folder in folders if (folder / "base").exists() and folder not in self.addons]

    @property
    def identity(self):
        """A text that changes when another Odoo is used: its place, version and age."""
        release = self.home / "odoo" / "release.py"
        return f"{self.home}:{release.stat().st_mtime_ns}"


def series(home):
    """The Odoo series at ``home`` ('19.0'), or None when no Odoo is there."""
    release = Path(home) / "odoo" / "release.py"
    if not release.is_file():
        return None
    found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text(encoding="utf-8"), re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else None


def find_source():
    """The Odoo to use, fetched first when the machine has none.

    :raises DevError: a wrong ``$ODOO_SRC``, or nothing could be fetched.
    """
    if own := os.environ.get("ODOO_SRC"):
        if (found := series(own)) != SERIES:
            what = f"Odoo {found}" if found else "no Odoo checkout"
            raise DevError(f"$ODOO_SRC ({own}) is {what}, not Odoo {SERIES}.")
        return Source(Path(own).resolve(), "ODOO_SRC")
    if found := os.environ.get("EXPO_INSTALLED_ODOO"):
        return Source(found, "installed")
    return _fetched()


def importable_home():
    """The folder of an Odoo 19 that the Python which started ./dev can import, if any."""
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if series(home := Path(folder).parent) == SERIES:
            return home
    return None


def _fetched():
    """Odoo in the cache folder: from Debian where possible, else cloned."""
    base = cache() / "odoo"
    pointer = base / "current"
    if pointer.is_symlink() and series(pointer.resolve()) == SERIES:
        return Source(pointer.resolve(), "cache")
    with lock(base / "lock", what="fetching Odoo"):
        if pointer.is_symlink() and series(pointer.resolve()) == SERIES:
            return Source(pointer.resolve(), "cache")
        need_disk(base, 2200, what="Odoo")
        home = _from_debian(base) if apt.usable() else None
        home = home or _from_git(base)
        fresh = base / f"current.{os.getpid()}"
        fresh.symlink_to(home)
        fresh.replace(pointer)
    return Source(home, "cache")


def _from_debian(base):
    """Unpack Debian's package below ``base``; None (and the reason told) when the archive cannot give it."""
    packages = [PACKAGE + "/" + SUITE, *(f"{name}/{ASSET_SUITE}" for name in ASSETS)]
    private = apt.PrivateApt(base / "apt", (SUITE, ASSET_SUITE))
    try:
        private.prepare()
        files = private.resolve(packages)
        private.download(packages, files, base / "packages")
    except DevError as error:
        say(f"Odoo is not to be had as a Debian package: {error}")
        return None
    final = base / f"debian-{digest(*(item['sha'] for item in files), DROPPED, sorted(KEPT_LANGUAGES))}"
    if not final.exists():
        temp = base / f"{final.name}_tmp"
        remove(temp)
        temp.mkdir()
        with step("unpacking Odoo"):
            for item in files:
                apt.unpack(base / "packages" / item["name"], temp, exclude=DROPPED)
            _trim(temp / DIST)
        temp.replace(final)
    remove(base / "packages")
    remove(base / "apt")
    return final / DIST


def _trim(dist):
    """Drop translations that are not used here and put the stub in place of the file that Debian leaves out."""
    for path in dist.glob("odoo/addons/*/i18n*/*.po"):
        if path.stem not in KEPT_LANGUAGES:
            path.unlink()
    for path in dist.glob("odoo/addons/*/i18n*/*.pot"):
        path.unlink()
    stub = dist / STUB
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* Not part of this package: background blur in calls is unavailable. */\n", encoding="utf-8")


def _from_git(base):
    """Clone Odoo's public repository below ``base`` (resumed from nothing: an unfinished clone is deleted)."""
    final = base / f"git-{SERIES}"
    if series(final) == SERIES:
        return final
    if not shutil.which("git"):
        raise DevError("Odoo could not be fetched: neither Debian's archive nor git is at hand; set $ODOO_SRC.")
    temp = base / f"{final.name}_tmp"
    remove(temp)
    with step(f"cloning Odoo {SERIES} (about 600 MB)"):
        command = ["git", "clone", "--depth", "1", "--branch", SERIES, "--progress", REPOSITORY, temp]
        run(command, what="cloning Odoo (is the network up? else set $ODOO_SRC to a checkout)", quiet=False)
    temp.replace(final)
    return final
