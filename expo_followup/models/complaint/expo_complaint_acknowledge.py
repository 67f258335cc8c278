from datetime import timedelta

from odoo import fields, models

from ...tools.mail_hygiene import takes_answers

# Machines that answer each other without saying so come to an end by these.
ACKNOWLEDGEMENTS_PER_HOUR = 1
ACKNOWLEDGEMENTS_PER_DAY = 5


class ExpoComplaintMail(models.Model):
    """Whoever complains by mail is told that we have it. By the scheduled action alone: one at a time, none twice.

    Only new complaints are acknowledged, and of one sender one in an hour and five in a day, so that two machines that
    answer each other fall silent, whatever headers they lack (RFC 3834 §2).
    """

    _inherit = "expo.complaint.mail"

    ack_state = fields.Selection(
        [("due", "Due"), ("sent", "Sent"), ("skipped", "Not needed")], "Acknowledgement", readonly=True, index=True
    )
    ack_on = fields.Datetime("Acknowledged", readonly=True)

    def _ask_acknowledgement(self):
        """Let the scheduled action acknowledge this mail, at once."""
        if self.company_id.expo_complaint_auto_acknowledge and takes_answers(self.sender or ""):
            self.ack_state = "due"
            self.env["ir.cron"]._trigger_expo("ir_cron_complaint_mail")

    def _acknowledge(self):
        """Send the acknowledgements, unless the sender was told in another way or has had enough of them."""
        for mail in self:
            complaint = mail.complaint_id
            if complaint.acknowledged_on or not complaint.is_open or mail._has_had_enough():
                mail.ack_state = "skipped"
                continue
            mail.write({"ack_state": "sent", "ack_on": fields.Datetime.now()})
            if not complaint._send_letter("acknowledge"):
                # There is no such letter, or no address.
                mail.ack_state = "skipped"

    def _has_had_enough(self):
        now = fields.Datetime.now()
        since = self.search(
            [("sender", "=", self.sender), ("ack_state", "=", "sent"), ("ack_on", ">", now - timedelta(days=1))]
        ).mapped("ack_on")
        lately = [moment for moment in since if moment > now - timedelta(hours=1)]
        return len(lately) >= ACKNOWLEDGEMENTS_PER_HOUR or len(since) >= ACKNOWLEDGEMENTS_PER_DAY
