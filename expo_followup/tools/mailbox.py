"""Fetching from a mailbox, one mail after the other, whatever is wrong with any of them.

Odoo's fetcher ends at the first mail that the server refuses, or that has a line longer than 64 KB, and begins with the
same one at its next turn: all later mails wait for ever. Here such a mail is noted and left in the mailbox, the others
are fetched, and a connection that breaks is opened again.
"""

import hashlib
import imaplib
import logging
import poplib
import re
from collections import deque
from contextlib import suppress

_logger = logging.getLogger(__name__)
#: A line of a mail may be so long: bytes. The standard allows 998, programs write pages in one line.
MAX_LINE = 100 * 1024 * 1024
#: So often a connection that breaks is opened again.
MAX_BREAKS = 5
#: So many mails that failed before are tried again at each turn, and so many may fail for the first time.
RETRIED = 10
MAX_NEW_FAILURES = 50
#: A reason is the server's word: characters.
MAX_REASON = 500


class RefusedError(Exception):
    """The server refuses one command; the connection is in order."""


class BrokenError(Exception):
    """The connection cannot be used any more."""


class FetchedMail(bytes):
    """A mail as it came from its mailbox, which says whether it is to stay there."""

    must_stay = False


class Mailbox:
    """A mailbox, with the four methods by which Odoo's fetcher uses a connection.

    Mails are known by identifiers that stay the same in every session.

    :param connection: of Odoo, logged in
    :param reconnect: opens another one
    :param str owner: what tells this mailbox from all others
    :param failures: remembers which mails could not be fetched, by their keys: ``find_attempts(keys)`` returns how
        often each was tried, ``note(key, reason, head)`` adds a try, ``resolve(key)`` ends it
    """

    #: The class of connections.
    protocol = None
    # Whether the server gives mails names that stay: else a name may be another mail's in the next session.
    _are_named = True

    def __init__(self, connection, reconnect, owner, failures):
        self.connection = connection
        self.failures = failures
        self._reconnect_to = reconnect
        self._disconnect = connection.disconnect
        self._owner = owner
        self._todo = deque()
        self._known = {}
        self._handled = []
        self._in_hand = {}
        self._breaks = self._new_failures = 0

    # -- what Odoo's fetcher calls

    def check_unread_messages(self):
        """Find the mails to fetch, and return how many there are; those that fail time and again do not count."""
        uids = self._open()
        attempts = self.failures.find_attempts({self._key(uid): uid for uid in uids})
        self._known = {uid: attempts[self._key(uid)] for uid in uids if self._key(uid) in attempts}
        self._todo.extend(uid for uid in uids if uid not in self._known)
        mended = self._retry_known()
        self._todo.extend(mended)
        return len(self._todo)

    def retrieve_unread_messages(self):
        """Yield ``(identifier, mail)`` of each mail that can be fetched."""
        while self._todo and self._new_failures < MAX_NEW_FAILURES:
            uid = self._todo.popleft()
            mail = self._in_hand.get(uid) or self._fetch(uid)
            if mail is not None:
                self._in_hand[uid] = mail
                yield uid, mail

    def handled_message(self, uid):
        """Tell the server that a mail was taken, unless it could not be stored."""
        if self._in_hand.pop(uid, FetchedMail()).must_stay:
            _logger.warning("A mail could not be stored and stays in the mailbox")
            return
        self._handled.append(uid)
        try:
            self._mark_handled(uid)
        except RefusedError as error:
            _logger.warning("The mail server does not mark a mail as handled: %s", error)
        except BrokenError as error:
            self._reconnect(error)
        if uid in self._known:
            self.failures.resolve(self._key(uid))

    def disconnect(self):
        """End the session; a server that is gone stops no other one."""
        with suppress(OSError, EOFError, poplib.error_proto, imaplib.IMAP4.error):
            self._disconnect()

    # -- one mail

    def _retry_known(self):
        """Try some mails again that failed before, until one can be fetched; those tried least go first."""
        for uid in sorted(self._known, key=self._known.get)[:RETRIED]:
            breaks = self._breaks
            mail = self._fetch(uid)
            if mail is not None:
                self._in_hand[uid] = mail
                return [uid]
            if self._breaks > breaks:
                # The other mails need the connection.
                break
        return []

    def _fetch(self, uid):
        """Return a mail, or None when it is not to be had."""
        try:
            return self._download(uid)
        except RefusedError as error:
            try:
                if head := self._find_head(uid):
                    self._note_failure(uid, error, head)
            except BrokenError as broken:
                self._note_failure(uid, error)
                self._reconnect(broken)
        except BrokenError as error:
            self._note_failure(uid, error)
            self._reconnect(error)
        return None

    def _note_failure(self, uid, error, head=b""):
        self._new_failures += uid not in self._known
        _logger.warning("A mail cannot be fetched and stays in the mailbox: %s", error)
        self.failures.note(self._key(uid), str(error)[:MAX_REASON], head)

    def _reconnect(self, error):
        """Open the connection again after it broke, and repeat what the server may have forgotten."""
        self._breaks += 1
        if self._breaks > MAX_BREAKS:
            raise error
        self.disconnect()
        self.connection = self._reconnect_to()
        self._disconnect = self.connection.disconnect
        try:
            self._open()
            for uid in self._handled if self._are_named else ():
                with suppress(RefusedError):
                    self._mark_handled(uid)
        except BrokenError as broken:
            self._reconnect(broken)

    def _key(self, uid):
        return "fetch-" + hashlib.sha256(f"{self._owner} {uid}".encode("utf-8", "replace")).hexdigest()

    # -- of the protocol

    def _open(self):
        """Return the identifiers of the mails, the oldest first."""
        raise NotImplementedError

    def _download(self, uid):
        """Return a mail."""
        raise NotImplementedError

    def _find_head(self, uid):
        """Return the headers of a mail, or what stands for them; nothing when it is no longer there."""
        raise NotImplementedError

    def _mark_handled(self, uid):
        """Tell the server that a mail was taken."""
        raise NotImplementedError


class PopMailbox(Mailbox):
    """A mailbox of the protocol POP3 (RFC 1939)."""

    protocol = poplib.POP3

    def _open(self):
        connection = self.connection
        connection._getline = lambda: _read_line(connection)
        sizes = dict(line.split()[:2] for line in self._ask(self.connection.list)[1])
        try:
            names = dict(line.split(None, 1) for line in self._ask(self.connection.uidl)[1])
        except RefusedError:
            # The command is optional: then the size has to do.
            names = {}
        self._are_named = bool(names) or not sizes
        self._numbers = {}
        for number in sorted(sizes, key=int):
            uid = names.get(number, sizes[number] + b" bytes").decode("latin-1")
            while uid in self._numbers:
                # Some servers name two copies of one mail alike.
                uid += "+"
            self._numbers[uid] = int(number)
        return list(self._numbers)

    def _download(self, uid):
        if uid not in self._numbers:
            return None
        _reply, lines, _size = self._ask(self.connection.retr, self._numbers[uid])
        if not any(lines):
            raise RefusedError("The mail server returned nothing.")
        return FetchedMail(b"\n".join(lines))

    def _find_head(self, uid):
        with suppress(RefusedError):
            return b"\n".join(self._ask(self.connection.top, self._numbers[uid], 0)[1]) or b"\n"
        try:
            # Of a mail that another session deleted nothing is known.
            return b"\n" if self._ask(self.connection.list, self._numbers[uid]) else b""
        except RefusedError:
            return b""

    def _mark_handled(self, uid):
        if number := self._numbers.get(uid):
            self._ask(self.connection.dele, number)

    def _ask(self, command, *values):
        try:
            return command(*values)
        except poplib.error_proto as error:
            text = error.args[0] if error.args else b""
            if isinstance(text, bytes) and text.startswith(b"-"):
                raise RefusedError(text.decode("utf-8", "replace")) from error
            raise BrokenError(f"The connection broke: {error}") from error
        except (OSError, EOFError) as error:
            raise BrokenError(f"The connection broke: {error!r}") from error


class ImapMailbox(Mailbox):
    """A mailbox of the protocol IMAP (RFC 3501).

    Unlike in core, fetching alone does not mark a mail as read: a server that stops in between loses none.
    """

    protocol = imaplib.IMAP4

    def _open(self):
        self._ask("select")
        # For core, which closes the folder when it has been opened.
        self.connection._unread_messages = []
        _code, validity = self.connection.response("UIDVALIDITY")
        self._validity = ((validity and validity[0]) or b"").decode("latin-1")
        found = self._ask("uid", "SEARCH", "UNSEEN")
        return sorted((f"{self._validity} {uid.decode()}" for uid in (found[0] or b"").split()), key=_uid_of)

    def _download(self, uid):
        mail = self._get_part(uid, "BODY.PEEK[]")
        if not mail:
            raise RefusedError("The mail server returned nothing.")
        return FetchedMail(mail)

    def _find_head(self, uid):
        with suppress(RefusedError):
            if head := self._get_part(uid, "BODY.PEEK[HEADER]"):
                return head
        try:
            # Of a mail that another session deleted nothing is known.
            return b"\n" if (self._ask("uid", "SEARCH", f"UID {_uid_of(uid)}")[0] or b"").split() else b""
        except RefusedError:
            return b"\n"

    def _get_part(self, uid, part):
        # What a refused command left behind is no answer to this one.
        self.connection.untagged_responses.pop("FETCH", None)
        answer = self._ask("uid", "FETCH", str(_uid_of(uid)), f"({part})")
        return next((item[1] for item in answer if isinstance(item, tuple)), b"")

    def _mark_handled(self, uid):
        self._ask("uid", "STORE", str(_uid_of(uid)), "+FLAGS", "(\\Seen)")

    def _ask(self, command, *values):
        try:
            code, answer = getattr(self.connection, command)(*values)
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort) or "command error: BAD" not in str(error):
                raise BrokenError(f"The connection broke: {error}") from error
            raise RefusedError(re.sub(r"^\w+ command error: ", "", str(error))) from error
        except (OSError, EOFError) as error:
            raise BrokenError(f"The connection broke: {error!r}") from error
        if code != "OK":
            raise RefusedError(f"{code} {(answer[0] or b'').decode('utf-8', 'replace')}")
        return answer


def _uid_of(uid):
    return int(uid.rpartition(" ")[2])


def _read_line(connection):
    r"""Read a line as ``poplib`` does, but for its length, which is that of a mail.

    >>> from io import BytesIO
    >>> from types import SimpleNamespace
    >>> line, size = _read_line(SimpleNamespace(file=BytesIO(b"x" * 100_000 + b"\r\n.\r\n")))
    >>> len(line), size
    (100000, 100002)
    """
    line = connection.file.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise poplib.error_proto("line too long")
    if not line:
        raise poplib.error_proto("-ERR EOF")
    size = len(line)
    if line.startswith(b"\r") and not line.endswith(b"\r\n"):
        return line[1:-1], size
    return line[: -2 if line.endswith(b"\r\n") else -1], size
