from odoo import models

from ...tools.complaint_clocks import hasten

HASTENED = "hastened"


class ExpoComplaint(models.Model):
    """A complaint that turns out to be serious is answered sooner: its clocks give less of the time that is left.

    Time that was used stays used, and nobody is late because of the moment at which he saw how serious it is. Marking
    it less serious again gives no time back.
    """

    _inherit = "expo.complaint"

    def write(self, vals):
        turning = self.filtered(lambda one: one.severity != "serious") if vals.get("severity") == "serious" else ()
        res = super().write(vals)
        if turning:
            turning._hasten_clocks()
        return res

    def _hasten_clocks(self):
        """Shorten the limits of the clocks that run or stand, each once; the log says when."""
        # In sudo: clocks are kept by the system, for whoever may write the complaint.
        for complaint in self.sudo():
            company = complaint.company_id
            limits, share = company._expo_clock_limits(serious=True), company.expo_complaint_serious_percent / 100
            marked = max(complaint.event_ids.filtered(lambda one: one.kind == HASTENED).mapped("at"), default=False)
            live = complaint.clock_ids.filtered(
                lambda clock, marked=marked, limits=limits: (
                    not clock.stopped_at
                    and clock.limit_hours > limits[clock.kind] > 0
                    and not (marked and marked >= clock.started_at)
                )
            )
            names, notes = dict(live._get_kinds()), []
            for clock in live:
                before, clock.limit_hours = clock.limit_hours, hasten(clock.limit_hours, clock.used_hours, share)
                notes.append(f"{names[clock.kind]}: {before:g} h → {clock.limit_hours:g} h")
            if live:
                complaint._log_event(HASTENED, note=", ".join(notes))
                complaint._update_clocks()
