import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixins.defaults import without_defaults

# What whoever imports chooses; everything else is read from the file or kept by the system.
USER_FIELDS = frozenset(
    {
        "exhibition_id", "file", "filename", "role", "tier_id", "owner", "contact_consent", "consent_wording",
        "column_ids",
    }
)  # fmt: skip
RESULTS = [
    ("created", "New customer"),
    ("updated", "Added to a known customer"),
    ("duplicate", "Already entered"),
    ("rejected", "Rejected"),
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
    _order = "id desc"
    _rec_name = "filename"

    exhibition_id = fields.Many2one(
        "expo.exhibition", required=True, ondelete="cascade", index=True,
        default=lambda self: self.env["expo.capture"]._default_exhibition_id(),
    )  # fmt: skip
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
            ("mapping", "Columns"),
            ("checked", "Check"),
            ("importing", "Importing"),
            ("done", "Imported"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    file = fields.Binary("List", required=True, copy=False, help="CSV, Excel (.xlsx) or business cards (.vcf)")
    filename = fields.Char(default=lambda self: self.env._("List"))
    kind = fields.Selection([("csv", "CSV"), ("xlsx", "Excel"), ("vcf", "Business cards")], readonly=True, copy=False)
    role = fields.Selection([("exhibitor", "Exhibitor"), ("visitor", "Visitor")], default="visitor", required=True)
    tier_id = fields.Many2one(
        "expo.tier",
        "Intent Tier",
        ondelete="restrict",
        help="For rows that name none. Empty: the usual tier of a new customer.",
    )
    owner = fields.Selection(
        [("me", "Me"), ("nobody", "Nobody yet: to be distributed")], "Who Serves Them", default="me", required=True
    )
    contact_consent = fields.Selection(
        [("unknown", "Not asked"), ("granted", "Agreed to letters"), ("refused", "Want no letters")],
        "Consent",
        default="unknown",
        required=True,
    )
    consent_wording = fields.Text(help="What the customers were shown when they agreed or refused.")
    column_ids = fields.One2many("expo.import.column", "import_id", "Columns", copy=False)
    headings_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    heading_row = fields.Integer(readonly=True, copy=False)
    line_ids = fields.One2many("expo.import.line", "import_id", "Rows", readonly=True, copy=False)
    line_count = fields.Integer("Row Count", compute="_compute_counts")
    todo_count = fields.Integer("Rows to Import", compute="_compute_counts")
    created_count = fields.Integer("New Customers", compute="_compute_counts")
    updated_count = fields.Integer("Known Customers", compute="_compute_counts")
    duplicate_count = fields.Integer("Already Entered", compute="_compute_counts")
    rejected_count = fields.Integer("Rejected", compute="_compute_counts")
    stuck_count = fields.Integer("Failed", compute="_compute_counts")
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

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_values(vals)
        plain = without_defaults(self, lambda name: name not in USER_FIELDS)
        return super(ExpoImport, plain).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._check_user_values(vals)
        if {"file", "exhibition_id"} & vals.keys():
            # Another list, or another show: what was found out about the former one is void. Kept by the system.
            self.sudo()._forget()
        return super().write(vals)

    def _check_user_values(self, vals):
        """Refuse what a user may not say, and any change once importing has begun.

        :raises AccessError: when a user other than the system writes it
        :raises UserError: when the file is too large
        """
        if self.env.su:
            return
        if kept := vals.keys() - USER_FIELDS:
            raise AccessError(
                self.env._("These facts of an import are kept by the system: %s.", ", ".join(sorted(kept)))
            )
        if any(one.state in ("importing", "done") for one in self):
            raise UserError(self.env._("This list has been imported: start a new import for another one."))
        if vals.get("exhibition_id"):
            self.env["expo.exhibition"].browse(vals["exhibition_id"]).check_access("read")
        if len(vals.get("file") or "") > self._get_longest_file() * 4 / 3 + 4:
            raise UserError(self._get_table_problem("too_big"))

    def _forget(self):
        """Go back to the first step."""
        self.line_ids.unlink()
        self.column_ids.unlink()
        self.write({"state": "draft", "kind": False, "headings_key": False})

    def _get_data(self):
        """Return the bytes of the file."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def action_back(self):
        """Go back one step, to choose the columns or the file anew."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("mapping", "checked"):
            raise UserError(self.env._("This list has been imported: start a new import for another one."))
        # The state is kept by the system; the right to write was checked.
        kept = self.sudo()
        if self.state == "mapping" or self.kind == "vcf":
            kept._forget()
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
