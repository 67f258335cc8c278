from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all, html2plaintext

from ...tools.complaint_letters import EVENTS, KINDS, WAITING, next_letter
from ..mixins.composer import composer_action

# A reopened complaint is written to anew.
NEW_ROUND = "reopened"
TEMPLATE = "expo_followup.mail_template_complaint_"
# No machine is to answer what a machine wrote (RFC 3834 §5).
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class ExpoComplaint(models.Model):
    """The letters about a complaint: acknowledge, ask for photos, announce the review, offer, carried out, follow-up,
    rejection (rules.md §5).

    A letter counts once it is posted to the customer: by the composer (``mail_compose_message``), later by the
    composer (``mail_scheduled_message``), or by itself (:meth:`_send_letter`). What it says is in
    ``expo_complaint_letter_text``, how it says it is checked by ``tools/tone``.
    """

    _inherit = "expo.complaint"

    next_letter = fields.Selection(
        selection=lambda self: self._get_letter_kinds(), compute="_compute_next_letter", string="Letter Due"
    )

    @api.model
    def _get_letter_kinds(self):
        """Return the kinds of letters, as a selection, in the order in which they are written."""
        names = {
            "acknowledge": self.env._("Acknowledgement"),
            "ask_photos": self.env._("Request for photos"),
            "announce_review": self.env._("Announcement of the review"),
            "offer": self.env._("Offer"),
            "solution": self.env._("Solution carried out"),
            "feedback": self.env._("Follow-up letter"),
            "rejection": self.env._("Rejection"),
        }
        return [(kind, names[kind]) for kind in KINDS]

    @api.depends("state", "decision", "event_ids.kind", "source", "severity")
    def _compute_next_letter(self):
        for complaint in self:
            needs = complaint._get_letter_needs()
            unjustified = complaint.decision == "unjustified"
            due = next_letter(complaint.state, complaint._get_sent(), needs, unjustified) if complaint.id else ""
            complaint.next_letter = due or False

    def _get_sent(self):
        """Return the kinds of events of this round; who was told once that we have his complaint knows it."""
        kinds = []
        for event in self.event_ids.sorted(lambda event: (event.at, event.id)):
            kinds = [*kinds, event.kind] if event.kind != NEW_ROUND else []
        return frozenset([*kinds, *(["acknowledged"] if self.acknowledged_on else [])])

    def _get_letter_needs(self):
        """Return what is still to come in before an offer: ``photos``, ``review``."""
        facts, serious = self._get_gate_facts(), self.severity == "serious"
        needs = set()
        if self.source == "goods" and self.severity != "low" and not facts.get("photos", True):
            needs.add("photos")
        if self.source == "goods" and serious and not (facts.get("production", True) and facts.get("inspection", True)):
            needs.add("review")
        return needs

    # -- writing -----------------------------------------------------------------------------------------

    def action_write_letter(self):
        """Open a letter in the composer: that of the context's ``expo_letter_kind``, else the one that is due."""
        self.ensure_one()
        self.check_access("write")
        kind = self.env.context.get("expo_letter_kind") or self.next_letter
        if kind:
            self._prepare_letter(kind)
        template = self._get_letter_template(kind)
        names = dict(self._get_letter_kinds())
        title = names.get(kind) or self.env._("Letter to the customer")
        return composer_action(self, title, template, default_expo_letter_kind=kind)

    def _prepare_letter(self, kind):
        """Make what the letter speaks of; other files add to it.

        :raises UserError: when the letter may not be sent now
        """
        self._check_letter(kind)

    def _check_letter(self, kind):
        """Refuse letters whose time has not come.

        :raises UserError: saying what is missing
        """
        self.ensure_one()
        if kind not in EVENTS:
            raise UserError(self.env._("There is no such letter."))
        lacks = []
        if kind == "offer":
            facts = self._get_gate_facts()
            texts = self._get_gate_texts()
            # Whatever a company relaxes: nobody promises what is beyond his authority.
            lacks = [texts[code] for code in ("remedy", "authority") if not facts.get(code, True)]
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
        """What is written goes to the customer and whom he has in copy; our own people follow, or are mentioned."""
        res = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        ids = {row["partner_id"] for rows in res.values() for row in rows if row["partner_id"]}
        # In sudo: only whether somebody is one of ours.
        ours = set(self.env["res.partner"].sudo().browse(ids).filtered(lambda one: not one.partner_share).ids)
        return {key: [row for row in rows if row["partner_id"] not in ours] for key, rows in res.items()}

    # -- sending -----------------------------------------------------------------------------------------

    @api.private
    def _send_letter(self, kind, automatic=True):
        """Send a letter without anybody looking at it first, in the customer's language, and note it.

        :param str kind: one of :data:`..tools.complaint_letters.KINDS`
        :param bool automatic: whether it leaves by itself; its headers then say so (RFC 3834), so that no machine
            answers it
        :return: the message; empty where we have no address, or no such letter
        """
        self.ensure_one()
        self._check_letter(kind)
        # In sudo: whoever calls may be a scheduled action, or the customer at his page; the letter is ours.
        complaint = self.sudo()
        template, to = complaint._get_letter_template(kind), complaint._get_letter_recipient()
        if not template or not to:
            return self.env["mail.message"]
        lang = complaint._get_language()
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
            email_layout_xmlid="mail.mail_notification_light",
            email_add_signature=False,
            force_email_lang=lang,
            mail_auto_delete=False,
        )
        complaint._note_letter(kind, message)
        return message

    def _get_letter_recipient(self):
        """Return whom a letter is posted to: the customer, else the address he wrote from; empty without either."""
        if self.partner_id.email_normalized:
            return {"partner_ids": self.partner_id.ids}
        return {"outgoing_email_to": self.email_from} if email_normalize(self.email_from) else {}

    @api.private
    def _note_letter(self, kind, message, mail=None):
        """Note that a letter left. A message that does not go to the customer is none.

        :param str kind: one of :data:`..tools.complaint_letters.KINDS`, or nothing: any other message to him
        :param mail: the ``mail.mail`` of a letter to many, which has left: whether it might is asked no more
        :return: whether it counted as a letter of that kind
        """
        self.ensure_one()
        if not message or message.is_internal or not self._is_to_customer(message, mail):
            return False
        # In sudo: who may write to the customer notes by it what the system keeps.
        complaint = self.sudo()
        if complaint._is_restating(message):
            complaint._log_event("restated", note=message.subject, message=message)
        if kind not in EVENTS:
            return False
        if not mail:
            complaint._check_letter(kind)
        if event := EVENTS[kind]:
            complaint._log_event(event, note=message.subject, message=message)
        # For what has ended nobody waits.
        if kind in WAITING and complaint.is_open:
            complaint._set_waiting(True)
        if kind == "rejection" and complaint.state != "rejected":
            complaint._move_to("rejected")
        return True

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
        """Tell whether one of these people is the customer, of his company, or has the address he wrote from."""
        # In sudo: who the customer is, of a complaint that the caller may read.
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

    @api.private
    def _log_event(self, kind, note=False, at=None, message=None):
        res = super()._log_event(kind, note=note, at=at, message=message)
        if kind == "feedback_asked":
            for complaint in self.sudo():
                asked = {"feedback_asked_on": at or fields.Datetime.now(), "feedback_asks": complaint.feedback_asks + 1}
                if complaint.state == "feedback" and not complaint.feedback_since:
                    # His address is right again: from now on his silence counts.
                    asked["feedback_since"] = asked["feedback_asked_on"]
                complaint.write(asked)
        return res
