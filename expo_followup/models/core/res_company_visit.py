from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    expo_minutes_days = fields.Integer(
        "Minutes of a Visit Within (Working Days)",
        default=2,
        help="Minutes that are written later are chased, and after as many days again shown to a manager.",
    )

    _expo_minutes_days_range = models.Constraint(
        "CHECK(expo_minutes_days >= 0)", "Minutes cannot be written before the visit: give 0 or more working days."
    )
