from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.complaint_letters import expected
from ...tools.tone import CALM, DATE, MONEY, PHOTOS, SINGULAR, check_reply, text_of
from ..mixins.steps import lock_or_refuse

COMPLAINT = "expo.complaint"
# About these customers are asked for money.
MONEY_MODELS = ("account.move", "sale.order")


class MailComposeMessage(models.TransientModel):
    """Letters about complaints: read along as they are written, and noted on the complaint, once per letter."""

    _inherit = "mail.compose.message"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(),
        string="Letter Type",
        compute="_compute_expo_letter_kind",
        store=True,
        readonly=False,
        help="Type under which the letter is recorded on the complaint when it is sent.",
    )
    expo_is_sent = fields.Boolean("Sent", readonly=True, copy=False)
    expo_remarks = fields.Html(
        "Suggestions for Letter",
        compute="_compute_expo_remarks",
        sanitize=False,
        help="Suggestions to improve the letter; it can be sent unchanged.",
    )

    @api.depends("template_id")
    def _compute_expo_letter_kind(self):
        """A template says what the letter is; in a free text the user says so."""
        for composer in self:
            composer.expo_letter_kind = composer.template_id.expo_letter_kind or composer.expo_letter_kind

    @api.depends("body", "partner_ids", "expo_letter_kind", "subtype_id", "model", "res_ids")
    @api.depends_context("lang")
    def _compute_expo_remarks(self):
        for composer in self:
            remarks = composer._get_expo_remarks()
            items = Markup().join(Markup("<li>%s</li>") % remark for remark in remarks)
            composer.expo_remarks = Markup('<ul class="mb-0">%s</ul>') % items if remarks else False

    def _get_expo_remarks(self):
        """Return what a letter about a complaint should say differently, in the user's language."""
        if self.model in MONEY_MODELS and self.composition_mode == "comment" and not self.subtype_is_log:
            return self._get_expo_money_remarks()
        if self.model != COMPLAINT or self.composition_mode != "comment" or self.subtype_is_log:
            return []
        complaint = self.env[COMPLAINT].browse(self._evaluate_res_ids())[:1].exists()
        if not complaint or not complaint.has_access("read"):
            return []
        sought = expected(self.expo_letter_kind or "", "photos" in complaint._get_letter_needs())
        remarks = [self._show_expo_remark(remark) for remark in check_reply(text_of(self.body), sought)]
        if self.expo_letter_kind and self.partner_ids and not complaint._is_for_customer(self.partner_ids):
            remarks.append(
                self.env._("This mail does not go to the customer, so it does not count as a letter to the customer.")
            )
        return remarks

    def _get_expo_money_remarks(self):
        """Warn the user who writes about an order or an invoice that has an open problem."""
        records = self.env[self.model].browse(self._evaluate_res_ids()).exists()
        if not records or not records.has_access("read"):
            return []
        # In sudo: that there is a problem is for the user who asks for money; only its number is told.
        moves = records.sudo() if self.model == "account.move" else records.sudo().invoice_ids
        asking = moves.filtered(lambda move: move._expo_is_asking())
        return [warning] if asking and (warning := asking._expo_get_warning()) else []

    def _show_expo_remark(self, remark):
        words = remark.words
        return {
            CALM: self.env._("Start by thanking the customer or apologizing. The letter begins with: “%s”", words),
            SINGULAR: self.env._("Use “we” on behalf of the company instead of: %s", words),
            MONEY: self.env._("Mention the problem before you ask for payment: “%s”", words),
            PHOTOS: self.env._("Ask for photos."),
            DATE: self.env._(
                "Enter the date by which the customer will hear from us, or by which we expect a reply "
                "from the customer."
            ),
        }[remark.code]

    def _compute_lang(self):
        """Let what core puts around a letter be in the language of the letter."""
        res = super()._compute_lang()
        for composer in self.filtered(lambda one: one.lang and (one.model or "").startswith("expo.")):
            # In mass mode it is still an expression, which is answered when it is rendered.
            if self.env["res.lang"]._get_data(code=composer.lang):
                composer.lang = composer.template_id._expo_get_language(composer.lang)
        return res

    def _action_send_mail_comment(self, res_ids):
        if self.model != COMPLAINT:
            return super()._action_send_mail_comment(res_ids)
        if not self._claim_expo_letter():
            return self.env["mail.message"]
        messages = super()._action_send_mail_comment(res_ids)
        for message in messages:
            self.env[COMPLAINT].browse(message.res_id)._note_letter(self.expo_letter_kind, message)
        return messages

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Letters about many complaints count one by one, when they leave (``mail_mail_complaint``)."""
        if self.model != COMPLAINT:
            return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
        if not self._claim_expo_letter():
            return self.env["mail.mail"]
        if self.expo_letter_kind:
            self._check_expo_letters(self.env[COMPLAINT].browse(res_ids))
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _check_expo_letters(self, complaints):
        """Make what the letters speak of, and refuse all of them where the time of one has not come.

        :raises UserError: saying which, and what is missing
        """
        complaints.check_access("write")
        lacks = []
        for complaint in complaints:
            try:
                complaint._prepare_letter(self.expo_letter_kind)
            except UserError as error:
                lacks.append(f"{complaint.name}: {error}")
        if lacks:
            raise UserError("\n".join(lacks))

    def _prepare_mail_values(self, res_ids):
        values = super()._prepare_mail_values(res_ids)
        if self.model == COMPLAINT and self.composition_mode == "mass_mail":
            for mail_values in values.values():
                mail_values["expo_letter_kind"] = self.expo_letter_kind
        return values

    def _claim_expo_letter(self):
        """Tell whether this is the first click: a second one finds it sent.

        :raises UserError: while the first is at it
        """
        lock_or_refuse(self, self.env._("This letter is being sent."))
        if self.expo_is_sent:
            return False
        self.sudo().expo_is_sent = True
        return True

    def _prepare_schedule_message_post_values(self, post_values):
        values = super()._prepare_schedule_message_post_values(post_values)
        return {**values, "expo_letter_kind": self.expo_letter_kind}
