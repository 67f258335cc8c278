from odoo import api, fields, models


class ExpoCustomerFile(models.Model):
    """How long a file may be kept: so many months after the last that happened with the customer."""

    _inherit = "expo.customer.file"

    retention_on = fields.Date(
        "Keep Until", compute="_compute_retention_on", store=True, index="btree_not_null", compute_sudo=True,
        help="So many months after the last touch, order or show, as the settings say. Empty: for ever.",
    )  # fmt: skip

    @api.depends(
        "opened_on", "customer_since", "company_id.expo_retention_months", "participation_ids.captured_on",
        "participation_ids.followup_ids.done_on", "participation_ids.order_ids.date_order",
    )  # fmt: skip
    def _compute_retention_on(self):
        for file in self:
            months = file.company_id.expo_retention_months
            entries = file.participation_ids
            moments = [
                *entries.mapped("captured_on"),
                *entries.followup_ids.mapped("done_on"),
                *entries.order_ids.mapped("date_order"),
            ]
            days = [file.opened_on, file.customer_since, *(moment.date() for moment in moments if moment)]
            last = max(filter(None, days), default=None)
            file.retention_on = fields.Date.add(last, months=months) if months and last else False
