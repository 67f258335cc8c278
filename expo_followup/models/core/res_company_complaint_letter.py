from odoo import fields, models


class ResCompany(models.Model):
    """How much time the letters about complaints give, to us and to the customer; in working days of ours."""

    _inherit = "res.company"

    expo_complaint_answer_days = fields.Integer(
        "Answer a Complaint Within (Working Days)",
        default=3,
        help="The date that the acknowledgement gives for our next word.",
    )
    expo_complaint_photo_days = fields.Integer(
        "Photos Within (Working Days)", default=5, help="Until when customers are asked for photos."
    )
    expo_complaint_review_days = fields.Integer(
        "Joint Review Within (Working Days)", default=5, help="Production and inspection conclude by then."
    )
    expo_complaint_reply_days = fields.Integer(
        "Customer's Reply Within (Working Days)",
        default=10,
        help="Until when customers are asked to answer an offer, or whether they are content.",
    )

    _expo_complaint_days_range = models.Constraint(
        "CHECK(expo_complaint_answer_days >= 0 AND expo_complaint_photo_days >= 0 AND expo_complaint_review_days >= 0"
        " AND expo_complaint_reply_days >= 0)",
        "Letters about complaints give dates that are not past: 0 or more working days.",
    )
