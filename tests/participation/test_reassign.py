"""A user is away or leaves: the customers go to one user or to several, with the reason, after a preview."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from tests.participation.test_distribute import DistributeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-27 08:00:00")
class TestReassign(DistributeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi", country="it")
        cls.hans = cls._make_participation("Hans Becker", country="at")
        cls.lost = cls._make_participation("Lost Customer")
        cls.lost.outcome = "lost"
        cls.theirs = cls._make_participation("Of a Colleague", user=cls.colleague)
        cls.unassigned = cls._make_participation("Unassigned", user=False)

    def _reassign(self, **values):
        return self.env["expo.distribute"].with_user(self.manager).create({"is_reassignment": True, **values})

    def test_open_customers_of_one_salesperson_only_are_shown(self):
        wizard = self._reassign(from_user_id=self.seller.id)
        self.assertEqual(wizard.line_ids.participation_id, self.maria | self.hans)
        self.assertEqual(wizard.line_ids.user_id, self.colleague, "no customer returns to the previous salesperson")
        self.assertEqual(self.maria.user_id, self.seller, "the preview writes nothing")

    def test_reassigning_without_a_salesperson_lists_no_customers(self):
        self.assertFalse(self._reassign().line_ids)

    def test_all_go_to_one_person_with_the_managers_reason(self):
        wizard = self._reassign(
            from_user_id=self.seller.id, target_user_id=self.manager.id, reason="On leave until May"
        )
        self.assertEqual(set(wizard.line_ids.mapped("why")), {"takes all customers"})
        self.assertEqual(self._loads(wizard), {self.manager: (0, 2)})
        wizard.action_confirm()
        self.assertEqual((self.maria | self.hans).user_id, self.manager)
        self.assertEqual(self.maria.owner_change_ids[0].reason, "On leave until May")
        self.assertEqual((self.lost.user_id, self.theirs.user_id), (self.seller, self.colleague))

    def test_another_person_named_for_all_gets_them_but_for_rows_moved_by_hand(self):
        wizard = self._reassign(from_user_id=self.seller.id, target_user_id=self.manager.id)
        hans = wizard.line_ids.filtered(lambda line: line.participation_id == self.hans)
        hans.user_id = self.colleague
        wizard.target_user_id = admin = self.env.ref("base.user_admin")
        wizard.action_propose()
        self.assertEqual(self._owners(wizard), {"Maria Rossi": admin, "Hans Becker": self.colleague})
        wizard.target_user_id = False
        wizard.action_propose()
        self.assertEqual(self._owners(wizard)["Maria Rossi"], self.colleague)

    def test_who_has_left_the_company_hands_over_as_well(self):
        self.seller.active = False
        wizard = self._reassign(from_user_id=self.seller.id, target_user_id=self.colleague.id)
        wizard.action_confirm()
        self.assertEqual((self.maria | self.hans).user_id, self.colleague)

    def test_selected_customers_go_to_one_person(self):
        action = (self.maria | self.theirs).with_user(self.manager).action_reassign()
        wizard = self.env["expo.distribute"].with_user(self.manager).browse(action["res_id"])
        wizard.write({"target_user_id": self.manager.id, "reason": "Key account"})
        wizard.action_propose()
        wizard.action_confirm()
        self.assertEqual((self.maria | self.theirs).user_id, self.manager)
        self.assertEqual(self.hans.user_id, self.seller)

    def test_the_dialog_asks_whose_customers_before_it_shows_any(self):
        form = Form(
            self.env["expo.distribute"].with_user(self.manager).with_context(default_is_reassignment=True),
            view="expo_followup.expo_distribute_view_form",
        )
        form.from_user_id = self.seller
        wizard = form.save()
        self.assertEqual(wizard.line_count, 2)

    def test_salespeople_reassign_nothing(self):
        with self.assertRaises(AccessError):
            self.maria.with_user(self.seller).action_reassign()
