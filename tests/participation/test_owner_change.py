"""The salesperson of a customer: the history, what moves along, and that the former one is out at once."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-27 08:00:00")
class TestOwnerChange(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi", tier="intent", user=cls.seller)
        (cls.manager | cls.seller | cls.colleague).notification_type = "inbox"

    def _history(self, customer):
        return [
            (change.user_before_id, change.user_after_id, change.reason, change.changed_by_id)
            for change in customer.owner_change_ids.sorted("id")
        ]

    def _notices(self, user):
        """Return what a user found in the inbox, apart from messages on the customers themselves."""
        found = self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])
        return found.mail_message_id

    # -- history ---------------------------------------------------------------------------------------

    def test_the_history_says_who_gave_whom_to_whom_and_why(self):
        self.maria.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        no_user = self.env["res.users"]
        self.assertEqual(
            self._history(self.maria),
            [
                (no_user, self.seller, False, self.env.user),
                (self.seller, self.colleague, "Speaks Italian", self.manager),
            ],
        )
        self.assertEqual(self.maria.owner_reason, "Speaks Italian")

    def test_a_change_by_hand_leaves_a_row_and_the_old_reason_does_not_stay(self):
        self.maria.set_owner(self.colleague, "Speaks Italian")
        self.maria.with_user(self.manager).user_id = self.seller
        self.assertEqual(self._history(self.maria)[-1], (self.colleague, self.seller, False, self.manager))
        self.assertFalse(self.maria.owner_reason)

    def test_unassigned_customer_has_no_history_until_assigned(self):
        ivan = self._make_participation("Ivan Petrov", user=False)
        self.assertFalse(ivan.owner_change_ids)
        ivan.with_user(self.seller).set_owner(self.seller, "Met the customer")
        self.assertEqual(len(ivan.owner_change_ids), 1)

    def test_assigning_the_present_salesperson_changes_nothing(self):
        before = self.maria.owner_change_ids
        with freeze_time("2026-05-27"):
            self.maria.set_owner(self.seller, "Again")
        self.assertEqual(self.maria.owner_change_ids, before)
        self.assertEqual(str(self.maria.assigned_on), "2026-04-27")

    def test_salesperson_history_cannot_be_written_by_hand(self):
        change = self.maria.owner_change_ids
        for user in (self.seller, self.manager):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    change.with_user(user).write({"reason": "Otherwise"})
                with self.assertRaises(AccessError):
                    change.with_user(user).create({"participation_id": self.maria.id})
                with self.assertRaises(AccessError):
                    change.with_user(user).unlink()

    def test_a_merge_of_contacts_keeps_both_histories(self):
        twin = self._make_participation("M. Rossi", user=self.colleague)
        self.maria._merge_from(twin)
        self.assertEqual(self.maria.owner_change_ids.user_after_id, self.seller | self.colleague)

    # -- what moves ------------------------------------------------------------------------------------

    def test_reminders_and_other_activities_move_at_once(self):
        self.show.close_show()
        self._run_cron("open")
        reminders = self.maria.activity_ids
        self.assertEqual(reminders.user_id, self.seller, "reminders are open")
        own = self.maria.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        asked = self.maria.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        self.maria.with_user(self.manager).set_owner(self.colleague)
        self.assertEqual((reminders | own).user_id, self.colleague)
        self.assertEqual(asked.user_id, self.manager, "what a third person was asked to do stays theirs")
        self.assertEqual(self.maria.followup_ids.user_id, self.colleague)

    def test_without_a_new_owner_the_responsible_of_the_show_gets_the_activities(self):
        todo = self.maria.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        self.maria.with_user(self.seller).set_owner(self.env["res.users"], "I cannot")
        self.assertEqual(todo.user_id, self.manager)

    def test_the_former_owner_is_out_by_every_door(self):
        self.show.close_show()
        self._run_cron("open")
        self.maria.with_user(self.seller).message_post(body="I follow")
        file = self.env["ir.attachment"].create(
            {"name": "Card", "raw": b"photo", "res_model": self.maria._name, "res_id": self.maria.id}
        )
        self.assertIn(self.seller.partner_id, self.maria.message_partner_ids)
        followup, activity = self.maria.followup_ids[0], self.maria.activity_ids[0]
        change = self.maria.owner_change_ids
        self.maria.with_user(self.manager).set_owner(self.colleague)
        self.assertNotIn(self.seller.partner_id, self.maria.message_partner_ids)
        self.assertIn(self.colleague.partner_id, self.maria.message_partner_ids)
        for record in (self.maria, followup, activity, change, file):
            with self.subTest(model=record._name):
                self.assertFalse(record.with_user(self.seller).has_access("read"))
                self.assertTrue(record.with_user(self.colleague).has_access("read"))
        message = self.maria.message_post(body="Confidential", subtype_xmlid="mail.mt_comment")
        self.assertNotIn(self.seller.partner_id, message.notified_partner_ids)
        self.assertFalse(message.with_user(self.seller).has_access("read"))

    # -- both people are told ----------------------------------------------------------------------------

    def test_both_people_are_told_once_however_many_customers_there_are(self):
        customers = self.maria | self._make_participation("Hans Becker") | self._make_participation("Ivan Petrov")
        known = {user: self._notices(user) for user in (self.seller, self.colleague, self.manager)}
        customers.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        new, former, author = [
            self._notices(user) - known[user] for user in (self.colleague, self.seller, self.manager)
        ]
        self.assertEqual((len(new), len(former), len(author)), (1, 1, 0))
        for name in ("Maria Rossi", "Hans Becker", "Ivan Petrov"):
            with self.subTest(name=name):
                self.assertIn(name, new.body)
                self.assertIn(name, former.body)
        self.assertIn("expo_colleague", former.body)

    def _record(self, number, user):
        """Record new customers for a salesperson, as the manager does; return them and the queries it took."""
        partners = self.env["res.partner"].create([{"name": f"{user.login} {n} of {number}"} for n in range(number)])
        values = [{"exhibition_id": self.show.id, "partner_id": one.id, "user_id": user.id} for one in partners]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        customers = self.env["expo.participation"].with_user(self.manager).create(values)
        self.env.flush_all()
        return customers, self.cr.sql_log_count - before

    def test_salesperson_of_new_customers_is_told_once_however_many_there_are(self):
        for number in (1, 3):
            with self.subTest(number=number):
                known = {user: self._notices(user) for user in (self.colleague, self.manager)}
                customers, _queries = self._record(number, self.colleague)
                notice = self._notices(self.colleague) - known[self.colleague]
                self.assertEqual(len(notice), 1)
                for customer in customers:
                    self.assertIn(
                        f"/{customer.id}" if number > 1 else customer.display_name, notice.body + notice.subject
                    )
                self.assertIn(self.colleague.partner_id, customers[0].message_partner_ids)
        known = self._notices(self.manager)
        self._record(2, self.manager)
        self.assertEqual(self._notices(self.manager), known, "the user who records knows")

    def test_salesperson_is_not_told_of_new_customers_who_are_recorded_quietly(self):
        known = self._notices(self.colleague)
        quiet = self.env["expo.participation"].with_user(self.manager)
        for key in ("tracking_disable", "mail_auto_subscribe_no_notify"):
            partners = self.env["res.partner"].create([{"name": f"{key} {number}"} for number in range(2)])
            quiet.with_context(**{key: True}).create(
                [
                    {"exhibition_id": self.show.id, "partner_id": partner.id, "user_id": self.colleague.id}
                    for partner in partners
                ]
            )
        self.assertEqual(self._notices(self.colleague), known)

    def test_recording_customers_at_a_live_show_takes_few_queries_each(self):
        self._record(2, self.colleague)
        (_few, few), (_many, many) = self._record(10, self.colleague), self._record(60, self.colleague)
        # Core subscribes the salesperson of each customer by themselves: that alone is four or five.
        self.assertLessEqual((many - few) / 50, 7)

    def test_former_salesperson_who_left_or_reassigned_is_not_notified(self):
        customers = self.maria | self._make_participation("Hans Becker", user=self.seller)
        known = self._notices(self.seller)
        self.env.invalidate_all()
        customers.with_user(self.seller).set_owner(self.colleague, "She speaks Italian")
        self.assertEqual(self._notices(self.seller), known)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLeavers(ExpoCase):
    """Who leaves the company leaves no follow-up and no reminder behind."""

    def _leave(self, user):
        """Return the ways to leave that there are, as a manager of users does it."""
        admin = new_test_user(self.env, f"admin_{user.login}", "base.group_erp_manager")
        return {
            "archived": user.with_user(admin).action_archive,
            "written": lambda: user.with_user(admin).write({"active": False}),
            "without role": lambda: user.with_user(admin).write(
                {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
            ),
            "outside the company": lambda: user.with_user(admin).write(
                {"company_id": self.other.id, "company_ids": [Command.set(self.other.ids)]}
            ),
        }

    def _close(self):
        self.show.with_user(self.manager).close_show()

    def test_followups_of_a_user_who_leaves_go_to_the_next_owner(self):
        self._make_participation()
        self.other = self.env["res.company"].create({"name": "Elsewhere"})
        self._close()
        for way in ("archived", "written", "without role", "outside the company"):
            leaver = new_test_user(self.env, f"leaver_{way}", "sales_team.group_sale_salesman")
            customer = self._make_participation(f"Customer {way}", tier="intent", user=leaver)
            asked = self._make_participation(f"Of Anna {way}", tier="intent")
            customer._sync_followups()
            call = self._step_of(customer, "first_call")
            call._open_reminders()
            manual = self.env["expo.followup"]._create_manual(customer, date(2026, 5, 20))
            task = self.env["expo.followup"]._create_manual(asked, date(2026, 5, 20))
            task.user_id = leaver
            alone = self.env["expo.followup"].create({"partner_id": customer.partner_id.id, "user_id": leaver.id})
            done = self.env["expo.followup"]._create_manual(customer)
            done.record_outcome("Talked", "neutral")
            customer._issue_reports()._remind_salespeople()
            visit = self.env["expo.visit"].create(
                {
                    "participation_id": customer.id,
                    "partner_id": customer.partner_id.id,
                    "user_id": leaver.id,
                    "aim": "See",
                }
            )
            with self.subTest(way=way):
                self._leave(leaver)[way]()
                self.assertEqual(call.state, "planned")
                self.assertFalse(call.activity_id)
                self.assertEqual((call | manual).user_id, self.manager)
                self.assertEqual(task.user_id, self.seller, "the owner of the customer is still there")
                self.assertTrue(alone.user_id.active)
                self.assertEqual(done.user_id, leaver, "what was done stays theirs")
                self._run_cron("sync")
                with freeze_time("2026-05-21 08:00:00"):
                    self._run_cron("open")
                self.assertEqual((call | manual).activity_id.user_id, self.manager)
                self.assertEqual(task.activity_id.user_id, self.seller)
                activities = self.env["mail.activity"].search([("user_id", "=", leaver.id)])
                self.assertFalse(activities.filtered(lambda a: a.res_model.startswith("expo.")))
                self.assertEqual(visit.user_id, self.manager)
                self.assertFalse(customer.has_salesperson)
                ownerless = self.env["expo.participation"].search(customer._get_ownerless_domain())
                self.assertIn(customer, ownerless)
                self.assertNotIn(asked, ownerless)

    def test_followup_of_a_user_who_has_left_opens_for_the_next_owner(self):
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        self.seller.action_archive()
        # As it was left by an older version.
        call.user_id = self.seller
        call._open_reminders()
        self.assertEqual((call.user_id, call.activity_id.user_id), (self.manager, self.manager))

    def test_reminder_of_a_user_who_left_in_any_way_is_opened_for_the_next_salesperson(self):
        """One intent customer, planned; the user leaves behind the ORM's back; the scheduled actions run."""
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        with freeze_time("2026-04-21 10:00:00"):
            self._run_cron("open")
            self.assertEqual(call.activity_id.user_id, self.seller)
            self.env.flush_all()
            self.cr.execute("DELETE FROM res_groups_users_rel WHERE uid = %s", [self.seller.id])
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self._run_cron("sync")
            self._run_cron("open")
        self.assertEqual((call.state, call.user_id, call.activity_id.user_id), ("due", self.manager, self.manager))

    def test_next_salesperson_is_the_responsible_then_leader_then_manager_then_none(self):
        leader = new_test_user(self.env, "expo_leader", "sales_team.group_sale_salesman")
        self.show.team_id = self.env["crm.team"].create({"name": "Team", "user_id": leader.id})
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        other = new_test_user(self.env, "expo_manager_2", "sales_team.group_sale_manager")
        managers = self.env.company._expo_managers()[self.env.company]
        (managers - self.manager - other).active = False
        self.seller.active = False
        no_user = self.env["res.users"]
        for leaver, expected in ((None, self.manager), (self.manager, leader), (leader, other), (other, no_user)):
            if leaver:
                leaver.active = False
            self.assertEqual(call.user_id, expected)
            self._run_cron("sync")
            self.assertEqual(call.user_id, expected)

    def test_step_for_a_named_user_who_leaves_goes_to_the_owner(self):
        named = new_test_user(self.env, "expo_named", "sales_team.group_sale_salesman")
        self.steps["first_call"].write({"responsible_type": "other", "responsible_id": named.id})
        customer = self._make_participation(tier="intent")
        self._close()
        call = self._step_of(customer, "first_call")
        self.assertEqual(call.user_id, named)
        named.active = False
        self.assertEqual(call.user_id, self.seller)
        self._run_cron("sync")
        self.assertEqual(call.user_id, self.seller)

    def test_answer_of_a_customer_whose_owner_has_left_reminds_the_next_owner(self):
        customer = self._make_participation()
        self.seller.active = False
        customer._note_reply()
        self.assertEqual(customer.activity_ids.user_id, self.manager)

    def test_manager_with_two_companies_ticked_reassigns_from_a_user_of_one_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        manager = new_test_user(self.env, "expo_two", "sales_team.group_sale_manager")
        manager.company_ids += other
        customer = self._make_participation(tier="intent")
        self._close()
        self._step_of(customer, "first_call")._open_reminders()
        ticked = customer.with_user(manager).with_context(allowed_company_ids=[self.env.company.id, other.id])
        ticked.set_owner(self.colleague, "On leave")
        self.assertEqual(customer.user_id, self.colleague)
        self.assertFalse(customer.activity_ids.filtered(lambda activity: activity.user_id == self.seller))
        complaint = self.env["expo.complaint"].create(
            {"subject": "Cracked", "partner_id": customer.partner_id.id, "user_id": self.seller.id}
        )
        as_manager = complaint.with_user(manager).with_context(allowed_company_ids=[self.env.company.id, other.id])
        as_manager.user_id = self.colleague
        self.assertEqual(complaint.user_id, self.colleague)
