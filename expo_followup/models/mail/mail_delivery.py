import email
import logging
from datetime import timedelta

from odoo import fields
from odoo.tools import plaintext2html

from ...tools import mail_repair, raw_mail
from ...tools.mail_bounce import read_bounce
from ..complaint.complaint import INTAKE_FIELDS
from ..core.mail_thread import COMPLAINT, CUSTOMER, Handled
from ..mixins.job import TO_RETRY
from .mail_intake import MAX_IDS, SEARCHED, MailIntake

_logger = logging.getLogger(__name__)
# So many new complaints, or mails on one record, of one sender within so many hours: two machines may be at it.
FLOOD = 20
FLOOD_HOURS = 2
# What no alias and no caller of the gateway gives a complaint, beside what only the system sets.
KEPT_FIELDS = INTAKE_FIELDS | {"stage_id", "active"}


class MailDelivery(MailIntake):
    """Makes of one mail of the register what it is to be, and delivers it as any mail.

    Reports of mails of ours that did not arrive are read as well. Core understands those of the standard (RFC 3464);
    others say in words of their own what came back, and quote it.
    """

    def __init__(self, mail, raw=None):
        super().__init__(mail.env, mail._get_source() if raw is None else raw)
        self.mail = mail
        self.complaint = mail.complaint_id and mail.complaint_id._get_survivor()
        self.record = self.complaint or mail._get_record()

    def route(self):
        """Make of the mail what it is to be: a machine's, held for a person, a complaint or a message on a record."""
        mail = self.mail
        if not mail.is_forced:
            if not self.treatment.is_shown:
                if self.treatment.kind == "report":
                    self._note_bounce()
                mail._note_outcome("robot")
                return
            if self.complaint and not self.is_known_to(self.complaint):
                reason = self.env._(
                    "%(sender)s is not a known contact of %(complaint)s. Add the mail to the complaint, or "
                    "create a new complaint.",
                    sender=self.sender or self.env._("Sender without an address"),
                    complaint=self.complaint.name,
                )
                mail._quarantine("stranger", reason)
                return
            if self._is_flood():
                mail._quarantine("flood", self.env._("More than %s mails from one sender within two hours.", FLOOD))
                return
        if mail.res_model != COMPLAINT and not self.record and not self._find_customer():
            return
        content = mail_repair.take_apart(self.raw, force=mail.is_forced)
        # Our own users are not customers.
        own = mail._is_ours(self.sender)
        if mail.res_model == COMPLAINT:
            is_new = self._deliver_to_desk(content, own)
            if is_new and not own and self.treatment.is_answered:
                mail._ask_acknowledgement()
        else:
            self._deliver_to_record(content, own)

    def _find_customer(self):
        """Find the customer of a mail that refers to nothing; hold it where that is not certain.

        :return: whether it was found
        """
        company = self.mail.company_id
        # Where one mailbox serves several companies, none of them is meant.
        entries = self.find_entries(self._get_addressed_companies() or None)
        if len(entries) == 1:
            self.record = entries
            return True
        if entries.company_id - company:
            # What they are is not for users of this company.
            reason = self.env._("The sender is an exhibition customer of several companies. Choose one.")
            self.mail._quarantine("customer", reason)
        elif entries:
            names = ", ".join(entries[:5].mapped("exhibition_id.name"))
            reason = self.env._("The sender has several exhibition customers: %s. Choose one.", names)
            self.mail._quarantine("customer", reason)
        else:
            reason = self.env._("The mail answers no mail of ours, and its sender is no exhibition customer.")
            self.mail._quarantine("nowhere", reason)
        return False

    def _is_flood(self):
        """Tell whether the sender wrote too many new complaints, or too much on one record."""
        if not self.sender or not (self.record or self.mail.res_model):
            return False
        since = fields.Datetime.now() - timedelta(hours=FLOOD_HOURS)
        what = [("state", "=", "ticket")]
        if self.complaint:
            what = [("state", "=", "message"), ("complaint_id", "=", self.complaint.id)]
        elif self.record:
            what = [("state", "=", "message"), ("res_model", "=", self.record._name), ("res_id", "=", self.record.id)]
        company = self.mail.company_id.id
        domain = [("sender", "=", self.sender), ("create_date", ">=", since), ("company_id", "=", company), *what]
        return self.mail.search_count(domain) >= FLOOD

    # -- delivering --------------------------------------------------------------------------------------

    def _deliver_to_desk(self, content, own):
        """Add the mail to a complaint, or make a new one of it, and file what it became.

        :param own: whether one of us wrote it
        :return: whether the complaint is a new one
        """
        mail, before, complaint = self.mail, self.complaint, self.complaint
        if complaint and not own:
            if not complaint.active:
                # What was archived is at work again.
                complaint.active = True
            if mail.is_forced or self.treatment.is_counted:
                complaint = complaint._customer_replied(content.text)
            if complaint != before:
                complaint.write({"from_mail": True, "channel": "email"})
        values = {**self._get_defaults(), "story": content.text.replace("\0", "").strip()}
        complaint_id = self._process(content, COMPLAINT, complaint.id, values)
        complaint = self.env[COMPLAINT].browse(complaint_id or ()).exists()
        if not complaint:
            raise ValueError(self.env._("The mail was not assigned to any complaint."))
        is_new = not before or complaint != before
        mail._note_outcome("ticket" if is_new else "message", complaint_id=complaint.id, res_id=False)
        complaint._note_mail(mail, own)
        return is_new

    def _deliver_to_record(self, content, own):
        """Post the mail on the record that it belongs to; a customer who wrote it waits for us from now on."""
        mail, record = self.mail, self.record
        self._process(content, record._name, record.id, {})
        # A user may have found that it was meant for another of our companies.
        company = ("company_id" in record and record.company_id) or mail.company_id
        mail._note_outcome("message", res_model=record._name, res_id=record.id, company_id=company.id)
        if not own and (mail.is_forced or self.treatment.is_counted) and self.sender:
            for entry in self._get_entry():
                # What was archived is at work again.
                entry.active = True
                entry._note_reply(mail.received_at)

    def _get_entry(self):
        """Return the entry at an exhibition that the record belongs to."""
        record = self.record
        if record._name == CUSTOMER:
            return record
        if "participation_id" in record._fields:
            return record.participation_id
        entries = self.find_entries(self.mail.company_id) if record._name == "res.partner" else self.env[CUSTOMER]
        return entries if len(entries) == 1 else entries.browse()

    def _process(self, content, model, record_id, values):
        """Let core deliver the mail, written anew in a form that it understands, to a record or as a new one.

        :return: the id of the record
        """
        mail = self.mail
        self._find_aliases()
        mail.gateway_message_id = self._choose_message_id()
        anew = mail_repair.put_together(
            self.envelope,
            content,
            mail.gateway_message_id,
            ours=(self.ours | self.others).mapped("alias_full_name"),
            note=self._get_left_out(content),
        )
        # Photos stay as they came: core makes large ones smaller, and evidence of something else.
        thread = self.env["mail.thread"].with_company(mail.company_id).with_context(image_no_postprocess=True)
        return thread.message_process(model, anew, Handled(mail, values, content.files), thread_id=record_id)

    def _choose_message_id(self):
        """Return the identifier to file the mail under: its own, unless it has none or another mail took it."""
        # The others' part of the mail has its identifier: a second message of one is no message for core.
        message_id = "" if self.others else self.envelope.message_id
        taken = message_id and self.env["mail.message"].search_count([("message_id", "=", message_id)], limit=1)
        if message_id and not taken:
            return message_id
        mail = self.mail
        return f"<incoming-mail-{mail.id}-{mail.failure_count}@{mail.company_id.alias_domain_id.name or 'localhost'}>"

    def _get_left_out(self, content):
        if not content.left_out:
            return ""
        return self.env._(
            "[%(count)s parts of this mail are not shown because they are too many or too large. See "
            "the original mail, no. %(number)s.]",
            count=content.left_out,
            number=self.mail.id,
        )

    def _get_defaults(self):
        """Return the values that the alias gives: not what only our methods know, and no links to what is gone."""
        values = {}
        complaints = self.env[COMPLAINT]
        kept = complaints._get_system_fields() | KEPT_FIELDS
        for name, value in (self.mail.defaults or {}).items():
            field = complaints._fields.get(name)
            if not field or name in kept or (field.type == "many2one" and not self._exists(field, value)):
                continue
            if field.type == "selection" and value not in dict(field._description_selection(self.env)):
                continue
            values[name] = value
        return {**values, "team_id": self.mail.team_id.id}

    def _exists(self, field, value):
        return isinstance(value, int) and bool(self.env[field.comodel_name].browse(value).exists())

    # -- mails of ours that came back --------------------------------------------------------------------

    def _note_bounce(self):
        """Note which mail of ours came back, and let core see it. Without it nothing is lost but that knowledge."""
        thread = self.env["mail.thread"]
        try:
            with self.env.cr.savepoint():
                bounce = read_bounce(email.message_from_bytes(self.raw[:SEARCHED]), self.text, is_certain=True)
                if not bounce.has_failed:
                    # It was read, or is only late.
                    return
                letters = self.env["expo.followup"].search([("mail_mail_id.message_id", "in", bounce.message_ids)])
                if letters:
                    # It is known there whose address it is, and asked for once.
                    letters._letter_returned(bounce.reason)
                    return
                message = mail_repair.parse_strictly(self.raw)
                parsed = thread.message_parse(message)
                bounced = self._find_bounced(parsed, bounce)
                for address in self._find_bounced_addresses(parsed, bounce, bounced) or [False]:
                    partners = self.env["res.partner"]
                    partners = partners.search([("email_normalized", "=", address)]) if address else partners
                    parsed.update(bounced_email=address, bounced_partner=partners)
                    thread._routing_handle_bounce(message, parsed)
                if bounced.model == COMPLAINT:
                    self.env[COMPLAINT].browse(bounced.res_id).exists()._check_delivery(bounced)
        except TO_RETRY:
            raise
        except Exception:
            _logger.info("The bounce in mail %s cannot be read", self.mail.id, exc_info=True)

    def _find_bounced(self, parsed, bounce):
        """Find out which of our mails came back, and put it and the server's word where core looks for them."""
        bounced = parsed.get("bounced_message") or self.env["mail.message"]
        if not bounced:
            quoted = raw_mail.MESSAGE_ID.findall(self.raw[:SEARCHED].decode("latin-1"))
            ids = [*bounce.message_ids, *quoted][:MAX_IDS]
            bounced = bounced.search([("message_id", "in", ids)], order="id desc", limit=1)
        parsed.update(
            bounced_message=bounced,
            bounced_msg_ids=parsed.get("bounced_msg_ids") or bounced.mapped("message_id"),
            body=plaintext2html(bounce.reason) if bounce.reason else parsed.get("body"),
        )
        if bounced.model == COMPLAINT:
            complaint = self.env[COMPLAINT].browse(bounced.res_id).exists()
            if complaint.company_id == self.mail.company_id:
                self.mail.complaint_id = complaint
        return bounced

    def _find_bounced_addresses(self, parsed, bounce, bounced):
        """Return the addresses that were not reached: of those to whom we wrote, those that the report names."""
        told = {*bounced.notification_ids.res_partner_id.mapped("email_normalized")}
        told.update(bounced.notification_ids.mapped("mail_email_address"))
        failed = [address for _name, address in raw_mail.addresses(self.envelope.message, "X-Failed-Recipients")]
        named = [address for address in bounce.addresses if address in told]
        return named or failed or list(filter(None, [parsed.get("bounced_email")]))
