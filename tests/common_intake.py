"""What the tests of the intake share: a desk with an address, and mails as they come from the world."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from .common_complaint import ComplaintCase

DESK = "complaints@desk.example"
#: The loggers that tell of mails which are held.
HELD = "odoo.addons.expo_followup.models.mail.incoming_mail"


def write(
    sender="maria.rossi@customer.example", to=DESK, subject="Broken bowls", body="Ten bowls are broken.", **headers
):
    """A plain mail, as bytes; headers by their names with ``_`` for ``-``, those that are None left out."""
    head = {
        "From": sender,
        "To": to,
        "Subject": subject,
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    lines = [f"{name}: {text}" for name, text in head.items() if text is not None]
    return ("\r\n".join(lines) + "\r\n\r\n" + body + "\r\n").encode()


@contextmanager
def _stay(register, user=None, su=True, context=None):
    yield register.with_env(register.env(user=(user or register.env.user).id, su=su, context=context or {}))


def _flush(register):
    register.env.flush_all()


def _forget_changes(register):
    register.env.invalidate_all(flush=False)


class RegisterCase:
    """Lets the register of incoming mails work in the test's own transaction: what it would commit, the test undoes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stand_ins = {"_apart": _stay, "_commit": _flush, "_roll_back": _forget_changes}
        for name, stand_in in stand_ins.items():
            cls.startClassPatcher(patch.object(cls.env.registry["expo.incoming.mail"], name, stand_in))


class IntakeCase(RegisterCase, ComplaintCase):
    """A complaint desk that is reached by ``DESK``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "desk.example", "bounce_alias": "bounces", "catchall_alias": "all"}
        )
        cls.env.company.alias_domain_id = cls.domain
        cls.team.write({"alias_name": "complaints", "alias_domain_id": cls.domain.id, "leader_id": cls.manager.id})
        cls.customer = cls._make_partner("Maria Rossi")
        cls.mails = cls.env["expo.incoming.mail"]
        cls.numbers = iter(range(10_000))

    def _receive(self, raw, model=None, **options):
        """Give a mail to the gateway, as fetchmail does, and return its rows of the register."""
        before = self.mails.search([])
        self.env["mail.thread"].message_process(model, raw, **options)
        return self.mails.search([]) - before

    def _receive_one(self, raw=None, **values):
        """Receive a mail of its own identifier that becomes one row, and return it."""
        if raw is None:
            raw = write(**{"Message_ID": f"<{next(self.numbers)}@customer.example>", **values})
        (mail,) = self._receive(raw)
        return mail

    def _run_intake(self):
        """Run the scheduled action of the intake."""
        self._run_cron("incoming_mail")

    def _failing(self, method="message_new", error=None, model="expo.complaint"):
        """Let a method of a model, or of a plain class, raise inside the block; the log of what is held is silent."""
        owner = type(self.env[model]) if isinstance(model, str) else model
        return _Failing(owner, method, error or ValueError("injected"))


class _Failing:
    def __init__(self, model, method, error):
        self.quiet = mute_logger(HELD)
        self.patch = patch.object(model, method, side_effect=error, autospec=True)

    def __enter__(self):
        self.quiet.__enter__()
        return self.patch.__enter__()

    def __exit__(self, *error):
        self.patch.__exit__(*error)
        self.quiet.__exit__(*error)
