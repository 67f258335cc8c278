"""``./dev lint [--fix]``: every check of the source, on what git knows or would add.

A check is a name and a function that returns what it found, as text ('' when all is well). All of them run; the status
is 1 when one found something.
"""

import os
import subprocess
import sys
from pathlib import Path

from .base import DevError, digest, lock, need_disk, remove, run, say, step, which
from .lint_rules import own_checks
from .paths import ADDON, ROOT, cache
from .structure import count_structure, find_all, find_errors
from .system import NODE, ensure_programs
from .wording import find_wording

PACKAGES = ROOT / "devkit" / "node" / "package.json"
BIN = Path(sys.executable).parent
#: Released wheels that the upgrade tests install, and other people's code.
EXCLUDED = ("tests/upgrade/releases/", f"{ADDON}/static/lib/")
#: pylint-odoo's rules that do not hold here: the README is at the top; core's merge wizard is extended beside the other
#: core models; tiers and steps are few enough to be read whole.
PYLINT_DISABLED = "missing-readme,no-wizard-in-models,no-search-all"
#: OCA's checks that contradict prettier or the shape of this project: its README is at the top, not in the addon, and
#: demo data is partly made by code that reads .csv files of its own.
OCA_DISABLED = "xml-header-wrong,xml-tag-position,xml-field-numeric-without-eval,prefer-readme-rst,file-not-used"
#: It empties a translation that equals its term (a brand), which would count as forgotten here; ./dev i18n formats.
OCA_PO_DISABLED = "po-pretty-format"


def run_lint(*, fix=False):
    """Run all checks; with ``fix`` format the source first. Returns the exit status."""
    files = source_files()
    node = node_tools()
    checks = [
        ("ruff format", lambda: _ruff_format(files, fix)),
        ("ruff", lambda: _ruff(files, fix)),
        ("own rules", lambda: own_checks(files)),
        ("wording", lambda: find_wording(files)),
        ("structure", find_errors),
        ("pylint-odoo", _pylint),
        ("OCA's checks", lambda: _oca(files)),
        ("prettier", lambda: _prettier(node, files, fix)),
        ("eslint", lambda: _eslint(node, files, fix)),
    ]
    failed = []
    for name, check in checks:
        if found := check().strip():
            failed.append(name)
            print(f"--- {name}\n{found}\n", flush=True)
    if failed:
        names = " and ".join(", ".join(failed).rsplit(", ", 1))
        say(f"{names} found something{'' if fix else ' (./dev lint --fix formats)'}.")
        return 1
    say(f"{len(files)} files, nothing found by {', '.join(name for name, _check in checks)}.")
    return 0


def run_report():
    """Print counts of the addon's structure, and every finding. Returns the exit status."""
    for what, number in count_structure().items():
        print(f"{number:>8}  {what}")
    for finding in find_all():
        print(f"{finding.place}: {finding.text}")
    return 0


def source_files():
    """The files that git tracks or would add, as paths relative to the checkout; deleted ones are left out."""
    listed = run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        what="listing the source files", cwd=ROOT,
    )  # fmt: skip
    names = sorted({name for name in listed.split("\0") if name and not name.startswith(EXCLUDED)})
    return [name for name in names if (ROOT / name).is_file()]


def _call(command, **options):
    """The output of a checker that found something, '' when it found nothing."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, **options,
    )  # fmt: skip
    return done.stdout or f"it ended with status {done.returncode}" if done.returncode else ""


def _python(files):
    """The Python files among ``files`` (`dev` has no suffix)."""
    return [name for name in files if name.endswith(".py") or name == "dev"]


def _ruff_format(files, fix):
    """Formatting of Python files."""
    return _call([BIN / "ruff", "format", *(["--quiet"] if fix else ["--check"]), *_python(files)])


def _ruff(files, fix):
    """Ruff's rules, as chosen in pyproject.toml."""
    options = ["--quiet", "--output-format=concise", *(["--fix"] if fix else [])]
    return _call([BIN / "ruff", "check", *options, *_python(files)])


def _pylint():
    """Odoo's own rules for Python."""
    rules = ("--disable=all", "--enable=odoolint", f"--disable={PYLINT_DISABLED}")
    return _call([BIN / "pylint", f"--rcfile={ROOT / 'pyproject.toml'}", *rules, ADDON])


def _oca(files):
    """The community's rules for the data files of an addon and for translations."""
    found = [_call([BIN / "oca-checks-odoo-module", f"--disable={OCA_DISABLED}", ADDON])]
    found += [
        _call([BIN / "oca-checks-po", f"--disable={OCA_PO_DISABLED}", name]) for name in files if name.endswith(".po")
    ]
    return "\n".join(part for part in found if part)


def _prettier(node, files, fix):
    """Formatting of XML, JavaScript, style sheets and configuration."""
    chosen = [name for name in files if name.endswith((".xml", ".js", ".mjs", ".scss", ".json", ".yaml", ".yml"))]
    plugin = node / "node_modules" / "@prettier" / "plugin-xml" / "src" / "plugin.js"
    program = node / "node_modules" / ".bin" / "prettier"
    options = ["--plugin", plugin, "--write" if fix else "--list-different"]
    return _call([program, *options, *chosen]) if chosen else ""


def _eslint(node, files, fix):
    """Rules for JavaScript."""
    chosen = [name for name in files if name.endswith((".js", ".mjs"))]
    program = node / "node_modules" / ".bin" / "eslint"
    return _call([program, *(["--fix"] if fix else []), "--max-warnings=0", *chosen]) if chosen else ""


def node_tools():
    """The folder with prettier, eslint and axe-core, installed first when needed."""
    home = cache() / "node" / digest(PACKAGES.read_text(encoding="utf-8"))
    if (home / ".complete").exists() and which("node"):
        return home
    ensure_programs(NODE, required=True)
    with lock(cache() / "node.lock", what="the checks for XML and JavaScript"):
        if not (home / ".complete").exists():
            need_disk(cache(), 200, what="prettier, eslint and axe-core")
            with step("installing prettier, eslint and axe-core (about 30 MB, once)"):
                remove(home)
                home.mkdir(parents=True)
                (home / "package.json").write_text(PACKAGES.read_text(encoding="utf-8"), encoding="utf-8")
                command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
                what = "installing prettier, eslint and axe-core (is the network up?)"
                run(command, what=what, cwd=home, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"})
            if not (home / "node_modules" / ".bin" / "eslint").exists():
                raise DevError("npm installed no eslint; delete the cache folder and run the same command again.")
            (home / ".complete").touch()
    return home
