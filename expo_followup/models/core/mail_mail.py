import base64
import logging
import re
import smtplib
import sys
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.mail import email_split_tuples, formataddr

from ...tools.mail_pictures import PRODUCT_SIZE, SIGNATURE_SIZE, shrink
from ...tools.smtp import SERVER_RETRY_MINUTES, is_server_trouble, is_temporary, retry_delay
from .ir_mail_server import INLINE

# Core's types of failure that the mail server has no part in.
ADDRESS_FAILURES = ("mail_email_invalid", "mail_email_missing", "mail_from_invalid", "mail_from_missing")
_PICTURE = re.compile(
    r'src="[^"]*/web/image/'
    r'(?:(?P<file>\d+)\?access_token=(?P<token>[\w-]+)|product\.product/(?P<product>\d+)/image_128)"'
)
_PAGE_LANGUAGE = re.compile(r'(<html[^>]* lang="[a-z]+)_(\w+)')
COMPLAINT = "expo.complaint"
QUEUE = "mail.ir_cron_mail_scheduler_action"
# Core's measure for Reply-To: a longer header is folded in ways that some servers do not read.
LONGEST_REPLY_TO = 68
_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    """Our mails in Odoo's mail queue: they wait for a mail server in trouble, and are tried again where that may help.

    Letters of a show are claimed before they are sent, and never go to a listed address. Mails about records of other
    apps go core's way.
    """

    _inherit = "mail.mail"

    # Mails about complaints: a letter to many counts when it leaves, and one that does not get through no more.
    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env[COMPLAINT]._get_letter_kinds(), string="Complaint Letter Type", readonly=True
    )
    # Of mails that are no letters of a show: those count on their follow-up, where a user tries them again.
    expo_failure_count = fields.Integer("Failures", readonly=True, copy=False)

    def _get_expo_letters(self):
        """Return the follow-ups whose letters these mails are.

        In sudo: the user who sends mail need not see the customers of a show.
        """
        return self.env["expo.followup"].sudo().search([("mail_mail_id", "in", self.ids)])

    def _get_expo_mails(self, letters):
        """Return those of these mails that are letters, or about a record of ours."""
        queued = {*letters.mail_mail_id.ids}
        return self.filtered(lambda mail: mail.id in queued or (mail.model or "").startswith("expo."))

    def _leave_out_claimed(self):
        """Return these mails without letters that another process is sending, or that were cut off."""
        letters = self._get_expo_letters()
        return self - (letters - letters._lock_outgoing()).mail_mail_id

    def _send(self, auto_commit=False, smtp_session=None, post_send_callback=None, **kwargs):
        letters = self._get_expo_letters()
        ours = self._get_expo_mails(letters)
        others = self - ours
        kwargs |= {
            "auto_commit": auto_commit,
            "smtp_session": smtp_session,
            "post_send_callback": post_send_callback,
        }
        res = super(MailMail, others)._send(**kwargs) if others else True
        mailable = letters._drop_excluded_letters()._postpone_late_letters()
        todo, followups = (ours - (letters - mailable).mail_mail_id).ids, mailable.grouped("mail_mail_id")
        server, is_working = kwargs.get("mail_server") or self.env["ir.mail_server"], False
        while todo and not _is_closed(smtp_session):
            mail = self.browse(todo.pop(0))
            if letter := followups.get(mail):
                # A letter that another user has claimed is theirs to send.
                if not letter._claim_letters():
                    continue
                mail._commit_if(auto_commit)
            try:
                super(MailMail, mail)._send(**kwargs)
            except smtplib.SMTPServerDisconnected as error:
                mail._note_disconnection(error)
                mail._commit_if(auto_commit)
                if kwargs.get("raise_exception"):
                    raise
                continue
            is_working = not mail._is_waiting_for_server()
            if not is_working:
                # The next ones would fare the same.
                rest = self.browse(todo)._leave_out_claimed().filtered(lambda mail: mail.state == "outgoing")
                rest._wait_for_server(mail.failure_reason, server)
                mail._commit_if(auto_commit)
                todo = []
        if is_working:
            server._end_trouble()
        if todo:
            # The session is over: the rest is tried in another one.
            self.env.ref(QUEUE).sudo()._trigger()
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

    def _note_disconnection(self, error):
        """No reply came, so the message was not taken over (RFC 5321 §4.5.4.1): the same message again."""
        self.write({"state": "exception", "failure_reason": str(error), "failure_type": "unknown"})
        self._postprocess_sent_message([], [], failure_reason=str(error), failure_type="unknown")

    def _is_waiting_for_server(self):
        """Tell whether this mail, which was just tried, waits until its mail server works."""
        return bool(self.exists()) and (self.state, self.failure_type) == ("outgoing", "mail_smtp")

    @api.private
    def _wait_for_server(self, reason, server):
        """Keep mails in the queue until their mail server works; the administrators are told, once.

        Letters among them are claimed by this process, or by none.
        """
        self._get_expo_letters()._letters_wait(reason)
        # In sudo: whatever sends the mail says what became of it.
        waiting = self.sudo().filtered(lambda mail: mail.state != "cancel")
        waiting.write({"failure_reason": reason, "failure_type": "mail_smtp"})
        waiting._keep_in_queue(SERVER_RETRY_MINUTES)
        server._show_trouble(reason)

    @api.private
    def _keep_in_queue(self, minutes):
        """Leave mails in the queue, to be tried again so many minutes from now: the same messages."""
        later = fields.Datetime.now() + timedelta(minutes=minutes)
        # In sudo: whatever sends the mail says what became of it.
        self.sudo().write({"state": "outgoing", "scheduled_date": later})
        # Core notes a failure before it sends.
        rows = self.env["mail.notification"].sudo().search([("mail_mail_id", "in", self.ids)])
        failed = rows.filtered(lambda row: row.notification_type == "email" and row.notification_status == "exception")
        failed.write({"notification_status": "ready", "failure_type": False, "failure_reason": False})
        self.env.ref(QUEUE).sudo()._trigger(later)

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Note what became of our mails; core calls this while it handles the error, which carries the reply code."""
        about_complaints = self.sudo().filtered(lambda mail: mail.model == COMPLAINT)
        about_complaints.filtered(lambda mail: mail.state == "sent")._note_complaint_letters()
        # What core found wrong with an address before it asked the mail server comes without an error.
        error = None if failure_type in ADDRESS_FAILURES else sys.exc_info()[1]
        letters = self._get_expo_letters()
        queued = letters.filtered(lambda f: f.mail_state in ("outgoing", "sending"))
        ours = self._get_expo_mails(letters) - (letters - queued).mail_mail_id
        kept = self.browse()
        # A mail of which some copies have left is not sent to all again.
        may_wait = failure_type and not success_pids and not success_emails
        if may_wait and is_server_trouble(error, failure_type):
            # Where no session could be opened nothing was claimed.
            kept = ours._leave_out_claimed() if failure_type == "mail_smtp" else ours
            if kept:
                server = next(kept.sudo()._split_by_mail_configuration())[0]
                reason = failure_reason or kept[0].failure_reason
                kept._wait_for_server(reason, self.env["ir.mail_server"].browse(server or ()))
        else:
            queued._note_letters(error, failure_reason, failure_type)
            if may_wait and is_temporary(error, failure_type):
                kept = (ours - letters.mail_mail_id)._try_later()
        messages = (about_complaints - kept).mail_message_id
        res = super(MailMail, self - kept)._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        for message in messages.exists() if failure_type else ():
            self.env[COMPLAINT].browse(message.res_id).exists()._check_delivery(message)
        return res

    def _try_later(self):
        """Keep mails in the queue whose trouble may pass; return them, without those that were tried often enough."""
        kept = self.browse()
        for mail in self:
            failures = mail.expo_failure_count + 1
            if delay := retry_delay(failures):
                mail._keep_in_queue(delay)
                kept |= mail
            # In sudo: whatever sends the mail says what became of it. A user who sends it again begins anew.
            mail.sudo().expo_failure_count = failures if delay else 0
        return kept

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


def _is_closed(smtp_session):
    """Tell whether a session with a mail server has ended, as by a reply 421."""
    return getattr(smtp_session, "sock", smtp_session) is None and smtp_session is not None
