from urllib.parse import urlencode

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..mixins.composer import composer_action


class ExpoVisitMinutes(models.AbstractModel):
    """After the visit: held, minutes written, reviewed, sent to the customer, receipt confirmed (rules.md §4)."""

    _name = "expo.visit.minutes"
    _description = "Customer Visit: Minutes"

    receipt_url = fields.Char(
        "Receipt Link",
        compute="_compute_receipt_url",
        compute_sudo=True,
        help="Page on which the customer confirms receipt of the minutes.",
    )
    letter_salutation = fields.Char(compute="_compute_letter_salutation", compute_sudo=True)
    outcome_noted = fields.Boolean(
        readonly=True,
        copy=False,
        help="Set when the outcome of the follow-up was recorded from the minutes.",
        string="Outcome Recorded",
    )

    @api.depends("state")
    def _compute_receipt_url(self):
        for visit in self:
            query = urlencode({"token": visit._get_receipt_token() if visit.id else ""})
            visit.receipt_url = f"{visit.get_base_url()}/expo/minutes/{visit.id or 0}?{query}"

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_letter_salutation(self):
        for company, visits in self.grouped("company_id").items():
            people = visits.partner_id._expo_get_people(company)
            for visit in visits:
                visit.letter_salutation = visit.partner_id._expo_get_salutation(people)

    def _get_receipt_token(self):
        """Return the secret that lets only the bearer of the mail confirm the receipt."""
        return tools.hmac(self.env(su=True), "expo_followup.visit_receipt", str(self._origin.id))

    def action_hold(self):
        """The visit took place: its follow-up is done, its minutes are due in two working days."""
        for visit in self._lock_for_step("hold"):
            today = visit.company_id._expo_today()
            planned = visit.company_id._expo_local_date(visit.start)
            if planned > today:
                raise UserError(
                    self.env._(
                        "You cannot mark a visit as held before its day, %s. Change Start if it took place earlier.",
                        format_date(self.env, planned),
                    )
                )
            visit._ensure_followup()
            # In sudo: follow-ups are kept by the engine, and the visit's access has been checked.
            followup = visit.sudo().followup_id
            if followup.state != "done":
                followup._mark_done()
                followup.write({"outcome_missing": True})
                if planned < today:
                    # What is noted later was done on its day.
                    followup.done_on = visit.stop
                followup.participation_id._sync_followups()
            visit._move_to_state("held", held_on=min(planned, today), chase_state="none", escalate_on=False)
        return True

    def action_submit_minutes(self):
        """Hand the minutes to the manager; what came of the visit goes to its follow-up."""
        for visit in self._lock_for_step("submit_minutes"):
            if not (visit.discussed or "").strip() or not visit.effect:
                raise UserError(
                    self.env._(
                        "You cannot submit these minutes because Discussion or Effect is empty. Fill them in first."
                    )
                )
            visit._record_outcome()
            visit._move_to_state(
                "minutes", minutes_by_id=self.env.uid, minutes_on=fields.Datetime.now(), back_reason=False
            )
            if not visit._get_deciders():
                raise UserError(
                    self.env._(
                        "You cannot submit these minutes because no other user may review them. Add another "
                        "manager or a user with access to all customers."
                    )
                )
        return True

    def _record_outcome(self):
        """Close the visit's follow-up with what the minutes say; minutes that were sent back correct it."""
        # In sudo: follow-ups are kept by the engine, and the visit's access has been checked.
        visit = self.sudo()
        followup = visit.followup_id
        content = "\n\n".join(text.strip() for text in (self.discussed, self.agreed, self.next_steps) if text)
        if followup.outcome_missing or followup.state in ("planned", "due"):
            followup.record_outcome(content, self.effect, next_on=self.next_on or None)
            visit.outcome_noted = True
        elif visit.outcome_noted:
            followup.write({"content": content, "effect": self.effect})

    def action_review(self):
        """Find the minutes good: they may be sent to the customer."""
        for visit in self._lock_for_step("review"):
            visit._check_decides()
            visit._move_to_state("reviewed", reviewed_by_id=self.env.uid, reviewed_on=fields.Datetime.now())
            visit._notify_people(
                lambda visit: visit.env._("The minutes have been reviewed and can be sent: %s", visit.display_name)
            )
        return True

    # -- to the customer

    def action_send(self):
        """Open the mail with the minutes; sending it is noted."""
        self.ensure_one()
        self._lock_for_step("send")
        template = self.env.ref("expo_followup.mail_template_visit_minutes", raise_if_not_found=False)
        return composer_action(self, self.env._("Send the minutes"), template, expo_minutes_sent=True)

    def message_post(self, **kwargs):
        """Note that the minutes left when they are posted to a person of the customer."""
        message = super().message_post(**kwargs)
        theirs = message.partner_ids.filtered(
            lambda partner: partner.commercial_partner_id in self.partner_id.commercial_partner_id
        )
        if self.env.context.get("expo_minutes_sent") and theirs:
            self._note_sent()
        return message

    def _note_sent(self):
        for visit in self.filtered(lambda visit: visit.state == "reviewed"):
            visit.check_access("write")
            visit._move_to_state("sent", sent_on=fields.Datetime.now())

    def action_note_receipt(self):
        """Note that the customer said, by whatever way, that they got the minutes."""
        for visit in self._lock_for_step("note_receipt"):
            visit._confirm_receipt("hand", self.env.user.name)
        return True

    @api.private
    def _confirm_receipt(self, how, name=""):
        """The minutes arrived. Harmless twice: the first confirmation stays.

        :param str how: ``link`` when the customer says so on the page, ``hand`` when one of us notes it
        :param str name: who says so
        """
        self.ensure_one()
        if self.state != "sent":
            return
        by = (name or "").strip()[:100] or self.partner_id.name
        self._move_to_state("confirmed", confirmed_on=fields.Datetime.now(), confirmed_by=by, confirmed_how=how)
        # What is noted is for our people, in their language rather than the customer's.
        visit = self.with_context(lang=self.user_id.sudo().lang or self.env.lang)
        author = visit.partner_id if how == "link" else visit.env.user.partner_id
        visit._message_log(body=visit.env._("Receipt of the minutes confirmed by %s.", by), author_id=author.id)
