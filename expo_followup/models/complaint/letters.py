from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.addons.base.models.ir_qweb_fields import nl2br
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all, format_date, html2plaintext

from ...tools.clock import add_working_days
from ...tools.complaint_letters import EVENTS, KINDS, WAITING, next_letter
from ...tools.tone import asks_for_photos, text_of
from ..mixins.composer import LETTER_LAYOUT, composer_action
from ..mixins.notices import Reminder, remind
from .money import PROMISED

# A reopened complaint is written to anew.
NEW_ROUND = "reopened"
TEMPLATE = "expo_followup.mail_template_complaint_"
# No machine is to answer what a machine wrote (RFC 3834 §5).
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
# What the letters show of a complaint: each a field letter_<part>, in the language of the context.
PARTS = ("salutation", "facts", "photos", "finding", "offer", "reason", "link", "signature")
# The days that the letters give: each a field letter_<day>_day.
DAYS = ("answer", "photos", "review", "reply")
PARAGRAPH = Markup('<div style="margin: 0 0 16px 0;">%s</div>')
# A rule at the left, in the long form: the short one is no style that mails may have. In a table: Outlook gives no
# other block a padding.
QUOTE = Markup(
    '<div style="margin: 0 0 16px 0;">%s<table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr>'
    '<td style="padding: 8px 0 0 12px; border-left-width: 3px; border-left-style: solid;'
    ' border-left-color: #c9d6e2;">%s</td></tr></table></div>'
)
# What core says of a mail that the customer did not get; "canceled" is one that a user gave up.
FAILED = ("exception", "bounce", "canceled")
RESTATED = "restated"
# What follows from a letter that left, by its kind: each is called with the message.
LETTER_EFFECTS = {
    "announce_review": "_begin_announced_review",
    "ask_photos": "_note_photos_asked",
    "acknowledge": "_note_photos_asked_along",
}


class ExpoComplaintLetters(models.AbstractModel):
    """The letters about a complaint: acknowledge, ask for photos, announce the review, offer, carried out, follow-up,
    rejection (rules.md §5).

    A letter counts once it is posted to the customer: by the composer (``mail_compose_message``), later by the
    composer (``mail_scheduled_message``), or by itself (:meth:`_send_letter`). How it says what it says is checked by
    ``tools/tone``. Letters that did not arrive told the customer nothing, and no gate counts them: the log keeps that
    they left, and once the mail gets through, or the customer is informed in another way, they count again.
    """

    _name = "expo.complaint.letters"
    _description = "Letters about a Complaint"

    next_letter = fields.Selection(
        selection=lambda self: self._get_letter_kinds(), compute="_compute_next_letter", string="Letter Due"
    )

    # What the letters say of a complaint, in the customer's language; drawn when a letter is.
    letter_lang = fields.Char("Letter Language", compute="_compute_letter_lang")
    letter_from = fields.Char("Letter Sender", compute="_compute_letter_from", compute_sudo=True)
    letter_salutation = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_facts = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Facts in Letter"
    )
    letter_photos = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Photo Request in Letter"
    )
    letter_finding = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Decision in Letter"
    )
    letter_offer = fields.Html("Remedy in Letter", compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_reason = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Reason in Letter"
    )
    letter_link = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Link in Letter"
    )
    letter_signature = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_answer_day = fields.Char(compute="_compute_letter_days", compute_sudo=True, string="Answer Date in Letter")
    letter_photos_day = fields.Char(
        compute="_compute_letter_days", compute_sudo=True, string="Photo Deadline in Letter"
    )
    letter_review_day = fields.Char(compute="_compute_letter_days", compute_sudo=True, string="Review Date in Letter")
    letter_reply_day = fields.Char(compute="_compute_letter_days", compute_sudo=True, string="Reply Deadline in Letter")

    undelivered_text = fields.Char(compute="_compute_undelivered_text", compute_sudo=True, string="Undelivered Letters")

    @api.model
    def _get_letter_kinds(self):
        """Return the kinds of letters, as a selection, in the order in which they are written."""
        names = {
            "acknowledge": self.env._("Acknowledgement"),
            "ask_photos": self.env._("Request for photos"),
            "announce_review": self.env._("Announcement of the review"),
            "offer": self.env._("Remedy letter"),
            "solution": self.env._("Completion letter"),
            "feedback": self.env._("Feedback request"),
            "rejection": self.env._("Rejection letter"),
        }
        return [(kind, names[kind]) for kind in KINDS]

    @api.depends(
        "state",
        "decision",
        "event_ids.kind",
        "source",
        "severity",
        "review_ids.concluded_on",
        "evidence_ids.state",
        "evidence_ids.kind",
    )
    def _compute_next_letter(self):
        for complaint in self:
            needs = complaint._get_letter_needs()
            unjustified = complaint.decision == "unjustified"
            due = next_letter(complaint.state, complaint._get_sent(), needs, unjustified) if complaint.id else ""
            complaint.next_letter = due or False

    def _get_sent(self):
        """Return the kinds of events of this round; the acknowledgement of an earlier round still counts.

        Without what a mail was to tell that did not arrive.
        """
        kinds = []
        for event in self.event_ids.sorted(lambda event: (event.at, event.id)):
            kinds = [*kinds, event.kind] if event.kind != NEW_ROUND else []
        return frozenset([*kinds, *(["acknowledged"] if self.acknowledged_on else [])]) - self._get_undelivered().keys()

    def _get_letter_needs(self):
        """Return what is still to come in before an offer: ``photos``, ``review``."""
        facts, serious = self._get_gate_facts(), self.severity == "serious"
        needs = set()
        if self.source == "goods" and self.severity != "low" and not facts["photos"]:
            needs.add("photos")
        if self.source == "goods" and serious and not (facts["production"] and facts["inspection"]):
            needs.add("review")
        return needs

    # -- writing -----------------------------------------------------------------------------------------

    def action_write_letter(self, kind=False):
        """Open a letter in the composer.

        :param str kind: one of :data:`..tools.complaint_letters.KINDS`; the one that is due unless told
        """
        self.ensure_one()
        self.check_access("write")
        kind = kind or self.next_letter
        if kind:
            self._prepare_letter(kind)
        template = self._get_letter_template(kind)
        names = dict(self._get_letter_kinds())
        title = names.get(kind) or self.env._("Letter to the customer")
        return composer_action(self, title, template, default_expo_letter_kind=kind)

    def _prepare_letter(self, kind):
        """Make what the letter speaks of.

        :raises UserError: when the letter may not be sent now
        """
        self._check_letter(kind)
        if kind == "announce_review" and not self.review_ids:
            # The letter gives their date.
            self.action_start_review()

    def _check_letter(self, kind):
        """Refuse letters whose time has not come.

        :raises UserError: saying what is missing
        """
        self.ensure_one()
        if kind not in EVENTS:
            raise UserError(self.env._("You cannot send this letter because it does not exist. Choose another letter."))
        lacks = []
        if kind == "offer":
            facts = self._get_gate_facts()
            texts = self._get_gate_texts()
            # Whatever a company relaxes: remedies beyond authority need approval.
            lacks = [texts[code] for code in ("remedy", "authority") if not facts[code]]
        elif kind == "rejection" and self.state != "rejected":
            lacks = self._get_missing("rejected")
        if lacks:
            raise UserError("\n".join(lacks))

    @api.model
    def _get_letter_template(self, kind):
        """Return the template of a kind of letter: ours, else the first one that the company wrote."""
        templates = self.env["mail.template"]
        if kind not in EVENTS:
            return templates
        ours = self.env.ref(f"{TEMPLATE}{kind}", raise_if_not_found=False) or templates
        if ours.active and ours.expo_letter_kind == kind:
            return ours
        return templates.search([("model", "=", self._name), ("expo_letter_kind", "=", kind)], limit=1)

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """What is written goes to the customer and the copied contacts; our own users follow, or are mentioned."""
        res = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        ids = {row["partner_id"] for rows in res.values() for row in rows if row["partner_id"]}
        # In sudo: only whether a partner is one of our users.
        ours = set(self.env["res.partner"].sudo().browse(ids).filtered(lambda one: not one.partner_share).ids)
        return {key: [row for row in rows if row["partner_id"] not in ours] for key, rows in res.items()}

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Answers go to the address of the complaint team.

        One that refers to nothing would come back from the company's general address, which two machines take for the
        next mail to be answered; at the team it is a complaint like any other.
        """
        res = super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)
        # In sudo: the address of the team is in every mail to a customer.
        for complaint in self.sudo():
            address = complaint.team_id.alias_id.alias_name and complaint.team_id.alias_full_name
            if address and complaint.team_id.alias_domain_id:
                author = (author_ids or {}).get(complaint.id)
                res[complaint.id] = complaint._notify_get_reply_to_formatted_email(address, author)
        return res

    # -- sending -----------------------------------------------------------------------------------------

    @api.private
    def _send_letter(self, kind, automatic=True):
        """Send a letter without a review, in the customer's language, and note it.

        :param str kind: one of :data:`..tools.complaint_letters.KINDS`
        :param bool automatic: whether it leaves by itself; its headers then say so (RFC 3834), so that no machine
            answers it
        :return: the message; empty where we have no address, or no such letter
        """
        self.ensure_one()
        self._check_letter(kind)
        # In sudo: the caller may be a scheduled action, or the customer page; the letter is ours.
        complaint = self.sudo()
        template, to = complaint._get_letter_template(kind), complaint._get_letter_recipient()
        if not template or not to:
            return self.env["mail.message"]
        lang = template._expo_get_language(complaint._get_language())
        text = {
            name: template._render_field(name, complaint.ids, set_lang=lang, options=options)[complaint.id]
            for name, options in (("subject", None), ("body_html", {"post_process": True}))
        }
        sender = template._render_field("email_from", complaint.ids)[complaint.id]
        message = complaint.with_context(lang=lang).message_post(
            **to,
            mail_headers=dict(AUTOMATIC_HEADERS) if automatic else {},
            body=text["body_html"],
            subject=text["subject"],
            email_from=sender or None,
            message_type="auto_comment" if automatic else "comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid=LETTER_LAYOUT,
            email_add_signature=False,
            force_email_lang=lang,
            mail_auto_delete=False,
        )
        complaint._note_letter(kind, message)
        return message

    def _get_letter_recipient(self):
        """Return the recipient of a letter: the customer, else the address of the mail; empty without either."""
        if self.partner_id.email_normalized:
            return {"partner_ids": self.partner_id.ids}
        return {"outgoing_email_to": self.email_from} if email_normalize(self.email_from) else {}

    @api.private
    def _note_letter(self, kind, message, mail=None):
        """Note that a letter left. A message that does not go to the customer is none.

        :param str kind: one of :data:`..tools.complaint_letters.KINDS`, or nothing: any other message to the customer
        :param mail: the ``mail.mail`` of a letter to many, which has left: whether it might is asked no more
        :return: whether it counted as a letter of that kind
        """
        self.ensure_one()
        if not message or message.is_internal or not self._is_to_customer(message, mail):
            return False
        # In sudo: writing to the customer updates what the system keeps.
        complaint = self.sudo()
        if complaint._is_restating(message):
            complaint._log_event("restated", note=message.subject, message=message)
        if kind not in EVENTS:
            return False
        if not mail:
            complaint._check_letter(kind)
        if event := EVENTS[kind]:
            complaint._log_event(event, note=message.subject, message=message)
        # What has ended is not waiting.
        if kind in WAITING and complaint.is_open:
            complaint._set_waiting(True)
        if kind == "rejection" and complaint.state != "rejected":
            complaint._move_to("rejected")
        # One in a queue has just left when it is noted.
        if not mail:
            complaint._check_delivery(message)
        if effect := LETTER_EFFECTS.get(kind):
            getattr(complaint, effect)(message)
        return True

    def _begin_announced_review(self, _message):
        """Begin what was announced, also by a letter that was chosen as a template and not by its button."""
        if self.is_open and not self.review_ids:
            self.action_start_review()

    def _note_photos_asked(self, _message):
        self._request_evidence("photo", self._get_letter_day("photos"))

    def _note_photos_asked_along(self, message):
        """Note that an acknowledgement asks for photos; we do not wait for them, or no clock would ever run."""
        if "photos" in self._get_letter_needs() and asks_for_photos(text_of(message.body)):
            self._log_event("photos_asked", note=message.subject, message=message)
            self._note_photos_asked(message)

    def _is_to_customer(self, message, mail=None):
        message = message.sudo()
        if message.subtype_id.internal:
            return False
        # In sudo: the customer's addresses, of a complaint that the caller may read.
        addresses = {email_normalize(self.sudo().email_from), self.sudo().partner_id.email_normalized} - {False}
        written = email_normalize_all(mail.email_to if mail else message.outgoing_email_to)
        people = mail.recipient_ids if mail else message.partner_ids
        return bool(addresses & {*written}) or self._is_for_customer(people)

    def _is_for_customer(self, partners):
        """Tell whether one of these is the customer, of the same company, or has the address of the mail."""
        # In sudo: the customer of a complaint that the caller may read.
        address, customer = email_normalize(self.sudo().email_from), self.sudo().commercial_partner_id
        return any(
            (customer and partner.commercial_partner_id == customer)
            or (address and partner.email_normalized == address)
            for partner in partners.sudo()
        )

    def _is_restating(self, message):
        """Tell whether a message tells the customer the facts as we understand them, for the first time."""
        facts = " ".join((self.facts or "").split())
        if not facts or self._get_gate_facts()["restated"]:
            return False
        return facts in " ".join(html2plaintext(message.body or "").split())

    # -- what they say -----------------------------------------------------------------------------------

    @api.depends("partner_id.lang", "company_id")
    def _compute_letter_lang(self):
        for complaint in self:
            complaint.letter_lang = complaint._get_language()

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_letter_from(self):
        """The assignee is the author; without one it is the company, or the sender of the letter."""
        for complaint in self:
            people = (complaint.user_id.filtered("active"), complaint.company_id, self.env.user)
            complaint.letter_from = next((one.email_formatted for one in people if one.email), False)

    @api.depends("partner_id", "facts", "restated_on", "decision", "decision_reason", "user_id", "company_id")
    @api.depends_context("lang")
    def _compute_letter_parts(self):
        for complaint in self:
            for part in PARTS:
                complaint[f"letter_{part}"] = getattr(complaint, f"_get_letter_{part}")()

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_letter_days(self):
        for complaint in self:
            for name in DAYS:
                complaint[f"letter_{name}_day"] = complaint._show_day(complaint._get_letter_day(name))

    def _get_letter_day(self, name):
        """Return the day that letters give for something: what was agreed, else by the company's working days.

        :param str name: one of :data:`DAYS`
        """
        company = self.company_id or self.env.company
        today = company._expo_today()
        if name == "photos" and (due_on := self._get_photos_due()) and due_on > today:
            return due_on
        # A department that is still reviewing is not announced before its due date.
        if name == "review" and (due_on := self._get_review_due()) and due_on >= today:
            return due_on
        days = {
            "answer": company.expo_complaint_answer_days,
            "photos": company.expo_complaint_photo_days,
            "review": company.expo_complaint_review_days,
            "reply": company.expo_complaint_reply_days,
        }[name]
        return add_working_days(today, days, company._expo_calendar().is_working)

    def _get_photos_due(self):
        """Return until when the customer was asked for photos that have not come; False without a day."""
        asked = self.evidence_ids.filtered(lambda row: row.kind == "photo" and row.state == "requested")
        return max(asked.filtered("due_on").mapped("due_on"), default=False)

    def _get_review_due(self):
        """Return when the last department that is still at it is due; False without one."""
        open_rows = self.review_ids.filtered(lambda row: row.due_on and not row.concluded_on)
        return max(open_rows.mapped("due_on"), default=False)

    def _show_day(self, day):
        """Return a day in full words: 03/05 is another day on the other side of an ocean."""
        return format_date(self.env, day, date_format="long")

    @api.model
    def _draw_paragraph(self, text):
        return PARAGRAPH % text

    @api.model
    def _draw_quote(self, words, text):
        return QUOTE % (words, nl2br(escape(text.strip())))

    # -- the parts ---------------------------------------------------------------------------------------

    def _get_letter_salutation(self):
        people = self.partner_id._expo_get_people(self.company_id)
        return PARAGRAPH % self.partner_id._expo_get_salutation(people)

    def _get_letter_facts(self):
        """Restate what happened, as long as it has not been restated."""
        if not (self.facts or "").strip() or self._get_gate_facts()["restated"]:
            return False
        words = self.env._("This is our understanding of what happened. Please tell us if anything is incorrect:")
        return self._draw_quote(words, self.facts)

    def _get_letter_photos(self):
        """Ask for photos along with the acknowledgement, where they will be needed."""
        if "photos" not in self._get_letter_needs():
            return False
        return PARAGRAPH % self.env._(
            "To help us assess the problem quickly, please send us photos of the packing and the defect by %s.",
            self.letter_photos_day,
        )

    def _get_letter_finding(self):
        words = {
            "justified": self.env._("We have looked into the matter carefully, and your complaint is justified."),
            "partly": self.env._("We have looked into the matter carefully, and your complaint is partly justified."),
        }.get(self.decision)
        if words and self.decision == "partly" and (self.decision_reason or "").strip():
            return self._draw_quote(words, self.decision_reason)
        return PARAGRAPH % words if words else False

    def _get_letter_offer(self):
        """List what we offer, or have carried out."""
        rows = self._get_offer_words()
        if not rows:
            return False
        items = Markup().join(Markup("<li>%s</li>") % row for row in rows)
        return Markup('<ul style="margin: 0 0 16px 0; padding: 0 0 0 20px;">%s</ul>') % items

    def _get_offer_words(self):
        """Return what we offer, a line each, in the language of the context: what is approved, never what waits."""
        promised = self.remedy_ids.filtered(lambda remedy: remedy.state in PROMISED)
        return [remedy._get_words() for remedy in promised]

    def _get_letter_reason(self):
        if not (self.decision_reason or "").strip():
            return False
        words = self.env._("For these reasons we cannot accept the complaint:")
        return self._draw_quote(words, self.decision_reason)

    def _get_letter_link(self):
        """Link to the customer page of the complaint, for photos and answers."""
        if not self.id:
            return False
        link = Markup('<a href="%s" style="color: #1f5c8c;">%s</a>') % (
            f"{self.get_base_url()}{self.get_portal_url()}",
            self.env._("View your complaint, reply or add photos"),
        )
        return PARAGRAPH % link

    def _get_letter_signature(self):
        lines = [self.user_id.filtered("active").name, (self.company_id or self.env.company).name]
        return Markup("<br/>").join(filter(None, lines))

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in these letters without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.subject",
            "object.company_id.name",
            "object.letter_lang",
            "object.letter_from",
            *(f"object.letter_{part}" for part in PARTS),
            *(f"object.letter_{name}_day" for name in DAYS),
        )

    # -- those that did not arrive -----------------------------------------------------------------------

    @api.depends("event_ids.message_id")
    @api.depends_context("lang")
    def _compute_undelivered_text(self):
        names = dict(self._get_letter_kinds())
        for complaint in self:
            lost = complaint._get_undelivered()
            # One letter may have said several things: it is named by the first.
            first = {lost[event]: kind for kind, event in reversed(EVENTS.items()) if event in lost}
            letters = [names[kind] for kind in EVENTS if kind in first.values()]
            if RESTATED in lost and not letters:
                letters = [self._fields["facts"]._description_string(self.env)]
            complaint.undelivered_text = ", ".join(letters)

    def _get_undelivered(self):
        """Return ``{kind of event: message}`` of what the customer was told last by a mail that did not arrive."""
        self.ensure_one()
        last = {}
        # In sudo: what became of our mails, of a complaint that the caller may read.
        for event in self.sudo().event_ids.sorted(lambda event: (event.at, event.id)):
            last[event.kind] = event.message_id
        return {kind: message for kind, message in last.items() if message and self._has_failed(message)}

    def _is_letter_queued(self, kind):
        """Tell whether the last letter of a kind is still in the mail queue."""
        self.ensure_one()
        # In sudo: what became of our mails, of a complaint that the caller may read.
        events = self.sudo().event_ids.filtered(lambda event: event.kind == EVENTS[kind])
        message = events.sorted(lambda event: (event.at, event.id))[-1:].message_id
        queued = [("mail_message_id", "in", message.ids), ("state", "=", "outgoing")]
        return bool(self.env["mail.mail"].sudo().search_count(queued, limit=1))

    def _has_failed(self, message):
        """Tell whether a message reached no recipient at the customer's."""
        address = email_normalize(self.email_from)
        rows = message.notification_ids.filtered(
            lambda row: (
                row.notification_type == "email"
                and (
                    self._is_for_customer(row.res_partner_id)
                    or (address and email_normalize(row.mail_email_address) == address)
                )
            )
        )
        return bool(rows) and all(row.notification_status in FAILED for row in rows)

    @api.private
    def _check_delivery(self, message):
        """Act on a message that did not arrive: we do not wait for an answer to it, and the customer is called."""
        # In sudo: whatever sends the mail says what became of it.
        for complaint in self.sudo():
            lost = [kind for kind, found in complaint._get_undelivered().items() if found == message]
            if not lost:
                continue
            if any(EVENTS[kind] in lost for kind in WAITING):
                complaint._set_waiting(False)
            if EVENTS["feedback"] in lost:
                # Without a request there is no silence.
                complaint.write({"feedback_asks": 0, "feedback_since": False})
            complaint._tell_undelivered(complaint.partner_id.email_normalized or complaint.email_from)

    @api.private
    def _tell_undelivered(self, address):
        """Ask the assignee to call the customer, once per address."""
        self.ensure_one()
        summary = self._our_words()._("Our mail to %s was not delivered. Call the customer.", address)
        owner = self.user_id.filtered("active") or self.team_id.leader_id
        if summary not in self.activity_ids.mapped("summary"):
            reminder = Reminder(owner, self.company_id._expo_today(), summary)
            remind(self, "mail.mail_activity_data_call", lambda _complaint: reminder, is_once=False, is_quiet=False)
