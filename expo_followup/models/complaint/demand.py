from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.record_keeping import RecordKeeping

# What each kind of demand says.
SAYS = {"compensation": ("amount",), "discount": ("percent", "amount"), "return": ("quantity",), "other": ("text",)}
SANE = 1e12


class ExpoComplaintDemand(models.Model):
    """What the customer wants (rules.md §5): kept beside what we offer, as he said it."""

    _name = "expo.complaint.demand"
    _description = "Demand of a Complaint"
    _inherit = ["expo.linked.records"]
    _order = "complaint_id, id"
    _rec_name = "kind"
    _record_keeping = RecordKeeping(
        archive="complaint_demands",
        archive_order=240,
        archive_parent="complaint_id",
        personal="clear",
        personal_links=("complaint_id",),
        named=("text",),
        salesperson="complaint_id.participation_id.user_id",
    )
    _system_fields = frozenset({"user_id", "company_id"})

    complaint_id = fields.Many2one("expo.complaint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("compensation", "Compensation"),
            ("discount", "Discount"),
            ("return", "Return of goods"),
            ("other", "Something else"),
        ],
        "Wish",
        required=True,
        default="compensation",
    )
    amount = fields.Monetary()
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    percent = fields.Float("%", digits=(5, 2))
    quantity = fields.Float(digits="Product Unit")
    line_id = fields.Many2one(
        "expo.complaint.line",
        "Goods",
        ondelete="set null",
        index="btree_not_null",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    text = fields.Char("In Words")
    user_id = fields.Many2one(
        "res.users", "Noted By", readonly=True, copy=False, ondelete="set null", default=lambda self: self.env.user
    )
    noted_on = fields.Date(compute="_compute_noted_on", store=True, readonly=False, precompute=True, required=True)

    _amounts_sane = models.Constraint(
        f"CHECK(amount >= 0 AND amount < {SANE:.0f} AND quantity >= 0 AND quantity < {SANE:.0f}"
        " AND percent >= 0 AND percent <= 100)",
        "A demand is not negative, and no discount is more than 100 %.",
    )

    @api.depends("complaint_id.order_id", "complaint_id.company_id")
    def _compute_currency_id(self):
        for demand in self:
            complaint = demand.complaint_id
            # In sudo: the currency of an order is no secret.
            demand.currency_id = demand.currency_id or complaint.order_id.sudo().currency_id or complaint.currency_id

    @api.depends("complaint_id.company_id")
    def _compute_noted_on(self):
        for demand in self:
            demand.noted_on = demand.noted_on or (demand.company_id or self.env.company)._expo_today()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        demands = super(ExpoComplaintDemand, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        demands._check_open()
        demands._check_says()
        return demands

    def write(self, vals):
        self._check_system_fields(vals)
        self._check_open()
        if "complaint_id" in vals and not self._is_system():
            raise UserError(self.env._("A demand stays with its complaint."))
        res = super().write(vals)
        if "complaint_id" not in vals:
            self._check_says()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_open()

    def _check_open(self):
        """Refuse changes of what the customer wanted once he has accepted our offer, or the complaint has ended."""
        if self._is_system():
            return
        self.complaint_id.check_access("write")
        if any(complaint.accepted_on or not complaint.is_open for complaint in self.complaint_id):
            raise UserError(self.env._("You cannot change what the customer wanted after our offer was accepted."))

    def _check_says(self):
        """Refuse demands that say nothing, and goods of another complaint.

        :raises UserError: naming what to say
        """
        for demand in self:
            names = SAYS[demand.kind]
            if not any(demand[name] and (name != "text" or demand.text.strip()) for name in names):
                labels = [self._fields[name]._description_string(self.env) for name in names]
                raise UserError(self.env._("Say what the customer demands: %s.", " / ".join(labels)))
            if demand.line_id and demand.line_id.complaint_id != demand.complaint_id:
                raise UserError(self.env._("These goods belong to another complaint."))
