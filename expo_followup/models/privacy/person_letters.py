"""What is still to leave to a person: mails, scheduled messages, notices, text messages, letters on paper."""

import ast

from odoo.fields import Command, Domain

from ...tools.addresses import has_address, remove_addresses
from .person_rows import PersonRows, address_domain, get_addresses

#: Where what is still to leave names its recipients: the field of the contacts, and those of the addresses.
RECIPIENTS = {
    "mail.mail": ("recipient_ids", ("email_to", "email_cc")),
    "mail.scheduled.message": ("partner_ids", ()),
    "mail.message.schedule": ("partner_ids", ("outgoing_email_to",)),
}


def get_document(record):
    """Return the record that a mail, message, activity or rating is about, in sudo; ``None`` when there is none."""
    if "mail_message_id" in record._fields and record._name != "mail.mail":
        record = record.mail_message_id
    env = record.sudo().env
    model = record.res_model if "res_model" in record._fields else record.model
    is_known = model in env and not env[model]._abstract and record.res_id
    return env[model].browse(record.res_id).exists() or None if is_known else None


class PersonLetters:
    """Finds what is still to leave to a contact, and takes the contact off what others get as well. In sudo."""

    def __init__(self, partner):
        self.env = partner.sudo().with_context(active_test=False).env
        self.partner = partner.with_env(self.env)
        self.addresses = get_addresses(partner)

    def find(self, places):
        """Return what is still to leave, per model.

        :param places: domain of the messages on the person's own records, which do not leave either
        """
        own = Domain("partner_id", "=", self.partner.id)
        scheduled = Domain("partner_ids", "in", self.partner.ids) | Domain("author_id", "=", self.partner.id)
        outgoing = {
            "mail.mail": self._find_mails(),
            "mail.scheduled.message": self.env["mail.scheduled.message"].search(scheduled | places),
            "mail.message.schedule": self._find_notices(),
        }
        # Apps that may be missing.
        if "sms.sms" in self.env:
            numbers = [number for number in (self.partner.phone, self.partner.phone_sanitized) if number]
            to_numbers = Domain("partner_id", "=", False) & Domain("number", "in", numbers)
            outgoing["sms.sms"] = self.env["sms.sms"].search(own | to_numbers)
        if "snailmail.letter" in self.env:
            outgoing["snailmail.letter"] = self.env["snailmail.letter"].search(own)
        return outgoing

    def _find_mails(self):
        fields = ("email_to", "email_cc", "headers")
        wanted = Domain.OR(address_domain(name, self.partner, "ilike") for name in fields)
        wanted |= Domain("recipient_ids", "in", self.partner.ids)
        mails = self.env["mail.mail"].search(wanted & Domain("state", "not in", ("sent", "received")))
        by_contact = mails.filtered(lambda mail: self.partner in mail.recipient_ids)
        by_address = (mails - by_contact).filtered(
            lambda mail: any(has_address(mail[name], self.addresses) for name in fields)
        )
        # An address that several contacts share: what is about another one of them is theirs.
        sharers = PersonRows(self.partner).find_sharers()
        theirs = by_address.filtered(
            lambda mail: sharers and (mail.recipient_ids & sharers or self._get_customer(mail) in sharers)
        )
        return by_contact | (by_address - theirs)

    def _find_notices(self):
        """Return the schedules of messages whose notices go to the person."""
        wanted = Domain("mail_message_id.partner_ids", "in", self.partner.ids)
        wanted |= address_domain("mail_message_id.outgoing_email_to", self.partner, "ilike")
        return (
            self.env["mail.message.schedule"]
            .search(wanted)
            .filtered(
                lambda schedule: (
                    self.partner in schedule.mail_message_id.partner_ids
                    or has_address(schedule.mail_message_id.outgoing_email_to, self.addresses)
                )
            )
        )

    def _get_customer(self, mail):
        document = get_document(mail)
        return document.partner_id if document and "partner_id" in document._fields else self.partner.browse()

    # -- erasing -----------------------------------------------------------------------------------------

    def remove_from_shared(self, found):
        """Take the person off the recipients of what others get as well; return those letters, per model.

        :param dict found: as :meth:`expo.privacy._find_records` returns it
        """
        letters = {model: found[model] for model in RECIPIENTS}
        letters["mail.mail"] -= found["expo.followup"].mail_mail_id
        return {
            model: records.filtered(lambda letter: self._remove_recipient(letter, found))
            for model, records in letters.items()
        }

    def _remove_recipient(self, letter, found):
        """Take the person off the recipients of a letter; return whether it still goes to others."""
        is_mail = letter._name == "mail.mail"
        # A schedule tells when the notice of a message leaves, the message tells to whom.
        source = letter.mail_message_id if letter._name == "mail.message.schedule" else letter
        contacts, fields = RECIPIENTS[letter._name]
        values = {name: remove_addresses(source[name], self.addresses) for name in fields}
        is_to_person = self.partner in source[contacts] or any(
            text != (source[name] or "") for name, text in values.items()
        )
        others = source[contacts] - self.partner
        document = get_document(letter)
        if document and not is_mail:
            others |= document.message_partner_ids.filtered("partner_share") - self.partner
        is_own = document and (document == self.partner or document in found.get(document._name, ()))
        # What is about the person goes with it, but for a mail that others were to get together with the person.
        goes = is_own and not is_to_person if is_mail else is_own or source.author_id == self.partner
        if goes or not (others or any(values.values())):
            return False
        if is_mail and has_address(letter.headers, self.addresses):
            # Replies to all would reach the person there. Core writes and reads it as a Python literal.
            headers = ast.literal_eval(letter.headers).items()
            headers = {name: remove_addresses(text, self.addresses) for name, text in headers}
            values["headers"] = repr({name: text for name, text in headers.items() if text})
        source.write({contacts: [Command.unlink(self.partner.id)], **values})
        if is_own:
            # The record that it is about goes: the letter leaves without one.
            message = letter.mail_message_id.copy({"model": False, "res_id": False})
            letter.write({"mail_message_id": message.id, "is_notification": False, "auto_delete": True})
        return True
