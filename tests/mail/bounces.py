"""Reports of mail servers on letters of ours, and mails of people that look like them.

Made in our own words, after the form that each server gives its reports: fields of the standard, a header of its own, a
list of addresses, or a page in Chinese. Each says one of four things: no such user, mailbox full, blocked, delayed.
"""

from tests.common_intake import write

from .corpus import parts

US = "expo@ours.example"
LOST = "li.wei@shop.example"
OURS = "<letter-17@ours.example>"
QUOTED = f"From: Expo Team <{US}>\r\nTo: Li Wei <{LOST}>\r\nSubject: 450 bowls, blocked dates\r\nMessage-ID: {OURS}\r\n"
#: What each report says: kind and cause.
MEANT = {
    "unknown": ("permanent", "unknown"),
    "full": ("temporary", "full"),
    "blocked": ("permanent", "blocked"),
    "delayed": ("delayed", ""),
}
#: Status of RFC 3463 and a reply of a server for each.
STATUS = {
    "unknown": ("5.1.1", "550 5.1.1 <{lost}>: recipient does not exist here"),
    "full": ("5.2.2", "552 5.2.2 <{lost}>: the mailbox is over its quota"),
    "blocked": ("5.7.1", "554 5.7.1 this message was refused by our spam policy"),
    "delayed": ("4.4.1", "connect to mx.shop.example: timed out"),
}


def _status(kind, name, lost):
    code, reply = STATUS[kind]
    action = "delayed" if kind == "delayed" else "failed"
    reply = reply.format(lost=lost)
    return (
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {name}\r\n\r\nFinal-Recipient: rfc822; "
        f"{lost}\r\nAction: {action}\r\nStatus: {code}\r\nDiagnostic-Code: smtp; {reply}\r\n"
    ).encode()


def _standard(kind, name, sender, subject, text, quote="message/rfc822", page=False):
    head = f"Content-Type: text/{'html' if page else 'plain'}; charset=utf-8\r\n\r\n"
    return parts(
        (head + text).encode(),
        _status(kind, name, LOST),
        f"Content-Type: {quote}\r\n\r\n{QUOTED}\r\nGood morning.".encode(),
        Content_Type="multipart/report; report-type=delivery-status; boundary=frontier",
        sender=sender,
        to=US,
        subject=subject,
        Message_ID=f"<{name}-{kind}@report.example>",
        Auto_Submitted="auto-replied",
    )


def _worded(kind, name, sender, subject, text, encoding="utf-8", page=False, **headers):
    head = write(
        sender=sender,
        to=US,
        subject=subject,
        body="",
        Content_Type=f"text/{'html' if page else 'plain'}; charset={encoding}",
        Content_Transfer_Encoding="8bit",
        Message_ID=f"<{name}-{kind}@report.example>",
        **headers,
    )
    return head.rstrip() + b"\r\n\r\n" + text.replace("\n", "\r\n").encode(encoding)


def _postfix(kind):
    late = kind == "delayed"
    text = f"This is the mail system at host mx.relay.example.\n\n<{LOST}>: {STATUS[kind][1].format(lost=LOST)}"
    return _standard(
        kind, "postfix", "Mail Delivery System <MAILER-DAEMON@mx.relay.example>",
        "Delayed Mail (still being retried)" if late else "Undelivered Mail Returned to Sender", text,
    )  # fmt: skip


def _exchange(kind):
    late = kind == "delayed"
    text = f"<p>Delivery to {LOST} {'is late, the server is still trying' if late else 'has failed'}.</p>"
    return _standard(
        kind, "exchange", "postmaster@corp.example", f"{'Delivery delayed' if late else 'Undeliverable'}: bowls", text,
        quote="text/rfc822-headers", page=True,
    )  # fmt: skip


def _outlook(kind):
    subject = {"delayed": "传递延迟: 450 bowls"}.get(kind, "未传递: 450 bowls")
    return _standard(kind, "outlook", "postmaster@outlook.com", subject, f"无法将邮件送到 {LOST}。")


def _gmail(kind):
    subject = "Delivery Status Notification (Delay)" if kind == "delayed" else "Delivery Status Notification (Failure)"
    text = f"Your message to {LOST} {'has not arrived so far' if kind == 'delayed' else 'did not arrive'}."
    return _standard(
        kind, "gmail", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", subject, text, "text/rfc822-headers"
    )


def _sendmail(kind):
    subject = (
        "Warning: could not send message for past 4 hours" if kind == "delayed" else "Returned mail: see transcript"
    )
    said = STATUS[kind][1].format(lost=LOST)
    text = f"----- Addresses with trouble -----\n<{LOST}>\n\n----- Transcript -----\n... {said}"
    return _standard(kind, "sendmail", "Mail Delivery Subsystem <MAILER-DAEMON@mx.old.example>", subject, text)


def _domino(kind):
    subject = "DELIVERY FAILURE: 450 bowls" if kind != "delayed" else "Delayed: 450 bowls"
    return _standard(kind, "domino", "Postmaster@domino.example", subject, f"Your document for {LOST}: see the fields.")


def _exim(kind):
    if kind == "delayed":
        text = (
            f"This message was created automatically by mail delivery software.\nIt was not yet delivered to {LOST}.\n"
        )
        text += f"The server will keep trying; you do not need to send it again.\n\n{QUOTED}"
        return _worded(
            kind,
            "exim",
            "Mail Delivery System <Mailer-Daemon@mx.exim.example>",
            "Warning: message delayed 24 hours",
            text,
        )
    said = STATUS[kind][1].format(lost=LOST)
    text = (
        f"This message was created automatically by mail delivery software.\n\n  {LOST}\n    host mx said: {said}\n\n"
    )
    return _worded(
        kind, "exim", "Mail Delivery System <Mailer-Daemon@mx.exim.example>", "Mail delivery failed: returning message",
        text + f"------ This is a copy of your message ------\n\n{QUOTED}\n\nGood morning.", X_Failed_Recipients=LOST,
    )  # fmt: skip


def _qmail(kind):
    words = {
        "unknown": "Sorry, there is no mailbox here by that name. (#5.1.1)",
        "full": "The user's mailbox is full and takes no more mail. (#5.2.2)",
        "blocked": "Remote host said: 554 this mail looks like spam (#5.7.1)",
        "delayed": "The server could not be reached, and is still being tried. This is a warning message only.",
    }
    text = f"Hello. This is the qmail-send program at mx.qmail.example.\n\n<{LOST}>:\n{words[kind]}\n\n"
    return _worded(
        kind, "qmail", "MAILER-DAEMON@mx.qmail.example", "failure notice",
        text + f"--- Below this line is a copy of the message.\n\nReturn-Path: <{US}>\n{QUOTED}", Return_Path="<>",
    )  # fmt: skip


def _yahoo(kind):
    words = {
        "unknown": "550: this user has no account with us, so it is an unknown user",
        "full": "452 4.2.2 the mailbox has exceeded its quota",
        "blocked": "554: the message was blocked for reasons of policy",
        "delayed": "no connection so far; delivery is delayed by 12 hours, we will keep trying",
    }
    text = f"Sorry, your message could not be handed over to this address:\n\n<{LOST}>:\n{words[kind]}\n"
    return _worded(
        kind, "yahoo", "MAILER-DAEMON@yahoo.com", "Failure Notice" if kind != "delayed" else "Delayed mail",
        text + f"\n--- Original message follows.\n\n{QUOTED}",
    )  # fmt: skip


CHINESE = {
    "unknown": "收件人邮箱 {lost} 不存在，请核对地址。",
    "full": "收件人 {lost} 的邮箱容量已满，暂时不能收信。",
    "blocked": "对方服务器认为来信是垃圾邮件，{lost} 拒收。",
    "delayed": "邮件到 {lost} 暂未送达，系统会继续尝试投递，您无需重发。",
}


def _chinese_page(kind, name, sender, subject, encoding):
    why = CHINESE[kind].format(lost=LOST)
    text = (
        f"<html><body><h3>{'邮件延迟通知' if kind == 'delayed' else '您的邮件没有送到'}</h3><table><tr><td>主题：</td>"
        f"<td>450 bowls, 垃圾邮件</td></tr></table><p>退信原因：{why}</p>"
        f"<pre>Message-ID: {OURS.replace('<', '&lt;')}</pre>"
    )
    return _worded(kind, name, sender, subject, text, encoding, page=True)


def _netease(kind):
    return _chinese_page(kind, "163", "Postmaster@163.com", "系统退信/Systems bounce", "gbk")


def _qq(kind):
    return _chinese_page(kind, "qq", "PostMaster <postmaster@qq.com>", "来自qq.com的退信", "gb18030")


def _aliyun(kind):
    subject = "邮件投递延迟通知" if kind == "delayed" else "邮件投递失败通知"
    text = f"尊敬的用户：\n\n{CHINESE[kind].format(lost=LOST)}\n\n--- 原始邮件 ---\n{QUOTED}"
    return _worded(kind, "aliyun", "postmaster@aliyun.com", subject, text)


def _sina(kind):
    text = f"发给 {LOST} 的信有以下情况\n{CHINESE[kind].format(lost=LOST)}\n\n原信\n{QUOTED}"
    return _worded(kind, "sina", "<MAILER-DAEMON@sina.com>", "退信通知", text, "gb2312")


PROVIDERS = {
    function.__name__.strip("_"): function
    for function in (
        *(_postfix, _exchange, _outlook, _gmail, _sendmail, _domino, _exim, _qmail, _yahoo),
        *(_netease, _qq, _aliyun, _sina),
    )
}


def bounces():
    """Yield ``(name, bytes, kind, cause)`` of every report."""
    for name, function in PROVIDERS.items():
        for kind, (meant, cause) in MEANT.items():
            yield f"{name}: {kind}", function(kind), meant, cause


def people():
    """Yield ``(name, bytes)`` of mails of people who write about reports, quote them, or send them on."""
    senders = ("wang@customer.example", "Postmaster of Rossi <postmaster@customer.example>", "bounce@customer.example")
    subjects = (
        "Re: 450 bowls", "Your mail came back", "Fwd: Undelivered Mail Returned to Sender", "Re: failure notice",
        "转发: 系统退信", "回复：你们的邮件被退回", "我收到一封退信，请看", "Problem with your e-mail", "投诉",
        "Mailbox full?", "Spam in my mailbox", "Read this first", "Lu Wei visits you", "已读，请回电",
    )  # fmt: skip
    text = f"Hello,\n\nyour last mail to {LOST} bounced. Is the mailbox full? Please use wang@customer.example.\n"
    quote = f"\n> This is the mail system at host mx.\n> <{LOST}>: 550 5.1.1 user unknown\n> Message-ID: {OURS}\n"
    for sender in senders:
        for number, subject in enumerate(subjects):
            if sender is senders[0] or number < 2 or number > 6:
                yield f"{sender}: {subject}", write(sender, US, subject, text + quote, In_Reply_To=OURS)
    for name, function in PROVIDERS.items():
        sent_on = parts(
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode(),
            b"Content-Type: message/rfc822\r\n\r\n" + function("unknown"),
            sender="wang@customer.example",
            to=US,
            subject="Fwd: this came back",
            Message_ID=f"<{name}-sent-on@customer.example>",
        )
        yield f"a report of {name} sent on", sent_on
        yield (
            f"a report of {name} quoted",
            write(
                "wang@customer.example",
                US,
                "FW: returned",
                "See below.\n\n" + function("full").decode("utf-8", "replace"),
            ),
        )
