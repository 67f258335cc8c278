from datetime import timedelta
from email.message import EmailMessage

from odoo import fields

from ..chapter import Chapter

DESK = "complaints@ours.example"
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


class ComplaintMailStory(Chapter):
    """Mails to the complaint desk of the demo: each through the register, as if it had come by the gateway."""

    def _receive_complaint_mails(self):
        """Receive one mail of each kind, the first of them twice."""
        demo = self.with_context(mail_activity_quick_update=True, mail_notify_force_send=False)
        for number, mail in enumerate((*MAILS, MAILS[0])):
            demo._receive_complaint_mail(number % len(MAILS), *mail)

    def _receive_complaint_mail(self, number, sender, hours, subject, text, headers):
        complaint = self.env["expo.complaint"].search([("subject", "=", subject)], limit=1)
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, DESK
        mail["Subject"] = f"Re: {complaint.name} {subject}"
        mail["Message-ID"] = f"<demo-{number}@{sender.rpartition('@')[2].rstrip('>')}>"
        # To the hour: the same mail received again is the same to the byte.
        mail["Date"] = fields.Datetime.now().replace(minute=0, second=0) - timedelta(hours=hours)
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        raw = bytes(mail)
        register = self.env["expo.incoming.mail"].sudo()
        team = {"team_id": complaint.team_id.id}
        envelope, destinations, _others = register._find_destinations(raw, "expo.complaint", team)
        for destination in destinations:
            register._store_mail(raw, envelope, destination, False)._handle_all()
