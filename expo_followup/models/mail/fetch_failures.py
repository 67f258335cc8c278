from ...tools import raw_mail


class FetchFailures:
    """The mails that could not be fetched from a mailbox: each is one row of the register until it can be.

    All in transactions of their own: the fetcher's end with the next mail.
    """

    def __init__(self, register):
        self.register = register

    def find_attempts(self, keys):
        """Return how often each of the mails was tried, by key; nothing of those that never failed."""
        with self.register._apart() as register:
            return {row.key: row.attempts for row in self._find(register, keys)}

    def note(self, key, reason, head=b""):
        """Note that a mail could not be fetched, once more or for the first time.

        :param str reason: the server's word
        :param bytes head: the headers of the mail, as far as they are known
        """
        with self.register._apart() as register:
            row = self._find(register, [key])
            if row:
                row.write({"attempts": row.attempts + 1, "reason": reason})
            else:
                self._store(register, key, reason, raw_mail.read(head))
            register._commit()

    def resolve(self, key):
        """Dismiss the row of a mail that was fetched after all."""
        with self.register._apart() as register:
            if row := self._find(register, [key]).filtered("active"):
                row._set_aside()
            register._commit()

    def _find(self, register, keys):
        return register.with_context(active_test=False).search([("key", "in", list(keys))])

    def _store(self, register, key, reason, envelope):
        row = register._create_quietly(
            {
                "key": key,
                **register._get_envelope_values(envelope),
                "company_id": register.env.company.id,
                "attempts": 1,
            }
        )
        # Another fetcher of this mailbox may have noted it at this very moment.
        if row:
            row._quarantine("fetch", reason)
