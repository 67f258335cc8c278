import hashlib
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from ...models.mixins.record_keeping import get_declarations, get_file_fields
from ...models.privacy.archive_registers import ATTACHMENT_COLUMNS, BATCH_SIZE
from ...tools.archive import CHUNK, ArchiveWriter, file_name
from ...tools.registers import LONGEST, RegisterWriter

#: Cards in one PDF.
CARDS = 100


class ExpoArchiveExport(models.TransientModel):
    """Take customer files out of the house: of one show, or all of the company, as one ZIP that proves it is whole.

    For file managers and managers, who say why; every export is logged before the file is handed out.
    """

    _name = "expo.archive.export"
    _description = "Export a backup"
    _inherit = ["expo.linked.records"]

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    exhibition_id = fields.Many2one(
        "expo.exhibition",
        domain="[('company_id', '=', company_id)]",
        help="Exhibition whose customer files are exported; empty means all files of the company.",
    )
    reason = fields.Char("Purpose", required=True)
    with_cards = fields.Boolean(
        "Customer Cards as PDF", help="Adds the customer cards as PDF, which takes about one second for ten customers."
    )
    with_vcards = fields.Boolean("Electronic Cards", default=True)
    with_attachments = fields.Boolean("Attachments and Photos", default=True)
    left_out = fields.Text("Not in the Backup", compute="_compute_left_out")

    @api.depends("exhibition_id")
    def _compute_left_out(self):
        """Name what a restored database would lack."""
        models = {
            name
            for name, model in self.env.items()
            if name.startswith("expo.")
            and model._auto
            and not (model._abstract or model._transient or model._record_keeping.archive)
        }
        # The rows of an import go without saying.
        parts = {
            name
            for name in models
            for field in self.env[name]._fields.values()
            if field.type == "many2one" and field.required and field.ondelete == "cascade"
            if field.comodel_name in models
        }
        # In sudo: names of models are no secret.
        names = self.env["ir.model"].sudo().search([("model", "in", [*models - parts])]).mapped("name")
        others = self.env._(
            "Settings, users, product prices, quotations, orders, invoices, opportunities, calendar events, "
            "activities, and letters waiting to be sent"
        )
        self.left_out = f"{', '.join(sorted(names))}\n{others}"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_export()
        exports = super().create(vals_list)
        exports.exhibition_id.check_access("read")
        return exports

    @api.model
    def _check_may_export(self):
        """Only file managers of customer files and managers export them (issue: confidential).

        :raises AccessError:
        """
        if not self.env["expo.customer.file"]._is_keeper():
            raise AccessError(
                self.env._(
                    "You cannot export customer files because you are neither a file manager nor a sales "
                    "manager. Ask one of them."
                )
            )

    def action_export(self):
        """Download the archive."""
        self.ensure_one()
        self._check_may_export()
        if not (self.reason or "").strip():
            raise UserError(self.env._("You cannot export because Purpose is empty. Enter the purpose; it is logged."))
        return {"type": "ir.actions.act_url", "url": f"/expo/archive/{self.id}", "target": "new", "close": True}

    @api.private
    def _build(self, target):
        """Write the archive into a file object and log it; what the user may not see is not in it.

        Batched: memory does not grow with the number of files, but for ids and keys.

        :return: the entry of the log
        """
        self.ensure_one()
        self._check_may_export()
        self = self.with_company(self.company_id).with_context(allowed_company_ids=self.company_id.ids)  # noqa: PLW0642
        show = self.exhibition_id
        show.check_access("read")
        selected = self.env["expo.archive.registers"]._select(show)
        scope = show.display_name or self.env._("All files")
        about = {
            "created_on": f"{fields.Datetime.now().isoformat()}Z",
            "created_by": self.env.user.login,
            "company": self.company_id.name,
            "scope": scope,
            "registers": {},
            "texts": {},
            "damaged": [],
        }
        with ArchiveWriter(target, about) as writer:
            attachments = self._add_registers(writer, selected)
            if self.with_attachments:
                self._add_attachments(writer, attachments)
            if self.with_vcards:
                self._add_vcards(writer, selected["expo.customer.file"])
            if self.with_cards:
                self._add_cards(writer, selected["expo.customer.file"])
        counts = {sheet: entry["rows"] for sheet, entry in writer.about["registers"].items()}
        return self.env["expo.archive"]._log(
            kind="export",
            scope=scope,
            reason=self.reason,
            contents="\n".join(
                [
                    *(f"{sheet}: {count}" for sheet, count in counts.items()),
                    *(self.env._("Differs from the original: %s", path) for path in writer.about["damaged"]),
                ]
            ),
            **_measure(target),
        )

    def _add_registers(self, writer, selected):
        """Add the workbook; return where the attachments go, by id."""
        registers = self.env["expo.archive.registers"]
        sheets = registers._get_registers()
        keys = {register.model: registers._get_keys(register.model, selected[register.model]) for register in sheets}
        natural, paths = {}, {}
        with tempfile.TemporaryFile() as book:
            with RegisterWriter(book) as workbook:
                for register in sheets:
                    columns = registers._get_columns(register)
                    rows = registers._iterate_rows(register, selected[register.model], keys, natural)
                    names = [field.name for field in columns]
                    self._add_register(writer, workbook, register, names, rows)
                if self.with_attachments:
                    rows = self._iterate_attachments(selected, keys, paths)
                    self._add_sheet(writer, workbook, "attachments", "ir.attachment", ATTACHMENT_COLUMNS, rows)
            book.seek(0)
            writer.add("registers.xlsx", book)
        return paths

    def _add_register(self, writer, workbook, register, names, rows):
        labels = self.env[register.model].sudo(register.is_attached).fields_get(names, ["string"])
        headings = [labels[name]["string"] for name in names]
        self._add_sheet(writer, workbook, register.sheet, register.model, names, rows, headings)

    def _add_sheet(self, writer, workbook, sheet, model, names, rows, headings=None):
        """Add one sheet; texts that no cell can hold become files of their own."""
        workbook.begin(sheet, [self.env._("Key"), *(headings or names)])
        count = 0
        for key, cells in rows:
            for number, cell in enumerate(cells):
                if isinstance(cell, str) and len(cell) > LONGEST // 8:
                    path = writer.add(f"texts/{sheet}/{key}-{names[number]}.txt", cell.encode())
                    writer.about["texts"].setdefault(sheet, {}).setdefault(key, {})[names[number]] = path
                    cells[number] = f"{cell[:200]}…"
            workbook.row([key, *cells])
            count += 1
        writer.about["registers"][sheet] = {"model": model, "columns": list(names), "rows": count}

    def _iterate_attachments(self, selected, keys, paths):
        """Yield the rows of the register of attachments; note in ``paths`` where their content goes."""
        registers = self.env["expo.archive.registers"]
        with_files = {model: selected[model] for model in get_declarations(self.env, "attachments", "archive_order")}
        records = {model: self.env[model].browse(ids) for model, ids in selected.items()}
        with_files["res.partner"] = registers._get_chatter_ids(records)["res.partner"]
        for model, chosen in with_files.items():
            for ids in split_every(BATCH_SIZE, chosen):
                files = self._get_attachments(model, ids)
                own = registers._get_keys("ir.attachment", files.ids)
                messages = self._get_messages(files, keys)
                for file in files:
                    key = own[file.id]
                    if file.type == "binary":
                        paths[file.id] = f"attachments/{key}/{file_name(file.name)}"
                    facts = [file[name] or None for name in ATTACHMENT_COLUMNS[1:-2]]
                    yield key, [keys[model][file.res_id], *facts, paths.get(file.id), messages.get(file)]

    def _get_messages(self, files, keys):
        """Return the keys of the messages that files came with, by file."""
        # In sudo: messages of records that the user may read.
        messages = (
            self.env["mail.message"].sudo().search_fetch([("attachment_ids", "in", files.ids)], ["attachment_ids"])
        )
        known = keys["mail.message"]
        return {
            file: known[message.id] for message in messages if message.id in known for file in message.attachment_ids
        }

    def _get_attachments(self, model, ids):
        names = [False] if model == "res.partner" else [False, *get_file_fields(self.env[model])]
        # In sudo: files and pictures of records that the user may read, which is where the ids come from.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", model), ("res_id", "in", ids), ("res_field", "in", names)], order="id")
        )

    def _add_attachments(self, writer, paths):
        for number, path in paths.items():
            # As above; one content in memory at a time.
            attachment = self.env["ir.attachment"].sudo().browse(number)
            writer.add(path, attachment.raw or b"")
            if self.env["expo.archive.registers"]._is_damaged(attachment, writer.files[path]["sha256"]):
                writer.about["damaged"].append(path)
            self.env.invalidate_all()

    def _add_vcards(self, writer, ids):
        with tempfile.TemporaryFile() as cards:
            for batch in split_every(BATCH_SIZE, ids):
                cards.write(self.env["expo.customer.file"].browse(batch)._get_vcards())
                self.env.invalidate_all()
            cards.seek(0)
            writer.add("customers.vcf", cards)

    def _add_cards(self, writer, ids):
        for number, batch in enumerate(split_every(CARDS, ids), 1):
            content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "expo_followup.report_customer_card", list(batch)
            )
            writer.add(f"cards/cards-{number:04d}.pdf", content)
            self.env.invalidate_all()


def _measure(target):
    """Return size and checksum of what a file object holds."""
    digest, size = hashlib.sha256(), 0
    target.seek(0)
    for chunk in iter(lambda: target.read(CHUNK), b""):
        digest.update(chunk)
        size += len(chunk)
    target.seek(0)
    return {"size": size / 1_000_000, "sha256": digest.hexdigest()}
