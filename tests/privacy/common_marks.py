"""A person with a mark in every text of the database: on the rows that are theirs, and in texts of others.

Rows come from the registry: each model that a link, or a pair of model and record, ties to the person has one at least.
"""

import base64
import contextlib
import re

import psycopg2

from odoo import Command, fields
from odoo.addons.expo_followup.models.privacy.person_traces import KEPT_BY_LAW, SETTINGS
from odoo.tools import SQL, mute_logger, sql

NAME, FIRST = "Zoraida Markova", "Zoraida"
ADDRESS, FORMER = "zoraida@markova.example", "old.zoraida@markova.example"
PHONE, DIGITS = "+39 0577 9876543", "9876543"
TAX, REGISTER, BANK = "QZ987654321", "HRB-QZ-4711", "QZ44987650001"
#: Stands in every text of the person's own rows.
MARK = "qzmark"
#: What tells the person, however it is written.
TRACES = (MARK, NAME, "Markova", ADDRESS, FORMER, PHONE, "577 987-65-43", TAX, REGISTER, BANK)
#: Said on records of others.
SAID = f"{MARK[:1]}… spoke with {NAME} ({ADDRESS}, formerly {FORMER}), phone 0577 987-65-43."
RAW = (
    f"From: {NAME} <{ADDRESS}>\r\nTo: us@ours.example\r\nSubject: Cups\r\nMessage-ID: <1@x>\r\n\r\n{MARK} raw".encode()
)
#: What steers Odoo, or finds the row.
STEERING = frozenset(
    {"model", "res_model", "parent_res_model", "lang", "tz", "message_id", "client_key", "key", "first_key", "state"}
    | {"occasion_key", "headings_key", "mimetype", "checksum", "store_fname", "parent_path", "access_token", "uuid"}
    | {"portal_key", "sms_uuid", "template_fs", "send_context", "email_layout_xmlid", "reference", "references"}
    | {"notification_parameters", "res_name"}
)
TEXTS = ("char", "text", "html")
#: What stands against erasing, or is not made for a contact that has one already.
#: Linked to contacts, and no contact's own.
OF_OTHERS = ("expo.exhibition", "expo.customer.file", "expo.import", "ir.actions.server", "calendar.event")
BUSINESS = ("product.", "account.", "sale.", "payment.transaction")
NOT_ALONE = ("res.users", "res.company", "res.partner", "sale.order")


class Marks:
    """Plants the marks. As the superuser: rows of all kinds, also those that no user may write."""

    def __init__(self, env, is_sole):
        self.env = env(context={"active_test": False, "no_vat_validation": True, "mail_create_nosubscribe": True})
        self.is_sole = is_sole
        self.not_made, self.not_marked = [], []

    def plant(self):
        """Make the person and all that hangs on them; return the id of the contact."""
        self._make_people()
        self._make_rows()
        self._make_missing_rows()
        self.env.flush_all()
        self._mark_own_rows()
        self._mark_others()
        self.env.invalidate_all()
        return self.person.id

    def plant_own(self, of_company=False, shows=()):
        """Make the person and their rows, and mark these alone.

        :param of_company: mark the rows of the person's company instead
        :param shows: exhibitions where the person was met as well
        """
        self._make_people()
        self._make_rows()
        for show in shows:
            self.env["expo.participation"].create({"exhibition_id": show.id, "partner_id": self.person.id})
        self.env.flush_all()
        if of_company:
            files = self.env["expo.customer.file"].search([("partner_id", "=", self.company.id)])
            self.env["expo.customer.plan"].create([{"file_id": file.id, "name": "May"} for file in files])
            self._mark(self.company | self.person)
            self._mark(files)
            for name in ("person_ids", "plan_ids", "gift_ids", "suggestion_ids", "account_ids", "preference_ids"):
                self._mark(files[name])
            self._mark(files.participation_ids)
        else:
            self._mark_own_rows()
        self.env.invalidate_all()

    def fill(self, records, text):
        """Put a text where these records have none."""
        for field in self._get_texts(records):
            empty = SQL("coalesce(%s, '') = ''", SQL.identifier(field))
            self._add(records, field, text, SQL("id IN %s AND %s", tuple(records.ids) or (0,), empty))
        records.invalidate_recordset()

    # -- rows --------------------------------------------------------------------------------------------

    def _make_people(self):
        partners = self.env["res.partner"]
        self.company = partners.create(
            {"name": "Ceramica Test", "is_company": True, "email": "office@ceramica.example"}
        )
        values = {
            "name": NAME, "email": FORMER, "phone": PHONE, "comment": f"<p>{MARK}</p>", "function": MARK, "ref": MARK,
            "barcode": MARK, "website": f"https://{MARK}.example", "expo_foreign_notes": MARK,
            "image_1920": base64.b64encode(f"<svg>{MARK}</svg>".encode()),
            "country_id": self.env.ref("base.it").id,
        }  # fmt: skip
        values |= {"vat": TAX, "company_registry": REGISTER} if self.is_sole else {"parent_id": self.company.id}
        self.person = partners.create(values)
        self.env.cr.flush()
        self.person.email = ADDRESS
        self.env.cr.flush()
        self.bank = self.env["res.partner.bank"].create(
            {"partner_id": self.person.id, "acc_number": BANK, "acc_holder_name": MARK}
        )
        self.colleague, self.namesake, self.other = partners.create(
            [
                {
                    "name": "Bruno Testi", "email": "bruno@ceramica.example", "phone": "+39 0577 1112222",
                    "parent_id": self.company.id, "comment": "<p>Likes green tea</p>", "function": "Buyer",
                },
                {"name": f"{FIRST} Bianchi", "email": "zoraida@bianchi.example", "comment": f"<p>{FIRST} is tall</p>"},
                {"name": "Otto Fremd", "email": "otto@fremd.example"},
            ]
        )  # fmt: skip

    def _make_rows(self):
        env, person = self.env, self.person
        env["res.company"].search([]).expo_memory_days = "3, 7, 15"
        self.show = env["expo.exhibition"].create(
            {"name": "Fair", "date_begin": "2026-04-16", "date_end": "2026-04-20", "state": "running"}
        )
        tier = env["expo.tier"].search([("code", "=", "intent")])
        self.entry = env["expo.participation"].create(
            {"exhibition_id": self.show.id, "partner_id": person.id, "tier_id": tier.id, "contact_consent": "granted"}
        )
        self.others_entries = env["expo.participation"].create(
            [
                {"exhibition_id": self.show.id, "partner_id": one.id, "tier_id": tier.id}
                for one in self.colleague | self.namesake | self.other
            ]
        )
        env["expo.followup"]._create_manual(self.entry).record_outcome(MARK, "positive")
        visit = env["expo.visit"].create(
            {"participation_id": self.entry.id, "aim": MARK, "start": "2026-05-14 08:00:00"}
        )
        visit.item_ids = [Command.create({"name": MARK})] if "item_ids" in visit._fields else []
        row = self.entry.file_id.person_ids.filtered(lambda one: one.partner_id == person)
        if row:
            env["expo.visit.person"].create({"visit_id": visit.id, "person_id": row.id})
            env["expo.customer.account"].create({"person_id": row.id, "kind": "qq", "account": MARK})
            env["expo.customer.preference"].create({"person_id": row.id, "text": MARK})
            env["expo.gift"].create({"file_id": row.file_id.id, "person_id": row.id, "name": MARK})
            env["expo.suggestion"].create({"file_id": row.file_id.id, "person_id": row.id, "text": MARK})
        env["expo.suggestion"].create(
            {"file_id": self.entry.file_id.id, "participation_id": self.entry.id, "text": MARK}
        )
        env["expo.sample"].create({"participation_id": self.entry.id, "goods": MARK})
        self.entry.set_tier("signed", MARK)
        self._make_captures_and_lists()
        self._make_mails()
        self._make_lead()
        complaint = env["expo.complaint"].create({"subject": MARK, "story": MARK, "partner_id": person.id})
        env["expo.complaint.demand"].create({"complaint_id": complaint.id, "kind": "other", "text": MARK})
        complaint.message_post(body=MARK, attachments=[("crack.txt", MARK.encode())])
        evidence = env["expo.complaint.evidence"].create({"complaint_id": complaint.id, "name": MARK})
        evidence._store_file("cracks.txt", MARK.encode())
        complaint.cancel_reason = MARK
        complaint.action_acknowledge_by_phone()
        complaint._move_to("cancelled")
        for record in (person, self.entry, self.entry.file_id if self.is_sole else self.entry):
            record.message_post(body=f"{MARK} {NAME}", attachments=[("note.txt", MARK.encode())])
            record.activity_schedule("mail.mail_activity_data_call", summary=MARK, note=MARK)
        person.activity_schedule("mail.mail_activity_data_call", summary=MARK)._action_done(feedback=MARK)
        self._make_books()

    def _make_captures_and_lists(self):
        env = self.env
        capture = {"exhibition_id": self.show.id, "name": NAME, "email": ADDRESS, "raw_text": MARK, "note": MARK}
        self.captures = env["expo.capture"].create(
            [
                {**capture, "state": "entered", "partner_id": self.person.id, "participation_id": self.entry.id},
                {**capture, "state": "rejected"},
                {**capture, "state": "rejected", "email": FORMER},
                {**capture, "email": False, "phone": "0577 987-65-43", "state": "rejected"},
            ]
        )
        lines = ["Name,Email,Phone", f"{NAME},{ADDRESS},{PHONE}", "Otto Fremd,otto@fremd.example,"]
        # Entered, these would be other contacts.
        unsure = [f"{NAME},{FORMER},", f"{NAME},,0577 9876543"]
        read, check, commit = "action_read", "action_check", "action_commit"
        for steps in ((read,), (read, check), (read, check, commit), (read, check, commit)):
            text = "\n".join(lines + unsure * (commit not in steps))
            one = env["expo.import"].create(
                {
                    "exhibition_id": self.show.id, "filename": f"{NAME}.csv",
                    "file": base64.b64encode(text.encode()),
                }
            )  # fmt: skip
            for step in steps:
                getattr(one, step)()

        pair = (self.person | self.other).sorted("id")
        env["expo.duplicate"].create({"partner_a_id": pair[0].id, "partner_b_id": pair[1].id, "reason": "email"})

    def _make_mails(self):
        env, person = self.env, self.person
        later = fields.Datetime.add(fields.Datetime.now(), days=2)
        env["mail.mail"].create(
            [
                {
                    "subject": MARK,
                    "body_html": MARK,
                    "email_to": address,
                    "email_from": "us@ours.example",
                    "state": state,
                }
                for address in (ADDRESS, FORMER)
                for state in ("outgoing", "exception")
            ]
        )
        env["mail.mail"].create({"subject": MARK, "body_html": MARK, "recipient_ids": person.ids})
        for record in (person, self.entry, self.others_entries[2]):
            env["mail.scheduled.message"].create(
                {
                    "model": record._name, "res_id": record.id, "body": MARK, "subject": MARK, "scheduled_date": later,
                    "author_id": env.user.partner_id.id, "partner_ids": person.ids,
                }
            )  # fmt: skip
        env["expo.incoming.mail"].create(
            [
                {
                    "subject": MARK, "sender": sender, "sender_name": NAME, "received_at": fields.Datetime.now(),
                    "raw": base64.b64encode(RAW), "company_id": env.company.id, "state": state, "reason": "nowhere",
                    "recipients": "us@ours.example",
                }
                for sender in (ADDRESS, FORMER)
                for state in ("quarantined", "message", "robot")
            ]
        )  # fmt: skip
        env["expo.archive"]._log(kind="list", scope=f"Card of {NAME}", reason=f"{NAME} asked, {ADDRESS}", contents=NAME)
        env["sms.sms"].create({"partner_id": person.id, "number": PHONE, "body": MARK})
        env["snailmail.letter"].create(
            {"partner_id": person.id, "model": "res.partner", "res_id": person.id, "company_id": env.company.id}
        )
        self.others_entries[2].message_post(
            body=SAID, partner_ids=person.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        sent = self.others_entries[2].message_post(body=MARK, author_id=person.id, email_from=ADDRESS)
        sent.attachment_ids = [Command.create({"name": MARK, "raw": MARK.encode(), "res_model": "mail.message"})]

    def _make_lead(self):
        env, person = self.env, self.person
        known, unknown = env["crm.lead"].create(
            [
                {"name": f"Cups for {NAME}", "partner_id": person.id, "description": MARK, "type": "opportunity"},
                {"name": f"Plates, {NAME}", "email_from": ADDRESS, "description": MARK, "type": "lead"},
            ]
        )
        for lead in (known, unknown):
            lead.message_post(body=MARK, attachments=[("lead.txt", MARK.encode())])
            lead.activity_schedule("mail.mail_activity_data_call", summary=MARK, note=MARK)
            env["calendar.event"].create(
                {
                    "name": MARK, "start": "2026-06-01 08:00:00", "stop": "2026-06-01 09:00:00", "description": MARK,
                    "res_model_id": env["ir.model"]._get_id("crm.lead"), "res_id": lead.id,
                }
            )  # fmt: skip
        for partners, words in ((person, MARK), (person | self.other, NAME)):
            env["calendar.event"].create(
                {
                    "name": f"Meeting {words}", "start": "2026-06-01 08:00:00", "stop": "2026-06-01 09:00:00",
                    "description": words, "partner_ids": partners.ids,
                }
            )  # fmt: skip

    def _make_books(self):
        product = self.env["product.product"].create({"name": "Cup"})
        self.env["product.supplierinfo"].create(
            {"partner_id": self.person.id, "product_tmpl_id": product.product_tmpl_id.id}
        )
        if not self.is_sole:
            return
        self.order = self.env["sale.order"].create(
            {"partner_id": self.person.id, "note": f"{MARK} by law", "client_order_ref": MARK}
        )
        self.order.state = "cancel"
        self.order.message_post(body=f"{NAME} called", attachments=[("order.txt", f"{MARK} by law".encode())])

    # -- rows of any other model -------------------------------------------------------------------------

    def get_links(self):
        """Yield model and name of each stored link to a contact."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not model._abstract and model._auto:
                for field in model._fields.values():
                    if field.store and field.comodel_name == "res.partner" and field.type in ("many2one", "many2many"):
                        yield model, field.name

    def get_pairs(self):
        """Yield each model whose rows name a record, and the names of the two fields."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            is_technical = name.startswith("ir.") and name != "ir.attachment"
            if model._abstract or not model._auto or model._transient or is_technical:
                continue
            for kind in ("res_model", "model"):
                if all(one in model._fields and model._fields[one].store for one in (kind, "res_id")):
                    yield model, kind
                    break

    def _make_missing_rows(self):
        """Make a row for each link that has none yet, and one for each pair."""
        for model, name in self.get_links():
            field = model._fields[name]
            # Orders and invoices that are open, and a user, stand against erasing; of the books see `_make_books`.
            if model._name in NOT_ALONE or (model._name in KEPT_BY_LAW and not self.is_sole):
                continue
            if not (field.related or model._transient) and not model.search_count(
                [(name, "in", self.person.ids)], limit=1
            ):
                value = self.person.id if field.type == "many2one" else [Command.link(self.person.id)]
                self._make_row(model, {name: value}, name)
        for model, kind in self.get_pairs():
            values = {"res_id": self.person.id}
            field = model._fields.get(f"{kind}_id")
            model_id = self.env["ir.model"]._get_id("res.partner")
            values |= {f"{kind}_id": model_id} if field and field.comodel_name == "ir.model" else {kind: "res.partner"}
            if not model.search_count([(kind, "=", "res.partner"), ("res_id", "=", self.person.id)], limit=1):
                self._make_row(model, values, kind)

    def _make_row(self, model, values, what):
        for name, field in model._fields.items():
            if field.required and name not in values and not field.related and not (field.compute and field.readonly):
                values[name] = self._get_any(model, field)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                model.with_context(active_test=False).create({k: v for k, v in values.items() if v is not None})
                self.env.flush_all()
        except Exception as error:
            self.not_made.append(f"{model._name}.{what}: {error!r:.150}")
            self.env.invalidate_all()

    def _get_any(self, model, field):
        if model.default_get([field.name]):
            return None
        if field.type in TEXTS:
            return "Row"
        if field.type == "many2one":
            if field.comodel_name == "res.partner":
                return self.person.id
            return self.env[field.comodel_name].search([], limit=1).id or None
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return {"date": "2026-05-01", "datetime": "2026-05-01 08:00:00", "boolean": False}.get(field.type, 1)

    # -- marks -------------------------------------------------------------------------------------------

    def get_own_rows(self):
        """Return the ids of the rows that are the person's, by model: linked to the contact, or to such a row."""
        own = {
            "res.partner": set(self.person.ids),
            "crm.lead": set(self.env["crm.lead"].search([("email_from", "=", ADDRESS)]).ids),
        }
        own["expo.capture"] = set(self.captures.ids)
        below = ("expo.", "survey.user_input", "calendar.attendee")
        for _depth in range(3):
            for name in sorted(self.env.registry):
                model = self.env[name]
                if (
                    model._abstract
                    or not model._auto
                    or name in ("mail.message", "mail.mail", "res.company", "res.users")
                ):
                    continue
                for field in model._fields.values():
                    is_contact = field.comodel_name == "res.partner"
                    if not field.store or field.type != "many2one" or field.comodel_name not in own:
                        continue
                    if name in OF_OTHERS or name.startswith(BUSINESS) or not (is_contact or name.startswith(below)):
                        continue
                    ids = model.search([(field.name, "in", list(own[field.comodel_name]))]).ids
                    if ids and name != "res.partner":
                        own.setdefault(name, set()).update(ids)
        for model, kind in self.get_pairs():
            for above, ids in list(own.items()):
                if above in ("res.partner", "crm.lead", "expo.participation", "expo.complaint", "expo.visit"):
                    found = model.search([(kind, "=", above), ("res_id", "in", list(ids))])
                    if found:
                        own.setdefault(model._name, set()).update(found.ids)
        return own

    def _mark_own_rows(self):
        """Add the mark to every text of the person's rows that does not tell the person already."""
        for name, ids in self.get_own_rows().items():
            self._mark(self.env[name].browse(ids))

    def _mark(self, records):
        for field in self._get_texts(records):
            self._add(records, field, f"{MARK} {records._name}.{field}", SQL("id IN %s", tuple(records.ids) or (0,)))

    def _mark_others(self):
        """Name the person in every text of one row of every table that is another's."""
        own = self.get_own_rows()
        for name in sorted(self.env.registry):
            model = self.env[name]
            technical = ("ir.", "res.", "base", "report.", "web", "html_", "decimal", "auth.", "iap.", "bus.")
            if model._abstract or not model._auto or model._transient or name.startswith((*technical, *SETTINGS)):
                continue
            ids = tuple(own.get(name, ())) or (0,)
            self.env.cr.execute(SQL("SELECT max(id) FROM %s WHERE id NOT IN %s", SQL.identifier(model._table), ids))
            if found := self.env.cr.fetchone()[0]:
                for field in self._get_texts(model):
                    self._add(model, field, SAID, SQL("id = %s", found))

    def _get_texts(self, model):
        columns = sql.table_columns(self.env.cr, model._table)
        # By these a row without a link is the person's; of a lead the title stays, unless it names the person.
        skipped = {
            "expo.capture": ("name", "company_name", "email", "phone"),
            "expo.import.line": ("name", "company_name", "email", "phone"),
            "crm.lead": ("name",),
        }.get(model._name, ())
        return [
            name
            for name, field in model._fields.items()
            if field.store and field.type in TEXTS and name not in STEERING and name in columns
            and name not in skipped
            and field.column_type[0] in ("varchar", "text")
        ]  # fmt: skip

    def _add(self, model, field, text, condition):
        column = SQL.identifier(field)
        told = SQL("(%s ~ %s) IS NOT TRUE", column, "|".join(map(re.escape, (*TRACES[1:], DIGITS))))
        with contextlib.suppress(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = concat_ws(' ', %s, %s) WHERE %s AND %s",
                    SQL.identifier(model._table), column, column, text, condition, told,
                )
            )  # fmt: skip
            return
        self.not_marked.append(f"{model._name}.{field}")
