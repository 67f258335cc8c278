"""Debian packages from another suite of the machine's own mirror, without touching the machine.

A private apt root (own lists, own cache, own source list) asks the mirror that the machine is configured for, checks
the archive's signature with the machine's keyring, and downloads packages that are only unpacked, never installed.
Works as root and as any other user.
"""

import os
import re
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

from .base import DevError, remove, run, say, sha256, step, which

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
INDEX = re.compile(r"^'([^']+)/dists/([^/']+)/InRelease'")
FILE = re.compile(r"^'(?P<uri>[^']+)' (?P<name>\S+) (?P<size>\d+) SHA256:(?P<sha>[0-9a-f]{64})")
HOOKS = ("APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "DPkg::Post-Invoke")


def usable():
    """Whether this is a Debian with the programs that are needed."""
    return _os_release().get("ID") == "debian" and which("apt-get") and which("dpkg-deb") and which("tar")


def _os_release():
    """/etc/os-release as a dictionary ({} when there is none)."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key: "".join(shlex.split(value)) for key, _sign, value in pairs}


def mirror():
    """The address of the Debian archive that this machine's apt is configured for.

    :raises DevError: when apt knows no archive of this machine's release.
    """
    listed = run(["apt-get", "update", "--print-uris"], what="reading apt's sources", env=_plain_env())
    found = [match.groups() for line in listed.splitlines() if (match := INDEX.match(line))]
    for suite in (_os_release().get("VERSION_CODENAME"), "sid", "unstable", "testing", "stable"):
        for uri, name in found:
            if name == suite:
                return uri
    raise DevError("apt's sources name no Debian archive of this release: check /etc/apt/sources.list.")


def _plain_env():
    """The environment with messages in English."""
    return {**os.environ, "LC_ALL": "C"}


class PrivateApt:
    """An apt of our own below ``folder`` that sees ``suites`` of the machine's mirror."""

    def __init__(self, folder, suites):
        self.folder = folder
        self.suites = suites
        self.conf = folder / "apt.conf"

    def prepare(self):
        """Write the configuration and fetch the (signed) package lists."""
        for name in ("state/lists/partial", "cache/archives/partial", "empty"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "state" / "status").touch()
        uri = mirror()
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        sources = [f"deb {signed}{uri} {suite} main\n" for suite in self.suites]
        (self.folder / "sources.list").write_text("".join(sources), encoding="utf-8")
        self.conf.write_text(self._settings(), encoding="utf-8")
        with step(f"fetching the package lists of {' and '.join(self.suites)}"):
            self._apt("update", what="fetching Debian's package lists (is the network up?)")

    def _settings(self):
        """The apt configuration that keeps everything below our folder."""
        lines = [
            f'Dir::State "{self.folder}/state";',
            f'Dir::State::status "{self.folder}/state/status";',
            f'Dir::Cache "{self.folder}/cache";',
            f'Dir::Etc::sourcelist "{self.folder}/sources.list";',
            'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";',
            'Dir::Etc::preferencesparts "/dev/null";',
            'APT::Sandbox::User "";',
            'APT::Update::Error-Mode "any";',
            'Acquire::Languages "none";',
            'Acquire::Retries "2";',
            *(f"#clear {name};" for name in HOOKS),
        ]
        return "\n".join(lines) + "\n"

    def _apt(self, *args, what, cwd=None):
        """Run apt-get with our configuration."""
        return run(["apt-get", "-q", "-c", self.conf, *args], what=what, cwd=cwd or self.folder, env=_plain_env())

    def resolve(self, packages):
        """What the archive offers for ``packages`` ('name' or 'name/suite'): a list of {uri, name, size, sha}."""
        listed = self._apt(
            "download", "--print-uris", *packages, what="looking up Odoo's packages", cwd=self.folder / "empty"
        )
        files = [match.groupdict() for line in listed.splitlines() if (match := FILE.match(line))]
        if len(files) != len(packages):
            raise DevError(f"Debian's archive offers {len(files)} of the {len(packages)} packages that Odoo needs.")
        return files

    def download(self, packages, files, folder):
        """Have every package file in ``folder``, checked against the signed list; finished ones are kept."""
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {item["name"]: item for item in files}
        for path in folder.glob("*.deb"):
            if path.name not in wanted or sha256(path) != wanted[path.name]["sha"]:
                remove(path)
        missing = sum(int(item["size"]) for name, item in wanted.items() if not (folder / name).exists())
        if not missing:
            return
        say(f"downloading {missing / 1e6:.0f} MB of Debian packages …")
        with Progress(folder, missing, keep=sum(path.stat().st_size for path in folder.glob("*.deb"))):
            self._apt("download", *packages, what="downloading Odoo (is the network up?)", cwd=folder)
        for name, item in wanted.items():
            if sha256(folder / name) != item["sha"]:
                remove(folder / name)
                raise DevError(f"{name} arrived damaged and was deleted; run the same command again.")


class Progress(threading.Thread):
    """Says every few seconds how much of ``total`` bytes has arrived in ``folder``."""

    def __init__(self, folder, total, keep=0):
        super().__init__(daemon=True)
        self.folder, self.total, self.keep = folder, total, keep
        self.done = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_details):
        self.done.set()
        self.join()

    def run(self):
        """Look at the folder until told to stop."""
        begin = time.monotonic()
        every = 2 if sys.stderr.isatty() else 10
        while not self.done.wait(every):
            here = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()) - self.keep
            speed = here / max(time.monotonic() - begin, 1)
            say(f"  {here / 1e6:.0f} of {self.total / 1e6:.0f} MB ({speed / 1e6:.1f} MB/s)")


def unpack(package, folder, exclude=()):
    """Put the files of one .deb below ``folder`` (nothing is installed, no script of the package runs)."""
    packed = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE)
    options = [f"--exclude={pattern}" for pattern in exclude]
    taken = subprocess.run(
        ["tar", "-x", "--no-same-owner", "-C", str(folder), *options],
        stdin=packed.stdout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    packed.stdout.close()
    if packed.wait() or taken.returncode:
        why = (taken.stderr or "").strip().splitlines()
        raise DevError(f"unpacking {package.name} failed: {why[-1] if why else 'the file is damaged'}.")
