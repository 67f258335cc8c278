from odoo import models

from ..tools.mail_hygiene import is_automatic


class MailThread(models.AbstractModel):
    """Mail that comes in on a customer of a show: a person's answer stops his waiting, a machine's does not."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        thread_id = super()._message_route_process(message, message_dict, routes)
        customers = [route[1] for route in routes or () if route[0] == "expo.participation" and route[1]]
        # Here, because only here the headers are at hand: message_update() sees none of them.
        if customers and not is_automatic(message):
            self.env["expo.participation"].browse(customers).exists()._note_mail(
                message_dict.get("author_id"), message_dict.get("email_from")
            )
        return thread_id
