"""Customers with turnover: invoices as accounting makes them, and rows that only look like them."""

from datetime import date

from psycopg2.extras import execute_values

from odoo import Command

from .common import ExpoCase

TODAY = date(2026, 4, 20)
#: The last day before the period of twelve months, and before the one before it.
BEGIN, FORMER = date(2025, 4, 20), date(2024, 4, 20)


def book(company, rows):
    """Put invoices into the table, without what accounting makes of them.

    :param rows: partner, kind, state, signed amount and day of each
    """
    env = company.env
    journals = env["account.journal"]
    journal = journals.search([("company_id", "=", company.id)], limit=1) or journals.create(
        {"name": "Book", "code": "BOOK", "type": "general", "company_id": company.id}
    )
    env.flush_all()
    common = (journal.id, company.currency_id.id, company.id, "no")
    execute_values(
        env.cr._obj,
        "INSERT INTO account_move (partner_id, commercial_partner_id, move_type, state, amount_untaxed_signed,"
        " invoice_date, date, journal_id, currency_id, company_id, auto_post) VALUES %s",
        [
            (partner.id, partner.commercial_partner_id.id, kind, state, amount, day, day, *common)
            for partner, kind, state, amount, day in rows
        ],
    )


class AbcCase(ExpoCase):
    """Customers with invoices, and a way to class them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.abc = cls.env["expo.abc.change"]

    @classmethod
    def _make_customers(cls, *names):
        return cls.env["res.partner"].create([{"name": name, "is_company": True} for name in names])

    @classmethod
    def _invoice(cls, partner, amount, day=TODAY, company=None, post=True, **values):
        """Post a real invoice; of a negative amount a credit note."""
        company = company or cls.env.company
        move = cls.env["account.move"].with_company(company).create(
            {
                "move_type": "out_refund" if amount < 0 else "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_line_ids": [Command.create({"name": "Pumps", "price_unit": abs(amount), "tax_ids": False})],
                **values,
            }
        )  # fmt: skip
        if post:
            move.action_post()
        return move

    @classmethod
    def _book(cls, rows, company=None):
        book(company or cls.env.company, rows)

    def _sell(self, partner, amount, day=TODAY):
        self._book([(partner, "out_refund" if amount < 0 else "out_invoice", "posted", amount, day)])

    def _classify(self, company=None):
        self.abc._classify(company or self.env.company)

    def _classes(self, partners, company=None):
        return "".join(partner.expo_abc_class or "-" for partner in partners.with_company(company or self.env.company))
