from random import Random, randrange

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...models.participation.response import MARKETING_SOURCES
from ...tools.distribution import distribute


class ExpoDistribute(models.TransientModel):
    """Preview of a fair distribution: who gets whom and why, how much everyone has to do before and after.

    The manager moves rows, then confirms. What changed meanwhile is left out and told. Reassigning takes selected
    customers, or all of a person who is away or leaves, and gives them to one person or distributes them.
    """

    _name = "expo.distribute"
    _description = "Distribute Customers"
    _inherit = ["expo.linked.records"]

    is_reassignment = fields.Boolean("Reassignment", help="Reassign customers whose salesperson did not contact them.")
    from_user_id = fields.Many2one(
        "res.users",
        "Absent Salesperson",
        ondelete="cascade",
        domain="[('share', '=', False)]",
        context={"active_test": False},
        help="Salesperson who is away or is leaving the company.",
    )
    target_user_id = fields.Many2one(
        "res.users",
        "Reassign To",
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', from_user_id)]",
        help="Salesperson who receives all customers; empty means that they are distributed by load and ability.",
    )
    reason = fields.Char(help="Reason recorded in the salesperson history.")
    scope_ids = fields.Many2many("expo.participation", string="Selected Customers")
    exhibition_ids = fields.Many2many(
        "expo.exhibition",
        string="Exhibitions",
        domain="[('state', '!=', 'done')]",
        help="Exhibitions whose customers are distributed; empty means all exhibitions that are not done.",
    )
    source = fields.Selection(
        [("all", "All"), ("show", "Met at the exhibition"), ("marketing", "Acquired by marketing")],
        "Distribution Scope",
        default="all",
        required=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Salespeople",
        domain="[('share', '=', False)]",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    seed = fields.Integer("Random Seed", default=lambda self: randrange(2**31), readonly=True)
    line_ids = fields.One2many("expo.distribute.line", "wizard_id", "Customers")
    member_ids = fields.One2many("expo.distribute.member", "wizard_id", "Load", readonly=True)
    line_count = fields.Integer(compute="_compute_counts")
    open_count = fields.Integer("Customers without Salesperson", compute="_compute_counts")
    is_done = fields.Boolean("Done", readonly=True)

    @api.depends("scope_ids", "exhibition_ids", "source", "from_user_id", "is_reassignment")
    def _compute_user_ids(self):
        for wizard in self:
            shows = wizard._get_customers().exhibition_id
            people = shows.member_ids | shows.team_id.member_ids or self.env["crm.team.member"].search([]).user_id
            # In sudo: a manager may not see all companies a colleague works for.
            ours = people.sudo().filtered(lambda user: user.active and user.company_ids & self.env.companies)
            wizard.user_ids = people.browse(ours.ids)

    @api.depends("line_ids.user_id")
    def _compute_counts(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)
            wizard.open_count = len(wizard.line_ids.filtered(lambda line: not line.user_id))

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # The preview shows facts of the customers, so it opens only for who may give them away.
        wizards.scope_ids.check_access("write")
        for wizard in wizards:
            wizard._propose()
        return wizards

    def write(self, vals):
        res = super().write(vals)
        self.scope_ids.check_access("write")
        return res

    def _get_customers(self):
        """Return the selected customers, else all open ones of the person who hands over, or all without
        salesperson.
        """
        if self.scope_ids:
            return self.scope_ids._origin
        if self.is_reassignment:
            domain = (
                Domain("user_id", "=", self.from_user_id.id or 0)
                & Domain("outcome", "=", "open")
                & Domain("exhibition_id.state", "!=", "done")
            )
        else:
            domain = self.env["expo.participation"]._get_ownerless_domain()
            if self.source != "all":
                domain &= Domain("source", "in" if self.source == "marketing" else "not in", MARKETING_SOURCES)
        if self.exhibition_ids:
            domain &= Domain("exhibition_id", "in", self.exhibition_ids.ids)
        return self.env["expo.participation"].search(domain)

    # -- the proposal

    def _propose(self):
        """Propose a salesperson for each customer; rows that were moved by hand stay where they are."""
        chosen = {line.participation_id.id: line.user_id.id for line in self.line_ids if line.is_by_hand}
        customers = self._get_customers()
        chosen = {**self._get_chosen(customers), **chosen}
        users = self._get_takers()
        members = self.env["crm.team.member"]._get_expo_members(users, customers.exhibition_id.team_id)
        leaving = self.env["expo.distribute.line"]._count_leaving(customers, users)
        people = [member._replace(load=member.load - leaving.get(member.id, 0)) for member in members]
        items = customers._get_distribution_items(users, chosen)
        proposals = distribute(items, people, Random(self.seed))
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(Command.create(self._get_line_values(customers.browse(p.item), p, chosen)) for p in proposals),
                ],
                "member_ids": [
                    Command.clear(),
                    *(
                        Command.create({"user_id": member.id, "capacity": member.capacity, "load_before": member.load})
                        for member in members
                    ),
                ],
            }
        )

    def _get_takers(self):
        """Return among whom the customers are distributed: the one person named for all, else those chosen."""
        return self._get_target() or self.user_ids.filtered("active")

    def _get_chosen(self, customers):
        """Return the salespeople chosen beforehand: ``{id of the customer: id of the user}``."""
        target = self._get_target()
        return dict.fromkeys(customers.ids, target.id) if target else {}

    def _get_target(self):
        return self.target_user_id.filtered("active")

    def _get_proposed(self, customer, proposal, chosen):
        """Return whom the wizard proposes for a row, none for one that was moved by hand."""
        # What everyone's new salesperson is was not chosen row by row: another one may be named for all.
        if self.target_user_id and proposal.member == self.target_user_id.id:
            return proposal.member
        return False if customer.id in chosen else proposal.member

    def _get_line_values(self, customer, proposal, chosen):
        return {
            "participation_id": customer.id,
            "owner_before_id": customer.user_id.id,
            "proposed_user_id": self._get_proposed(customer, proposal, chosen),
            "user_id": proposal.member,
            "matched": ",".join(sorted(proposal.matched)),
            "is_counted": customer._is_in_load(),
        }

    def action_propose(self):
        """Propose anew, among other people or for other customers."""
        self.ensure_one()
        self._propose()
        return self._open_dialog()

    def _open_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign customers") if self.is_reassignment else self.env._("Distribute customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # -- confirming

    def action_confirm(self):
        """Give the customers away; what changed meanwhile is left out and told."""
        self.ensure_one()
        if self.is_done:
            return self._notify(
                0, [self.env._("These customers have already been distributed. No customer was assigned twice.")]
            )
        self.is_done = True
        lines = self.line_ids.filtered(lambda line: line.user_id and line.user_id != line.owner_before_id)
        # Two managers at once: each customer is given away by the first of them.
        locked = lines.participation_id.sorted("id").try_lock_for_update()
        problems = {line: line._get_problem(locked) for line in lines}
        given = lines.filtered(lambda line: not problems[line])
        given.participation_id._distribute(
            {line.participation_id.id: line.user_id for line in given},
            {line.participation_id.id: line._get_reason() for line in given},
        )
        return self._notify(len(given), [problem for problem in problems.values() if problem])

    def _notify(self, count, problems):
        """Say how many customers were given away, and which were left out and why."""
        texts = [self.env._("Customers assigned to their new salespeople: %s.", count)] if count else []
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if problems else "success",
                "message": " ".join(texts + problems)
                or self.env._("No customer was selected, so nothing was changed."),
                "sticky": bool(problems),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
