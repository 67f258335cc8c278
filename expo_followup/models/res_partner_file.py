from odoo import api, fields, models
from odoo.exceptions import UserError

SALES = "sales_team.group_sale_salesman"


class ResPartner(models.Model):
    """How a contact leads to the confidential file of its company, and to what its country asks of a guest."""

    _inherit = "res.partner"

    expo_file_ids = fields.One2many("expo.customer.file", "partner_id", "Customer Files", groups=SALES)
    expo_etiquette_id = fields.Many2one(
        "expo.etiquette", "Etiquette of the Country", compute="_compute_expo_etiquette_id", groups=SALES
    )

    @api.depends("country_id")
    def _compute_expo_etiquette_id(self):
        notes = self.env["expo.etiquette"].search([("country_id", "in", self.country_id.ids)])
        by_country = {note.country_id: note for note in notes}
        for partner in self:
            partner.expo_etiquette_id = by_country.get(partner.country_id, False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_has_file(self):
        """Who has a file is archived: the file would go with him (design: not losing)."""
        # The file may be a colleague's.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        if files.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("This contact has a customer file: archive it instead, and nothing of it is lost.")
            )
