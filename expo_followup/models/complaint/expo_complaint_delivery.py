from odoo import api, fields, models
from odoo.tools import email_normalize

from ...tools.complaint_letters import EVENTS, WAITING

# What core says of a mail that the customer did not get; "canceled" is one that somebody gave up.
FAILED = ("exception", "bounce", "canceled")
RESTATED = "restated"


class ExpoComplaint(models.Model):
    """Letters that did not arrive: of what they were to say the customer knows nothing, and no gate counts them.

    The log keeps that they left. Once the mail gets through, or he is told in another way, they count again.
    """

    _inherit = "expo.complaint"

    undelivered_text = fields.Char(compute="_compute_undelivered_text", compute_sudo=True)

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

    def _has_failed(self, message):
        """Tell whether a message reached nobody at the customer's."""
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

    def _get_gate_facts(self):
        facts, lost = super()._get_gate_facts(), self._get_undelivered()
        return {**facts, **{name: facts[name] and name not in lost for name in ("acknowledged", RESTATED)}}

    def _get_sent(self):
        return super()._get_sent() - self._get_undelivered().keys()

    def _note_letter(self, kind, message, mail=None):
        res = super()._note_letter(kind, message, mail)
        # One in a queue has just left when it is noted.
        if res and not mail:
            self._check_delivery(message)
        return res

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
                # Who was not asked is not silent.
                complaint.write({"feedback_asks": 0, "feedback_since": False})
            complaint._tell_undelivered(complaint.partner_id.email_normalized or complaint.email_from)

    @api.private
    def _tell_undelivered(self, address):
        """Ask whoever answers the customer to call him, once per address."""
        self.ensure_one()
        summary = self._our_words()._("Our mail to %s did not arrive: call the customer", address)
        owner = self.user_id.filtered("active") or self.team_id.leader_id
        if owner and summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.company_id._expo_today(),
                summary=summary,
                user_id=owner.id,
            )
