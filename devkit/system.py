"""Programs from Debian that pip cannot give: a browser, the PDF printer and fonts that can show Chinese."""

import os
import shutil
import subprocess
from pathlib import Path

from .base import DevError, lock, root_command, say, step, which
from .paths import cache

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CJK_FOLDERS = ("opentype/noto", "truetype/noto", "truetype/wqy", "truetype/arphic", "truetype/droid")


def _has_cjk():
    """Whether a font that has Chinese characters is installed."""
    if which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip())
    return any(list(Path("/usr/share/fonts", name).glob("*CJK*")) for name in CJK_FOLDERS)


def _has_dejavu():
    """Whether DejaVu Sans is installed (the letters' PDF uses it)."""
    return Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists()


#: What is wanted: Debian package -> test for being there.
WANTED = {
    "chromium": lambda: which(*BROWSERS),
    "wkhtmltopdf": lambda: which("wkhtmltopdf"),
    "poppler-utils": lambda: which("pdftotext"),
    "fonts-noto-cjk": _has_cjk,
    "fonts-dejavu-core": _has_dejavu,
    "fontconfig": lambda: which("fc-list"),
}
NODE = {"nodejs": lambda: which("node", "nodejs"), "npm": lambda: which("npm")}


def ensure_programs(wanted=None, required=False):
    """Install what is missing of ``wanted`` through apt when that needs no password, else say the command to type.

    :param required: raise instead of going on without.
    """
    wanted = wanted or WANTED
    if not (missing := [name for name, there in wanted.items() if not there()]):
        return True
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    prefix = root_command() if shutil.which("apt-get") else None
    problem = "they are not installed"
    if prefix is not None:
        with lock(cache() / "apt.lock", what="apt"):
            problem = _install(prefix, missing)
        if not (missing := [name for name, there in wanted.items() if not there()]):
            return True
    text = f"{', '.join(missing)} cannot be used, {problem}. Type: sudo {command}"
    if required:
        raise DevError(text)
    say(text)
    return False


def _install(prefix, packages):
    """Run apt-get update and install; returns what went wrong as a phrase, '' when nothing did."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2"]
    with step(f"installing {', '.join(packages)} with apt"):
        for action in (["update"], ["install", "--no-install-recommends", *packages]):
            kept = ["env", f"DEBIAN_FRONTEND={env['DEBIAN_FRONTEND']}", "LC_ALL=C"]
            done = subprocess.run(
                [*prefix, *kept, "apt-get", *options, *action],
                env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False,
            )  # fmt: skip
            if done.returncode and action[0] == "install":
                errors = [line for line in done.stdout.splitlines() if line.startswith("E:")] or ["apt-get failed"]
                return f"apt said: {errors[0]}"
    return ""
