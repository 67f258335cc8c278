"""A user in the browser: closing a show, logging outcomes on the desk and on the phone, moving a customer."""

import json
from datetime import timedelta

import holidays

from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase


class ExpoTourCase(ExpoCase, HttpCase):
    """A show that ended yesterday, and the days that follow it, reckoned without the engine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # They live where the show is: their today is its today, at any hour of the day.
        (cls.seller | cls.colleague | cls.manager).tz = "Europe/Berlin"
        cls.today = cls.env.company._expo_today("Europe/Berlin")
        cls.show.write({"date_begin": cls.today - timedelta(days=4), "date_end": cls.today - timedelta(days=1)})

    def _first_working_day(self, first, country, weekdays=(0, 1, 2, 3, 4)):
        """The first day from ``first`` on that is neither weekend nor public holiday of the country."""
        days_off = holidays.country_holidays(country)
        day = first
        while day.weekday() not in weekdays or day in days_off:
            day += timedelta(days=1)
        return day

    def _as_shown(self, day):
        """A day as a list shows it to an English user."""
        text = f"{day:%b} {day.day}"
        return text if day.year == self.today.year else f"{text}, {day.year}"

    def _start_tour(self, url, name, login, expected=None):
        code = f"window.expoTourExpected = {json.dumps(expected or {})}; odoo.startTour('{name}', {{}})"
        self.start_tour(url, name, login=login, code=code)


@tagged("post_install", "-at_install")
class TestTourFollowup(ExpoTourCase):
    def test_a_manager_closes_the_show_and_logs_the_first_outcome(self):
        maria = self._make_participation("Maria Rossi", country="de", tier="intent")
        hans = self._make_participation("Hans Becker", country="de", tier="no_agreement")
        ivan = self._make_participation("Ivan Petrov", country="de", tier="none", email="", user=False)
        first = self._first_working_day(self.today, "DE")
        visit = self._first_working_day(self.show.date_end + timedelta(days=21), "DE")

        self._start_tour(
            "/odoo",
            "expo_followup_close_show",
            "expo_manager",
            {
                "letter": self._as_shown(first),
                "first_call": self._as_shown(first),
                "first_answer": self._as_shown(first),
                "visit": self._as_shown(visit),
            },
        )

        self.assertEqual(self.show.state, "followup")
        letters = [self._step_of(customer, "thank_you") for customer in (maria, hans, ivan)]
        self.assertEqual([letter.mail_state for letter in letters], ["outgoing", "outgoing", False])
        self.assertEqual(letters[2].exclude_reason, "no_email")
        self.assertEqual(self._step_of(hans, "first_answer").window_start, first)
        call = self._step_of(maria, "first_call")
        self.assertEqual((call.state, call.number, call.effect), ("done", 1, "positive"))
        self.assertEqual(maria.tier_id, self.tiers["signed"])
        self.assertEqual(self._step_of(maria, "visit").window_start, visit)

    def test_a_salesperson_drags_a_customer_to_another_tier(self):
        maria = self._make_participation("Maria Rossi", tier="materials")

        self._start_tour("/odoo/exhibition-customers", "expo_followup_drag_tier", "expo_seller")

        self.assertEqual(maria.tier_id, self.tiers["intent"])
        self.assertEqual(maria.tier_change_ids[:1].tier_before_id, self.tiers["materials"])
        self.assertEqual(maria.tier_change_ids[:1].user_id, self.seller)


@tagged("post_install", "-at_install")
class TestTourPhone(ExpoTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_salesperson_logs_an_outcome_on_the_phone(self):
        maria = self._make_participation("Maria Rossi", tier="no_agreement")
        followups = self.env["expo.followup"]
        asked = followups._create_manual(maria, self.today - timedelta(days=1), summary="Ask for the drawings")
        followups._create_manual(maria, self.today + timedelta(days=9), summary="Not yet")
        self._make_participation("Of a Colleague", user=self.colleague)

        self._start_tour("/odoo/my-followups", "expo_followup_phone", "expo_seller")

        self.assertEqual((asked.state, asked.effect, asked.number), ("done", "neutral", 1))
        self.assertEqual(asked.content, "Drawings come on Monday.")
