import base64
import io
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import headings, tables
from ...tools.registers import RegisterWriter
from ..mixins.job import run_step
from ..mixins.record_keeping import RecordKeeping
from ..mixins.steps import lock_or_refuse
from .importer import Importer

# Rows that are imported while the user waits, in one transaction; more of them go on behind.
AT_ONCE = 1000
#: What reading a file finds out about it.
READING_FIELDS = (
    "kind",
    "headings_key",
    "heading_row",
    "sheet_id",
    "encoding",
    "read_as",
    "is_doubtful",
    "skipped_text",
)
RESULTS = [
    ("created", "New customer"),
    ("updated", "Added to a known customer"),
    ("duplicate", "Already recorded"),
    ("rejected", "Rejected"),
]


ENCODINGS = [
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16", "Unicode (UTF-16)"),
    ("gb18030", "Simplified Chinese (GB18030)"),
    ("big5hkscs", "Traditional Chinese (Big5)"),
    ("cp932", "Japanese (Shift-JIS)"),
    ("euc_jp", "Japanese (EUC-JP)"),
    ("cp949", "Korean (EUC-KR)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp1257", "Baltic (Windows-1257)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1255", "Hebrew (Windows-1255)"),
    ("cp1256", "Arabic (Windows-1256)"),
    ("cp874", "Thai (Windows-874)"),
]


class ExpoImport(models.Model):
    """One list of contacts that comes home from a show: uploaded, its columns told, checked, imported.

    Checking is a dry run that writes no customer and says for every row what importing would do. Importing makes
    captured contacts of the rows and enters them. Each row has a key that depends on the show and its content:
    importing the same list again, or after a crash, changes nothing that is there. A real model and not a wizard:
    the mapping is remembered, and the result stays to look at.
    """

    _name = "expo.import"
    _description = "Import of a List"
    _inherit = ["expo.linked.records"]
    _order = "id desc"
    _rec_name = "filename"
    _record_keeping = RecordKeeping(
        personal="clear",
        cleared=("file", "skipped_text"),
        # Of the list as a whole: its name, the wording of consent, the columns that it had.
        no_personal={"filename", "consent_wording", "headings_key", "read_as"},
    )
    # What the user who imports chooses; everything else is read from the file or kept by the system.
    _user_fields = frozenset(
        {
            "exhibition_id",
            "file",
            "filename",
            "role",
            "tier_id",
            "owner",
            "contact_consent",
            "consent_wording",
            "column_ids",
            "sheet_id",
            "encoding",
            "heading_row",
        }
    )

    exhibition_id = fields.Many2one(
        "expo.exhibition",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["expo.capture"]._default_exhibition_id(),
    )
    company_id = fields.Many2one(related="exhibition_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Imported By",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    state = fields.Selection(
        [
            ("draft", "Upload"),
            ("mapping", "Match columns"),
            ("checked", "Checked"),
            ("importing", "Importing"),
            ("done", "Imported"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    file = fields.Binary(
        "List", required=True, copy=False, help="File to import: CSV, Excel (.xlsx) or business cards (.vcf)."
    )
    filename = fields.Char("File Name", default=lambda self: self.env._("List"))
    kind = fields.Selection([("csv", "CSV"), ("xlsx", "Excel"), ("vcf", "Business cards")], readonly=True, copy=False)
    role = fields.Selection([("exhibitor", "Exhibitor"), ("visitor", "Visitor")], default="visitor", required=True)
    tier_id = fields.Many2one(
        "expo.tier",
        "Intent Tier",
        ondelete="restrict",
        help="Tier for rows that do not state one; empty means the default tier of new customers.",
    )
    owner = fields.Selection(
        [("me", "Me"), ("nobody", "Not assigned yet, to be distributed")],
        "Salesperson",
        default="me",
        required=True,
    )
    contact_consent = fields.Selection(
        [("unknown", "Not asked"), ("granted", "Opted in"), ("refused", "Opted out")],
        "Consent",
        default="unknown",
        required=True,
    )
    consent_wording = fields.Text(help="Wording shown to the customers when consent was asked for.")
    column_ids = fields.One2many("expo.import.column", "import_id", "Columns", copy=False)
    headings_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    heading_row = fields.Integer(
        copy=False, help="Row of the file with the headings; rows above it are skipped; 0 means there are none."
    )
    sheet_ids = fields.One2many("expo.import.sheet", "import_id", "Sheets", readonly=True, copy=False)
    sheet_id = fields.Many2one(
        "expo.import.sheet",
        domain="[('import_id', '=', id)]",
        copy=False,
        help="Sheet of the workbook to import; each other sheet needs an import of its own.",
    )
    encoding = fields.Selection(
        ENCODINGS,
        copy=False,
        help="Character encoding of the file; empty means automatic detection.",
    )
    read_as = fields.Char("Reading", readonly=True, copy=False)
    is_doubtful = fields.Boolean("Unreadable Characters", readonly=True, copy=False)
    skipped_text = fields.Text("Skipped Rows", readonly=True, copy=False)
    other_sheets = fields.Char(compute="_compute_other_sheets")
    is_nameless = fields.Boolean("No Name Column", compute="_compute_is_nameless")
    line_ids = fields.One2many("expo.import.line", "import_id", "Rows", readonly=True, copy=False)
    line_count = fields.Integer("Row Count", compute="_compute_counts")
    todo_count = fields.Integer("Rows to Import", compute="_compute_counts")
    created_count = fields.Integer("New Customers", compute="_compute_counts")
    updated_count = fields.Integer("Known Customers", compute="_compute_counts")
    duplicate_count = fields.Integer("Already Recorded", compute="_compute_counts")
    rejected_count = fields.Integer("Rejected Rows", compute="_compute_counts")
    stuck_count = fields.Integer("Failed Rows", compute="_compute_counts")
    result_file = fields.Binary(compute="_compute_result_file")

    @api.depends("line_ids.result", "line_ids.is_todo", "line_ids.is_parked")
    def _compute_counts(self):
        groups = self.env["expo.import.line"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "result", "is_todo", "is_parked"], ["__count"]
        )
        for one in self:
            counts = dict.fromkeys(("line", "todo", "stuck", *dict(RESULTS)), 0)
            for _import, result, is_todo, is_parked, count in (group for group in groups if group[0] == one):
                counts[result] += count
                counts["line"] += count
                counts["todo"] += count if is_todo else 0
                counts["stuck"] += count if is_parked else 0
            for name, count in counts.items():
                one[f"{name}_count"] = count

    @api.depends("sheet_ids.display_name", "sheet_id")
    def _compute_other_sheets(self):
        for one in self:
            others = one.sheet_ids.filtered("row_count") - one.sheet_id
            one.other_sheets = ", ".join(others.mapped("display_name")) if one.sheet_id else False

    @api.depends("column_ids.field_name")
    def _compute_is_nameless(self):
        """Tell whether no column says who the contacts are: an e-mail address is no name."""
        for one in self:
            told = set(one.column_ids.mapped("field_name"))
            one.is_nameless = bool(told) and not told & {*headings.WHO}

    @api.constrains("sheet_id")
    def _check_sheet(self):
        for one in self:
            if one.sheet_id and one.sheet_id.import_id != one:
                raise ValidationError(
                    self.env._("The sheet must be one of the imported workbook. Select one of its sheets.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_values(vals)
        return super(ExpoImport, self._drop_system_defaults()).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._check_user_values(vals)
        if {"file", "exhibition_id"} & vals.keys():
            # Another list, or another show: what was found out about the former one is void. Kept by the system.
            self.sudo()._reset_reading()
        return super().write(vals)

    def _check_user_values(self, vals):
        """Refuse what a user may not say, and any change once importing has begun.

        :raises AccessError: when a user other than the system writes it
        :raises UserError: when the file is too large
        """
        self._check_system_fields(vals)
        if self._is_system():
            return
        if any(one.state in ("importing", "done") for one in self):
            raise UserError(self.env._("You cannot change an imported list. Create a new import for another list."))
        if vals.get("exhibition_id"):
            self.env["expo.exhibition"].browse(vals["exhibition_id"]).check_access("read")
        if len(vals.get("file") or "") > tables.MAX_BYTES * 4 / 3 + 4:
            raise UserError(self._get_table_problem("too_big"))

    def _reset_reading(self):
        """Go back to the first step."""
        self.line_ids.unlink()
        self.column_ids.unlink()
        sheets = self.filtered(lambda one: one.kind == "xlsx").sheet_ids
        self.write({**dict.fromkeys(READING_FIELDS, False), "state": "draft"})
        sheets.unlink()

    def _get_reading(self):
        """Return what the user may choose of how the file is read, as it is kept in ``read_as``."""
        return json.dumps([self.sheet_id.sequence, self.encoding or "", self.heading_row])

    def _get_data(self):
        """Return the bytes of the file."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    # -- The steps: the columns, what importing would do, importing.

    def action_read(self):
        """Read the file, or read it again as the user has chosen: tell its columns; cards are checked at once.

        :raises UserError: when the file is no list, saying why
        """
        self.ensure_one()
        self.check_access("write")
        if self.state in ("importing", "done"):
            raise UserError(self.env._("You cannot change an imported list. Create a new import for another list."))
        Importer(self).read_columns()
        return self.action_check() if self.kind == "vcf" else True

    def action_check(self):
        """Find out what importing would do with each row; writes no customer.

        :raises UserError: when the file cannot be read or holds no row
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("mapping", "checked"):
            raise UserError(self.env._("You cannot check this list because it has not been read. Read the list first."))
        if self.kind != "vcf" and self.read_as != self._get_reading():
            # Another sheet, encoding or row of headings: other columns, to look at before they are used.
            self.action_read()
            return self._notify(self.env._("The list was read again. Verify the columns, then check it."), "warning")
        if self.is_nameless:
            raise UserError(
                self.env._(
                    "You cannot check this list because no column holds a name. Select Contact name or Company name "
                    "as the target field of a column."
                )
            )
        lock_or_refuse(self)
        Importer(self).plan()
        return True

    def action_commit(self):
        """Import the checked rows: a thousand at once in one transaction, more of them batch by batch behind.

        Killed half-way, a batch is imported whole or not at all, and the scheduled action goes on with the next
        one. Pressing twice, or two people at once, imports once.

        :raises UserError: when the list has not been checked, or another user is importing it right now
        """
        self.ensure_one()
        self.check_access("write")
        lock_or_refuse(self)
        if self.state in ("importing", "done"):
            return self._notify(
                self.env._("This list has already been imported. No contact was recorded twice."), "warning"
            )
        if self.state != "checked":
            raise UserError(
                self.env._("You cannot import this list because it has not been checked. Check the list first.")
            )
        # From here on the system works on behalf of who imports; what may be written was checked above.
        kept = self.sudo()
        kept.state = "importing"
        todo = kept.line_ids.filtered("is_todo")
        if len(todo) <= AT_ONCE:
            todo._run_guarded(lambda lines: lines._import())
            kept._finish_imports()
            if kept.state == "importing":
                # Rows that failed are tried again, and hold up no others.
                self.env["ir.cron"]._trigger_expo("ir_cron_import")
            return self._notify(self.env._("The list has been imported."), "success")
        self.env["ir.cron"]._trigger_expo("ir_cron_import")
        return self._notify(self.env._("The list is being imported. You can continue working in the meantime."), "info")

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_retry(self):
        """Try again the rows that could not be imported."""
        self.check_access("write")
        # As when importing: the right to write the import was checked.
        stuck = self.sudo().line_ids.filtered(lambda line: line.is_todo and line.is_parked)
        stuck.action_retry()
        self.env["ir.cron"]._trigger_expo("ir_cron_import")
        return True

    def _finish_imports(self):
        """Declare imports done that have nothing left to do but what has failed thrice."""
        self.invalidate_recordset(["todo_count", "stuck_count"])
        self.filtered(lambda one: one.todo_count == one.stuck_count).state = "done"

    @api.model
    def _cron_import(self):
        """Go on with the lists being imported, batch by batch; what a crash interrupted is resumed."""
        self.env["expo.import.line"]._run_job(
            [("is_todo", "=", True), ("import_id.state", "in", ("importing", "done"))], lambda batch: batch._import()
        )
        run_step(self, lambda imports: imports.search([("state", "=", "importing")])._finish_imports())

    def action_back(self):
        """Go back one step, to choose the columns or the file anew."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("mapping", "checked"):
            raise UserError(self.env._("You cannot change an imported list. Create a new import for another list."))
        # The state is kept by the system; the right to write was checked.
        kept = self.sudo()
        if self.state == "mapping" or self.kind == "vcf":
            kept._reset_reading()
        else:
            kept.line_ids.unlink()
            kept.state = "mapping"
        return True

    def action_open_lines(self):
        """List the rows with what became of them; ``result`` in the context shows some only."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_import_line")
        result = self.env.context.get("result")
        context = {f"search_default_{result}": 1} if result else {}
        return {**action, "domain": [("import_id", "=", self.id)], "context": context}

    def action_open_customers(self):
        """Show the customers of the show that this list made or completed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        # Which contacts came from this list is no secret to who sees the import; customers are read as the user.
        captures = self.sudo().line_ids.capture_id
        return {**action, "domain": [("capture_ids", "in", captures.ids)], "context": {}}

    def action_refresh(self):
        """Show how far the import is."""
        return True

    # -- Files to take away: what became of each row, and empty lists to fill in.

    def action_download_result(self):
        """Download a workbook with the result of every row."""
        self.ensure_one()
        self.check_access("read")
        name = f"{(self.filename or 'list').rsplit('.', 1)[0]} - {self.env._('result')}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/result_file?download=true&filename={name}",
            "target": "download",
        }

    @api.depends("line_ids.result", "line_ids.reason", "line_ids.failure_reason")
    def _compute_result_file(self):
        """Made when it is asked for; no cell of it is a formula."""
        for one in self:
            with io.BytesIO() as target:
                with RegisterWriter(target) as writer:
                    one._write_result(writer)
                one.result_file = base64.b64encode(target.getvalue())

    def _write_result(self, writer):
        _t = self.env._
        headings = [
            _t("Row"),
            _t("Result"),
            _t("Reason"),
            _t("Contact Name"),
            _t("Company Name"),
            _t("Email"),
            _t("Phone"),
        ]
        writer.begin(_t("Result"), [*headings, _t("Country"), _t("As it came")])
        lines = self.line_ids
        results = dict(lines._fields["result"]._description_selection(self.env))
        for line in lines:
            why = "\n".join(filter(None, (line.failure_reason, line.reason)))
            writer.row(
                [
                    line.sequence,
                    results.get(line.result),
                    why,
                    line.name,
                    line.company_name,
                    line.email,
                    line.phone,
                    line.country_id.name,
                    line.raw_text,
                ]
            )

    # -- What is said about files and rows that are not as they should be.

    def _get_table_problem(self, code):
        """Say in the user's language why a file cannot be read; see :class:`..tools.tables.TableError`."""
        megabytes = tables.MAX_BYTES >> 20
        return {
            "empty": self.env._("You cannot import this list because it is empty. Choose another file."),
            "too_big": self.env._(
                "You cannot import a list that is larger than %s MB or contains too many pictures. "
                "Remove the pictures or split the list.",
                megabytes,
            ),
            "too_many_rows": self.env._(
                "You cannot import a list of more than %s rows. Split it into several lists.", f"{tables.MAX_ROWS:,}"
            ),
            "old_excel": self.env._("You cannot import an old Excel workbook (.xls). Save it as .xlsx or CSV."),
            "locked_excel": self.env._("You cannot import a password-protected workbook. Save it without a password."),
            "bad_excel": self.env._(
                "You cannot import this workbook because the file is damaged or is not a workbook. Open "
                "it and save it again as .xlsx or CSV."
            ),
            "binary": self.env._(
                "You cannot import this file because it contains no text. Choose a CSV file, an Excel "
                "workbook (.xlsx) or electronic cards (.vcf)."
            ),
            "no_list": self.env._(
                "You cannot import this file because it is a document, not a list. Save it as "
                "CSV or as an Excel workbook (.xlsx)."
            ),
            "total_row": self.env._("This row is a total, not a contact."),
            "heading_row": self.env._("This row repeats the headings."),
            "not_a_card": self.env._("This is not a business card."),
            "unreadable": self.env._("This card cannot be read."),
            "nothing_in_it": self.env._("Name, company, e-mail and phone are missing. Enter at least one of them."),
        }[code]
