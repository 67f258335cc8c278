from datetime import timedelta

from odoo import api, fields, models

from ...tools.distribution import Member

# The capacity of a user who is in no sales team, as core's default for members.
USUAL_CAPACITY = 30
# Core states the capacity of a member for so many days.
CAPACITY_DAYS = 30


class CrmTeamMember(models.Model):
    """Abilities of a salesperson, for a fair distribution of customers; core's capacity says how many they take."""

    _inherit = "crm.team.member"

    expo_lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        context={"active_test": False},
        help="Languages of the customers to assign to this member; empty means any.",
    )
    expo_country_ids = fields.Many2many(
        "res.country", string="Countries", help="Countries of the customers to assign to this member; empty means any."
    )
    expo_country_group_ids = fields.Many2many(
        "res.country.group",
        string="Country Groups",
        help="Country groups of the customers to assign to this member, in addition to Countries; if "
        "both are empty, any country.",
    )
    expo_categ_ids = fields.Many2many(
        "product.category",
        string="Products",
        help="Product categories of the customers to assign to this member; empty means any.",
    )

    def _get_expo_abilities(self):
        """Return what is stated of the languages, countries and products of one member."""
        self.ensure_one()
        languages = self.with_context(active_test=False).expo_lang_ids
        return {
            "language": frozenset(code.split("_")[0] for code in languages.mapped("code")),
            "country": frozenset((self.expo_country_ids | self.expo_country_group_ids.country_ids).ids),
            "product": frozenset(self.expo_categ_ids.ids),
        }

    @api.model
    def _get_expo_members(self, users, teams):
        """Return who can take how many customers of what kind, for the distribution.

        :param users: among whom customers are distributed
        :param teams: of several memberships of a user, one in these teams counts
        :rtype: list[Member]
        """
        memberships = self.search([("user_id", "in", users.ids)])
        by_user = {}
        for membership in memberships.sorted(lambda m: m.crm_team_id not in teams):
            by_user.setdefault(membership.user_id, membership)
        loads = self._get_expo_loads(users)
        return [
            Member(
                user.id,
                by_user[user]._get_expo_capacity() if user in by_user else USUAL_CAPACITY,
                loads.get(user.id, 0),
                **(by_user[user]._get_expo_abilities() if user in by_user else {}),
            )
            for user in users
        ]

    def _get_expo_capacity(self):
        return 0 if self.assignment_optout else max(self.assignment_max, 0)

    @api.model
    def _get_expo_load_since(self):
        """Return the day from which newly assigned customers count as load."""
        return fields.Date.today() - timedelta(days=CAPACITY_DAYS)

    @api.model
    def _get_expo_loads(self, users):
        """Return how many open customers and opportunities each user was assigned in the days of the capacity."""
        since = self._get_expo_load_since()
        # In sudo: numbers only, and work for another company takes time as well.
        customers = (
            self.env["expo.participation"]
            .sudo()
            ._read_group(
                [("user_id", "in", users.ids), ("outcome", "=", "open"), ("assigned_on", ">=", since)],
                ["user_id"],
                ["__count", "lead_id:array_agg"],
            )
        )
        counted = {lead_id for _user, _count, lead_ids in customers for lead_id in lead_ids if lead_id}
        leads = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [("user_id", "in", users.ids), ("date_open", ">=", since), ("id", "not in", list(counted))],
                ["user_id"],
                ["__count"],
            )
        )
        loads = {user.id: count for user, count in leads}
        for user, count, _lead_ids in customers:
            loads[user.id] = loads.get(user.id, 0) + count
        return loads
