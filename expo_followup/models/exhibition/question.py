from odoo import api, fields, models
from odoo.fields import Domain

from ..mixins.record_keeping import RecordKeeping


class ExpoQuestion(models.Model):
    """What to ask a customer: a template of the outcome dialog, by method, tier and payment (rules.md §2 and §4)."""

    _name = "expo.question"
    _description = "Question to a Customer"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "hint"},
    )

    name = fields.Char("Question", required=True, translate=True)
    hint = fields.Char(translate=True, help="How to ask it, or how to judge the answer.")
    sequence = fields.Integer(default=10)
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        string="Methods",
        help="Empty: with every method.",
        domain="[('res_model', 'in', (False, 'expo.participation'))]",
    )
    tier_ids = fields.Many2many("expo.tier", string="Tiers", help="Empty: customers of every tier.")
    payment = fields.Selection(
        [("not_paid", "Not fully paid"), ("paid", "Paid")], help="Empty: whether they have paid or not."
    )
    after_sample = fields.Boolean("After a Sample", help="Only of customers who have received a sample.")
    active = fields.Boolean(default=True)

    @api.model
    def _get_for(self, participation, activity_type):
        """Return what to ask a customer by that method, in order.

        :param participation: the customer's entry, empty for somebody who was not met at a show
        """

        def any_or(name, record):
            return Domain(name, "=", False) | Domain(name, "in", record.ids)

        paid = "paid" if participation.payment_state == "paid" else "not_paid"
        domain = any_or("activity_type_ids", activity_type) & any_or("tier_ids", participation.tier_id)
        domain &= Domain("payment", "in", [False, *([paid] if participation else [])])
        if not participation.sample_received_on:
            domain &= Domain("after_sample", "=", False)
        return self.search(domain)
