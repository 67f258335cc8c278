"""Where a text names a person. Nothing here knows Odoo."""

import re


def names(text, name):
    """Tell whether a text names a person: as whole words, where a script has words.

    >>> names("Accepted: Li (Purchasing)", "Li"), names("Liu Wei", "Li"), names("王伟经理", "王伟"), names("", "Li")
    (True, False, True, False)
    """
    return bool(text and name) and bool(name_pattern(name).search(text))


def name_pattern(name):
    """Return the pattern that finds a name as whole words."""
    words = re.escape(name.strip())
    return re.compile(rf"(?<!\w){words}(?!\w)" if name.isascii() else words, re.IGNORECASE)
