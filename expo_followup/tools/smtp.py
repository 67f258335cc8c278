"""What a mail server's refusal means: wait until the server works, try the letter again, or tell a person."""

import smtplib

# Minutes to wait before the next try, as mail servers themselves do: soon at first, then rarely.
RETRY_MINUTES = (5, 30, 120, 480, 1440)
# Minutes until mail that waits for its server is tried again: a few sign-ins an hour lock no account.
SERVER_RETRY_MINUTES = 15
# Replies to any command of a client that has not signed in as the server wants (RFC 4954 §6).
NOT_SIGNED_IN = {530, 534, 535, 538}
# The message is too large, as announced with its sender (RFC 1870 §6.2).
TOO_LARGE = 552


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
        if classes := _get_reply_classes(cause):
            # Of several recipients one may still be reached; who was refused for good is refused again.
            return 4 in classes
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
    return any(_get_reply_classes(cause) == {5} for cause in refused)


def is_server_trouble(error: BaseException | None, failure_type: str | None) -> bool:
    """Tell whether a mail waits for its mail server, or for our settings of it: the next mail would fare the same.

    So does whatever keeps us from greeting the server and signing in, and a refusal of our sender (RFC 5321 §3.1, §3.3,
    §4.1.1.1). A refusal of the recipient or of the content is that mail's own, and so is a connection that is lost
    while the mail is handed over: else one mail that the server cannot take would hold up all others.

    :param error: what sending raised, or what was raised from it
    :param failure_type: Odoo's type of the failure; ``mail_smtp`` is given where no session could be opened

    >>> is_server_trouble(smtplib.SMTPConnectError(554, b"5.7.1 no service for you"), "mail_smtp")
    True
    >>> is_server_trouble(smtplib.SMTPSenderRefused(553, b"5.7.1 not your address", "fair@ours.example"), "unknown")
    True
    >>> is_server_trouble(smtplib.SMTPSenderRefused(552, b"5.3.4 too large", "fair@ours.example"), "unknown")
    False
    >>> is_server_trouble(smtplib.SMTPRecipientsRefused({"x@x.example": (550, b"5.1.1 no such user")}), "unknown")
    False
    >>> is_server_trouble(smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "unknown")
    False
    """
    if failure_type == "mail_smtp":
        return True
    for cause in _causes(error):
        if codes := _get_reply_codes(cause):
            if isinstance(cause, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
                return codes <= NOT_SIGNED_IN
            return not (isinstance(cause, smtplib.SMTPSenderRefused) and codes == {TOO_LARGE})
    return False


def _causes(error):
    """Yield an error and what it was raised from, the nearest first."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _get_reply_codes(error):
    """Return the codes of the replies that an error carries, which may be none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = [reply[0] for reply in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [error.smtp_code]
    else:
        replies = []
    return {code for code in replies if isinstance(code, int) and code // 100 in (4, 5)}


def _get_reply_classes(error):
    """Return the classes of the replies that an error carries: 4, 5, both or none."""
    return {code // 100 for code in _get_reply_codes(error)}


def retry_delay(failures: int) -> int | None:
    """Return the minutes to wait after the n-th failure, None when it is time to give up.

    >>> [retry_delay(n) for n in (1, 2, 6)]
    [5, 30, None]
    """
    return RETRY_MINUTES[failures - 1] if 1 <= failures <= len(RETRY_MINUTES) else None
