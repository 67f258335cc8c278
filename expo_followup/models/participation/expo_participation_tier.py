from collections import defaultdict

from odoo import fields, models

from ...tools.workdays import both_working
from ..followup.expo_followup import OPEN_STATES
from .expo_participation_rhythm import RHYTHM, Touch
from .expo_participation_sync import Changes


class ExpoParticipation(models.Model):
    """What a customer's reactions so far say about him."""

    _inherit = "expo.participation"

    def _get_effects(self):
        """Return how the customer reacted since he is of his present tier, oldest first."""
        self.ensure_one()
        # A tier that was just changed says itself what the touches before it meant.
        touches = self.env["expo.followup"].search(
            [
                ("participation_id", "=", self.id),
                ("state", "=", "done"),
                ("effect", "!=", False),
                ("tier_before_id", "=", self.tier_id.id),
                ("tier_after_id", "=", self.tier_id.id),
            ],
            order="done_on, id",
        )
        changes = self.tier_change_ids.filtered("tier_before_id")
        since = max(changes.mapped("changed_on"), default=None)
        return [touch.effect for touch in touches if not since or touch.done_on >= since]

    def _get_next_turn(self, followup):
        """Return the day of the next touch in person once ``followup`` is done today, None when there will be none.

        That of the plan, a day agreed with the customer, or that of the rhythm, as the engine will find it.
        """
        if not self or self.outcome != "open":
            return None
        # In sudo: when the customer's company is touched next, also by a colleague, is no secret to whoever serves it.
        customer = self.sudo()
        rows = customer.followup_ids.filtered(lambda row: row.state in OPEN_STATES and row != followup)
        rhythm = rows.filtered(lambda row: row.origin in RHYTHM)
        today = customer.exhibition_id._today()
        days = [max(row.window_start, today) for row in rows - rhythm if not row.is_letter]
        touches = customer._fetch_touches()
        for row in followup | rhythm:
            touches.drop(customer, row.id)
        touches.add_done(Touch(today, customer.partner_id.id, "manual", is_letter=False))
        touches.last[customer.commercial_partner_id.id, customer.company_id.id] = fields.Datetime.now()
        touches.personal[customer.id] = touches.personal.get(customer.id, 0) + 1
        return min([*days, *customer._get_rhythm_days(touches)], default=None)

    def _get_rhythm_days(self, touches):
        """Return the day that the rhythm asks for among these touches, or nothing; changes nothing."""
        context = self._get_show_context(self.exhibition_id, as_closed=False)
        is_working = both_working(context.calendar, self.country_id.code)
        changes = Changes([], defaultdict(list))
        reason = self._get_exclude_reason(self._get_blacklisted())
        self._plan_rhythm(context, None, reason, is_working, touches, changes)
        return [values["window_start"] for values in changes.create]
