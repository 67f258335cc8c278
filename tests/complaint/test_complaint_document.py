"""Documents of remedies: made once, for no more than was invoiced and delivered, carried out when posted."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintDocument(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("expo_followup.complaint_authority_salesman").write(
            {"amount": 5000, "percent": 0, "customer_amount": 5000}
        )

    def _approved(self, amount=100.0, claimed=(10, 2), **values):
        """An approved remedy that the customer has accepted."""
        complaint = self._complain_of_order(claimed=claimed)
        for line, wanted in zip(complaint.line_ids, ("line", "vase"), strict=True):
            if values.get("goods") == wanted:
                values["line_id"] = line.id
        values.pop("goods", None)
        remedy = self._promised(complaint, amount, **values)
        self._agreed(complaint)
        return remedy

    # -- credit notes ------------------------------------------------------------------------------------

    def test_a_salesperson_makes_a_draft_credit_note_of_the_invoice(self):
        remedy = self._approved(150)
        remedy.action_make_document()
        note = remedy.sudo().move_id
        self.assertEqual((note.move_type, note.state, note.amount_untaxed), ("out_refund", "draft", 150))
        self.assertEqual((note.reversed_entry_id, note.partner_id), (self.invoice, self.maria))
        self.assertIn(remedy.complaint_id.name, note.ref)
        self.assertEqual(remedy.state, "approved")
        note.action_post()
        self.assertEqual(remedy.state, "done")
        self.assertTrue(remedy.complaint_id._get_gate_facts()["documents"])

    def test_pressing_again_makes_no_second_one(self):
        remedy = self._approved()
        for _time in range(3):
            remedy.action_make_document()
        self.assertEqual(len(self.invoice.reversal_move_ids), 1)
        remedy.sudo().move_id.action_post()
        remedy.action_make_document()
        self.assertEqual(len(self.invoice.reversal_move_ids), 1)

    def test_a_cancelled_credit_note_makes_room_for_another(self):
        remedy = self._approved()
        remedy.action_make_document()
        first = remedy.sudo().move_id
        first.button_cancel()
        remedy.action_make_document()
        self.assertNotEqual(remedy.sudo().move_id, first)
        self.assertEqual(remedy.sudo().move_id.state, "draft")

    def test_the_order_is_not_asked_to_be_invoiced_again(self):
        remedy = self._approved()
        remedy.action_make_document()
        remedy.sudo().move_id.action_post()
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(self.order.order_line.mapped("qty_invoiced"), [10, 2])

    def test_taxes_are_those_of_the_invoice_in_their_proportions(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": "Ten", "amount": 10, "type_tax_use": "sale", "price_include_override": "tax_excluded"},
                {"name": "Twenty in", "amount": 20, "type_tax_use": "sale", "price_include_override": "tax_included"},
            ]
        )
        order = self._sell(quantities=(6, 6), confirm=False)
        for line, tax in zip(order.order_line, taxes, strict=True):
            line.tax_ids = tax
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        complaint = self._complain_of_order(order=order, claimed=(6, 6))
        remedy = self._promised(complaint, 110)
        self._agreed(complaint)
        remedy.action_make_document()
        note = remedy.sudo().move_id
        self.assertEqual(note.invoice_line_ids.mapped("tax_ids"), taxes)
        self.assertAlmostEqual(note.amount_untaxed, 110)
        self.assertEqual(note.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)

    def test_no_more_is_credited_than_was_invoiced(self):
        complaint = self._complain_of_order()
        with self.assertRaisesRegex(UserError, "cannot credit more"), self.cr.savepoint():
            self._promised(complaint, 1201)
        self._promised(complaint, 700)
        second = self._complain_of_order(claimed=(0, 0))
        with self.assertRaisesRegex(UserError, "cannot credit more"), self.cr.savepoint():
            self._promised(second, 501)

    def test_what_the_accountants_credited_counts(self):
        remedy = self._approved(1000)
        self.invoice._reverse_moves(
            [
                {
                    "invoice_line_ids": [
                        Command.create({"name": "Goodwill", "quantity": 1, "price_unit": 1, "tax_ids": False})
                    ]
                }
            ]
        )
        with self.assertRaisesRegex(UserError, "cannot credit more"), self.cr.savepoint():
            remedy.action_make_document()

    def test_another_currency_than_that_of_the_invoice_is_converted_for_the_limit(self):
        euro = self.env.ref("base.EUR") if self.env.company.currency_id.name != "EUR" else self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        complaint = self._complain_of_order()
        with self.assertRaisesRegex(UserError, "cannot credit more"), self.cr.savepoint():
            self._promised(complaint, 601, currency_id=euro.id)
        remedy = self._promised(complaint, 600, currency_id=euro.id)
        self.assertEqual(remedy.company_amount, 1200)
        self._agreed(complaint)
        remedy.action_make_document()
        self.assertEqual(remedy.sudo().move_id.currency_id, euro)

    def test_without_an_invoice_a_plain_credit_note_is_made(self):
        complaint = self._complain(partner=self.maria, user_id=self.seller.id, severity="low")
        remedy = self._promised(complaint, 20)
        remedy.action_make_document()
        note = remedy.sudo().move_id
        self.assertEqual((note.amount_total, note.reversed_entry_id.id), (20, False))

    def test_what_a_document_stands_for_is_not_changed_or_withdrawn(self):
        remedy = self._approved()
        remedy.action_make_document()
        for work in (lambda: remedy.write({"amount": 1}), lambda: remedy.refuse("No")):
            with self.assertRaisesRegex(UserError, "Cancel that document first"):
                work()
        remedy.sudo().move_id.action_post()
        with self.assertRaisesRegex(UserError, "it is done"):
            remedy.amount = 1

    def test_nothing_is_carried_out_before_it_is_approved_and_accepted(self):
        complaint = self._complain_of_order()
        remedy = self._remedy(complaint)
        with self.assertRaisesRegex(UserError, "cannot take this step"):
            remedy.action_make_document()
        remedy.action_submit()
        with self.assertRaisesRegex(UserError, "has not accepted"):
            remedy.action_make_document()
        self.env.company.expo_complaint_gate_acceptance = False
        remedy.action_make_document()
        self.assertTrue(remedy.sudo().move_id)

    # -- replacements ------------------------------------------------------------------------------------

    def test_a_replacement_is_an_order_that_costs_nothing(self):
        remedy = self._approved(0, kind="replacement", quantity=3, goods="line")
        remedy.action_make_document()
        order = remedy.sudo().order_id
        self.assertEqual((order.state, order.amount_total, order.user_id), ("draft", 0, self.seller))
        self.assertEqual((order.order_line.product_id, order.order_line.product_uom_qty), (self.products[0], 3))
        self.assertEqual(order.origin, remedy.complaint_id.name)
        self.assertEqual(remedy.state, "approved")
        order.action_confirm()
        self.assertEqual(remedy.state, "done")

    def test_a_replacement_leaves_the_customer_paid(self):
        entry = self._make_participation(partner=self.maria)
        self.order.expo_participation_id = entry
        self.invoice._get_reconciled_invoices()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({})._create_payments()
        paid = entry.payment_state
        remedy = self._approved(0, kind="replacement", quantity=3, goods="line")
        remedy.action_make_document()
        remedy.sudo().order_id.expo_participation_id = entry
        remedy.sudo().order_id.action_confirm()
        self.assertEqual((paid, entry.payment_state), ("paid", "paid"))

    def test_no_more_is_replaced_or_credited_than_is_claimed(self):
        complaint = self._complain_of_order(claimed=(5, 0))
        mug = complaint.line_ids[0]
        with self.assertRaisesRegex(UserError, "more than 5"), self.cr.savepoint():
            self._promised(complaint, 0, kind="replacement", line_id=mug.id, quantity=6)
        self._promised(complaint, 0, kind="replacement", line_id=mug.id, quantity=3)
        with self.assertRaisesRegex(UserError, "more than 5"), self.cr.savepoint():
            self._promised(complaint, 300, line_id=mug.id, quantity=3)
        mug.accepted_quantity = 3
        with self.assertRaisesRegex(UserError, "more than 3"), self.cr.savepoint():
            self._promised(complaint, 100, line_id=mug.id, quantity=1)

    # -- discounts ---------------------------------------------------------------------------------------

    def test_a_discount_makes_a_quotation_cheaper_once(self):
        quotation = self._sell(confirm=False)
        remedy = self._approved(200, kind="discount", target_id=quotation.id)
        for _time in range(2):
            remedy.action_make_document()
        self.assertEqual(quotation.amount_untaxed, 1000)
        self.assertIn(remedy.complaint_id.name, quotation.order_line[-1].name)
        self.assertEqual(remedy.state, "approved")
        quotation.action_confirm()
        self.assertEqual(remedy.state, "done")

    def test_a_discount_that_was_taken_off_the_quotation_is_not_carried_out(self):
        quotation = self._sell(confirm=False)
        remedy = self._approved(200, kind="discount", target_id=quotation.id)
        remedy.action_make_document()
        remedy.sudo().discount_line_ids.unlink()
        quotation.action_confirm()
        self.assertEqual(remedy.state, "approved")

    def test_no_quotation_becomes_negative(self):
        quotation = self._sell(confirm=False, quantities=(1, 0))
        remedy = self._approved(200, kind="discount", target_id=quotation.id)
        with self.assertRaisesRegex(UserError, "below the discount"):
            remedy.action_make_document()

    def test_another_customer_s_or_colleague_s_quotation_is_refused(self):
        complaint = self._complain_of_order()
        jan = self._sell(partner=self._make_partner("Jan Novak"), confirm=False)
        with self.assertRaisesRegex(UserError, "another customer"):
            self._remedy(complaint, kind="discount", target_id=jan.id)
        theirs = self._sell(user=self.colleague, confirm=False)
        with self.assertRaises(AccessError):
            self._remedy(complaint, kind="discount", target_id=theirs.id)

    # -- the rest ----------------------------------------------------------------------------------------

    def test_something_else_is_noted_as_carried_out(self):
        remedy = self._approved(0, kind="other", text="A visit of our engineer")
        with self.assertRaisesRegex(UserError, "cannot create a document"):
            remedy.action_make_document()
        remedy.action_done()
        self.assertEqual(remedy.state, "done")

    def test_refusing_accepting_and_declining_have_a_dialog_for_who_may(self):
        remedy = self._promised(self._complain_of_order())
        complaint = remedy.complaint_id
        complaint.action_offer_by_phone()
        dialogs = complaint.env["expo.complaint.step"]
        dialog = dialogs.browse(complaint.action_accept()["res_id"])
        self.assertEqual(dialog.name, "Maria Rossi")
        dialog.action_confirm()
        self.assertEqual(complaint.accepted_how, "phone")
        with self.assertRaises(AccessError):
            dialogs.with_user(self.colleague).create({"complaint_id": complaint.id, "step": "decline"})
        refusal = dialogs.browse(remedy.action_refuse()["res_id"])
        refusal.text = "The customer wants goods"
        refusal.action_confirm()
        self.assertEqual(remedy.state, "refused")
        self.assertFalse(complaint.accepted_on)

    def test_remedy_changed_after_implementing_is_offered_again(self):
        remedy = self._approved()
        complaint = remedy.complaint_id
        complaint.sudo().write({"acknowledged_on": "2026-04-20 10:00:00", "restated_on": "2026-04-20 10:00:00"})
        for gate in ("photos", "demand", "departments"):
            self.env.company[f"expo_complaint_gate_{gate}"] = False
        complaint._move_to("implementing")
        remedy.amount = 120
        self.assertEqual(complaint.state, "negotiating")
        with self.assertRaisesRegex(UserError, "has not accepted"):
            complaint._move_to("implementing")

    def test_assignee_is_notified_of_a_document_cancelled_afterwards(self):
        for gate in ("acknowledged", "facts", "photos", "departments", "demand"):
            self.env.company[f"expo_complaint_gate_{gate}"] = False
        for kind, goods, cancel in (
            ("credit", False, lambda remedy: remedy.move_id.button_draft()),
            ("credit", False, lambda remedy: remedy.move_id._reverse_moves([{}], cancel=True)),
            ("replacement", "line", lambda remedy: remedy.order_id._action_cancel()),
        ):
            with self.subTest(kind=kind):
                remedy = self._approved(100, claimed=(1, 0), kind=kind, quantity=goods and 1.0, goods=goods)
                remedy.action_make_document()
                known = remedy.sudo()
                if kind == "credit":
                    known.move_id.action_post()
                else:
                    known.order_id.action_confirm()
                complaint = remedy.complaint_id
                complaint._move_to("implementing")
                complaint._move_to("feedback")
                cancel(known.with_user(self.env.ref("base.user_admin")).sudo())
                self.assertEqual(remedy.state, "approved")
                told = self.env["mail.message"].search(
                    [
                        ("model", "=", complaint._name),
                        ("res_id", "=", complaint.id),
                        ("body", "like", "no longer marked as done"),
                    ]
                )
                self.assertEqual(told.notified_partner_ids, self.seller.partner_id)

    def test_who_may_not_see_the_document_is_told_where_it_is(self):
        remedy = self._approved()
        remedy.sudo().complaint_id.user_id = self.manager
        action = remedy.action_make_document()
        self.assertTrue(remedy.has_document)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("passed to accounting", action["params"]["message"])
