"""What a mail is to us: three questions, whether a person wrote it or a machine.

Is it answered automatically? Does it count as the customer's answer? Is it shown to a person? A note of absence is
none of it; what a customer's order system or helpdesk sends is shown and counts, and gets no answer of ours.
"""

import re
from email.message import Message
from typing import NamedTuple

from .domains import is_shared
from .raw_mail import header_text

#: Mails of machines that are shown on request only: returned mails, notes of absence, receipts.
QUIET = ("report", "reply", "receipt")


class Treatment(NamedTuple):
    """What is done with a mail.

    ``kind`` tells why: ``report`` (of a mail that did not arrive, or is late), ``reply`` (an automatic answer),
    ``receipt`` (it was read), ``generated`` (a machine wrote it for people), ``list`` (it came through a mailing list),
    "" for a person.
    """

    kind: str
    is_answered: bool
    is_counted: bool
    is_shown: bool


#: Programs that answer by themselves say so by one of these, after "X-Auto".
AUTOREPLY_HEADERS = ("reply", "respond", "responder")
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
#: Subjects of receipts, some of which give no other sign.
RECEIPT_SUBJECT = re.compile(
    r"\s*[【\[(（「]?\s*((not read|read|gelesen|ungelesen|lu|non lu|leído|letto|lida|gelezen|прочтено|прочитано|"
    r"已读|已阅读|未读|已讀|未讀|開封済み|既読|읽음)\s*[】\])）」]?\s*[:：]|"
    r"(read|return) receipt\b|(disposition|read) notification\b|lesebestätigung\b|"
    r"(已读|阅读|閱讀|已讀|開封|开封)(回执|回執|通知|确认)|\S*(阅读回执|已读回执|閱讀回條|開封確認))",
    re.IGNORECASE,
)
#: A receipt is one sentence and the subject: characters.
RECEIPT_LENGTH = 300
READ = re.compile(
    r"\b(was|has been) (read|displayed|opened|deleted)|\bread (receipt|on\b)|gelesen|angezeigt|\ba été lu|leído|letto|"
    r"已(被|于|经|在)?.{0,30}(阅读|查看|打开|收到|讀)|阅读(了|回执)|已读|已讀|開封|прочита|прочтен|删除",
    re.IGNORECASE,
)
REPORT_SENDERS = (
    *("mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail.daemon", "mdaemon"),
    *("postmaster", "bounce", "bounces", "double-bounce", "mail-delivery-subsystem"),
)
#: A daemon for mail, whatever else its name says.
DAEMON = re.compile(r"(^|[^a-z])mail(er)?[._-]?daemon([^a-z]|$)|^mdaemon$")
#: Names that servers and people use.
SERVER_NAME = re.compile(
    r"(root|daemon|mailer|ndr|administrator|post_master|mail[-_]?(admin|system|server|service|gateway)|returned[-_]?mail|"
    r"microsoftexchange\w+)$"
)
#: Headers that reports have, and no other mails.
REPORT_HEADERS = ("X-Failed-Recipients", "X-MDDSN-Message", "X-MS-Exchange-Message-Is-Ndr", "X-DSNContext")
#: Names under which servers send reports from addresses that are not read, or look like those of people.
REPORT_NAME = re.compile(
    r"mail ?delivery|delivery (sub)?system|mailer[- ]?daemon|\bpostmaster\b|content-filter|"
    r"^mail (system|service|server)\b|"
    r"system(s|en)?[- ]?administrator|administrat[a-z]+ (du |de[l]? |do |di |of )?(syst|sist|isvw)|systeembeheerder|"
    r"administrator systemu|системный администратор|sistem yöneticisi|systemadministratör|správce systému|"
    r"microsoft outlook\W*$|\bsmtp32\b|"
    r"邮件系统|系统邮件|系统管理员|系统退信|退信|郵件系統",
    re.IGNORECASE,
)
#: What servers write as the subject of a report, in full or up to a colon.
REPORT_SUBJECT = re.compile(
    r"\W*((postmaster( copy| notify)?\W+)?(undeliver(able|ed) (mail|message|e-?mail)|undeliverable\s*:)|"
    r"delivery (status notification|notification|delayed)\b|delivery failure( report)?\s*:.*(user|recipient|mailbox|"
    r"address|host|domain|route|\b5\d\d\b)|(email |mail |permanent )delivery (failure|failed|warning|status)|"
    r"(postmaster\W+)?email delivery|returned mail\s*:|mail (delivery )?failed\b|failure notice$|mail failure\W*$|"
    r"(delayed|delivery delayed)\s*:|mail system error|systems? bounce|message (status\b|delayed\b|\S+ (delayed|has "
    r"been frozen))|message (you sent )?blocked by|warning: (could not (send|deliver)|message)|"
    r"(mail|message)s? could not be (deliver|sent|posted)|failed mail\b|non-?delivery (report|notif)|notice: mail|"
    r"bounce\]|error sending message\b|banned contents|"
    r"unzustellbar\s*:|nicht zustellbar\s*:|zustellungsfehler\s*:|non remis\s*:|échec de remise|avis de non-remise|"
    r"no se puede entregar\s*:|error en la entrega|non recapitabile\s*:|mancata consegna del messaggio|"
    r"não é possível entregar\s*:|falha na entrega da mensagem|onbestelbaar\s*:|niedostarczalne\s*:|недоставлен|"
    r"teslim edilemedi\s*:|olevererbart\s*:|kan ikke leveres\s*:|nedoručitelné\s*:|"
    r"配信不能|配信エラー|配信できません|送信エラー\s*[:：]|배달되지 않음|(메일 )?발송 ?실패 ?(안내|알림)|"
    r"(未传递|未送達|未送达|無法傳遞|无法传递)\s*[:：]|系统(退信|延迟投递)|退信(通知|提醒|$|】)|来自\S*的退信|"
    r"邮件(投递|发送)?(失败|延迟|延迟投递|投递延迟)(通知|提醒|$)|郵件(傳送|發送|投遞)失敗)",
    re.IGNORECASE,
)
#: How such a subject begins; many subjects of people begin alike.
LIKE_REPORT_SUBJECT = re.compile(
    r"\W*(undeliver|delivery (status|fail|report)|returned|mail delivery|failure notice|delayed|over quota|"
    r"message (not|could)|unzustellbar|non remis|échec|non-?delivery|送信エラー|\S*(退信|退件|退回|无法投递|投递失败|"
    r"无法送达|未能送达|发送失败|發送失敗))",
    re.IGNORECASE,
)
#: A person answers a report, or sends it on.
ANSWER_SUBJECT = re.compile(
    r"\s*(re|aw|sv|antw|odp|fwd?|wg|tr|rv|i|回复|答复|转发|回覆|轉寄|轉發)\s*[:：]", re.IGNORECASE
)
#: How servers begin a report when neither form nor subject tells.
REPORT_TEXT = re.compile(
    r"created automatically by mail delivery software|this is the (mail system|qmail-send|mail delivery|james)|"
    r"(message|mail|e-mail)( (you|that you) sent)?( to \S+)? (could|can|did|has|was|had)[ -]?(not|n't|n’t)( yet)? "
    r"(be |been )?(reach|deliver|sent|accepted)|message\b.{0,80}\b(was|has been|could) (not (be )?delivered|blocked|"
    r"returned)|"
    r"delivery (to the following|of your message|has failed|problems? to)|delivery to \S+@\S+ (has )?failed|"
    r"permanent (fatal )?errors?\b|(undeliverable|undelivered) (mail|message|to|recipient)|"
    r"unable to deliver (your )?(mail|message|to)|problem while delivering|transcript (of session )?follows|"
    r"\b(said|error|reply|>>>)\W{0,3}[45]\d\d\b|^\W*[45]\d\d[ -]#?[45]\.\d{1,3}\.\d|@[\w.-]+>?\W{1,4}[45]\d\d\b|"
    r"\(#[45]\.\d\.\d\)|(user|mailbox) (is |was )?(unknown|exceeds)|unknown user|"
    r"(nachricht|dokument) .{0,60}nicht (erreicht|zugestellt)|message n['’]a pas (été|pu être) remis|"
    r"mensaje no (llegó|se ha)|no se ha podido entregar su mensaje|impossibile recapitare il messaggio|"
    r"mensagem não (foi|pôde ser) entregue|"
    r"(邮件|郵件|来信).{0,12}(被退回|退回来|未能投递|无法投递|投递失败|无法送达|未能送达|未送达|發送失敗|无法发送|延迟)|"
    r"退信原因|メッセージを配信でき|メールを送信でき|메일(이 반송|을 보내지 못)",
    re.IGNORECASE | re.MULTILINE,
)
#: Where a person's own words end, and what is sent on begins.
SENT_ON = re.compile(
    r"^\W*((original|forwarded) message\b|begin forwarded|weitergeleitete nachricht|ursprüngliche nachricht|"
    r"message (d'origine|transféré)|原始邮件|转发邮件|(from|von|de|发件人|寄件者)\s*[:：])",
    re.IGNORECASE | re.MULTILINE,
)
#: From so many signs on, of sender, subject and text, a mail is a report.
REPORT_SIGNS = 4
#: So much of a text is a report's own; what follows is quoted.
REPORT_BEGINS_WITHIN = 600
NO_REPLY = re.compile(r"(no|not|do[-_.]?not|donot|never)[-_.]?(reply|answer|respond)|noreply|unattended", re.IGNORECASE)


def treat_mail(message: Message, sender: str, subject: str, text: str = "") -> Treatment:
    r"""Tell what is to be done with a mail.

    RFC 3834 §5 (``Auto-Submitted``), RFC 3464 and RFC 8098 (reports and receipts), RFC 5321 §4.5.5 (an empty return
    path asks for no answer), RFC 2919 (lists). ``X-Auto-Response-Suppress`` alone says nothing: people's mails have it.
    Sender and subject are asked in each case, because many machines give no other sign.

    :param sender: address of the sender, "" when there is none
    :param subject: decoded subject
    :param text: decoded text; without one, a mail of a machine does not count as an answer

    >>> from email import message_from_string as parse
    >>> def ask(head="", sender="wang@x.example", subject="Re: Bowls", text="Ten bowls"):
    ...     found = treat_mail(parse(head + "\n\n"), sender, subject, text)
    ...     return found.kind, "".join("ny"[one] for one in found[1:])
    >>> ask(), ask("Auto-Submitted: no\nX-Auto-Response-Suppress: All"), ask("X-Autoreply: no")
    (('', 'yyy'), ('', 'yyy'), ('', 'yyy'))
    >>> ask("Auto-Submitted: auto-replied (vacation)"), ask(subject="【自动回复】投诉"), ask(subject="Re: Auto-reply")
    (('reply', 'nnn'), ('reply', 'nnn'), ('', 'yyy'))
    >>> ask("Auto-Submitted: auto-generated"), ask("Auto-Submitted: auto-generated", text=" ")
    (('generated', 'nyy'), ('generated', 'nny'))
    >>> ask("Precedence: bulk\nList-Id: <talk.x>"), ask("Precedence: junk"), ask("List-Unsubscribe: <mailto:x@x>")
    (('list', 'nyy'), ('reply', 'nnn'), ('', 'yyy'))
    >>> ask("Content-Type: multipart/report; boundary=b"), ask(sender="postmaster@163.com", subject="系统退信")
    (('report', 'nnn'), ('report', 'nnn'))
    >>> ask(subject="已读: 报价单", text="您的邮件已被阅读"), ask(subject="已读，十个碗破了")
    (('receipt', 'nnn'), ('', 'yyy'))
    """
    kind = _find_kind(message, sender, subject, text)
    if kind in QUIET:
        return treat_quietly(kind)
    return Treatment(kind, is_answered=not kind, is_counted=not kind or bool(text.strip()), is_shown=True)


def treat_quietly(kind: str) -> Treatment:
    """Return how mails of a machine are treated that are not shown to a person.

    >>> treat_quietly("report")
    Treatment(kind='report', is_answered=False, is_counted=False, is_shown=False)
    """
    return Treatment(kind, is_answered=False, is_counted=False, is_shown=False)


def _find_kind(message, sender, subject, text):
    if _is_receipt(message, subject, text):
        return "receipt"
    if is_report(message, sender, subject, text):
        return "report"
    submitted = re.split(r"[;(\s]", _header(message, "Auto-Submitted") or "no")[0]
    precedence = _header(message, "Precedence")
    answers = any(_header(message, f"X-Auto{name}") not in ("", "no", "false", "0") for name in AUTOREPLY_HEADERS)
    if submitted.startswith("auto-replied") or answers or AUTOMATIC_SUBJECT.match(subject):
        return "reply"
    if precedence in ("auto_reply", "auto-reply", "junk") or _header(message, "Return-Path") == "<>":
        return "reply"
    if "List-Id" in message or precedence == "list":
        return "list"
    return "generated" if submitted not in ("", "no") or precedence == "bulk" else ""


def _header(message, name):
    return str(message.get(name) or "").strip().lower()


def _is_receipt(message, subject, text):
    """Whether a mail says that one of ours was read, or deleted without being read."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type") or "").lower()
        return kind == "disposition-notification" or (not kind and bool(RECEIPT_SUBJECT.match(subject)))
    if message.get_content_type() == "message/disposition-notification":
        return True
    text = text.strip()
    return bool(RECEIPT_SUBJECT.match(subject)) and len(text) < RECEIPT_LENGTH and (not text or bool(READ.search(text)))


def is_report(message: Message, sender: str, subject: str, text: str = "") -> bool:
    r"""Tell whether a mail server wrote a mail, about one that did not arrive or is late.

    Senders are compared as whole words: a person may be named Mailer, or be the postmaster of a company. Neither a mail
    that quotes a report nor one that holds it as a file is one.

    >>> from email import message_from_string as parse
    >>> bare = parse("\n")
    >>> is_report(bare, "mailer-daemon@x.example", ""), is_report(bare, "postmaster@x.example", "Bowls")
    (True, False)
    >>> is_report(bare, "postmaster@x.example", "系统退信"), is_report(bare, "postmaster@163.com", "Bowls")
    (True, True)
    >>> is_report(bare, "wang@x.example", "系统退信"), is_report(parse("Return-Path: <>\n\n"), "", "系统退信")
    (False, True)
    """
    is_formal = message.get_content_type() in ("multipart/report", "message/delivery-status")
    if is_formal or any(name in message for name in REPORT_HEADERS):
        return True
    local, _at, domain = sender.lower().rpartition("@")
    is_role = local in REPORT_SENDERS
    # No customer writes as the postmaster of a public mail service.
    if DAEMON.search(local) or (is_role and is_shared(domain)):
        return True
    signs = _count_sender_signs(message, sender, is_role)
    if not signs or ANSWER_SUBJECT.match(subject):
        return False
    signs += 2 if REPORT_SUBJECT.match(subject) else bool(LIKE_REPORT_SUBJECT.match(subject))
    own = re.sub(r"(?m)^[ \t]*[>＞].*$", "", text)[:REPORT_BEGINS_WITHIN]
    sent_on = SENT_ON.search(own)
    signs += 2 * bool(REPORT_TEXT.search(own[: sent_on.start()] if sent_on else own))
    return signs >= REPORT_SIGNS


def _count_sender_signs(message, sender, is_role):
    """Count what tells that no person sent a mail: none for an address like any other."""
    is_nobody = not sender or _header(message, "Return-Path") == "<>"
    is_named = REPORT_NAME.search(_sender_name(message)) or "smtp32" in _header(message, "X-Mailer")
    is_auto = _header(message, "Auto-Submitted") not in ("", "no")
    local = sender.partition("@")[0].lower()
    weak = (is_auto, not is_role and bool(NO_REPLY.search(local) or SERVER_NAME.match(local)))
    return min(3, 2 * (is_role + is_nobody + bool(is_named)) + sum(weak))


def _sender_name(message):
    """The name that a sender gives itself, without the address."""
    return header_text(message, "From").rpartition("<")[0]


def takes_answers(address: str) -> bool:
    """Tell whether mail to an address is read by a person.

    >>> takes_answers("maria@customer.example"), takes_answers("no-reply@customer.example"), takes_answers("")
    (True, False, False)
    """
    local = address.rpartition("@")[0]
    return bool(local) and not NO_REPLY.search(local) and local.lower() not in REPORT_SENDERS
