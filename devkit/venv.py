"""A suitable CPython and the venv with everything Odoo, the tests and the checks import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .base import DevError, digest, lock, need_disk, remove, run, step
from .paths import ROOT, cache

OLDEST, NEWEST = (3, 10), (3, 13)
REQUIREMENTS = (ROOT / "requirements-dev.txt", ROOT / "devkit" / "requirements-odoo.txt")
#: Odoo's own source is no pip package; this line of a .pth file puts it at the end of the path of every process
#: that ./dev starts, whichever source is in use.
PTH = "import os, sys; sys.path.extend(filter(None, [os.environ.get('EXPO_ODOO_HOME')]))\n"
PROBE = "import sys, ensurepip; print(sys.implementation.name, *sys.version_info[:2], sys.executable)"


def find_python():
    """A CPython between 3.10 and 3.13: the running one, else the first on PATH.

    :raises DevError: when there is none, naming what was found.
    """
    names = ["python3", *(f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1))]
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    candidates = [shutil.which(name, path=folder or ".") for name in names for folder in folders]
    seen = []
    for candidate in dict.fromkeys(filter(None, [sys.executable, *candidates])):
        version = _probe(candidate)
        if version and OLDEST <= version[0] <= NEWEST:
            return Path(version[1])
        if version:
            seen.append(".".join(map(str, version[0])))
    found = f"found only {', '.join(sorted(set(seen)))}" if seen else "found none that can make a venv"
    advice = "on Debian: apt install python3-venv"
    raise DevError(f"CPython 3.10 to 3.13 with the venv module is needed ({found}); {advice}.")


def _probe(python):
    """``((major, minor), path)`` of a working CPython that can make venvs, else None."""
    try:
        answer = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.stdout.split(maxsplit=3)
    if answer.returncode or len(words) != 4 or words[0] != "cpython":
        return None
    return (int(words[1]), int(words[2])), words[3].strip()


def ensure_venv():
    """The folder of a finished venv, made first when needed: one per Python and per content of the requirements."""
    python = find_python()
    wanted = "".join(path.read_text(encoding="utf-8") for path in REQUIREMENTS)
    home = cache() / "venv" / f"{python.name}-{digest(python, wanted, PTH)}"
    marker = home / ".complete"
    if marker.exists():
        return home
    with lock(cache() / "venv.lock", what="the Python packages"):
        if not marker.exists():
            need_disk(cache(), 1000, what="the Python environment")
            with step("installing the Python packages (about 150 MB, once)"):
                _build(python, home)
            marker.touch()
    return home


def _build(python, home):
    """Make the venv in its final place (venvs cannot be moved); a half-made one is made anew."""
    remove(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    run([python, "-m", "venv", home], what="making the Python environment")
    pip = [home / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--prefer-binary"]
    run([*pip, "--quiet", "--upgrade", "pip", "setuptools", "wheel"], what="installing pip")
    shown = sys.stderr.isatty()
    what = "installing the Python packages (is the network up?)"
    run([*pip, *([] if shown else ["--quiet"]), "-r", REQUIREMENTS[0]], what=what, quiet=not shown)
    site = next((home / "lib").glob("python3*/site-packages"))
    (site / "expo_odoo_home.pth").write_text(PTH, encoding="utf-8")
