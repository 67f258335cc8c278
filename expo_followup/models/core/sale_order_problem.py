from odoo import api, fields, models


class SaleOrder(models.Model):
    """Problems with an order: declared here, and its invoices are held and released together."""

    _inherit = "sale.order"

    expo_problem_ids = fields.One2many("expo.problem.notice", "order_id", "Problems", copy=False)
    expo_open_problems = fields.Char(compute="_compute_expo_open_problems", groups="sales_team.group_sale_salesman")

    @api.depends("expo_problem_ids.is_open", "expo_problem_ids.told_at")
    @api.depends_context("lang")
    def _compute_expo_open_problems(self):
        """Name the declared problems that are open. In sudo: whoever has the order open is to know."""
        for order in self:
            notices = order.sudo().expo_problem_ids.filtered("is_open")
            kinds = dict(notices._fields["kind"]._description_selection(self.env))
            told, untold = self.env._("the customer knows"), self.env._("the customer has not been told")
            order.expo_open_problems = ", ".join(
                f"{kinds[notice.kind]} ({told if notice.told_at else untold})" for notice in notices
            )

    def _expo_get_warning(self):
        """Return in words why these orders should not be asked to be paid now; empty if they may."""
        # In sudo: that there is a problem is for whoever asks for money; only its number is told.
        orders = self.sudo()
        found = [
            *orders.env["expo.complaint"]._find_holding(orders, orders.env["account.move"]),
            *orders.expo_problem_ids.filtered("is_open"),
        ]
        return orders.env["account.move"]._expo_show_problems(found)

    def _expo_sync_holds(self):
        """Hold or release the invoices of these orders. In sudo by whoever calls."""
        if not self:
            return
        moves = self.env["account.move"].sudo()
        # Those of colleagues of other companies are theirs: an order and its invoices are of one company.
        lines = self.env["account.move.line"].sudo().search([("sale_line_ids.order_id", "in", self.ids)])
        (moves | lines.move_id)._expo_sync_holds()

    def action_declare_problem(self):
        """Declare a problem of this order, or see those that are open."""
        self.ensure_one()
        lists = [(False, "list"), (False, "kanban")]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Problems with %s", self.name),
            "res_model": "expo.problem.notice",
            "views": [*lists, (False, "form")] if self.sudo().expo_problem_ids else [(False, "form")],
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }
