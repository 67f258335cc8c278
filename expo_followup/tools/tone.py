"""Does a reply to a complaint calm first, say *we*, ask for photos and give a date (rules.md §5)? English and Chinese.

Pure: the text of the reply comes in, remarks go out. It warns and never forbids, so it may be wrong now and then; of
what it cannot read (any other language) it says nothing, rather than finding everything missing.
"""

import re
from typing import NamedTuple

from lxml import etree, html

# What is found, in the order in which it is told.
CALM, SINGULAR, MONEY, PHOTOS, DATE = "calm", "singular", "money", "photos", "date"
CODES = (CALM, SINGULAR, MONEY, PHOTOS, DATE)

ENGLISH, CHINESE = "en", "zh"
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
# So frequent that no English text is without some of them, and rare in other languages.
_ENGLISH_WORDS = frozenset(
    {"the", "and", "you", "your", "we", "our", "us", "of", "for", "with", "are", "is", "have", "has", "this", "that"}
    | {"please", "thank", "it", "to", "my", "me", "i", "not", "be", "as", "so"}
)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_QUOTED = re.compile(
    r"^\s*(?:>|On .{5,200} wrote:$|-{3,}\s*(?:Original|Forwarded)|在.{5,200}写道[:：]$)", re.IGNORECASE
)
_SALUTATION = re.compile(
    r"^\s*(?:(?:dear|hello|hi|good (?:morning|afternoon|day|evening))\b.{0,80}[,!:]?|(?:尊敬|亲爱)的.{0,40}"
    r"|.{0,20}(?:您好|你好|先生|女士)[，,：:！!。]?)\s*$",
    re.IGNORECASE,
)

# A numeral ("Type I") is no person, nor is an initial ("I. Petrov"), "I/O", an address, "My Company" or the country MY;
# they are passed over, the rest is the group. 我们, 我方, 我司, 我厂 and the like speak for all of us, 你我 of both.
_NUMBERED = (
    r"(?:type|class|part|phase|grade|annex|stage|section|article|category|model|appendix|chapter|war|volume|level|table"
    r"|figure|lot|series)"
)
_SINGULAR = re.compile(
    rf"\b(?i:{_NUMBERED}) I\b"
    r"|(?P<one>(?<![\w/&@.-])(?:I(?:['’]\w+)?(?![\w/&@.-])|i['’](?:m|ll|ve|d)\b|i(?= \w)"
    r"|(?![Mm]y [A-Z])(?:[Mm]y|[Mm]e|[Mm]ine|[Mm]yself)(?![\w/@-]|\.\w))"
    r"|(?<![自忘你])我(?!们|方|司|公司|厂|工厂|国|社|行|部(?!分)|组|团队|集团|单位|店|处(?![理于在])|等(?![您你到着待候]))"
    r"|本人)"
)
_CITED = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"|「[^」\n]*」")

_CALMING = re.compile(
    r"(?P<no>\b(?:not|no|never|cannot)(?: (?:be|feel|any))? |n['’]t |[不没](?:有|能|会|够)?)?"
    r"(?P<calm>\b(?:thank|sorry|regret|apolog|understand|appreciat|grateful|inconvenience|disappoint|seriously"
    r"|concerned|your concern|glad|trouble|upset|annoy|frustrat)"
    r"|感谢|谢谢|多谢|感激|抱歉|歉意|致歉|道歉|对不起|不好意思|理解|体谅|谅解|重视|不便|不安|遗憾|放心|见谅|失望"
    r"|添[^。！？，\n]{0,3}麻烦|带来[^。！？，\n]{0,6}麻烦|辛苦|久等)",
    re.IGNORECASE,
)
_PROBLEM = re.compile(
    r"\b(?:problem|damag|defect|delay|late\b|mistake|error|fault|complain|wrong|broken|crack|short(?:age|\b)|missing"
    r"|quality|trouble|failure|review|investigat)"
    r"|问题|损坏|破损|损伤|延误|延迟|延期|推迟|缺陷|瑕疵|错误|投诉|短缺|缺少|不符|质量|破裂|故障|调查",
    re.IGNORECASE,
)
_ASKS = (
    r"(?:please|kindly|could you|can you|would you|we (?:ask|request|urge) you to|you (?:must|need to|have to|should))"
)
# What stands between asking and paying; where we stand there, it is we who pay.
_BETWEEN = r"\W+(?:(?!(?:we|us|our)\b)[\w’'-]+\W+){0,5}?"
_OWED = r"(?:payment|balance|remittance|deposit|money)"
_SUM = r"(?:货款|尾款|余款|欠款|定金|款项)"
_PAPERS = r"(?!凭证|水单|证明|方式|条件|记录|单据|给[您贵你])"
_MONEY = re.compile(
    rf"\b{_ASKS}{_BETWEEN}"
    r"(?:pay(?! attention| heed)|remit|settle|wire|transfer (?:the (?!mail|message|question)|your (?!mail|message)|us)"
    rf"|(?:arrange|send|release|make|effect|process|complete|check|confirm|advise|proceed with)"
    rf" (?:(?!our\b)[\w’'-]+ ){{0,3}}?{_OWED})\b"
    r"|\bpayment\b[^.!?\n]{0,20}\bappreciated\b"
    r"|\b(?:await|awaiting|expect|expecting|need|require|waiting for|look(?:ing)? forward to"
    rf"|remind\w*(?: you)? (?:of|about))\b[^.!?\n]{{0,40}}\b(?:your|the|this|outstanding|open) (?:[\w-]+ )?{_OWED}\b"
    r"|\b(?:payment|invoice|balance|amount|deposit)\b[^.!?\n,;]{0,40}\b(?:is|are|has been|remains?|still) (?:[\w-]+ )?"
    r"(?:due|overdue|outstanding|unpaid|open)\b"
    r"|\boverdue (?:payment|invoice|balance|amount)|\bwhen\b[^.!?\n]{0,25}\byou(?:r| will| can)? (?:pay\b|payment)"
    r"|(?:请|麻烦|敬请|望|(?<![会将])(?:尽快|尽早|及时)|何时|什么时候|催)"
    r"(?![^。！？，,；;\n]{0,10}(?:退款|赔))[^。！？，,；;\n]{0,15}"
    rf"(?:(?:付款|支付|汇款|打款){_PAPERS}|结清|付清|付尾款|安排货款|安排尾款|{_SUM}[^。！？，,；;\n]{{0,3}}[付打汇转结])"
    r"|(?:货款|尾款|余款|欠款|账单|发票|款项)[^。！？，,；;\n]{0,12}(?:逾期|未付|未结|到期|拖欠|未到账|尚未)"
    r"|(?:请|麻烦|能否|(?<![会将])尽快)(?![^。！？，,；;\n]{0,10}(?:退款|赔))"
    rf"[^。！？，,；;\n]{{0,8}}把?(?:{_SUM}|款(?!凭|证|方|条)|钱)(?!凭证|水单)"
    r"[^。！？，,；;\n]{0,4}(?:付|汇|打|结|转)"
    r"|(?:货款|尾款|余款|欠款)[^。！？，,；;\n]{0,4}(?:何时|什么时候|几时)|催[^。！？，,；;\n]{0,4}(?:货款|尾款|余款|欠款)"
    r"|等(?:待|候)?[^。！？，,；;\n]{0,8}(?:付款|货款|汇款|尾款)",
    re.IGNORECASE,
)
# Said with a "not", and asked all the same.
_UNPAID = re.compile(
    rf"(?:\b(?:not|never)\b|n['’]t\b)[^.!?\n,;]{{0,20}}\breceiv[^.!?\n,;]{{0,30}}\b{_OWED}\b"
    rf"|(?:未|没有?)收到[^。！？，,；;\n]{{0,12}}(?:付款|汇款|{_SUM})",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|without|no)\b|n['’]t\b|不必|不用|无需|勿|不要|不需要|暂缓|暂停|暂不|先不|别", re.IGNORECASE
)
_PICTURE = re.compile(
    r"\b(?:photo|picture|pics?\b|image|snapshot|video)|照片|图片|相片|影像|视频|拍照|拍摄|拍[下几一些张]", re.IGNORECASE
)
_REQUEST = re.compile(
    r"\b(?:please|kindly|could|would|can you|may we|ask|send|need|help|attach|share|upload)\b"
    r"|请|麻烦|能否|可否|发(?!来的|过来的|的)|提供(?!的)|上传(?!的)|补充|拍(?!的)|更好|最好",
    re.IGNORECASE,
)
# Ours, or none.
_NO_PICTURE = re.compile(
    r"\b(?:no|without) (?:more |further )?(?:photo|picture|image|video)"
    r"|\b(?:photo|picture|image|video)s? (?:is|are|will be) (?:not|no longer)\b"
    r"|\b(?:find|see|attach(?:ed)?|enclosed)\b[^.!?\n]{0,20}\bour (?:[\w-]+ )?(?:photo|picture|image|video)"
    r"|\b(?:photo|picture|image|video)s? (?:that )?you (?:have )?(?:sent|attached|shared)\b"
    r"|(?:不需要|无需|不用|不必|没有)[^。！？，\n]{0,8}(?:照片|图片|相片|视频)|附上[^。！？，\n]{0,3}我[们方司]",
    re.IGNORECASE,
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NUMBERS = r"(?:\d+|one|two|three|four|five|six|seven|ten)"
_DAY = re.compile(
    rf"\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTHS}(?![a-z])|\b{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?\b|\b{_DAYS}\b"
    rf"|\b(?:today|tonight|tomorrow|{_NUMBERS} (?:working |business )?(?:day|week|hour)s?)\b"
    rf"|\b(?:next|end of (?:the|this|next)) (?:week|month|year)\b|\bend of {_MONTHS}(?![a-z])"
    r"|\bthe \d{1,2}(?:st|nd|rd|th)\b"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*[日号]|(?<!\d)\d{1,2}\s*[日号]"
    r"|[\d一二两三四五六七八十]+\s*个?\s*(?:工作日|天|小时|周|星期)"
    r"|今天|今日|明天|明日|后天|(?<!上)[本下]?(?:周|星期|礼拜)[一二三四五六日天末]|下个?[周月]|[月年]底",
    re.IGNORECASE,
)
# A day is a promise or a request where the sentence looks ahead: "your letter of 3 May" and "三天前" give none.
_AHEAD = re.compile(
    rf"\b(?:by|until|till|will|shall|within|before|latest|expect|plan|going to|next|tomorrow|due|in {_NUMBERS})\b"
    r"|['’]ll\b|(?<![天周年])之前|(?<![天周年久目以之])前|[之以]?内|将"
    r"|(?<![展交博览社])会(?![后议员展场前])|最[迟晚]|预计"
    r"|明[天日]|后天|下周|底|后[回答告给]|起|届时",
    re.IGNORECASE,
)


class Remark(NamedTuple):
    """One remark on a reply: its code (see :data:`CODES`) and the words that it is about, which may be none."""

    code: str
    words: str = ""


def text_of(source: str | None) -> str:
    r"""Return what a reader sees of an HTML reply, without the customer's own words (quotations).

    >>> text_of("<p>We are <b>sorry</b>.</p><blockquote>I am angry</blockquote><p>Yours</p>")
    'We are sorry.\nYours'
    >>> text_of(None), text_of("no tags")
    ('', 'no tags')
    """
    if not (source or "").strip():
        return ""
    try:
        root = html.fromstring(f"<div>{source}</div>")
    except (etree.LxmlError, ValueError):
        return source
    for node in root.xpath("//blockquote | //style | //script | //comment() | //*[@data-o-mail-quote]"):
        node.drop_tree()
    for node in root.xpath("//p | //div | //br | //li | //tr | //h1 | //h2 | //h3"):
        node.tail = f"\n{node.tail or ''}"
        if node.tag != "br":
            node.text = f"\n{node.text or ''}"
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return "\n".join(line for line in lines if line)


def language_of(text: str) -> str:
    """Return ``zh``, ``en`` or, for what cannot be told, nothing.

    >>> language_of("We will come back to you."), language_of("我们会尽快回复您。"), language_of("Vielen Dank dafür")
    ('en', 'zh', '')
    """
    words = _WORD.findall(_HAN.sub(" ", text))
    if len(_HAN.findall(text)) > 3 * len(words):
        return CHINESE
    known = sum(word.lower() in _ENGLISH_WORDS for word in words)
    return ENGLISH if words and known * 8 >= len(words) else ""


def check_reply(text: str | None, expects: frozenset[str] = frozenset(CODES)) -> tuple[Remark, ...]:
    r"""Return what a reply to a complaint should say differently, nothing when all is well.

    :param text: as its reader sees it, see :func:`text_of`; lines that start with ``>`` are quoted
    :param expects: which of :data:`CODES` to look for: not every letter asks for photos

    >>> check_reply("Dear Ms Rossi,\nWe are sorry for the trouble. Please send us photos; we answer by 3 May.")
    ()
    >>> [remark.code for remark in check_reply("I got your mail. Please pay the invoice.")]
    ['calm', 'singular', 'money', 'photos', 'date']
    >>> check_reply("我马上处理。", frozenset({"singular"}))
    (Remark(code='singular', words='我'),)
    """
    sentences = _sentences(text or "")
    if not sentences or not language_of("\n".join(sentences)):
        return ()
    found = {
        CALM: _no_calm(sentences),
        SINGULAR: _singular(sentences),
        MONEY: _money_first(sentences),
        PHOTOS: None if _asks_for_photos(sentences) else "",
        DATE: None if any(_DAY.search(row) and _AHEAD.search(row) for row in sentences) else "",
    }
    return tuple(Remark(code, found[code]) for code in CODES if code in expects and found[code] is not None)


def asks_for_photos(text: str | None) -> bool:
    """Tell whether a reply asks for photos.

    >>> asks_for_photos("Please send us photos of the goods."), asks_for_photos("Thank you for the photos.")
    (True, False)
    """
    return _asks_for_photos(_sentences(text or ""))


def _asks_for_photos(sentences):
    return any(_PICTURE.search(row) and _REQUEST.search(row) and not _NO_PICTURE.search(row) for row in sentences)


def _sentences(text):
    """Return our own sentences, without salutations; from the head of a quotation on all is theirs."""
    ours = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            if not line.lstrip().startswith(">"):
                break
            continue
        if not _SALUTATION.match(line):
            ours += (part.strip() for part in _SENTENCE_END.split(line))
    return [part for part in ours if _WORD.search(part)]


def _no_calm(sentences):
    calms = any(not match["no"] for match in _CALMING.finditer(sentences[0]))
    return None if calms else sentences[0][:60]


def _singular(sentences):
    found = (match["one"] for row in sentences for match in _SINGULAR.finditer(_CITED.sub("", row)))
    return ", ".join(dict.fromkeys(filter(None, found))) or None


def _money_first(sentences):
    """Return what asks for money before the problem was told."""
    for row in sentences:
        problem = _PROBLEM.search(row)
        told = problem.start() if problem else len(row)
        for match in _MONEY.finditer(row):
            # "You need not pay" asks for nothing.
            if match.start() < told and not _NOT.search(row[max(0, match.start() - 3) : match.end()]):
                return match[0].strip()
        unpaid = _UNPAID.search(row)
        if unpaid and unpaid.start() < told:
            return unpaid[0].strip()
        if problem:
            return None
    return None
