"""Which mails are reports of servers: in the words of a hundred of them, and of people who look alike."""

import email

import pytest

from odoo.addons.expo_followup.tools.mail_bounce import read_bounce
from odoo.addons.expo_followup.tools.mail_hygiene import treat_mail
from odoo.addons.expo_followup.tools.mail_repair import peek
from odoo.addons.expo_followup.tools.raw_mail import read

from tests.mail.reports import lookalikes, reports

REPORTS, PEOPLE = list(reports()), list(lookalikes())
#: Reports of mails that are late.
LATE = {"Exim, delayed", "Coremail, delayed", "Mimecast, postmaster"}


def kind(raw):
    envelope = read(raw)
    return treat_mail(envelope.message, envelope.sender, envelope.subject, peek(raw).text).kind


@pytest.mark.parametrize(("name", "raw"), REPORTS, ids=[name for name, _raw in REPORTS])
def test_late_mail_has_not_failed_and_all_other_has(name, raw):
    found = read_bounce(email.message_from_bytes(raw), peek(raw).text)
    if name in LATE:
        assert found.kind == "delayed"
    else:
        assert found.has_failed


def test_both_tables_have_at_least_eighty_mails():
    assert len(REPORTS) >= 80
    assert len(PEOPLE) >= 80


@pytest.mark.parametrize("raw", [raw for _name, raw in REPORTS], ids=[name for name, _raw in REPORTS])
def test_report_of_a_server_is_no_mail_of_a_person(raw):
    assert kind(raw) == "report"


@pytest.mark.parametrize("raw", [raw for _name, raw in PEOPLE], ids=[name for name, _raw in PEOPLE])
def test_mail_of_a_person_that_looks_like_a_report_is_shown(raw):
    assert kind(raw) == ""
