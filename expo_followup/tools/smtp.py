"""What a mail server's refusal means: try again, or tell a person."""

import smtplib

# Minutes to wait before the next try, as mail servers themselves do: soon at first, then rarely.
RETRY_MINUTES = (5, 30, 120, 480, 1440)


def is_temporary(error: BaseException | None, failure_type: str | None) -> bool:
    """Tell whether a failed mail may succeed later (RFC 5321 §4.2.1: 4yz is transient, 5yz permanent).

    The reply code is read from the exception, never from a text: a text may hold an address, and addresses hold digits.
    A lost or refused connection (RFC 5321 §4.5.4.1) is transient as well.

    :param error: what sending raised, or what was raised from it
    :param failure_type: Odoo's type of the failure, for an error that says nothing; ``mail_smtp`` is no connection

    >>> is_temporary(smtplib.SMTPDataError(451, b"4.3.0 try again later"), "unknown")
    True
    >>> is_temporary(smtplib.SMTPRecipientsRefused({"user451@x.example": (550, b"5.1.1 no such user")}), "unknown")
    False
    >>> is_temporary(TimeoutError(), "unknown"), is_temporary(ValueError("451"), "unknown")
    (True, False)
    >>> is_temporary(None, "mail_smtp")
    True
    """
    for cause in _causes(error):
        if codes := _reply_codes(cause):
            # Of several recipients one may still be reached; who was refused for good is refused again.
            return 4 in codes
        if isinstance(cause, smtplib.SMTPServerDisconnected) or (
            isinstance(cause, OSError) and not isinstance(cause, smtplib.SMTPException)
        ):
            return True
    return failure_type == "mail_smtp"


def is_address_refused(error: BaseException | None) -> bool:
    """Tell whether the mail server refused the recipient for good: the address is wrong (RFC 5321 §3.3).

    >>> is_address_refused(smtplib.SMTPRecipientsRefused({"user451@x.example": (550, b"5.1.1 no such user")}))
    True
    >>> is_address_refused(smtplib.SMTPDataError(554, b"5.7.1 rejected as spam"))
    False
    """
    refused = (cause for cause in _causes(error) if isinstance(cause, smtplib.SMTPRecipientsRefused))
    return any(_reply_codes(cause) == {5} for cause in refused)


def _causes(error):
    """Yield an error and what it was raised from, the nearest first."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _reply_codes(error):
    """Return the classes of the replies that an error carries: 4, 5, both or none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = [reply[0] for reply in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [error.smtp_code]
    else:
        replies = []
    return {code // 100 for code in replies if isinstance(code, int)} & {4, 5}


def retry_delay(failures: int) -> int | None:
    """Return the minutes to wait after the n-th failure, None when it is time to give up.

    >>> [retry_delay(n) for n in (1, 2, 6)]
    [5, 30, None]
    """
    return RETRY_MINUTES[failures - 1] if 1 <= failures <= len(RETRY_MINUTES) else None
