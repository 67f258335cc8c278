"""Hundreds of complaints at once, as from an import."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from tests.common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestManyComplaints(ComplaintCase):
    def _count_queries(self, number):
        """Return how many queries so many complaints take that came on days of their own."""
        partner = self._make_partner(f"Importer {number}")
        rows = [
            {
                "subject": f"Chipped rim {row}",
                "partner_id": partner.id,
                "received_at": fields.Datetime.now() - timedelta(hours=row),
            }
            for row in range(number)
        ]
        complaints = self.env["expo.complaint"].with_user(self.seller)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        made = complaints.create(rows)
        self.env.flush_all()
        self.assertEqual(len(made.clock_ids.filtered(lambda clock: clock.kind == "acknowledge")), number)
        received = {event.complaint_id: event.at for event in made.event_ids if event.kind == "received"}
        self.assertEqual(received, {complaint: complaint.received_at for complaint in made})
        return self.env.cr.sql_log_count - before

    def test_an_import_costs_little_for_each_more(self):
        self._count_queries(5)
        few, many = self._count_queries(20), self._count_queries(220)
        self.assertLess(many - few, 200 * 3)

    def test_they_are_shared_out_evenly(self):
        self.team.write({"member_ids": [Command.set((self.seller | self.manager).ids)], "is_assigning": True})
        partner = self._make_partner("Maria Rossi")
        rows = [{"subject": f"Chipped rim {row}", "partner_id": partner.id} for row in range(10)]
        made = self.env["expo.complaint"].with_user(self.manager).create(rows)
        self.assertEqual(
            [len(made.filtered(lambda one, user=user: one.user_id == user)) for user in self.team.member_ids], [5, 5]
        )

    def test_each_contact_brings_the_own_show(self):
        company = self._make_partner("Rossi", is_company=True)
        first, last = (
            self._make_participation(name, captured_on=fields.Datetime.now() - timedelta(days=days))
            for name, days in (("Maria Rossi", 9), ("Paolo Rossi", 2))
        )
        (first | last).partner_id.parent_id = company
        complaint = self._complain(partner=first.partner_id)
        self.assertEqual(complaint.participation_id, first)
