from datetime import timedelta

from ..chapter import Chapter

# Customer, days ago on which the report was handed in, and what it said.
HANDED_IN = (
    {
        "name": "pr_nordlys",
        "day": 4,
        "stage": "quoted",
        "amount": 48000,
        "months": 3,
        "done": "Quotation DDP Bergen sent, gift box shown. The buying committee decides next week.",
        "obstacles": "They want a box without plastic; our drawing is missing.",
    },
    {
        "name": "pr_maisonvert",
        "day": 2,
        "stage": "negotiation",
        "amount": 31500,
        "months": 2,
        "done": "Pictures with plants and the carton drawing sent. They compare us with two others.",
        "obstacles": "Our price is four percent above their target.",
        "help": "May I give three percent for prepayment?",
    },
    {
        "name": "pr_polskadom",
        "day": 3,
        "stage": "negotiation",
        "amount": 27000,
        "months": 2,
        "done": "Went through the mix of the container twice. She answers after her stocktaking.",
    },
    {
        "name": "pr_riyadhhome",
        "day": 1,
        "stage": "interest",
        "amount": 90000,
        "months": 4,
        "done": "Certificate accepted. Wants one price for 30 shops, tea and dinner sets together.",
        "help": "Who can make the Arabic label within two weeks?",
        "answer": "Mr Li of the packing department, already informed.",
    },
)
# The report is late by so many days.
LATE = {"pr_anadolu": 2, "pr_lagosliving": 4, "pr_oakmoor": 1}


class ReportStory(Chapter):
    """Progress reports on customers of the last show: some handed in, some asking for help, some late."""

    def _write_reports(self):
        """Issue the reports as after closing, hand some in, and let some be late."""
        show = self._ref("exhibition_followup")
        customers = show.participation_ids
        reports = customers.filtered_domain(customers._get_report_domain())._issue_reports()
        for row in HANDED_IN:
            self._hand_in_report(reports, row)
        for name, days in LATE.items():
            report = self._ref(f"participation_{name}").report_ids
            report.due_on = show._today() - timedelta(days=days)
        self._date_reports(show, reports.filtered(lambda report: report.state == "open"))
        due = self.env["expo.progress.report"]._get_chase_domain()
        customers.report_ids.filtered_domain(due)._remind_overdue()
        show._sync_escalations()

    def _date_reports(self, show, reports):
        """These were issued on the day after the show; a new salesperson's on the day of the reassignment."""
        for report in reports:
            report.issued_on = min(max(show.date_end, report.participation_id.assigned_on), show._today())

    def _hand_in_report(self, reports, row):
        customer = self._ref(f"participation_{row['name']}")
        report = reports.filtered(lambda report: report.participation_id == customer)
        if not report:
            return
        show, owner = customer.exhibition_id, customer.user_id
        report.with_user(owner).write(
            {
                "stage": row["stage"],
                "what_was_done": row["done"],
                "obstacles": row.get("obstacles"),
                "forecast_amount": row["amount"],
                "forecast_on": show._today() + timedelta(days=30 * row["months"]),
                "help_needed": row.get("help"),
            }
        )
        report.with_user(owner).action_hand_in()
        if answer := row.get("answer"):
            report.with_user(self._ref("user_grace")).help_answer = answer
        day = show._today() - timedelta(days=row["day"])
        report.write({"received_on": day, "issued_on": show.date_end + timedelta(days=1)})
        following = customer.report_ids - report
        following.write({"issued_on": day})
