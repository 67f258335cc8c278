from odoo import api, fields, models

from ...tools.authority import Limit
from ..mixins.record_keeping import RecordKeeping

SANE = 1e15


class ExpoComplaintAuthority(models.Model):
    """What the members of a group may promise customers alone (rules.md §5: within one's authority).

    One row per group; a row of a company's own takes the place of the one for all companies, also in its branches.
    Whoever is in several groups has the best of them. The rule itself is ``tools/authority``.
    """

    _name = "expo.complaint.authority"
    _description = "Authority in Complaints"
    _inherit = ["expo.linked.records"]
    _order = "is_unlimited, amount, id"
    _rec_name = "group_id"
    _record_keeping = RecordKeeping()

    group_id = fields.Many2one("res.groups", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", help="Empty: every company without a row of its own."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        "Per Complaint", help="What may be promised on one complaint in all, in the currency of its company."
    )
    percent = fields.Float(
        "% of the Goods",
        digits=(5, 2),
        help="The most of the worth of the goods complained about. 0: the share is not looked at.",
    )
    customer_amount = fields.Monetary(
        "Per Customer in 12 Months", help="What may be promised to one customer in twelve months, on all complaints."
    )
    is_unlimited = fields.Boolean("No Limit")

    _group_unique = models.UniqueIndex(
        "(group_id, COALESCE(company_id, 0))", "This group has its limits in this company already."
    )
    _amounts_sane = models.Constraint(
        f"CHECK(amount >= 0 AND amount < {SANE:.0f} AND customer_amount >= 0 AND customer_amount < {SANE:.0f}"
        " AND percent >= 0 AND percent <= 100)",
        "A limit is not negative, and no share is more than 100 %.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for row in self:
            row.currency_id = row.company_id.currency_id or self.env.company.currency_id

    @api.model
    @api.private
    def _get_rows(self, company):
        """Return the rows that hold in a company, in sudo: everybody may know what he may promise."""
        above = company.parent_ids.ids
        rows = self.sudo().search([("company_id", "in", [*above, False])])
        # The nearest one of each group.
        nearest = rows.sorted(lambda row: above.index(row.company_id.id) if row.company_id else -1)
        return self.sudo().union(*{row.group_id: row for row in nearest}.values())

    @api.private
    def _get_limits(self, user):
        """Return those of these rows that hold for a user, none where he may promise nothing."""
        groups = user.sudo().all_group_ids
        return [
            Limit(row.amount, row.percent, row.customer_amount, row.is_unlimited)
            for row in self
            if row.group_id in groups
        ]
