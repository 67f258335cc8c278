import logging

from odoo import models

from ...tools import mail_repair, raw_mail
from ...tools.addresses import find_addresses
from ...tools.mail_hygiene import reports_failure
from ..core.mail_thread_complaint import ELSEWHERE, HANDLED, MODEL
from ..mixins.expo_job_mixin import TO_RETRY

_logger = logging.getLogger(__name__)

# So much of a report is searched for the identifier of our mail that came back.
SEARCHED = 200_000
MAX_IDS = 100


class ExpoComplaintMail(models.Model):
    """A mail of ours that did not arrive: whoever wrote it sees so, and who answers the complaint is told.

    Core understands reports of the standard (RFC 3464). Others say in words of their own what came back, and quote it.
    """

    _inherit = "expo.complaint.mail"

    def _note_bounce(self, raw, envelope):
        """Let core see a mail that came back. Without it nothing is lost but that knowledge."""
        thread = self.env["mail.thread"].with_context(**{HANDLED: ELSEWHERE})
        try:
            with self.env.cr.savepoint():
                message = mail_repair.parse_strictly(raw)
                if not reports_failure(message):
                    # It was read, or is only late.
                    return
                parsed = thread.message_parse(message)
                self._complete_bounce(parsed, raw, envelope)
                thread._routing_handle_bounce(message, parsed)
                bounced = parsed["bounced_message"]
                if bounced.model == MODEL:
                    self.env[MODEL].browse(bounced.res_id).exists()._check_delivery(bounced)
        except TO_RETRY:
            raise
        except Exception:
            _logger.info("The bounce in mail %s cannot be read", self.id, exc_info=True)

    def _complete_bounce(self, parsed, raw, envelope):
        """Find out which of our mails came back, and from whom, where the report does not say it as it should."""
        text = raw[:SEARCHED].decode("utf-8", "replace")
        bounced = parsed.get("bounced_message") or self.env["mail.message"]
        if not bounced:
            ids = raw_mail.MESSAGE_ID.findall(raw[:SEARCHED].decode("latin-1"))
            bounced = bounced.search([("message_id", "in", ids[:MAX_IDS])], order="id desc", limit=1)
        failed = raw_mail.addresses(envelope.message, "X-Failed-Recipients")
        # Of those to whom we wrote, whom the report names.
        told = {*bounced.notification_ids.res_partner_id.mapped("email_normalized")}
        told.update(bounced.notification_ids.mapped("mail_email_address"))
        named = sorted(told.intersection(find_addresses(text, in_header=True).addresses))
        address = (
            parsed.get("bounced_email")
            or next((address for _name, address in failed), False)
            or (named[0] if len(named) == 1 else False)
        )
        partners = self.env["res.partner"]
        if address:
            partners = parsed.get("bounced_partner") or partners.search([("email_normalized", "=", address)])
        parsed.update(
            bounced_message=bounced,
            bounced_msg_ids=parsed.get("bounced_msg_ids") or bounced.mapped("message_id"),
            bounced_email=address,
            bounced_partner=partners,
        )
        if bounced.model == MODEL:
            complaint = self.env[MODEL].browse(bounced.res_id).exists()
            self.complaint_id = complaint.filtered(lambda one: one.company_id == self.company_id) or self.complaint_id
