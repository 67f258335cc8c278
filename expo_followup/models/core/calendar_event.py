from odoo import models


class CalendarEvent(models.Model):
    """The meeting of a visit: moved in the calendar, the visit moves with it."""

    _inherit = "calendar.event"

    def write(self, vals):
        res = super().write(vals)
        if {"start", "stop"} & vals.keys():
            # In sudo: who may move the meeting goes there; visits that were held stay on their day. A visit that moves
            # its meeting stands on the new day already.
            visits = self.env["expo.visit"].sudo().search([("event_id", "in", self.ids), ("state", "=", "approved")])
            for visit in visits.filtered(lambda visit: visit.event_id.start and visit.event_id.stop):
                event = visit.event_id
                hours = (event.stop - event.start).total_seconds() / 3600
                if (event.start, event.stop) != (visit.start, visit.stop) and hours > 0:
                    visit.write({"start": event.start, "duration": hours})
        return res
