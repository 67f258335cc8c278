from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

COMPLAINT = "expo.complaint"


class MailComposeMessage(models.TransientModel):
    """Letters about complaints: what is sent is noted on the complaint, once per letter."""

    _inherit = "mail.compose.message"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(),
        string="Counts As",
        compute="_compute_expo_letter_kind",
        store=True,
        readonly=False,
        help="Sending it is noted on the complaint as a letter of this kind.",
    )
    expo_is_sent = fields.Boolean(readonly=True, copy=False)

    @api.depends("template_id")
    def _compute_expo_letter_kind(self):
        """A template says what it is; whoever writes freely says it himself."""
        for composer in self:
            composer.expo_letter_kind = composer.template_id.expo_letter_kind or composer.expo_letter_kind

    def _action_send_mail_comment(self, res_ids):
        if self.model != COMPLAINT:
            return super()._action_send_mail_comment(res_ids)
        # A second click finds it sent.
        try:
            # In sudo: dialogs belong to whoever opened them, and nobody else comes here.
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(self.env._("This letter is being sent.")) from error
        self.invalidate_recordset(["expo_is_sent"])
        if self.expo_is_sent:
            return self.env["mail.message"]
        self.sudo().expo_is_sent = True
        messages = super()._action_send_mail_comment(res_ids)
        for message in messages:
            self.env[COMPLAINT].browse(message.res_id)._note_letter(self.expo_letter_kind, message)
        return messages

    def _prepare_schedule_message_post_values(self, post_values):
        values = super()._prepare_schedule_message_post_values(post_values)
        return {**values, "expo_letter_kind": self.expo_letter_kind}
