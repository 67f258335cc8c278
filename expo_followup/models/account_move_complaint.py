from odoo import models


class AccountMove(models.Model):
    """Credit notes of complaints, which the accountants may take back."""

    _inherit = "account.move"

    def _expo_is_taken_back(self):
        """Tell whether a posted document was reversed as a whole: the customer has nothing of it any more."""
        self.ensure_one()
        return any(
            move.state == "posted" and self.currency_id.compare_amounts(move.amount_total, self.amount_total) >= 0
            for move in self.reversal_move_ids
            if move.currency_id == self.currency_id
        )
