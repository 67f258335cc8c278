"""The customer hears of a problem before payment is asked for: reminders are held while one is open."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from tests.common_complaint import ComplaintCase


class ProblemCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        cls.product = cls.env["product.product"].create(
            {"name": "Mug", "list_price": 10, "taxes_id": False, "invoice_policy": "order"}
        )
        cls.customer = cls._make_partner("Maria Rossi")
        cls.clerk = new_test_user(cls.env, "expo_accountant", "account.group_account_invoice", email="a@ours.example")

    def _order(self, user=None, invoice=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": (user or self.seller).id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 10})],
            }
        )
        order.action_confirm()
        if invoice:
            order._create_invoices().action_post()
        return order

    def _declare(self, order, user=None, **values):
        notices = self.env["expo.problem.notice"].with_user(user or self.seller)
        return notices.create({"order_id": order.id, "text": "The ship is late.", **values})

    def _held(self, order):
        lines = order.invoice_ids.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return lines.mapped("no_followup")


@tagged("post_install", "-at_install")
class TestProblemHolds(ProblemCase):
    def test_an_open_complaint_holds_and_its_end_releases(self):
        order = self._order()
        complaint = self._complain(partner=self.customer, order_id=order.id, severity="low")
        self.assertEqual(self._held(order), [True])
        complaint.action_acknowledge_by_phone()
        complaint._move_to("closed")
        self.assertEqual(self._held(order), [False])
        complaint.action_reopen()
        self.assertEqual(self._held(order), [True])
        complaint.write({"cancel_reason": "By mistake", "stage_id": self.stages["cancelled"].id})
        self.assertEqual(self._held(order), [False])

    def test_only_the_last_of_several_releases(self):
        order = self._order()
        first, second = (self._complain(partner=self.customer, order_id=order.id, severity="low") for _one in range(2))
        notice = self._declare(order)
        for complaint in (first, second):
            complaint.action_acknowledge_by_phone()
            complaint._move_to("closed")
            self.assertEqual(self._held(order), [True])
        notice.action_told_by_phone()
        notice.action_end()
        self.assertEqual(self._held(order), [False])

    def test_what_was_held_by_hand_before_stays_held(self):
        order = self._order()
        order.invoice_ids.no_followup = True
        notice = self._declare(order)
        notice.action_told_by_phone()
        notice.action_end()
        self.assertEqual(self._held(order), [True])
        self.assertFalse(order.invoice_ids.expo_is_held)

    def test_a_hold_lifted_by_hand_stays_lifted_until_something_new(self):
        order = self._order()
        self._declare(order)
        order.invoice_ids.no_followup = False
        self._complain(partner=self.customer, order_id=order.id)
        self.assertEqual(self._held(order), [False])

    def test_a_new_invoice_of_the_order_is_held_too(self):
        order = self._order(invoice=False)
        self._declare(order)
        invoice = order._create_invoices()
        self.assertFalse(invoice.expo_is_held)
        invoice.action_post()
        self.assertEqual(self._held(order), [True])
        invoice.button_draft()
        invoice.invoice_line_ids.quantity = 5
        invoice.action_post()
        self.assertEqual(self._held(order), [True])
        order.expo_problem_ids.unlink()
        self.assertEqual(self._held(order), [False])

    def test_an_invoice_is_held_by_its_own_complaint(self):
        order = self._order()
        complaint = self._complain(partner=self.customer, user=self.manager, invoice_id=order.invoice_ids.id)
        self.assertEqual(self._held(order), [True])
        complaint.invoice_id = False
        self.assertEqual(self._held(order), [False])

    def test_moving_a_complaint_to_another_order_moves_the_hold(self):
        first, second = self._order(), self._order()
        complaint = self._complain(partner=self.customer, order_id=first.id)
        complaint.order_id = second
        self.assertEqual((self._held(first), self._held(second)), ([False], [True]))

    def test_paid_invoices_and_other_orders_are_left_alone(self):
        order, other = self._order(), self._order()
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=order.invoice_ids.ids
        )
        register.create({"journal_id": bank.id})._create_payments()
        self._complain(partner=self.customer, order_id=order.id)
        self.assertEqual((self._held(order), self._held(other)), ([False], [False]))

    def test_an_erased_complaint_releases(self):
        order = self._order()
        complaint = self._complain(partner=self.customer, order_id=order.id)
        complaint._add_evidence("photo", [("mug.txt", b"Cracked")])
        complaint._erase()
        self.assertFalse(complaint.exists())
        self.assertEqual(self._held(order), [False])


@tagged("post_install", "-at_install")
class TestProblemNotice(ProblemCase):
    def test_the_customer_is_told_before_it_ends(self):
        notice = self._declare(self._order())
        with self.assertRaisesRegex(UserError, "Inform the customer first"):
            notice.action_end()
        action = notice.action_tell()
        composer = Form(self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"]))
        self.assertIn("The ship is late.", composer.body)
        self.assertNotIn("expo_letter_kind", action["context"])
        composer.save().action_send_mail()
        self.assertEqual(notice.told_how, "mail")
        notice.action_end()
        self.assertFalse(notice.is_open)
        self.assertEqual(notice.ended_by_id, self.seller)

    def test_internal_note_does_not_inform_the_customer(self):
        notice = self._declare(self._order())
        notice.message_post(body="Who knows more?", partner_ids=self.colleague.partner_id.ids)
        notice.message_post(
            body="The customer knows",
            partner_ids=self.customer.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.assertFalse(notice.told_at)

    def test_informing_the_customer_cannot_be_forged(self):
        order = self._order()
        notice = self._declare(order)
        for values in ({"told_at": "2026-01-01 00:00:00"}, {"ended_at": "2026-01-01 00:00:00"}, {"is_open": False}):
            with self.assertRaises(AccessError):
                notice.write(values)
        forged = notice.with_context(default_told_at="2026-01-01 00:00:00", default_ended_at="2026-01-01 00:00:00")
        self.assertTrue(forged.create({"order_id": order.id, "text": "Late"}).is_open)
        with self.assertRaisesRegex(UserError, "to another order"):
            notice.order_id = self._order()

    def test_invoices_of_a_hidden_order_cannot_be_held(self):
        order = self._order(user=self.manager)
        with self.assertRaises(AccessError):
            self._declare(order)
        self.assertEqual(self._held(order), [False])

    def test_complaint_from_a_problem_belongs_to_its_customer(self):
        notice = self._declare(self._order())
        theirs = self._complain(partner=self._make_partner("Jan Novak"))
        with self.assertRaisesRegex(UserError, "another customer"):
            notice.complaint_id = theirs

    def test_another_company_sees_nothing(self):
        notice = self._declare(self._order())
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "expo_other", "sales_team.group_sale_manager", company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertFalse(notice.with_user(stranger).search([("id", "=", notice.id)]))

    def test_sending_an_invoice_shows_a_warning(self):
        order = self._order()
        complaint = self._complain(partner=self.customer, order_id=order.id)
        invoice = order.invoice_ids.with_user(self.clerk)
        wizard = self.env["account.move.send.wizard"].with_user(self.clerk).create({"move_id": invoice.id})
        self.assertIn(complaint.name, wizard.alerts["expo_problem"]["message"])
        self.assertEqual(wizard.alerts["expo_problem"]["level"], "warning")
        self.assertIn(complaint.name, invoice.alerts["expo_problem"]["message"])
        complaint.write({"cancel_reason": "By mistake", "stage_id": self.stages["cancelled"].id})
        self.assertNotIn("expo_problem", invoice._get_alerts())

    def test_mail_about_the_order_or_invoice_shows_a_warning(self):
        order = self._order()
        self._declare(order)
        for record, user in ((order, self.seller), (order.invoice_ids, self.clerk)):
            composer = (
                self.env["mail.compose.message"]
                .with_user(user)
                .new(
                    {
                        "model": record._name,
                        "res_ids": str(record.ids),
                        "composition_mode": "comment",
                        "body": "<p>Please pay the balance.</p>",
                    }
                )
            )
            self.assertIn(order.name, composer.expo_remarks)

    def test_follow_up_about_payment_shows_a_warning(self):
        entry = self._make_participation(partner=self.customer)
        order = self._order()
        order.expo_participation_id = entry
        touch = self.env["expo.followup"].create({"participation_id": entry.id, "summary": "Call"})
        self.assertFalse(touch.payment_warning)
        self._declare(order)
        touch.invalidate_recordset()
        self.assertIn(order.name, touch.with_user(self.seller).payment_warning)

    def test_the_order_shows_what_is_open(self):
        order = self._order()
        self._declare(order, kind="damage")
        self.assertEqual(order.with_user(self.seller).expo_open_problems, "Damage (the customer has not been informed)")
        action = order.with_user(self.seller).action_declare_problem()
        self.assertEqual(action["views"][0], (False, "list"))

    def test_payment_link_shows_a_warning(self):
        order = self._order()
        dialogs = self.env["payment.link.wizard"]
        for record, user in ((order, self.seller), (order.invoice_ids, self.clerk)):
            asking = dialogs.with_user(user).with_context(active_model=record._name, active_id=record.id)
            self.assertFalse(asking.create({}).expo_warning)
        complaint = self._complain(partner=self.customer, order_id=order.id)
        for record, user in ((order, self.seller), (order.invoice_ids, self.clerk)):
            asking = dialogs.with_user(user).with_context(active_model=record._name, active_id=record.id)
            self.assertIn(complaint.name, asking.create({}).expo_warning)


@tagged("post_install", "-at_install")
class TestProblemOnThePage(HttpCase, ProblemCase):
    def test_paying_customer_sees_the_open_complaint(self):
        order = self._order()
        self._declare(order)
        url = order.invoice_ids.get_portal_url()
        self.assertNotIn("o_expo_complaint", self.url_open(url).text)
        complaint = self._complain(partner=self.customer, order_id=order.id)
        self.assertIn(f"We are working on your complaint {complaint.name}", " ".join(self.url_open(url).text.split()))
