from odoo import fields, models
from odoo.tools import SQL

from ...models.customer import abc_sql

ALL_DOCUMENTS = "sales_team.group_sale_salesman_all_leads"


class ExpoComplaintReport(models.Model):
    """What customers complain of and what it costs: one row per goods complained of, one for a complaint without any.

    The cost of a complaint is shared over its goods by what was claimed of them, so that sums over any of the columns
    are right. What a complaint was merged into speaks for it. The view is read through the rules of complaints.
    """

    _name = "expo.complaint.report"
    _description = "Analysis of Complaints"
    _auto = False
    _order = "received_at desc, id desc"
    _rec_name = "complaint_id"
    _depends = {
        **abc_sql.READ,
        "expo.complaint": [
            "partner_id", "commercial_partner_id", "country_id", "exhibition_id", "team_id", "user_id", "company_id",
            "department_id", "cause_id", "source", "channel", "severity", "party", "decision", "state", "is_open",
            "received_at", "closed_on", "cost", "merged_into_id",
        ],
        "expo.complaint.line": [
            "complaint_id", "product_id", "claimed_quantity", "accepted_quantity", "claimed_amount", "currency_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }  # fmt: skip

    complaint_id = fields.Many2one("expo.complaint", readonly=True, aggregator="count_distinct")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer Company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    exhibition_id = fields.Many2one("expo.exhibition", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    department_id = fields.Many2one("expo.complaint.department", "Manufacturing Department", readonly=True)
    cause_id = fields.Many2one("expo.complaint.cause", readonly=True)
    team_id = fields.Many2one("expo.complaint.team", readonly=True)
    user_id = fields.Many2one("res.users", "Assigned To", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Selection(
        selection=lambda self: self._get_choices("source"), string="Complaint Type", readonly=True
    )
    channel = fields.Selection(
        selection=lambda self: self._get_choices("channel"), string="Complaint Channel", readonly=True
    )
    severity = fields.Selection(selection=lambda self: self._get_choices("severity"), readonly=True)
    party = fields.Selection(
        selection=lambda self: self._get_choices("party"), string="Responsible Party", readonly=True
    )
    decision = fields.Selection(selection=lambda self: self._get_choices("decision"), readonly=True)
    state = fields.Selection(selection=lambda self: self._get_choices("state"), string="Status", readonly=True)
    is_open = fields.Boolean("Open Complaint", readonly=True)
    received_at = fields.Datetime(readonly=True)
    claimed_quantity = fields.Float(readonly=True)
    accepted_quantity = fields.Float(readonly=True)
    cost = fields.Monetary("Cost of Complaints", readonly=True, help="Cost of remedies plus internal cost.")
    days = fields.Float("Days to Close", readonly=True, aggregator="avg")
    cost_share = fields.Float(
        "Cost (% of Turnover)",
        readonly=True,
        digits=(16, 3),
        groups=ALL_DOCUMENTS,
        help="Cost as a share of the invoiced turnover in the ABC period, in percent.",
    )
    turnover_share = fields.Float(
        "Customer's Turnover Share (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        groups=ALL_DOCUMENTS,
        help="The customer's share of our turnover, in percent.",
    )

    def _get_choices(self, name):
        return self.env["expo.complaint"]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self):
        # Which of our companies a user sees is for the rules to say; these are all that may be asked for.
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._get_company_query(company)) for company in self.env.companies.sudo()
        )

    def _get_company_query(self, company):
        """Return the query of one company's complaints, with what its customers were invoiced.

        Invoices are read only for a share of the turnover: the database leaves out what is not used.
        """
        invoiced = abc_sql.invoiced(company, company._expo_abc_period())
        return SQL(
            """
            SELECT COALESCE(2 * goods.id::bigint, 2 * complaint.id::bigint + 1) AS id,
                   complaint.id AS complaint_id, complaint.partner_id, complaint.commercial_partner_id,
                   complaint.country_id, complaint.exhibition_id, complaint.team_id, complaint.user_id,
                   complaint.company_id, %(currency)s AS currency_id, complaint.department_id, complaint.cause_id,
                   complaint.source, complaint.channel, complaint.severity, complaint.party, complaint.decision,
                   complaint.state, complaint.is_open, complaint.received_at,
                   goods.product_id, template.categ_id AS product_categ_id,
                   goods.claimed_quantity, goods.accepted_quantity,
                   complaint.cost * part.share AS cost,
                   extract(epoch FROM complaint.closed_on - complaint.received_at) / 86400 AS days,
                   100 * complaint.cost * part.share / NULLIF(%(turnover)s, 0) AS cost_share,
                   100 * GREATEST(customer.turnover, 0) / NULLIF(%(turnover)s, 0) AS turnover_share
              FROM expo_complaint complaint
         LEFT JOIN (SELECT line.*,
                           COUNT(*) OVER claim AS number,
                           SUM(line.claimed_amount) OVER claim AS claimed,
                           MIN(line.currency_id) OVER claim = MAX(line.currency_id) OVER claim AS is_comparable
                      FROM expo_complaint_line line
                    WINDOW claim AS (PARTITION BY line.complaint_id)) goods ON goods.complaint_id = complaint.id
         LEFT JOIN product_product product ON product.id = goods.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN goods.id IS NULL THEN 1.0
                               -- Of different currencies, or none claimed yet: all alike.
                               WHEN goods.is_comparable AND goods.claimed > 0 THEN goods.claimed_amount / goods.claimed
                               ELSE 1.0 / goods.number END AS share) part
         LEFT JOIN (%(invoiced)s) customer ON customer.partner_id = complaint.commercial_partner_id
             WHERE complaint.company_id = %(company)s
               AND complaint.merged_into_id IS NULL
            """,
            company=company.id,
            currency=company.currency_id.id,
            invoiced=invoiced,
            turnover=SQL("(SELECT SUM(GREATEST(turnover, 0)) FROM (%s) everybody)", invoiced),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Average over complaints and not over their goods: one of many goods counts once."""
        if aggregate_spec not in ("days:avg", "turnover_share:avg"):
            return super()._read_group_select(aggregate_spec, query)
        name = aggregate_spec.removesuffix(":avg")
        # An object has each key once.
        return SQL(
            "(SELECT AVG(value::numeric) FROM jsonb_each_text(jsonb_object_agg(%s, %s)))",
            self._field_to_sql(self._table, "complaint_id", query),
            self._field_to_sql(self._table, name, query),
        )

    def action_open_complaint(self):
        """Open the complaint of this row."""
        self.ensure_one()
        return self.complaint_id.get_formview_action()
