from odoo import api, models
from odoo.exceptions import UserError


class ProductProduct(models.Model):
    """Products of samples and complaints cannot be deleted."""

    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sampled(self):
        # In sudo: samples of colleagues count as well, and only the article is named.
        line = self.env["expo.sample.line"].sudo().search([("product_id", "in", self.ids)], limit=1)
        if line:
            raise UserError(
                self.env._(
                    "You cannot delete “%s” because a sample refers to it. Archive the product instead.",
                    line.product_id.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complained(self):
        # In sudo: complaints of colleagues count as well, and only the article is named.
        for model in ("expo.complaint.line", "expo.complaint.remedy"):
            if row := self.env[model].sudo().search([("product_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "You cannot delete “%s” because a complaint refers to it. Archive the product instead.",
                        row.product_id.name,
                    )
                )
