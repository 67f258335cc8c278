"""The steps of a follow-up plan on an axis of days, moved by dragging and by keys."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestPlanTimeline(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        call = cls.env.ref("mail.mail_activity_data_call").id
        steps = [
            {"expo_title": "Drag", "delay_from": "after_plan_date", "delay_count": 1, "expo_window_days": 7},
            {
                "expo_title": "Keys",
                "delay_from": "after_plan_date",
                "delay_count": 1,
                "expo_window_days": 2,
                "expo_anchor": "ordered",
            },
            {
                "expo_title": "Weeks",
                "delay_from": "after_plan_date",
                "delay_count": 2,
                "delay_unit": "weeks",
                "expo_window_days": 7,
            },
        ]
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "Plan",
                "res_model": "expo.participation",
                "template_ids": [Command.create({"activity_type_id": call, **step}) for step in steps],
            }
        )

    def _open(self, tour, login):
        action = "expo_followup.action_mail_activity_plan_expo"
        self.start_tour(f"/odoo/action-{action}/{self.plan.id}", tour, login=login)

    def _stored(self):
        return [
            (step.expo_title, step.delay_count, step.delay_unit, step.delay_from, step.expo_window_days)
            for step in self.plan.template_ids
        ]

    def test_steps_moved_on_the_timeline_are_stored(self):
        self._open("expo_followup_plan", "expo_manager")
        self.assertEqual(
            self._stored(),
            [
                ("Drag", 4, "days", "after_plan_date", 9),
                ("Keys", 1, "days", "before_plan_date", 3),
                ("Weeks", 2, "weeks", "after_plan_date", 6),
            ],
        )

    def test_steps_for_a_salesperson_stay_where_they_are(self):
        before = self._stored()
        self._open("expo_followup_plan_readonly", "expo_seller")
        self.assertEqual(self._stored(), before)


@tagged("post_install", "-at_install")
class TestPlanTimelineOnThePhone(TestPlanTimeline):
    browser_size = "390x844"
    touch_enabled = True
