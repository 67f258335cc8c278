import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

# The mail of the register that is being handled right now: a :class:`Handled`.
HANDLED = "expo_complaint_mail_id"


class Handled(int):
    """The id of a mail of the register in the context. No remote caller can make one: there it is a plain number."""


# Of a mail to our complaint desk as well as to others: these others' part.
ELSEWHERE = Handled(0)


class MailThread(models.AbstractModel):
    """Mail that concerns complaints goes through the register of raw mails; no other mail notices.

    Odoo's gateway loses a mail on any exception: it is rolled back, and marked as handled at the mail server. Here the
    mail as it came is committed first (``expo.complaint.mail``), and whatever happens then happens to a row that stays.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Process an incoming mail; see core. What concerns a complaint is registered before, and never raises."""
        options = {"save_original": save_original, "strip_attachments": strip_attachments}
        if self._expo_get_handled() is None:
            mails = self.env["expo.complaint.mail"]
            raw = mails._get_raw(message)
            envelope, desks, others = mails._find_desks(raw, model, custom_values, thread_id)
            if desks:
                if others:
                    self._expo_process_elsewhere(raw, options)
                return mails._take_in(raw, envelope, desks, strip_attachments)
        return super().message_process(
            model, message, custom_values=custom_values, thread_id=thread_id, **options
        )  # fmt: skip

    def _expo_get_handled(self):
        """Return the mail that is being handled, an empty one for the others' part of it; None without any."""
        handled = self.env.context.get(HANDLED)
        if not isinstance(handled, Handled):
            return None
        return self.env["expo.complaint.mail"].browse([int(handled)] if handled else ())

    def _expo_process_elsewhere(self, raw, options):
        """Let core deliver a mail to the other addresses that it was sent to; their trouble is not ours."""
        try:
            with self.env.cr.savepoint():
                elsewhere = self.with_context(**{HANDLED: ELSEWHERE})
                elsewhere.message_process(None, raw, **options)
        except Exception:
            _logger.warning("A mail to a complaint desk and others could not be delivered to the others", exc_info=True)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Find where a mail belongs; see core. A mail of the register has been told already."""
        handled = self._expo_get_handled()
        if handled:
            return handled._get_routes(message_dict, thread_id, custom_values)
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if handled is not None:
            routes = [route for route in routes if route[0] != "expo.complaint"]
        return routes

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        # The register has its own limit, which keeps the mails.
        if self._expo_get_handled():
            return False
        return super()._detect_loop_sender(message, message_dict, routes)

    @api.model
    def message_parse(self, message, save_original=False):
        """Take a mail apart; see core. The sender is told by the register, which reads what core cannot."""
        parsed = super().message_parse(message, save_original=save_original)
        if handled := self._expo_get_handled():
            handled._complete_parsed(parsed)
        return parsed
