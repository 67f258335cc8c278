from odoo import api, fields, models

from ...models.core.mail_compose_message import MONEY_MODELS


class PaymentLinkWizard(models.TransientModel):
    """Warn of open problems before payment is asked for by a link (rules.md §5)."""

    _inherit = "payment.link.wizard"

    expo_warning = fields.Char("Open Problem Warning", compute="_compute_expo_warning")

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_expo_warning(self):
        for wizard in self:
            wizard.expo_warning = False
            if wizard.res_model in MONEY_MODELS:
                record = self.env[wizard.res_model].browse(wizard.res_id).exists()
                if record and record.has_access("read"):
                    wizard.expo_warning = record._expo_get_warning()
