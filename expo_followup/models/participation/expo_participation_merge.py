from odoo import api, models

from ..mixins.merging import (
    get_differences,
    get_fact_names,
    get_missing_values,
    join_texts,
    move_linked_rows,
    post_differences,
)
from .expo_participation import DERIVED_FIELDS
from .expo_participation_rhythm import RHYTHM
from .expo_participation_sync import LIVE

# What is the same for both, follows from what moves, or is united by itself: owners become co-recorders, reminders of
# failures are not those of the customer.
NOT_MERGED = (DERIVED_FIELDS - {"first_response_on", "replied_on"}) | {
    "exhibition_id", "partner_id", "active", "owner_locked",
}  # fmt: skip
# Why a fact is as it is goes along with that fact.
REASONS = {"tier_reason": "tier_id", "owner_reason": "user_id", "outcome_reason": "outcome"}
NEUTRAL = {"contact_consent": "unknown", "delivery_state": "pending", "outcome": "open"}
JOINED_FIELDS = ("conversation", "visitor_purchases")
# Who refused letters anywhere has refused them; an order won stays won.
STRONGEST = (
    ("contact_consent", ("refused", "granted", "unknown")),
    ("delivery_state", ("delivered", "shipped", "pending")),
    ("outcome", ("won", "open", "dormant", "lost")),
)


class ExpoParticipation(models.Model):
    """Merging contacts: two entries of one show become one, with all that happened under both."""

    _inherit = "expo.participation"

    @api.private
    def _absorb(self, others):
        """Take over all that happened with the same customer under other entries of this show, then drop them.

        Nothing is lost: follow-ups, tiers, orders, letters, chatter, attachments; what another entry said differently
        is noted. Of two rows of the same step the one that was done stays the step's; the other is kept as a follow-up
        by hand.
        """
        self.ensure_one()
        if not others:
            return
        own = {(row.step_id.id, row.round): row for row in self.followup_ids if row.step_id}
        for row in others.followup_ids:
            twin = own.get((row.step_id.id, row.round))
            if twin and row.state in LIVE:
                row._withdraw()
                row.unlink()
                continue
            if twin and twin.state in LIVE:
                twin._withdraw()
                twin.unlink()
            elif twin:
                row.write({"step_id": False, "origin": "manual"})
            if not twin and row.origin in RHYTHM and row.state in LIVE:
                # The rhythm asks anew, for the one entry.
                row._withdraw()
                row.unlink()
                continue
            row.participation_id = self
            if row.step_id:
                own[row.step_id.id, row.round] = row
        others.tier_change_ids.participation_id = self
        others.owner_change_ids.participation_id = self
        others.order_ids.expo_participation_id = self
        others.capture_ids.participation_id = self
        others.suggestion_ids.participation_id = self
        # In sudo: complaints follow the customer, whoever answers them.
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        complaints.search([("participation_id", "in", others.ids)]).participation_id = self
        self.env["survey.user_input"].sudo().search(
            [("expo_participation_id", "in", others.ids)]
        ).expo_participation_id = self
        self.product_ids |= others.product_ids
        self.write(self._get_absorbed_values(others))
        self.co_recorder_ids |= (others.co_recorder_ids | others.user_id) - self.user_id
        self._apply_captures()
        self._fill_reasons(others)
        names = get_fact_names(self, NOT_MERGED | {"user_id"})
        post_differences(self, self, [(other, get_differences(self, other, names, NEUTRAL)) for other in others])
        for other in others:
            other.message_change_thread(self)
        move_linked_rows(others, self)
        others.unlink()
        self.write({"sync_pending": True})

    def _get_absorbed_values(self, others):
        """Return the facts that only the others know, and the stronger one where both know something."""
        names = get_fact_names(self, NOT_MERGED | REASONS.keys())
        values = get_missing_values(self, others, names, NEUTRAL)
        for name in JOINED_FIELDS:
            values[name] = join_texts(self | others, name)
        everybody = self | others
        for name, strongest_first in STRONGEST:
            known = set(everybody.mapped(name))
            values[name] = next(value for value in strongest_first if value in known)
        return values

    def _fill_reasons(self, others):
        """Take over the reasons for what this entry says as well, where it gives none."""
        values = {}
        for name, explained in REASONS.items():
            same = others.filtered(lambda other, explained=explained: other[explained] == self[explained])
            values |= get_missing_values(self, same, [name])
        self.write(values)
