from odoo import models

from ...tools.mailbox import ImapMailbox, PopMailbox


class FetchmailServer(models.Model):
    """A mail that cannot be fetched stops no other one, and one that cannot be stored stays in the mailbox."""

    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):
        connect = super()._connect__
        connection = connect(allow_archived)
        for kind in (PopMailbox, ImapMailbox):
            if isinstance(connection, kind.protocol):
                owner = f"{self.server} {self.port} {self.user}".lower()
                failures = self.env["expo.incoming.mail"]._get_fetch_failures()
                mailbox = kind(connection, lambda: connect(allow_archived), owner, failures)
                for name in (
                    "check_unread_messages",
                    "retrieve_unread_messages",
                    "handled_message",
                    "disconnect",
                ):
                    setattr(connection, name, getattr(mailbox, name))
        return connection
