from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..activities.progress_report import CARRIED_FIELDS
from ..activities.visit import OPEN_STATES

#: What an outcome means for the opportunity; a dormant customer's is lost, else the forecast would count on it.
STATUS_OF_OUTCOME = {"open": "pending", "won": "won", "lost": "lost", "dormant": "lost"}
# What decides whether a customer is reported on, beside show and tier.
REPORT_FACTS = {"user_id", "tier_id", "outcome", "active"}
# Of what the customer of a show asked for, at most so many articles are proposed as a sample.
PROPOSED_ARTICLES = 5
# The days that the plan counts from, by field, and the states of samples for which they hold.
SAMPLE_DAYS = {
    "sample_agreed_on": ("agreed_on", ("agreed", "shipped", "received", "judged")),
    "sample_received_on": ("received_on", ("received", "judged")),
}


class ExpoParticipationSales(models.AbstractModel):
    """Sales of an exhibition customer: opportunity, orders, progress reports, visits, samples.

    The opportunity of a keen customer is made once, is won and lost with the customer and has the same salesperson.
    Opportunities are made by the scheduled action, which runs as soon as a show is closed or a customer comes into a
    tier that opens one. Reminders stay with the exhibition customer: none of ours are on the opportunity.
    """

    _name = "expo.participation.sales"
    _description = "Exhibition Customer: Sales"

    lead_made = fields.Boolean("Opportunity Created", readonly=True, copy=False)

    # What the customer ordered at the show, and whether it is paid and delivered.
    order_ids = fields.One2many("sale.order", "expo_participation_id", "Orders")
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    payment_state = fields.Selection(
        [("none", "No order"), ("unpaid", "Not paid"), ("partial", "Partly paid"), ("paid", "Paid")],
        "Payment Status",
        compute="_compute_payment",
        store=True,
        compute_sudo=True,
        index=True,
        default="none",
        tracking=True,
    )
    paid_on = fields.Date(compute="_compute_payment", store=True, compute_sudo=True)
    ordered_on = fields.Date(
        "First Order On", compute="_compute_order_days", store=True, compute_sudo=True, help="Day of the first order."
    )
    unpaid_since = fields.Date(
        compute="_compute_order_days",
        store=True,
        compute_sudo=True,
        help="Day of the oldest order that is not fully paid; empty means that all orders are paid.",
    )
    delivery_state = fields.Selection(
        [("pending", "Not shipped"), ("shipped", "Shipped"), ("delivered", "Delivered")],
        "Delivery",
        default="pending",
        required=True,
        tracking=True,
    )

    # Progress reports: issued while the customer is open, ended with the order or the loss, chased when late.
    report_ids = fields.One2many("expo.progress.report", "participation_id", "Progress Reports", readonly=True)
    report_count = fields.Integer(compute="_compute_report_count")
    report_due_on = fields.Date("Report Due", compute="_compute_report_due_on", store=True)

    is_converted = fields.Boolean(
        "Company Already Won",
        compute="_compute_is_converted",
        search="_search_is_converted",
        compute_sudo=True,
        help="Set when another exhibition customer of the same company was won at this exhibition or a later one.",
    )

    # The visits of a customer: they move with their salesperson, and with them when contacts are merged.
    visit_ids = fields.One2many("expo.visit", "participation_id", "Visits")
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")

    # The samples of a customer: their days are anchors of their plan, what they tell of them is shown.
    sample_ids = fields.One2many("expo.sample", "participation_id", "Samples")
    sample_count = fields.Integer(compute="_compute_sample_count", compute_sudo=True)
    sample_agreed_on = fields.Date(
        compute="_compute_sample_days",
        store=True,
        readonly=False,
        compute_sudo=True,
        copy=False,
        string="Sample Confirmed On",
    )
    sample_received_on = fields.Date(
        compute="_compute_sample_days", store=True, readonly=False, compute_sudo=True, copy=False
    )
    weak_demand = fields.Boolean(
        "Low Purchase Intent",
        compute="_compute_weak_demand",
        store=True,
        compute_sudo=True,
        copy=False,
        help="The customer refused to pay the freight of a sample.",
    )

    def _update_leads(self, vals):
        """Bring the opportunities in line with what was written of their customers."""
        # In sudo: the user who gave a customer away may not see them any more, and their opportunity follows them.
        customers = self.sudo()
        if {"tier_id", "exhibition_id", "active"} & vals.keys():
            customers._trigger_leads()
        if "outcome" in vals:
            customers._push_outcome()
        if "user_id" in vals:
            customers._push_owner()

    def _trigger_leads(self):
        # The user who records a customer need not be allowed to create opportunities.
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

    # -- opportunities: making them

    @api.private
    def _make_leads(self):
        """Make one opportunity for each of these customers who has none, constant queries per thousand.

        A customer who has an open one of the same campaign, made by hand, keeps that. The opportunity goes to the
        customer's salesperson. In sudo: the scheduled action makes opportunities for customers of every salesperson.
        """
        customers = self.sudo().filtered(lambda customer: not customer.lead_id)
        found = customers._find_leads()
        for customer, lead in found.items():
            customer.lead_id = lead
        taken = customers.browse().union(*found)
        taken.filtered("user_id")._push_owner()
        taken.lead_id._expo_pull_owner()
        missing = customers.filtered(lambda customer: not customer.lead_id)
        # There is no mail about each one, and only its salesperson follows it.
        quiet = {"mail_create_nosubscribe": True, "mail_auto_subscribe_no_notify": True, "tracking_disable": True}
        leads = self.env["crm.lead"].sudo().with_context(**quiet).create(missing._prepare_leads())
        for customer, lead in zip(missing, leads, strict=True):
            customer.lead_id = lead
        self.sudo().lead_made = True
        customers._push_outcome()

    def _find_leads(self):
        """Return ``{customer: open opportunity of the show's campaign}`` of those who have one."""
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
        """Return the values of these customers' opportunities; team and stage are looked up once for all."""
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
                    # Said also where there is none: core would take the user who runs the scheduled action.
                    "user_id": owner.id,
                    "team_id": team.id,
                    "stage_id": stage.id,
                }
        return [prepared[customer] for customer in self]

    def _find_team(self, owner, company):
        """Return the sales team of a salesperson, as core chooses it."""
        domain = [("use_opportunities", "=", True), ("company_id", "in", (False, company.id))]
        teams = self.env["crm.team"].with_company(company)
        return teams._get_default_team_id(user_id=owner.id, domain=domain) if owner else teams

    def _get_lead_values(self):
        """Return what the customer's opportunity says of them alone."""
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

    # -- opportunities: synchronising both

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
                # Core loses no opportunity in a won stage.
                leads.filtered(lambda lead: lead.won_status == "won")._expo_reopen()
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

    def _merge_leads(self, others):
        """Two entries of one show become one, and so do their opportunities."""
        leads = (self | others).lead_id
        if len(leads) > 1:
            head = leads._merge_opportunity(user_id=self.user_id.id, max_length=0)
            (self | others).lead_id = head
        if any(others.mapped("lead_made")):
            self.lead_made = True

    # -- orders

    @api.depends("order_ids")
    def _compute_order_count(self):
        # In sudo: a salesperson sees that others sold to their customer, not what (odoo: own orders only).
        for participation in self:
            participation.order_count = len(participation.order_ids)

    @api.depends(
        "order_ids.state",
        "order_ids.expo_remedy_ids.kind",
        "order_ids.invoice_status",
        "order_ids.order_line.invoice_lines.move_id.state",
        "order_ids.order_line.invoice_lines.move_id.payment_state",
    )
    def _compute_payment(self):
        """Read payment from the confirmed orders and their posted invoices.

        What replaces goods of a complaint was paid before.
        Paid: every order is fully invoiced and every invoice settled. Partly paid: some of it is.
        In sudo: salespeople see only their own invoices; nothing but the resulting state leaves.
        """
        for participation in self:
            orders = participation._get_confirmed_orders()
            invoices = orders._expo_get_invoices()
            settled = invoices.filtered(lambda move: move.payment_state in ("paid", "in_payment"))
            partly = settled or invoices.filtered(lambda move: move.payment_state == "partial")
            if not orders:
                participation.payment_state = "none"
            elif (
                invoices
                and settled == invoices
                and all(order.invoice_status in ("invoiced", "upselling") for order in orders)
            ):
                participation.payment_state = "paid"
            else:
                participation.payment_state = "partial" if partly else "unpaid"
            if participation.payment_state != "paid":
                participation.paid_on = False
            elif not participation.paid_on:
                participation.paid_on = participation._get_paid_on(invoices)

    @api.depends(
        "order_ids.state",
        "order_ids.date_order",
        "order_ids.expo_remedy_ids.kind",
        "order_ids.invoice_status",
        "order_ids.order_line.invoice_lines.move_id.state",
        "order_ids.order_line.invoice_lines.move_id.payment_state",
    )
    def _compute_order_days(self):
        """Find since when there is an order, and one that is not fully paid."""
        for participation in self:
            orders = participation._get_confirmed_orders()
            unpaid = orders.filtered(lambda order: not order._expo_is_paid())
            show = participation.exhibition_id
            days = [
                min((show._to_local_date(order.date_order) for order in found), default=False)
                for found in (orders, unpaid)
            ]
            participation.ordered_on, participation.unpaid_since = days

    @api.private
    def _note_order(self):
        """A new order: its goods have not arrived, those of an earlier one have."""
        self.filtered(lambda entry: entry.delivery_state == "delivered").delivery_state = "pending"

    def _get_confirmed_orders(self):
        """Return the orders that count: confirmed ones, but for those that replace goods of a complaint."""
        return self.order_ids.filtered(lambda order: order.state == "sale" and not order._expo_is_replacement())

    def _get_paid_on(self, invoices):
        """Return the day of the last payment of these invoices, else today."""
        receivable = invoices.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        days = (receivable.matched_credit_ids | receivable.matched_debit_ids).mapped("max_date")
        return max(days, default=self.exhibition_id._today())

    @api.private
    def _link_orders(self):
        """Attach the orders that the customers' companies placed since their show began.

        In sudo: orders of colleagues count as well, only the link is written.
        """
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("expo_participation_id", "=", False),
                    ("company_id", "in", self.company_id.ids),
                    # A day early: the show may lie east of Greenwich, and the order itself decides exactly.
                    ("date_order", ">=", self._get_first_order_day()),
                ]
            )
        )
        orders._compute_expo_participation_id()

    def _get_first_order_day(self):
        first = min(self.exhibition_id.mapped("date_begin"), default=fields.Date.today())
        return fields.Date.subtract(first, days=1)

    def action_open_orders(self):
        """Show the customer's orders that belong to this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {
            **action,
            "domain": [("expo_participation_id", "in", self.ids)],
            "context": {"default_partner_id": self.partner_id.id, "default_expo_participation_id": self.id},
        }

    # -- progress reports

    @api.depends("commercial_partner_id", "company_id", "exhibition_id.date_end", "outcome")
    def _compute_is_converted(self):
        """The work for an order ends for all people of a company that has ordered."""
        found = set(self.search(Domain("id", "in", self.ids) & Domain("is_converted", "=", True)).ids)
        for customer in self:
            customer.is_converted = customer._origin.id in found

    def _search_is_converted(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["commercial_partner_id", "company_id", "exhibition_id", "outcome", "active"])
        self.env["expo.exhibition"].flush_model(["date_end"])
        converted = SQL(
            """
            SELECT entry.id FROM expo_participation entry
              JOIN expo_exhibition show ON show.id = entry.exhibition_id
              JOIN expo_participation won ON won.commercial_partner_id = entry.commercial_partner_id
                   AND won.company_id = entry.company_id AND won.id <> entry.id
                   AND won.outcome = 'won' AND won.active
              JOIN expo_exhibition later ON later.id = won.exhibition_id AND later.date_end >= show.date_end
            """
        )
        return [("id", "in" if True in value else "not in", converted)]

    @api.depends("report_ids")
    def _compute_report_count(self):
        groups = self.env["expo.progress.report"]._read_group(
            [("participation_id", "in", self.ids)], ["participation_id"], ["__count"]
        )
        counts = {customer.id: count for customer, count in groups}
        for customer in self:
            customer.report_count = counts.get(customer.id, 0)

    @api.depends("report_ids.state", "report_ids.due_on")
    def _compute_report_due_on(self):
        groups = self.env["expo.progress.report"]._read_group(
            [("participation_id", "in", self.ids), ("state", "=", "open")], ["participation_id"], ["due_on:min"]
        )
        days = {customer.id: day for customer, day in groups}
        for customer in self:
            customer.report_due_on = days.get(customer.id, False)

    def _update_reports(self):
        """End the reports that are not needed any more, and have the missing ones issued."""
        # In sudo: who gives a customer away may not see them any more; the reports follow from their facts.
        customers = self.sudo()
        customers.report_ids.filtered_domain(customers._get_needless_report_domain())._cancel_reports()
        customers._trigger_sync()

    @api.model
    def _get_reported_domain(self):
        """Customers who are reported on: open ones of the tiers that their company has chosen, or of all."""
        # In sudo: which tiers are reported on is no secret. A tier that was archived is still chosen.
        companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        chosen = Domain.FALSE
        for tiers, choosing in companies.grouped("expo_report_tier_ids").items():
            chosen |= Domain("company_id", "in", choosing.ids) & Domain([("tier_id", "in", tiers.ids)] if tiers else [])
        return (
            Domain("outcome", "=", "open")
            & Domain("active", "=", True)
            & Domain("is_converted", "=", False)
            & Domain("exhibition_id.state", "=", "followup")
            & Domain("company_id.expo_report_days", ">", 0)
            & chosen
        )

    @api.model
    def _get_report_domain(self):
        """Customers who need a report issued: they have a salesperson and no open one."""
        return (
            self._get_reported_domain()
            & Domain("has_salesperson", "=", True)
            & Domain("report_ids", "not any", [("state", "=", "open")])
        )

    @api.model
    def _get_needless_report_domain(self):
        """Open reports on customers who are not reported on any more."""
        return Domain("state", "=", "open") & ~Domain("participation_id", "any", self._get_reported_domain())

    @api.private
    def _issue_reports(self):
        """Issue the next report on each of these customers; constant queries per thousand."""
        # In sudo: issued by the system, also on customers who changed hands. Defaults do not count here.
        reports = self.env["expo.progress.report"]
        reports = reports._drop_system_defaults(also=reports._fields).sudo()
        groups = reports._read_group([("participation_id", "in", self.ids)], ["participation_id"], ["number:max"])
        last = {customer.id: number for customer, number in groups}
        before = reports.search(
            [("participation_id", "in", self.ids), ("state", "=", "received")], order="number"
        ).grouped("participation_id")
        quiet = reports.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        days = {
            show: (show._today(), show.company_id._expo_report_due_on(show._today())) for show in self.exhibition_id
        }
        return quiet.create(
            [
                {
                    "participation_id": customer.id,
                    "number": last.get(customer.id, 0) + 1,
                    "issued_on": days[customer.exhibition_id][0],
                    "due_on": days[customer.exhibition_id][1],
                    "currency_id": customer.company_id.currency_id.id,
                    **customer._get_carried_values(before.get(customer, reports)[-1:]),
                }
                for customer in self.sudo()
            ]
        )

    def _get_carried_values(self, previous):
        """Return what the report starts with: stage and forecast of the one before."""
        return {
            name: previous._fields[name].convert_to_write(previous[name], previous)
            for name in CARRIED_FIELDS
            if previous[name]
        }

    def action_issue_report(self):
        """Ask the salesperson for a report out of turn: it is due as any other.

        :raises UserError: when there is an open one, or the customer is not reported on
        """
        self.ensure_one()
        self.check_access("write")
        if not self.filtered_domain(self._get_report_domain()):
            raise UserError(
                self.env._(
                    "You cannot request a report because the customer is no longer in follow-up, has no "
                    "salesperson, or already has an open report. Check the customer and its progress reports."
                )
            )
        self._issue_reports()
        return self.action_open_reports()

    def action_open_reports(self):
        """Show the progress reports on this customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_progress_report_all")
        return {**action, "domain": [("participation_id", "in", self.ids)], "context": {}}

    def _get_manager(self):
        """Return the salesperson's manager: the responsible of the show, else the leader of its team."""
        show = self.exhibition_id
        leaders = (show.user_id | show.team_id.user_id)._expo_working(self.company_id)
        return (leaders - self.user_id)[:1] or leaders[:1]

    def _note_forecast(self, report):
        """A report's forecast is that of the opportunity as well."""
        lead = self.lead_id
        if not lead or not report.forecast_amount:
            return
        amount = report.currency_id._convert(
            report.forecast_amount, lead.company_currency, self.company_id, report.received_on
        )
        lead.write(
            {"expected_revenue": amount, **({"date_deadline": report.forecast_on} if report.forecast_on else {})}
        )

    def _merge_reports(self, others):
        """Merging contacts keeps the reports of both, counted anew; one stays open."""
        reports = self.env["expo.progress.report"].sudo().search([("participation_id", "in", (self | others).ids)])
        opened = reports.filtered(lambda report: report.state == "open")
        (opened - opened.sorted(lambda report: (report.participation_id != self, report.due_on))[:1])._cancel_reports()
        reports.participation_id = self
        for number, report in enumerate(reports.sorted(lambda r: (r.state == "open", r.issued_on, r.id)), start=1):
            report.number = number

    # -- visits

    @api.depends("visit_ids.state")
    def _compute_visit_count(self):
        counts = dict(
            self.env["expo.visit"]._read_group(
                [("participation_id", "in", self.ids), ("state", "!=", "cancelled")], ["participation_id"], ["__count"]
            )
        )
        for participation in self:
            participation.visit_count = counts.get(participation, 0)

    def action_open_visits(self):
        """Show the customer's visits."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_visit")
        return {
            **action,
            "domain": [("participation_id", "in", self.ids)],
            "context": {"default_participation_id": self.id},
        }

    def action_plan_visit(self):
        """Open the form of a new visit to this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "expo.visit",
            "views": [(False, "form")],
            "context": {"default_participation_id": self.id},
        }

    def _reassign_visits(self):
        """Hand the open visits to the new salesperson, with their reminders and meetings."""
        # The former salesperson may already have lost access to them: reassigning must reach them all the same.
        for user, customers in self.sudo().grouped("user_id").items():
            visits = customers.visit_ids.filtered(lambda visit, user=user: visit.user_id != user)
            if not user or not visits:
                continue
            visits.message_unsubscribe(visits.user_id.partner_id.ids)
            moved = visits.filtered(lambda visit: visit.state in OPEN_STATES)
            moved.user_id = user
            moved.filtered(lambda visit: visit.state == "approved")._make_meeting()

    def _merge_visits(self, others):
        others.visit_ids.participation_id = self

    # -- samples

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        for participation in self:
            participation.sample_count = len(participation.sample_ids)

    @api.depends("sample_ids.state", "sample_ids.agreed_on", "sample_ids.received_on")
    def _compute_sample_days(self):
        """The latest day of each kind; while no sample has one, what was noted by hand stays."""
        for participation in self:
            for name in SAMPLE_DAYS:
                days = participation._get_days_of_samples(name)
                participation[name] = days[-1] if days else participation[name]

    @api.depends("sample_ids.weak_demand")
    def _compute_weak_demand(self):
        for participation in self:
            participation.weak_demand = any(participation.sample_ids.mapped("weak_demand"))

    def _get_days_of_samples(self, name):
        field, states = SAMPLE_DAYS[name]
        return sorted(sample[field] for sample in self.sample_ids if sample.state in states and sample[field])

    @api.private
    def _get_names_of_sample_days(self):
        """Return ``{customer: the kinds of days that samples give}``, for :meth:`_drop_sample_days`."""
        return {
            customer: {name for name in SAMPLE_DAYS if customer._get_days_of_samples(name)} for customer in self.sudo()
        }

    @api.private
    def _drop_sample_days(self, before):
        """Empty the days that samples gave before and give no more, then plan anew."""
        for customer, names in before.items():
            if gone := [name for name in names if not customer._get_days_of_samples(name)]:
                customer.write(dict.fromkeys(gone, False))
        self._sync_followups()

    @api.private
    def _get_sample_days(self, field):
        """Return all days of a kind in their order: one round of the plan's step for each sample.

        :param str field: ``sample_agreed_on`` or ``sample_received_on``
        """
        self.ensure_one()
        return self._get_days_of_samples(field) or [self[field]] * bool(self[field])

    @api.private
    def _get_purchase_days(self):
        """Return the days on which the customer's company means to buy, each once; settled plans are none."""
        self.ensure_one()
        plans = self.file_id.plan_ids.filtered(lambda plan: plan.planned_on and not plan.is_done)
        return sorted(set(plans.mapped("planned_on")))

    @api.private
    def _get_sample_checks(self):
        """Return the open follow-ups of the plan that ask how a sample was liked, the first round first."""
        if not self:
            return self.env["expo.followup"]
        return self.env["expo.followup"].search(
            Domain("participation_id", "in", self.ids)
            & Domain("step_id.expo_anchor", "=", "sample_received")
            & Domain("state", "in", ("planned", "due")),
            order="round, id",
        )

    @api.private
    def _get_lower_tier(self):
        """Return the tier below the customer's; none for the lowest, and none for who has ordered."""
        tiers = self.env["expo.tier"]
        if not self or self.payment_state != "none":
            return tiers
        return tiers.search([("sequence", ">", self.tier_id.sequence)], order="sequence", limit=1)

    def _unlink_samples_visits_reports(self):
        """Delete what hangs on these customers; visits are cancelled first, as others are not deleted."""
        self.sample_ids.unlink()
        self.visit_ids._drop_meeting()
        self.visit_ids.write({"state": "cancelled"})
        self.visit_ids.unlink()
        self.report_ids.unlink()

    def _merge_samples(self, others):
        others.sample_ids.participation_id = self

    def action_open_samples(self):
        """Show the customer's samples; a new one starts with what they asked about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_sample")
        articles = self.product_ids.filtered("active")[:PROPOSED_ARTICLES]
        return {
            **action,
            "domain": [("participation_id", "=", self.id)],
            "context": {
                "default_participation_id": self.id,
                "default_line_ids": [fields.Command.create({"product_id": article.id}) for article in articles],
            },
        }
