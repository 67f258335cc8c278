from odoo import fields, models

from ..mixins.record_keeping import as_user

COMPLAINT = "expo.complaint"


class MailScheduledMessage(models.Model):
    """A letter about a complaint that is to leave later counts when it leaves."""

    _inherit = "mail.scheduled.message"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(), string="Complaint Letter Type", readonly=True
    )

    def _message_created_hook(self, message):
        res = super()._message_created_hook(message)
        if self.model == COMPLAINT:
            # As its author, who may have lost the complaint meanwhile.
            complaint = as_user(self.env[COMPLAINT].browse(self.res_id), self.create_uid)
            complaint._note_letter(self.expo_letter_kind, message)
        return res
