from odoo import api, models
from odoo.exceptions import UserError


class ProductProduct(models.Model):
    """What a customer was promised a sample of stays in the catalogue."""

    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sampled(self):
        # In sudo: samples of colleagues count as well, and only the article is named.
        line = self.env["expo.sample.line"].sudo().search([("product_id", "in", self.ids)], limit=1)
        if line:
            raise UserError(
                self.env._("“%s” is in a sample for a customer: archive the product instead.", line.product_id.name)
            )
