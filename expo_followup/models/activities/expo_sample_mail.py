from mimetypes import guess_extension

from markupsafe import Markup

from odoo import api, fields, models

from ..mixins.composer import composer_action


class ExpoSample(models.Model):
    """The details go to the customer by mail, with a picture, before the sample does (rules.md §4)."""

    _inherit = "expo.sample"

    letter_goods = fields.Html(compute="_compute_letter_goods", compute_sudo=True, sanitize=False)

    @api.depends("line_ids", "details", "freight", "freight_account", "picture", "address_id")
    @api.depends_context("lang")
    def _compute_letter_goods(self):
        """Draw goods, details, picture and freight, in the language of the context."""
        pictures = self._get_picture_urls()
        for sample in self:
            values = {"sample": sample, "picture_url": pictures.get(sample.id)}
            sample.letter_goods = self.env["ir.qweb"]._render("expo_followup.sample_goods", values)

    def _get_picture_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_field", "=", "picture"), ("res_id", "in", self.ids)]
        )

    def _get_picture_urls(self):
        """Return ``{sample id: link}`` of the pictures, which whoever has the mail may fetch."""
        pictures = self._get_picture_files()
        tokens = pictures.generate_access_token()
        return {
            picture.res_id: f"{self.browse(picture.res_id).get_base_url()}/web/image/{picture.id}?access_token={token}"
            for picture, token in zip(pictures, tokens, strict=True)
        }

    def _process_attachments_for_template_post(self, mail_template):
        """Many a mail program shows no pictures from elsewhere: the picture travels with the mail too."""
        res = super()._process_attachments_for_template_post(mail_template)
        if mail_template == self.env.ref("expo_followup.mail_template_sample", raise_if_not_found=False):
            for picture in self._get_picture_files():
                name = f"{self.env._('Sample')}{guess_extension(picture.mimetype) or ''}"
                files = res.setdefault(picture.res_id, {}).setdefault("attachments", [])
                files.append((name, picture.with_context(bin_size=False).datas))
        return res

    def action_propose(self):
        """Open the mail that asks the customer to confirm goods, details and freight."""
        self.ensure_one()
        self.check_access("write")
        template = self.env.ref("expo_followup.mail_template_sample", raise_if_not_found=False)
        return composer_action(self, self.env._("Details to confirm"), template)

    def _message_post_after_hook(self, message, msg_vals):
        """What is written to the customer while the sample is not agreed is our proposal."""
        res = super()._message_post_after_hook(message, msg_vals)
        if self.state == "requested" and self.partner_id in message.partner_ids and message.message_type == "comment":
            # Derived from the message; who may write to the customer may not write this field.
            self.sudo().proposed_on = fields.Datetime.now()
        return res

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in this mail without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.letter_goods",
            "object.company_id.name",
            "object.partner_id.name",
            "object.user_id.name",
            "object.user_id.signature",
        )

    @api.private
    def _note_mail(self, author_id, email_from):
        """The customer answered on his sample: he answered us."""
        self.participation_id._note_mail(author_id, email_from)

    def _get_salutation(self):
        person = self.partner_id
        is_person = person.name and not person.is_company
        return self.env._("Dear %s,", person.name) if is_person else self.env._("Dear Sir or Madam,")

    def _get_address_html(self):
        """Return the address to send to."""
        lines = (self.address_id or self.partner_id)._display_address().splitlines()
        return Markup("<br/>").join(line.strip() for line in lines if line.strip())
