"""What may be credited: of which invoice, with which taxes, and whose promises count together."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from tests.complaint.common_complaint_money import MoneyCase


class LimitCase(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limits = cls.env.ref("expo_followup.complaint_authority_salesman")
        cls.limits.write({"amount": 5000, "percent": 0, "customer_amount": 5000})

    def _small(self, order=None, **values):
        """A complaint that needs no acceptance."""
        values.setdefault("partner", self.maria)
        order = order or self.order
        return self._complain(order_id=order.id, user_id=self.seller.id, severity="low", **values)

    def _credited(self, complaint, amount=100.0, **values):
        remedy = self._promised(complaint, amount, **values)
        remedy.action_make_document()
        return remedy.sudo().move_id

    def _invoice_in_two(self, quantities=(10, 0)):
        """An order whose first five pieces were invoiced before the rest."""
        order = self._sell(quantities=quantities)
        first = order._create_invoices()
        first.invoice_line_ids[0].quantity = 5
        first.action_post()
        second = order._create_invoices()
        second.action_post()
        return order, first, second

    def _invoice_after_deposit(self):
        order = self._sell()
        dialogs = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        deposit = dialogs.create({"advance_payment_method": "percentage", "amount": 50})._create_invoices(order)
        deposit.action_post()
        final = order._create_invoices(final=True)
        final.action_post()
        return order, deposit, final


@tagged("post_install", "-at_install")
class TestComplaintCreditedInvoice(LimitCase):
    def test_a_credit_finds_the_invoice_that_has_room_for_it(self):
        order, first, second = self._invoice_in_two()
        complaint = self._small(order)
        remedies = [self._promised(complaint, 400) for _time in range(2)]
        self.assertEqual([remedy.sudo().invoice_id for remedy in remedies], [second, first])
        with self.assertRaisesRegex(UserError, "cannot credit more"):
            self._promised(complaint, 101)

    def test_promised_before_it_was_invoiced_it_goes_against_the_invoice_all_the_same(self):
        order = self._sell()
        complaint = self._small(order)
        remedy, more = self._promised(complaint, 1200), self._promised(complaint, 1)
        invoice = order._create_invoices()
        invoice.action_post()
        remedy.action_make_document()
        self.assertEqual(remedy.sudo().move_id.reversed_entry_id, invoice)
        with self.assertRaisesRegex(UserError, "cannot credit more"):
            more.action_make_document()

    def test_an_invoice_that_was_cancelled_meanwhile_is_not_credited(self):
        order = self._sell()
        invoice = order._create_invoices()
        invoice.action_post()
        remedy = self._promised(self._small(order), 100)
        invoice.button_draft()
        invoice.button_cancel()
        again = order._create_invoices()
        again.action_post()
        remedy.action_make_document()
        self.assertEqual(remedy.sudo().move_id.reversed_entry_id, again)

    def test_what_was_paid_in_advance_is_no_goods(self):
        order, _deposit, final = self._invoice_after_deposit()
        note = self._credited(self._small(order), 100)
        self.assertEqual([line.price_unit for line in note.invoice_line_ids], [100])
        complaint = self._complain(partner=self.maria, user=self.manager, invoice_id=final.id)
        complaint.action_add_lines()
        self.assertEqual(complaint.line_ids.mapped("product_name"), ["Mug", "Vase"])

    def test_invoice_to_the_payer_is_credited_to_the_payer(self):
        agent = self._make_partner("Agent")
        order = self._sell(partner_invoice_id=agent.id)
        invoice = order._create_invoices()
        invoice.action_post()
        complaint = self._complain(partner=self.maria, user=self.manager, order_id=order.id, severity="low")
        note = self._credited(complaint)
        self.assertEqual((note.partner_id, note.reversed_entry_id), (agent, invoice))
        complaint.write({"order_id": False, "invoice_id": invoice.id})
        complaint.action_add_lines()
        self.assertEqual(len(complaint.line_ids), 2)

    def test_goods_of_two_parts_of_a_delivery_are_claimed_by_their_invoices(self):
        _order, *invoices = self._invoice_in_two()
        for invoice in invoices:
            complaint = self._complain(partner=self.maria, user=self.manager, invoice_id=invoice.id)
            complaint.action_add_lines()
            complaint.line_ids[0].claimed_quantity = 5
        with self.assertRaisesRegex(UserError, "the 5 delivered"):
            complaint.line_ids[0].claimed_quantity = 6

    def test_a_credit_note_that_was_taken_back_makes_room_and_is_owed_again(self):
        remedy = self._promised(self._small(), 1200)
        remedy.action_make_document()
        note = remedy.sudo().move_id
        note.action_post()
        self.assertEqual(remedy.state, "done")
        note._reverse_moves([{}], cancel=True)
        self.assertEqual(remedy.state, "approved")
        remedy.action_make_document()
        self.assertNotEqual(remedy.sudo().move_id, note)
        self.assertEqual(remedy.sudo().move_id.amount_untaxed, 1200)

    def test_cheap_goods_come_to_what_was_invoiced(self):
        order = self._sell(confirm=False, quantities=(10_000, 1))
        order.order_line[0].write({"price_unit": 0.35, "discount": 15})
        order.order_line[1].unlink()
        order.action_confirm()
        order._create_invoices().action_post()
        complaint = self._complain_of_order(order=order, claimed=(10_000,))
        self.assertEqual(complaint.line_ids.amount, 2975)
        remedy = complaint.env["expo.complaint.remedy"].create(
            {"complaint_id": complaint.id, "line_id": complaint.line_ids.id, "quantity": 10_000}
        )
        remedy.action_submit()
        self.assertEqual((remedy.amount, remedy.state), (2975, "approved"))

    def test_a_discount_without_tax_is_taken_off_without_tax(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": "Ten", "amount": 10, "type_tax_use": "sale", "price_include_override": "tax_excluded"},
                {"name": "Twenty in", "amount": 20, "type_tax_use": "sale", "price_include_override": "tax_included"},
            ]
        )
        for tax in taxes:
            quotation = self._sell(confirm=False)
            quotation.order_line.tax_ids = tax
            before = quotation.amount_untaxed
            remedy = self._promised(self._small(), 200, kind="discount", target_id=quotation.id)
            remedy.action_make_document()
            self.assertAlmostEqual(before - quotation.amount_untaxed, 200)

    def test_a_quotation_that_is_gone_leaves_a_credit_against_the_invoice(self):
        quotation = self._sell(confirm=False)
        remedy = self._promised(self._small(), 100, kind="discount", target_id=quotation.id)
        quotation.action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            remedy.action_make_document()
        quotation.unlink()
        remedy.invalidate_recordset()
        remedy.action_make_document()
        self.assertEqual(remedy.sudo().move_id.reversed_entry_id, self.invoice)

    def test_our_documents_speak_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.seller.lang = "zh_CN"
        complaint = self._complain_of_order().with_context(lang="zh_CN")
        remedy = self._promised(complaint, 0, kind="replacement", line_id=complaint.line_ids[0].id, quantity=1)
        self._agreed(complaint)
        remedy.action_make_document()
        self.assertIn("Replacement for the complaint", remedy.sudo().order_id.note)


@tagged("post_install", "-at_install")
class TestComplaintPromisedTogether(LimitCase):
    def test_a_unit_of_many_pieces_is_worth_that_many(self):
        complaint = self._complain(partner=self.maria, user_id=self.seller.id)
        line = complaint.env["expo.complaint.line"].create(
            {
                "complaint_id": complaint.id,
                "product_id": self.products[0].id,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "claimed_quantity": 2,
            }
        )
        self.assertEqual(self._promised(complaint, 0, kind="replacement", line_id=line.id, quantity=2).amount, 2400)

    def test_branches_are_one_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.env.company.id})
        people = self.seller | self.manager
        people.company_ids |= branch
        group = self.env.ref("sales_team.group_sale_salesman")
        self.env["expo.complaint.authority"].create(
            {"group_id": group.id, "company_id": self.env.company.id, "amount": 100, "customer_amount": 150}
        )
        team = self.env["expo.complaint.team"].create({"name": "Branch", "company_id": branch.id})
        ours = self._complain(partner=self.maria, user_id=self.seller.id)
        self.assertEqual(self._promised(ours, 100).state, "approved")
        complaints = ours.with_context(allowed_company_ids=(self.env.company | branch).ids)
        theirs = complaints.create(
            {"subject": "Broken", "partner_id": self.maria.id, "team_id": team.id, "user_id": self.seller.id}
        )
        remedy = self._promised(theirs, 100)
        self.assertEqual((theirs.company_id, remedy.state), (branch, "to_approve"))
        self.assertIn("twelve months", remedy.beyond)

    def test_remedy_to_approve_is_on_the_page_of_the_manager_and_of_the_team(self):
        self.limits.write({"amount": 50})
        remedy = self._promised(self._complain(partner=self.maria, user_id=self.seller.id), 200)
        for is_team in (False, True):
            sections = self.env["expo.followup"].with_user(self.manager).get_today(is_team)["sections"]
            [row] = [row for one in sections if one["key"] == "remedies" for row in one["rows"]]
            self.assertEqual((row["id"], row["user"]), (remedy.id, self.seller.name if is_team else ""))

    def test_merging_two_complaints_does_not_make_one_authority_of_two(self):
        self.limits.write({"amount": 200, "customer_amount": 500})
        complaints = [self._complain(partner=self.maria, user_id=self.seller.id) for _number in range(2)]
        for complaint in complaints:
            self.assertEqual(self._promised(complaint, 200).state, "approved")
        complaints[1]._merge_into(complaints[0])
        self.assertIn("to_approve", complaints[0].remedy_ids.mapped("state"))

    def test_what_was_promised_is_not_deleted_with_its_complaint(self):
        complaint = self._small(user=self.manager)
        self._promised(complaint, 10)
        with self.assertRaisesRegex(UserError, "it has remedies"):
            complaint.unlink()

    def test_a_new_complaint_with_drafts_is_deleted_with_all_of_them(self):
        complaint = self._small(user=self.manager)
        complaint.action_add_lines()
        goods = {"complaint_id": complaint.id, "amount": 10, "line_id": complaint.line_ids[0].id}
        for model in ("expo.complaint.remedy", "expo.complaint.demand"):
            complaint.env[model].create(goods)
        complaint.unlink()
        self.assertFalse(complaint.exists())

    def test_who_got_what_was_promised_stays_the_customer(self):
        complaint = self._complain(partner=self.maria, user_id=self.seller.id, severity="low")
        remedy = self._promised(complaint, 100)
        with self.assertRaisesRegex(UserError, "remedies were proposed"), self.cr.savepoint():
            complaint.partner_id = False
        remedy.action_make_document()
        with self.assertRaisesRegex(UserError, "remedies were proposed"), self.cr.savepoint():
            complaint.partner_id = self._make_partner("Jan Novak")
        complaint.partner_id = self.env["res.partner"].create({"name": "Anna Rossi", "parent_id": self.maria.id})

    def test_order_of_another_customer_is_refused(self):
        jan = self._make_partner("Jan Novak")
        with self.assertRaisesRegex(UserError, "another customer"), self.cr.savepoint():
            self._small(partner=jan)
        complaint = self._small()
        with self.assertRaisesRegex(UserError, "another customer"), self.cr.savepoint():
            complaint.partner_id = jan

    def test_goods_of_our_company_are_no_goods_of_another(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        self.manager.company_ids |= other
        team = self.env["expo.complaint.team"].create({"name": "Theirs", "company_id": other.id})
        complaint = self._complain_of_order(user=self.manager)
        complaint = complaint.with_context(allowed_company_ids=(self.env.company | other).ids)
        with self.assertRaisesRegex(UserError, "another customer"):
            complaint.write({"order_id": False, "team_id": team.id})


@tagged("post_install", "-at_install")
class TestComplaintGoodsDeleted(LimitCase):
    def test_what_came_back_is_not_among_the_goods(self):
        order = self._sell(quantities=(10, -2))
        complaint = self._small(order)
        complaint.action_add_lines()
        self.assertEqual(complaint.line_ids.mapped("product_name"), ["Mug"])
        returned = complaint.env["expo.complaint.line"].create(
            {"complaint_id": complaint.id, "order_line_id": order.order_line[1].id}
        )
        self.assertEqual((returned.delivered_quantity, returned.price_unit), (0, 100))

    def test_a_product_that_is_complained_of_is_archived_instead(self):
        plate = self.env["product.product"].create({"name": "Plate"})
        complaint = self._complain(partner=self.maria, user_id=self.seller.id)
        line = complaint.env["expo.complaint.line"].create({"complaint_id": complaint.id, "product_id": plate.id})
        with self.assertRaisesRegex(UserError, "a complaint refers to it"), self.cr.savepoint():
            plate.unlink()
        line.unlink()
        plate.unlink()

    def test_goods_that_something_is_promised_for_stay(self):
        complaint = self._complain_of_order()
        draft = self._remedy(complaint, 10, line_id=complaint.line_ids[0].id)
        self._promised(complaint, 10, line_id=complaint.line_ids[1].id)
        with self.assertRaisesRegex(UserError, "Withdraw the remedy"), self.cr.savepoint():
            complaint.line_ids[1].unlink()
        complaint.line_ids[0].unlink()
        self.assertFalse(draft.line_id)

    def test_goods_outlive_the_lines_that_they_were_taken_from(self):
        complaint = self._complain(partner=self.maria, user=self.manager, invoice_id=self.invoice.id)
        complaint.action_add_lines()
        self.invoice.button_draft()
        self.invoice.invoice_line_ids[0].unlink()
        self.env.flush_all()
        complaint.invalidate_recordset()
        self.assertEqual(complaint.line_ids[0].product_name, "Mug")
        self.assertEqual((complaint.line_ids[0].delivered_quantity, complaint.line_ids[0].is_frozen), (10, True))
        with self.assertRaisesRegex(UserError, "cannot change delivered goods"):
            complaint.line_ids[0].with_user(self.manager).price_unit = 1
        self.assertEqual(complaint.line_ids[0].order_line_id, self.order.order_line[0])
        self.order.write({"order_line": [Command.update(self.order.order_line[0].id, {"name": "Renamed"})]})
        self.assertEqual(complaint.line_ids[0].specification, "Mug")
