"""A page in Chromium that a test drives step by step, with real keys."""

import base64
import contextlib
import json

from odoo.tests.common import ChromeBrowser, ChromeBrowserException, save_test_file

from .common_server import wait_until

#: Code and text of the keys that are no letters.
KEYS = {
    "Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), "Space": (32, " "), "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""),
}  # fmt: skip
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}


class Page:
    """A page in Chromium, driven from the test; as a context manager it is closed at the end."""

    def __init__(self, case, login):
        self.case, self.login = case, login
        self.browser = None
        #: Errors and warnings of the console since they were last read.
        self.messages = []

    def __enter__(self):
        self.browser = ChromeBrowser(self.case)
        handle = self.browser._handlers["Runtime.consoleAPICalled"]

        def listen(type, **params):  # noqa: A002
            if type in ("error", "warning", "assert"):
                self.messages.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
            handle(type=type, **params)

        def listen_to_log(entry, **_params):
            if entry["level"] in ("error", "warning"):
                self.messages.append(f"{entry['text']} {entry.get('url', '')}")

        self.browser._handlers |= {"Runtime.consoleAPICalled": listen, "Log.entryAdded": listen_to_log}
        self.browser._websocket_request("Log.enable")
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

    def resize(self, width, height):
        """Show the page as on a screen of this size; below 600 pixels it is a phone's, with fingers."""
        is_phone = width < 600
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone}
        self.browser._websocket_request("Emulation.setDeviceMetricsOverride", params=size)
        self.browser._websocket_request("Emulation.setTouchEmulationEnabled", params={"enabled": is_phone})

    def press(self, keys):
        """Press real keys, such as ``Tab``, ``Shift+Tab`` or ``Control+Enter``."""
        *held, key = keys.split("+")
        code, text = KEYS.get(key) or (ord(key.upper()), key)
        modifiers = sum(MODIFIERS[one] for one in held)
        params = {
            "key": " " if key == "Space" else key,
            "code": f"Digit{key}" if key.isdigit() else f"Key{key.upper()}" if len(key) == 1 else key,
            "windowsVirtualKeyCode": code,
            "modifiers": modifiers,
            **({"text": text} if text and not modifiers else {}),
        }
        self.browser._websocket_request("Input.dispatchKeyEvent", params={"type": "keyDown", **params})
        params.pop("text", None)
        self.browser._websocket_request("Input.dispatchKeyEvent", params={"type": "keyUp", **params})

    def write(self, text):
        """Write where the focus is."""
        self.browser._websocket_request("Input.insertText", params={"text": text})

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
