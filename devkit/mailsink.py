"""A mail server on loopback that keeps every message as a file: nothing a developer sends leaves the machine."""

import itertools
import socket
import time

from .base import write_atomic


class MailFolder:
    """Context manager: an SMTP server at ``port`` that writes each message to ``folder`` as an .eml file."""

    def __init__(self, folder):
        self.folder = folder
        self.numbers = itertools.count(1)
        self.port = None
        self._controller = None

    def __enter__(self):
        from aiosmtpd.controller import Controller

        self.folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=50 << 20)
        self._controller.start()
        return self

    def __exit__(self, *_details):
        self._controller.stop()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        """Keep one message, its envelope in two extra headers."""
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{next(self.numbers):04d}.eml"
        header = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        text = header + envelope.content.decode("utf-8", errors="surrogateescape")
        write_atomic(self.folder / name, text.encode("utf-8", errors="replace").decode("utf-8"))
        return "250 kept"
