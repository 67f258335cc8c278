from odoo import api, models

WATCHED_FIELDS = {"state", "partner_id", "company_id", "date_order"}


class SaleOrder(models.Model):
    """The first confirmed order makes an existing customer of a potential one; cancelled, it does not."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._get_expo_files()._refresh_customer_since()
        return orders

    def write(self, vals):
        if not WATCHED_FIELDS & vals.keys():
            return super().write(vals)
        files = self._get_expo_files()
        res = super().write(vals)
        (files | self._get_expo_files())._refresh_customer_since()
        return res

    def _get_expo_files(self):
        """Return the customer files that these orders count for."""
        if not self.partner_id:
            return self.env["expo.customer.file"].sudo()
        # Who sells need not see the file.
        return self.env["expo.customer.file"].sudo().with_context(active_test=False).search(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )  # fmt: skip
