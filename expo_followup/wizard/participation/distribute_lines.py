"""The rows in the preview of a distribution: customers, and the load of the salespeople."""

from collections import Counter

from odoo import api, fields, models


class ExpoDistributeLine(models.TransientModel):
    """One customer in the preview of a distribution: the proposed salesperson, and why."""

    _name = "expo.distribute.line"
    _description = "Customer to Distribute"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.distribute", required=True, ondelete="cascade", index=True)
    participation_id = fields.Many2one("expo.participation", "Customer", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="participation_id.partner_id", string="Customer")
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id")
    country_id = fields.Many2one(related="participation_id.country_id")
    tier_id = fields.Many2one(related="participation_id.tier_id")
    source = fields.Selection(related="participation_id.source")
    response_state = fields.Selection(related="participation_id.response_state")
    waiting_days = fields.Integer(related="participation_id.waiting_days", string="Days Waiting")
    product_ids = fields.Many2many(related="participation_id.product_ids", context={"active_test": False})
    owner_before_id = fields.Many2one("res.users", "Current Salesperson", readonly=True, ondelete="cascade")
    proposed_user_id = fields.Many2one("res.users", readonly=True, ondelete="set null", string="Proposed Salesperson")
    user_id = fields.Many2one("res.users", "New Salesperson", ondelete="set null")
    matched = fields.Char(readonly=True)
    is_by_hand = fields.Boolean("Selected Manually", compute="_compute_why")
    is_counted = fields.Boolean("Counted in Load", readonly=True)
    why = fields.Char("Assignment Reason", compute="_compute_why")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # The row shows facts of the customer, so it is made only for users who may give the customer away.
        lines.participation_id.check_access("write")
        return lines

    def write(self, vals):
        res = super().write(vals)
        self.participation_id.check_access("write")
        return res

    @api.model
    def _count_leaving(self, customers, users):
        """Return how many of these customers count among the present load of each user."""
        return Counter(c.user_id.id for c in customers if c.user_id in users and c._is_in_load())

    @api.depends("user_id", "proposed_user_id", "matched", "wizard_id.target_user_id")
    def _compute_why(self):
        reasons = {
            "language": self.env._("speaks the language"),
            "country": self.env._("covers the country"),
            "product": self.env._("knows the products"),
        }
        for line in self:
            line.is_by_hand = bool(line.user_id) and line.user_id != line.proposed_user_id
            if line.user_id and line.user_id == line.wizard_id.target_user_id:
                line.why = self.env._("takes all customers")
            elif not line.user_id:
                stays = line.proposed_user_id or line.owner_before_id
                line.why = self.env._("unchanged") if stays else self.env._("no user can take customers")
            elif line.is_by_hand:
                line.why = self.env._("chosen by the manager")
            else:
                kinds = [reasons[kind] for kind in (line.matched or "").split(",") if kind]
                line.why = ", ".join(kinds) or self.env._("has the lowest load")

    def _get_problem(self, locked):
        """Return why this customer cannot be given away now, empty when possible.

        :param locked: the customers whom no other user is changing
        """
        customer, names = self.participation_id, {"name": self.partner_id.display_name, "user": self.user_id.name}
        if customer not in locked:
            return self.env._("%(name)s is being changed by another user.", **names)
        if customer.user_id != self.owner_before_id:
            names["user"] = customer.user_id.name or self.env._("no salesperson")
            return self.env._("%(name)s has been assigned to %(user)s in the meantime.", **names)
        if not customer.active or customer.outcome != "open":
            return self.env._("%(name)s is no longer in follow-up.", **names)
        if not self.user_id.active or self.user_id.share:
            return self.env._("%(name)s stays unchanged because %(user)s is archived.", **names)
        # In sudo: a manager may not see all companies a colleague works for.
        if customer.company_id not in self.user_id.sudo().company_ids:
            return self.env._("%(name)s stays unchanged because %(user)s has no access to its company.", **names)
        return ""

    def _get_reason(self):
        """Return why the customer gets this salesperson, for the history: the manager's reason, else the wizard's."""
        if self.wizard_id.reason:
            return self.wizard_id.reason
        if self.response_state in ("amber", "red"):
            return self.env._("Waited for us for %(days)s days; %(why)s", days=self.waiting_days, why=self.why)
        return self.env._("Distributed: %s", self.why)


class ExpoDistributeMember(models.TransientModel):
    """How much one of our people has to do before and after a distribution."""

    _name = "expo.distribute.member"
    _description = "Load in a Distribution"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.distribute", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", "Salesperson", required=True, readonly=True, ondelete="cascade")
    capacity = fields.Integer(
        readonly=True,
        help="Number of customers the member can take in 30 days, as set in the sales team; 0 means none.",
    )
    load_before = fields.Integer(readonly=True, string="Load before Distribution")
    load_after = fields.Integer(compute="_compute_load_after", string="Load after Distribution")
    is_full = fields.Boolean("At Capacity", compute="_compute_load_after")

    @api.depends("load_before", "wizard_id.line_ids.user_id")
    def _compute_load_after(self):
        for wizard, members in self.grouped("wizard_id").items():
            moved = wizard.line_ids.filtered(lambda line: line.user_id and line.user_id != line.owner_before_id)
            given = Counter(line.user_id.id for line in moved)
            given.subtract(line.owner_before_id.id for line in moved if line.is_counted)
            for member in members:
                member.load_after = member.load_before + given[member.user_id.id]
                member.is_full = member.load_after > member.capacity
