import ast
import email
import logging
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools import mail_repair, raw_mail
from ...tools.mail_bounce import read_bounce
from ...tools.mail_hygiene import QUIET, treat_mail, treat_quietly
from ...tools.matching import own_domain
from ..complaint.complaint import INTAKE_FIELDS
from ..core.mail_thread import MODEL, Handled
from ..mixins.job import TO_RETRY

_logger = logging.getLogger(__name__)
# So much of a report is searched for the identifier of our mail that came back.
SEARCHED = 200_000
MAX_IDS = 100
# So many new complaints of one sender within so many hours are no complaints any more.
FLOOD = 20
FLOOD_HOURS = 2
# What no alias and no caller of the gateway gives a complaint, beside what only the system sets.
KEPT_FIELDS = INTAKE_FIELDS | {"stage_id", "active"}


class MailIntake:
    """Finds the desks and the complaints that one mail concerns, before anything that could raise is done with it.

    A desk is one company: two addresses of one company are one desk, addresses of two companies are two.
    """

    def __init__(self, env, raw, model=False):
        # In sudo: aliases and messages are looked up for the gateway, as any user; nothing is told.
        self.env = env(su=True)
        self.raw = raw
        self.envelope = raw_mail.read(raw)
        self.sender = self.envelope.sender
        self.model = model
        # By company: a dict with company, team, complaint (the one it refers to) and defaults.
        self.desks = {}
        # The aliases that it was sent to: ours in the order of its recipients, and the others'.
        self.ours = self.others = self.env["mail.alias"]

    def find_desks(self, custom_values=None, thread_id=None, is_certain=False):
        """Find the desks that the mail concerns; see :meth:`ExpoIncomingMail._find_desks`."""
        self._find_aliases()
        for alias in self.ours:
            desk = self._get_alias_desk(alias)
            self.desks.setdefault(desk["company"], desk)
        if not self.ours and self.others and not is_certain:
            # Sent on to another recipient: core delivers it there.
            return
        referred = self._try_find_referred()
        if self.model == MODEL and thread_id:
            referred |= self.env[MODEL].browse(thread_id).exists()
        for complaint in referred:
            company = complaint.company_id
            desk = self.desks.setdefault(company, self._get_desk(complaint.team_id, company))
            desk["complaint"] = desk["complaint"] or complaint
        if not self.desks and self.model == MODEL:
            values = custom_values if isinstance(custom_values, dict) else {}
            team = self.env["expo.complaint.team"].browse(values.get("team_id") or ()).exists()
            desk = self._get_desk(team, team.company_id or self.env.company, values)
            self.desks[desk["company"]] = desk

    def _get_desk(self, team, company, defaults=None):
        complaints = self.env[MODEL]
        known = {name: value for name, value in (defaults or {}).items() if name in complaints._fields}
        # Mail to a desk that is closed goes to the one that took its work over.
        team = team.filtered("active") or self.env["expo.complaint.team"]._get_team_for(company) or team
        return {"company": company, "team": team, "complaint": complaints, "defaults": known}

    def _find_aliases(self):
        """Find the aliases that the mail was sent to."""
        recipients = self.envelope.recipients
        if not recipients:
            return
        locals_ = [address.partition("@")[0] for address in recipients]
        by_local = Domain("alias_name", "in", locals_) & Domain("alias_incoming_local", "=", True)
        found = self.env["mail.alias"].search(Domain("alias_full_name", "in", recipients) | by_local)
        ours = found.filtered(lambda alias: alias.alias_model_id.model == MODEL)
        order = {address: index for index, address in reversed(list(enumerate(recipients)))}
        order.update({local: order[address] for local, address in zip(locals_, recipients, strict=True)})
        self.ours = ours.sorted(lambda alias: order.get(alias.alias_full_name, order.get(alias.alias_name, 0)))
        self.others = found - ours

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

    def _try_find_referred(self):
        """Return what :meth:`_find_referred` does; trouble with it makes of a reply a new complaint, not a lost one."""
        try:
            with self.env.cr.savepoint():
                return self._find_referred()
        except Exception:
            _logger.warning("What the mail %s refers to cannot be told", self.envelope.message_id, exc_info=True)
            return self.env[MODEL]

    def _find_referred(self):
        """Return the complaints that the mail refers to, the likeliest of each company first.

        By its references, to our messages and to mails that we registered; where a program stripped them, by the number
        in the subject. Of companies to which the mail was not sent, only the one that it answers.
        """
        complaints, thread = self.env[MODEL].with_context(active_test=False), self.envelope.thread
        if thread:
            messages = self.env["mail.message"].search(
                [("message_id", "in", thread), ("model", "=", MODEL), ("res_id", "!=", 0)], order="id desc"
            )
            mails = self.env["expo.incoming.mail"].search(
                [("message_id", "in", thread), ("complaint_id", "!=", False)], order="id desc"
            )
            found = complaints.browse(dict.fromkeys(messages.mapped("res_id"))) | mails.complaint_id
            found = found.exists()
            complaints |= found.filtered(lambda one: one == found[0] or one.company_id in self.desks)
        if not complaints and (numbers := raw_mail.numbers(self.envelope.subject)):
            found = complaints.search([("name", "in", numbers)], order="id desc")
            # Two companies may have used one number: which is meant is told by the address, or by the sender.
            meant = found.filtered(lambda one: one.company_id in self.desks)
            known = (meant or found).filtered(self.is_known_to)
            complaints = known or meant or (found if self.model == MODEL and len(found) == 1 else complaints)
        return complaints.browse(dict.fromkeys(one._get_survivor().id for one in complaints))

    def is_known_to(self, complaint):
        """Tell whether the sender may add to a complaint: the customer, their contacts, those in copy, and our users.

        Addresses of one company know each other by their domain, unless it is that of a mail service.
        """
        if not self.sender:
            return False
        partners = complaint.partner_id | complaint.commercial_partner_id | complaint.message_partner_ids
        family = self.env["res.partner"].with_context(active_test=False)
        if complaint.commercial_partner_id:
            family = family.search([("id", "child_of", complaint.commercial_partner_id.ids)])
        known = {
            address
            for text in (complaint.email_from, complaint.email_cc, *(partners | family).mapped("email"))
            for address in raw_mail.addresses_of(text)
        }
        if self.sender in known or self.env["expo.incoming.mail"]._is_colleague(self.sender):
            return True
        domain = own_domain(self.sender)
        return bool(domain) and domain in {own_domain(address) for address in known}


class MailDelivery(MailIntake):
    """Makes of one mail of the register what it is to be, and delivers it as any mail.

    Reports of mails of ours that did not arrive are read as well. Core understands those of the standard (RFC 3464);
    others say in words of their own what came back, and quote it.
    """

    def __init__(self, mail):
        super().__init__(mail.env, mail._get_source())
        self.mail = mail
        self.complaint = mail.complaint_id and mail.complaint_id._get_survivor()
        # The beginning is enough, and costs no memory.
        self.text = mail_repair.peek(self.raw[:SEARCHED]).text
        self.treatment = self._get_treatment()

    def route(self):
        """Make of the mail what it is to be: a machine's, held for a person, a complaint or a message on one."""
        mail, sender = self.mail, self.sender
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
                    sender=sender or self.env._("Sender without an address"),
                    complaint=self.complaint.name,
                )
                mail._quarantine("stranger", reason)
                return
            if self._is_flood():
                mail._quarantine("flood", self.env._("More than %s mails from one sender within two hours.", FLOOD))
                return
        content = mail_repair.take_apart(self.raw, force=mail.is_forced)
        # Our own users are not customers.
        own = mail._is_ours(sender)
        is_new = self._deliver(content, own)
        if is_new and not own and self.treatment.is_answered:
            mail._ask_acknowledgement()

    def _get_treatment(self):
        """Tell what is done with the mail, as ``treat_mail`` does: also by where it came from and went to."""
        treatment = treat_mail(self.envelope.message, self.sender, self.envelope.subject, self.text)
        if treatment.kind in QUIET:
            return treatment
        domains = self.env["mail.alias.domain"].search([])
        if (set(domains.mapped("bounce_email")) - {False}).intersection(self.envelope.recipients):
            return treat_quietly("report")
        # From an address of this very system: it answers itself.
        names = ("catchall_email", "bounce_email", "default_from_email")
        own = any(self.sender in domains.mapped(name) for name in names)
        own = own or self.env["mail.alias"].search_count([("alias_full_name", "=", self.sender)], limit=1)
        return treat_quietly("reply") if self.sender and own else treatment

    def _is_flood(self):
        """Tell whether the sender wrote too many new complaints, or too much on one: two machines may be at it."""
        since = fields.Datetime.now() - timedelta(hours=FLOOD_HOURS)
        what = [("state", "=", "ticket")]
        if self.complaint:
            what = [("state", "=", "message"), ("complaint_id", "=", self.complaint.id)]
        company = self.mail.company_id.id
        domain = [("sender", "=", self.sender), ("create_date", ">=", since), ("company_id", "=", company), *what]
        return bool(self.sender) and self.mail.search_count(domain) >= FLOOD

    # -- delivering --------------------------------------------------------------------------------------

    def _deliver(self, content, own):
        """Add the mail to a complaint, or make a new one of it, by the way of all mails, and file what it became.

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
        values = Handled(mail, {**self._get_defaults(), "story": content.text.replace("\0", "").strip()})
        complaint_id = thread.message_process(
            MODEL, anew, values, strip_attachments=mail.strip_attachments, thread_id=complaint.id
        )
        complaint = self.env[MODEL].browse(complaint_id or ()).exists()
        if not complaint:
            raise ValueError(self.env._("The mail was not assigned to any complaint."))
        is_new = not before or complaint != before
        mail._note_outcome("ticket" if is_new else "message", complaint_id=complaint.id)
        complaint._note_mail(mail, own)
        return is_new

    def _choose_message_id(self):
        """Return the identifier to file the mail under: its own, unless it has none or another mail took it."""
        # The others' part of the mail has its identifier: a second message of one is no message for core.
        message_id = "" if self.others else self.envelope.message_id
        taken = message_id and self.env["mail.message"].search_count([("message_id", "=", message_id)], limit=1)
        if message_id and not taken:
            return message_id
        mail = self.mail
        return f"<complaint-mail-{mail.id}-{mail.failure_count}@{mail.company_id.alias_domain_id.name or 'localhost'}>"

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
        complaints = self.env[MODEL]
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
        """Let core see a mail that came back. Without it nothing is lost but that knowledge."""
        thread = self.env["mail.thread"]
        try:
            with self.env.cr.savepoint():
                bounce = read_bounce(email.message_from_bytes(self.raw[:SEARCHED]), self.text, is_certain=True)
                if not bounce.has_failed:
                    # It was read, or is only late.
                    return
                message = mail_repair.parse_strictly(self.raw)
                parsed = thread.message_parse(message)
                bounced = self._find_bounced(parsed, bounce)
                for address in self._find_bounced_addresses(parsed, bounce, bounced) or [False]:
                    partners = self.env["res.partner"]
                    partners = partners.search([("email_normalized", "=", address)]) if address else partners
                    parsed.update(bounced_email=address, bounced_partner=partners)
                    thread._routing_handle_bounce(message, parsed)
                if bounced.model == MODEL:
                    self.env[MODEL].browse(bounced.res_id).exists()._check_delivery(bounced)
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
        if bounced.model == MODEL:
            complaint = self.env[MODEL].browse(bounced.res_id).exists()
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
