"""Refusals of mail servers: real servers on loopback, and errors of every kind with texts of every kind."""

import smtplib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.expo_followup.tools.smtp import is_address_refused, is_server_trouble, is_temporary

from tests.common_server import REFUSALS, RefusingSmtp

SENDER = "550.sender451@ours.example"
FIRST, SECOND = "451.smith@customer.example", "user550@customer.example"
CODES = {"451 5.5.0 not 550": True, "421 closing 554": True, "550 4.5.1 not 451": False, "535 421": False}


def send(port, *recipients):
    """Send as core does, what fails wrapped as core wraps it."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
            server.login("user451", "550")
            server.sendmail(SENDER, recipients, "Subject: 451 550\n\n421")
    except smtplib.SMTPServerDisconnected:
        raise
    except Exception as error:
        raise MailDeliveryException("Mail Delivery Failed", str(error))  # noqa: B904 - as core does


@pytest.mark.parametrize("step", ["connect", "auth", "mail", "rcpt", "data"])
@pytest.mark.parametrize("reply", CODES)
def test_refusal_of_one_step_is_judged_by_its_reply(step, reply):
    with RefusingSmtp(**{step: reply}) as server, pytest.raises(Exception) as raised:
        send(server.port, FIRST)
    assert is_temporary(raised.value, "unknown") == CODES[reply]


@pytest.mark.parametrize("step", ["connect", "auth", "mail", "rcpt", "data"])
def test_connection_cut_at_any_step_is_temporary(step):
    with RefusingSmtp(**{step: ""}) as server, pytest.raises(Exception) as raised:
        send(server.port, FIRST)
    assert is_temporary(raised.value, "unknown")


@pytest.mark.parametrize("case", [case for case in REFUSALS if case[0] != "starttls"])
def test_refusal_is_the_servers_the_letters_or_the_addresss(case):
    step, reply = case
    with RefusingSmtp(**{step: reply}) as server, pytest.raises(Exception) as raised:
        send(server.port, FIRST)
    error, whose = raised.value, REFUSALS[case]
    # Core names what went wrong before a session was open.
    failure_type = "mail_smtp" if step in ("connect", "ehlo", "auth") else "unknown"
    assert is_server_trouble(error, failure_type) == (whose == "server")
    if whose != "server":
        assert (is_temporary(error, "unknown"), is_address_refused(error)) == (whose == "later", whose == "address")


@pytest.mark.parametrize("one", CODES)
@pytest.mark.parametrize("other", CODES)
def test_refusals_of_several_recipients_are_temporary_when_one_is(one, other):
    with RefusingSmtp(rcpt={FIRST: one, SECOND: other}) as server, pytest.raises(Exception) as raised:
        send(server.port, FIRST, SECOND)
    assert is_temporary(raised.value, "unknown") == (CODES[one] or CODES[other])


TEXTS = st.one_of(st.text(), st.from_regex(r"[45]\d\d[ .]?[a-z]*", fullmatch=True))
REPLIES = st.tuples(st.integers(400, 599), TEXTS.map(str.encode))
ANSWERED = (smtplib.SMTPDataError, smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)


@given(REPLIES, TEXTS, st.sampled_from(ANSWERED), st.sampled_from(["unknown", "mail_smtp", "mail_spam", None]))
def test_reply_code_decides_whatever_texts_say(reply, address, kind, failure_type):
    for error in (
        kind(*reply),
        smtplib.SMTPSenderRefused(*reply, f"{address}@x.example"),
        smtplib.SMTPRecipientsRefused({f"{address}@x.example": reply}),
    ):
        wrapped = MailDeliveryException(address)
        wrapped.__context__ = error
        assert is_server_trouble(error, "unknown") == is_server_trouble(wrapped, "unknown")
        assert is_temporary(error, failure_type) == is_temporary(wrapped, failure_type) == (reply[0] < 500)


@given(TEXTS)
def test_text_without_a_reply_says_nothing(text):
    for error in (ValueError(text), MailDeliveryException(text), smtplib.SMTPNotSupportedError(text), None):
        assert is_temporary(error, "mail_smtp")
        assert not is_temporary(error, "unknown")
    for error in (
        ConnectionResetError(text),
        TimeoutError(text),
        ssl.SSLError(text),
        smtplib.SMTPServerDisconnected(text),
    ):
        assert is_temporary(error, "unknown")
