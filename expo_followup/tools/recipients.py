"""Whole e-mail addresses in texts and headers: ``ann@x.com`` is not in ``joann@x.com``."""

import re

from odoo.tools.mail import email_split_tuples, formataddr


def _pattern(address):
    # An apostrophe belongs to an address inside it (o'ann@…), and to the text at its beginning.
    return re.compile(rf"(?<![\w.%+-])(?<!\w['’]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def has_address(text: str | None, addresses) -> bool:
    """Tell whether a text holds one of these addresses as a whole.

    >>> [has_address(text, ["ann@x.com"]) for text in ("Ann <ANN@x.com>.", "bob@x.com/ann@x.com", "mailto:ann@x.com")]
    [True, True, True]
    >>> [has_address(text, ["ann@x.com"]) for text in ("joann@x.com", "j.ann@x.com", "o'ann@x.com", "ann@x.com.au")]
    [False, False, False, False]
    """
    return bool(text) and any(_pattern(address).search(text) for address in addresses)


def replace_addresses(text: str, addresses, word: str) -> str:
    """Put a word where a text holds one of these addresses.

    >>> replace_addresses("joann@x.com, ann@x.com", ["ann@x.com"], "-")
    'joann@x.com, -'
    """
    for address in addresses:
        text = _pattern(address).sub(lambda _found: word, text)
    return text


def remove_addresses(header: str | None, addresses) -> str:
    """Return a list of recipients without these addresses; one that does not hold them stays as it is written.

    >>> remove_addresses('"Ann, X" <Ann@x.com>, joann@x.com, Bob <bob@x.com>', ["ann@x.com"])
    'joann@x.com, "Bob" <bob@x.com>'
    >>> remove_addresses("Ann@x.com", ["ann@x.com"]), remove_addresses("joann@x.com;bob@x.com", ["ann@x.com"])
    ('', 'joann@x.com;bob@x.com')
    >>> remove_addresses('"ann@x.com" <bob@x.com>', ["ann@x.com"])
    'bob@x.com'
    """
    if not has_address(header, addresses):
        return header or ""
    kept = [pair for pair in email_split_tuples(header) if not has_address(pair[1], addresses)]
    return ", ".join(formataddr(("" if has_address(name, addresses) else name, address)) for name, address in kept)
