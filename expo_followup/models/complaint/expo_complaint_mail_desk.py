import ast
import logging

from odoo import api, models

from ...tools import raw_mail
from ...tools.mail_hygiene import machine_kind
from ...tools.matching import own_domain
from ..core.mail_thread_complaint import MODEL

_logger = logging.getLogger(__name__)


class ExpoComplaintMail(models.Model):
    """To which desks does a mail go, and to which of their complaints?"""

    _inherit = "expo.complaint.mail"

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
                "&", ("alias_name", "in", locals_), ("alias_incoming_local", "=", True),
            ]
        )  # fmt: skip
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
        family = self.env["res.partner"].with_context(active_test=False).search(
            [("id", "child_of", complaint.commercial_partner_id.ids)]
        ) if complaint.commercial_partner_id else self.env["res.partner"]  # fmt: skip
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
