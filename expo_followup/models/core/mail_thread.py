from odoo import models

from ...tools.mail_hygiene import machine_kind
from ...tools.raw_mail import find_sender, header_text

# What hangs on a customer of a show, and keeps that he wrote.
ANSWERED = ("expo.participation", "expo.sample")


class MailThread(models.AbstractModel):
    """Mail that comes in on a customer of a show or his sample: a person's answer ends his waiting, no machine's."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        thread_id = super()._message_route_process(message, message_dict, routes)
        answered = [(route[0], route[1]) for route in routes or () if route[0] in ANSWERED and route[1]]
        # Here, because only here the headers are at hand: message_update() sees none of them.
        if answered and not machine_kind(message, find_sender(message)[1], header_text(message, "Subject")):
            for model, record_id in answered:
                # In sudo: mail comes in as a user without rights on customers.
                self.env[model].sudo().browse(record_id).exists()._note_mail(
                    message_dict.get("author_id"), message_dict.get("email_from")
                )
        return thread_id
