"""Progress reports: issued with the assignment, the next one on receipt, until the invoice or the loss."""

from ast import literal_eval
from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.common import ExpoCase

CLOSED = "2026-04-21 08:00:00"


class ReportCase(ExpoCase):
    """A closed show with one customer who may order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi", tier="intent")
        with freeze_time(CLOSED):
            cls.show.close_show()
            cls.maria._issue_reports()
        cls.report = cls.maria.report_ids

    def _hand_in(self, report=None, user=None, **values):
        report = (report or self.maria.report_ids.filtered(lambda r: r.state == "open")).with_user(user or self.seller)
        report.write({"stage": "quoted", "what_was_done": "Quoted two containers", **values})
        report.action_hand_in()
        return report


@tagged("post_install", "-at_install")
@freeze_time(CLOSED)
class TestProgressReport(ReportCase):
    # -- which there are -------------------------------------------------------------------------------

    def test_a_customer_who_may_order_gets_a_report_due_in_two_weeks(self):
        self.assertEqual(len(self.report), 1)
        self.assertEqual((self.report.number, self.report.state, self.report.user_id), (1, "open", self.seller))
        self.assertEqual((self.report.issued_on, self.report.due_on), (date(2026, 4, 21), date(2026, 5, 5)))
        self.assertEqual(self.maria.report_due_on, date(2026, 5, 5))

    def test_a_report_is_due_on_a_working_day_of_ours(self):
        self.env.company.expo_report_days = 4
        hans = self._make_participation("Hans Becker")
        self._run_cron("sync")
        # The fourth day is a Saturday.
        self.assertEqual(hans.report_ids.due_on, date(2026, 4, 27))

    def test_who_needs_none_gets_none(self):
        self._make_participation("Unassigned", user=False)
        self._make_participation("Lost").outcome = "lost"
        fair = self._make_show(name="Other", code="OF")
        self._make_participation("Show Still Running", show=fair)
        self._run_cron("sync")
        self.assertEqual(self.env["expo.progress.report"].search([]), self.report)

    def test_customers_of_every_tier_are_reported_on_unless_the_company_chooses(self):
        others = [self._make_participation(f"Tier {code}", tier=code) for code in ("materials", "none")]
        self._run_cron("sync")
        self.assertEqual([len(customer.report_ids) for customer in others], [1, 1])
        self.env.company.expo_report_tier_ids = self.tiers["intent"] | self.tiers["none"]
        self._run_cron("sync")
        self.assertEqual([customer.report_ids.state for customer in others], ["ended", "open"])
        self.assertEqual(self.report.state, "open")
        self.tiers["none"].active = False
        self.env.company.expo_report_tier_ids -= self.tiers["intent"]
        self._run_cron("sync")
        # A tier that is archived is still the one chosen.
        self.assertEqual([self.report.state, others[1].report_ids.state], ["ended", "open"])

    def test_each_company_chooses_its_own_tiers(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.expo_report_tier_ids = self.tiers["signed"]
        domain = self.env["expo.participation"]._get_reported_domain()
        self.assertTrue(self.maria.filtered_domain(domain))
        self.assertIn(self.maria, self.env["expo.participation"].with_user(self.seller).search(domain))

    def test_the_customers_never_reported_on_are_those_whose_first_report_is_open(self):
        view = self.env.ref("expo_followup.expo_participation_view_search")
        node = etree.fromstring(view.arch).find(".//filter[@name='never_reported']")
        customers = self.env["expo.participation"].with_user(self.manager)
        self.assertEqual(customers.search(literal_eval(node.get("domain"))), self.maria.with_user(self.manager))
        self._hand_in()
        self.assertFalse(customers.search(literal_eval(node.get("domain"))))

    def test_no_reports_at_all_when_the_company_wants_none(self):
        self.env.company.expo_report_days = 0
        self._make_participation("Hans Becker")
        self._run_cron("sync")
        self.assertEqual(self.env["expo.progress.report"].search([]).mapped("state"), ["ended"])

    def test_a_second_run_changes_nothing(self):
        self._run_cron("sync")
        self._run_cron("sync")
        self.assertEqual(self.maria.report_ids, self.report)

    def test_two_open_reports_on_one_customer_cannot_be(self):
        domain = self.maria._get_report_domain()
        self.assertFalse(self.maria.filtered_domain(domain))
        self.assertFalse(self.env["expo.participation"].search(domain))
        with self.assertRaises(UserError):
            self.maria.with_user(self.manager).action_issue_report()

    # -- one after the other ---------------------------------------------------------------------------

    def test_handing_in_issues_the_next_one_at_once_with_stage_and_forecast(self):
        with freeze_time("2026-04-28 08:00:00"):
            first = self._hand_in(forecast_amount=12000, forecast_on="2026-07-01", obstacles="Price")
            self.assertEqual((first.state, first.received_on), ("received", date(2026, 4, 28)))
            self.assertEqual(first.received_by_id, self.seller)
            second = self.maria.report_ids - first
            self.assertEqual((second.number, second.state, second.due_on), (2, "open", date(2026, 5, 12)))
            self.assertEqual((second.stage, second.forecast_amount), ("quoted", 12000))
            self.assertFalse(second.what_was_done or second.obstacles)
            self.assertEqual(second.previous_id, first.sudo())

    def test_the_report_shows_what_was_done_since_the_last_one(self):
        call = self._step_of(self.maria, "first_call")
        call.with_user(self.seller).record_outcome("Called", "positive")
        self.assertEqual(self.report.touch_ids, call)
        with freeze_time("2026-04-24 08:00:00"):
            self._hand_in()
            self.assertFalse(self.maria.report_ids.filtered(lambda r: r.state == "open").touch_ids)

    def test_the_forecast_goes_to_the_opportunity(self):
        lead = self.env["crm.lead"].create({"name": "Maria", "type": "opportunity", "user_id": self.seller.id})
        self.maria.lead_id = lead
        self._hand_in(forecast_amount=5000, forecast_on="2026-08-01")
        self.assertEqual((lead.expected_revenue, lead.date_deadline), (5000, date(2026, 8, 1)))

    def test_an_empty_report_is_not_handed_in(self):
        with self.assertRaises(UserError):
            self.report.with_user(self.seller).action_hand_in()
        with self.assertRaises(UserError):
            self._hand_in(what_was_done="  ")
        self.assertEqual(self.report.state, "open")

    def test_a_report_is_handed_in_once(self):
        self._hand_in()
        with self.assertRaises(UserError):
            self.report.with_user(self.seller).action_hand_in()
        self.assertEqual(len(self.maria.report_ids), 2)

    # -- the end ---------------------------------------------------------------------------------------

    def test_report_ends_with_the_outcome_and_reopening_issues_a_new_one(self):
        for outcome in ("won", "lost", "dormant"):
            with self.subTest(outcome=outcome):
                self.maria.outcome = outcome
                self.assertEqual(set(self.maria.report_ids.mapped("state")), {"ended"})
                self._run_cron("sync")
                self.assertEqual(set(self.maria.report_ids.mapped("state")), {"ended"})
                self.maria.outcome = "open"
                self._run_cron("sync")
                self.assertEqual(self.maria.report_ids.filtered(lambda r: r.state == "open").user_id, self.seller)

    def test_a_tier_without_reports_or_a_show_that_is_done_ends_it(self):
        self.env.company.expo_report_tier_ids = self.tiers["signed"] | self.tiers["intent"]
        self.maria.with_user(self.seller).set_tier("materials", "Only collects brochures")
        self.assertEqual(self.report.state, "ended")
        self.maria.set_tier("intent")
        self._run_cron("sync")
        self.show.action_done()
        self._run_cron("sync")
        self.assertEqual(set(self.maria.report_ids.mapped("state")), {"ended"})

    def test_the_last_report_handed_in_after_the_loss_is_followed_by_none(self):
        self._hand_in()
        self.maria.outcome = "lost"
        self.assertEqual(sorted(self.maria.report_ids.mapped("state")), ["ended", "received"])

    # -- whose -----------------------------------------------------------------------------------------

    def test_a_new_owner_gets_the_open_report_and_its_reminder(self):
        self.report.reminded_on = False
        self.report._remind_salespeople()
        first = self._hand_in()
        second = self.maria.report_ids.filtered(lambda r: r.state == "open")
        second._remind_salespeople()
        self.maria.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        self.assertEqual((first.user_id, second.user_id), (self.seller, self.colleague))
        self.assertEqual(second.activity_ids.user_id, self.colleague)
        self.assertNotIn(self.seller.partner_id, (first | second).sudo().message_partner_ids)
        with self.assertRaises(AccessError):
            second.with_user(self.seller).read(["stage"])

    def test_merging_contacts_keeps_the_reports_of_both_and_one_open(self):
        self._hand_in()
        twin = self._make_participation("M. Rossi")
        self._run_cron("sync")
        self.maria._merge_from(twin)
        self.assertEqual(sorted(self.maria.report_ids.mapped("number")), [1, 2, 3])
        self.assertEqual(self.maria.report_ids.filtered(lambda r: r.state == "open").number, 3)

    def test_deleted_customer_deletes_reports_and_reminders(self):
        self.report._remind_salespeople()
        reminder, messages = self.report.activity_ids, self.report.message_ids
        self.maria.unlink()
        self.assertFalse(self.report.exists() or reminder.exists() or messages.exists())

    def test_erasing_a_person_erases_their_reports(self):
        found = self.env["expo.privacy"]._find_records(self.maria.partner_id)
        self.assertEqual(found["expo.progress.report"], self.report)

    # -- who writes what -------------------------------------------------------------------------------

    def test_system_fields_cannot_be_forged(self):
        for values in ({"state": "received"}, {"due_on": "2027-01-01"}, {"user_id": self.colleague.id},
                       {"number": 7}, {"help_answer": "Fine"}, {"is_late": False}):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.report.with_user(self.seller).write(values)
        with self.assertRaises(AccessError):
            self.env["expo.progress.report"].with_user(self.manager).create({"participation_id": self.maria.id})

    def test_what_was_handed_in_stays_as_it_is(self):
        first = self._hand_in()
        for user in (self.seller, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                first.with_user(user).what_was_done = "Otherwise"

    def test_asking_for_a_report_does_not_take_defaults_at_their_word(self):
        hans = self._make_participation("Hans Becker")
        hans.with_user(self.manager).with_context(
            default_state="received", default_what_was_done="x"
        ).action_issue_report()
        self.assertEqual((hans.report_ids.state, hans.report_ids.what_was_done), ("open", False))

    # -- help ------------------------------------------------------------------------------------------

    def test_who_asks_for_help_comes_first_and_the_manager_answers(self):
        self.seller.notification_type = "inbox"
        first = self._hand_in(help_needed="May I give 3%?")
        self.assertTrue(first.needs_help)
        self.assertEqual(first.sudo().activity_ids.user_id, self.manager)
        self.assertEqual(self.env["expo.progress.report"].search([])[0], first)

        first.with_user(self.manager).help_answer = "Yes, against prepayment."
        self.assertFalse(first.needs_help)
        self.assertEqual((first.help_answered_by_id, first.help_answered_on), (self.manager, date(2026, 4, 21)))
        self.assertFalse(first.sudo().activity_ids)
        told = self.env["mail.notification"].search([("res_partner_id", "=", self.seller.partner_id.id)])
        self.assertIn("Yes, against prepayment.", told.mail_message_id.mapped("preview"))

    # -- reminding -------------------------------------------------------------------------------------

    def _remind_on(self, day):
        with freeze_time(f"{day} 08:00:00"):
            self._run_cron("escalate")
        return self.report.activity_ids

    def test_the_owner_is_reminded_before_the_day_and_the_report_is_late_after_it(self):
        self.assertFalse(self._remind_on("2026-05-02"))
        reminder = self._remind_on("2026-05-03")
        self.assertEqual((reminder.user_id, reminder.date_deadline), (self.seller, date(2026, 5, 5)))
        self._remind_on("2026-05-05")
        self.assertFalse(self.report.is_late)
        self.assertEqual(self._remind_on("2026-05-06"), reminder)
        self.assertTrue(self.report.is_late)

    def test_who_puts_the_reminder_aside_is_reminded_again_when_it_is_late(self):
        self._remind_on("2026-05-03").unlink()
        self.assertFalse(self._remind_on("2026-05-04"))
        self.assertEqual(self._remind_on("2026-05-06").user_id, self.seller)

    def test_second_run_sends_no_reminder_twice(self):
        reminder = self._remind_on("2026-05-06")
        self.assertEqual(self._remind_on("2026-05-06"), reminder)
        with freeze_time("2026-05-06 08:00:00"):
            domain = self.env["expo.progress.report"]._get_chase_domain()
            self.assertFalse(self.env["expo.progress.report"].search(domain))

    def test_handing_in_late_shows_and_ends_the_reminder(self):
        self._remind_on("2026-05-06")
        with freeze_time("2026-05-07 08:00:00"):
            first = self._hand_in()
        self.assertTrue(first.is_late)
        self.assertEqual(first.punctuality, "late")
        self.assertFalse(self.report.activity_ids)

    # -- cost ------------------------------------------------------------------------------------------

    def test_issuing_and_reminding_take_as_many_queries_for_two_hundred_as_for_twenty(self):
        def queries_for(number, code):
            show = self._make_show(name=code, code=code)
            partners = self.env["res.partner"].create([{"name": f"{code} {n}"} for n in range(number)])
            customers = self.env["expo.participation"].create(
                [
                    {
                        "exhibition_id": show.id,
                        "partner_id": partner.id,
                        "tier_id": self.tiers["intent"].id,
                        "user_id": self.seller.id,
                    }
                    for partner in partners
                ]
            )
            show.state = "followup"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            reports = self.env["expo.participation"].browse(customers.ids)._issue_reports()
            self.env.flush_all()
            self.env.invalidate_all()
            reports._remind_overdue()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries_for(2, "WARM")
        few, many = queries_for(20, "FEW"), queries_for(200, "MANY")
        self.assertLess(many, few + 15)
