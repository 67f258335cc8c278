from odoo import api, fields, models


class ExpoCustomerFile(models.Model):
    """Existing and potential customers are filed apart (rules.md §3): what the file knows of orders and turnover."""

    _inherit = "expo.customer.file"

    is_customer = fields.Boolean(
        "Existing Customer", compute="_compute_is_customer", store=True, help="Has ordered; the others are potential."
    )
    customer_since = fields.Date(
        readonly=True, copy=False, tracking=True, help="Day of the first confirmed order, by itself."
    )

    order_count = fields.Integer("Orders", compute="_compute_trade")
    turnover = fields.Monetary(compute="_compute_trade", help="Invoiced without taxes, credit notes deducted.")
    turnover_year = fields.Monetary("Turnover This Year", compute="_compute_trade")
    trade_summary = fields.Html("Orders and Turnover", compute="_compute_trade_summary", sanitize=False)

    @api.depends("customer_since")
    def _compute_is_customer(self):
        for file in self:
            file.is_customer = bool(file.customer_since)

    def _refresh_customer_since(self):
        """Look up the first confirmed order of each customer; a cancelled one is none."""
        first = {}
        # In sudo: salespeople see their own orders only, and the file says since when, not what.
        groups = self.env["sale.order"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "sale"),
            ],
            ["company_id", "partner_id"],
            ["date_order:min"],
        )  # fmt: skip
        for company, partner, moment in groups:
            key = company.id, partner.commercial_partner_id.id
            first[key] = min(first.get(key, moment), moment)
        for file in self:
            moment = first.get((file.company_id.id, file.partner_id.id))
            since = moment and file.company_id._expo_local_date(moment)
            if file.customer_since != since:
                file.customer_since = since

    def _get_trade(self):
        """Return the customer's orders and turnover month by month, latest first: totals only.

        :return: dicts with ``month`` (first day, date), ``orders`` (confirmed in that month) and ``turnover`` (invoiced
            without taxes less credit notes, in our company's currency)
        """
        self.ensure_one()
        # In sudo on purpose: salespeople see their own orders and no invoices, the file shows totals of all. Narrow:
        # this customer's, with this company of ours, sums without a document behind them. Who reads the file gets here.
        orders, moves = self.env["sale.order"].sudo(), self.env["account.move"].sudo()
        self.check_access("read")
        ours = [("company_id", "=", self.company_id.id)]
        months = {}
        for month, count in orders._read_group(
            [*ours, ("partner_id.commercial_partner_id", "=", self.partner_id.id), ("state", "=", "sale")],
            ["date_order:month"],
            ["__count"],
        ):
            months[month.date() if hasattr(month, "date") else month] = [count, 0.0]
        for month, amount in moves._read_group(
            [
                *ours,
                ("commercial_partner_id", "=", self.partner_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ],
            ["invoice_date:month"],
            ["amount_untaxed_signed:sum"],
        ):
            months.setdefault(month, [0, 0.0])[1] = amount
        return [
            {"month": month, "orders": count, "turnover": amount}
            for month, (count, amount) in sorted(months.items(), reverse=True)
        ]

    @api.depends("customer_since")
    def _compute_trade(self):
        for file in self:
            months = file._get_trade() if file.id else []
            this_year = file.company_id._expo_today().year
            file.order_count = sum(row["orders"] for row in months)
            file.turnover = sum(row["turnover"] for row in months)
            file.turnover_year = sum(row["turnover"] for row in months if row["month"].year == this_year)

    @api.depends("customer_since")
    @api.depends_context("lang")
    def _compute_trade_summary(self):
        for file in self:
            by_year = {}
            for row in file._get_trade() if file.id else []:
                by_year.setdefault(row["month"].year, []).append(row)
            file.trade_summary = bool(by_year) and self.env["ir.qweb"]._render(
                "expo_followup.customer_trade", {"years": by_year, "currency": file.currency_id}
            )
