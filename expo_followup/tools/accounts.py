"""Network accounts as people write them on cards and in lists (rules.md §3)."""

import re

from .addresses import whole_address

# As people write the names of networks, by the keys of expo.customer.account.
NAMES = {
    "wechat": "wechat|weixin|wx|微信号?",
    "qq": "qq",
    "weibo": "weibo|微博",
    "whatsapp": "whatsapp|whats app|wa",
    "linkedin": "linkedin|领英",
    "telegram": "telegram|tg",
    "line": "line",
    "kakao": "kakaotalk|kakao",
    "zalo": "zalo",
    "facebook": "facebook|fb",
    "instagram": "instagram|ig",
    "x": "twitter|x",
    "skype": "skype",
    "viber": "viber",
}
HOSTS = {
    "wa.me": "whatsapp",
    "wechat.com": "wechat",
    "linkedin.com": "linkedin",
    "t.me": "telegram",
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "weibo.com": "weibo",
    "x.com": "x",
    "twitter.com": "x",
}
NAMED = re.compile(
    r"^\s*(?:" + "|".join(f"(?P<{kind}>{names})" for kind, names in NAMES.items()) + r")\s*[:：=#]\s*(?P<account>.+)$",
    re.IGNORECASE | re.DOTALL,
)
# Separators, and addresses with a quoted name, in which they separate nothing.
PARTS = re.compile(r'(?:"(?:[^"\\\n]|\\.)*"@|[^;；\n,，])+')


def split_accounts(text: str | None) -> list[tuple[str, str]]:
    r"""Return the accounts in a text as pairs of network and account; the network is ``other`` when it is not named.

    >>> split_accounts("WeChat: maria88; 微信：wang_wei")
    [('wechat', 'maria88'), ('wechat', 'wang_wei')]
    >>> split_accounts("https://www.linkedin.com/in/maria-rossi\nmaria.rossi")
    [('linkedin', 'https://www.linkedin.com/in/maria-rossi'), ('other', 'maria.rossi')]
    >>> split_accounts('x#maria@acme.example; "maria, rossi"@acme.example')
    [('other', 'x#maria@acme.example'), ('other', '"maria, rossi"@acme.example')]
    >>> split_accounts(None)
    []
    """
    parts = (part.strip() for part in PARTS.findall(text or ""))
    return list(dict.fromkeys(_read(part) for part in parts if part))


def _read(part):
    # The sign after the name of a network may belong to an address: "x#maria@acme.example".
    is_address = whole_address(part).lower() == part.lower()
    if (found := NAMED.match(part)) and not is_address:
        kind = next(kind for kind in NAMES if found[kind])
        return kind, found["account"].strip()
    host = re.search(r"(?:^|//|\.)((?:[\w-]+\.)+[a-z]{2,})(?:[/:?]|$)", part.lower())
    labels = (host[1].split(".") if host else [])[-2:]
    return HOSTS.get(".".join(labels), "other"), part
