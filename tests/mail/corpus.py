"""Mails as the world sends them: what each must become at the complaint desk.

Real ones (those of Python's own tests, where the interpreter has them) and made ones, each the likeness of something
that arrived somewhere and was lost.
"""

import base64
import quopri
import random
from importlib import resources

from tests.common_intake import DESK, write

#: Texts, and the encodings that programs send them in.
TEXTS = {
    "Zehn Schüsseln sind zerbrochen, größer als 30 cm.": ("iso-8859-1", "iso-8859-15", "windows-1252", "utf-8"),
    "Deset misek je rozbitých, žádáme náhradu zboží.": ("iso-8859-2", "windows-1250"),
    "Десять чашек разбито, просим заменить товар.": ("koi8-r", "windows-1251", "iso-8859-5"),
    "Δέκα μπολ έσπασαν κατά τη μεταφορά.": ("iso-8859-7", "windows-1253"),
    "On kase kırıldı, lütfen değiştirin, şikâyet.": ("iso-8859-9", "windows-1254"),
    "עשר קערות נשברו במשלוח": ("windows-1255",),
    "عشرة أطباق مكسورة في الشحنة": ("windows-1256",),
    "ชามสิบใบแตกระหว่างขนส่ง": ("tis-620",),
    "十个碗破了，请处理。客户投诉产品破损。": ("gb2312", "gbk", "gb18030", "utf-8"),
    "十個碗破了，請處理。客戶投訴產品破損。": ("big5", "big5-hkscs"),
    "茶碗が十個割れていました。交換をお願いします。": ("shift_jis", "euc-jp", "iso-2022-jp"),
    "그릇 열 개가 깨졌습니다. 교환해 주세요.": ("euc-kr", "ks_c_5601-1987"),
}
#: Of the real ones, those that a machine wrote.
REAL_ROBOTS = {"msg_05.txt", "msg_16.txt", "msg_25.txt", "msg_43.txt"}
#: Of the real ones, those that are one mail with one before, but for what is added on the way.
REAL_DUPLICATES = {"msg_03.txt", "msg_12a.txt", "msg_20.txt", "msg_29.txt"}
STORY = "十个碗破了，请处理。客户投诉产品破损。"
SENDER = "maria.rossi@customer.example"
MIXED = "multipart/mixed; boundary=frontier"


#: What a fuzzed mail may get at any place.
SIGNS = (b"\0", b"\r", b"\n", b"\r\n\r\n", b"=?", b"?=", b"--frontier", b"\xff", b";", b":")


def real_mails():
    """Yield ``(name, bytes)`` of the mails of Python's own tests; none where they are not installed."""
    try:
        folder = resources.files("test.test_email") / "data"
        files = sorted(folder.iterdir(), key=lambda file: file.name)
    except (ModuleNotFoundError, FileNotFoundError):
        return
    for file in files:
        if file.name.endswith(".txt"):
            yield file.name, file.read_bytes()


def encoded_mails():
    """Yield ``(name, bytes, text)`` of mails in all encodings, transfer encodings and forms, as programs write them."""
    for text, encodings in TEXTS.items():
        for encoding in encodings:
            for transfer in ("8bit", "quoted-printable", "base64"):
                for form in ("plain", "html", "alternative", "file"):
                    name = f"{encoding}-{transfer}-{form}"
                    yield name, _encoded_mail(name, text, encoding, transfer, form), text


def _encoded_mail(name, text, encoding, transfer, form):
    codec = {"ks_c_5601-1987": "cp949"}.get(encoding, encoding)
    page = f"<html><body><p>{text}</p></body></html>"

    def leaf(kind, content):
        data = content.encode(codec)
        if transfer == "base64":
            data = base64.encodebytes(data)
        elif transfer == "quoted-printable":
            data = quopri.encodestring(data)
        head = f"Content-Type: text/{kind}; charset={encoding}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
        return head.encode() + data.rstrip(b"\n").replace(b"\n", b"\r\n")

    head = write(SENDER, subject=name, body="", Message_ID=f"<{name}@encoded>").rstrip() + b"\r\n"
    if form in ("plain", "html"):
        return head + leaf(form, page if form == "html" else text) + b"\r\n"
    second = leaf("html", page) if form == "alternative" else b"Content-Disposition: attachment; filename=a\r\n\r\nx"
    kind = "multipart/alternative" if form == "alternative" else "multipart/mixed"
    return parts(
        leaf("plain", text), second, subject=name, Content_Type=f"{kind}; boundary=frontier", Message_ID=f"<{name}@e>"
    )


def fuzzed_mails(count, seed=20260501):
    """Yield ``(name, bytes)`` of mails of the corpus in which bytes were changed, cut out, doubled or moved."""
    draw = random.Random(seed)
    sources = [raw for _name, raw, _became in corpus() if len(raw) < 20_000]
    sources += [raw for _name, raw, _text in encoded_mails()]
    for number in range(count):
        raw = bytearray(draw.choice(sources))
        for _change in range(draw.randint(1, 12)):
            place, length = draw.randrange(len(raw) + 1), draw.randint(1, 40)
            change = draw.randrange(6)
            if change == 0:
                raw[place : place + length] = draw.randbytes(length)
            elif change == 1:
                del raw[place : place + length]
            elif change == 2:
                raw[place:place] = raw[place : place + length] * draw.randint(1, 3)
            elif change == 3:
                raw[place:place] = draw.choice(
                    (b"\0", b"\r", b"\n", b"\r\n\r\n", b"=?", b"?=", b"--frontier", b"\xff", b";", b":")
                )
            elif change == 4 and raw:
                raw[place % len(raw)] ^= 1 << draw.randrange(8)
            else:
                begin = draw.randrange(len(raw) + 1)
                piece = raw[begin : begin + length]
                raw[place:place] = piece
        yield f"no. {number}", bytes(raw)


def parts(*bodies, **headers):
    """A mail of several parts, each given with its headers."""
    body = b"".join(b"--frontier\r\n" + body + b"\r\n" for body in bodies) + b"--frontier--\r\n"
    return write(**{"Content_Type": MIXED, **headers}, body="").rstrip() + b"\r\n\r\n" + body


def bare(head, body=b"Ten bowls are broken."):
    """A mail of raw headers."""
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def charset_mails():
    """Yield mails whose encoding is not what it says, or nothing that Python knows."""
    for declared, real in (
        ("gb2312", "gb18030"), ("x-gbk", "gbk"), ("windows-936", "gbk"), ("unknown-8bit", "gbk"), ("gb2312", "utf-8"),
        ("iso-8859-1", "gbk"), ("utf-8", "gbk"), ("us-ascii", "utf-8"), ("nonsense", "utf-8"), ("big5", "gbk"),
    ):  # fmt: skip
        raw = write(body="", Content_Type=f"text/plain; charset={declared}", Message_ID=f"<{declared}-{real}@x>")
        yield f"{declared} that is {real}", raw + STORY.encode(real)
    yield "a subject in raw GBK", bare([b"From: a@x.example", f"To: {DESK}".encode(), "Subject: 投诉".encode("gbk")])
    yield "NUL in subject and text", write(subject="Bro\0ken", body="Ten\0 bowls", Message_ID="<nul@x>")
    yield "UTF-7", write(body="+ZblT7Q-", Content_Type="text/plain; charset=utf-7", Message_ID="<utf7@x>")
    yield "surrogates", write(subject="=?utf-8?B?7aCA?=", Message_ID="<surrogate@x>")


def broken_mails():
    """Yield mails that are broken in their build; each is a complaint all the same."""
    desk = f"To: {DESK}".encode()
    yield "no Message-ID", write(body="No number")
    yield "two Message-IDs", bare([b"From: " + SENDER.encode(), desk, b"Message-ID: <a@x>", b"Message-ID: <b@x>"])
    yield "an empty Message-ID", write(Message_ID="", body="Empty")
    yield "a Message-ID without brackets", write(Message_ID="17@fax", body="Fax")
    yield "no sender", write(sender=None, Message_ID="<nosender@x>")
    yield "two senders", bare([b"From: a@x.example", b"From: b@x.example", desk])
    yield "no subject, no text", write(subject=None, body="", Message_ID="<empty@x>")
    yield "a date of nowhere", write(Date="Thu, 99 Foo 99999 99:99", Message_ID="<date@x>")
    yield "a bad encoding", write(Content_Transfer_Encoding="base64", body="abc=de\xff", Message_ID="<b64@x>")
    yield "an unknown encoding", write(Content_Transfer_Encoding="x-what", Message_ID="<what@x>")
    yield "a bad type", write(Content_Type=';;;="', Message_ID="<type@x>")
    yield "an impossible type", write(Content_Type="*/*", Message_ID="<stars@x>")
    yield "no boundary", write(Content_Type="multipart/mixed", Message_ID="<boundary@x>")
    yield "no end", parts(b"\r\nTen bowls").rstrip(b"-\r\n")
    yield "a bad address", write(sender='"Wang, <wang@@x', Message_ID="<address@x>")
    yield "letters of another script", write(sender="käthe@müller.example", Message_ID="<eai@x>")
    yield (
        "five thousand recipients",
        write(to=", ".join(f"a{number}@x.example" for number in range(5000)) + f", {DESK}", Message_ID="<many@x>"),
    )
    yield "only in Delivered-To", write(to="undisclosed-recipients:;", Delivered_To=DESK, Message_ID="<bcc@x>")
    yield "a subject without end", write(subject="=?utf-8?B?5Zut?= " * 3000, Message_ID="<subject@x>")
    yield "line ends of another age", write(Message_ID="<cr@x>").replace(b"\r\n", b"\r")


def heavy_mails():
    """Yield mails of many parts, and deep ones."""
    yield (
        "a thousand parts",
        parts(
            *(b"Content-Type: image/png; name=%d.png\r\n\r\n%d" % (index, index) for index in range(1000)),
            Message_ID="<1000@x>",
        ),
    )
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (index, index) for index in range(40)
    )
    yield "forty levels", bare([b"From: a@x.example", f"To: {DESK}".encode()], b"")[:-2] + nested + b"\r\ndeep"
    yield "a forwarded mail", parts(b"Content-Type: message/rfc822\r\n\r\n" + write(to="other@x.example"))
    yield (
        "a name that leads away",
        parts(
            b"\r\nLook",
            b'Content-Disposition: attachment; filename="../../etc/pass\0wd"\r\n\r\nx',
            Message_ID="<path@x>",
        ),
    )


def held_mails():
    """Yield mails that are not parsed unless a user asks for it."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (index, index) for index in range(1500)
    )
    yield "a thousand levels", bare([b"From: a@x.example", f"To: {DESK}".encode()], b"")[:-2] + nested + b"\r\ndeep"


def robot_mails():
    """Yield mails of machines."""
    yield "an absence", write(Auto_Submitted="auto-replied", Message_ID="<away@x>")
    yield "an absence by its subject", write(subject="自动回复：您好", Message_ID="<qq@x>")
    yield "a bounce", write(sender="MAILER-DAEMON@x.example", subject="Undelivered Mail", Message_ID="<daemon@x>")
    yield (
        "a report",
        parts(
            b"\r\nIt failed",
            b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
            b"Final-Recipient: rfc822; a@b.example",
            b"Content-Type: message/rfc822\r\n\r\n" + write(Message_ID="<unknown@ours>"),
            Content_Type="multipart/report; report-type=delivery-status; boundary=frontier",
            sender="postmaster@x.example",
        ),
    )
    yield "an empty return path", write(Return_Path="<>", Message_ID="<null@x>")
    yield "ourselves", write(sender=DESK, Message_ID="<self@x>")


def photo(size=20_000):
    """A mail with a photo."""
    data = base64.encodebytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(size))
    return parts(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nTen bowls are broken.",
        b"Content-Type: image/jpeg; name=bowls.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data,
        Message_ID=f"<photo-{size}@x>",
    )


def corpus():
    """Yield ``(name, bytes, what it must become)`` of the whole corpus."""
    for name, raw in real_mails():
        yield name, raw, "robot" if name in REAL_ROBOTS else "duplicate" if name in REAL_DUPLICATES else "ticket"
    for mails in (charset_mails, broken_mails, heavy_mails):
        for name, raw in mails():
            yield name, raw, "ticket"
    yield "a photo", photo(), "ticket"
    for name, raw in held_mails():
        yield name, raw, "quarantined"
    for name, raw in robot_mails():
        yield name, raw, "robot"
