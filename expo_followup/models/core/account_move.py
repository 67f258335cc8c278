from odoo import models


class AccountMove(models.Model):
    """Invoices move the follow-up of their customers: the first one wins him, payment changes what is asked."""

    _inherit = "account.move"

    def _post(self, soft=True):
        """A customer is followed up until his first invoice (rules.md §4)."""
        posted = super()._post(soft=soft)
        # The clerk who posts an invoice need not see the customer of the show.
        orders = posted.filtered(lambda move: move.move_type == "out_invoice").sudo().line_ids.sale_line_ids.order_id
        orders.expo_participation_id._note_invoice()
        return posted

    def _invoice_paid_hook(self):
        """A paid invoice moves the follow-up plan of its customer: plan anew as soon as possible."""
        res = super()._invoice_paid_hook()
        # The clerk who books the payment need not see the follow-up of the customer.
        self.env["expo.participation"].sudo()._trigger_sync()
        return res
