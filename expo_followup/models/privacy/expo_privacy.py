from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql, html2plaintext

from ..complaint.expo_complaint_nameless import names
from .person_letters import PersonLetters, get_document
from .person_rows import PersonRows, address_domain

#: The rows that hold something of a person, in the order in which they are erased. Some of them are held by others as
#: well, as a letter to several people: those stay without the person.
MODELS = (
    "mail.activity",
    "mail.scheduled.message",
    "mail.message.schedule",
    "sms.sms",
    "snailmail.letter",
    "expo.import.line",
    "expo.capture",
    "survey.user_input",
    "mail.mail",
    "expo.sample",
    "expo.followup",
    "expo.tier.change",
    "expo.owner.change",
    "expo.progress.report",
    "expo.visit.person",
    "expo.visit",
    "expo.participation",
    "expo.customer.account",
    "expo.customer.preference",
    "expo.gift",
    "expo.suggestion",
    "expo.customer.person",
    "expo.customer.file",
)
#: Where messages are written, and where papers are kept.
TALKED_ABOUT = (
    "expo.participation", "expo.customer.file", "expo.progress.report", "expo.sample", "expo.visit", "expo.complaint",
    "expo.complaint.mail", "expo.problem.notice",
)  # fmt: skip
WITH_PAPERS = (
    "expo.participation", "expo.customer.file", "expo.capture", "expo.sample", "expo.visit", "expo.complaint",
    "expo.problem.notice",
)  # fmt: skip
NAMELESS = (
    "email", "phone", "website", "street", "street2", "zip", "city", "function", "comment", "image_1920", "ref",
    "expo_foreign_notes",
)  # fmt: skip
#: Who wrote a message, and to whom.
OF_A_MESSAGE = (
    "email_from", "author_id", "subject", "reply_to", "incoming_email_to", "incoming_email_cc", "outgoing_email_to",
)  # fmt: skip
#: What a lead says of its contact.
LEAD_FIELDS = (
    "partner_id", "partner_name", "contact_name", "email_from", "phone", "function", "website", "street", "street2",
    "zip", "city",
)  # fmt: skip


class ExpoPrivacy(models.AbstractModel):
    """What we hold of a person, and how it is erased: one list for both, so that nothing shown is forgotten."""

    _name = "expo.privacy"
    _description = "What We Hold of a Person"

    @api.model
    def _find(self, partner):
        """Return the records that hold something of a contact, per model, in sudo: the question is what there is.

        :rtype: dict
        """
        found = self._find_linked(partner)
        for model, records in PersonLetters(partner).find(self._get_places(partner, found)).items():
            found[model] = found.get(model, records) | records
        return found

    @api.model
    def _find_linked(self, partner):
        """Return what is linked to a contact, and the rows of the same person without a link.

        Those are found by :class:`PersonRows`. Of a company it is its file as well.
        """
        env = self.sudo().with_context(active_test=False).env
        own = Domain("partner_id", "=", partner.id)
        # Whole addresses only; what belongs to another contact who shares the mailbox stays theirs.
        by_email = address_domain("email", partner) & Domain("partner_id", "=", False)
        entries = env["expo.participation"].search(own)
        rows = PersonRows(partner)
        captures = rows.find_captures(entries)
        people = env["expo.customer.person"].search(own | by_email)
        files = env["expo.customer.file"].search(own)
        of_people = Domain("person_id", "in", people.ids) | Domain("file_id", "in", files.ids)
        of_entries = Domain("participation_id", "in", entries.ids)
        followups = env["expo.followup"].search(own | of_entries)
        visits = env["expo.visit"].search(own | of_entries)
        of_visits = Domain("visit_id", "in", visits.ids) | Domain("person_id", "in", people.ids)
        minutes = Domain("model", "=", "expo.visit") & Domain("res_id", "in", visits.ids)
        lines = rows.find_lines(captures)
        return {
            "mail.activity": env["mail.activity"].search(
                [("res_model", "=", partner._name), ("res_id", "=", partner.id)]
            ),
            "expo.import.line": lines | rows.find_shared(lines),
            "expo.import.column": rows.find_columns(),
            "expo.capture": captures | rows.find_shared(captures),
            "survey.user_input": env["survey.user_input"].search(
                own | by_email | Domain("expo_participation_id", "in", entries.ids)
            ),
            "mail.mail": followups.mail_mail_id | env["mail.mail"].search(minutes),
            "expo.sample": env["expo.sample"].search(own | of_entries),
            "expo.followup": followups,
            "expo.tier.change": env["expo.tier.change"].search(of_entries),
            "expo.owner.change": env["expo.owner.change"].search(of_entries),
            "expo.progress.report": env["expo.progress.report"].search(of_entries),
            "expo.visit.person": env["expo.visit.person"].search(of_visits),
            "expo.visit": visits,
            "expo.participation": entries,
            "expo.customer.account": env["expo.customer.account"].search(of_people),
            "expo.customer.preference": env["expo.customer.preference"].search(of_people),
            "expo.gift": env["expo.gift"].search(of_people),
            "expo.suggestion": env["expo.suggestion"].search(of_people | of_entries),
            "expo.customer.person": people | files.person_ids,
            "expo.customer.file": files,
        }

    @api.model
    def _get_company(self, record):
        """Return which company of ours holds a record, empty when it is nobody's in particular."""
        if record._name in ("expo.import.line", "expo.import.column"):
            return record.import_id.company_id
        if record._name == "survey.user_input":
            return record.expo_participation_id.company_id
        if "company_id" in record._fields:
            return record.company_id
        document = get_document(record)
        if record._name == "mail.mail" and not document:
            # In sudo, as all that is found: whose letter it is.
            document = self.env["expo.followup"].sudo().search([("mail_mail_id", "=", record.id)])
        has_company = document and "company_id" in document._fields
        return document.company_id if has_company else self.env["res.company"]

    @api.model
    def _get_places(self, partner, found):
        """Return the domain of what is written on the person and on the person's records."""
        domain = Domain([("model", "=", partner._name), ("res_id", "=", partner.id)])
        for model in TALKED_ABOUT:
            domain |= Domain([("model", "=", model), ("res_id", "in", found[model].ids)])
        return domain

    @api.model
    def _find_messages(self, partner, found):
        """Return what was written by the person, on their entries and files, and what names them on a file."""
        domain = Domain("author_id", "=", partner.id) | self._get_places(partner, found)
        # What there is, whoever may read it.
        messages = self.env["mail.message"].sudo()
        files = found["expo.customer.person"].file_id - found["expo.customer.file"]
        naming = Domain([("model", "=", files._name), ("res_id", "in", files.ids)])
        naming &= Domain("body", "ilike", escape_psql(partner.name or ""))
        named = messages.search(naming).filtered(lambda message: names(html2plaintext(message.body), partner.name))
        return messages.search(domain | Domain("id", "in", named.ids), order="id")

    @api.model
    def _find_attachments(self, partner, found):
        """Return the files that hang on the person's rows, pictures included."""
        domain = Domain([("res_model", "=", "res.partner"), ("res_id", "=", partner.id)])
        for model in WITH_PAPERS:
            domain |= Domain([("res_model", "=", model), ("res_id", "in", found[model].ids)])
        # As above; `res_field` in the domain asks for pictures, too.
        return self.env["ir.attachment"].sudo().search(domain & Domain("res_field", "in", (False, "photo", "picture")))

    @api.model
    def _find_obstacles(self, partner, found):
        """Return in words why a person cannot be erased now; empty when he can."""
        obstacles = []
        companies = self.env["res.company"]
        for records in found.values():
            companies = companies.union(*map(self._get_company, records))
        if foreign := companies - self.env.companies:
            obstacles.append(self.env._("Another company of ours holds something of this contact: %s", len(foreign)))
        # Orders of colleagues count as well; only how many is told.
        orders = self.env["sale.order"].sudo().search_count(
            [
                ("partner_id", "=", partner.id),
                "|",
                ("state", "in", ("draft", "sent")),
                "&",
                ("state", "=", "sale"),
                ("invoice_status", "in", ("to invoice", "no", "upselling")),
            ]
        )  # fmt: skip
        if orders:
            obstacles.append(self.env._("Open orders or quotations: %s. Settle or cancel them first.", orders))
        unpaid = self.env["account.move"].sudo().search_count(
            [
                ("partner_id", "=", partner.id),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("move_type", "in", ("out_invoice", "in_invoice")),
            ]
        )  # fmt: skip
        if unpaid:
            obstacles.append(self.env._("Unpaid invoices: %s.", unpaid))
        if partner.user_ids:
            obstacles.append(self.env._("This contact is a user: delete or archive the user first."))
        if partner.child_ids:
            obstacles.append(self.env._("People belong to this company: erase them one by one."))
        return obstacles

    @api.model
    def _must_keep(self, partner):
        """Tell whether orders, invoices or other entries of the books refer to the contact: they outlive him."""
        # Whether there are any, not what they say.
        moves, orders = self.env["account.move"].sudo(), self.env["sale.order"].sudo()
        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        named = Domain.OR(Domain(name, "=", partner.id) for name in names)
        return bool(
            moves.search_count([("partner_id", "=", partner.id), ("state", "!=", "draft")], limit=1)
            or orders.search_count(named, limit=1)
        )

    @api.model
    def _erase(self, partner, found):
        """Erase all that is held of a person. In sudo: the wizard has checked who asks and what stands against it.

        :return: True when the contact itself went, False when it was made nameless
        """
        found = {model: records.sudo() for model, records in found.items()}
        messages, attachments = self._find_messages(partner, found), self._find_attachments(partner, found)
        imports = found["expo.import.line"].import_id | found["expo.import.column"].import_id
        found = self._remove_from_shared(partner, found)
        self._erase_complaints(partner, found)
        found = {model: records.exists() for model, records in found.items()}
        # The guards keep people from deleting history by hand; this is the law's way out of it.
        found["expo.capture"].write({"state": "rejected"})
        found["expo.followup"].write({"state": "cancelled"})
        found["expo.visit"]._drop_meeting()
        found["expo.visit"].write({"state": "cancelled"})
        attachments.exists().unlink()
        self._erase_lists(imports)
        for model in MODELS:
            if model in found:
                found[model].exists().unlink()
        self._erase_from_leads(partner)
        self._make_messages_nameless(messages.exists())
        partner = partner.sudo()
        if self._must_keep(partner):
            self._make_nameless(partner)
            return False
        partner.unlink()
        return True

    @api.model
    def _remove_from_shared(self, partner, found):
        """Take the person out of what others hold as well; return what goes entirely.

        A letter to several people still leaves to the others; a row that names the person beside somebody else stays
        without the name. In sudo, as :meth:`_erase`.
        """
        rows = PersonRows(partner)
        shared = PersonLetters(partner).remove_from_shared(found) | rows.split_shared(found)
        rows.remove_from_shared(shared["expo.capture"])
        rows.remove_from_shared(shared["expo.import.line"])
        found = {model: records - shared.get(model, records.browse()) for model, records in found.items()}
        # The columns stay, for what they hold is remembered for the next list; their examples go with the list.
        found["expo.import.column"] = found["expo.import.column"].browse()
        return found

    @api.model
    def _erase_lists(self, imports):
        """Take away the uploaded lists that name the person, and the examples of their columns.

        The other rows of a list stay as they are, and may still be imported; a list without rows starts anew.
        """
        files = self.env["ir.attachment"].sudo()
        files.search(
            [("res_model", "=", imports._name), ("res_field", "=", "file"), ("res_id", "in", imports.ids)]
        ).unlink()
        imports.filtered(lambda one: one.state in ("draft", "mapping"))._forget()
        imports.column_ids.write({"sample": False})
        imports.invalidate_recordset(["file"])

    @api.model
    def _erase_from_leads(self, partner):
        """Take the person out of leads and opportunities, and out of the history of their fields."""
        leads = self.env["crm.lead"].sudo().with_context(active_test=False, tracking_disable=True)
        leads = leads.search([("partner_id", "=", partner.id)])
        named = leads.filtered(lambda lead: partner.name and partner.name in (lead.name or ""))
        leads.write(dict.fromkeys(LEAD_FIELDS, False))
        named.write({"name": self.env._("Erased contact")})
        self.env["mail.tracking.value"].sudo().search(
            [
                ("mail_message_id.model", "=", leads._name),
                ("mail_message_id.res_id", "in", leads.ids),
                ("field_id.name", "in", ("name", *LEAD_FIELDS)),
            ]
        ).unlink()

    @api.model
    def _make_messages_nameless(self, messages):
        messages.write({**dict.fromkeys(OF_A_MESSAGE, False), "body": self.env._("Erased")})

    @api.model
    def _make_nameless(self, partner):
        """Leave of a contact what the books need: that there was one."""
        partner.with_context(tracking_disable=True, no_vat_validation=True).write(
            {
                **dict.fromkeys(NAMELESS, False),
                "name": self.env._("Erased contact"),
                "parent_id": False,
                "active": False,
            }
        )
        # What is written on orders and invoices from now on does not reach the contact.
        self.env["mail.followers"].sudo().search([("partner_id", "=", partner.id)]).unlink()
        # The history of the contact's own fields tells what they were.
        partner.message_ids.unlink()
