"""The demo data: what a user sees of the addon for the first time.

The database may have been made days ago, so nothing here depends on today.
"""

from datetime import timedelta

import phonenumbers

from odoo.addons.expo_followup.hooks import keep_demo_records_in_use
from odoo.tests import TransactionCase


class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.followup = cls.env.ref("expo_followup.exhibition_followup")
        cls.running = cls.env.ref("expo_followup.exhibition_running")
        cls.preparation = cls.env.ref("expo_followup.exhibition_preparation")
        cls.done = cls.env.ref("expo_followup.exhibition_done")
        cls.shows = cls.followup | cls.running | cls.preparation | cls.done
        cls.met = cls.shows.participation_ids
        cls.manager = cls.env.ref("expo_followup.user_grace")

    def _count(self, records, field):
        return {value: len(group) for value, group in records.grouped(field).items()}

    # -- what there is -----------------------------------------------------------------------------------

    def test_there_is_a_show_in_each_state(self):
        self.assertEqual(self.followup.state, "followup")
        self.assertEqual(self.running.state, "running")
        self.assertEqual(self.preparation.state, "preparation")
        self.assertEqual(self.done.state, "done")

    def test_the_shows_lie_around_the_day_they_were_loaded(self):
        loaded = self.running.create_date.date()
        self.assertEqual((loaded - self.followup.date_end).days, 10)
        self.assertLess(self.running.date_begin, loaded)
        self.assertLessEqual((loaded - self.running.date_end).days, 1, "a show that runs has not ended")
        self.assertGreaterEqual((self.preparation.date_begin - loaded).days, 55)
        self.assertGreaterEqual((loaded - self.done.date_end).days, 360)

    def test_sixty_customers_over_all_tiers_and_both_roles_are_followed_up(self):
        customers = self.followup.participation_ids
        self.assertGreaterEqual(len(customers), 60)
        tiers = self._count(customers, lambda customer: customer.tier_id.code)
        self.assertEqual(set(tiers), {"signed", "intent", "no_agreement", "materials", "none"})
        for role in ("exhibitor", "visitor"):
            with self.subTest(role=role):
                of_role = customers.filtered(lambda customer, role=role: customer.role == role)
                self.assertEqual(set(of_role.tier_id.mapped("code")), set(tiers))

    def test_customers_come_from_a_dozen_countries_and_as_companies_with_people(self):
        self.assertGreaterEqual(len(self.followup.participation_ids.country_id), 12)
        partners = self.met.partner_id
        self.assertGreaterEqual(len(partners.commercial_partner_id), 60)
        self.assertTrue(partners.filtered("parent_id"))
        self.assertTrue(partners.filtered(lambda partner: partner.is_company))
        self.assertGreaterEqual(len(partners.filtered("expo_foreign_notes")), 8)

    def test_some_customers_may_get_no_letter_for_each_reason(self):
        letters = self.followup.participation_ids.followup_ids.filtered("auto_send")
        reasons = self._count(letters.filtered(lambda letter: letter.state == "excluded"), "exclude_reason")
        self.assertEqual(set(reasons), {"no_email", "bad_email", "blacklisted", "refused"})

    def test_phone_numbers_exist_in_their_countries(self):
        for partner in self.met.partner_id.filtered("phone"):
            with self.subTest(partner=partner.display_name, phone=partner.phone):
                number = phonenumbers.parse(partner.phone)
                self.assertTrue(phonenumbers.is_valid_number(number))
                self.assertEqual(number.country_code, partner.country_id.phone_code)

    def test_chinese_customers_read_chinese_and_the_others_do_not(self):
        chinese = self.met.partner_id.filtered(lambda partner: partner.lang == "zh_CN")
        self.assertEqual(set(chinese.country_id.mapped("code")), {"CN"})
        self.assertTrue(self.met.partner_id - chinese)

    def test_quotations_orders_and_invoices_show_every_state_of_payment(self):
        self.assertEqual(
            set(self.followup.participation_ids.mapped("payment_state")),
            {"none", "unpaid", "partial", "paid"},
        )
        orders = self.met.order_ids
        self.assertTrue({"draft", "sent", "sale"} <= set(orders.mapped("state")))
        invoices = orders.invoice_ids.filtered(lambda invoice: invoice.state == "posted")
        self.assertTrue({"not_paid", "partial"} <= set(invoices.mapped("payment_state")))
        signed = self.followup.participation_ids.filtered(lambda customer: customer.tier_id.code == "signed")
        self.assertEqual(signed.filtered("order_ids"), signed, "every signed customer has an order")

    def test_orders_belong_to_the_show_at_which_they_were_placed(self):
        for customer in self.met.filtered("order_ids"):
            with self.subTest(customer=customer.display_name):
                campaigns = customer.order_ids.campaign_id
                self.assertEqual(campaigns, customer.exhibition_id.campaign_id)

    # -- what happened -----------------------------------------------------------------------------------

    def test_letters_were_sent_one_failed_and_some_wait_in_the_queue(self):
        letters = self.followup.participation_ids.followup_ids.filtered("auto_send")
        states = self._count(letters.filtered("mail_mail_id"), "mail_state")
        self.assertGreater(states["sent"], 40)
        self.assertEqual(states["exception"], 1)
        self.assertGreaterEqual(states["outgoing"], 1)
        self.assertTrue(self.followup.letter_attachment_ids)
        self.assertLess(sum(self.followup.letter_attachment_ids.mapped("file_size")), 30_000)

    def test_touches_have_outcomes_of_every_kind_and_one_is_still_to_complete(self):
        touches = self.followup.participation_ids.followup_ids.filtered(
            lambda followup: followup.state == "done" and not followup.is_letter
        )
        self.assertGreater(len(touches), 30)
        # What came of a visit is in its minutes.
        self.assertEqual(len((touches - touches.visit_ids.followup_id).filtered("outcome_missing")), 1)
        effects = set(touches.mapped("effect")) - {False}
        self.assertEqual(effects, {"positive", "neutral", "negative", "no_answer"})
        self.assertTrue(
            touches.filtered(lambda touch: touch.tier_after_id and touch.tier_after_id != touch.tier_before_id)
        )

    def test_what_was_done_is_dated_in_order_and_before_it_was_loaded(self):
        loaded = self.running.create_date + timedelta(minutes=10)
        done = self.met.followup_ids.filtered(lambda followup: followup.state == "done")
        # The opinion on a sample may come before the day on which we would have asked.
        asked = self.env.ref("expo_followup.plan_step_sample_check")
        for followup in done:
            with self.subTest(followup=followup.display_name):
                day = followup.exhibition_id._to_local_date(followup.done_on)
                if followup.step_id != asked:
                    self.assertGreaterEqual(day, followup.window_start)
                self.assertLessEqual(followup.done_on, loaded)
        self.assertLessEqual(max(self.met.tier_change_ids.mapped("changed_on")), loaded)

    def test_answers_are_given_awaited_and_overdue(self):
        states = set(self.followup.participation_ids.mapped("response_state"))
        self.assertTrue({"answered", "amber", "waiting"} <= states)
        self.assertTrue(self.followup.participation_ids.filtered("replied_on"))
        self.assertIn("answered", self.followup.participation_ids.mapped("feedback_state"))

    def test_reminders_are_open_for_those_who_serve(self):
        due = self.followup.participation_ids.followup_ids.filtered(lambda followup: followup.state == "due")
        self.assertGreaterEqual(len(due.activity_id.user_id), 3)
        media = self.running.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("expo_followup.activity_media_report")
        )
        self.assertEqual(media.user_id, self.manager, "the media report is not out yet")

    def test_demo_sends_no_mail(self):
        """Only the letters exist as mails; none was handed to a mail server, all addresses are invented."""
        letters = self.met.followup_ids.mail_mail_id
        ours = self.env["res.users"].search([("login", "in", ["grace", "chenyu", "lena", "omar", "sofia"])])
        partners = self.met.partner_id | self.met.partner_id.parent_id | ours.partner_id
        self.assertEqual(
            self.env["mail.mail"].search([("recipient_ids", "in", partners.ids)]) - letters, letters.browse()
        )
        self.assertEqual(self.env["mail.mail"].search([("model", "like", "expo.")]), letters)
        self.assertFalse(letters.filtered(lambda mail: mail.failure_type), "a mail server was tried")
        for email in partners.filtered("email").mapped("email"):
            self.assertRegex(email, r"\.example$")

    # -- what one can do with it ---------------------------------------------------------------------------

    def test_planning_anew_changes_nothing(self):
        self.assertFalse(self.met.filtered("sync_pending"))
        # Chinese came after the demo: the first sync words the steps of Chinese salespeople anew, and nothing else.
        first = self.met._plan_followups()
        self.assertFalse(first.create)
        self.assertEqual({name for changed in first.write for name, _value in changed}, {"summary"})
        self.met._sync_followups()
        changes = self.met._plan_followups()
        self.assertEqual((changes.create, dict(changes.write)), ([], {}))

    def test_the_manager_closes_the_running_show(self):
        self.assertTrue(self.running.participation_ids.filtered(lambda customer: not customer.user_id))
        show = self.running.with_user(self.manager)
        preview = self.env["expo.close.show"].with_user(self.manager).browse(show.action_close()["res_id"])
        self.assertGreaterEqual(preview.letter_count, 10)
        self.assertGreaterEqual(preview.excluded_count, 3)
        self.assertTrue(preview.orphan_ids)
        self.assertFalse(preview.media_report_on or preview.letter_problem)
        preview.action_confirm()
        self.assertEqual(show.state, "followup")
        queued = self.running.participation_ids.followup_ids.filtered(lambda letter: letter.mail_state == "outgoing")
        self.assertEqual(len(queued), preview.letter_count)

    def test_salesperson_sees_own_customers_and_records_an_outcome(self):
        omar = self.env.ref("expo_followup.user_omar")
        own = self.env["expo.participation"].with_user(omar).search([("exhibition_id", "=", self.followup.id)])
        self.assertEqual(own.user_id, omar)
        call = own.followup_ids.filtered(lambda followup: followup.state == "due" and not followup.is_letter)[:1]
        touches = call.participation_id.followup_count
        call.record_outcome("Sent the price list.", "positive", tier="intent")
        self.assertEqual((call.state, call.participation_id.followup_count), ("done", touches + 1))
        self.assertEqual(call.participation_id.tier_id.code, "intent")

    def test_an_upgrade_leaves_the_demo_as_it_is(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "expo_followup"),
                ("model", "in", ["expo.exhibition", "expo.participation", "res.partner", "res.users"]),
            ]
        )
        self.assertGreater(len(data), 200)
        self.assertFalse(data.filtered(lambda record: not record.noupdate))

    def test_an_uninstall_keeps_the_customers_and_products_that_stand_in_orders(self):
        keep_demo_records_in_use(self.env)
        orders = self.met.order_ids
        kept = orders.partner_id | orders.partner_id.commercial_partner_id
        self.assertFalse(any(kept.get_external_id().values()), "nothing of the addon's any more")
        self.assertFalse(any(orders.order_line.product_id.get_external_id().values()))
        others = self.followup.participation_ids.filtered(lambda customer: customer.tier_id.code == "none").partner_id
        self.assertTrue(all(others.get_external_id().values()), "goes with the demo")
