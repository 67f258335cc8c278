"""Real Odoo processes on throw-away databases, and a mail server that a test can make stall, refuse or vanish.

For what no transaction test can show: what is committed when, what survives ``kill -9``, what a second process does,
what an installation or an upgrade leaves behind::

    with clone_database() as database, SmtpSink() as sink, OdooServer(database, sink.port) as server:
        evaluate(database, "env['mail.mail'].create({...}); env.cr.commit()")
        server.wake_crons()
        sink.wait_for(30)
        server.kill()
        server.start()
"""

import contextlib
import email
import json
import logging
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
import xmlrpc.client
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from socket import create_server, socket

from aiosmtpd.controller import Controller

from devkit import pg
from devkit.odoo import Odoo
from devkit.paths import ROOT, STATE
from devkit.templates import Templates

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line of every dialogue

#: Printed before the JSON of `evaluate`, to find it among anything else that a script prints.
MARK = "RESULT-OF-THE-SCRIPT:"


@cache
def templates():
    """The prepared databases on the server of this test run."""
    return Templates(Odoo(pg.TEST))


@contextlib.contextmanager
def clone_database(kind="addon"):
    """A database of its own for one test, dropped afterwards. Yields its name.

    :param kind: `addon` has the addon installed, `base` only what the addon depends on.
    """
    prepared = templates()
    demo = os.environ["EXPO_TEST_DEMO"] == "1"
    template = os.environ["EXPO_TEST_TEMPLATE"] if kind == "addon" else prepared.base(demo)
    name = prepared.clone(template, "own")
    try:
        yield name
    finally:
        prepared.databases.drop(name)


def query(database, sql, values=None):
    """Run one SQL statement in ``database`` (committed at once) and return its rows."""
    return templates().databases.execute(sql, values, database)


def run_odoo(*args, smtp_port=9, text=None, check=True, addons=ROOT):
    """Run Odoo's command line to its end, as ``./dev odoo ARGS…`` does, and return its output.

    :param smtp_port: where its mail goes (port 9 of this machine answers nothing).
    :param text: given on its standard input.
    :param addons: the folder with the addon, when it is not the checkout.
    :raises AssertionError: when it fails or logs an error, unless ``check`` is False.
    """
    odoo = templates().odoo
    config = STATE / f"odoo-script-{os.getpid()}-{threading.get_ident()}.conf"
    odoo.write_config(
        config, smtp_port=smtp_port, max_cron_threads=0, http_enable=False, addons_path=odoo.addons_path_with(addons)
    )
    try:
        done = subprocess.run(
            odoo.command(*args), env=odoo.environment(config), input=text or "", text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    finally:
        config.unlink(missing_ok=True)
    bad = [word for word in (" ERROR ", " CRITICAL ") if word in done.stdout]
    if check and (done.returncode or bad):
        raise AssertionError(f"odoo {' '.join(args)} failed ({done.returncode}):\n{done.stdout[-5000:]}")
    return done.stdout


def upgrade(database, module="expo_followup"):
    """Upgrade ``module`` in ``database``, as ``odoo -u`` does."""
    return run_odoo("-d", database, "-u", module, "--stop-after-init", "--log-level=warn")


def install(database, *modules, **options):
    """Install ``modules`` in ``database``, as ``odoo -i`` does."""
    return run_odoo("-d", database, "-i", ",".join(modules), "--stop-after-init", "--log-level=warn", **options)


def uninstall(database, *modules):
    """Uninstall ``modules`` from ``database`` as the Apps screen does."""
    names = list(modules)
    evaluate(database, f"env['ir.module.module'].search([('name', 'in', {names!r})]).button_immediate_uninstall()")


def evaluate(database, text, **options):
    """Run ``text`` (several lines, ``env`` is there) in a process of its own; commit and return its ``result``.

    :returns: what the script assigned to ``result``, as JSON can carry it; None when it assigned nothing.
    """
    script = f"result = None\nexec({text!r})\nenv.cr.commit()\n"
    script += f"import json\nprint({MARK!r} + json.dumps(result, default=str))\n"
    output = run_odoo("shell", "-d", database, "--log-level=warn", text=script, **options)
    found = [line for line in output.splitlines() if MARK in line]
    if not found:
        raise AssertionError(f"the script ended early:\n{output[-5000:]}")
    return json.loads(found[-1].partition(MARK)[2])


@contextlib.contextmanager
def interruption(database, *servers):
    """Cut what a database serves, as a restart of PostgreSQL does: all connections end at once, new ones are refused.

    PostgreSQL itself goes on, for the other tests that run beside this one.

    :param servers: each `OdooServer` whose other connections, such as to wait for notifications, end as well
    """
    names = [f"odoo-{server.process.pid}" for server in servers]
    query("postgres", f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
    query(
        "postgres",
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid != pg_backend_pid() AND (datname = %s OR application_name = ANY(%s))""",
        [database, names],
    )
    try:
        yield
    finally:
        query("postgres", f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')


class OdooServer:
    """A real Odoo server process; as a context manager it is started, and stopped at the end.

    :param database: the only one it serves.
    :param smtp_port: where its mail goes (port 9 of this machine answers nothing).
    :param crons: number of threads for scheduled actions; 0 for none.
    :param options: further options of Odoo's configuration file, such as ``workers=2``.
    """

    def __init__(self, database, smtp_port=9, *, crons=1, **options):
        self.database, self.process, self.url, self.users = database, None, "", {}
        self.options = {"smtp_port": smtp_port, "max_cron_threads": crons, **options}
        self.config = STATE / f"odoo-server-{database}-{id(self)}.conf"
        self.log = self.config.with_suffix(".log")

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()
        self.config.unlink(missing_ok=True)
        if error == (None, None, None):
            self.log.unlink(missing_ok=True)

    def start(self):
        """Start the process and wait until it answers; the log of an earlier start is kept and continued."""
        odoo = templates().odoo
        port, second = free_ports(2)
        own = {"db_name": self.database, "dbfilter": f"^{self.database}$", "smtp_server": "127.0.0.1"}
        odoo.write_config(self.config, **own, http_port=port, gevent_port=second, **self.options)
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                odoo.command(), env=odoo.environment(self.config), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.url = f"http://127.0.0.1:{port}"
        wait_until(self._answers, "Odoo did not answer", seconds=90)
        return self

    def _answers(self):
        """Whether the login page can be had."""
        if self.process.poll() is not None:
            raise AssertionError(f"Odoo ended while starting:\n{self.log_text()[-5000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the login page answers {error.code}:\n{self.log_text()[-5000:]}") from error
        except OSError:
            return False

    def kill(self):
        """End the process (and its children) at once, as ``kill -9`` or a power cut would."""
        self._signal(signal.SIGKILL)

    def call(self, login, model, method, *args, **options):
        """Call a method over XML-RPC as a user whose password is the login."""
        return self.proxy("object").execute_kw(self.database, self._sign_in(login), login, model, method, args, options)

    def _sign_in(self, login):
        if login not in self.users:
            self.users[login] = self.proxy("common").authenticate(self.database, login, login, {})
        return self.users[login]

    def proxy(self, service):
        """One of the services of its XML-RPC interface."""
        return xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/{service}", allow_none=True)

    def stop(self):
        """End the process politely, if it runs."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
                return
            self._signal(signal.SIGKILL)

    def _signal(self, number):
        """Send a signal to the process's group and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(30)

    def wake_crons(self):
        """Let the server look for due scheduled actions now instead of within a minute."""
        query("postgres", "SELECT pg_notify('cron_trigger', %s)", [self.database])

    def run_cron(self, xmlid):
        """Make one scheduled action due and let the server run it (returns at once)."""
        module, _dot, name = xmlid.partition(".")
        cron = "SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module = %s AND name = %s"
        now = "now() AT TIME ZONE 'UTC'"
        query(self.database, f"UPDATE ir_cron SET active = true, nextcall = {now} WHERE id = ({cron})", [module, name])
        self.wake_crons()

    def log_text(self):
        """Everything the server logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def errors(self):
        """The lines of its log of level ERROR and above."""
        return [line for line in self.log_text().splitlines() if " ERROR " in line or " CRITICAL " in line]


@dataclass
class Received:
    """One message that arrived at a `SmtpSink`, from its first byte; ``reply`` is None until it was answered."""

    number: int
    sender: str
    recipients: list
    raw: bytes
    reply: str | None = None

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self):
        """Its Message-ID."""
        return str(self.message["Message-ID"]).strip()


class SmtpSink:
    """A mail server on loopback that keeps what it gets; use it as a context manager.

    :param on_message: called with each `Received` before it is answered, in a thread of its own. It may wait (the
        sender waits as long), kill the sender, or return the reply (``"451 4.3.0 try later"``, ``"550 5.1.1 no such
        user"``); an empty reply cuts the connection, and None accepts. What is accepted counts as delivered, even when
        the sender died before it heard so.
    :param on_recipient: called with each recipient's address; may return a reply that refuses it.
    :param on_sender: called with the sender's address of each message; may return a reply that refuses it.
    """

    def __init__(self, port=0, on_message=None, on_recipient=None, on_sender=None):
        self.port = port or free_ports(1)[0]
        self.on_message = on_message
        self.on_recipient = on_recipient
        self.on_sender = on_sender
        self.attempts = []
        self._controller = None

    @property
    def messages(self):
        """The messages that were accepted, in the order of their arrival."""
        return [one for one in self.attempts if (one.reply or "").startswith("2")]

    @property
    def message_ids(self):
        """The Message-IDs of the accepted messages."""
        return [one.message_id for one in self.messages]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Listen (again, at the same port)."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=50 << 20)
        self._controller.start()
        return self

    def stop(self):
        """Stop listening: from now on there is an outage."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count, seconds=60):
        """Wait until ``count`` messages have been accepted, and return them."""
        text = f"{count} messages did not arrive"
        wait_until(lambda: len(self.messages) >= count, lambda: f"{text}, only {len(self.messages)}", seconds)
        return self.messages

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        """Take or refuse the sender."""
        if self.on_sender and (refusal := self.on_sender(address)):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        """Take or refuse one recipient."""
        if self.on_recipient and (refusal := self.on_recipient(address)):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        """Keep one message and answer what the test wants."""
        one = Received(len(self.attempts) + 1, envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        self.attempts.append(one)
        reply = await server.loop.run_in_executor(None, self._answer, one)
        if not reply:
            server.transport.abort()
        return reply

    def _answer(self, one):
        """The reply to one message."""
        reply = self.on_message(one) if self.on_message else None
        one.reply = "250 2.0.0 kept" if reply is None else reply
        return one.reply


class RefusingSmtp:
    """A mail server on loopback that refuses at the steps named in ``replies``; use it as a context manager.

    :param replies: the reply by step: ``connect``, ``ehlo``, ``starttls``, ``auth``, ``mail``, ``rcpt`` (a reply, or a
        dict of replies by address), ``data`` (to the whole message). An empty reply cuts the connection. All other
        steps succeed, and STARTTLS is offered when it is refused.
    """

    def __init__(self, **replies):
        self.replies = replies
        self._listener = create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    self._converse(connection.makefile("rwb", buffering=0))

    def _converse(self, stream):
        reply = self.replies.get("connect", "220 ready")
        while reply:
            stream.write(f"{reply}\r\n".encode())
            line = stream.readline().decode().strip()
            verb = line[:4].lower()
            if not line or reply.startswith("421"):
                return
            if verb in ("ehlo", "helo"):
                offer = "250-STARTTLS\r\n" if "starttls" in self.replies else ""
                reply = self.replies.get("ehlo", f"250-here\r\n{offer}250 AUTH PLAIN")
            elif line.lower() == "starttls":
                reply = self.replies["starttls"]
            elif verb == "data":
                stream.write(b"354 go on\r\n")
                while stream.readline() not in (b".\r\n", b""):
                    pass
                reply = self.replies.get("data", "250 kept")
            else:
                reply = self.replies.get(verb, "235 known" if verb == "auth" else "250 fine")
                if isinstance(reply, dict):
                    reply = reply.get(line.partition("<")[2].partition(">")[0], "250 fine")


_TEMPORARY = ("451 4.3.0 user550, try later", "421 4.3.2 closing 550")
_PERMANENT = ("550 5.1.1 not 451", "554 5.0.0 no 421")
#: What a reply at a step of `RefusingSmtp` means, each with a text that says the opposite: the mail waits for the
#: ``server``, is tried again ``later``, is lost because of the ``letter``, or because of the ``address``.
REFUSALS = {
    **{(step, reply): "server" for step in ("connect", "ehlo", "starttls", "auth", "mail") for reply in _TEMPORARY},
    **{(step, reply): "server" for step in ("connect", "ehlo", "starttls", "auth", "mail") for reply in _PERMANENT},
    **{(step, ""): "server" for step in ("connect", "ehlo", "starttls", "auth")},
    ("auth", "535 5.7.8 wrong password"): "server",
    ("mail", "553 5.7.1 not your address"): "server",
    ("mail", "530 5.7.0 sign in"): "server",
    ("rcpt", "530 5.7.0 sign in"): "server",
    ("mail", "552 5.3.4 message too large"): "letter",
    **{(step, reply): "later" for step in ("rcpt", "data") for reply in _TEMPORARY},
    **{(step, ""): "later" for step in ("mail", "rcpt", "data")},
    **{("rcpt", reply): "address" for reply in _PERMANENT},
    **{("data", reply): "letter" for reply in _PERMANENT},
}


def free_ports(count):
    """Ports of the loopback interface that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket()) for _number in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def wait_until(condition, text, seconds=60):
    """Wait until ``condition()`` is true; else fail with ``text`` (a text or a function that gives one)."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{text() if callable(text) else text} within {seconds} s")
        time.sleep(0.1)
