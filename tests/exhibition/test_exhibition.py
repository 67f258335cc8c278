"""A show from preparation to its end, and everything it must refuse."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common import SHOW_BEGIN, SHOW_END, ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestExhibition(ExpoCase):
    def _close_as(self, user, show=None):
        return (show or self.show).with_user(user).close_show()

    # -- making one ----------------------------------------------------------------------------------------

    def test_a_new_show_has_a_campaign_a_plan_and_the_time_zone_of_the_company(self):
        show = self.env["expo.exhibition"].with_user(self.manager).create(
            {"name": "Autumn Fair", "date_begin": SHOW_BEGIN, "date_end": SHOW_END}
        )  # fmt: skip
        self.assertEqual(show.campaign_id.title, "Autumn Fair")
        self.assertEqual(show.plan_id, self.plan)
        self.assertEqual(show.tz, "Europe/Berlin")
        self.assertEqual(show.state, "preparation")

    def test_a_company_can_choose_the_plan_of_its_new_shows(self):
        own_plan = self.env["mail.activity.plan"].create({"name": "Our way", "res_model": "expo.participation"})
        self.env.company.expo_plan_id = own_plan
        self.assertEqual(self._make_show(name="Other", code="O1").plan_id, own_plan)

    @mute_logger("odoo.sql_db")
    def test_a_show_cannot_end_before_it_begins(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._make_show(name="Backwards", code="B1", date_end=date(2026, 4, 15))

    @mute_logger("odoo.sql_db")
    def test_two_shows_of_a_company_cannot_share_a_code_and_two_without_code_can(self):
        self._make_show(name="One", code=False)
        self._make_show(name="Two", code=False)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._make_show(name="Copycat", code="SF26")

    def test_costs_add_up(self):
        self.show.cost_ids = [(0, 0, {"name": "Stand", "amount": 8000}), (0, 0, {"name": "Freight", "amount": 1250.5})]
        self.assertEqual(self.show.total_cost, 9250.5)

    def test_a_show_with_customers_cannot_be_deleted_only_archived(self):
        customer = self._make_participation()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.show.unlink()
        self.show.active = False
        self.assertTrue(customer.exists())

    def test_a_copy_is_a_fresh_show_without_the_customers(self):
        self._make_participation()
        copy = self.show.copy()
        self.assertEqual((copy.state, copy.code, len(copy.participation_ids)), ("preparation", False, 0))
        self.assertNotEqual(copy.campaign_id, self.show.campaign_id)

    def test_files_of_the_letter_belong_to_the_show_and_any_owner_may_send_them(self):
        file = self.env["ir.attachment"].with_user(self.manager).create({"name": "list.pdf", "raw": b"%PDF"})
        self.show.with_user(self.manager).letter_attachment_ids = file
        self.assertEqual((file.res_model, file.res_id), ("expo.exhibition", self.show.id))
        self.assertTrue(file.with_user(self.seller).has_access("read"))

    # -- running -------------------------------------------------------------------------------------------

    def test_starting_reminds_the_responsible_of_the_media_report_until_it_is_out(self):
        show = self._make_show(name="Next", code="N1", state="preparation")
        show.with_user(self.manager).action_start()
        reminder = show.activity_ids
        self.assertEqual((reminder.user_id, reminder.date_deadline), (self.manager, date(2026, 4, 19)))
        show.with_user(self.manager).action_media_report_sent()
        self.assertEqual(show.media_report_on, date(2026, 4, 20))
        self.assertFalse(show.activity_ids)

    def test_ending_the_reminder_of_the_media_report_notes_that_it_is_out(self):
        show = self._make_show(name="Next", code="N1", state="preparation")
        show.with_user(self.manager).action_start()
        show.activity_ids.with_user(self.manager).action_feedback(feedback="In three papers")
        self.assertEqual(show.media_report_on, date(2026, 4, 20))

    def test_cancelled_reminder_of_the_media_report_does_not_come_back(self):
        show = self._make_show(name="Next", code="N1", state="preparation")
        show.with_user(self.manager).action_start()
        show.activity_ids.with_user(self.manager).unlink()
        self._run_cron("sync")
        self.assertFalse(show.activity_ids)
        show.with_user(self.manager).media_report_off = False
        self._run_cron("sync")
        self.assertEqual(show.activity_ids.user_id, self.manager)

    def test_a_reminder_that_went_with_who_had_it_does_come_back(self):
        show = self._make_show(name="Next", code="N1", state="preparation", user_id=self.colleague.id)
        show.with_user(self.manager).action_start()
        self.colleague.action_archive()
        self.assertFalse(show.activity_ids)
        show.user_id = self.manager
        self._run_cron("sync")
        self.assertEqual(show.activity_ids.user_id, self.manager)

    def test_a_show_starts_once(self):
        with self.assertRaisesRegex(UserError, "already started"):
            self.show.action_start()

    # -- closing -------------------------------------------------------------------------------------------

    def test_closing_queues_one_letter_each_and_plans_the_rest(self):
        customers = self._make_participation("One") | self._make_participation("Two", tier="none")
        self.assertTrue(self._close_as(self.manager))
        letters = customers.followup_ids.filtered(lambda f: f.step_id == self.steps["thank_you"])
        self.assertEqual(set(letters.mapped("mail_state")), {"outgoing"})
        self.assertEqual(len(letters.mail_mail_id), 2)
        self.assertEqual(set(letters.mail_mail_id.mapped("state")), {"outgoing"})

    def test_a_letter_leaves_at_the_letter_hour_of_its_first_day_not_before(self):
        customer = self._make_participation()
        self._close_as(self.manager)
        letter = self._step_of(customer, "thank_you")
        # Tuesday 21 April, 9 o'clock in Berlin
        self.assertEqual(str(letter.mail_mail_id.scheduled_date), "2026-04-21 07:00:00")

    def test_closing_asks_for_opportunities_and_reports_at_once(self):
        self._make_participation(tier="intent")
        triggers = [("cron_id", "=", self.env.ref("expo_followup.ir_cron_sync").id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()
        self._close_as(self.manager)
        found = self.env["ir.cron.trigger"].search_count(triggers)
        self.assertTrue(found, "they do not wait for the interval of the scheduled action")

    def test_closing_twice_sends_nothing_twice(self):
        customer = self._make_participation()
        self.assertTrue(self._close_as(self.manager))
        mail = self._step_of(customer, "thank_you").mail_mail_id
        self.assertFalse(self._close_as(self.manager))
        self.assertEqual(self._step_of(customer, "thank_you").mail_mail_id, mail)
        letters = self.env["mail.mail"].search([("model", "=", customer._name), ("res_id", "=", customer.id)])
        self.assertEqual(letters.filtered(lambda found: found.message_type == "email_outgoing"), mail)

    def test_a_show_without_customers_is_not_closed(self):
        with self.assertRaisesRegex(UserError, "has no customers"):
            self.show.with_user(self.manager).action_close()
        with self.assertRaisesRegex(UserError, "has no customers"):
            self._close_as(self.manager)
        self.assertEqual(self.show.state, "running")

    def test_a_show_without_a_plan_is_not_closed(self):
        self._make_participation()
        self.show.plan_id = self.env["mail.activity.plan"].create({"name": "Empty", "res_model": "expo.participation"})
        with self.assertRaisesRegex(UserError, "no follow-up plan"):
            self._close_as(self.manager)

    def test_a_show_that_has_not_started_is_not_closed(self):
        show = self._make_show(name="Next", code="N1", state="preparation")
        self._make_participation(show=show)
        with self.assertRaisesRegex(UserError, "not started"):
            self._close_as(self.manager, show)

    def test_a_letter_that_does_not_render_stops_the_closing_before_anything_happens(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self._make_participation()
        customer = self._make_participation("Wang Fang", lang="zh_CN")
        # It renders on the record that Odoo tries it on when it is saved, yet not on every other.
        broken = "<p t-if='object.partner_id.lang == \"zh_CN\"' t-out='object.no_such_field'/>"
        letter = self.steps["thank_you"].expo_letter_template_id
        letter.with_context(lang="zh_CN").body_html = broken
        wizard = self.env["expo.close.show"].browse(self.show.with_user(self.manager).action_close()["res_id"])
        self.assertIn("no_such_field", wizard.letter_problem)
        with self.assertRaisesRegex(UserError, "no letters were sent"):
            self._close_as(self.manager)
        self.assertEqual(self.show.state, "running")
        self.assertFalse(customer.followup_ids)

    def test_salespeople_do_not_close_shows(self):
        self._make_participation()
        with self.assertRaises(AccessError):
            self._close_as(self.seller)

    def test_the_preview_counts_what_closing_does_and_changes_nothing(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self._make_participation("One", tier="signed")
        self._make_participation("Two", tier="signed", lang="zh_CN")
        self._make_participation("Nameless", tier="none", email="")
        orphan = self._make_participation("Orphan", tier="none", user=False)
        wizard = self.env["expo.close.show"].browse(self.show.with_user(self.manager).action_close()["res_id"])
        self.assertEqual((wizard.letter_count, wizard.excluded_count, wizard.orphan_ids), (3, 1, orphan))
        rows = wizard.line_ids.filtered(lambda line: line.kind == "letter")
        self.assertEqual(
            {(row.lang, row.tier_id.code): row.count for row in rows},
            {("en_US", "signed"): 1, ("zh_CN", "signed"): 1, ("en_US", "none"): 1},
        )
        excluded = wizard.line_ids.filtered(lambda line: line.kind == "excluded")
        self.assertEqual((excluded.exclude_reason, excluded.names), ("no_email", "Nameless"))
        self.assertFalse(wizard.media_report_on)
        self.assertFalse(self.show.participation_ids.followup_ids)

        planned = wizard.planned_count
        wizard.with_user(self.manager).action_confirm()
        followups = self.show.participation_ids.followup_ids
        self.assertEqual(len(followups.filtered("mail_mail_id")), 3)
        others = followups.filtered(lambda f: f.step_id != self.steps["thank_you"] and f.state == "planned")
        self.assertEqual(len(others), planned)

    def test_preview_and_result_of_closing_agree_and_the_result_leads_to_its_lists(self):
        self._make_participation("One", tier="signed")
        self._make_participation("Nameless", tier="none", email="")
        self._make_participation("Orphan", tier="no_agreement", user=False)
        # Met again at a later show that is closed already: its calls replace the ones of this show.
        both = self._make_participation("Both", tier="intent")
        later = self._make_show(name="Later Fair", date_begin="2026-04-21", date_end="2026-04-22")
        again = self._make_participation(partner=both.partner_id, show=later, tier="intent")
        with freeze_time("2026-04-23 12:00:00"):
            later.with_user(self.manager).close_show()
            self.assertTrue(again.followup_ids)
            self.env["expo.followup"]._create_manual(both, summary="Agreed at the booth")
            action = self.show.with_user(self.manager).action_close()
            wizard = self.env["expo.close.show"].with_user(self.manager).browse(action["res_id"])
            told = [wizard.letter_count, wizard.planned_count, wizard.excluded_count, wizard.orphan_count]
            answer = wizard.action_confirm()["params"]
        self.assertEqual(answer["message"], "Spring Fair has been closed.")
        names = ("Letters", "Follow-ups", "Without letter", "Without salesperson")
        shown = dict(one["name"].split(": ") for one in answer["lists"])
        self.assertEqual([int(shown.get(name, 0)) for name in names], told)
        self.assertTrue(all(told), told)
        for one in answer["lists"]:
            listed = self.env[one["action"]["res_model"]].with_user(self.manager).search(one["action"]["domain"])
            self.assertEqual(len(listed), int(one["name"].split(": ")[1]))

    def test_the_paragraph_of_a_preview_is_kept_when_closing_is_confirmed_only(self):
        self._make_participation()
        self.show.letter_paragraph = "As before"
        action = self.show.with_user(self.manager).action_close()
        wizard = self.env["expo.close.show"].with_user(self.manager).browse(action["res_id"])
        wizard.letter_paragraph = "New at the booth"
        wizard.action_send_test_letter()
        test = self.env["mail.mail"].search([("subject", "like", "Test:")], limit=1)
        self.assertIn("New at the booth", test.body_html)
        self.assertEqual(self.show.letter_paragraph, "As before")
        wizard.action_confirm()
        self.assertEqual(self.show.letter_paragraph, "New at the booth")
        self.assertIn("New at the booth", self.show.participation_ids.followup_ids.mail_mail_id[:1].body_html)

    def test_the_preview_counts_letters_that_wait_already(self):
        self.steps["thank_you"].expo_anchor = "captured"
        self._make_participation()
        wizard = self.env["expo.close.show"].browse(self.show.with_user(self.manager).action_close()["res_id"])
        self.assertEqual(wizard.letter_count, 1)

    def test_confirming_a_preview_that_a_colleague_was_faster_with_says_so(self):
        self._make_participation()
        action = self.show.with_user(self.manager).action_close()
        self._close_as(self.manager)
        answer = self.env["expo.close.show"].with_user(self.manager).browse(action["res_id"]).action_confirm()
        self.assertEqual(answer["params"]["type"], "warning")

    # -- afterwards ----------------------------------------------------------------------------------------

    def test_ending_the_follow_up_calls_off_what_is_planned_and_resuming_brings_it_back(self):
        customer = self._make_participation()
        self._close_as(self.manager)
        planned = self._planned_steps(customer)
        self.show.with_user(self.manager).action_done()
        self.assertFalse(self._planned_steps(customer))
        letter = self._step_of(customer, "thank_you")
        self.assertEqual((letter.mail_state, letter.mail_mail_id.state), ("cancel", "cancel"))
        self.show.with_user(self.manager).action_resume()
        self.assertEqual(self._planned_steps(customer), planned)

    def test_a_letter_that_was_withdrawn_leaves_as_the_same_message(self):
        customer = self._make_participation()
        self._close_as(self.manager)
        letter = self._step_of(customer, "thank_you")
        mail = letter.mail_mail_id
        self.show.with_user(self.manager).action_done()
        self.show.with_user(self.manager).action_resume()
        with freeze_time("2026-04-20 22:30:00"):  # half past midnight in Berlin: not before nine
            self._run_cron("open")
        self.assertEqual((letter.mail_mail_id, letter.mail_state, mail.state), (mail, "outgoing", "outgoing"))
        self.assertEqual(str(mail.scheduled_date), "2026-04-21 07:00:00")

    def test_a_letter_called_off_while_it_is_being_sent_does_not_leave_later(self):
        customer = self._make_participation()
        self._close_as(self.manager)
        letter = self._step_of(customer, "thank_you")
        letter._claim_letters()
        customer.outcome = "lost"
        self.assertEqual((letter.state, letter.mail_state), ("cancelled", "sending"))
        letter._letter_failed("(451, b'4.3.0 try again later')", is_temporary=True)
        self.assertEqual((letter.mail_state, letter.mail_mail_id.state), ("cancel", "cancel"))
