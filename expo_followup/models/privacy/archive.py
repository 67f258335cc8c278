from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..mixins.record_keeping import RecordKeeping


class ExpoArchive(models.Model):
    """One entry in the log of archives: who took customer files out of the house, or brought them in, when and why.

    Files do not leave the company unnoticed (rules.md §3). Written by the wizards only; nobody changes or deletes it.
    """

    _name = "expo.archive"
    _description = "Log of Archives"
    _inherit = ["expo.linked.records"]
    _order = "made_on desc, id desc"
    _rec_name = "scope"
    _record_keeping = RecordKeeping(
        # A log that stays; it counts rows and names no customer.
        no_personal={"scope", "reason", "contents", "sha256"},
    )

    kind = fields.Selection([("export", "Export"), ("restore", "Restore")], required=True)
    made_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True, default=lambda self: self.env.user, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    scope = fields.Char(required=True, help="Of which show, or of all files.")
    reason = fields.Char(required=True)
    contents = fields.Text(help="How many rows of which register.")
    size = fields.Float("Size (MB)", digits=(16, 3))
    sha256 = fields.Char(
        "SHA-256", help="The checksum of the file: it tells whether a file found somewhere is this one."
    )

    @api.private
    @api.model
    def _log(self, **values):
        """Note an export or a restore; in sudo, as nobody may write this log by hand."""
        return self.sudo().create({"user_id": self.env.uid, "company_id": self.env.company.id, **values})

    def write(self, vals):
        if self:
            raise AccessError(self.env._("The log of archives is not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise AccessError(self.env._("The log of archives is not changed."))
