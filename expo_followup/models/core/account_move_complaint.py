from odoo import models


class AccountMove(models.Model):
    """Credit notes of complaints, which the accountants may take back."""

    _inherit = "account.move"

    def write(self, vals):
        undone = vals.get("state") in ("draft", "cancel")
        remedies = self.env["expo.complaint.remedy"]._find_done(self if undone else self.browse(), "move_id")
        res = super().write(vals)
        remedies._tell_undone()
        return res

    def _post(self, soft=True):
        remedies = self.env["expo.complaint.remedy"]._find_done(self.reversed_entry_id, "move_id")
        posted = super()._post(soft=soft)
        remedies._tell_undone()
        return posted

    def _expo_is_taken_back(self):
        """Tell whether a posted document was reversed as a whole: the customer has nothing of it any more."""
        self.ensure_one()
        return any(
            move.state == "posted" and self.currency_id.compare_amounts(move.amount_total, self.amount_total) >= 0
            for move in self.reversal_move_ids
            if move.currency_id == self.currency_id
        )
