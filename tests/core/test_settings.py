"""Settings in groups, and the weekdays of a step by name."""

from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestSettings(ExpoCase, HttpCase):
    def test_folded_settings_are_found_by_the_search(self):
        self.start_tour("/odoo/settings", "expo_followup_settings", login="admin")

    def test_weekdays_are_switched_by_name_and_stored_as_digits(self):
        step = self.steps["email_revisit"]
        step.expo_weekdays = "234"
        url = f"/odoo/mail.activity.plan.template/{step.id}"
        self.start_tour(url, "expo_followup_weekdays", login="expo_manager")
        self.assertEqual(step.expo_weekdays, "123")
