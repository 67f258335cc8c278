from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, format_date

from ...tools.clock import add_working_days
from .expo_complaint_feedback import CONTENT

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


class ExpoComplaint(models.Model):
    """What the customer sees of his complaint: where it stands in plain words, and the letters between him and us.

    Neither notes, causes and costs, nor clocks, nor what we write to others. The controller reads in sudo after its own
    check of who asks; nothing here is called by anybody else.
    """

    _inherit = "expo.complaint"

    @api.private
    def _get_customer_status(self):
        """Return what the customer is told, as ``(badge, title, text)`` in the language of the context."""
        self.ensure_one()
        if self.state == "negotiating" and self._has_open_offer():
            return (
                self.env._("Your answer, please"),
                self.env._("Our offer waits for your answer"),
                self._get_answer_text(),
            )
        if self.accepted_on and self.state == "negotiating":
            return (
                self.env._("In progress"),
                self.env._("We have your answer"),
                self.env._("You have accepted our offer. We carry it out, and tell you as soon as it is done."),
            )
        if self.rated_on and self.state == "feedback":
            return (self.env._("In progress"), self.env._("We have your opinion"), self._get_verdict_text())
        if self.is_waiting and self.state not in ("feedback", "closed"):
            return (
                self.env._("Your answer, please"),
                self.env._("We wait for word from you"),
                self.env._("We have written to you. Please answer us below, with photos where we asked for them."),
            )
        return self._get_status_of_states()[self.state]

    def _get_verdict_text(self):
        if self.rating_last_value < CONTENT:
            return self.env._("We are sorry that it is not settled yet. We get in touch with you.")
        return self.env._("We finish what is left to do.")

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
        """Return what the customer is asked for, and what he was announced, with its day: a line each."""
        self.ensure_one()
        if not self.is_open or self.offered_on:
            return []
        lines, today = [], self.company_id._expo_today()
        asked = self.evidence_ids.filtered(lambda row: row.kind == "photo" and row.state == "requested")
        due_on = max(asked.filtered("due_on").mapped("due_on"), default=None)
        if due_on and due_on >= today:
            lines.append(self.env._("Please send us photos by %s.", self._show_day(due_on)))
        elif asked:
            lines.append(self.env._("We still wait for your photos. If you cannot take any, please tell us."))
        if "review_announced" in self._get_sent():
            days = self.review_ids.filtered(lambda row: row.due_on and not row.concluded_on).mapped("due_on")
            if days and max(days) >= today:
                day = self._show_day(max(days))
                lines.append(self.env._("Our production and our inspection review it until %s.", day))
        return lines

    def _get_status_of_states(self):
        looking = self.env._("In progress")
        return {
            "new": (
                self.env._("Received"),
                self.env._("We have your complaint"),
                self.env._("We are sorry for the trouble. We look into it and answer you."),
            ),
            "confirmed": (
                looking,
                self.env._("We are looking into it"),
                self.env._("Photos of the goods and of their packing help us to find out what happened."),
            ),
            "evaluating": (
                looking,
                self.env._("We are finding out what happened"),
                self.env._("Our people look into it together. We write to you as soon as we know."),
            ),
            "negotiating": (
                looking,
                self.env._("We are working out a solution"),
                self.env._("We write to you with our offer."),
            ),
            "implementing": (
                looking,
                self.env._("We are carrying out the solution"),
                self.env._("We tell you as soon as it is done."),
            ),
            "feedback": (
                self.env._("Carried out"),
                self.env._("The solution is carried out"),
                self.env._("Is everything in order now? Your opinion helps us to do better."),
            ),
            "closed": (
                self.env._("Closed"),
                self.env._("This complaint is closed"),
                self.env._("If anything is not settled, write to us below: we take it up again."),
            ),
            "reopened": (
                looking,
                self.env._("We are looking into it again"),
                self.env._("We have read what you wrote, and start afresh."),
            ),
            "rejected": (
                self.env._("Answered"),
                self.env._("We have answered your complaint"),
                self.env._(
                    "After careful examination we cannot accept it. If you see it otherwise, write to us below."
                ),
            ),
            "cancelled": (
                self.env._("Ended"),
                self.env._("This complaint is not pursued"),
                self.env._("If anything is not settled, write to us below: we take it up again."),
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
            # Until he has told his opinion nothing is closed.
            (self.env._("Your opinion") if self.state == "feedback" else self.env._("Closed"), self.closed_on),
        )
        return [
            (label, moment and index < current and self._show_date(moment), _mark(index, current))
            for index, (label, moment) in enumerate(steps)
        ]

    @api.private
    def _show_date(self, moment):
        """Return the day of a moment with its month in letters: 03/05 is another day across the ocean.

        Where the reader is: by his login, else by what we know of the customer, else where we are.
        """
        company = self.company_id or self.env.company
        zone = self.env.context.get("tz") or self.partner_id.tz or company._expo_tz()
        return format_date(self.with_context(tz=zone).env, moment, date_format="medium")

    @api.private
    def _get_letters(self, viewer=None):
        """Return what the customer wrote and what was written to him, the latest first; never a note.

        :param viewer: the partner who looks: he finds what he has written himself, whoever he is
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
        """Tell whether a message was written by the customer or to him; others may be written to from here as well."""
        if self._is_from_customer(message, viewer):
            return True
        customer = self.commercial_partner_id
        people = message.partner_ids | message.notified_partner_ids
        if customer and customer in people.commercial_partner_id:
            return True
        address = email_normalize(self.email_from)
        return bool(address) and address in email_normalize_all(message.outgoing_email_to or "")


def _mark(index, current):
    return "done" if index < current else "current" if index == current else "open"
