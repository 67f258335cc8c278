import logging

from odoo import fields, models
from odoo.exceptions import UserError

COMPLAINT = "expo.complaint"
_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    """Mails about complaints: a letter to many counts when it leaves, and one that does not get through no more."""

    _inherit = "mail.mail"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(), string="Letter About a Complaint", readonly=True
    )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        mails = self.sudo().filtered(lambda mail: mail.model == COMPLAINT)
        messages = mails.mail_message_id
        letters = mails.filtered(lambda mail: mail.expo_letter_kind and mail.state == "sent")
        for mail in letters:
            mail._note_complaint_letter()
        letters.expo_letter_kind = False
        res = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        for message in messages.exists() if failure_type else ():
            self.env[COMPLAINT].browse(message.res_id).exists()._check_delivery(message)
        return res

    def _note_complaint_letter(self):
        """Note a letter that has left: whatever cannot be noted keeps no mail back.

        As whoever wrote it, in whose name it left.
        """
        complaint = self.env[COMPLAINT].with_user(self.create_uid).browse(self.res_id).sudo().exists()
        try:
            with self.env.cr.savepoint():
                if complaint:
                    complaint._note_letter(self.expo_letter_kind, self.mail_message_id, self)
        except UserError as error:
            _logger.info("The letter %s has left, and is not noted: %s", self.mail_message_id.message_id, error)
