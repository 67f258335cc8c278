"""Reports of many mail servers, and mails of people that look like them: both in our own words.

The reports lie in ``tests/data/reports.json``: the server, sender, subject, text, and headers where these tell.
"""

import base64
import hashlib
import json
from pathlib import Path

from tests.common_intake import write

REPORTS = Path(__file__).parents[1] / "data" / "reports.json"
US = "expo@ours.example"
LOST = "li.wei@shop.example"
QUOTE = f"Message-ID: <letter-17@ours.example>\nFrom: {US}\nSubject: Bowls\n"
REPORT = f"This is the mail system at host mx.\n\n<{LOST}>: host mx said: 550 5.1.1 user unknown\n{QUOTE}"
PERSON, MASTER, ADMIN = (
    "Wang <wang@customer.example>",
    "Rossi <postmaster@customer.example>",
    "Ling <admin@customer.example>",
)
SUBJECTS = (
    "Delivery failed again", "Delivery failure: two cartons missing", "Delayed shipment", "Delayed again!",
    "Returned mail", "Returned goods", "Undelivered goods", "Undelivered cartons, order 550 5.1.1",
    "Mail delivery of the catalogue", "Order 550 5.1.1 is late", "Your mail came back",
    "Failure notice for oven no. 5", "Undeliverable address on the invoice", "Message not delivered to my boss",
    "货物退回", "你们的邮件被退回了", "发送失败的订单", "退信了，请换地址",
    "Lieferung nicht zustellbar", "Unzustellbar? Paket 5.1.1",
    "Livraison non remise", "Échec de la livraison", "Non-delivery of 450 bowls",
    "Warning: could not open the carton", "Over quota of samples", "送信エラーについて", "배송 실패",
)  # fmt: skip
COMPLAINT = "Hello,\n\nthe delivery of our order 550 5.1.1 failed again. When do you send ten new bowls?\n\nWang"
CAME_BACK = (
    f"Hello,\n\nyour mail came back to me, the address {LOST} is wrong. Please use wang@customer.example.\n\nWang"
)
ORIGINAL = "-----Original Message-----\nFrom: Mail Delivery System\n\n"
SENT_ON = f"Hello,\n\nplease see below, what does it mean?\n\nWang\n\n{ORIGINAL}{REPORT}"
MARKED = "Is this right?\n\n" + "\n".join(f"> {line}" for line in REPORT.splitlines())


def reports():
    """Yield ``(name, bytes)`` of every report."""
    for row in json.loads(REPORTS.read_text(encoding="utf-8")):
        yield row["server"], _mail(row["server"], row["sender"], row["subject"], row["text"], **row.get("headers", {}))


def lookalikes():
    """Yield ``(name, bytes)`` of mails of people."""
    for subject in SUBJECTS:
        for sender, text in ((PERSON, COMPLAINT), (MASTER, COMPLAINT), (ADMIN, CAME_BACK), (PERSON, REPORT)):
            yield f"{sender}: {subject}", _mail(subject, sender, subject, text)
    for sender in (PERSON, MASTER, ADMIN):
        for begin in ("Fwd: ", "WG: ", "Re: ", "TR: ", "转发: ", "回复："):
            for text in (SENT_ON, MARKED):
                yield f"{sender}: {begin}", _mail(begin, sender, f"{begin}Undelivered Mail Returned to Sender", text)


def _mail(name, sender, subject, text, **headers):
    number = hashlib.sha256(f"{name} {sender} {text}".encode()).hexdigest()[:16]
    head = write(
        sender=_encoded(sender), to=US, subject=_encoded(subject), body="", Message_ID=f"<{number}@report.example>",
        Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="base64", **headers,
    )  # fmt: skip
    return head.rstrip() + b"\r\n\r\n" + base64.encodebytes(text.encode())


def _encoded(header):
    """A header as programs write it: names and subjects outside ASCII as encoded words."""
    if header is None or header.isascii():
        return header
    name, bracket, rest = header.partition(" <")
    return f"=?utf-8?B?{base64.b64encode(name.encode()).decode()}?={bracket}{rest}"
