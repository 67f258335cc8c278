from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoSampleLine(models.Model):
    """One article of a sample: from the catalogue, or described in words. Nothing is taken from stock."""

    _name = "expo.sample.line"
    _description = "Article of a Sample"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        archive="sample_articles",
        archive_order=150,
        archive_parent="sample_id",
        personal="with_parent",
        salesperson="sample_id.participation_id.user_id",
    )

    sample_id = fields.Many2one("expo.sample", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="sample_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", check_company=True, ondelete="restrict")
    name = fields.Char("Article", compute="_compute_name", store=True, readonly=False, precompute=True, required=True)
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    details = fields.Char(help="Colour, size, material, packing.")

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A sample has at least one piece.")

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            # As the customer reads it: without our number.
            line.name = line.product_id.with_context(display_default_code=False).display_name or line.name

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        res = super().write(vals)
        if "sample_id" in vals:
            self._check_open()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_open()

    def _check_open(self):
        if not self._is_system():
            self.sample_id._check_open()
