import logging

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext, plaintext2html

from ..mixins.defaults import without_defaults

_logger = logging.getLogger(__name__)

# What the customer's page keeps by itself.
PORTAL_FACTS = frozenset(
    {
        "portal_key", "receipt_on", "receipt_by", "last_reply_on", "feedback_since", "feedback_due_on",
        "rating_last_value",
    }
)  # fmt: skip
LONGEST_TEXT = 10_000
LONGEST_SUBJECT = 200
LONGEST_NAME = 100
#: What one complaint takes by the page within a day; more is no complaint.
MOST_FILES_A_DAY = 100
MOST_MESSAGES_A_DAY = 100
#: New complaints of one customer within a day.
MOST_NEW_A_DAY = 20


class ExpoComplaint(models.Model):
    """What the customer does on his page: he complains, writes, sends photos. How he answers what we offer and do
    is in ``expo_complaint_answer`` and ``expo_complaint_feedback``.

    All methods here are called by the controller after its own check of who asks. Each begins with :meth:`_hear`, which
    writes to the complaint: of two requests at once the second starts over, and finds what the first has done.
    """

    _inherit = "expo.complaint"

    portal_key = fields.Char(readonly=True, copy=False, help="Of the form that it was entered with.")

    _portal_key_unique = models.UniqueIndex("(portal_key) WHERE portal_key IS NOT NULL", "Sent already.")

    @api.model_create_multi
    def create(self, vals_list):
        # Defaults of the context are the caller's word as well.
        plain = without_defaults(self, PORTAL_FACTS.__contains__)
        return super(ExpoComplaint, plain).create(vals_list).with_env(self.env)

    def _check_user_values(self, vals):
        res = super()._check_user_values(vals)
        if kept := not self.env.su and PORTAL_FACTS & vals.keys():
            raise AccessError(
                self.env._("These facts of a complaint are kept by the system: %s.", ", ".join(sorted(kept)))
            )
        return res

    def write(self, vals):
        changing = {}
        if "partner_id" in vals:
            # In sudo: whose it was, also for who may not read that contact.
            changing = {complaint: complaint.commercial_partner_id for complaint in self.sudo()}
        res = super().write(vals)
        for complaint, customer in changing.items():
            if customer and customer != complaint.commercial_partner_id:
                # Another customer's from now on: the link of the letters to the one before opens nothing any more.
                complaint.access_token = False
        return res

    @api.model
    def _get_thread_with_access(self, thread_id, *, hash=None, pid=None, token=None, **kwargs):  # noqa: A002
        """The customer's link opens his page, not the general ways to read, write and upload to a record: these know
        neither of what we take from customers nor of which letters are his.
        """
        return super()._get_thread_with_access(thread_id, **kwargs)

    # -- who asks ----------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _get_customer_domain(self, user):
        """Return the domain of the complaints that a customer sees who logs in: those of his company."""
        customer = user.partner_id.commercial_partner_id
        return Domain("commercial_partner_id", "=", customer.id) & Domain("merged_into_id", "=", False)

    @api.private
    def _is_of(self, user):
        """Tell whether a user who logs in is of the customer's company."""
        customer = self.sudo().commercial_partner_id
        return bool(customer) and customer == user.partner_id.commercial_partner_id

    @api.private
    def _is_same_customer(self, other):
        """Tell whether another complaint is of the same customer, by company or by address."""
        mine, theirs = self.sudo().commercial_partner_id, other.sudo().commercial_partner_id
        if mine or theirs:
            return mine == theirs
        return bool(self.email_from) and email_normalize(self.email_from) == email_normalize(other.email_from)

    @api.private
    def _get_author(self, user):
        """Return who acts on the page: who is logged in, else whom the link was sent to."""
        return self.partner_id if user._is_public() else user.partner_id

    # -- what he does ------------------------------------------------------------------------------------

    @api.private
    def _hear(self, text=False):
        """Take notice of the customer; what he has to say goes to the complaint that is returned."""
        self.ensure_one()
        # In sudo, here and below: the customer has no access of his own; the controller has checked that it is him.
        complaint = self.sudo()
        # Written at once: who comes second waits, and starts over with what the first one did.
        complaint.last_reply_on = fields.Datetime.now()
        complaint.flush_recordset(["last_reply_on"])
        complaint = complaint._customer_replied(text)
        if not complaint.active:
            complaint.active = True
        return complaint

    @api.private
    def _take_message(self, author, text="", uploads=()):
        """Post what the customer writes, with his photos; the same words and files twice change nothing.

        :param author: the partner who writes; empty where we know an address only
        :param str text: plain text
        :param uploads: as returned by ``tools.uploads.take_files``
        :return: the complaint that goes on
        :raises UserError: when there was too much of it today
        """
        text = (text or "").strip()[:LONGEST_TEXT]
        if not text and not uploads:
            # Nothing was said: nothing that has ended is taken up again.
            return self.sudo()._get_survivor()
        complaint = self._hear(text)
        files = complaint._keep_files(uploads)
        if text and not complaint._has_said(text, author):
            self._check_not_flooded(complaint.message_ids.filtered(_is_of_today), MOST_MESSAGES_A_DAY)
            complaint._say(plaintext2html(text), author, attachment_ids=files.ids)
        elif files:
            complaint._say("", author, attachment_ids=files.ids)
        return complaint

    @api.model
    @api.private
    def _take_complaint(self, user, values, uploads=(), key=""):
        """Make a complaint of what a customer who is logged in wrote; of one form only one.

        :param values: subject, story, source and order_id, as the form has them
        :param str key: of the form
        :raises UserError: when nothing is said, or when there were too many today
        """
        # In sudo: customers have no access to complaints; all that he may say of one is chosen here.
        complaints = self.sudo()
        if found := key and complaints.search([("portal_key", "=", key)], limit=1):
            return found if found._is_of(user) else complaints
        story = (values.get("story") or "").strip()[:LONGEST_TEXT]
        subject = " ".join((values.get("subject") or "").split())[:LONGEST_SUBJECT]
        if not story or not subject:
            raise UserError(self.env._("Please tell us in a few words what is wrong."))
        domain = self._get_customer_domain(user) & Domain("channel", "=", "portal")
        self._check_not_flooded(complaints.search(domain, limit=MOST_NEW_A_DAY).filtered(_is_of_today), MOST_NEW_A_DAY)
        order = self._get_orders_of(user).filtered(lambda order: str(order.id) == values.get("order_id"))
        source = values.get("source")
        try:
            with self.env.cr.savepoint():
                complaint = complaints.create(
                    {
                        "subject": subject,
                        "story": story,
                        "partner_id": user.partner_id.id,
                        "order_id": order.id,
                        "source": source if source in ("goods", "service") else "goods",
                        "channel": "portal",
                        "portal_key": key or False,
                    }
                )
        except UniqueViolation as error:
            # A double click: start over, and find what the first one made.
            raise ConcurrencyError(str(error)) from error
        if files := complaint._keep_files(uploads):
            complaint._say("", user.partner_id, attachment_ids=files.ids)
        complaint._acknowledge_page()
        return complaint

    def _acknowledge_page(self):
        """Calm the customer at once, with the letter that goes to whoever complains by mail."""
        if not self.company_id.expo_complaint_auto_acknowledge:
            return
        try:
            with self.env.cr.savepoint():
                self._send_letter("acknowledge")
        except Exception:
            # No complaint is lost because of a letter: whoever answers it is shown that this one is missing.
            _logger.warning("The acknowledgement of %s could not be sent", self.name, exc_info=True)

    @api.model
    @api.private
    def _get_orders_of(self, user):
        """Return the confirmed orders that a customer may complain about."""
        # In sudo: his own orders, and of them only what names them is shown.
        return self.env["sale.order"].sudo().search(
            [("partner_id", "child_of", user.partner_id.commercial_partner_id.id), ("state", "=", "sale")],
            order="date_order desc", limit=100,
        )  # fmt: skip

    def action_open_customer_page(self):
        """Show the complaint as its customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.access_url, "target": "new"}

    def action_replace_link(self):
        """Make the links of all letters so far open nothing: somebody has one who should not."""
        self.check_access("write")
        # In sudo: a fact that the system keeps, of complaints whose write access was checked.
        self.sudo().access_token = False
        for complaint in self:
            complaint._message_log(body=self.env._("The links of our letters so far open nothing any more."))
        return True

    # -- how it is kept ----------------------------------------------------------------------------------

    def _say(self, body, author, **values):
        """Post the customer's words; whoever answers him is notified."""
        self.ensure_one()
        # As the system: core drops the files of messages that a portal user posts, unless they came by its own form.
        return self.with_user(SUPERUSER_ID).message_post(
            body=body,
            author_id=author.id or False,
            email_from=author.email_formatted or self.email_from,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **values,
        )

    def _keep_files(self, uploads):
        """Attach the files that are not there yet, and return them; they are evidence."""
        files = self.env["ir.attachment"]
        if not uploads:
            return files
        mine = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id) & Domain("res_field", "=", False)
        today = mine & Domain("create_date", ">=", _day_ago())
        room = MOST_FILES_A_DAY - files.search_count(today)
        if len(uploads) > room:
            raise UserError(self.env._("You have sent us many files today. Please go on tomorrow, or call us."))
        known = set(files.search(mine).mapped("checksum"))
        values = []
        for upload in uploads:
            checksum = files._compute_checksum(upload.content)
            if checksum not in known:
                known.add(checksum)
                values.append(
                    {
                        "name": upload.name,
                        "raw": upload.content,
                        "mimetype": upload.mimetype,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
        # Proof stays as it came: what is made smaller is another file, also to whoever sends the same photo twice.
        files = files.with_context(image_no_postprocess=True).create(values).with_env(self.env)
        photos = files.filtered(lambda file: file.mimetype.startswith("image/"))
        self._add_evidence("photo", photos, "portal")
        self._add_evidence(None, files - photos, "portal")
        return files

    def _has_said(self, text, author):
        """Tell whether these are the customer's last words, pressed twice or sent again."""
        last = self.message_ids.filtered(lambda message: self._is_from_customer(message, author) and message.body)[:1]
        said = html2plaintext(last.body or "").split()
        return bool(last) and said == html2plaintext(plaintext2html(text)).split() and _is_of_today(last)

    def _is_from_customer(self, message, viewer=None):
        """Tell whether somebody of the customer wrote a message, or who acts for him with a login of his own.

        :param viewer: the partner who acts; of him his own words only
        """
        if viewer and message.author_id == viewer:
            return True
        customer, sender = self.commercial_partner_id, email_normalize(message.email_from)
        if customer and message.author_id:
            return message.author_id.commercial_partner_id == customer
        return bool(sender) and sender == email_normalize(self.email_from)

    def _get_name(self, author, name):
        """Return the name that is kept with what the customer says."""
        return " ".join((name or author.name or self.email_from or "").split())[:LONGEST_NAME]

    def _check_not_flooded(self, records, most):
        if len(records) >= most:
            raise UserError(self.env._("You have written to us often today. Please go on tomorrow, or call us."))

    def _get_words(self):
        """Return the environment in the customer's language."""
        return self.with_context(lang=self._get_language()).env


def _day_ago():
    return fields.Datetime.subtract(fields.Datetime.now(), days=1)


def _is_of_today(record):
    return record.create_date >= _day_ago()
