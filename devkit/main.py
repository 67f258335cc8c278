"""First stage of ``./dev``: under whatever Python started it, prepare a venv, then go on inside that venv."""

import os
import sys

from .base import DevError, say
from .cli import parse
from .paths import ROOT

STAGE = "EXPO_DEV_STAGE"


def main(argv):
    """Run ``./dev`` with ``argv``; returns the exit status. Expected trouble is one sentence and status 1."""
    try:
        options = parse(argv)
        if os.environ.get(STAGE) != _stage_mark():
            _enter_venv(argv)
        return options.call(options) or 0
    except DevError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the same command takes up where it stopped.")
        return 130
    except OSError as error:
        if error.errno == 28:
            say(f"no space left on the disk ({error.filename or 'while writing'}).")
            return 1
        raise


def _stage_mark():
    """What tells the second stage that it already runs in the prepared venv."""
    return f"{sys.prefix}:{ROOT}"


def _enter_venv(argv):
    """Prepare the venv and replace this process by the same command inside it."""
    from .source import importable_home
    from .venv import ensure_venv

    home = ensure_venv()
    python = home / "bin" / "python"
    env = {key: value for key, value in os.environ.items() if key not in {"PYTHONHOME", "PYTHONPATH"}}
    if found := importable_home():
        env["EXPO_INSTALLED_ODOO"] = str(found)
    env[STAGE] = f"{home}:{ROOT}"
    env["PATH"] = f"{home / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PYTHONUTF8"] = "1"
    sys.stdout.flush()
    os.execve(python, [str(python), str(ROOT / "dev"), *argv], env)
