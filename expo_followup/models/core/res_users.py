from odoo import api, models

SALES = "sales_team.group_sale_salesman"
#: Values whose change may take a user away from customers: archived, without the sales role, outside the company.
LEAVING = {"active", "group_ids", "company_ids", "role"}


class ResUsers(models.Model):
    """Who may serve customers; a user who may no longer leaves no follow-up and no reminder behind.

    A user leaves by being archived, by losing the sales role or the company. Their open follow-ups go to the next
    salespeople, at once where the user is changed, and at the next opening however else it came.
    """

    _inherit = "res.users"

    def action_archive(self):
        # Before core deletes the activities: that does not mean that the user discarded the follow-ups.
        self._expo_withdraw_reminders()
        return super().action_archive()

    def write(self, vals):
        if not vals.get("active", True):
            self.filtered("active")._expo_withdraw_reminders()
        res = super().write(vals)
        if LEAVING & vals.keys():
            self._expo_pass_on()
        return res

    @api.private
    def _expo_working(self, company):
        """Return the users of these who may serve customers of a company: active, with the sales role, allowed there.

        :param company: an empty one: of any company
        """
        # In sudo: which role a user has is no secret.
        return self.filtered(
            lambda user: (
                (known := user.sudo()).active
                and known.has_group(SALES)
                and (not company or company.id in known._get_company_ids())
            )
        )

    def _expo_withdraw_reminders(self):
        """Plan again what these users were reminded of."""
        # In sudo: the user who manages users need not see the customers of a show.
        self.env["expo.followup"].sudo().search(
            [("state", "=", "due"), ("activity_id.user_id", "in", self.ids)]
        )._plan_again()

    def _expo_pass_on(self):
        """Give what is open of those of these users who have left to others, and end their reminders of our records."""
        # In sudo: the user who manages users need not see the customers of a show.
        self.env["expo.followup"].sudo()._pass_on_of_leavers(self)
        self.env["expo.visit"].sudo()._pass_on_of_leavers(self)
        if gone := self.filtered(lambda user: not user.active):
            # As core does when users are archived; the scheduled actions remind the next salesperson.
            self.env["mail.activity"].sudo().search(
                [("user_id", "in", gone.ids), ("res_model", "=like", "expo.%")]
            ).unlink()
        entries = self.env["expo.participation"].sudo().search([("user_id", "in", (self - gone).ids)])
        entries.filtered(lambda entry: not entry.user_id._expo_working(entry.company_id))._release_strangers()
