"""What customers see of our letters: each shipped one, in each language, as a mail server received it."""

from email.utils import parseaddr
from unittest import TestCase

from freezegun import freeze_time

from odoo.tests import tagged

from tests.common import ExpoCase
from tests.common_letters import receive_letters


class TestLetterManners(TestCase):
    """Rules that hold for every letter."""

    def test_reply_to_bears_the_name_of_the_sender(self):
        for letter in receive_letters():
            with self.subTest(letter=letter.template, lang=letter.lang):
                self._check_reply_to(letter)

    def _check_reply_to(self, letter):
        sender, _address = parseaddr(letter.message["From"])
        self.assertIn(sender, ("Anna Chen", "Helen Wang"))
        self.assertEqual(parseaddr(letter.message["Reply-To"]), (sender, "catchall@ours.example"))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestLetterTime(ExpoCase):
    """Letters leave in the customer's morning, and not too many an hour."""

    def _close(self):
        self.show.with_user(self.manager).close_show()

    def _get_moment(self, customer):
        return str(self._step_of(customer, "thank_you").mail_mail_id.scheduled_date)

    def test_letter_leaves_in_the_morning_of_the_customer(self):
        expected = {
            "it": "2026-04-21 07:00:00",
            "cn": "2026-04-21 01:00:00",
            "in": "2026-04-21 03:30:00",
            # Nine o'clock in the west, where it is early last.
            "us": "2026-04-21 16:00:00",
            "nz": "2026-04-20 21:00:00",
        }
        customers = {code: self._make_participation(f"One {code}", country=code) for code in expected}
        nowhere = self._make_participation("Nowhere", country=None)
        self._close()
        self.assertEqual({code: self._get_moment(one) for code, one in customers.items()}, expected)
        # As in the zone of the exhibition, where the customer's is not known.
        self.assertEqual(self._get_moment(nowhere), "2026-04-21 07:00:00")

    def test_letter_whose_zone_the_contact_says_leaves_by_it(self):
        customer = self._make_participation("Sam", country="us")
        customer.partner_id.tz = "America/Chicago"
        self._close()
        self.assertEqual(self._get_moment(customer), "2026-04-21 14:00:00")

    def test_letter_leaves_at_once_in_the_day_and_waits_for_the_next_morning_in_the_evening(self):
        customer = self._make_participation("Maria Rossi")
        letter = self._step_of(customer, "thank_you")
        self._close()
        for moment, leaves in (("13:00", "2026-04-21 13:00:00"), ("18:30", "2026-04-22 07:00:00")):
            with freeze_time(f"2026-04-21 {moment}:00"):
                letter = self._step_of(customer, "thank_you")
                letter._withdraw_letters()
                letter._queue_letters()
                self.assertEqual(str(letter.mail_mail_id.scheduled_date), leaves)

    def test_letter_of_a_customers_friday_leaves_though_it_is_saturday_here(self):
        self.show.tz = "Asia/Shanghai"
        customer = self._make_participation("Sam", country="us")
        self._close()
        letter = self._step_of(customer, "thank_you")
        letter.mail_mail_id.scheduled_date = "2026-04-24 16:00:00"
        with freeze_time("2026-04-24 16:30:00"):
            self.assertEqual(letter._postpone_on_days_off(), letter)
        with freeze_time("2026-04-25 16:30:00"):
            self.assertFalse(letter._postpone_on_days_off())
            self.assertEqual(str(letter.mail_mail_id.scheduled_date), "2026-04-27 16:00:00")

    def test_letters_beyond_those_of_an_hour_leave_later_and_keep_their_places(self):
        self.env.company.expo_letters_per_hour = 4
        customers = self.env["expo.participation"].concat(*(self._make_participation(f"N {n}") for n in range(6)))
        self._close()
        letters = customers.followup_ids.filtered(lambda followup: followup.step_id == self.steps["thank_you"])
        moments = sorted(str(moment) for moment in letters.mail_mail_id.mapped("scheduled_date"))
        self.assertEqual([moment[11:16] for moment in moments], ["07:00", "07:15", "07:30", "07:45", "08:00", "08:15"])
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("mail.ir_cron_mail_scheduler_action").id)]
        )
        self.assertLessEqual(set(moments), {str(moment) for moment in triggers.mapped("call_at")})
        before = {letter: letter.mail_mail_id.scheduled_date for letter in letters}
        some = letters[2:4]
        some._withdraw_letters()
        some._queue_letters()
        self.assertEqual({letter: letter.mail_mail_id.scheduled_date for letter in letters}, before)

    def test_letter_that_a_user_sends_leaves_at_once(self):
        self.env.company.expo_letters_per_hour = 1
        customer = self._make_participation("Maria Rossi")
        self._close()
        letter = self._step_of(customer, "email_revisit")
        letter.with_user(self.seller).action_send_letter()
        self.assertFalse(letter.mail_mail_id.scheduled_date)
