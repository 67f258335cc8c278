import logging

from odoo import api, models

from ...tools.mail_hygiene import treat_mail
from ...tools.mail_repair import page_text
from ...tools.raw_mail import find_sender, header_text
from ..mixins.job import TO_RETRY

_logger = logging.getLogger(__name__)
MODEL = "expo.complaint"
# So often a mail to others is tried when a concurrent change gets in its way.
ATTEMPTS_ELSEWHERE = 5


class Handled(dict):
    """Values for core's gateway, with the mail of the register that is being handled; an empty one for others' part.

    No remote caller can make one: there it is a plain dictionary.
    """

    def __init__(self, mail, values=()):
        super().__init__(values)
        self.mail = mail


class ComplaintRouteError(Exception):
    """Core found that a mail belongs to complaints where the register did not: it goes there all the same."""

    def __init__(self, custom_values, thread_id):
        super().__init__(custom_values, thread_id)
        self.custom_values = custom_values
        self.thread_id = thread_id


# What belongs to an exhibition customer and records that the customer wrote.
ANSWERED = ("expo.participation", "expo.sample")


class MailThread(models.AbstractModel):
    """Mail that concerns complaints goes through the register of raw mails; a returned letter is noted at once.

    No other mail notices.

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
        if not isinstance(custom_values, Handled):
            mails = self.env["expo.complaint.mail"]
            raw = mails._get_raw(message)
            with mails._until_stored(raw):
                found = mails._find_desks(raw, model, custom_values, thread_id)
            if found[1]:
                return self._expo_register(raw, found, options)
            if self.env["expo.followup"]._register_returned_letter(raw):
                return False
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

    def _expo_process_elsewhere(self, raw, options):
        """Let core deliver a mail to the other addresses that it was sent to; their trouble is not ours.

        In a transaction of its own: the caller's would wait for what the register has just written, or fail on it.
        """
        register = self.env["expo.complaint.mail"]
        for _attempt in range(ATTEMPTS_ELSEWHERE):
            try:
                with register._apart(self.env.user, self.env.su, self.env.context) as apart, apart.env.cr.savepoint():
                    apart.env[self._name].message_process(None, raw, Handled(apart.browse()), **options)
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
        if isinstance(custom_values, Handled):
            if custom_values.mail:
                return custom_values.mail._get_routes(message_dict, thread_id, custom_values)
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
        if any(isinstance(route[2], Handled) and route[2].mail for route in routes or ()):
            return False
        return super()._detect_loop_sender(message, message_dict, routes)

    # -- answers of customers to letters and samples

    def _message_route_process(self, message, message_dict, routes):
        thread_id = super()._message_route_process(message, message_dict, routes)
        answered = [(route[0], route[1]) for route in routes or () if route[0] in ANSWERED and route[1]]
        # Here, because only here the headers are at hand: message_update() sees none of them.
        if answered and self._expo_counts_as_answer(message, message_dict):
            for model, record_id in answered:
                # In sudo: mail comes in as a user without rights on customers.
                self.env[model].sudo().browse(record_id).exists()._note_mail(
                    message_dict.get("author_id"), message_dict.get("email_from")
                )
        return thread_id

    def _expo_counts_as_answer(self, message, message_dict):
        """Tell whether a mail is an answer of the customer: not a note of absence, a report or a receipt."""
        text = page_text(str(message_dict.get("body") or ""))
        return treat_mail(message, find_sender(message)[1], header_text(message, "Subject"), text).is_counted

    # -- letters that we write

    def _notify_get_classified_recipients_iterator(
        self, message, recipients_data, msg_vals=False, *args, force_email_lang=False, **kwargs
    ):
        """Put around a letter to a customer what core does in the letter's language, not in one it does not have."""
        if self._name.startswith("expo."):
            templates = self.env["mail.template"]
            recipients_data = [
                {**data, "lang": force_email_lang or templates._expo_get_language(data.get("lang"))}
                if data.get("share")
                else data
                for data in recipients_data
            ]
        return super()._notify_get_classified_recipients_iterator(
            message, recipients_data, msg_vals, *args, force_email_lang=force_email_lang, **kwargs
        )
