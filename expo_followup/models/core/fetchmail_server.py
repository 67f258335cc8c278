import logging

from odoo import models

_logger = logging.getLogger(__name__)


class FetchedMail(bytes):
    """A mail as it came from its mailbox, which says whether it is to stay there."""

    must_stay = False


class FetchmailServer(models.Model):
    """A mail to the complaint desk that could not even be stored stays in the mailbox, to be fetched again."""

    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):
        connection = super()._connect__(allow_archived)
        retrieve, mark_handled, fetched = connection.retrieve_unread_messages, connection.handled_message, {}

        def retrieve_unread_messages():
            for number, message in retrieve():
                fetched[number] = FetchedMail(message)
                yield number, fetched[number]

        def handled_message(number):
            """Mark as handled what was stored."""
            if fetched.pop(number, FetchedMail()).must_stay:
                _logger.warning("A mail to the complaint desk could not be stored and stays in the mailbox")
                return
            mark_handled(number)

        connection.retrieve_unread_messages = retrieve_unread_messages
        connection.handled_message = handled_message
        return connection
