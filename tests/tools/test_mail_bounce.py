"""What came back, from whom and why, in the words of every provider; and no person is taken for a server."""

import email

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.mail_bounce import Bounce, read_bounce
from odoo.addons.expo_followup.tools.mail_hygiene import treat_mail
from odoo.addons.expo_followup.tools.mail_repair import peek
from odoo.addons.expo_followup.tools.raw_mail import read

from tests.mail.bounces import LOST, OURS, PROVIDERS, bounces, people

PEOPLE = list(people())
REPORTS = list(bounces())


def bounce(raw):
    return read_bounce(email.message_from_bytes(raw), peek(raw).text)


def treatment(raw):
    envelope = read(raw)
    return treat_mail(envelope.message, envelope.sender, envelope.subject, peek(raw).text)


@pytest.mark.parametrize(("raw", "kind", "cause"), [row[1:] for row in REPORTS], ids=[row[0] for row in REPORTS])
def test_report_of_a_provider_tells_kind_cause_address_and_letter(raw, kind, cause):
    found = bounce(raw)
    assert (found.kind, found.addresses, found.message_ids) == (kind, (LOST,), (OURS,))
    if cause:
        assert found.cause == cause
    assert found.reason
    assert treatment(raw)[1:] == (False, False, False)


def test_reports_cover_twelve_providers_and_as_many_mails_of_people():
    assert len(PROVIDERS) >= 12
    assert len(PEOPLE) >= len(REPORTS) >= 48


@pytest.mark.parametrize("raw", [raw for _name, raw in PEOPLE], ids=[name for name, _raw in PEOPLE])
def test_mail_of_a_person_is_no_report(raw):
    assert bounce(raw) == Bounce()
    assert treatment(raw) == ("", True, True, True)


def test_report_that_a_mail_arrived_or_was_read_is_no_failure():
    late = PROVIDERS["postfix"]("delayed")
    for action in (b"delivered", b"relayed", b"expanded"):
        assert bounce(late.replace(b"Action: delayed", b"Action: " + action)).kind == "none"
    receipt = late.replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    assert (bounce(receipt).kind, treatment(receipt).kind) == ("none", "receipt")


def test_identifier_of_the_report_itself_is_none_of_ours():
    raw = PROVIDERS["sina"]("unknown")
    own = next(line.split(b": ")[1] for line in raw.splitlines() if line.startswith(b"Message-ID: <sina"))
    assert bounce(raw + b"\r\nMessage-ID: " + own).message_ids == (OURS,)


def test_given_up_after_a_delay_is_a_failure_that_may_pass():
    late = PROVIDERS["gmail"]("delayed").replace(b"Action: delayed", b"Action: failed")
    assert bounce(late).kind == "temporary"


def test_of_several_recipients_those_that_failed_are_named():
    raw = PROVIDERS["postfix"]("unknown").replace(
        b"Final-Recipient:", b"Final-Recipient: rfc822; fine@shop.example\r\nAction: relayed\r\n\r\nFinal-Recipient:", 1
    )
    assert bounce(raw).addresses == (LOST,)


@given(st.sampled_from([row[1] for row in REPORTS]), st.integers(0, 3000), st.binary(max_size=40))
def test_damaged_report_is_read_without_an_error(raw, place, junk):
    assert isinstance(bounce(raw[:place] + junk + raw[place + len(junk) :]), Bounce)
