"""``./dev bench [NAME…]``: run each ``bench/bench_<NAME>.py`` on a database of its own; show what it measured."""

import subprocess
import sys

from . import pg
from .base import DevError, bound, say, step
from .odoo import Odoo
from .paths import ROOT, STATE
from .templates import Templates

FOLDER = ROOT / "bench"
INSIDE = ROOT / "devkit" / "inside_bench.py"


def run_benchmarks(names):
    """Run the named benchmarks (all without a name); returns the exit status, 1 when one raised an exception."""
    files = chosen(names)
    templates = Templates(Odoo(pg.TEST))
    # Each has its own: what a benchmark sets up is committed.
    return max(_run(templates, path) for path in files)


def _run(templates, path):
    with templates.throw_away(False, "bench") as ([database], _template):
        odoo = templates.odoo
        config = odoo.write_config(STATE / f"odoo-{database}.conf", log_level="warn", max_cron_threads=0)
        try:
            with step(f"measuring {path.stem.removeprefix('bench_')}"):
                command = odoo.command("-d", database, "--", path, program=INSIDE)
                sys.stdout.flush()
                return subprocess.run(bound(command), env=odoo.environment(config), cwd=ROOT, check=False).returncode
        finally:
            config.unlink(missing_ok=True)


def chosen(names):
    """The files for ``names``; a name may be a file, or its name with or without ``bench_``."""
    there = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    if not there:
        raise DevError("there is no benchmark: bench/bench_*.py.")
    wanted = [name.rpartition("/")[2].removesuffix(".py").removeprefix("bench_") for name in names] or list(there)
    if unknown := [name for name in wanted if name not in there]:
        raise DevError(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(there)}.")
    say(f"{len(wanted)} of {len(there)} benchmarks")
    return [there[name] for name in wanted]
