import re

from odoo import api, models
from odoo.tools import SQL

from ..mixins.expo_job_mixin import MAX_FAILURES

PROMISES = ("expo.complaint.remedy", "expo.complaint.demand", "expo.complaint.line")


class ExpoComplaint(models.Model):
    """What becomes of complaints when customers are merged, archived, restored or erased, and when the addon goes."""

    _inherit = "expo.complaint"

    @api.private
    def _drop_promises(self):
        """Delete remedies, demands and goods, in the order in which they refer to each other: for erasing alone."""
        for model in PROMISES if self else ():
            rows = self.env[model]
            rows.flush_model()
            rows.env.cr.execute(SQL("DELETE FROM %s WHERE complaint_id IN %s", SQL.identifier(rows._table), self._ids))
            rows.invalidate_model()

    @api.private
    def _drop_history(self):
        """Delete the events. For restoring an archive, which brings the true ones, and for erasing a person: in SQL,
        because nobody else may, the system included.
        """
        if self:
            self.env["expo.complaint.event"].flush_model()
            self.env.cr.execute(SQL("DELETE FROM expo_complaint_event WHERE complaint_id IN %s", self._ids))
            self.env["expo.complaint.event"].invalidate_model()
            self.invalidate_recordset(["event_ids"])

    @api.private
    def _erase(self):
        """Delete complaints whatever has become of them, with chatter and papers: the law's way out, and the addon's.

        In sudo: whoever calls has checked who asks for it.
        """
        complaints = self.sudo().with_context(active_test=False)
        complaints.env["expo.complaint.evidence"].search([("complaint_id", "in", complaints.ids)])._erase()
        complaints._drop_history()
        complaints._drop_promises()
        complaints.flush_recordset()
        # The guards keep people from deleting history by hand: for them it is as on the first day.
        self.env.cr.execute(
            SQL("UPDATE expo_complaint SET state = 'new', from_mail = false WHERE id IN %s", self._ids or (0,))
        )
        complaints.invalidate_recordset()
        complaints.unlink()

    @api.private
    def _settle_restored(self):
        """Let restored complaints go on: their clocks are looked after, and no number is given twice.

        Nobody is written to unasked: the database that they come from may ask for feedback as well.
        """
        complaints = self.exists()
        for company, own in complaints.grouped("company_id").items():
            numbers = [int(found[0]) for name in own.mapped("name") if (found := re.search(r"\d+$", name or ""))]
            sequence = company._expo_make_complaint_sequences()
            sequence.number_next_actual = max(sequence.number_next_actual, 1 + max(numbers, default=0))
        reason = self.env._("Restored from an archive. Try again, and the customer is asked for his verdict by mail.")
        asking = complaints.filtered("feedback_due_on")
        asking.write({"failure_count": MAX_FAILURES, "failure_reason": reason})
        complaints._trigger_clocks(min(filter(None, complaints.mapped("escalate_at")), default=None))
