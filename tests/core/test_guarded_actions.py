"""One poisoned record, or one part that fails, holds up no other; a person is told of it."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.expo_followup.models.mixins import job
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from tests.common import ExpoCase

LOGS = ("odoo.addons.expo_followup.models.mixins.job", "odoo.addons.expo_followup.models.customer.abc_change")
WARNING = "mail.mail_activity_data_warning"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestGuardedActions(ExpoCase):
    def setUp(self):
        super().setUp()
        self.good = self._make_participation("Good", tier="intent")
        self.bad = self._make_participation("Bad", tier="intent")

    def _poison(self, record, condition="TRUE"):
        """Make the database refuse every update of one row."""
        self.env.flush_all()
        name = f"poison_{record._table}_{record.id}"
        self.cr.execute(
            SQL(
                """
                CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'poisoned row'; END $$;
                CREATE TRIGGER %(name)s BEFORE UPDATE ON %(table)s FOR EACH ROW
                WHEN (OLD.id = %(id)s AND %(condition)s) EXECUTE FUNCTION %(name)s();
                """,
                name=SQL.identifier(name),
                table=SQL.identifier(record._table),
                id=record.id,
                condition=SQL(condition),
            )
        )

    def _run(self, *names, times=1):
        with mute_logger(*LOGS, "odoo.sql_db"):
            for _ in range(times):
                for name in names:
                    self._run_cron(name)
                    self.env.invalidate_all()

    def _get_warnings(self, record=None):
        """The warnings on a record; those on no record, for its managers."""
        kind = self.env.ref(WARNING)
        where = (
            [("res_model", "=", record._name), ("res_id", "=", record.id)] if record else [("res_model", "=", False)]
        )
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id), *where])

    def _fail_for(self, model, method, record):
        """Let a method raise for one record only."""
        cls = type(self.env[model])
        original = getattr(cls, method)

        def trouble(records, *args, **kwargs):
            if record in records:
                raise ValueError("The plug was pulled")
            return original(records, *args, **kwargs)

        return patch.object(cls, method, trouble)

    # -- records --------------------------------------------------------------------------------------------

    def test_customer_whose_row_takes_no_update_leaves_the_others_planned_and_is_shown(self):
        with mute_logger(*LOGS):
            self.show.with_user(self.manager).close_show()
        more = [self._make_participation(f"Late {n}", tier="intent") for n in range(5)]
        (self.bad | self.good)._request_sync()
        self._poison(self.bad)
        with freeze_time("2026-04-21 10:00:00"):
            self._run("sync", times=4)
        self.assertTrue(self.bad.sync_pending)
        self.assertFalse(self.good.sync_pending)
        for entry in more:
            self.assertTrue(self._step_of(entry, "first_call"), "the others are planned")
        warning = self._get_warnings(self.bad)
        self.assertEqual((len(warning), warning.user_id), (1, self.seller), "shown once")
        self.assertIn("poisoned row", warning.note)

    def test_write_before_the_failure_is_gone_and_those_of_the_others_stay(self):
        def work(batch):
            for entry in batch:
                entry.booth = "written"
            batch.flush_recordset()
            if self.bad in batch:
                self.env.cr.execute("SELECT 1 / 0")

        with mute_logger(*LOGS, "odoo.sql_db"):
            (self.good | self.bad)._run_guarded(work)
        self.assertEqual((self.good.booth, self.bad.booth), ("written", False))
        self.assertEqual((self.good.failure_count, self.bad.failure_count), (0, 1))
        self.assertIn("division by zero", self.bad.failure_reason)

    def test_one_bad_record_of_a_thousand_costs_few_tries(self):
        tries = []

        def work(batch):
            tries.append(len(batch))
            if 700 in batch:
                raise ValueError("bad")

        failed = []
        job.run_guarded(self.env, list(range(1000)), work, lambda items, _error: failed.append(items))
        self.assertEqual(failed, [[700]])
        self.assertLessEqual(len(tries), 21)

    def test_failure_that_cannot_be_shown_parks_the_record_all_the_same(self):
        (self.good | self.bad)._request_sync()
        with (
            self._fail_for("expo.participation", "_sync_followups", self.bad),
            patch.object(job, "remind", side_effect=ValueError("no activity")),
        ):
            self._run("sync", times=4)
        self.assertTrue(self.bad.is_parked)
        self.assertFalse(self.good.sync_pending)

    def test_parked_record_is_shown_to_its_user_and_resumes_when_tried_again(self):
        (self.good | self.bad)._request_sync()
        with self._fail_for("expo.participation", "_sync_followups", self.bad):
            self._run("sync", times=5)
        self.assertEqual((self.bad.is_parked, self.bad.failure_count), (True, 3))
        self.assertEqual(self._get_warnings(self.bad).user_id, self.seller)
        self.bad.with_user(self.seller).action_retry()
        self.assertFalse(self._get_warnings(self.bad))
        self._run("sync")
        self.assertFalse(self.bad.sync_pending)

    def test_trying_one_record_again_leaves_the_warning_of_another_on_the_same_customer(self):
        self.show.with_user(self.manager).close_show()
        call, letter = self._step_of(self.bad, "first_call"), self._step_of(self.bad, "email_revisit")
        call._fail("The line was dead")
        letter._fail("The mailbox was full")
        self.assertEqual(len(self._get_warnings(self.bad)), 2)
        call.with_user(self.seller).action_retry()
        [warning] = self._get_warnings(self.bad)
        self.assertIn("The mailbox was full", warning.note)

    def test_rows_of_a_list_that_failed_are_one_warning_that_goes_when_they_are_tried_again(self):
        one = self.env["expo.import"].create({"exhibition_id": self.show.id, "filename": "list.csv"})
        rows = self.env["expo.import.line"].create([{"import_id": one.id, "is_todo": True} for _row in range(2)])
        for _time in range(3):
            for row in rows:
                with mute_logger(*LOGS):
                    row._note_failure(ValueError("The plug was pulled"))
        [warning] = self._get_warnings(self.show)
        self.assertIn("list.csv", warning.summary)
        rows.action_retry()
        self.assertFalse(self._get_warnings(self.show))

    def test_customer_whose_row_takes_no_update_leaves_the_others_classed(self):
        self._load_accounts()
        for entry in (self.good, self.bad):
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": entry.partner_id.id,
                    "invoice_date": "2026-04-01",
                    "invoice_line_ids": [(0, 0, {"name": "Pump", "price_unit": 1000, "quantity": 1})],
                }
            )
            move.action_post()
        self._poison(self.bad.commercial_partner_id)
        self._run("classify", times=2)
        company = self.env.company
        self.assertTrue(self.good.partner_id.with_company(company).expo_abc_class)
        self.assertFalse(self.bad.partner_id.with_company(company).expo_abc_class)
        self.assertEqual(len(self._get_warnings(self.bad.commercial_partner_id)), 1)

    # -- exhibitions ----------------------------------------------------------------------------------------

    def test_media_report_that_fails_at_one_show_leaves_planning_and_the_other_shows(self):
        other = self._make_show(name="Autumn", code="AF26")
        self.good._request_sync()
        with self._fail_for("expo.exhibition", "_get_media_reminder", self.show):
            self._run("sync", times=3)
        kind = self.env.ref("expo_followup.activity_media_report")
        self.assertEqual(other.activity_ids.activity_type_id, kind)
        self.assertFalse(self.good.sync_pending)
        self.assertTrue(self.show.is_parked)
        self.assertEqual(self._get_warnings(self.show).user_id, self.manager)

    def test_daily_list_that_fails_at_one_show_leaves_those_of_the_others(self):
        other = self._make_show(name="Autumn", code="AF26")
        there = self._make_participation("There", show=other, tier="intent")
        for show in (self.show, other):
            show.with_user(self.manager).close_show()
        with (
            freeze_time("2026-05-20 10:00:00"),
            self._fail_for("expo.exhibition", "_get_escalation_summary", self.show),
        ):
            self._run("escalate", times=3)
        self.assertEqual(there.response_state, "red")
        kind = self.env.ref("expo_followup.activity_escalation")
        self.assertIn(kind, other.activity_ids.activity_type_id)
        self.assertNotIn(kind, self.show.activity_ids.activity_type_id)

    def test_show_with_a_time_zone_that_does_not_exist_stops_nothing(self):
        other = self._make_show(name="Autumn", code="AF26")
        there = self._make_participation("There", show=other, tier="intent")
        other.with_user(self.manager).close_show()
        self.env.flush_all()
        self.cr.execute("UPDATE expo_exhibition SET tz = 'Mars/Phobos' WHERE id = %s", [self.show.id])
        self.env.invalidate_all()
        call = self._step_of(there, "first_call")
        with freeze_time("2026-05-20 10:00:00"), mute_logger("odoo.addons.expo_followup.tools.zones"):
            self._run("sync", "open", "escalate")
        self.assertEqual(call.state, "due")
        self.assertEqual(there.response_state, "red")

    # -- parts ----------------------------------------------------------------------------------------------

    def test_part_that_fails_is_shown_to_a_manager_once_and_the_next_parts_run(self):
        self.show.with_user(self.manager).close_show()
        followups = type(self.env["expo.followup"])
        with (
            patch.object(followups, "_recover_bereft", side_effect=ValueError("The plug was pulled")),
            freeze_time("2026-04-21 10:00:00"),
        ):
            self._run("open", times=2)
        self.assertEqual(self._step_of(self.good, "first_call").state, "due")
        warning = self._get_warnings()
        self.assertEqual(len(warning), 1)
        self.assertIn("The plug was pulled", warning.note)
        self.assertTrue(warning.user_id.has_group("sales_team.group_sale_manager"))

    def test_every_part_of_every_action_may_fail_without_stopping_the_others(self):
        """Each action is run with every single method that its parts call made to fail in turn."""
        parts = {
            "open": [("expo.followup", name) for name in ("_park_uncertain_letters", "_get_due_domain")],
            "sync": [
                ("expo.exhibition", "_sync_media_report"),
                ("expo.participation", "_get_past_horizon_domain"),
                ("expo.participation", "_get_lead_domain"),
                ("expo.participation", "_get_needless_report_domain"),
                ("expo.participation", "_get_report_domain"),
            ],
            "escalate": [
                ("expo.participation", "_get_escalation_domain"),
                ("expo.complaint", "_sync_late_lists"),
                ("expo.complaint", "_trigger_next_clock"),
                ("expo.progress.report", "_get_chase_domain"),
                ("expo.exhibition", "_get_listed_domain"),
                ("expo.visit", "_get_late_domain"),
            ],
            "care": [
                ("expo.customer.file", "_get_stale_domain"),
                ("expo.customer.file", "_get_diary"),
                ("expo.followup", "_get_past_greetings_domain"),
                ("expo.suggestion", "_get_reminder_domain"),
            ],
            "import": [("expo.import", "_finish_imports")],
            "classify": [("expo.abc.change", "_find_changes")],
            "complaint_feedback": [("expo.complaint", "_get_silent_domain")],
            "incoming_mail": [("expo.incoming.mail", "_handle_waiting")],
            "incoming_mail_forget": [("expo.incoming.mail", "_get_forget_domain")],
        }
        actions = self.env["ir.model.data"].search([("module", "=", "expo_followup"), ("model", "=", "ir.cron")])
        names = {name.removeprefix("ir_cron_") for name in actions.mapped("name")}
        self.assertEqual(names - {"capture"}, set(parts), "capture has one part, a job with a fixed domain")
        for action, methods in parts.items():
            for model, method in methods:
                with (
                    self.subTest(action=action, method=method),
                    patch.object(type(self.env[model]), method, side_effect=ValueError("The plug was pulled")),
                ):
                    self._run(action)
                    self.env.flush_all()
