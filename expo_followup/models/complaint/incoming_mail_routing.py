import ast
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formataddr

from ...tools import mail_repair, raw_mail
from ...tools.addresses import find_addresses
from ...tools.mail_hygiene import is_from_list, machine_kind, reports_failure
from ...tools.matching import own_domain
from ..core.mail_thread import ELSEWHERE, HANDLED, MODEL, Handled
from ..mixins.job import MAX_FAILURES, TO_RETRY
from .complaint import INTAKE_FIELDS

_logger = logging.getLogger(__name__)
# So much of a report is searched for the identifier of our mail that came back.
SEARCHED = 200_000
MAX_IDS = 100
# A mail during which the server died so often is not tried again unasked.
MAX_ATTEMPTS = 3
# So many new complaints of one sender within so many hours are no complaints any more.
FLOOD = 20
FLOOD_HOURS = 2
# What no alias and no caller of the gateway gives a complaint, beside what only the system sets.
KEPT_FIELDS = INTAKE_FIELDS | {"stage_id", "active"}


class ExpoComplaintMailRouting(models.AbstractModel):
    """To which desk and complaint a mail goes, and what becomes of it: decided in a savepoint, delivered as any mail.

    Reports of mails of ours that did not arrive are read as well. Core understands those of the standard (RFC 3464);
    others say in words of their own what came back, and quote it.
    """

    _name = "expo.complaint.mail.routing"
    _description = "Routing of Mail to the Complaint Desk"

    def _note_bounce(self, raw, envelope):
        """Let core see a mail that came back. Without it nothing is lost but that knowledge."""
        thread = self.env["mail.thread"].with_context(**{HANDLED: ELSEWHERE})
        try:
            with self.env.cr.savepoint():
                message = mail_repair.parse_strictly(raw)
                if not reports_failure(message):
                    # It was read, or is only late.
                    return
                parsed = thread.message_parse(message)
                self._complete_bounce(parsed, raw, envelope)
                thread._routing_handle_bounce(message, parsed)
                bounced = parsed["bounced_message"]
                if bounced.model == MODEL:
                    self.env[MODEL].browse(bounced.res_id).exists()._check_delivery(bounced)
        except TO_RETRY:
            raise
        except Exception:
            _logger.info("The bounce in mail %s cannot be read", self.id, exc_info=True)

    def _complete_bounce(self, parsed, raw, envelope):
        """Find out which of our mails came back, and from whom, where the report does not say it as it should."""
        text = raw[:SEARCHED].decode("utf-8", "replace")
        bounced = parsed.get("bounced_message") or self.env["mail.message"]
        if not bounced:
            ids = raw_mail.MESSAGE_ID.findall(raw[:SEARCHED].decode("latin-1"))
            bounced = bounced.search([("message_id", "in", ids[:MAX_IDS])], order="id desc", limit=1)
        failed = raw_mail.addresses(envelope.message, "X-Failed-Recipients")
        # Of those to whom we wrote, whom the report names.
        told = {*bounced.notification_ids.res_partner_id.mapped("email_normalized")}
        told.update(bounced.notification_ids.mapped("mail_email_address"))
        named = sorted(told.intersection(find_addresses(text, in_header=True).addresses))
        address = (
            parsed.get("bounced_email")
            or next((address for _name, address in failed), False)
            or (named[0] if len(named) == 1 else False)
        )
        partners = self.env["res.partner"]
        if address:
            partners = parsed.get("bounced_partner") or partners.search([("email_normalized", "=", address)])
        parsed.update(
            bounced_message=bounced,
            bounced_msg_ids=parsed.get("bounced_msg_ids") or bounced.mapped("message_id"),
            bounced_email=address,
            bounced_partner=partners,
        )
        if bounced.model == MODEL:
            complaint = self.env[MODEL].browse(bounced.res_id).exists()
            self.complaint_id = complaint.filtered(lambda one: one.company_id == self.company_id) or self.complaint_id

    # -- which desk, which complaint ---------------------------------------------------------------------

    @api.model
    def _find_desks(self, raw, model=False, custom_values=None, thread_id=None, is_certain=False):
        """Tell whether a mail concerns complaints, before anything that could raise is done with it.

        A desk is one company: two addresses of one company are one desk, addresses of two companies are two.

        :param is_certain: whether core has found that it does
        :return: ``(envelope, desks, others)``: a dict per desk with company, team, complaint (the one it refers to) and
            defaults; the other aliases that it was sent to
        """
        # In sudo: aliases and messages are looked up for the gateway, whoever it runs as; nothing is told.
        register = self.sudo()
        envelope = raw_mail.read(raw)
        ours, others = register._find_aliases(envelope)
        desks = {}
        for alias in ours:
            desk = register._get_alias_desk(alias)
            desks.setdefault(desk["company"], desk)
        if not ours and others and not is_certain:
            # Sent on to somebody else: core delivers it there.
            return envelope, [], others
        referred = register._try_find_referred(envelope, [company.id for company in desks], model)
        if model == MODEL and thread_id:
            referred |= self.env[MODEL].sudo().browse(thread_id).exists()
        for complaint in referred:
            desk = desks.setdefault(complaint.company_id, register._get_desk(complaint.team_id, complaint.company_id))
            desk["complaint"] = desk["complaint"] or complaint
        if not desks and model == MODEL:
            values = custom_values if isinstance(custom_values, dict) else {}
            team = self.env["expo.complaint.team"].sudo().browse(values.get("team_id") or ()).exists()
            desk = register._get_desk(team, team.company_id or self.env.company, values)
            desks[desk["company"]] = desk
        return envelope, list(desks.values()), others

    def _get_desk(self, team, company, defaults=None):
        complaints = self.env[MODEL].sudo()
        known = {name: value for name, value in (defaults or {}).items() if name in complaints._fields}
        # Whoever wrote to a desk that is closed writes to the one that took its work over.
        team = team.filtered("active") or self.env["expo.complaint.team"].sudo()._get_team_for(company) or team
        return {"company": company, "team": team, "complaint": complaints, "defaults": known}

    def _find_aliases(self, envelope):
        """Return the aliases that a mail was sent to: ours in the order of its recipients, and the others'."""
        if not envelope.recipients:
            return self.env["mail.alias"], self.env["mail.alias"]
        locals_ = [address.partition("@")[0] for address in envelope.recipients]
        found = self.env["mail.alias"].search(
            [
                "|",
                ("alias_full_name", "in", envelope.recipients),
                "&",
                ("alias_name", "in", locals_),
                ("alias_incoming_local", "=", True),
            ]
        )
        ours = found.filtered(lambda alias: alias.alias_model_id.model == MODEL)
        order = {address: index for index, address in reversed(list(enumerate(envelope.recipients)))}
        order.update({local: order[address] for local, address in zip(locals_, envelope.recipients, strict=True)})
        return (
            ours.sorted(lambda alias: order.get(alias.alias_full_name, order.get(alias.alias_name, 0))),
            found - ours,
        )

    def _get_alias_desk(self, alias):
        """Return the desk of an alias: that of its team."""
        try:
            defaults = ast.literal_eval(alias.alias_defaults or "{}")
        except (ValueError, SyntaxError):
            defaults = {}
        defaults = defaults if isinstance(defaults, dict) else {}
        teams = self.env["expo.complaint.team"]
        team = teams
        if alias.alias_parent_model_id.model == teams._name:
            team = teams.browse(alias.alias_parent_thread_id).exists()
        if not team and isinstance(defaults.get("team_id"), int):
            team = teams.browse(defaults["team_id"]).exists()
        defaults.pop("team_id", None)
        return self._get_desk(
            team, team.company_id or alias.alias_domain_id.company_ids[:1] or self.env.company, defaults
        )

    def _try_find_referred(self, envelope, company_ids, model):
        """Return what :meth:`_find_referred` does; trouble with it makes of a reply a new complaint, not a lost one."""
        try:
            with self.env.cr.savepoint():
                return self._find_referred(envelope, company_ids, model)
        except Exception:
            _logger.warning("What the mail %s refers to cannot be told", envelope.message_id, exc_info=True)
            return self.env[MODEL]

    def _find_referred(self, envelope, company_ids, model):
        """Return the complaints that a mail refers to, the likeliest of each company first.

        By its references, to our messages and to mails that we registered; where a program stripped them, by the number
        in the subject. Of companies to which the mail was not sent, only the one that it answers.
        """
        complaints = self.env[MODEL].with_context(active_test=False)
        if envelope.thread:
            messages = self.env["mail.message"].search(
                [("message_id", "in", envelope.thread), ("model", "=", MODEL), ("res_id", "!=", 0)], order="id desc"
            )
            mails = self.search([("message_id", "in", envelope.thread), ("complaint_id", "!=", False)], order="id desc")
            found = complaints.browse(dict.fromkeys(messages.mapped("res_id"))) | mails.complaint_id
            found = found.exists()
            complaints |= found.filtered(lambda one: one == found[0] or one.company_id.id in company_ids)
        if not complaints and (numbers := raw_mail.numbers(envelope.subject)):
            found = complaints.search([("name", "in", numbers)], order="id desc")
            # Two companies may have used one number: which is meant is told by the address, or by who writes.
            meant = found.filtered(lambda one: one.company_id.id in company_ids)
            known = (meant or found).filtered(lambda one: self._is_known_to(one, envelope.sender))
            complaints = known or meant or (found if model == MODEL and len(found) == 1 else complaints)
        return complaints.browse(dict.fromkeys(one._get_survivor().id for one in complaints))

    def _is_known_to(self, complaint, sender):
        """Tell whether a sender may add to a complaint: the customer, his people, whoever is in copy, and ours.

        Addresses of one company know each other by their domain, unless it is that of a mail service.
        """
        if not sender:
            return False
        partners = complaint.partner_id | complaint.commercial_partner_id | complaint.message_partner_ids
        family = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("id", "child_of", complaint.commercial_partner_id.ids)])
            if complaint.commercial_partner_id
            else self.env["res.partner"]
        )
        known = {
            address
            for text in (complaint.email_from, complaint.email_cc, *(partners | family).mapped("email"))
            for address in raw_mail.addresses_of(text)
        }
        if sender in known or self._is_colleague(sender):
            return True
        domain = own_domain(sender)
        return bool(domain) and domain in {own_domain(address) for address in known}

    def _is_colleague(self, sender):
        """Tell whether one of our people wrote a mail."""
        domain = [("email_normalized", "=", sender), ("share", "=", False)]
        return bool(sender and self.env["res.users"].search_count(domain, limit=1))

    def _is_ours(self, sender):
        """Tell whether one of our people wrote a mail, or somebody from the mailbox of one of our companies.

        Neither is a customer. That mailbox is on every letterhead: who writes from it is not trusted with a complaint.
        """
        domain = [("partner_id.email_normalized", "=", sender)]
        return self._is_colleague(sender) or bool(sender and self.env["res.company"].search_count(domain, limit=1))

    def _is_own_address(self, sender):
        """Tell whether a mail comes from an address of this very system: it answers itself."""
        if not sender:
            return False
        domains = self.env["mail.alias.domain"].search([])
        own = {
            *domains.mapped("catchall_email"),
            *domains.mapped("bounce_email"),
            *domains.mapped("default_from_email"),
        }
        return sender in own or bool(self.env["mail.alias"].search_count([("alias_full_name", "=", sender)], limit=1))

    def _get_machine(self, envelope):
        """Tell which machine wrote a mail, as ``machine_kind`` does: also by where it came from and went to."""
        if kind := machine_kind(envelope.message, envelope.sender, envelope.subject):
            return kind
        bounces = set(self.env["mail.alias.domain"].search([]).mapped("bounce_email")) - {False}
        if bounces.intersection(envelope.recipients):
            return "report"
        return "reply" if self._is_own_address(envelope.sender) else ""

    # -- what becomes of it ------------------------------------------------------------------------------

    def _handle_all(self):
        """Handle each mail, and return the complaints that they became or were added to."""
        for mail in self.filtered(lambda mail: mail.state == "waiting"):
            mail._handle_mail()
        return self.filtered(lambda mail: mail.state in ("ticket", "message")).complaint_id

    def _handle_mail(self):
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
                mail._route_mail()
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

    def _route_mail(self):
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
                        sender=envelope.sender or self.env._("Sender without an address"),
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
        handled = (
            self.env["mail.thread"]
            .with_company(self.company_id)
            .with_context(
                # Photos stay as they came: core makes large ones smaller, and evidence of something else.
                **{HANDLED: Handled(self.id), "image_no_postprocess": True}
            )
        )
        complaint_id = handled.message_process(
            "expo.complaint",
            anew,
            custom_values={**self._get_defaults(), "story": text.replace("\0", "").strip()},
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
        complaints = self.env["expo.complaint"]
        kept = complaints._get_system_fields() | KEPT_FIELDS
        for name, value in (self.defaults or {}).items():
            field = complaints._fields.get(name)
            if not field or name in kept or (field.type == "many2one" and not self._exists(field, value)):
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
            "&",
            ("state", "=", "quarantined"),
            ("reason_kind", "=", "error"),
        ]
        mails = self.search(todo, order="id")
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(mails))
        for mail in mails:
            try:
                # Another worker may have finished it since our search.
                if mail.try_lock_for_update().filtered_domain(todo) and mail._count_attempt():
                    mail._handle_mail()
            except TO_RETRY:
                # Somebody changed it meanwhile: it stays to do, and that was no try.
                mail._roll_back()
                if mail.try_lock_for_update():
                    mail.attempts -= 1
            if not commit_progress(1):
                return
        self._run_job([("ack_state", "=", "due")], lambda mails: mails._send_acknowledgements(), batch_size=1)

    def _count_attempt(self):
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
