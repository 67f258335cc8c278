"""A mail as it came, made anew so that everybody can read it: texts in UTF-8, no NUL, limits, one plain structure.

The mail gateway of Odoo raises on encodings that Python does not know, on NUL characters, on damaged attachments, and a
mail on which it raises is gone. Here every mail is taken apart by the lenient parser and put together again from its
texts and files. The mail as it came is kept beside it: what is left out here is not lost.
"""

import binascii
import email
import email.policy
import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesFeedParser
from html import escape, unescape
from mimetypes import MimeTypes

from .encodings import decode_text
from .raw_mail import PIECE, Envelope, clean, decode_body, decode_raw, find_begin, header_text

#: Above this size a mail is not parsed unless a user asks for it, in bytes.
MAX_MAIL = 64 * 1024 * 1024
#: What one mail brings into a ticket: files, bytes of files, characters of text.
MAX_FILES = 100
MAX_FILE_BYTES = 48 * 1024 * 1024
MAX_TEXT = 1_000_000
MAX_PARTS = 5_000
MAX_DEPTH = 60
MAX_NAME = 120
#: Marks that turn the direction of what follows: with them a program passes for a document.
DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TYPES = MimeTypes()
TYPES.add_type("text/calendar", ".ics")
MAX_RECIPIENTS = 100
#: So much is shown of what cannot be taken apart: bytes.
PEEKED = 5000
#: Pictures within the text that are smaller are signs of a signature, no photos: bytes.
SMALL_PICTURE = 15 * 1024
#: A part that has fewer letters than its alternative by this factor says that there is one, and no more.
STUB = 2
SHORT = 300
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LINK = re.compile(r"https?://\S+")
BREAKS = re.compile(r"(?i)<br\s*/?>|</(p|div|tr|li|h[1-6]|table|blockquote)>")
UNSEEN = re.compile(r"(?is)<(script|style|title)\b.*?(</\1\s*>|$)|<head\b.*?(</head\s*>|(?=<body\b)|$)|<!--.*?(-->|$)")


class DamagedMailError(ValueError):
    """A mail that is not taken apart: too large, or nested too deep."""


@dataclass
class Content:
    """The texts and files of a mail, and how much was left out of it.

    A body is a pair of one text: plain, and as a page; one of them may be empty.
    """

    bodies: list = field(default_factory=list)
    files: list = field(default_factory=list)
    left_out: int = 0

    @property
    def text(self):
        r"""The story as text: of alternatives the plain one, unless it is a stub.

        >>> Content(bodies=[("This mail is in HTML.", "<p>Ten bowls broke.")]).text
        'Ten bowls broke.'
        """
        return "\n\n".join(filter(None, (_richer(plain.strip(), page_text(page)) for plain, page in self.bodies)))

    @property
    def page(self):
        """The story as a page, or "" where nothing is one; a text that says more than its page stands before it.

        >>> Content(bodies=[("Ten bowls & two cups are broken.", "<p>See text")]).page
        '<pre>Ten bowls &amp; two cups are broken.</pre><p>See text'
        """
        if not any(page for _plain, page in self.bodies):
            return ""
        return "\n".join(_with_text(page, plain) for plain, page in self.bodies)


@dataclass(frozen=True)
class File:
    """An attachment."""

    name: str
    mimetype: str
    data: bytes
    cid: str = ""

    @property
    def is_photo(self):
        """Whether it shows something: not the emblem of a signature."""
        return self.mimetype.startswith("image/") and not (self.cid and len(self.data) < SMALL_PICTURE)


def take_apart(raw: bytes, *, force: bool = False) -> Content:
    r"""Return the texts and files of a raw mail.

    >>> take_apart(b"Content-Type: text/plain; charset=x-gbk\r\n\r\n" + "碗\0破了".encode("gbk")).text
    '碗破了'
    >>> take_apart(b"Content-Type: text/html\r\n\r\n<p>Broken &amp; wet<br>bowls</p><script>x</script>").text
    'Broken & wet\nbowls'
    >>> take_apart(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n"
    ...            b"Content-Disposition: attachment; filename=\"../a\0.txt\"\r\n\r\ndata").files
    [File(name='_a .txt', mimetype='text/plain', data=b'data', cid='')]

    :param bool force: also when it is larger than what is taken unasked
    :raises DamagedMailError: when it is too large or nested too deep
    """
    if len(raw) > MAX_MAIL and not force:
        raise DamagedMailError(f"{len(raw) // 2**20} MB")
    try:
        message = _parse(raw)
        content = Content()
        _collect(message, content, _Counter(), 0)
    except RecursionError as error:
        raise DamagedMailError("nested too deep") from error
    if len(content.files) == 1 and content.files[0].mimetype == "message/rfc822" and not content.text:
        # Forwarded as an attachment, with no word added.
        content.bodies = take_apart(content.files[0].data, force=True).bodies
    return content


def _parse(raw):
    """Parse a mail piece by piece: to do so at once takes five times its size of memory."""
    parser = BytesFeedParser(policy=email.policy.compat32)
    for place in range(find_begin(raw), len(raw), PIECE):
        parser.feed(raw[place : place + PIECE])
    return parser.close()


def peek(raw: bytes) -> Content:
    r"""Return the texts and files of a raw mail, for showing it; of one that cannot be taken apart, its beginning.

    >>> peek(b"Content-Transfer-Encoding: base64\r\n\r\nVGVuIGJvd2xz").text
    'Ten bowls'
    >>> head = b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n"
    >>> peek(b"".join(head % (level, level) for level in range(100))).text[:12]
    'Content-Type'
    """
    try:
        return take_apart(raw)
    except Exception:
        # It is shown in any case: the user who decides on it must see something.
        return Content(bodies=[(guess_text(raw[:PEEKED]), "")])


def _richer(plain, told):
    """The text of an alternative: the plain one, or what its page tells when that is much more."""
    return told if _is_stub(plain, told) else plain


def _with_text(page, plain):
    if page and not _is_stub(page_text(page), plain):
        return page
    return (f"<pre>{escape(plain)}</pre>" if plain.strip() else "") + page


def _is_stub(text, other):
    """Whether a text says so much less than its alternative that it only stands in for it, or says just that."""
    letters, others = (sum(map(str.isalnum, LINK.sub("", one))) for one in (text, other))
    excuses = others and len(text) < SHORT and "html" in text.lower() and "html" not in other.lower()
    return bool(excuses) or letters * STUB < others


class _Counter:
    """How much of a mail was taken already."""

    def __init__(self):
        self.parts = self.size = self.text = 0


def _collect(part, content, count, depth):
    """Gather what a part holds; alternatives are one body."""
    count.parts += 1
    if depth > MAX_DEPTH:
        raise DamagedMailError("nested too deep")
    if count.parts > MAX_PARTS:
        content.left_out += 1
        return
    kind = part.get_content_type()
    if part.is_multipart() and kind != "message/rfc822":
        # Delivery reports come as parts of a "message/…" as well.
        held, content.bodies = content.bodies, []
        for inner in part.get_payload():
            _collect(inner, content, count, depth + 1)
        if kind == "multipart/alternative" and len(content.bodies) > 1:
            content.bodies = [tuple("\n".join(filter(None, texts)) for texts in zip(*content.bodies, strict=True))]
        content.bodies = held + content.bodies
        return
    if part.is_multipart():
        name = file_name(header_text(part.get_payload(0), "Subject") or "mail", "message/rfc822")
        _add_file(content, count, name, "message/rfc822", part.get_payload(0).as_bytes(), "")
        return
    name = _declared_name(part)
    data = _payload(part)
    # It is not needed twice.
    part.set_payload("")
    cid = header_text(part, "Content-ID").strip("<> ")
    disposition = header_text(part, "Content-Disposition").lower()
    if kind in ("text/plain", "text/html") and not name and not disposition.startswith("attachment"):
        text = decode_body(data, _charset(part))
        room = MAX_TEXT - count.text
        content.left_out += len(text) > room
        text = text[:room].replace("\r\n", "\n").replace("\r", "\n")
        count.text += len(text)
        if text.strip():
            content.bodies.append(("", text) if kind == "text/html" else (text, ""))
    elif data or name:
        _add_file(content, count, file_name(name or "attachment", kind), kind, data, cid)


def _add_file(content, count, name, kind, data, cid):
    count.size += len(data)
    if len(content.files) >= MAX_FILES or count.size > MAX_FILE_BYTES:
        count.size -= len(data)
        content.left_out += 1
        return
    content.files.append(File(name=name, mimetype=kind, data=data, cid=clean(cid)[:MAX_NAME]))


def _payload(part):
    """The bytes of a leaf; what is damaged in transfer encoding is taken as far as it goes."""
    if header_text(part, "Content-Transfer-Encoding").lower() == "base64":
        # The parser would make several copies.
        with suppress(binascii.Error, ValueError, TypeError):
            return binascii.a2b_base64(part.get_payload())
    try:
        data = part.get_payload(decode=True)
    except Exception:
        # Old parsers raise on some damaged encodings: better the encoded text than none.
        data = str(part.get_payload()).encode("utf-8", "replace")
    return data or b""


def _charset(part):
    try:
        return str(part.get_param("charset", "") or "")
    except Exception:
        # A damaged parameter (RFC 2231) says nothing.
        return ""


def _declared_name(part):
    r"""The name of a file, as the mail gives it: also in raw bytes, which the parser would replace.

    >>> head = b'Content-Disposition: attachment; filename="%s"\n\n'
    >>> [_declared_name(email.message_from_bytes(head % "质检报告 终版.xls".encode(name))) for name in ("gbk", "utf-8")]
    ['质检报告 终版.xls', '质检报告 终版.xls']
    >>> _declared_name(email.message_from_bytes(b"Content-Disposition: x; filename*=gb2312''%D6%EC%E9F.txt\n\n"))
    '朱镕.txt'
    """
    for header, param in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        holder = Message()
        holder[header] = decode_raw(part, header)
        try:
            value = holder.get_param(param, None, header)
        except Exception:
            # A damaged parameter says nothing.
            continue
        if isinstance(value, tuple):
            charset, _lang, text = value
            value = decode_body(str(text or "").encode("latin-1", "replace"), charset)
        if value:
            holder = Message()
            holder._headers = [("Subject", str(value))]
            return header_text(holder, "Subject")
    return ""


def file_name(name: str, mimetype: str = "") -> str:
    r"""Return a harmless name of a file.

    >>> file_name("../../etc/passwd"), file_name("a\0b\n.jpg"), len(file_name("x" * 500 + ".jpeg")), file_name("  ")
    ('_.._etc_passwd', 'ab .jpg', 120, 'attachment')
    >>> file_name("invoice\u202efdp.exe"), file_name("חשבון.pdf"), file_name("", "text/calendar")
    ('invoicefdp.exe', 'חשבון.pdf', 'attachment.ics')
    """
    name = DIRECTIONS.sub("", name)
    name = clean(re.sub(r"[\\/:*?\"<>|]", "_", name.replace("\0", ""))).strip(". ") or "attachment"
    if name == "attachment":
        name += TYPES.guess_extension(mimetype) or ""
    if mimetype == "message/rfc822" and not name.lower().endswith(".eml"):
        name = f"{name[: MAX_NAME - 4]}.eml"
    if len(name) > MAX_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if dot and len(ending) <= 10 else ""
        name = (stem if ending else name)[: MAX_NAME - len(ending)] + ending
    return name


def page_text(html: str) -> str:
    r"""Return the text of a page, for the story.

    >>> page_text("<style>p {}</style><div>We got&nbsp;<b>wet</b></div><div>cartons</div>")
    'We got wet\ncartons'
    >>> page_text("<html><head><meta name=x><body>No end of the head</body></html>")
    'No end of the head'
    """
    text = unescape(re.sub(r"<[^>]*>", "", BREAKS.sub("\n", re.sub(r"\s+", " ", UNSEEN.sub(" ", html)))))
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.replace("\0", "").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def put_together(envelope: Envelope, content: Content, message_id: str, *, ours=(), note: str = "") -> bytes:
    r"""Return the mail anew: what Odoo's gateway needs to know, in a form on which it does not raise.

    Files are left out: the gateway is given them as they are.

    Marks of machines are left out: what is to be done with machines has been decided before.

    >>> from .raw_mail import read
    >>> raw = b"From: a@x.example\r\nTo: c@ours.example\r\nSubject: Broken\r\n\r\nbowls"
    >>> anew = email.message_from_bytes(put_together(read(raw), take_apart(raw), "<1@x>"), policy=email.policy.SMTP)
    >>> anew["From"], anew["Message-ID"], anew.get_content().strip()
    ('a@x.example', '<1@x>', 'bowls')

    :param str message_id: the identifier that it is to be known by
    :param ours: addresses that must stay among the recipients, however many there are
    :param str note: a line added to the text: what was left out
    """
    message = EmailMessage(policy=email.policy.SMTP.clone(refold_source="none", max_line_length=900))
    message["Message-ID"] = message_id
    if envelope.sender:
        message["From"] = _mailbox(envelope.sender_name, envelope.sender)
    _add_recipients(message, envelope, ours)
    message["Subject"] = envelope.subject
    if envelope.thread:
        message["References"] = " ".join(envelope.thread)
        message["In-Reply-To"] = envelope.in_reply_to or envelope.thread[-1]
    if envelope.date and envelope.date.year >= 1990:
        message["Date"] = envelope.date.strftime("%a, %d %b %Y %H:%M:%S +0000")
    _add_texts(message, content, note)
    return message.as_bytes()


def _add_recipients(message, envelope, ours):
    copied = {address for _name, address in envelope.cc}
    to = sorted((one for one in envelope.recipients if one not in copied), key=lambda one: one not in ours)
    cc = sorted(envelope.cc, key=lambda pair: pair[1] not in ours)
    for header, mailboxes in (("To", [("", address) for address in to]), ("Cc", cc)):
        if found := list(filter(None, (_mailbox(*pair) for pair in mailboxes[:MAX_RECIPIENTS]))):
            message[header] = ", ".join(found)


def _mailbox(name, address):
    """A mailbox as text, its name quoted where it must be; without the name where that cannot be written."""
    try:
        return str(Address(display_name=clean(name).replace("=?", "= ?")[:MAX_NAME], addr_spec=address))
    except Exception:
        # Not an address by the older standards ("a..b@x", letters of other scripts): still where the answer goes.
        return address if re.fullmatch(r"[^\s<>()\[\],;:\\\"]+", address) else ""


def _add_texts(message, content, note):
    """One plain text, or the page where there is one."""
    if content.page:
        tail = f"<p>{escape(note)}</p>" if note else ""
        message.set_content(_without_surrogates(content.page + tail), subtype="html", charset="utf-8", cte="base64")
    else:
        tail = f"\n\n{note}" if note else ""
        message.set_content(_without_surrogates(content.text + tail), charset="utf-8", cte="base64")


def _without_surrogates(text):
    r"""Leave out what no page may hold: on other control characters Odoo's cleaning of pages gives up the whole text.

    >>> _without_surrogates("Ten\x04 bo\ufffewls\n")
    'Ten bowls\n'
    """
    return NO_TEXT.sub("", text).encode("utf-8", "replace").decode("utf-8")


def guess_text(data: bytes) -> str:
    """Return any bytes as text, for showing a mail that cannot be taken apart.

    >>> guess_text("投诉".encode("gbk"))
    '投诉'
    """
    return decode_text(data)[0].replace("\0", "")


def parse_strictly(raw: bytes) -> EmailMessage:
    r"""Return a mail as Odoo's gateway sees it, for what only the mail as it came can tell. It may raise when read.

    >>> parse_strictly(b"Subject: x\r\n\r\nhi")["Subject"]
    'x'
    """
    return email.message_from_bytes(raw, policy=email.policy.SMTP)
