from odoo import models

from ..tools.mail_hygiene import is_automatic


class MailThread(models.AbstractModel):
    """Mail that comes in on a sample: a person's answer is the customer's answer."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        thread_id = super()._message_route_process(message, message_dict, routes)
        samples = [route[1] for route in routes or () if route[0] == "expo.sample" and route[1]]
        if samples and not is_automatic(message):
            # Mail comes in as a user without rights on customers.
            self.env["expo.sample"].sudo().browse(samples).exists()._note_mail(
                message_dict.get("author_id"), message_dict.get("email_from")
            )
        return thread_id
