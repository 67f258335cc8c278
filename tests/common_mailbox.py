"""Mailboxes on loopback that Odoo fetches from, by POP3 or IMAP, in which single mails can make trouble."""

import socketserver
import threading
from contextlib import suppress

#: What a server may do when a mail is asked for: refuse it, give nothing, or cut the connection before or within it.
TROUBLES = ("refuse", "empty", "cut", "cut within")


class Cut(Exception):
    """The server closes the connection."""


class _Session(socketserver.StreamRequestHandler):
    """A session of one client; ``box`` is the mailbox."""

    def handle(self):
        box = self.server.box
        box.sessions += 1
        self.deleted = set()
        if box.together:
            box.together.wait(60)
        with suppress(Cut, OSError):
            self.greet()
            while line := self.rfile.readline():
                words = line.decode("latin-1").split()
                if words and self.answer(box, words):
                    return

    def say(self, *lines):
        for line in lines:
            self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def send(self, box, uid, before=b"", after=b""):
        """Send a mail, or what stands for it when it makes trouble."""
        raw, trouble = box.mails[uid], box.trouble.get(uid)
        box.asked.append(uid)
        if trouble == "cut":
            raise Cut
        self.wfile.write(before)
        if trouble == "cut within":
            self.wfile.write(raw[: len(raw) // 2])
            raise Cut
        self.wfile.write(raw + after)


class _PopSession(_Session):
    def greet(self):
        self.names = sorted(self.server.box.mails)
        self.say("+OK ready")

    def answer(self, box, words):
        verb = words[0].upper()
        uid = self.names[int(words[1]) - 1] if words[1:] and words[1].isdigit() else None
        here = [(number, name) for number, name in enumerate(self.names, 1) if name not in self.deleted]
        if uid is not None and uid not in box.mails:
            self.say("-ERR no such message")
        elif verb == "STAT":
            self.say(f"+OK {len(here)} {sum(len(box.mails.get(name, b'')) for _number, name in here)}")
        elif verb == "LIST":
            rows = [f"{number} {len(box.mails.get(name, b''))}" for number, name in here]
            self.say(f"+OK {rows[int(words[1]) - 1]}") if uid else self.say("+OK", *rows, ".")
        elif verb == "UIDL" and box.has_uidl:
            self.say("+OK", *(f"{number} {name}" for number, name in here), ".")
        elif verb == "RETR" and box.trouble.get(uid) == "refuse":
            box.asked.append(uid)
            self.say("-ERR [SYS/PERM] this message is damaged")
        elif verb == "RETR" and box.trouble.get(uid) == "empty":
            self.say("+OK", ".")
        elif verb == "RETR":
            self.send(box, uid, b"+OK\r\n", b"\r\n.\r\n")
        elif verb == "TOP":
            self.say("+OK", box.mails[uid].partition(b"\r\n\r\n")[0], "", ".")
        elif verb == "DELE":
            self.deleted.add(uid)
            self.say("+OK")
        elif verb == "QUIT":
            for name in self.deleted:
                box.mails.pop(name, None)
            self.say("+OK")
            return True
        else:
            self.say("+OK" if verb in ("USER", "PASS", "NOOP") else "-ERR unknown")
        return False


class _ImapSession(_Session):
    def greet(self):
        self.say("* OK ready")

    def answer(self, box, words):
        tag, verb = words[0], words[1].upper()
        is_uid = verb == "UID"
        if is_uid:
            words = words[1:]
            verb = words[1].upper()
        names = sorted(box.mails)
        done = "OK done"
        if verb == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif verb == "SELECT":
            self.say(f"* {len(names)} EXISTS", "* OK [UIDVALIDITY 7] valid")
        elif verb == "SEARCH":
            wanted = [int(words[-1].strip("()"))] if words[-1].strip("()").isdigit() else names
            found = [name for name in wanted if name in names and (len(wanted) == 1 or name not in box.seen)]
            self.say("* SEARCH " + " ".join(str(name if is_uid else names.index(name) + 1) for name in found))
        elif verb in ("FETCH", "STORE"):
            uid = int(words[2]) if is_uid else names[int(words[2]) - 1]
            if verb == "STORE":
                (box.seen.add if words[3].startswith("+") else box.seen.discard)(uid)
            elif uid in box.mails:
                done = self.fetch(box, uid, names.index(uid) + 1, " ".join(words[3:]).strip("()").upper())
        elif verb == "LOGOUT":
            self.say("* BYE", f"{tag} OK")
            return True
        self.say(f"{tag} {done}")
        return False

    def fetch(self, box, uid, number, part):
        trouble = box.trouble.get(uid)
        if "HEADER" in part:
            head = box.mails[uid].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.say(f"* {number} FETCH (UID {uid} BODY[HEADER] {{{len(head)}}}", head + b")")
        elif trouble == "refuse":
            box.asked.append(uid)
            return "NO [SERVERBUG] this message is damaged"
        elif trouble != "empty":
            name = "BODY[]" if "PEEK" in part else part
            before = f"* {number} FETCH (UID {uid} {name} {{{len(box.mails[uid])}}}\r\n".encode()
            self.send(box, uid, before, b")\r\n")
            if "PEEK" not in part:
                box.seen.add(uid)
        return "OK done"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Box:
    """A mailbox with a server; use it as a context manager.

    :param kind: ``pop`` or ``imap``
    :param mails: the mails, which get the identifiers 1, 2, …
    :param trouble: one of :data:`TROUBLES` by identifier
    :param has_uidl: whether the server knows POP3's optional command
    :param together: so many clients are kept waiting until all of them are there
    """

    def __init__(self, kind, mails, trouble=None, has_uidl=True, together=0):
        self.together = threading.Barrier(together) if together else None
        self.kind, self.trouble, self.has_uidl = kind, dict(trouble or {}), has_uidl
        self.mails = dict(enumerate(mails, 1))
        self.seen, self.asked, self.sessions = set(), [], 0
        self._server = _Server(("127.0.0.1", 0), {"pop": _PopSession, "imap": _ImapSession}[kind])
        self._server.box = self
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def left(self):
        """The mails that are still to be fetched."""
        return [uid for uid in sorted(self.mails) if uid not in self.seen]

    @property
    def values(self):
        """The values of a server in Odoo that fetches from here."""
        return {
            "name": "Box", "server_type": self.kind, "server": "127.0.0.1", "port": self.port, "user": "desk",
            "password": "desk", "state": "done",
        }  # fmt: skip
