from odoo import api, fields, models
from odoo.tools import SQL

from ...models.customer import abc_sql
from ...models.mixins.customer_class import ABC_CLASSES, LIFECYCLE


class ExpoAbcReport(models.Model):
    """Who makes the turnover: every customer invoiced in the period, the largest first.

    As of now, by the same statement as the scheduled action that sets the classes on the customers every night.
    """

    _name = "expo.abc.report"
    _description = "ABC Analysis"
    _auto = False
    _order = "company_id, position"
    _rec_name = "partner_id"
    _depends = abc_sql.READ

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", "Our Company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None, help="Customers with the same turnover have the same rank.")
    position = fields.Integer("Row Number", readonly=True, aggregator=None)
    customer_percent = fields.Integer(
        "Customers (%)",
        readonly=True,
        aggregator=None,
        help="This customer and all larger ones as a percentage of all customers.",
    )
    turnover = fields.Monetary(readonly=True, help="Posted invoices less credit notes, without taxes.")
    share = fields.Float("Share (%)", readonly=True, digits=(16, 2))
    cumulated = fields.Float(
        "Cumulative Turnover (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="max",
        help="Share of the turnover made with this customer and all larger ones, in percent.",
    )
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    lifecycle = fields.Selection(LIFECYCLE, "Life-cycle Stage", readonly=True)

    @property
    def _table_query(self):
        # Which of our companies a user sees is for the rules to say; these are all that may be asked for.
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._get_company_query(company)) for company in self.env.companies.sudo()
        )

    @api.model
    def _get_company_query(self, company):
        """Return the query of one company's customers in the order of their turnover."""
        period = company._expo_abc_period()
        return SQL(
            """
            SELECT (%(company)s::bigint << 32) + partner_id AS id,
                   partner_id, %(company)s AS company_id, %(currency)s AS currency_id, partner.country_id,
                   RANK() OVER (ORDER BY gain DESC) AS rank, ROW_NUMBER() OVER curve AS position,
                   CEIL(100.0 * ROW_NUMBER() OVER curve / COUNT(*) OVER ())::int AS customer_percent,
                   turnover, COALESCE(100 * gain / NULLIF(total, 0), 0) AS share,
                   COALESCE(100 * SUM(gain) OVER curve / NULLIF(total, 0), 0) AS cumulated,
                   %(abc_class)s AS abc_class, %(stage)s AS lifecycle
              FROM (%(known)s) AS known
              JOIN res_partner partner ON partner.id = known.partner_id
             WHERE is_present
            WINDOW curve AS (ORDER BY turnover DESC, partner_id ROWS UNBOUNDED PRECEDING)
            """,
            company=company.id,
            currency=company.currency_id.id,
            abc_class=abc_sql.abc_class(company),
            stage=abc_sql.stage(company, period),
            known=abc_sql.known(company, period),
        )

    def action_open_customer(self):
        """Open the customer of this row."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
