import logging
import math
from datetime import timedelta

from odoo import fields
from odoo.tools import split_every

from ..activities.report_story import ReportStory
from ..activities.sample_story import SampleStory
from ..chapter import Chapter

_logger = logging.getLogger(__name__)

OPENING_HOURS = (9, 11, 13, 15, 17)
# Cards found in a bag after the show was closed: their letters wait in the queue.
FOUND_LATER = ("pr_gardenpoint", "pr_bazaaronline", "pr_fernandez")
# Handed to a colleague a few days ago: no customer has waited long for an answer yet.
HANDED_OVER = {"pr_perucasa": 4, "pr_kuwaithomes": 5, "pr_teutobox": 3, "pr_saigonhome": 4}
NO_SUCH_USER = "(550, b'5.1.1 <ethan.roy@maplekitchen.example>: no such user here')"
REPLIES = {
    "pr_pacificpantry": "Thank you for the letter. Could you send the price of a mixed pallet to Fremantle?",
    "pr_maisonvert": "Merci beaucoup. The carton drawing is fine, we shall order a sample this week.",
    "pr_yunnantea": "来信收到，谢谢。印章图样明天发给您。",
}
# Grade of every question (0 is the best), and what they would like better.
FEEDBACK = {
    "pr_prairie": (0, "Nothing. Lena had every report at hand."),
    "pr_nordlys": (1, "Prices on the labels of the exhibits."),
    "pr_capetable": (1, "A place to sit down."),
    "pr_teutobox": (2, "The stand was hard to find, hall 12.1 is large."),
}
OUTCOMES = {
    "pr_kobelife": "won",
    "pr_tunisolive": "lost",
    "ly_andeshogar": "won",
    "ly_manilahome": "dormant",
    "ly_logiport": "lost",
}


class ExhibitionStory(Chapter):
    """What happened at the demo shows and after them.

    The masters are plain CSV and XML. What follows from them is played here through the models' own methods, day
    by day, so that the demo looks as after two weeks of work and cannot drift from what the code really does;
    only the dates are then set back.
    """

    def _play(self):
        """Play the story once. No mail is sent: what was sent is marked as sent, and our people use the inbox."""
        quiet = {
            "mail_activity_quick_update": True,
            "mail_auto_subscribe_no_notify": True,
            "tracking_disable": True,
        }
        self.with_context(**quiet)._tell()

    def _settle(self):
        """Plan the customers that the further stories changed anew, and open what is due since."""
        users = self.env["res.users"].search([("share", "=", False)])
        if "odoobot_state" in users._fields:
            # Else its first words cover the whole screen of a phone.
            users.write({"odoobot_state": "disabled"})
        quiet = self.with_context(mail_activity_quick_update=True, mail_auto_subscribe_no_notify=True)
        quiet.env["expo.participation"].search([("sync_pending", "=", True)])._sync_followups()
        self._open_reminders(quiet._ref("exhibition_followup"))

    def _tell(self):
        """What happened, in its order."""
        done, followup, running, _preparation = shows = [
            self._ref(f"exhibition_{name}") for name in ("done", "followup", "running", "preparation")
        ]
        everybody = self.env["expo.participation"].union(*(show.participation_ids for show in shows))
        self._speak_chinese(everybody.partner_id)
        for show in (done, followup, running):
            show.action_start()
            self._meet(show)
        orders = self._place_orders()
        for show in (done, followup):
            self._close(show)
            self._send_letters(show)
        self._open_reminders(followup)
        self._work(orders)
        self._after_work()
        SampleStory(self.env)._play_samples()
        done.action_done()
        self._open_reminders(followup)
        everybody._sync_followups()
        everybody._update_response_state()
        self.env["expo.abc.change"]._classify(self.env.ref("base.main_company"))
        ReportStory(self.env)._write_reports()

    # -- the show ----------------------------------------------------------------------------------------

    def _speak_chinese(self, customers):
        """Write to Chinese customers in Chinese, and show it to a colleague, where it is installed."""
        if "zh_CN" not in dict(self.env["res.lang"].get_installed()):
            return
        chinese = (customers | customers.parent_id).filtered(lambda partner: partner.country_id.code == "CN")
        colleague = self.env.ref("expo_followup.partner_user_chenyu")
        (chinese | colleague).write({"lang": "zh_CN"})

    def _meet(self, show):
        """Spread the meetings over the days of the show: the first in the file were met first."""
        customers = show.participation_ids.sorted("id")
        days = (min(show.date_end, show._today()) - show.date_begin).days + 1
        slots = [(show.date_begin + timedelta(days=day), hour) for day in range(days) for hour in OPENING_HOURS]
        per_slot = math.ceil(len(customers) / len(slots))
        for (day, hour), ids in zip(slots, split_every(per_slot, customers.ids), strict=False):
            met = customers.browse(ids)
            moment = self._moment(show, day, hour)
            met.write({"captured_on": moment, "assigned_on": moment.date()})
            met.tier_change_ids.changed_on = moment
            met.message_ids.date = moment

    def _close(self, show):
        """Close the show as on its last day: plan as on that day, then close; closing keeps what is planned."""
        customers = show.participation_ids - self._get_customers(FOUND_LATER)
        changes = customers._plan_followups(as_closed=True, as_of=show.date_end)
        self.env["expo.followup"].create(changes.create)
        show.close_show()

    def _send_letters(self, show):
        """Mark the thank-you letters as sent on their day, without a mail server; one address does not exist."""
        letters = show.participation_ids.followup_ids.filtered(lambda letter: letter.mail_state == "outgoing")
        letters -= self._get_customers(FOUND_LATER).followup_ids
        failed = letters.filtered(lambda letter: letter.partner_id == self._ref("partner_maplekitchen_contact"))
        failed.mail_mail_id.write({"state": "exception", "failure_reason": NO_SUCH_USER, "scheduled_date": False})
        failed._letter_failed(NO_SUCH_USER, is_temporary=False, is_refused=True)
        for day, sent in (letters - failed).grouped("window_start").items():
            self._mark_sent(sent, self._moment(show, day, 9))

    def _mark_sent(self, letters, moment):
        """What the mail queue would note when the server has taken the letters."""
        letters.mail_mail_id.write({"state": "sent", "date": moment, "scheduled_date": False})
        letters._letter_sent()
        letters.done_on = moment

    def _open_reminders(self, show):
        due = self.env["expo.followup"]._get_due_domain(letters=False)
        self.env["expo.followup"].search(due & fields.Domain("exhibition_id", "=", show.id))._open_reminders()

    # -- after the show ----------------------------------------------------------------------------------

    def _work(self, orders):
        """Play follow-ups, invoices and payments in the order of their days."""
        events = []
        for row in self._read("exhibition/touches.csv"):
            customer = self._ref(f"participation_{row['participation']}")
            events.append((self._get_day(customer, row["day"]), "touch", customer, row))
        for row in self._read("exhibition/deals.csv"):
            customer = self._ref(f"participation_{row['participation']}")
            kinds = [kind for kind in ("invoiced", "paid") if row[kind] and customer in orders]
            events += [(self._get_day(customer, row[kind]), kind, customer, row) for kind in kinds]
        has_accounts = self._has_accounts()
        for day, kind, customer, row in sorted(events, key=lambda event: event[0]):
            if kind == "touch":
                self._touch(customer, day, row)
            elif has_accounts:
                play = self._invoice if kind == "invoiced" else self._pay
                play(orders[customer], day, row)
                customer._sync_followups()

    def _get_day(self, customer, days_after):
        """Return the working day so many days after the customer's show, today at the latest."""
        day = customer.exhibition_id.date_end + timedelta(days=int(days_after))
        while day.weekday() > 4:
            day += timedelta(days=1)
        return min(day, customer.exhibition_id._today())

    def _touch(self, customer, day, row):
        """Record the outcome of one follow-up as its salesperson, and set its traces back to the day."""
        owner = customer.user_id or customer.exhibition_id.user_id
        followup = self._get_followup(customer, row["step"]) or self.env["expo.followup"]._create_manual(
            customer, day, summary="Call"
        )
        moment = self._moment(customer.exhibition_id, max(day, followup.window_start), 8 + customer.id % 9)
        waited, known, tier = not customer.first_response_on, customer.message_ids, customer.tier_id
        next_on = row["next_in"] and customer.exhibition_id._today() + timedelta(days=int(row["next_in"]))
        followup.with_user(owner).record_outcome(
            row["content"], row["effect"], tier=row["tier"] or None, next_on=next_on or None
        )
        followup.done_on = moment
        followup.activity_id.with_context(active_test=False).date_done = moment.date()
        (customer.message_ids - known).date = moment
        if waited and customer.first_response_on:
            customer.first_response_on = moment
        if customer.tier_id != tier:
            customer.tier_change_ids.sorted("id")[-1:].changed_on = moment

    def _get_followup(self, customer, step):
        """Return the follow-up of that step whose day has come; holidays may have put it off."""
        if not step:
            return customer.followup_ids.browse()
        return customer.followup_ids.filtered_domain(
            [
                ("step_id", "=", self._ref(f"plan_step_{step}").id),
                ("state", "in", ("planned", "due")),
                ("window_start", "<=", customer.exhibition_id._today()),
            ]
        )[:1]

    def _after_work(self):
        """What else happened: replies, a bare "Mark done", customers handed over, ends."""
        for name, text in REPLIES.items():
            self._reply(self._ref(f"participation_{name}"), text)
        for name, (grade, wish) in FEEDBACK.items():
            self._fill_in_feedback(self._ref(f"participation_{name}"), grade, wish)
        self._send_product_letters(self._ref("user_lena"))
        followups = self._ref("participation_pr_hanriver").followup_ids
        followups |= self._ref("exhibition_followup").participation_ids.followup_ids
        bare = followups.filtered(lambda followup: followup.state == "due" and not followup.is_letter)[:1]
        bare.activity_id.with_user(bare.user_id)._action_done()
        for name, days in HANDED_OVER.items():
            customer = self._ref(f"participation_{name}")
            customer.assigned_on = customer.exhibition_id._today() - timedelta(days=days)
        for name, outcome in OUTCOMES.items():
            self._ref(f"participation_{name}").outcome = outcome

    def _reply(self, customer, text):
        """The customer answered the letter three days ago; the salesperson is reminded to answer."""
        show = customer.exhibition_id
        moment = self._moment(show, show._today() - timedelta(days=3), 11)
        message = customer.message_post(
            body=text,
            subject="Re: " + show.name,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=customer.partner_id.id,
            email_from=customer.partner_id.email_formatted,
        )
        message.date = moment
        customer._note_reply()
        self._date_reply(customer, moment)

    def _fill_in_feedback(self, customer, grade, wish):
        """The customer filled in the form of the letter two days ago."""
        show = customer.exhibition_id
        moment = self._moment(show, show._today() - timedelta(days=2), 10)
        answer = customer.feedback_input_ids[:1]
        if not answer:
            return
        for question in answer.survey_id.question_ids:
            choice = question.suggested_answer_ids[grade : grade + 1].id
            if question.question_type == "matrix":
                answer._save_lines(question, {row.id: [choice] for row in question.matrix_row_ids})
            elif question.question_type == "simple_choice":
                answer._save_lines(question, choice)
            elif question.question_type == "text_box":
                answer._save_lines(question, wish)
        answer._mark_done()
        answer.write({"start_datetime": moment, "end_datetime": moment})
        self._date_reply(customer, moment)

    def _date_reply(self, customer, moment):
        """The customer replied then and waits for us since."""
        customer.replied_on = moment
        if customer.unanswered_since:
            customer.unanswered_since = moment

    def _send_product_letters(self, owner):
        """The salesperson has reviewed the first product letters and sent them."""
        letters = self.env["expo.followup"].search(
            [
                ("user_id", "=", owner.id),
                ("is_letter", "=", True),
                ("auto_send", "=", False),
                ("state", "=", "due"),
            ],
            limit=6,
        )
        letters.with_user(owner).action_send_letter()
        for letter in letters:
            self._mark_sent(letter, self._moment(letter.exhibition_id, letter.window_start, 10))

    # -- orders ------------------------------------------------------------------------------------------

    def _place_orders(self):
        """Quote and confirm what deals.csv says; return the confirmed orders by customer."""
        confirmed = {}
        for row in self._read("exhibition/deals.csv"):
            customer = self._ref(f"participation_{row['participation']}")
            show = customer.exhibition_id
            day = show.date_end + timedelta(days=int(row["ordered"]))
            order = self._create_order(customer, self._moment(show, day, 15), row["lines"])
            if row["state"] == "sent":
                order.action_quotation_sent()
            elif row["state"] == "sale":
                ordered_on = order.date_order
                order.action_confirm()
                order.date_order = ordered_on
                confirmed[customer] = order
        return confirmed

    # -- reading -----------------------------------------------------------------------------------------
