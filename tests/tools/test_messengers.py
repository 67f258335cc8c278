"""Links to chats: clean accounts in documented forms, and nothing else ever becomes a link."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.messengers import LONGEST_TEXT, NETWORKS, SCHEMES, fill_text, get_chat

HOSTILE = (
    "javascript:alert(1)", "JaVaScRiPt://%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "https://evil.example/@maria", "https://t.me.evil.example/maria", "//evil.example", "maria?text=x#y", "maria/../x",
    "<b>maria</b>", '" onclick="alert(1)', "maria&uin=1", "+86 138\n0013 8000\r\nSet-Cookie: x", "https://[maria", "",
    "tel:+8613800138000", "maria\u202emaria", "https://t.me@evil.example/maria", "../../etc", "file:///etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "account", "clean", "link"),
    [
        ("whatsapp", "+86 138 0013 8000", "+8613800138000", "https://wa.me/8613800138000"),
        ("whatsapp", "0039 (333) 123-4567", "+393331234567", "https://wa.me/393331234567"),
        ("whatsapp", "https://wa.me/393331234567", "+393331234567", "https://wa.me/393331234567"),
        ("whatsapp", "https://api.whatsapp.com/send?phone=393331234567", "+393331234567", "https://wa.me/393331234567"),
        ("telegram", "@maria_rossi", "maria_rossi", "https://t.me/maria_rossi"),
        ("telegram", "t.me/maria_rossi", "maria_rossi", "https://t.me/maria_rossi"),
        ("telegram", "+39 333 123 4567", "+393331234567", "https://t.me/+393331234567"),
        ("viber", "+380 44 123 45 67", "+380441234567", "viber://chat?number=%2B380441234567"),
        ("line", "nakamura.kobe", "nakamura.kobe", "https://line.me/R/ti/p/~nakamura.kobe"),
        ("line", "@kobelife", "@kobelife", "https://line.me/R/oaMessage/%40kobelife/"),
        ("skype", "live:maria.rossi", "live:maria.rossi", "skype:live%3Amaria.rossi?chat"),
        ("weibo", "@景德镇陶瓷", "景德镇陶瓷", "https://weibo.com/n/%E6%99%AF%E5%BE%B7%E9%95%87%E9%99%B6%E7%93%B7"),
        ("weibo", "https://weibo.com/u/1234567890", "1234567890", "https://weibo.com/u/1234567890"),
        ("wechat", "maria88", "maria88", ""),
        ("qq", "100000001", "100000001", "tencent://message/?uin=100000001"),
        ("linkedin", "https://www.linkedin.com/in/maria-rossi/", "maria-rossi", "https://www.linkedin.com/in/maria-rossi"),
        ("other", "maria at home", "maria at home", ""),
    ],
)  # fmt: skip
def test_account_of_a_network_is_cleaned_and_opens_its_chat(kind, account, clean, link):
    chat = get_chat(kind, account)
    assert (chat.account, chat.link, chat.problem) == (clean, link, "")


@pytest.mark.parametrize(
    ("kind", "account", "problem"),
    [
        ("whatsapp", "138 0013 8000", "number"),
        ("whatsapp", "https://wa.me/message/ABC123", "number"),
        ("whatsapp", "maria", "number"),
        ("viber", "+39 12", "number"),
        ("telegram", "m", "name"),
        ("qq", "maria", "name"),
        ("wechat", "微信", "name"),
    ],
)
def test_account_that_is_none_of_the_network_has_no_link(kind, account, problem):
    chat = get_chat(kind, account)
    assert (chat.account, chat.link, chat.app, chat.problem) == (account, "", "", problem)


@pytest.mark.parametrize("kind", sorted(NETWORKS))
@pytest.mark.parametrize("account", HOSTILE)
def test_hostile_account_never_gets_into_a_link(kind, account):
    chat = get_chat(kind, account, "Hello")
    _check(kind, chat)
    assert "evil" not in urlsplit(chat.link).netloc


@given(st.sampled_from(sorted(NETWORKS)), st.text(max_size=60), st.text(max_size=200))
def test_any_account_and_text_give_a_link_of_the_network_or_none(kind, account, text):
    _check(kind, get_chat(kind, account, text))


@given(st.text(min_size=1, max_size=LONGEST_TEXT))
def test_text_arrives_as_it_was_written(text):
    link = get_chat("whatsapp", "+8613800138000", text).link
    assert parse_qs(urlsplit(link).query, keep_blank_values=True) == {"text": [text]}


def _check(kind, chat):
    if chat.problem:
        assert not chat.link
        assert not chat.app
        return
    for link in filter(None, (chat.link, chat.app)):
        network = NETWORKS[kind]
        forms = [form for form in (network.link, network.by_number, network.app) if form]
        if kind in ("line", "weibo"):
            forms += ["https://line.me/R/oaMessage/", "https://weibo.com/u/"]
        assert urlsplit(link).scheme in SCHEMES
        assert any(link.startswith(form.partition("{")[0]) for form in forms)
        assert link.isascii()
        assert not set(link) & set(" <>\"'\\\n\r\t`")


def test_words_in_braces_are_names_and_nothing_is_evaluated():
    text = "{customer} {exhibition.secret} {0} {unknown}"
    assert fill_text(text, {"customer": "{company}", "company": "x"}) == "{company} {exhibition.secret} {0} {unknown}"
