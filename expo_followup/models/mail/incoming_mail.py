import logging
import xmlrpc.client
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formataddr, mute_logger

from ...tools import mail_repair, raw_mail
from ...tools.mail_hygiene import takes_answers
from ...tools.mailbox import FetchedMail
from ..core.mail_thread import COMPLAINT, CUSTOMER, is_of_this_addon
from ..mixins.job import MAX_FAILURES, TO_RETRY, expect_work, run_again, run_step
from ..mixins.notices import Reminder, remind
from ..mixins.record_keeping import RecordKeeping
from .fetch_failures import FetchFailures
from .mail_delivery import MailDelivery
from .mail_intake import MailIntake

_logger = logging.getLogger(__name__)
# What every mail received becomes; the sum of these is what was received.
STATES = [
    ("waiting", "To be handled"),
    ("ticket", "New complaint"),
    ("message", "Added to a record"),
    ("robot", "Automatic e-mail"),
    ("duplicate", "Already received"),
    ("quarantined", "In quarantine"),
]
REASONS = [
    ("error", "Not processed"),
    ("stranger", "Unknown sender refers to a complaint"),
    ("flood", "Too many e-mails from this sender"),
    ("size", "Too large or too complicated"),
    ("customer", "Customer not certain"),
    ("nowhere", "No customer found"),
    ("fetch", "Could not be fetched"),
]
# Rows of the register have no history of their own.
QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
SHOWN_TEXT = 5000
# Machines that answer each other without saying so come to an end by these.
ACKNOWLEDGEMENTS_PER_HOUR = 1
ACKNOWLEDGEMENTS_PER_DAY = 5
FORGET_BATCH = 100
# A mail during which the server died so often is not tried again unasked.
MAX_ATTEMPTS = 3


class ExpoIncomingMail(models.Model):
    """The register of mails to us: each as it came, and what became of it.

    Registered is what leads to records of this addon, what customers write without saying to what, and what leads
    nowhere; mails that lead to records of other apps are not. A mail is stored and committed here before anything is
    done with it, so that no error, no kill and no second worker loses it. It becomes exactly one of: a new complaint, a
    message on a record, a machine's mail, one received before, or it is held in quarantine with the reason until a
    person, or a later try, takes it on.
    """

    _name = "expo.incoming.mail"
    _description = "Incoming Mail"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "expo.job.mixin",
        "expo.steps",
        "expo.linked.records",
    ]
    _order = "id desc"
    _rec_name = "subject"
    _record_keeping = RecordKeeping(
        archive="incoming_mails",
        archive_order=290,
        archive_match="key",
        attachments=True,
        personal="with_complaint",
        salesperson="complaint_id.user_id",
    )
    _steps = {"handle": ("quarantined", "waiting", "robot"), "decide": ("quarantined", "robot")}

    subject = fields.Char(readonly=True)
    sender = fields.Char(readonly=True, index="btree_not_null")
    sender_name = fields.Char(readonly=True)
    recipients = fields.Text(readonly=True)
    message_id = fields.Char("Message-ID", readonly=True, index="btree_not_null")
    gateway_message_id = fields.Char(
        readonly=True, help="Message ID used when the e-mail has none or one that is already in use."
    )
    received_at = fields.Datetime(readonly=True, required=True, index=True)
    raw = fields.Binary("Original Mail", attachment=True, readonly=True)
    raw_name = fields.Char("Original File Name", compute="_compute_raw_name")
    raw_text = fields.Text("Source Text", compute="_compute_raw_text")
    body_text = fields.Text("Mail Text", compute="_compute_body_text")
    file_names = fields.Char("Files", compute="_compute_body_text")
    size = fields.Integer("Size (Bytes)", readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", readonly=True, required=True, index=True)
    team_id = fields.Many2one("expo.complaint.team", readonly=True, ondelete="set null", index="btree_not_null")
    defaults = fields.Json("Default Values", readonly=True)
    strip_attachments = fields.Boolean(readonly=True, string="Attachments Stripped")
    # Unique: two workers that receive one mail at once make one complaint.
    key = fields.Char("Message Key", readonly=True, copy=False)
    state = fields.Selection(STATES, "Status", default="waiting", readonly=True, required=True, index=True)
    reason_kind = fields.Selection(REASONS, "Quarantine Reason", readonly=True)
    reason = fields.Text(readonly=True)
    complaint_id = fields.Many2one(
        "expo.complaint",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Complaint created from the e-mail, extended by it, or mentioned in it.",
    )
    # Where it leads when that is no complaint; of complaints the model alone. Empty while that is not known.
    res_model = fields.Char("Record Type", readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True, index="btree_not_null")
    record_ref = fields.Reference(lambda self: self._get_record_models(), "Belongs To", compute="_compute_record_ref")
    has_record_access = fields.Boolean(
        "Record Readable", compute="_compute_has_record_access", search="_search_has_record_access"
    )
    # No foreign key: it would wait for the worker that handles the first one, and then fail.
    first_key = fields.Char("First Copy Key", readonly=True, copy=False)
    original_id = fields.Many2one("expo.incoming.mail", "First Copy", compute="_compute_original_id")
    attempts = fields.Integer(default=0, readonly=True, copy=False)
    is_forced = fields.Boolean("Decided Manually", readonly=True)
    handled_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    active = fields.Boolean(default=True, readonly=True)
    # By the scheduled action alone: one at a time, none twice.
    ack_state = fields.Selection(
        [("due", "To send"), ("sent", "Sent"), ("skipped", "Not needed")], "Acknowledgement", readonly=True, index=True
    )
    ack_on = fields.Datetime("Acknowledged On", readonly=True)
    forgotten_on = fields.Datetime("Original Deleted On", readonly=True, index="btree_not_null")

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "You cannot store the same mail twice. Open the existing mail instead."
    )

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"mail-{mail.id}.eml"

    def _compute_raw_text(self):
        """Show the beginning of the source, whatever it is encoded in."""
        for mail in self:
            mail.raw_text = mail_repair.guess_text(mail._get_source()[:SHOWN_TEXT])

    def _compute_body_text(self):
        """Show the text of a mail to the user who decides: its source is for programs."""
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

    @api.model
    def _get_record_models(self):
        """Return the types of records that mails may belong to, beside contacts those of this addon."""
        names = [name for name, model in self.env.items() if is_of_this_addon(model)]
        return [(name, self.env[name]._description) for name in (*names, "res.partner")]

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("res_model", "res_id", "complaint_id")
    def _compute_record_ref(self):
        """Show the record to users who may read it."""
        for name, mails in self.grouped(lambda mail: COMPLAINT if mail.complaint_id else mail.res_model).items():
            ids = {mail: mail.complaint_id.id or mail.res_id for mail in mails}
            records = self.env[name].browse(filter(None, ids.values())).exists() if name in self.env else None
            readable = records._filtered_access("read")._ids if records else ()
            for mail in mails:
                mail.record_ref = f"{name},{ids[mail]}" if ids[mail] in readable else False

    def _get_record(self):
        """Return the record that a mail leads to, None when there is none or it is gone."""
        if not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("res_model", "res_id")
    def _compute_has_record_access(self):
        for name, mails in self.grouped("res_model").items():
            records = self.env[name].sudo(False).browse(mails.mapped("res_id")) if name in self.env else None
            readable = records.exists()._filtered_access("read") if records else records
            for mail in mails:
                mail.has_record_access = bool(readable) and mail.res_id in readable._ids

    @api.model
    def _search_has_record_access(self, operator, value):
        """Find the mails whose record the user may read: record rules of the register ask in sudo, this does not."""
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        for [name] in self.sudo()._read_group([("res_id", "!=", 0)], ["res_model"]):
            records = self.env[name].sudo(False) if name in self.env else None
            if records is not None and records.has_access("read"):
                domain |= Domain("res_model", "=", name) & Domain("res_id", "in", records._search([]))
        return domain

    def _get_source(self):
        """Return the bytes of the mail as it came."""
        self.ensure_one()
        # The web client asks for the size of files instead of their content.
        source = self.with_context(bin_size=False)._find_source_file()
        raw = source.raw or b""
        # It may be large.
        source.invalidate_recordset(["raw", "datas"], flush=False)
        return raw

    def _find_source_file(self):
        """Return the attachment that holds the mail as it came. In sudo: as the field, it is read with the mail."""
        self.check_access("read")
        domain = [("res_model", "=", self._name), ("res_field", "=", "raw"), ("res_id", "=", self.id)]
        return self.env["ir.attachment"].sudo().search(domain, limit=1)

    # -- taking in ---------------------------------------------------------------------------------------

    @api.model
    def _get_raw(self, message):
        """Return the bytes of a mail as the gateway's callers give it."""
        message = message.data if isinstance(message, xmlrpc.client.Binary) else message
        if isinstance(message, str):
            return message.encode("utf-8", "surrogateescape")
        return message if isinstance(message, bytes) else bytes(message)

    @api.model
    def _find_destinations(self, raw, model=False, custom_values=None, thread_id=None, is_certain=False):
        """Tell where a mail leads, before anything that could raise is done with it.

        :param is_certain: whether core has found that it leads to a record of this addon
        :return: ``(envelope, destinations, others)``: those are of :class:`~.mail_intake.Destination`, none where the
            mail is not for the register; the other aliases that it was sent to
        """
        intake = MailIntake(self.env, raw, model)
        intake.find_destinations(custom_values, thread_id, is_certain)
        return intake.envelope, list(intake.destinations.values()), intake.others

    @api.private
    def _take_in(self, raw, envelope, destinations, strip_attachments=False):
        """Register a mail once per company that it leads to, commit, then handle it. Never raises after the commit.

        :param destinations: what :meth:`_find_destinations` returned
        :return: the id of a record that it became or was added to, or False
        """
        with self._apart() as register:
            with self._until_stored(raw):
                mails = register.browse()
                for destination in destinations:
                    mails |= register._store_mail(raw, envelope, destination, strip_attachments)
                register._commit()
            try:
                record_id = mails._handle_all(raw)
                register._commit()
                return record_id
            except Exception:
                # Another worker was faster, or the database is in trouble: the scheduled action handles what is stored.
                _logger.warning("Incoming mails %s wait for the scheduled action", mails.ids, exc_info=True)
                register._roll_back()
                return False

    @contextmanager
    def _until_stored(self, raw):
        """Whatever is raised inside keeps the mail in its mailbox: see ``core/fetchmail_server.py``."""
        try:
            yield
        except Exception:
            if isinstance(raw, FetchedMail):
                raw.must_stay = True
            raise

    @contextmanager
    def _apart(self, user=None, su=True, context=None):
        """The register in a transaction of its own: what the caller does later cannot undo it.

        In sudo, unless told: mails are received by the user of the gateway, and filed by the system. What the
        caller's context says does not count.
        """
        values = {"user": (user or self.env.user).id, "su": su, "context": context or {}}
        with self.env.registry.cursor() as cursor:
            yield self.with_env(self.env(cr=cursor, **values))

    def _commit(self):
        """Commit: from here on nothing that fails loses the mail."""
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _roll_back(self):
        """Forget what was done since the last commit."""
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def _store_mail(self, raw, envelope, destination, strip_attachments):
        """Store a mail for a company, as one received before when it was."""
        key = f"{destination.company.id}-{raw_mail.fingerprint(raw, envelope)}"
        record = destination.record
        is_complaint = record is not None and record._name == COMPLAINT
        values = {
            **self._get_envelope_values(envelope),
            "size": len(raw),
            "company_id": destination.company.id,
            "team_id": destination.team and destination.team.id,
            "res_model": record is not None and record._name,
            "res_id": not is_complaint and record and record.id,
            "complaint_id": is_complaint and record.id,
            "defaults": destination.defaults,
            "strip_attachments": strip_attachments,
            "attempts": 1,
        }
        if not self.with_context(active_test=False).search_count([("key", "=", key)], limit=1):
            mail = self._create_quietly({**values, "key": key}, raw)
            if mail:
                return mail
        values.update(state="duplicate", first_key=key, complaint_id=False)
        return self._create_quietly(values, raw)

    @api.model
    def _get_envelope_values(self, envelope):
        """Return the values of a row that stand on the envelope of its mail."""
        return {
            "subject": envelope.subject,
            "sender": envelope.sender,
            "sender_name": envelope.sender_name,
            "recipients": ", ".join(envelope.recipients[:50]),
            "message_id": envelope.message_id,
            "received_at": raw_mail.arrival(envelope, fields.Datetime.now()),
        }

    def _create_quietly(self, values, raw=b""):
        """Create a row without a history; none when another worker has stored the mail at this very moment."""
        with suppress(psycopg2.errors.UniqueViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            mail = self.with_context(**QUIET).create(values)
            if raw:
                mail._store_source(raw)
            return mail
        return self.browse()

    def _store_source(self, raw):
        """Store the mail as it came, as the field does, but for copies in base64 and an index of all its words."""
        source = self.env["ir.attachment"].create(
            {
                "name": "raw",
                "res_model": self._name,
                "res_field": "raw",
                "res_id": self.id,
                "mimetype": "message/rfc822",
                "raw": raw,
            }
        )
        source.invalidate_recordset(["raw", "datas"], flush=False)
        self.invalidate_recordset(["raw"], flush=False)

    @api.model
    def _get_fetch_failures(self):
        """Return what remembers the mails that cannot be fetched from their mailbox."""
        return FetchFailures(self)

    def _note_outcome(self, state, **values):
        """File what became of a mail, which ends whatever trouble there was with it."""
        done = {"reason_kind": False, "reason": False, "failure_count": 0, "failure_reason": False}
        self.write({"state": state, **done, **values})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _quarantine(self, kind, reason, **values):
        """Quarantine a mail, and notify the user responsible."""
        self.write({"state": "quarantined", "reason_kind": kind, "reason": reason, **values})
        if self.activity_ids or self._is_told_of_others():
            return
        try:
            # It is held in any case, also when the notification fails.
            with self.env.cr.savepoint():
                summary = self.env._("An incoming mail is in quarantine")
                reminder = Reminder(self._get_keeper(), fields.Date.context_today(self), summary)
                remind(self, "mail.mail_activity_data_todo", lambda _mail: reminder)
        except Exception:
            _logger.warning("No notification could be sent of mail %s, which is in quarantine", self.id, exc_info=True)

    def _is_told_of_others(self):
        """Tell whether a user was notified of such mails: a thousand of one sender, or of strangers, are one matter."""
        others = Domain("reason_kind", "=", self.reason_kind) & Domain("id", "!=", self.id)
        others &= Domain("company_id", "=", self.company_id.id)
        if self.reason_kind == "flood":
            others &= Domain("sender", "=", self.sender)
        elif self.reason_kind not in ("nowhere", "fetch"):
            return False
        return bool(self.search(others & Domain("activity_ids", "!=", False), limit=1))

    def _get_keeper(self):
        """Return the user responsible for a quarantined mail: of the record, of the complaint team, else a manager."""
        team = self.team_id.filtered("active")
        if self.res_model == COMPLAINT:
            team = team or self.env["expo.complaint.team"]._get_team_for(self.company_id)
        record = self._get_record()
        salesperson = record.user_id if record and "user_id" in record else self.env["res.users"]
        managers = Domain("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").ids)
        ours = Domain("company_ids", "in", self.company_id.ids) & Domain("share", "=", False)
        manager = self.env["res.users"].search(managers & ours, order="id", limit=1)
        found = self.complaint_id.user_id | salesperson | team.leader_id | team.member_ids | manager | self.env.user
        return found.filtered("active")[:1]

    # -- handling ----------------------------------------------------------------------------------------

    def _handle_all(self, raw):
        """Handle each mail, and return the id of a record that they became or were added to."""
        for mail in self.filtered(lambda mail: mail.state == "waiting"):
            mail._handle_mail(raw)
        done = self.filtered(lambda mail: mail.state in ("ticket", "message"))[:1]
        return done.complaint_id.id or done.res_id

    def _handle_mail(self, raw=None):
        """Handle one mail. An exception is noted and the mail held; a conflict with a faster worker leaves it waiting.

        :param raw: the mail as it came, where that is at hand
        :raises: what :data:`TO_RETRY` names; the transaction is to be rolled back, and the mail is tried again
        """
        self.ensure_one()
        # Another worker may be at it: the one with the row does the work.
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset(["state", "failure_count"])
        if self.state not in ("waiting", "quarantined"):
            # Another worker has been at it.
            return
        mail = self.with_context(lang=self.company_id.partner_id.lang)
        try:
            with self.env.cr.savepoint():
                MailDelivery(mail, raw).route()
        except TO_RETRY:
            raise
        except mail_repair.DamagedMailError as error:
            mail.invalidate_recordset()
            reason = mail.env._("The mail is too large, or its parts are nested too deeply (%s).", error)
            mail._quarantine("size", reason, failure_count=self.failure_count + 1)
        except Exception as error:
            _logger.warning("Incoming mail %s is held: %s", self.id, error, exc_info=error)
            mail.invalidate_recordset()
            mail._quarantine("error", str(error) or repr(error), failure_count=self.failure_count + 1)

    @api.model
    def _cron_handle(self):
        """Take up mails that a killed worker left or that failed, then send the acknowledgements that are due."""
        run_step(self, lambda mails: mails._handle_waiting())
        self._run_job([("ack_state", "=", "due")], lambda mails: mails._send_acknowledgements(), batch_size=1)

    @api.model
    def _handle_waiting(self):
        """Handle the mails that wait, each in a transaction of its own."""
        failed = Domain("state", "=", "quarantined") & Domain("reason_kind", "=", "error")
        todo = Domain("is_parked", "=", False) & (Domain("state", "=", "waiting") | failed)
        mails = self.search(todo, order="id")
        expect_work(self.env, len(mails))
        for mail in mails:
            try:
                # Another worker may have finished it since our search.
                if mail.try_lock_for_update().filtered_domain(todo) and mail._count_attempt():
                    mail._handle_mail()
            except TO_RETRY:
                # It was changed meanwhile: it stays to do, and that was no try.
                mail._roll_back()
                if mail.try_lock_for_update():
                    mail.attempts -= 1
                run_again(self.env)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _count_attempt(self):
        """Count a try, and commit that before: a mail that kills the server each time is held in the end.

        :return: whether it is to be tried
        """
        if self.attempts >= MAX_ATTEMPTS:
            reason = self.env._("The server stopped while this mail was being processed.")
            self._quarantine("error", reason, failure_count=MAX_FAILURES)
            return False
        self.attempts += 1
        self._commit()
        return True

    # -- what the gateway asks of the register ------------------------------------------------------------

    @api.model
    def _is_registered(self, records):
        """Tell whether mail to records, or to a model, is for the register: of this addon, or contacts of customers."""
        if records._name != "res.partner":
            return is_of_this_addon(records)
        # In sudo: whose contacts are customers is asked for the gateway, as any user.
        customers = self.env[CUSTOMER].sudo()
        of_customer = [("commercial_partner_id", "in", records.sudo().commercial_partner_id.ids)]
        return bool(records) and bool(customers.search_count(of_customer, limit=1))

    @api.model
    def _is_colleague(self, sender):
        """Tell whether one of our people wrote a mail."""
        domain = [("email_normalized", "=", sender), ("share", "=", False)]
        return bool(sender and self.env["res.users"].search_count(domain, limit=1))

    @api.model
    def _is_ours(self, sender):
        """Tell whether a mail comes from one of our users, or from the mailbox of one of our companies.

        Neither is a customer. That mailbox is on every letterhead: its mails are not trusted with a complaint.
        """
        domain = [("partner_id.email_normalized", "=", sender)]
        return self._is_colleague(sender) or bool(sender and self.env["res.company"].search_count(domain, limit=1))

    def _get_routes(self, message_dict, model, thread_id, custom_values):
        """Return the one way of this mail, for the gateway, and give it what the register knows better."""
        self.ensure_one()
        if self.sender:
            message_dict["email_from"] = message_dict["from"] = formataddr((self.sender_name or False, self.sender))
        # Whether a machine wrote it has been decided before.
        message_dict["is_bounce"] = False
        if not self.strip_attachments:
            message_dict["attachments"] = [
                self.env["mail.thread"]._Attachment(file.name, file.data, {"cid": file.cid} if file.cid else {})
                for file in custom_values.files
            ]
        # A sender's clock may be years ahead: the message would stand above all others for as long.
        if (date := fields.Datetime.to_datetime(message_dict.get("date"))) and date > self.received_at:
            message_dict["date"] = fields.Datetime.to_string(self.received_at)
        parent = self.env["mail.message"].browse(message_dict.get("parent_id") or ())
        if not thread_id or (parent.model, parent.res_id) != (model, thread_id):
            # It answers something elsewhere, or a complaint that has ended.
            message_dict.pop("parent_id", None)
            message_dict.pop("is_internal", None)
        self.env["mail.thread"]._routing_reset_bounce(None, message_dict)
        return [(model, thread_id or None, custom_values, self.env.uid, None)]

    # -- the acknowledgement -----------------------------------------------------------------------------

    def _ask_acknowledgement(self):
        """Let the scheduled action acknowledge this mail, at once."""
        if self.company_id.expo_complaint_auto_acknowledge and takes_answers(self.sender or ""):
            self.ack_state = "due"
            self.env["ir.cron"]._trigger_expo("ir_cron_incoming_mail")

    def _send_acknowledgements(self):
        """Send the acknowledgements, unless the sender was told in another way or has had enough of them."""
        for mail in self:
            complaint = mail.complaint_id
            if complaint.acknowledged_on or not complaint.is_open or mail._has_had_enough():
                mail.ack_state = "skipped"
                continue
            mail.write({"ack_state": "sent", "ack_on": fields.Datetime.now()})
            if not complaint._send_letter("acknowledge"):
                # There is no such letter, or no address.
                mail.ack_state = "skipped"

    def _has_had_enough(self):
        now = fields.Datetime.now()
        # Of this company: a sender may write to several, and each of them answers for itself.
        sent = Domain("sender", "=", self.sender) & Domain("company_id", "=", self.company_id.id)
        sent &= Domain("ack_state", "=", "sent") & Domain("ack_on", ">", now - timedelta(days=1))
        since = self.search(sent).mapped("ack_on")
        lately = [moment for moment in since if moment > now - timedelta(hours=1)]
        return len(lately) >= ACKNOWLEDGEMENTS_PER_HOUR or len(since) >= ACKNOWLEDGEMENTS_PER_DAY

    # -- how long they are kept as they came -------------------------------------------------------------

    @api.model
    def _cron_forget(self):
        """Drop old mails as they came; subject, sender and what became of them stay."""
        # What was discarded as no complaint is archived.
        self.with_context(active_test=False)._run_job(
            lambda mails: mails._get_forget_domain(), lambda batch: batch._purge_source(), batch_size=FORGET_BATCH
        )

    def _get_forget_domain(self):
        """Return what finds the mails that are kept no longer.

        Those in quarantine are kept, and those of complaints that are open: what was left out of the complaint
        is in them alone.
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].search([("expo_complaint_mail_days", ">", 0)])
        old = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("received_at", "<", now - timedelta(days=company.expo_complaint_mail_days))
            for company in companies
        )
        handled = Domain("state", "in", ("ticket", "message", "robot", "duplicate"))
        dismissed = Domain("active", "=", False) & Domain("state", "=", "quarantined")
        ended = Domain("complaint_id", "=", False) | Domain("complaint_id.is_open", "=", False)
        return Domain("forgotten_on", "=", False) & old & (handled | dismissed) & ended

    def _purge_source(self):
        self.write({"raw": False, "forgotten_on": fields.Datetime.now()})

    # -- what a person does with them --------------------------------------------------------------------

    def action_retry(self):
        """Handle mails again as if they had just come in."""
        for mail in self._lock_for_step("handle"):
            mail.write({"failure_count": 0, "failure_reason": False, "attempts": 0})
            # What was too large or too much for the rules was decided by a user.
            mail._handle_by_person(is_forced=mail.reason_kind in ("size", "flood"))
        return self._show_result()

    def action_make_complaint(self):
        """Make a new complaint of each mail, whatever it refers to and from any sender."""
        for mail in self._lock_for_step("decide"):
            mail._handle_by_person(is_forced=True, complaint_id=False, res_model=COMPLAINT, res_id=False)
        return self._show_result()

    def action_add_to_complaint(self):
        """Add each mail to the complaint that it refers to: its sender belongs there.

        :raises UserError: when it refers to none
        """
        mails = self._lock_for_step("decide")
        if not all(mail.complaint_id for mail in mails):
            raise UserError(
                self.env._(
                    "You cannot add this mail because it does not refer to a complaint. Create a new complaint from it."
                )
            )
        for mail in mails:
            mail._handle_by_person(is_forced=True)
        return self._show_result()

    def action_assign(self):
        """Open the dialog that adds the mail to an exhibition customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add to customer"),
            "res_model": "expo.mail.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mail_id": self.id},
        }

    @api.private
    def _assign_to(self, participation):
        """Add the mail to an entry at an exhibition, as decided by the user."""
        for mail in self._lock_for_step("decide"):
            mail._handle_by_person(
                is_forced=True, complaint_id=False, res_model=participation._name, res_id=participation.id
            )
        return self._show_result()

    def action_dismiss(self):
        """Put mails aside that need no answer: they stay in the register, archived."""
        self._lock_for_step("decide")._set_aside(handled_by_id=self.env.uid)
        return True

    def _set_aside(self, **values):
        """Archive mails on which nothing is left to do."""
        self.write({**values, "active": False})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_open_record(self):
        """Open the record that it became or was added to."""
        self.ensure_one()
        return self.record_ref.get_formview_action()

    def _lock_for_step(self, step=None):
        """Lock mails for a decision, as the system: readers decide, and only the system writes."""
        self.check_access("read")
        mails = super(ExpoIncomingMail, self.sudo())._lock_for_step(step)
        if any(mail.forgotten_on for mail in mails):
            raise UserError(
                self.env._(
                    "You cannot process this mail because its original was deleted. Ask the sender to send it again."
                )
            )
        return mails

    def _handle_by_person(self, **values):
        if self.reason_kind == "fetch":
            raise UserError(
                self.env._(
                    "You cannot process this mail because it could not be fetched. Open it in the mailbox instead."
                )
            )
        # What was put aside is wanted after all.
        self.write({**values, "state": "waiting", "active": True, "handled_by_id": self.env.uid})
        # In the name of the system, as if it had come in: what follows is not the person's doing.
        self.with_user(self.env.ref("base.user_root")).sudo()._handle_mail()

    def _show_result(self):
        """Open what the mail became, or show the mail with the reason why it is still held."""
        if len(self) == 1 and self.sudo().state in ("ticket", "message"):
            return self.sudo(False).record_ref.has_access("read") and self.action_open_record()
        return False
