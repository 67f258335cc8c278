from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoCustomerPlan(models.Model):
    """What a customer means to buy, and when (rules.md §3)."""

    _name = "expo.customer.plan"
    _description = "Purchase Plan of a Customer"
    _inherit = ["expo.customer.file.part", "expo.linked.records"]
    _order = "planned_on, id"
    _record_keeping = RecordKeeping(
        archive="plans",
        archive_order=60,
        archive_parent="file_id",
        personal="with_parent",
        salesperson="file_id.participation_ids.user_id",
    )

    name = fields.Char("Goods", required=True)
    planned_on = fields.Date("Means to Buy On", index=True)
    quantity = fields.Char(help="In their words, e.g. 2 containers, 400 sets.")
    currency_id = fields.Many2one(related="file_id.currency_id")
    amount = fields.Monetary("Expected Amount")
    is_done = fields.Boolean("Settled", help="Bought, from us or from others, or given up.")
    note = fields.Char()
