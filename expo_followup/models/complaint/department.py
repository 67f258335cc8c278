from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoComplaintDepartment(models.Model):
    """A workshop or department that makes goods: complaints are counted by it (rules.md §5)."""

    _name = "expo.complaint.department"
    _description = "Manufacturing Department"
    _inherit = ["expo.linked.records"]
    _order = "sequence, name"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    responsible_id = fields.Many2one(
        "res.users", "In Charge", domain="[('share', '=', False)]", help="Asked to review complaints of its goods."
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    active = fields.Boolean(default=True)
