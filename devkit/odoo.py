"""Starting Odoo's own command line with this project's configuration."""

import os
import re
import subprocess
import sys
from configparser import RawConfigParser

from . import pg
from .base import DevError, write_atomic
from .paths import DATA, ROOT, STATE
from .source import find_source

LAUNCH = "import sys, odoo.cli; sys.argv[0] = 'odoo'; odoo.cli.main()"


class Odoo:
    """One Odoo source, one PostgreSQL server and the configuration file that ties them to this checkout."""

    def __init__(self, kind=pg.RUN):
        self.source = find_source()
        self.server = pg.server(kind)
        self.config = STATE / f"odoo-{kind}.conf"
        self.write_config(self.config)

    def addons_path_with(self, folder):
        """The addons path: Odoo's own add-ons, then those in ``folder``."""
        return ",".join(map(str, (*self.source.addons, folder)))

    def write_config(self, path, **extra):
        """Write an Odoo configuration file; ``extra`` are further options of its [options] section."""
        DATA.mkdir(parents=True, exist_ok=True)
        parser = RawConfigParser()
        parser["options"] = {
            "addons_path": self.addons_path_with(ROOT),
            "data_dir": str(DATA),
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "limit_time_cpu": "600",
            "limit_time_real": "1200",
            "limit_time_real_cron": "1200",
            "limit_memory_soft": str(6 << 30),
            "limit_memory_hard": str(8 << 30),
            # nothing answers there: no process of a developer sends mail to the world unless told to
            "smtp_server": "127.0.0.1",
            "smtp_port": "9",
            **self.server.options(),
            **{key: str(value) for key, value in extra.items()},
        }
        lines = [f"{key} = {value}\n" for key, value in parser["options"].items()]
        write_atomic(path, "[options]\n" + "".join(lines))
        return path

    def environment(self, config=None):
        """The environment of an Odoo process: its source on the path and ODOO_RC, which every subcommand reads."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {
            **kept,
            "EXPO_ODOO_HOME": str(self.source.home),
            pg.HANDLE: self.server.handle,
            "ODOO_RC": str(config or self.config),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, *args):
        """The command line for Odoo with ``args``."""
        return [sys.executable, "-c", LAUNCH, *map(str, args)]

    def call(self, *args, what, log=None, config=None, **options):
        """Run Odoo to its end; on failure or on any logged error raise, naming ``what`` and quoting the first error.

        :param log: file that gets the output (default ``.dev/<last>.log``).
        """
        log = log or STATE / "odoo.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "w", encoding="utf-8") as handle:
            done = subprocess.run(
                self.command(*args), env=self.environment(config), stdout=handle, stderr=subprocess.STDOUT,
                check=False, cwd=ROOT, **{"stdin": subprocess.DEVNULL, **options},
            )  # fmt: skip
        reason = first_error(log)
        if done.returncode or reason:
            raise DevError(f"{what} failed: {reason or f'status {done.returncode}'} (see {log})")

    def script(self, database, text, *, what, log, config=None):
        """Run ``text`` in Odoo's shell on ``database`` (``env`` is there; it must commit itself)."""
        self.call(
            "shell", "-d", database, "--no-http", "--max-cron-threads=0", "--log-level=warn",
            what=what, log=log, config=config, stdin=None, input=text, text=True,
        )  # fmt: skip


STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<text>.*)")


def first_error(log):
    """The first error of an Odoo log in one line: the exception when there is a traceback, '' without any error."""
    text, reason = "", ""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        stamp = STAMP.match(line)
        if stamp and reason:
            break
        if stamp:
            failed = stamp["level"] in {"ERROR", "CRITICAL"}
            text = text or (stamp["text"] if failed else "")
        elif text and line and not line.startswith((" ", "Traceback", "The above", "During handling")):
            reason = line
    return reason or text


def call_odoo(args, kind=pg.RUN):
    """``./dev odoo ARGS…``: become Odoo's command line."""
    odoo = Odoo(kind)
    os.execve(sys.executable, odoo.command(*args), odoo.environment())
