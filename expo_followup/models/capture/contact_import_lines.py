from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...tools.headings import heading_key
from ..mixins.record_keeping import RecordKeeping
from .contact_import import RESULTS
from .importer import Importer

#: The fields that a column can hold; those of :data:`.headings.FIELDS`, and two more.
TARGETS = [
    ("name", "Contact name"),
    ("first_name", "First name"),
    ("last_name", "Family name"),
    ("company_name", "Company name"),
    ("function", "Position"),
    ("email", "Email"),
    ("phone", "Phone"),
    ("website", "Website"),
    ("street", "Street"),
    ("city", "City"),
    ("state", "Province"),
    ("zip", "ZIP"),
    ("country", "Country"),
    ("account", "Messenger"),
    ("note", "Conversation notes"),
    ("tier", "Intent tier"),
    ("role", "Exhibitor or visitor"),
    ("products", "Products of interest"),
    ("lang", "Language"),
    ("extra", "Contact note"),
    ("skip", "Skip"),
]


class ExpoImportHeading(models.Model):
    """What a heading means in the lists of a company, besides the headings that the addon knows."""

    _name = "expo.import.heading"
    _description = "List Heading"
    _inherit = ["expo.linked.records"]
    _order = "name, id"
    # The heading of a column is no person's data.
    _record_keeping = RecordKeeping(no_personal={"name", "heading_key"})

    name = fields.Char("Heading", required=True, help="Heading of a column as it stands in lists.")
    heading_key = fields.Char("Normalized Heading", compute="_compute_heading_key", store=True, index=True)
    field_name = fields.Selection(TARGETS, "Target Field", required=True)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, help="Empty means all companies."
    )
    _heading_unique = models.UniqueIndex(
        "(heading_key, COALESCE(company_id, 0))",
        "You cannot save this heading twice. Change the target field of the existing heading instead.",
    )

    @api.depends("name")
    def _compute_heading_key(self):
        for one in self:
            one.heading_key = heading_key(one.name or "")

    @api.constrains("heading_key")
    def _check_heading_key(self):
        if not all(self.mapped("heading_key")):
            raise ValidationError(self.env._("The heading must contain a letter or a digit. Enter it as in the list."))

    @api.model
    def _get_fields(self, company):
        """Return the target field by key of a heading; those of the company itself come before those of all."""
        ours = Domain("company_id", "in", (False, company.id))
        found = self.search_fetch(ours, ["heading_key", "field_name", "company_id"])
        return {one.heading_key: one.field_name for one in found.sorted(lambda one: bool(one.company_id))}


class ExpoImportSheet(models.Model):
    """One sheet of a workbook: its name, and how many rows it has. Written by the system only."""

    _name = "expo.import.sheet"
    _description = "Sheet of an Imported Workbook"
    _inherit = ["expo.linked.records"]
    _order = "import_id, sequence"
    # The name of a sheet is no person's data.
    _record_keeping = RecordKeeping(no_personal={"name"})

    import_id = fields.Many2one("expo.import", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer("Sheet Number")
    name = fields.Char("Sheet Name", required=True)
    row_count = fields.Integer("Number of Rows")

    @api.depends("name", "row_count")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._("%(name)s (%(count)s rows)", name=one.name, count=one.row_count)


class ExpoImportColumn(models.Model):
    """One column of a list: its heading, a few of its cells, and the fact that it holds."""

    _name = "expo.import.column"
    _description = "Column of an Imported List"
    _inherit = ["expo.linked.records"]
    _order = "import_id, sequence"
    _rec_name = "heading"
    _record_keeping = RecordKeeping(
        personal="clear",
        cleared=("sample",),
        # The heading of a column.
        no_personal={"heading"},
    )

    import_id = fields.Many2one("expo.import", required=True, ondelete="cascade", index=True, readonly=True)
    sequence = fields.Integer("Column Number", readonly=True)
    heading = fields.Char("Column", readonly=True)
    sample = fields.Char("Example", readonly=True)
    field_name = fields.Selection(TARGETS, "Target Field", required=True, default="extra")
    is_remembered = fields.Boolean(
        "Remembered", readonly=True, help="Set when the column was matched as in the last list with these headings."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"field_name"}:
            self._check_system()
        res = super().write(vals)
        if not self._is_system():
            # Another mapping makes the check void; the state is kept by the system.
            stale = self.import_id.sudo().filtered(lambda one: one.state == "checked")
            stale.line_ids.unlink()
            stale.state = "mapping"
        return res

    def _check_system(self):
        """Columns are what the file has; only what they hold is a user's choice.

        :raises AccessError: for any other person
        """
        if not self._is_system():
            raise AccessError(
                self.env._(
                    "You cannot add columns to a list because they come from its file. Add them to the file instead."
                )
            )


class ExpoImportLine(models.Model):
    """One row of a list: what it says, and what importing it would do or has done. Written by the system only."""

    _name = "expo.import.line"
    _description = "Row of an Imported List"
    _inherit = ["expo.job.mixin", "expo.linked.records"]
    _failure_on = "exhibition_id"
    _order = "import_id desc, sequence"
    _rec_names_search = ("name", "company_name", "email")
    _record_keeping = RecordKeeping(personal="erase", erase_order=10)

    import_id = fields.Many2one("expo.import", required=True, ondelete="cascade", index=True)
    exhibition_id = fields.Many2one(related="import_id.exhibition_id")
    sequence = fields.Integer("Row")
    name = fields.Char("Contact Name")
    company_name = fields.Char()
    email = fields.Char()
    phone = fields.Char()
    country_id = fields.Many2one("res.country")
    facts = fields.Json(help="Values of the row by field name of the captured contact.")
    raw_text = fields.Text("Original Text")
    client_key = fields.Char()
    result = fields.Selection(RESULTS, index=True)
    reason = fields.Text()
    is_todo = fields.Boolean("To Import", index=True)
    capture_id = fields.Many2one("expo.capture", "Captured Contact", ondelete="set null", index="btree_not_null")
    participation_id = fields.Many2one(related="capture_id.participation_id")

    def _import(self):
        """Import rows, each once; constant queries per thousand.

        In sudo: the system works on behalf of who pressed the button, whose rights were checked then.
        """
        for contact_import, lines in self.sudo().sorted("sequence").grouped("import_id").items():
            Importer(contact_import).enter(lines)

    def _get_failure_user(self):
        """The creator of the import sees to all its rows."""
        return self.import_id.create_uid.filtered("active")

    def _get_failure_summary(self):
        """One activity for all rows of a list; the import shows each."""
        one = self.import_id
        return self.env._("Rows of a list failed: %s", one.filename or one.display_name)
