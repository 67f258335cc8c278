from odoo import api, models
from odoo.exceptions import UserError


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_expo_call_ids(self):
        """Return the ids of the methods that call the customer."""
        return self.with_context(active_test=False).search([("category", "=", "phonecall")]).ids

    @api.ondelete(at_uninstall=False)
    def _unlink_except_expo(self):
        """Keep the types that this addon reminds with; each is found by its XML id."""
        # In sudo: external ids are read by administrators only.
        found = (
            self.env["ir.model.data"]
            .sudo()
            .search([("module", "=", "expo_followup"), ("model", "=", self._name), ("res_id", "in", self.ids)], limit=1)
        )
        if found:
            raise UserError(
                self.env._(
                    "You cannot delete the activity type %s because exhibition reminders use it. Archive it instead.",
                    self.browse(found.res_id).name,
                )
            )
