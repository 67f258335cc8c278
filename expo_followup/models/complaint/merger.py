from odoo.exceptions import UserError

from ...tools import raw_mail
from ..mixins.merging import move_linked_rows
from ..mixins.steps import lock_or_refuse

# What is done to make one complaint part of another one, in this order: goods before their remedies, the
# facts before the note that tells of them.
MERGE_STEPS = ("_move_rows", "_move_reviews", "_move_events", "_move_facts", "_move_thread", "_close_source")
# Rows of a complaint that move with it; goods first, as customer requests and remedies name them.
MOVED = ("line_ids", "demand_ids", "remedy_ids", "evidence_ids", "mail_ids")
# These speak of the run of the complaint that ends by the merge; all others are the customer's and ours, and go along.
OWN_EVENTS = ("waiting", "answered", "closed", "reopened", "rejected", "cancelled", "breach", "escalated", "merged")
# Facts of which the one that goes on takes over what it does not know.
COMPLETED = (
    "partner_id", "order_id", "invoice_id", "participation_id", "user_id", "severity", "extent", "party",
    "department_id", "cause_id", "customer_reason", "handling", "ship_date", "facts", "phone", "acknowledged_on",
    "restated_on",
)  # fmt: skip


class ComplaintMerger:
    """Makes one complaint part of another one: nothing of either is lost, and later replies arrive at the other one."""

    def __init__(self, source, target):
        # In sudo: facts that the system keeps move along, of two complaints whose write access is checked by `merge`.
        self.source, self.target = source.sudo(), target.sudo()
        self.asked = source | target
        self.env = source.env

    def merge(self):
        """Merge the two.

        :raises AccessError: when the user may not write one of them
        :raises UserError: when they cannot be one, or another user is working on one of them
        """
        self.asked.check_access("write")
        lock_or_refuse(self.source | self.target)
        self.asked.invalidate_recordset()
        self._check_mergeable()
        for step in MERGE_STEPS:
            getattr(self, step)()

    def _check_mergeable(self):
        """Refuse merges that would mix up customers or remedies.

        :raises UserError: saying why
        """
        source, target, reason = self.source, self.target, ""
        customers = source.commercial_partner_id | target.commercial_partner_id
        if not target or source == target or target.merged_into_id or source.merged_into_id:
            reason = self.env._(
                "You cannot merge into this complaint because it has already been merged or is the same "
                "complaint. Choose another complaint."
            )
        elif source.company_id != target.company_id:
            reason = self.env._(
                "You cannot merge complaints of different companies. Choose a complaint of the same company."
            )
        elif len(customers) > 1:
            reason = self.env._(
                "You cannot merge complaints of different customers. Choose a complaint of the same customer."
            )
        elif not target.is_open and source.is_open:
            reason = self.env._(
                "You cannot merge into “%s” because it has ended. Reopen it first, or merge it into "
                "the open complaint.",
                target.name,
            )
        elif source.offered_on or source.accepted_on:
            reason = self.env._(
                "You cannot merge “%s” because a remedy was offered for it. Merge the other complaint into this one.",
                source.name,
            )
        if reason:
            raise UserError(reason)

    def _move_rows(self):
        for name in MOVED:
            self.source.with_context(active_test=False)[name].write({"complaint_id": self.target.id})

    def _move_reviews(self):
        """Move the reviews of departments that have none there: what a second review says stays where it is."""
        departments = self.target.review_ids.mapped("department")
        rows = self.source.review_ids.filtered(lambda review: review.department not in departments)
        rows.write({"complaint_id": self.target.id})

    def _move_events(self):
        events = self.source.event_ids.filtered(lambda event: event.kind not in OWN_EVENTS)
        events.write({"complaint_id": self.target.id})

    def _move_facts(self):
        """Complete what the other one does not know; what it knows stays."""
        source, target, values = self.source, self.target, {}
        for name in COMPLETED:
            if source[name] and not target[name]:
                values[name] = source[name].id if source._fields[name].type == "many2one" else source[name]
        # The graver of the two words counts.
        if source.severity == "serious":
            values["severity"] = "serious"
        # Both were spent; the analysis counts the one that goes on.
        values["internal_cost"] = source.internal_cost + target.internal_cost
        # The first statement counts.
        values["received_at"] = min(source.received_at, target.received_at)
        texts = (target.email_cc, source.email_cc, source.email_from)
        copied = dict.fromkeys(address for text in texts for address in raw_mail.addresses_of(text))
        values["email_cc"] = ", ".join(copied) or False
        target.write(values)

    def _move_thread(self):
        """Move the messages to the other one, so that replies arrive there; notes stay notes."""
        source, target = self.source, self.target
        place = [("model", "=", source._name), ("res_id", "=", source.id)]
        source.env["mail.message"].search(place).write({"res_id": target.id})
        # Its clocks need no more reminders; the other one has its own.
        source.activity_unlink(["expo_followup.activity_complaint_due"])
        move_linked_rows(source, target)
        target.message_subscribe(partner_ids=source.message_partner_ids.ids)
        body = self.env._(
            "%(number)s was merged into this complaint. Customer statement: %(story)s",
            number=source.name,
            story=source.story or source.subject,
        )
        target.message_post(body=body, subtype_xmlid="mail.mt_note")
        source.invalidate_recordset()

    def _close_source(self):
        """Let the merged one, and what was merged into it before, lead to the one that goes on."""
        source, target = self.source, self.target
        source.search([("merged_into_id", "=", source.id)]).merged_into_id = target
        source.merged_into_id = target
        if source.is_open:
            source._move_to("cancelled")
        source._log_event("merged", note=self.env._("Merged into %s", target.name))
        target._log_event("merged", note=self.env._("Merged with %s", source.name))
