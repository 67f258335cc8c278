from odoo import models

from ..tools.cadence import History, is_superseded, next_touch, place_touch, place_with_room
from ..tools.windows import NoWorkingDay
from ..tools.workdays import both_working
from .expo_followup import OPEN_STATES
from .expo_participation_rhythm import RHYTHM


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
        touches.add_done(customer.partner_id.id, today)
        if turn := customer._get_rhythm_turn(touches, today):
            days.append(turn)
        return min(days, default=None)

    def _get_rhythm_turn(self, touches, today):
        """Return the day that the rhythm will ask for after a touch today, None when it will not."""
        company = self.company_id
        abc_class = self.commercial_partner_id.with_company(company).expo_abc_class or ""
        history = History(today, touches.personal.get(self.id, 0) + 1, abc_class)
        wish = self.tier_id.answer_expected and next_touch(company._expo_rhythm(), history)
        planned = touches.get_company_touches(self)
        if not wish or any(touch.origin == "manual" for touch in planned):
            return None
        if is_superseded(wish, [touch.day for touch in planned]):
            return None
        is_working = both_working(company._expo_calendar(), self.country_id.code)
        try:
            placement, _wanted = place_with_room(
                lambda test: place_touch(wish, test, today),
                is_working,
                touches.get_days(self),
                company.expo_touch_limit,
            )
        except NoWorkingDay:
            return wish.due
        return placement.day
