"""``./dev test``: pytest on throw-away clones of the prepared databases.

``tests/`` runs on a database without demo data, ``tests/demo/`` on one with it, each in a pytest of its own. The whole
of them is shared out by pytest-xdist among as many processes as there are processors, each with a clone of its own.
"""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
#: Processes at a time when no number is given: each takes up to a gigabyte of memory.
MOST = 4
#: Options of pytest that show or ask something while a test runs: that needs one process, which has the terminal.
ALONE = {"-s", "--capture=no", "--pdb", "--trace", "--co", "--collect-only"}
HELP = """\
usage: ./dev test [-n NUMBER] [--allow-skip] [PYTEST ARGS]

  ./dev test                          every test, browser tours included
  ./dev test tests/test_x.py -k name  some tests
  ./dev test -n 3                     in three processes at a time (else one per processor for every test, and one
                                      for some)
  ./dev test --full                   the whole mail corpus, not a share of it (some minutes more)
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
    args, count = processes(args)
    runs = split(args)
    ensure_programs()
    templates = Templates(Odoo(pg.TEST))
    with ThreadPoolExecutor(len(runs)) as pool:  # each is built by one process, mostly
        list(pool.map(templates.addon, [demo for demo, _arguments in runs]))
    codes = [_run(templates, demo, arguments, count) for demo, arguments in runs]
    bad = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    if bad:
        return bad[0]
    if set(codes) == {NOTHING_COLLECTED}:
        say("no test was selected.")
        return NOTHING_COLLECTED
    return 0


def processes(args):
    """``args`` without ``-n NUMBER``, and how many processes are to share the tests."""
    rest, wanted = [], None
    given = iter(args)
    for arg in given:
        if arg == "-n":
            wanted = next(given, "")
        elif re.fullmatch(r"-n\d+", arg):
            wanted = arg[2:]
        else:
            rest.append(arg)
    if wanted is None:
        some = any(_is_test_path(arg) for arg in rest) or ALONE.intersection(rest)
        return rest, 1 if some else min(MOST, len(os.sched_getaffinity(0)))
    if not wanted.isdigit():
        raise DevError("-n takes the number of processes: ./dev test -n 2")
    return rest, max(1, int(wanted))


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


def _run(templates, demo, arguments, count):
    """One pytest on ``count`` clones of its own, a process for each; returns its exit status."""
    with templates.throw_away(demo, "run", count) as (names, template):
        return _pytest(templates.odoo, names, template, demo, arguments)


def _pytest(odoo, names, template, demo, arguments):
    """Run pytest on the databases ``names``, clones of ``template``; returns its exit status."""
    config = STATE / f"odoo-{names[0]}.conf"
    try:
        odoo.write_config(
            config, db_name=names[0], dbfilter=f"^{names[0]}$", max_cron_threads=0, screenshots=STATE / "screenshots"
        )
        environment = odoo.environment(config)
        environment.update(
            EXPO_TEST_DEMO=str(int(demo)), EXPO_TEST_DATABASES=" ".join(names), EXPO_TEST_TEMPLATE=template,
            PYTHONDONTWRITEBYTECODE="1",
        )  # fmt: skip
        command = [
            sys.executable, "-m", "pytest", f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml"), "--odoo-http",
            f"--odoo-config={config}", "--odoo-log-level=warn", "--odoo-extra=no-database-list", *_sharing(names),
            *arguments,
        ]  # fmt: skip
        process = subprocess.Popen(bound(command), env=environment, cwd=Path.cwd())
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait(30)
            raise
    finally:
        config.unlink(missing_ok=True)


def _sharing(names):
    """The options that share the tests out by class among one process per database; none for a single one.

    A process that dies is not replaced: its database may be in any state.
    """
    if len(names) == 1:
        return ["-p", "no:xdist"]
    return [f"--numprocesses={len(names)}", "--dist=loadscope", "--no-loadscope-reorder", "--max-worker-restart=0"]


def _interrupt(*_signal):
    """Treat SIGTERM like Ctrl-C, so that clones are dropped."""
    raise KeyboardInterrupt


def need_environment():
    """Raise when a test process was not started by ./dev."""
    if not os.environ.get("EXPO_TEST_DATABASES"):
        raise DevError("run the tests with ./dev test (it takes pytest's arguments).")
