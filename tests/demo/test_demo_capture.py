"""The demo of a show: contacts to qualify, a list, files, possible duplicates, leads to distribute."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemoCapture(TransactionCase):
    def test_contacts_wait_one_of_them_late_one_known(self):
        waiting = self.env["expo.capture"].search([("state", "=", "new")])
        self.assertGreaterEqual(len(waiting), 4)
        self.assertTrue(waiting.filtered("is_late"))
        self.assertTrue(waiting.filtered("similar_ids") | waiting.filtered("proposed_partner_id"))

    def test_a_list_was_checked_and_tells_what_importing_would_do(self):
        listed = self.env.ref("expo_followup.import_organizer")
        self.assertEqual(listed.state, "checked")
        results = set(listed.line_ids.mapped("result"))
        self.assertTrue({"created", "rejected"} <= results, listed.line_ids.mapped("result"))
        names = listed.line_ids.mapped("name")
        self.assertIn("Inês Carvalho", names)
        self.assertFalse([name for name in names if name and "\n" in name])
        atlas = listed.line_ids.filtered(lambda line: line.company_name == "Atlas Kitchen")
        self.assertFalse(atlas.country_id, "a city is no country")

    def test_files_are_complete_half_empty_and_stale(self):
        files = self.env["expo.customer.file"].search([])
        self.assertGreater(max(files.mapped("completeness")), 70)
        self.assertLess(min(files.mapped("completeness")), 40)
        self.assertTrue(files.filtered("is_stale"))
        self.assertTrue(files.filtered("is_customer") and files.filtered(lambda file: not file.is_customer))
        self.assertTrue(files.preference_ids and files.person_ids and files.account_ids)

    def test_look_alikes_and_leads_without_owner_wait_for_the_manager(self):
        manager = self.env["res.users"].search([("login", "=", "grace")])
        self.assertTrue(self.env["expo.duplicate"].with_user(manager).search([("state", "=", "open")]))
        self.assertTrue(self.env["expo.participation"].with_user(manager).search([("user_id", "=", False)]))
