from odoo import models


class ResUsers(models.Model):
    """Hand the follow-ups of a leaving user to the customers' next salespersons; no reminder stays behind."""

    _inherit = "res.users"

    def action_archive(self):
        # Before core deletes the activities: that does not mean that the leaver left the follow-ups out.
        self._expo_withdraw_reminders()
        return super().action_archive()

    def write(self, vals):
        leavers = self.filtered("active") if not vals.get("active", True) else self.browse()
        if leavers:
            leavers._expo_withdraw_reminders()
        res = super().write(vals)
        if leavers:
            leavers._expo_pass_on()
        return res

    def _expo_withdraw_reminders(self):
        """Plan again what these users were reminded of."""
        # In sudo: the user who manages users need not see exhibition customers.
        followups = (
            self.env["expo.followup"].sudo().search([("state", "=", "due"), ("activity_id.user_id", "in", self.ids)])
        )
        followups._end_reminders()
        followups.filtered(lambda followup: not followup.mail_state).state = "planned"
        if followups:
            followups.participation_id._request_sync()

    def _expo_pass_on(self):
        """Give the open follow-ups of these users to the next salespersons, and end their other reminders."""
        # In sudo: the user who manages users need not see exhibition customers.
        followups = (
            self.env["expo.followup"]
            .sudo()
            .search([("state", "in", ("planned", "due", "excluded")), ("user_id", "in", self.ids)])
        )
        followups._pass_on()
        if followups:
            followups.participation_id._request_sync()
        # As core does when users are archived; the scheduled actions remind the next salesperson.
        self.env["mail.activity"].sudo().search(
            [("user_id", "in", self.ids), ("res_model", "=like", "expo.%")]
        ).unlink()
