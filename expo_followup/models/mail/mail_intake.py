import ast
import email
import logging
import re
from dataclasses import dataclass, field
from typing import Any

from odoo.fields import Domain

from ...tools import mail_repair, raw_mail
from ...tools.domains import own_domain
from ...tools.mail_bounce import read_bounce
from ...tools.mail_hygiene import QUIET, treat_mail, treat_quietly
from ..core.mail_thread import COMPLAINT, CUSTOMER

_logger = logging.getLogger(__name__)
# So much of a mail is searched for what it says of one of ours: bytes.
SEARCHED = 200_000
MAX_IDS = 100


@dataclass
class Destination:
    """Where a mail leads in one of our companies: to a record, to a new complaint of a team, or nowhere yet."""

    company: Any
    # Of complaints; an empty one has a default.
    team: Any = None
    defaults: dict = field(default_factory=dict)
    # The record it belongs to; an empty recordset of complaints for a new one, None for nowhere.
    record: Any = None


class MailIntake:
    """Finds where one mail leads, before anything that could raise is done with it.

    A complaint desk is one company: two addresses of one company are one desk, addresses of two companies are two.
    """

    def __init__(self, env, raw, model=False):
        # In sudo: aliases and messages are looked up for the gateway, as any user; nothing is told.
        self.env = env(su=True)
        self.raw = raw
        self.envelope = raw_mail.read(raw)
        self.sender = self.envelope.sender
        self.model = model
        # By company.
        self.destinations = {}
        # The aliases that it was sent to: those of complaint desks in the order of its recipients, and the others.
        self.ours = self.others = self.env["mail.alias"]
        # What is known without reading more of the mail; looked up when it is needed.
        self._text = self._treatment = None

    @property
    def text(self):
        """The beginning of the text, which is enough to tell machines from persons and costs no memory."""
        if self._text is None:
            self._text = mail_repair.peek(self.raw[:SEARCHED]).text
        return self._text

    @property
    def treatment(self):
        """What is done with the mail, see ``treat_mail``; also by where it came from and went to."""
        if self._treatment is None:
            self._treatment = self._get_treatment()
        return self._treatment

    def _get_treatment(self):
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

    def find_destinations(self, custom_values=None, thread_id=None, is_certain=False):
        """Find where the mail leads; see :meth:`ExpoIncomingMail._find_destinations`."""
        self._find_aliases()
        for alias in self.ours:
            desk = self._get_alias_desk(alias)
            self.destinations.setdefault(desk.company, desk)
        if not self.ours and self.others and not is_certain and not self._answers_us():
            # Sent on to another recipient: core delivers it there.
            return
        self._find_complaints(custom_values, thread_id)
        if not self.destinations:
            self._find_record(thread_id, is_certain)

    # -- complaint desks

    def _find_complaints(self, custom_values, thread_id):
        """Find the complaints that the mail concerns, and the desk of a caller that makes complaints of its mails."""
        referred = self._try_find_referred()
        if self.model == COMPLAINT and thread_id:
            referred |= self.env[COMPLAINT].browse(thread_id).exists()
        for complaint in referred:
            company = complaint.company_id
            desk = self.destinations.setdefault(company, self._get_desk(complaint.team_id, company))
            desk.record = desk.record or complaint
        if not self.destinations and self.model == COMPLAINT:
            values = custom_values if isinstance(custom_values, dict) else {}
            team = self.env["expo.complaint.team"].browse(values.get("team_id") or ()).exists()
            desk = self._get_desk(team, team.company_id or self.env.company, values)
            self.destinations[desk.company] = desk

    def _get_desk(self, team, company, defaults=None):
        complaints = self.env[COMPLAINT]
        known = {name: value for name, value in (defaults or {}).items() if name in complaints._fields}
        # Mail to a desk that is closed goes to the one that took its work over.
        team = team.filtered("active") or self.env["expo.complaint.team"]._get_team_for(company) or team
        return Destination(company, team, known, complaints)

    def _find_aliases(self):
        """Find the aliases that the mail was sent to."""
        recipients = self.envelope.recipients
        if not recipients:
            return
        locals_ = [address.partition("@")[0] for address in recipients]
        by_local = Domain("alias_name", "in", locals_) & Domain("alias_incoming_local", "=", True)
        found = self.env["mail.alias"].search(Domain("alias_full_name", "in", recipients) | by_local)
        ours = found.filtered(lambda alias: alias.alias_model_id.model == COMPLAINT)
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
            return self.env[COMPLAINT]

    def _find_referred(self):
        """Return the complaints that the mail refers to, the likeliest of each company first.

        By its references, to our messages and to mails that we registered; where a program stripped them, by the number
        in the subject. Of companies to which the mail was not sent, only the one that it answers.
        """
        complaints, thread = self.env[COMPLAINT].with_context(active_test=False), self.envelope.thread
        if thread:
            messages = self.env["mail.message"].search(
                [("message_id", "in", thread), ("model", "=", COMPLAINT), ("res_id", "!=", 0)], order="id desc"
            )
            mails = self.env["expo.incoming.mail"].search(
                [("message_id", "in", thread), ("complaint_id", "!=", False)], order="id desc"
            )
            found = complaints.browse(dict.fromkeys(messages.mapped("res_id"))) | mails.complaint_id
            found = found.exists()
            complaints |= found.filtered(lambda one: one == found[0] or one.company_id in self.destinations)
        if not complaints and (numbers := raw_mail.numbers(self.envelope.subject)):
            found = complaints.search([("name", "in", numbers)], order="id desc")
            # Two companies may have used one number: which is meant is told by the address, or by the sender.
            meant = found.filtered(lambda one: one.company_id in self.destinations)
            known = (meant or found).filtered(self.is_known_to)
            complaints = known or meant or (found if self.model == COMPLAINT and len(found) == 1 else complaints)
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

    # -- all other records

    def _find_record(self, thread_id, is_certain):
        """Find the record of ours that the mail answers; a mail that leads to no record at all is ours as well.

        What leads to a record of another app is none of our business, and neither is a mail of which the caller makes
        such a record.
        """
        record = None if is_certain else self._find_answered_record()
        if record and not self.env["expo.incoming.mail"]._is_registered(record):
            return
        if not record and self.model in self.env:
            records = self.env[self.model]
            if self.env["expo.incoming.mail"]._is_registered(records):
                record = records.browse(thread_id or ()).exists()
            elif not self._is_to_catchall():
                return
        company = (record and "company_id" in record and record.company_id) or self._find_company()
        self.destinations[company] = Destination(company, record=record or None)

    def _find_answered_record(self):
        """Return the record of our message that the mail answers, as core finds it, or that a mail server reports on.

        Where none is known, that of an earlier mail that this one answers: programs answer themselves, too.
        """
        ids = self.envelope.thread
        if self.treatment.kind == "report":
            parsed = email.message_from_bytes(self.raw[:SEARCHED])
            ids = (*ids, *read_bounce(parsed, self.text, is_certain=True).message_ids)
        if not ids:
            return None
        domain = Domain("message_id", "in", ids[-MAX_IDS:]) & Domain("res_id", "!=", 0)
        message = self.env["mail.message"].search(domain & Domain("model", "!=", False), order="id desc", limit=1)
        if message.model in self.env and (record := self.env[message.model].browse(message.res_id).exists()):
            return record
        mails = self.env["expo.incoming.mail"].search(domain, order="id desc")
        return next((record for mail in mails if (record := mail._get_record())), None)

    def _is_to_catchall(self):
        """Tell whether the mail was sent to nothing but the address of answers: core makes no new record of such."""
        catchall = self._get_catchall_addresses()
        return bool(self.envelope.to) and all(address in catchall for address in self.envelope.to)

    def _answers_us(self):
        """Tell whether the mail answers one on a record, and was sent to the address of answers among others."""
        catchall = self._get_catchall_addresses()
        return any(address in catchall for address in self.envelope.recipients) and bool(self._find_answered_record())

    def _get_catchall_addresses(self):
        return self.env["mail.alias.domain"].search([]).mapped("catchall_email")

    def _find_company(self):
        """Return the company that a mail is for: the one that it was sent to, that of the sender's entries, or ours."""
        return self._get_addressed_companies() or self.find_entries().company_id[:1] or self.env.company

    def _get_addressed_companies(self):
        """Return the companies whose mail domain the mail was sent to, where that tells one company."""
        domains = {address.partition("@")[2] for address in self.envelope.recipients}
        companies = self.env["mail.alias.domain"].search([("name", "in", list(domains))]).company_ids
        return companies if len(companies) == 1 else companies.browse()

    def find_entries(self, company=None):
        """Return the entries of the sender at exhibitions that the mail may be about; one when that is certain.

        Archived ones only where there is no other. The one that the subject names goes first (by its exhibition, or the
        number of an order), then those in follow-up, then the sender's own among those of the customer's company.

        :param company: whose exhibitions count; None for those of all our companies
        """
        entries = self.env[CUSTOMER]
        if not self.sender:
            return entries
        partners = self.env["res.partner"].search([("email_normalized", "=", self.sender)])
        domain = Domain("commercial_partner_id", "in", partners.commercial_partner_id.ids)
        if company:
            domain &= Domain("company_id", "=", company.id)
        if partners:
            entries = entries.with_context(active_test=False).search(domain, order="id desc").with_env(self.env)
        entries = entries.filtered("active") or entries
        for choose in (
            self._is_named,
            lambda entry: entry.outcome == "open",
            lambda entry: entry.partner_id in partners,
        ):
            entries = entries.filtered(choose) or entries
        return entries

    def _is_named(self, entry):
        """Tell whether the subject names an entry: by its exhibition, or by an order made there."""
        subject, name = self.envelope.subject.casefold(), (entry.exhibition_id.name or "").casefold()
        # Chinese knows no spaces: the name may touch other words, but is no part of a Latin word.
        if name and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", subject):
            return True
        numbers = {number.casefold() for number in raw_mail.numbers(subject)}
        return bool(numbers.intersection(order.casefold() for order in entry.order_ids.mapped("name")))
