"""The logs that stay: of archives that were made or restored, of lists exported, and of people who were erased."""

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from ..mixins.record_keeping import RecordKeeping
from .list_export import ListExport


class ExpoArchive(models.Model):
    """One entry in the log of backups and exports: who took data out of the house, or brought it in, when and why.

    Nothing leaves the company unnoticed (rules.md §3). Written by the system only, never changed or deleted.
    """

    _name = "expo.archive"
    _description = "Backup and export log"
    _inherit = ["expo.linked.records"]
    _order = "made_on desc, id desc"
    _rec_name = "scope"
    _record_keeping = RecordKeeping(
        # A log that stays; it counts rows and names no customer.
        no_personal={"scope", "reason", "contents", "sha256", "res_model"},
    )

    kind = fields.Selection([("export", "Export"), ("restore", "Restore"), ("list", "List export")], required=True)
    made_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Performed By", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    scope = fields.Char(
        required=True, help="Exhibition whose files the backup contains, or all files; of a list its name."
    )
    reason = fields.Char(required=True)
    contents = fields.Text(help="Number of rows in each table of the backup, or the exported fields of a list.")
    res_model = fields.Char("Exported Model", help="Technical name of the exported list; empty for a backup.")
    record_count = fields.Integer(
        "Exported Records",
        help="Number of records of the exported list, or of rows of the pivot table; 0 for a backup.",
    )
    file_format = fields.Selection(
        [("csv", "CSV"), ("xlsx", "XLSX"), ("vcf", "vCard"), ("api", "API call")],
        help="Format in which a list was exported; empty for a backup.",
    )
    size = fields.Float("Size (MB)", digits=(16, 3))
    sha256 = fields.Char("SHA-256", help="Checksum to compare a file with this backup.")

    @api.private
    @api.model
    def _log(self, **values):
        """Note an export or a restore; in sudo, as no user may write this log by hand."""
        return self.sudo().create({"user_id": self.env.uid, "company_id": self.env.company.id, **values})

    @api.model
    def needs_reason(self, model, names):
        """Tell the web client whether an export needs a reason, which it then asks for.

        :param str model: name of the exported model
        :param list names: paths of the exported fields
        :rtype: bool
        """
        return model in self.env and ListExport(self.env[model], names).is_listed

    def write(self, vals):
        if self:
            raise AccessError(self.env._("You cannot change the backup and export log. It is kept as recorded."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise AccessError(self.env._("You cannot change the backup and export log. It is kept as recorded."))


class ExpoErasure(models.Model):
    """The trace of an erasure: when, by whom, why and how much; of the person only a fingerprint of the address.

    The fingerprint is salted with this database's secret: it tells whether an address that is entered again was
    erased once, and not which address it is. Written by the wizard only, never changed or deleted.
    """

    _name = "expo.erasure"
    _description = "Erasure of a Person"
    _inherit = ["expo.linked.records"]
    _order = "erased_on desc, id desc"
    _rec_name = "erased_on"
    _record_keeping = RecordKeeping(
        # The trace that stays: counts of rows, and a fingerprint that tells no address.
        no_personal={"reason", "contents", "email_hash"},
    )

    erased_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Performed By", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    reason = fields.Char(required=True)
    contents = fields.Text("Erased Data")
    result = fields.Selection(
        [("deleted", "Contact deleted"), ("anonymised", "Contact anonymized")],
        required=True,
        help="Contact deleted, or anonymized because orders, invoices or complaint documents refer to it.",
    )
    email_hash = fields.Char("Email Address Fingerprint", index="btree_not_null")

    @api.private
    @api.model
    def _log(self, email, **values):
        """Note an erasure; in sudo, as no user may write this trace by hand."""
        values |= {"user_id": self.env.uid, "company_id": self.env.company.id, "email_hash": self._get_hash(email)}
        return self.sudo().create(values)

    @api.model
    def _get_hash(self, email):
        email = tools.email_normalize(email or "")
        # The secret of the database is read to salt the fingerprint, and goes no further.
        return tools.hmac(self.env(su=True), "expo_followup.erasure", email) if email else False

    @api.private
    @api.model
    def _find_erased(self, emails):
        """Return those of these addresses whose salesperson was erased once: ask again before entering that person.

        :rtype: set[str]
        """
        hashes = {self._get_hash(email): email for email in emails if email}
        # The user who imports a list is to be warned; the trace itself is the managers'.
        known = self.sudo().search_fetch([("email_hash", "in", list(filter(None, hashes)))], ["email_hash"])
        return {hashes[erasure.email_hash] for erasure in known}

    def write(self, vals):
        if self:
            raise AccessError(self.env._("You cannot change an erasure record. It is kept as recorded."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trace(self):
        raise AccessError(self.env._("You cannot change an erasure record. It is kept as recorded."))
