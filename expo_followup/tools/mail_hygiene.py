"""Is it a person who wrote this mail, or a machine?"""

from email.message import Message


def is_automatic(message: Message) -> bool:
    r"""Tell whether a mail was made by a machine: an out-of-office note, a delivery report, a list's digest.

    RFC 3834 §5 (``Auto-Submitted``, any value but ``no``), RFC 3464 (reports), RFC 5321 §4.5.5 (an empty
    return path asks for no answer). ``X-Auto-Response-Suppress`` alone says nothing: people's mail programs send it.

    >>> from email import message_from_string as parse
    >>> is_automatic(parse("Auto-Submitted: auto-replied (vacation)\n\nI am away"))
    True
    >>> is_automatic(parse("Auto-Submitted: no\nX-Auto-Response-Suppress: All\n\nPlease quote"))
    False
    >>> is_automatic(parse("Return-Path: <>\n\nfailure")), is_automatic(parse("Precedence: auto_reply\n\nhi"))
    (True, True)
    >>> is_automatic(parse("Return-Path: <maria@customer.example>\n\nPlease quote"))
    False
    """
    submitted = str(message.get("Auto-Submitted", "no")).split("(")[0].split(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if message.get_content_type() == "multipart/report":
        return True
    if str(message.get("Return-Path", "")).strip() == "<>":
        return True
    if str(message.get("Precedence", "")).strip().lower() in ("auto_reply", "bulk", "junk"):
        return True
    return any(header in message for header in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
