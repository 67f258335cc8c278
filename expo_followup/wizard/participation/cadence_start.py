from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.participation.care import Care


class ExpoCadenceStart(models.TransientModel):
    """Preview of the customers with turnover who enter the contact cadence: how many each salesperson gets, and when.

    The manager takes out whom to leave as they are, then starts; later customers enter without asking.
    """

    _name = "expo.cadence.start"
    _description = "Start the Contact Cadence"
    _inherit = ["expo.linked.records"]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", default=lambda self: self.env.company
    )
    first_on = fields.Date(
        "First Contact On",
        required=True,
        default=lambda self: self.env.company._expo_today(),
        help="Day from which the customers are contacted.",
    )
    daily_limit = fields.Integer(
        "Daily Start Limit",
        default=lambda self: self.env.company.expo_daily_limit,
        help="Maximum number of follow-ups of a salesperson on one day; 0 means no limit.",
    )
    # To know whom the manager took out.
    offered_ids = fields.Many2many(
        "res.partner",
        "expo_cadence_start_offered_rel",
        string="Customers Offered",
        default=lambda self: Care(self.env.company).find_entrants().ids,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers to Start",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_count = fields.Integer("Number of Customers", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("offered_ids")
    def _compute_partner_ids(self):
        """Start with all; the manager takes out whom to leave."""
        for wizard in self:
            wizard.partner_ids = wizard.offered_ids

    @api.depends("partner_ids", "first_on", "daily_limit")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            partners = wizard._get_entrants()
            care = Care(wizard.company_id)
            owners, days = care.get_owners(partners), {}
            if partners and (first := wizard._get_first_day()):
                days = care.get_first_days(partners, first, max(wizard.daily_limit, 0))
            rows = [
                (owner.name or wizard.env._("no salesperson"), len(theirs), min(starts), max(starts))
                for owner, theirs in partners.grouped(lambda partner, owners=owners: owners[partner]).items()
                if (starts := [days[partner] for partner in theirs if partner in days])
            ]
            wizard.partner_count = len(partners)
            wizard.preview = wizard.env["ir.qweb"]._render("expo_followup.cadence_start_preview", {"rows": rows})

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # The preview shows names of all salespeople: only to users who may manage customers.
        wizards.company_id.check_access("read")
        return wizards

    def _get_entrants(self):
        """Return the chosen ones of those who may enter: no more than these, whatever was sent."""
        entrants = Care(self.company_id).find_entrants()
        return entrants & entrants.browse(self.partner_ids._origin.ids)

    def _get_first_day(self):
        """Return the day of the first contact: nothing is planned backwards."""
        return self.first_on and max(self.first_on, self.company_id._expo_today())

    def action_start(self):
        """Start the cadence with these customers; from now on others enter by themselves, but for those taken out.

        :raises UserError: when the daily limit is negative
        """
        self.ensure_one()
        if self.daily_limit < 0:
            raise UserError(self.env._("The daily start limit must be 0 (no limit) or more."))
        # In sudo: the settings of the company and the follow-ups of all salespeople; the right is that of the wizard.
        self.company_id.sudo().expo_cadence_started = True
        care = Care(self.company_id)
        entrants = self._get_entrants()
        offered = care.find_entrants()
        offered &= offered.browse(self.offered_ids._origin.ids)
        (offered - entrants).expo_no_cadence = True
        care.start(entrants, self._get_first_day(), self.daily_limit)
        care.remind_manager(entrants.browse())
        return {"type": "ir.actions.act_window_close"}
