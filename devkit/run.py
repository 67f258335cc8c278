"""``./dev run``: Odoo with demo data on a durable database, its mail caught on this machine; and ``./dev stop``."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import pg
from .base import DevError, bound, remove, say, step
from .db import Databases, copy_tree, filestore
from .mailsink import MailFolder
from .odoo import Odoo, first_error
from .paths import ADDON, RUN_DB, STATE
from .system import ensure_programs
from .templates import Templates

PID = STATE / "run.pid"
LOG = STATE / "odoo-run.log"
MAIL = STATE / "mail"


def run_server(port, *, fresh=False, show_log=False):
    """Start Odoo at ``port`` and stay until interrupted; returns the exit status."""
    with _only_one(port):
        return _serve(port, fresh, show_log)


@contextlib.contextmanager
def _only_one(port):
    """Keep a second server of this checkout out: it would upgrade or drop the database under the first."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "run.lock", "a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            where = f" at http://localhost:{handle.read().strip()}"
            raise DevError(f"this checkout already runs{where}; ./dev stop ends it.") from None
        handle.truncate(0)
        handle.write(str(port))
        handle.flush()
        yield


def _serve(port, fresh, show_log):
    """Prepare what is missing, start Odoo and wait for its end."""
    _need_port(port)
    ensure_programs()
    odoo = Odoo(pg.RUN)
    _prepare(odoo, fresh)
    signal.signal(signal.SIGTERM, _interrupt)
    with MailFolder(MAIL) as mail:
        config = odoo.write_config(
            STATE / "odoo-server.conf", db_name=RUN_DB, dbfilter=f"^{RUN_DB}$", http_port=port,
            gevent_port=_free_port(), max_cron_threads=1, smtp_server="127.0.0.1", smtp_port=mail.port,
        )  # fmt: skip
        with open(LOG, "w", encoding="utf-8") as log:
            output = {} if show_log else {"stdout": log, "stderr": subprocess.STDOUT}
            environment = odoo.environment(config)
            process = subprocess.Popen(bound(odoo.command()), env=environment, stdin=subprocess.DEVNULL, **output)
        PID.write_text(str(os.getpid()), encoding="utf-8")
        try:
            _wait(process, port)
            _welcome(port, show_log)
            return process.wait()
        except KeyboardInterrupt:
            say("stopping …")
            return 0
        finally:
            _end(process)
            PID.unlink(missing_ok=True)


def _prepare(odoo, fresh):
    """Have the database, at the addon's present state; its data is kept unless ``fresh``."""
    databases = Databases(odoo.server)
    templates = Templates()
    wanted = {"addon": templates.addon_hash(), "odoo": odoo.source.identity}
    if fresh and databases.exists(RUN_DB):
        say(f"dropping {RUN_DB}, as asked")
        databases.drop(RUN_DB)
    if not databases.exists(RUN_DB):
        databases.drop(f"{RUN_DB}_tmp")
        with templates.hold(demo=True) as template, step(f"making {RUN_DB}"):
            _copy(templates, databases, template, f"{RUN_DB}_tmp")
            databases.set_note(f"{RUN_DB}_tmp", **wanted)
            databases.rename(f"{RUN_DB}_tmp", RUN_DB)
        return
    note = databases.note(RUN_DB)
    if note == wanted:
        return
    module = ADDON if note.get("odoo") == wanted["odoo"] else "base"
    with step(f"upgrading {RUN_DB} to the present source (its data is kept; --fresh makes it anew)"):
        args = ("-d", RUN_DB, "-u", module, "--stop-after-init", "--no-http", "--max-cron-threads=0")
        odoo.call(*args, what=f"upgrading {RUN_DB}", log=STATE / "upgrade.log")
        databases.set_note(RUN_DB, **wanted)


def _copy(templates, target, template, name):
    """Copy a template to the run server: a clone when it is the same server, else dumped and restored."""
    source = templates.databases.server
    if not source.embedded:
        target.clone(template, name)
        return
    between, dump = templates.clone(template, "dump"), STATE / "demo.dump"
    remove(dump)
    try:
        _program(source.programs / "pg_dump", source, "-Fd", "-Z1", "-j2", "-f", dump, between)
        target.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        _program(source.programs / "pg_restore", target.server, "--no-owner", "-j2", "-d", name, dump)
    finally:
        templates.databases.drop(between)
        remove(dump)
    copy_tree(filestore(template), filestore(name))


def _program(program, server, *args):
    """Run a PostgreSQL client program on ``server``."""
    command = [str(part) for part in (program, "-h", server.host, "-U", server.user, *args)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise DevError(f"{program.name} failed: {done.stderr.strip().splitlines()[0]}")


def _need_port(port):
    """Raise when something else listens at ``port``."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            if probe.connect_ex((address, port)) == 0:
                raise DevError(f"port {port} is taken: stop what uses it (./dev stop?) or choose another, --port 8070.")


def _free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process, port):
    """Wait until the login page is answered."""
    url = f"http://localhost:{port}/web/login"
    with step("starting Odoo"):
        for _second in range(300):
            if process.poll() is not None:
                raise DevError(f"Odoo stopped while starting: {first_error(LOG) or 'no reason given'} (see {LOG})")
            try:
                with urllib.request.urlopen(url, timeout=60) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                raise DevError(f"the login page answers {error.code}: {first_error(LOG)} (see {LOG})") from error
            except OSError:
                time.sleep(0.5)
    raise DevError(f"Odoo did not answer within five minutes (see {LOG})")


def _welcome(port, show_log):
    """Print where to go."""
    lines = [
        f"Odoo is ready:   http://localhost:{port}",
        f"database:        {RUN_DB} (demo data, English and Chinese)",
        "login:           admin    password: admin",
        f"sent mail:       {MAIL} (nothing leaves this machine)",
        *([] if show_log else [f"log:             {LOG}"]),
        "stop:            Ctrl-C here, or ./dev stop",
    ]
    width = max(map(len, lines))
    print("\n".join(["", "=" * width, *lines, "=" * width, ""]), flush=True)


def _end(process):
    """End the Odoo process, at first politely."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _interrupt(*_signal):
    """Treat SIGTERM like Ctrl-C."""
    raise KeyboardInterrupt


def stop():
    """Stop what runs from this checkout: the server, then PostgreSQL."""
    stopped = []
    try:
        pid = int(PID.read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGTERM)
        for _tenth in range(250):
            os.kill(pid, 0)
            time.sleep(0.1)
    except (FileNotFoundError, ValueError):
        pass
    except ProcessLookupError:
        stopped = ["Odoo"]
    PID.unlink(missing_ok=True)
    stopped += [f"PostgreSQL ({kind})" for kind in pg.stop_embedded()]
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
