from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixins.expo_customer_class import ABC_CLASSES, LIFECYCLE

SALES = "sales_team.group_sale_salesman"


class ResPartner(models.Model):
    """What salespeople see of a customer's shows. The facts live on the participations."""

    _inherit = "res.partner"

    expo_participation_ids = fields.One2many("expo.participation", "partner_id", "Exhibitions", groups=SALES)
    expo_participation_count = fields.Integer(compute="_compute_expo", groups=SALES)
    expo_role = fields.Selection(
        [("exhibitor", "Exhibitor"), ("visitor", "Visitor")],
        "Exhibition Role",
        compute="_compute_expo",
        search="_search_expo_role",
        groups=SALES,
    )
    expo_tier_id = fields.Many2one(
        "expo.tier", "Intent Tier", compute="_compute_expo", search="_search_expo_tier_id", groups=SALES
    )
    expo_next_followup_on = fields.Date(
        "Next Follow-up", compute="_compute_expo", search="_search_expo_next_followup_on", groups=SALES
    )
    expo_abc_class = fields.Selection(ABC_CLASSES, "ABC Class", company_dependent=True, groups=SALES, copy=False)
    expo_lifecycle = fields.Selection(
        LIFECYCLE,
        "Life-cycle Stage",
        company_dependent=True,
        groups=SALES,
        copy=False,
    )
    expo_is_foreign = fields.Boolean(
        "Foreign Customer", compute="_compute_expo_is_foreign", search="_search_expo_is_foreign", groups=SALES
    )
    expo_foreign_notes = fields.Text(
        "Foreign-customer Notes", groups=SALES, help="Customs and taboos to respect, shown wherever he is contacted."
    )

    @api.depends("expo_participation_ids.tier_id", "expo_participation_ids.role")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo(self):
        """Role and tier of the latest show, and the next follow-up of any, among what the user may see."""
        participations = self.env["expo.participation"].search(
            [("partner_id", "in", self.ids)], order="captured_on, id"
        )
        by_partner = participations.grouped("partner_id")
        for partner in self:
            own = by_partner.get(partner._origin, participations.browse())
            partner.expo_participation_count = len(own)
            partner.expo_role = own[-1:].role
            partner.expo_tier_id = own[-1:].tier_id
            partner.expo_next_followup_on = min(filter(None, own.mapped("next_followup_on")), default=False)

    def _search_expo_role(self, operator, value):
        return self._search_latest_participation("role", operator, value)

    def _search_expo_tier_id(self, operator, value):
        return self._search_latest_participation("tier_id", operator, value)

    def _search_expo_next_followup_on(self, operator, value):
        return [("expo_participation_ids.next_followup_on", operator, value)]

    def _search_latest_participation(self, field, operator, value):
        """Find partners by their latest show only: a customer's former tier is not his tier."""
        if operator not in ("in", "any"):
            return NotImplemented
        participations = self.env["expo.participation"]
        participations.flush_model(["partner_id", "captured_on"])
        latest = SQL(
            "SELECT DISTINCT ON (partner_id) id FROM expo_participation WHERE id IN %s"
            " ORDER BY partner_id, captured_on DESC, id DESC",
            participations._search([]).subselect(),
        )
        found = participations._search([("id", "in", latest), (field, operator, value)])
        domain = Domain("id", "in", found.subselect("partner_id"))
        if operator == "in" and False in value:
            domain |= Domain("id", "not in", participations._search([]).subselect("partner_id"))
        return domain

    @api.depends("country_id")
    @api.depends_context("company")
    def _compute_expo_is_foreign(self):
        home = self.env.company.country_id
        for partner in self:
            partner.expo_is_foreign = bool(partner.country_id and home and partner.country_id != home)

    def _search_expo_is_foreign(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("country_id", "not in", [False, self.env.company.country_id.id])]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_met_at_a_show(self):
        """Who was met at a show is archived, not deleted: his history would go with him (design: not losing)."""
        # The entry may be a colleague's.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        if entries.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("This contact was met at a show: archive it instead, and nothing of it is lost.")
            )

    def action_open_expo_participations(self):
        """Show the shows at which this customer was met."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        return {**action, "domain": [("partner_id", "in", self.ids)], "context": {"default_partner_id": self.id}}
