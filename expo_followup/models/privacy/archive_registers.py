import io
import re
from collections import defaultdict
from typing import NamedTuple

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, html2plaintext, mute_logger, split_every

from ...tools.archive import ArchiveError
from ...tools.registers import RegisterReader, to_moment
from ..mixins.job import MAX_FAILURES, TO_RETRY
from ..mixins.record_keeping import get_declarations

BATCH_SIZE = 500
#: Where the keys of restored rows are kept, so that they keep their key for ever.
KEY_MODULE = "expo_archive"
# What belongs to this database, to its queue of work, or to models that the archive does not hold.
SKIPPED = frozenset(
    {"id", "create_uid", "create_date", "write_uid", "write_date", "company_id", "near_ids"}
    | {"sync_pending", "failure_count", "failure_reason", "is_parked"}
    | {"letter_attachment_ids", "message_main_attachment_id"}
)
SKIPPED_TYPES = frozenset({"one2many", "binary", "reference", "json", "properties"})
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
    "ir.model": "model",
    "mail.message.subtype": "name",
    "survey.survey": "title",
    "survey.question": "title",
    "survey.question.answer": "value",
}
#: Of these the name in data files is looked for first.
KNOWN_BY_XMLID = ("mail.activity", "mail.message.subtype", "survey.")
#: Numbers begin anew in a new database: documents are the same when their day is, too.
NATURAL_DAYS = {"sale.order": "date_order", "account.move": "invoice_date"}


class Register(NamedTuple):
    """One sheet of the archive; without ``names`` it holds all stored facts of its model.

    :param match: rows that are here already with the same value of it are the ones meant
    :param needs: what a row refers to that must be here; without it the row is left out
    :param is_attached: its rows hang on others of the archive, and are read as these are: who may read a customer may
        read the conversation with it
    """

    sheet: str
    model: str
    names: tuple = ()
    match: str = ""
    needs: str = ""
    is_attached: bool = False


# Of Odoo's own models; they come first, as ours refer to them. Ours say it themselves: `_record_keeping`.
CORE_REGISTERS = (
    Register("products", "product.product", ("name", "default_code", "active"), "default_code"),
    Register(
        "contacts", "res.partner",
        (
            "name", "parent_id", "is_company", "type", "function", "email", "phone", "website", "street", "street2",
            "zip", "city", "state_id", "country_id", "vat", "company_registry", "lang", "ref", "comment", "active",
            "expo_foreign_notes", "category_id", "industry_id",
        ),
    ),
)  # fmt: skip
# They come last, as they hang on ours.
ATTACHED_REGISTERS = (
    Register("messages", "mail.message", (
        "model", "res_id", "date", "message_type", "subtype_id", "author_id", "email_from", "subject", "body",
        "is_internal", "message_id",
    ), needs="res_id", is_attached=True),
    Register("ratings", "rating.rating", (
        "res_model", "res_model_id", "res_id", "partner_id", "message_id", "rating", "feedback", "consumed",
    ), needs="res_id", is_attached=True),
    Register("feedback_forms", "survey.user_input", (
        "survey_id", "expo_participation_id", "partner_id", "email", "nickname", "state", "start_datetime",
        "end_datetime",
    ), needs="survey_id", is_attached=True),
    Register("feedback_answers", "survey.user_input.line", (
        "user_input_id", "question_id", "skipped", "answer_type", "value_char_box", "value_text_box",
        "value_numerical_box", "value_scale", "value_date", "value_datetime", "suggested_answer_id", "matrix_row_id",
    ), needs="question_id", is_attached=True),
)  # fmt: skip
#: Models that had another name when an archive was made.
RENAMED = {"expo.complaint.mail": "expo.incoming.mail"}
_KEY = re.compile(r"\d{1,10}-\d{8,20}")
# What a row that was changed by hand can cause.
BAD_ROW = (ArithmeticError, AttributeError, LookupError, TypeError, UserError, ValueError, psycopg2.Error)
KNOWN = frozenset(NATURAL_KEYS) | {register.model for register in CORE_REGISTERS}
ATTACHMENT_COLUMNS = ("record", "res_model", "res_field", "name", "mimetype", "description", "url", "path", "message")
# Letters and reminders are not the restored database's to send: it may be a copy.
QUIETLY = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "no_vat_validation": True,
    "active_test": False,
}


class _Lookup:
    """The ids that keys stand for in this database, and what was not found."""

    def __init__(self, env, rows):
        self.env = env
        self.rows = rows
        self.ids = defaultdict(dict)
        self.natural = set()
        self.missing = set()
        self.left_out = []

    def get_value(self, registers, field, row):
        """Return the value of a cell for :meth:`create`; references that lead nowhere are noted and left empty.

        :param dict row: the cells of the row by the names of their fields
        """
        cell = row[field.name]
        if field.type == "many2one_reference":
            model = RENAMED.get(row.get(field.model_field), row.get(field.model_field))
            return (cell and model in self.rows and self._find(model, str(cell))) or 0
        if field.type in ("many2one", "many2many"):
            ids = [self._find(field.comodel_name, key) for key in str(cell).split("\n")] if cell else []
            found = list(filter(None, ids))
            return [Command.set(found)] if field.type == "many2many" else found[0] if found else False
        value = registers._from_cell(field, cell)
        if field.name in ("model", "res_model"):
            value = RENAMED.get(value, value)
        if field.type == "selection" and value and value not in field.get_values(self.env):
            self.missing.add(f"{field.string}: {value}")
            return False
        return value

    def _find(self, model, key):
        known = self.ids[model]
        if key not in known and model not in self.rows and model not in self.natural:
            self.natural.add(model)
            known.update(self._find_natural(model))
        if not known.get(key):
            self.missing.add(f"{self.env[model]._description}: {key}")
        return known.get(key)

    def _find_natural(self, model):
        """Return the ids of all rows of another model that the archive refers to, by key; of one's own company."""
        keys = {
            key
            for name, rows in self.rows.items()
            for field in self.env[name]._fields.values()
            if field.comodel_name == model
            for row in rows.values()
            for key in str(row.get(field.name) or "").split("\n")
        }
        found = {}
        records = self.env[model].with_context(lang="en_US")
        if model.startswith(KNOWN_BY_XMLID):
            for key in filter(lambda key: "." in key, keys):
                record = self.env.ref(key, raise_if_not_found=False)
                found[key] = record.id if record and record._name == model else False
        if name := NATURAL_KEYS.get(model):
            values = [key.rpartition(" ")[0] for key in keys] if model in NATURAL_DAYS else list(keys)
            domain = fields.Domain(name, "in", values)
            if "company_id" in records._fields and model != "res.users":
                domain &= fields.Domain("company_id", "in", (False, self.env.company.id))
            registers, by_name = self.env["expo.archive.registers"], model.startswith(KNOWN_BY_XMLID)
            by_key = records.search(domain).grouped(name if by_name else registers._get_natural_key)
            found |= {key: same.id for key, same in by_key.items() if len(same) == 1 and key not in found}
        return found


class ExpoArchiveRegisters(models.AbstractModel):
    """What an archive holds of each model, by which keys rows refer to each other, and how they become cells."""

    _name = "expo.archive.registers"
    _description = "Tables of a Backup"

    @api.model
    def _get_registers(self):
        """Return the sheets of an archive, in the order in which their models refer to each other."""
        declared = get_declarations(self.env, "archive", "archive_order").items()
        own = (Register(kept.archive, name, (), kept.archive_match, kept.archive_needs) for name, kept in declared)
        return (*CORE_REGISTERS, *own, *ATTACHED_REGISTERS)

    @api.model
    def _get_columns(self, register):
        """Return the fields of a register that the user may read."""
        model = self.env[register.model].sudo(register.is_attached)
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
        keeping = field.comodel_name and getattr(self.env[field.comodel_name], "_record_keeping", None)
        known = not field.comodel_name or field.comodel_name in KNOWN or (keeping and keeping.archive)
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

        Only what the user may see: every search runs under the user's record rules.
        """
        model = self.with_context(active_test=False).env
        own = [("company_id", "=", self.env.company.id)]
        of_show = [("exhibition_id", "=", show.id)] if show else own
        entries = model["expo.participation"].search(of_show, order="id")
        files = entries.file_id._filtered_access("read") if show else model["expo.customer.file"].search(own)
        of_entries = [("participation_id", "in", entries.ids)]
        found = {
            "expo.exhibition": show or model["expo.exhibition"].search(own),
            "expo.customer.file": files,
            "expo.participation": entries,
            "expo.capture": model["expo.capture"].search(of_show),
            "expo.followup": model["expo.followup"].search(of_entries if show else own),
        }
        found |= self._select_work(files, of_entries, of_entries if show else own)
        for name, kept in get_declarations(self.env, "archive_parent", "archive_order").items():
            above = found[model[name]._fields[kept.archive_parent].comodel_name]
            found[name] = model[name].search([(kept.archive_parent, "in", above.ids)])
        found["res.partner"] = self._get_partners(found)
        found["product.product"] = self._get_named(found, "product.product")._filtered_access("read")
        if show:
            found["expo.incoming.mail"] |= model["expo.incoming.mail"].search(self._get_mail_domain(found))
        found |= self._select_attached(found)
        return {name: sorted(records.ids) for name, records in found.items()}

    @api.model
    def _select_work(self, files, of_entries, chosen):
        """Return what was done for the customers, by model: samples, visits, classes, complaints.

        :param list of_entries: domain of what hangs on an entry
        :param list chosen: domain of what may hang on an entry or on a customer of no show
        """
        model = self.with_context(active_test=False).env
        found = {name: model[name].search(chosen) for name in ("expo.sample", "expo.visit", "expo.complaint")}
        found["expo.abc.change"] = model["expo.abc.change"].search(
            [("partner_id", "in", files.partner_id.ids), ("company_id", "=", self.env.company.id)]
        )
        is_of_show = chosen is of_entries
        # Of all files: also mails that are held, or that a machine wrote.
        of_complaints = [("complaint_id", "in", found["expo.complaint"].ids)]
        found["expo.incoming.mail"] = model["expo.incoming.mail"].search(of_complaints if is_of_show else chosen)
        orders = [("order_id.expo_participation_id", "in", of_entries[0][2])]
        found["expo.problem.notice"] = model["expo.problem.notice"].search(orders if is_of_show else chosen)
        return found

    @api.model
    def _get_mail_domain(self, found):
        ids = self._get_chatter_ids(found)
        return Domain.OR(Domain("res_model", "=", name) & Domain("res_id", "in", some) for name, some in ids.items())

    @api.model
    def _select_attached(self, found):
        """Return what hangs on the selected rows, by model: their chatter, ratings, and forms with the answers."""
        # In sudo: users who may read a customer may read what was written to it, and what it has answered.
        model = self.sudo().with_context(active_test=False).env
        ids = self._get_chatter_ids(found)
        messages = Domain.OR(Domain("model", "=", name) & Domain("res_id", "in", some) for name, some in ids.items())
        ratings = Domain.OR(Domain("res_model", "=", name) & Domain("res_id", "in", some) for name, some in ids.items())
        forms = model["survey.user_input"].search([("expo_participation_id", "in", found["expo.participation"].ids)])
        return {
            # Of notices to single users nothing is left to be told.
            "mail.message": model["mail.message"].search(messages & Domain("message_type", "!=", "user_notification")),
            "rating.rating": model["rating.rating"].search(ratings & Domain("consumed", "=", True)),
            "survey.user_input": forms,
            "survey.user_input.line": forms.user_input_line_ids,
        }

    @api.model
    def _get_chatter_ids(self, found):
        """Return the ids of the selected rows with a chatter, by model; of contacts those of customers."""
        people = found["expo.participation"].partner_id | found["expo.customer.file"].partner_id
        customers = people | people.commercial_partner_id | found["expo.customer.person"].partner_id
        with_chatter = {name: records for name, records in found.items() if "message_ids" in records._fields}
        return {
            name: (records & customers if name == "res.partner" else records).ids
            for name, records in with_chatter.items()
            if name != "product.product"
        }

    @api.model
    def _get_partners(self, found):
        """Return the contacts that the selected rows name, with the companies above them."""
        partners = self._get_named(found, "res.partner")
        above = partners.parent_id - partners
        while above:
            partners |= above
            above = above.parent_id - partners
        return partners._filtered_access("read")

    @api.model
    def _get_named(self, found, comodel):
        """Return the records of another model that the archived fields of the selected rows name."""
        named = self.with_context(active_test=False).env[comodel]
        for register in self._get_registers():
            if not register.names:
                for field in self._get_columns(register):
                    if field.comodel_name == comodel:
                        named |= found[register.model][field.name]
        return named

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
        kept = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("module", "=", KEY_MODULE), ("model", "=", model), ("res_id", "in", list(ids))], ["name", "res_id"]
            )
        )
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
        kept = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("module", "=", KEY_MODULE), ("model", "=", model), ("name", "in", names)], ["name", "res_id"]
            )
        )
        numbers = {int(key.partition("-")[0]) for key in keys if key.partition("-")[0].isdecimal()}
        present = {key: number for number, key in self._get_keys(model, numbers).items()}
        found = {key: present[key] for key in keys if key in present}
        alive = set(self.env[model].browse(kept.mapped("res_id")).exists().ids)
        return found | {row.name.rpartition("__")[2]: row.res_id for row in kept if row.res_id in alive}

    @api.model
    def _get_natural_key(self, record):
        """Return what another database knows a row by: the name in data files, else what NATURAL_KEYS says."""
        name, day = NATURAL_KEYS[record._name], NATURAL_DAYS.get(record._name)
        if record._name.startswith(KNOWN_BY_XMLID) and (xmlid := record.get_external_id().get(record.id)):
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
            model = self.env[register.model].sudo(register.is_attached or self.env.su)
            records = model.with_context(lang="en_US", active_test=False).browse(batch)
            records.fetch([name for name in names if records._fields[name].store])
            for record in records:
                cells = [self._to_cell(record, field, keys, natural) for field in columns]
                yield keys[register.model][record.id], cells
            self.env.invalidate_all()

    @api.model
    def _to_cell(self, record, field, keys, natural):
        value = record[field.name]
        if field.type == "many2one_reference":
            return keys.get(record[field.model_field], {}).get(value)
        if record._name == "mail.message" and field.name == "body":
            value += self._get_tracked_text(record)
        if field.type in ("many2one", "many2many"):
            # What a user may read of a row includes what it refers to.
            return "\n".join(filter(None, (self._to_key(one, keys, natural) for one in value.sudo()))) or None
        if field.type == "boolean" or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        return str(value) if field.type == "html" and value else value or None

    @api.model
    def _get_tracked_text(self, message):
        """Return as text what a message says of changed fields, whose values belong to this database."""
        lines = [
            Markup("<li>%s: %s → %s</li>")
            % (row["fieldInfo"]["changedField"], row["oldValue"] or "-", row["newValue"] or "-")
            for row in message.tracking_value_ids._tracking_value_format()
        ]
        return Markup("<ul>%s</ul>") % Markup().join(lines) if lines else Markup()

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
            return to_moment(str(cell))
        if field.type == "date" and cell:
            return fields.Date.to_date(cell)
        if field.type in ("integer", "float", "monetary"):
            return cell or 0
        return bool(cell) if field.type == "boolean" else (str(cell) if cell is not None else False)

    # -- restoring: checked first, then created in order

    @api.model
    def _read_rows(self, reader):
        """Return all rows of an archive: for each model a dict of key → dict of field → cell.

        :raises ArchiveError: when sheets, columns or keys are not what the manifest says
        """
        rows = {}
        listed, texts = reader.manifest.get("registers") or {}, reader.manifest.get("texts") or {}
        with RegisterReader(io.BytesIO(reader.content("registers.xlsx"))) as book:
            for sheet, entry in listed.items():
                columns = entry["columns"]
                found = {}
                for key, *cells in book.rows(sheet):
                    if not _KEY.fullmatch(str(key)) or key in found or len(cells) != len(columns):
                        raise ArchiveError("bad_register", sheet)
                    row = dict(zip(columns, cells, strict=True))
                    for name, path in texts.get(sheet, {}).get(key, {}).items():
                        row[name] = reader.content(path).decode()
                    found[key] = row
                if len(found) != entry["rows"]:
                    raise ArchiveError("bad_register", sheet)
                rows[RENAMED.get(entry["model"], entry["model"])] = found
        return rows

    @api.model
    def _restore_rows(self, rows):
        """Create what is not here yet; facts and history as the archive says. In sudo: see the wizard.

        :return: per sheet how many were created, and what could not be kept, as texts
        """
        self = self.sudo().with_context(**QUIETLY)  # noqa: PLW0642
        lookup = _Lookup(self.env, rows)
        created = {}
        registers = self._get_registers()
        for register in registers:
            todo = self._keep_columns(register, rows.get(register.model, {}))
            lookup.ids[register.model].update(self._find_keys(register.model, list(todo)))
            if register.match:
                self._match_rows(register, todo, lookup)
            new = {key: row for key, row in todo.items() if key not in lookup.ids[register.model]}
            if register.needs:
                field = self.env[register.model]._fields[register.needs]
                found = {key: row for key, row in new.items() if lookup.get_value(self, field, row)}
                lookup.left_out += [(register.sheet, _get_title(key, new[key])) for key in new.keys() - found.keys()]
                new = found
            created[register.sheet] = self._create_rows(register, new, lookup)
        for register in registers:
            self._write_facts(register, created[register.sheet], lookup)
        self.env.invalidate_all()
        self.env["expo.complaint"].browse(created.get("complaints", ()))._settle_restored()
        return {sheet: len(keys) for sheet, keys in created.items()}, lookup

    def _keep_columns(self, register, rows):
        """Return the rows with the columns that an archive may have: another one was put there by hand."""
        names = {field.name for field in self._get_columns(register)}
        return {key: {name: cell for name, cell in row.items() if name in names} for key, row in rows.items()}

    def _guard_rows(self, register, rows, ids, act):
        """Do something with rows, and name the one that it fails with.

        :param dict rows: the cells of each row by its key, or by its id
        :param list ids: of the rows that ``act`` takes, as a list
        :raises ArchiveError: the caller undoes all
        """
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return act(ids)
        except TO_RETRY:
            raise
        except BAD_ROW as error:
            if len(ids) == 1:
                reason = f": {error.args[0]}" if isinstance(error, UserError) else ""
                raise ArchiveError(
                    "bad_row", f"{register.sheet}: {_get_title(ids[0], rows[ids[0]])}{reason}"
                ) from error
        for one in ids:
            self._guard_rows(register, rows, [one], act)
        raise ArchiveError("bad_row", register.sheet)

    def _match_rows(self, register, todo, lookup):
        """Take rows that are here already under the same code for the ones meant."""
        codes = {row.get(register.match): key for key, row in todo.items() if row.get(register.match)}
        for record in self.env[register.model].search([(register.match, "in", list(codes))]):
            lookup.ids[register.model].setdefault(codes[record[register.match]], record.id)

    def _create_rows(self, register, rows, lookup):
        """Create records, those above before those below; return the new rows by id."""
        created = {}
        level = [key for key, row in rows.items() if row.get("parent_id") not in rows]
        while level:
            for keys in split_every(BATCH_SIZE, level, list):
                records = self._guard_rows(
                    register,
                    rows,
                    keys,
                    lambda keys: self.env[register.model].create(
                        [self._get_values(register, rows[key], lookup) for key in keys]
                    ),
                )
                lookup.ids[register.model].update(zip(keys, records.ids, strict=True))
                created.update(zip(records.ids, (rows[key] for key in keys), strict=True))
                self._keep_keys(register.model, keys, records)
                self._drop_automatic(register, records)
            done = set(level)
            level = [key for key, row in rows.items() if row.get("parent_id") in done and key not in done]
        return created

    def _keep_keys(self, model, keys, records):
        self.env["ir.model.data"].create(
            [
                {
                    "module": KEY_MODULE,
                    "name": self._get_key_name(model, key),
                    "model": model,
                    "res_id": record.id,
                    "noupdate": True,
                }
                for key, record in zip(keys, records, strict=True)
            ]
        )

    def _drop_automatic(self, register, records):
        """Drop what was noted by itself on creation: the archive brings the true history."""
        for name, declared in get_declarations(self.env, "automatic").items():
            if self.env[name]._fields[declared.archive_parent].comodel_name == register.model:
                self.env[name].search([(declared.archive_parent, "in", records.ids)]).unlink()
        if register.model == "expo.participation":
            kept = (
                self.env["ir.model.data"]
                .search([("module", "=", KEY_MODULE), ("model", "=", "expo.customer.person")])
                .mapped("res_id")
            )
            records.file_id.person_ids.filtered(lambda person: person.id not in kept).unlink()
        elif register.model == "expo.complaint":
            records._drop_history()

    def _get_values(self, register, row, lookup):
        """Return the values to create a record with; what is derived follows, see :meth:`_write_facts`."""
        model = self.env[register.model]
        values = {}
        for name in row:
            field = model._fields.get(name)
            # Which of its own kind a row refers to is written when all are there; above is always there.
            apart = field and field.comodel_name == register.model and name != "parent_id"
            if field and not apart and not (field.compute and field.readonly):
                values[name] = lookup.get_value(self, field, row)
        if "company_id" in model._fields and not model._fields["company_id"].related and not register.names:
            values["company_id"] = self.env.company.id
        if register.model == "expo.exhibition":
            # As long as it is in preparation nothing is planned for its customers.
            values["state"] = "preparation"
        return {name: value for name, value in values.items() if value or name in ("active", "type")}

    def _write_facts(self, register, created, lookup):
        """Make stored facts what the archive says, derived ones included, without planning or notifying."""
        model = self.env[register.model]
        names = [
            name for name, field in model._fields.items() if field.store and field.column_type and not field.translate
        ]

        def write(ids):
            records = model.browse(ids)
            self.env.flush_all()
            changed, updates = [], []
            for record in records:
                update = {}
                for name in names:
                    field = model._fields[name]
                    if name in created[record.id] and not field.company_dependent:
                        value = lookup.get_value(self, field, created[record.id])
                        if (field.convert_to_write(record[name], record) or False) != (value or False):
                            update[name] = field.convert_to_column(value, record)
                if register.model == "expo.participation" and record.sync_pending:
                    update["sync_pending"] = False
                if update:
                    changed.append(record.id)
                    updates.append(update)
            # Below the ORM's own writing: a salesperson, a state or a day restored is no decision of today.
            model.browse(changed)._write_multi(updates)
            records.invalidate_recordset()

        for ids in split_every(BATCH_SIZE, sorted(created), list):
            self._guard_rows(register, created, ids, write)

    @api.model
    def _settle_open_touches(self, rows, today):
        """Close, in the rows, what must not happen again in a restored database: the copy may not be the only one.

        Letters that had not left are skipped: they are sent from the original or by hand; and so are
        follow-ups whose day has passed. What is planned for later stays planned, and opens on its day.

        :return: how many were skipped
        """
        skipped = 0
        todo = rows.get("expo.followup", {})
        here = self._find_keys("expo.followup", list(todo))
        for key, row in todo.items():
            if key in here or row.get("state") not in ("planned", "due", "failed"):
                continue
            last = row.get("deadline") or row.get("window_start")
            if row.get("is_letter") or (last and last < today.isoformat()):
                row |= {"state": "skipped", "done_on": f"{fields.Datetime.now().isoformat()}Z"}
                row |= {"mail_state": None, "claimed_on": None, "auto_send": False}
                skipped += 1
            else:
                row["state"] = "planned"
        return skipped

    # -- restoring complaints

    @api.model
    def _settle_mails(self, rows):
        """Hold, in the rows, mails that would be handled or answered: the database that they come from does so, too.

        A mail that is received again here is known again: its key begins with the company that it is received for.
        """
        for row in rows.get("expo.incoming.mail", {}).values():
            for name in ("key", "first_key"):
                if row.get(name):
                    row[name] = f"{self.env.company.id}-{str(row[name]).partition('-')[2]}"
            if row.get("state") == "waiting":
                reason = self.env._("The mail had not been processed when the backup was made.")
                row |= {"state": "quarantined", "reason_kind": "error", "reason": reason}
            if row.get("state") == "quarantined":
                # A person may take it up; the scheduled action does not.
                row["failure_count"] = MAX_FAILURES
            if row.get("ack_state") == "due":
                row["ack_state"] = "skipped"

    @api.model
    def _is_damaged(self, attachment, sha256):
        """Tell whether a file of evidence is not what came: its store has lost or changed it."""
        if attachment.res_model != "expo.complaint.evidence":
            return False
        # In sudo: the checksum of evidence that the user may read, which is where the file comes from.
        return self.env["expo.complaint.evidence"].sudo().browse(attachment.res_id).checksum != sha256

    @api.model
    def _keep_evidence(self, attachments):
        """Let evidence know its restored files."""
        # In sudo: facts of a file, which are as in the archive.
        rows = self.env["expo.complaint.evidence"].sudo()
        for file in attachments.filtered(lambda file: file.res_model == rows._name):
            rows.browse(file.res_id).attachment_id = file


def _get_title(key, row):
    """Return what a user knows a row by."""
    title = next(filter(None, (row.get(name) for name in ("name", "subject", "email", "text", "body"))), key)
    return html2plaintext(str(title)).strip()[:80]
