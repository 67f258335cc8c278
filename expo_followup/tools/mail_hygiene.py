"""Is it a person who wrote this mail, or a machine?"""

import re
from email.message import Message

from .matching import FREE_MAIL


def _is_automatic(message):
    r"""Tell whether a mail was made by a machine: an out-of-office note, a delivery report, a list's digest.

    RFC 3834 §5 (``Auto-Submitted``, any value but ``no``), RFC 3464 (reports), RFC 5321 §4.5.5 (an empty
    return path asks for no answer). ``X-Auto-Response-Suppress`` alone says nothing: people's mail programs send it.
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


#: With these words mail programs begin the subjects of answers that they write by themselves; some give no other sign.
AUTOMATIC_SUBJECT = re.compile(
    r"\s*[【\[(（「]?\s*(automatic reply|auto[- ]?reply|auto[- ]?response|out of (the )?office( auto[- ]?reply)?|"
    r"automatische antwort|abwesenheit(snotiz|snachricht|sassistent)?|abwesend|r[ée]ponse automatique|"
    r"respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica|automatisch antwoord|autosvar|"
    r"automaattinen vastaus|odpowied[źz] automatyczna|otomatik yan[ıi]t|автоматический ответ|автоответ|"
    r"自动回复|自动答复|自動回覆|自動回复|自動返信(メール)?|"
    r"自動応答|不在通知|不在のお知らせ|자동 ?회신|자동 ?응답)\s*([:：,，\-–—(（\[】\])）」]|$)",
    re.IGNORECASE,
)
REPORT_SENDERS = ("mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "bounce", "bounces")
REPORT_SUBJECT = re.compile(
    r"\s*(undeliver|delivery (status|failure|report|delayed)|returned mail|mail delivery|failure notice|delayed\b|"
    r"mail system error|systems? bounce|message (not delivered|delayed)|unzustellbar|nicht zustellbar|non remis|échec|"
    r"no se puede entregar|配信不能|配信エラー|送信エラー|\S*(退信|退件|无法投递|投递失败|无法送达|未能送达|發送失敗))",
    re.IGNORECASE,
)
NO_REPLY = re.compile(r"(no|not|do[-_.]?not|donot|never)[-_.]?(reply|answer|respond)|noreply|unattended", re.IGNORECASE)


def machine_kind(message: Message, sender: str, subject: str) -> str:
    r"""Tell which machine wrote a mail: ``report`` (a bounce), ``reply`` (an automatic answer), "" for a person.

    Sender and subject are required, because many machines give no other sign. They are compared as whole words: a
    person may be named Mailer, or be the postmaster of a company.

    :param sender: address of the sender, "" when there is none
    :param subject: decoded subject

    >>> from email import message_from_string as parse
    >>> bare = parse("\n")
    >>> machine_kind(parse("Content-Type: multipart/report; boundary=b\n\n"), "", ""), machine_kind(bare, "", "Bowls")
    ('report', '')
    >>> machine_kind(bare, "mailer-daemon@x.example", ""), machine_kind(bare, "postmaster@x.example", "Bowls")
    ('report', '')
    >>> machine_kind(bare, "postmaster@x.example", "系统退信"), machine_kind(bare, "postmaster@163.com", "Bowls")
    ('report', 'report')
    >>> machine_kind(bare, "wang@x.example", "【自动回复】投诉"), machine_kind(bare, "", "Re: Automatic reply: x")
    ('reply', '')
    >>> machine_kind(parse("Auto-Submitted: auto-replied (vacation)\n\nI am away"), "wang@x.example", "Re: Bowls")
    'reply'
    >>> machine_kind(parse("Auto-Submitted: no\nX-Auto-Response-Suppress: All\n\nHi"), "wang@x.example", "Re: Bowls")
    ''
    """
    local, _at, domain = sender.lower().rpartition("@")
    if message.get_content_type() == "multipart/report" or "X-Failed-Recipients" in message:
        return "report"
    # No customer writes as the postmaster of a public mail service.
    if local in REPORT_SENDERS and (local.endswith("daemon") or domain in FREE_MAIL or REPORT_SUBJECT.match(subject)):
        return "report"
    if str(message.get("Return-Path", "")).strip() == "<>" and REPORT_SUBJECT.match(subject):
        return "report"
    return "reply" if _is_automatic(message) or AUTOMATIC_SUBJECT.match(subject) else ""


def is_from_list(message: Message) -> bool:
    r"""Tell whether a mail came through a mailing list, which is not answered by itself (RFC 3834 §2, RFC 2919).

    >>> from email import message_from_string as parse
    >>> is_from_list(parse("List-Id: <talk.x>\n\n")), is_from_list(parse("List-Unsubscribe: <mailto:x@x>\n\n"))
    (True, False)
    """
    return "List-Id" in message or str(message.get("Precedence", "")).strip().lower() == "list"


def reports_failure(message: Message) -> bool:
    r"""Tell whether a report says that a mail did not arrive: not that it was read, is late, or has arrived.

    RFC 3464 §2.3.3 (``Action``), RFC 8098 (read receipts). What says nothing of it is a failure.

    >>> from email import message_from_string as parse
    >>> head = "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/"
    >>> reports_failure(parse(head + "disposition-notification\n\nFinal-Recipient: x\n"))
    False
    >>> [reports_failure(parse(f"{head}delivery-status\n\nReporting-MTA: x\n\nAction: {action}\n"))
    ...  for action in ("failed", "delayed", "Delivered")]
    [True, False, False]
    >>> reports_failure(parse("From: mailer-daemon\n\nSorry"))
    True
    """
    actions = []
    for part in message.walk():
        if part.get_content_type() == "message/disposition-notification":
            return False
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            actions += [str(block["Action"]).strip().lower() for block in part.get_payload() if block["Action"]]
    return not actions or any(action.startswith("failed") for action in actions)


def takes_answers(address: str) -> bool:
    """Tell whether mail to an address is read by a person.

    >>> takes_answers("maria@customer.example"), takes_answers("no-reply@customer.example"), takes_answers("")
    (True, False, False)
    """
    local = address.rpartition("@")[0]
    return bool(local) and not NO_REPLY.search(local) and local.lower() not in REPORT_SENDERS
