import hashlib
import logging

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, format_date, html2plaintext, plaintext2html

from ...tools.clock import add_working_days
from .money import PROMISED
from .workflow import CONTENT

_logger = logging.getLogger(__name__)
LONGEST_TEXT = 10_000
LONGEST_SUBJECT = 200
LONGEST_NAME = 100
#: What one complaint takes by the page within a day; more is no complaint.
MOST_FILES_A_DAY = 100
MOST_MESSAGES_A_DAY = 100
#: New complaints of one customer within a day.
MOST_NEW_A_DAY = 20
# Where the customer's five steps stand in each state; none where a complaint was given up.
STEP_OF = {
    "new": 1,
    "confirmed": 1,
    "reopened": 1,
    "evaluating": 1,
    "negotiating": 2,
    "implementing": 3,
    "feedback": 4,
    "closed": 5,
}
MOST_LETTERS = 100


class ExpoComplaintPortal(models.AbstractModel):
    """What customers do on their page: complain, write, send photos, answer our offer, confirm the receipt.

    The rating is part of the workflow.
    All methods here are called by the controller after its own check of the visitor. Each begins with
    :meth:`_register_customer_reply`, which writes to the complaint: of two requests at once the second starts over, and
    finds what the first has done.
    """

    _name = "expo.complaint.portal"
    _description = "Customer Page of a Complaint"

    portal_key = fields.Char(
        readonly=True, copy=False, help="Key of the portal form from which the complaint was created."
    )
    receipt_on = fields.Datetime(
        "Receipt Confirmed On",
        readonly=True,
        copy=False,
        help="When the customer confirmed the receipt of the goods or money.",
    )
    receipt_by = fields.Char("Receipt Confirmed By", readonly=True, copy=False)

    _portal_key_unique = models.UniqueIndex(
        "(portal_key) WHERE portal_key IS NOT NULL",
        "You cannot send the same form twice. Reload the page to see your complaint.",
    )

    @api.model
    def _get_thread_with_access(self, thread_id, *, hash=None, pid=None, token=None, **kwargs):  # noqa: A002
        """Open the customer page alone by the link, not the general ways to read, write and upload to a record.

        These know neither of what we take from customers nor of their letters.
        """
        return super()._get_thread_with_access(thread_id, **kwargs)

    # -- visitors ----------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _get_customer_domain(self, user):
        """Return the domain of the complaints that a logged-in customer sees: those of the company."""
        customer = user.partner_id.commercial_partner_id
        return Domain("commercial_partner_id", "=", customer.id) & Domain("merged_into_id", "=", False)

    @api.private
    def _is_of(self, user):
        """Tell whether a logged-in user is of the customer's company."""
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
        """Return the partner who acts on the page: the logged-in one, else the recipient of the link."""
        return self.partner_id if user._is_public() else user.partner_id

    # -- actions -----------------------------------------------------------------------------------------

    @api.private
    def _register_customer_reply(self, text=False):
        """Take notice of the customer; the message goes to the complaint that is returned."""
        self.ensure_one()
        # In sudo, here and below: the customer has no own access; the controller has checked the visitor.
        complaint = self.sudo()
        # Written at once: a second request waits, and starts over with what the first one did.
        complaint.last_reply_on = fields.Datetime.now()
        complaint.flush_recordset(["last_reply_on"])
        complaint = complaint._customer_replied(text)
        if not complaint.active:
            complaint.active = True
        return complaint

    @api.private
    def _take_message(self, author, text="", uploads=()):
        """Post what the customer writes, with photos; the same words and files twice change nothing.

        :param author: the partner who writes; empty where we know an address only
        :param str text: plain text
        :param uploads: as returned by ``tools.uploads.take_files``
        :return: the complaint that goes on
        :raises UserError: when there was too much of it today
        """
        text = (text or "").strip()[:LONGEST_TEXT]
        if not text and not uploads:
            # Nothing was said: nothing that has ended is reopened.
            return self.sudo()._get_survivor()
        complaint = self._register_customer_reply(text)
        files = complaint._keep_files(uploads)
        if text and not complaint._has_said(text, author):
            self._check_not_flooded(complaint.message_ids.filtered(_is_of_today), MOST_MESSAGES_A_DAY)
            complaint._post_customer_message(plaintext2html(text), author, attachment_ids=files.ids)
        elif files:
            complaint._post_customer_message("", author, attachment_ids=files.ids)
        return complaint

    @api.model
    @api.private
    def _take_complaint(self, user, values, uploads=(), key=""):
        """Make a complaint of what a logged-in customer wrote; of one form only one.

        :param values: subject, story, source and order_id, as the form has them
        :param str key: of the form
        :raises UserError: when nothing is said, or when there were too many today
        """
        # In sudo: customers have no access to complaints; all that they may set is chosen here.
        complaints = self.sudo()
        if found := key and complaints.search([("portal_key", "=", key)], limit=1):
            return found if found._is_of(user) else complaints
        story = (values.get("story") or "").strip()[:LONGEST_TEXT]
        subject = " ".join((values.get("subject") or "").split())[:LONGEST_SUBJECT]
        if not story or not subject:
            raise UserError(
                self.env._(
                    "You cannot send the form because the description is missing. Tell us in a few words what is wrong."
                )
            )
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
            complaint._post_customer_message("", user.partner_id, attachment_ids=files.ids)
        complaint._acknowledge_page()
        return complaint

    def _acknowledge_page(self):
        """Acknowledge the complaint at once, with the letter that answers complaints by mail."""
        if not self.company_id.expo_complaint_auto_acknowledge:
            return
        try:
            with self.env.cr.savepoint():
                self._send_letter("acknowledge")
        except Exception:
            # No complaint is lost because of a letter: the assignee is shown that this one is missing.
            _logger.warning("The acknowledgement of %s could not be sent", self.name, exc_info=True)

    @api.model
    @api.private
    def _get_orders_of(self, user):
        """Return the confirmed orders that a customer may complain about."""
        # In sudo: the customer's own orders, and of them only their names are shown.
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [("partner_id", "child_of", user.partner_id.commercial_partner_id.id), ("state", "=", "sale")],
                order="date_order desc",
                limit=100,
            )
        )

    def _has_open_offer(self):
        """Tell whether an offer of ours waits for the customer's answer."""
        if not self.is_open or not self.offered_on or self.accepted_on:
            return False
        facts = self._get_gate_facts()
        return facts["remedy"] and facts["authority"]

    def _get_offer_mark(self):
        """Return what tells this offer from another one, by the words that the customer reads."""
        return hashlib.sha256("\n".join(self._get_offer_words()).encode()).hexdigest()

    @api.private
    def _accept(self, author, name, mark):
        """The customer takes our offer; twice is harmless.

        :param author: the partner who answers; empty where we know an address only
        :param str name: the name entered on the page
        :param str mark: of the offer that was shown, by :meth:`_get_offer_mark`
        """
        # In sudo, here and below: the customer has no own access; the controller has checked the visitor.
        complaint = self.sudo()._get_survivor()
        if complaint._get_offer_mark() != mark:
            return complaint, "changed"
        if complaint._has_open_offer():
            complaint = complaint._register_customer_reply()
            name = complaint._get_name(author, name)
            complaint._accept_offer("portal", name)
            complaint._post_customer_message(complaint._get_words()._("We accept your offer. %s", name), author)
        return complaint, "accept" if complaint.accepted_on else "changed"

    @api.private
    def _decline(self, author, text, mark):
        """Decline our offer for the customer; twice is harmless, and the words are never lost."""
        complaint = self.sudo()._get_survivor()
        text = (text or "").strip()[:LONGEST_TEXT]
        said = "\n".join(filter(None, (complaint._get_words()._("We do not accept your offer."), text)))
        if complaint._has_open_offer() and complaint._get_offer_mark() == mark:
            complaint = complaint._register_customer_reply(text)
            complaint._decline_offer("portal", text)
            complaint._post_customer_message(plaintext2html(said), author)
            return complaint, "decline"
        if complaint._has_said(said, author):
            return complaint, "decline"
        return complaint._take_message(author, text), "changed_words" if text else "changed"

    def _may_confirm_receipt(self):
        """Tell whether the customer is asked for the receipt of the remedy."""
        promised = self.remedy_ids.filtered(lambda remedy: remedy.state in PROMISED)
        return self.state in ("implementing", "feedback") and not self.receipt_on and bool(promised)

    @api.private
    def _confirm_receipt(self, author, name):
        """Record that the customer has received the remedy; the first answer counts."""
        complaint = self.sudo()._get_survivor()
        if complaint._may_confirm_receipt():
            complaint = complaint._register_customer_reply()
            name = complaint._get_name(author, name)
            complaint.write({"receipt_on": fields.Datetime.now(), "receipt_by": name})
            complaint._post_customer_message(
                complaint._get_words()._("We have received the goods or the payment you promised. %s", name), author
            )
        return complaint, "receipt" if complaint.receipt_on else "changed"

    def action_open_customer_page(self):
        """Show the complaint as its customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.access_url, "target": "new"}

    def action_replace_link(self):
        """Disable the links of all letters so far, as when one has come into wrong hands."""
        self.check_access("write")
        self._revoke_access()
        for complaint in self:
            complaint._message_log(body=self.env._("The links in earlier letters no longer work."))
        return True

    def _revoke_access(self):
        """Let the links of the letters so far open nothing."""
        # In sudo: a fact that the system keeps, of complaints whose write access was checked.
        self.sudo().access_token = False

    # -- how it is kept ----------------------------------------------------------------------------------

    def _post_customer_message(self, body, author, **values):
        """Post the customer's words; the assignee is notified."""
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
            raise UserError(
                self.env._(
                    "You cannot send more files today because the daily limit is reached. Send "
                    "them tomorrow, or call us."
                )
            )
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
        # Proof stays as it came: what is made smaller is another file, also when the same photo is sent twice.
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
        """Tell whether a contact of the customer wrote a message, or a partner with an own login.

        :param viewer: the partner who acts; only their own words count
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
            raise UserError(
                self.env._(
                    "You cannot send more messages today because the daily limit is reached. "
                    "Write tomorrow, or call us."
                )
            )

    def _get_words(self):
        """Return the environment in the customer's language."""
        return self.with_context(lang=self._get_language()).env

    # -- content -----------------------------------------------------------------------------------------

    @api.private
    def _get_customer_status(self):
        """Return what the customer is told, as ``(badge, title, text)`` in the language of the context."""
        self.ensure_one()
        if self.state == "negotiating" and self._has_open_offer():
            return (
                self.env._("Your answer is needed"),
                self.env._("Our offer is awaiting your answer"),
                self._get_answer_text(),
            )
        if self.accepted_on and self.state == "negotiating":
            return (
                self.env._("In progress"),
                self.env._("We have received your reply"),
                self.env._("You have accepted our offer. We will carry it out and let you know as soon as it is done."),
            )
        if self.rated_on and self.state == "feedback":
            return (self.env._("In progress"), self.env._("We have received your feedback"), self._get_verdict_text())
        if self.is_waiting and self.state not in ("feedback", "closed"):
            return (
                self.env._("Your answer is needed"),
                self.env._("We are waiting for your reply"),
                self.env._("We have written to you. Please reply below, with photos where we asked for them."),
            )
        return self._get_status_of_states()[self.state]

    def _get_verdict_text(self):
        if self.rating_last_value < CONTENT:
            return self.env._("We are sorry that this is not resolved yet. We will contact you.")
        return self.env._("We are completing the remaining work.")

    def _get_answer_text(self):
        """Ask for an answer to our offer, by the day that our letter gives; once it is over, without one."""
        company = self.company_id
        days, is_working = company.expo_complaint_reply_days, company._expo_calendar().is_working
        day = add_working_days(company._expo_local_date(self.offered_on), days, is_working)
        if day < company._expo_today():
            return self.env._("Please tell us below whether you accept it.")
        return self.env._("Please tell us below by %s whether you accept it.", self._show_day(day))

    @api.private
    def _get_customer_dates(self):
        """Return what the customer is asked for, and what was announced, with its day: a line each."""
        self.ensure_one()
        if not self.is_open or self.offered_on:
            return []
        lines, today = [], self.company_id._expo_today()
        due_on = self._get_photos_due()
        if due_on and due_on >= today:
            lines.append(self.env._("Please send us photos by %s.", self._show_day(due_on)))
        elif self.evidence_ids.filtered(lambda row: row.kind == "photo" and row.state == "requested"):
            lines.append(self.env._("We are still waiting for your photos. If you cannot take any, please tell us."))
        due_on = self._get_review_due()
        if due_on and due_on >= today and "review_announced" in self._get_sent():
            day = self._show_day(due_on)
            lines.append(self.env._("Our production and inspection departments will complete their review by %s.", day))
        return lines

    def _get_status_of_states(self):
        looking = self.env._("In progress")
        return {
            "new": (
                self.env._("Received"),
                self.env._("We have received your complaint"),
                self.env._("We are sorry for the trouble. We will look into it and reply to you."),
            ),
            "confirmed": (
                looking,
                self.env._("We are looking into it"),
                self.env._("Photos of the goods and of their packing help us to find out what happened."),
            ),
            "evaluating": (
                looking,
                self.env._("We are finding out what happened"),
                self.env._("Our team is looking into it. We will write to you as soon as we know more."),
            ),
            "negotiating": (
                looking,
                self.env._("We are working out a solution"),
                self.env._("We will send you our offer."),
            ),
            "implementing": (
                looking,
                self.env._("We are carrying out the solution"),
                self.env._("We will let you know as soon as it is done."),
            ),
            "feedback": (
                self.env._("Carried out"),
                self.env._("The solution has been carried out"),
                self.env._("Is everything in order now? Your opinion helps us improve."),
            ),
            "closed": (
                self.env._("Closed"),
                self.env._("This complaint is closed"),
                self.env._("If anything is still open, write to us below and we will reopen your complaint."),
            ),
            "reopened": (
                looking,
                self.env._("We are looking into it again"),
                self.env._("We have read your message and are looking into it again."),
            ),
            "rejected": (
                self.env._("Answered"),
                self.env._("We have answered your complaint"),
                self.env._(
                    "After careful examination, we cannot accept this complaint. If you disagree, write to us below."
                ),
            ),
            "cancelled": (
                self.env._("Closed"),
                self.env._("This complaint will not be pursued further"),
                self.env._("If anything is still open, write to us below and we will reopen your complaint."),
            ),
        }

    @api.private
    def _get_customer_steps(self):
        """Return the five steps as the customer sees them: ``[(label, day or False, done, current or open)]``."""
        self.ensure_one()
        if self.state not in STEP_OF:
            return []
        current = STEP_OF[self.state]
        if self.accepted_on and self.state == "negotiating":
            current += 1
        steps = (
            (self.env._("Received"), self.received_at),
            (self.env._("Examined"), self.evaluated_on),
            (self.env._("Solution"), self.offered_on),
            (self.env._("Carried out"), self.implemented_on),
            # Nothing is closed before the customer feedback.
            (self.env._("Your opinion") if self.state == "feedback" else self.env._("Closed"), self.closed_on),
        )
        return [
            (label, moment and index < current and self._show_date(moment), _mark(index, current))
            for index, (label, moment) in enumerate(steps)
        ]

    @api.private
    def _show_date(self, moment):
        """Return the day of a moment with its month in letters: 03/05 is another day across the ocean.

        Where the reader is: by the login, else by what we know of the customer, else where we are.
        """
        company = self.company_id or self.env.company
        zone = self.env.context.get("tz") or self.partner_id.tz or company._expo_tz()
        return format_date(self.with_context(tz=zone).env, moment, date_format="medium")

    @api.private
    def _get_letters(self, viewer=None):
        """Return the messages from and to the customer, the latest first; never a note.

        :param viewer: the partner who looks, and finds at least their own messages
        """
        self.ensure_one()
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        domain = (
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", ("comment", "email", "email_outgoing", "auto_comment"))
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False)
        )
        return (
            self.env["mail.message"]
            .search(domain, limit=MOST_LETTERS)
            .filtered(lambda message: self._is_letter(message, viewer))
        )

    def _is_letter(self, message, viewer=None):
        """Tell whether a message is from or to the customer; others may be written to from here as well."""
        if self._is_from_customer(message, viewer):
            return True
        customer = self.commercial_partner_id
        people = message.partner_ids | message.notified_partner_ids
        if customer and customer in people.commercial_partner_id:
            return True
        address = email_normalize(self.email_from)
        return bool(address) and address in email_normalize_all(message.outgoing_email_to or "")


def _day_ago():
    return fields.Datetime.subtract(fields.Datetime.now(), days=1)


def _is_of_today(record):
    return record.create_date >= _day_ago()


def _mark(index, current):
    return "done" if index < current else "current" if index == current else "open"
