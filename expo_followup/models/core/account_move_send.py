from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Warn of open problems before invoices are sent."""

    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        asking = moves.filtered(lambda move: move._expo_is_asking())
        if asking and (warning := asking._expo_get_warning()):
            alerts["expo_problem"] = {"level": "warning", "message": warning}
        return alerts
