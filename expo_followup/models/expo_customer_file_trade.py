from odoo import api, fields, models


class ExpoCustomerFile(models.Model):
    """Existing and potential customers are filed apart (domain.md §3): what the file knows of orders and turnover."""

    _inherit = "expo.customer.file"

    is_customer = fields.Boolean(
        "Existing Customer", compute="_compute_is_customer", store=True, help="Has ordered; the others are potential."
    )
    customer_since = fields.Date(
        readonly=True, copy=False, tracking=True, help="Day of the first confirmed order, by itself."
    )

    @api.depends("customer_since")
    def _compute_is_customer(self):
        for file in self:
            file.is_customer = bool(file.customer_since)

    def _refresh_customer_since(self):
        """Look up the first confirmed order of each customer; a cancelled one is none."""
        first = {}
        # In sudo: salespeople see their own orders only, and the file says since when, not what.
        groups = self.env["sale.order"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "sale"),
            ],
            ["company_id", "partner_id"],
            ["date_order:min"],
        )  # fmt: skip
        for company, partner, moment in groups:
            key = company.id, partner.commercial_partner_id.id
            first[key] = min(first.get(key, moment), moment)
        for file in self:
            moment = first.get((file.company_id.id, file.partner_id.id))
            since = moment and file.company_id._expo_local_date(moment)
            if file.customer_since != since:
                file.customer_since = since
