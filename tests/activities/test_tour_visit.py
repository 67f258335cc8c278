"""A user in the browser: planning a visit, approving it, writing its minutes on the phone."""

from datetime import datetime, time, timedelta

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


class VisitTourCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls._make_partner("Rossi S.p.A.", is_company=True, street="Via Roma 1")
        maria = cls._make_partner("Maria Rossi", parent_id=company.id)
        cls.customer = cls._make_participation(partner=maria, tier="signed")
        cls.visit_values = {
            "participation_id": cls.customer.id,
            "aim": "Agree on the autumn order",
            "plan": "Show the new lids",
            "start": datetime.combine(cls.today - timedelta(days=1), time(8)),
        }


@tagged("post_install", "-at_install")
class TestTourVisit(VisitTourCase):
    def test_a_salesperson_plans_a_visit_and_a_manager_approves_it(self):
        day = self.today + timedelta(days=20)
        url = f"/odoo/exhibition-customers/{self.customer.id}"
        self._start_tour(url, "expo_followup_visit_plan", "expo_seller", {"start": f"{day:%m/%d/%Y} 10:00:00"})

        visit = self.customer.visit_ids
        self.assertEqual((visit.state, visit.submitted_by_id), ("submitted", self.seller))
        self.assertEqual(visit.start.date(), day)

        self._start_tour("/odoo/visits", "expo_followup_visit_approve", "expo_manager")
        self.assertEqual((visit.state, visit.approved_by_id), ("approved", self.manager))
        self.assertTrue(visit.event_id)


@tagged("post_install", "-at_install")
class TestTourVisitPhone(VisitTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_minutes_are_written_on_the_phone(self):
        visit = self.env["expo.visit"].with_user(self.seller).create(self.visit_values)
        visit.action_submit()
        visit.with_user(self.manager).action_approve()

        self._start_tour("/odoo/visits", "expo_followup_visit_minutes", "expo_seller")

        self.assertEqual((visit.state, visit.effect, visit.agreed), ("minutes", "positive", "Two containers"))
        self.assertEqual((visit.followup_id.state, visit.followup_id.outcome_missing), ("done", False))
