from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError

QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}


class ExpoCustomerFile(models.Model):
    """How files come into being, and how two become one when their customers do."""

    _inherit = "expo.customer.file"

    @api.model
    @api.private
    def _ensure(self, partners, company):
        """Return the files of these partners' companies, opening those that are missing.

        Batched: a constant number of queries for any number of partners. In sudo, and so are the files returned: who
        enters a customer need not see the file that a colleague keeps of him.

        :param partners: contacts or companies
        :param company: our company whose files they are
        """
        customers = partners.commercial_partner_id
        files = self.sudo().with_context(active_test=False, **QUIET)
        found = files.search([("partner_id", "in", customers.ids), ("company_id", "=", company.id)])
        missing = customers - found.partner_id
        if not missing:
            return found
        keeper, today = company.sudo().expo_keeper_id, company._expo_today()
        values = {"company_id": company.id, "keeper_id": keeper.id, "opened_on": today}
        try:
            new = files.create([{"partner_id": partner.id, **values} for partner in missing])
            new.flush_recordset()
        except UniqueViolation as error:
            # Somebody opened the same file this moment: the whole transaction starts again and finds it.
            raise ConcurrencyError("customer file opened twice at once") from error
        new._refresh_customer_since()
        return found | new

    def _release_strangers(self):
        """Take from users who may no longer read these files what would still lead them there.

        Followers get no further messages, activities go to who keeps or serves the customer.
        """
        followers = self.message_follower_ids.filtered("partner_id.user_ids")
        for row in followers:
            users = row.partner_id.user_ids.filtered(lambda user: not user.share)
            file = self.browse(row.res_id)
            if users and not any(file.with_user(user).has_access("read") for user in users):
                row.unlink()
        for activity in self.activity_ids.filtered("user_id"):
            file = self.browse(activity.res_id)
            server = file._get_reminded_user() or file.participation_ids.user_id.filtered("active")[:1]
            if server and not file.with_user(activity.user_id).has_access("read"):
                activity.user_id = server

    def action_open(self):
        """Open this file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
