"""A user in the browser: a progress report handed in on the desk and on the phone, the manager answers for help."""

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


class ReportTourCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.show.state = "followup"
        cls.maria = cls._make_participation("Maria Rossi", tier="intent")
        cls.theirs = cls._make_participation("Of a Colleague", tier="intent", user=cls.colleague)
        (cls.maria | cls.theirs)._issue_reports()
        cls.report = cls.maria.report_ids


@tagged("post_install", "-at_install")
class TestTourReport(ReportTourCase):
    def test_a_salesperson_hands_in_a_report_and_the_manager_helps(self):
        self._start_tour("/odoo", "expo_followup_report", "expo_seller")

        self.assertEqual((self.report.state, self.report.stage), ("received", "quoted"))
        self.assertEqual(self.report.what_was_done, "Quoted two containers.")
        self.assertEqual(self.report.help_needed, "May I give 3%?")
        self.assertEqual(self.maria.report_ids.mapped("number"), [1, 2])

        self._start_tour("/odoo", "expo_followup_report_manager", "expo_manager")

        self.assertEqual(self.report.help_answer, "Yes, against prepayment.")
        self.assertEqual(self.report.help_answered_by_id, self.manager)
        self.assertFalse(self.report.needs_help)


@tagged("post_install", "-at_install")
class TestTourReportPhone(ReportTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_salesperson_hands_in_a_report_on_the_phone(self):
        self._start_tour("/odoo/my-progress-reports", "expo_followup_report_phone", "expo_seller")

        self.assertEqual((self.report.state, self.report.stage), ("received", "negotiation"))
        self.assertEqual(self.report.forecast_amount, 12000)
