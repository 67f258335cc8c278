import logging
import threading

from odoo import models

_logger = logging.getLogger(__name__)


class FetchmailServer(models.Model):
    """A mail to the complaint desk that could not even be stored stays in the mailbox, to be fetched again."""

    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):
        connection = super()._connect__(allow_archived)
        mark_handled = connection.handled_message

        def handled_message(number):
            """Mark as handled what was stored."""
            thread = threading.current_thread()
            if thread.__dict__.pop("expo_mail_not_stored", False):
                _logger.warning("A mail to the complaint desk could not be stored and stays in the mailbox")
                return
            mark_handled(number)

        connection.handled_message = handled_message
        return connection
