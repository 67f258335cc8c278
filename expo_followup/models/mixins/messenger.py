from odoo import models

from ...tools.messengers import NAME, NUMBER, fill_text

METHOD = "expo_followup.activity_message"


class ExpoMessenger(models.AbstractModel):
    """The customer's network accounts where a customer is served: chats that a link opens, numbers to copy.

    For any model with the hints on a customer. Nothing is sent by us: the user's own app opens with a text to begin
    with (rules.md §3), and what was written is logged as the outcome of a follow-up.
    """

    _name = "expo.messenger"
    _description = "Messages to a Customer"

    def get_messengers(self):
        """Return the customer's chats and what to copy, for the widget.

        :returns: ``{"chats": [{"label", "account", "link", "app", "problem"}], "copies": [{"label", "value"}]}``
        """
        self.ensure_one()
        self.check_access("read")
        partner, text = self.partner_id, self._get_message_text()
        chats = [account._get_chat_values(text) for account in self._get_messenger_accounts()]
        copies = {partner.phone: self.env._("Phone"), partner.email: self.env._("Email")}
        company = partner.commercial_partner_id
        if company.phone and company.phone not in copies:
            copies[company.phone] = self.env._("Phone of the company")
        return {
            "chats": chats,
            "copies": [{"label": label, "value": value} for value, label in copies.items() if value],
        }

    def _get_messenger_accounts(self):
        """Return the accounts of the person, then those of the company; of a company those of all its people."""
        # An unsaved form may point at any customer.
        record = self._get_served()
        partner, company = record.partner_id, record.partner_id.commercial_partner_id
        # In sudo: accounts are for the user who serves the customer, also where the file is a colleague's.
        accounts = (
            self.env["expo.customer.account"]
            .sudo()
            .search(
                [
                    ("file_id.partner_id", "=", company.id or -1),
                    ("company_id", "=", record._get_hinting_company().id),
                    *(
                        []
                        if partner == company
                        else ["|", ("person_id", "=", False), ("person_id.partner_id", "=", partner.id)]
                    ),
                ]
            )
        )
        return accounts.sorted(lambda account: account.person_id.partner_id != partner)

    def _get_message_text(self):
        """Return what a message begins with, in the customer's language: that of the step, the tier, or ours."""
        partner = self.partner_id
        # In sudo: who was asked to contact a colleague's customer may say where the customer was met.
        record = self.sudo().with_context(lang=partner.lang or self.env.lang)
        entry = record._get_messenger_entry()
        company = record._get_hinting_company()
        values = {
            "salutation": record.partner_id._expo_get_salutation(entry.file_id.person_ids),
            "customer": partner.name or "",
            "exhibition": entry.exhibition_id.name or "",
            "salesperson": self.env.user.name,
            "company": company.name,
        }
        worded = "step_id" in record._fields and record.step_id.expo_message_text
        return fill_text(worded or record._get_default_message(entry), values)

    def _get_default_message(self, entry):
        if self._name == "expo.complaint":
            return self.env._(
                "{salutation} this is {salesperson} of {company} about your complaint %s.", self.name or ""
            )
        if entry.tier_id.message_text:
            return entry.tier_id.message_text
        if not entry:
            return self.env._("{salutation} this is {salesperson} of {company}. Is there anything I can do for you?")
        if "activity_type_id" in self._fields and self.activity_type_id.category == "phonecall":
            return self.env._(
                "{salutation} this is {salesperson} of {company}. We met at {exhibition}. When may I call you?"
            )
        return self.env._(
            "{salutation} this is {salesperson} of {company}. We met at {exhibition}. "
            "Is there anything I can do for you?"
        )

    def _get_messenger_entry(self):
        """Return the customer at a show whom a message is about; the latest of a file."""
        if self._name == "expo.participation":
            return self
        if "participation_id" in self._fields:
            return self.participation_id
        return self.participation_ids.filtered("active").sorted("id")[-1:]

    def action_log_message(self):
        """Open the outcome dialog for a message; where there is no follow-up to log, a note."""
        self.ensure_one()
        method = self.env.ref(METHOD, raise_if_not_found=False)
        if self._name == "expo.followup":
            return self._open_outcome(method=method)
        entry = self._get_messenger_entry() if self._name != "expo.complaint" else None
        if entry and entry.has_access("write"):
            return entry._get_followup_to_log(method)._open_outcome(method=method)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log message"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_note",
            },
        }


def get_problem_text(env, problem, network):
    """Say what is wrong with an account, "" for a right one."""
    texts = {
        NUMBER: env._("Not a phone number with its country, such as +86 138 0013 8000"),
        NAME: env._("Not an account of %s", network),
    }
    return texts.get(problem, "")
