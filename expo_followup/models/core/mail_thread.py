import logging

from odoo import api, models

from ..mixins.job import TO_RETRY

_logger = logging.getLogger(__name__)
COMPLAINT = "expo.complaint"
CUSTOMER = "expo.participation"
# So often a mail to others is tried when a concurrent change gets in its way.
ATTEMPTS_ELSEWHERE = 5


class Handled(dict):
    """Values for core's gateway, with the mail of the register that is being handled; an empty one for others' part.

    With it come its files, which need not be encoded and decoded once more. No remote caller can make one: there it is
    a plain dictionary.
    """

    def __init__(self, mail, values=(), files=()):
        super().__init__(values)
        self.mail = mail
        self.files = files


class RegisteredRouteError(Exception):
    """Core found that a mail belongs to a record of this addon where the register did not: it goes there."""

    def __init__(self, model, thread_id, custom_values):
        super().__init__(model, thread_id, custom_values)
        self.model, self.thread_id, self.custom_values = model, thread_id, custom_values


def is_of_this_addon(model):
    """Tell whether a model is one of this addon to whose records mail is posted."""
    return model._original_module == "expo_followup" and not model._abstract and "message_ids" in model._fields


class MailThread(models.AbstractModel):
    """Mail that leads to records of this addon, or to no record at all, goes through the register of incoming mails.

    Odoo's gateway loses a mail on any exception: it is rolled back, and marked as handled at the mail server. Here the
    mail as it came is committed first (``expo.incoming.mail``), and whatever happens then happens to a row that stays.
    Mail that leads to records of other apps goes core's way, and is not stored by us.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Process an incoming mail; see core. What is for the register is stored before, and never raises."""
        options = {"save_original": save_original, "strip_attachments": strip_attachments}
        if not isinstance(custom_values, Handled):
            mails = self.env["expo.incoming.mail"]
            raw = mails._get_raw(message)
            with mails._until_stored(raw):
                found = mails._find_destinations(raw, model, custom_values, thread_id)
            if found[1]:
                return self._expo_register(raw, found, options)
        try:
            return super().message_process(model, message, custom_values=custom_values, thread_id=thread_id, **options)
        except RegisteredRouteError as route:
            with mails._until_stored(raw):
                found = mails._find_destinations(
                    raw, route.model, route.custom_values, route.thread_id, is_certain=True
                )
            return self._expo_register(raw, found, options)

    def _expo_register(self, raw, found, options):
        """Hand a mail to the register, and what else it was sent to to core."""
        envelope, destinations, others = found
        record_id = self.env["expo.incoming.mail"]._take_in(raw, envelope, destinations, options["strip_attachments"])
        if others:
            self._expo_process_elsewhere(raw, options)
        return record_id

    def _expo_process_elsewhere(self, raw, options):
        """Let core deliver a mail to the other addresses that it was sent to; their trouble is not ours.

        In a transaction of its own: the caller's would wait for what the register has just written, or fail on it.
        """
        register = self.env["expo.incoming.mail"]
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
                return custom_values.mail._get_routes(message_dict, model, thread_id, custom_values)
            routes = super().message_route(message, message_dict, model, thread_id, custom_values)
            return [route for route in routes or () if not self._is_route_of_register(route)]
        # What finding the way has written is undone when the mail goes to the register, which writes it itself.
        with self.env.cr.savepoint():
            routes = super().message_route(message, message_dict, model, thread_id, custom_values)
            for route_model, record_id, values, _uid, _alias in routes or ():
                if is_of_this_addon(self.env[route_model]):
                    raise RegisteredRouteError(route_model, record_id, values)
        return routes

    def _is_route_of_register(self, route):
        """Tell whether the register has delivered, or will deliver, what core would put on this way."""
        model, record_id = route[:2]
        return self.env["expo.incoming.mail"]._is_registered(self.env[model].browse(record_id or ()))

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        # The register has its own limit, which keeps the mails.
        if any(isinstance(route[2], Handled) and route[2].mail for route in routes or ()):
            return False
        return super()._detect_loop_sender(message, message_dict, routes)

    # -- letters that we write

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify our users alone of a mail that came in: customers get what we write, not what others write to us."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        kind = (msg_vals or {}).get("message_type") or message.message_type
        if kind == "email" and is_of_this_addon(self):
            return [recipient for recipient in recipients if not recipient["share"]]
        return recipients

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
