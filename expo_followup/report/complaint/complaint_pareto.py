from odoo import fields, models
from odoo.tools import SQL

# Pareto: a few causes make so much of all complaints.
VITAL_PERCENT = 80


class ExpoComplaintPareto(models.Model):
    """The few causes that make most complaints: how many, what they cost, and what those before them make together.

    What was cancelled, or merged into another complaint, is none. Readers of all complaints may read this.
    """

    _name = "expo.complaint.pareto"
    _description = "Causes of Complaints"
    _auto = False
    _order = "company_id, position"
    _rec_name = "cause_id"
    _depends = {"expo.complaint": ["company_id", "cause_id", "state", "cost", "merged_into_id"]}

    cause_id = fields.Many2one("expo.complaint.cause", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    rank = fields.Integer(
        readonly=True, aggregator=None, help="Rank by the number of complaints; causes with equal numbers share a rank."
    )
    position = fields.Integer("Row Number", readonly=True, aggregator=None)
    number = fields.Integer("Complaint Count", readonly=True)
    share = fields.Float("Share (%)", readonly=True, digits=(16, 1))
    cumulated = fields.Float(
        "Cumulative (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="max",
        help="Share of this cause and all causes before it, in percent.",
    )
    is_vital = fields.Boolean(
        "In Top 80 %",
        readonly=True,
        help="Set for the most frequent causes that together make up 80 % of the complaints.",
    )
    cost = fields.Monetary(readonly=True)
    cost_share = fields.Float("Share of Cost (%)", readonly=True, digits=(16, 1))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (found.company_id::bigint << 32) + COALESCE(found.cause_id, 0) AS id,
                   found.company_id, found.cause_id, company.currency_id, found.number, found.cost,
                   RANK() OVER (PARTITION BY found.company_id ORDER BY found.number DESC) AS rank,
                   ROW_NUMBER() OVER curve AS position,
                   100.0 * found.number / SUM(found.number) OVER mine AS share,
                   100.0 * SUM(found.number) OVER curve / SUM(found.number) OVER mine AS cumulated,
                   -- The one that reaches it is one of them.
                   100 * (SUM(found.number) OVER curve - found.number) < %s * SUM(found.number) OVER mine AS is_vital,
                   COALESCE(100.0 * found.cost / NULLIF(SUM(found.cost) OVER mine, 0), 0) AS cost_share
              FROM (SELECT company_id, cause_id, COUNT(*) AS number, SUM(COALESCE(cost, 0)) AS cost
                      FROM expo_complaint
                     WHERE merged_into_id IS NULL AND state <> 'cancelled'
                  GROUP BY company_id, cause_id) found
              JOIN res_company company ON company.id = found.company_id
            WINDOW mine AS (PARTITION BY found.company_id),
                   curve AS (
                       PARTITION BY found.company_id ORDER BY found.number DESC, found.cost DESC, found.cause_id
                       ROWS UNBOUNDED PRECEDING)
            """,
            VITAL_PERCENT,
        )

    def action_open_complaints(self):
        """Open the complaints of this cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_all")
        action["domain"] = [
            ("cause_id", "=", self.cause_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "!=", "cancelled"),
            ("merged_into_id", "=", False),
        ]
        # What was archived is counted, too.
        action["context"] = {"active_test": False}
        return action
