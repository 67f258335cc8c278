from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        """A paid invoice moves the follow-up plan of its customer: plan anew as soon as possible."""
        res = super()._invoice_paid_hook()
        # The clerk who books the payment need not see the follow-up of the customer.
        self.env["expo.participation"].sudo()._trigger_sync()
        return res
