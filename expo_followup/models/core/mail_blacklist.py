from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, values):
        entries = super().create(values)
        entries._request_expo_sync()
        return entries

    def write(self, vals):
        res = super().write(vals)
        if {"active", "email"} & vals.keys():
            self._request_expo_sync()
        return res

    def _request_expo_sync(self):
        """Letters to a listed address must not leave, and may again when it is taken off the list."""
        # Users who keep the list need not see the customers of a show.
        self.env["expo.participation"].sudo().search(
            [("partner_id.email_normalized", "in", self.mapped("email"))]
        )._request_sync()
