from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

#: The rows that hold something of a person, in the order in which they are erased.
MODELS = (
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

        Rows without a link to the contact are found by his e-mail address. Of a company it is its file as well.

        :rtype: dict
        """
        env = self.sudo().with_context(active_test=False).env
        email = partner.email_normalized
        own = Domain("partner_id", "=", partner.id)
        # Whole addresses only; what belongs to somebody else who shares the mailbox is his.
        same_email = Domain("email", "=ilike", escape_psql(email)) if email else Domain.FALSE
        by_email = same_email & Domain("partner_id", "=", False)
        entries = env["expo.participation"].search(own)
        captures = env["expo.capture"].search(own | Domain("participation_id", "in", entries.ids) | by_email)
        people = env["expo.customer.person"].search(own | by_email)
        files = env["expo.customer.file"].search(own)
        of_people = Domain("person_id", "in", people.ids) | Domain("file_id", "in", files.ids)
        of_entries = Domain("participation_id", "in", entries.ids)
        followups = env["expo.followup"].search(own | of_entries)
        visits = env["expo.visit"].search(own | of_entries)
        of_visits = Domain("visit_id", "in", visits.ids) | Domain("person_id", "in", people.ids)
        minutes = Domain("model", "=", "expo.visit") & Domain("res_id", "in", visits.ids)
        return {
            "expo.import.line": env["expo.import.line"].search(
                Domain("capture_id", "in", captures.ids) | (same_email & Domain("capture_id.partner_id", "=", False))
            ),
            "expo.capture": captures,
            "survey.user_input": env["survey.user_input"].search(
                own | Domain("expo_participation_id", "in", entries.ids)
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
        if record._name == "expo.import.line":
            return record.import_id.company_id
        if record._name == "survey.user_input":
            return record.expo_participation_id.company_id
        if record._name == "mail.mail":
            # In sudo, as all that is found: whose letter it is.
            letters = self.env["expo.followup"].sudo().search([("mail_mail_id", "=", record.id)])
            return letters.company_id
        return record.company_id

    @api.model
    def _find_messages(self, partner, found):
        """Return what was written by the person, and all that was written on his entries and files."""
        domain = Domain("author_id", "=", partner.id) | Domain(
            [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        )
        for model in TALKED_ABOUT:
            domain |= Domain([("model", "=", model), ("res_id", "in", found[model].ids)])
        # What there is, whoever may read it.
        return self.env["mail.message"].sudo().search(domain, order="id")

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
        # The guards keep people from deleting history by hand; this is the law's way out of it.
        found["expo.capture"].write({"state": "rejected"})
        found["expo.followup"].write({"state": "cancelled"})
        found["expo.visit"]._drop_meeting()
        found["expo.visit"].write({"state": "cancelled"})
        attachments.exists().unlink()
        self._erase_lists(found["expo.import.line"].import_id)
        for model in MODELS:
            found[model].exists().unlink()
        self._erase_from_leads(partner)
        self._make_messages_nameless(messages.exists())
        partner = partner.sudo()
        partner.activity_unlink([])
        if self._must_keep(partner):
            self._make_nameless(partner)
            return False
        partner.unlink()
        return True

    @api.model
    def _erase_lists(self, imports):
        """Take away the uploaded lists that name the person; the other rows of an imported list stay as they are."""
        files = self.env["ir.attachment"].sudo()
        files.search(
            [("res_model", "=", imports._name), ("res_field", "=", "file"), ("res_id", "in", imports.ids)]
        ).unlink()
        imports.filtered(lambda one: one.state not in ("importing", "done"))._forget()
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
        # The history of the contact's own fields tells what they were.
        partner.message_ids.unlink()
