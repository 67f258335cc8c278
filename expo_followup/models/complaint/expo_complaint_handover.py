from odoo import models


class ExpoComplaint(models.Model):
    """A complaint that somebody else answers from now on: its news go to him, and not to who may not read it."""

    _inherit = "expo.complaint"

    def write(self, vals):
        owners = {complaint: complaint.sudo().user_id for complaint in self} if "user_id" in vals else {}
        res = super().write(vals)
        for owner in {owner for owner in owners.values() if owner}:
            mine = self.filtered(lambda one, owner=owner: owners[one] == owner and one.sudo().user_id != owner)
            mine._leave(owner)
        return res

    def _leave(self, former):
        """Take the former owner off what he may not read any more; what he was to do is the new owner's."""
        # In sudo, and in all companies of his: what he still sees decides, not who gives the complaint away.
        seen = self.sudo(False).with_user(former).with_context(allowed_company_ids=former.sudo().company_ids.ids)
        lost = self.sudo() - seen._filtered_access("read").with_env(self.sudo().env)
        if not lost:
            return
        lost.message_unsubscribe(former.partner_id.ids)
        activities = lost.activity_ids.filtered(lambda activity: activity.user_id == former)
        for complaint, found in activities.grouped(lambda activity: activity.res_id).items():
            owner = lost.browse(complaint).user_id
            if owner:
                found.write({"user_id": owner.id})
