"""A network that a test can cut, and a browser page that it drives step by step."""

import base64
import contextlib
import json
import socket
import threading

from odoo.tests.common import HOST, ChromeBrowser, ChromeBrowserException, save_test_file

from ..common_server import free_ports, wait_until


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


class Page:
    """A page in Chromium, driven from the test; as a context manager it is closed at the end."""

    def __init__(self, case, login):
        self.case, self.login = case, login
        self.browser = None

    def __enter__(self):
        self.browser = ChromeBrowser(self.case)
        self.case.authenticate(self.login, self.login, browser=self.browser)
        return self

    def __exit__(self, *error):
        if error != (None, None, None):
            shot = self.browser._websocket_request("Page.captureScreenshot")
            save_test_file(type(self.case).__name__, base64.b64decode(shot["data"]), "sc_")
        self.browser.stop()
        self.case._wait_remaining_requests()

    def open(self, url):
        """Go to ``url``."""
        self.browser.navigate_to(url, wait_stop=True)

    def reload(self):
        """Load the page anew, as after a phone has thrown it out of its memory."""
        self.run("window.isOld = true")
        self.browser._websocket_request("Page.reload")
        self.wait_for("!window.isOld && document.readyState === 'complete'", "the page was not loaded again")

    def set_online(self, is_online):
        """Tell the page that its device has a network or none, as a phone does."""
        conditions = {"offline": not is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser._websocket_request("Network.enable")
        self.browser._websocket_request("Network.emulateNetworkConditions", params=conditions)

    def run(self, code):
        """Evaluate JavaScript, wait for its promise, return its value.

        :raises AssertionError: when it raises, or the page itself did before
        """
        if self.browser._result.done():
            self.browser._result.result()
        params = {"expression": code, "awaitPromise": True, "returnByValue": True}
        answer = self.browser._websocket_request("Runtime.evaluate", params=params, timeout=30)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{code}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, code, text, seconds=20):
        """Wait until JavaScript ``code`` is true; else fail with ``text``, and what the page shows."""

        def is_true():
            # A page on its way has nothing to ask: it counts as not yet.
            with contextlib.suppress(AssertionError, ChromeBrowserException):
                return self.run(code) is True

        wait_until(is_true, lambda: f"{text}; the page shows: {self.run('document.body.innerText')!r}", seconds)

    def wait_for_text(self, text, seconds=20):
        """Wait until the page shows ``text``."""
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", f"nowhere is {text!r}", seconds)

    def click(self, text, selector="button"):
        """Click what has this text."""
        has_text = f"(one) => one.innerText.trim() === {json.dumps(text)}"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find({has_text})"
        self.wait_for(f"Boolean({found})", f"there is no {text!r} to click")
        self.run(f"{found}.click()")

    def type(self, name, value):
        """Type into the field of this name."""
        field = f"document.querySelector('[name={name}]')"
        self.wait_for(f"Boolean({field})", f"there is no field {name}")
        self.run(f"{field}.value = {json.dumps(value)}; {field}.dispatchEvent(new Event('input', {{ bubbles: true }}))")
