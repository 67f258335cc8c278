from odoo import api, models

from .expo_participation_rhythm import RHYTHM
from .expo_participation_sync import LIVE
from .merging import move_attachments_and_activities

KEPT_FIELDS = (
    "user_id", "booth", "media_review", "lead_id", "sample_agreed_on", "sample_received_on", "request_purpose",
    "replied_on", "first_response_on", "visitor_level", "visitor_occupation", "visitor_arrival", "visitor_stay",
)  # fmt: skip
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

        Nothing is lost: follow-ups, tiers, orders, letters, chatter, attachments. Of two rows of the same
        step the one that was done stays the step's; the other is kept as a touch by hand.
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
        others.tier_change_ids.participation_id = self
        others.owner_change_ids.participation_id = self
        others.order_ids.expo_participation_id = self
        others.capture_ids.participation_id = self
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
        for other in others:
            other.message_change_thread(self)
            move_attachments_and_activities(other, self)
        others.unlink()
        self.write({"sync_pending": True})

    def _get_absorbed_values(self, others):
        """Return the facts that only the others know, and the stronger one where both know something."""
        values = {}
        for name in KEPT_FIELDS:
            found = next((other[name] for other in others if other[name]), False)
            if found and not self[name]:
                values[name] = self._fields[name].convert_to_write(found, self)
        for name in JOINED_FIELDS:
            texts = [text for text in (self | others).mapped(name) if text]
            values[name] = "\n\n".join(dict.fromkeys(texts)) or False
        everybody = self | others
        for name, strongest_first in STRONGEST:
            known = set(everybody.mapped(name))
            values[name] = next(value for value in strongest_first if value in known)
        return values
