from odoo import api, models


class ExpoParticipation(models.Model):
    """The scheduled action for whom we let wait looks after complaints, too."""

    _inherit = "expo.participation"

    @api.model
    def _cron_escalate(self):
        """Judge the clocks of complaints."""
        res = super()._cron_escalate()
        self.env["expo.complaint"]._cron_clocks()
        return res
