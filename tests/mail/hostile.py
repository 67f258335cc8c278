"""Mails that were built to break a gateway, or that a program writes as no standard foresees.

Made, none taken from anywhere: each is the likeness of a kind that desks receive. What each must become stands beside
it: a complaint, or the mail of a machine.
"""

from tests.common_intake import DESK, write

from .corpus import bare, parts

SENDER = "maria.rossi@customer.example"
REPORT = "multipart/report; report-type=delivery-status; boundary=frontier"


def header_mails():
    """Yield mails whose headers are broken, doubled, or larger than any need."""
    desk = f"To: {DESK}".encode()
    sender = b"From: " + SENDER.encode()
    long = "".join(f"{number:x}" for number in range(3000))
    yield (
        "three Froms, three Tos",
        bare([b"From: a@x.example", b"From: b@x.example", b"From: ", desk, desk, b"To: z@x"]),
    )
    yield "ten subjects", bare([sender, desk, *(b"Subject: no. %d" % number for number in range(10))])
    yield (
        "a parameter in pieces that do not fit",
        parts(
            b"Content-Type: text/plain;\r\n charset*0*=utf-8''ut;\r\n charset*2=f-8\r\n\r\nTen",
            b"Content-Disposition: attachment; filename*0*=utf-8''%E7%A0; filename*2=x; filename*1*=%B4\r\n\r\nx",
        ),
    )
    yield (
        "a parameter of no encoding",
        parts(b"\r\nTen", b"Content-Disposition: attachment; filename*=klingon''%FF%FE%80.jpg\r\n\r\nx"),
    )
    yield "a parameter without an end", parts(b'Content-Type: text/plain; charset="utf-8\r\n\r\nTen bowls')
    yield "words within words", write(subject="=?utf-8?Q?=3D=3Futf-8=3FQ=3FBroken=3F=3D?=", Message_ID="<w@h>")
    yield (
        "words of half characters",
        write(subject="=?utf-8?B?5Zw=?= =?utf-8?B?ig==?= =?gbk?Q?=B2?=", Message_ID="<hc@h>"),
    )
    yield "a word of 20,000 characters", write(subject="=?utf-8?Q?" + "=41" * 20000 + "?=", Message_ID="<20k@h>")
    yield "a sender in words", write(sender="=?utf-8?B?TWFyaWEgPG1hcmlhQHguZXhhbXBsZT4=?=", Message_ID="<sw@h>")
    yield "a sender within the name", write(sender='"boss@desk.example" <eve@rival.example>', Message_ID="<sn@h>")
    yield "a sender without end", write(sender=f"{long}@{long}.example", Message_ID="<sl@h>")
    yield "an identifier without end", write(Message_ID=f"<{long}@h>", body="Long")
    yield "references without end", write(Message_ID="<rl@h>", References=" ".join(f"<{n}@r>" for n in range(2000)))
    yield "a reference that is no reference", write(Message_ID="<rn@h>", In_Reply_To="your mail of \x01 <<>> today")
    yield "a date before the sea", write(Message_ID="<d1@h>", Date="Mon, 1 Jan 0001 00:00:00 +1400")
    yield "a date after us", write(Message_ID="<d2@h>", Date="Fri, 31 Dec 9999 23:59:59 -1200")
    yield "a header without a colon", bare([sender, desk, b"no header at all", b"Subject: Broken"])
    yield "colons only", bare([sender, desk, b": : :", b"::", b"Subject: Broken"])
    yield (
        "tabs for spaces",
        bare([b"From:\t" + SENDER.encode(), b"To:\t" + DESK.encode(), b"Subject:\tBroken\r\n\t\tbowls"]),
    )
    yield "a line of a mailbox first", b"From maria Mon Nov 23 02:00:00 2026\r\n" + write(Message_ID="<mbox@h>")
    yield "many headers", write(Message_ID="<mh@h>", **{f"X_{number}": "y" * 50 for number in range(5000)})
    yield "a group for a recipient", write(to=f"Desks: {DESK}, b@x.example;", Message_ID="<group@h>")
    yield (
        "an address with a comment",
        write(to=f"complaints (our desk) @desk.example, {DESK}", Message_ID="<comment@h>"),
    )
    yield "a route", write(to=f"<@mx.example:{DESK}>", Delivered_To=DESK, Message_ID="<route@h>")
    yield "Latin-1 in a header", bare([b"From: K\xe4the <k@x.example>", desk, b"Subject: Gl\xe4ser zerbrochen"])
    yield "UTF-8 in a header", bare(["From: 王伟 <wang@x.example>".encode(), desk, "Subject: 碗破了".encode()])
    yield (
        "ten thousand recipients",
        write(
            to=", ".join(f'"Buyer {n}" <buyer{n}@customer{n}.example>' for n in range(10_000)) + f", {DESK}",
            Message_ID="<10k@h>",
        ),
    )
    yield "only in the path", write(
        to="undisclosed-recipients:;", Received=f"from a by b for <{DESK}>; Mon, 23 Nov 2026 01:00:00 +0000",
        Message_ID="<for@h>",
    )  # fmt: skip


def body_mails():
    """Yield mails whose texts and files are no pleasure."""
    nested = write(Message_ID="<in@h>", body="In the middle")
    for _level in range(30):
        nested = b"Content-Type: message/rfc822\r\n\r\n" + nested
    yield (
        "a mail in a mail, thirty times",
        bare([b"From: " + SENDER.encode(), f"To: {DESK}".encode()], b"")[:-2] + nested,
    )
    yield (
        "a mail attached in an encoding",
        parts(
            b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYUB4DQoNCkhp", b"\r\nTen"
        ),
    )
    yield "a part of a mail", parts(b"Content-Type: message/partial; id=x; number=2\r\n\r\nrest", b"\r\nTen")
    yield "a mail elsewhere", parts(b"Content-Type: message/external-body; access-type=ftp; site=x\r\n\r\n", b"\r\nTen")
    yield (
        "no base64",
        parts(
            b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n!!no$base64=\xff\xfe",
            b"\r\nTen",
        ),
    )
    yield (
        "quoted and not printable",
        write(Content_Transfer_Encoding="quoted-printable", body="=ZZ=\r\n=", Message_ID="<qp@h>"),
    )
    yield (
        "uuencoded",
        write(Content_Transfer_Encoding="x-uuencode", body="begin 644 a\r\nM'''\r\nend", Message_ID="<uu@h>"),
    )
    yield (
        "a winmail.dat",
        parts(b"\r\nTen bowls", b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22\0\1junk"),
    )
    yield "an invitation", parts(
        b"\r\nMeet us", b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR",
        Content_Type="multipart/alternative; boundary=frontier", Message_ID="<ics@h>",
    )  # fmt: skip
    yield (
        "only an invitation",
        write(Content_Type="text/calendar; method=REQUEST", body="BEGIN:VCALENDAR", Message_ID="<i2@h>"),
    )
    yield "S/MIME, signed", parts(
        b"\r\nTen", b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIAG",
        Content_Type="multipart/signed; protocol=application/pkcs7-signature; boundary=frontier", Message_ID="<p7s@h>",
    )  # fmt: skip
    yield "S/MIME, sealed", write(
        Content_Type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        Content_Transfer_Encoding="base64", body="MIAGCSqGSIb3DQEHA6CA", Message_ID="<p7m@h>",
    )  # fmt: skip
    yield "PGP, sealed", parts(
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----",
        Content_Type="multipart/encrypted; protocol=application/pgp-encrypted; boundary=frontier", Message_ID="<pgp@h>",
    )  # fmt: skip
    yield "PGP, signed in the text", write(body="-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nTen", Message_ID="<pgps@h>")
    pages = {
        "nothing": "", "a comment": "<!-- nothing -->", "a style": "<style>p {}</style>", "no tags": "Ten & <bowls",
        "a head without end": "<html><head><meta name=x><body>Ten bowls</body></html>", "XML": '<?xml version="1.0"'
        ' encoding="gb2312"?><html xmlns="x"><body>Ten</body></html>', "frames": "<frameset><frame src=x></frameset>",
        "deep": "<div>" * 20_000 + "Ten",
        "broad": "<p>Ten</p>" * 20_000, "NUL": "<p>T\0en</p>", "a bad name": "<a:b:c/>Ten",
        "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>Ten",
        "entities": "&#0;&#x110000;&bogus;&#xD800;Ten",
        "a base": "<base href='javascript:x'><form action=x><input autofocus onfocus=x>Ten</form>",
        "a table of tables": "<table><tr><td>" * 500 + "Ten",
    }  # fmt: skip
    for name, page in pages.items():
        yield (
            f"a page: {name}",
            write(
                Content_Type="text/html; charset=utf-8", body=page, Message_ID=f"<{name[:3]}@page>".replace(" ", "-")
            ),
        )
    yield (
        "alternatives of nothing",
        parts(Content_Type="multipart/alternative; boundary=frontier", Message_ID="<alt0@h>"),
    )
    yield "alternatives of everything", parts(
        *(b"Content-Type: %s\r\n\r\nTen" % kind for kind in (b"text/plain", b"text/rtf", b"text/html",
          b"text/x-amp-html", b"video/x", b"multipart/mixed", b"text/plain")),
        Content_Type="multipart/alternative; boundary=frontier", Message_ID="<alt9@h>",
    )  # fmt: skip
    yield (
        "one boundary for all",
        parts(
            b"Content-Type: multipart/mixed; boundary=frontier\r\n\r\n--frontier\r\n\r\nTen\r\n--frontier--",
            Message_ID="<same@h>",
        ),
    )
    yield (
        "a boundary without end",
        write(Content_Type="multipart/mixed; boundary=" + "b" * 5000, body="Ten", Message_ID="<bl@h>"),
    )
    yield "names of files that are none", parts(
        *(b"Content-Disposition: attachment; filename=" + name + b"\r\n\r\nx"
          for name in (b'""', b".", b"..", b"con", b"/", b'"\r\n\t "', b'"a\x80"', b"=?x?Q?", b"a" * 3000, b"%00")),
        Message_ID="<names@h>",
    )  # fmt: skip
    yield "types of files that are none", parts(
        *(b"Content-Type: " + kind + b"\r\nContent-Disposition: attachment; filename=a\r\n\r\nx"
          for kind in (b"", b"/", b"a/b/c", b"image", b"/jpeg", b"multipart/x", b"message/rfc822", b"text/\xff")),
        Message_ID="<types@h>",
    )  # fmt: skip
    yield (
        "a list",
        write(List_Id="<talk.x.example>", Precedence="list", List_Post="<mailto:x@x>", Message_ID="<list@h>"),
    )
    yield (
        "spam with our name on it",
        write(Message_ID="<1.2.3-openerp-4-expo.complaint@desk.example>", References="<5-openerp-99-expo.complaint@h>"),
    )


#: Senders that look like machines, and are people.
PEOPLE_LIKE_MACHINES = (
    "Ling <postmaster-ling@customer.example>", "Ling <ling.postmaster@customer.example>",
    "Mailer, Johannes <mailer@customer.example>", "Norman Mailer <norman.mailer@customer.example>",
    "Mailer-Daemon Schmidt <schmidt@customer.example>", "\"postmaster@163.com\" <maria@customer.example>",
    "The postmaster of a company <postmaster@customer.example>", "Bounce House Ltd <bouncehouse@customer.example>",
    "\"postmaster\"@customer.example <wang.bounces@customer.example>",
)  # fmt: skip


def machine_mails():
    """Yield mails of machines that do not say so as they should."""
    away = (
        "Out of Office AutoReply: Your complaint", "Automatische Antwort: Ihre Reklamation",
        "Abwesenheitsnotiz: Reklamation",
        "Abwesend: Ihre Reklamation", "【自動返信】お問い合わせありがとうございます", "自動応答: 不在のお知らせ",
        "不在通知: 出張中",
        "自动回复：您好，您的邮件已收到", "【自动回复】投诉已收到", "[自动回复] 投诉",
        "自動回覆: 投訴", "Réponse automatique : réclamation",
        "Respuesta automática: reclamación", "Automatisch antwoord: klacht", "Autosvar: reklamation",
        "자동 응답: 부재중",
        "Автоматический ответ: жалоба", "Odpowiedź automatyczna: reklamacja", "Otomatik Yanıt: şikayet",
    )  # fmt: skip
    for index, subject in enumerate(away):
        yield f"away: {subject}", write(subject=subject, Message_ID=f"<away{index}@h>")
        encoded = "=?utf-8?Q?" + "".join(f"={byte:02X}" for byte in subject.encode()) + "?="
        yield f"away, encoded: {subject}", write(subject=encoded, Message_ID=f"<awaye{index}@h>")
    for index, (sender, subject) in enumerate(
        (
            ("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"),  # Postfix
            ("Mailer-Daemon@mx.example", "Mail delivery failed: returning message to sender"),  # Exim
            ("MAILER-DAEMON@mx.example", "failure notice"),  # qmail
            ("postmaster@outlook.example", "Undeliverable: Your complaint"),  # Exchange
            ("MAILER-DAEMON@mx.example", "Returned mail: see transcript for details"),  # Sendmail
            ("postmaster@qq.example", "来自qq.com的退信"),
            ("Postmaster@163.example", "系统退信"),
            ("postmaster@163.com", "系统退信/Systems bounce"),
            ("系统管理员 <postmaster@163.com>", "您的邮件"),
            ("postmaster@aliyun.example", "邮件投递失败通知"),
            ("postmaster@x.example", "Unzustellbar: Ihre Reklamation"),
            ("postmaster@x.example", "配信不能: ご連絡"),
            ("postmaster@domino.example", "DELIVERY FAILURE: User not listed"),
            ("postmaster@x.example", "Mail System Error - Returned Mail"),
            ("postmaster@x.example", "Delayed: Your complaint"),
        )
    ):
        yield f"returned: {subject}", write(sender=sender, subject=subject, Message_ID=f"<back{index}@h>")
    for index, subject in enumerate(("Returned mail", "系统退信")):
        yield f"no return path: {subject}", write(Return_Path="<>", subject=subject, Message_ID=f"<null{index}@h>")
    yield "a read receipt", parts(
        b"\r\nYour message was displayed",
        b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; maria@x\r\nDisposition: x",
        Content_Type="multipart/report; report-type=disposition-notification; boundary=frontier",
        subject="Read: Broken",
        Message_ID="<mdn@h>",
    )  # fmt: skip
    yield "a report of nothing", write(Content_Type=REPORT, body="", Message_ID="<rep0@h>")
    yield "vacation by Sieve", write(Auto_Submitted="auto-replied (vacation)", Message_ID="<sieve@h>")
    yield "an answer by a program", write(X_Autoreply="yes", Message_ID="<xauto@h>")


def hostile():
    """Yield ``(name, bytes, what it must become)`` of all."""
    for mails, became in ((header_mails, "ticket"), (body_mails, "ticket"), (machine_mails, "robot")):
        for name, raw in mails():
            yield name, raw, became
