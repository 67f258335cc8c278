"""What a mail says on its envelope: who, to whom, which thread, which day. Reading never raises, whatever comes.

Mails of the world are broken: headers in raw GBK bytes, NUL characters, no or several ``Message-ID``, numbers in
subjects whose threading headers a program stripped. The standards are RFC 5322 and RFC 2047; what is here goes by
what mail programs do.
"""

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from .addresses import find_addresses
from .encodings import decode_text, find_encoding

#: Where a mail's way to us may be written; the first ones are the envelope's own word.
RECIPIENT_HEADERS = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "To",
    "Cc",
    "Resent-To",
    "Resent-Cc",
    "Apparently-To",
)
#: So much of a header is read; the rest is an attack or a fault.
MAX_HEADER = 20_000
MAX_SUBJECT = 500
MAX_ADDRESS_HEADER = 1_000_000
MAX_ADDRESSES = 20_000
MAX_REFERENCES = 50
MAX_HEADERS_READ = 2 * 1024 * 1024
#: So much of a mail is read at a time: bytes.
PIECE = 64 * 1024
#: Longer ones are no addresses (RFC 5321 §4.5.3.1) and no identifiers (RFC 5322 §2.1.1); no index takes them either.
MAX_ADDRESS = 320
MAX_ID = 900
#: A mail may lie in a mailbox for so long before it is fetched; what claims more has a wrong clock.
LONGEST_WAY = timedelta(days=30)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
NUMBER = re.compile(r"[^\W_](?:[\w/.-]*[^\W_])?")
ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]]+@[^@\s<>,;:\"()\[\]]+")
STATION = re.compile(r"\bfor\s+(<[^<>]*>|[^\s;]+)")
DISPLAY_NAME = re.compile(r'"(?:[^"\\]|\\.){0,900}"(?=\s{0,9}<)')


@dataclass(frozen=True)
class Envelope:
    """What is known of a mail before its body is touched."""

    message: Message
    sender: str
    sender_name: str
    to: tuple
    cc: tuple
    recipients: tuple
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple
    date: datetime | None
    arrived_on: datetime | None

    @property
    def thread(self):
        """The mails that this one answers, the nearest last."""
        return tuple(dict.fromkeys((*self.references, *filter(None, [self.in_reply_to]))))


def read(raw: bytes) -> Envelope:
    r"""Read the headers of a raw mail. Never raises: what cannot be read is empty.

    >>> mail = read(b"From: \"Rossi, M.\" <M.Rossi@Customer.example>\r\nTo: Complaints <c@ours.example>\r\n"
    ...             b"Subject: =?gb2312?B?zbbL3w==?=\0\r\nMessage-ID: <1@x> \r\nMessage-ID: <2@x>\r\n\r\nhello")
    >>> mail.sender, mail.sender_name, mail.recipients, mail.subject, mail.message_id
    ('m.rossi@customer.example', 'Rossi, M.', ('c@ours.example',), '投诉', '<1@x>')
    >>> read(b"").sender, read(b"\0\xff\xfe no mail at all").recipients
    ('', ())
    """
    message = parse_headers(raw)
    name, sender = find_sender(message)
    ids = message_ids(message, "Message-ID")
    replied = message_ids(message, "In-Reply-To")
    return Envelope(
        message=message,
        sender=sender,
        sender_name=name,
        to=tuple(dict.fromkeys(address for _name, address in addresses(message, "To"))),
        cc=tuple(dict.fromkeys(addresses(message, "Cc"))),
        recipients=tuple(
            dict.fromkeys(
                [address for header in RECIPIENT_HEADERS for _name, address in addresses(message, header)]
                + _stations(message)
            )
        ),
        subject=header_text(message, "Subject")[:MAX_SUBJECT],
        message_id=ids[0] if ids else "",
        in_reply_to=replied[0] if replied else "",
        references=tuple(dict.fromkeys(message_ids(message, "References")[-MAX_REFERENCES:])),
        date=parse_date(header_text(message, "Date")),
        arrived_on=parse_date(header_text(message, "Received").rpartition(";")[2]),
    )


def find_sender(message: Message) -> tuple:
    r"""Return name and address of who sent a mail; without an address the name is what the header says.

    >>> find_sender(email.message_from_string("From: Maria\nSender: Desk <Desk@x.example>\n\n"))
    ('Desk', 'desk@x.example')
    """
    senders = (pair for name in ("From", "Sender", "Return-Path") for pair in addresses(message, name))
    return next(senders, (header_text(message, "From"), ""))


def _stations(message):
    """The mailboxes for which servers on the way took a mail: all that tells of a blind copy (RFC 5321 §4.4)."""
    lines = [str(value)[:MAX_HEADER] for key, value in message.raw_items() if key.lower() == "received"]
    boxes = [_without_raw_bytes(box) for line in lines for box in STATION.findall(line)]
    return [address for box in boxes for address in find_addresses(box, in_header=True).addresses]


def parse_headers(raw: bytes) -> Message:
    """Parse the headers only, by the lenient rules: no body, no nesting, nothing that could raise."""
    begin = find_begin(raw)
    head = raw[begin : begin + MAX_HEADERS_READ]
    end = re.search(rb"\r?\n\r?\n|\r\r", head)
    head = (head[: end.end()] if end else head).replace(b"\0", b"")
    try:
        return email.message_from_bytes(head, policy=email.policy.compat32)
    except Exception:
        # The lenient parser is not known to raise; a mail is not to be lost on the day it does.
        return Message()


def find_begin(raw: bytes) -> int:
    r"""Return where a mail begins: some have empty lines, or the mark of UTF-8, before.

    >>> find_begin(b"\xef\xbb\xbf\r\nSubject: x"), find_begin(b"Subject: x")
    (5, 0)
    """
    return re.match(rb"[\r\n\xef\xbb\xbf]*", raw).end()


def header_text(message: Message, name: str) -> str:
    r"""Return the first header of that name as one line of text: decoded, without control characters.

    >>> header_text(email.message_from_bytes("Subject: 投诉 第一批\n\n".encode("gbk")), "Subject")
    '投诉 第一批'
    >>> header_text(email.message_from_string("Subject: =?x-unknown?B?dGVzdA==?= =?utf-8?Q?caf=C3=A9?=\n\n"), "Subject")
    'testcafé'
    >>> header_text(email.message_from_string("Subject: =?utf-8?B?broken\n\n"), "Subject")
    '=?utf-8?B?broken'
    """
    return clean(_decoded(_raw_value(message, name)))


def decode_raw(message: Message, name: str) -> str:
    r"""Return the first header of that name with its raw bytes decoded, its encoded words as they are.

    >>> decode_raw(email.message_from_bytes("X: 投诉 =?utf-8?Q?a?=\n\n".encode("gbk")), "X")
    '投诉 =?utf-8?Q?a?='
    """
    return _without_raw_bytes(_raw_value(message, name))


def _raw_value(message, name):
    """The first such header as the parser kept it: bytes outside ASCII are surrogates."""
    wanted = name.lower()
    for key, value in message.raw_items():
        if key.lower() == wanted:
            return str(value)[:MAX_HEADER]
    return ""


def _decoded(value):
    """Resolve raw bytes and encoded words (RFC 2047)."""
    data = value.encode("ascii", "surrogateescape") if value.isascii() or _has_raw_bytes(value) else None
    if data is not None:
        value = decode_text(data)[0]
    if "=?" not in value:
        return value
    # Words that were cut at the folding are one word for everybody but the standard.
    value = re.sub(r"\?=\s+=\?", "?==?", value)
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError, LookupError, AssertionError):
        return value
    return "".join(_decoded_words(chunks))


def _decoded_words(chunks):
    """Texts of an encoded header; neighbours of one encoding together, as characters may be cut between two words."""
    for index, (chunk, charset) in enumerate(chunks):
        if isinstance(chunk, str):
            yield chunk
        elif charset is None:
            # Unencoded text among encoded words comes in "raw-unicode-escape".
            yield chunk.decode("raw-unicode-escape", "replace") if index or len(chunks) > 1 else chunk.decode("utf-8")
        else:
            yield decode_body(chunk, charset)


def _without_raw_bytes(value):
    return decode_text(value.encode("ascii", "surrogateescape"))[0] if _has_raw_bytes(value) else value


def _has_raw_bytes(value):
    return any("\udc80" <= char <= "\udcff" for char in value) and all(
        char < "\x80" or "\udc80" <= char <= "\udcff" for char in value
    )


def clean(text: str) -> str:
    r"""Make one line of a text: control characters, NUL among them, and line ends become spaces.

    >>> clean("a\0b\r\n c\ud800")
    'a b c'
    """
    return re.sub(r"\s+", " ", CONTROLS.sub(" ", text)).strip()


def decode_body(data: bytes, charset: str | None) -> str:
    r"""Decode a text of a mail: by what is declared where that is credible, else by what the bytes look like.

    Mails declared ``gb2312`` often are GB18030, those declared ``iso-8859-1`` anything. Never raises; without NUL.

    >>> decode_body("朱镕基".encode("gb18030"), "gb2312"), decode_body("投诉".encode("gbk"), "x-gbk")
    ('朱镕基', '投诉')
    >>> decode_body("客户投诉产品破损".encode("gbk"), "iso-8859-1"), decode_body("クレーム".encode("cp932"), "cp932")
    ('客户投诉产品破损', 'クレーム')
    >>> decode_body("불량".encode("euc-kr"), "euc-kr"), decode_body(b"a\0b", None), decode_body(b"caf\xe9", "?")
    ('불량', 'ab', 'café')
    """
    if not find_encoding(charset).startswith(("utf-16", "utf-32")):
        # Else a NUL among letters would look like a sign of UTF-16.
        data = data.replace(b"\0", b"")
    return decode_text(data, charset)[0].replace("\0", "")


def addresses(message: Message, name: str) -> list:
    r"""Return ``(name, address)`` of every mailbox in the headers of that name, addresses in small letters.

    >>> mail = email.message_from_string("To: undisclosed-recipients:;, A <a@X.example>, broken <, b@x.example\n\n")
    >>> addresses(mail, "to")
    [('A', 'a@x.example'), ('', 'b@x.example')]
    """
    values = [_shortened(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()]
    found = []
    for value in values:
        # Names are decoded after the list is cut: a comma in an encoded name cuts nothing.
        plain = _without_raw_bytes(re.sub(r"[\r\n\t]+", " ", value))
        try:
            pairs = getaddresses([plain], strict=False)
        except TypeError:  # older Pythons know no strictness, and have none
            pairs = getaddresses([plain])
        except Exception:
            pairs = []
        pairs = [(clean(_decoded(label)), address.strip().rstrip(".").lower()) for label, address in pairs]
        whole = find_addresses(DISPLAY_NAME.sub(" ", plain), in_header=True)
        names = {address: label for label, address in reversed(pairs)}
        if whole.is_doubtful:
            # What the standard library made of it may be a part of an address.
            pairs = [pair for pair in pairs if pair[1] in whole.addresses]
        pairs += [(names.get(address, ""), address) for address in whole.addresses if address.lower() not in names]
        found += [
            (label, address) for label, address in pairs if len(address) <= MAX_ADDRESS and ADDRESS.fullmatch(address)
        ]
    return list({address: (label, address) for label, address in reversed(found)}.values())[::-1][:MAX_ADDRESSES]


def _shortened(value):
    """Cut a header that is too long between two addresses."""
    if len(value) <= MAX_ADDRESS_HEADER:
        return value
    return value[:MAX_ADDRESS_HEADER].rpartition(",")[0]


def addresses_of(text: str) -> list:
    r"""Return the addresses in a text that stood in a header, in small letters.

    >>> addresses_of("Paolo <Paolo@X.example>, \n luca@x.example"), addresses_of(False)
    (['paolo@x.example', 'luca@x.example'], [])
    """
    header = parse_headers(b"To: " + (text or "").replace("\n", " ").encode("utf-8", "replace") + b"\n\n")
    return [address for _name, address in addresses(header, "To")]


def message_ids(message: Message, name: str) -> list:
    r"""Return the identifiers in the headers of that name.

    >>> message_ids(email.message_from_string("References: <a@x>\n <b@x> junk\nreferences: <c@x>\n\n"), "References")
    ['<a@x>', '<b@x>', '<c@x>']
    >>> message_ids(email.message_from_string("Message-ID: 17@fax\n\n"), "Message-ID")
    ['<17@fax>']
    """
    found = []
    for key, value in message.raw_items():
        if key.lower() != name.lower():
            continue
        text = re.sub(r"[^\x21-\x7e\s]", "", str(value)[-MAX_HEADER:])
        ids = MESSAGE_ID.findall(text)
        words = text.strip("<> \r\n\t").split()
        # Some devices forget the brackets.
        found += ids or ([f"<{words[0]}>"] if len(words) == 1 else [])
    return [one for one in found if len(one) <= MAX_ID]


def parse_date(text: str) -> datetime | None:
    """Read a date of a header as naive UTC.

    >>> parse_date("Thu, 16 Apr 2026 10:00:00 +0800"), parse_date("yesterday"), parse_date("Thu, 32 Foo 99999")
    (datetime.datetime(2026, 4, 16, 2, 0), None, None)
    """
    try:
        found = parsedate_to_datetime(text.strip())
        return found.astimezone(timezone.utc).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def arrival(envelope: Envelope, now: datetime) -> datetime:
    r"""Return when our own mail server took the mail; the sender's clock is not asked.

    >>> late = read(b"Received: by mx; Thu, 16 Apr 2026 08:00:00 +0000\nDate: Thu, 01 Jan 1970 00:00:00 +0000\n\n")
    >>> arrival(late, datetime(2026, 4, 16, 9)), arrival(read(b""), datetime(2026, 4, 16, 9))
    (datetime.datetime(2026, 4, 16, 8, 0), datetime.datetime(2026, 4, 16, 9, 0))
    """
    arrived = envelope.arrived_on
    return arrived if arrived and now - LONGEST_WAY <= arrived <= now else now


def numbers(subject: str) -> list:
    """Return what may be the number of a complaint in a subject; who asks knows which exist.

    >>> numbers("Re: [C2026-00042] broken bowls, 20 cartons"), numbers("答复：投诉C2026-00042，破损")
    (['C2026-00042'], ['C2026-00042'])
    >>> numbers("Re: Your complaint")
    []
    """
    found = []
    for word in NUMBER.findall(subject):
        # Chinese knows no spaces: the number may touch other words.
        parts = re.findall(r"[A-Za-z0-9][A-Za-z0-9/._-]*[A-Za-z0-9]", word)
        found.extend(part for part in parts if len(part) >= 5 and sum(char.isdigit() for char in part) >= 3)
    return list(dict.fromkeys(found))[:20]


def fingerprint(raw: bytes, envelope: Envelope) -> str:
    r"""Return the mark by which two deliveries of one mail are known, and two mails are not taken for one.

    What the servers on the way add does not count. A doubled ``Message-ID`` alone makes no duplicate.

    >>> def mark(raw):
    ...     return fingerprint(raw, read(raw))
    >>> one = b"Message-ID: <1@x>\r\nFrom: a@x.example\r\n\r\nbroken\r\n"
    >>> mark(b"Received: by mx1\r\nDelivered-To: c@ours.example\r\n" + one) == mark(b"Received: by mx2\n" + one)
    True
    >>> mark(one) == mark(one.replace(b"broken", b"wet")), mark(one) == mark(one.replace(b"<1@x>", b"<2@x>"))
    (False, False)
    """
    end = re.compile(rb"\r?\n\r?\n|\r\r").search(raw, find_begin(raw))
    parts = (
        envelope.message_id,
        envelope.sender,
        envelope.subject,
        # Fetched again, a mail without a number is the same one when its sender's clock says so.
        envelope.date.isoformat() if envelope.date else "",
    )
    mark = hashlib.sha256("\n".join(parts).encode("utf-8", "replace") + b"\n")
    # Piece by piece: a mail of many megabytes is not to be copied.
    for place in range(end.end() if end else len(raw), len(raw), PIECE):
        mark.update(raw[place : place + PIECE].translate(None, b" \t\n\r\f\v"))
    return mark.hexdigest()
