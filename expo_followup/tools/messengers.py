"""Chats with customers: clean accounts, and the links that open a chat (rules.md §3: network accounts).

Only forms that the networks document for everybody, without any service or key. Where a network has none, its app is
opened and the account copied. Nothing an account holds gets into a link but by its network's own pattern.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .phones import MAX_DIGITS, MIN_INTERNATIONAL

NUMBER, NAME = "number", "name"
#: What is not among these never becomes a link.
SCHEMES = frozenset({"https", "viber", "skype", "weixin", "tencent"})
#: A text that is longer is cut by some apps.
LONGEST_TEXT = 1000


class Network(NamedTuple):
    """How a network knows its members.

    :param name: pattern of a member's name, "" where members are known by their phone number only
    :param link: form that opens the chat, or the profile where chats have none; ``{}`` is the account, encoded
    :param text: how a text is added to it, "" where none can be
    :param hosts: of its web addresses, from which accounts are taken
    :param by_number: the form for a phone number, "" where members are known by name only
    :param app: what opens the app where no link opens a chat
    """

    name: str = ""
    link: str = ""
    text: str = ""
    hosts: tuple[str, ...] = ()
    by_number: str = ""
    app: str = ""


NETWORKS = {
    "whatsapp": Network(by_number="https://wa.me/{}", text="?text={}", hosts=("wa.me", "whatsapp.com")),
    "telegram": Network(
        name=r"[A-Za-z]\w{3,31}",
        link="https://t.me/{}",
        by_number="https://t.me/+{}",
        text="?text={}",
        hosts=("t.me", "telegram.me"),
    ),
    "viber": Network(by_number="viber://chat?number=%2B{}"),
    # Of official accounts, which begin with @, LINE takes a text; of others a link adds the friend.
    "line": Network(name=r"@?[a-z0-9._-]{2,30}", link="https://line.me/R/ti/p/~{}", hosts=("line.me",)),
    "skype": Network(name=r"(?:live:)?[A-Za-z][\w.,:-]{2,63}", link="skype:{}?chat"),
    "weibo": Network(name=r"[\w\u4e00-\u9fff-]{2,30}", link="https://weibo.com/n/{}", hosts=("weibo.com", "weibo.cn")),
    "wechat": Network(name=r"[A-Za-z][\w-]{4,30}", app="weixin://", hosts=()),
    "qq": Network(name=r"[1-9]\d{4,11}", link="tencent://message/?uin={}"),
    "zalo": Network(by_number="https://zalo.me/{}", hosts=("zalo.me",)),
    "linkedin": Network(name=r"[\w%-]{3,100}", link="https://www.linkedin.com/in/{}", hosts=("linkedin.com",)),
    "facebook": Network(name=r"[A-Za-z0-9.]{5,50}", link="https://m.me/{}", hosts=("facebook.com", "m.me", "fb.com")),
    "instagram": Network(name=r"[A-Za-z0-9._]{1,30}", link="https://ig.me/m/{}", hosts=("instagram.com", "ig.me")),
    "x": Network(name=r"[A-Za-z0-9_]{1,15}", link="https://x.com/{}", hosts=("x.com", "twitter.com")),
}


class Chat(NamedTuple):
    """How to reach a member of a network.

    :param account: the clean account, or as it is written where it is wrong or the network unknown
    :param link: what opens the chat, "" where nothing does
    :param app: what opens the app, for an account to be pasted there
    :param problem: :data:`NUMBER` or :data:`NAME` where the account is none of the network: then there is no link
    """

    account: str
    link: str = ""
    app: str = ""
    problem: str = ""


def get_chat(kind: str, account: str, text: str = "") -> Chat:
    """Return how to chat with a member of a network.

    :param kind: the network, by the keys of ``expo.customer.account``
    :param account: a number with its country, a name, or a web address of the network
    :param text: what the message begins with

    >>> get_chat("whatsapp", "+86 138-0013 8000", "Hello & welcome").link
    'https://wa.me/8613800138000?text=Hello%20%26%20welcome'
    >>> get_chat("telegram", "@maria_rossi").link, get_chat("telegram", "https://t.me/maria_rossi").account
    ('https://t.me/maria_rossi', 'maria_rossi')
    >>> get_chat("wechat", "maria88")
    Chat(account='maria88', link='', app='weixin://', problem='')
    >>> get_chat("whatsapp", "javascript:alert(1)")
    Chat(account='javascript:alert(1)', link='', app='', problem='number')
    """
    written = _strip(account)
    network = NETWORKS.get(kind)
    if not network:
        return Chat(written)
    found = _take_from_address(written, network)
    if network.by_number and (number := _read_number(found)):
        return Chat(f"+{number}", network.by_number.format(number) + _add_text(network, text))
    name = found.removeprefix("@") if kind != "line" else found
    if not network.name or not re.fullmatch(network.name, name):
        return Chat(written, problem=NAME if network.name else NUMBER)
    if kind == "line" and name.startswith("@"):
        link = f"https://line.me/R/oaMessage/{quote(name, safe='')}/"
        return Chat(name, f"{link}?{_encode(text)}" if text else link)
    if kind == "weibo" and name.isascii() and name.isdigit():
        return Chat(name, f"https://weibo.com/u/{name}")
    link = network.link.format(quote(name, safe="")) + _add_text(network, text) if network.link else ""
    return Chat(name, link, network.app)


def fill_text(text: str, values: dict[str, str]) -> str:
    """Put names in the place of words in braces; words that are not known stay as they are.

    >>> fill_text("Hello {customer}, from {company} {0.__class__}", {"customer": "Maria", "company": "Ours"})
    'Hello Maria, from Ours {0.__class__}'
    """
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text or "").strip()


def _strip(text):
    text = unicodedata.normalize("NFKC", text or "")
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf")).strip()


def _take_from_address(text, network):
    """Return the account in a web address of the network; any other text stays."""
    address = urlsplit(_safe(text if "//" in text else f"https://{text}"))
    host = (address.hostname or "").removeprefix("www.")
    if not any(host == own or host.endswith(f".{own}") for own in network.hosts):
        return text
    if number := parse_qs(address.query).get("phone"):
        return f"+{number[0].strip().removeprefix('+')}"
    last = unquote(address.path.rstrip("/").rpartition("/")[2]).removeprefix("~")
    # wa.me/8613800138000 has its country without a plus, wa.me/message/CODE is no number.
    return f"+{last}" if network.by_number and last.isascii() and last.isdigit() else last


def _safe(text):
    try:
        urlsplit(text)
    except ValueError:
        return ""
    return text


def _read_number(text):
    """Return the digits of a number with its country, "" for any other text."""
    number = re.sub(r"[\s().\-/]+", "", re.sub(r"^00", "+", text.replace("(0)", "")))
    if not re.fullmatch(r"\+[1-9][0-9]+", number) or not MIN_INTERNATIONAL <= len(number) - 1 <= MAX_DIGITS:
        return ""
    return number[1:]


def _add_text(network, text):
    return network.text.format(_encode(text)) if text and network.text else ""


def _encode(text):
    return quote(text[:LONGEST_TEXT], safe="")
