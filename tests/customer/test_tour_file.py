"""A user in the browser: the customer file on the desk and on the phone."""

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


class FileTourCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rossi = cls._make_partner("Rossi S.p.A.", is_company=True)
        maria = cls._make_partner("Maria Rossi", parent_id=rossi.id, expo_foreign_notes="No calls on Friday")
        cls.file = cls._make_participation(partner=maria).file_id
        cls.file.other_names = "罗西公司"
        cls._make_participation("Of a Colleague", user=cls.colleague)


@tagged("post_install", "-at_install")
class TestTourFile(FileTourCase):
    def test_the_owner_finds_completes_and_verifies_a_file(self):
        self._start_tour("/odoo/customer-files", "expo_followup_file", "expo_seller")

        self.assertEqual(self.file.business_scope, "Pumps and valves")
        self.assertEqual(self.file.person_ids.decides, "yes")
        preference = self.file.preference_ids
        self.assertEqual((preference.text, preference.noted_by_id), ("Espresso without sugar", self.seller))
        self.assertEqual(self.file.verified_by_id, self.seller)

    def test_everything_about_a_customer_is_one_search_away(self):
        entry = self.file.participation_ids
        done = self.env["expo.followup"]._create_manual(entry, self.today, summary="Call")
        done.with_user(self.seller).record_outcome("Wants pumps", "positive")
        self.env["expo.followup"]._create_manual(entry, self.today, summary="Send catalogue")
        self._start_tour("/odoo/customer-files", "expo_followup_file_found", "expo_seller")

    def test_the_card_of_a_customer_is_printed_with_two_clicks(self):
        self._start_tour("/odoo/customer-files", "expo_followup_file_card", "expo_seller")


@tagged("post_install", "-at_install")
class TestTourFilePhone(FileTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_owner_reads_and_corrects_a_file_on_the_phone(self):
        self._start_tour("/odoo/customer-files", "expo_followup_file_phone", "expo_seller")

        self.assertEqual(self.file.short_name, "Rossi")

    def test_the_card_of_a_customer_is_printed_with_two_clicks_on_the_phone(self):
        self._start_tour("/odoo/customer-files", "expo_followup_file_card_phone", "expo_seller")
