"""The manager in the browser: customers without salesperson are distributed, one not contacted is reassigned."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from tests.participation.test_distribute import DistributeCase


@tagged("post_install", "-at_install")
class TestTourDistribute(DistributeCase, HttpCase):
    def test_a_manager_distributes_customers_and_reassigns_a_forgotten_one(self):
        maria = self._make_participation("Maria Rossi", country="it", user=False)
        hans = self._make_participation("Hans Becker", country="at", user=False)
        giulia = self._make_participation("Giulia Neri", country="it", source="web")
        giulia.assigned_on -= timedelta(days=40)
        giulia._update_response_state()

        self.start_tour("/odoo", "expo_followup_distribute", login="expo_manager")

        self.assertEqual((maria | hans | giulia).user_id, self.colleague)
        self.assertEqual(maria.owner_change_ids.reason, "Distributed: chosen by the manager")
        self.assertIn("Waited for us for 40 days", giulia.owner_change_ids[0].reason)
        self.assertEqual(giulia.response_state, "waiting")
