from odoo import api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from ...tools import raw_mail
from ...tools.mail_repair import SMALL_PICTURE


class ExpoComplaint(models.Model):
    """A complaint that comes in by mail: who, when, in whose words, and what came with it."""

    _inherit = "expo.complaint"

    mail_ids = fields.One2many("expo.complaint.mail", "complaint_id", "Mails", readonly=True, copy=False)
    mail_count = fields.Integer(compute="_compute_mail_count", compute_sudo=True)

    def _compute_mail_count(self):
        # In sudo: how many mails came in on a complaint is told to whoever reads it.
        found = self.env["expo.complaint.mail"]._read_group(
            [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
        )
        counts = {complaint.id: count for complaint, count in found}
        for complaint in self:
            complaint.mail_count = counts.get(complaint.id, 0)

    def action_open_mails(self):
        """Open the mails that concern the complaint, as they came."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_mail_all")
        action["domain"] = [("complaint_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail; what the alias says goes first."""
        mail = self.env["expo.complaint.mail"].sudo() | (self._expo_get_handled() or self.env["expo.complaint.mail"])
        company = mail.company_id or self.env.company
        desk = self.with_company(company)
        story = (self.env.context.get("expo_complaint_story") or "").replace("\0", "").strip()
        sender = mail.sender or raw_mail.clean(msg_dict.get("email_from") or "")
        own = mail._is_ours(sender)
        partner = self.env["res.partner"]
        if sender and not own:
            partner = desk._partner_find_from_emails_single(
                [sender], no_create=True, filter_found=lambda one: one.company_id.id in (False, company.id)
            )
        values = {
            # Here, for core would put the subject of the mail where our number belongs.
            "name": company._expo_next_complaint_numbers(1)[0],
            "subject": self._get_mail_subject(msg_dict.get("subject"), story),
            "story": story,
            "partner_id": partner.id,
            "channel": "email",
            "from_mail": True,
            "received_at": mail.received_at or fields.Datetime.now(),
            **(custom_values or {}),
        }
        complaint = super(ExpoComplaint, desk).message_new(msg_dict, values).with_env(self.env)
        if own:
            # A colleague sent on what he got: it is not him who complains.
            complaint.email_from = complaint.partner_id.email
        return complaint

    @api.model
    def _get_mail_subject(self, subject, story):
        subject = raw_mail.clean(subject or "") or next(iter(filter(None, map(str.strip, story.splitlines()))), "")
        return subject[:200] or self.env._("Mail without a subject")

    def _message_receive_bounce(self, email, partner):
        """Tell the owner that our mail did not arrive: the customer does not know what we believe to have told him."""
        res = super()._message_receive_bounce(email, partner)
        for complaint in self.sudo():
            # In sudo: the gateway notes it, whoever it runs as.
            complaint._tell_undelivered(email)
        return res

    @api.private
    def _note_mail(self, mail, own):
        """Keep what a mail brought along as evidence, unless one of us sent it."""
        self.ensure_one()
        message = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", self.id), ("message_id", "=", mail.gateway_message_id)],
            limit=1,
        )
        inline = str(message.body or "")
        pictures = others = self.env["ir.attachment"]
        for file in message.attachment_ids:
            # By what it is, not by what it is called.
            if not guess_mimetype((file.raw or b"")[:1024], default="").startswith("image/"):
                others |= file
            elif file.file_size >= SMALL_PICTURE or f"/web/image/{file.id}" not in inline:
                pictures |= file
        if not own:
            self._add_evidence("photo", pictures, "email")
            self._add_evidence(None, others, "email")
