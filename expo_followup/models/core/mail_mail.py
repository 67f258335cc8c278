import base64
import logging
import re
import smtplib
import sys

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.mail import email_split_tuples, formataddr

from ...tools.mail_pictures import PRODUCT_SIZE, SIGNATURE_SIZE, shrink
from ...tools.smtp import is_address_refused, is_temporary
from .ir_mail_server import INLINE

# Core's types of failure that the mail server has no part in.
ADDRESS_FAILURES = ("mail_email_invalid", "mail_email_missing", "mail_from_invalid", "mail_from_missing")
_PICTURE = re.compile(
    r'src="[^"]*/web/image/'
    r'(?:(?P<file>\d+)\?access_token=(?P<token>[\w-]+)|product\.product/(?P<product>\d+)/image_128)"'
)
_PAGE_LANGUAGE = re.compile(r'(<html[^>]* lang="[a-z]+)_(\w+)')
COMPLAINT = "expo.complaint"
# Core's measure for Reply-To: a longer header is folded in ways that some servers do not read.
LONGEST_REPLY_TO = 68
_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    """Letters of a show in Odoo's mail queue: claimed before they are sent, and never to a listed address."""

    _inherit = "mail.mail"

    # Mails about complaints: a letter to many counts when it leaves, and one that does not get through no more.
    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(), string="Complaint Letter Type", readonly=True
    )

    def _get_expo_letters(self):
        """Return the follow-ups whose letters these mails are.

        In sudo: the user who sends mail need not see the customers of a show.
        """
        return self.env["expo.followup"].sudo().search([("mail_mail_id", "in", self.ids)])

    def _send(self, auto_commit=False, smtp_session=None, post_send_callback=None, **kwargs):
        letters = self._get_expo_letters()
        others = self - letters.mail_mail_id
        kwargs |= {
            "auto_commit": auto_commit,
            "smtp_session": smtp_session,
            "post_send_callback": post_send_callback,
        }
        res = super(MailMail, others)._send(**kwargs) if others else True
        for mail in self & letters._drop_excluded_letters()._postpone_on_days_off().mail_mail_id:
            letter = letters.filtered(lambda f, mail=mail: f.mail_mail_id == mail)
            # A letter that another user has claimed is theirs to send.
            if not letter._claim_letters():
                continue
            mail._commit_if(auto_commit)
            try:
                super(MailMail, mail)._send(**kwargs)
            except smtplib.SMTPServerDisconnected as error:
                mail._note_disconnection(letter, error)
                mail._commit_if(auto_commit)
                raise
        if post_send_callback:
            # Letters that another process is sending, or that a cut-off one left behind, count as seen: else the
            # scheduled action believes that work remains and starts again at once, until a person parks them.
            post_send_callback(self.ids)
        return res

    def _commit_if(self, auto_commit):
        """Commit when the caller sends with commits, as core does after each mail.

        After a claim: from then on a killed server leaves the letter "being sent", and it is not sent again by
        itself.
        """
        if auto_commit:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _note_disconnection(self, letter, error):
        """No reply came, so the message was not taken over (RFC 5321 §4.5.4.1): the same message again."""
        self.write({"state": "exception", "failure_reason": str(error), "failure_type": "mail_smtp"})
        letter._letter_failed(str(error), is_temporary(error, "mail_smtp"))

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Note what became of letters; core calls this while it handles the error, which carries the reply code."""
        about_complaints = self.sudo().filtered(lambda mail: mail.model == COMPLAINT)
        messages = about_complaints.mail_message_id
        about_complaints.filtered(lambda mail: mail.state == "sent")._note_complaint_letters()
        letters = self._get_expo_letters().filtered(lambda f: f.mail_state in ("outgoing", "sending"))
        # What core found wrong with an address before it asked the mail server comes without an error.
        error = None if failure_type in ADDRESS_FAILURES else sys.exc_info()[1]
        for mail in letters.mail_mail_id:
            letter = letters.filtered(lambda f, mail=mail: f.mail_mail_id == mail)
            if mail.state == "sent":
                letter._letter_sent()
            else:
                is_refused = is_address_refused(error)
                reason = failure_reason or mail.failure_reason
                letter._letter_failed(reason, is_temporary(error, failure_type), is_refused)
        res = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        for message in messages.exists() if failure_type else ():
            self.env[COMPLAINT].browse(message.res_id).exists()._check_delivery(message)
        return res

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Send what we write about our records as letters: with their sender's name, as a page, with their pictures."""
        emails = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        if not (self.model or "").startswith("expo."):
            return emails
        for email in emails:
            email["reply_to"] = self._get_named_reply_to(email)
            body, pictures = self._embed_pictures(self._complete_page(email))
            email["body"] = body
            email["attachments"] = [*email["attachments"], *pictures]
        return emails

    def _complete_page(self, email):
        """Return a letter as a whole page that says its language; what a layout has drawn is one already."""
        body = str(email["body"] or "")
        # It says to us in which language the letter is; in a mail of several parts it would be a part of its own.
        headers = {**email["headers"]}
        lang = headers.pop("Content-Language", "")
        email["headers"] = headers
        if "<html" not in body:
            lang = lang or (email["partner_id"] or self.env.user).lang or ""
            values = {"content": Markup(body), "language": lang.replace("_", "-")}
            body = str(self.env["ir.qweb"]._render("expo_followup.letter_page", values, minimal_qcontext=True))
        # Core's layouts say zh_CN, which is no language to a browser.
        return "<!DOCTYPE html>\n" + _PAGE_LANGUAGE.sub(r"\1-\2", body.strip(), count=1)

    def _embed_pictures(self, body):
        """Return the body with its pictures inside, small, and these; a link shows only where our server is reached."""
        pictures = {}

        def embed(match):
            name, content = self._find_picture(match)
            if small := shrink(content, SIGNATURE_SIZE if match["file"] else PRODUCT_SIZE):
                content_id = f"{name}@expo"
                pictures[content_id] = (f"{INLINE}{content_id}", small, "image/jpeg")
                return f'src="{INLINE}{content_id}"'
            return match[0]

        return _PICTURE.sub(embed, body), list(pictures.values())

    def _find_picture(self, match):
        """Return name and content of a picture that a letter may show, no content for any other."""
        if match["file"]:
            # In sudo: the token in the letter is the right to see this one picture.
            picture = self.env["ir.attachment"].sudo().browse(int(match["file"])).exists()
            is_ours = (picture.res_model, picture.res_field) == ("expo.exhibition", "signature")
            is_shown = is_ours and consteq(picture.access_token or "", match["token"])
            return f"signature-{picture.id}", picture.raw if is_shown else b""
        # In sudo: of the products that the letter is about, which its reader may see.
        customer = self.env["expo.participation"].sudo()
        if self.model == customer._name:
            customer = customer.browse(self.res_id).exists()
        products = customer.product_ids | customer.exhibition_id.product_ids
        product = products.filtered(lambda product: product.id == int(match["product"]))
        return f"product-{product.id}", base64.b64decode(product.with_context(bin_size=False).image_256 or b"")

    def _get_named_reply_to(self, email):
        """Return Reply-To with the name that the mail comes from; core takes the user's, who may be the system."""
        senders, targets = (email_split_tuples(email[name] or "") for name in ("email_from", "reply_to"))
        if not senders or len(targets) != 1:
            return email["reply_to"]
        address = targets[0][1]
        company = self.env[self.model].browse(self.res_id).exists()._mail_get_companies() if self.res_id else {}
        names = filter(None, [senders[0][0], *(row.name for row in company.values())])
        named = (formataddr((name, address)) for name in names)
        return next((header for header in named if len(header) <= LONGEST_REPLY_TO), address)

    def _note_complaint_letters(self):
        """Note letters about complaints that have left, once."""
        letters = self.filtered("expo_letter_kind")
        for mail in letters:
            mail._note_complaint_letter()
        letters.expo_letter_kind = False

    def _note_complaint_letter(self):
        """Note a letter that has left: whatever cannot be noted keeps no mail back.

        As its author, in whose name it left.
        """
        complaint = self.env[COMPLAINT].with_user(self.create_uid).browse(self.res_id).sudo().exists()
        try:
            with self.env.cr.savepoint():
                if complaint:
                    complaint._note_letter(self.expo_letter_kind, self.mail_message_id, self)
        except UserError as error:
            _logger.info("The letter %s has left, and is not noted: %s", self.mail_message_id.message_id, error)
