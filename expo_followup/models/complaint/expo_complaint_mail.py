import base64
import logging
import threading
import xmlrpc.client
from contextlib import contextmanager, suppress

import psycopg2

from odoo import api, fields, models
from odoo.modules import module
from odoo.tools import mute_logger

from ...tools import mail_repair, raw_mail

_logger = logging.getLogger(__name__)

# What every mail received becomes; the sum of these is what was received.
STATES = [
    ("waiting", "To be handled"),
    ("ticket", "New complaint"),
    ("message", "Added to a complaint"),
    ("robot", "Written by a machine"),
    ("duplicate", "Received before"),
    ("quarantined", "Held for you"),
]
REASONS = [
    ("error", "It could not be processed"),
    ("stranger", "Somebody unknown refers to a complaint"),
    ("flood", "Too many mails of this sender"),
    ("size", "Too large or too complicated"),
]
# Rows of the register have no history of their own.
QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
SHOWN_TEXT = 5000
# A mail during which the server died so often is not tried again unasked.
MAX_ATTEMPTS = 3


class ExpoComplaintMail(models.Model):
    """The register of mails to the complaint desk: each as it came, and what became of it.

    A mail is stored and committed here before anything is done with it, so that no error, no kill and no second worker
    loses it. It becomes exactly one of: a new complaint, a message on one, a machine's mail, one received before, or it
    is held in quarantine with the reason until a person, or a later try, takes it on.
    """

    _name = "expo.complaint.mail"
    _description = "Mail to the Complaint Desk"
    _inherit = ["mail.thread", "mail.activity.mixin", "expo.job.mixin"]
    _order = "id desc"
    _rec_name = "subject"

    subject = fields.Char(readonly=True)
    sender = fields.Char(readonly=True, index="btree_not_null")
    sender_name = fields.Char("Name", readonly=True)
    recipients = fields.Text(readonly=True)
    message_id = fields.Char("Message-ID", readonly=True, index="btree_not_null")
    gateway_message_id = fields.Char(
        readonly=True, help="The identifier it has here, when its own was missing or another mail had it already."
    )
    received_at = fields.Datetime(readonly=True, required=True, index=True)
    raw = fields.Binary("Mail as It Came", attachment=True, readonly=True)
    raw_name = fields.Char(compute="_compute_raw_name")
    raw_text = fields.Text("Source Text", compute="_compute_raw_text")
    body_text = fields.Text("What It Says", compute="_compute_body_text")
    file_names = fields.Char("Files", compute="_compute_body_text")
    size = fields.Integer("Size (Bytes)", readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", readonly=True, required=True, index=True)
    team_id = fields.Many2one("expo.complaint.team", readonly=True, ondelete="set null", index="btree_not_null")
    defaults = fields.Json(readonly=True)
    strip_attachments = fields.Boolean(readonly=True)
    # Unique: two workers that receive one mail at once make one complaint.
    key = fields.Char(readonly=True, copy=False)

    state = fields.Selection(STATES, "What Became of It", default="waiting", readonly=True, required=True, index=True)
    reason_kind = fields.Selection(REASONS, "Why It Is Held", readonly=True)
    reason = fields.Text(readonly=True)
    complaint_id = fields.Many2one(
        "expo.complaint", readonly=True, ondelete="set null", index="btree_not_null",
        help="The complaint that it became, was added to, or refers to.",
    )  # fmt: skip
    # No foreign key: it would wait for whoever is handling the first one, and fail when he is done.
    first_key = fields.Char(readonly=True, copy=False)
    original_id = fields.Many2one("expo.complaint.mail", "Received First", compute="_compute_original_id")
    attempts = fields.Integer(default=0, readonly=True, copy=False)
    is_forced = fields.Boolean("Decided by a Person", readonly=True)
    handled_by_id = fields.Many2one("res.users", "Decided By", readonly=True, ondelete="set null")
    active = fields.Boolean(default=True, readonly=True)

    _key_unique = models.UniqueIndex("(key) WHERE key IS NOT NULL", "This mail was received before.")

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"mail-{mail.id}.eml"

    def _compute_raw_text(self):
        """Show the beginning of the source, whatever it is encoded in."""
        for mail in self:
            mail.raw_text = mail_repair.guess_text(mail._get_source()[:SHOWN_TEXT])

    def _compute_body_text(self):
        """Show what a mail says, for whoever decides: its source is for programs."""
        for mail in self:
            content = mail_repair.peek(mail._get_source())
            mail.body_text = content.text[:SHOWN_TEXT]
            mail.file_names = ", ".join(file.name for file in content.files)

    @api.depends("first_key")
    def _compute_original_id(self):
        keys = list(filter(None, self.mapped("first_key")))
        found = self.with_context(active_test=False).search([("key", "in", keys)])
        firsts = {mail.key: mail for mail in found}
        for mail in self:
            mail.original_id = firsts.get(mail.first_key)

    def _get_source(self):
        """Return the bytes of the mail as it came."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).raw or b"")

    # -- taking in ---------------------------------------------------------------------------------------

    @api.model
    def _get_raw(self, message):
        """Return the bytes of a mail as the gateway's callers give it."""
        if isinstance(message, xmlrpc.client.Binary):
            return bytes(message.data)
        return message.encode("utf-8", "surrogateescape") if isinstance(message, str) else bytes(message)

    @api.private
    def _take_in(self, raw, envelope, desks, strip_attachments=False):
        """Register a mail once per desk that it concerns, commit, then handle it. Never raises after the commit.

        :param desks: what :meth:`_find_desks` returned
        :return: the id of a complaint that it concerns, or False
        """
        with self._apart() as register:
            with self._until_stored():
                mails = register.browse()
                for desk in desks:
                    mails |= register._store(raw, envelope, desk, strip_attachments)
                register._commit()
            try:
                complaints = mails._handle_all()
                register._commit()
                return complaints[:1].id or False
            except Exception:
                # Somebody was faster, or the database is in trouble: stored as it is, the scheduled action takes it up.
                _logger.warning(
                    "Mails %s to the complaint desk wait for the scheduled action", mails.ids, exc_info=True
                )
                register._roll_back()
                return False

    @contextmanager
    def _until_stored(self):
        """Whatever is raised inside keeps the mail in its mailbox: see fetchmail_server_complaint."""
        thread = threading.current_thread()
        thread.expo_mail_not_stored = True
        yield
        del thread.expo_mail_not_stored

    @contextmanager
    def _apart(self, user=None, su=True, context=None):
        """The register in a transaction of its own: what the caller does later cannot undo it.

        In sudo, unless told: mails are received by whoever the gateway runs as, and filed by the system. What the
        caller's context says does not count.
        """
        values = {"user": (user or self.env.user).id, "su": su, "context": context or {}}
        if module.current_test:
            yield self.with_env(self.env(**values))
            return
        with self.env.registry.cursor() as cursor:
            yield self.with_env(self.env(cr=cursor, **values))

    def _commit(self):
        """Commit, except in tests, which undo everything."""
        self.env.flush_all()
        if not module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _roll_back(self):
        """Forget what was done since the last commit."""
        if not module.current_test:
            self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def _store(self, raw, envelope, desk, strip_attachments):
        """Store a mail for a desk, as one received before when it was."""
        key = f"{desk['company'].id}-{raw_mail.fingerprint(raw, envelope)}"
        values = {
            "subject": envelope.subject,
            "sender": envelope.sender,
            "sender_name": envelope.sender_name,
            "recipients": ", ".join(envelope.recipients[:50]),
            "message_id": envelope.message_id,
            "received_at": raw_mail.arrival(envelope, fields.Datetime.now()),
            "raw": base64.b64encode(raw),
            "size": len(raw),
            "company_id": desk["company"].id,
            "team_id": desk["team"].id,
            "complaint_id": desk["complaint"].id,
            "defaults": desk["defaults"],
            "strip_attachments": strip_attachments,
            "attempts": 1,
        }
        if not self.with_context(active_test=False).search_count([("key", "=", key)], limit=1):
            # Another worker may receive it at this very moment: then the index says so.
            with suppress(psycopg2.errors.UniqueViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return self.with_context(**QUIET).create({**values, "key": key})
        values.update(state="duplicate", first_key=key, complaint_id=False)
        return self.with_context(**QUIET).create(values)

    def _note_outcome(self, state, **values):
        """File what became of a mail, which ends whatever trouble there was with it."""
        done = {"reason_kind": False, "reason": False, "failure_count": 0, "failure_reason": False}
        self.write({"state": state, **done, **values})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _quarantine(self, kind, reason, **values):
        """Hold a mail for a person, and tell somebody."""
        self.write({"state": "quarantined", "reason_kind": kind, "reason": reason, **values})
        if self.activity_ids or (kind == "flood" and self._is_told_of_flood()):
            return
        try:
            # Held it is in any case; that nobody could be told is not to change that.
            with self.env.cr.savepoint():
                self.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("A mail to the complaint desk waits for you"),
                    user_id=self._get_keeper().id,
                )
        except Exception:
            _logger.warning("Nobody could be told of mail %s, which is held", self.id, exc_info=True)

    def _is_told_of_flood(self):
        """Tell whether somebody knows already that this sender writes too often: a thousand mails are one matter."""
        others = self.search([("sender", "=", self.sender), ("reason_kind", "=", "flood"), ("id", "!=", self.id)])
        return bool(others.activity_ids)

    def _get_keeper(self):
        """Return who looks after a mail that is held: of the complaint, of the team, else a manager."""
        team = self.team_id.filtered("active") or self.env["expo.complaint.team"]._get_team_for(self.company_id)
        manager = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        )
        found = self.complaint_id.user_id | team.leader_id | team.member_ids | manager | self.env.user
        return found.filtered("active")[:1]
