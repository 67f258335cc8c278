from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_archive(self):
        """Somebody leaves: core deletes his activities, which does not mean that he left the touches out.

        They are planned again, for the customer's next owner or the responsible of the show.
        """
        # Whoever manages users need not see the customers of a show.
        followups = self.env["expo.followup"].sudo().search(
            [("state", "=", "due"), ("activity_id.user_id", "in", self.ids)]
        )  # fmt: skip
        followups._end_reminders()
        followups.filtered(lambda followup: not followup.mail_state).state = "planned"
        res = super().action_archive()
        followups.participation_id._request_sync()
        return res
