"""Prepared databases: Odoo with what the addon depends on → the addon on a clone of it → a clone per run.

Each is built under a name ending in ``_tmp`` and renamed last, so a name without it is always complete. Names carry
the checkout and a hash of everything the database was built from; when that changes, the old ones are dropped.
"""

import os
import socket

from . import pg
from .base import digest, digest_files, lock, need_disk, say, step
from .db import Databases
from .odoo import Odoo
from .paths import ADDON, ADDON_DIR, CHECKOUT, LANGUAGES, STATE, manifest

PREFIX = f"expo_{CHECKOUT}_"
#: Held while a template is copied or dropped.
CLONING = STATE / "cloning.lock"
VERSION = 1  # raise when the way of building changes
#: What is compiled here need not be compiled in every run; on the addon's clone only its own bundles are left to do.
SCRIPT = """
missing = set(%(languages)r) - {code for code, _name in env["res.lang"].get_installed()}
if missing:
    raise SystemExit("languages missing: %%s" %% missing)
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
""" % {"languages": LANGUAGES}


class Templates:
    """The template databases of this checkout on one server."""

    def __init__(self, odoo=None):
        self.odoo = odoo or Odoo(pg.TEST)
        self.databases = Databases(self.odoo.server)

    def addon_hash(self):
        """A hash of every file of the addon."""
        return digest_files(ADDON_DIR)

    def base(self, demo):
        """The template with the addon's dependencies installed; built when missing. Returns its name."""
        depends = sorted(manifest().get("depends", ["base"]))
        key = digest(VERSION, self.odoo.source.identity, depends, LANGUAGES, SCRIPT)
        return self._ensure("base", demo, key, lambda name: self._build_base(name, depends, demo))

    def addon(self, demo):
        """The template with the addon installed on `base`; built when missing. Returns its name."""
        base = self.base(demo)
        key = digest(VERSION, base, self.addon_hash())
        return self._ensure("addon", demo, key, lambda name: self._build_addon(name, base, demo))

    def _ensure(self, kind, demo, key, build):
        """The sealed database of ``kind`` for ``key``; one process builds it, others wait."""
        group = f"{PREFIX}{kind}_{'demo' if demo else 'plain'}_"
        name = group + key
        if self.databases.exists(name):
            return name
        with lock(STATE / f"{group}template.lock", what="preparing a database"):
            if self.databases.exists(name):
                return name
            with lock(CLONING, what="copying a database"):
                for old in self.databases.names(group):
                    self.databases.drop(old)
            need_disk(STATE, 1000, what="a template database")
            temp = f"{name}_tmp"
            build(temp)
            self.databases.disconnect(temp)
            self.databases.seal(temp)
            self.databases.rename(temp, name)
        return name

    def _install(self, name, modules, demo, what):
        """Install ``modules`` in the existing or new database ``name``."""
        args = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http", "--max-cron-threads=0"]
        args += ["--with-demo"] if demo else ["--without-demo"]
        languages = ",".join(LANGUAGES)
        self.odoo.call(*args, f"--load-language={languages}", what=what, log=STATE / f"install-{name}.log")
        (STATE / f"install-{name}.log").unlink()

    def _build_base(self, name, depends, demo):
        """A new database with ``depends`` and all languages."""
        with step(f"installing Odoo's own modules{' with demo data' if demo else ''} (about a minute, once)"):
            self._install(name, depends, demo, "installing Odoo's own modules")
            self.odoo.script(name, SCRIPT, what="preparing the web assets", log=STATE / "script.log")

    def _build_addon(self, name, base, demo):
        """A clone of ``base`` with the addon."""
        with step(f"installing {ADDON}{' with demo data' if demo else ''} on a copy of it"):
            self.databases.clone(base, name)
            self._install(name, [ADDON], demo, f"installing {ADDON}")
            self.odoo.script(name, SCRIPT, what="preparing the web assets", log=STATE / "script.log")

    def clone_for_run(self, demo, purpose="run"):
        """A throw-away clone of the addon's template; the caller drops it. Leftovers of dead processes go first."""
        self.drop_stale()
        host = socket.gethostname()[:12].replace("-", "_").lower()
        name = f"{PREFIX}{purpose}_{host}_{os.getpid()}_{'demo' if demo else 'plain'}"
        while True:
            template = self.addon(demo)
            with lock(CLONING, what="copying a database"):
                if self.databases.exists(template):  # else a newer one has just replaced it
                    self.databases.clone(template, name)
                    return name

    def drop_stale(self):
        """Drop clones whose process on this host is gone."""
        host = socket.gethostname()[:12].lower().replace("-", "_")
        for name in self.databases.names(PREFIX):
            words = name[len(PREFIX) :].split(f"_{host}_")
            if len(words) == 2 and (pid := words[1].split("_")[0]).isdigit() and not _alive(int(pid)):
                say(f"dropping {name}, left by a process that is gone")
                self.databases.drop(name)


def _alive(pid):
    """Whether a process with this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
