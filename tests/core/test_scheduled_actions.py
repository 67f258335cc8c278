"""What the scheduled actions cost: queries per thousand customers, each action as the scheduler calls it."""

from freezegun import freeze_time

from odoo.tests import tagged

from tests.common import ExpoCase

FEW, MANY = 10, 60
#: Days of a season on which each action has work to do for every customer.
DAYS = ("2026-04-21", "2026-05-12", "2026-06-08", "2026-12-21")
#: What one more thousand customers may cost, all days together. Batches of a thousand cost a constant number each; what
#: is left are messages in the chatter and reminders, which Odoo makes by the hundred.
# Opening writes each reminder in the language of its user, so it reads the names of steps and occasions as well.
PER_THOUSAND = {"sync": 200, "open": 600, "escalate": 300, "classify": 50, "care": 100}


@tagged("post_install", "-at_install")
class TestScheduledActions(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.expo_keeper_id = cls.manager

    def _make_season(self, code, number):
        """A closed show with so many customers, of all tiers in turn."""
        show = self._make_show(name=f"Show {code}", code=code)
        tiers = list(self.tiers)
        for index in range(number):
            self._make_participation(f"{code} {index}", tier=tiers[index % len(tiers)], show=show, country="de")
        with freeze_time("2026-04-20 16:00:00"):
            show.with_user(self.manager).close_show()
        return show

    def _count(self, name):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run_cron(name)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _play(self, code, number):
        """Run every action on each of the days; return the queries of each."""
        show = self._make_season(code, number)
        counts = dict.fromkeys(PER_THOUSAND, 0)
        for day in DAYS:
            with freeze_time(f"{day} 06:00:00"):
                for name in counts:
                    counts[name] += self._count(name)
        self.assertEqual(set(show.participation_ids.mapped("outcome")), {"dormant"}, "the season has passed")
        show.active = False
        return counts

    def test_each_action_takes_few_queries_per_thousand_customers(self):
        few, many = self._play("FEW", FEW), self._play("MANY", MANY)
        for name, allowed in PER_THOUSAND.items():
            with self.subTest(action=name):
                self.assertLessEqual((many[name] - few[name]) * 1000 / (MANY - FEW), allowed)

    def test_a_second_run_on_the_same_day_does_nothing(self):
        show = self._make_season("TWICE", 5)
        with freeze_time("2026-05-12 06:00:00"):
            for name in PER_THOUSAND:
                self._run_cron(name)
            # Once more after what the first run of one left to the others.
            for name in PER_THOUSAND:
                self._run_cron(name)
            before = self._facts_of(show)
            for name in PER_THOUSAND:
                self._run_cron(name)
        self.assertEqual(self._facts_of(show), before)

    def _facts_of(self, show):
        customers = show.participation_ids
        return (
            sorted(customers.followup_ids.mapped(lambda touch: (touch.id, touch.state, touch.window_start))),
            len(customers.message_ids),
            len(customers.activity_ids),
            customers.lead_id.ids,
            customers.report_ids.mapped("state"),
        )
