from odoo import api, fields, models

from ..mixins.expo_customer_class import ABC_CLASSES


class ExpoAbcChange(models.Model):
    """One entry in the history of a customer's ABC class. Written by the scheduled action only, never changed."""

    _name = "expo.abc.change"
    _description = "Change of ABC Class"
    _order = "changed_on desc, id desc"
    # The scheduled action writes them, on the day that they tell.
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", "Our Company", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_before = fields.Selection(ABC_CLASSES, "From")
    class_after = fields.Selection(ABC_CLASSES, "To")
    turnover = fields.Monetary(help="Net turnover of the period that decided the new class.")
    changed_on = fields.Date("Date", required=True, default=fields.Date.context_today)

    @api.depends("class_before", "class_after")
    def _compute_display_name(self):
        for change in self:
            before, after = ((value or "–").upper() for value in (change.class_before, change.class_after))
            change.display_name = f"{before} → {after}"

    def action_open_customer(self):
        """Open the customer of this row."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
