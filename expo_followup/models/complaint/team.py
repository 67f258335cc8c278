from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoComplaintTeam(models.Model):
    """Who handles complaints, and the address to which they are written."""

    _name = "expo.complaint.team"
    _description = "Complaint Team"
    _inherit = ["mail.thread", "mail.alias.mixin", "expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    member_ids = fields.Many2many(
        "res.users",
        string="Members",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="They see all complaints of the team.",
    )
    leader_id = fields.Many2one(
        "res.users",
        "Second Level",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is told when a complaint takes too long.",
    )
    is_assigning = fields.Boolean(
        "Assign at Once",
        default=True,
        help=(
            "New complaints go to the member with the fewest open ones. Otherwise they wait until a member takes them."
        ),
    )
    active = fields.Boolean(default=True)
    open_count = fields.Integer("Open Complaints", compute="_compute_open_count")

    def _compute_open_count(self):
        found = self.env["expo.complaint"]._read_group(
            [("team_id", "in", self.ids), ("is_open", "=", True)], ["team_id"], ["__count"]
        )
        counts = {team.id: count for team, count in found}
        for team in self:
            team.open_count = counts.get(team.id, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("expo.complaint")
        if self.id:
            values["alias_defaults"] = {"team_id": self.id}
        return values

    @api.model
    def _get_team_for(self, company):
        """Return the team that handles complaints of a company unless somebody says otherwise: one's own, else the
        first.
        """
        teams = self.search([("company_id", "=", company.id)])
        return (teams.filtered(lambda team: self.env.user in team.member_ids) or teams)[:1]

    def _get_staff(self, users):
        """Return who of these answers customers still: not who has left, or works for other companies only now."""
        return users.filtered(lambda user: user.active and self.company_id in user.company_ids)

    def _get_next_owners(self, number):
        """Return who is to answer so many new complaints: each goes to whoever has the fewest open ones then.

        :return: a list of users; empty where complaints wait to be taken
        """
        self.ensure_one()
        members = self._get_staff(self.member_ids)
        if not self.is_assigning or not members:
            return []
        # In sudo: how many complaints a colleague has is counted, not shown.
        found = (
            self.env["expo.complaint"]
            .sudo()
            ._read_group([("user_id", "in", members.ids), ("is_open", "=", True)], ["user_id"], ["__count"])
        )
        load = {**dict.fromkeys(members, 0), **dict(found)}
        owners = []
        for _each in range(number):
            owner = min(members, key=lambda user: (load[user], user.id))
            load[owner] += 1
            owners.append(owner)
        return owners

    @api.model
    def _set_default_alias(self, team_id, alias_name):
        """Give a team the address it is known by, unless another part of Odoo has it already."""
        team = self.browse(team_id)
        domain = team.alias_domain_id
        taken = self.env["mail.alias"].search_count(
            [("alias_name", "=", alias_name), ("alias_domain_id", "=", domain.id), ("id", "!=", team.alias_id.id)]
        )
        if not taken and not team.alias_name:
            team.alias_name = alias_name

    def action_open_complaints(self):
        """Open the team's open complaints."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_all")
        action["domain"] = [("team_id", "=", self.id)]
        return action
