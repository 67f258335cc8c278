from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

FORGET_BATCH = 100


class ExpoComplaintMail(models.Model):
    """How long mails are kept as they came. Their rows stay: what was received is what became of it, for ever."""

    _inherit = "expo.complaint.mail"

    forgotten_on = fields.Datetime("No Longer Kept Since", readonly=True, index="btree_not_null")

    @api.model
    def _cron_forget(self):
        """Drop old mails as they came; subject, sender and what became of them stay."""
        # What was put aside as no complaint is archived.
        mails = self.with_context(active_test=False)
        mails._run_job(self._get_forget_domain(), lambda batch: batch._forget(), batch_size=FORGET_BATCH)

    def _get_forget_domain(self):
        """Return what finds the mails that are kept no longer.

        Those that wait for somebody are kept, and those of complaints that are open: what was left out of the complaint
        is in them alone.
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].search([("expo_complaint_mail_days", ">", 0)])
        old = Domain.OR(
            [
                Domain("company_id", "=", company.id)
                & Domain("received_at", "<", now - timedelta(days=company.expo_complaint_mail_days))
                for company in companies
            ]
        )
        handled = Domain("state", "in", ("ticket", "message", "robot", "duplicate"))
        dismissed = Domain("active", "=", False) & Domain("state", "=", "quarantined")
        ended = Domain("complaint_id", "=", False) | Domain("complaint_id.is_open", "=", False)
        return Domain("forgotten_on", "=", False) & old & (handled | dismissed) & ended

    def _forget(self):
        self.write({"raw": False, "forgotten_on": fields.Datetime.now()})
