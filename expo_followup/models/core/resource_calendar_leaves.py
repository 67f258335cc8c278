from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """A day off of the company moves what is planned on it."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._request_expo_sync()
        return leaves

    def write(self, vals):
        res = super().write(vals)
        self._request_expo_sync()
        return res

    def unlink(self):
        companies = self._get_expo_companies()
        res = super().unlink()
        companies._expo_request_calendar()
        return res

    def _get_expo_companies(self):
        """Return whose days off these are; leaves of single people are not the company's."""
        common = self.filtered(lambda leave: not leave.resource_id)
        return common.company_id or (self.env["res.company"].sudo().search([]) if common else common.company_id)

    def _request_expo_sync(self):
        self._get_expo_companies()._expo_request_calendar()
