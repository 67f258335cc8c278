from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, email_normalize_all, escape_psql, html2plaintext, sql

from ...tools.person_names import names
from ..mixins.merging import TEXT_TYPES as TEXTS
from ..mixins.merging import get_fact_names
from ..mixins.record_keeping import get_declarations, get_file_fields
from .person_letters import PersonLetters, get_document
from .person_rows import PersonRows, address_domain, get_addresses
from .person_traces import KEPT_BY_LAW, PersonTraces

#: The rows of Odoo's own models that hold something of a person, erased first. Some of them are held by others as well,
#: as a letter to several people: those stay without the person. Our models say it themselves: `_record_keeping`.
CORE_MODELS = (
    "mail.activity",
    "mail.scheduled.message",
    "mail.message.schedule",
    "sms.sms",
    "snailmail.letter",
    "survey.user_input",
    "calendar.event",
    "mail.mail",
)
#: Contacts of a rating: by whom it is, of whom, and by whom it is answered.
RATING_LINKS = ("partner_id", "rated_partner_id", "publisher_id")
#: Who wrote a message, and to whom.
OF_A_MESSAGE = (
    "email_from",
    "author_id",
    "subject",
    "reply_to",
    "incoming_email_to",
    "incoming_email_cc",
    "outgoing_email_to",
)


class ExpoPrivacy(models.AbstractModel):
    """What we hold of a person, and how it is erased: one list for both, so that nothing shown is forgotten."""

    _name = "expo.privacy"
    _description = "Personal Data"

    @api.model
    def _find_records(self, partner):
        """Return the records that hold something of a contact, per model, in sudo: the question is what there is.

        :rtype: dict
        """
        found = self._find_linked(partner)
        of_complaints = self._find_complaints(partner)
        found |= of_complaints | {"mail.mail": found["mail.mail"] | of_complaints["mail.mail"]}
        found["expo.incoming.mail"] |= self._find_mails(partner, found)
        for model, records in PersonLetters(partner).find(self._get_places(partner, found)).items():
            found[model] = found.get(model, records) | records
        return found

    @api.model
    def _find_mails(self, partner, found):
        """Return the incoming mails of a contact: on their records, and from their address unless another shares it.

        :param dict found: the contact's records by model
        """
        mails = self.sudo().with_context(active_test=False).env["expo.incoming.mail"]
        names = [name for name, _label in mails._get_record_models() if found.get(name)]
        on_records = Domain.OR(
            Domain("res_model", "=", name) & Domain("res_id", "in", found[name].ids) for name in names
        )
        on_records |= Domain("res_model", "=", partner._name) & Domain("res_id", "=", partner.id)
        written = Domain("complaint_id", "=", False) & address_domain("sender", partner)

        def is_shared(mail):
            record = mail._get_record()
            owner = record.partner_id if record and "partner_id" in record else partner
            return owner != partner and owner.email_normalized == partner.email_normalized

        return mails.search(on_records | written).filtered(lambda mail: not is_shared(mail))

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
        lines = rows.find_lines(captures)
        # What hangs on the people of a file hangs on the file.
        linked = {"expo.customer.person": people}
        declared = get_declarations(self.env, "erase_order", "erase_order").items()
        own_rows = {
            model: self._find_by_links(partner, model, linked) for model, kept in declared if kept.personal_links
        }
        visits, leads = linked["expo.visit"], self._find_leads(partner)
        minutes = Domain("model", "=", "expo.visit") & Domain("res_id", "in", visits.ids)
        on_records = Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in (partner, leads, *linked.values(), *own_rows.values())
        )
        return {
            "mail.activity": env["mail.activity"].search(
                on_records
                # Lists of customers name them with a link.
                | Domain.OR(Domain("note", "like", f'/odoo/exhibition-customers/{entry.id}"') for entry in entries)
            ),
            "expo.import.line": lines | rows.find_shared(lines),
            "expo.import.column": rows.find_columns(),
            "expo.capture": captures | rows.find_shared(captures),
            "calendar.event": env["calendar.event"].search(on_records) | self._find_meetings(partner),
            "survey.user_input": env["survey.user_input"].search(
                own | by_email | Domain("expo_participation_id", "in", entries.ids)
            ),
            "mail.mail": linked["expo.followup"].mail_mail_id | env["mail.mail"].search(minutes),
            **own_rows,
            "expo.customer.person": people | linked["expo.customer.file"].person_ids,
        }

    @api.model
    def _find_leads(self, partner):
        """Return the leads and opportunities of a contact; those without one by the address. In sudo: what there is."""
        leads = self.sudo().with_context(active_test=False).env["crm.lead"]
        unknown = Domain("partner_id", "=", False) & address_domain("email_normalized", partner)
        return leads.search(Domain("partner_id", "=", partner.id) | unknown)

    @api.model
    def _find_meetings(self, partner):
        """Return the meetings with a contact that no other contact takes part in, in sudo: what there is."""
        meetings = self.sudo().with_context(active_test=False).env["calendar.event"]
        meetings = meetings.search([("partner_ids", "in", partner.ids)])
        return meetings.filtered(lambda meeting: meeting.partner_ids.filtered("partner_share") == partner)

    @api.model
    def _find_by_links(self, partner, model, found):
        """Return the rows of a model that its declared links tie to a contact, in sudo: what there is.

        :param dict found: the rows by model as far as they are known; those that are found are added
        """
        if model not in found:
            records, domain = self.sudo().with_context(active_test=False).env[model], Domain.FALSE
            for name in records._record_keeping.personal_links:
                above = records._fields[name].comodel_name
                is_contact = above == partner._name
                domain |= Domain(
                    name, "in", (partner if is_contact else self._find_by_links(partner, above, found)).ids
                )
            found[model] = records.search(domain)
        return found[model]

    @api.model
    def _find_complaints(self, partner):
        """Return complaints, evidence, mails, ratings and problem notices of a contact.

        Complaints of an unknown sender are found by the address.
        """
        env = self.sudo().with_context(active_test=False).env
        own, unknown = Domain("partner_id", "=", partner.id), Domain("partner_id", "=", False)
        own |= unknown & address_domain("email_from", partner)
        complaints = env["expo.complaint"].search(own)
        of_complaints, linked = Domain("complaint_id", "in", complaints.ids), {"expo.complaint": complaints}
        received = of_complaints
        # What belongs to another user who shares the mailbox is theirs.
        not_shared = Domain("complaint_id.partner_id", "in", (False, partner.id))
        not_shared |= Domain("complaint_id.partner_id.email_normalized", "not in", get_addresses(partner))
        on_complaint = Domain("complaint_id", "!=", False)
        received |= address_domain("sender", partner) & on_complaint & not_shared
        notices = self._find_by_links(partner, "expo.problem.notice", linked)
        mails = env["mail.mail"]
        for records in (complaints, notices):
            mails |= mails.search([("model", "=", records._name), ("res_id", "in", records.ids)])
        of_complaint = Domain("res_model", "=", "expo.complaint") & Domain("res_id", "in", complaints.ids)
        rated = Domain.OR(Domain(name, "=", partner.id) for name in RATING_LINKS) | of_complaint
        acted = self._find_acted(partner, complaints).event_ids
        return {
            "mail.mail": mails,
            "expo.incoming.mail": env["expo.incoming.mail"].search(received),
            "expo.complaint.evidence": self._find_by_links(partner, "expo.complaint.evidence", linked),
            "expo.complaint.demand": self._find_by_links(partner, "expo.complaint.demand", linked),
            "expo.complaint.event": env["expo.complaint.event"].search(of_complaints & Domain("note", "!=", False))
            | acted.filtered(lambda event: names(event.note, partner.name)),
            "rating.rating": env["rating.rating"].search(rated),
            "expo.complaint": complaints,
            "expo.problem.notice": notices,
        }

    @api.model
    def _find_acted(self, partner, own):
        """Return the complaints of others on which the person acted or was in copy: they accepted, confirmed, rated."""
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        theirs = Domain("message_partner_ids", "in", partner.ids)
        theirs |= Domain("commercial_partner_id", "=", partner.commercial_partner_id.id)
        if email := partner.email_normalized:
            copied = complaints.search(Domain("email_cc", "ilike", escape_psql(email)))
            # A part of another's address is another person.
            theirs |= Domain("id", "in", copied.filtered(lambda one: email in email_normalize_all(one.email_cc)).ids)
        return complaints.search(theirs & Domain("id", "not in", own.ids))

    @api.model
    def _find_documented(self, found):
        """Return the complaints that stay without the person: documents of the books refer to them."""
        return found["expo.complaint"]._filter_documented()

    @api.model
    def _get_company(self, record):
        """Return which company of ours holds a record, empty when it belongs to none."""
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
        domain = Domain.OR(
            Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in (partner, self._find_leads(partner), found["calendar.event"])
        )
        talked_about = [
            name for name in get_declarations(self.env, "personal") if "message_ids" in self.env[name]._fields
        ]
        for model in talked_about:
            domain |= Domain([("model", "=", model), ("res_id", "in", found[model].ids)])
        return domain

    @api.model
    def _find_messages(self, partner, found):
        """Return what was written by the person, on their entries and files, and what names them on a file."""
        domain = Domain("author_id", "=", partner.id) | self._get_places(partner, found)
        # All that there is, also what the user may not read.
        messages = self.env["mail.message"].sudo()
        files = found["expo.customer.person"].file_id - found["expo.customer.file"]
        naming = Domain([("model", "=", files._name), ("res_id", "in", files.ids)])
        naming &= Domain("body", "ilike", escape_psql(partner.name or ""))
        named = messages.search(naming).filtered(lambda message: names(html2plaintext(message.body), partner.name))
        return messages.search(domain | Domain("id", "in", named.ids), order="id")

    @api.model
    def _find_attachments(self, partner, found):
        """Return the files that hang on the person's rows, pictures included."""
        domain = Domain([("res_model", "=", "res.partner"), ("res_id", "=", partner.id), ("res_field", "=", False)])
        for model, kept in get_declarations(self.env, "attachments").items():
            if kept.personal:
                # `res_field` in the domain asks for pictures, too.
                names = [False, *get_file_fields(self.env[model])]
                domain |= Domain(
                    [("res_model", "=", model), ("res_id", "in", found[model].ids), ("res_field", "in", names)]
                )
        for records in (self._find_leads(partner), found["calendar.event"]):
            domain |= Domain([("res_model", "=", records._name), ("res_id", "in", records.ids)])
        # As above; what the person sent along on others' records goes, but for the files of the books.
        sent = self.env["mail.message"].sudo().search([("author_id", "=", partner.id)]).attachment_ids
        sent = sent.filtered(lambda file: file.res_model not in KEPT_BY_LAW and file.res_model != "expo.complaint")
        return self.env["ir.attachment"].sudo().search(domain) | found["expo.complaint.evidence"].attachment_id | sent

    @api.model
    def _find_obstacles(self, partner, found):
        """Return in words why a person cannot be erased now; empty when they can."""
        obstacles = []
        companies = self.env["res.company"]
        for records in found.values():
            companies = companies.union(*map(self._get_company, records))
        if foreign := companies - self.env.companies:
            obstacles.append(self.env._("Other companies of ours that hold data about this contact: %s", len(foreign)))
        # Orders of colleagues count as well; only how many is told.
        orders = (
            self.env["sale.order"]
            .sudo()
            .search_count(
                [
                    ("partner_id", "=", partner.id),
                    "|",
                    ("state", "in", ("draft", "sent")),
                    "&",
                    ("state", "=", "sale"),
                    ("invoice_status", "in", ("to invoice", "no", "upselling")),
                ]
            )
        )
        if orders:
            obstacles.append(self.env._("Open orders or quotations: %s. Complete or cancel them first.", orders))
        unpaid = (
            self.env["account.move"]
            .sudo()
            .search_count(
                [
                    ("partner_id", "=", partner.id),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial")),
                    ("move_type", "in", ("out_invoice", "in_invoice")),
                ]
            )
        )
        if unpaid:
            obstacles.append(self.env._("Unpaid invoices: %s.", unpaid))
        if partner.user_ids:
            obstacles.append(
                self.env._(
                    "You cannot erase this contact because it belongs to a user. Delete or archive the user first."
                )
            )
        # In sudo: companies that the user may not enter are ours as well.
        if self.env["res.company"].sudo().search_count([("partner_id", "=", partner.id)], limit=1):
            obstacles.append(self.env._("You cannot erase this contact because it is one of your own companies."))
        if partner.child_ids:
            obstacles.append(
                self.env._("You cannot erase this company because people belong to it. Erase them one by one.")
            )
        if complaints := found["expo.complaint"].filtered("is_open"):
            obstacles.append(self.env._("Open complaints: %s. Close or cancel them first.", len(complaints)))
        return obstacles

    @api.model
    def _must_keep(self, partner):
        """Tell whether orders, invoices or documents of complaints refer to the contact: they outlive it."""
        # Whether there are any, not what they say.
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        return bool(
            PersonTraces(partner).find_referring()
            or complaints.search(
                [("partner_id", "=", partner.id), ("commercial_partner_id", "=", partner.id)]
            )._filter_documented()
        )

    @api.model
    def _erase(self, partner, found):
        """Erase all that is held of a person. In sudo: the wizard has checked who asks and what stands against it.

        :return: True when the contact itself went, False when it was made nameless
        """
        found = {model: records.sudo() for model, records in found.items()}
        # What tells the person is asked for while it is there.
        traces, leads = PersonTraces(partner), self._find_leads(partner)
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
        for model in (*CORE_MODELS, *get_declarations(self.env, "erase_order", "erase_order")):
            if model in found:
                found[model].exists().unlink()
        self._erase_from_leads(partner, leads)
        self._leave_meetings(partner)
        self._make_messages_nameless(messages.exists())
        traces.delete_own_rows()
        partner = partner.sudo()
        is_kept = self._must_keep(partner)
        if is_kept:
            self._make_nameless(partner)
            traces.release_links()
        else:
            partner.unlink()
        traces.clear_texts()
        # The files leave the disk with the next clean-up.
        self.env.ref("base.autovacuum_job").sudo()._trigger()
        return not is_kept

    @api.model
    def _remove_from_shared(self, partner, found):
        """Take the person out of what others hold as well; return what goes entirely.

        A letter to several people still leaves to the others; a row that names the person beside another user stays
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
        imports.filtered(lambda one: one.state in ("draft", "mapping"))._reset_reading()
        imports.column_ids.write({"sample": False})
        imports.invalidate_recordset(["file"])

    @api.model
    def _erase_from_leads(self, partner, leads):
        """Take the person out of leads and opportunities, and out of the history of their fields.

        All that they say goes; only the title stays, unless it names the person.
        """
        leads = leads.with_context(active_test=False, tracking_disable=True)
        named = leads.filtered(lambda lead: names(lead.name, partner.name))
        texts = [name for name in get_fact_names(leads) if leads._fields[name].type in TEXTS and name != "name"]
        leads.write({**dict.fromkeys(texts, False), "partner_id": False, "lead_properties": False})
        named.write({"name": self.env._("Erased contact")})
        self.env["mail.tracking.value"].sudo().search(
            [
                ("mail_message_id.model", "=", leads._name),
                ("mail_message_id.res_id", "in", leads.ids),
                ("field_id.name", "in", ("name", "partner_id", *texts)),
            ]
        ).unlink()

    @api.model
    def _leave_meetings(self, partner):
        """Take the person out of meetings that others take part in as well."""
        meetings = self.env["calendar.event"].sudo()
        meetings = meetings.with_context(active_test=False, dont_notify=True, tracking_disable=True)
        meetings.search([("partner_ids", "in", partner.ids)]).write({"partner_ids": [Command.unlink(partner.id)]})

    @api.model
    def _make_messages_nameless(self, messages):
        messages.write({**dict.fromkeys(OF_A_MESSAGE, False), "body": self.env._("Erased")})

    @api.model
    def _make_nameless(self, partner):
        """Leave of a contact what the books need: that there was one, and the company it belonged to.

        In SQL: core would copy what is emptied to the company, and change entries of the books for it.
        """
        columns = sql.table_columns(self.env.cr, partner._table)
        values = {
            name: None
            for name, field in partner._fields.items()
            if field.store and field.type in (*TEXTS, "date", "properties") and name in columns
        }
        values |= {"name": self.env._("Erased contact"), "active": False, "lang": partner.lang, "tz": partner.tz}
        partner.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(partner._table),
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()),
                partner.id,
            )
        )
        partner.invalidate_recordset()
        partner.modified(["name", "parent_id", "active"])
        own = [("res_model", "=", partner._name), ("res_id", "=", partner.id)]
        self.env["ir.attachment"].sudo().search([*own, ("id", "!=", False), ("res_field", "!=", "")]).unlink()
        # What is written on orders and invoices from now on does not reach the contact.
        self.env["mail.followers"].sudo().search([("partner_id", "=", partner.id)]).unlink()
        # The history of the contact's own fields tells what they were.
        own = [("model", "=", partner._name), ("res_id", "=", partner.id)]
        self.env["mail.message"].sudo().search(own).unlink()

    @api.model
    def _erase_complaints(self, partner, found):
        """Erase the person's complaints first: nothing else of theirs can be deleted before. In sudo: see the base."""
        self._find_acted(partner, found["expo.complaint"])._forget_names(partner)
        # Those stay, without the person: documents of the books refer to them.
        documented = found["expo.complaint"]._filter_documented()
        ratings = found["rating.rating"]
        ratings.filtered(lambda rating: any(rating[name] == partner for name in RATING_LINKS)).write(
            dict.fromkeys(("feedback", "publisher_comment", "res_name", "parent_res_name", *RATING_LINKS), False)
        )
        found["expo.incoming.mail"].unlink()
        (found["expo.complaint"] - documented)._erase()
        documented._make_nameless(partner)
        # Who told them of it, and what, is of no use to the order.
        found["expo.problem.notice"].unlink()
