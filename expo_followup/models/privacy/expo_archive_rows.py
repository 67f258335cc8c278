import io
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import split_every

from ...tools.archive import ArchiveError
from ...tools.registers import RegisterReader
from .expo_archive_registers import BATCH_SIZE, KEY_MODULE, NATURAL_DAYS, NATURAL_KEYS, REGISTERS

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
# Written by the system when customers are created; what the archive says takes its place.
BY_THEMSELVES = ("expo.tier.change", "expo.owner.change", "expo.customer.person")


class ExpoArchiveRegisters(models.AbstractModel):
    """How the rows of an archive become records again: checked first, created in order, facts as they were."""

    _inherit = "expo.archive.registers"

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
                    if not isinstance(key, str) or key in found or len(cells) != len(columns):
                        raise ArchiveError("bad_register", sheet)
                    row = dict(zip(columns, cells, strict=True))
                    for name, path in texts.get(sheet, {}).get(key, {}).items():
                        row[name] = reader.content(path).decode()
                    found[key] = row
                if len(found) != entry["rows"]:
                    raise ArchiveError("bad_register", sheet)
                rows[entry["model"]] = found
        return rows

    @api.model
    def _restore_rows(self, rows):
        """Create what is not here yet; facts and history as the archive says. In sudo: see the wizard.

        :return: per sheet how many were created, and what could not be kept, as texts
        """
        self = self.sudo().with_context(**QUIETLY)  # noqa: PLW0642
        lookup = _Lookup(self.env, rows)
        created = {}
        for register in REGISTERS:
            todo = rows.get(register.model, {})
            lookup.ids[register.model].update(self._find_keys(register.model, list(todo)))
            if register.match:
                self._match_rows(register, todo, lookup)
            new = {key: row for key, row in todo.items() if key not in lookup.ids[register.model]}
            if register.needs:
                field = self.env[register.model]._fields[register.needs]
                new = {key: row for key, row in new.items() if lookup.get_value(self, register, field, row[field.name])}
            created[register.sheet] = self._create_rows(register, new, lookup)
        for register in REGISTERS:
            self._write_facts(register, created[register.sheet], lookup)
        self.env.invalidate_all()
        self.env["expo.complaint"].browse(created.get("complaints", ()))._settle_restored()
        return {sheet: len(keys) for sheet, keys in created.items()}, lookup

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
            for keys in split_every(BATCH_SIZE, level):
                values = [self._get_values(register, rows[key], lookup) for key in keys]
                records = self.env[register.model].create(values)
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
        if register.model == "expo.participation":
            records.tier_change_ids.unlink()
            records.owner_change_ids.unlink()
            kept = self.env["ir.model.data"].search(
                [("module", "=", KEY_MODULE), ("model", "=", "expo.customer.person")]
            ).mapped("res_id")  # fmt: skip
            records.file_id.person_ids.filtered(lambda person: person.id not in kept).unlink()
        elif register.model == "expo.visit":
            records.person_ids.unlink()
            records.item_ids.unlink()
        elif register.model == "expo.complaint":
            records._drop_history()
            records.clock_ids.unlink()

    def _get_values(self, register, row, lookup):
        """Return the values to create a record with; what is derived follows, see :meth:`_write_facts`."""
        model = self.env[register.model]
        values = {}
        for name, cell in row.items():
            field = model._fields.get(name)
            # Which of its own kind a row refers to is written when all are there; above is always there.
            apart = field and field.comodel_name == register.model and name != "parent_id"
            if field and not apart and not (field.compute and field.readonly):
                values[name] = lookup.get_value(self, register, field, cell)
        if "company_id" in model._fields and not model._fields["company_id"].related and not register.names:
            values["company_id"] = self.env.company.id
        if register.model == "expo.exhibition":
            # As long as it is in preparation nothing is planned for its customers.
            values["state"] = "preparation"
        return {name: value for name, value in values.items() if value or name in ("active", "type")}

    def _write_facts(self, register, created, lookup):
        """Make stored facts what the archive says, derived ones included, without planning or telling anybody."""
        model = self.env[register.model]
        names = [
            name for name, field in model._fields.items() if field.store and field.column_type and not field.translate
        ]
        for ids in split_every(BATCH_SIZE, sorted(created)):
            records = model.browse(ids)
            self.env.flush_all()
            changed, updates = [], []
            for record in records:
                update = {}
                for name in names:
                    field = model._fields[name]
                    if name in created[record.id] and not field.company_dependent:
                        value = lookup.get_value(self, register, field, created[record.id][name])
                        if (field.convert_to_write(record[name], record) or False) != (value or False):
                            update[name] = field.convert_to_column(value, record)
                if register.model == "expo.participation" and record.sync_pending:
                    update["sync_pending"] = False
                if update:
                    changed.append(record.id)
                    updates.append(update)
            # Below the ORM's own writing: an owner, a state or a day restored is no decision of today.
            model.browse(changed)._write_multi(updates)
            records.invalidate_recordset()

    @api.model
    def _settle_open_touches(self, rows, today):
        """Close, in the rows, what must not happen again in a restored database: the copy may not be the only one.

        Letters that had not left are skipped, whoever is to get one gets it from the original or by hand; and so are
        touches whose day has passed. What is planned for later stays planned, and opens on its day.

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


class _Lookup:
    """The ids that keys stand for in this database, and what was not found."""

    def __init__(self, env, rows):
        self.env = env
        self.rows = rows
        self.ids = defaultdict(dict)
        self.natural = set()
        self.missing = set()

    def get_value(self, registers, register, field, cell):
        """Return the value of a cell for :meth:`create`; references that lead nowhere are noted and left empty."""
        if field.type in ("many2one", "many2many"):
            ids = [self._find(field.comodel_name, key) for key in str(cell).split("\n")] if cell else []
            found = list(filter(None, ids))
            return [Command.set(found)] if field.type == "many2many" else found[0] if found else False
        value = registers._from_cell(field, cell)
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
        if model.startswith("mail.activity"):
            for key in filter(lambda key: "." in key, keys):
                record = self.env.ref(key, raise_if_not_found=False)
                found[key] = record.id if record and record._name == model else False
        if name := NATURAL_KEYS.get(model):
            values = [key.rpartition(" ")[0] for key in keys] if model in NATURAL_DAYS else list(keys)
            domain = fields.Domain(name, "in", values)
            if "company_id" in records._fields and model != "res.users":
                domain &= fields.Domain("company_id", "in", (False, self.env.company.id))
            registers, by_name = self.env["expo.archive.registers"], model.startswith("mail.activity")
            by_key = records.search(domain).grouped(name if by_name else registers._get_natural_key)
            found |= {key: same.id for key, same in by_key.items() if len(same) == 1 and key not in found}
        return found
