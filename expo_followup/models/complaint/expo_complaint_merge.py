from odoo import models
from odoo.exceptions import LockError, UserError

from ...tools import raw_mail
from ..mixins.merging import move_linked_rows

# These speak of the run of the complaint that ends by the merge; all others are the customer's and ours, and go along.
OWN_EVENTS = ("waiting", "answered", "closed", "reopened", "rejected", "cancelled", "breach", "escalated", "merged")
# What hangs on a complaint and moves with it; goods first, as demands and remedies name them.
MOVED = ("line_ids", "demand_ids", "remedy_ids", "evidence_ids", "mail_ids")


class ExpoComplaint(models.Model):
    """Two complaints about one thing become one: nothing of either is lost, and later replies arrive at the one.

    The one that is merged is cancelled and points at the other; its events, messages, files, goods, demands, remedies
    and mails are the other's from then on. Its number keeps leading there.
    """

    _inherit = "expo.complaint"

    def action_merge(self):
        """Ask into which complaint this one is merged."""
        self.ensure_one()
        self.check_access("write")
        likely = self.duplicate_ids.filtered("is_open") or self.duplicate_ids
        dialog = self.env["expo.complaint.merge"].create(
            {"complaint_id": self.id, "target_id": likely.sorted("received_at")[:1].id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge with another complaint"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _merge_into(self, target):
        """Make this complaint part of another one.

        :raises UserError: when they cannot be one, or somebody else is working on one of them
        """
        self.ensure_one()
        both = self | target
        both.check_access("write")
        try:
            # In sudo: whoever may write them may lock them; by id, so that two merges never wait for each other.
            both.sudo().sorted("id").lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is working on one of these complaints right now.")) from error
        both.invalidate_recordset()
        # In sudo: facts that the system keeps move along, of two complaints whose write access was checked.
        source, goal = self.sudo(), target.sudo()
        source._check_mergeable(goal)
        source._move_parts(goal)
        source._move_facts(goal)
        source._move_thread(goal)
        source.search([("merged_into_id", "=", source.id)]).merged_into_id = goal
        source.merged_into_id = goal
        if source.is_open:
            source._move_to("cancelled")
        source._log_event("merged", note=self.env._("Into %s", goal.name))
        goal._log_event("merged", note=self.env._("With %s", source.name))

    def _check_mergeable(self, target):
        """Refuse merges that would mix up customers or promises.

        :raises UserError: saying why
        """
        reason = ""
        customers = self.commercial_partner_id | target.commercial_partner_id
        if not target or self == target or target.merged_into_id or self.merged_into_id:
            reason = self.env._("Choose another complaint that goes on: this one is merged already, or the same.")
        elif self.company_id != target.company_id:
            reason = self.env._("Complaints of two companies stay two.")
        elif len(customers) > 1:
            reason = self.env._("Complaints of two customers stay two.")
        elif not target.is_open and self.is_open:
            reason = self.env._("“%s” has ended: merge it into the open one, or reopen it first.", target.name)
        elif self.offered_on or self.accepted_on:
            reason = self.env._("“%s” has got an offer already: merge the other one into it.", self.name)
        if reason:
            raise UserError(reason)

    def _move_facts(self, target):
        """Complete what the other one does not know; what it knows stays."""
        names = (
            "partner_id", "order_id", "invoice_id", "participation_id", "user_id", "severity", "extent", "party",
            "department_id", "cause_id", "facts", "phone", "acknowledged_on", "restated_on",
        )  # fmt: skip
        values = {}
        for name in names:
            if self[name] and not target[name]:
                values[name] = self[name].id if self._fields[name].type == "many2one" else self[name]
        # The graver of the two words counts.
        if self.severity == "serious":
            values["severity"] = "serious"
        # Both were spent; the analysis counts the one that goes on.
        values["internal_cost"] = self.internal_cost + target.internal_cost
        # His first word counts.
        values["received_at"] = min(self.received_at, target.received_at)
        texts = (target.email_cc, self.email_cc, self.email_from)
        copied = dict.fromkeys(address for text in texts for address in raw_mail.addresses_of(text))
        values["email_cc"] = ", ".join(copied) or False
        target.write(values)

    def _move_parts(self, target):
        for name in MOVED:
            self.with_context(active_test=False)[name].write({"complaint_id": target.id})
        departments = target.review_ids.mapped("department")
        # A department reviews the goods once; what a second review says stays where it is.
        self.review_ids.filtered(lambda review: review.department not in departments).write({"complaint_id": target.id})
        self.event_ids.filtered(lambda event: event.kind not in OWN_EVENTS).write({"complaint_id": target.id})

    def _move_thread(self, target):
        """Give the other one the messages, so that whoever answers them answers there; notes stay notes."""
        place = [("model", "=", self._name), ("res_id", "=", self.id)]
        self.env["mail.message"].search(place).write({"res_id": target.id})
        # Of its clocks nobody needs to be reminded any more; the other one has its own.
        self.activity_unlink(["expo_followup.activity_complaint_due"])
        move_linked_rows(self, target)
        target.message_subscribe(partner_ids=self.message_partner_ids.ids)
        body = self.env._(
            "%(number)s is merged with this complaint. Its story: %(story)s",
            number=self.name,
            story=self.story or self.subject,
        )
        target.message_post(body=body, subtype_xmlid="mail.mt_note")
        self.invalidate_recordset()
