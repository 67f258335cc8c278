from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ...tools.complaint_flow import is_back, may_follow, missing, next_state

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
# How a complaint ends.
EVENT_ENDS = frozenset({"closed", "rejected", "cancelled"})
# What has to be there anew when a complaint is reopened.
ROUND_FIELDS = ("evaluated_on", "offered_on", "accepted_on", "accepted_by", "accepted_how", "implemented_on",
                "feedback_asked_on", "feedback_asks", "called_on", "rated_on", "closed_on")  # fmt: skip


class ExpoComplaint(models.Model):
    """From step to step: the gates of ``tools/complaint_flow`` on every path, each refusal saying what is missing."""

    _inherit = "expo.complaint"

    next_state = fields.Char(compute="_compute_next_step")
    next_stage_id = fields.Many2one("expo.complaint.stage", compute="_compute_next_step")
    missing_text = fields.Text("Missing for the Next Step", compute="_compute_next_step")

    @api.depends(
        "stage_id", "severity", "source", "extent", "party", "decision", "decision_reason", "acknowledged_on",
        "restated_on", "accepted_on", "rated_on", "called_on",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_next_step(self):
        stages = {stage.state: stage for stage in self.env["expo.complaint.stage"].search([])}
        for complaint in self:
            state = next_state(complaint.state) if complaint.state else ""
            complaint.next_state = state
            complaint.next_stage_id = stages.get(state)
            complaint.missing_text = "\n".join(complaint._get_missing(state)) if state else False

    # -- the gates ---------------------------------------------------------------------------------------

    def _get_gate_facts(self):
        """Return which of the facts that gates ask for are there: ``{code: bool}``.

        The codes are those of ``tools/complaint_flow.GATES``; other files add theirs. What is not named counts as
        there.
        """
        self.ensure_one()
        return {
            "acknowledged": bool(self.acknowledged_on),
            "restated": bool(self.restated_on),
            "severity": bool(self.severity),
            "extent": bool(self.extent),
            "party": bool(self.party),
            "decision": self.decision in ("justified", "partly"),
            "unjustified": self.decision == "unjustified",
            "reason": bool((self.decision_reason or "").strip()),
            "cancel_reason": bool((self.cancel_reason or "").strip() or self.merged_into_id),
        }

    @api.model
    def _get_gate_texts(self):
        """Return what each code of a gate asks for, in words."""
        return {
            "acknowledged": self.env._("The customer has not been told yet that his complaint has arrived."),
            "restated": self.env._("The facts have not been restated to the customer yet."),
            "severity": self.env._("How serious it is has not been said."),
            "extent": self.env._("How far it extends has not been said: pieces, batch, shipment."),
            "party": self.env._("Who is responsible has not been said."),
            "photos": self.env._("Photos are missing: ask for them, or waive them and say why."),
            "production": self.env._("Production has not concluded its review."),
            "inspection": self.env._("Inspection has not concluded its review."),
            "decision": self.env._("We have not decided that it is justified, or partly. Else reject it."),
            "demand": self.env._("What the customer demands has not been recorded."),
            "remedy": self.env._("There is no remedy yet that was approved."),
            "authority": self.env._("A remedy goes beyond its author's authority and waits for approval."),
            "acceptance": self.env._("The customer has not accepted our offer yet."),
            "documents": self.env._("What was promised is not carried out: its documents are not posted or confirmed."),
            "feedback": self.env._("The customer's verdict is missing: a rating, a call, or silence after two asks."),
            "unjustified": self.env._("Only a complaint that we judge not justified is rejected."),
            "reason": self.env._("The reason of the decision is missing: the customer is told."),
            "cancel_reason": self.env._("Say why it is cancelled."),
        }

    def _get_missing(self, target):
        """Return what is missing for a step, in words; empty if it may be taken."""
        self.ensure_one()
        if self.merged_into_id and target == "reopened":
            # In sudo: its number alone, for whoever sees the one that was merged.
            goes_on = self.sudo()._get_survivor().name
            return [self.env._("It goes on as %(number)s, with all that belonged to it.", number=goes_on)]
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
        return self.env._("“%(to)s” does not follow “%(from)s”.", **{"to": names[target], "from": names[self.state]})

    # -- the steps ---------------------------------------------------------------------------------------

    def _check_step(self, stage):
        """Lock a complaint for the step to a stage, and refuse it unless its gate is open.

        :raises UserError: naming all that is missing, or when somebody else is faster
        """
        self.ensure_one()
        self.check_access("write")
        try:
            # In sudo: whoever may write the complaint may lock it.
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is working on this complaint right now.")) from error
        if lacks := self._get_missing(stage.state):
            raise UserError(
                self.env._(
                    "“%(complaint)s” cannot become “%(stage)s” yet:\n%(lacks)s",
                    complaint=self.name,
                    stage=stage.name,
                    lacks="\n".join(f"• {text}" for text in lacks),
                )
            )

    def _after_step(self, before, state):
        """Keep what follows from a step; other files add to it."""
        # In sudo: facts that the system keeps, of a complaint whose write access was checked.
        complaint = self.sudo()
        if complaint.failure_count:
            # What failed was a task of the step that is over; its clocks are looked after again.
            complaint.write({"failure_count": 0, "failure_reason": False})
        if state == "reopened":
            complaint.write(dict.fromkeys(ROUND_FIELDS, False))
            complaint.cancel_reason = False
        elif not complaint.is_open:
            complaint._set_waiting(False)
        if not is_back(before, state):
            # Steps that were skipped on the way were taken all the same.
            if state in ("implementing", "feedback", "closed") and not complaint.evaluated_on:
                complaint._log_event("evaluated")
            if state == "closed" and not complaint.implemented_on:
                complaint._log_event("implemented")
            if kind := STATE_EVENTS.get(state):
                complaint._log_event(kind)

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
            "name": self.env._("Why is it cancelled?"),
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
        """Note that the customer was told on the phone that his complaint has arrived, and calmed."""
        self.check_access("write")
        for complaint in self.sudo().filtered(lambda complaint: not complaint._get_gate_facts()["acknowledged"]):
            complaint._log_event("acknowledged", note=self.env._("On the phone"))
        return True

    def action_restate_by_phone(self):
        """Note that the facts were restated to the customer on the phone.

        :raises UserError: while the facts are not written down
        """
        self.check_access("write")
        for complaint in self.sudo():
            if not (complaint.facts or "").strip():
                raise UserError(self.env._("Write the facts down first: what, how many, when."))
            if not complaint._get_gate_facts()["restated"]:
                complaint._log_event("restated", note=self.env._("On the phone"))
        return True

    # -- the log -----------------------------------------------------------------------------------------

    @api.private
    def _log_event(self, kind, note=False, at=None, message=None):
        """Append an event, and keep the moment of its kind's first time in this round.

        :param str kind: one of ``expo.complaint.event``
        :param note: a word on it
        :param at: when it happened, now unless told
        :param message: the letter by which the customer was told
        """
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

    def _log_received(self):
        """Append to new complaints when each was received: constant queries for any number of them."""
        # In sudo: the log is kept by the system only.
        self.env["expo.complaint.event"].sudo().create(
            [{"complaint_id": complaint.id, "kind": "received", "at": complaint.received_at} for complaint in self]
        )

    @api.private
    def _set_waiting(self, waiting):
        """Begin or end waiting for the customer; saying it twice changes nothing."""
        changing = self.sudo().filtered(lambda complaint: complaint.is_waiting != waiting)
        changing.write({"is_waiting": waiting, "waiting_since": waiting and fields.Datetime.now()})
        changing._log_event("waiting" if waiting else "answered")

    @api.private
    def _customer_replied(self, text=False):
        """The customer wrote or acted: we wait no more, and what was closed is taken up again.

        :param text: what he wrote, for a new complaint that goes back to one closed long ago
        :return: the complaint that goes on: this one, or the new one
        """
        self.ensure_one()
        # In sudo: the customer has no access of his own; whoever calls has checked that it is him.
        complaint = self.sudo()._get_survivor()
        complaint._set_waiting(False)
        if complaint.is_open:
            return complaint
        ended = max(complaint.event_ids.filtered(lambda event: event.kind in EVENT_ENDS).mapped("at"), default=False)
        days = complaint.company_id.expo_complaint_reopen_days
        if ended and ended >= fields.Datetime.now() - timedelta(days=days):
            complaint._move_to("reopened")
            return complaint
        return complaint._create_following(text)

    def _get_survivor(self):
        """Return the complaint that goes on where this one was merged, over as many merges as there were."""
        self.ensure_one()
        complaint, seen = self, self
        while complaint.merged_into_id and complaint.merged_into_id not in seen:
            complaint = complaint.merged_into_id
            seen |= complaint
        return complaint

    def _create_following(self, text=False):
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
