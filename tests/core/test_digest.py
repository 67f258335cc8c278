"""The figures of the digest mail: answered in time, follow-ups, waiting too long, new orders; each reader's own."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestDigest(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env["digest.digest"].create({"name": "Week", "company_id": cls.env.company.id})
        with freeze_time("2026-04-17 08:00:00"):
            cls.maria = cls._make_participation("Maria Rossi")
            cls.hans = cls._make_participation("Hans Becker", user=cls.colleague)
            cls.ivan = cls._make_participation("Ivan Petrov", user=cls.colleague)
        with freeze_time("2026-04-21 08:00:00"):
            cls.show.close_show()
            cls._step(cls.maria, "thank_you")._letter_sent()
        cls._call(cls.maria, "2026-04-22 08:00:00", cls.seller)
        cls._call(cls.hans, "2026-05-07 08:00:00", cls.colleague)
        with freeze_time("2026-05-08 08:00:00"):
            (cls.maria | cls.hans | cls.ivan)._update_response_state()

    @classmethod
    def _step(cls, participation, code):
        return participation.followup_ids.filtered(lambda followup: followup.step_id == cls.steps[code])

    @classmethod
    def _call(cls, customer, moment, user):
        with freeze_time(moment):
            cls.env["expo.followup"]._create_manual(customer, summary="Call").with_user(user).record_outcome(
                "x", "neutral"
            )

    def _value(self, name, user=None, start=datetime(2026, 4, 20), end=datetime(2026, 5, 20)):
        # As the digest does it: what its reader may see is decided by the rules on customers.
        digest = self.digest.with_user(user or self.manager).with_context(start_datetime=start, end_datetime=end)
        value = digest[f"kpi_expo_{name}_value"]
        digest.invalidate_model([f"kpi_expo_{name}_value"])
        return value

    def test_the_manager_reads_the_figures_of_the_period(self):
        self.assertEqual((self.maria.answered_in_time, self.hans.answered_in_time), (True, False))
        self.assertEqual(self._value("answered"), 50)
        self.assertEqual(self._value("touches"), 2, "letters do not count")
        self.assertEqual(self._value("late"), 1)
        self.assertEqual(self._value("orders"), 0)
        self.assertEqual(self._value("touches", end=datetime(2026, 4, 25)), 1)
        self.assertEqual(self._value("answered", end=datetime(2026, 4, 21)), 0)

    def test_a_confirmed_order_of_the_show_is_new(self):
        order = self.env["sale.order"].create({"partner_id": self.maria.partner_id.id, "date_order": "2026-04-30"})
        order.expo_participation_id = self.maria
        order.write({"state": "sale"})
        self.assertEqual(self._value("orders"), 1)

    def test_who_does_not_sell_reads_none_of_it(self):
        clerk = new_test_user(self.env, "digest_clerk", "base.group_user")
        for name in ("answered", "touches", "late", "orders"):
            with self.subTest(kpi=name), self.assertRaises(AccessError):
                self._value(name, clerk)

    def test_the_mail_of_the_default_digest_has_them_with_a_link(self):
        default = self.env.ref("digest.digest_digest_default")
        kpis = {row["kpi_name"]: row for row in default._compute_kpis(self.env.company, self.manager)}
        self.assertTrue({"kpi_expo_answered", "kpi_expo_touches", "kpi_expo_late", "kpi_expo_orders"} <= set(kpis))
        self.assertIn("action_touch_report", kpis["kpi_expo_touches"]["kpi_action"])
