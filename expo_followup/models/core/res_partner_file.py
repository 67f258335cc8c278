from odoo import api, fields, models
from odoo.exceptions import UserError

SALES = "sales_team.group_sale_salesman"
COMPANY_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """How a contact leads to the confidential file of its company, and to what its country asks of a guest."""

    _inherit = "res.partner"

    expo_file_ids = fields.One2many("expo.customer.file", "partner_id", "Customer Files", groups=SALES)
    expo_file_id = fields.Many2one("expo.customer.file", "Customer File", compute="_compute_expo_file_id", groups=SALES)
    expo_etiquette_id = fields.Many2one(
        "expo.etiquette", "Etiquette of the Country", compute="_compute_expo_etiquette_id", groups=SALES
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_expo_file_id(self):
        """The file of the contact's company with ours, if the user may see it."""
        files = self.env["expo.customer.file"].with_context(active_test=False).search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)]
        )  # fmt: skip
        by_partner = {file.partner_id: file for file in files}
        for partner in self:
            partner.expo_file_id = by_partner.get(partner.commercial_partner_id, False)

    @api.depends("country_id")
    def _compute_expo_etiquette_id(self):
        notes = self.env["expo.etiquette"].search([("country_id", "in", self.country_id.ids)])
        by_country = {note.country_id: note for note in notes}
        for partner in self:
            partner.expo_etiquette_id = by_country.get(partner.country_id, False)

    def write(self, vals):
        if not COMPANY_FIELDS & vals.keys():
            return super().write(vals)
        # Whoever keeps the contacts need not see the files.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        left = entries.search([("partner_id", "child_of", self.ids)]).file_id
        res = super().write(vals)
        self._expo_follow_company()
        # Who served a contact that left serves his former company no more.
        left.exists()._release_strangers()
        return res

    def _expo_follow_company(self):
        """A contact joined or left a company: his file becomes part of its, his entries count for the new one."""
        # Whoever keeps the contacts need not see the files.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        own = files.search([("partner_id", "in", self.ids)])
        joined = own.filtered(lambda file: file.partner_id != file.partner_id.commercial_partner_id)
        for company, moved in joined.grouped(lambda file: file.partner_id.commercial_partner_id).items():
            moved._move_to(company)
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        entries = entries.search([("partner_id", "child_of", self.ids)])
        entries._ensure_files()
        entries.file_id._refresh_customer_since()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_has_file(self):
        """Who has a file is archived: the file would go with him (design: not losing)."""
        # The file may be a colleague's.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        if files.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("This contact has a customer file: archive it instead, and nothing of it is lost.")
            )

    def action_open_expo_file(self):
        """Open the customer file of this contact's company."""
        self.ensure_one()
        return self.expo_file_id.action_open()
