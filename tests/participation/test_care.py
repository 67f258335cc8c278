"""Customers with turnover stay in touch: who ordered, who was met long ago, who was never met at a show."""

from datetime import date
from itertools import pairwise

from freezegun import freeze_time
from psycopg2.extras import Json

from odoo.addons.expo_followup.models.participation.care import Care
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .test_participation_rhythm import RhythmCase


class CareCase(RhythmCase):
    def _never_met(self, name="Old Friend", abc_class="a", user=None, **values):
        partner = self._make_partner(name, is_company=True, user_id=(user or self.seller).id, **values)
        partner.sudo().with_company(self.env.company).expo_abc_class = abc_class
        return partner

    def _class(self, customer, abc_class="a"):
        self._set_class(customer, abc_class)

    def _rows(self, partner):
        return self.env["expo.followup"].search(
            [("partner_id", "=", partner.id), ("participation_id", "=", False), ("state", "in", ("planned", "due"))]
        )

    def _run(self, day):
        """What the scheduled action does after the classes, in a transaction of its own."""
        self.env.flush_all()
        with freeze_time(f"{day} 05:00:00"), self.enter_registry_test_mode(), self.env.registry.cursor() as cursor:
            Care(self.env.company.with_env(self.env(cr=cursor))).run()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCare(CareCase):
    def _followed(self, tier="intent", **values):
        customer = self._make_participation(tier=tier, country="de", **values)
        self._close()
        self._leave_plan_out(customer)
        return customer

    def test_customer_of_class_a_who_has_ordered_is_called_every_week(self):
        customer = self._followed()
        self._touch(customer, "2026-04-22")
        self._class(customer)
        with freeze_time("2026-04-23 09:00:00"):
            customer.outcome = "won"
        self.assertEqual(customer.idle_reason, "not_started")
        self._run("2026-04-24")
        self.assertEqual(self._asked(customer), [("cadence", "2026-04-29")], "seven days after the last follow-up")
        days = []
        for _week in range(6):
            [(_origin, day)] = self._asked(customer)
            days.append(date.fromisoformat(day))
            self._touch(customer, day)
        gaps = {(later - earlier).days for earlier, later in pairwise(days)}
        self.assertLessEqual(max(gaps), 7, days)

    def test_dormant_customer_with_turnover_stays_in_touch_and_one_without_does_not(self):
        buyer, other = self._followed(), self._make_participation("Other")
        self._class(buyer, "b")
        with freeze_time("2026-12-21 05:00:00"):
            (buyer | other).outcome = "dormant"
        self.assertEqual(self._planned_steps(buyer), {"last_proposal"})
        self._leave_plan_out(buyer | other, "2026-12-21")
        self._run("2026-12-22")
        self.assertTrue(self._rhythm_of(buyer))
        self.assertFalse(self._rhythm_of(other))
        self.assertEqual(other.idle_reason, "no_turnover")

    def test_lost_customer_is_left_alone_whatever_the_class(self):
        customer = self._followed()
        self._class(customer)
        with freeze_time("2026-04-23 09:00:00"):
            customer.outcome = "lost"
        self._run("2026-04-24")
        self.assertFalse(self._rhythm_of(customer))
        self.assertEqual(customer.idle_reason, "lost")

    def test_salesperson_takes_a_customer_out_of_the_cadence_at_once_and_back(self):
        met, never_met = self._followed(), self._never_met()
        self._touch(met, "2026-04-22")
        self._class(met)
        with freeze_time("2026-04-23 09:00:00"):
            met.outcome = "won"
        self._run("2026-04-24")
        for partner, rows in (
            (met.partner_id, lambda: self._rhythm_of(met)),
            (never_met, lambda: self._rows(never_met)),
        ):
            with self.subTest(partner.name), freeze_time("2026-04-24 09:00:00"):
                self.assertTrue(rows())
                partner.with_user(self.seller).expo_no_cadence = True
                self.assertFalse(rows())
                self.assertEqual(partner.expo_idle_reason, "left_out")
                partner.with_user(self.seller).expo_no_cadence = False
                self.assertTrue(rows())

    def test_class_without_cadence_is_given_up_and_says_so(self):
        self.env.company.expo_cadence_c_days = 0
        customer = self._followed()
        self._class(customer, "c")
        with freeze_time("2026-04-23 09:00:00"):
            customer.outcome = "won"
        self._run("2026-04-24")
        self.assertFalse(self._rhythm_of(customer))
        self.assertEqual(customer.idle_reason, "no_cadence")

    def test_customer_never_met_is_contacted_by_the_salesperson_of_the_contact(self):
        partner = self._never_met()
        self._run("2026-04-22")
        row = self._rows(partner)
        self.assertEqual((row.user_id, row.origin, str(row.window_start)), (self.seller, "cadence", "2026-04-22"))
        self.assertEqual(str(partner.with_user(self.seller).expo_next_followup_on), "2026-04-22")
        with freeze_time("2026-04-22 06:00:00"):
            self._run_cron("open")
        self.assertEqual(row.activity_id.res_model, "res.partner")
        self.assertEqual(row.activity_id.user_id, self.seller)
        with freeze_time("2026-04-22 09:00:00"):
            row.with_user(self.seller).record_outcome("Wants the new catalogue", "positive")
        self.assertEqual((row.state, row.number), ("done", 1))
        self.assertEqual([str(one.window_start) for one in self._rows(partner)], ["2026-04-29"])
        self.assertEqual(self._rows(partner).touch, 2, "the board counts them")
        self._run("2026-04-23")
        self.assertEqual(len(self._rows(partner)), 1, "a second run plans nothing more")

    def test_activity_of_a_customer_never_met_that_is_done_plans_the_next(self):
        partner = self._never_met()
        self._run("2026-04-22")
        with freeze_time("2026-04-22 06:00:00"):
            self._run_cron("open")
            self._rows(partner).activity_id.with_user(self.seller).action_feedback("Called")
        self.assertEqual([str(one.window_start) for one in self._rows(partner)], ["2026-04-29"])

    def test_follow_up_of_a_customer_never_met_that_is_skipped_plans_the_next(self):
        partner = self._never_met()
        self._run("2026-04-22")
        with freeze_time("2026-04-22 09:00:00"):
            self._rows(partner).with_user(self.seller).action_skip()
        self.assertEqual([str(one.window_start) for one in self._rows(partner)], ["2026-04-29"])

    def test_customer_never_met_without_salesperson_has_a_reason_and_no_follow_up(self):
        partner = self._never_met()
        partner.user_id = False
        self._run("2026-04-22")
        self.assertFalse(self._rows(partner))
        self.assertEqual(partner.expo_idle_reason, "no_salesperson")

    def test_customer_never_met_who_leaves_the_list_of_contacts_is_contacted_no_more(self):
        opted_out, archived = self._never_met("Opted Out"), self._never_met("Archived")
        self._run("2026-04-22")
        self.assertTrue(self._rows(opted_out) and self._rows(archived))
        self.env["mail.blacklist"]._add(opted_out.email)
        archived.active = False
        self._run("2026-04-23")
        self.assertFalse(self._rows(opted_out) | self._rows(archived))
        self.assertEqual((opted_out.expo_idle_reason, archived.expo_idle_reason), ("opted_out", "archived"))

    def test_customer_met_at_a_show_is_followed_up_there_and_not_twice(self):
        partner = self._never_met()
        self._run("2026-04-15")
        customer = self._make_participation(partner=partner)
        self._close()
        self.assertFalse(self._rows(partner))
        self._leave_plan_out(customer)
        self._touch(customer, "2026-04-22")
        self.assertEqual(self._asked(customer), [("cadence", "2026-04-29")])

    def test_follow_ups_of_a_leaver_go_to_the_next_salesperson_of_the_contact(self):
        partner = self._never_met()
        self._run("2026-04-22")
        partner.user_id = self.colleague
        with freeze_time("2026-04-22 06:00:00"):
            self.seller.active = False
        self._run("2026-04-23")
        self.assertEqual(self._rows(partner).user_id, self.colleague)

    def test_customers_with_turnover_of_another_company_stay_theirs(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self._never_met()
        with freeze_time("2026-04-22 05:00:00"):
            Care(other).run()
        self.assertFalse(self._rows(partner))

    def test_company_met_at_two_shows_is_served_by_the_salesperson_of_the_later_one(self):
        company = self._never_met()
        later = self._make_show(name="Summer Fair", date_begin=date(2026, 6, 11), date_end=date(2026, 6, 14))
        for show, user in ((later, self.colleague), (self.show, self.seller)):
            self._make_participation(partner=company, show=show, user=user)
        self.assertEqual(Care(self.env.company).get_owners(company)[company], self.colleague)

    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([kept.id, *(other.id for other in others)], dst_partner=kept)

    def test_customers_never_met_who_are_merged_keep_what_was_done_and_are_asked_for_once(self):
        kept, gone = self._never_met("Kept"), self._never_met("Gone")
        self._run("2026-04-22")
        with freeze_time("2026-04-22 09:00:00"):
            self._rows(gone).with_user(self.seller).record_outcome("Wants a sample", "positive")
        self.assertTrue(self._rows(kept) and self._rows(gone))
        with freeze_time("2026-04-23 09:00:00"):
            self._merge(kept, gone)
        done = self.env["expo.followup"].search([("partner_id", "=", kept.id), ("state", "=", "done")])
        self.assertEqual(done.content, "Wants a sample")
        self.assertEqual([str(row.window_start) for row in self._rows(kept)], ["2026-04-29"])

    def test_customer_never_met_who_is_merged_into_one_of_a_show_is_asked_for_once(self):
        met, never_met = self._followed(), self._never_met()
        self._touch(met, "2026-04-21")
        self._run("2026-04-22")
        self.assertTrue(self._rows(never_met))
        with freeze_time("2026-04-22 09:00:00"):
            self._merge(met.partner_id, never_met)
            self._run_cron("sync")
        self._run("2026-04-23")
        self.assertFalse(self._rows(met.partner_id))
        self.assertEqual(len(self._rhythm_of(met)), 1)

    def test_contact_that_joined_a_company_is_asked_for_with_it_only(self):
        contact, company = self._never_met("Joins"), self._never_met("Holding")
        self._run("2026-04-22")
        self.assertTrue(self._rows(contact))
        contact.write({"parent_id": company.id, "is_company": False})
        with freeze_time("2026-04-23 05:00:00"):
            Care(self.env.company).sync(contact)
        self.assertFalse(self._rows(contact))

    def test_contact_of_another_company_of_ours_is_contacted_no_more(self):
        partner = self._never_met()
        self._run("2026-04-22")
        self.assertTrue(self._rows(partner))
        partner.company_id = self.env["res.company"].create({"name": "Other"})
        self._run("2026-04-23")
        self.assertFalse(self._rows(partner))

    def test_contact_of_another_company_of_ours_does_not_enter_the_cadence(self):
        partner = self._never_met(company_id=self.env["res.company"].create({"name": "Other"}).id)
        self._run("2026-04-22")
        self.assertFalse(self._rows(partner) or partner.expo_cadence_from)


@tagged("post_install", "-at_install")
class TestCadenceStart(CareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"expo_cadence_started": False, "expo_daily_limit": 4})

    def _reminder(self):
        kind = self.env.ref("expo_followup.activity_cadence_start")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def test_customers_enter_after_the_manager_within_the_daily_limit(self):
        partners = self.env["res.partner"].union(*(self._never_met(f"Buyer {number}") for number in range(10)))
        kept_out = partners[0]
        self._run("2026-04-22")
        self.assertFalse(self._rows(partners[1]))
        self.assertEqual(partners[1].expo_idle_reason, "not_started")
        self.assertIn("10", self._reminder().summary)
        self._run("2026-04-23")
        self.assertEqual(len(self._reminder()), 1)
        with freeze_time("2026-04-23 09:00:00"):
            wizard = self.env["expo.cadence.start"].with_user(self.manager).create({})
            self.assertEqual(wizard.partner_count, 10)
            self.assertIn(self.seller.name, wizard.preview)
            wizard.partner_ids -= kept_out
            wizard.action_start()
        self.assertFalse(self._rows(kept_out))
        days = [self._rows(partner).window_start for partner in partners - kept_out]
        self.assertEqual(min(days), date(2026, 4, 23), "nothing is planned backwards")
        self.assertLessEqual(max(days.count(day) for day in days), 4)
        self.assertFalse(self._reminder())
        self.assertTrue(self.env.company.expo_cadence_started)
        self._run("2026-04-24")
        self.assertFalse(self._rows(kept_out), "who was taken out does not enter the night after")
        self.assertEqual(kept_out.expo_idle_reason, "left_out")
        kept_out.expo_no_cadence = False
        self._run("2026-04-27")
        self.assertTrue(self._rows(kept_out))

    def test_what_is_overdue_takes_its_place_in_the_day(self):
        customer = self._make_participation()
        for day in ("2026-04-15", "2026-04-16", "2026-04-17", "2026-04-22"):
            self.env["expo.followup"].with_user(self.seller)._create_manual(customer, date.fromisoformat(day))
        buyer = self._never_met("Buyer")
        with freeze_time("2026-04-22 09:00:00"):
            self.assertEqual(Care(self.env.company).get_first_days(buyer), {buyer: date(2026, 4, 23)})

    def test_preview_names_the_days_on_which_the_cadence_will_start(self):
        partner = self._never_met()
        with freeze_time("2026-04-23 09:00:00"):
            wizard = self.env["expo.cadence.start"].with_user(self.manager).create({"first_on": "2026-01-05"})
            self.assertNotIn("01/05/2026", wizard.preview)
            self.assertIn("04/23/2026", wizard.preview)
            wizard.action_start()
        self.assertEqual(self._rows(partner).window_start, date(2026, 4, 23))

    def test_customers_enter_by_themselves_where_the_company_says_so(self):
        partner = self._never_met()
        self.env.company.expo_cadence_started = True
        self._run("2026-04-22")
        self.assertTrue(self._rows(partner))

    def test_only_sales_managers_start_the_cadence(self):
        with self.assertRaises(AccessError):
            self.env["expo.cadence.start"].with_user(self.seller).create({})

    def test_wizard_starts_only_customers_who_may_enter(self):
        silent = self._make_partner("Stranger", is_company=True)
        with freeze_time("2026-04-23 09:00:00"):
            wizard = self.env["expo.cadence.start"].with_user(self.manager).create({"partner_ids": silent.ids})
            wizard.action_start()
        self.assertFalse(silent.with_company(self.env.company).expo_cadence_from)

    def test_a_thousand_customers_of_three_years_enter_spread_over_days(self):
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO res_partner (
                    name, complete_name, is_company, active, type, autopost_bills, user_id, expo_abc_class
                )
                SELECT 'Buyer ' || n, 'Buyer ' || n, TRUE, TRUE, 'contact', 'ask',
                       CASE WHEN n %% 2 = 0 THEN %s ELSE %s END, %s
                  FROM generate_series(1, 1000) n RETURNING id
                """,
                self.seller.id,
                self.colleague.id,
                Json({str(self.env.company.id): "b"}),
            )
        )
        partners = self.env["res.partner"].browse(row[0] for row in rows)
        self.env.execute_query(
            SQL("UPDATE res_partner SET commercial_partner_id = id WHERE id IN %s RETURNING id", partners._ids)
        )
        self.env.company.expo_daily_limit = 20
        self.env.company.expo_cadence_started = True
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._run("2026-04-22")
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 250)
        rows = self.env["expo.followup"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(len(rows), 1000)
        days = [(row.user_id, row.window_start) for row in rows]
        self.assertLessEqual(max(days.count(key) for key in set(days)), 20)
        before = self.env.cr.sql_log_count
        self._run("2026-04-22")
        self.assertLess(self.env.cr.sql_log_count - before, 60, "a second run looks and plans nothing")
        self.assertEqual(self.env["expo.followup"].search_count([("partner_id", "in", partners.ids)]), 1000)
