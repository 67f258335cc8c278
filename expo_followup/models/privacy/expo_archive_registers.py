from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, split_every

BATCH_SIZE = 500
#: Where the keys of restored rows are kept, so that they keep their key for ever.
KEY_MODULE = "expo_archive"
# What belongs to this database, to its queue of work, or to models that the archive does not hold.
SKIPPED = frozenset(
    {
        "id", "create_uid", "create_date", "write_uid", "write_date", "company_id", "sync_pending", "failure_count",
        "failure_reason", "is_parked", "near_ids", "letter_attachment_ids", "message_main_attachment_id",
    }
)  # fmt: skip
SKIPPED_TYPES = frozenset({"one2many", "binary", "many2one_reference", "reference", "json", "properties"})
#: What rows of other models are told by; they are looked up in the database that is restored into.
NATURAL_KEYS = {
    "account.payment.term": "name",
    "crm.team": "name",
    "expo.tier": "code",
    "mail.activity.plan": "name",
    "mail.activity.plan.template": "",
    "mail.activity.type": "name",
    "res.country": "code",
    "res.country.state": "code",
    "res.currency": "name",
    "res.partner.category": "name",
    "res.partner.industry": "name",
    "res.users": "login",
    "expo.complaint.cause": "name",
    "expo.complaint.department": "name",
    "expo.complaint.stage": "state",
    "expo.complaint.team": "name",
    "sale.order": "name",
    "account.move": "name",
}
#: Numbers begin anew in a new database: documents are the same when their day is, too.
NATURAL_DAYS = {"sale.order": "date_order", "account.move": "invoice_date"}


class Register(NamedTuple):
    """One sheet of the archive; without ``names`` it holds all stored facts of its model.

    :param match: rows that are here already with the same value of it are the ones meant
    :param needs: what a row refers to that must be here; without it the row is left out
    """

    sheet: str
    model: str
    names: tuple = ()
    match: str = ""
    needs: str = ""


# In the order in which they refer to each other.
REGISTERS = (
    Register("products", "product.product", ("name", "default_code", "active"), "default_code"),
    Register(
        "contacts", "res.partner",
        (
            "name", "parent_id", "is_company", "type", "function", "email", "phone", "website", "street", "street2",
            "zip", "city", "state_id", "country_id", "vat", "company_registry", "lang", "ref", "comment", "active",
            "expo_foreign_notes", "category_id", "industry_id",
        ),
    ),
    Register("shows", "expo.exhibition"),
    Register("files", "expo.customer.file"),
    Register("people", "expo.customer.person"),
    Register("accounts", "expo.customer.account"),
    Register("preferences", "expo.customer.preference"),
    Register("plans", "expo.customer.plan"),
    Register("participations", "expo.participation"),
    Register("tiers", "expo.tier.change"),
    Register("owners", "expo.owner.change"),
    Register("followups", "expo.followup"),
    Register("captures", "expo.capture"),
    Register("gifts", "expo.gift"),
    Register("opinions", "expo.suggestion"),
    Register("samples", "expo.sample"),
    Register("sample_articles", "expo.sample.line"),
    Register("visits", "expo.visit"),
    Register("visit_people", "expo.visit.person"),
    Register("visit_items", "expo.visit.item"),
    Register("reports", "expo.progress.report"),
    Register("classes", "expo.abc.change"),
    Register("complaints", "expo.complaint"),
    Register("complaint_events", "expo.complaint.event"),
    Register("complaint_goods", "expo.complaint.line"),
    Register("complaint_demands", "expo.complaint.demand"),
    Register("complaint_remedies", "expo.complaint.remedy"),
    Register("complaint_reviews", "expo.complaint.review"),
    Register("complaint_clocks", "expo.complaint.clock"),
    Register("complaint_evidence", "expo.complaint.evidence"),
    Register("complaint_mails", "expo.complaint.mail", match="key"),
    Register("problems", "expo.problem.notice", needs="order_id"),
)  # fmt: skip
BY_MODEL = {register.model: register for register in REGISTERS}
#: Models whose attachments belong to the archive, and their pictures that are kept as attachments.
WITH_ATTACHMENTS = (
    "expo.customer.file", "expo.participation", "expo.capture", "expo.exhibition", "expo.sample", "expo.visit",
    "expo.complaint", "expo.complaint.evidence", "expo.complaint.mail", "expo.problem.notice",
)  # fmt: skip
PICTURES = ("photo", "signature", "picture", "raw")
ATTACHMENT_COLUMNS = ("record", "res_model", "res_field", "name", "mimetype", "description", "url", "path")


class ExpoArchiveRegisters(models.AbstractModel):
    """What an archive holds of each model, by which keys rows refer to each other, and how they become cells."""

    _name = "expo.archive.registers"
    _description = "Registers of an Archive"

    @api.model
    def _get_columns(self, register):
        """Return the fields of a register that the user may read."""
        model = self.env[register.model]
        found = [
            field
            for name, field in model._fields.items()
            if (name in register.names if register.names else self._is_archived(field))
            and model._has_field_access(field, "read")
        ]
        if register.names:
            return sorted(found, key=lambda field: register.names.index(field.name))
        return found

    @api.model
    def _is_archived(self, field):
        known = not field.comodel_name or field.comodel_name in BY_MODEL or field.comodel_name in NATURAL_KEYS
        return (
            field.store
            and known
            and field.name not in SKIPPED
            and field.type not in SKIPPED_TYPES
            and not field.related
            and not field.company_dependent
        )

    # -- what belongs to it ------------------------------------------------------------------------------

    @api.model
    def _select(self, show=None):
        """Return the ids per model that belong to the archive of a show, or of all files of the company.

        Only what the user may see: every search runs under his record rules.
        """
        model = self.with_context(active_test=False).env
        own = [("company_id", "=", self.env.company.id)]
        of_show = [("exhibition_id", "=", show.id)] if show else own
        entries = model["expo.participation"].search(of_show, order="id")
        files = entries.file_id._filtered_access("read") if show else model["expo.customer.file"].search(own)
        of_files, of_entries = [("file_id", "in", files.ids)], [("participation_id", "in", entries.ids)]
        found = {
            "expo.exhibition": show or model["expo.exhibition"].search(own),
            "expo.customer.file": files,
            "expo.participation": entries,
            "expo.capture": model["expo.capture"].search(of_show),
            "expo.followup": model["expo.followup"].search(of_entries if show else own),
        }
        for name in ("person", "account", "preference", "plan"):
            found[f"expo.customer.{name}"] = model[f"expo.customer.{name}"].search(of_files)
        for name in ("expo.gift", "expo.suggestion"):
            found[name] = model[name].search(of_files)
        for name in ("expo.tier.change", "expo.owner.change"):
            found[name] = model[name].search(of_entries)
        found |= self._select_work(files, of_entries, of_entries if show else own)
        found["res.partner"] = self._get_partners(found)
        shows = found["expo.exhibition"]
        found["product.product"] = (
            entries.product_ids
            | found["expo.capture"].product_ids
            | shows.product_ids
            | found["expo.sample.line"].product_id
            | found["expo.complaint.line"].product_id
            | found["expo.complaint.remedy"].product_id
        )._filtered_access("read")
        return {name: sorted(records.ids) for name, records in found.items()}

    @api.model
    def _select_work(self, files, of_entries, chosen):
        """Return what was done for the customers, by model: samples, visits, reports, classes, complaints.

        :param list of_entries: domain of what hangs on an entry
        :param list chosen: domain of what may hang on an entry or on a customer of no show
        """
        model = self.with_context(active_test=False).env
        found = {name: model[name].search(chosen) for name in ("expo.sample", "expo.visit", "expo.complaint")}
        found["expo.progress.report"] = model["expo.progress.report"].search(of_entries)
        found["expo.abc.change"] = model["expo.abc.change"].search(
            [("partner_id", "in", files.partner_id.ids), ("company_id", "=", self.env.company.id)]
        )
        for name, above in (
            ("expo.sample.line", "sample_id"),
            ("expo.visit.person", "visit_id"),
            ("expo.visit.item", "visit_id"),
            ("expo.complaint.event", "complaint_id"),
            ("expo.complaint.line", "complaint_id"),
            ("expo.complaint.demand", "complaint_id"),
            ("expo.complaint.remedy", "complaint_id"),
            ("expo.complaint.review", "complaint_id"),
            ("expo.complaint.clock", "complaint_id"),
            ("expo.complaint.evidence", "complaint_id"),
        ):
            owners = found[model[name]._fields[above].comodel_name]
            found[name] = model[name].search([(above, "in", owners.ids)])
        is_of_show = chosen is of_entries
        # Of all files: also mails that are held, or that a machine wrote.
        of_complaints = [("complaint_id", "in", found["expo.complaint"].ids)]
        found["expo.complaint.mail"] = model["expo.complaint.mail"].search(of_complaints if is_of_show else chosen)
        orders = [("order_id.expo_participation_id", "in", of_entries[0][2])]
        found["expo.problem.notice"] = model["expo.problem.notice"].search(orders if is_of_show else chosen)
        return found

    @api.model
    def _get_partners(self, found):
        """Return the contacts that the selected rows name, with the companies above them."""
        partners = found["expo.exhibition"].organizer_id | found["expo.exhibition"].signatory_id
        for name in ("expo.customer.file", "expo.customer.person", "expo.participation", "expo.capture"):
            partners |= found[name].partner_id
        for name in ("expo.followup", "expo.sample", "expo.visit", "expo.complaint", "expo.abc.change"):
            partners |= found[name].partner_id
        partners |= found["expo.sample"].address_id
        above = partners.parent_id - partners
        while above:
            partners |= above
            above = above.parent_id - partners
        return partners._filtered_access("read")

    # -- keys --------------------------------------------------------------------------------------------

    @api.model
    def _get_keys(self, model, ids):
        """Return the key of each row by its id: that of the archive it came from, else its id and birth."""
        if not ids:
            return {}
        # The history of classes keeps its day only.
        birth = "create_date" if self.env[model]._log_access else "changed_on"
        self.env[model].flush_model([birth])
        table, column = SQL.identifier(self.env[model]._table), SQL.identifier(birth)
        rows = self.env.execute_query(SQL("SELECT id, %s FROM %s WHERE id IN %s", column, table, tuple(ids)))
        keys = {number: f"{number}-{born:%Y%m%d%H%M%S%f}" for number, born in rows}
        # Keys are no secret; only administrators may read external identifiers.
        kept = self.env["ir.model.data"].sudo().search_fetch(
            [("module", "=", KEY_MODULE), ("model", "=", model), ("res_id", "in", list(ids))], ["name", "res_id"]
        )  # fmt: skip
        return keys | {row.res_id: row.name.rpartition("__")[2] for row in kept}

    @api.model
    def _get_key_name(self, model, key):
        return f"{model.replace('.', '_')}__{key}"

    @api.model
    def _find_keys(self, model, keys):
        """Return the ids of rows that are here already, by key: restored earlier, or never gone."""
        if not keys:
            return {}
        # As above.
        names = [self._get_key_name(model, key) for key in keys]
        kept = self.env["ir.model.data"].sudo().search_fetch(
            [("module", "=", KEY_MODULE), ("model", "=", model), ("name", "in", names)], ["name", "res_id"]
        )  # fmt: skip
        numbers = {int(key.partition("-")[0]) for key in keys if key.partition("-")[0].isdecimal()}
        present = {key: number for number, key in self._get_keys(model, numbers).items()}
        found = {key: present[key] for key in keys if key in present}
        alive = set(self.env[model].browse(kept.mapped("res_id")).exists().ids)
        return found | {row.name.rpartition("__")[2]: row.res_id for row in kept if row.res_id in alive}

    @api.model
    def _get_natural_key(self, record):
        """Return what another database knows a row by: the name in data files, else what NATURAL_KEYS says."""
        name, day = NATURAL_KEYS[record._name], NATURAL_DAYS.get(record._name)
        if record._name.startswith("mail.activity") and (xmlid := record.get_external_id().get(record.id)):
            return xmlid
        key = str(record.with_context(lang="en_US")[name] or "") if name else ""
        return f"{key} {fields.Date.to_string(record[day]) or ''}" if key and day else key

    # -- cells -------------------------------------------------------------------------------------------

    @api.model
    def _iterate_rows(self, register, ids, keys, natural):
        """Yield key and cells of each row, a batch in memory at a time.

        :param dict keys: keys by id, per model; rows that are not part of the archive are left out of references
        :param dict natural: cache of natural keys, filled on the way
        """
        columns = self._get_columns(register)
        names = [field.name for field in columns]
        for batch in split_every(BATCH_SIZE, ids):
            records = self.env[register.model].with_context(lang="en_US", active_test=False).browse(batch)
            records.fetch([name for name in names if records._fields[name].store])
            for record in records:
                cells = [self._to_cell(record, field, keys, natural) for field in columns]
                yield keys[register.model][record.id], cells
            self.env.invalidate_all()

    @api.model
    def _to_cell(self, record, field, keys, natural):
        value = record[field.name]
        if field.type in ("many2one", "many2many"):
            # What a user may read of a row includes what it refers to.
            return "\n".join(filter(None, (self._to_key(one, keys, natural) for one in value.sudo()))) or None
        if field.type == "boolean" or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        return str(value) if field.type == "html" and value else value or None

    @api.model
    def _to_key(self, record, keys, natural):
        if record._name in keys:
            return keys[record._name].get(record.id)
        cached = record._name, record.id
        if cached not in natural:
            natural[cached] = self._get_natural_key(record)
        return natural[cached]

    @api.model
    def _from_cell(self, field, cell):
        """Return the value that a cell of plain type stands for."""
        if field.type == "datetime" and cell:
            return fields.Datetime.to_datetime(str(cell).removesuffix("Z").replace("T", " "))
        if field.type == "date" and cell:
            return fields.Date.to_date(cell)
        if field.type in ("integer", "float", "monetary"):
            return cell or 0
        return bool(cell) if field.type == "boolean" else (str(cell) if cell is not None else False)
