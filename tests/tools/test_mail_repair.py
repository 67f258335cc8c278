"""A mail taken apart: the part that tells the story, and the names of its files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.mail_repair import take_apart

LONG = "a" * 200
STORY = "Ten bowls of the second delivery arrived broken, and two cartons were wet."
NAMES = st.text("质检报告破损照片终版abcXYZ 0123456789-_()（）", min_size=1, max_size=30).map(str.split).map(" ".join)


def mail(*parts, subtype="alternative"):
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/%s; boundary=b\r\n\r\n%s--b--\r\n" % (subtype.encode(), body)


def part(text, kind="plain"):
    return f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{text}".encode()


@pytest.mark.parametrize(
    "stub",
    [
        "Your mail program does not show HTML. Open this message in a browser to read it.",
        "您的邮件客户端不支持HTML格式，请在网页中查看。",
        "See below.",
        "",
    ],
)
def test_plain_stub_gives_way_to_the_page(stub):
    found = take_apart(mail(part(stub), part(f"<div>{STORY}</div>", "html")))
    assert found.text == STORY
    assert found.page.strip() == f"<div>{STORY}</div>"


def test_empty_page_does_not_hide_the_plain_text():
    found = take_apart(mail(part(STORY), part("<html><body><img src='cid:logo'></body></html>", "html")))
    assert found.text == STORY
    assert STORY in found.page and "cid:logo" in found.page


@pytest.mark.parametrize(
    "page", [f"<p>{STORY}</p>", f"<p>{STORY}</p><p>Maria Rossi, Rossi Ceramics</p>", f"<a href='x'>{STORY}</a>"]
)
def test_plain_text_that_says_the_same_is_the_story_and_the_page_is_shown_once(page):
    found = take_apart(mail(part(f"{STORY}\r\nhttps://shop.example/a/long/path/to/the/order/which/the/page/hides?id={LONG}"),
                            part(page, "html")))  # fmt: skip
    assert found.text.startswith(STORY) and "https" in found.text
    assert found.page.strip() == page


@given(NAMES, st.sampled_from(["gbk", "gb18030", "utf-8"]), st.sampled_from(["disposition", "type"]))
def test_file_name_in_raw_bytes_is_read(name, encoding, header):
    name = f"不合格品照片 {name}.jpg"
    raw = name.encode(encoding)
    head = b'Content-Disposition: attachment; filename="%s"' % raw
    if header == "type":
        head = b'Content-Type: image/jpeg; name="%s"\r\nContent-Disposition: attachment' % raw
    (file,) = take_apart(mail(head + b"\r\n\r\nx", subtype="mixed")).files
    assert file.name == name
