"""A salesperson's morning in the browser: the board, a mail, an outcome; on the desk and on the phone."""

from datetime import timedelta

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


class DayCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        call = cls.env.ref("expo_followup.activity_phone_revisit")
        cls.maria = cls._make_participation("Maria Rossi", tier="materials")
        cls.maria.partner_id.write({"phone": "+39 02 12345", "expo_foreign_notes": "No calls on Friday"})
        cls.maria._log_touch(call, "Thanked us for the catalogue", "positive")
        hans = cls._make_participation("Hans Becker", tier="intent")
        ours = cls.env["expo.followup"]
        cls.touch = ours._create_manual(cls.maria, cls.today, summary="Ask what they need it for")
        ours._create_manual(hans, cls.today - timedelta(days=2), summary="Call back")
        ours._create_manual(hans, cls.today + timedelta(days=9), summary="Not yet")
        cls._make_participation("Of a Colleague", user=cls.colleague)

    def _spend_the_morning(self):
        self._start_tour("/odoo/my-followups", "expo_followup_day", "expo_seller")
        self.assertEqual((self.touch.state, self.touch.effect, self.touch.number), ("done", "positive", 2))
        self.assertEqual(
            self.touch.content,
            "What do they sell, to whom, and how much a year? Planters, to garden centres, 4000 a year",
        )
        self.assertEqual(self.maria.tier_id, self.tiers["intent"])


@tagged("post_install", "-at_install")
class TestTourDay(DayCase):
    def test_a_salesperson_works_through_the_day_on_the_desk(self):
        self._spend_the_morning()


@tagged("post_install", "-at_install")
class TestTourDayOnThePhone(DayCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_salesperson_works_through_the_day_on_the_phone(self):
        self._spend_the_morning()
