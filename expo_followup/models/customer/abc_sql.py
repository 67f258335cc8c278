"""The rules of :mod:`..tools.abc` and :mod:`..tools.lifecycle` as SQL: all customers of a company in one statement."""

from decimal import Decimal

from odoo.tools import SQL

#: The fields that the queries read.
READ = {
    "account.move": [
        "company_id",
        "state",
        "move_type",
        "invoice_date",
        "commercial_partner_id",
        "amount_untaxed_signed",
    ],
    "res.partner": ["commercial_partner_id", "country_id", "expo_abc_class", "expo_lifecycle"],
    "expo.customer.file": ["company_id", "partner_id", "customer_since"],
    "expo.participation": ["company_id", "commercial_partner_id"],
}


def invoiced(company, period):
    """Return the query of what each customer's company was invoiced: one row per customer ever invoiced.

    Posted invoices and credit notes without taxes, in our currency at the rate of the invoice's date. What its people
    bought is the customer's; a person who joined another company since, or was merged with it, brings their purchases
    along.
    Without an invoice in a period its sum is NULL.
    """
    return SQL(
        """
        SELECT COALESCE(joined.commercial_partner_id, move.commercial_partner_id) AS partner_id,
               SUM(amount_untaxed_signed) FILTER (WHERE invoice_date > %(begin)s) AS turnover,
               SUM(amount_untaxed_signed) FILTER (
                   WHERE invoice_date > %(former_begin)s AND invoice_date <= %(begin)s
               ) AS former,
               MIN(invoice_date) AS first_on
          FROM account_move move
     LEFT JOIN (SELECT id, commercial_partner_id FROM res_partner WHERE commercial_partner_id <> id) AS joined
            ON joined.id = move.commercial_partner_id
         WHERE company_id = %(company)s
           AND state = 'posted'
           AND move_type IN ('out_invoice', 'out_refund')
           AND invoice_date <= %(today)s
      GROUP BY 1
        """,
        company=company.id,
        **period._asdict(),
    )


def ranked(turnovers):
    """Return the query that adds to ``turnovers`` where each customer stands: see :func:`..tools.abc.classify`.

    :param SQL turnovers: a query with ``partner_id`` and ``turnover`` at least

    Adds ``gain`` (turnover, zero at least), ``total`` of all gains, and ``before``: what all larger ones make.
    """
    return SQL(
        """
        SELECT gains.*,
               SUM(gain) OVER () AS total,
               -- All, less the customer, those of equal turnover, and all smaller ones.
               SUM(gain) OVER () - SUM(gain) OVER (ORDER BY gain) AS before
          FROM (SELECT turnovers.*, GREATEST(turnover, 0) AS gain FROM (%s) AS turnovers) AS gains
        """,
        turnovers,
    )


def known(company, period):
    """Return the query of all customers of a company: the invoiced ones, :func:`ranked`, and those with a file only.

    Who has a file and no invoice yet is being explored, or has ordered: ``gain`` is NULL. ``is_present`` tells who was
    invoiced in the present period.
    """
    return SQL(
        """
        SELECT partner_id, gain, total, before,
               turnover IS NOT NULL AS is_present,
               COALESCE(turnover, 0) AS turnover,
               COALESCE(former, 0) AS former,
               LEAST(ranked.first_on, file.customer_since) AS first_on
          FROM (%(ranked)s) AS ranked
     FULL JOIN (SELECT partner_id, customer_since FROM expo_customer_file WHERE company_id = %(company)s) AS file
         USING (partner_id)
        """,
        ranked=ranked(invoiced(company, period)),
        company=company.id,
    )


def abc_class(company):
    """Return the class of a row of :func:`known`, as an expression; numeric products are exact."""
    return SQL(
        """CASE WHEN gain IS NULL THEN NULL
                WHEN gain > 0 AND before < total * %s THEN 'a'
                WHEN gain > 0 AND before < total * %s THEN 'b'
                ELSE 'c' END""",
        Decimal(company.expo_abc_a_percent) / 100,
        Decimal(company.expo_abc_b_percent) / 100,
    )


def stage(company, period):
    """Return the life-cycle stage of a row with ``first_on``, ``turnover`` and ``former``, as an expression."""
    return SQL(
        """CASE WHEN first_on IS NULL THEN 'exploration'
                WHEN first_on > %s THEN 'formation'
                WHEN turnover <= 0 OR turnover * 100 < former * %s THEN 'decline'
                ELSE 'stable' END""",
        period.begin,
        company.expo_decline_percent,
    )


def merged(column, company, value):
    """Return a company-dependent column of ``res_partner`` with one company's value set, as an expression."""
    return SQL(
        "NULLIF(jsonb_strip_nulls(COALESCE(%(column)s, '{}') || jsonb_build_object(%(key)s, %(value)s)), '{}')",
        column=column,
        key=str(company.id),
        value=value,
    )
