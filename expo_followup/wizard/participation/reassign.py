from odoo import api, fields, models
from odoo.fields import Domain


class ExpoDistribute(models.TransientModel):
    """Reassigning: selected customers, or all of somebody who is away or leaves, to one person or distributed."""

    _inherit = "expo.distribute"

    from_user_id = fields.Many2one(
        "res.users", "All Customers Of", ondelete="cascade", domain="[('share', '=', False)]",
        context={"active_test": False}, help="Somebody who is away or leaves the company.",
    )  # fmt: skip
    target_user_id = fields.Many2one(
        "res.users", "To", ondelete="cascade", domain="[('share', '=', False), ('id', '!=', from_user_id)]",
        help="Everybody to this person; empty: distributed by load and ability.",
    )  # fmt: skip
    reason = fields.Char(help="Why, for the history of owners.")

    def _get_customers(self):
        """Return the customers selected, else all open ones of the person who hands over."""
        if not self.is_reassignment or self.scope_ids:
            return super()._get_customers()
        domain = (
            Domain("user_id", "=", self.from_user_id.id or 0)
            & Domain("outcome", "=", "open")
            & Domain("exhibition_id.state", "!=", "done")
        )
        if self.exhibition_ids:
            domain &= Domain("exhibition_id", "in", self.exhibition_ids.ids)
        return self.env["expo.participation"].search(domain)

    @api.depends("from_user_id", "is_reassignment")
    def _compute_user_ids(self):
        return super()._compute_user_ids()

    def _get_takers(self):
        return self.target_user_id.filtered("active") or super()._get_takers()

    def _get_chosen(self, customers):
        target = self.target_user_id.filtered("active")
        return {customer.id: target.id for customer in customers} if target else super()._get_chosen(customers)

    def _get_proposed(self, customer, proposal, chosen):
        # What everybody's new owner is was not chosen row by row: another one may be named for all.
        if self.target_user_id and proposal.member == self.target_user_id.id:
            return proposal.member
        return super()._get_proposed(customer, proposal, chosen)


class ExpoDistributeLine(models.TransientModel):
    """A customer who goes to the one person whom the manager named, with the manager's reason."""

    _inherit = "expo.distribute.line"

    @api.depends("wizard_id.target_user_id")
    def _compute_why(self):
        res = super()._compute_why()
        for line in self.filtered(lambda line: line.user_id and line.user_id == line.wizard_id.target_user_id):
            line.why = self.env._("takes them all")
        return res

    def _get_reason(self):
        return self.wizard_id.reason or super()._get_reason()
