"""A network that a test can cut."""

import contextlib
import socket
import threading

from odoo.tests.common import HOST

from ..common_server import free_ports


class Cable:
    """The line between a browser and the server: it can be cut, mended, and can lose an answer on its way back.

    Use it as a context manager; the browser opens :attr:`url`. Nothing in the browser is pretended: while the cable is
    cut, nothing answers at the address, for the page and its service worker alike.
    """

    def __init__(self, port):
        self.port, (self.own_port,) = port, free_ports(1)
        self.url = f"http://{HOST}:{self.own_port}"
        self.lost = 0
        self._losing = None
        self._listener = None
        self._ends = []

    def __enter__(self):
        self.mend()
        return self

    def __exit__(self, *_error):
        self.cut()

    def mend(self):
        """Let the browser reach the server (again)."""
        self._listener = socket.create_server((HOST, self.own_port), backlog=64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self):
        """End every connection, and refuse new ones."""
        _close(self._listener, *self._ends)
        self._ends = []

    def lose_answer(self, path):
        """Let the next request for ``path`` reach the server and be answered, but the answer never arrive."""
        self._losing = f" {path} HTTP".encode()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection((HOST, self.port))
                self._ends += [near, far]
                line = {"is_losing": False}
                for source, target, is_answer in ((near, far, False), (far, near, True)):
                    arguments = (source, target, line, is_answer)
                    threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def _carry(self, source, target, line, is_answer):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not is_answer and self._losing and self._losing in data:
                    line["is_losing"], self._losing = True, None
                if is_answer and line["is_losing"]:
                    # The server answers when it has committed.
                    self.lost += 1
                    break
                target.sendall(data)
        _close(source, target)


def _close(*sockets):
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
