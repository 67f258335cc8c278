import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools import complaint_clocks
from ...tools.complaint_flow import ENDED, is_back, may_follow, missing, next_state
from ...tools.complaint_silence import after_silence
from ..mixins.notices import Reminder, remind
from .money import PROMISED
from .review import DEPARTMENTS

# The fact that each kind of event is remembered by; the first one counts.
EVENT_FIELDS = {
    "acknowledged": "acknowledged_on",
    "restated": "restated_on",
    "evaluated": "evaluated_on",
    "offered": "offered_on",
    "accepted": "accepted_on",
    "implemented": "implemented_on",
    "called": "called_on",
    "rated": "rated_on",
    "closed": "closed_on",
}
# What is logged when a step is taken for the first time.
STATE_EVENTS = {
    "negotiating": "evaluated",
    "feedback": "implemented",
    "closed": "closed",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "reopened": "reopened",
}
# What follows from a step, by the state that it leads to; what follows from every step is in _after_step.
STEP_EFFECTS = {"reopened": ("_begin_round",), "feedback": ("_begin_feedback",)}
# How a complaint ends.
EVENT_ENDS = frozenset({"closed", "rejected", "cancelled"})
# What means that the customer has acted: waiting ends.
CUSTOMER_ACTS = frozenset({"accepted", "declined", "rated"})
# What has to be there anew when a complaint is reopened.
ROUND_FIELDS = (
    "evaluated_on", "offered_on", "accepted_on", "accepted_by", "accepted_how", "implemented_on", "feedback_asked_on",
    "feedback_asks", "called_on", "rated_on", "closed_on", "cancel_reason", "receipt_on", "receipt_by",
)  # fmt: skip
# From here on a customer is satisfied; below, a call is due.
CONTENT = 3
LONGEST_NOTE = 200
VERDICT_FIELDS = ("feedback_asks", "feedback_asked_on", "called_on", "rated_on")


class ExpoComplaintWorkflow(models.AbstractModel):
    """From step to step: the gates of ``tools/complaint_flow`` on every path, each refusal saying what is missing.

    With it the log of what happened, the customer's feedback or silence, the joint review and the evidence.
    """

    _name = "expo.complaint.workflow"
    _description = "Workflow of a Complaint"

    next_state = fields.Char("Next Status", compute="_compute_next_step")
    next_stage_id = fields.Many2one("expo.complaint.stage", compute="_compute_next_step")
    missing_text = fields.Text("Missing for Next Step", compute="_compute_next_step")

    main_action = fields.Char("Due Step", compute="_compute_main_action", help="Step of the main button.")

    # The last step: a complaint is closed by the customer's rating, by a call, or by silence (rules.md §5).
    last_reply_on = fields.Datetime("Last Customer Reply", readonly=True, copy=False)
    feedback_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the implementation was completed most recently.",
        string="In Feedback Since",
    )
    feedback_due_on = fields.Date(
        "Next Feedback Request",
        compute="_compute_feedback_due_on",
        store=True,
        index="btree_not_null",
        help="Day on which feedback is requested, or from which the lack of a reply counts as feedback.",
    )

    # Production and inspection review serious complaints together; the customer is told until when.
    review_ids = fields.One2many("expo.complaint.review", "complaint_id", "Joint Review", copy=False)

    # The evidence of a complaint: asked for with a date, received, or waived with a reason (rules.md §5).
    evidence_ids = fields.One2many("expo.complaint.evidence", "complaint_id", copy=False)
    evidence_count = fields.Integer(compute="_compute_evidence_count", compute_sudo=True)

    @api.depends(
        "stage_id", "severity", "source", "extent", "party", "decision", "decision_reason", "acknowledged_on",
        "restated_on", "accepted_on", "rated_on", "called_on", "demand_ids", "remedy_ids.state",
        "review_ids.concluded_on", "evidence_ids.state", "evidence_ids.kind",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_next_step(self):
        stages = {stage.state: stage for stage in self.env["expo.complaint.stage"].search([])}
        for complaint in self:
            state = next_state(complaint.state) if complaint.state else ""
            complaint.next_state = state
            complaint.next_stage_id = stages.get(state)
            complaint.missing_text = "\n".join(complaint._get_missing(state)) if state else False

    # -- what is to be done now --------------------------------------------------------------------------

    @api.depends(
        "next_letter", "next_state", "missing_text", "state", "is_open", "merged_into_id", "remedy_ids",
        "has_unapproved", "offered_on", "accepted_on",
    )  # fmt: skip
    def _compute_main_action(self):
        for complaint in self:
            complaint.main_action = complaint.id and complaint._get_main_action()

    def _get_main_action(self):
        """Return what is due: the kind of a letter, ``accept``, ``next``, ``call`` or ``reopen``; empty where facts are
        missing first.
        """
        if not self.is_open:
            return "" if self.merged_into_id else "reopen"
        letter = self.next_letter
        if letter and (letter != "offer" or (self.remedy_ids and not self.has_unapproved)):
            return letter
        if self.state == "negotiating" and self._is_offer_open():
            return "accept"
        if self.next_state and not self.missing_text:
            return "next"
        return "call" if self.state == "feedback" else ""

    def _is_offer_open(self):
        return bool(self.is_open and self.offered_on and not self.accepted_on)

    def action_answer(self):
        """Write the letter that is due; where none is, open the complaint with what is missing."""
        self.ensure_one()
        if self.main_action and self.main_action == self.next_letter:
            return self.action_write_letter()
        return self._get_records_action()

    @api.readonly
    def get_more_actions(self):
        """Return what else can be done now, for the menu beside the main button: ``[{label, actions}]``."""
        self.ensure_one()
        is_open, offer_open = self.is_open, self._is_offer_open()
        may_offer = self.remedy_ids and not self.has_unapproved and not self.offered_on
        steps = [
            ("action_acknowledge_by_phone", self.env._("Acknowledge by phone"), is_open and not self.acknowledged_on),
            ("action_restate_by_phone", self.env._("Confirm facts by phone"),
             is_open and self.acknowledged_on and not self.restated_on),
            ("action_offer_by_phone", self.env._("Offer remedy by phone"), is_open and may_offer),
            ("action_accept", self.env._("Record acceptance"), offer_open and self.main_action != "accept"),
            ("action_decline", self.env._("Record refusal"), offer_open),
            ("action_log_call", self.env._("Log call"), self.state == "feedback" and self.main_action != "call"),
            ("action_wait", self.env._("Wait for the customer"), is_open and not self.is_waiting),
            ("action_go_on", self.env._("Customer replied"), self.is_waiting),
            ("action_reject", self.env._("Reject complaint"), is_open and self.decision == "unjustified"),
            ("action_merge", self.env._("Merge complaints"), not self.merged_into_id),
            ("action_cancel", self.env._("Cancel complaint"), is_open),
        ]  # fmt: skip
        letters = [
            {"label": label, "method": "action_write_letter", "args": [kind]}
            for kind, label in self._get_letter_kinds()
            if kind != self.main_action
        ]
        return [
            {
                "label": self.env._("Steps"),
                "actions": [{"label": label, "method": name, "args": []} for name, label, is_due in steps if is_due],
            },
            {"label": self.env._("Letters"), "actions": letters},
        ]

    # -- the gates ---------------------------------------------------------------------------------------

    def _get_gate_facts(self):
        """Return which of the facts that gates ask for are there: ``{code: bool}``, by the codes of
        ``tools/complaint_flow.GATES``.
        """
        self.ensure_one()
        undelivered = self._get_undelivered()
        photos = self.evidence_ids.filtered(lambda row: row.kind == "photo")
        reviewed = set(self.review_ids.filtered("concluded_on").mapped("department"))
        live = self.remedy_ids.filtered(lambda remedy: remedy.state != "refused")
        return {
            "acknowledged": bool(self.acknowledged_on) and "acknowledged" not in undelivered,
            "restated": bool(self.restated_on) and "restated" not in undelivered,
            "severity": bool(self.severity),
            "extent": bool(self.extent),
            "party": bool(self.party),
            "photos": any(row.state in ("received", "waived") for row in photos),
            **{department: department in reviewed for department, _label in DEPARTMENTS},
            "decision": self.decision in ("justified", "partly"),
            "demand": bool(self.demand_ids),
            "remedy": any(remedy.state in PROMISED for remedy in live),
            "authority": all(remedy.state in PROMISED for remedy in live),
            "acceptance": bool(self.accepted_on),
            "documents": all(remedy.state == "done" for remedy in live),
            "feedback": bool(self.rated_on or self.called_on or self._is_silent()),
            "unjustified": self.decision == "unjustified",
            "reason": bool((self.decision_reason or "").strip()),
            "cancel_reason": bool((self.cancel_reason or "").strip() or self.merged_into_id),
        }

    @api.model
    def _get_gate_texts(self):
        """Return what each code of a gate asks for, in words."""
        return {
            "acknowledged": self.env._("The acknowledgement has not been sent."),
            "restated": self.env._("The facts have not been confirmed to the customer."),
            "severity": self.env._("The severity has not been set."),
            "extent": self.env._("The extent has not been set: pieces, batch or shipment."),
            "party": self.env._("The responsible party has not been set."),
            "photos": self.env._("The photos are missing. Request them, or waive them with a reason."),
            "production": self.env._("Production has not concluded its review."),
            "inspection": self.env._("Inspection has not concluded its review."),
            "decision": self.env._(
                "The decision “Justified” or “Partly justified” has not been made. Reject complaints "
                "that are not justified."
            ),
            "demand": self.env._("The customer request has not been recorded."),
            "remedy": self.env._("No remedy has been approved."),
            "authority": self.env._("A remedy exceeds its author's authority and has not been approved."),
            "acceptance": self.env._("The customer has not accepted the remedy yet."),
            "documents": self.env._("The remedies are not done: their documents have not been posted or confirmed."),
            "feedback": self.env._(
                "The customer feedback is missing: a rating, a call, or no reply after two requests."
            ),
            "unjustified": self.env._("The decision “Not justified” has not been made."),
            "reason": self.env._("The decision reason is missing. It is sent to the customer."),
            "cancel_reason": self.env._("The cancellation reason is missing."),
        }

    def _get_missing(self, target):
        """Return what is missing for a step, in words; empty if it may be taken."""
        self.ensure_one()
        if self.merged_into_id and target == "reopened":
            # In sudo: its number alone, for readers of the one that was merged.
            goes_on = self.sudo()._get_survivor().name
            return [self.env._("The complaint was merged into %(number)s.", number=goes_on)]
        if not may_follow(self.state, target):
            return [self._get_no_way(target)]
        codes = missing(
            self.state,
            target,
            self._get_gate_facts(),
            self.severity,
            self.source,
            self.company_id._expo_relaxed_gates(),
        )
        texts = self._get_gate_texts()
        return [texts[code] for code in codes]

    def _get_no_way(self, target):
        names = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The stage “%(to)s” cannot follow “%(from)s”.", **{"to": names[target], "from": names[self.state]}
        )

    # -- the steps ---------------------------------------------------------------------------------------

    def _check_step(self, stage):
        """Lock a complaint for the step to a stage, and refuse it unless its gate is open.

        :raises UserError: naming all that is missing, or when another user is faster
        """
        self.ensure_one()
        self._lock_for_step()
        if lacks := self._get_missing(stage.state):
            raise UserError(
                self.env._(
                    "You cannot move “%(complaint)s” to “%(stage)s” because of the following:\n%(lacks)s",
                    complaint=self.name,
                    stage=stage.name,
                    lacks="\n".join(f"• {text}" for text in lacks),
                )
            )

    def _after_step(self, before, state):
        """Keep what follows from a step."""
        # In sudo: facts that the system keeps, of a complaint whose write access was checked.
        complaint = self.sudo()
        if complaint.failure_count:
            # What failed was a task of the step that is over; its clocks are looked after again.
            complaint.write({"failure_count": 0, "failure_reason": False})
        if state in ENDED:
            complaint._set_waiting(False)
            complaint.remedy_ids._end_approval_reminders()
        if not is_back(before, state):
            complaint._log_step(state)
        for effect in STEP_EFFECTS.get(state, ()):
            getattr(complaint, effect)()
        # What has ended is reviewed no more, until it is reopened.
        complaint.review_ids._update_todos()

    def _log_step(self, state):
        """Note a step in the log. Steps that were skipped on the way were taken all the same."""
        if state in ("implementing", "feedback", "closed") and not self.evaluated_on:
            self._log_event("evaluated")
        if state == "closed" and not self.implemented_on:
            self._log_event("implemented")
        if kind := STATE_EVENTS.get(state):
            self._log_event(kind)

    def _begin_round(self):
        """Begin anew: what was agreed and told before the complaint was reopened counts no more."""
        self.write(dict.fromkeys(ROUND_FIELDS, False))

    def _begin_feedback(self):
        """Begin to ask for the customer's feedback: a remedy that was carried out anew is rated anew."""
        self.write({"feedback_since": fields.Datetime.now(), **dict.fromkeys(VERDICT_FIELDS, False)})
        if not self.email_from:
            self._ask_for_call(
                self.env._(
                    "The remedies have been carried out, but the customer has no e-mail address. Call the "
                    "customer for feedback."
                )
            )

    def _move_to(self, state):
        """Take the step to a state, by whatever name its stage goes."""
        self.write({"stage_id": self._get_stage(state).id})

    def action_next(self):
        """Take the next step of the main line."""
        for complaint in self:
            if complaint.next_state:
                complaint._move_to(complaint.next_state)
        return True

    def action_reject(self):
        """Refuse a complaint that is not justified."""
        self._move_to("rejected")
        return True

    def action_cancel(self):
        """Ask why, then cancel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel complaint"),
            "res_model": "expo.complaint.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    def action_reopen(self):
        """Take an ended complaint up again."""
        self._move_to("reopened")
        return True

    def action_wait(self):
        """Note that we wait for the customer: the clocks stand still."""
        self.check_access("write")
        self.sudo()._set_waiting(True)
        return True

    def action_go_on(self):
        """Note that we wait for the customer no more."""
        self.check_access("write")
        self.sudo()._set_waiting(False)
        return True

    def action_acknowledge_by_phone(self):
        """Log the acknowledgement of the complaint on the phone."""
        self.check_access("write")
        for complaint in self.sudo().filtered(lambda complaint: not complaint._get_gate_facts()["acknowledged"]):
            complaint._log_event("acknowledged", note=self.env._("By phone"))
        return True

    def action_restate_by_phone(self):
        """Note that the facts were restated to the customer on the phone.

        :raises UserError: while the facts are not written down
        """
        self.check_access("write")
        for complaint in self.sudo():
            if not (complaint.facts or "").strip():
                raise UserError(
                    self.env._(
                        "You cannot confirm the facts because the field “Agreed Facts” is empty. Enter the "
                        "goods, quantities and dates first."
                    )
                )
            if not complaint._get_gate_facts()["restated"]:
                complaint._log_event("restated", note=self.env._("By phone"))
        return True

    # -- the log -----------------------------------------------------------------------------------------

    @api.private
    def _log_event(self, kind, note=False, at=None, message=None):
        """Append an event, and keep the moment of its kind's first time in this round; the clocks follow.

        :param str kind: one of ``expo.complaint.event``
        :param note: a word on it
        :param at: when it happened, now unless told
        :param message: the letter by which the customer was told
        """
        if kind in CUSTOMER_ACTS:
            self._set_waiting(False)
        at = at or fields.Datetime.now()
        # In sudo: the log is kept by the system only.
        self.env["expo.complaint.event"].sudo().create(
            [
                {
                    "complaint_id": complaint.id,
                    "kind": kind,
                    "note": note,
                    "at": at,
                    "message_id": message and message.id,
                }
                for complaint in self
            ]
        )
        if name := EVENT_FIELDS.get(kind):
            self.sudo().filtered(lambda complaint: not complaint[name]).write({name: at})
        if kind == "feedback_asked":
            self._count_ask(at)
        if kind in complaint_clocks.KINDS:
            self._update_clocks()

    def _count_ask(self, at):
        """Count the feedback requests, with their time."""
        # In sudo: facts that the system keeps.
        for complaint in self.sudo():
            asked = {"feedback_asked_on": at, "feedback_asks": complaint.feedback_asks + 1}
            if complaint.state == "feedback" and not complaint.feedback_since:
                # The address is right again: from now on silence counts.
                asked["feedback_since"] = at
            complaint.write(asked)

    def _log_received(self):
        """Append to new complaints when each was received: constant queries for any number of them."""
        # In sudo: the log is kept by the system only.
        self.env["expo.complaint.event"].sudo().create(
            [{"complaint_id": complaint.id, "kind": "received", "at": complaint.received_at} for complaint in self]
        )
        self._update_clocks()

    def _log_earlier_receipt(self, before):
        """Note that complaints were here before we wrote them down: their clocks have run since.

        A later date gives no extra time.

        :param before: the moment of each until now
        """
        for complaint in self:
            # After a merge the log knows it already.
            known = complaint.event_ids.filtered(lambda event: event.kind == "received").mapped("at")
            if complaint.received_at < before[complaint] and complaint.received_at not in known:
                complaint._log_event("received", at=complaint.received_at)

    @api.private
    def _set_waiting(self, waiting):
        """Begin or end waiting for the customer; saying it twice changes nothing."""
        changing = self.sudo().filtered(lambda complaint: complaint.is_waiting != waiting)
        changing.write({"is_waiting": waiting, "waiting_since": waiting and fields.Datetime.now()})
        changing._log_event("waiting" if waiting else "answered")

    @api.private
    def _customer_replied(self, text=False):
        """The customer wrote or acted: we wait no more, and what was closed is reopened.

        Further replies to what ended long ago reach the complaint that was made of the first one.

        :param text: what the customer wrote, for a new complaint that goes back to one closed long ago
        :return: the complaint that goes on: this one, or the new one
        """
        self.ensure_one()
        # In sudo: the customer has no own access; the caller has checked the visitor.
        complaint = self.sudo()._get_survivor()
        if not complaint.is_open:
            following = complaint.search([("previous_id", "=", complaint.id), ("is_open", "=", True)], limit=1)
            if following:
                return following._customer_replied(text)
        complaint._set_waiting(False)
        if not complaint.is_open:
            complaint = complaint._reopen_or_follow(text)
        # Asking begins anew: there was a reply.
        complaint.write({"last_reply_on": fields.Datetime.now(), "feedback_asks": 0})
        return complaint

    def _reopen_or_follow(self, text):
        """Take an ended complaint up again within the company's days, else make one that goes back to it."""
        ended = max(self.event_ids.filtered(lambda event: event.kind in EVENT_ENDS).mapped("at"), default=False)
        days = self.company_id.expo_complaint_reopen_days
        if ended and ended >= fields.Datetime.now() - timedelta(days=days):
            self._move_to("reopened")
            return self
        return self._create_following(text)

    def _get_survivor(self):
        """Return the complaint that goes on where this one was merged, over as many merges as there were."""
        self.ensure_one()
        complaint, seen = self, self
        while complaint.merged_into_id and complaint.merged_into_id not in seen:
            complaint = complaint.merged_into_id
            seen |= complaint
        return complaint

    def _create_following(self, text):
        """Make a new complaint that goes back to this one, which ended long ago, at a desk of the same company."""
        team = self.team_id.filtered("active") or self.env["expo.complaint.team"]._get_team_for(self.company_id)
        return self.with_company(self.company_id).create(
            {
                "subject": self.subject,
                "story": text or False,
                "partner_id": self.partner_id.id,
                "email_from": self.email_from,
                "order_id": self.order_id.id,
                "invoice_id": self.invoice_id.id,
                "source": self.source,
                "channel": self.channel,
                "team_id": team.id,
                "user_id": self.user_id.active and self.user_id.id,
                "previous_id": self.id,
            }
        )

    # -- customer feedback --------------------------------------------------------------------------------

    @api.depends(
        "state",
        "email_from",
        "feedback_since",
        "feedback_asked_on",
        "feedback_asks",
        "last_reply_on",
        "rated_on",
        "called_on",
        "company_id.expo_complaint_ask_days",
    )
    def _compute_feedback_due_on(self):
        """Customers who gave feedback are not asked again; those without an address are called."""
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

    # -- customer feedback ---------------------------------------------------------------------------------

    def message_post(self, **kwargs):
        """Post a message; feedback along with it, which core makes in sudo, comes from the customer only."""
        if not self._is_system() and (kwargs.get("rating_value") or kwargs.get("rating_id")):
            raise AccessError(self.env._("You cannot rate a complaint. Only the customer can rate it."))
        return super().message_post(**kwargs)

    @api.private
    def _record_rating(self, value, words="", author=None):
        """Keep the customer's feedback, once a round; good feedback closes the complaint, bad feedback asks for a call.

        :param int value: 1 to 5
        :param str words: the comment of the customer
        :param author: who rates, the customer unless told
        :return: the complaint that goes on, and what the customer is told
        """
        self.ensure_one()
        # In sudo: the customer has no own access; the caller has checked the visitor.
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
        complaint._post_customer_message(plaintext2html(words or f"{value} / 5"), author, rating_id=rating.id)
        return complaint._after_verdict(value, words), "rate"

    def _hear_late_verdict(self, value, words, author):
        """Keep the words of feedback that is not asked for any more: given twice, or by a colleague meanwhile."""
        if self._has_said(words or f"{value} / 5", author):
            return self, "rate"
        if words and value >= CONTENT and not self.is_open:
            # Praise takes nothing up again.
            self._post_customer_message(plaintext2html(words), author)
            return self, "changed_words"
        return self._take_message(author, words), "changed_words" if words else "changed"

    def _may_rate(self):
        """Tell whether the customer is asked for a rating, or may still give one: as long as it could be reopened."""
        if self.rated_on or self.state not in ("feedback", "closed"):
            return False
        days = self.company_id.expo_complaint_reopen_days
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return self.state == "feedback" or bool(self.closed_on and self.closed_on >= oldest)

    @api.private
    def _customer_called(self, is_content, words):
        """Keep what the customer said on the phone: after a solution it is the customer feedback.

        :param bool is_content: whether the customer is satisfied with the solution
        :param str words: what the customer said
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
        complaint._ask_for_call(
            self._our_words()._("The customer is not satisfied (%s / 5). Call the customer.", value)
        )
        return complaint

    def _close_if_settled(self):
        """Close a complaint that waits for feedback only."""
        if self.state == "feedback" and not self._get_missing("closed"):
            self._move_to("closed")

    def _ask_for_call(self, summary):
        """Remind the assignee to call the customer; once."""
        remind(
            self.sudo(),
            "mail.mail_activity_data_call",
            lambda one: Reminder(one.user_id or one.team_id.leader_id, one.company_id._expo_today(), summary),
            is_quiet=False,
        )

    def _our_words(self):
        """Return the environment in the language of the assignee."""
        return self.with_context(lang=self.user_id.sudo().lang or self.company_id.partner_id.lang or self.env.lang).env

    def action_log_call(self):
        """Open the dialog that notes what the customer said on the phone."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log call"),
            "res_model": "expo.complaint.call",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    # -- silence -----------------------------------------------------------------------------------------

    @api.model
    def _cron_feedback(self):
        """Ask customers who have said nothing since the solution, twice, and close what stays without an answer."""
        self._run_job(
            lambda complaints: complaints._get_silent_domain(),
            lambda complaints: complaints._follow_silence(),
            batch_size=50,
        )

    @api.model
    def _get_silent_domain(self):
        """Return the complaints whose next request for feedback, or end, is due."""
        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain("feedback_due_on", "<=", company._expo_today())
            for company in self.env["res.company"].search([])
        )

    def _follow_silence(self):
        """Ask once more, or close.

        :raises UserError: when the letter could not be sent
        """
        for complaint in self:
            asks = complaint.feedback_asks
            if complaint._is_letter_queued("feedback"):
                # The mail server is in trouble: a customer who was not asked is not silent.
                complaint.feedback_asked_on = fields.Datetime.now()
            elif complaint._is_silent():
                complaint._move_to("closed")
                complaint._message_log(body=complaint._our_words()._("Closed: no reply after two requests."))
            elif complaint._get_next_ask()[0] == "ask":
                complaint._send_letter("feedback")
                if complaint.feedback_asks == asks and complaint.feedback_due_on:
                    raise UserError(
                        self.env._(
                            "You cannot send the feedback request because the mail server "
                            "refused it. Check the address and the mail server."
                        )
                    )

    # -- the joint review --------------------------------------------------------------------------------

    def _get_reviewer(self, department):
        """Return the default reviewer: the manager of the department that made the goods."""
        if department != "production":
            return self.env["res.users"]
        # In sudo: the manager is no secret, and may not be visible to the user.
        return self.department_id.sudo().responsible_id.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def action_start_review(self):
        """Ask both departments to review, by the company's days."""
        self.check_access("write")
        for complaint in self:
            there = set(complaint.review_ids.mapped("department"))
            self.env["expo.complaint.review"].create(
                [
                    {
                        "complaint_id": complaint.id,
                        "department": name,
                        "user_id": complaint._get_reviewer(name).id,
                        "due_on": complaint._get_letter_day("review"),
                    }
                    for name, _label in DEPARTMENTS
                    if name not in there
                ]
            )
        return True

    # -- the evidence ------------------------------------------------------------------------------------

    @api.depends("evidence_ids.state")
    def _compute_evidence_count(self):
        for complaint in self:
            complaint.evidence_count = len(complaint.evidence_ids.filtered(lambda row: row.state == "received"))

    @api.private
    def _add_evidence(self, kind, attachments, source="user"):
        """Take files as evidence; one that this complaint has already is not taken again.

        What was asked for has thereby arrived. The files are copied: what becomes of the originals does not matter.

        :param kind: one of the kinds of ``expo.complaint.evidence``; None: a picture is a photo, all else another file
        :param attachments: records of ``ir.attachment``, or pairs of a name and bytes
        :param str source: ``email``, ``portal`` or ``user``
        :return: the rows of these files
        """
        self.ensure_one()
        # In sudo: the caller has checked that these files belong here, also for customers and mail.
        complaint = self.sudo()
        rows = self.env["expo.complaint.evidence"].sudo()
        for attachment in attachments:
            is_pair = isinstance(attachment, (tuple, list))
            name, content = attachment[:2] if is_pair else (attachment.sudo().name, attachment.sudo().raw)
            content = content.encode() if isinstance(content, str) else content
            if not content:
                continue
            digest = hashlib.sha256(content).hexdigest()
            known = complaint.evidence_ids.filtered(lambda row, digest=digest: row.checksum == digest)
            rows |= known[:1] or complaint._take_file(kind, name, content, source)
        return rows

    def _take_file(self, kind, name, content, source):
        name = self.env["expo.complaint.evidence"]._clean_name(name)
        mimetype = self.env["ir.attachment"]._compute_mimetype({"name": name, "raw": content})
        # A drawing made of text (SVG) shows nothing that a camera saw.
        is_drawing = (mimetype or "").startswith("image/svg")
        kind = "other" if is_drawing and kind in (None, "photo") else kind
        kind = kind or ("photo" if (mimetype or "").startswith("image/") else "other")
        asked = self.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")[:1]
        row = asked or self.evidence_ids.create({"complaint_id": self.id, "kind": kind})
        row._store_file(name, content, source)
        return row

    @api.private
    def _request_evidence(self, kind, due_on):
        """Note that evidence was asked for, until a date; asking again moves the date."""
        for complaint in self.sudo():
            asked = complaint.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")[:1]
            if asked:
                asked.due_on = due_on
            else:
                asked.create({"complaint_id": complaint.id, "kind": kind, "due_on": due_on})

    def waive_evidence(self, kind, reason):
        """Do without evidence that was asked for or not; the reason is kept.

        :param str kind: one of the kinds of ``expo.complaint.evidence``
        :param str reason: why
        :raises UserError: without a reason
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("You cannot waive this evidence because the waiver reason is missing. Enter a reason.")
            )
        values = {"state": "waived", "waiver_reason": reason, "noted_by_id": self.env.uid}
        # In sudo: the state of evidence is kept by the system; write access to the complaint was checked.
        for complaint in self.sudo():
            asked = complaint.evidence_ids.filtered(lambda row: row.kind == kind and row.state == "requested")
            if asked:
                asked.write(values)
            else:
                asked.create({**values, "complaint_id": complaint.id, "kind": kind})

    def action_waive_photos(self):
        """Ask why photos are waived."""
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["expo.complaint.waive"].create({"complaint_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive photos"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.sudo().evidence_ids:
            raise UserError(
                self.env._(
                    "You cannot delete this complaint because it has evidence. Cancel it and give a reason instead."
                )
            )
