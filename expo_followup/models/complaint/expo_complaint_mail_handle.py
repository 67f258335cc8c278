import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formataddr

from ...tools import mail_repair, raw_mail
from ...tools.mail_hygiene import is_from_list
from ..core.mail_thread_complaint import HANDLED, Handled
from ..mixins.expo_job_mixin import MAX_FAILURES, TO_RETRY
from .expo_complaint import DERIVED_FIELDS, INTAKE_FIELDS
from .expo_complaint_mail import MAX_ATTEMPTS

_logger = logging.getLogger(__name__)

# So many new complaints of one sender within so many hours are no complaints any more.
FLOOD = 20
FLOOD_HOURS = 2
# What no alias and no caller of the gateway gives a complaint.
KEPT_FIELDS = DERIVED_FIELDS | INTAKE_FIELDS | {"stage_id", "active"}


class ExpoComplaintMail(models.Model):
    """What becomes of a mail: decided in a savepoint, so that any exception is a mail in quarantine and no lost one."""

    _inherit = "expo.complaint.mail"

    def _handle_all(self):
        """Handle each mail, and return the complaints that they became or were added to."""
        for mail in self.filtered(lambda mail: mail.state == "waiting"):
            mail._handle()
        return self.filtered(lambda mail: mail.state in ("ticket", "message")).complaint_id

    def _handle(self):
        """Handle one mail. An exception is noted and the mail held; a conflict with somebody faster leaves it waiting.

        :raises: what :data:`TO_RETRY` names; the transaction is to be rolled back, and the mail is tried again
        """
        self.ensure_one()
        # Another worker may be at it: whoever has the row does the work.
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset(["state", "failure_count"])
        if self.state not in ("waiting", "quarantined"):
            # Another worker has been at it.
            return
        mail = self.with_context(lang=self.company_id.partner_id.lang)
        try:
            with self.env.cr.savepoint():
                mail._decide()
        except TO_RETRY:
            raise
        except mail_repair.DamagedMailError as error:
            mail.invalidate_recordset()
            reason = mail.env._("It is too large, or its parts are nested too deep (%s).", error)
            mail._quarantine("size", reason, failure_count=self.failure_count + 1)
        except Exception as error:
            _logger.warning("Mail %s to the complaint desk is held: %s", self.id, error, exc_info=error)
            mail.invalidate_recordset()
            mail._quarantine("error", str(error) or repr(error), failure_count=self.failure_count + 1)

    def _decide(self):
        """Make of a mail what it is to be."""
        raw = self._get_source()
        envelope = raw_mail.read(raw)
        complaint = self.complaint_id._get_survivor() if self.complaint_id else self.complaint_id
        kind = self._get_machine(envelope)
        if not self.is_forced:
            if kind:
                if kind == "report":
                    self._note_bounce(raw, envelope)
                self._note_outcome("robot")
                return
            if complaint and not self._is_known_to(complaint, envelope.sender):
                self._quarantine(
                    "stranger",
                    self.env._(
                        "%(sender)s is not known as belonging to %(complaint)s. Add the mail to it, or make a new one.",
                        sender=envelope.sender or self.env._("Somebody without an address"),
                        complaint=complaint.name,
                    ),
                )
                return
            if self._is_flood(envelope.sender, complaint):
                self._quarantine("flood", self.env._("More than %s mails of one sender within two hours.", FLOOD))
                return
        content = mail_repair.take_apart(raw, force=self.is_forced)
        own = self._is_ours(envelope.sender)
        is_new = self._deliver(envelope, content, complaint, own)
        if is_new and not own and not kind and not is_from_list(envelope.message):
            self._ask_acknowledgement()

    def _is_flood(self, sender, complaint):
        """Tell whether somebody wrote too many new complaints, or too much on one: two machines may be at it."""
        since = fields.Datetime.now() - timedelta(hours=FLOOD_HOURS)
        domain = [("sender", "=", sender), ("create_date", ">=", since), ("company_id", "=", self.company_id.id)]
        what = (
            [("state", "=", "message"), ("complaint_id", "=", complaint.id)]
            if complaint
            else [("state", "=", "ticket")]
        )
        return bool(sender) and self.search_count([*domain, *what]) >= FLOOD

    # -- delivering --------------------------------------------------------------------------------------

    def _deliver(self, envelope, content, complaint, own):
        """Add a mail to a complaint, or make a new one of it, by the way of all mails, and file what it became.

        :param own: whether one of us wrote it
        :return: whether the complaint is a new one
        """
        text = content.text
        before = complaint
        if complaint and not own:
            if not complaint.active:
                # What was put away is at work again.
                complaint.active = True
            complaint = complaint._customer_replied(text)
            if complaint != before:
                complaint.write({"from_mail": True, "channel": "email"})
        ours, others = self._find_aliases(envelope)
        # The others' part of the mail has its identifier: a second message of one is no message for core.
        message_id = self._choose_message_id("" if others else envelope.message_id)
        anew = mail_repair.put_together(
            envelope,
            content,
            message_id,
            ours=(ours | others).mapped("alias_full_name"),
            note=self._get_left_out(content),
        )
        self.gateway_message_id = message_id
        handled = self.env["mail.thread"].with_company(self.company_id).with_context(
            # Photos stay as they came: core makes large ones smaller, and evidence of something else.
            **{HANDLED: Handled(self.id), "expo_complaint_story": text, "image_no_postprocess": True}
        )  # fmt: skip
        complaint_id = handled.message_process(
            "expo.complaint",
            anew,
            custom_values=self._get_defaults(),
            strip_attachments=self.strip_attachments,
            thread_id=complaint.id,
        )
        complaint = self.env["expo.complaint"].browse(complaint_id or ()).exists()
        if not complaint:
            raise ValueError(self.env._("The mail was not delivered to any complaint."))
        is_new = not before or complaint != before
        self._note_outcome("ticket" if is_new else "message", complaint_id=complaint.id)
        complaint._note_mail(self, own)
        return is_new

    def _choose_message_id(self, message_id):
        """Return the identifier to file a mail under: its own, unless it has none or another mail took it."""
        taken = message_id and self.env["mail.message"].search_count([("message_id", "=", message_id)], limit=1)
        if message_id and not taken:
            return message_id
        return f"<complaint-mail-{self.id}-{self.failure_count}@{self.company_id.alias_domain_id.name or 'localhost'}>"

    def _get_left_out(self, content):
        if not content.left_out:
            return ""
        return self.env._(
            "[%(count)s parts of this mail are too many or too large to be shown; they are in the mail as it came, no. "
            "%(number)s of the register.]",
            count=content.left_out,
            number=self.id,
        )

    def _get_defaults(self):
        """Return the values that the alias gives: not what only our methods know, and no links to what is gone."""
        values = {}
        fields_ = self.env["expo.complaint"]._fields
        for name, value in (self.defaults or {}).items():
            field = fields_.get(name)
            if not field or name in KEPT_FIELDS or (field.type == "many2one" and not self._exists(field, value)):
                continue
            if field.type == "selection" and value not in dict(field._description_selection(self.env)):
                continue
            values[name] = value
        return {**values, "team_id": self.team_id.id}

    def _exists(self, field, value):
        return isinstance(value, int) and bool(self.env[field.comodel_name].browse(value).exists())

    def _get_routes(self, message_dict, thread_id, custom_values):
        """Return the one way of this mail, for the gateway."""
        self.ensure_one()
        parent = self.env["mail.message"].browse(message_dict.get("parent_id") or ())
        if not thread_id or (parent.model, parent.res_id) != ("expo.complaint", thread_id):
            # It answers something elsewhere, or a complaint that has ended.
            message_dict.pop("parent_id", None)
            message_dict.pop("is_internal", None)
        self.env["mail.thread"]._routing_reset_bounce(None, message_dict)
        return [("expo.complaint", thread_id or None, custom_values, self.env.uid, None)]

    def _complete_parsed(self, parsed):
        """Give the gateway what the register knows better."""
        if self.sender:
            parsed["email_from"] = parsed["from"] = formataddr((self.sender_name or False, self.sender))
        # Whether a machine wrote it has been decided before.
        parsed["is_bounce"] = False
        # A sender's clock may be years ahead: his message would stand above all others for as long.
        if (date := fields.Datetime.to_datetime(parsed.get("date"))) and date > self.received_at:
            parsed["date"] = fields.Datetime.to_string(self.received_at)

    # -- the scheduled action ----------------------------------------------------------------------------

    @api.model
    def _cron_handle(self):
        """Take up mails that a killed worker left or that failed, then send the acknowledgements that are due."""
        todo = [
            ("is_parked", "=", False),
            "|",
            ("state", "=", "waiting"),
            "&", ("state", "=", "quarantined"), ("reason_kind", "=", "error"),
        ]  # fmt: skip
        mails = self.search(todo, order="id")
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(mails))
        for mail in mails:
            try:
                # Another worker may have finished it since our search.
                if mail.try_lock_for_update().filtered_domain(todo) and mail._begin():
                    mail._handle()
            except TO_RETRY:
                # Somebody changed it meanwhile: it stays to do, and that was no try.
                mail._roll_back()
                if mail.try_lock_for_update():
                    mail.attempts -= 1
            if not commit_progress(1):
                return
        self._run_job([("ack_state", "=", "due")], lambda mails: mails._acknowledge(), batch_size=1)

    def _begin(self):
        """Count a try, and commit that before: a mail that kills the server each time is held in the end.

        :return: whether it is to be tried
        """
        if self.attempts >= MAX_ATTEMPTS:
            reason = self.env._("The server stopped while this mail was handled.")
            self._quarantine("error", reason, failure_count=MAX_FAILURES)
            return False
        self.attempts += 1
        self._commit()
        return True
