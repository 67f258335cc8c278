from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext
from odoo.tools.image import image_data_uri

from ...models.privacy.person_rows import BETWEEN_CELLS, PersonRows

# What says nothing of the person.
TECHNICAL = frozenset(
    {"id", "create_uid", "write_uid", "write_date", "display_name", "color", "sequence", "access_token", "client_key"}
    | {"partner_id", "company_id", "file_id", "participation_id", "sync_pending", "failure_count"}
)
PARTNER_FIELDS = (
    "name", "function", "parent_id", "email", "phone", "website", "street", "street2", "zip", "city", "country_id",
    "lang", "vat", "comment", "expo_foreign_notes",
)  # fmt: skip
# What of a mail is about the person; the rest is about sending it. And what else is told in few words.
SHOWN = {
    "mail.mail": ("date", "email_to", "email_cc", "recipient_ids", "subject", "body_html", "state"),
    "mail.scheduled.message": ("scheduled_date", "partner_ids", "subject", "body"),
    "mail.message.schedule": ("scheduled_datetime", "mail_message_id"),
    "mail.activity": ("activity_type_id", "summary", "note", "date_deadline", "date_done", "feedback"),
    "calendar.event": ("start", "name", "location", "description"),
    "sms.sms": ("create_date", "number", "body", "state"),
    "snailmail.letter": ("create_date", "street", "zip", "city", "attachment_id", "state"),
    "expo.import.column": ("import_id", "heading"),
    "expo.incoming.mail": ("received_at", "sender", "sender_name", "recipients", "subject", "raw_text"),
    "expo.complaint.event": ("complaint_id", "kind", "at", "note"),
    "rating.rating": ("create_date", "rating", "feedback"),
}
#: What is told of rows of other people that name the person.
SHARED = {"expo.import.line": ("import_id", "sequence"), "expo.capture": ("exhibition_id", "channel")}


class ReportPrivacy(models.AbstractModel):
    """What we hold of a person, in one document (for the user who asks, GDPR art. 15): for file managers and
    managers.
    """

    _name = "report.expo_followup.report_privacy_document"
    _description = "Personal Data"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return all that is held of these contacts, in words."""
        if not self.env["expo.customer.file"]._is_keeper():
            raise AccessError(
                self.env._(
                    "You cannot print personal data because you are neither a file manager nor a sales "
                    "manager. Ask one of them."
                )
            )
        partners = self.env["res.partner"].browse(docids)
        partners.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": partners,
            "parts": {partner.id: self._get_parts(partner) for partner in partners},
            "needs_margin": not _wkhtml().is_patched_qt,
            "image_data_uri": image_data_uri,
        }

    @api.model
    def _get_parts(self, partner):
        """Return (heading, list of records as (list of (label, words), photo)) of one contact."""
        privacy = self.env["expo.privacy"]
        # What another company of ours holds is for that company to say.
        found = {
            model: records.filtered(lambda record: privacy._get_company(record) <= self.env.companies)
            for model, records in privacy._find_records(partner).items()
        }
        parts = [(partner._description, [self._get_facts(partner.sudo(), PARTNER_FIELDS)])]
        rows = PersonRows(partner)
        shared = rows.split_shared(found)
        for model, records in found.items():
            names = SHOWN.get(model, ())
            if records:
                # Of a row of another user only that it is there: the rest is theirs.
                others = shared.get(model, ())
                facts = [self._get_facts(record, SHARED[model] if record in others else names) for record in records]
                if model == "expo.import.column":
                    # Of the examples only the person's own: the others are of other people.
                    label = records._fields["sample"]._description_string(self.env)
                    for (texts, _photo), column in zip(facts, records, strict=True):
                        texts.append((label, BETWEEN_CELLS.join(rows.get_cells(column))))
                parts.append((self.env["ir.model"]._get(model).name, facts))
        messages = privacy._find_messages(partner, found)
        if messages:
            names = ("date", "email_from", "subject", "body")
            parts.append((self.env._("Messages"), [self._get_facts(message, names) for message in messages]))
        attachments = privacy._find_attachments(partner, found)
        if attachments:
            parts.append(
                (self.env._("Attachments"), [self._get_facts(file, ("name", "mimetype")) for file in attachments])
            )
        return parts

    @api.model
    def _get_facts(self, record, names=()):
        """Return what a record says, field by field, and its photo."""
        facts = []
        for name in names or sorted(record._fields, key=lambda name: record._fields[name]._sequence):
            field = record._fields[name]
            shown = field.store and field.type not in ("binary", "one2many", "json") and name not in TECHNICAL
            if not (names or shown) or not record[name]:
                continue
            label = field._description_string(self.env)
            facts.append((label, self._get_words(record, field)))
        return facts, record.photo if "photo" in record._fields else False

    @api.model
    def _get_words(self, record, field):
        value = record[field.name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "html" or field.name == "body_html":
            return html2plaintext(value)
        return str(value)
