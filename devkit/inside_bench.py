"""Runs inside an Odoo process: a benchmark, on a throw-away database: what it commits stays there.

``python inside_bench.py ODOO_ARGS… -- FILES…``. A benchmark is a file with ``def run(env, report)``; each call of
``report(name, value, unit, base=None, aim=None, **extra)`` is one figure: ``base`` is what a ratio was divided by,
``aim`` the most it should be (the least, for the unit "times").
"""

import gc
import json
import runpy
import sys
import time
import traceback
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

WIDTHS = (66, 12, 8, 12, 10, 6)
TITLES = ("what", "value", "unit", "base", "aim", "")


class Report:
    """The figures of all benchmarks, printed as they come and once more at the end."""

    def __init__(self):
        self.rows, self.bench = [], ""

    def __call__(self, name, value, unit, base=None, aim=None, **extra):
        """Print one figure as a line of JSON and as a row of the table."""
        more = unit == "times"
        met = None if aim is None else bool(value >= aim if more else value <= aim)
        figure = {"bench": self.bench, "name": name, "value": value, "unit": unit, "base": base, "aim": aim, "met": met}
        print(json.dumps({**figure, **extra}, default=str), flush=True)
        sign = "" if aim is None else "≥ " if more else "≤ "
        verdict = {None: "", True: "ok", False: "MISSED"}[met]
        cells = (f"{self.bench}: {name}", number(value), unit, number(base), sign + number(aim), verdict)
        self.rows.append(cells)
        print(row(cells), flush=True)

    def overview(self):
        """Print the table of all figures."""
        print("\n" + row(TITLES) + "\n" + "-" * (sum(WIDTHS) + len(WIDTHS) - 1))
        print("\n".join(map(row, self.rows)), flush=True)


def number(value):
    """A number in as few characters as tell it well, '' for None."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def row(cells):
    """One row of the table: the first column to the left, numbers to the right."""
    name = cells[0] if len(cells[0]) <= WIDTHS[0] else f"{cells[0][: WIDTHS[0] - 1]}…"
    rest = (f"{cell:>{width}}" for cell, width in zip(cells[1:], WIDTHS[1:], strict=True))
    return " ".join((f"{name:<{WIDTHS[0]}}", *rest)).rstrip()


def measure(registry, path, report):
    """Run one benchmark; returns whether it ended without an exception."""
    report.bench = path.stem.removeprefix("bench_")
    print(f"\n--- {report.bench}", flush=True)
    begin = time.monotonic()
    gc.collect()
    with registry.cursor() as cr:
        try:
            runpy.run_path(str(path))["run"](api.Environment(cr, SUPERUSER_ID, {}), report)
        except Exception:
            traceback.print_exc()
            return False
        finally:
            cr.rollback()
            registry.clear_all_caches()
    print(f"--- {report.bench} took {time.monotonic() - begin:.0f} s", flush=True)
    return True


def main(args):
    """Run the benchmarks named after ``--``; returns the exit status."""
    split = args.index("--")
    files = [Path(name) for name in args[split + 1 :]]
    config.parse_config(args[:split], setup_logging=True)
    server.load_server_wide_modules()
    sys.path.insert(0, str(files[0].parent))
    registry = Registry(config["db_name"][0])
    with registry.cursor() as cr:
        cr.execute("ANALYZE")
    report = Report()
    failed = [path.stem for path in files if not measure(registry, path, report)]
    report.overview()
    if failed:
        print(f"\nfailed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
