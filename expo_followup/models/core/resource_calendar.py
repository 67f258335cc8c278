from odoo import models


class ResourceCalendar(models.Model):
    """Other working hours: the answers to complaints are due at other moments."""

    _inherit = "resource.calendar"

    def write(self, vals):
        res = super().write(vals)
        # The user who keeps the calendar need not see all companies.
        self.env["res.company"].sudo().search([("resource_calendar_id", "in", self.ids)])._expo_request_clocks()
        return res
