"""Three questions to every mail: answer it automatically, count it as the customer's answer, show it to a person."""

from email import message_from_bytes, message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.mail_hygiene import AUTOREPLY_HEADERS, Treatment, treat_mail

PERSON = "wang@customer.example"
TEXT = "Ten bowls are broken."
QUIET, SHOWN, ANSWERED = (False, False, False), (False, True, True), (True, True, True)
HEADS = {
    "": ANSWERED,
    "Auto-Submitted: no": ANSWERED,
    "Auto-Submitted: No (by a person)": ANSWERED,
    "Auto-Submitted: auto-replied": QUIET,
    "Auto-Submitted: auto-replied (vacation)": QUIET,
    "Auto-Submitted: Auto-Replied; owner-email=x": QUIET,
    "Auto-Submitted: auto-generated": SHOWN,
    "Auto-Submitted: auto-generated (order system)": SHOWN,
    "Auto-Submitted: auto-notified": SHOWN,
    "Auto-Submitted: yes": SHOWN,
    "X-Autoreply: no": ANSWERED,
    "X-Autoreply: yes": QUIET,
    "X-Autorespond: away": QUIET,
    "X-Autoresponder: NO": ANSWERED,
    "Precedence: bulk": SHOWN,
    "Precedence: bulk\nList-Id: <talk.x>": SHOWN,
    "Precedence: list": SHOWN,
    "List-Id: <talk.x>": SHOWN,
    "Precedence: junk": QUIET,
    "Precedence: auto_reply": QUIET,
    "Precedence: first-class": ANSWERED,
    "List-Unsubscribe: <mailto:out@x>": ANSWERED,
    "X-Auto-Response-Suppress: All": ANSWERED,
    "Return-Path: <>": QUIET,
    "Return-Path: <wang@customer.example>": ANSWERED,
    "Content-Type: multipart/report; boundary=b": QUIET,
    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b": QUIET,
    "Content-Type: message/disposition-notification": QUIET,
    "X-Failed-Recipients: li@shop.example": QUIET,
    "Auto-Submitted: auto-generated\nX-Failed-Recipients: li@shop.example": QUIET,
    "Auto-Submitted: auto-generated\nPrecedence: bulk\nX-Autoreply: yes": QUIET,
}
RECEIPTS = (
    ("Read: Your order", "Your message was read on Monday."),
    ("Not read: Your order", "Your message was deleted without being read."),
    ("已读: 报价单", "您的邮件已于 10:00 被阅读。"),
    ("已读回执：报价单", "这是一封阅读回执。"),
    ("【已读】：报价单", ""),
    ("Gelesen: Angebot", "Ihre Nachricht wurde gelesen."),
    ("Lu : Offre", "Votre message a été lu."),
    ("開封済み: 見積書", "メールが開封されました。"),
    ("Return receipt", "This says that your mail has been displayed."),
)
NO_RECEIPTS = (
    ("Read: Your order", "Please change the order: twenty bowls."),
    ("已读，请寄样品", "请寄样品，谢谢。"),
    ("Re: 已读回执", "这是什么？"),
    ("Lu Wei visits you", "Mr Lu will come on Monday."),
    ("Ready: samples", "They were opened."),
    ("已读: 报价单", "报价单已阅读，价格我们看过了。" * 50),
)


def treat(head="", sender=PERSON, subject="Re: Bowls", text=TEXT):
    return treat_mail(message_from_string(f"{head}\n\n{text}"), sender, subject, text)


@pytest.mark.parametrize(("head", "answers"), HEADS.items(), ids=list(HEADS))
def test_headers_decide_the_three_questions(head, answers):
    assert treat(head)[1:] == answers


@pytest.mark.parametrize(("head", "answers"), HEADS.items(), ids=list(HEADS))
def test_mail_of_a_machine_without_a_text_does_not_count(head, answers):
    assert treat(head, text=" \n").is_counted == (answers == ANSWERED)


@pytest.mark.parametrize(("subject", "text"), RECEIPTS)
def test_receipt_is_known_by_subject_and_text(subject, text):
    assert treat(subject=subject, text=text) == Treatment("receipt", *QUIET)


@pytest.mark.parametrize(("subject", "text"), NO_RECEIPTS)
def test_person_who_writes_of_reading_is_no_receipt(subject, text):
    assert treat(subject=subject, text=text) == Treatment("", *ANSWERED)


@pytest.mark.parametrize(
    "domain", ["163.com", "126.com", "qq.com", "sina.com", "aliyun.com", "outlook.com", "yahoo.com"]
)
def test_postmaster_of_a_mail_service_is_never_a_customer(domain):
    for subject in ("系统退信", "Your mail", "投诉"):
        assert treat(sender=f"Postmaster@{domain}", subject=subject) == Treatment("report", *QUIET)


@pytest.mark.parametrize(
    "head", ["", "From: Mailer, Johannes <wang@customer.example>", "From: 邮件系统科 <wang@customer.example>"]
)
def test_person_with_an_address_of_their_own_is_no_server(head):
    assert treat(head, subject="Complaint").kind == ""


@given(
    st.sampled_from([head for head, answers in HEADS.items() if answers != QUIET]),
    st.sampled_from(["投诉", "Re: Bowls", "Order 17", ""]),
    st.text(max_size=30),
)
def test_what_is_shown_to_a_person_is_never_lost_and_a_machine_is_never_answered(head, subject, text):
    found = treat(head, subject=subject, text=text)
    assert found.is_shown
    assert found.is_answered == (found.kind == "")


@given(st.sampled_from(AUTOREPLY_HEADERS), st.binary(max_size=20))
def test_header_with_anything_in_it_is_read_without_an_error(name, value):
    names = (f"X-Auto{name}", "Precedence", "Auto-Submitted", "Return-Path", "From", "Content-Type")
    message = message_from_bytes(b"".join(b"%s: %s\n" % (one.encode(), value) for one in names) + b"\n")
    assert isinstance(treat_mail(message, "", "", ""), Treatment)
