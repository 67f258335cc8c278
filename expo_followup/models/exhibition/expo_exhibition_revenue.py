from odoo import api, fields, models
from odoo.tools import SQL

MANAGER = "sales_team.group_sale_manager"


class ExpoExhibition(models.Model):
    """What a show brings: what is expected, won and invoiced, against what it cost.

    Everything is in the currency of the show's company and without tax.
    """

    _inherit = "expo.exhibition"

    lead_count = fields.Integer("Opportunities", compute="_compute_revenue", compute_sudo=True, groups=MANAGER)
    expected_revenue = fields.Monetary(
        compute="_compute_revenue", compute_sudo=True, groups=MANAGER, help="Of the opportunities that are open."
    )
    won_revenue = fields.Monetary(
        compute="_compute_revenue", compute_sudo=True, groups=MANAGER, help="Of the opportunities that were won."
    )
    turnover = fields.Monetary(
        compute="_compute_turnover",
        compute_sudo=True,
        groups=MANAGER,
        help="Posted invoices of orders from this show, refunds taken off, without tax.",
    )
    sample_cost = fields.Monetary(compute="_compute_turnover", compute_sudo=True, groups=MANAGER)
    result = fields.Monetary(
        compute="_compute_turnover",
        compute_sudo=True,
        groups=MANAGER,
        help="Turnover less the costs of the show and of its samples.",
    )

    @api.depends("participation_ids.lead_id")
    def _compute_revenue(self):
        """In sudo: totals over the customers of all colleagues, for managers."""
        self.env["expo.participation"].flush_model(["exhibition_id", "lead_id"])
        self.env["crm.lead"].flush_model(["expected_revenue", "won_status"])
        totals = {}
        if self.ids:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT show, won_status, count(*), sum(expected_revenue) FROM (
                        SELECT DISTINCT p.exhibition_id AS show, l.id, l.won_status, l.expected_revenue
                          FROM expo_participation p JOIN crm_lead l ON l.id = p.lead_id
                         WHERE p.exhibition_id IN %s) leads
                     GROUP BY show, won_status
                    """,
                    tuple(self.ids),
                )
            )
            totals = {(show, status): (count, amount) for show, status, count, amount in rows}
        for show in self:
            by_status = {status: totals.get((show.id, status), (0, 0)) for status in ("pending", "won", "lost")}
            show.lead_count = sum(count for count, _amount in by_status.values())
            show.expected_revenue = by_status["pending"][1]
            show.won_revenue = by_status["won"][1]

    @api.depends("total_cost")
    def _compute_turnover(self):
        """In sudo: totals over the customers of all colleagues, for managers."""
        turnover = self._fetch_turnover()
        costs = dict(
            self.env["expo.sample"]._read_group(
                [("exhibition_id", "in", self.ids)], ["exhibition_id"], ["company_cost:sum"]
            )
        )
        for show in self:
            show.turnover = turnover.get(show.id, 0)
            show.sample_cost = costs.get(show._origin, 0)
            show.result = show.turnover - show.total_cost - show.sample_cost

    def _fetch_turnover(self):
        """Return ``{show id: turnover}``: one statement, each line of an invoice counted once."""
        if not self.ids:
            return {}
        self.env["account.move.line"].flush_model(["balance", "parent_state", "display_type", "move_id"])
        self.env["sale.order"].flush_model(["expo_participation_id"])
        self.env["expo.participation"].flush_model(["exhibition_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT show, -sum(balance) FROM (
                    SELECT DISTINCT p.exhibition_id AS show, l.id, l.balance
                      FROM expo_participation p
                      JOIN sale_order o ON o.expo_participation_id = p.id
                      JOIN sale_order_line s ON s.order_id = o.id
                      JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                      JOIN account_move_line l ON l.id = r.invoice_line_id
                      JOIN account_move m ON m.id = l.move_id
                     WHERE p.exhibition_id IN %s AND l.parent_state = 'posted' AND l.display_type = 'product'
                       AND m.move_type IN ('out_invoice', 'out_refund')) lines
                 GROUP BY show
                """,
                tuple(self.ids),
            )
        )
        return dict(rows)

    def close_show(self):
        """Closing a show opens the opportunities of its keen customers."""
        closed = super().close_show()
        if closed:
            self.env["expo.participation"]._trigger_sync()
        return closed

    def action_open_leads(self):
        """Show the opportunities of this show."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_action_pipeline")
        return {
            **action,
            "domain": [("expo_participation_ids.exhibition_id", "=", self.id)],
            "context": {
                "active_test": False,
                "default_type": "opportunity",
                "default_campaign_id": self.campaign_id.id,
            },
        }
