"""What every devkit module needs: the error, messages, locks, subprocesses, hashes. Standard library only."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path


class DevError(Exception):
    """Expected trouble (no network, no disk, a port taken …), told to the user as one sentence."""


def say(text):
    """Tell the user what is being done, at once and apart from any program's own output."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def bound(cmd):
    """The command ``cmd``, made to end when this process does, even by ``kill -9`` (nothing goes on half-watched)."""
    words = [str(part) for part in cmd]
    return ["setpriv", "--pdeathsig", "TERM", *words] if shutil.which("setpriv") else words


def run(cmd, *, what, quiet=True, **kwargs):
    """Run ``cmd`` and return its output; a failure becomes a `DevError` that says ``what`` and quotes the last line.

    With ``quiet=False`` the output goes straight to the terminal and '' is returned.
    """
    options = {"text": True, "stdin": subprocess.DEVNULL, **kwargs}
    if quiet:
        options.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not shutil.which(str(cmd[0])):
        raise DevError(f"{what} failed: the program {cmd[0]} is not installed.")
    try:
        done = subprocess.run(bound(cmd), **options, check=False)
    except OSError as error:
        raise DevError(f"{what} failed: {error}.") from error
    if done.returncode:
        raise DevError(f"{what} failed: {_reason(done.stdout, done.returncode)}")
    return done.stdout or ""


def _reason(output, code):
    """The line of ``output`` that best says why a program ended with ``code``."""
    lines = [line.strip() for line in (output or "").splitlines() if line.strip()]
    for word in ("No space left", "E: ", "ERROR:", "FATAL", "CRITICAL", "Error"):
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else f"it ended with status {code} (its messages are above)."


@contextlib.contextmanager
def lock(path, *, what):
    """Hold the lock file ``path``; when another process has it, say ``what`` is waited for and wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another ./dev that is busy with {what} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def step(text):
    """Say that ``text`` begins and, when it took more than two seconds, how long it lasted."""
    say(f"{text} …")
    begin = time.monotonic()
    yield
    spent = time.monotonic() - begin
    if spent > 2:
        say(f"{text}: done in {spent:.0f} s")


def write_atomic(path, text):
    """Write ``text`` to ``path`` so that a reader sees the old or the new file, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temp.write_text(text, encoding="utf-8")
    temp.replace(path)


def digest(*parts, length=10):
    """A short hexadecimal name for ``parts`` (any values with a stable ``str``)."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:length]


def digest_files(folder, ignored=("__pycache__",)):
    """A hash over names and contents of every file under ``folder`` whose path has no part like one of ``ignored``."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(fnmatch(part, pattern) for part in inner.parts for pattern in ignored):
            continue
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # an editor's short-lived file, a folder
            content = hashlib.sha256(path.read_bytes()).digest()
            total.update(f"{inner}\0".encode() + content)
    return total.hexdigest()


def sha256(path):
    """The SHA256 of one file, read in pieces."""
    total = hashlib.sha256()
    with open(path, "rb") as handle:
        for piece in iter(lambda: handle.read(1 << 20), b""):
            total.update(piece)
    return total.hexdigest()


def need_disk(folder, megabytes, *, what):
    """Raise unless the disk of ``folder`` has ``megabytes`` free for ``what``."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise DevError(f"{what} needs {megabytes} MB of disk under {folder}, only {free} MB are free.")


def remove(path):
    """Delete a file or folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def root_command():
    """The prefix that runs a command as root without asking: [] as root, ['sudo', '-n'], or None when impossible."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def which(*names):
    """The first program of ``names`` that is on PATH, as a Path, else None."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    return None
