"""What the chapters of the demo share: reading its tables, and orders with invoices and payments."""

import csv
import logging
from datetime import datetime, time

import pytz

from odoo import Command, fields
from odoo.tools import file_open

_logger = logging.getLogger(__name__)
FOLDER = "expo_followup/demo"


class Chapter:
    """A part of the demo's story, played through the models' own methods.

    :param env: the environment of the module's loading
    """

    def __init__(self, env):
        self.env = env

    def with_context(self, **context):
        """Return the same chapter with more context."""
        return type(self)(self.env(context={**self.env.context, **context}))

    def _moment(self, show, day, hour):
        """Return ``hour`` o'clock of ``day`` at the show, in UTC and not in the future."""
        local = pytz.timezone(show.tz).localize(datetime.combine(day, time(hour, 12)))
        return min(local.astimezone(pytz.utc).replace(tzinfo=None), fields.Datetime.now())

    def _create_order(self, customer, moment, lines):
        show = customer.exhibition_id
        return self.env["sale.order"].create(
            {
                "partner_id": customer.partner_id.id,
                "user_id": customer.user_id.id,
                "team_id": show.team_id.id,
                "company_id": show.company_id.id,
                "campaign_id": show.campaign_id.id,
                "date_order": moment,
                "order_line": [
                    Command.create({"product_id": self._ref(f"product_{name}").id, "product_uom_qty": float(quantity)})
                    for name, quantity in map(str.split, lines.split("|"))
                ],
            }
        )

    def _has_accounts(self):
        """Whether invoices can be made: a database without a chart of accounts still gets the rest."""
        company = self.env.ref("base.main_company")
        journals = self.env["account.journal"].search([("company_id", "=", company.id)])
        if {"sale", "bank"} <= set(journals.mapped("type")):
            return True
        _logger.info("Demo exhibitions: %s has no chart of accounts, so nothing is invoiced.", company.name)
        return False

    def _invoice(self, order, day, _row):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()

    def _pay(self, order, day, row):
        """Register the payment of a share of the order's invoice; note how far the goods have come."""
        invoice = order.invoice_ids
        payment = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        amount = invoice.currency_id.round(invoice.amount_residual * float(row["share"]))
        payment.create({"payment_date": day, "amount": amount})._create_payments()
        if row["delivery"]:
            order.expo_participation_id.delivery_state = row["delivery"]

    def _read(self, name):
        with file_open(f"{FOLDER}/{name}", "r") as file:
            return list(csv.DictReader(file))

    def _ref(self, name):
        return self.env.ref(f"expo_followup.{name}")

    def _get_customers(self, names):
        return self.env["expo.participation"].union(*(self._ref(f"participation_{name}") for name in names))
