"""Wherever a customer is served, an open complaint is seen, and no more of it than one may read."""

from odoo.tests import tagged

from tests.common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintWatch(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_partner = cls._make_partner("Rossi Srl", is_company=True)
        cls.partner = cls._make_partner("Maria Rossi", parent_id=cls.company_partner.id)
        cls.entry = cls._make_participation(partner=cls.partner, user=cls.seller)

    def test_one_complaint_is_counted_for_the_whole_company(self):
        complaint = self._complain(partner=self.partner)
        for record in (self.partner, self.company_partner, self.entry, self.entry.file_id):
            with self.subTest(record=record):
                record.invalidate_recordset()
                self.assertEqual(record.expo_open_complaint_count, 1)
        complaint.action_acknowledge_by_phone()
        complaint.severity = "low"
        complaint._move_to("closed")
        self.partner.invalidate_recordset()
        self.assertEqual((self.partner.expo_open_complaint_count, self.partner.expo_complaint_count), (0, 1))

    def test_an_order_counts_its_own(self):
        orders = self.env["sale.order"].create([{"partner_id": self.partner.id}, {"partner_id": self.partner.id}])
        self._complain(partner=self.partner, user=self.manager, order_id=orders[0].id)
        self.assertEqual(orders.mapped("expo_open_complaint_count"), [1, 0])

    def test_next_follow_up_shows_the_complaint(self):
        followup = self.env["expo.followup"].create({"participation_id": self.entry.id, "summary": "Call"})
        complaint = self._complain(partner=self.partner, user=self.manager)
        hints = followup.with_user(self.seller).customer_hints
        self.assertIn(complaint.display_name, hints)
        self.assertEqual(followup.with_user(self.seller).expo_open_complaint_count, 1)

    def test_a_complaint_does_not_warn_of_itself(self):
        complaint = self._complain(partner=self.partner)
        self.assertNotIn(complaint.name, str(complaint.customer_hints or ""))
        second = self._complain(partner=self.partner)
        self.assertIn(complaint.name, complaint.browse(second.id).customer_hints)

    def test_user_without_access_sees_the_number_only(self):
        # Met again by a colleague, who therefore hears of it; the first one still has a call to make.
        later = self._make_show(name="Autumn Fair", code="AF26")
        self._make_participation(partner=self.partner, show=later, user=self.colleague, captured_on="2026-10-17")
        complaint = self._complain(
            user=self.manager, subject="Secret cracks", partner=self.partner, user_id=self.manager.id
        )
        call = self.env["expo.followup"].create({"participation_id": self.entry.id, "summary": "Call"})
        self.assertFalse(complaint.with_user(self.seller).has_access("read"))
        hints = call.with_user(self.seller).customer_hints
        self.assertIn(complaint.name, hints)
        self.assertNotIn("Secret cracks", hints)

    def test_another_company_counts_nothing_of_ours(self):
        self._complain(partner=self.partner)
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        partner = self.partner.with_context(allowed_company_ids=other.ids)
        self.assertEqual(partner.expo_complaint_count, 0)

    def test_a_page_of_customers_is_counted_in_one_go(self):
        partners = self.env["res.partner"].create([{"name": f"Customer {n}", "is_company": True} for n in range(80)])
        partners.mapped("commercial_partner_id.name")
        self.env.flush_all()
        with self.assertQueryCount(2):
            partners.mapped("expo_open_complaint_count")
