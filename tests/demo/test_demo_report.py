"""The demo's progress reports: some handed in, one asks for help, some are late."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemoReport(TransactionCase):
    def test_there_are_reports_of_every_kind(self):
        reports = self.env["expo.progress.report"].search([])
        self.assertEqual(len(reports.filtered(lambda report: report.state == "received")), 4)
        self.assertEqual(reports.filtered("needs_help").partner_id.commercial_partner_id.name, "Maison Verte SAS")
        self.assertGreaterEqual(len(reports.filtered(lambda report: report.state == "open" and report.is_late)), 3)
        self.assertTrue(all(report.user_id for report in reports.filtered("received_on")), "they keep their owner")
        answered = reports.filtered("help_answer")
        self.assertEqual(answered.help_answered_by_id, self.env.ref("expo_followup.user_grace"))
