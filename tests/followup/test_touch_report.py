"""Follow-ups and their effect, by method and weekday; letters apart; the report shows no more than the records."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestTouchReport(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi")
        cls.theirs = cls._make_participation("Hans Becker", user=cls.colleague)
        with freeze_time("2026-04-21 08:00:00"):
            cls.show.close_show()
            cls._step(cls.maria, "thank_you")._letter_sent()
        cls._call(cls.maria, "2026-04-21 22:30:00", "positive")
        cls._call(cls.maria, "2026-04-24 08:00:00", "no_answer")
        cls._call(cls.theirs, "2026-04-24 09:00:00", "negative", cls.colleague)

    @classmethod
    def _step(cls, participation, code):
        return participation.followup_ids.filtered(lambda followup: followup.step_id == cls.steps[code])

    @classmethod
    def _call(cls, customer, moment, effect, user=None):
        with freeze_time(moment):
            followup = cls.env["expo.followup"]._create_manual(customer, summary="Call")
            followup.with_user(user or cls.seller).record_outcome("Called", effect)

    def _groups(self, groupby, aggregates, user=None, domain=()):
        rows = self.env["expo.touch.report"].with_user(user or self.manager)._read_group(
            [("exhibition_id", "=", self.show.id), *domain], groupby, aggregates
        )  # fmt: skip
        return {row[0]: row[1:] for row in rows}

    def test_touches_are_counted_per_customer_letters_apart(self):
        self.assertEqual(self._groups(["kind"], ["__count"]), {"personal": (3,), "letter": (1,)})
        personal = self._groups(["partner_id"], ["__count", "number:max"], domain=[("kind", "=", "personal")])
        self.assertEqual(personal[self.maria.partner_id], (2, 3))

    def test_the_weekday_is_that_of_the_show_s_place(self):
        # Half past ten in the evening in UTC is Wednesday in Berlin.
        self.assertEqual(self._groups(["weekday"], ["__count"]), {"2": (1,), "3": (1,), "5": (2,)})

    def test_the_effect_is_a_share_of_the_personal_touches(self):
        shares = self._groups(["weekday"], ["positive_share:avg", "answered_share:avg"])
        self.assertEqual(shares, {"2": (False, False), "3": (100, 100), "5": (0, 50)})

    def test_salesperson_sees_follow_ups_of_own_customers_and_reassigning_moves_them(self):
        reports = self.env["expo.touch.report"].with_user(self.seller)
        self.assertEqual(reports.search([]).partner_id, self.maria.partner_id)
        with self.assertRaises(AccessError):
            reports.browse(self.theirs.followup_ids.filtered("done_on").ids).read(["effect"])
        self.maria.user_id = self.colleague
        self.assertFalse(reports.search([]))

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Another Exporter"})
        stranger = new_test_user(
            self.env, "touch_stranger", "sales_team.group_sale_manager", company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["expo.touch.report"].with_user(stranger).search([]))
