from odoo import fields, models


class ExpoCustomerPlan(models.Model):
    """What a customer means to buy, and when (rules.md §3)."""

    _name = "expo.customer.plan"
    _description = "Purchase Plan of a Customer"
    _inherit = ["expo.customer.file.part"]
    _order = "planned_on, id"

    name = fields.Char("Goods", required=True)
    planned_on = fields.Date("Means to Buy On", index=True)
    quantity = fields.Char(help="In their words, e.g. 2 containers, 400 sets.")
    currency_id = fields.Many2one(related="file_id.currency_id")
    amount = fields.Monetary("Expected Amount")
    is_done = fields.Boolean("Settled", help="Bought, from us or from others, or given up.")
    note = fields.Char()
