from datetime import timedelta
from email.message import EmailMessage

from odoo import fields

from ..chapter import Chapter

DESK, OFFICE = "complaints@ours.example", "sales@ours.example"
# Who wrote, how many hours ago, on the complaint of which words, what: a customer's answer, a stranger who refers
# to another's complaint, a machine.
MAILS = (
    (
        "Paola Ferretti <paola.ferretti@casabella.example>",
        5,
        "Planters come three weeks late",
        "Here is the note of the carrier: the container left Ningbo on the 2nd. Please tell us what you will do.",
        {},
    ),
    (
        "Quality control <qc@homegoods-audit.example>",
        3,
        "Cracked glaze on tea pots",
        "We inspect for several importers. Please send us your test report of these tea pots.",
        {},
    ),
    (
        "Denise Walker <dwalker@prairie.example>",
        2,
        "Twelve dinner sets missing",
        "I am out of the office until Monday.",
        {"Auto-Submitted": "auto-replied"},
    ),
)


# An assistant answers a letter for the customer, from an address that we do not know.
ASSISTANT = (
    "Marco Galli <office@casabella.example>",
    4,
    "Prices of the planters",
    "Ms Ferretti asks for the prices of the planters with your logo and without, 500 pieces each.",
    {},
)


class MailStory(Chapter):
    """Mails to the company of the demo: each through the register, as if it had come by the gateway."""

    def _receive_mails(self):
        """Receive one mail of each kind, the first of them twice."""
        demo = self.with_context(mail_activity_quick_update=True, mail_notify_force_send=False)
        for number, mail in enumerate((*MAILS, MAILS[0])):
            demo._receive_complaint_mail(number % len(MAILS), *mail)
        demo._receive(len(MAILS), *ASSISTANT)

    def _receive_complaint_mail(self, number, sender, hours, subject, text, headers):
        complaint = self.env["expo.complaint"].search([("subject", "=", subject)], limit=1)
        self._receive(number, sender, hours, f"Re: {complaint.name} {subject}", text, headers, complaint.team_id)

    def _receive(self, number, sender, hours, subject, text, headers, team=None):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, DESK if team else OFFICE, subject
        mail["Message-ID"] = f"<demo-{number}@{sender.rpartition('@')[2].rstrip('>')}>"
        # To the hour: the same mail received again is the same to the byte.
        mail["Date"] = fields.Datetime.now().replace(minute=0, second=0) - timedelta(hours=hours)
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        raw = bytes(mail)
        register = self.env["expo.incoming.mail"].sudo()
        to_desk = ("expo.complaint", {"team_id": team.id}) if team else ()
        envelope, destinations, _others = register._find_destinations(raw, *to_desk)
        for destination in destinations:
            register._store_mail(raw, envelope, destination, False)._handle_all(raw)
