from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoComplaintCause(models.Model):
    """Why customers complain, in the company's words: what the Pareto of causes counts."""

    _name = "expo.complaint.cause"
    _description = "Cause of Complaints"
    _inherit = ["expo.linked.records"]
    _order = "sequence, name"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    source = fields.Selection(
        [("goods", "Goods"), ("service", "After-sales service")], help="Asked for complaints of this source only."
    )
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "There is a cause of this name already.")
