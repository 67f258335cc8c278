"""A customer with goods: ordered, delivered and invoiced, and now complains."""

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError

from ..common_complaint import ComplaintCase


class MoneyCase(ComplaintCase):
    """Ten mugs and two vases, sold by the salesperson to Maria for 1,200 in all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.products = cls.env["product.product"].create(
            [
                {"name": "Mug", "list_price": 100, "invoice_policy": "order", "taxes_id": False},
                {"name": "Vase", "list_price": 100, "invoice_policy": "order", "taxes_id": False},
            ]
        )
        cls.maria = cls._make_partner("Maria Rossi")
        cls.order = cls._sell()
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    @classmethod
    def _sell(cls, partner=None, quantities=(10, 2), user=None, confirm=True, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.maria).id,
                "user_id": (user or cls.seller).id,
                "client_order_ref": "PO-77",
                "commitment_date": "2026-04-10 12:00:00",
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, "price_unit": 100.0})
                    for product, quantity in zip(cls.products, quantities, strict=True)
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _complain_of_order(self, claimed=(10, 2), order=None, user=None, **values):
        """A complaint about the order, its goods added, as the salesperson unless told."""
        order = order or self.order
        complaint = self._complain(
            partner=order.partner_id, user=user, user_id=(user or self.seller).id, order_id=order.id, severity="normal",
            extent="batch", party="production", decision="justified", **values,
        )  # fmt: skip
        complaint.action_add_lines()
        for line, quantity in zip(complaint.line_ids, claimed, strict=True):
            line.claimed_quantity = quantity
        return complaint

    def _remedy(self, complaint, amount=100.0, user=None, **values):
        remedies = self.env["expo.complaint.remedy"].with_user(user or complaint.env.user)
        return remedies.create({"complaint_id": complaint.id, "kind": "credit", "amount": amount, **values})

    def _promised(self, complaint, amount=100.0, user=None, **values):
        remedy = self._remedy(complaint, amount, user, **values)
        remedy.action_submit()
        return remedy

    def _is_refused(self, work, *args):
        """Tell whether something is refused, by us, by Odoo (what is no number) or by the database."""
        try:
            with self.cr.savepoint():
                work(*args)
                self.env.flush_all()
        except (UserError, CheckViolation, ValueError, OverflowError):
            return True
        return False

    def _agreed(self, complaint, how="phone"):
        complaint.action_offer_by_phone()
        complaint._accept_offer(how)
        return complaint
