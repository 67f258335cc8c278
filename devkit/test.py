"""``./dev test``: pytest on throw-away clones of the prepared databases.

``tests/`` runs on a database without demo data, ``tests/demo/`` on one with it, each in a process of its own.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from . import pg
from .base import DevError, bound, say
from .odoo import Odoo
from .paths import ROOT, STATE
from .system import ensure_programs
from .templates import Templates

TESTS = ROOT / "tests"
DEMO = TESTS / "demo"
NOTHING_COLLECTED = 5
HELP = """\
usage: ./dev test [--allow-skip] [PYTEST ARGS]

  ./dev test                          every test, browser tours included
  ./dev test tests/test_x.py -k name  some tests
  ./dev test --allow-skip             a skipped test is no failure

Anything else goes to pytest (see its own --help through: ./dev test -- --help).
"""


def run_tests(args):
    """Run pytest with ``args``; returns the exit status (0 only when all that was selected passed)."""
    if args[:1] in (["-h"], ["--help"]):
        print(HELP, end="")
        return 0
    args = args[1:] if args[:1] == ["--"] else args
    signal.signal(signal.SIGTERM, _interrupt)
    runs = split(args)
    ensure_programs()
    templates = Templates(Odoo(pg.TEST))
    codes = [_run(templates, demo, arguments) for demo, arguments in runs]
    bad = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    if bad:
        return bad[0]
    if set(codes) == {NOTHING_COLLECTED}:
        say("no test was selected.")
        return NOTHING_COLLECTED
    return 0


def split(args):
    """The pytest processes that ``args`` ask for, as ``[(demo, pytest arguments)]``."""
    paths = [arg for arg in args if _is_test_path(arg)]
    rest = [arg for arg in args if arg not in paths]
    if not paths:
        runs = [(False, [*rest, f"--ignore={DEMO}", str(TESTS)])]
        if any(DEMO.rglob("test_*.py")):
            runs.append((True, [*rest, str(DEMO)]))
        return runs
    inside = [path for path in paths if DEMO in (_resolve(path), *_resolve(path).parents)]
    outside = [path for path in paths if path not in inside]
    runs = [(False, [*rest, f"--ignore={DEMO}", *outside])] if outside else []
    return runs + ([(True, [*rest, *inside])] if inside else [])


def _resolve(arg):
    """The file or folder of a pytest argument such as ``tests/test_x.py::TestX``."""
    return Path(arg.partition("::")[0]).resolve()


def _is_test_path(arg):
    """Whether a pytest argument names something under tests/."""
    return not arg.startswith("-") and TESTS in (_resolve(arg), *_resolve(arg).parents) and _resolve(arg).exists()


def _run(templates, demo, arguments):
    """One pytest process on a clone of its own; returns its exit status."""
    with templates.throw_away(demo, "run") as (name, template):
        return _pytest(templates.odoo, name, template, demo, arguments)


def _pytest(odoo, name, template, demo, arguments):
    """Run pytest on database ``name``, a clone of ``template``; returns its exit status."""
    config = STATE / f"odoo-{name}.conf"
    try:
        odoo.write_config(
            config, db_name=name, dbfilter=f"^{name}$", max_cron_threads=0, screenshots=STATE / "screenshots"
        )
        environment = odoo.environment(config)
        environment.update(
            EXPO_TEST_DEMO=str(int(demo)), EXPO_TEST_DATABASE=name, EXPO_TEST_TEMPLATE=template,
            PYTHONDONTWRITEBYTECODE="1",
        )  # fmt: skip
        command = [
            sys.executable, "-m", "pytest", f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml"), "--odoo-http",
            f"--odoo-config={config}", "--odoo-log-level=warn", "--odoo-extra=no-database-list", *arguments,
        ]  # fmt: skip
        process = subprocess.Popen(bound(command), env=environment, cwd=Path.cwd())
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait(30)
            raise
    finally:
        config.unlink(missing_ok=True)


def _interrupt(*_signal):
    """Treat SIGTERM like Ctrl-C, so that clones are dropped."""
    raise KeyboardInterrupt


def need_environment():
    """Raise when a test process was not started by ./dev."""
    if not os.environ.get("EXPO_TEST_DATABASE"):
        raise DevError("run the tests with ./dev test (it takes pytest's arguments).")
