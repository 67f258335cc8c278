"""Who serves a customer: the history, what moves with him, and that the former owner is out at once."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpoCase


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
        """What a user found in his inbox, apart from messages on the customers themselves."""
        found = self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])
        return found.mail_message_id

    # -- history ---------------------------------------------------------------------------------------

    def test_the_history_says_who_gave_whom_to_whom_and_why(self):
        self.maria.with_user(self.manager).set_owner(self.colleague, "Speaks Italian")
        nobody = self.env["res.users"]
        self.assertEqual(
            self._history(self.maria),
            [
                (nobody, self.seller, False, self.env.user),
                (self.seller, self.colleague, "Speaks Italian", self.manager),
            ],
        )
        self.assertEqual(self.maria.owner_reason, "Speaks Italian")

    def test_a_change_by_hand_leaves_a_row_and_the_old_reason_does_not_stay(self):
        self.maria.set_owner(self.colleague, "Speaks Italian")
        self.maria.with_user(self.manager).user_id = self.seller
        self.assertEqual(self._history(self.maria)[-1], (self.colleague, self.seller, False, self.manager))
        self.assertFalse(self.maria.owner_reason)

    def test_an_unassigned_customer_has_no_history_until_somebody_gets_him(self):
        ivan = self._make_participation("Ivan Petrov", user=False)
        self.assertFalse(ivan.owner_change_ids)
        ivan.with_user(self.seller).set_owner(self.seller, "Met him")
        self.assertEqual(len(ivan.owner_change_ids), 1)

    def test_giving_a_customer_to_his_own_owner_changes_nothing(self):
        before = self.maria.owner_change_ids
        with freeze_time("2026-05-27"):
            self.maria.set_owner(self.seller, "Again")
        self.assertEqual(self.maria.owner_change_ids, before)
        self.assertEqual(str(self.maria.assigned_on), "2026-04-27")

    def test_nobody_writes_the_history_by_hand(self):
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
        self.maria._absorb(twin)
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
        self.assertEqual(asked.user_id, self.manager, "what a third person was asked to do stays his")
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

    def test_a_former_owner_who_left_or_who_did_it_himself_is_not_told(self):
        customers = self.maria | self._make_participation("Hans Becker", user=self.seller)
        known = self._notices(self.seller)
        self.env.invalidate_all()
        customers.with_user(self.seller).set_owner(self.colleague, "She speaks Italian")
        self.assertEqual(self._notices(self.seller), known)
