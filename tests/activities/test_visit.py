"""A visit from its plan to the customer's receipt: who may do what, what follows, what is chased."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from tests.common import ExpoCase

# The show ends on Monday, April 20; the plan's visit falls into May. This is a Thursday.
DAY = datetime(2026, 5, 14, 8, 0)


class VisitCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls._make_partner("Rossi S.p.A.", is_company=True, street="Via Roma 1", city="Milano")
        maria = cls._make_partner("Maria Rossi", parent_id=company.id)
        cls.customer = cls._make_participation(partner=maria, tier="signed")
        cls.customer.file_id.person_ids.decides = "yes"

    def _plan(self, user=None, **values):
        user = user or self.seller
        return self.env["expo.visit"].with_user(user).create(
            {
                "participation_id": self.customer.id,
                "aim": "Agree on the autumn order",
                "plan": "Show the new lids, ask for the budget",
                "start": DAY,
                "user_id": user.id,
                **values,
            }
        )  # fmt: skip

    def _approve(self, visit):
        visit.action_submit()
        visit.with_user(self.manager).action_approve()
        return visit

    def _write_minutes(self, visit):
        visit.write({"discussed": "Lids and prices", "agreed": "Two containers", "effect": "positive"})
        visit.action_submit_minutes()
        return visit

    def _refused(self):
        return self.assertRaises(AccessError)


@tagged("post_install", "-at_install")
class TestVisitPlan(VisitCase):
    def test_a_new_visit_knows_whom_to_meet_where_and_what_to_prepare(self):
        visit = self._plan()
        self.assertEqual(visit.person_ids.mapped("name"), ["Maria Rossi"])
        self.assertEqual(visit.person_ids.decides, "yes")
        self.assertIn("Via Roma 1", visit.location)
        self.assertEqual(set(visit.item_ids.mapped("kind")), {"goods", "letters", "papers", "cards"})
        visit.item_ids[0].is_ready = True
        self.assertEqual(visit.preparation, f"1 / {len(visit.item_ids)}")

    def test_an_approved_visit_is_moved_but_not_left_without_a_day(self):
        visit = self._approve(self._plan())
        with self.assertRaises(UserError):
            visit.start = False
        visit.start = datetime(2026, 5, 15, 8, 0)
        self.assertEqual(visit.event_id.start, visit.start)

    def test_the_form_plans_a_visit_from_the_customer(self):
        action = self.customer.with_user(self.seller).action_plan_visit()
        form = Form(self.env["expo.visit"].with_user(self.seller).with_context(**action["context"]))
        form.aim = "Agree on the autumn order"
        visit = form.save()
        self.assertEqual((visit.partner_id, visit.user_id), (self.customer.partner_id, self.seller))

    def test_a_visit_is_planned_from_the_customers_file_and_seen_there(self):
        file = self.customer.file_id.with_user(self.seller)
        form = Form(self.env["expo.visit"].with_user(self.seller).with_context(**file.action_plan_visit()["context"]))
        form.aim = "See the new factory"
        visit = form.save()
        of_the_show = self._plan()
        file.invalidate_recordset(["visit_count"])
        self.assertEqual(file.visit_count, 2)
        found = self.env["expo.visit"].with_user(self.seller).search(file.action_open_visits()["domain"])
        self.assertEqual(found, visit | of_the_show)

    def test_a_request_says_whom_why_what_and_when(self):
        for missing in ("aim", "plan", "start"):
            with self.subTest(missing=missing), self.assertRaises(UserError):
                self._plan(**{missing: False}).action_submit()
        visit = self._plan()
        visit.person_ids.unlink()
        with self.assertRaises(UserError):
            visit.action_submit()

    def test_a_manager_approves_and_the_visit_is_in_the_calendar_and_a_touch(self):
        visit = self._plan(member_ids=[(6, 0, self.colleague.ids)])
        visit.action_submit()
        todo = visit.todo_id
        self.assertEqual((todo.user_id, todo.summary), (self.manager, "Approve the visit"))
        visit.with_user(self.manager).action_approve()
        event = visit.event_id.sudo()
        self.assertEqual((event.start, event.stop), (DAY, datetime(2026, 5, 14, 10, 0)))
        self.assertEqual(event.partner_ids, (self.seller | self.colleague).partner_id)
        self.assertEqual(event.privacy, "private")
        self.assertEqual(visit.followup_id.participation_id, self.customer)
        self.assertEqual(visit.minutes_due_on, date(2026, 5, 18))
        self.assertEqual((visit.todo_id.user_id, visit.todo_id.date_deadline), (self.seller, date(2026, 5, 18)))

    def test_the_plan_s_own_visit_is_the_touch_where_it_is_open(self):
        self.show.with_user(self.manager).close_show()
        planned = self._step_of(self.customer, "visit")
        first, second = self._approve(self._plan()), self._approve(self._plan())
        self.assertEqual(first.followup_id, planned)
        self.assertEqual(second.followup_id.origin, "manual")

    def test_it_is_sent_back_with_a_reason_changed_and_approved(self):
        visit = self._plan()
        visit.action_submit()
        boss = visit.with_user(self.manager)
        with self.assertRaises(UserError):
            boss.send_back("  ")
        action = boss.action_send_back()
        dialog = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        dialog.reason = "Ask for the credit limit, too"
        dialog.action_confirm()
        self.assertEqual((visit.state, visit.back_reason), ("sent_back", "Ask for the credit limit, too"))
        self.assertEqual(visit.todo_id.user_id, self.seller)
        visit.plan = "Lids, budget, credit limit"
        self._approve(visit)
        self.assertEqual((visit.state, visit.back_reason), ("approved", False))

    def test_own_visit_cannot_be_approved(self):
        mine = self._plan(user=self.manager)
        new_test_user(self.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        mine.action_submit()
        with self._refused():
            mine.action_approve()
        # Nor by asking in the name of a colleague, or as the one who goes.
        for values in (
            {"user": self.seller, "user_id": self.manager.id},
            {"user": self.manager, "user_id": self.seller.id},
        ):
            visit = self._plan(**values)
            visit.with_user(values["user"]).action_submit()
            with self.subTest(values=values), self._refused():
                visit.with_user(self.manager).action_approve()

    def test_the_only_manager_s_visit_is_approved_by_a_user_of_all_customers(self):
        mine = self._plan(user=self.manager)
        others = self.env["res.users"].search([("id", "!=", self.manager.id)])
        others.group_ids = [(3, self.env.ref("sales_team.group_sale_manager").id)]
        all_documents = new_test_user(self.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        mine.action_submit()
        self.assertEqual(mine.todo_id.user_id, all_documents)
        with self._refused():
            mine.with_user(self.seller).action_approve()
        mine.with_user(all_documents).action_approve()
        self.assertEqual(mine.approved_by_id, all_documents)

    def test_a_salesperson_approves_nothing_and_a_user_of_all_customers_not_where_there_are_managers(self):
        visit = self._plan()
        visit.action_submit()
        all_documents = new_test_user(self.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        with self._refused():
            visit.with_user(all_documents).action_approve()
        self.assertFalse(visit.with_user(all_documents).can_decide)
        self.assertTrue(visit.with_user(self.manager).can_decide)

    def test_what_was_approved_is_not_changed_but_its_day_is(self):
        visit = self._approve(self._plan())
        with self.assertRaises(UserError):
            visit.plan = "Have dinner"
        visit.start = datetime(2026, 5, 15, 8, 0)
        self.assertEqual(visit.event_id.sudo().start, visit.start)
        self.assertEqual(visit.minutes_due_on, date(2026, 5, 19))
        self.assertEqual(visit.followup_id.window_start, date(2026, 5, 15))
        visit.event_id.with_user(self.seller).write({"start": DAY, "stop": datetime(2026, 5, 14, 9, 0)})
        self.assertEqual((visit.start, visit.duration), (DAY, 1.0))

    def test_the_plan_is_changed_after_taking_it_back_and_approved_again(self):
        visit = self._approve(self._plan())
        visit.action_revise()
        self.assertEqual((visit.state, visit.event_id.id, visit.approved_by_id.id), ("draft", False, False))
        visit.plan = "Have dinner"
        self.assertTrue(self._approve(visit).event_id)

    def test_a_visit_called_off_leaves_calendar_and_touches(self):
        visit = self._approve(self._plan())
        event, followup = visit.event_id, visit.followup_id
        visit.cancel("The customer is ill")
        self.assertFalse(event.exists())
        self.assertEqual((visit.state, followup.state), ("cancelled", "skipped"))
        with self.assertRaises(UserError):
            visit.action_hold()

    def test_people_of_other_customers_are_not_met_here(self):
        stranger = self._make_participation("Hans Becker", user=self.colleague).file_id
        stranger.person_ids = [(0, 0, {"name": "Secret Person"})]
        visit = self._plan()
        with self.assertRaises(ValidationError):
            visit.person_ids = [(0, 0, {"person_id": stranger.person_ids[:1].id})]

    def test_visit_to_a_colleagues_customer_shows_nothing_of_the_file(self):
        theirs = self._make_participation("Hans Becker", user=self.colleague)
        theirs.file_id.person_ids = [(0, 0, {"name": "Secret Person", "decides": "yes"})]
        visits = self.env["expo.visit"].with_user(self.seller)
        with self._refused():
            visits.create({"participation_id": theirs.id})
        visit = visits.create({"partner_id": theirs.partner_id.id, "user_id": self.seller.id})
        self.assertFalse(visit.person_ids)

    def test_what_the_system_keeps_is_not_written_by_users(self):
        visit = self._plan()
        for forged in (
            {"state": "approved"},
            {"approved_by_id": self.manager.id},
            {"sent_on": DAY},
            {"discussed": "X"},
        ):
            with self.subTest(forged=forged), self.assertRaises(UserError):
                visit.write(forged)
            with self.subTest(created=forged), self._refused():
                self._plan(**forged)
        sly = self.env["expo.visit"].with_user(self.seller).with_context(default_state="approved")
        self.assertEqual(sly.create({"participation_id": self.customer.id}).state, "draft")

    def test_a_visit_goes_with_its_customer_with_all_that_hangs_on_it(self):
        visit = self._approve(self._plan())
        event, messages = visit.event_id, visit.sudo().message_ids
        with self._refused():
            self.customer.with_user(self.seller).unlink()
        self.assertTrue(visit.exists() and messages)
        self.customer.with_user(self.manager).unlink()
        self.assertFalse(visit.exists() or event.exists() or messages.exists())

    def test_merging_two_entries_keeps_the_visits_of_both(self):
        visit = self._approve(self._plan())
        twin = self._make_participation("Maria R.", tier="signed")
        second = self.env["expo.visit"].create({"participation_id": twin.id, "aim": "Lunch"})
        self.customer._merge_from(twin)
        self.assertEqual(self.customer.visit_ids, visit.sudo() | second)

    def test_reassigning_the_customer_moves_open_visits(self):
        visit = self._approve(self._plan())
        self.customer.with_user(self.manager).user_id = self.colleague
        self.assertEqual((visit.sudo().user_id, visit.sudo().todo_id.user_id), (self.colleague, self.colleague))
        self.assertEqual(visit.sudo().event_id.partner_ids, self.colleague.partner_id)
        self.assertFalse(visit.with_user(self.seller).has_access("read"))


@tagged("post_install", "-at_install")
class TestVisitMinutes(VisitCase):
    def _hold(self, **values):
        visit = self._approve(self._plan(**values))
        visit.action_hold()
        return visit

    @freeze_time("2026-05-11 12:00:00")
    def test_visit_is_not_marked_as_held_before_its_day(self):
        visit = self._approve(self._plan())
        with self.assertRaisesRegex(UserError, "before its day, 05/14/2026"):
            visit.action_hold()
        self.assertEqual(visit.state, "approved")
        with freeze_time("2026-05-14 06:00:00"):
            visit.action_hold()
        self.assertEqual(visit.state, "held")

    @freeze_time("2026-05-15 12:00:00")
    def test_holding_does_the_touch_and_the_minutes_say_what_came_of_it(self):
        visit = self._hold()
        followup = visit.followup_id
        self.assertEqual((visit.held_on, visit.minutes_due_on), (date(2026, 5, 14), date(2026, 5, 18)))
        self.assertEqual((followup.state, followup.outcome_missing), ("done", True))
        self.assertEqual(followup.done_on, datetime(2026, 5, 14, 10, 0))
        self._write_minutes(visit)
        self.assertEqual((followup.effect, followup.outcome_missing), ("positive", False))
        self.assertIn("Two containers", followup.content)

    def test_minutes_say_what_was_discussed_and_how_the_customer_reacted(self):
        visit = self._hold()
        visit.discussed = "Lids"
        with self.assertRaises(UserError):
            visit.action_submit_minutes()

    def test_minutes_are_sent_back_corrected_and_reviewed_by_another_user(self):
        visit = self._write_minutes(self._hold())
        with self.assertRaises(UserError):
            visit.discussed = "Other things"
        with self._refused():
            visit.action_review()
        visit.with_user(self.manager).send_back("Which price?")
        self.assertEqual((visit.state, visit.back_reason), ("held", "Which price?"))
        visit.agreed = "Two containers at 9.50"
        visit.action_submit_minutes()
        self.assertIn("9.50", visit.followup_id.content)
        visit.with_user(self.manager).action_review()
        self.assertEqual((visit.state, visit.reviewed_by_id), ("reviewed", self.manager))
        self.assertEqual(visit.todo_id.summary, "Send the minutes to the customer")

    def test_manager_cannot_review_own_minutes_for_a_colleague(self):
        visit = self._hold()
        self._write_minutes(visit.with_user(self.manager))
        with self._refused():
            visit.with_user(self.manager).action_review()

    def test_the_next_step_agreed_at_the_visit_is_planned(self):
        visit = self._hold()
        agreed = visit.next_on = fields.Date.add(fields.Date.today(), months=6)
        self._write_minutes(visit)
        self.assertIn(agreed, self.customer.followup_ids.mapped("window_start"))

    def test_who_was_there_is_settled_with_the_minutes(self):
        visit = self._write_minutes(self._hold())
        with self.assertRaises(UserError):
            visit.person_ids.was_present = False

    @freeze_time("2026-05-14 12:00:00")
    def test_late_minutes_are_chased_then_shown_to_a_manager_once(self):
        visit = self._hold()
        in_time = self._approve(self._plan(start=datetime(2026, 5, 20, 8, 0)))
        for day, state in (
            ("2026-05-18", "none"),  # due on Monday
            ("2026-05-19", "chased"),
            ("2026-05-21", "chased"),  # two working days later is in time still
            ("2026-05-22", "escalated"),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 08:00:00"):
                self._run_cron("escalate")
                self._run_cron("escalate")
                self.assertEqual(visit.chase_state, state)
        told = self.env["mail.message"].search([("subject", "=like", "Overdue visit minutes%")])
        self.assertEqual(told.mapped("partner_ids"), self.seller.partner_id)
        late = visit.activity_ids.filtered(lambda activity: activity.summary.startswith("Overdue minutes"))
        self.assertEqual((len(late), late.user_id), (1, self.manager))
        self.assertEqual((in_time.minutes_due_on, in_time.chase_state), (date(2026, 5, 22), "none"))

    @freeze_time("2026-05-14 12:00:00")
    def test_chasing_many_takes_no_query_per_visit(self):
        def chase(count):
            visits = self.env["expo.visit"].union(*(self._plan().sudo() for _number in range(count)))
            visits.write({"state": "held"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits._chase_owners()
            visits._chase_managers()
            self.env.flush_all()
            self.assertEqual(set(visits.mapped("chase_state")), {"escalated"})
            return self.env.cr.sql_log_count - before

        chase(1)
        few, many = chase(3), chase(33)
        self.assertLess(many - few, 30, "thirty visits more take less than a query each")
