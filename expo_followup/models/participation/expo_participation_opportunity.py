from odoo import Command, api, fields, models
from odoo.fields import Domain

#: What an outcome means for the opportunity; a dormant customer's is lost, else the forecast would count on it.
STATUS_OF_OUTCOME = {"open": "pending", "won": "won", "lost": "lost", "dormant": "lost"}


class ExpoParticipation(models.Model):
    """The opportunity of a keen customer: made once, won and lost with him, served by his owner.

    Opportunities are made by the scheduled action, which runs as soon as a show is closed or a customer comes into a
    tier that opens one. Reminders stay with the customer's entry: none of ours hang on the opportunity.
    """

    _inherit = "expo.participation"

    lead_made = fields.Boolean("Opportunity Made", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        participations = super().create(vals_list)
        participations._trigger_leads()
        return participations

    def write(self, vals):
        res = super().write(vals)
        # In sudo: whoever gave a customer away may not see him any more, and his opportunity follows him.
        customers = self.sudo()
        if {"tier_id", "exhibition_id", "active"} & vals.keys():
            customers._trigger_leads()
        if "outcome" in vals:
            customers._push_outcome()
        if "user_id" in vals:
            customers._push_owner()
        return res

    def _trigger_leads(self):
        # Who enters a customer need not be allowed to make opportunities.
        if self.sudo().filtered_domain(self._get_lead_domain()):
            self._trigger_sync()

    @api.model
    def _get_lead_domain(self):
        """Customers who still need an opportunity: their show is closed and their tier opens one."""
        return (
            Domain("lead_made", "=", False)
            & Domain("tier_id.makes_opportunity", "=", True)
            & Domain("outcome", "in", ("open", "won"))
            & Domain("exhibition_id.state", "=", "followup")
            & Domain("active", "=", True)
        )

    @api.model
    def _cron_sync(self):
        """Plan anew, then make the opportunities that are missing."""
        res = super()._cron_sync()
        self._run_job(self._get_lead_domain(), lambda batch: batch._make_leads())
        return res

    # -- making them -------------------------------------------------------------------------------------

    @api.private
    def _make_leads(self):
        """Make one opportunity for each of these customers who has none, constant queries per thousand.

        Who has an open one of the same campaign already, made by hand, keeps that. Anybody may make one for anybody: it
        goes to the customer's owner, and only who is nobody's goes to its. In sudo: opportunities are made by the
        scheduled action for customers of every owner.
        """
        customers = self.sudo().filtered(lambda customer: not customer.lead_id)
        found = customers._find_leads()
        for customer, lead in found.items():
            customer.lead_id = lead
        taken = customers.browse().union(*found)
        taken.filtered("user_id")._push_owner()
        taken.lead_id._expo_pull_owner()
        missing = customers.filtered(lambda customer: not customer.lead_id)
        # Nobody is told of each one by mail, and nobody but its owner follows it.
        quiet = {"mail_create_nosubscribe": True, "mail_auto_subscribe_no_notify": True, "tracking_disable": True}
        leads = self.env["crm.lead"].sudo().with_context(**quiet).create(missing._prepare_leads())
        for customer, lead in zip(missing, leads, strict=True):
            customer.lead_id = lead
        self.sudo().lead_made = True
        customers._push_outcome()

    def _find_leads(self):
        """Return ``{customer: his open opportunity of the show's campaign}`` of those who have one."""
        leads = self.env["crm.lead"].search_fetch(
            [
                ("campaign_id", "in", self.exhibition_id.campaign_id.ids),
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", [False, *self.company_id.ids]),
                ("type", "=", "opportunity"),
                ("won_status", "=", "pending"),
            ],
            ["campaign_id", "partner_id", "company_id"],
            order="id",
        )
        by_key = leads.grouped(lambda lead: (lead.campaign_id, lead.partner_id))
        found = {}
        for customer in self:
            same = by_key.get((customer.exhibition_id.campaign_id, customer.partner_id), leads.browse())
            if own := same.filtered(lambda lead, ours=customer.company_id: lead.company_id in (ours.browse(), ours)):
                found[customer] = own[:1]
        return found

    def _prepare_leads(self):
        """Return the values of these customers' opportunities; team and stage are looked up once for all alike."""
        source = self.env.ref("expo_followup.utm_source_exhibition", raise_if_not_found=False)
        prepared = {}
        for (show, owner), customers in self.grouped(lambda entry: (entry.exhibition_id, entry.user_id)).items():
            team = show.team_id or self._find_team(owner, show.company_id)
            stage = self.env["crm.lead"]._stage_find(team_id=team.id, domain=[("fold", "=", False)])
            for customer in customers:
                prepared[customer] = {
                    **customer._get_lead_values(),
                    "campaign_id": show.campaign_id.id,
                    "source_id": source.id if source and customer.source == "show" else False,
                    # Said also where there is none: core would take whoever runs the scheduled action.
                    "user_id": owner.id,
                    "team_id": team.id,
                    "stage_id": stage.id,
                }
        return [prepared[customer] for customer in self]

    def _find_team(self, owner, company):
        """Return the sales team of an owner, as core chooses it."""
        domain = [("use_opportunities", "=", True), ("company_id", "in", (False, company.id))]
        teams = self.env["crm.team"].with_company(company)
        return teams._get_default_team_id(user_id=owner.id, domain=domain) if owner else teams

    def _get_lead_values(self):
        """Return what the customer's opportunity says of him alone."""
        orders = self._get_live_orders()
        return {
            "type": "opportunity",
            "name": self.display_name,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "priority": "2" if self.is_key else "1",
            "expected_revenue": self._get_order_total(orders),
            "order_ids": [Command.link(order.id) for order in orders if not order.opportunity_id],
        }

    def _get_live_orders(self):
        return self.order_ids.filtered(lambda order: order.state != "cancel")

    def _get_order_total(self, orders):
        """Return what these orders come to without tax, in the currency of the show's company."""
        ours = self.company_id.currency_id
        return sum(
            order.currency_id._convert(order.amount_untaxed, ours, order.company_id, order.date_order.date())
            for order in orders
        )

    # -- keeping both alike ------------------------------------------------------------------------------

    def _push_outcome(self):
        """Bring the opportunities to where their customers are. Nothing happens to those that are there."""
        for outcome, customers in self.filtered("lead_id").grouped("outcome").items():
            status = STATUS_OF_OUTCOME[outcome]
            leads = customers.lead_id.filtered(lambda lead, status=status: lead.won_status != status)
            if not leads:
                continue
            if status == "won":
                leads.action_set_won()
            elif status == "lost":
                leads.action_set_lost(lost_reason_id=self._get_lost_reason(outcome).id)
            else:
                leads._expo_reopen()

    def _get_lost_reason(self, outcome):
        reason = "crm_lost_reason_dormant" if outcome == "dormant" else "crm_lost_reason_declined"
        return self.env.ref(f"expo_followup.{reason}", raise_if_not_found=False) or self.env["crm.lost.reason"]

    def _push_owner(self):
        """The opportunity moves with its customer."""
        moved = self.filtered(lambda customer: customer.lead_id and customer.lead_id.user_id != customer.user_id)
        for owner, customers in moved.grouped("user_id").items():
            customers.lead_id.with_context(mail_auto_subscribe_no_notify=True).write({"user_id": owner.id})

    @api.private
    def _absorb(self, others):
        """Two entries of one show become one, and so do their opportunities."""
        leads = (self | others).lead_id
        if len(leads) > 1:
            head = leads._merge_opportunity(user_id=self.user_id.id, max_length=0)
            (self | others).lead_id = head
        if any(others.mapped("lead_made")):
            self.lead_made = True
        res = super()._absorb(others)
        self._push_outcome()
        return res
