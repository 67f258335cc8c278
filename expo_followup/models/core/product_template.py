from odoo import api, models


class ProductTemplate(models.Model):
    """Its variants go with it by the database: the same holds for them."""

    _inherit = "product.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sampled(self):
        self.with_context(active_test=False).product_variant_ids._unlink_except_sampled()
