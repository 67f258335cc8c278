"""Complaints by phone, in half a minute."""

from odoo.tests import Form

from tests.common_complaint import ComplaintCase

ENTRY = "expo_followup.expo_complaint_view_form_entry"


class TestExpoComplaintEntry(ComplaintCase):
    """A complaint by phone is recorded in half a minute: who, what, and the customer has been calmed."""

    def _entry(self):
        return Form(self.env["expo.complaint"].with_user(self.seller), view=ENTRY)

    def test_number_of_the_caller_finds_the_customer(self):
        maria = self._make_partner("Maria Rossi", phone="+39 06 6982 4567")
        entry = self._entry()
        entry.phone = "+39 0669824567"
        self.assertEqual(entry.partner_id, maria)

    def test_a_number_of_two_customers_finds_neither(self):
        self._make_partner("Maria Rossi", phone="+39 06 6982 4567")
        self._make_partner("Luca Bianchi", phone="+39 06 6982 4567")
        entry = self._entry()
        entry.phone = "+39 06 6982 4567"
        self.assertFalse(entry.partner_id)

    def test_the_order_tells_whose_it_is(self):
        maria = self._make_partner("Maria Rossi")
        order = self.env["sale.order"].create({"partner_id": maria.id, "user_id": self.seller.id})
        entry = self._entry()
        entry.order_id = order
        self.assertEqual(entry.partner_id, maria)

    def test_who_was_told_on_the_phone_is_acknowledged_and_what_was_read_back_restated(self):
        entry = self._entry()
        entry.partner_id = self._make_partner("Maria Rossi")
        entry.subject, entry.facts = "Cracked glaze", "48 of 960 mugs are cracked."
        complaint = entry.save()
        action = complaint.action_take_down_told()
        self.assertEqual((action["res_model"], action["res_id"]), ("expo.complaint", complaint.id))
        self.assertTrue(complaint.acknowledged_on)
        self.assertTrue(complaint.restated_on)
        self.assertEqual(complaint.channel, "phone")

    def test_nothing_is_restated_that_was_not_read_back(self):
        complaint = self._complain()
        complaint.action_take_down_told()
        self.assertTrue(complaint.acknowledged_on)
        self.assertFalse(complaint.restated_on)

    def test_from_an_order_both_are_filled_in(self):
        order = self.env["sale.order"].create({"partner_id": self._make_partner("Maria Rossi").id})
        context = order.with_user(self.manager).action_take_complaint()["context"]
        entry = Form(self.env["expo.complaint"].with_user(self.manager).with_context(**context), view=ENTRY)
        self.assertEqual((entry.order_id, entry.partner_id), (order, order.partner_id))
