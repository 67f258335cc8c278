from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoExhibitionCost(models.Model):
    """One cost of a show (stand, freight, travel …), in the currency of the show's company."""

    _name = "expo.exhibition.cost"
    _description = "Exhibition Cost"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # What the money was spent on.
        no_personal={"name"},
    )

    exhibition_id = fields.Many2one("expo.exhibition", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Description", required=True)
    amount = fields.Monetary(required=True)
    company_id = fields.Many2one(related="exhibition_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="exhibition_id.currency_id")
