"""Scheduled actions: one bad record never holds up the others, and none is tried for ever."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase

MIXIN_LOG = "odoo.addons.expo_followup.models.mixins.job"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestFailures(ExpoCase):
    def setUp(self):
        super().setUp()
        self.good = self._make_participation("Good", tier="intent")
        self.bad = self._make_participation("Bad", tier="intent")
        self.show.with_user(self.manager).close_show()
        self.good_call = self._step_of(self.good, "first_call")
        self.bad_call = self._step_of(self.bad, "first_call")

    def _open_with_trouble(self):
        followups = type(self.env["expo.followup"])
        original = followups._get_reminder

        def trouble(record):
            if record == self.bad_call:
                raise UserError("The plug was pulled")
            return original(record)

        with (
            patch.object(followups, "_get_reminder", trouble),
            mute_logger(MIXIN_LOG),
            freeze_time("2026-04-21 10:00:00"),
        ):
            self._run_cron("open")

    def test_a_bad_record_does_not_hold_up_the_good_one(self):
        self._open_with_trouble()
        self.assertEqual((self.good_call.state, self.bad_call.state), ("due", "planned"))
        self.assertEqual((self.bad_call.failure_count, self.bad_call.failure_reason), (1, "The plug was pulled"))

    def test_coming_second_is_no_failure(self):
        def be_second(_batch):
            raise ConcurrencyError("Another transaction was faster")

        with self.assertRaises(ConcurrencyError):
            self.good_call._run_guarded(be_second)
        self.assertEqual(self.good_call.failure_count, 0)

    def test_after_three_failures_it_is_parked_and_its_owner_told_once(self):
        for _ in range(5):
            self._open_with_trouble()
        self.assertEqual((self.bad_call.state, self.bad_call.problem), ("failed", "The plug was pulled"))
        warning = self.bad.activity_ids
        self.assertEqual((len(warning), warning.user_id), (1, self.seller))
        self.assertIn("The plug was pulled", warning.note)

    def test_trying_again_takes_it_up_once_the_cause_is_gone(self):
        for _ in range(3):
            self._open_with_trouble()
        self.bad_call.with_user(self.seller).action_retry()
        with freeze_time("2026-04-21 11:00:00"):
            self._run_cron("open")
        self.assertEqual((self.bad_call.state, self.bad_call.failure_count), ("due", 0))
        self.assertEqual(self.bad.activity_ids, self.bad_call.activity_id)

    def test_removed_reminder_or_letter_is_created_again(self):
        letter = self._step_of(self.good, "thank_you")
        with freeze_time("2026-04-21 10:00:00"):
            self._run_cron("open")
            self.env.flush_all()
            reminder, mail = self.good_call.activity_id, letter.mail_mail_id
            self.cr.execute("DELETE FROM mail_activity WHERE id = %s", [reminder.id])
            self.cr.execute("DELETE FROM mail_mail WHERE id = %s", [mail.id])
            self.env.invalidate_all()
            self._run_cron("open")
        self.assertEqual((self.good_call.state, letter.mail_state), ("due", "outgoing"))
        self.assertTrue(self.good_call.activity_id)
        self.assertTrue(letter.mail_mail_id)

    def test_a_second_run_changes_nothing(self):
        with freeze_time("2026-04-21 10:00:00"):
            self._run_cron("open")
            before = self.env["expo.followup"].search([]).read(["state", "activity_id", "mail_mail_id"])
            for name in ("open", "sync", "escalate"):
                self._run_cron(name)
        self.assertEqual(self.env["expo.followup"].search([]).read(["state", "activity_id", "mail_mail_id"]), before)
