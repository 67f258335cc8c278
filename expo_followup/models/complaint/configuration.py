"""What a company configures for its complaints: stages, teams, departments, causes, and the authority for remedies."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.authority import Limit
from ...tools.complaint_flow import ENDED
from ..mixins.record_keeping import RecordKeeping

STATES = [
    ("new", "New"),
    ("confirmed", "Confirmed"),
    ("evaluating", "Evaluating"),
    ("negotiating", "Negotiating"),
    ("implementing", "Implementing"),
    ("feedback", "Feedback"),
    ("closed", "Closed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("reopened", "Reopened"),
]


class ExpoComplaintStage(models.Model):
    """A column of the complaint desk. Companies name them as they like; what a stage means is fixed by its state."""

    _name = "expo.complaint.stage"
    _description = "Complaint Stage"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "description"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded", help="Set to show the stage as a narrow column on the board.")
    description = fields.Text(
        translate=True, help="Work to be done in this stage, shown to the users who handle its complaints."
    )
    state = fields.Selection(STATES, "Meaning", required=True, readonly=True)

    _state_unique = models.UniqueIndex(
        "(state)", "You cannot add a second stage with the same meaning. Change the existing stage."
    )

    def write(self, vals):
        """Rename, order, fold; what a stage means is fixed: complaints stand in it.

        :raises AccessError: when a user changes its meaning
        """
        if not self._is_system() and any(stage.state != vals.get("state", stage.state) for stage in self):
            raise AccessError(self.env._("You cannot change the meaning of a stage. Change its name instead."))
        return super().write(vals)

    def _is_end(self):
        """Tell whether complaints of this stage have ended."""
        return self.state in ENDED


class ExpoComplaintTeam(models.Model):
    """The users who handle complaints, and the address to which they are written."""

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
        help="Users who see all complaints of the team.",
    )
    leader_id = fields.Many2one(
        "res.users",
        "Escalation Contact",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="User notified when an SLA target of a complaint is breached; empty means that the managers are notified.",
    )
    is_assigning = fields.Boolean(
        "Automatic Assignment",
        default=True,
        help=("Assign new complaints to a member of the team; otherwise they stay unassigned."),
    )
    assignment = fields.Selection(
        [("salesperson", "Customer's salesperson, else by load"), ("load", "By load")],
        "Assignment Rule",
        default="salesperson",
        required=True,
        help="Member to whom new complaints are assigned; by load means the one with the fewest open complaints.",
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
        """Return the team that handles complaints of a company: the user's own, else the first."""
        teams = self.search([("company_id", "=", company.id)])
        return (teams.filtered(lambda team: self.env.user in team.member_ids) or teams)[:1]

    def _get_staff(self, users):
        """Return those of these users who still work for the company."""
        return users.filtered(lambda user: user.active and self.company_id in user.company_ids)

    def _get_next_owners(self, complaints):
        """Return ``{complaint: assignee}`` of new complaints: the salesperson where the rule says so and they
        are a member, else the member with the fewest open complaints then.

        :return: empty where complaints wait to be taken
        """
        self.ensure_one()
        members = self._get_staff(self.member_ids)
        if not self.is_assigning or not members:
            return {}
        # In sudo: how many complaints a colleague has is counted, not shown.
        found = (
            self.env["expo.complaint"]
            .sudo()
            ._read_group([("user_id", "in", members.ids), ("is_open", "=", True)], ["user_id"], ["__count"])
        )
        load = {**dict.fromkeys(members, 0), **dict(found)}
        owners = {}
        for complaint in complaints:
            own = complaint._get_salespeople() & members if self.assignment == "salesperson" else members.browse()
            owner = own[:1] or min(members, key=lambda user: (load[user], user.id))
            load[owner] += 1
            owners[complaint] = owner
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


class ExpoComplaintDepartment(models.Model):
    """A workshop or department that makes goods: complaints are counted by it (rules.md §5)."""

    _name = "expo.complaint.department"
    _description = "Manufacturing Department"
    _inherit = ["expo.linked.records"]
    _order = "sequence, name"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    responsible_id = fields.Many2one(
        "res.users",
        "Department Manager",
        domain="[('share', '=', False)]",
        help="User asked to review complaints about the department's goods; empty means none.",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    active = fields.Boolean(default=True)


class ExpoComplaintCause(models.Model):
    """Why customers complain, in the company's words: what the Pareto of causes counts."""

    _name = "expo.complaint.cause"
    _description = "Cause of Complaints"
    _inherit = ["expo.linked.records"]
    _order = "sequence, name"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    source = fields.Selection(
        [("goods", "Goods"), ("service", "After-sales service")],
        "Complaint Type",
        help="Complaint type for which the cause can be chosen; empty means both.",
    )
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "You cannot use the name of an existing cause. Choose another name.")


SANE = 1e15


class ExpoComplaintAuthority(models.Model):
    """The remedies that members of a group may approve alone (rules.md §5: within one's authority).

    One row per group; a row of a company's own takes the place of the one for all companies, also in its branches.
    A user in several groups has the best of them. The rule itself is ``tools/authority``.
    """

    _name = "expo.complaint.authority"
    _description = "Complaint Authority"
    _inherit = ["expo.linked.records"]
    _order = "is_unlimited, amount, id"
    _rec_name = "group_id"
    _record_keeping = RecordKeeping()

    group_id = fields.Many2one("res.groups", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        help=("Company to which the limits apply; empty means all companies without their own limits."),
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        "Limit per Complaint",
        help=(
            "Highest total of the remedies of one complaint that needs no approval, in company "
            "currency; 0 means that all need approval."
        ),
    )
    percent = fields.Float(
        "Share of Goods Value (%)",
        digits=(5, 2),
        help=(
            "Highest total of the remedies of one complaint that needs no approval, in percent of "
            "the value of the claimed goods; 0 means no limit."
        ),
    )
    customer_amount = fields.Monetary(
        "Limit per Customer (Year)",
        help=(
            "Highest total of the remedies for one customer in twelve months that needs no approval, "
            "in company currency; 0 means that all need approval."
        ),
    )
    is_unlimited = fields.Boolean("No Limit")

    _group_unique = models.UniqueIndex(
        "(group_id, COALESCE(company_id, 0))",
        "You cannot set the limits of a group twice for one company. Change the existing row.",
    )
    _amounts_sane = models.Constraint(
        f"CHECK(amount >= 0 AND amount < {SANE:.0f} AND customer_amount >= 0 AND customer_amount < {SANE:.0f}"
        " AND percent >= 0 AND percent <= 100)",
        "The limits must be 0 or more, and the share 100 % or less.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for row in self:
            row.currency_id = row.company_id.currency_id or self.env.company.currency_id

    @api.model
    @api.private
    def _get_rows(self, company):
        """Return the rows that hold in a company, in sudo: all users may know their authority."""
        above = company.parent_ids.ids
        rows = self.sudo().search([("company_id", "in", [*above, False])])
        # The nearest one of each group.
        nearest = rows.sorted(lambda row: above.index(row.company_id.id) if row.company_id else -1)
        return self.sudo().union(*{row.group_id: row for row in nearest}.values())

    @api.private
    def _get_limits(self, user):
        """Return those of these rows that hold for a user, none for a user without authority."""
        groups = user.sudo().all_group_ids
        return [
            Limit(row.amount, row.percent, row.customer_amount, row.is_unlimited)
            for row in self
            if row.group_id in groups
        ]
