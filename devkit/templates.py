"""Prepared databases: Odoo with what the addon depends on → the addon on a clone of it → a clone per run.

Each is built under a name ending in ``_tmp`` and renamed last, so a name without it is always complete. Names carry
the checkout and a hash of everything the database was built from; when that changes, the old ones are dropped, except
those that a running process holds for more clones.
"""

import contextlib
import datetime
import fcntl
import itertools
import os
import shutil
import socket

from . import pg
from .base import DevError, digest, digest_files, lock, need_disk, remove, say, sha256, step
from .db import Databases
from .odoo import Odoo
from .paths import ADDON, ADDON_DIR, CHECKOUT, LANGUAGES, ROOT, STATE, manifest

PREFIX = f"expo_{CHECKOUT}_"
#: Held while a template is copied or dropped.
CLONING = STATE / "cloning.lock"
VERSION = 2  # raise when the way of building changes
#: The program that runs inside Odoo to build a template.
INSIDE = ROOT / "devkit" / "inside.py"
#: What is not installed: left out of hashes and copies of the addon.
IGNORED = ("__pycache__", ".*", "*~", "*.pyc", "*.orig", "*.rej")
numbers = itertools.count(1)


class Templates:
    """The template databases of this checkout on one server."""

    def __init__(self, odoo=None):
        self.odoo = odoo or Odoo(pg.TEST)
        self.databases = Databases(self.odoo.server)

    def addon_hash(self):
        """A hash of every file of the addon."""
        return digest_files(ADDON_DIR, IGNORED)

    def base(self, demo):
        """The template with the addon's dependencies installed; built when missing. Returns its name."""
        depends = sorted(manifest().get("depends", ["base"]))
        key = digest(VERSION, self.odoo.source.identity, depends, LANGUAGES, sha256(INSIDE))
        return self._ensure("base", demo, key, lambda name: self._build_base(name, depends, demo))

    def addon(self, demo):
        """The template with the addon installed on `base`; built when missing. Returns its name.

        It is built from a copy of the files, so that its name stays true even when they are edited meanwhile.
        """
        base = self.base(demo)
        if self.databases.exists(name := self._addon_name(base, demo, self.addon_hash())):
            return name
        with snapshot() as (folder, content):
            key = self._addon_key(base, demo, content)
            return self._ensure("addon", demo, key, lambda name: self._build_addon(name, base, demo, folder))

    def _addon_name(self, base, demo, content):
        """The name of the addon's template for the given content hash."""
        return group("addon", demo) + self._addon_key(base, demo, content)

    @staticmethod
    def _addon_key(base, demo, content):
        """The hash in that name. The demo's shows lie around the day they are loaded on: tomorrow they are stale."""
        day = datetime.date.today().isoformat() if demo else ""
        return digest(VERSION, base, content, day)

    def _ensure(self, kind, demo, key, build):
        """The sealed database of ``kind`` for ``key``; one process builds it, others wait."""
        name = group(kind, demo) + key
        if self.databases.exists(name):
            return name
        with lock(STATE / f"{group(kind, demo)}template.lock", what="preparing a database"):
            if self.databases.exists(name):
                return name
            with lock(CLONING, what="copying a database"):
                for old in self.databases.names(group(kind, demo)):
                    if not held(old):
                        self.databases.drop(old)
            need_disk(STATE, 1000, what="a template database")
            temp = f"{name}_tmp"
            build(temp)
            self.databases.disconnect(temp)
            self.databases.seal(temp)
            self.databases.rename(temp, name)
        return name

    def _install(self, name, modules, *args, demo, config=None):
        """Install ``modules`` in the existing or new database ``name``; compile the web bundles."""
        log = STATE / f"install-{name}.log"
        what = f"installing {ADDON if modules == [ADDON] else 'Odoo'}"
        args = ("-d", name, "-i", ",".join(modules), "--with-demo" if demo else "--without-demo", *args)
        kept = STATE / "bundles" / f"{modules[0]}-{'demo' if demo else 'plain'}"
        self.odoo.call(kept, *args, program=INSIDE, what=what, log=log, config=config)
        log.unlink()

    def _build_base(self, name, depends, demo):
        """A new database with ``depends`` and all languages."""
        with step(f"installing Odoo's own modules{' with demo data' if demo else ''} (about a minute, once)"):
            self._install(name, depends, f"--load-language={','.join(LANGUAGES)}", demo=demo)
            found = self.databases.execute("SELECT code FROM res_lang WHERE active", database=name)
            if missing := set(LANGUAGES) - {code for (code,) in found}:
                raise DevError(f"this Odoo has no {' and '.join(sorted(missing))}.")

    def _build_addon(self, name, base, demo, folder):
        """A clone of ``base`` with the addon as it is in ``folder`` (its languages are already active there)."""
        with step(f"installing {ADDON}{' with demo data' if demo else ''} on a copy of it"):
            config = self.odoo.write_config(folder / "odoo.conf", addons_path=self.odoo.addons_path_with(folder))
            self.databases.clone(base, name)
            self._install(name, [ADDON], demo=demo, config=config)

    @contextlib.contextmanager
    def hold(self, demo):
        """The addon's template, kept from being dropped until the end of the block. Yields its name."""
        with contextlib.ExitStack() as stack:
            while True:
                name = self.addon(demo)
                with lock(CLONING, what="copying a database"):
                    if self.databases.exists(name):  # else a newer one has just replaced it
                        stack.enter_context(use(name))
                        break
            yield name

    def clone(self, template, purpose="run"):
        """A throw-away clone of a held template; the caller drops it. Returns its name."""
        name = f"{PREFIX}{purpose}_{_host()}_{os.getpid()}_{next(numbers)}"
        with lock(CLONING, what="copying a database"):
            self.databases.clone(template, name)
        return name

    @contextlib.contextmanager
    def throw_away(self, demo, purpose, count=1):
        """Clones of the addon's template, dropped at the end of the block. Yields their names and the template's."""
        self.drop_stale()
        with self.hold(demo) as template, contextlib.ExitStack() as stack:
            names = []
            for _number in range(count):
                names.append(self.clone(template, purpose))
                stack.callback(self.databases.drop, names[-1])
            yield names, template

    def drop_stale(self):
        """Drop clones whose process on this host is gone."""
        for name in self.databases.names(PREFIX):
            words = name[len(PREFIX) :].split(f"_{_host()}_")
            if len(words) == 2 and (pid := words[1].split("_")[0]).isdigit() and not _alive(int(pid)):
                say(f"dropping {name}, left by a process that is gone")
                self.databases.drop(name)


def group(kind, demo):
    """How the names of all templates of one kind begin."""
    return f"{PREFIX}{kind}_{'demo' if demo else 'plain'}_"


@contextlib.contextmanager
def snapshot():
    """A copy of the addon in a folder of its own. Yields the folder and the hash of the copy's content."""
    folder = STATE / f"snapshot-{os.getpid()}-{next(numbers)}"
    remove(folder)
    try:
        shutil.copytree(ADDON_DIR, folder / ADDON, ignore=shutil.ignore_patterns(*IGNORED))
        yield folder, digest_files(folder / ADDON, IGNORED)
    finally:
        remove(folder)


def _use_lock(name):
    """The file whose shared lock says that a template is in use."""
    return STATE / "held" / name


@contextlib.contextmanager
def use(name):
    """Keep template ``name`` from being dropped; ends with the process at the latest."""
    path = _use_lock(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


def held(name):
    """Whether a running process uses template ``name``; when none does, its lock file goes."""
    path = _use_lock(name)
    if not path.exists():
        return False
    with open(path, "a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
    return False


def _host():
    """This machine's name as a part of a database's name."""
    return socket.gethostname()[:12].lower().replace("-", "_")


def _alive(pid):
    """Whether a process with this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
