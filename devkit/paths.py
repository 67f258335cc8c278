"""Where things are: the checkout, its ignored folder ``.dev``, the cache that clones share, the addon's manifest."""

import ast
import os
from pathlib import Path

from .base import DevError, digest

ROOT = Path(__file__).resolve().parent.parent
ADDON = "expo_followup"
ADDON_DIR = ROOT / ADDON
STATE = ROOT / ".dev"
DATA = STATE / "data"
CHECKOUT = digest(ROOT, length=8)
RUN_DB = "expo_demo"
LANGUAGES = ("en_US", "zh_CN")


def cache():
    """The folder shared by all clones: ``$EXPO_CACHE``, else under ``$XDG_CACHE_HOME``, else ``~/.cache``."""
    if own := os.environ.get("EXPO_CACHE"):
        return Path(own).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser() / ADDON


def cluster_home():
    """Where embedded PostgreSQL keeps its data.

    ``.dev`` of the checkout; but PostgreSQL never runs as root, and its system user cannot enter a folder below /root
    (or any other that shuts strangers out), so root's clusters of such checkouts live in /var/cache.
    """
    if os.geteuid() == 0 and any(not _open_to_all(folder) for folder in (ROOT, *ROOT.parents)):
        return Path("/var/cache") / ADDON / CHECKOUT
    return STATE


def _open_to_all(folder):
    """Whether any user may pass through ``folder``."""
    return bool(folder.stat().st_mode & 0o001)


def manifest():
    """The addon's manifest as a dictionary, read anew each time."""
    path = ADDON_DIR / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DevError(f"{path.relative_to(ROOT)} is missing.") from error
    except (ValueError, SyntaxError) as error:
        raise DevError(f"{path.relative_to(ROOT)} is not a plain dictionary: {error}.") from error
