"""Starting Odoo's own command line with this project's configuration."""

import os
import re
import subprocess
import sys
from configparser import RawConfigParser

from . import pg
from .base import DevError, bound, write_atomic
from .paths import DATA, ROOT, STATE
from .source import find_source

LAUNCH = "import sys, odoo.cli; sys.argv[0] = 'odoo'; odoo.cli.main()"
#: Runs a file without putting its folder on the path (where this module would hide the real odoo).
LAUNCH_PROGRAM = "import sys, runpy; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"


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

    def command(self, *args, program=None):
        """The command line for Odoo, or for a ``program`` of ours that imports it, with ``args``."""
        start = ["-c", LAUNCH_PROGRAM, program] if program else ["-c", LAUNCH]
        return [sys.executable, *map(str, start), *map(str, args)]

    def call(self, *args, what, program=None, log=None, config=None, **options):
        """Run Odoo to its end; on failure or on any logged error raise, naming ``what`` and quoting the first
        error.

        :param program: a Python file to run instead of Odoo's own command line.
        :param log: file that gets the output (default ``.dev/odoo.log``).
        """
        log = log or STATE / "odoo.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "w", encoding="utf-8") as handle:
            done = subprocess.run(
                bound(self.command(*args, program=program)), env=self.environment(config), stdout=handle,
                stderr=subprocess.STDOUT, check=False, cwd=ROOT, **{"stdin": subprocess.DEVNULL, **options},
            )  # fmt: skip
        reason = first_error(log, failed=done.returncode)
        if done.returncode or reason:
            raise DevError(f"{what} failed: {reason or f'status {done.returncode}'} (see {log})")


STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<text>.*)")


def first_error(log, failed=True):
    """The first error of an Odoo log in one line: the exception when there is a traceback, '' without any error.

    :param failed: whether the process failed, so that the last line tells why when nothing was logged as an error.
    """
    text, reason = "", ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        stamp = STAMP.match(line)
        if stamp and reason:
            break
        if stamp:
            is_error = stamp["level"] in {"ERROR", "CRITICAL"}
            text = text or (stamp["text"] if is_error else "")
        elif text and line and not line.startswith((" ", "Traceback", "The above", "During handling")):
            reason = line
    last = lines[-1] if lines and failed and not STAMP.match(lines[-1]) else ""
    return reason or text or last


def call_odoo(args, kind=pg.RUN):
    """``./dev odoo ARGS…``: become Odoo's command line."""
    odoo = Odoo(kind)
    os.execve(sys.executable, odoo.command(*args), odoo.environment())
