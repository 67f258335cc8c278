"""Undo: what a command changed is put back exactly, once, in time, by its user; what changed meanwhile stays."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.expo_followup.models.followup.undo import TRACKED, read_tracked
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")  # a Monday
class TestUndo(ExpoCase):
    def setUp(self):
        super().setUp()
        (self.seller | self.colleague | self.manager).tz = "Europe/Berlin"
        self.maria = self._make_participation("Maria Rossi", tier="intent")
        self.hans = self._make_participation("Hans Becker", country="de", tier="intent")
        self.show.with_user(self.manager).close_show()
        self.customers = self.maria | self.hans
        self.calls = self.env["expo.followup"]
        for customer in self.customers:
            self.calls |= self._step_of(customer, "first_call")
        with freeze_time("2026-04-21 06:00:00"):
            self._run_cron("open")
        self.mine = self.calls.with_user(self.seller)

    def _read_all(self):
        """All that is tracked of the customers and what hangs on them; reminders by what they say."""
        self.env.invalidate_all()
        followups = self.customers.followup_ids
        rows = {record: read_tracked(record) for record in (*self.customers, *followups)}
        for row in rows.values():
            for values in row.values():
                values.pop("activity_id", None)
        reminders = followups.activity_id.filtered("active")
        told = sorted((one.summary or "", one.user_id.id, str(one.date_deadline)) for one in reminders)
        return rows, told

    def _undo(self, action, user=None):
        undo_id = action["params"]["undo_id"]
        return self.env["expo.undo"].with_user(user or self.seller).undo_command(undo_id)

    def _make_letters(self):
        letters = self.env["expo.followup"]
        kind = self.env.ref("expo_followup.activity_email_revisit")
        for customer in self.customers:
            letter = self.env["expo.followup"]._create_manual(customer, date(2026, 4, 20), kind)
            letter.letter_template_id = self._step_of(customer, "thank_you").letter_template_id
            letters |= letter
        return letters.with_user(self.seller)

    # -- each command ------------------------------------------------------------------------------------------

    def test_each_command_is_put_back_exactly(self):
        letters = self._make_letters()
        letters[0].sudo()._open_reminders()
        change = self.env["expo.bulk.change"]

        def run_change(user, **values):
            return change.with_user(user).create(values).action_save()

        given = [fields.Command.set(self.calls.ids)]
        of_customers = [fields.Command.set(self.customers.ids)]
        commands = {
            "postpone": lambda: self.mine.action_postpone_to("tuesday", "Fair in Milan"),
            "drop": lambda: self.mine[0].action_move_to("later"),
            "no answer": self.mine.action_log_no_answer,
            "one no answer": self.mine[1].action_log_no_answer,
            "outcome": lambda: run_change(
                self.seller, followup_ids=given, effect="positive", content="Liked it", tier_id=self.tiers["signed"].id
            ),
            "tier": lambda: run_change(
                self.seller, kind="tier", participation_ids=of_customers, tier_id=self.tiers["none"].id
            ),
            "salesperson": lambda: run_change(
                self.manager, kind="salesperson", followup_ids=given, user_id=self.colleague.id
            ),
            "letters": letters.action_send_letter,
        }
        for name, command in commands.items():
            with self.subTest(command=name), freeze_time("2026-04-21 09:00:00"):
                before = self._read_all()
                action = command()
                self.assertNotEqual(self._read_all(), before)
                user = self.manager if name == "salesperson" else self.seller
                with freeze_time("2026-04-21 09:00:07"):
                    told = self._undo(action, user)
                self.assertEqual(told, {"message": "Undone.", "type": "success"})
                self.maxDiff = None
                self.assertEqual(self._read_all(), before)
                self.assertIn("Undone:", str(self.maria.message_ids[0].body) + str(self.hans.message_ids[0].body))

    def test_numbers_are_told(self):
        self.assertEqual(self.mine.action_postpone_to("tuesday")["params"]["message"], "2 follow-ups postponed.")
        told = self.mine[0].action_postpone_to("in_a_week")["params"]["message"]
        self.assertEqual(told, "Postponed to Mon, Apr 27.")
        self.assertEqual(self.mine.action_log_no_answer()["params"]["message"], "No answer recorded for 2 follow-ups.")

    # -- what changed meanwhile --------------------------------------------------------------------------------

    def test_what_was_changed_meanwhile_stays_and_is_named(self):
        first = self.calls.mapped("window_start")
        action = self.mine.action_postpone_to("tuesday")
        self.calls[0].with_user(self.manager).postpone_to(date(2026, 5, 5))
        told = self._undo(action)
        self.assertEqual(told["type"], "warning")
        self.assertIn("changed meanwhile", told["message"])
        self.assertIn("Maria Rossi", told["message"])
        self.assertNotIn("Hans Becker", told["message"])
        self.assertEqual(self.calls.mapped("window_start"), [date(2026, 5, 5), first[1]])

    def test_letters_that_left_are_named_and_the_others_are_withdrawn(self):
        letters = self._make_letters()
        action = letters.action_send_letter()
        self.assertEqual(set(letters.mapped("mail_state")), {"outgoing"})
        mails = letters.sudo().mail_mail_id
        gone = letters[0].sudo()
        gone._claim_letters()
        gone.mail_mail_id.state = "sent"
        gone._letter_sent()
        told = self._undo(action)
        self.assertIn("had left already", told["message"])
        self.assertIn("Maria Rossi", told["message"])
        self.assertNotIn("Hans Becker", told["message"])
        self.assertEqual(letters.mapped("state"), ["done", "planned"])
        self.assertEqual(mails.exists(), mails[0])
        # Sent again, it is written anew.
        letters[1].personal_paragraph = "As promised"
        letters[1].action_send_letter()
        self.assertIn("As promised", letters[1].sudo().mail_mail_id.body_html)

    def test_the_queue_is_woken_when_undo_has_ended(self):
        letters = self._make_letters()
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        old = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        letters.action_send_letter()
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - old
        self.assertEqual(set(new.mapped("call_at")), {fields.Datetime.now() + timedelta(seconds=8)})

    def test_the_next_try_that_was_changed_stays(self):
        action = self.mine[0].action_log_no_answer()
        created = self.maria.followup_ids.filtered(lambda one: one.state == "planned" and not one.is_letter)
        created.with_user(self.seller).postpone_to(date(2026, 5, 6))
        self.assertIn("changed meanwhile", self._undo(action)["message"])
        self.assertEqual(self.calls[0].state, "done")
        self.assertEqual(created[0].window_start, date(2026, 5, 6))

    # -- once, in time, by its user ----------------------------------------------------------------------------

    def test_undone_twice_too_late_or_by_another_user_is_refused(self):
        action = self.mine.action_postpone_to("tuesday")
        moved = self.calls.mapped("window_start")
        with self.assertRaisesRegex(UserError, "time has passed"):
            self._undo(action, self.manager)
        with freeze_time("2026-04-20 12:00:31"), self.assertRaisesRegex(UserError, "time has passed"):
            self._undo(action)
        for wrong in (False, 0, 10**9):
            with self.assertRaisesRegex(UserError, "time has passed"):
                self.env["expo.undo"].with_user(self.seller).undo_command(wrong)
        self.assertEqual(self.calls.mapped("window_start"), moved)
        self._undo(action)
        with self.assertRaisesRegex(UserError, "already undone"):
            self._undo(action)

    def test_users_never_write_what_is_put_back(self):
        action = self.mine.action_postpone_to("tuesday")
        undo = self.env["expo.undo"].with_user(self.seller).browse(action["params"]["undo_id"])
        for attempt in (
            lambda: undo.write({"changes": [], "is_undone": False}),
            lambda: undo.read(["changes"]),
            undo.unlink,
            lambda: undo.create({"changes": []}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_users_who_lost_their_rights_undo_nothing(self):
        action = self.mine.action_postpone_to("tuesday")
        moved = self.calls.mapped("window_start")
        (self.maria | self.hans).with_user(self.manager).set_owner(self.colleague)
        told = self._undo(action)
        self.assertEqual(told["type"], "warning")
        self.assertIn("may no longer change", told["message"])
        self.assertEqual(self.calls.mapped("window_start"), moved)

    def test_letters_among_several_get_no_outcome(self):
        letters = self._make_letters()
        with self.assertRaisesRegex(UserError, "Select open follow-ups"):
            letters.action_log_no_answer()
        (letters | self.mine).action_log_no_answer()
        self.assertEqual(set(letters.mapped("state")), {"planned"})
        self.assertEqual(set(self.mine.mapped("state")), {"done"})

    def test_all_letters_due_are_sent_and_no_others(self):
        letters = self._make_letters()
        letters[1].sudo().write({"window_start": date(2026, 4, 24), "deadline": date(2026, 4, 24)})
        automatic = self._step_of(self.maria, "thank_you").mail_mail_id.scheduled_date
        told = self.env["expo.followup"].with_user(self.seller).action_send_due_letters()["params"]["message"]
        self.assertEqual(told, "Letters in the queue: 1.")
        self.assertEqual(letters.mapped("mail_state"), ["outgoing", False])
        self.assertEqual(self._step_of(self.maria, "thank_you").mail_mail_id.scheduled_date, automatic)

    def test_the_dialog_is_for_users_who_may_write_the_records(self):
        for values in ({"followup_ids": [(6, 0, self.calls.ids)]}, {"participation_ids": [(6, 0, self.maria.ids)]}):
            with self.assertRaises(AccessError):
                self.env["expo.bulk.change"].with_user(self.colleague).create(values)

    def test_what_users_and_engine_write_is_tracked(self):
        user_fields = self.env["expo.followup"]._user_fields - {"day_bucket", "title"}
        [tracked] = read_tracked(self.calls[0]).values()
        self.assertLessEqual(user_fields | {"state", "mail_state", "effect", "postponed_on"}, tracked.keys())
        self.assertEqual(set(TRACKED), {model for model in TRACKED if model in self.env})
