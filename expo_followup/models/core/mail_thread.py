import logging

from odoo import api, models

from ...tools.mail_hygiene import machine_kind
from ...tools.raw_mail import find_sender, header_text
from ..mixins.job import TO_RETRY

_logger = logging.getLogger(__name__)
MODEL = "expo.complaint"
# The mail of the register that is being handled right now: a :class:`Handled`. In the context, because core's gateway
# hands no argument of its caller on to message_parse(), and message_new() of a complaint reads it there as well.
HANDLED = "expo_complaint_mail_id"


class Handled(int):
    """The id of a mail of the register in the context. No remote caller can make one: there it is a plain number."""


# So often a mail to others is tried when somebody changes what it needs.
ATTEMPTS_ELSEWHERE = 5
# Of a mail to our complaint desk as well as to others: these others' part.
ELSEWHERE = Handled(0)


class ComplaintRouteError(Exception):
    """Core found that a mail belongs to complaints where the register did not: it goes there all the same."""

    def __init__(self, custom_values, thread_id):
        super().__init__(custom_values, thread_id)
        self.custom_values = custom_values
        self.thread_id = thread_id


# What hangs on a customer of a show, and keeps that he wrote.
ANSWERED = ("expo.participation", "expo.sample")


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
            with mails._until_stored(raw):
                found = mails._find_desks(raw, model, custom_values, thread_id)
            if found[1]:
                return self._expo_register(raw, found, options)
        try:
            return super().message_process(model, message, custom_values=custom_values, thread_id=thread_id, **options)
        except ComplaintRouteError as route:
            with mails._until_stored(raw):
                found = mails._find_desks(raw, MODEL, route.custom_values, route.thread_id, is_certain=True)
            return self._expo_register(raw, found, options)

    def _expo_register(self, raw, found, options):
        """Hand a mail to the register, and what else it was sent to to core."""
        envelope, desks, others = found
        complaint_id = self.env["expo.complaint.mail"]._take_in(raw, envelope, desks, options["strip_attachments"])
        if others:
            self._expo_process_elsewhere(raw, options)
        return complaint_id

    def _expo_get_handled(self):
        """Return the mail that is being handled, an empty one for the others' part of it; None without any."""
        handled = self.env.context.get(HANDLED)
        if not isinstance(handled, Handled):
            return None
        return self.env["expo.complaint.mail"].browse([int(handled)] if handled else ())

    def _expo_process_elsewhere(self, raw, options):
        """Let core deliver a mail to the other addresses that it was sent to; their trouble is not ours.

        In a transaction of its own: the caller's would wait for what the register has just written, or fail on it.
        """
        register = self.env["expo.complaint.mail"]
        for _attempt in range(ATTEMPTS_ELSEWHERE):
            try:
                with register._apart(self.env.user, self.env.su, self.env.context) as apart:
                    elsewhere = apart.env[self._name].with_context(**{HANDLED: ELSEWHERE})
                    with apart.env.cr.savepoint():
                        elsewhere.message_process(None, raw, **options)
                return
            except TO_RETRY:
                continue
            except Exception:
                _logger.warning("A mail to a complaint desk and others did not reach the others", exc_info=True)
                return
        _logger.warning("A mail to a complaint desk and others did not reach the others: they are too busy")

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Find where a mail belongs; see core. A mail of the register has been told already."""
        handled = self._expo_get_handled()
        if handled:
            return handled._get_routes(message_dict, thread_id, custom_values)
        if handled is not None:
            routes = super().message_route(message, message_dict, model, thread_id, custom_values)
            return [route for route in routes if route[0] != MODEL]
        # What finding the way has written is undone when the mail goes to the register, which writes it itself.
        with self.env.cr.savepoint():
            routes = super().message_route(message, message_dict, model, thread_id, custom_values)
            for route_model, record_id, values, _uid, _alias in routes or ():
                if route_model == MODEL:
                    raise ComplaintRouteError(values, record_id)
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

    # -- Mail that comes in on a customer of a show or his sample: a person's answer ends his waiting, n

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
