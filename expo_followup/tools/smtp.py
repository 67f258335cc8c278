"""What a mail server's refusal means: try again, or tell a person."""

import re

# Minutes to wait before the next try, as mail servers themselves do: soon at first, then rarely.
RETRY_MINUTES = (5, 30, 120, 480, 1440)

_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")


def is_temporary(reason: str, failure_type: str) -> bool:
    """Tell whether a failed mail may succeed later (RFC 5321 §4.2.1: 4yz is transient, 5yz permanent).

    No connection at all (Odoo's ``mail_smtp``) is transient as well.

    >>> is_temporary("(451, b'4.3.0 try again later')", "unknown")
    True
    >>> is_temporary("(550, b'5.1.1 no such user')", "unknown")
    False
    >>> is_temporary("connection refused", "mail_smtp")
    True
    """
    if code := _REPLY_CODE.search(reason or ""):
        return code[1] == "4"
    return failure_type == "mail_smtp"


def retry_delay(failures: int) -> int | None:
    """Return the minutes to wait after the n-th failure, None when it is time to give up.

    >>> [retry_delay(n) for n in (1, 2, 6)]
    [5, 30, None]
    """
    return RETRY_MINUTES[failures - 1] if 1 <= failures <= len(RETRY_MINUTES) else None
