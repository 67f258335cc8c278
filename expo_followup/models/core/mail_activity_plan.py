from odoo import fields, models


class MailActivityPlan(models.Model):
    _inherit = "mail.activity.plan"

    name = fields.Char(translate=True)

    def action_sync_expo_followups(self):
        """Apply the plan as it stands now to the customers of all open shows, in the background."""
        participations = self.env["expo.participation"].search([("exhibition_id.plan_id", "in", self.ids)])
        participations._request_sync()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Follow-ups of %s customers are being rescheduled.", len(participations)),
            },
        }
