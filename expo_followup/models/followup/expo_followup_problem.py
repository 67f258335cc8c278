from odoo import api, fields, models


class ExpoFollowup(models.Model):
    """A call that may ask for payment says first that there is a problem (rules.md §5)."""

    _inherit = "expo.followup"

    payment_warning = fields.Char(compute="_compute_payment_warning")

    @api.depends("participation_id.payment_state", "state")
    @api.depends_context("lang")
    def _compute_payment_warning(self):
        waiting = self.filtered(
            lambda touch: (
                touch.state in ("planned", "due") and touch.participation_id.payment_state in ("unpaid", "partial")
            )
        )
        (self - waiting).payment_warning = False
        # In sudo: who serves the customer is to know that there is a problem, whoever has the order.
        orders = waiting.sudo().participation_id.order_ids
        asking = orders.invoice_ids.filtered(lambda move: move._expo_is_asking())
        problems = asking._expo_get_problems()
        for touch in waiting:
            invoices = touch.sudo().participation_id.order_ids.invoice_ids
            found = dict.fromkeys(row for move in invoices for row in problems.get(move, ()))
            touch.payment_warning = asking._expo_show_problems(found)
