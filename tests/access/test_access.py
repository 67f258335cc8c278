"""Who may see and do what: own and unassigned, all, manager, other companies, portal."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common import SHOW_END, ExpoCase

MODELS = ("expo.participation", "expo.followup", "expo.tier.change")
PERSONAL_MODELS = (
    *MODELS,
    "expo.exhibition",
    "expo.exhibition.cost",
    "expo.tier",
    "expo.record.outcome",
    "expo.close.show",
)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestAccess(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all_documents = new_test_user(cls.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        cls.clerk = new_test_user(cls.env, "expo_clerk", "base.group_user")
        cls.portal = new_test_user(cls.env, "expo_portal", "base.group_portal")
        cls.other_company = cls.env["res.company"].create({"name": "Another Exporter"})
        cls.stranger = new_test_user(
            cls.env, "expo_stranger", "sales_team.group_sale_manager",
            company_id=cls.other_company.id, company_ids=[(6, 0, cls.other_company.ids)],
        )  # fmt: skip
        cls.own = cls._make_participation("Own", user=cls.seller)
        cls.foreign = cls._make_participation("Colleague's", user=cls.colleague)
        cls.unassigned = cls._make_participation("Unassigned", user=False)
        cls.everything = cls.own | cls.foreign | cls.unassigned
        cls.show.with_user(cls.manager).close_show()
        cls.own.followup_ids.filtered(lambda f: f.state == "planned")[0].record_outcome("Talked", "neutral")

    def _visible(self, model, user):
        rows = self.env[model].with_user(user).search([])
        path = {"expo.participation": lambda r: r, "expo.followup": lambda r: r.sudo().participation_id}
        return path.get(model, lambda r: r.sudo().participation_id)(rows)

    def test_a_salesperson_sees_own_and_unassigned_customers_and_what_hangs_on_them(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertEqual(self._visible(model, self.seller), self.own | self.unassigned)

    def test_capture_is_read_only_to_its_author_once_a_colleague_serves_the_customer(self):
        capture = (
            self.env["expo.capture"]
            .with_user(self.seller)
            .create({"exhibition_id": self.show.id, "name": "Maria Rossi", "email": "maria@rossi.example"})
        )
        capture.note = "Written while it waits"
        capture.with_user(self.manager)._enter_customers()
        entry = capture.sudo().participation_id
        self.assertTrue(capture.has_access("write"), "of the user's own customer")
        entry.with_user(self.manager).set_owner(self.colleague)
        self.assertEqual(capture.name, "Maria Rossi", "still read by its author")
        self.assertFalse(capture.has_access("write"))
        self.assertTrue(capture.with_user(self.colleague).has_access("write"))

    def test_the_all_documents_user_and_the_manager_see_all(self):
        for user in (self.all_documents, self.manager):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(self._visible(model, user), self.everything)

    def test_another_company_sees_nothing_not_even_the_show(self):
        for model in (*MODELS, "expo.exhibition"):
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.stranger).search([]))
        with self.assertRaises(AccessError):
            self.own.with_user(self.stranger).read(["tier_id"])

    def test_clerks_and_portal_users_may_not_even_ask(self):
        for user in (self.clerk, self.portal):
            for model in PERSONAL_MODELS:
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_a_salesperson_cannot_read_write_or_reach_a_colleagues_customer_by_any_door(self):
        theirs = self.foreign.with_user(self.seller)
        followup = self.foreign.followup_ids[0].with_user(self.seller)
        doors = {
            "read": lambda: theirs.read(["tier_id"]),
            "write": lambda: theirs.write({"tier_id": self.tiers["none"].id}),
            "set_tier": lambda: theirs.set_tier("none"),
            "record_outcome": lambda: followup.record_outcome("Mine now", "positive"),
            "skip": followup.action_skip,
            "send": followup.action_send_letter,
            "dialog": lambda: self.env["expo.record.outcome"].with_user(self.seller).create(
                {"followup_id": followup.id}
            ).action_save(),
            "preview of the dialog": lambda: self.env["expo.record.outcome"].with_user(self.seller).create(
                {"followup_id": followup.id}
            ),
            "message": lambda: theirs.message_post(body="Hello"),
        }  # fmt: skip
        for name, door in doors.items():
            with self.subTest(door=name), self.assertRaises(AccessError):
                door()
        self.assertFalse(self.env["expo.participation"].with_user(self.seller).name_search("Colleague's"))
        groups = self.env["expo.participation"].with_user(self.seller)._read_group([], [], ["__count"])
        self.assertEqual(groups, [(2,)])

    def test_follow_up_cannot_be_linked_to_mails_or_activities_of_others(self):
        mine = self.own.followup_ids.filtered(lambda f: f.state == "planned")[:1].with_user(self.seller)
        letter = self.foreign.followup_ids.filtered("mail_mail_id").mail_mail_id
        activity = self.foreign.activity_schedule("mail.mail_activity_data_todo", user_id=self.colleague.id)
        attempts = (
            {"mail_mail_id": letter.id},
            {"activity_id": activity.id},
            {"state": "done"},
            {"number": 9},
            {"participation_id": self.foreign.id},
        )
        for values in attempts:
            with self.subTest(values=values), self.assertRaises(AccessError):
                mine.write(values)
        with self.assertRaises(AccessError):
            mine.create({"participation_id": self.own.id, "mail_mail_id": letter.id})
        mine.write({"summary": "My own words"})

    def test_what_was_done_and_what_is_derived_is_not_written_by_hand(self):
        done = self.own.followup_ids.filtered(lambda f: f.state == "done").with_user(self.seller)
        with self.assertRaises(AccessError):
            done.write({"summary": "It was otherwise"})
        for values in ({"response_state": "answered"}, {"payment_state": "paid"}, {"is_parked": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.own.with_user(self.seller).write(values)

    def test_customer_cannot_be_moved_to_another_companys_show(self):
        theirs = self._make_show(name="Theirs", code="T1", company_id=self.other_company.id, user_id=self.stranger.id)
        with self.assertRaises(AccessError):
            self.own.with_user(self.seller).exhibition_id = theirs

    def test_a_colleague_who_was_asked_to_do_a_touch_records_all_that_came_of_it(self):
        step = self.steps["visit"]
        step.write({"responsible_type": "other", "responsible_id": self.colleague.id})
        signed = self._make_participation("Signed", tier="signed", user=self.seller)
        visit = self._step_of(signed, "visit").with_user(self.colleague)
        self.assertEqual(visit.user_id, self.colleague)
        visit.record_outcome("Shook hands", "positive", tier="intent", next_on=SHOW_END)
        self.assertEqual((signed.tier_id.code, visit.sudo().state), ("intent", "done"))
        self.assertEqual(signed.tier_change_ids.sorted("id")[-1].user_id, self.colleague)

    def test_the_manager_of_another_company_previews_nothing(self):
        with self.assertRaises(AccessError):
            self.env["expo.close.show"].with_user(self.stranger).create({"exhibition_id": self.show.id})

    def test_salespeople_configure_nothing(self):
        for record, values in (
            (self.show, {"name": "Mine"}),
            (self.tiers["signed"], {"is_key": False}),
            (self.plan, {"name": "Mine"}),
            (self.steps["visit"], {"delay_count": 1}),
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.seller).write(values)

    def test_the_manager_configures_tiers_plans_and_steps_without_being_administrator(self):
        self.tiers["signed"].with_user(self.manager).name = "Signed on the spot"
        step = self.steps["visit"].with_user(self.manager)
        step.write({"delay_count": 28, "expo_weekdays": "23", "expo_window_days": 10})
        plan = self.env["mail.activity.plan"].with_user(self.manager).create(
            {"name": "Own plan", "res_model": "expo.participation"}
        )  # fmt: skip
        step.copy({"plan_id": plan.id})
        self.assertEqual(plan.template_ids.expo_weekdays, "23")

    def test_costs_are_the_managers_business(self):
        self.show.cost_ids = [(0, 0, {"name": "Stand", "amount": 8000})]
        with self.assertRaises(AccessError):
            self.env["expo.exhibition.cost"].with_user(self.seller).search([])
        self.assertEqual(self.show.with_user(self.manager).cost_ids.amount, 8000)

    def test_partner_fields_are_for_salespeople_only(self):
        names = self.env["res.partner"].with_user(self.clerk).fields_get()
        self.assertFalse([name for name in names if name.startswith("expo_")])
        self.assertEqual(self.own.partner_id.with_user(self.seller).expo_tier_id.code, "intent")
        with self.assertRaises(AccessError):
            self.own.partner_id.with_user(self.clerk).read(["expo_foreign_notes"])

    def test_partner_shows_each_user_only_readable_records(self):
        self.assertEqual(self.foreign.partner_id.with_user(self.colleague).expo_participation_count, 1)
        self.assertEqual(self.foreign.partner_id.with_user(self.seller).expo_participation_count, 0)
        found = self.env["res.partner"].with_user(self.seller).search([("expo_tier_id.code", "=", "intent")])
        self.assertNotIn(self.foreign.partner_id, found)

    def test_reassigning_moves_access_at_once(self):
        self.own.with_user(self.manager).user_id = self.colleague
        self.assertFalse(self.own.with_user(self.seller).has_access("read"))
        self.assertFalse(self.own.followup_ids[0].with_user(self.seller).has_access("read"))
        self.assertTrue(self.own.with_user(self.colleague).has_access("write"))

    def test_every_model_of_ours_has_access_rights(self):
        ours = self.env["ir.model"].search([("model", "=like", "expo.%"), ("abstract", "=", False)])
        self.assertFalse(ours.filtered(lambda model: not model.access_ids).mapped("model"))
