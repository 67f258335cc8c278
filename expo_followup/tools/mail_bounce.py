"""A mail of ours that came back: which one, from whom, for how long, and why.

Servers that follow the standard say so in fields (RFC 3464). Others, among them those of large providers, say it in
words. Odoo's gateway reads the fields only; outside libraries for this are no longer kept, or know no Chinese provider.
"""

import re
from dataclasses import dataclass
from email.message import Message

from .addresses import find_addresses
from .mail_hygiene import QUIET, REPORT_SENDERS, treat_mail
from .raw_mail import MAX_ID, addresses, clean, find_sender, header_text, message_ids

#: A reason is one line: characters.
MAX_REASON = 300
MAX_BLOCKS = 100
#: So much of a text is read: characters.
MAX_TEXT = 50_000
#: Where a report ends and the mail that came back begins.
QUOTE = re.compile(
    r"^[ \t>*_=-]*((this is|below (this line )?is|here is|------ ?this is) (a |the )?(copy|beginning|headers?)\b.*|"
    r"(original|returned) message( (headers?|follows|text|details))?\b.*|(a )?copy of (the|"
    r"your) (original )?message\b.*|"
    r"(原始?邮件|原信|原件|邮件原文|原郵件)(内容|正文|信头|头)?[ \t]*[:：]?[-=_ \t]*|message header follows.*|"
    r"(return-path|received|message-id|dkim-signature):.*)$",
    re.IGNORECASE | re.MULTILINE,
)
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY_CODE = re.compile(
    r"(?:^|[:：(<\"']|\b(?:said|error|code|reply|response|returned|status)|错误|代码|"
    r"返回)[ \t]*([45])([0-7]\d)(?=[ \t\-:#,，。)]|$)",
    re.IGNORECASE | re.MULTILINE,
)
#: Lines of a report that repeat what our mail said.
REPEATED = re.compile(r"^[ \t>*]*(subject|re|主\s*题|标\s*题|主旨|件名)[ \t]*[:：].*$", re.IGNORECASE | re.MULTILINE)
#: What the words of a report mean. The first that fits counts.
DELAYED = re.compile(
    r"(has|have|was|is) (been |being )?delayed|\bdelayed\b.{0,40}(hour|minute|day)|"
    r"delivery (status notification )?\(?delay|"
    r"(still|not yet|yet to) (be(ing)? |been )?(delivered|tr(y|ied))|not (yet )?(been )?delivered yet|delivery warning|"
    r"(will|server is) (continue to |keep |be )?(re)?try(ing)?|do not need to (re)?send|no action is required|"
    r"warning message only|"
    r"投递延迟|延迟投递|暂未送达|尚未送达|继续(尝试|为您|重试|投递|發送)|暂时失败|稍后.{0,6}(重试|再次)|仍在(尝试|"
    r"投递)|(无需|不必|请勿)重(新发送|发)",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(
    r"gave up|giving up|given up|too long|no longer|retry (timeout|time(out)?) exceeded|(message|delivery) expired|"
    r"unable to deliver .{0,40} for|for \d+ (hours|days)\b.{0,60}(deleted|removed)|deleted from queue|停止(重试|"
    r"投递)|不再(重试|尝试|投递)|多次(尝试|重试).{0,8}失败",
    re.IGNORECASE,
)
FULL = re.compile(
    r"(mail ?box|inbox|account|quota|disk|storage)( is| are|'s)? ?.{0,20}(full|exceed|over ?quota|out of)|(over|"
    r"exceed\w*) .{0,20}quota|"
    r"quota (exceeded|full)|(insufficient|not enough|out of) (system |disk |mailbox )?(storage|space)|over ?quota|"
    r"(邮箱|信箱|郵箱|空间|容量|存储).{0,40}(已满|满了|已滿|不足|超出|超过|超限|用完)|超(出|过).{0,8}(容量|配额|空间)",
    re.IGNORECASE,
)
BLOCKED = re.compile(
    r"\bblock(ed|list)|\bspam|black ?list|\bpolicy\b|\b(dmarc|dkim|spf|rbl|dnsbl|dt:spm)\b|reputation|unsolicited|"
    r"not authori[sz]ed|"
    r"access denied|message (was )?(rejected|refused)|content rejected|virus|"
    r"垃圾邮件|反垃圾|黑名单|拦截|屏蔽|拒收|拒绝(接收|收信|您的)|违规|病毒|頻率|频率(过高|超限|限制)",
    re.IGNORECASE,
)
UNKNOWN = re.compile(
    r"(user|mailbox|recipient|account|address|alias|mail ?box)( \S+){0,3} ?(is |was |could |can |does |do |has been )?"
    r"(unknown|not (exist|be found|found|known|listed)|n[o']t (exist|be found|found)|invalid|disabled|inactive|"
    r"unavailable|suspended)|"
    r"(unknown|no such|invalid|bad|nonexistent|non-existent) (local |destination )?(user|mailbox|recipient|account|"
    r"address|domain|host)|"
    r"(does ?n[o']t|doesn’t|do not) (have|exist)|(wasn|couldn)['’]t (be )?found|no mail ?box|"
    r"address (was )?rejected|recipient rejected|"
    r"host (or domain name )?not found|domain .{0,20}not (exist|found)|not our customer|unrout(e)?able|"
    r"non-existent host|"
    r"unbekannt|introuvable|no existe|desconocid|inesistente|nicht gefunden|(没有|無)(这个|此|该)?(用户|帐号|账号|"
    r"收件人)|"
    r"(用户|收件人|收信人|邮箱|信箱|账号|帐号|账户|帐户|地址|域名|郵箱).{0,40}(不存在|无效|有误|错误|已停用|"
    r"被禁用|已注销|找不到)|"
    r"(不存在|无此|查无|找不到)(的|此|该)?.{0,10}(用户|收件人|邮箱|帐号|账号|地址)",
    re.IGNORECASE,
)


PLAIN_ADDRESS = re.compile(r"[\w.+%'/=&-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)


@dataclass(frozen=True)
class Bounce:
    """What a report says of a mail of ours.

    ``kind`` is ``permanent`` (it did not arrive and will not), ``temporary`` (it did not arrive, another may: the
    mailbox is full, the server could not be reached), ``delayed`` (it may still arrive), ``none`` (it arrived, was
    read, or this is no report). ``cause`` is ``unknown`` (no such address), ``full``, ``blocked`` or "".
    ``reason`` is the server's word.
    """

    kind: str = "none"
    addresses: tuple = ()
    message_ids: tuple = ()
    code: str = ""
    cause: str = ""
    reason: str = ""

    @property
    def has_failed(self):
        """Whether the mail did not arrive."""
        return self.kind in ("permanent", "temporary")


def read_bounce(message: Message, text: str = "", *, is_certain: bool = False) -> Bounce:
    r"""Read what a mail server says of a mail of ours. Never raises on what a parser returns.

    :param message: the whole mail, parsed by the lenient policy
    :param text: its decoded text
    :param is_certain: whether it came to an address that nothing but reports comes to

    >>> from email import message_from_string as parse
    >>> head = "From: MAILER-DAEMON@mx.example\nTo: us@ours.example\nSubject: failure notice\n\n"
    >>> text = "Sorry.\n<li@shop.example>:\nno mailbox here by that name (#5.1.1)\n\nMessage-ID: <1@ours.example>\n"
    >>> found = read_bounce(parse(head + text), text)
    >>> found.kind, found.cause, found.code, found.addresses, found.message_ids
    ('permanent', 'unknown', '5.1.1', ('li@shop.example',), ('<1@ours.example>',))
    >>> found.reason
    'no mailbox here by that name (#5.1.1)'
    >>> read_bounce(parse("From: li@shop.example\nSubject: Re: failure notice\n\n"), text).kind
    'none'
    """
    sender, subject = find_sender(message)[1], header_text(message, "Subject")
    kind = treat_mail(message, sender, subject, text).kind
    if kind != "report" and (kind in QUIET or not is_certain):
        return Bounce()
    text = text[:MAX_TEXT]
    quote = QUOTE.search(text)
    told = REPEATED.sub("", text[: quote.start()] if quote and text[: quote.start()].strip() else text)
    blocks = _status_blocks(message)
    actions = [_field(block, "Action").lower() for block in blocks if block["Action"]]
    code = _find_code(blocks, told)
    reason = _find_reason(blocks, told)
    if kind != "report" and not (code or _find_cause(code, told) or GIVEN_UP.search(told)):
        return Bounce()
    failed = [block for block in blocks if _field(block, "Action").lower() in ("", "failed")]
    return Bounce(
        kind=_find_kind(actions, code, _before_ours(subject) + told, reason),
        addresses=_find_failed(message, failed, told, sender),
        message_ids=_find_ids(message, text),
        code=code,
        cause=_find_cause(code, f"{reason}\n{told}"),
        reason=reason,
    )


def _before_ours(subject):
    """What a report's subject says itself: many repeat ours after a colon."""
    return re.split(r"[:：]", subject)[0] + "\n"


def _field(block, name):
    """One value of a field of a report; it may hold anything."""
    return clean(str(block.get(name) or "")) if hasattr(block, "get") else ""


def _status_blocks(message):
    """The blocks of a report that speak of one recipient each; not those of a report that came back itself."""
    parts = message.get_payload() if message.is_multipart() else []
    blocks = []
    for part in parts if isinstance(parts, list) else []:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status") and part.is_multipart():
            blocks += part.get_payload()
        elif kind.startswith("multipart/") and kind != "multipart/alternative":
            blocks += _status_blocks(part)
    known = ("Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code")
    return [block for block in blocks if any(block[name] for name in known)][:MAX_BLOCKS]


def _find_code(blocks, told):
    """The status of RFC 3463: of the first recipient who was not reached, else from the words."""
    texts = [_field(block, name) for name in ("Status", "Diagnostic-Code") for block in blocks]
    for found in filter(None, map(ENHANCED.search, [*texts, told])):
        if found[1] != "2":
            return found[0]
    reply = next(filter(None, map(REPLY_CODE.search, [*texts, told])), None)
    return f"{reply[1]}{reply[2]}" if reply else ""


def _find_kind(actions, code, told, reason):
    if actions and not any(action.startswith(("failed", "delayed")) for action in actions):
        # Delivered, relayed, expanded.
        return "none"
    is_failed = any(action.startswith("failed") for action in actions)
    if not is_failed and (actions or (DELAYED.search(told) and not GIVEN_UP.search(told))):
        return "delayed"
    cause = _find_cause(code, f"{reason}\n{told}")
    if (
        cause == "full"
        or (code.startswith("4") and cause != "unknown")
        or (not code and not cause and GIVEN_UP.search(told))
    ):
        return "temporary"
    return "permanent"


def _find_cause(code, told):
    """Why it failed: by the status where that is exact (RFC 3463 §3), else by the words."""
    detail = code.partition(".")[2]
    if detail in ("2.2", "3.1"):
        return "full"
    if detail in ("1.1", "1.2", "1.3", "1.6", "1.10", "2.1") and not FULL.search(told):
        return "unknown"
    for cause, words in (("full", FULL), ("unknown", UNKNOWN), ("blocked", BLOCKED)):
        # A block is often put as "recipient rejected": the status tells.
        if words.search(told) and not (cause == "unknown" and detail.startswith("7.")):
            return cause
    return "blocked" if detail.startswith("7.") else ""


def _find_failed(message, blocks, told, sender):
    """The addresses that were not reached: from fields, else those that the words name, but ours and the server's."""
    named = [_field(block, name) for block in blocks for name in ("Original-Recipient", "Final-Recipient")]
    found = [one.lower() for text in named for one in find_addresses(text.rpartition(";")[2], in_header=True).addresses]
    found += [address for _name, address in addresses(message, "X-Failed-Recipients")]
    if not found:
        ours = {address for name in ("To", "Cc", "Delivered-To") for _label, address in addresses(message, name)}
        # Words of a language without spaces, or a genitive, may touch an address.
        words = find_addresses(told, in_header=True).addresses or [
            one.strip("'") for one in PLAIN_ADDRESS.findall(told)
        ]
        words = [re.sub("'s$", "", one.lower()) for one in words]
        found = [
            one for one in words if one not in ours and one != sender and one.partition("@")[0] not in REPORT_SENDERS
        ]
    return tuple(dict.fromkeys(found))


def _find_ids(message, text):
    """The identifiers of mails that the report holds or quotes, else of those that it answers."""
    found = []
    for part in message.walk() if message.is_multipart() else []:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            found += message_ids(part.get_payload(0), "Message-ID")
        elif kind == "text/rfc822-headers" and not part.is_multipart():
            head = (part.get_payload(decode=True) or b"").decode("latin-1")
            found += _quoted_ids(head)
    found += _quoted_ids(text)
    found += message_ids(message, "In-Reply-To") + message_ids(message, "References")[::-1]
    own = set(message_ids(message, "Message-ID"))
    return tuple(dict.fromkeys(one for one in found if one not in own))


def _quoted_ids(text):
    return [one for one in re.findall(r"(?i)\bmessage-id[ \t]*[:：]\s*(<[^<>\s]+>)", text) if len(one) <= MAX_ID]


def _find_reason(blocks, told):
    """The server's word: its diagnosis, else the line that holds the status or names the cause."""
    for block in blocks:
        if diagnosis := _field(block, "Diagnostic-Code"):
            return re.sub(r"^[\w.-]+;\s*", "", diagnosis)[:MAX_REASON]
    lines = [clean(line) for line in told.splitlines()]
    for words in (ENHANCED, FULL, UNKNOWN, BLOCKED, REPLY_CODE, GIVEN_UP, DELAYED):
        for line in lines:
            if words.search(line):
                return line[:MAX_REASON]
    return next((line for line in lines if line), "")[:MAX_REASON]
