from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools.complaint_silence import after_silence

# From here on a customer is content; below, somebody calls him.
CONTENT = 3
LONGEST_NOTE = 200
VERDICT_FIELDS = ("feedback_asks", "feedback_asked_on", "called_on", "rated_on")


class ExpoComplaint(models.Model):
    """The last step: a complaint is closed by the customer's rating, by a call, or by his silence (rules.md §5)."""

    _inherit = "expo.complaint"

    last_reply_on = fields.Datetime("Customer's Last Word", readonly=True, copy=False)
    feedback_since = fields.Datetime(readonly=True, copy=False, help="When the solution was carried out, this time.")
    feedback_due_on = fields.Date(
        "Next Ask", compute="_compute_feedback_due_on", store=True, index="btree_not_null",
        help="When the customer is asked for his verdict, or when his silence counts as one.",
    )  # fmt: skip

    @api.depends(
        "state", "email_from", "feedback_since", "feedback_asked_on", "feedback_asks", "last_reply_on", "rated_on",
        "called_on", "company_id.expo_complaint_ask_days",
    )  # fmt: skip
    def _compute_feedback_due_on(self):
        """Who has given his verdict is asked no more; who has no address is called."""
        for complaint in self:
            is_asked = complaint.state == "feedback" and complaint.email_from and complaint.feedback_since
            if is_asked and not complaint.rated_on and not complaint.called_on:
                complaint.feedback_due_on = complaint._get_next_ask()[1]
            else:
                complaint.feedback_due_on = False

    def _get_next_ask(self):
        """Return what follows the customer's silence, and when: see :func:`~.after_silence`."""
        self.ensure_one()
        moments = (self.feedback_since, self.feedback_asked_on, self.last_reply_on)
        since = self.company_id._expo_local_date(max(moment for moment in moments if moment))
        return after_silence(since, self.feedback_asks, self.company_id.expo_complaint_ask_days)

    def _is_silent(self):
        """Tell whether the customer was asked twice and has let the time for an answer pass."""
        step, day = self._get_next_ask() if self.feedback_due_on else ("", False)
        return step == "close" and day <= self.company_id._expo_today()

    def _get_gate_facts(self):
        return {**super()._get_gate_facts(), "feedback": bool(self.rated_on or self.called_on or self._is_silent())}

    # -- what is kept ------------------------------------------------------------------------------------

    def _after_step(self, before, state):
        res = super()._after_step(before, state)
        if state == "feedback":
            # In sudo: kept by the system, of a complaint whose write access was checked. A solution that was carried
            # out anew is judged anew.
            self.sudo().write({"feedback_since": fields.Datetime.now(), **dict.fromkeys(VERDICT_FIELDS, False)})
            if not self.email_from:
                self._ask_for_call(self.env._("Carried out: is the customer content? He has no e-mail address."))
        return res

    def _customer_replied(self, text=False):
        """Whoever goes on writing to what ended long ago reaches the complaint that was made of his first word."""
        # In sudo: the customer has no access of his own; whoever calls has checked that it is him.
        complaint = self.sudo()._get_survivor()
        following = complaint.search([("previous_id", "=", complaint.id), ("is_open", "=", True)], limit=1)
        if following and not complaint.is_open:
            return following._customer_replied(text)
        res = super()._customer_replied(text)
        # Asking begins anew: he is not silent.
        res.sudo().write({"last_reply_on": fields.Datetime.now(), "feedback_asks": 0})
        return res

    # -- the verdict -------------------------------------------------------------------------------------

    def message_post(self, **kwargs):
        """Post a message; a verdict along with it, which core makes in sudo, is the customer's alone."""
        if not self.env.su and (kwargs.get("rating_value") or kwargs.get("rating_id")):
            raise AccessError(self.env._("Only the customer rates how his complaint was settled."))
        return super().message_post(**kwargs)

    @api.private
    def _rate(self, value, words="", author=None):
        """Keep the customer's verdict, once in each round; a good one closes the complaint, a bad one asks for a call.

        :param int value: 1 to 5
        :param str words: what he says to it
        :param author: who rates, the customer unless told
        :return: the complaint that goes on, and what the customer is told
        """
        self.ensure_one()
        # In sudo: the customer has no access of his own; whoever calls has checked that it is him.
        complaint = self.sudo()
        author = author or complaint.partner_id
        if value not in range(1, 6):
            return complaint, "no_rate"
        if not complaint._may_rate():
            return complaint._hear_late_verdict(value, words, author)
        rating = complaint.env["rating.rating"].create(
            {
                "res_model_id": complaint.env["ir.model"]._get_id(complaint._name),
                "res_id": complaint.id,
                "partner_id": author.id,
                "rated_partner_id": complaint._rating_get_operator().id,
            }
        )
        # Core reads the value of the last rating from the database, by facts that have to be there.
        rating.flush_recordset()
        # Without a token: the general form of ratings changes whatever it has the token of.
        rating.write({"rating": value, "feedback": words, "consumed": True, "access_token": False})
        complaint.last_reply_on = fields.Datetime.now()
        complaint._set_waiting(False)
        complaint._log_event("rated", note=f"{value} / 5")
        complaint._say(plaintext2html(words or f"{value} / 5"), author, rating_id=rating.id)
        return complaint._after_verdict(value, words), "rate"

    def _hear_late_verdict(self, value, words, author):
        """Keep the words of a verdict that is not asked for any more: given twice, or by a colleague meanwhile."""
        if self._has_said(words or f"{value} / 5", author):
            return self, "rate"
        if words and value >= CONTENT and not self.is_open:
            # Praise takes nothing up again.
            self._say(plaintext2html(words), author)
            return self, "changed_words"
        return self._take_message(author, words), "changed_words" if words else "changed"

    def _may_rate(self):
        """Tell whether the customer is asked for a rating, or may still give one: as long as he could reopen it."""
        if self.rated_on or self.state not in ("feedback", "closed"):
            return False
        days = self.company_id.expo_complaint_reopen_days
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return self.state == "feedback" or bool(self.closed_on and self.closed_on >= oldest)

    @api.private
    def _customer_called(self, is_content, words):
        """Keep what the customer said on the phone: after a solution it is his verdict.

        :param bool is_content: whether he is content with the solution
        :param str words: what he said
        """
        if self.state != "feedback":
            return
        self.last_reply_on = fields.Datetime.now()
        self._set_waiting(False)
        if is_content:
            self._log_event("called", note=words[:LONGEST_NOTE])
            self._close_if_settled()

    def _after_verdict(self, value, words):
        if value >= CONTENT:
            self._close_if_settled()
            return self
        complaint = self._customer_replied(words) if not self.is_open else self
        complaint._ask_for_call(self._our_words()._("The customer is not content (%s / 5): call him.", value))
        return complaint

    def _close_if_settled(self):
        """Close a complaint that waits for nothing but its verdict."""
        if self.state == "feedback" and not self._get_missing("closed"):
            self._move_to("closed")

    def _ask_for_call(self, summary):
        """Remind whoever answers the customer to call him; once."""
        for complaint in self.sudo():
            user = complaint.user_id or complaint.team_id.leader_id
            kind = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
            if user and kind not in complaint.activity_ids.activity_type_id:
                complaint.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=complaint.company_id._expo_today(),
                    summary=summary,
                    user_id=user.id,
                )

    def _our_words(self):
        """Return the environment in the language of whoever answers the customer."""
        return self.with_context(lang=self.user_id.sudo().lang or self.company_id.partner_id.lang or self.env.lang).env

    def action_log_call(self):
        """Open the dialog that notes what the customer said on the phone."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a call"),
            "res_model": "expo.complaint.call",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    # -- silence -----------------------------------------------------------------------------------------

    @api.model
    def _cron_feedback(self):
        """Ask customers who have said nothing since the solution, twice, and close what stays without an answer."""
        companies = self.env["res.company"].search([])
        self._run_job(
            Domain.OR(
                Domain("company_id", "=", company.id) & Domain("feedback_due_on", "<=", company._expo_today())
                for company in companies
            ),
            lambda complaints: complaints._follow_silence(),
            batch_size=50,
        )

    def _follow_silence(self):
        """Ask once more, or close.

        :raises UserError: when the letter could not be sent
        """
        for complaint in self:
            asks = complaint.feedback_asks
            if complaint._is_silent():
                complaint._move_to("closed")
                complaint._message_log(body=complaint._our_words()._("Closed: no answer after we asked twice."))
            elif complaint._get_next_ask()[0] == "ask":
                complaint._send_letter("feedback")
                if complaint.feedback_asks == asks and complaint.feedback_due_on:
                    raise UserError(self.env._("The letter that asks for feedback could not be sent."))
